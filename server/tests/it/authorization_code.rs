//! The authorization code grant.

use std::collections::HashSet;

use hydra_server::crypto::random::SystemRng;
use hydra_server::crypto::system_secret::SystemSecret;
use hydra_server::crypto::token::TokenSigner;
use hydra_server::domain::grant::CodeBinding;
use hydra_server::domain::pkce::CodeChallenge;
use hydra_server::domain::secret::Secret;
use serde_json::json;

use crate::granted::{CODE_LIFESPAN, GrantedServer, Tokens};
use crate::server::{answer, assert_oauth2_error};

const GRANT: (&str, &str) = ("grant_type", "authorization_code");
const REDIRECT_URI: &str = "https://app.example.com/callback?a=b%20c";
// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn a_code_becomes_what_was_granted() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "openid offline photos.read").await;
    let given = it.redeem("app", &code).await;
    assert_eq!(given.status, 200, "{given:?}");
    // RFC 6749 section 5.1.
    assert_eq!(given.header("cache-control"), "no-store");
    assert_eq!(given.header("pragma"), "no-cache");
    let body = given.json();
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "access_token",
            "expires_in",
            "id_token",
            "refresh_token",
            "scope",
            "token_type"
        ]
    );
    assert_eq!(body["scope"], "openid offline photos.read");
    assert_eq!(body["token_type"], "bearer");
    let told = it
        .server
        .introspect(body["access_token"].as_str().unwrap())
        .await;
    assert_eq!(
        told,
        json!({
            "active": true,
            "scope": "openid offline photos.read",
            "client_id": "app",
            "sub": "user:12345:dandean",
            "exp": crate::server::NOW.0 + 3600,
            "iat": crate::server::NOW.0,
            "iss": "https://localhost:9000",
            "token_type": "bearer",
            "ext": {"role": "admin"},
        })
    );
}

/// A refresh token for `offline`, as Hydra calls it, and for `offline_access` (OpenID Connect Core 1.0
/// section 11); an ID token for `openid` (section 3.1.3.3).
#[tokio::test]
async fn only_what_was_consented_to_comes_along() {
    let it = GrantedServer::start().await;
    for (scope, refresh, id) in [
        ("photos.read", false, false),
        ("openid", false, true),
        ("offline", true, false),
        ("offline_access", true, false),
        ("openid offline", true, true),
        ("", false, false),
    ] {
        let tokens = it.tokens("app", scope).await;
        assert_eq!(tokens.scope, scope);
        assert_eq!(!tokens.refresh.is_empty(), refresh, "{scope}");
        assert_eq!(!tokens.id.is_empty(), id, "{scope}");
    }
    it.create_client(&json!({
        "id": "brief", "client_secret": "brief-secret", "scope": "offline",
        "grant_types": ["authorization_code"],
    }))
    .await;
    assert_eq!(it.tokens("brief", "offline").await.refresh, "");
}

/// RFC 6749 section 4.1.2: "If an authorization code is used more than once, the authorization server MUST
/// deny the request and SHOULD revoke […] all tokens previously issued".
#[tokio::test]
async fn a_code_shown_twice_ends_what_was_issued_for_it() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "openid offline").await;
    let first = Tokens::of(&it.redeem("app", &code).await);
    let second = Tokens::of(&it.refresh("app", &first.refresh).await);
    assert!(it.is_active(&second.access).await);

    assert_oauth2_error(&it.redeem("app", &code).await, 400, "invalid_grant");
    for token in [
        &first.access,
        &first.refresh,
        &second.access,
        &second.refresh,
    ] {
        assert!(!it.is_active(token).await);
    }
    let refused = it.refresh("app", &second.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    assert_oauth2_error(&it.redeem("app", &code).await, 400, "invalid_grant");
}

/// One of many wins, also on two connections to one database; then the others have shown the code twice.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_once_one_redeems_a_code() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "offline").await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..50 {
        attempts.spawn(answer(it.ask("app", &[GRANT, ("code", &code)])));
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
    assert!(!it.is_active(&winners[0].refresh).await);
}

/// RFC 6749 section 4.1.2: "The authorization code MUST expire shortly after it is issued".
#[tokio::test]
async fn a_code_expires() {
    let it = GrantedServer::start().await;
    let timely = it.code("app", "").await;
    let late = it.code("app", "").await;
    it.server.pass(CODE_LIFESPAN - 1);
    Tokens::of(&it.redeem("app", &timely).await);
    it.server.pass(1);
    assert_oauth2_error(&it.redeem("app", &late).await, 400, "invalid_grant");
}

