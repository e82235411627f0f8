//! What ties a flow to the browser that began it, and makes it count once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{
    Browser, CLIENT, Callback, Flow, SECRET, assert_page, assert_refused, authorization_url,
    consent_id, yes,
};
use crate::server::{TestServer, answer, assert_oauth2_error};

#[tokio::test]
async fn a_person_consents_and_the_client_gets_a_code() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[("scope", "openid offline")]).await;
    let told = flow.consent_request().await;
    assert_eq!(told["id"], flow.consent_id);
    assert_eq!(told["clientId"], "app");
    assert_eq!(told["clientName"], "The Application");
    assert_eq!(told["requestedScopes"], json!(["openid", "offline"]));
    assert_eq!(told["expiresAt"], "2017-12-04T07:15:55Z");
    assert!(told.get("subject").is_none() && told.get("prompt").is_none());
    flow.accept(yes("openid")).await;
    let callback = flow.finish().await;
    assert!(
        callback
            .location
            .starts_with("https://app.example/callback?code="),
        "{callback:?}"
    );
    assert_eq!(callback.get("scope"), "openid");
    assert_eq!(callback.get("state"), "some-state");
    assert_eq!(callback.get("code").len(), 87);
    assert_eq!(callback.parameters.len(), 4, "{callback:?}");
}

// Consent session fixation in Hydra 0.10.0 to 0.11.5: an attacker begins, the victim consents, the attacker
// comes back. The application's URL alone, without the value that only `redirectUrl` holds, is worth
// nothing, and trying it ends the request.
#[tokio::test]
async fn coming_back_without_the_applications_value_ends_the_consent_request() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for tampered in ["", "&consent_csrf=", "&consent_csrf=AAAA"] {
        let mut flow = Flow::begin(&server, &[]).await;
        flow.accept(yes("")).await;
        let url = flow.redirect_url().await;
        let guess = format!("/oauth2/auth?consent={}{tampered}", flow.consent_id);
        assert_page(&flow.browser.open(&server, &guess).await, 400);
        // Dead, even for who knows the value.
        assert_page(&flow.browser.open(&server, &url).await, 400);
        let told = server.consent("GET", &flow.consent_id, "", None).await;
        assert_eq!(told.status, 410);
    }
}

// The same attack the other way round (CVE-2022-39222, CVE-2026-7507): the link is passed to a victim.
#[tokio::test]
async fn coming_back_in_another_browser_ends_the_consent_request() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let url = flow.redirect_url().await;
    // A browser with a cookie for a request of its own.
    let mut other = Flow::begin(&server, &[]).await.browser;
    assert_page(&other.open(&server, &url).await, 400);
    assert_page(&flow.browser.open(&server, &url).await, 400);
}

#[tokio::test]
async fn a_cookie_is_for_one_consent_request() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let first = Flow::begin(&server, &[]).await;
    let mut second = Flow::begin(&server, &[]).await;
    second.accept(yes("")).await;
    let theirs = first.browser.cookies.values().next().unwrap().clone();
    for value in second.browser.cookies.values_mut() {
        value.clone_from(&theirs);
    }
    assert_page(&second.come_back().await, 400);
}

#[tokio::test]
async fn a_consent_request_counts_once() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let url = flow.redirect_url().await;
    let cookies = flow.browser.clone();
    let callback = Callback::of(&flow.browser.open(&server, &url).await);
    assert!(!callback.get("code").is_empty());
    // The cookie is gone; one that was kept is no good any more either.
    assert!(flow.browser.cookies.is_empty());
    assert_page(&flow.browser.open(&server, &url).await, 400);
    assert_page(&cookies.clone().open(&server, &url).await, 400);
}

#[tokio::test]
async fn of_many_who_come_back_at_once_one_gets_a_code() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let url = flow.redirect_url().await;
    let url = url.strip_prefix(server.running.issuer()).unwrap();
    let (name, value) = flow.browser.cookies.first_key_value().unwrap();
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let request = server.get(url).header("cookie", format!("{name}={value}"));
        attempts.spawn(answer(request));
    }
    let statuses: Vec<u16> = attempts
        .join_all()
        .await
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    assert_eq!(statuses.iter().filter(|&&it| it == 302).count(), 1);
    assert_eq!(statuses.iter().filter(|&&it| it == 400).count(), 49);
}

