//! The client credentials grant, introspection and revocation.

use std::time::Duration;

use anyhow::{Context, Result};
use hydra_sdk::{
    ErrorExt,
    types::{IntrospectOAuth2TokenBody, OAuth2Client, OauthTokenBody, RevokeOAuth2TokenBody},
};
use hydra_tests::TestServer;

/// An access token of `client` for `scope`.
pub(crate) async fn token(
    server: &TestServer,
    client: &OAuth2Client,
    scope: &str,
) -> Result<String> {
    let request = OauthTokenBody {
        grant_type: Some("client_credentials".to_owned()),
        scope: Some(scope.to_owned()),
        ..OauthTokenBody::default()
    };
    let answer = server
        .client(client, &[])?
        .oauth_token(Some(&request))
        .await?;
    Ok(answer.into_inner().access_token)
}

/// What the root client is told of `token`.
pub(crate) async fn is_active(server: &TestServer, token: &str) -> Result<bool> {
    let root = server.root()?;
    Ok(root
        .introspect_o_auth2_token(&asking(token, None))
        .await?
        .active)
}

fn asking(token: &str, scope: Option<&str>) -> IntrospectOAuth2TokenBody {
    IntrospectOAuth2TokenBody {
        token: token.to_owned(),
        scope: scope.map(str::to_owned),
        ..IntrospectOAuth2TokenBody::default()
    }
}

fn revoking(token: &str) -> RevokeOAuth2TokenBody {
    RevokeOAuth2TokenBody {
        token: token.to_owned(),
        ..RevokeOAuth2TokenBody::default()
    }
}

#[tokio::test]
async fn an_introspected_token_tells_whose_it_is_and_how_long_it_lives() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("photos", "photos.*").await?;
    let token = token(&server, &client, "photos.read").await?;

    let known = server
        .root()?
        .introspect_o_auth2_token(&asking(&token, None))
        .await?
        .into_inner();
    assert!(known.active);
    assert_eq!(known.client_id.as_deref(), Some("photos"));
    assert_eq!(known.sub.as_deref(), Some("photos"));
    assert_eq!(known.scope.as_deref(), Some("photos.read"));
    assert_eq!(known.iss.as_deref(), Some("https://hydra.example.com"));
    assert_eq!(
        (known.iat, known.exp),
        (Some(1_500_000_000), Some(1_500_003_600))
    );
    Ok(())
}

#[tokio::test]
async fn a_token_dies_when_its_time_is_up() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("photos", "photos.read").await?;
    let token = token(&server, &client, "photos.read").await?;
    server.clock.advance(Duration::from_secs(3599));
    assert!(is_active(&server, &token).await?);
    server.clock.advance(Duration::from_secs(1));
    assert!(!is_active(&server, &token).await?);
    Ok(())
}

#[tokio::test]
async fn introspection_can_ask_for_scopes() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server
        .create_client("photos", "photos.read photos.write")
        .await?;
    let token = token(&server, &client, "photos.read").await?;
    let root = server.root()?;
    for (scope, active) in [
        ("photos.read", true),
        ("photos.write", false),
        ("photos.read photos.write", false),
    ] {
        let answer = root
            .introspect_o_auth2_token(&asking(&token, Some(scope)))
            .await?;
        assert_eq!(answer.active, active, "{scope}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_a_live_token_is_inactive_and_nothing_more_is_told() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("photos", "photos.read").await?;
    let token = token(&server, &client, "photos.read").await?;
    let (key, signature) = token.split_once('.').context("a token has two parts")?;
    let other = if key.starts_with('A') { 'B' } else { 'A' };
    let root = server.root()?;
    for garbage in [
        ".",
        "garbage",
        &format!("{key}."),
        &format!(".{signature}"),
        &format!("{signature}.{key}"),
        &format!("{other}{}.{signature}", &key[1..]),
        &format!("{token}.{signature}"),
        "'; DROP TABLE access_token; --",
        "☃.☃",
        &"x".repeat(100_000),
    ] {
        let answer = root
            .introspect_o_auth2_token(&asking(garbage, None))
            .await?;
        let told = serde_json::to_value(answer.into_inner())?;
        assert_eq!(
            told,
            serde_json::json!({ "active": false }),
            "{garbage:.40}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_client_revokes_its_own_tokens_and_nobody_elses() -> Result<()> {
    let server = TestServer::start().await?;
    let owner = server.create_client("owner", "photos.read").await?;
    let other = server.create_client("other", "photos.read").await?;
    let token = token(&server, &owner, "photos.read").await?;

    server
        .client(&other, &[])?
        .revoke_o_auth2_token(&revoking(&token))
        .await?;
    assert!(is_active(&server, &token).await?, "it is not the other's");

    server
        .client(&owner, &[])?
        .revoke_o_auth2_token(&revoking(&token))
        .await?;
    assert!(!is_active(&server, &token).await?);
    server
        .client(&owner, &[])?
        .revoke_o_auth2_token(&revoking(&token))
        .await?;
    server
        .client(&owner, &[])?
        .revoke_o_auth2_token(&revoking("unknown"))
        .await?;
    Ok(())
}

#[tokio::test]
async fn scopes_beyond_those_of_the_client_are_refused() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("photos", "photos.*").await?;
    for scope in ["albums", "photos", "photos.read albums"] {
        let refused = token(&server, &client, scope).await.expect_err(scope);
        assert!(refused.to_string().contains("invalid_scope"), "{refused}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_client_get_the_same_answer() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("photos", "photos.read").await?;
    let mut answers = Vec::new();
    for id in ["photos", "nobody"] {
        let impostor = OAuth2Client {
            id: Some(id.to_owned()),
            client_secret: Some("a guess".to_owned()),
            ..client.clone()
        };
        let body = OauthTokenBody {
            grant_type: Some("client_credentials".to_owned()),
            ..OauthTokenBody::default()
        };
        let refused = server
            .client(&impostor, &[])?
            .oauth_token(Some(&body))
            .await
            .expect_err(id);
        assert_eq!(refused.status(), Some(reqwest::StatusCode::UNAUTHORIZED));
        let headers = refused.headers().context("there was an answer")?;
        assert!(headers["www-authenticate"].to_str()?.starts_with("Basic"));
        answers.push(refused.raw_body().map(str::to_owned));
    }
    assert_eq!(answers[0], answers[1]);
    Ok(())
}

#[tokio::test]
async fn the_sdk_fetches_another_token_when_its_own_is_refused() -> Result<()> {
    let server = TestServer::start().await?;
    let sdk = server.root()?;
    sdk.list_o_auth2_clients().await?;

    // The server's time runs on while the SDK's stands still: its token is refused, and it fetches another.
    server.clock.advance(Duration::from_secs(3600));
    assert_eq!(sdk.list_o_auth2_clients().await?.len(), 1);
    Ok(())
}
