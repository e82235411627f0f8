//! The refresh token grant.

use std::time::Duration;

use hydra_server::flows::Lifespans;
use hydra_server::host::Config;
use serde_json::json;

use crate::granted::{GrantedServer, Tokens};
use crate::server::{answer, assert_oauth2_error, config};

const GRANT: (&str, &str) = ("grant_type", "refresh_token");
const DAY: u64 = 24 * 60 * 60;

fn with(lifespans: Lifespans) -> Config {
    Config {
        lifespans,
        ..config()
    }
}

fn with_grace(seconds: u64) -> Config {
    with(Lifespans {
        refresh_token_grace: Duration::from_secs(seconds),
        ..Lifespans::default()
    })
}

/// RFC 9700 section 4.14.2: rotation, for public and confidential clients alike.
#[tokio::test]
async fn each_use_gives_a_new_pair_and_ends_the_old_one() {
    let it = GrantedServer::start().await;
    for client in ["app", "spa"] {
        let first = it.tokens(client, "openid offline photos.read").await;
        let given = it.refresh(client, &first.refresh).await;
        assert_eq!(given.header("cache-control"), "no-store");
        let second = Tokens::of(&given);
        assert_eq!(second.scope, "openid offline photos.read");
        assert_ne!(second.refresh, first.refresh);
        assert!(!it.is_active(&first.access).await);
        assert!(!it.is_active(&first.refresh).await);
        assert!(it.is_active(&second.access).await);
        assert!(it.is_active(&second.refresh).await);
        let told = it.server.introspect(&second.access).await;
        assert_eq!(told["sub"], "user:12345:dandean");
        assert_eq!(told["ext"], json!({"role": "admin"}));
        let third = Tokens::of(&it.refresh(client, &second.refresh).await);
        assert!(it.is_active(&third.access).await);
    }
}

/// RFC 9700 section 4.14.2: nobody can tell the thief from the owner, so both lose.
#[tokio::test]
async fn using_a_token_again_ends_the_family() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    let bystander = it.tokens("app", "offline").await;
    let second = Tokens::of(&it.refresh("app", &first.refresh).await);
    let third = Tokens::of(&it.refresh("app", &second.refresh).await);
    assert!(it.is_active(&third.access).await);

    // Two generations old; it was used all the same.
    let refused = it.refresh("app", &first.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    assert!(!it.is_active(&third.access).await);
    for token in [&third.refresh, &second.refresh, &first.refresh] {
        let refused = it.refresh("app", token).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
    assert!(it.is_active(&bystander.access).await);
}

/// CVE-2026-1035: check and use are one step. One of many wins; the others have used the token again.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_once_one_refreshes_and_then_the_family_is_dead() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let fields = [GRANT, ("refresh_token", first.refresh.as_str())];
        attempts.spawn(answer(it.ask("app", &fields)));
    }
    let mut winners = Vec::new();
    for given in attempts.join_all().await {
        if given.status == 200 {
            winners.push(Tokens::of(&given));
        } else {
            assert_oauth2_error(&given, 400, "invalid_grant");
        }
    }
    assert_eq!(winners.len(), 1);
    assert!(!it.is_active(&winners[0].access).await);
    let refused = it.refresh("app", &winners[0].refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_grace_all_fifty_refresh() {
    let it = GrantedServer::with(with_grace(10)).await;
    let first = it.tokens("app", "offline").await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let fields = [GRANT, ("refresh_token", first.refresh.as_str())];
        attempts.spawn(answer(it.ask("app", &fields)));
    }
    let pairs: Vec<Tokens> = attempts.join_all().await.iter().map(Tokens::of).collect();
    // Whichever answer the client kept works.
    for pair in &pairs {
        assert!(it.is_active(&pair.access).await);
    }
    Tokens::of(&it.refresh("app", &pairs[7].refresh).await);
    Tokens::of(&it.refresh("app", &pairs[31].refresh).await);
}

#[tokio::test]
async fn the_grace_begins_with_the_first_use_and_then_reuse_ends_the_family() {
    let it = GrantedServer::with(with_grace(10)).await;
    let first = it.tokens("app", "offline").await;
    // Not used yet, so nothing has begun.
    it.server.pass(100);
    let second = Tokens::of(&it.refresh("app", &first.refresh).await);
    it.server.pass(5);
    let again = Tokens::of(&it.refresh("app", &first.refresh).await);
    it.server.pass(4);
    Tokens::of(&it.refresh("app", &first.refresh).await);
    // The second use did not begin it anew.
    it.server.pass(1);
    let refused = it.refresh("app", &first.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    for pair in [&second, &again] {
        assert!(!it.is_active(&pair.access).await);
        let refused = it.refresh("app", &pair.refresh).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
}

/// RFC 6749 section 6.
#[tokio::test]
async fn less_may_be_asked_for_and_never_more() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "openid offline photos.read").await;
    let with = |token: &str, scope: &str| {
        it.ask("app", &[GRANT, ("refresh_token", token), ("scope", scope)])
    };
    for wider in ["photos.write", "openid profile", "photos.*", "a\"b"] {
        let refused = answer(with(&first.refresh, wider)).await;
        assert_oauth2_error(&refused, 400, "invalid_scope");
    }
    // A mistake costs nothing.
    let narrow = Tokens::of(&answer(with(&first.refresh, "photos.read")).await);
    assert_eq!(narrow.scope, "photos.read");
    assert_eq!(narrow.id, "");
    let told = it.server.introspect(&narrow.access).await;
    assert_eq!(told["scope"], "photos.read");
    // "the refresh token scope MUST be identical to that of the refresh token included by the client".
    let wide = Tokens::of(&it.refresh("app", &narrow.refresh).await);
    assert_eq!(wide.scope, "openid offline photos.read");
}