#[tokio::test]
async fn several_flows_go_on_in_one_browser() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut browser = Browser::default();
    let mut ids = Vec::new();
    for state in ["first", "second", "third"] {
        let url = authorization_url(&[("state", state)]);
        ids.push(consent_id(&browser.open(&server, &url).await));
    }
    assert_eq!(browser.cookies.len(), 3);
    for (id, state) in ids.into_iter().zip(["first", "second", "third"]).rev() {
        let mut flow = Flow {
            server: &server,
            browser: browser.clone(),
            consent_id: id,
        };
        flow.accept(yes("")).await;
        assert_eq!(flow.finish().await.get("state"), state);
    }
}

// What the browser brings back beside the two values is not looked at: the stored request counts.
#[tokio::test]
async fn the_way_back_cannot_change_what_was_asked() {
    let server = TestServer::start().await;
    server
        .create_app(
            json!({"redirect_uris": ["https://app.example/callback", "https://app.example/other"]}),
        )
        .await;
    let mut flow = Flow::begin(&server, &[("scope", "openid")]).await;
    flow.accept(yes("openid")).await;
    let url = flow.redirect_url().await;
    let url = format!(
        "{url}&redirect_uri=https://app.example/other&scope=photos.all&state=forged&response_type=token"
    );
    let callback = Callback::of(&flow.browser.open(&server, &url).await);
    assert!(
        callback
            .location
            .starts_with("https://app.example/callback?")
    );
    assert_eq!(callback.get("state"), "some-state");
    assert_eq!(callback.get("scope"), "openid");
    assert_eq!(callback.get("access_token"), "");
}

/// A change of the client binds the next decision, also while a person is being asked.
#[tokio::test]
async fn what_is_taken_from_a_client_meanwhile_is_not_given_to_it() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let admin = server.admin_token("hydra.clients").await;
    let usual = answer(server.get("/clients/app").bearer_auth(&admin))
        .await
        .json();
    for (property, value, error) in [
        ("scope", json!("openid"), "invalid_scope"),
        ("response_types", json!(["token"]), "unauthorized_client"),
        ("grant_types", json!(["implicit"]), "unauthorized_client"),
        ("public", json!(true), "invalid_request"),
        ("redirect_uris", json!([]), ""),
    ] {
        let update = async |client: &Value| {
            let request = server.request(Method::PUT, "/clients/app");
            let updated = answer(request.bearer_auth(&admin).json(client)).await;
            assert_eq!(updated.status, 200, "{updated:?}");
        };
        let mut restored = usual.clone();
        restored["client_secret"] = SECRET.into();
        update(&restored).await;
        let mut flow = Flow::begin(&server, &[("scope", "offline")]).await;
        flow.accept(yes("offline")).await;
        let mut changed = usual.clone();
        changed[property] = value;
        update(&changed).await;
        let back = flow.come_back().await;
        if error.is_empty() {
            assert_page(&back, 400);
        } else {
            assert_refused(&back, error);
        }
    }
}

// CVE-2026-4282: what names one kind of thing must not be taken for another.
#[tokio::test]
async fn a_code_is_no_consent_request_and_the_other_way_round() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let code = flow.finish().await.get("code").to_owned();
    for id in [code.as_str(), "app", "..", "x'--", &"x".repeat(300)] {
        let url = format!("/oauth2/auth?consent={id}&consent_csrf=x");
        assert_page(&flow.browser.open(&server, &url).await, 400);
    }
    let login = Flow::begin(&server, &[]).await;
    let cookie = login.browser.cookies.values().next().unwrap();
    for text in [&flow.consent_id, &login.consent_id, cookie] {
        for form in [
            [("grant_type", "authorization_code"), ("code", text)],
            [("grant_type", "refresh_token"), ("refresh_token", text)],
        ] {
            let request = server.post("/oauth2/token").form(&form);
            let refused = answer(request.basic_auth(CLIENT, Some(SECRET))).await;
            assert_oauth2_error(&refused, 400, "invalid_grant");
        }
        assert_eq!(server.introspect(text).await, json!({"active": false}));
    }
}

#[tokio::test]
async fn a_person_may_take_ten_minutes() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let mut flow = Flow::begin(&server, &[]).await;
    flow.accept(yes("")).await;
    let url = flow.redirect_url().await;
    server.pass(10 * 60);
    let told = server.consent("GET", &flow.consent_id, "", None).await;
    assert_eq!(told.status, 410);
    let late = server
        .consent("PATCH", &flow.consent_id, "/accept", Some(yes("")))
        .await;
    assert_eq!(late.status, 410);
    assert_refused(&flow.browser.open(&server, &url).await, "access_denied");
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let begun = answer(server.get(&authorization_url(&[]))).await;
    let cookie = begun.header("set-cookie");
    assert!(cookie.starts_with("__Host-hydra_consent_"), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600"),
        "{cookie}"
    );
}
