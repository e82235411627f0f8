//! Keys on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::jwk;

/// A set of keys (RFC 7517 section 5).
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = jsonWebKeySet)]
pub(crate) struct JsonWebKeySet {
    /// The keys. Their order means nothing.
    #[schema(nullable = false)]
    pub(super) keys: Option<Vec<JsonWebKey>>,
}

/// A key (RFC 7517 section 4; parameters by kind of key: RFC 7518 section 6).
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = jsonWebKey)]
pub(crate) struct JsonWebKey {
    /// What the key is for: `sig` for signing, `enc` for encrypting.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    usage: Option<String>,
    /// The kind of key: `RSA`, `EC`, `oct` or `OKP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kty: Option<String>,
    /// Tells this key from the others of its set; the header of a token names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kid: Option<String>,
    /// The curve of an `EC` or `OKP` key, such as `P-521`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    crv: Option<String>,
    /// The algorithm the key is meant for, such as `RS256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    alg: Option<String>,
    /// The value of an `oct` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    k: Option<String>,
    /// First coordinate of an `EC` key, or the public part of an `OKP` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    x: Option<String>,
    /// Second coordinate of an `EC` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    y: Option<String>,
    /// Modulus of an `RSA` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    n: Option<String>,
    /// Public exponent of an `RSA` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    e: Option<String>,
    /// Private part of an `RSA`, `EC` or `OKP` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    d: Option<String>,
    /// First prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    p: Option<String>,
    /// Second prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    q: Option<String>,
    /// Exponent for the first prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dp: Option<String>,
    /// Exponent for the second prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dq: Option<String>,
    /// Inverse of the second prime modulo the first, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    qi: Option<String>,
    /// Certificates of the key, its own first, each base64 (not base64url) DER.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    x5c: Option<Vec<String>>,
}

/// What key to make.
#[derive(Deserialize, ToSchema)]
#[schema(as = jsonWebKeySetGeneratorRequest)]
pub(crate) struct JsonWebKeySetGeneratorRequest {
    /// What the key is for: `RS256`, `ES256`, `ES512`, `HS256` or `HS512`.
    #[schema(required = true, nullable = false)]
    pub(super) alg: Option<String>,
    /// What to call the key: at most 200 characters. If it is left out or empty, the key is called by its
    /// RFC 7638 thumbprint, a symmetric one at random.
    #[schema(nullable = false)]
    pub(super) kid: Option<String>,
}

impl JsonWebKeySet {
    /// The keys that were sent.
    pub(super) fn into_keys(self) -> Vec<jwk::JsonWebKey> {
        let keys = self.keys.unwrap_or_default();
        keys.into_iter().map(jwk::JsonWebKey::from).collect()
    }

    /// The set of these keys.
    pub(super) fn of(keys: Vec<jwk::JsonWebKey>) -> Self {
        Self {
            keys: Some(keys.into_iter().map(JsonWebKey::from).collect()),
        }
    }
}

impl From<jwk::JsonWebKey> for JsonWebKey {
    fn from(key: jwk::JsonWebKey) -> Self {
        Self {
            usage: key.usage,
            kty: key.kty,
            kid: key.kid,
            crv: key.crv,
            alg: key.alg,
            k: key.k,
            x: key.x,
            y: key.y,
            n: key.n,
            e: key.e,
            d: key.d,
            p: key.p,
            q: key.q,
            dp: key.dp,
            dq: key.dq,
            qi: key.qi,
            x5c: Some(key.x5c).filter(|chain| !chain.is_empty()),
        }
    }
}

impl From<JsonWebKey> for jwk::JsonWebKey {
    fn from(key: JsonWebKey) -> Self {
        Self {
            usage: key.usage,
            kty: key.kty,
            kid: key.kid,
            crv: key.crv,
            alg: key.alg,
            k: key.k,
            x: key.x,
            y: key.y,
            n: key.n,
            e: key.e,
            d: key.d,
            p: key.p,
            q: key.q,
            dp: key.dp,
            dq: key.dq,
            qi: key.qi,
            x5c: key.x5c.unwrap_or_default(),
        }
    }
}
