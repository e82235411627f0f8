use serde_json::json;

use super::*;
use crate::crypto::jwk::{self, Kind};
use crate::crypto::random::SystemRng;
use crate::domain::secret::Secret;
use crate::flows::tests::services;
use crate::storage::{DatabaseUrl, Storage};

const SECRET: &str = "a-system-secret-of-some-length";

fn keys_for(algorithm: Algorithm) -> SigningKeys {
    let secret = SystemSecret::new(&Secret::new(SECRET)).unwrap();
    SigningKeys::new(&secret, algorithm).unwrap()
}

/// Claims that hold for a minute.
fn claims(services: &Services) -> Map<String, Value> {
    let now = services.clock.now().0;
    let claims = json!({
        "iss": services.issuer, "sub": "peter", "aud": "app", "iat": now, "exp": now + 60,
    });
    claims.as_object().unwrap().clone()
}

fn kid(token: &Secret) -> String {
    Unverified::read(token.expose()).unwrap().kid
}

async fn published(services: &Services) -> Vec<String> {
    let keys = public_keys(services).await.unwrap();
    keys.into_iter().filter_map(|key| key.kid).collect()
}

async fn rotate(services: &Services) -> String {
    let pair = json_web_keys::create(services, ID_TOKEN_SET, "RS256", None)
        .await
        .unwrap();
    public_name(pair[0].kid.as_deref().unwrap()).to_owned()
}

#[tokio::test]
async fn what_is_signed_is_recognised_and_names_a_published_key() {
    let (services, _) = services().await;
    let claims = claims(&services);
    let token = sign(&services, &claims).await.unwrap();
    let read = verify_own(&services, token.expose(), false).await.unwrap();
    assert_eq!(read, Some(claims));
    assert_eq!(published(&services).await, [kid(&token)]);
    let keys = public_keys(&services).await.unwrap();
    assert_eq!(jwk::thumbprint(&keys[0]), Some(kid(&token)));
    assert!(!keys[0].is_private());
}

#[tokio::test]
async fn many_at_once_make_one_key() {
    let (services, _) = services().await;
    let services = Arc::new(services);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let services = Arc::clone(&services);
        all.spawn(async move { kid(&sign(&services, &claims(&services)).await.unwrap()) });
    }
    let kids = all.join_all().await;
    assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
    assert_eq!(published(&services).await, [kids[0].clone()]);
}

#[tokio::test]
async fn an_expired_token_is_a_hint_and_nothing_more() {
    let (services, clock) = services().await;
    let token = sign(&services, &claims(&services)).await.unwrap();
    clock.advance(Duration::from_secs(59));
    let good = async |allow_expired| {
        verify_own(&services, token.expose(), allow_expired)
            .await
            .unwrap()
            .is_some()
    };
    assert!(good(false).await);
    clock.advance(Duration::from_secs(1));
    assert!(!good(false).await);
    assert!(good(true).await);
}

/// RFC 7519 section 4.1, OpenID Connect Core 1.0 section 2.
#[tokio::test]
async fn claims_that_do_not_hold_are_refused_though_the_signature_is_right() {
    let (services, _) = services().await;
    let now = services.clock.now().0;
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!("https://localhost/")),
        ("iss", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("aud", json!("")),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("exp", Value::Null),
        ("exp", json!("4102444800")),
        ("exp", json!(1.5e9)),
        ("iat", Value::Null),
        ("iat", json!(now + 61)),
        ("nbf", json!(now + 61)),
        ("nbf", json!("now")),
    ] {
        let mut claims = claims(&services);
        claims.insert(claim.to_owned(), value.clone());
        let token = sign(&services, &claims).await.unwrap();
        for allow_expired in [false, true] {
            let read = verify_own(&services, token.expose(), allow_expired).await;
            assert_eq!(read.unwrap(), None, "{claim}: {value}");
        }
    }
    for (claim, value) in [
        ("aud", json!(["app", "other"])),
        ("iat", json!(now + 60)),
        ("nbf", json!(now + 60)),
    ] {
        let mut claims = claims(&services);
        claims.insert(claim.to_owned(), value);
        let token = sign(&services, &claims).await.unwrap();
        let read = verify_own(&services, token.expose(), false).await.unwrap();
        assert!(read.is_some(), "{claim}");
    }
}

