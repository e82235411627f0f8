//! How many SQL statements a request takes, transactions' own excepted. Alone in its binary, since it listens
//! to the whole process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::atomic::{AtomicUsize, Ordering};

use hydra_server::domain::secret::Secret;
use hydra_server::flows::setup::RootCredentials;
use hydra_server::host::{Config, Running, Seams, Server};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use url::Url;

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts what the database driver reports.
struct Count;

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            STATEMENTS.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// A server with clients `admin` and `app`, and what was counted so far.
struct Counted {
    server: Running,
    http: Client,
    counts: Vec<(&'static str, usize)>,
}

impl Counted {
    async fn start() -> Self {
        let config = Config {
            host: Some("127.0.0.1".into()),
            port: 0,
            bcrypt_cost: 4,
            force_http: true,
            root: Some(RootCredentials {
                client_id: "admin".into(),
                client_secret: Secret::new("admin-password"),
            }),
            ..Config::default()
        };
        let server = Server::start(config, Seams::default()).await.unwrap();
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut this = Self {
            server,
            http,
            counts: Vec::new(),
        };
        // The first key is made in the background; once it is there, nothing else talks to the database.
        let keys = this.request(Method::GET, "/.well-known/jwks.json");
        assert_eq!(keys.send().await.unwrap().status(), 200);
        // The first decision of a process reads the policies; later ones only what changed of them.
        let admin = this.admin_token().await;
        let client = this.request(Method::POST, "/clients").bearer_auth(admin);
        let client = client.json(&json!({
            "id": "app", "client_secret": "app-secret", "redirect_uris": ["https://app.example/callback"],
            "grant_types": ["authorization_code", "refresh_token"], "scope": "openid offline",
        }));
        assert_eq!(client.send().await.unwrap().status(), 201);
        this.counts.clear();
        this
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.server.address());
        self.http.request(method, url)
    }

    fn by_client(&self, id: &str, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let secret = if id == "admin" {
            "admin-password"
        } else {
            "app-secret"
        };
        self.request(Method::POST, path)
            .basic_auth(id, Some(secret))
            .form(form)
    }

    /// Counts the statements that a request takes.
    async fn count(&mut self, what: &'static str, request: RequestBuilder) -> Response {
        let before = STATEMENTS.load(Ordering::SeqCst);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        assert!(status < 400, "{what}: {status}");
        let taken = STATEMENTS.load(Ordering::SeqCst) - before;
        self.counts.push((what, taken));
        response
    }

    async fn admin_token(&mut self) -> String {
        let scope = "hydra.clients hydra.consent hydra.introspect";
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let request = self.by_client("admin", "/oauth2/token", &form);
        text(&json_of(self.count("client_credentials", request).await).await["access_token"])
    }
}

async fn json_of(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn location(response: &Response) -> Url {
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .unwrap()
        .1
        .into_owned()
}

#[tokio::test]
async fn no_operation_takes_more_statements_than_it_should() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Count)).unwrap();
    let mut it = Counted::start().await;
    let token_a = it.admin_token().await;
    let token_b = it.admin_token().await;
    it.counts.pop();

    let introspect = |it: &Counted, token: &str| {
        it.by_client("admin", "/oauth2/introspect", &[("token", token)])
    };
    let request = introspect(&it, &token_a);
    it.count("introspection by Basic", request).await;
    let request = it
        .request(Method::POST, "/oauth2/introspect")
        .bearer_auth(&token_b)
        .form(&[("token", &token_a)]);
    it.count("introspection by bearer", request).await;
    let request = introspect(&it, "a.b");
    it.count("introspection of a made-up token", request).await;

    let query = "/oauth2/auth?client_id=app&response_type=code&scope=openid%20offline&state=s";
    let request = it.request(Method::GET, query);
    let first = it.count("authorization, first leg", request).await;
    let cookie = first.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let consent = format!(
        "/oauth2/consent/requests/{}",
        parameter(&location(&first), "consent")
    );
    let request = it.request(Method::GET, &consent).bearer_auth(&token_a);
    let told = json_of(it.count("consent request", request).await).await;
    let request = it
        .request(Method::PATCH, &format!("{consent}/accept"))
        .bearer_auth(&token_a)
        .json(&json!({"subject": "dan", "grantScopes": ["openid", "offline"]}));
    it.count("consent, accept", request).await;
    let back = text(&told["redirectUrl"]);
    let path = back.strip_prefix(it.server.issuer()).unwrap();
    let request = it.request(Method::GET, path).header("cookie", cookie);
    let second = it.count("authorization, second leg", request).await;
    let code = parameter(&location(&second), "code");

    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
    ];
    let request = it.by_client("app", "/oauth2/token", &form);
    let tokens = json_of(it.count("authorization_code", request).await).await;
    let refresh = text(&tokens["refresh_token"]);
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let request = it.by_client("app", "/oauth2/token", &form);
    let tokens = json_of(it.count("refresh_token", request).await).await;
    assert!(tokens["id_token"].is_string());
    let access = text(&tokens["access_token"]);
    let request = it.request(Method::GET, "/userinfo").bearer_auth(&access);
    it.count("userinfo", request).await;
    let request = it.by_client("app", "/oauth2/revoke", &[("token", &access)]);
    it.count("revocation", request).await;

    let flow: usize = it
        .counts
        .iter()
        .filter(|(what, _)| what.starts_with("authorization"))
        .map(|(_, count)| count)
        .sum();
    assert_eq!(
        it.counts,
        [
            ("client_credentials", 2),
            ("introspection by Basic", 2),
            ("introspection by bearer", 2),
            ("introspection of a made-up token", 1),
            ("authorization, first leg", 2),
            ("consent request", 2),
            ("consent, accept", 4),
            ("authorization, second leg", 3),
            ("authorization_code", 5),
            ("refresh_token", 5),
            ("userinfo", 1),
            ("revocation", 3),
        ]
    );
    assert!(flow <= 10, "a whole code flow takes {flow}");
    it.server.shutdown().await;
}
