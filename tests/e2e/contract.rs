//! What the contract promises, asked of the live server: for each operation in it, not for a list that we keep.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use hydra_sdk::{API, Operation, types};
use hydra_tests::TestServer;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::tokens::token;

const CONTRACT: &str = include_str!("../../api.swagger.json");

/// The path with `photos` for each parameter.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "photos"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A request for `operation` with something harmless for each path parameter, form field and body.
fn request(http: &Client, server: &TestServer, operation: &Operation) -> Result<RequestBuilder> {
    let path = filled(operation.path);
    let request = http.request(
        operation.method.parse()?,
        format!("{}{path}", server.http()),
    );
    Ok(match operation.content_type {
        Some("application/x-www-form-urlencoded") => {
            request.form(&[("token", "x"), ("grant_type", "x")])
        }
        Some(_) => request.json(&serde_json::json!({ "id": "photos" })),
        None => request,
    })
}

/// Operations that only an access token opens.
fn behind_a_token() -> impl Iterator<Item = &'static Operation> {
    API.operations.iter().filter(|operation| {
        let alternatives: Vec<_> = operation
            .security
            .iter()
            .map(|all| all.iter().map(|r| r.scheme))
            .collect();
        !alternatives.is_empty()
            && alternatives
                .into_iter()
                .all(|mut schemes| schemes.any(|s| s == "oauth2"))
    })
}

/// Whether policies are asked as well: for what a person agreed to, they are not.
fn wants_permission(operation: &Operation) -> bool {
    operation
        .security
        .iter()
        .flat_map(|all| all.iter())
        .any(|requirement| requirement.scopes != ["openid"])
}

async fn expect(response: Response, status: StatusCode, what: &str) -> Result<Value> {
    ensure!(
        response.status() == status,
        "{what}: {} in place of {status}",
        response.status()
    );
    let content_type = response
        .headers()
        .get("content-type")
        .context("no content type")?
        .to_str()?;
    ensure!(
        content_type.starts_with("application/json"),
        "{what}: {content_type}"
    );
    Ok(response.json().await?)
}

#[tokio::test]
async fn without_a_token_every_secured_operation_answers_401() -> Result<()> {
    let server = TestServer::start().await?;
    let http = Client::new();
    let mut swept = 0;
    for operation in behind_a_token() {
        let response = request(&http, &server, operation)?.send().await?;
        let challenge = response
            .headers()
            .get("www-authenticate")
            .context(operation.id)?
            .to_str()?;
        // RFC 6750 section 3.1: no error code for a request that shows no token at all.
        ensure!(
            challenge.starts_with("Bearer") && !challenge.contains("error="),
            "{}: {challenge}",
            operation.id
        );
        expect(response, StatusCode::UNAUTHORIZED, operation.id).await?;
        swept += 1;
    }
    ensure!(swept >= 5, "only {swept} operations were found");
    Ok(())
}

#[tokio::test]
async fn with_a_garbled_token_every_secured_operation_answers_401_invalid_token() -> Result<()> {
    let server = TestServer::start().await?;
    let http = Client::new();
    for operation in behind_a_token() {
        let response = request(&http, &server, operation)?
            .bearer_auth("garbled.token")
            .send()
            .await?;
        let challenge = response
            .headers()
            .get("www-authenticate")
            .context(operation.id)?
            .to_str()?;
        ensure!(
            challenge.contains("error=\"invalid_token\""),
            "{}: {challenge}",
            operation.id
        );
        expect(response, StatusCode::UNAUTHORIZED, operation.id).await?;
    }
    Ok(())
}

#[tokio::test]
async fn with_a_token_of_another_scope_every_secured_operation_answers_403() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server
        .create_client("outsider", "photos.read hydra.*")
        .await?;
    let token = token(&server, &client, "photos.read").await?;
    let http = Client::new();
    for operation in behind_a_token() {
        let response = request(&http, &server, operation)?
            .bearer_auth(&token)
            .send()
            .await?;
        let challenge = response
            .headers()
            .get("www-authenticate")
            .context(operation.id)?
            .to_str()?;
        ensure!(
            challenge.contains("error=\"insufficient_scope\""),
            "{}: {challenge}",
            operation.id
        );
        expect(response, StatusCode::FORBIDDEN, operation.id).await?;
    }
    Ok(())
}

