//! The key set and documents; what the metadata tells is in `metadata`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{TestServer, answer};

#[tokio::test]
async fn the_key_set_is_open_and_public() {
    let server = TestServer::start().await;
    let set = answer(server.get("/.well-known/jwks.json")).await.json();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let mut members: Vec<&str> = keys[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(keys[0]["kid"].as_str().unwrap().len(), 43);
    let again = answer(server.get("/.well-known/jwks.json")).await.json();
    assert_eq!(again, set);
}

#[tokio::test]
async fn the_status_is_ok() {
    let server = TestServer::start().await;
    let status = answer(server.get("/health/status")).await;
    assert_eq!(
        (status.status.as_u16(), status.json()),
        (200, json!({"status": "ok"}))
    );
    assert_eq!(status.header("content-type"), "application/json");
}

/// The document served is the contract, and every operation in it is answered.
#[tokio::test]
async fn the_contract_is_served_and_kept() {
    let server = TestServer::start().await;
    let served = answer(server.get("/openapi.json")).await.json();
    let contract = serde_json::to_string(&hydra_server::contract()).unwrap();
    // The contract does not know where it will be served; the server does.
    let placed = contract.replace(
        "https://your-hydra-instance.example/",
        "https://localhost:9000/",
    );
    assert_ne!(placed, contract);
    assert_eq!(served, serde_json::from_str::<Value>(&placed).unwrap());
    let mut operations = 0;
    for (path, item) in served["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path.replace(['{', '}'], "");
            let status = answer(server.request(method, &path)).await.status.as_u16();
            let declared = operation["responses"].as_object().unwrap();
            assert!(
                declared.contains_key(&status.to_string()),
                "{operation}: {status}"
            );
            operations += 1;
        }
    }
    assert!(operations >= 18, "only {operations} operations were found");
}

/// The committed document is served with this server's address in it, and Swagger UI shows it.
#[cfg(feature = "contract-file")]
#[tokio::test]
async fn the_swagger_document_tells_where_it_is_served() {
    let server = TestServer::start().await;
    let served = answer(server.get("/swagger.json")).await.json();
    assert_eq!(served["host"], "localhost:9000");
    assert_eq!(served["schemes"], json!(["https"]));
    assert_eq!(served["basePath"], "/");
    let scheme = &served["securityDefinitions"]["oauth2"];
    let token_url = "https://localhost:9000/oauth2/token";
    assert_eq!(scheme["tokenUrl"], token_url);
    assert_eq!(
        scheme["x-oauth2-flows"]["clientCredentials"]["tokenUrl"],
        token_url
    );

    let page = answer(server.get("/docs/")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert!(!page.text.contains("http"), "nothing comes from elsewhere");
    let settings = answer(server.get("/docs/swagger-initializer.js")).await;
    assert!(settings.text.contains("/swagger.json"));
}
