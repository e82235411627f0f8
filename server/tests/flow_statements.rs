//! How many SQL statements an authorization code flow takes, step by step, BEGIN and COMMIT apart. Alone in
//! its binary, since it listens to the whole process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};

use hydra_server::domain::secret::Secret;
use hydra_server::flows::setup::RootCredentials;
use hydra_server::host::{Config, Seams, Server};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts what the database driver reports.
struct Count;

/// Whether a reported statement only frames a transaction.
struct Frames(bool);

impl Visit for Frames {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        let text = text.trim_matches('"');
        let frames = ["BEGIN", "COMMIT", "ROLLBACK"];
        if field.name() == "summary" && frames.iter().any(|it| text.starts_with(it)) {
            self.0 = true;
        }
    }
}

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut frames = Frames(false);
            event.record(&mut frames);
            if !frames.0 {
                STATEMENTS.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

async fn counted(request: RequestBuilder) -> (usize, Response) {
    let before = STATEMENTS.load(Ordering::SeqCst);
    let response = request.send().await.unwrap();
    let status = response.status();
    assert!(
        status.is_success() || status.is_redirection(),
        "{response:?}"
    );
    (STATEMENTS.load(Ordering::SeqCst) - before, response)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

/// The cookies that a browser would send from now on.
fn cookies(response: &Response) -> String {
    response
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|header| header.to_str().unwrap().split(';').next())
        .filter(|pair| !pair.ends_with('='))
        .collect::<Vec<_>>()
        .join("; ")
}

fn parameter(url: &str, name: &str) -> String {
    url::Url::parse(url)
        .unwrap()
        .query_pairs()
        .find_map(|(known, value)| (known == name).then(|| value.into_owned()))
        .unwrap()
}

#[tokio::test]
async fn a_flow_takes_few_statements() {
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
    let http = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    // The first key is made in the background; once it is there, nothing else talks to the database.
    let keys = http.get(url("/.well-known/jwks.json")).send().await;
    keys.unwrap().text().await.unwrap();

    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "hydra.clients hydra.consent"),
    ];
    let token = http
        .post(url("/oauth2/token"))
        .basic_auth("admin", Some("admin-password"))
        .form(&form);
    let token: Value = token.send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap();
    let client = json!({
        "id": "app", "client_secret": "app-secret", "redirect_uris": ["https://app.example/cb"],
        "scope": "openid",
    });
    let created = http.post(url("/clients")).bearer_auth(token).json(&client);
    assert_eq!(created.send().await.unwrap().status(), 201);

    let authorize = url("/oauth2/auth?client_id=app&response_type=code&scope=openid");
    let flow = async |answer: Value| {
        let (begin, response) = counted(http.get(&authorize)).await;
        let browser = cookies(&response);
        let id = parameter(header(&response, "location"), "consent");

        let request = url(&format!("/oauth2/consent/requests/{id}"));
        let (ask, response) = counted(http.get(&request).bearer_auth(token)).await;
        let told: Value = response.json().await.unwrap();
        let accept = http.patch(format!("{request}/accept")).bearer_auth(token);
        let (accept, _) = counted(accept.json(&answer)).await;

        let back = told["redirectUrl"].as_str().unwrap();
        let back = url(&back[back.find("/oauth2").unwrap()..]);
        let (complete, response) = counted(http.get(back).header("cookie", browser)).await;
        let login = cookies(&response);
        let code = parameter(header(&response, "location"), "code");

        let form = [("grant_type", "authorization_code"), ("code", &code)];
        let redeem = http.post(url("/oauth2/token")).form(&form);
        let (redeem, _) = counted(redeem.basic_auth("app", Some("app-secret"))).await;
        ([begin, ask, accept, complete, redeem], login)
    };
    let (counts, _) = flow(json!({"subject": "dan", "grantScopes": ["openid"]})).await;
    assert_eq!(
        counts,
        [2, 2, 4, 3, 5],
        "first leg; reading and accepting the consent request; second leg; redeeming the code, which \
         reads the signing key as well"
    );
    let remember = json!({"subject": "dan", "grantScopes": ["openid"], "remember": true});
    let (counts, login) = flow(remember).await;
    assert_eq!(
        counts[3], 5,
        "second leg with a login and an answer to remember"
    );

    let silent = format!("{authorize}&prompt=none");
    let (silent, _) = counted(http.get(silent).header("cookie", &login)).await;
    assert_eq!(silent, 4, "an answer from what is remembered");
    let again = format!("{authorize}&prompt=login");
    let (again, _) = counted(http.get(again).header("cookie", &login)).await;
    assert_eq!(again, 3, "first leg with a login");
    server.shutdown().await;
}
