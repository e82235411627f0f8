use super::*;
use crate::crypto::random::{SeededRng, SystemRng};

fn made(kind: Kind) -> JsonWebKey {
    generate(kind, &SystemRng).unwrap()
}

fn problem(key: &JsonWebKey) -> String {
    check(key).unwrap_err().to_string()
}

#[test]
fn what_is_made_is_a_key_and_so_is_its_public_part() {
    for kind in Kind::ALL {
        let key = made(kind);
        assert_eq!(check(&key), Ok(()), "{kind:?}");
        assert_eq!(key.alg.as_deref(), Some(kind.name()));
        assert_eq!(key.usage.as_deref(), Some("sig"));
        assert_eq!(key.public().is_some(), kind.asymmetric());
        if let Some(public) = key.public() {
            assert_eq!(check(&public), Ok(()), "{kind:?}");
            assert!(!public.is_private());
            assert_eq!(thumbprint(&public), thumbprint(&key));
        }
        assert!(key.is_private());
        assert_eq!(Kind::named(kind.name()), Some(kind));
    }
    assert_eq!(Kind::named("none"), None);
    assert_eq!(Kind::named("rs256"), None);
}

#[test]
fn symmetric_keys_have_the_length_of_their_hash_and_come_from_the_seam() {
    for (kind, length) in [(Kind::Hs256, 32), (Kind::Hs512, 64)] {
        let key = generate(kind, &SeededRng::new(1)).unwrap();
        assert_eq!(
            from_base64url(key.k.as_deref().unwrap()).unwrap().len(),
            length
        );
        assert_eq!(key, generate(kind, &SeededRng::new(1)).unwrap());
    }
}

/// The example of RFC 7638 section 3.1.
#[test]
fn the_thumbprint_of_the_rfc() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFx\
             uhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_\
             RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQv\
             RL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_\
             xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let key = JsonWebKey {
        kty: Some("RSA".into()),
        n: Some(n.into()),
        e: Some("AQAB".into()),
        ..JsonWebKey::default()
    };
    assert_eq!(check(&key), Ok(()));
    assert_eq!(
        thumbprint(&key).unwrap(),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}

/// The example of RFC 8037 appendix A.1 to A.3.
#[test]
fn the_ed25519_key_of_the_rfc() {
    let key = JsonWebKey {
        kty: Some("OKP".into()),
        crv: Some("Ed25519".into()),
        d: Some("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".into()),
        x: Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into()),
        ..JsonWebKey::default()
    };
    assert_eq!(check(&key), Ok(()));
    assert_eq!(check(&key.public().unwrap()), Ok(()));
    assert_eq!(
        thumbprint(&key).unwrap(),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    let swapped = JsonWebKey {
        d: key.x.clone(),
        ..key.clone()
    };
    assert!(problem(&swapped).starts_with("`d`"));
    let short = JsonWebKey {
        x: Some("AAAA".into()),
        ..key
    };
    assert!(problem(&short).starts_with("`x`"));
}

/// RFC 7638 section 7: the thumbprint of a symmetric key tells something of the key.
#[test]
fn a_symmetric_key_has_no_thumbprint() {
    assert_eq!(thumbprint(&made(Kind::Hs256)), None);
}

/// A private part that belongs to another key would sign what nobody can verify.
#[test]
fn a_private_part_of_another_key_is_refused() {
    for kind in [Kind::Rs256, Kind::Es256, Kind::Es512] {
        let (key, other) = (made(kind), made(kind));
        let mixed = JsonWebKey {
            n: other.n.clone(),
            x: other.x.clone(),
            y: other.y.clone(),
            ..key
        };
        assert!(problem(&mixed).starts_with("`d`"), "{kind:?}");
    }
}

/// RFC 7518 section 6.3.2: the private members of an RSA key come together.
#[test]
fn an_rsa_key_with_half_of_its_private_part_is_refused() {
    let key = made(Kind::Rs256);
    let cases: [(&str, JsonWebKey); 3] = [
        (
            "`qi` is missing",
            JsonWebKey {
                qi: None,
                ..key.clone()
            },
        ),
        (
            "`d` is missing",
            JsonWebKey {
                d: None,
                ..key.clone()
            },
        ),
        (
            "`p` is missing",
            JsonWebKey {
                p: None,
                q: None,
                dp: None,
                dq: None,
                qi: None,
                ..key
            },
        ),
    ];
    for (expected, key) in cases {
        assert_eq!(problem(&key), expected);
    }
}

