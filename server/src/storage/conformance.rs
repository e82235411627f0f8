//! What storage must do, whichever database is behind it.
//!
//! The suite runs on SQLite in memory and in a file. It runs on PostgreSQL and on MySQL or MariaDB as
//! well when `HYDRA_TEST_POSTGRES_URL` or `HYDRA_TEST_MYSQL_URL` names a database of a server; it makes
//! one of its own there, and leaves the named one alone.

mod consent;
mod grants;
mod keys;
mod policies;

use std::collections::BTreeSet;

use super::*;
use crate::domain::client::Client;
use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;
use crate::domain::token::AccessToken;

const NOW: UnixTime = UnixTime(1_512_371_155);

/// Ids that a careless database takes for one another, or cannot hold.
fn awkward_ids() -> Vec<String> {
    let mut ids: Vec<String> = [
        "admin",
        "Admin",
        "ADMIN",
        "ädmin",
        "Ädmin",
        "admın",
        "o'brien",
        "\"quoted\"",
        "back\\slash",
        "100%",
        "a_b",
        "aXb",
        "a b",
        "a/b",
        "日本語",
        "🦀",
        "? $1 :x",
        "-- ; DROP TABLE hydra_client",
        "é",
        "e\u{301}",
    ]
    .map(String::from)
    .to_vec();
    ids.push("ü".repeat(255));
    ids.push("🦀".repeat(255));
    ids
}

fn client(id: &str) -> Client {
    Client {
        id: id.to_owned(),
        name: format!("Name of {id}"),
        redirect_uris: vec![
            "https://example.com/a|b".into(),
            "https://example.com/,\"'".into(),
        ],
        post_logout_redirect_uris: vec!["https://example.com/bye".into()],
        grant_types: vec!["client_credentials".into()],
        response_types: vec!["code".into(), "token".into()],
        scope: "hydra.* openid".into(),
        owner: id.to_owned(),
        policy_uri: "https://example.com/policy".into(),
        contacts: vec![String::new(), "größe@example.com".into()],
        public: id.len().is_multiple_of(2),
        ..Client::default()
    }
}

fn token(signature: &str, client_id: &str, subject: &str) -> AccessToken {
    AccessToken {
        signature: signature.to_owned(),
        request_id: format!("request of {signature}"),
        client_id: client_id.to_owned(),
        subject: subject.to_owned(),
        scopes: Scopes::parse("openid hydra.clients").unwrap(),
        issued_at: NOW,
        expires_at: UnixTime(NOW.0 + 3600),
        grant_id: None,
    }
}

async fn suite(storage: &Storage) {
    assert!(storage.pending_migrations().await.unwrap() > 0);
    policies::mark_administrators(storage).await;
    one_of_many_migrates(storage).await;
    policies::marks_have_become_a_policy(storage).await;
    assert_eq!(storage.migrate().await.unwrap(), 0);
    assert_eq!(storage.pending_migrations().await.unwrap(), 0);

    policies::suite(storage).await;
    clients_come_back_as_they_went(storage).await;
    a_taken_id_stays_as_it_is(storage).await;
    one_of_many_wins_an_id(storage).await;
    an_update_replaces(storage).await;
    tokens_come_back_and_go_when_revoked(storage).await;
    tokens_go_with_their_client(storage).await;
    expired_tokens_go_a_few_at_a_time(storage).await;
    grants::suite(storage).await;
    consent::suite(storage).await;
    keys::suite(storage).await;
    the_first_property_stays(storage).await;
}

async fn one_of_many_migrates(storage: &Storage) {
    let mut attempts = tokio::task::JoinSet::new();
    // SQLite has no lock for it: of two processes one may fail, and has then changed nothing.
    let processes = match storage.pool {
        Pool::Sqlite(_) => 1,
        Pool::Postgres(_) | Pool::MySql(_) => 4,
    };
    for _ in 0..processes {
        let storage = storage.clone();
        attempts.spawn(async move { storage.migrate().await.unwrap() });
    }
    let applied = attempts.join_all().await;
    let migrated = applied.iter().filter(|count| **count > 0).count();
    assert_eq!(migrated, 1, "{applied:?}");
}

