//! Keys on elliptic curves (RFC 7518 section 6.2).

use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair as _, ParsedPublicKey,
};

use super::{InvalidKey, KeyGenerationFailure, algorithm, bytes, only};
use crate::crypto::base64url;
use crate::domain::jwk::JsonWebKey;

/// A curve, and the one algorithm that signs on it (RFC 7518 section 3.4).
#[derive(Debug)]
pub(in crate::crypto) struct Curve {
    /// The value of `crv`.
    name: &'static str,
    /// The value of `alg`.
    pub(in crate::crypto) algorithm: &'static str,
    /// Bytes in a coordinate.
    length: usize,
    signing: &'static EcdsaSigningAlgorithm,
    pub(in crate::crypto) verifying: &'static EcdsaVerificationAlgorithm,
}

pub(super) static P256: Curve = Curve {
    name: "P-256",
    algorithm: "ES256",
    length: 32,
    signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
    verifying: &ECDSA_P256_SHA256_FIXED,
};
static P384: Curve = Curve {
    name: "P-384",
    algorithm: "ES384",
    length: 48,
    signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
    verifying: &ECDSA_P384_SHA384_FIXED,
};
pub(super) static P521: Curve = Curve {
    name: "P-521",
    algorithm: "ES512",
    length: 66,
    signing: &ECDSA_P521_SHA512_FIXED_SIGNING,
    verifying: &ECDSA_P521_SHA512_FIXED,
};

/// The uncompressed form of a point begins with this byte (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Makes a key.
pub(super) fn generate(curve: &Curve) -> Result<JsonWebKey, KeyGenerationFailure> {
    let pair = EcdsaKeyPair::generate(curve.signing).map_err(|_| KeyGenerationFailure)?;
    let d: EcPrivateKeyBin<'_> = pair
        .private_key()
        .as_be_bytes()
        .map_err(|_| KeyGenerationFailure)?;
    let (x, y) = pair
        .public_key()
        .as_ref()
        .strip_prefix(&[UNCOMPRESSED])
        .and_then(|point| point.split_at_checked(curve.length))
        .ok_or(KeyGenerationFailure)?;
    Ok(JsonWebKey {
        kty: Some("EC".to_owned()),
        crv: Some(curve.name.to_owned()),
        x: Some(base64url(x)),
        y: Some(base64url(y)),
        d: Some(base64url(d.as_ref())),
        ..JsonWebKey::default()
    })
}

/// The curve that a key says it is on.
pub(in crate::crypto) fn curve(key: &JsonWebKey) -> Result<&'static Curve, InvalidKey> {
    let name = key
        .crv
        .as_deref()
        .ok_or_else(|| InvalidKey::new("crv", "is missing"))?;
    [&P256, &P384, &P521]
        .into_iter()
        .find(|curve| curve.name == name)
        .ok_or_else(|| InvalidKey::new("crv", "must be P-256, P-384 or P-521"))
}

impl Curve {
    /// The public part of a key, a point on the curve.
    pub(in crate::crypto) fn point(&self, key: &JsonWebKey) -> Result<Vec<u8>, InvalidKey> {
        let x = self.coordinate("x", key.x.as_ref())?;
        let y = self.coordinate("y", key.y.as_ref())?;
        let point = [&[UNCOMPRESSED][..], &x, &y].concat();
        ParsedPublicKey::new(self.verifying, &point)
            .map_err(|_| InvalidKey::new("x", "and `y` are not a point on the curve"))?;
        Ok(point)
    }

    /// Both parts of a key.
    pub(in crate::crypto) fn key_pair(&self, key: &JsonWebKey) -> Result<EcdsaKeyPair, InvalidKey> {
        let point = self.point(key)?;
        let d = self.coordinate("d", key.d.as_ref())?;
        EcdsaKeyPair::from_private_key_and_public_key(self.signing, &d, &point)
            .map_err(|_| InvalidKey::new("d", "is not the private part that goes with `x` and `y`"))
    }

    /// RFC 7518 sections 6.2.1.2 and 6.2.2.1: as long as the curve's field, zeros at the front
    /// included.
    fn coordinate(
        &self,
        member: &'static str,
        value: Option<&String>,
    ) -> Result<Vec<u8>, InvalidKey> {
        let bytes = bytes(member, value)?;
        if bytes.len() != self.length {
            return Err(InvalidKey::new(
                member,
                format!("must have {} bytes on {}", self.length, self.name),
            ));
        }
        Ok(bytes)
    }
}

pub(super) fn check(key: &JsonWebKey) -> Result<(), InvalidKey> {
    only(key, &["crv", "x", "y", "d"])?;
    let curve = curve(key)?;
    algorithm(
        key,
        &[
            curve.algorithm,
            "ECDH-ES",
            "ECDH-ES+A128KW",
            "ECDH-ES+A192KW",
            "ECDH-ES+A256KW",
        ],
    )?;
    if key.d.is_some() {
        curve.key_pair(key).map(drop)
    } else {
        curve.point(key).map(drop)
    }
}
