use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode, encode};
use serde_json::json;

use super::*;
use crate::crypto::random::SystemRng;

fn key(algorithm: Algorithm) -> JsonWebKey {
    jwk::generate(algorithm.kind(), &SystemRng).unwrap()
}

fn claims() -> Map<String, Value> {
    let claims = json!({"iss": "https://localhost", "sub": "peter", "exp": 4_102_444_800_i64});
    claims.as_object().unwrap().clone()
}

/// A token of any header and claims, signed by a key all the same.
fn forged(signer: &Signer, header: &str, claims: &str) -> String {
    let signed = format!(
        "{}.{}",
        base64url(header.as_bytes()),
        base64url(claims.as_bytes())
    );
    let rng = SystemRandom::new();
    let signature = match &signer.pair {
        Pair::Rsa(pair) => {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &rng, signed.as_bytes(), &mut signature)
                .unwrap();
            signature
        }
        Pair::Ec(pair) => pair
            .sign(&rng, signed.as_bytes())
            .unwrap()
            .as_ref()
            .to_vec(),
    };
    format!("{signed}.{}", base64url(&signature))
}

fn verified(key: &JsonWebKey, token: &str) -> Option<Map<String, Value>> {
    Verifier::new(key)
        .unwrap()
        .verify(&Unverified::read(token)?)
}

#[test]
fn what_is_signed_verifies_with_the_public_part() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let token = Signer::new(&key, "the kid")
            .unwrap()
            .sign(&claims())
            .unwrap();
        let unverified = Unverified::read(token.expose()).unwrap();
        assert_eq!(unverified.kid, "the kid");
        let public = key.public().unwrap();
        assert_eq!(verified(&public, token.expose()), Some(claims()));
        assert!(Signer::new(&public, "the kid").is_none());
    }
}

/// OpenID Connect Core 1.0 section 15.1, by a library that is not ours.
#[test]
fn another_library_takes_the_tokens() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let token = Signer::new(&key, "the kid")
            .unwrap()
            .sign(&claims())
            .unwrap();
        let public: Jwk =
            serde_json::from_value(serde_json::to_value(key.public().unwrap()).unwrap()).unwrap();
        let validation = Validation::new(algorithm.name().parse().unwrap());
        let read = decode::<Value>(
            token.expose(),
            &DecodingKey::from_jwk(&public).unwrap(),
            &validation,
        )
        .unwrap();
        assert_eq!(read.claims, Value::Object(claims()));
        assert_eq!(read.header.kid.as_deref(), Some("the kid"));
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
    }
}

/// RFC 8725 section 2.1, CVE-2015-9235: a token that says it needs no signature.
#[test]
fn alg_none_is_refused_with_and_without_a_signature() {
    let signer = Signer::new(&key(Algorithm::Rs256), "kid").unwrap();
    let body = serde_json::to_string(&claims()).unwrap();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({"alg": alg, "kid": "kid", "typ": "JWT"}).to_string();
        let token = forged(&signer, &header, &body);
        assert!(Unverified::read(&token).is_none(), "{alg}");
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert!(Unverified::read(&format!("{signed}.")).is_none(), "{alg}");
        assert!(Unverified::read(signed).is_none(), "{alg}");
    }
    // No signature under a good algorithm.
    let token = signer.sign(&claims()).unwrap();
    let (signed, _) = token.expose().rsplit_once('.').unwrap();
    let key = key(Algorithm::Rs256);
    assert_eq!(verified(&key, &format!("{signed}.")), None);
}

/// RFC 8725 section 2.1, CVE-2016-10555: the public key taken for the secret of an HMAC.
#[test]
fn an_hmac_keyed_with_the_public_key_is_refused() {
    let key = key(Algorithm::Rs256).public().unwrap();
    let secrets = [
        serde_json::to_vec(&key).unwrap(),
        from_base64url(key.n.as_deref().unwrap()).unwrap(),
        key.n.clone().unwrap().into_bytes(),
    ];
    for secret in secrets {
        for alg in ["HS256", "HS384", "HS512"] {
            let mut header = jsonwebtoken::Header::new(alg.parse().unwrap());
            header.kid = Some("kid".into());
            let secret = jsonwebtoken::EncodingKey::from_secret(&secret);
            let token = encode(&header, &claims(), &secret).unwrap();
            assert_eq!(verified(&key, &token), None, "{alg}");
        }
    }
}

/// RFC 8725 section 3.1: the key decides about the algorithm, not the token.
#[test]
fn the_algorithm_of_another_kind_of_key_is_refused() {
    let (rsa, ec) = (key(Algorithm::Rs256), key(Algorithm::Es256));
    let body = serde_json::to_string(&claims()).unwrap();
    for (alg, key) in [
        ("ES256", &rsa),
        ("RS256", &ec),
        ("RS384", &rsa),
        ("PS256", &rsa),
        ("ES512", &ec),
        ("rs256", &rsa),
        ("RS256 ", &rsa),
    ] {
        let signer = Signer::new(key, "kid").unwrap();
        let header = json!({"alg": alg, "kid": "kid"}).to_string();
        assert_eq!(
            verified(key, &forged(&signer, &header, &body)),
            None,
            "{alg}"
        );
    }
}

