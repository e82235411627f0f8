//! Revocation.

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
