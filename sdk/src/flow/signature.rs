//! The three parts of a signed token (RFC 7515), and whether a key of the server signed it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::IdTokenError;
use crate::types::{JsonWebKey, JsonWebKeySet};

/// What ID tokens may be signed with: nothing symmetric, for which the server's public keys would
/// serve as secrets, and certainly not `none` (RFC 8725 sections 2.1 and 3.1).
const ALGORITHMS: [(&str, &str, Algorithm); 9] = [
    ("RS256", "RSA", Algorithm::RS256),
    ("RS384", "RSA", Algorithm::RS384),
    ("RS512", "RSA", Algorithm::RS512),
    ("PS256", "RSA", Algorithm::PS256),
    ("PS384", "RSA", Algorithm::PS384),
    ("PS512", "RSA", Algorithm::PS512),
    ("ES256", "EC", Algorithm::ES256),
    ("ES384", "EC", Algorithm::ES384),
    ("EdDSA", "OKP", Algorithm::EdDSA),
];

/// What a token's header says. Keys or addresses of keys in it (`jwk`, `jku`, `x5u`) are nothing
/// that a token could be believed by.
#[derive(serde::Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A token taken apart, not yet believed.
pub(super) struct Parts<'a> {
    header: Header,
    /// Header and payload as they were signed.
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(token: &'a str) -> Result<Self, IdTokenError> {
        let malformed = |what: &str| IdTokenError::Malformed(what.to_owned());
        let (signed, signature) = token
            .rsplit_once('.')
            .ok_or_else(|| malformed("it has no dot"))?;
        let (header, payload) = signed
            .split_once('.')
            .filter(|(_, payload)| !payload.contains('.'))
            .ok_or_else(|| malformed("it does not have three parts"))?;
        let header: Header = json(header)?;
        // RFC 7515 section 4.1.11: extensions that one does not know forbid the token.
        if header.crit.is_some() {
            return Err(malformed("its header has critical extensions"));
        }
        Ok(Self {
            header,
            signed,
            payload,
            signature,
        })
    }

    pub(super) fn claims(&self) -> Result<Map<String, Value>, IdTokenError> {
        json(self.payload)
    }
}

/// Finds the key that signed a token, and the algorithm.
pub(super) fn check(parts: &Parts<'_>, keys: &JsonWebKeySet) -> Result<Algorithm, IdTokenError> {
    let header = &parts.header;
    let (name, kty, algorithm) = ALGORITHMS
        .into_iter()
        .find(|(name, ..)| *name == header.alg)
        .ok_or_else(|| IdTokenError::Algorithm(header.alg.clone()))?;
    let fitting = keys.keys.iter().flatten().filter(|key| {
        key.kty.as_deref() == Some(kty)
            && key.alg.as_deref().is_none_or(|alg| alg == name)
            && key.use_.as_deref().is_none_or(|purpose| purpose == "sig")
            && (header.kid.is_none() || key.kid == header.kid)
    });
    let mut found = false;
    for key in fitting.filter_map(decoding_key) {
        found = true;
        let signed = parts.signed.as_bytes();
        let verified = jsonwebtoken::crypto::verify(parts.signature, signed, &key, algorithm);
        if verified.is_ok_and(|right| right) {
            return Ok(algorithm);
        }
    }
    Err(if found {
        IdTokenError::Signature
    } else {
        IdTokenError::UnknownKey(header.kid.clone())
    })
}

/// `None` if the key lacks something.
fn decoding_key(key: &JsonWebKey) -> Option<DecodingKey> {
    match key.kty.as_deref()? {
        "RSA" => DecodingKey::from_rsa_components(key.n.as_deref()?, key.e.as_deref()?).ok(),
        "EC" => DecodingKey::from_ec_components(key.x.as_deref()?, key.y.as_deref()?).ok(),
        "OKP" => DecodingKey::from_ed_components(key.x.as_deref()?).ok(),
        _ => None,
    }
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, IdTokenError> {
    let malformed = |e: String| IdTokenError::Malformed(e);
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| malformed("a part of it is not base64url".to_owned()))?;
    serde_json::from_slice(&bytes).map_err(|e| malformed(format!("a part of it: {e}")))
}
