//! A person's browser, and an authorization server that answers by a script.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::world::{Ended, Hydra, World};

pub(crate) const ISSUER: &str = "https://auth.example.org";
pub(crate) const SECRET_VARIABLE: &str = "TOKEN_CLIENT_SECRET";
const SECRET: &str = "consumer:secret %";
/// With port 0, so that no test needs a port of its own.
pub(crate) const REDIRECT: &str = "http://127.0.0.1:0/callback";

/// What the token endpoint was asked.
type Asked = Arc<Mutex<Vec<(HeaderMap, HashMap<String, String>)>>>;

/// An authorization server that gives tokens for the code `good`.
pub(crate) struct Authorization {
    pub(crate) url: String,
    pub(crate) asked: Asked,
    runtime: Runtime,
}

impl Authorization {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let asked = Asked::default();
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/oauth2/token", post(token))
            .with_state(Arc::clone(&asked));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(axum::serve(listener, router).into_future());
        Self {
            url,
            asked,
            runtime,
        }
    }

    /// Opens `url` as a browser would, and tells status, headers and page.
    pub(crate) fn browse(&self, url: &str) -> (StatusCode, HeaderMap, String) {
        self.runtime.block_on(async {
            let browser = reqwest::Client::builder().no_proxy().build().unwrap();
            let answer = browser.get(url).send().await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            (status, headers, answer.text().await.unwrap())
        })
    }
}

async fn discovery() -> Json<Value> {
    Json(json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/oauth2/auth"),
        "authorization_response_iss_parameter_supported": true,
        "jwks_uri": format!("{ISSUER}/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn token(
    State(asked): State<Asked>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let good = form.get("code").is_some_and(|code| code == "good");
    asked.lock().unwrap().push((headers, form));
    if !good {
        let refusal = json!({"error": "invalid_grant", "error_description": "the code is <old>"});
        return (StatusCode::BAD_REQUEST, Json(refusal));
    }
    let tokens = json!({
        "access_token": "access.<b>", "refresh_token": "refresh.b", "expires_in": 3600,
        "scope": "offline hydra", "token_type": "bearer",
    });
    (StatusCode::OK, Json(tokens))
}

/// A `hydra token user` that waits for its browser.
pub(crate) struct Waiting {
    pub(crate) child: Child,
    pub(crate) told: BufReader<ChildStderr>,
    /// Where it sends the browser.
    pub(crate) url: url::Url,
}

impl Waiting {
    pub(crate) fn start(mut hydra: Hydra) -> Self {
        let mut child = hydra.command.spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with('\t') {
            line.clear();
            assert_ne!(told.read_line(&mut line).unwrap(), 0, "it ended");
        }
        let url = line.trim().parse().unwrap();
        Self { child, told, url }
    }

    /// A parameter of the authorization request.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let pairs: Vec<_> = self
            .url
            .query_pairs()
            .filter(|(key, _)| key == name)
            .collect();
        assert_eq!(pairs.len(), 1, "{name}: {}", self.url);
        pairs[0].1.clone().into_owned()
    }

    /// The address that the authorization server sends the browser to, with this in its query.
    pub(crate) fn callback(&self, query: &str) -> String {
        let redirect = self.parameter("redirect_uri");
        format!(
            "{redirect}?iss={ISSUER}&state={}&{query}",
            self.parameter("state")
        )
    }

    pub(crate) fn ends(mut self) -> Ended {
        let (mut out, mut err) = (String::new(), String::new());
        self.told.read_to_string(&mut err).unwrap();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .unwrap();
        Ended {
            status: self.child.wait().unwrap().code().unwrap(),
            out,
            err: err.trim_start().to_owned(),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `hydra token user` for `some-consumer`, with these further words.
pub(crate) fn token_user(world: &World, server: &Authorization, more: &str) -> Hydra {
    let url = &server.url;
    world
        .hydra(&format!(
            "token user --auth-url https://browser.example.org/oauth2/auth \
             --token-url {url}/oauth2/token --id some-consumer --scopes offline,hydra \
             --redirect {REDIRECT} {more}"
        ))
        .env(SECRET_VARIABLE, SECRET)
}
