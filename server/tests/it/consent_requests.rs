//! The API of the application that asks people for consent.

use serde_json::{Value, json};

use crate::browser::{Flow, authorization_url, yes};
use crate::server::{TestServer, answer, assert_generic_error, assert_oauth2_error};

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

// RFC 9700 section 4.15, the other way round: a client that could have a person's name would speak for itself
// in that name.
#[tokio::test]
async fn a_client_cannot_have_the_name_of_a_person() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let admin = server.admin_token("hydra.clients").await;
    let create = async |id: &str| {
        let body = json!({"id": id, "grant_types": ["client_credentials"], "scope": "openid"});
        answer(server.post("/clients").bearer_auth(&admin).json(&body)).await
    };
    server.code("openid", &[]).await;
    let refused = create("dan").await;
    let message = assert_generic_error(&refused, 400);
    assert!(message.contains("`id`"), "{message}");
    // Comparison is by the letter.
    assert_eq!(create("Dan").await.status, 201);
    assert_eq!(create("dan2").await.status, 201);
}

/// fosite#481: whatever people and clients write, an error body is JSON, and what a client is told by redirect
/// is one parameter of printable ASCII.
#[tokio::test]
async fn no_text_breaks_out_of_an_error_on_the_way_through_consent() {
    const TRICKS: [&str; 6] = [
        r#"\"}"#,
        r#"","error":"none"#,
        "a\r\nSet-Cookie: a=b",
        "<script>alert(1)</script>",
        "x&code=forged#access_token=forged",
        "größe \u{202e} \u{1F980}",
    ];
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for trick in TRICKS {
        let mut flow = Flow::begin(&server, &[]).await;
        for body in [
            json!({"subject": "dan", "grantScopes": [trick]}),
            json!({"subject": format!("{trick}\u{0}")}),
            json!({"subject": 5, trick: trick}),
        ] {
            let refused = server
                .consent("PATCH", &flow.consent_id, "/accept", Some(body))
                .await;
            assert_generic_error(&refused, 400);
        }
        flow.reject(trick).await;
        let callback = flow.finish().await;
        assert_eq!(callback.get("error"), "access_denied");
        let names: Vec<&str> = callback.parameters.keys().map(String::as_str).collect();
        assert_eq!(names, ["error", "error_description", "iss", "state"]);
        let description = callback.get("error_description");
        // RFC 6749 section 4.1.2.1.
        assert!(
            description
                .bytes()
                .all(|b| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\'),
            "{description}"
        );

        // The person who cannot be sent on is told on a page, a program by an object.
        let url = authorization_url(&[("client_id", trick), ("scope", trick)]);
        assert_oauth2_error(&answer(server.get(&url)).await, 400, "invalid_request");
        let form = [
            ("grant_type", trick),
            ("client_id", trick),
            ("scope", trick),
        ];
        let refused = answer(server.post("/oauth2/token").form(&form)).await;
        assert_oauth2_error(&refused, 401, "invalid_client");
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
