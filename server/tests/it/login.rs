//! Logins and answers that are remembered, and what they spare a person.

use serde_json::json;

use crate::browser::{
    Browser, CHALLENGE, Callback, Flow, assert_refused, authorization_url, consent_id,
};
use crate::consent_sessions::consents;
use crate::server::{Answer, NOW, TestServer};

/// A browser in which `dan` is logged in and has granted [`CLIENT`](crate::browser::CLIENT) `scope`.
pub(crate) async fn logged_in(server: &TestServer, scope: &str) -> Browser {
    let mut flow = Flow::begin(server, &[("scope", scope)]).await;
    let scopes: Vec<&str> = scope.split_whitespace().collect();
    flow.accept(json!({"subject": "dan", "grantScopes": scopes, "remember": true}))
        .await;
    let callback = flow.finish().await;
    assert!(!callback.get("code").is_empty(), "{callback:?}");
    flow.browser
}

/// What is answered if nobody may be asked.
pub(crate) async fn silently(
    server: &TestServer,
    browser: &mut Browser,
    more: &[(&str, &str)],
) -> Answer {
    let mut parameters = vec![("prompt", "none")];
    parameters.extend_from_slice(more);
    browser.open(server, &authorization_url(&parameters)).await
}

// OpenID Connect Core section 3.1.2.6.
#[tokio::test]
async fn prompt_none_is_answered_from_what_is_known_alone() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    server.create_app(json!({"id": "other"})).await;
    let mut stranger = Browser::default();
    assert_refused(
        &silently(&server, &mut stranger, &[]).await,
        "login_required",
    );

    let mut dan = logged_in(&server, "openid").await;
    let answered = Callback::of(&silently(&server, &mut dan, &[("scope", "openid")]).await);
    assert!(!answered.get("code").is_empty(), "{answered:?}");
    assert_eq!(answered.get("scope"), "openid");
    // More than was granted, or for somebody else, must be asked for.
    for more in [("scope", "openid offline"), ("client_id", "other")] {
        let refused = silently(&server, &mut dan, &[more]).await;
        assert_refused(&refused, "consent_required");
    }
    for wrong in ["none login", "none none consent", "create"] {
        let refused = silently(&server, &mut dan, &[("prompt", wrong)]).await;
        // The second `prompt` makes it a repeated parameter, so ask plainly.
        assert_refused(&refused, "invalid_request");
        let url = authorization_url(&[("prompt", wrong)]);
        assert_refused(&dan.open(&server, &url).await, "invalid_request");
    }
}

#[tokio::test]
async fn what_is_remembered_spares_the_question_until_it_expires() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[("scope", "openid offline")]).await;
    flow.accept(json!({
        "subject": "dan", "grantScopes": ["openid", "offline"], "remember": true, "rememberFor": 3600,
        "accessTokenExtra": {"seen": 1},
    }))
    .await;
    flow.finish().await;
    let mut browser = flow.browser;
    let parameters = [("response_type", "token"), ("scope", "offline")];
    let again = browser.open(&server, &authorization_url(&parameters)).await;
    let callback = Callback::of(&again);
    // What is asked for, not all that was ever granted; and the same extras.
    assert_eq!(callback.get("scope"), "offline");
    let told = server.introspect(callback.get("access_token")).await;
    assert_eq!(told["sub"], "dan");
    // Asked for by name, the question comes all the same.
    consent_id(
        &browser
            .open(&server, &authorization_url(&[("prompt", "consent")]))
            .await,
    );
    server.pass(3600);
    consent_id(&browser.open(&server, &authorization_url(&[])).await);
}

#[tokio::test]
async fn without_remember_nothing_is_kept() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(json!({"subject": "dan"})).await;
    flow.finish().await;
    assert!(flow.browser.cookies.is_empty());
    let refused = silently(&server, &mut flow.browser, &[]).await;
    assert_refused(&refused, "login_required");
}

