//! The API of the application that asks people for consent.

use serde_json::{Value, json};

use crate::browser::{Flow, yes};
use crate::server::{TestServer, answer, assert_generic_error};

#[tokio::test]
async fn an_unknown_consent_request_is_404_and_what_was_used_is_410() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for (method, verb, body) in [
        ("GET", "", None),
        ("PATCH", "/accept", Some(yes(""))),
        ("PATCH", "/reject", Some(json!({}))),
    ] {
        let unknown = server.consent(method, "nothing", verb, body.clone()).await;
        assert!(assert_generic_error(&unknown, 404).contains("`nothing`"));
        let mut flow = Flow::begin(&server, &[]).await;
        flow.accept(yes("")).await;
        flow.finish().await;
        let used = server.consent(method, &flow.consent_id, verb, body).await;
        assert_generic_error(&used, 410);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_is_400_and_names_the_property() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let flow = Flow::begin(&server, &[("scope", "openid")]).await;
    let large: Value = json!({"x": "y".repeat(17 * 1024)});
    for (property, body) in [
        ("subject", json!({})),
        ("subject", json!({"subject": ""})),
        ("subject", json!({"subject": " dan"})),
        ("subject", json!({"subject": "d\u{0}n"})),
        ("subject", json!({"subject": "dän"})),
        ("subject", json!({"subject": "x".repeat(256)})),
        ("subject", json!({"subject": 5})),
        (
            "grantScopes",
            json!({"subject": "dan", "grantScopes": ["offline"]}),
        ),
        (
            "grantScopes",
            json!({"subject": "dan", "grantScopes": ["openid offline"]}),
        ),
        (
            "grantScopes",
            json!({"subject": "dan", "grantScopes": [""]}),
        ),
        (
            "grantScopes",
            json!({"subject": "dan", "grantScopes": "openid"}),
        ),
        (
            "accessTokenExtra",
            json!({"subject": "dan", "accessTokenExtra": large}),
        ),
        (
            "idTokenExtra",
            json!({"subject": "dan", "idTokenExtra": large}),
        ),
        (
            "idTokenExtra",
            json!({"subject": "dan", "idTokenExtra": []}),
        ),
        (
            "authTime",
            json!({"subject": "dan", "authTime": crate::server::NOW.0 + 3600}),
        ),
        ("authTime", json!({"subject": "dan", "authTime": -1})),
        ("rememberFor", json!({"subject": "dan", "rememberFor": -1})),
    ] {
        let refused = server
            .consent("PATCH", &flow.consent_id, "/accept", Some(body.clone()))
            .await;
        let message = assert_generic_error(&refused, 400);
        assert!(
            message.contains(&format!("`{property}`")),
            "{body}: {message}"
        );
    }
    let long = json!({"reason": "x".repeat(1001)});
    let refused = server
        .consent("PATCH", &flow.consent_id, "/reject", Some(long))
        .await;
    assert!(assert_generic_error(&refused, 400).contains("`reason`"));
    // Nothing of this is a decision.
    let mut flow = flow;
    assert_eq!(flow.finish().await.get("error"), "access_denied");
}

// RFC 9700 section 4.15: a person must not be taken for a client.
#[tokio::test]
async fn a_person_cannot_have_the_name_of_a_client() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let flow = Flow::begin(&server, &[]).await;
    for subject in ["app", "admin"] {
        let body = Some(json!({ "subject": subject }));
        let refused = server
            .consent("PATCH", &flow.consent_id, "/accept", body)
            .await;
        assert!(assert_generic_error(&refused, 400).contains("`subject`"));
    }
}

#[tokio::test]
async fn null_and_unknown_properties_do_no_harm() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[("scope", "openid")]).await;
    flow.accept(json!({
        "subject": "dan",
        "grantScopes": null,
        "accessTokenExtra": null,
        "idTokenExtra": null,
        "authTime": null,
        "remember": null,
        "rememberFor": null,
        "unknown": 1,
    }))
    .await;
    assert_eq!(flow.finish().await.get("scope"), "");
}

#[tokio::test]
async fn the_application_learns_what_the_client_wants_of_the_person() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let parameters = [
        ("prompt", "login consent"),
        ("max_age", "60"),
        ("login_hint", "dan@acme.com"),
    ];
    let told = Flow::begin(&server, &parameters)
        .await
        .consent_request()
        .await;
    assert_eq!(told["prompt"], "login consent");
    assert_eq!(told["maxAge"], 60);
    assert_eq!(told["loginHint"], "dan@acme.com");
}

#[tokio::test]
async fn the_id_is_asked_after_permission() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    server.create_client("other", "other-secret").await;
    let token = server.token("other", "other-secret", "hydra.consent").await;
    let flow = Flow::begin(&server, &[]).await;
    let ask = async |id: &str| {
        let path = format!("/oauth2/consent/requests/{id}");
        let refused = answer(server.get(&path).bearer_auth(&token)).await;
        assert_generic_error(&refused, 403).replace(id, "ID")
    };
    assert_eq!(ask(&flow.consent_id).await, ask("nothing").await);
}
