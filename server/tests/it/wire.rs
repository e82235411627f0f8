//! What every answer has in common.

use reqwest::Method;

use crate::server::{TestServer, answer, assert_generic_error};

#[tokio::test]
async fn unknown_paths_and_methods_are_told_apart() {
    let server = TestServer::start().await;
    for path in ["/", "/nowhere", "/clients/", "/clients/a/b", "/oauth2"] {
        assert_generic_error(&answer(server.get(path)).await, 404);
    }
    for (method, path, allowed) in [
        (Method::GET, "/oauth2/token", "POST"),
        (Method::GET, "/oauth2/introspect", "POST"),
        (Method::DELETE, "/oauth2/revoke", "POST"),
        (Method::DELETE, "/clients", "GET,HEAD,POST"),
        (Method::POST, "/health/status", "GET,HEAD"),
    ] {
        let refused = answer(server.request(method, path)).await;
        assert_generic_error(&refused, 405);
        assert_eq!(refused.header("allow"), allowed, "{path}");
    }
}

#[tokio::test]
async fn the_callers_request_id_comes_back() {
    let server = TestServer::start().await;
    let refused = answer(server.get("/clients").header("X-Request-ID", "abc-123")).await;
    assert_generic_error(&refused, 401);
    assert_eq!(refused.json()["error"]["request"], "abc-123");
    for odd in ["has space", "tab\there", &"x".repeat(200)] {
        let refused = answer(server.get("/clients").header("X-Request-ID", odd)).await;
        assert_generic_error(&refused, 401);
        assert_ne!(refused.json()["error"]["request"], odd);
    }
}

/// With time and randomness in our hands, a whole answer can be compared as it stands.
#[tokio::test]
async fn answers_repeat_themselves() {
    let first = TestServer::start().await.admin_token("hydra").await;
    let second = TestServer::start().await.admin_token("hydra").await;
    // The system secret in memory is made from the same seed, so even the signature is the same.
    assert_eq!(first, second);
}
