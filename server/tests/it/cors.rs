//! Scripts of other origins.

use hydra_server::host::Config;
use hydra_server::http::CorsSettings;
use reqwest::Method;

use crate::server::{Answer, TestServer, answer, config};

const APP: &str = "https://app.example.com";

async fn server(settings: CorsSettings) -> TestServer {
    TestServer::with(Config {
        cors: settings,
        ..config()
    })
    .await
}

fn for_the_app() -> CorsSettings {
    CorsSettings {
        origins: vec![APP.into()],
        ..CorsSettings::default()
    }
}

async fn preflight(server: &TestServer, path: &str, origin: &str) -> Answer {
    let request = server
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST");
    answer(request).await
}

#[tokio::test]
async fn there_is_no_cors_unless_the_operator_names_origins() {
    let server = TestServer::start().await;
    let plain = answer(server.get("/health/status").header("origin", APP)).await;
    assert_eq!(plain.header("access-control-allow-origin"), "");
    let asked = preflight(&server, "/oauth2/token", APP).await;
    assert_eq!(asked.status, 405);
    assert_eq!(asked.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn an_allowed_origin_may_ask_and_read() {
    let server = server(CorsSettings {
        exposed: vec!["X-Request-ID".into()],
        credentials: true,
        max_age: 600,
        ..for_the_app()
    })
    .await;
    let asked = preflight(&server, "/oauth2/token", APP).await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("access-control-allow-origin"), APP);
    assert_eq!(asked.header("access-control-allow-methods"), "GET,POST");
    assert_eq!(
        asked.header("access-control-allow-headers"),
        "authorization,content-type"
    );
    assert_eq!(asked.header("access-control-allow-credentials"), "true");
    assert_eq!(asked.header("access-control-max-age"), "600");

    // A refusal can be read as well.
    let refused = answer(server.post("/oauth2/token").header("origin", APP)).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.header("access-control-allow-origin"), APP);
    assert_eq!(
        refused.header("access-control-expose-headers"),
        "x-request-id"
    );
    assert!(refused.header("vary").contains("origin"));
}

#[tokio::test]
async fn another_origin_may_not() {
    let server = server(for_the_app()).await;
    for origin in ["https://evil.example", "http://app.example.com", "null"] {
        let asked = preflight(&server, "/oauth2/token", origin).await;
        assert_eq!(asked.header("access-control-allow-origin"), "", "{origin}");
        let read = answer(server.get("/health/status").header("origin", origin)).await;
        assert_eq!(read.header("access-control-allow-origin"), "", "{origin}");
    }
}

/// RFC 9700 section 2.6: "Authorization servers MUST NOT support CORS at the authorization endpoint".
#[tokio::test]
async fn the_authorization_endpoint_knows_no_cors() {
    let server = server(CorsSettings {
        origins: vec!["*".into()],
        ..CorsSettings::default()
    })
    .await;
    for path in [
        "/oauth2/auth",
        "/oauth2/sessions/logout",
        "/oauth2/consent-fallback",
    ] {
        let asked = preflight(&server, path, APP).await;
        let visited = answer(server.get(path).header("origin", APP)).await;
        for answer in [asked, visited] {
            for name in answer.headers.keys() {
                assert!(
                    !name.as_str().starts_with("access-control"),
                    "{path}: {name}"
                );
            }
        }
    }
    let elsewhere = preflight(&server, "/oauth2/token", APP).await;
    assert_eq!(elsewhere.header("access-control-allow-origin"), "*");
}

/// CVE-2026-37977: an origin that a request's token or client names is not one the operator named.
#[tokio::test]
async fn no_request_can_name_the_origins_that_are_allowed() {
    let server = server(for_the_app()).await;
    let token = server.admin_token("hydra.clients").await;
    let body = serde_json::json!({
        "id": "spa",
        "public": true,
        "redirect_uris": ["https://evil.example/callback"],
        "client_uri": "https://evil.example",
    });
    let created = answer(server.post("/clients").bearer_auth(&token).json(&body)).await;
    assert_eq!(created.status, 201, "{created:?}");
    let request = server
        .post("/oauth2/token")
        .header("origin", "https://evil.example")
        .form(&[("grant_type", "authorization_code"), ("client_id", "spa")]);
    let answer = answer(request).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}
