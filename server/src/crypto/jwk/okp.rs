//! Octet key pairs (RFC 8037): Ed25519.
//!
//! The server makes none, but keeps those that it is given.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, ParsedPublicKey};

use super::{InvalidKey, algorithm, bytes, only};
use crate::domain::jwk::JsonWebKey;

/// Bytes in each part of a key.
const LENGTH: usize = 32;

pub(super) fn check(key: &JsonWebKey) -> Result<(), InvalidKey> {
    only(key, &["crv", "x", "d"])?;
    algorithm(key, &["EdDSA", "Ed25519"])?;
    match key.crv.as_deref() {
        Some("Ed25519") => {}
        Some(_) => return Err(InvalidKey::new("crv", "must be Ed25519")),
        None => return Err(InvalidKey::new("crv", "is missing")),
    }
    let x = bytes("x", key.x.as_ref())?;
    if x.len() != LENGTH || ParsedPublicKey::new(&ED25519, &x).is_err() {
        return Err(InvalidKey::new("x", "is not an Ed25519 public key"));
    }
    if key.d.is_some() {
        let d = bytes("d", key.d.as_ref())?;
        if d.len() != LENGTH || Ed25519KeyPair::from_seed_and_public_key(&d, &x).is_err() {
            return Err(InvalidKey::new(
                "d",
                "is not the private part that goes with `x`",
            ));
        }
    }
    Ok(())
}
