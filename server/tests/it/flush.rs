//! Throwing away what is of no use any more.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::granted::{CODE_LIFESPAN, GrantedServer};
use crate::server::{answer, assert_generic_error};

impl GrantedServer {
    async fn flush(&self) -> RequestBuilder {
        let token = self.server.admin_token("hydra.oauth2.flush").await;
        self.server.post("/oauth2/flush").bearer_auth(token)
    }

    async fn grants(&self, ids: &[&str]) -> usize {
        let mut found = 0;
        for id in ids {
            let signature = id.split_once('.').unwrap().1;
            found += usize::from(self.storage.code(signature).await.unwrap().is_some());
        }
        found
    }
}

#[tokio::test]
async fn what_has_expired_goes_and_the_rest_stays() {
    let it = GrantedServer::start().await;
    let unused = it.code("app", "offline").await;
    let tokens = it.tokens("app", "offline").await;
    let status = async |request: RequestBuilder| answer(request).await.status.as_u16();
    assert_eq!(status(it.flush().await).await, 204);
    assert_eq!(it.grants(&[&unused]).await, 1);

    it.server.pass(CODE_LIFESPAN + 1);
    assert_eq!(status(it.flush().await.json(&json!({}))).await, 204);
    assert_eq!(it.grants(&[&unused]).await, 0);
    assert!(it.is_active(&tokens.access).await);
    // The access token goes with its refresh token.
    it.server.pass(31 * 24 * 60 * 60);
    assert_eq!(
        status(it.flush().await.json(&json!({"notAfter": null}))).await,
        204
    );
    let signature = tokens.access.split_once('.').unwrap().1;
    assert_eq!(it.storage.access_token(signature).await.unwrap(), None);
}

#[tokio::test]
async fn not_after_keeps_what_ended_lately() {
    let it = GrantedServer::start().await;
    // It expires on 4 December 2017 at 07:15:55.
    let code = it.code("app", "").await;
    it.server.pass(10 * CODE_LIFESPAN);
    for (not_after, left) in [
        ("2017-12-04T07:15:55Z", 1),
        ("2017-12-04T08:15:55.25+01:00", 1),
        ("2017-12-04T07:15:56Z", 0),
        ("2999-01-01T00:00:00Z", 0),
    ] {
        let request = it.flush().await.json(&json!({"notAfter": not_after}));
        assert_eq!(answer(request).await.status, 204);
        assert_eq!(it.grants(&[&code]).await, left, "{not_after}");
    }
}

#[tokio::test]
async fn who_may_not_or_does_not_make_sense_is_refused() {
    let it = GrantedServer::start().await;
    let bare = answer(it.server.post("/oauth2/flush")).await;
    assert_generic_error(&bare, 401);
    let narrow = it.server.admin_token("hydra.clients").await;
    let narrow = answer(it.server.post("/oauth2/flush").bearer_auth(narrow)).await;
    assert_generic_error(&narrow, 403);
    for body in [
        json!({"notAfter": "yesterday"}),
        json!({"notAfter": 5}),
        json!([]),
        Value::from("x"),
    ] {
        let message = assert_generic_error(&answer(it.flush().await.json(&body)).await, 400);
        assert!(!message.contains("yesterday"), "{message}");
    }
}