async fn clients_come_back_as_they_went(storage: &Storage) {
    for id in awkward_ids() {
        let created = storage
            .create_client(&client(&id), Some("hash"))
            .await
            .unwrap();
        assert_eq!(created, Creation::Created, "{id:?}");
    }
    for id in awkward_ids() {
        let stored = storage.client(&id).await.unwrap().unwrap();
        assert_eq!(stored.client, client(&id));
        assert_eq!(stored.secret_hash.unwrap().expose(), "hash");
    }
    let listed: Vec<String> = storage
        .clients()
        .await
        .unwrap()
        .into_iter()
        .map(|it| it.id)
        .collect();
    let expected: Vec<String> = awkward_ids()
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(listed, expected);

    for absent in [
        "nobody",
        "admin ",
        " admin",
        "",
        "\0",
        "admin\0",
        "admi",
        &"x".repeat(4000),
    ] {
        assert_eq!(storage.client(absent).await.unwrap(), None, "{absent:?}");
        assert!(!storage.delete_client(absent).await.unwrap(), "{absent:?}");
    }
    for id in awkward_ids() {
        assert!(storage.delete_client(&id).await.unwrap());
        assert_eq!(storage.client(&id).await.unwrap(), None);
    }
}

async fn a_taken_id_stays_as_it_is(storage: &Storage) {
    storage
        .create_client(&client("taken"), Some("first"))
        .await
        .unwrap();
    let other = Client {
        name: "Other".into(),
        ..client("taken")
    };
    let outcome = storage.create_client(&other, Some("second")).await.unwrap();
    assert_eq!(outcome, Creation::Exists);
    let stored = storage.client("taken").await.unwrap().unwrap();
    assert_eq!(stored.client, client("taken"));
    assert_eq!(stored.secret_hash.unwrap().expose(), "first");
    assert!(storage.delete_client("taken").await.unwrap());
}

async fn one_of_many_wins_an_id(storage: &Storage) {
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..16 {
        let storage = storage.clone();
        attempts.spawn(async move {
            let contender = Client {
                name: number.to_string(),
                ..client("contested")
            };
            storage.create_client(&contender, None).await.unwrap()
        });
    }
    let outcomes = attempts.join_all().await;
    let created = outcomes
        .iter()
        .filter(|it| **it == Creation::Created)
        .count();
    assert_eq!(created, 1, "{outcomes:?}");
    assert!(storage.delete_client("contested").await.unwrap());
}

async fn an_update_replaces(storage: &Storage) {
    let bare = Client {
        id: "changing".into(),
        ..Client::default()
    };
    assert!(
        !storage
            .update_client(&bare, SecretChange::Keep)
            .await
            .unwrap()
    );
    storage
        .create_client(&client("changing"), Some("first"))
        .await
        .unwrap();

    for (change, hash) in [
        (SecretChange::Keep, Some("first")),
        (SecretChange::Replace("second"), Some("second")),
        (SecretChange::Remove, None),
        (SecretChange::Keep, None),
    ] {
        // Twice: an update that changes nothing has still found its client.
        for _ in 0..2 {
            assert!(storage.update_client(&bare, change).await.unwrap());
        }
        let stored = storage.client("changing").await.unwrap().unwrap();
        assert_eq!(stored.client, bare);
        assert_eq!(stored.secret_hash.as_ref().map(|it| it.expose()), hash);
    }
    assert!(storage.delete_client("changing").await.unwrap());
}

async fn tokens_come_back_and_go_when_revoked(storage: &Storage) {
    storage.create_client(&client("app"), None).await.unwrap();
    for signature in ["sig", "Sig", "SIG"] {
        assert!(
            storage
                .add_access_token(&token(signature, "app", "日本語 o'brien"))
                .await
                .unwrap()
        );
    }
    for signature in ["sig", "Sig", "SIG"] {
        let stored = storage.access_token(signature).await.unwrap().unwrap();
        assert_eq!(stored.token, token(signature, "app", "日本語 o'brien"));
    }
    assert_eq!(storage.access_token("absent").await.unwrap(), None);

    storage.revoke_access_token("Sig").await.unwrap();
    storage.revoke_access_token("nothing").await.unwrap();
    assert_eq!(storage.access_token("Sig").await.unwrap(), None);
    assert!(storage.access_token("sig").await.unwrap().is_some());
    assert!(storage.delete_client("app").await.unwrap());
}

