//! How a login ends (OpenID Connect RP-Initiated Logout 1.0).

use serde_json::json;

use crate::authorization::openid::identified;
use crate::browser::{Browser, Callback, assert_page, assert_refused, authorization_url};
use crate::login::{logged_in, silently};
use crate::server::TestServer;

const LOGOUT: &str = "/oauth2/sessions/logout";

/// The fields of the form on the page that asks whether to log out.
fn fields(html: &str) -> Vec<(String, String)> {
    html.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            let (value, _) = rest.split_once('"').unwrap();
            (name.to_owned(), value.replace("&#x2f;", "/"))
        })
        .collect()
}

// OpenID Connect RP-Initiated Logout 1.0 section 2, CVE-2020-10734: a link alone ends no login.
#[tokio::test]
async fn without_an_id_token_the_person_is_asked() {
    let server = TestServer::start().await;
    let bye = "https://app.example/bye";
    server
        .create_app(json!({"post_logout_redirect_uris": [bye]}))
        .await;
    let mut dan = logged_in(&server, "openid").await;
    let url = format!("{LOGOUT}?client_id=app&post_logout_redirect_uri={bye}&state=a%20b");
    let page = dan.open(&server, &url).await;
    let html = assert_page(&page, 200).to_owned();
    assert!(html.contains("The Application"), "{html}");
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self' https://app.example")
    );
    let code = silently(&server, &mut dan, &[("scope", "openid")]).await;
    assert!(!Callback::of(&code).get("code").is_empty());

    let fields = fields(&html);
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    // Not from a page of ours, or not for this browser.
    let mut forged = form.clone();
    forged.last_mut().unwrap().1 = "forged";
    assert_page(&dan.post(&server, LOGOUT, &forged).await, 400);
    let mut other = logged_in(&server, "offline").await;
    assert_page(&other.post(&server, LOGOUT, &form).await, 400);

    let left = dan.post(&server, LOGOUT, &form).await;
    assert_eq!(left.status, 302, "{left:?}");
    assert_eq!(
        left.header("location"),
        "https://app.example/bye?state=a%20b"
    );
    assert!(dan.cookies.is_empty());
    assert_refused(&silently(&server, &mut dan, &[]).await, "login_required");
}

// RP-Initiated Logout 1.0 section 3: bad hints, URIs that were not registered, none at all, only state.
#[tokio::test]
async fn the_way_out_leads_nowhere_that_was_not_registered() {
    let server = TestServer::start().await;
    let bye = "https://app.example/bye";
    server
        .create_app(json!({"post_logout_redirect_uris": [bye]}))
        .await;
    let mut dan = logged_in(&server, "openid").await;
    for query in [
        format!("post_logout_redirect_uri={bye}"),
        format!("client_id=nobody&post_logout_redirect_uri={bye}"),
        format!("client_id=app&post_logout_redirect_uri={bye}?x=1"),
        format!("client_id=app&post_logout_redirect_uri={bye}/"),
        "client_id=app&post_logout_redirect_uri=https://evil.example/".to_owned(),
        "client_id=app&post_logout_redirect_uri=//evil.example/".to_owned(),
        "client_id=app&post_logout_redirect_uri=https://app.example/callback".to_owned(),
        "id_token_hint=a.b.c".to_owned(),
        "id_token_hint=garbage&client_id=app".to_owned(),
        "state=1&state=2".to_owned(),
    ] {
        let opened = dan.open(&server, &format!("{LOGOUT}?{query}")).await;
        assert_page(&opened, 400);
    }
    // Nobody was logged out by any of it.
    let code = silently(&server, &mut dan, &[("scope", "openid")]).await;
    assert!(!Callback::of(&code).get("code").is_empty());
    for query in ["", "?state=x", "?unknown=x"] {
        let url = format!("{LOGOUT}{query}");
        assert!(assert_page(&dan.open(&server, &url).await, 200).contains("Log out?"));
        let stranger = Browser::default().open(&server, &url).await;
        assert!(assert_page(&stranger, 200).contains("You are logged out"));
    }
}

// A form from another site brings no cookies along, so the browser is asked to come by itself.
#[tokio::test]
async fn a_posted_logout_becomes_a_get() {
    let server = TestServer::start().await;
    let form = [("state", "a b"), ("client_id", "app")];
    let posted = Browser::default().post(&server, LOGOUT, &form).await;
    assert_eq!(posted.status, 303);
    assert_eq!(
        posted.header("location"),
        "https://localhost:9000/oauth2/sessions/logout?state=a+b&client_id=app"
    );
}

// RP-Initiated Logout 1.0 sections 2 and 3.
#[tokio::test]
async fn an_id_token_of_the_person_logs_out_at_once() {
    let server = TestServer::start().await;
    let bye = "https://app.example/bye?tenant=1";
    server
        .create_app(json!({"post_logout_redirect_uris": [bye]}))
        .await;
    server.create_app(json!({"id": "other"})).await;
    let (dans, mut dan) = identified(&server, "dan").await;
    let (eves, _) = identified(&server, "eve").await;
    let leave = async |browser: &mut Browser, parameters: &[(&str, &str)]| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        browser.open(&server, &format!("{LOGOUT}?{query}")).await
    };
    // A hint at somebody else is no proof.
    let asked = leave(&mut dan, &[("id_token_hint", &eves)]).await;
    assert!(assert_page(&asked, 200).contains("Log out?"));
    let mut forged = dans.clone();
    forged.replace_range(20..21, if &dans[20..21] == "A" { "B" } else { "A" });
    for refused in [
        vec![("id_token_hint", forged.as_str())],
        vec![("id_token_hint", dans.as_str()), ("client_id", "other")],
        vec![
            ("id_token_hint", dans.as_str()),
            ("post_logout_redirect_uri", "https://app.example/bye"),
        ],
        vec![
            ("id_token_hint", dans.as_str()),
            (
                "post_logout_redirect_uri",
                "https://app.example/bye?tenant=1&x=1",
            ),
        ],
    ] {
        assert_page(&leave(&mut dan, &refused).await, 400);
    }
    assert!(dan.cookies.contains_key("__Host-hydra_login"));
    // An expired one will do.
    server.pass(2 * 60 * 60);
    let parameters = [
        ("id_token_hint", dans.as_str()),
        ("post_logout_redirect_uri", bye),
        ("state", "x y"),
    ];
    let before = dan.clone();
    let left = leave(&mut dan, &parameters).await;
    assert_eq!(left.status, 302, "{left:?}");
    assert_eq!(left.header("location"), format!("{bye}&state=x%20y"));
    assert!(dan.cookies.is_empty());
    // A cookie that was kept names nobody any more.
    let url = authorization_url(&[("prompt", "none"), ("scope", "openid")]);
    assert_refused(&before.clone().open(&server, &url).await, "login_required");
    let again = leave(&mut dan, &[("id_token_hint", &dans)]).await;
    assert!(assert_page(&again, 200).contains("You are logged out"));
}