/// CVE-2026-55672; RFC 6749 section 4.1.3: "ensure that the authorization code was issued to the
/// authenticated confidential client".
#[tokio::test]
async fn another_clients_code_is_refused_and_stays_good() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "offline").await;
    for thief in ["other", "spa"] {
        assert_oauth2_error(&it.redeem(thief, &code).await, 400, "invalid_grant");
    }
    let tokens = Tokens::of(&it.redeem("app", &code).await);
    // A used one does its owner no harm either.
    for thief in ["other", "spa"] {
        assert_oauth2_error(&it.redeem(thief, &code).await, 400, "invalid_grant");
    }
    assert!(it.is_active(&tokens.access).await);
    assert!(it.is_active(&tokens.refresh).await);
}

/// CVE-2026-4282: what is one thing is never taken for another.
#[tokio::test]
async fn a_code_is_no_token_and_a_token_no_code() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "offline").await;
    let code = it.code("app", "offline").await;
    for token in [&tokens.access, &tokens.refresh] {
        assert_oauth2_error(&it.redeem("app", token).await, 400, "invalid_grant");
    }
    for token in [&tokens.access, &code] {
        assert_oauth2_error(&it.refresh("app", token).await, 400, "invalid_grant");
    }
    for token in [&code, &tokens.refresh] {
        let request = it.server.get("/userinfo").bearer_auth(token);
        assert_oauth2_error(&answer(request).await, 401, "invalid_token");
    }
    assert_eq!(it.server.introspect(&code).await, json!({"active": false}));
    assert!(it.is_active(&tokens.refresh).await);
    Tokens::of(&it.redeem("app", &code).await);
}

#[tokio::test]
async fn what_is_no_code_is_refused() {
    let it = GrantedServer::start().await;
    let foreign = SystemSecret::new(&Secret::new("another-system-secret")).unwrap();
    let foreign = TokenSigner::new(&foreign, "authorization code")
        .mint(&SystemRng)
        .unwrap();
    for code in ["x", ".", "a.b", foreign.token.expose()] {
        assert_oauth2_error(&it.redeem("app", code).await, 400, "invalid_grant");
    }
    for fields in [&[GRANT][..], &[GRANT, ("code", "")]] {
        let refused = answer(it.ask("app", fields)).await;
        assert_oauth2_error(&refused, 400, "invalid_request");
    }
}

/// RFC 6749 section 4.1.3: what the authorization request named must be named again.
#[tokio::test]
async fn the_redirect_uri_must_be_the_one_the_code_was_sent_to() {
    let it = GrantedServer::start().await;
    let bound = || CodeBinding {
        redirect_uri: Some(REDIRECT_URI.to_owned()),
        challenge: None,
    };
    let code = it.code_for(&GrantedServer::grant("app", ""), bound()).await;
    let with = |redirect_uri: &str| {
        let mut fields = vec![GRANT, ("code", code.as_str())];
        if !redirect_uri.is_empty() {
            fields.push(("redirect_uri", redirect_uri));
        }
        it.ask("app", &fields)
    };
    for wrong in [
        "",
        "https://app.example.com/callback",
        "https://app.example.com/callback?a=b c",
        "HTTPS://app.example.com/callback?a=b%20c",
        "https://app.example.com/callback?a=b%20c&d",
    ] {
        let refused = answer(with(wrong)).await;
        assert_oauth2_error(&refused, 400, "invalid_grant");
    }
    // A mistake costs nothing.
    Tokens::of(&answer(with(REDIRECT_URI)).await);
}

