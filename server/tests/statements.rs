//! How many SQL statements a request takes. Alone in its binary, since it listens to the whole process.

use std::sync::atomic::{AtomicUsize, Ordering};

use hydra_server::domain::secret::Secret;
use hydra_server::flows::setup::RootCredentials;
use hydra_server::host::{Config, Seams, Server};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

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

#[tokio::test]
async fn tokens_are_cheap() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Count)).unwrap();
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
    let url = |path: &str| format!("http://{}{path}", server.address());
    let http = reqwest::Client::new();
    // The first key is made in the background; once it is there, nothing else talks to the database.
    http.get(url("/.well-known/jwks.json"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();

    let counted = async |request: reqwest::RequestBuilder| {
        let before = STATEMENTS.load(Ordering::SeqCst);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        (STATEMENTS.load(Ordering::SeqCst) - before, text)
    };
    let basic = |path: &str| {
        http.post(url(path))
            .basic_auth("admin", Some("admin-password"))
    };
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "hydra.introspect"),
    ];
    let issue = || basic("/oauth2/token").form(&form);

    let (issuing, text) = counted(issue()).await;
    let token = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text).unwrap()["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let token_a = token(&text);
    let token_b = token(&counted(issue()).await.1);
    // A process reads the policies once, and after that only what changed of them, when it did.
    let (first, _) = counted(basic("/oauth2/introspect").form(&[("token", "a.b")])).await;
    assert_eq!(first, 2, "the first decision");
    let (by_basic, _) = counted(basic("/oauth2/introspect").form(&[("token", &token_a)])).await;
    let bearer = http.post(url("/oauth2/introspect")).bearer_auth(&token_b);
    let (by_bearer, _) = counted(bearer.form(&[("token", &token_a)])).await;
    let (garbage, _) = counted(basic("/oauth2/introspect").form(&[("token", "a.b")])).await;

    assert_eq!(
        [issuing, by_basic, by_bearer, garbage],
        [2, 2, 2, 1],
        "issuing, introspection by Basic, by bearer token, and of a made-up token"
    );
    server.shutdown().await;
}
