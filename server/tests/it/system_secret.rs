//! The system secret is changed, and nothing is lost.

use hydra_server::domain::secret::Secret;
use hydra_server::host::{Config, Seams, Server};
use hydra_server::storage::DatabaseUrl;
use serde_json::{Value, json};

use crate::server::{TestServer, answer, config};

const OLD: &str = "the-old-system-secret";
const NEW: &str = "the-new, system-secret";
const NEWER: &str = "an-even-newer-system-secret";

fn on_file(folder: &tempfile::TempDir, secret: &str, previous: &[&str]) -> Config {
    Config {
        database: DatabaseUrl::Sqlite(folder.path().join("hydra.db")),
        system_secret: Some(Secret::new(secret)),
        previous_system_secrets: previous.iter().copied().map(Secret::new).collect(),
        ..config()
    }
}

async fn failure(config: Config) -> String {
    match Server::start(config, Seams::default()).await {
        Ok(running) => panic!("started: {running:?}"),
        Err(error) => error.to_string(),
    }
}

async fn published(server: &TestServer) -> Value {
    answer(server.get("/.well-known/jwks.json")).await.json()
}

/// A key of some set, secret part included.
async fn kept(server: &TestServer) -> Value {
    let token = server.admin_token("hydra.keys.get").await;
    let request = server.get("/keys/set/private:kept").bearer_auth(token);
    let answer = answer(request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Starts a server on a new file, and gives it what a change of the secret could lose.
async fn furnished(folder: &tempfile::TempDir) -> (String, Value, Value) {
    let server = TestServer::with(on_file(folder, OLD, &[])).await;
    server.create_client("app", "app-secret").await;
    let token = server.token("app", "app-secret", "openid").await;
    let admin = server.admin_token("hydra.keys.create").await;
    let create = server.post("/keys/set").bearer_auth(admin);
    let created = answer(create.json(&json!({"alg": "ES512", "kid": "kept"}))).await;
    assert_eq!(created.status, 201, "{created:?}");
    let before = (token, published(&server).await, kept(&server).await);
    server.running.shutdown().await;
    before
}

#[tokio::test]
async fn keys_and_tokens_outlive_a_change_of_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (token, keys, key) = furnished(&folder).await;

    let server = TestServer::seeded(2, on_file(&folder, NEW, &[OLD])).await;
    assert_eq!(server.introspect(&token).await["active"], true);
    assert_eq!(published(&server).await, keys);
    assert_eq!(kept(&server).await, key);
    let new = server.token("app", "app-secret", "openid").await;
    server.running.shutdown().await;

    // Everything is sealed under the new secret now; tokens of the old one need it told.
    let server = TestServer::seeded(3, on_file(&folder, NEW, &[])).await;
    assert_eq!(published(&server).await, keys);
    assert_eq!(kept(&server).await, key);
    assert_eq!(server.introspect(&new).await["active"], true);
    assert_eq!(server.introspect(&token).await, json!({"active": false}));
    server.running.shutdown().await;

    // Twice changed, with both told: nothing was ever lost.
    let server = TestServer::seeded(4, on_file(&folder, NEWER, &[NEW, OLD])).await;
    assert_eq!(published(&server).await, keys);
    for token in [&token, &new] {
        assert_eq!(server.introspect(token).await["active"], true);
    }
    server.running.shutdown().await;
    let message = failure(on_file(&folder, OLD, &[])).await;
    assert!(
        message.contains("SYSTEM_SECRET is not the one"),
        "{message}"
    );
}

#[tokio::test]
async fn a_wrong_secret_is_one_line_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (token, keys, key) = furnished(&folder).await;
    let bytes = || std::fs::read(folder.path().join("hydra.db")).unwrap();
    let before = bytes();
    for (secret, previous, expected) in [
        (NEW, &[][..], "SYSTEM_SECRET_PREVIOUS"),
        (NEW, &[NEWER], "SYSTEM_SECRET is not the one"),
        (NEW, &["short"], "SYSTEM_SECRET_PREVIOUS cannot be used"),
        ("short", &[OLD], "SYSTEM_SECRET cannot be used"),
    ] {
        let message = failure(on_file(&folder, secret, previous)).await;
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains('\n'), "{message}");
        for secret in [OLD, NEW, NEWER] {
            assert!(!message.contains(secret), "{message}");
        }
    }
    assert!(bytes() == before);
    let server = TestServer::seeded(2, on_file(&folder, OLD, &[])).await;
    assert_eq!(server.introspect(&token).await["active"], true);
    assert_eq!(published(&server).await, keys);
    assert_eq!(kept(&server).await, key);
}

/// Servers are restarted one after the other: first each is told the new secret beside its own, then they
/// change over.
#[tokio::test]
async fn servers_change_over_one_after_the_other_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let (token, keys, _) = furnished(&folder).await;
    let behind = TestServer::seeded(2, on_file(&folder, OLD, &[NEW])).await;
    let ahead = TestServer::seeded(3, on_file(&folder, NEW, &[OLD])).await;
    for server in [&behind, &ahead] {
        assert_eq!(server.introspect(&token).await["active"], true);
        assert_eq!(published(server).await, keys);
        kept(server).await;
    }
    let of_new = ahead.token("app", "app-secret", "").await;
    assert_eq!(behind.introspect(&of_new).await["active"], true);
    let of_old = behind.token("app", "app-secret", "").await;
    assert_eq!(ahead.introspect(&of_old).await["active"], true);
}

#[tokio::test]
async fn two_servers_that_change_over_at_once_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (_, keys, key) = furnished(&folder).await;
    let (first, second) = tokio::join!(
        TestServer::seeded(2, on_file(&folder, NEW, &[OLD])),
        TestServer::seeded(3, on_file(&folder, NEW, &[OLD])),
    );
    for server in [&first, &second] {
        assert_eq!(published(server).await, keys);
        assert_eq!(kept(server).await, key);
    }
}
