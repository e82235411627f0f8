//! What a thief of the database gets: nothing that opens anything.

use hydra_server::domain::secret::Secret;
use serde_json::{Value, json};
use url::Url;

use crate::browser::{CALLBACK, CHALLENGE, Flow, SECRET, VERIFIER};
use crate::server::{TestServer, answer};
use crate::startup::on_file;

/// Everything that could be used, by name, of flows that have gone as far as flows go.
struct Used(Vec<(&'static str, String)>);

impl Used {
    /// A text that says what it is, and what signs it if it is a token.
    fn add(&mut self, name: &'static str, text: &str) {
        assert!(text.len() >= 6, "{name}: {text:?}");
        self.0.push((name, text.to_owned()));
        // The database knows tokens by their signature; the key before it must not be there. Of a JSON Web
        // Token the signature makes it one.
        let part = match text.matches('.').count() {
            1 => text.split('.').next(),
            2 => text.rsplit('.').next(),
            _ => None,
        };
        if let Some(part) = part {
            self.0.push((name, part.to_owned()));
        }
    }

    fn add_tokens(&mut self, told: &Value) {
        for name in ["access_token", "refresh_token", "id_token"] {
            self.add(name, told[name].as_str().unwrap());
        }
    }

    fn add_cookies(&mut self, flow: &Flow<'_>) {
        assert!(!flow.browser.cookies.is_empty());
        for value in flow.browser.cookies.values() {
            self.add("cookie", value);
        }
    }
}

/// The secret was in clear in the database of fosite 0.15 if it came in the body; a verifier, a code or a
/// cookie there would be as bad. Everything on the disk is looked at, what is deleted and the log of the
/// database as well.
#[tokio::test]
async fn after_whole_flows_no_table_holds_anything_that_could_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = on_file(&folder);
    config.cookie_secret = Some(Secret::new("a-cookie-secret-of-some-length"));
    let server = TestServer::with(config).await;
    server.create_app(json!({})).await;
    let mut used = Used(Vec::new());
    used.add("client secret", SECRET);
    used.add("root secret", "admin-password");
    used.add("system secret", "a-system-secret");
    used.add("cookie secret", "a-cookie-secret");

    // Code and tokens through the browser, with a login that is remembered; then a refresh.
    let parameters = [
        ("scope", "openid offline"),
        ("response_type", "code id_token token"),
        ("nonce", "some nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(json!({
        "subject": "dan", "grantScopes": ["openid", "offline"], "remember": true,
    }))
    .await;
    used.add_cookies(&flow);
    used.add("csrf value", &csrf(&flow).await);
    let callback = flow.finish().await;
    for name in ["code", "access_token", "id_token"] {
        used.add(name, callback.get(name));
    }
    used.add_cookies(&flow);
    let redeemed = token(
        &server,
        &[
            ("grant_type", "authorization_code"),
            ("code", callback.get("code")),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ],
    )
    .await;
    used.add("verifier", VERIFIER);
    used.add_tokens(&redeemed);
    let refresh_token = redeemed["refresh_token"].as_str().unwrap();
    let refreshed = token(
        &server,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ],
    )
    .await;
    used.add_tokens(&refreshed);

    // A code that is still good, and a flow whose browser has not come back.
    used.add("unused code", &server.code("openid", &[]).await);
    let pending = Flow::begin(&server, &[]).await;
    used.add_cookies(&pending);
    used.add("csrf value", &csrf(&pending).await);
    let pending_id = pending.consent_id;
    server.running.shutdown().await;

    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let text = String::from_utf8_lossy(&bytes);
    // What is looked for would be found.
    for stored in [
        pending_id.as_str(),
        CHALLENGE,
        refresh_token.split('.').nth(1).unwrap(),
    ] {
        assert!(text.contains(stored), "{stored}");
    }
    assert!(used.0.len() > 25, "{}", used.0.len());
    for (name, secret) in &used.0 {
        assert!(!text.contains(secret), "{name}: {secret}");
    }
    assert!(!text.contains("\"kty\""), "keys are sealed");
}

/// What only the URL that the application was given holds.
async fn csrf(flow: &Flow<'_>) -> String {
    let url = Url::parse(&flow.redirect_url().await).unwrap();
    let mut pairs = url.query_pairs();
    let (_, value) = pairs.find(|(name, _)| name == "consent_csrf").unwrap();
    value.into_owned()
}

async fn token(server: &TestServer, form: &[(&str, &str)]) -> Value {
    let mut form = form.to_vec();
    form.extend([("client_id", "app"), ("client_secret", SECRET)]);
    let told = answer(server.post("/oauth2/token").form(&form)).await;
    assert_eq!(told.status, 200, "{told:?}");
    told.json()
}
