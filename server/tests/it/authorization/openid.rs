//! OpenID Connect: ID tokens from the authorization endpoint, and what a client may want of the person.

use serde_json::{Value, json};

use crate::browser::{
    Browser, CHALLENGE, CLIENT, Callback, Flow, SECRET, VERIFIER, assert_refused,
    authorization_url, yes,
};
use crate::id_token::{half_hash, verified};
use crate::server::{NOW, TestServer, answer};

/// Redeems a code and gives what the token endpoint says.
async fn redeem(server: &TestServer, code: &str) -> Value {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", crate::browser::CALLBACK),
    ];
    let request = server
        .post("/oauth2/token")
        .basic_auth(CLIENT, Some(SECRET));
    let answer = answer(request.form(&form)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// An ID token of `subject` and the browser in which that person is logged in.
pub(crate) async fn identified(server: &TestServer, subject: &str) -> (String, Browser) {
    let mut flow = Flow::begin(server, &[("scope", "openid")]).await;
    flow.accept(json!({"subject": subject, "grantScopes": ["openid"], "remember": true}))
        .await;
    let code = flow.finish().await.get("code").to_owned();
    let tokens = redeem(server, &code).await;
    (
        tokens["id_token"].as_str().unwrap().to_owned(),
        flow.browser,
    )
}

#[tokio::test]
async fn a_whole_flow_ends_in_tokens_that_say_what_the_application_said() {
    let server = TestServer::start().await;
    server.create_public_app(json!({})).await;
    let parameters = [
        ("scope", "openid offline profile"),
        ("nonce", "n-0S6"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(json!({
        "subject": "dan",
        "grantScopes": ["openid", "offline"],
        "accessTokenExtra": {"seen": 1},
        "idTokenExtra": {"name": "Dan Dean", "sub": "forged"},
        "authTime": NOW.0 - 5,
    }))
    .await;
    let callback = flow.finish().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", callback.get("code")),
        ("redirect_uri", crate::browser::CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = answer(server.post("/oauth2/token").form(&form)).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let tokens = tokens.json();
    assert_eq!(tokens["scope"], "openid offline");
    let claims = verified(&server, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["sub"], "dan");
    assert_eq!(claims["name"], "Dan Dean");
    assert_eq!(claims["nonce"], "n-0S6");
    assert_eq!(claims["auth_time"], NOW.0 - 5);
    let told = server
        .introspect(tokens["access_token"].as_str().unwrap())
        .await;
    assert_eq!(told["ext"], json!({"seen": 1}));
}

// OpenID Connect Core section 11: without consent to it there is no refresh token, whatever the client asked for.
#[tokio::test]
async fn what_a_person_leaves_unticked_brings_no_refresh_token() {
    let server = TestServer::start().await;
    server
        .create_app(json!({"scope": "openid offline offline_access"}))
        .await;
    for (granted, refreshes) in [
        (json!(["openid"]), false),
        (json!(["openid", "offline_access"]), true),
        (json!(["openid", "offline"]), true),
        (json!([]), false),
    ] {
        let asked = [("scope", "openid offline offline_access")];
        let mut flow = Flow::begin(&server, &asked).await;
        flow.accept(json!({"subject": "dan", "grantScopes": granted}))
            .await;
        let told = redeem(&server, flow.finish().await.get("code")).await;
        assert_eq!(told.get("refresh_token").is_some(), refreshes, "{granted}");
    }
}

// OpenID Connect Core sections 3.2.2.10 and 3.2.2.11.
#[tokio::test]
async fn an_implicit_id_token_holds_nonce_and_at_hash() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let parameters = [
        ("response_type", "id_token token"),
        ("scope", "openid"),
        ("nonce", "some nonce"),
    ];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(yes("openid")).await;
    let callback = flow.finish().await;
    assert!(callback.location.contains('#'));
    assert_eq!(callback.get("code"), "");
    let claims = verified(&server, callback.get("id_token")).await;
    assert_eq!(claims["nonce"], "some nonce");
    assert_eq!(claims["at_hash"], half_hash(callback.get("access_token")));
    assert_eq!(claims["sub"], "dan");
    assert_eq!(claims["auth_time"], NOW.0);
    assert!(claims.get("c_hash").is_none());

    let alone = [
        ("response_type", "id_token"),
        ("scope", "openid"),
        ("nonce", "x"),
    ];
    let mut flow = Flow::begin(&server, &alone).await;
    flow.accept(yes("openid")).await;
    let callback = flow.finish().await;
    let claims = verified(&server, callback.get("id_token")).await;
    assert!(claims.get("at_hash").is_none());
    assert_eq!(callback.get("access_token"), "");
}

// OpenID Connect Core sections 3.3.2.11 and 3.3.3.6.
#[tokio::test]
async fn a_hybrid_id_token_holds_c_hash_and_agrees_with_the_codes() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for response_type in ["code id_token", "code id_token token"] {
        let parameters = [
            ("response_type", response_type),
            ("scope", "openid"),
            ("nonce", "n"),
        ];
        let mut flow = Flow::begin(&server, &parameters).await;
        flow.accept(yes("openid")).await;
        let callback = flow.finish().await;
        let front = verified(&server, callback.get("id_token")).await;
        assert_eq!(front["c_hash"], half_hash(callback.get("code")));
        let with_token = response_type.ends_with(" token");
        assert_eq!(front.get("at_hash").is_some(), with_token);
        let tokens = redeem(&server, callback.get("code")).await;
        let back = verified(&server, tokens["id_token"].as_str().unwrap()).await;
        for claim in ["iss", "sub", "aud", "auth_time", "nonce"] {
            assert_eq!(front[claim], back[claim], "{claim}");
        }
    }
}

// OpenID Connect Core sections 3.1.2.1 and 3.2.2.1.
#[tokio::test]
async fn an_id_token_needs_openid_and_a_nonce() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for response_type in ["id_token", "id_token token", "code id_token"] {
        for missing in [
            [("scope", "openid"), ("nonce", "")],
            [("scope", "offline"), ("nonce", "n")],
        ] {
            let mut parameters = vec![("response_type", response_type)];
            parameters.extend(missing);
            let url = authorization_url(&parameters);
            assert_refused(
                &Browser::default().open(&server, &url).await,
                "invalid_request",
            );
        }
    }
    let parameters = [
        ("response_type", "id_token"),
        ("scope", "openid"),
        ("nonce", "n"),
    ];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(yes("")).await;
    assert_refused(&flow.come_back().await, "access_denied");
}

// OpenID Connect Core section 3.1.2.1: `prompt=login` and `max_age` lead to a new `auth_time`.
#[tokio::test]
async fn a_new_login_has_a_new_time() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let (first, browser) = identified(&server, "dan").await;
    assert_eq!(verified(&server, &first).await["auth_time"], NOW.0);
    server.pass(2);
    // The login of before counts, so its time is told.
    let auth_time = async |browser: &Browser, parameters: &[(&str, &str)]| {
        let mut all = vec![("scope", "openid profile")];
        all.extend_from_slice(parameters);
        let mut flow = Flow::begin_in(&server, browser.clone(), &all).await;
        flow.accept(yes("openid")).await;
        let code = flow.finish().await.get("code").to_owned();
        let tokens = redeem(&server, &code).await;
        let claims = verified(&server, tokens["id_token"].as_str().unwrap()).await;
        claims["auth_time"].as_i64().unwrap() - NOW.0
    };
    assert_eq!(auth_time(&browser, &[]).await, 0);
    assert_eq!(auth_time(&browser, &[("max_age", "60")]).await, 0);
    assert_eq!(auth_time(&browser, &[("max_age", "1")]).await, 2);
    assert_eq!(auth_time(&browser, &[("prompt", "login")]).await, 2);
}

