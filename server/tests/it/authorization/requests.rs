//! Which authorization requests are taken, and how the others are refused.

use reqwest::Method;
use serde_json::json;

use crate::browser::{
    Browser, CALLBACK, CHALLENGE, Callback, VERIFIER, assert_page, assert_refused,
    authorization_url, consent_id,
};
use crate::server::{TestServer, answer, assert_oauth2_error};

pub(super) async fn open(
    server: &TestServer,
    parameters: &[(&str, &str)],
) -> crate::server::Answer {
    Browser::default()
        .open(server, &authorization_url(parameters))
        .await
}

// RFC 6749 section 3.1, OpenID Connect Core section 3.1.2.1: GET and POST do the same.
#[tokio::test]
async fn a_request_may_come_by_get_and_by_post() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    consent_id(&open(&server, &[]).await);
    let form = [
        ("client_id", "app"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
    ];
    let posted = Browser::default()
        .post(&server, "/oauth2/auth", &form)
        .await;
    consent_id(&posted);
    let deleted = answer(server.request(Method::DELETE, "/oauth2/auth")).await;
    assert_eq!(deleted.status, 405);
}

// RFC 6749 section 3.1: unknown parameters are ignored, empty ones count as left out. OpenID Connect Core
// section 3.1.2.1: the parameters that ask for looks and languages must not lead to an error.
#[tokio::test]
async fn what_need_not_be_understood_is_ignored() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for (name, value) in [
        ("nonsense", "1"),
        ("acr_values", "urn:x"),
        ("ui_locales", "de fr"),
        ("claims_locales", "de"),
        ("display", "touch"),
        ("claims", "{}"),
    ] {
        consent_id(&open(&server, &[(name, value)]).await);
    }
    let url = format!("{}&scope=&nonce=&prompt=&max_age=", authorization_url(&[]));
    consent_id(&Browser::default().open(&server, &url).await);
}

// RFC 6749 section 3.1.
#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for again in [
        "scope=a&scope=a",
        "state=again",
        "response_type=code",
        "x=1&x=2",
        "nonce=&nonce=",
    ] {
        let url = format!("{}&{again}", authorization_url(&[]));
        assert_refused(
            &Browser::default().open(&server, &url).await,
            "invalid_request",
        );
    }
    // Until client and redirect URI are certain, nobody is sent anywhere.
    for again in [
        "client_id=app",
        "redirect_uri=https%3A%2F%2Fapp.example%2Fcallback",
    ] {
        let url = format!("{}&{again}", authorization_url(&[]));
        assert_page(&Browser::default().open(&server, &url).await, 400);
    }
}

// RFC 6749 section 3.1.1 and 4.1.2.1.
#[tokio::test]
async fn the_response_type_must_be_there_and_known() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    assert_refused(
        &open(&server, &[("response_type", "")]).await,
        "invalid_request",
    );
    for unknown in ["none", "Code", "code code", "password", "code  token"] {
        let refused = open(&server, &[("response_type", unknown)]).await;
        assert_refused(&refused, "unsupported_response_type");
    }
}

// RFC 7636 section 4.4.1, RFC 9700 section 2.1.1, RFC 8252 section 8.1.
#[tokio::test]
async fn a_public_client_needs_a_challenge_by_sha_256() {
    let server = TestServer::start().await;
    server.create_public_app(json!({})).await;
    assert_refused(&open(&server, &[]).await, "invalid_request");
    assert_refused(
        &open(&server, &[("response_type", "code token")]).await,
        "invalid_request",
    );
    let good = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    consent_id(&open(&server, &good).await);
}

// RFC 7636 sections 4.1 to 4.4.1; a method left out means `plain`.
#[tokio::test]
async fn a_challenge_must_be_one_and_plain_must_be_allowed() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let long = "x".repeat(129);
    for (challenge, method) in [
        (VERIFIER, ""),
        (VERIFIER, "plain"),
        (CHALLENGE, "S512"),
        (CHALLENGE, "s256"),
        (&CHALLENGE[1..], "S256"),
        (long.as_str(), "S256"),
        ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw!cM", "S256"),
        ("", "S256"),
    ] {
        let parameters = [
            ("code_challenge", challenge),
            ("code_challenge_method", method),
        ];
        assert_refused(&open(&server, &parameters).await, "invalid_request");
    }
    let config = hydra_server::host::Config {
        plain_challenges: true,
        ..crate::server::config()
    };
    let server = TestServer::with(config).await;
    server.create_app(json!({})).await;
    consent_id(&open(&server, &[("code_challenge", VERIFIER)]).await);
}

