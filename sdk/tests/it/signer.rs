//! A stand-in for the server's signing key.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hydra_sdk::types::{JsonWebKey, JsonWebKeySet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

pub(crate) struct Signer {
    kid: &'static str,
    private: EncodingKey,
    public: JsonWebKey,
}

impl Signer {
    /// A new key of this name.
    pub(crate) fn new(kid: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        // RFC 7518 section 6.2.1: after the byte that says "uncompressed" the two coordinates.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let text = |bytes: &[u8]| Some(URL_SAFE_NO_PAD.encode(bytes));
        Self {
            kid,
            private: EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref()),
            public: JsonWebKey {
                kid: Some(kid.to_owned()),
                kty: Some("EC".to_owned()),
                alg: Some("ES256".to_owned()),
                use_: Some("sig".to_owned()),
                crv: Some("P-256".to_owned()),
                x: text(x),
                y: text(y),
                ..JsonWebKey::default()
            },
        }
    }

    pub(crate) fn public(&self) -> JsonWebKey {
        self.public.clone()
    }

    pub(crate) fn set(&self) -> JsonWebKeySet {
        JsonWebKeySet {
            keys: Some(vec![self.public()]),
            ..JsonWebKeySet::default()
        }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.to_owned());
        jsonwebtoken::encode(&header, claims, &self.private).unwrap()
    }

    /// Signs claims under a header of the test's own.
    pub(crate) fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &self.private, Algorithm::ES256).unwrap();
        format!("{signed}.{signature}")
    }
}

pub(crate) const ISSUER: &str = "https://auth.example";
pub(crate) const CLIENT: &str = "photos";
/// The time of all tests, in seconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000;

/// What a good token says.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "user:12345:dandean",
        "aud": CLIENT,
        "iat": NOW,
        "exp": NOW + 3600,
        "auth_time": NOW - 100,
        "nonce": "n",
        "name": "Dan Dean",
    })
}

/// What a good token says, changed: a claim that becomes null is left out.
pub(crate) fn claims_with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}
