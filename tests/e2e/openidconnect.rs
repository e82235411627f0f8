//! The crate `openidconnect`, as its documentation says to use it, against the live server.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hydra_server::domain::clock::{Clock, SystemClock};
use hydra_tests::{
    TestServer,
    person::{App, CALLBACK, grants},
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl,
    RevocationUrl, Scope, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreRevocableToken,
        CoreUserInfoClaims,
    },
};
use reqwest::Url;
use serde_json::json;

/// What the test server calls itself. It does not listen there.
const ISSUER: &str = "https://hydra.example.com";

/// Sends what the crate wants sent to where the server listens.
async fn send(server: &str, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let (mut parts, body) = request.into_parts();
    let here = parts.uri.to_string().replacen(ISSUER, server, 1);
    parts.uri = here.parse().unwrap_or(parts.uri);
    let request = HttpRequest::from_parts(parts, body);
    let answer = reqwest::Client::new().execute(request.try_into()?).await?;
    let mut response = HttpResponse::default();
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await?.to_vec();
    Ok(response)
}

#[tokio::test]
async fn a_person_signs_in_and_everything_the_crate_checks_holds() -> Result<()> {
    let server = TestServer::start().await?;
    // The crate looks at the machine's clock.
    let behind = SystemClock.now().seconds_since(server.clock.now());
    server
        .clock
        .advance(Duration::from_secs(behind.try_into()?));
    let app = App::register(&server, "photos").await?;
    let here = server.http();
    let send = |request: HttpRequest| send(&here, request);

    let metadata =
        CoreProviderMetadata::discover_async(IssuerUrl::new(ISSUER.to_owned())?, &send).await?;
    let revocation = format!("{ISSUER}/oauth2/revoke");
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(app.id.clone()),
        Some(ClientSecret::new(app.secret.clone())),
    )
    .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned())?)
    .set_revocation_url(RevocationUrl::new(revocation)?);

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("offline".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let answer = json!({ "subject": "dan", "idTokenExtra": { "email": "dan@acme.com" } });
    let callback = grants([&server], &url, answer).await?;
    ensure!(parameter(&callback, "state")? == *state.secret());

    let tokens = client
        .exchange_code(AuthorizationCode::new(parameter(&callback, "code")?))?
        .set_pkce_verifier(verifier)
        .request_async(&send)
        .await?;
    let id_token = tokens.id_token().context("no id_token")?;
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, &nonce)?;
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg()?,
        id_token.signing_key(&verifier)?,
    )?;
    ensure!(claims.access_token_hash() == Some(&hash));
    ensure!(claims.subject().as_str() == "dan");

    // The crate compares the subject with the one of the ID token.
    let userinfo: CoreUserInfoClaims = client
        .user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        )?
        .request_async(&send)
        .await?;
    ensure!(userinfo.email().map(|email| email.as_str()) == Some("dan@acme.com"));

    let refresh = tokens.refresh_token().context("no refresh_token")?;
    let renewed = client
        .exchange_refresh_token(refresh)?
        .request_async(&send)
        .await?;
    // OpenID Connect Core 1.0 section 12.2: a nonce need not come back with a refreshed ID token.
    let again = renewed.id_token().context("no id_token")?;
    ensure!(
        again
            .claims(&verifier, |_: Option<&Nonce>| Ok(()))?
            .subject()
            == claims.subject()
    );

    client
        .revoke_token(CoreRevocableToken::from(renewed.access_token().clone()))?
        .request_async(&send)
        .await?;
    let afterwards: Result<CoreUserInfoClaims, _> = client
        .user_info(renewed.access_token().clone(), None)?
        .request_async(&send)
        .await;
    ensure!(afterwards.is_err());
    server.stop().await;
    Ok(())
}

fn parameter(url: &Url, name: &str) -> Result<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .with_context(|| format!("no {name} in {url}"))
}