// OpenID Connect Core section 3.1.2.1, `id_token_hint`.
#[tokio::test]
async fn a_hint_at_somebody_else_means_that_login_is_required() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let other = json!({"id": "other", "redirect_uris": [crate::browser::CALLBACK]});
    server.create_app(other).await;
    let (dans, mut dan) = identified(&server, "dan").await;
    let (eves, _) = identified(&server, "eve").await;
    let silently = async |browser: &mut Browser, hint: &str, client: &str| {
        let parameters = [
            ("prompt", "none"),
            ("scope", "openid"),
            ("client_id", client),
            ("id_token_hint", hint),
        ];
        browser.open(&server, &authorization_url(&parameters)).await
    };
    // An expired one still says who was meant.
    server.pass(2 * 60 * 60);
    let answered = silently(&mut dan, &dans, CLIENT).await;
    assert!(!Callback::of(&answered).get("code").is_empty());
    assert_refused(&silently(&mut dan, &eves, CLIENT).await, "login_required");
    let mut forged = dans.clone();
    forged.pop();
    for (hint, client) in [
        (dans.as_str(), "other"),
        (&forged, CLIENT),
        ("x", CLIENT),
        ("a.b.c", CLIENT),
    ] {
        assert_refused(&silently(&mut dan, hint, client).await, "invalid_request");
    }
    // The person is asked, and turns out to be somebody else.
    let parameters = [("scope", "openid"), ("id_token_hint", &eves)];
    let mut flow = Flow::begin_in(&server, dan.clone(), &parameters).await;
    assert!(flow.consent_request().await.get("subject").is_none());
    flow.accept(yes("openid")).await;
    assert_refused(&flow.come_back().await, "login_required");
    let mut flow = Flow::begin_in(&server, dan, &parameters).await;
    flow.accept(json!({"subject": "eve"})).await;
    assert!(!flow.finish().await.get("code").is_empty());
}

/// Two processes, one database: each step of a flow on the other one.
#[tokio::test]
async fn a_flow_may_go_on_at_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let first = TestServer::seeded(1, crate::startup::on_file(&folder)).await;
    let second = TestServer::seeded(2, crate::startup::on_file(&folder)).await;
    first.create_app(json!({})).await;
    let began = Flow::begin(&first, &[("scope", "openid")]).await;
    let at_the_other = Flow {
        server: &second,
        browser: began.browser.clone(),
        consent_id: began.consent_id.clone(),
    };
    at_the_other
        .accept(json!({"subject": "dan", "grantScopes": ["openid"], "remember": true}))
        .await;
    let mut back = Flow {
        server: &first,
        ..at_the_other
    };
    let callback = back.finish().await;
    let tokens = redeem(&second, callback.get("code")).await;
    let told = first
        .introspect(tokens["access_token"].as_str().unwrap())
        .await;
    assert_eq!(told["sub"], "dan");
    let url = authorization_url(&[("prompt", "none"), ("scope", "openid")]);
    let silent = back.browser.open(&second, &url).await;
    assert!(!Callback::of(&silent).get("code").is_empty());
}
