//! Symmetric keys (RFC 7518 section 6.4).

use super::{InvalidKey, KeyGenerationFailure, algorithm, bytes, only};
use crate::crypto::base64url;
use crate::domain::jwk::JsonWebKey;
use crate::domain::random::{self, Rng};

/// The shortest key, in bytes: 128 bits, below which a key can be guessed.
const SHORTEST: usize = 16;

/// Makes a key of `N` bytes.
pub(super) fn generate<const N: usize>(rng: &dyn Rng) -> Result<JsonWebKey, KeyGenerationFailure> {
    Ok(JsonWebKey {
        kty: Some("oct".to_owned()),
        k: Some(base64url(&random::bytes::<N>(rng)?)),
        ..JsonWebKey::default()
    })
}

pub(super) fn check(key: &JsonWebKey) -> Result<(), InvalidKey> {
    only(key, &["k"])?;
    algorithm(
        key,
        &[
            "HS256",
            "HS384",
            "HS512",
            "dir",
            "A128KW",
            "A192KW",
            "A256KW",
            "A128GCMKW",
            "A192GCMKW",
            "A256GCMKW",
            "A128GCM",
            "A192GCM",
            "A256GCM",
        ],
    )?;
    // RFC 7518 section 3.2: as long as the output of the hash, at least.
    let shortest = match key.alg.as_deref() {
        Some("HS256") => 32,
        Some("HS384") => 48,
        Some("HS512") => 64,
        _ => SHORTEST,
    };
    if bytes("k", key.k.as_ref())?.len() < shortest {
        return Err(InvalidKey::new(
            "k",
            format!(
                "is shorter than the {} bits that the algorithm needs",
                shortest * 8
            ),
        ));
    }
    Ok(())
}
