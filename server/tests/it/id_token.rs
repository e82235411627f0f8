//! ID tokens, verified as a relying party does: by an independent library and the published keys.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hydra_server::domain::grant::{CodeBinding, Grant};
use hydra_server::flows::Lifespans;
use hydra_server::host::Config;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::granted::{GrantedServer, Tokens};
use crate::server::{NOW, TestServer, answer, config};

/// The claims, if the token is signed with the key that its header names.
pub(crate) async fn verified(server: &TestServer, token: &str) -> Value {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    assert_eq!(header.typ.as_deref(), Some("JWT"));
    let set = answer(server.get("/.well-known/jwks.json")).await.text;
    let set: JwkSet = serde_json::from_str(&set).unwrap();
    let key = set.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    // The test's clock is not the machine's.
    validation.validate_exp = false;
    validation.set_audience(&["app"]);
    validation.set_issuer(&["https://localhost:9000"]);
    validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &validation)
        .unwrap()
        .claims
}

pub(crate) fn half_hash(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

/// OpenID Connect Core 1.0 section 2, section 15.1 (RS256), section 3.1.3.6 (at_hash).
#[tokio::test]
async fn an_id_token_says_who_when_and_for_whom() {
    let it = GrantedServer::start().await;
    let tokens = it.tokens("app", "openid").await;
    assert_eq!(
        verified(&it.server, &tokens.id).await,
        json!({
            "iss": "https://localhost:9000",
            "sub": "user:12345:dandean",
            "aud": "app",
            "exp": NOW.0 + 3600,
            "iat": NOW.0,
            "auth_time": NOW.0 - 30,
            "nonce": "nonce of dan",
            "at_hash": half_hash(&tokens.access),
            // What the consent application added; it could forge neither `sub` nor `iss`.
            "name": "Dan Dean",
        })
    );
}

/// OpenID Connect Core 1.0 section 3.1.2.1: the nonce is the client's; section 2: `auth_time` is the login.
#[tokio::test]
async fn neither_nonce_nor_auth_time_is_made_up() {
    let it = GrantedServer::start().await;
    let grant = Grant {
        nonce: None,
        auth_time: None,
        id_token_extra: None,
        ..GrantedServer::grant("app", "openid")
    };
    let code = it.code_for(&grant, CodeBinding::default()).await;
    let tokens = Tokens::of(&it.redeem("app", &code).await);
    let claims = verified(&it.server, &tokens.id).await;
    let mut members: Vec<&String> = claims.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["at_hash", "aud", "exp", "iat", "iss", "sub"]);
}

/// OpenID Connect Core 1.0 section 12.2.
#[tokio::test]
async fn a_refreshed_id_token_is_about_the_same_login() {
    let it = GrantedServer::start().await;
    let first = it.tokens("app", "openid offline").await;
    it.server.pass(100);
    let second = Tokens::of(&it.refresh("app", &first.refresh).await);
    let before = verified(&it.server, &first.id).await;
    let after = verified(&it.server, &second.id).await;
    for claim in ["iss", "sub", "aud", "auth_time", "name"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert_eq!(after["iat"], NOW.0 + 100);
    assert_eq!(after["exp"], NOW.0 + 3700);
    assert_eq!(after["at_hash"], half_hash(&second.access));
    // "it SHOULD NOT have a nonce Claim".
    assert!(after.get("nonce").is_none());
}

#[tokio::test]
async fn the_lifespan_is_the_operators() {
    let it = GrantedServer::with(Config {
        lifespans: Lifespans {
            id_token: Duration::from_secs(7),
            ..Lifespans::default()
        },
        ..config()
    })
    .await;
    let tokens = it.tokens("app", "openid").await;
    assert_eq!(verified(&it.server, &tokens.id).await["exp"], NOW.0 + 7);
}
