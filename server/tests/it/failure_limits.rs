//! Whoever guesses secrets is made to wait.

use hydra_server::flows::failure_limits::Limits;
use hydra_server::host::Config;

use crate::server::{TestServer, answer, assert_oauth2_error, config};

async fn server() -> TestServer {
    TestServer::with(Config {
        failure_limits: Limits {
            client: 5,
            address: 20,
        },
        ..config()
    })
    .await
}

/// RFC 6749 section 2.3.1: "the authorization server MUST protect any endpoint utilizing it against
/// brute force attacks".
#[tokio::test]
async fn a_guesser_has_to_wait_even_with_the_right_secret_and_only_for_a_while() {
    let server = server().await;
    server.create_client("app", "app-secret").await;
    for _ in 0..5 {
        let refused = server.token_answer("app", "guess", "").await;
        assert_oauth2_error(&refused, 401, "invalid_client");
    }
    for secret in ["guess", "app-secret"] {
        let refused = server.token_answer("app", secret, "").await;
        assert_oauth2_error(&refused, 429, "temporarily_unavailable");
        assert_eq!(refused.header("retry-after"), "60");
    }
    // Others are not held up.
    server.admin_token("hydra.clients").await;

    server.pass(59);
    let refused = server.token_answer("app", "app-secret", "").await;
    assert_eq!(refused.header("retry-after"), "1");
    server.pass(1);
    server.token("app", "app-secret", "").await;
}

#[tokio::test]
async fn the_limit_holds_at_every_endpoint_where_clients_authenticate() {
    let server = server().await;
    server.create_client("app", "app-secret").await;
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        let form = [("grant_type", "client_credentials"), ("token", "x")];
        let request = || {
            let request = server.post(path).form(&form);
            request.basic_auth("app", Some("guess"))
        };
        for _ in 0..5 {
            answer(request()).await;
        }
        assert_oauth2_error(&answer(request()).await, 429, "temporarily_unavailable");
        server.pass(300);
    }
}

#[tokio::test]
async fn many_names_from_one_address_are_limited_and_the_clients_known_there_are_not() {
    let server = server().await;
    server.create_client("app", "app-secret").await;
    server.create_client("newcomer", "newcomer-secret").await;
    server.token("app", "app-secret", "").await;
    for guess in 0..20 {
        let id = format!("client-{guess}");
        let refused = server.token_answer(&id, "guess", "").await;
        assert_oauth2_error(&refused, 401, "invalid_client");
    }
    let refused = server.token_answer("newcomer", "newcomer-secret", "").await;
    assert_oauth2_error(&refused, 429, "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), "15");
    server.token("app", "app-secret", "").await;
    server.pass(15);
    server.token("newcomer", "newcomer-secret", "").await;
}

#[tokio::test]
async fn a_proxy_that_the_operator_named_tells_who_guesses() {
    let server = TestServer::with(Config {
        force_http: false,
        allow_termination_from: vec!["127.0.0.0/8".parse().unwrap()],
        failure_limits: Limits {
            client: 5,
            address: 20,
        },
        ..config()
    })
    .await;
    let ask = async |address: &str, secret: &str| {
        let request = server
            .post("/oauth2/token")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-for", format!("203.0.113.1, {address}"))
            .basic_auth("admin", Some(secret))
            .form(&[("grant_type", "client_credentials")]);
        answer(request).await.status
    };
    for _ in 0..5 {
        assert_eq!(ask("198.51.100.7", "guess").await, 401);
    }
    assert_eq!(ask("198.51.100.7", "admin-password").await, 429);
    // The rightful client is elsewhere.
    assert_eq!(ask("192.0.2.1", "admin-password").await, 200);
}