#[tokio::test]
async fn with_the_scope_but_no_permission_every_secured_operation_answers_403() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("outsider", "hydra.*").await?;
    let token = token(&server, &client, "hydra.*").await?;
    let http = Client::new();
    for operation in behind_a_token().filter(|operation| wants_permission(operation)) {
        // Whether there is something of that id makes no difference.
        let unknown = request(&http, &server, operation)?
            .bearer_auth(&token)
            .send()
            .await?;
        let unknown = expect(unknown, StatusCode::FORBIDDEN, operation.id).await?;
        if operation.path.contains('{') {
            create_photos(&server).await?;
            let known = request(&http, &server, operation)?
                .bearer_auth(&token)
                .send()
                .await?;
            let known = expect(known, StatusCode::FORBIDDEN, operation.id).await?;
            ensure!(
                without_request_id(known) == without_request_id(unknown),
                "{}",
                operation.id
            );
            delete_photos(&server).await?;
        }
    }
    Ok(())
}

/// One of everything that has an id, and `photos` is its name.
async fn create_photos(server: &TestServer) -> Result<()> {
    server.create_client("photos", "").await?;
    let policy = types::Policy {
        id: Some("photos".to_owned()),
        effect: Some("allow".to_owned()),
        ..types::Policy::default()
    };
    server.root()?.create_policy(&policy).await?;
    let key = types::JsonWebKey {
        kty: Some("oct".to_owned()),
        k: Some("cGhvdG9zLXBob3Rvcy1waG90b3M".to_owned()),
        ..types::JsonWebKey::default()
    };
    server
        .root()?
        .update_json_web_key("photos", "photos", &key)
        .await?;
    let group = types::Group {
        id: Some("photos".to_owned()),
        ..types::Group::default()
    };
    server.root()?.create_group(&group).await?;
    Ok(())
}

async fn delete_photos(server: &TestServer) -> Result<()> {
    let root = server.root()?;
    root.delete_o_auth2_client("photos").await?;
    root.delete_policy("photos").await?;
    root.delete_group("photos").await?;
    root.delete_json_web_key_set("photos").await?;
    Ok(())
}

fn without_request_id(mut body: Value) -> Value {
    if let Some(error) = body.get_mut("error").and_then(Value::as_object_mut) {
        error.remove("request");
    }
    body
}

#[tokio::test]
async fn a_method_that_the_contract_lacks_answers_405_with_the_methods_there_are() -> Result<()> {
    let server = TestServer::start().await?;
    let http = Client::new();
    let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in API.operations {
        paths
            .entry(operation.path)
            .or_default()
            .push(operation.method);
    }
    for (path, methods) in paths {
        let missing = ["DELETE", "PATCH", "POST", "PUT"]
            .into_iter()
            .find(|method| !methods.contains(method));
        let method: Method = missing.context(path)?.parse()?;
        let url = format!("{}{}", server.http(), filled(path));
        let response = http.request(method.clone(), url).send().await?;
        let allowed = response
            .headers()
            .get("allow")
            .context(path)?
            .to_str()?
            .to_owned();
        for there in methods {
            ensure!(
                allowed.split(',').any(|one| one.trim() == there),
                "{path}: {allowed}"
            );
        }
        expect(response, StatusCode::METHOD_NOT_ALLOWED, path).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_path_answers_404_in_json() -> Result<()> {
    let server = TestServer::start().await?;
    let response = reqwest::get(format!("{}/no/such/path", server.http())).await?;
    let body = expect(response, StatusCode::NOT_FOUND, "unknown path").await?;
    assert_eq!(body["error"]["code"], 404);
    Ok(())
}

#[tokio::test]
async fn the_served_documents_describe_the_committed_contract() -> Result<()> {
    let server = TestServer::start().await?;
    let committed: Value = serde_json::from_str(CONTRACT)?;
    let served: Value = reqwest::get(format!("{}/swagger.json", server.http()))
        .await?
        .json()
        .await?;
    for part in ["swagger", "info", "paths", "definitions"] {
        assert_eq!(served[part], committed[part], "{part}");
    }
    // Addresses come from the issuer, not from the committed file.
    assert_eq!(served["host"], "hydra.example.com");
    assert_eq!(served["schemes"], serde_json::json!(["https"]));

    let openapi: Value = reqwest::get(format!("{}/openapi.json", server.http()))
        .await?
        .json()
        .await?;
    assert!(
        openapi["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let paths = |document: &Value| -> Vec<String> {
        document["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(path, _)| path.clone())
            .collect()
    };
    assert_eq!(paths(&openapi), paths(&committed));
    Ok(())
}

#[tokio::test]
async fn swagger_ui_is_served_without_a_foreign_address() -> Result<()> {
    let server = TestServer::start().await?;
    let page = reqwest::get(format!("{}/docs/", server.http())).await?;
    assert_eq!(page.status(), StatusCode::OK);
    let html = page.text().await?;
    assert!(html.contains("swagger-ui"));
    assert!(!html.contains("//cdn") && !html.contains("unpkg"));
    Ok(())
}