// RFC 8252 section 8.6, CVE-2023-34246: nobody can prove to be a public client.
#[tokio::test]
async fn a_public_clients_people_are_asked_each_time() {
    let server = TestServer::start().await;
    server.create_public_app(json!({})).await;
    let challenge = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut flow = Flow::begin(&server, &challenge).await;
    flow.accept(json!({"subject": "dan", "remember": true}))
        .await;
    flow.finish().await;
    let mut browser = flow.browser;
    let mut silent = challenge.to_vec();
    silent.push(("prompt", "none"));
    let refused = browser.open(&server, &authorization_url(&silent)).await;
    assert_refused(&refused, "consent_required");
    // The login counts, the consent does not.
    let again = Flow::begin_in(&server, browser, &challenge).await;
    assert_eq!(again.consent_request().await["subject"], "dan");
    let consents = consents(&server, "?subject=dan").await;
    assert!(
        !consents.text.contains("\"remembered\":true"),
        "{consents:?}"
    );
}

// OpenID Connect Core section 3.1.2.1.
#[tokio::test]
async fn prompt_login_and_max_age_want_a_new_login() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let browser = logged_in(&server, "openid").await;
    let offered = Flow::begin_in(&server, browser.clone(), &[("scope", "offline")]).await;
    assert_eq!(offered.consent_request().await["subject"], "dan");
    server.pass(2);
    for parameters in [
        ("prompt", "login"),
        ("prompt", "select_account"),
        ("max_age", "1"),
        ("max_age", "0"),
    ] {
        let flow = Flow::begin_in(&server, browser.clone(), &[parameters]).await;
        let told = flow.consent_request().await;
        assert!(told.get("subject").is_none(), "{parameters:?}: {told}");
    }
    let mut dan = browser.clone();
    let refused = silently(&server, &mut dan, &[("max_age", "1")]).await;
    assert_refused(&refused, "login_required");
    let answered = silently(&server, &mut dan, &[("max_age", "60")]).await;
    assert!(!Callback::of(&answered).get("code").is_empty());
    for wrong in ["-1", "1.5", "soon", "99999999999"] {
        let url = authorization_url(&[("max_age", wrong)]);
        assert_refused(
            &Browser::default().open(&server, &url).await,
            "invalid_request",
        );
    }
    // The application cannot pass an old login off as a new one.
    server.pass(120);
    let flow = Flow::begin_in(&server, browser, &[("prompt", "login")]).await;
    let body = json!({"subject": "dan", "authTime": NOW.0});
    let refused = server
        .consent("PATCH", &flow.consent_id, "/accept", Some(body))
        .await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(refused.text.contains("authTime"), "{refused:?}");
}

// CVE-2024-7341, CVE-2025-12390: each login has a name of its own, and the one before is forgotten.
#[tokio::test]
async fn a_login_never_keeps_the_name_of_another() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut planted = logged_in(&server, "openid").await;
    let mut flow = Flow::begin_in(&server, planted.clone(), &[("prompt", "login")]).await;
    flow.accept(json!({"subject": "eve", "remember": true}))
        .await;
    flow.finish().await;
    let name = "__Host-hydra_login";
    assert_ne!(flow.browser.cookies[name], planted.cookies[name]);
    let refused = silently(&server, &mut planted, &[("scope", "openid")]).await;
    assert_refused(&refused, "login_required");
    // Nor does a made-up cookie name anybody.
    let mut made_up = Browser::default();
    for value in ["", "x", "a.b", &flow.browser.cookies[name].replace('.', "")] {
        made_up.cookies.insert(name.to_owned(), value.to_owned());
        assert_refused(
            &silently(&server, &mut made_up, &[]).await,
            "login_required",
        );
    }
}

#[tokio::test]
async fn somebody_elses_login_ends_when_another_person_logs_in() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut dan = logged_in(&server, "openid").await;
    let mut flow = Flow::begin_in(&server, dan.clone(), &[("prompt", "login")]).await;
    flow.accept(json!({"subject": "eve"})).await;
    flow.finish().await;
    assert_refused(&silently(&server, &mut dan, &[]).await, "login_required");
}

#[tokio::test]
async fn a_login_ends_after_a_day() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut dan = logged_in(&server, "openid").await;
    server.pass(24 * 60 * 60);
    assert_refused(&silently(&server, &mut dan, &[]).await, "login_required");
}