/// RFC 8725 section 3.10: the `kid` is data from a stranger.
#[tokio::test]
async fn a_foreign_or_crafted_kid_is_refused() {
    let (services, _) = services().await;
    sign(&services, &claims(&services)).await.unwrap();
    let other = jwk::generate(Kind::Rs256, &SystemRng).unwrap();
    let ours = published(&services).await.remove(0);
    let private = format!("private:{ours}");
    let public = format!("public:{ours}");
    for kid in [
        "foreign",
        "",
        "../../etc/passwd",
        "' OR 1=1 --",
        "\0",
        &ours,
        &private,
        &public,
    ] {
        let signer = Signer::new(&other, kid).unwrap();
        let token = signer.sign(&claims(&services)).unwrap();
        let read = verify_own(&services, token.expose(), true).await.unwrap();
        assert_eq!(read, None, "{kid:?}");
    }
}

/// OpenID Connect Core 1.0 section 10.1.1.
#[tokio::test]
async fn a_new_key_signs_at_once_and_the_old_one_verifies_until_it_is_deleted() {
    let (services, _) = services().await;
    let old = sign(&services, &claims(&services)).await.unwrap();
    // Within the same second.
    let second = rotate(&services).await;
    let third = rotate(&services).await;
    let new = sign(&services, &claims(&services)).await.unwrap();
    assert_eq!(kid(&new), third);
    assert_eq!(
        published(&services).await,
        [third.clone(), second, kid(&old)]
    );
    let good = async |token: &Secret| {
        let read = verify_own(&services, token.expose(), false).await;
        read.unwrap().is_some()
    };
    assert!(good(&old).await && good(&new).await);

    // Without its private half a key no longer signs, and still verifies.
    let delete = async |kid: String| {
        let deleted = services.storage.delete_key(ID_TOKEN_SET, &kid).await;
        assert!(deleted.unwrap(), "{kid}");
    };
    delete(format!("private:{}", kid(&old))).await;
    assert!(good(&old).await);
    assert_eq!(published(&services).await.len(), 3);
    delete(format!("public:{}", kid(&old))).await;
    assert!(!good(&old).await && good(&new).await);
    assert_eq!(published(&services).await.len(), 2);
}

#[tokio::test]
async fn another_process_takes_part_in_a_rotation_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("hydra.db"));
    let process = async || {
        let (mut services, _) = services().await;
        services.storage = Storage::open(&url).await.unwrap();
        services.storage.migrate().await.unwrap();
        services
    };
    let (first, second) = (process().await, process().await);
    let old = sign(&first, &claims(&first)).await.unwrap();
    assert_eq!(
        kid(&sign(&second, &claims(&second)).await.unwrap()),
        kid(&old)
    );
    let name = rotate(&first).await;
    let new = sign(&second, &claims(&second)).await.unwrap();
    assert_eq!(kid(&new), name);
    for token in [&old, &new] {
        let read = verify_own(&first, token.expose(), false).await.unwrap();
        assert!(read.is_some());
    }
}

#[tokio::test]
async fn a_key_made_elsewhere_signs_under_its_own_name() {
    let (services, _) = services().await;
    let made = sign(&services, &claims(&services)).await.unwrap();
    let imported = JsonWebKey {
        kid: Some("from-elsewhere".into()),
        ..jwk::generate(Kind::Rs256, &SystemRng).unwrap()
    };
    let for_others = JsonWebKey {
        kid: Some("for-encryption".into()),
        usage: Some("enc".into()),
        alg: None,
        ..jwk::generate(Kind::Rs256, &SystemRng).unwrap()
    };
    let secret = JsonWebKey {
        kid: Some("symmetric".into()),
        ..jwk::generate(Kind::Hs256, &SystemRng).unwrap()
    };
    json_web_keys::put(&services, ID_TOKEN_SET, vec![imported, for_others, secret])
        .await
        .unwrap();
    let token = sign(&services, &claims(&services)).await.unwrap();
    assert_eq!(kid(&token), "from-elsewhere");
    let read = verify_own(&services, token.expose(), false).await.unwrap();
    assert!(read.is_some());
    // Nothing of a symmetric key is published.
    let mut published = published(&services).await;
    published.sort_unstable();
    let mut expected = [kid(&made), "from-elsewhere".into(), "for-encryption".into()];
    expected.sort_unstable();
    assert_eq!(published, expected);
}

