//! A server to talk to.

use std::sync::Arc;
use std::time::Duration;

use hydra_server::crypto::random::SeededRng;
use hydra_server::domain::clock::{ManualClock, UnixTime};
use hydra_server::domain::secret::Secret;
use hydra_server::flows::setup::RootCredentials;
use hydra_server::host::{Config, Running, Seams, Server};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// 4 December 2017.
pub(crate) const NOW: UnixTime = UnixTime(1_512_371_155);

/// A running server with root client `admin` and secret `admin-password`.
pub(crate) struct TestServer {
    pub(crate) running: Running,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) http: reqwest::Client,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn config() -> Config {
    Config {
        host: Some("127.0.0.1".into()),
        port: 0,
        issuer: Some("https://localhost:9000/".into()),
        bcrypt_cost: 4,
        force_http: true,
        root: Some(RootCredentials {
            client_id: "admin".into(),
            client_secret: Secret::new("admin-password"),
        }),
        ..Config::default()
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        Self::seeded(1, config).await
    }

    /// A server whose random choices follow from `seed`. Servers that share a database must differ.
    pub(crate) async fn seeded(seed: u64, config: Config) -> Self {
        let clock = Arc::new(ManualClock::new(NOW));
        let seams = Seams {
            clock: Arc::clone(&clock) as _,
            rng: Arc::new(SeededRng::new(seed)),
        };
        let running = Server::start(config, seams).await.unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            running,
            clock,
            http,
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.running.address());
        self.http.request(method, url)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// The answer of the token endpoint to a client that authenticates by HTTP Basic.
    pub(crate) async fn token_answer(&self, id: &str, secret: &str, scope: &str) -> Answer {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        answer(
            self.post("/oauth2/token")
                .basic_auth(id, Some(secret))
                .form(&form),
        )
        .await
    }

    pub(crate) async fn token(&self, id: &str, secret: &str, scope: &str) -> String {
        let answer = self.token_answer(id, secret, scope).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn admin_token(&self, scope: &str) -> String {
        self.token("admin", "admin-password", scope).await
    }

    /// Creates a client that may use client_credentials for any scope.
    pub(crate) async fn create_client(&self, id: &str, secret: &str) {
        let admin = self.admin_token("hydra.clients").await;
        let body = json!({
            "id": id,
            "client_secret": secret,
            "grant_types": ["client_credentials"],
            "scope": "*",
        });
        let answer = answer(self.post("/clients").bearer_auth(admin).json(&body)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    /// What root is told of a token.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        let request = self
            .post("/oauth2/introspect")
            .basic_auth("admin", Some("admin-password"))
            .form(&[("token", token)]);
        let answer = answer(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

/// Checks that an answer is an error of the protocol endpoints, complete and nothing more.
#[track_caller]
pub(crate) fn assert_oauth2_error(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["error"], code, "{answer:?}");
    assert_eq!(body["statusCode"], status);
    assert!(!body["error_description"].as_str().unwrap().is_empty());
    assert_eq!(body.as_object().unwrap().len(), 3, "{answer:?}");
}

/// Checks that an answer is an error of the management endpoints, and gives its message.
#[track_caller]
pub(crate) fn assert_generic_error(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["error"]["code"], status, "{answer:?}");
    assert_eq!(
        body["error"]["status"],
        answer.status.canonical_reason().unwrap()
    );
    assert_eq!(body["error"]["request"], answer.header("x-request-id"));
    body["error"]["message"].as_str().unwrap().to_owned()
}
