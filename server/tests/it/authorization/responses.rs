//! How clients are answered.

use serde_json::json;

use crate::browser::{
    Browser, CALLBACK, Callback, Flow, assert_page, assert_refused, authorization_url, yes,
};
use crate::server::{TestServer, answer};

// RFC 6749 section 4.1.2: "the exact value received from the client".
#[tokio::test]
async fn state_comes_back_as_it_was_or_not_at_all() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for state in ["a b+c%26", "x", "{\"a\":[1]}", "ü/?#&=", "  ", "%"] {
        let mut flow = Flow::begin(&server, &[("state", state)]).await;
        flow.accept(yes("")).await;
        assert_eq!(flow.finish().await.get("state"), state);
        let refused = authorization_url(&[("state", state), ("scope", "admin")]);
        let refused = answer(server.get(&refused)).await;
        assert_eq!(Callback::of(&refused).get("state"), state);
    }
    let mut flow = Flow::begin(&server, &[("state", "")]).await;
    flow.accept(yes("")).await;
    assert!(!flow.finish().await.parameters.contains_key("state"));
}

// RFC 9207 section 2: answers, good and bad, say whom they come from.
#[tokio::test]
async fn every_answer_names_the_issuer() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let refused = answer(server.get(&authorization_url(&[("scope", "admin")]))).await;
    for callback in [flow.finish().await, Callback::of(&refused)] {
        assert_eq!(callback.get("iss"), "https://localhost:9000");
    }
}

// RFC 6749 section 3.1.2: "The endpoint URI MAY include [a] query component, which MUST be retained".
#[tokio::test]
async fn a_registered_query_is_kept() {
    let server = TestServer::start().await;
    let uri = "https://app.example/callback?tenant=a%20b";
    server.create_app(json!({"redirect_uris": [uri]})).await;
    let mut flow = Flow::begin(&server, &[("redirect_uri", uri)]).await;
    flow.accept(yes("")).await;
    let callback = flow.finish().await;
    assert!(
        callback.location.starts_with(&format!("{uri}&code=")),
        "{callback:?}"
    );
}

// RFC 6749 section 4.1.2.1.
#[tokio::test]
async fn a_person_who_denies_is_told_on_as_access_denied() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for (reason, told) in [
        ("the person said no", "the person said no"),
        ("<script>\"quoted\"\\", "<script>'quoted'/"),
    ] {
        let mut flow = Flow::begin(&server, &[]).await;
        flow.reject(reason).await;
        let denied = flow.come_back().await;
        assert_eq!(assert_refused(&denied, "access_denied"), told);
        assert_eq!(Callback::of(&denied).get("state"), "some-state");
        // Once.
        let told = server.consent("GET", &flow.consent_id, "", None).await;
        assert_eq!(told.status, 410);
    }
    let mut flow = Flow::begin(&server, &[]).await;
    assert_refused(&flow.come_back().await, "access_denied");
}

#[tokio::test]
async fn the_last_decision_counts() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[("scope", "openid offline")]).await;
    flow.reject("no").await;
    flow.accept(yes("openid offline")).await;
    flow.accept(yes("offline")).await;
    assert_eq!(flow.finish().await.get("scope"), "offline");
}

// RFC 6749 section 4.2.2: no refresh token, everything in the fragment.
#[tokio::test]
async fn the_implicit_flow_answers_in_the_fragment() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let parameters = [("response_type", "token"), ("scope", "photos.read offline")];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(yes("photos.read offline")).await;
    let callback = flow.finish().await;
    assert!(
        callback
            .location
            .starts_with(&format!("{CALLBACK}#access_token="))
    );
    assert_eq!(callback.get("token_type"), "bearer");
    assert_eq!(callback.get("expires_in"), "3600");
    assert_eq!(callback.get("scope"), "photos.read offline");
    assert_eq!(callback.get("refresh_token"), "");
    assert_eq!(callback.get("code"), "");
    // Spaces are no `+`, which fragments do not know.
    assert!(!callback.location.contains('+'));
    let told = server.introspect(callback.get("access_token")).await;
    assert_eq!(told["active"], true);
    assert_eq!(told["sub"], "dan");
    assert_eq!(told["scope"], "photos.read offline");
}

#[tokio::test]
async fn the_hybrid_flow_hands_out_both() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[("response_type", "token code")]).await;
    flow.accept(yes("")).await;
    let callback = flow.finish().await;
    assert!(callback.location.contains('#'));
    assert!(!callback.get("code").is_empty() && !callback.get("access_token").is_empty());
}

