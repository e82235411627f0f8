//! What an ID token has to be to be believed.

use hydra_sdk::flow::{IdToken, IdTokenError, IdTokenVerifier};
use hydra_sdk::types::{JsonWebKey, JsonWebKeySet};
use serde_json::{Value, json};

use crate::signer::{CLIENT, ISSUER, NOW, Signer, claims, claims_with};

fn verifier() -> IdTokenVerifier {
    IdTokenVerifier::new(ISSUER, CLIENT).nonce("n")
}

/// What becomes of a token with changed claims.
fn verified(changes: &Value) -> Result<IdToken, IdTokenError> {
    let signer = Signer::new("k");
    verifier().verify(&signer.sign(&claims_with(changes)), &signer.set(), NOW)
}

/// The claim that a token with changed claims is refused for.
fn refused(changes: &Value) -> &'static str {
    match verified(changes) {
        Err(IdTokenError::Claim { claim, .. }) => claim,
        other => panic!("{changes}: {other:?}"),
    }
}

#[test]
fn a_good_token_tells_who_signed_in() {
    let token = verified(&json!({})).unwrap();
    assert_eq!(token.subject(), "user:12345:dandean");
    assert_eq!(token.issuer(), ISSUER);
    assert_eq!(token.text("name"), Some("Dan Dean"));
    assert_eq!(token.auth_time(), Some(NOW - 100));
    assert_eq!(token.expires_at(), NOW + 3600);
    let shown = format!("{token:?}");
    assert!(
        !shown.contains("Dan Dean") && !shown.contains(token.raw().expose()),
        "{shown}"
    );
}

/// OpenID Connect Core 1.0 section 3.1.3.7, numbers 2 to 5 and 9 to 11, and section 2.
#[test]
fn each_claim_that_is_not_as_it_has_to_be_is_refused() {
    for (changes, claim) in [
        (json!({"iss": "https://evil.example"}), "iss"),
        (json!({"iss": "https://auth.example/"}), "iss"),
        (json!({"iss": null}), "iss"),
        (json!({"sub": null}), "sub"),
        (json!({"sub": ""}), "sub"),
        (json!({"aud": "other"}), "aud"),
        (json!({"aud": null}), "aud"),
        (json!({"aud": []}), "aud"),
        (json!({"aud": [CLIENT, "other"]}), "azp"),
        (json!({"azp": "other"}), "azp"),
        (json!({"exp": NOW - 60}), "exp"),
        (json!({"exp": null}), "exp"),
        (json!({"exp": "tomorrow"}), "exp"),
        (json!({"exp": -1}), "exp"),
        (json!({"iat": NOW + 61}), "iat"),
        (json!({"iat": null}), "iat"),
        (json!({"nbf": NOW + 61}), "nbf"),
        (json!({"nbf": "now"}), "nbf"),
        (json!({"nonce": "m"}), "nonce"),
        (json!({"nonce": null}), "nonce"),
    ] {
        assert_eq!(refused(&changes), claim, "{changes}");
    }
}

#[test]
fn what_is_only_unusual_is_taken() {
    for changes in [
        json!({"aud": [CLIENT]}),
        json!({"aud": [CLIENT, "other"], "azp": CLIENT}),
        json!({"exp": NOW - 59}),
        json!({"iat": NOW + 60, "nbf": NOW + 60}),
        json!({"exp": 1_800_003_600.5}),
    ] {
        let result = verified(&changes);
        assert!(result.is_ok(), "{changes}: {result:?}");
    }
}

#[test]
fn who_signed_in_too_long_ago_is_refused_if_that_was_asked_for() {
    let signer = Signer::new("k");
    let verify = |limit, changes: Value| {
        let token = signer.sign(&claims_with(&changes));
        verifier()
            .leeway(0)
            .max_age(limit)
            .verify(&token, &signer.set(), NOW)
    };
    assert!(verify(100, json!({})).is_ok());
    assert!(verify(99, json!({})).is_err());
    assert!(verify(100, json!({"auth_time": null})).is_err());
}

