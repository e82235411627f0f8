//! The audit trail and the log of decisions: who got tokens, who gave them back, who was turned away, who was
//! let do what. Each test listens to its own thread, where its server runs as well.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "it/browser.rs"]
#[expect(dead_code, reason = "it serves other tests as well")]
mod browser;
#[path = "it/server.rs"]
#[expect(dead_code, reason = "it serves other tests as well")]
mod server;

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use hydra_server::flows::audit;
use serde_json::{Value, json};

use crate::browser::{CALLBACK, CHALLENGE, Flow, SECRET, VERIFIER};
use crate::server::{TestServer, answer};

thread_local! {
    /// What was logged on this thread, each line a JSON object.
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the thread's own lines.
struct Lines;

impl Lines {
    /// Begins to listen, to everything but the client's end of the connections, which is in this process as
    /// well and none of ours.
    fn listen() -> Self {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            tracing_subscriber::fmt()
                .json()
                .flatten_event(true)
                .with_env_filter("trace,hyper=off,hyper_util=off,reqwest=off,h2=off")
                .with_writer(|| Self)
                .init();
        });
        LINES.take();
        Self
    }

    /// The lines since the last time: those with that target, and the text of all.
    fn take(&self, target: &str) -> (Vec<Value>, String) {
        let text = String::from_utf8(LINES.take()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let told = lines.filter(|line: &Value| line["target"] == target);
        (told.collect(), text)
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn tokens_are_told_of_by_client_and_never_by_what_they_are() {
    let server = TestServer::start().await;
    server.create_client("app", "app-secret").await;
    let lines = Lines::listen();
    let token = server.token("app", "app-secret", "photos").await;
    let revocation = server
        .post("/oauth2/revoke")
        .basic_auth("app", Some("app-secret"))
        .form(&[("token", &token)]);
    assert_eq!(answer(revocation).await.status, 200);
    server.token_answer("app", "a-wrong-secret", "").await;
    server.token_answer("no\nbody", "a-wrong-secret", "").await;

    let (told, text) = lines.take(audit::TARGET);
    let [issued, revoked, refused, unknown] = told.as_slice() else {
        panic!("{told:#?}");
    };
    assert_eq!(issued["message"], "tokens issued");
    assert_eq!(issued["client"], "app");
    assert_eq!(issued["grant"], "client_credentials");
    assert_eq!(issued["scopes"], "photos");
    assert_eq!(revoked["message"], "token revoked");
    assert_eq!(revoked["client"], "app");
    assert_eq!(refused["message"], "client refused");
    assert_eq!(refused["client"], "app");
    assert_eq!(refused["address"], "127.0.0.1");
    assert_eq!(refused["level"], "WARN");
    // Nobody writes lines of their own into the log.
    assert_eq!(unknown["client"], r"no\nbody");
    for secret in [&token, "app-secret", "a-wrong-secret"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn tokens_handed_out_by_the_authorization_endpoint_are_told_of_as_well() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let lines = Lines::listen();
    let mut secrets = Vec::new();
    for (response_type, told) in [
        ("token", Some("implicit")),
        ("id_token token", Some("implicit")),
        ("code id_token", Some("implicit")),
        ("id_token", Some("implicit")),
        // A code is no token yet.
        ("code", None),
    ] {
        let parameters = [
            ("response_type", response_type),
            ("scope", "openid photos.read"),
            ("nonce", "n"),
        ];
        let mut flow = Flow::begin(&server, &parameters).await;
        flow.accept(json!({"subject": "dan", "grantScopes": ["openid"]}))
            .await;
        lines.take(audit::TARGET);
        let callback = flow.finish().await;
        for name in ["code", "access_token", "id_token"] {
            secrets.push(callback.get(name).to_owned());
        }
        let (events, text) = lines.take(audit::TARGET);
        let issued: Vec<&Value> = events
            .iter()
            .filter(|event| event["message"] == "tokens issued" && event["client"] == "app")
            .collect();
        assert_eq!(
            issued.len(),
            usize::from(told.is_some()),
            "{response_type}: {text}"
        );
        for event in issued {
            assert_eq!(event["grant"], told.unwrap());
            assert_eq!(
                event["scopes"], "openid",
                "what was granted, not what was asked for"
            );
        }
        assert_tells_none(&text, &secrets);
    }
}

#[tokio::test]
async fn decisions_are_told_with_the_policy_that_made_them() {
    let server = TestServer::start().await;
    server.create_client("app", "app-secret").await;
    let admin = server.admin_token("hydra.policies hydra.warden").await;
    let policy = json!({
        "id": "readers", "effect": "allow", "subjects": ["dan"], "resources": ["photos:<.*>"],
        "actions": ["get"],
    });
    let created = answer(server.post("/policies").bearer_auth(&admin).json(&policy)).await;
    assert_eq!(created.status, 201, "{created:?}");
    let token = server.token("app", "app-secret", "hydra.clients").await;
    let lines = Lines::listen();

    for action in ["get", "delete"] {
        let asked = json!({"subject": "dan", "action": action, "resource": "photos:7"});
        answer(
            server
                .post("/warden/allowed")
                .bearer_auth(&admin)
                .json(&asked),
        )
        .await;
    }
    let refused = answer(server.get("/clients").bearer_auth(&token)).await;
    assert_eq!(refused.status, 403);

    let (told, text) = lines.take("hydra::decision");
    let of = |subject: &str| -> Vec<(String, Value, String)> {
        told.iter()
            .filter(|event| event["subject"] == subject)
            .map(|event| {
                let action = event["action"].as_str().unwrap().to_owned();
                let outcome = event["outcome"].as_str().unwrap().to_owned();
                (action, event["policy"].clone(), outcome)
            })
            .collect()
    };
    assert_eq!(
        of("dan"),
        [
            ("get".to_owned(), json!("readers"), "allowed".to_owned()),
            (
                "delete".to_owned(),
                Value::Null,
                "denied by default".to_owned()
            ),
        ]
    );
    assert_eq!(
        of("app"),
        [(
            "get".to_owned(),
            Value::Null,
            "denied by default".to_owned()
        )]
    );
    // The warden's own door.
    assert_eq!(of("admin").len(), 2, "{text}");
    assert_tells_none(&text, &[admin, token]);
}

/// Whatever the level: no line holds a code, token, verifier, cookie or secret.
#[tokio::test]
async fn nothing_that_could_be_used_is_ever_logged() {
    let lines = Lines::listen();
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let parameters = [
        ("response_type", "code id_token token"),
        ("scope", "openid offline"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(json!({
        "subject": "dan", "grantScopes": ["openid", "offline"], "remember": true,
    }))
    .await;
    let mut secrets = vec![
        SECRET.to_owned(),
        "admin-password".to_owned(),
        VERIFIER.to_owned(),
    ];
    secrets.extend(flow.browser.cookies.values().cloned());
    let callback = flow.finish().await;
    secrets.extend(flow.browser.cookies.values().cloned());
    for name in ["code", "access_token", "id_token"] {
        secrets.push(callback.get(name).to_owned());
    }
    let form = [
        ("grant_type", "authorization_code"),
        ("code", callback.get("code")),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "app"),
        ("client_secret", SECRET),
    ];
    // The second time it is a replay, which is told of.
    for status in [200, 400] {
        let redeemed = answer(server.post("/oauth2/token").form(&form)).await;
        assert_eq!(redeemed.status, status);
        if status == 200 {
            for name in ["access_token", "refresh_token", "id_token"] {
                secrets.push(redeemed.json()[name].as_str().unwrap().to_owned());
            }
        }
    }
    let wrong = [
        ("token", callback.get("access_token")),
        ("client_id", "app"),
    ];
    answer(server.post("/oauth2/revoke").form(&wrong)).await;
    let (told, text) = lines.take(audit::TARGET);
    assert!(told.len() > 5, "{told:#?}");
    assert!(text.contains("a code was shown twice"), "{text}");
    assert_tells_none(&text, &secrets);
}

#[track_caller]
fn assert_tells_none(text: &str, secrets: &[String]) {
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
    }
}