/// RFC 6749 section 6, CVE-2026-55672: bound to the client, and a thief does the owner no harm.
#[tokio::test]
async fn another_clients_token_is_refused_and_stays_good() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    for thief in ["other", "spa"] {
        let refused = it.refresh(thief, &first.refresh).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
    let second = Tokens::of(&it.refresh("app", &first.refresh).await);
    for thief in ["other", "spa"] {
        let refused = it.refresh(thief, &first.refresh).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
    assert!(it.is_active(&second.access).await);
}

/// RFC 6749 section 6: "The authorization server MUST […] require client authentication for confidential
/// clients".
#[tokio::test]
async fn a_confidential_client_must_authenticate() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    for secret in [None, Some("wrong-secret")] {
        let mut fields = vec![
            GRANT,
            ("refresh_token", first.refresh.as_str()),
            ("client_id", "app"),
        ];
        fields.extend(secret.map(|secret| ("client_secret", secret)));
        let refused = answer(it.server.post("/oauth2/token").form(&fields)).await;
        assert_oauth2_error(&refused, 401, "invalid_client");
    }
    Tokens::of(&it.refresh("app", &first.refresh).await);
}

#[tokio::test]
async fn a_client_that_may_not_refresh_any_more_is_told_so_and_loses_nothing() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    it.update_client(
        &json!({"id": "app", "scope": "offline", "grant_types": ["authorization_code"]}),
    )
    .await;
    let refused = it.refresh("app", &first.refresh).await;
    assert_oauth2_error(&refused, 400, "unauthorized_client");
    it.update_client(&json!({"id": "app", "scope": "offline", "grant_types": ["refresh_token"]}))
        .await;
    Tokens::of(&it.refresh("app", &first.refresh).await);
}

/// A client whose allowed scopes shrank must not keep, by refreshing, what it may not ask for any more.
#[tokio::test]
async fn a_client_that_lost_a_scope_loses_the_grant() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline photos.read").await;
    let grants = json!(["authorization_code", "refresh_token"]);
    it.update_client(&json!({"id": "app", "scope": "offline", "grant_types": grants}))
        .await;
    let refused = it.refresh("app", &first.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    assert!(!it.is_active(&first.access).await);
    it.update_client(&json!({"id": "app", "scope": "offline photos.*", "grant_types": grants}))
        .await;
    let refused = it.refresh("app", &first.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
}

/// CVE-2022-3916; and it is `invalid_grant` that tells a client to begin again, not `invalid_request`.
#[tokio::test]
async fn revoked_stays_revoked() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    let request = it
        .server
        .post("/oauth2/revoke")
        .basic_auth("app", Some("app-secret"))
        .form(&[("token", &first.refresh)]);
    assert_eq!(answer(request).await.status, 200);
    for _ in 0..2 {
        let refused = it.refresh("app", &first.refresh).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
    for garbage in ["x", "a.b", first.access.as_str()] {
        let refused = it.refresh("app", garbage).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
    let refused = answer(it.ask("app", &[GRANT])).await;
    assert_oauth2_error(&refused, 400, "invalid_request");
}

/// RFC 9700 section 4.14.2: refresh tokens that nobody uses expire.
#[tokio::test]
async fn a_token_that_is_not_used_expires_and_each_use_begins_anew() {
    let it = GrantedServer::start().await;
    let mut tokens = it.tokens("app", "offline").await;
    for _ in 0..3 {
        it.server.pass(20 * DAY);
        tokens = Tokens::of(&it.refresh("app", &tokens.refresh).await);
    }
    it.server.pass(30 * DAY);
    assert!(!it.is_active(&tokens.refresh).await);
    let refused = it.refresh("app", &tokens.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
}

#[tokio::test]
async fn a_token_lives_for_ever_where_the_operator_says_so() {
    let it = GrantedServer::with(with(Lifespans {
        refresh_token: None,
        ..Lifespans::default()
    }))
    .await;
    let tokens = it.tokens("app", "offline").await;
    it.server.pass(10_000 * DAY);
    let request = it
        .server
        .post("/oauth2/introspect")
        .basic_auth("admin", Some("admin-password"))
        .form(&[
            ("token", tokens.refresh.as_str()),
            ("token_type_hint", "refresh_token"),
        ]);
    let told = answer(request).await.json();
    assert_eq!(told["active"], true);
    assert!(told.get("exp").is_none(), "{told}");
    Tokens::of(&it.refresh("app", &tokens.refresh).await);
}

/// CVE-2026-9802: what was used is used, whichever process is asked, one started later included.
#[tokio::test]
async fn what_was_used_is_known_to_every_process() {
    let mut it = GrantedServer::start().await;
    let first = it.tokens("app", "offline").await;
    let second = Tokens::of(&it.refresh("app", &first.refresh).await);
    it.replace_server(2).await;
    let third = Tokens::of(&it.refresh("app", &second.refresh).await);
    let refused = it.refresh("app", &first.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    it.replace_server(3).await;
    assert!(!it.is_active(&third.access).await);
    let refused = it.refresh("app", &third.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
}
