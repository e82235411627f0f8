//! What a database remembers, and when a server does not start.

use hydra_server::domain::secret::Secret;
use hydra_server::host::{Config, Seams, Server};
use hydra_server::storage::DatabaseUrl;
use serde_json::json;

use crate::server::{TestServer, answer, config};

pub(crate) fn on_file(folder: &tempfile::TempDir) -> Config {
    Config {
        database: DatabaseUrl::Sqlite(folder.path().join("hydra.db")),
        system_secret: Some(Secret::new("a-system-secret-of-some-length")),
        ..config()
    }
}

async fn failure(config: Config) -> String {
    match Server::start(config, Seams::default()).await {
        Ok(running) => panic!("started: {running:?}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_file_keeps_everything_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::with(on_file(&folder)).await;
    assert!(server.running.root().is_some());
    server.create_client("app", "app-secret").await;
    let token = server.token("app", "app-secret", "openid").await;
    let keys = answer(server.get("/.well-known/jwks.json")).await.json();
    server.running.shutdown().await;

    let server = TestServer::seeded(2, on_file(&folder)).await;
    assert!(server.running.root().is_none());
    assert_eq!(server.introspect(&token).await["active"], true);
    assert_eq!(
        answer(server.get("/.well-known/jwks.json")).await.json(),
        keys
    );
}

#[tokio::test]
async fn two_servers_on_one_database_are_one() {
    let folder = tempfile::tempdir().unwrap();
    let first = TestServer::seeded(1, on_file(&folder)).await;
    let second = TestServer::seeded(2, on_file(&folder)).await;
    let (a, b) = tokio::join!(
        answer(first.get("/.well-known/jwks.json")),
        answer(second.get("/.well-known/jwks.json")),
    );
    assert_eq!(a.json(), b.json());

    first.create_client("app", "app-secret").await;
    let token = second.token("app", "app-secret", "").await;
    assert_eq!(first.introspect(&token).await["active"], true);
    let revoke = first
        .post("/oauth2/revoke")
        .basic_auth("app", Some("app-secret"));
    assert_eq!(answer(revoke.form(&[("token", &token)])).await.status, 200);
    assert_eq!(second.introspect(&token).await, json!({"active": false}));
}

#[tokio::test]
async fn another_system_secret_is_refused_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    TestServer::with(on_file(&folder))
        .await
        .running
        .shutdown()
        .await;
    let wrong = Config {
        system_secret: Some(Secret::new("another-system-secret")),
        ..on_file(&folder)
    };
    let message = failure(wrong).await;
    assert!(
        message.contains("SYSTEM_SECRET is not the one"),
        "{message}"
    );
    assert!(!message.contains('\n'));

    let server = TestServer::seeded(2, on_file(&folder)).await;
    server.admin_token("hydra").await;
}

#[tokio::test]
async fn what_cannot_work_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let busy = TestServer::start().await;
    let port = busy.running.address().port();
    for (config, word) in [
        (Config { port, ..config() }, "cannot listen on 127.0.0.1"),
        (
            Config {
                system_secret: None,
                ..on_file(&folder)
            },
            "SYSTEM_SECRET is not set",
        ),
        (
            Config {
                system_secret: Some(Secret::new("short")),
                ..config()
            },
            "shorter than 16",
        ),
        (
            Config {
                database: DatabaseUrl::Sqlite(folder.path().join("no/folder/hydra.db")),
                ..on_file(&folder)
            },
            "cannot open the database",
        ),
        (
            Config {
                issuer: Some("http://example.com".into()),
                force_http: false,
                ..config()
            },
            "https",
        ),
    ] {
        let message = failure(config).await;
        assert!(message.contains(word), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

#[tokio::test]
async fn tables_that_are_not_up_to_date_are_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hydra.db"), "").unwrap();
    let message = failure(on_file(&folder)).await;
    assert!(message.contains("hydra migrate sql"), "{message}");
}

/// Nothing that could be used stands in the database as it is.
#[tokio::test]
async fn the_database_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::with(on_file(&folder)).await;
    server.create_client("app", "app-secret").await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "app"),
        ("client_secret", "app-secret"),
    ];
    let issued = answer(server.post("/oauth2/token").form(&form))
        .await
        .json();
    let token = issued["access_token"].as_str().unwrap();
    answer(server.get("/.well-known/jwks.json")).await;
    server.running.shutdown().await;

    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let text = String::from_utf8_lossy(&bytes);
    let (key, signature) = token.split_once('.').unwrap();
    assert!(text.contains(signature));
    for secret in [
        "app-secret",
        "admin-password",
        "a-system-secret",
        key,
        "\"kty\"",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
