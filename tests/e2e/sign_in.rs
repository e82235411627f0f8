//! A person signs in: the SDK's flow at the live server, with a browser and a consent app played by the test.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use hydra_sdk::flow::{AuthorizationCodeFlow, AuthorizationRequest};
use hydra_sdk::types::{ConsentRequestAcceptance, ConsentRequestRejection, OAuth2Client};
use hydra_sdk::{CallOptions, Credential, OAUTH2};
use hydra_tests::TestServer;
use reqwest::Client;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;

use crate::tokens::is_active;

const ISSUER: &str = "https://hydra.example.com";
const CALLBACK: &str = "https://photos.example.com/callback";
const SUBJECT: &str = "user:12345:dandean";

async fn flow(server: &TestServer, scopes: &[&str]) -> Result<AuthorizationCodeFlow> {
    let wanted = OAuth2Client {
        id: Some("photos".to_owned()),
        redirect_uris: Some(vec![CALLBACK.to_owned()]),
        grant_types: Some(vec![
            "authorization_code".to_owned(),
            "refresh_token".to_owned(),
        ]),
        response_types: Some(vec!["code".to_owned()]),
        scope: Some(scopes.join(" ")),
        ..OAuth2Client::default()
    };
    let made = server.root()?.create_o_auth2_client(&wanted).await?;
    let secret = made
        .client_secret
        .clone()
        .context("a new client has a secret")?;
    Ok(
        AuthorizationCodeFlow::new(server.hydra()?.build()?, "photos", CALLBACK)
            .client_secret(secret)
            .scopes(scopes.iter().copied())
            // When the test server's clock stands still.
            .clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000)),
    )
}

/// What the person answers: the scopes they grant, or no.
type Decision<'a> = Option<&'a [&'a str]>;

/// Takes a request through the browser; gives the address that the client is called back at.
async fn browse(
    server: &TestServer,
    request: &AuthorizationRequest,
    decision: Decision<'_>,
) -> Result<String> {
    let browser = Client::builder().redirect(Policy::none()).build()?;
    let at_server = |url: &str| url.replacen(ISSUER, &server.http(), 1);
    let asked = browser.get(at_server(request.url())).send().await?;
    let header = |response: &reqwest::Response, name| -> Result<String> {
        let value = response.headers().get(name);
        Ok(value.context("a header is missing")?.to_str()?.to_owned())
    };
    let cookie = header(&asked, SET_COOKIE)?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let to_consent = header(&asked, LOCATION)?;
    let (_, id) = to_consent
        .split_once("consent=")
        .context("the consent app is told no request")?;

    let root = server.root()?;
    let consent = root.get_o_auth2_consent_request(id).await?.into_inner();
    match decision {
        Some(scopes) => {
            let acceptance = ConsentRequestAcceptance {
                subject: Some(SUBJECT.to_owned()),
                grant_scopes: Some(scopes.iter().map(|&scope| scope.to_owned()).collect()),
                id_token_extra: Some(
                    [("name".to_owned(), "Dan Dean".into())]
                        .into_iter()
                        .collect(),
                ),
                ..ConsentRequestAcceptance::default()
            };
            root.accept_o_auth2_consent_request(id, &acceptance).await?;
        }
        None => {
            let rejection = ConsentRequestRejection {
                reason: Some("Not today".to_owned()),
                ..ConsentRequestRejection::default()
            };
            root.reject_o_auth2_consent_request(id, &rejection).await?;
        }
    }
    let back = consent.redirect_url.context("there is no way back")?;
    let answer = browser
        .get(at_server(&back))
        .header(COOKIE, cookie)
        .send()
        .await?;
    header(&answer, LOCATION)
}

#[tokio::test]
async fn a_client_gets_tokens_for_a_person_and_renews_them() -> Result<()> {
    let server = TestServer::start().await?;
    let flow = flow(&server, &["openid", "offline", "photos.read"]).await?;
    let request = flow.start().await?;
    let callback = browse(&server, &request, Some(&["openid", "offline"])).await?;
    let tokens = flow.finish(&request, &callback).await?;
    assert_eq!(tokens.scopes, ["openid", "offline"]);
    let person = tokens.id_token.context("openid was granted")?;
    assert_eq!(person.subject(), SUBJECT);
    assert_eq!(person.text("name"), Some("Dan Dean"));

    let options =
        CallOptions::new().credential(OAUTH2, Credential::bearer(tokens.access_token.expose()));
    let info = server
        .hydra()?
        .build()?
        .with(options)
        .get_userinfo()
        .await?;
    assert_eq!(info.sub, SUBJECT);

    let refresh_token = tokens.refresh_token.context("offline was granted")?;
    let next = flow.refresh(&refresh_token).await?;
    assert_ne!(next.access_token, tokens.access_token);
    assert_eq!(next.scopes, ["openid", "offline"]);
    let again = next.id_token.context("openid is still granted")?;
    assert_eq!(again.subject(), SUBJECT);
    assert!(is_active(&server, next.access_token.expose()).await?);

    let error = flow.refresh(&refresh_token).await.err();
    let error = error.context("a refresh token works once")?;
    assert_eq!(error.code(), Some("invalid_grant"));
    Ok(())
}

#[tokio::test]
async fn a_code_is_good_for_one_exchange_by_the_program_that_asked_for_it() -> Result<()> {
    let server = TestServer::start().await?;
    let flow = flow(&server, &["openid"]).await?;
    let (mine, other) = (flow.start().await?, flow.start().await?);
    let callback = browse(&server, &mine, Some(&["openid"])).await?;
    // RFC 6749 section 10.12: an answer for another request.
    ensure!(flow.finish(&other, &callback).await.is_err());
    flow.finish(&mine, &callback).await?;
    let error = flow.finish(&mine, &callback).await.err();
    let error = error.context("a code works once")?;
    assert_eq!(error.code(), Some("invalid_grant"));
    Ok(())
}

#[tokio::test]
async fn a_person_who_declines_is_told_apart() -> Result<()> {
    let server = TestServer::start().await?;
    let flow = flow(&server, &["openid"]).await?;
    let request = flow.start().await?;
    let callback = browse(&server, &request, None).await?;
    let error = flow.finish(&request, &callback).await.err();
    let error = error.context("nothing was granted")?;
    assert_eq!(error.code(), Some("access_denied"));
    assert!(error.to_string().contains("Not today"), "{error}");
    Ok(())
}
