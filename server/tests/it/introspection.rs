//! Introspection.

use serde_json::json;

use crate::granted::GrantedServer;
use crate::server::{NOW, TestServer, answer, assert_oauth2_error};

#[tokio::test]
async fn an_active_token_is_told_about() {
    let server = TestServer::start().await;
    let token = server.admin_token("hydra.clients").await;
    assert_eq!(
        server.introspect(&token).await,
        json!({
            "active": true,
            "scope": "hydra.clients",
            "client_id": "admin",
            "sub": "admin",
            "exp": NOW.0 + 3600,
            "iat": NOW.0,
            "iss": "https://localhost:9000",
            "token_type": "bearer",
        })
    );
}

#[tokio::test]
async fn any_other_token_is_inactive_and_nothing_more_is_told() {
    let server = TestServer::start().await;
    let token = server.admin_token("hydra.clients").await;
    let ask = async |token: &str, scope: &str| {
        let request = server
            .post("/oauth2/introspect")
            .basic_auth("admin", Some("admin-password"))
            .form(&[
                ("token", token),
                ("scope", scope),
                ("token_type_hint", "refresh_token"),
            ]);
        answer(request).await.text
    };
    assert!(
        ask(&token, "hydra.clients")
            .await
            .contains(r#""active":true"#)
    );
    let tampered = format!("{}A", &token[..token.len() - 1]);
    let inactive = r#"{"active":false}"#;
    for (token, scope) in [
        (token.as_str(), "openid"),
        (&token, "hydra.clients openid"),
        (&token, "a\"b"),
        (&tampered, ""),
        ("garbage", ""),
        (".", ""),
        ("\0", ""),
        (&"x".repeat(100_000), ""),
    ] {
        assert_eq!(ask(token, scope).await, inactive, "{scope}");
    }
    server.pass(3599);
    assert!(ask(&token, "").await.contains(r#""active":true"#));
    server.pass(1);
    assert_eq!(ask(&token, "").await, inactive);
}

#[tokio::test]
async fn a_bearer_token_must_be_another_and_have_the_scope() {
    let server = TestServer::start().await;
    let token = server.admin_token("hydra.clients").await;
    let bearer = server.admin_token("hydra.introspect").await;
    let ask = |bearer: &str, token: &str| {
        answer(
            server
                .post("/oauth2/introspect")
                .bearer_auth(bearer)
                .form(&[("token", token)]),
        )
    };
    assert_eq!(ask(&bearer, &token).await.json()["active"], true);

    let itself = ask(&bearer, &bearer).await;
    assert_oauth2_error(&itself, 401, "invalid_token");
    assert!(
        itself
            .header("www-authenticate")
            .contains(r#"error="invalid_token""#)
    );

    let unscoped = ask(&token, &bearer).await;
    assert_oauth2_error(&unscoped, 403, "insufficient_scope");
    assert!(
        unscoped
            .header("www-authenticate")
            .contains(r#"scope="hydra.introspect""#)
    );

    for bearer in ["garbage", ""] {
        let refused = ask(bearer, &token).await;
        assert_eq!(refused.status, 401, "{refused:?}");
    }
    server.pass(3600);
    assert_oauth2_error(&ask(&bearer, &token).await, 401, "invalid_token");
}

#[tokio::test]
async fn who_asks_is_settled_before_what_they_may() {
    let server = TestServer::start().await;
    server.create_client("app", "app-secret").await;
    let token = server.admin_token("").await;
    let ask = |id: &str, secret: &str| {
        let request = server
            .post("/oauth2/introspect")
            .basic_auth(id, Some(secret));
        answer(request.form(&[("token", &token)]))
    };
    assert_oauth2_error(&ask("app", "app-secret").await, 403, "access_denied");
    assert_oauth2_error(&ask("app", "wrong").await, 401, "invalid_client");
    assert_oauth2_error(&ask("nobody", "wrong").await, 401, "invalid_client");
    assert_oauth2_error(&ask("admin", "wrong").await, 401, "invalid_client");

    let nobody = answer(server.post("/oauth2/introspect").form(&[("token", &token)])).await;
    assert_eq!(nobody.status, 401);
    let both = server
        .post("/oauth2/introspect")
        .basic_auth("admin", Some("admin-password"))
        .form(&[("token", token.as_str()), ("access_token", &token)]);
    assert_oauth2_error(&answer(both).await, 400, "invalid_request");
    let no_token = server
        .post("/oauth2/introspect")
        .basic_auth("admin", Some("admin-password"))
        .form(&[("scope", "a")]);
    assert_oauth2_error(&answer(no_token).await, 400, "invalid_request");
}

/// RFC 7662 section 2.1: a hint is a hint. Section 4: who is shown a token is told its kind, so that none is
/// taken for another.
#[tokio::test]
async fn a_refresh_token_is_told_as_what_it_is_whatever_it_is_taken_for() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "openid offline").await;
    let ask = async |hint: &str, scope: &str| {
        let request = it
            .server
            .post("/oauth2/introspect")
            .basic_auth("admin", Some("admin-password"))
            .form(&[
                ("token", tokens.refresh.as_str()),
                ("token_type_hint", hint),
                ("scope", scope),
            ]);
        answer(request).await.json()
    };
    let told = json!({
        "active": true,
        "scope": "openid offline",
        "client_id": "app",
        "sub": "user:12345:dandean",
        "exp": NOW.0 + 30 * 24 * 60 * 60,
        "iat": NOW.0,
        "iss": "https://localhost:9000",
        "token_type": "refresh_token",
        "ext": {"role": "admin"},
    });
    assert_eq!(it.server.introspect(&tokens.refresh).await, told);
    for hint in ["refresh_token", "access_token", "nonsense"] {
        assert_eq!(ask(hint, "offline").await, told, "{hint}");
    }
    assert_eq!(
        it.server.introspect(&tokens.access).await["token_type"],
        "bearer"
    );
    let inactive = json!({"active": false});
    assert_eq!(ask("refresh_token", "photos.read").await, inactive);
    // An ID token is no token in this sense.
    assert_eq!(it.server.introspect(&tokens.id).await, inactive);
}

/// CVE-2021-32701: there is no cache whose answer could serve a question with another scope.
#[tokio::test]
async fn the_scope_asked_about_is_judged_each_time() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "photos.read").await;
    let ask = async |scope: &str| {
        let request = it
            .server
            .post("/oauth2/introspect")
            .basic_auth("admin", Some("admin-password"))
            .form(&[("token", tokens.access.as_str()), ("scope", scope)]);
        answer(request).await.json()["active"].as_bool().unwrap()
    };
    for _ in 0..2 {
        assert!(ask("photos.read").await);
        assert!(!ask("photos.write").await);
        assert!(!ask("photos.read photos.write").await);
        assert!(ask("").await);
    }
}