/// RFC 7518 section 3.3 and section 3.2: sizes below these are guessed or computed.
#[test]
fn weak_keys_are_refused() {
    let rsa = made(Kind::Rs256).public().unwrap();
    let number = |bytes: &[u8]| Some(base64url(bytes));
    let modulus = from_base64url(rsa.n.as_deref().unwrap()).unwrap();
    let cases = [
        (
            "n",
            JsonWebKey {
                n: number(&modulus[128..]),
                ..rsa.clone()
            },
        ),
        (
            "n",
            JsonWebKey {
                n: number(&[&[0], &modulus[..]].concat()),
                ..rsa.clone()
            },
        ),
        (
            "n",
            JsonWebKey {
                n: number(&[&modulus[..255], &[2]].concat()),
                ..rsa.clone()
            },
        ),
        (
            "n",
            JsonWebKey {
                n: number(&[255; 1025]),
                ..rsa.clone()
            },
        ),
        (
            "n",
            JsonWebKey {
                n: Some(String::new()),
                ..rsa.clone()
            },
        ),
        (
            "e",
            JsonWebKey {
                e: number(&[1]),
                ..rsa.clone()
            },
        ),
        (
            "e",
            JsonWebKey {
                e: number(&[3]),
                ..rsa.clone()
            },
        ),
        (
            "e",
            JsonWebKey {
                e: number(&[1, 0, 2]),
                ..rsa.clone()
            },
        ),
        (
            "e",
            JsonWebKey {
                e: number(&[1, 0, 0, 0, 1]),
                ..rsa
            },
        ),
        (
            "k",
            JsonWebKey {
                k: number(&[1; 31]),
                ..made(Kind::Hs256)
            },
        ),
        (
            "k",
            JsonWebKey {
                k: number(&[1; 63]),
                ..made(Kind::Hs512)
            },
        ),
        (
            "k",
            JsonWebKey {
                k: number(&[1; 15]),
                alg: None,
                ..made(Kind::Hs512)
            },
        ),
    ];
    for (member, key) in cases {
        assert_eq!(check(&key).unwrap_err().member, member);
    }
}

/// RFC 7518 section 6.2.2.1 and the invalid-curve attacks on ECDH.
#[test]
fn points_off_the_curve_and_short_coordinates_are_refused() {
    let key = made(Kind::Es256);
    let public = key.public().unwrap();
    let zero = Some(base64url(&[0; 32]));
    let short = Some(base64url(&[1; 31]));
    for key in [
        JsonWebKey {
            x: zero.clone(),
            ..public.clone()
        },
        JsonWebKey {
            y: public.x.clone(),
            ..public.clone()
        },
        JsonWebKey {
            x: short.clone(),
            ..public.clone()
        },
        JsonWebKey {
            crv: Some("P-521".into()),
            ..public.clone()
        },
        JsonWebKey {
            crv: Some("secp256k1".into()),
            ..public.clone()
        },
        JsonWebKey {
            crv: None,
            ..public
        },
        JsonWebKey {
            d: zero,
            ..key.clone()
        },
        JsonWebKey { d: short, ..key },
    ] {
        assert!(check(&key).is_err(), "{key:?}");
    }
}

#[test]
fn members_of_other_kinds_and_wrong_algorithms_are_refused() {
    let with_k = |key: JsonWebKey| JsonWebKey {
        k: Some("c2VjcmV0LXNlY3JldC1zZWNyZXQ".into()),
        ..key
    };
    for kind in [Kind::Rs256, Kind::Es256] {
        let key = with_k(made(kind).public().unwrap());
        assert!(problem(&key).starts_with("`k` does not belong"), "{kind:?}");
    }
    for (kind, alg) in [
        (Kind::Rs256, "HS256"),
        (Kind::Rs256, "none"),
        (Kind::Es256, "ES512"),
        (Kind::Es256, "RS256"),
        (Kind::Hs256, "RS256"),
    ] {
        let key = JsonWebKey {
            alg: Some(alg.into()),
            ..made(kind)
        };
        assert!(problem(&key).starts_with("`alg`"), "{kind:?} {alg}");
    }
    let unknown = JsonWebKey {
        kty: Some("PQ".into()),
        ..JsonWebKey::default()
    };
    assert!(problem(&unknown).starts_with("`kty`"));
    assert_eq!(problem(&JsonWebKey::default()), "`kty` is missing");
}

#[test]
fn binary_members_are_strict_base64url_and_no_value_is_repeated() {
    let key = made(Kind::Hs256);
    for k in ["hush!hush", "aGFs+bG8/", "aGFsbG8=", " aGFsbG8"] {
        let key = JsonWebKey {
            k: Some(k.into()),
            ..key.clone()
        };
        let problem = problem(&key);
        assert!(
            problem.contains("not base64url") && !problem.contains(k),
            "{problem}"
        );
    }
}

#[test]
fn certificates_are_base64_and_few() {
    let key = made(Kind::Es256);
    for x5c in [
        vec!["a_b-".to_owned()],
        vec![String::new()],
        vec!["MIIB".to_owned(); 11],
        vec!["A".repeat(16_388)],
    ] {
        let key = JsonWebKey { x5c, ..key.clone() };
        assert_eq!(check(&key).unwrap_err().member, "x5c");
    }
    let x5c = vec!["MIIB".to_owned()];
    assert_eq!(check(&JsonWebKey { x5c, ..key }), Ok(()));
}
