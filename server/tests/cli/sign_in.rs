//! `hydra token user` with the real server: its pages, a browser with cookies, and somebody who asks for
//! consent.

use std::collections::BTreeMap;

use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::browser::Waiting;
use crate::world::World;

/// A browser that follows nothing by itself.
struct Browser {
    runtime: Runtime,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_danger_accept_invalid_certs(true)
            .redirect(reqwest::redirect::Policy::none());
        Self {
            runtime: Runtime::new().unwrap(),
            http: http.build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens `url` and tells where it leads, or the page.
    fn open(&mut self, url: &str) -> Result<String, String> {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .http
            .get(url)
            .header(header::COOKIE, cookies.join("; "));
        let (status, headers, page) = self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            (status, headers, answer.text().await.unwrap())
        });
        for cookie in headers.get_all(header::SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        match headers.get(header::LOCATION) {
            Some(location) => Ok(location.to_str().unwrap().to_owned()),
            None => {
                assert_eq!(status, StatusCode::OK, "{url}: {page}");
                Err(page)
            }
        }
    }

    /// Accepts the consent request in `url` as the application that asks for consent would, and tells
    /// where the browser is to go then.
    fn consent(&self, server: &str, token: &str, url: &str) -> String {
        let url: url::Url = url.parse().unwrap();
        let (_, id) = url
            .query_pairs()
            .find(|(name, _)| name == "consent")
            .unwrap();
        let request = format!("{server}/oauth2/consent/requests/{id}");
        let accepted = json!({
            "subject": "user:12345:dandean", "grantScopes": ["openid", "offline"],
            "idTokenExtra": {"name": "Dan Dean"},
        });
        self.runtime.block_on(async {
            let accept = self.http.patch(format!("{request}/accept"));
            let accept = accept.bearer_auth(token).json(&accepted).send();
            assert!(accept.await.unwrap().status().is_success());
            let shown = self.http.get(&request).bearer_auth(token).send();
            let shown: Value = shown.await.unwrap().json().await.unwrap();
            shown["redirectUrl"].as_str().unwrap().to_owned()
        })
    }
}

#[test]
fn a_person_signs_in_and_the_id_token_is_verified() {
    let world = World::today("https://consent.example.org/ask");
    let url = world.url();
    world
        .hydra(
            "clients create --skip-tls-verify --id some-consumer --secret - \
             -g authorization_code,refresh_token -r code -a openid,offline -c http://127.0.0.1/callback",
        )
        .input("consumer-secret\n")
        .run()
        .prints();
    let manage = world.hydra("token client --skip-tls-verify --scopes hydra.consent");
    let manage = manage.run().prints();
    let waiting = Waiting::start(
        world
            .hydra(
                "token user --skip-tls-verify --no-open --id some-consumer --scopes openid,offline \
                 --redirect http://127.0.0.1:0/callback",
            )
            .env("TOKEN_CLIENT_SECRET", "consumer-secret"),
    );

    let mut browser = Browser::new();
    let asking = browser.open(waiting.url.as_str()).unwrap();
    assert!(
        asking.starts_with("https://consent.example.org/ask?"),
        "{asking}"
    );
    let back = browser.consent(&url, manage.trim(), &asking);
    let callback = browser.open(&back).unwrap();
    assert!(
        callback.starts_with(&waiting.parameter("redirect_uri")),
        "{callback}"
    );
    let page = browser.open(&callback).unwrap_err();

    let printed = waiting.ends().prints();
    let lines: Vec<_> = printed.lines().collect();
    let [
        "Access Token:",
        access,
        "Refresh Token:",
        refresh,
        "Expires in:",
        expires,
        "ID Token:",
        id_token,
    ] = lines[..]
    else {
        panic!("{printed}");
    };
    for value in [access, refresh, expires, id_token] {
        assert!(page.contains(value.trim()), "{page}");
    }
    let validate = format!("token validate --skip-tls-verify --json {}", access.trim());
    let known = world.hydra(&validate).run().json();
    assert_eq!(known["sub"], "user:12345:dandean");
    assert_eq!(known["client_id"], "some-consumer");
    let revoke = format!("token revoke --skip-tls-verify {}", refresh.trim());
    let revoke = world.hydra(&revoke).env("CLIENT_ID", "some-consumer");
    revoke
        .env("CLIENT_SECRET", "consumer-secret")
        .run()
        .prints();
    assert_eq!(world.hydra(&validate).run().json()["active"], false);
}