// RFC 9700 section 2.1.2: the implicit flow is off unless a client was registered for it.
#[tokio::test]
async fn tokens_through_the_browser_are_for_clients_registered_for_them() {
    let server = TestServer::start().await;
    for (id, changes) in [
        (
            "no-grant",
            json!({"id": "no-grant", "grant_types": ["authorization_code"]}),
        ),
        (
            "no-type",
            json!({"id": "no-type", "response_types": ["code"]}),
        ),
        (
            "neither",
            json!({"id": "neither", "grant_types": [], "response_types": []}),
        ),
    ] {
        server.create_app(changes).await;
        for response_type in ["token", "code token"] {
            let parameters = [("client_id", id), ("response_type", response_type)];
            assert_refused(&open(&server, &parameters).await, "unauthorized_client");
        }
        consent_id(&open(&server, &[("client_id", id)]).await);
    }
    let changes =
        json!({"id": "implicit", "grant_types": ["implicit"], "response_types": ["token", "code"]});
    server.create_app(changes).await;
    let parameters = [("client_id", "implicit"), ("response_type", "code")];
    assert_refused(&open(&server, &parameters).await, "unauthorized_client");
}

// RFC 6749 section 3.3.
#[tokio::test]
async fn a_scope_must_be_the_clients_to_ask_for() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for scope in [
        "admin",
        "openid admin",
        "photos",
        "ph\"otos",
        "photos.\u{e4}",
    ] {
        assert_refused(&open(&server, &[("scope", scope)]).await, "invalid_scope");
    }
    consent_id(&open(&server, &[("scope", "photos.read openid")]).await);
}

// OpenID Connect Core sections 6.1 and 7.2.1.
#[tokio::test]
async fn request_objects_are_refused_and_never_fetched() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        assert_refused(
            &open(&server, &[(name, "https://169.254.169.254/")]).await,
            error,
        );
    }
}

// Multiple Response Types section 3; Form Post Response Mode section 2.
#[tokio::test]
async fn a_response_mode_must_fit() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for parameters in [
        [("response_type", "code"), ("response_mode", "pigeon")],
        [("response_type", "token"), ("response_mode", "query")],
    ] {
        let refused = open(&server, &parameters).await;
        assert_refused(&refused, "invalid_request");
        let fragment = parameters[0].1 == "token";
        assert_eq!(Callback::of(&refused).location.contains('#'), fragment);
    }
}

#[tokio::test]
async fn long_values_are_refused_and_not_carried_on() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let long = "x".repeat(8193);
    for name in ["state", "scope", "nonce", "login_hint"] {
        let refused = open(&server, &[(name, &long)]).await;
        assert_refused(&refused, "invalid_request");
        assert!(refused.header("location").len() < 1000);
    }
    assert_page(&open(&server, &[("redirect_uri", &long)]).await, 400);
    let body = format!("client_id={}", "x".repeat(2 * 1024 * 1024));
    let posted = server
        .post("/oauth2/auth")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    assert_oauth2_error(&answer(posted).await, 413, "invalid_request");
}

// Shared error objects leaked hints between requests once: each refusal tells of its own request.
#[tokio::test]
async fn refusals_at_the_same_time_do_not_mix() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..40 {
        let scope = format!("scope-{number}");
        let url = authorization_url(&[("scope", &scope), ("state", &scope)]);
        let request = server.get(&url);
        attempts.spawn(async move { (scope, answer(request).await) });
    }
    for (scope, refused) in attempts.join_all().await {
        let description = assert_refused(&refused, "invalid_scope");
        assert!(description.contains(&format!("`{scope}`")), "{description}");
        assert_eq!(Callback::of(&refused).get("state"), scope);
    }
}

// RFC 6749 section 4.1.2.1: a description holds printable ASCII, and what a caller sent cannot end it.
#[tokio::test]
async fn a_refusal_cannot_be_written_by_the_caller() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let refused = open(&server, &[("scope", "x&code=forged#code=forged")]).await;
    let callback = Callback::of(&refused);
    assert_eq!(callback.get("code"), "");
    assert_eq!(callback.parameters.len(), 4, "{callback:?}");
}