/// The pair that Hydra 0.10 made was called `private` and `public`, and its tokens named the latter.
#[tokio::test]
async fn an_imported_pair_of_hydra_is_known_by_its_public_name() {
    let (services, _) = services().await;
    let key = jwk::generate(Kind::Rs256, &SystemRng).unwrap();
    let named = |key: JsonWebKey, kid: &str| JsonWebKey {
        kid: Some(kid.into()),
        ..key
    };
    let pair = vec![
        named(key.public().unwrap(), "public"),
        named(key, "private"),
    ];
    json_web_keys::put(&services, ID_TOKEN_SET, pair)
        .await
        .unwrap();
    let token = sign(&services, &claims(&services)).await.unwrap();
    assert_eq!(kid(&token), "public");
    assert_eq!(published(&services).await, ["public"]);
}

#[tokio::test]
async fn a_set_that_was_deleted_is_made_anew() {
    let (services, _) = services().await;
    let old = sign(&services, &claims(&services)).await.unwrap();
    services.storage.delete_keys(ID_TOKEN_SET).await.unwrap();
    let read = verify_own(&services, old.expose(), false).await.unwrap();
    assert_eq!(read, None);
    let new = sign(&services, &claims(&services)).await.unwrap();
    assert_ne!(kid(&new), kid(&old));
    assert_eq!(published(&services).await, [kid(&new)]);
}

#[tokio::test]
async fn another_algorithm_gets_a_key_of_its_own_and_old_tokens_stay_good() {
    let (mut services, _) = services().await;
    assert_eq!(algorithms(&services), ["RS256"]);
    let old = sign(&services, &claims(&services)).await.unwrap();
    services.signing_keys = keys_for(Algorithm::Es256);
    assert_eq!(algorithms(&services), ["ES256"]);
    let new = sign(&services, &claims(&services)).await.unwrap();
    assert_ne!(kid(&new), kid(&old));
    for token in [&old, &new] {
        let read = verify_own(&services, token.expose(), false).await.unwrap();
        assert!(read.is_some());
    }
    let keys = public_keys(&services).await.unwrap();
    let algorithms: Vec<_> = keys.iter().filter_map(|key| key.alg.as_deref()).collect();
    assert_eq!(algorithms, ["ES256", "RS256"]);
}

/// Who writes to the database cannot bring in a key, nor put one in another's place.
#[tokio::test]
async fn a_key_that_was_put_there_by_other_means_does_not_open() {
    let (services, _) = services().await;
    sign(&services, &claims(&services)).await.unwrap();
    let sealed = services.storage.keys(ID_TOKEN_SET).await.unwrap();
    let moved = SealedKey {
        kid: "private:moved".into(),
        ..sealed[0].clone()
    };
    let now = UnixTime(0);
    let storage = &services.storage;
    storage.put_keys(ID_TOKEN_SET, &[moved], now).await.unwrap();
    let result = sign(&services, &claims(&services)).await;
    assert!(matches!(result, Err(Fault::Unreadable(_))), "{result:?}");
}

#[tokio::test]
async fn nothing_prints_a_key() {
    let (services, _) = services().await;
    sign(&services, &claims(&services)).await.unwrap();
    let keys = json_web_keys::all(&services, ID_TOKEN_SET).await.unwrap();
    let printed = format!("{services:?} {keys:?} {:?}", super::keys(&services).await);
    for key in &keys {
        let secrets = [&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qi];
        for secret in secrets.into_iter().flatten() {
            assert!(!printed.contains(secret.as_str()));
        }
    }
}
