//! Userinfo.

use hydra_server::domain::grant::{CodeBinding, Grant};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use crate::granted::{GrantedServer, Tokens};
use crate::server::{answer, assert_oauth2_error};

/// OpenID Connect Core 1.0 section 5.3.1: GET and POST, the token in the header or in the body.
#[tokio::test]
async fn a_person_is_told_about_by_each_method() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "openid").await;
    let server = &it.server;
    // RFC 6750 section 2.1: the scheme is case-insensitive.
    let odd_case = format!("bEaReR {}", tokens.access);
    for request in [
        server.get("/userinfo").bearer_auth(&tokens.access),
        server.get("/userinfo").header(AUTHORIZATION, odd_case),
        server.post("/userinfo").bearer_auth(&tokens.access),
        server
            .post("/userinfo")
            .bearer_auth(&tokens.access)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
        server
            .post("/userinfo")
            .form(&[("access_token", &tokens.access)]),
    ] {
        let told = answer(request).await;
        assert_eq!(told.status, 200, "{told:?}");
        assert_eq!(told.header("content-type"), "application/json");
        assert_eq!(told.header("cache-control"), "no-store");
        // Section 5.3.2: `sub` is there and is the ID token's; the forged one was dropped.
        assert_eq!(
            told.json(),
            json!({"sub": "user:12345:dandean", "name": "Dan Dean"})
        );
    }
}

/// The claims that go with scopes (section 5.4) are what the consent application gives.
#[tokio::test]
async fn what_the_consent_application_gave_is_told_as_it_is() {
    let it = GrantedServer::start().await;
    let extra = json!({
        "email": "dan@acme.com", "email_verified": true, "address": {"country": "NZ"}, "updated_at": 5,
        "exp": 1, "nonce": "n", "aud": "x", "at_hash": "y",
    });
    let grant = Grant {
        id_token_extra: extra.as_object().cloned(),
        ..GrantedServer::grant("app", "openid")
    };
    let code = it.code_for(&grant, CodeBinding::default()).await;
    let tokens = Tokens::of(&it.redeem("app", &code).await);
    let request = it.server.get("/userinfo").bearer_auth(&tokens.access);
    assert_eq!(
        answer(request).await.json(),
        json!({
            "sub": "user:12345:dandean",
            "email": "dan@acme.com", "email_verified": true, "address": {"country": "NZ"}, "updated_at": 5,
        })
    );
}

/// RFC 6750 section 3 and 3.1.
#[tokio::test]
async fn whoever_may_not_ask_is_told_why_by_a_challenge() {
    let it = GrantedServer::start().await;
    let server = &it.server;
    for request in [server.get("/userinfo"), server.post("/userinfo")] {
        let bare = answer(request).await;
        assert_oauth2_error(&bare, 401, "request_unauthorized");
        // No error code when there was no token.
        assert_eq!(bare.header("www-authenticate"), r#"Bearer realm="hydra""#);
    }
    let bad = answer(server.get("/userinfo").bearer_auth("garbage")).await;
    assert_oauth2_error(&bad, 401, "invalid_token");
    assert!(
        bad.header("www-authenticate")
            .contains(r#"error="invalid_token""#)
    );

    let tokens = it.tokens("app", "profile photos.read").await;
    let narrow = answer(server.get("/userinfo").bearer_auth(&tokens.access)).await;
    assert_oauth2_error(&narrow, 403, "insufficient_scope");
    let challenge = narrow.header("www-authenticate");
    assert!(
        challenge.contains(r#"error="insufficient_scope", scope="openid""#),
        "{challenge}"
    );
}

#[tokio::test]
async fn a_token_that_has_ended_tells_nothing() {
    let it = GrantedServer::start().await;
    let ask = async |token: &str| {
        answer(it.server.get("/userinfo").bearer_auth(token))
            .await
            .status
            .as_u16()
    };
    let revoked = it.tokens("app", "openid offline").await;
    let expired = it.tokens("app", "openid").await;
    assert_eq!(ask(&revoked.access).await, 200);
    // The refresh token's revocation ends the access token (RFC 7009 section 2.1).
    let request = it
        .server
        .post("/oauth2/revoke")
        .basic_auth("app", Some("app-secret"))
        .form(&[("token", &revoked.refresh)]);
    assert_eq!(answer(request).await.status, 200);
    assert_eq!(ask(&revoked.access).await, 401);
    assert_eq!(ask(&expired.access).await, 200);
    it.server.pass(3600);
    assert_eq!(ask(&expired.access).await, 401);
}

/// RFC 6750 section 2: one method at a time; section 2.2: not in the body of a GET; section 2.3: nor, with
/// us, in the query.
#[tokio::test]
async fn the_token_stands_in_one_place_that_is_not_logged() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "openid").await;
    let form = [("access_token", tokens.access.as_str())];
    let both = it
        .server
        .post("/userinfo")
        .bearer_auth(&tokens.access)
        .form(&form);
    assert_oauth2_error(&answer(both).await, 400, "invalid_request");
    let in_body_of_get = it.server.get("/userinfo").form(&form);
    assert_eq!(answer(in_body_of_get).await.status, 401);
    for request in [it.server.get("/userinfo"), it.server.post("/userinfo")] {
        assert_eq!(answer(request.query(&form)).await.status, 401);
    }
    let twice = it
        .server
        .post("/userinfo")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("access_token=a&access_token=b");
    assert_oauth2_error(&answer(twice).await, 400, "invalid_request");
}

/// A client's own token is about the client, which is all there is to tell.
#[tokio::test]
async fn a_client_that_asks_in_its_own_name_is_told_its_own() {
    let it = GrantedServer::start().await;
    let token = it.server.admin_token("openid").await;
    let told = answer(it.server.get("/userinfo").bearer_auth(token)).await;
    assert_eq!(told.json(), json!({"sub": "admin"}));
}
