//! Revocation.

use serde_json::json;

use crate::granted::{GrantedServer, Tokens};
use crate::server::{TestServer, answer, assert_oauth2_error};

#[tokio::test]
async fn a_revoked_token_is_dead_at_once() {
    let server = TestServer::start().await;
    let token = server.admin_token("hydra.clients").await;
    let other = server.admin_token("hydra.clients").await;
    for _ in 0..2 {
        let request = server
            .post("/oauth2/revoke")
            .basic_auth("admin", Some("admin-password"))
            .form(&[
                ("token", token.as_str()),
                ("token_type_hint", "refresh_token"),
            ]);
        let revoked = answer(request).await;
        assert_eq!((revoked.status.as_u16(), revoked.text.as_str()), (200, ""));
    }
    assert_eq!(server.introspect(&token).await["active"], false);
    assert_eq!(
        answer(server.get("/clients").bearer_auth(&token))
            .await
            .status,
        401
    );
    assert_eq!(server.introspect(&other).await["active"], true);
}

#[tokio::test]
async fn another_clients_token_stays() {
    let server = TestServer::start().await;
    server.create_client("app", "app-secret").await;
    let token = server.admin_token("").await;
    for token in [token.as_str(), "garbage", ".", "\0"] {
        let request = server
            .post("/oauth2/revoke")
            .basic_auth("app", Some("app-secret"))
            .form(&[("token", token)]);
        assert_eq!(answer(request).await.status, 200);
    }
    assert_eq!(server.introspect(&token).await["active"], true);
}

#[tokio::test]
async fn the_client_must_authenticate() {
    let server = TestServer::start().await;
    let token = server.admin_token("").await;
    let bare = answer(server.post("/oauth2/revoke").form(&[("token", &token)])).await;
    assert_oauth2_error(&bare, 401, "invalid_client");
    let wrong = server
        .post("/oauth2/revoke")
        .basic_auth("admin", Some("wrong"));
    assert_oauth2_error(
        &answer(wrong.form(&[("token", &token)])).await,
        401,
        "invalid_client",
    );
    let no_token = server
        .post("/oauth2/revoke")
        .basic_auth("admin", Some("admin-password"));
    assert_oauth2_error(
        &answer(no_token.form(&[("a", "b")])).await,
        400,
        "invalid_request",
    );
    assert_eq!(server.introspect(&token).await["active"], true);

    let form = [
        ("token", token.as_str()),
        ("client_id", "admin"),
        ("client_secret", "admin-password"),
    ];
    assert_eq!(
        answer(server.post("/oauth2/revoke").form(&form))
            .await
            .status,
        200
    );
    assert_eq!(server.introspect(&token).await["active"], false);
}

/// RFC 7009 section 2.1: either token ends both, whatever the hint says, and all that came of them.
#[tokio::test]
async fn either_token_of_a_grant_ends_the_grant() {
    let it = GrantedServer::start().await;
    for (client, by_refresh_token) in [("app", true), ("app", false), ("spa", true), ("spa", false)]
    {
        for hint in ["access_token", "refresh_token", "nonsense"] {
            let first = it.tokens(client, "offline").await;
            let second = Tokens::of(&it.refresh(client, &first.refresh).await);
            let token = if by_refresh_token {
                &second.refresh
            } else {
                &second.access
            };
            let fields = [("token", token.as_str()), ("token_type_hint", hint)];
            let request = it.server.post("/oauth2/revoke");
            // RFC 7009 section 2.1: a public client names itself.
            let request = if client == "spa" {
                let [token, hint] = fields;
                request.form(&[token, hint, ("client_id", client)])
            } else {
                request.basic_auth(client, Some("app-secret")).form(&fields)
            };
            let revoked = answer(request).await;
            assert_eq!((revoked.status.as_u16(), revoked.text.as_str()), (200, ""));
            assert!(!it.is_active(&second.access).await);
            assert!(!it.is_active(&second.refresh).await);
            let refused = it.refresh(client, &second.refresh).await;
            assert_oauth2_error(&refused, 400, "invalid_grant");
        }
    }
}

/// RFC 7009 section 2.1: "verifies […] whether the token was issued to the client".
#[tokio::test]
async fn another_clients_grant_stays() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "offline").await;
    let code = it.code("app", "").await;
    for token in [&tokens.access, &tokens.refresh, &code] {
        let by_other = it
            .server
            .post("/oauth2/revoke")
            .basic_auth("other", Some("other-secret"))
            .form(&[("token", token)]);
        assert_eq!(answer(by_other).await.status, 200);
        let by_public = it
            .server
            .post("/oauth2/revoke")
            .form(&[("token", token.as_str()), ("client_id", "spa")]);
        assert_eq!(answer(by_public).await.status, 200);
    }
    assert!(it.is_active(&tokens.access).await);
    assert!(it.is_active(&tokens.refresh).await);
    Tokens::of(&it.redeem("app", &code).await);
}

/// RFC 7009 section 2.2.1: what cannot be revoked is not said to have been.
#[tokio::test]
async fn an_id_token_cannot_be_revoked_and_the_client_is_told() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "openid").await;
    let revoke = |token: &str| {
        it.server
            .post("/oauth2/revoke")
            .basic_auth("app", Some("app-secret"))
            .form(&[("token", token)])
    };
    let refused = answer(revoke(&tokens.id)).await;
    assert_oauth2_error(&refused, 400, "unsupported_token_type");
    // Not ours, so nothing is known of it.
    assert_eq!(answer(revoke("a.b.c")).await.status, 200);
    assert!(it.is_active(&tokens.access).await);
}

/// Where one process revoked, every other knows at once.
#[tokio::test]
async fn what_one_process_revoked_no_other_takes() {
    let mut it = GrantedServer::start().await;
    let tokens = it.tokens("app", "openid offline").await;
    let second = it.second_server(2).await;
    let request = second
        .post("/oauth2/revoke")
        .basic_auth("app", Some("app-secret"))
        .form(&[("token", &tokens.access)]);
    assert_eq!(answer(request).await.status, 200);
    let userinfo = it.server.get("/userinfo").bearer_auth(&tokens.access);
    assert_eq!(answer(userinfo).await.status, 401);
    assert_eq!(
        it.server.introspect(&tokens.access).await,
        json!({"active": false})
    );
    it.replace_server(3).await;
    assert!(!it.is_active(&tokens.refresh).await);
}
