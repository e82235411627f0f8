//! The audit trail: who got tokens, who gave them back, who was turned away. Alone in its binary, since it
//! listens to the whole process.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "it/server.rs"]
#[expect(dead_code, reason = "it serves other tests as well")]
mod server;

use std::io;
use std::sync::{Arc, Mutex};

use hydra_server::flows::audit;
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use crate::server::{TestServer, answer};

/// Lines that were logged, each a JSON object.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn take(&self) -> (Vec<Value>, String) {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        (lines.collect(), text)
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
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
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(EnvFilter::new(format!("{}=info", audit::TARGET)))
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let token = server.token("app", "app-secret", "photos").await;
    let revocation = server
        .post("/oauth2/revoke")
        .basic_auth("app", Some("app-secret"))
        .form(&[("token", &token)]);
    assert_eq!(answer(revocation).await.status, 200);
    server.token_answer("app", "a-wrong-secret", "").await;
    server.token_answer("no\nbody", "a-wrong-secret", "").await;

    let (told, text) = lines.take();
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