// OAuth 2.0 Form Post Response Mode section 2.
#[tokio::test]
async fn a_form_carries_the_answer_if_the_client_wants_it_so() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let state = "\"><script>alert(1)</script>";
    let mut flow = Flow::begin(&server, &[("response_mode", "form_post"), ("state", state)]).await;
    flow.accept(yes("")).await;
    let page = flow.come_back().await;
    let html = assert_page(&page, 200);
    assert!(
        html.contains(&format!("action=\"{}\"", CALLBACK.replace('/', "&#x2f;"))),
        "{html}"
    );
    assert!(html.contains("name=\"code\"") && html.contains("name=\"iss\""));
    assert!(!html.contains("<script>alert"), "{html}");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    // Refusals as well.
    let parameters = [("response_mode", "form_post"), ("scope", "admin")];
    let refused = Browser::default()
        .open(&server, &authorization_url(&parameters))
        .await;
    assert!(assert_page(&refused, 200).contains("value=\"invalid_scope\""));
}

// CVE-2019-8400 and its kin: whatever is sent, no page and no header lets it through.
#[tokio::test]
async fn markup_in_any_parameter_stays_text() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let trick = "<script>alert(1)</script>\"'>";
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "login_hint",
        "id_token_hint",
        "code_challenge",
        "code_challenge_method",
        "response_mode",
        "request",
        "consent",
        "consent_csrf",
        "error",
        "error_description",
        "error_hint",
    ] {
        for mode in ["query", "form_post"] {
            let mut parameters = vec![(name, trick)];
            if name != "response_mode" {
                parameters.push(("response_mode", mode));
            }
            let opened = Browser::default()
                .open(&server, &authorization_url(&parameters))
                .await;
            assert!(!opened.text.contains("<script>alert"), "{name}: {opened:?}");
            assert!(
                !opened.header("location").contains('<'),
                "{name}: {opened:?}"
            );
        }
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", trick)
        .append_pair("error_hint", trick)
        .append_pair("error_description", trick)
        .finish();
    for path in [
        "/oauth2/consent-fallback",
        "/oauth2/consent",
        "/oauth2/fallbacks/error",
    ] {
        let opened = Browser::default()
            .open(&server, &format!("{path}?{query}"))
            .await;
        assert!(!opened.text.contains("<script>alert"), "{path}: {opened:?}");
    }
}

// RFC 9700 sections 2.6, 4.2.4, 4.12 and 4.16.
#[tokio::test]
async fn browsers_are_told_to_keep_things_to_themselves() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let begun = answer(
        server
            .get(&authorization_url(&[]))
            .header("origin", CALLBACK),
    )
    .await;
    let refused = Browser::default().open(&server, "/oauth2/auth").await;
    let fallback = Browser::default()
        .open(&server, "/oauth2/consent-fallback")
        .await;
    for (answer, status) in [
        (begun, 302),
        (flow.come_back().await, 302),
        (refused, 400),
        (fallback, 200),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert!(
            !answer
                .headers
                .keys()
                .any(|name| name.as_str().starts_with("access-control-"))
        );
    }
}

// RFC 9700 section 4.12: after a POST the browser goes on with GET.
#[tokio::test]
async fn a_posted_request_is_not_posted_on() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let form = [("client_id", "app"), ("response_type", "code")];
    let posted = Browser::default()
        .post(&server, "/oauth2/auth", &form)
        .await;
    assert_eq!(posted.status, 302);
}

#[tokio::test]
async fn the_consent_application_is_where_the_setting_says() {
    for (setting, expected) in [
        (
            "/oauth2/consent-fallback",
            "https://localhost:9000/oauth2/consent-fallback?consent=",
        ),
        (
            "http://localhost:3000/consent",
            "http://localhost:3000/consent?consent=",
        ),
        (
            "https://consent.example/?tenant=1",
            "https://consent.example/?tenant=1&consent=",
        ),
    ] {
        let config = hydra_server::host::Config {
            consent_url: setting.to_owned(),
            ..crate::server::config()
        };
        let server = TestServer::with(config).await;
        server.create_app(json!({})).await;
        let begun = answer(server.get(&authorization_url(&[]))).await;
        let location = begun.header("location");
        assert!(location.starts_with(expected), "{location}");
    }
}