/// OpenID Connect Core 1.0 section 3.1.3.8.
#[test]
fn the_hash_of_the_access_token_is_compared_if_there_is_one() {
    let signer = Signer::new("k");
    let verify = |changes: Value| {
        let token = signer.sign(&claims_with(&changes));
        let verifier = verifier().access_token("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        verifier.verify(&token, &signer.set(), NOW)
    };
    assert!(verify(json!({})).is_ok());
    assert!(verify(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"})).is_ok());
    assert!(verify(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9Rg"})).is_err());
    assert!(verify(json!({"at_hash": 7})).is_err());
}

#[test]
fn a_changed_token_is_refused() {
    let signer = Signer::new("k");
    let token = signer.sign(&claims());
    let other = signer.sign(&claims_with(&json!({"sub": "root"})));
    let (head, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    let mixed = format!("{head}.{signature}");
    assert_eq!(
        verifier().verify(&mixed, &signer.set(), NOW),
        Err(IdTokenError::Signature)
    );
    let unsigned = format!("{head}.");
    assert_eq!(
        verifier().verify(&unsigned, &signer.set(), NOW),
        Err(IdTokenError::Signature)
    );
}

/// RFC 8725 section 2.1: `none`, and the public key as a secret.
#[test]
fn only_signatures_by_a_private_key_count() {
    let signer = Signer::new("k");
    for algorithm in ["none", "None", "HS256", "HS512", "ES256K", ""] {
        let token = signer.sign_as(&json!({"alg": algorithm, "kid": "k"}), &claims());
        let result = verifier().verify(&token, &signer.set(), NOW);
        assert_eq!(result, Err(IdTokenError::Algorithm(algorithm.to_owned())));
    }
}

#[test]
fn the_key_has_to_be_one_of_the_servers_for_this_algorithm_and_this_use() {
    let signer = Signer::new("k");
    let token = signer.sign(&claims());
    let set = |change: fn(&mut JsonWebKey)| {
        let mut key = signer.public();
        change(&mut key);
        JsonWebKeySet {
            keys: Some(vec![key]),
            ..JsonWebKeySet::default()
        }
    };
    for keys in [
        JsonWebKeySet::default(),
        set(|key| key.kid = Some("other".to_owned())),
        set(|key| key.kid = None),
        set(|key| key.use_ = Some("enc".to_owned())),
        set(|key| key.alg = Some("ES384".to_owned())),
        set(|key| key.kty = Some("RSA".to_owned())),
        set(|key| key.y = None),
    ] {
        let result = verifier().verify(&token, &keys, NOW);
        assert_eq!(
            result,
            Err(IdTokenError::UnknownKey(Some("k".to_owned()))),
            "{keys:?}"
        );
    }
    assert!(
        verifier()
            .verify(&token, &set(|key| key.alg = None), NOW)
            .is_ok()
    );
    let anonymous = signer.sign_as(&json!({"alg": "ES256"}), &claims());
    assert!(verifier().verify(&anonymous, &signer.set(), NOW).is_ok());
}

/// RFC 8725 section 3.10: a key, or the address of one, in the token itself proves nothing.
#[test]
fn a_token_cannot_bring_its_own_key() {
    let (ours, theirs) = (Signer::new("k"), Signer::new("k"));
    let key = serde_json::to_value(theirs.public()).unwrap();
    let header = json!({"alg": "ES256", "kid": "k", "jwk": key, "jku": "https://evil.example"});
    let token = theirs.sign_as(&header, &claims());
    assert_eq!(
        verifier().verify(&token, &ours.set(), NOW),
        Err(IdTokenError::Signature)
    );
}

/// RFC 7515 section 4.1.11.
#[test]
fn critical_extensions_are_refused() {
    let signer = Signer::new("k");
    let token = signer.sign_as(
        &json!({"alg": "ES256", "kid": "k", "crit": ["b64"]}),
        &claims(),
    );
    let result = verifier().verify(&token, &signer.set(), NOW);
    assert!(
        matches!(result, Err(IdTokenError::Malformed(_))),
        "{result:?}"
    );
}

#[test]
fn what_is_no_token_is_told_so() {
    let signer = Signer::new("k");
    let good = signer.sign(&claims());
    for token in [
        "",
        ".",
        "..",
        "a.b.c",
        "a.b.c.d",
        "e30.e30.",
        "ä.ö.ü",
        &format!("{good}.x"),
    ] {
        let result = verifier().verify(token, &signer.set(), NOW);
        assert!(
            matches!(result, Err(IdTokenError::Malformed(_))),
            "{token}: {result:?}"
        );
    }
}