async fn tokens_go_with_their_client(storage: &Storage) {
    storage
        .create_client(&client("leaving"), None)
        .await
        .unwrap();
    assert!(
        storage
            .add_access_token(&token("leaving", "leaving", "leaving"))
            .await
            .unwrap()
    );
    assert!(storage.delete_client("leaving").await.unwrap());
    assert_eq!(storage.access_token("leaving").await.unwrap(), None);
    assert!(
        !storage
            .add_access_token(&token("late", "leaving", "leaving"))
            .await
            .unwrap()
    );
    assert_eq!(storage.access_token("late").await.unwrap(), None);
}

async fn expired_tokens_go_a_few_at_a_time(storage: &Storage) {
    storage
        .create_client(&client("expiring"), None)
        .await
        .unwrap();
    for (number, expires_at) in [10, 20, 30, 40].into_iter().enumerate() {
        let mut token = token(&format!("expires {number}"), "expiring", "expiring");
        token.expires_at = UnixTime(expires_at);
        assert!(storage.add_access_token(&token).await.unwrap());
    }
    // What expires at the deadline is not expired before it; the oldest go first.
    for (purged, left) in [(2, 2), (1, 1), (0, 1)] {
        let deadline = UnixTime(40);
        assert_eq!(storage.purge(deadline, 2).await.unwrap(), purged);
        let mut kept = 0;
        for number in 0..4 {
            let token = storage.access_token(&format!("expires {number}")).await;
            kept += usize::from(token.unwrap().is_some());
        }
        assert_eq!(kept, left);
    }
    assert!(storage.access_token("expires 3").await.unwrap().is_some());
    assert!(storage.delete_client("expiring").await.unwrap());
}

async fn the_first_property_stays(storage: &Storage) {
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..4 {
        let storage = storage.clone();
        attempts.spawn(async move {
            storage
                .property_or_set("name", &number.to_string())
                .await
                .unwrap()
        });
    }
    let values: BTreeSet<String> = attempts.join_all().await.into_iter().collect();
    assert_eq!(values.len(), 1, "{values:?}");
}

#[tokio::test]
async fn sqlite_in_memory_conforms() {
    suite(&Storage::open(&DatabaseUrl::Memory).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_a_file_conforms_and_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("hydra.db"));
    let storage = Storage::open(&url).await.unwrap();
    suite(&storage).await;
    storage.create_client(&client("kept"), None).await.unwrap();
    storage.close().await;

    let storage = Storage::open(&url).await.unwrap();
    assert_eq!(storage.pending_migrations().await.unwrap(), 0);
    assert_eq!(storage.clients().await.unwrap(), [client("kept")]);
}

#[tokio::test]
async fn a_sqlite_file_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("no/such/folder/hydra.db"));
    assert!(Storage::open(&url).await.is_err());
}

/// Runs the suite on the server that the variable names, in a database that exists for that alone.
async fn conforms_if_set(variable: &str) {
    let Ok(server) = std::env::var(variable) else {
        eprintln!("{variable} is not set: untested");
        return;
    };
    let administration = Storage::open(&DatabaseUrl::parse(&server).unwrap())
        .await
        .unwrap();
    let name = format!("hydra_{}", uuid::Uuid::new_v4().simple());
    administer(&administration, format!("CREATE DATABASE {name}")).await;

    let mut url = ::url::Url::parse(&server).unwrap();
    url.set_path(&name);
    let storage = Storage::open(&DatabaseUrl::parse(url.as_str()).unwrap())
        .await
        .unwrap();
    suite(&storage).await;
    storage.close().await;

    administer(&administration, format!("DROP DATABASE {name}")).await;
    administration.close().await;
}

/// Says something to a server that is not about what we store in it.
async fn administer(storage: &Storage, statement: String) {
    sql::on_pool!(storage, pool => {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(pool).await.unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_conforms() {
    conforms_if_set("HYDRA_TEST_POSTGRES_URL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_conforms() {
    conforms_if_set("HYDRA_TEST_MYSQL_URL").await;
}
