//! Health, readiness and numbers.

use hydra_server::host::Config;
use serde_json::json;

use crate::server::{TestServer, answer, assert_generic_error, config};

#[tokio::test]
async fn an_instance_that_reaches_its_database_is_ready() {
    let server = TestServer::start().await;
    for path in ["/health/status", "/health/ready"] {
        let answer = answer(server.get(path)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json(), json!({ "status": "ok" }));
    }
}

#[tokio::test]
async fn numbers_want_their_scope_and_permission() {
    let server = TestServer::start().await;
    server.create_client("app", "app-secret").await;
    let stranger = server.token("app", "app-secret", "hydra.health").await;
    let elsewhere = server.admin_token("hydra.clients").await;
    for path in ["/health/metrics", "/metrics"] {
        assert_generic_error(&answer(server.get(path)).await, 401);
        let refused = answer(server.get(path).bearer_auth(&stranger)).await;
        assert_generic_error(&refused, 403);
        let refused = answer(server.get(path).bearer_auth(&elsewhere)).await;
        assert_generic_error(&refused, 403);
    }
}

#[tokio::test]
async fn requests_are_counted_by_operation_and_status() {
    let server = TestServer::start().await;
    let admin = server.admin_token("hydra.health").await;
    for path in [
        "/health/status",
        "/health/status",
        "/made/up",
        "/made/up/too",
    ] {
        answer(server.get(path)).await;
    }
    server.pass(90);
    let answer = answer(server.get("/health/metrics").bearer_auth(&admin)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.json();
    assert_eq!(told["uptime"], 90);
    assert_eq!(told["requests"], 5);
    assert_eq!(told["responses"], 5);
    assert_eq!(told["methods"], json!({ "GET": 4, "POST": 1 }));
    assert_eq!(told["status"], json!({ "200": 3, "404": 2 }));
    assert_eq!(
        told["operations"],
        json!({ "getInstanceStatus": 2, "oauthToken": 1, "other": 2 })
    );
    let latencies = told["latencies"].as_object().unwrap();
    let counted: i64 = latencies.values().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!(counted, 5);
}

#[tokio::test]
async fn prometheus_reads_what_happened_and_no_names() {
    let server = TestServer::start().await;
    let admin = server.admin_token("hydra.health").await;
    server.token_answer("mallory", "guess", "").await;
    answer(server.get("/secret/of/somebody")).await;
    let answer = answer(server.get("/metrics").bearer_auth(&admin)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    for line in [
        r#"hydra_tokens_issued_total{grant="client_credentials"} 1"#,
        r#"hydra_access_decisions_total{outcome="allowed"} 1"#,
        r#"hydra_client_authentication_failures_total{reason="failed"} 1"#,
        r#"hydra_http_requests_total{operation="oauthToken",method="POST",status="200"} 1"#,
        r#"hydra_http_requests_total{operation="oauthToken",method="POST",status="401"} 1"#,
        r#"hydra_http_requests_total{operation="other",method="GET",status="404"} 1"#,
        r#"hydra_http_request_duration_seconds_count{operation="oauthToken"} 2"#,
        "# EOF",
    ] {
        assert!(
            answer.text.lines().any(|it| it == line),
            "{line}\n{}",
            answer.text
        );
    }
    for name in ["mallory", "secret", "admin"] {
        assert!(!answer.text.contains(name), "{}", answer.text);
    }
}

#[tokio::test]
async fn the_operator_may_open_the_numbers_for_prometheus() {
    let server = TestServer::with(Config {
        open_metrics: true,
        ..config()
    })
    .await;
    assert_eq!(answer(server.get("/metrics")).await.status, 200);
    // The contract's operation stays as the contract says.
    assert_generic_error(&answer(server.get("/health/metrics")).await, 401);
}