/// CVE-2018-0114 and its likes: the token brings the key that it is to be verified with.
#[test]
fn keys_that_a_token_brings_or_points_at_do_not_count() {
    let (ours, theirs) = (key(Algorithm::Rs256), key(Algorithm::Rs256));
    let signer = Signer::new(&theirs, "kid").unwrap();
    let body = serde_json::to_string(&claims()).unwrap();
    for (member, value) in [
        (
            "jwk",
            serde_json::to_value(theirs.public().unwrap()).unwrap(),
        ),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = json!({"alg": "RS256", "kid": "kid", member: value}).to_string();
        let token = forged(&signer, &header, &body);
        assert_eq!(verified(&ours, &token), None, "{member}");
        // It is the signature that is wrong, and nothing was fetched to find that out.
        assert!(Unverified::read(&token).is_some(), "{member}");
    }
}

/// RFC 7515 section 4.1.11: an extension that must be understood and is not.
#[test]
fn critical_extensions_are_refused() {
    let key = key(Algorithm::Es256);
    let signer = Signer::new(&key, "kid").unwrap();
    let body = serde_json::to_string(&claims()).unwrap();
    for crit in [
        json!(["exp"]),
        json!(["b64"]),
        json!([]),
        json!("x"),
        json!({}),
    ] {
        let header = json!({"alg": "ES256", "kid": "kid", "crit": crit, "b64": false}).to_string();
        assert_eq!(
            verified(&key, &forged(&signer, &header, &body)),
            None,
            "{crit}"
        );
    }
}

/// RFC 8725 section 3.11, RFC 7515 section 4.
#[test]
fn other_types_and_odd_headers_are_refused() {
    let key = key(Algorithm::Es256);
    let signer = Signer::new(&key, "kid").unwrap();
    let body = serde_json::to_string(&claims()).unwrap();
    for header in [
        r#"{"alg":"ES256","kid":"kid","typ":"at+jwt"}"#,
        r#"{"alg":"ES256","kid":"kid","typ":"logout+jwt"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"kid":"kid"}"#,
        r#"{"alg":"ES256","kid":7}"#,
        r#"{"alg":"none","kid":"kid","alg":"ES256"}"#,
        r#"{"alg":["ES256"],"kid":"kid"}"#,
        r#"["ES256","kid",null,null]"#,
        "[]",
        "",
    ] {
        let token = forged(&signer, header, &body);
        assert_eq!(verified(&key, &token), None, "{header}");
    }
    let plain = r#"{"alg":"ES256","kid":"kid"}"#;
    assert!(verified(&key, &forged(&signer, plain, &body)).is_some());
}

#[test]
fn anything_changed_or_of_another_shape_is_refused() {
    let key = key(Algorithm::Es256);
    let signer = Signer::new(&key, "kid").unwrap();
    let token = signer.sign(&claims()).unwrap();
    let token = token.expose();
    for position in 0..token.len() {
        let mut bytes = token.as_bytes().to_vec();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(verified(&key, &changed), None, "at {position}");
    }
    let parts: Vec<&str> = token.split('.').collect();
    for shape in [
        String::new(),
        "..".to_owned(),
        parts[..2].join("."),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{}", parts[2]),
        format!("{token}="),
        format!(" {token}"),
        format!("{}..{}", parts[0], parts[2]),
        "a".repeat(LONGEST + 1),
        format!("{token}{}", "A".repeat(LONGEST)),
    ] {
        assert_eq!(verified(&key, &shape), None, "{shape:.80}");
    }
}

#[test]
fn keys_for_other_uses_neither_sign_nor_verify() {
    let encrypting = JsonWebKey {
        usage: Some("enc".into()),
        ..key(Algorithm::Rs256)
    };
    let other = JsonWebKey {
        alg: Some("PS256".into()),
        ..key(Algorithm::Rs256)
    };
    let large = jwk::generate(jwk::Kind::Es512, &SystemRng).unwrap();
    let symmetric = jwk::generate(jwk::Kind::Hs256, &SystemRng).unwrap();
    for key in [encrypting, other, large, symmetric] {
        assert!(Signer::new(&key, "kid").is_none() && Verifier::new(&key).is_none());
    }
    let bare = JsonWebKey {
        usage: None,
        alg: None,
        ..key(Algorithm::Es256)
    };
    assert_eq!(
        Signer::new(&bare, "kid").unwrap().algorithm(),
        Algorithm::Es256
    );
}