/// RFC 7636 section 4.6; CVE-2023-48228, CVE-2024-23647, CVE-2024-22258: for confidential clients as well.
#[tokio::test]
async fn a_challenge_wants_its_verifier() {
    let it = GrantedServer::start().await;
    for client in ["app", "spa"] {
        let binding = CodeBinding {
            redirect_uri: None,
            challenge: Some(CodeChallenge::parse(CHALLENGE, Some("S256"), false).unwrap()),
        };
        let code = it
            .code_for(&GrantedServer::grant(client, ""), binding)
            .await;
        let with = |verifier: &str| {
            let fields = [GRANT, ("code", code.as_str()), ("code_verifier", verifier)];
            it.ask(client, &fields)
        };
        for wrong in [
            "",
            CHALLENGE,
            &VERIFIER[1..],
            &VERIFIER.to_lowercase(),
            &"a".repeat(42),
            &"a".repeat(129),
            &format!("{VERIFIER}!"),
        ] {
            let refused = answer(with(wrong)).await;
            assert_oauth2_error(&refused, 400, "invalid_grant");
        }
        assert_oauth2_error(&it.redeem(client, &code).await, 400, "invalid_grant");
        Tokens::of(&answer(with(VERIFIER)).await);
    }
}

/// CVE-2025-4144; RFC 9700 section 4.8.2: a challenge may have been taken out of the request on its way.
#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "").await;
    let fields = [GRANT, ("code", code.as_str()), ("code_verifier", VERIFIER)];
    let refused = answer(it.ask("app", &fields)).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    Tokens::of(&it.redeem("app", &code).await);
}

/// RFC 6749 section 3.2.1.
#[tokio::test]
async fn a_confidential_client_must_authenticate() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "offline").await;
    for fields in [
        &[GRANT, ("code", code.as_str()), ("client_id", "app")][..],
        &[
            GRANT,
            ("code", code.as_str()),
            ("client_id", "app"),
            ("client_secret", "wrong-secret"),
        ],
        &[GRANT, ("code", code.as_str())],
    ] {
        let refused = answer(it.server.post("/oauth2/token").form(fields)).await;
        assert_oauth2_error(&refused, 401, "invalid_client");
    }
    Tokens::of(&it.redeem("app", &code).await);
}

/// RFC 6749 section 5.2: `unauthorized_client`.
#[tokio::test]
async fn the_grant_is_for_clients_registered_for_it() {
    let it = GrantedServer::start().await;
    it.create_client(&json!({
        "id": "machine", "client_secret": "machine-secret", "grant_types": ["client_credentials"],
    }))
    .await;
    let code = it.code("machine", "").await;
    let refused = it.redeem("machine", &code).await;
    assert_oauth2_error(&refused, 400, "unauthorized_client");
}

/// What was allowed when the person consented may not be any more.
#[tokio::test]
async fn a_client_that_lost_a_scope_gets_nothing() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "openid photos.read").await;
    it.update_client(&json!({"id": "app", "scope": "openid"}))
        .await;
    assert_oauth2_error(&it.redeem("app", &code).await, 400, "invalid_grant");
    it.update_client(&json!({"id": "app", "scope": "openid photos.*"}))
        .await;
    assert_oauth2_error(&it.redeem("app", &code).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_deleted_clients_codes_and_tokens_are_gone() {
    let it = GrantedServer::start().await;
    let code = it.code("app", "offline").await;
    let tokens = it.tokens("app", "offline").await;
    let admin = it.server.admin_token("hydra.clients").await;
    let delete = it.server.request(reqwest::Method::DELETE, "/clients/app");
    assert_eq!(answer(delete.bearer_auth(admin)).await.status, 204);
    it.create_client(&json!({
        "id": "app", "client_secret": "app-secret", "scope": "offline",
        "grant_types": ["authorization_code", "refresh_token"],
    }))
    .await;
    assert_oauth2_error(&it.redeem("app", &code).await, 400, "invalid_grant");
    let refused = it.refresh("app", &tokens.refresh).await;
    assert_oauth2_error(&refused, 400, "invalid_grant");
    assert!(!it.is_active(&tokens.access).await);
}

/// RFC 6749 section 10.10: 128 bits at least, which never repeat.
#[test]
fn ten_thousand_codes_and_refresh_tokens_are_distinct() {
    let secret = SystemSecret::new(&Secret::new("the-system-secret-of-a-test")).unwrap();
    let mut seen = HashSet::new();
    for kind in ["authorization code", "refresh token"] {
        let signer = TokenSigner::new(&secret, kind);
        for _ in 0..10_000 {
            let token = signer.mint(&SystemRng).unwrap().token;
            // 43 characters of base64url are 256 bits.
            assert_eq!(token.expose().find('.'), Some(43));
            assert!(seen.insert(token.expose().to_owned()));
        }
    }
}
