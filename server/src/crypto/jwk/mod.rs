//! JSON Web Keys of each kind: made, checked, named (RFC 7517, RFC 7518 section 6, RFC 7638).
//!
//! A file per kind of key. [`generate`] makes one, [`check`] tells whether a key that came from elsewhere
//! is one at all, and [`thumbprint`] names it.

mod ec;
mod oct;
mod okp;
mod rsa;

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};

pub(super) use self::ec::curve;
pub(super) use self::rsa::{key_pair as rsa_key_pair, public_components as rsa_public_components};
use crate::crypto::{base64url, from_base64url};
use crate::domain::jwk::JsonWebKey;
use crate::domain::random::{RandomFailure, Rng};

/// What a key that the server makes is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RSA of 2048 bits, for RS256.
    Rs256,
    /// Elliptic curve P-256, for ES256.
    Es256,
    /// Elliptic curve P-521, for ES512.
    Es512,
    /// 32 random bytes, for HS256.
    Hs256,
    /// 64 random bytes, for HS512.
    Hs512,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Rs256,
        Self::Es256,
        Self::Es512,
        Self::Hs256,
        Self::Hs512,
    ];

    /// The name that RFC 7518 section 3.1 gives the algorithm.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Es512 => "ES512",
            Self::Hs256 => "HS256",
            Self::Hs512 => "HS512",
        }
    }

    /// The kind of that name; names are case-sensitive.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the key has a public part.
    #[must_use]
    pub const fn asymmetric(self) -> bool {
        matches!(self, Self::Rs256 | Self::Es256 | Self::Es512)
    }
}

/// A key could not be made.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a key could not be made")]
pub struct KeyGenerationFailure;

impl From<RandomFailure> for KeyGenerationFailure {
    fn from(_: RandomFailure) -> Self {
        Self
    }
}

/// Makes a key for signing, without a `kid`.
///
/// An RSA key takes a good part of a second: not for a thread that serves requests. RSA and elliptic
/// curves take the library's own randomness, which takes no other; `rng` makes the symmetric keys.
///
/// # Errors
/// The library failed.
pub fn generate(kind: Kind, rng: &dyn Rng) -> Result<JsonWebKey, KeyGenerationFailure> {
    let key = match kind {
        Kind::Rs256 => rsa::generate()?,
        Kind::Es256 => ec::generate(&ec::P256)?,
        Kind::Es512 => ec::generate(&ec::P521)?,
        Kind::Hs256 => oct::generate::<32>(rng)?,
        Kind::Hs512 => oct::generate::<64>(rng)?,
    };
    Ok(JsonWebKey {
        usage: Some("sig".to_owned()),
        alg: Some(kind.name().to_owned()),
        ..key
    })
}

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{member}` {problem}")]
pub struct InvalidKey {
    /// The member of the key.
    pub member: &'static str,
    /// What is wrong with it. Never holds the member's value.
    pub problem: Cow<'static, str>,
}

impl InvalidKey {
    fn new(member: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self {
            member,
            problem: problem.into(),
        }
    }
}

/// Checks that a key is one: the members of its kind are all there and no others, the sizes are safe, a
/// point lies on its curve, and a private part goes with the public one.
///
/// An RSA key with its private part takes some milliseconds.
///
/// # Errors
/// The first member that cannot be.
pub fn check(key: &JsonWebKey) -> Result<(), InvalidKey> {
    for (member, value) in [("use", &key.usage), ("alg", &key.alg)] {
        if value.as_ref().is_some_and(|value| value.len() > 64) {
            return Err(InvalidKey::new(member, "is longer than 64 bytes"));
        }
    }
    check_certificates(&key.x5c)?;
    match key.kty.as_deref() {
        Some("RSA") => rsa::check(key),
        Some("EC") => ec::check(key),
        Some("oct") => oct::check(key),
        Some("OKP") => okp::check(key),
        Some(_) => Err(InvalidKey::new("kty", "must be RSA, EC, oct or OKP")),
        None => Err(InvalidKey::new("kty", "is missing")),
    }
}

/// RFC 7517 section 4.7: base64, not base64url. Who uses the chain verifies it; here it is only kept
/// within bounds.
fn check_certificates(chain: &[String]) -> Result<(), InvalidKey> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    if chain.len() > 10 {
        return Err(InvalidKey::new("x5c", "has more than 10 certificates"));
    }
    let bad =
        |text: &String| text.is_empty() || text.len() > 16_384 || STANDARD.decode(text).is_err();
    if chain.iter().any(bad) {
        return Err(InvalidKey::new(
            "x5c",
            "holds what is not a certificate: each must be base64 (not base64url) of at most 16 KiB",
        ));
    }
    Ok(())
}

/// The name of a key by what it is (RFC 7638); `None` if it lacks what the name is made of, and for
/// symmetric keys, whose thumbprint tells something of the secret (section 7).
#[must_use]
pub fn thumbprint(key: &JsonWebKey) -> Option<String> {
    // Section 3.2: the members that a public key must have, in alphabetical order.
    let members: &[(&str, &Option<String>)] = match key.kty.as_deref()? {
        "RSA" => &[("e", &key.e), ("kty", &key.kty), ("n", &key.n)],
        "EC" => &[
            ("crv", &key.crv),
            ("kty", &key.kty),
            ("x", &key.x),
            ("y", &key.y),
        ],
        "OKP" => &[("crv", &key.crv), ("kty", &key.kty), ("x", &key.x)],
        _ => return None,
    };
    let members = members
        .iter()
        .map(|(name, value)| {
            let value = serde_json::Value::from(value.as_deref()?);
            Some(format!("\"{name}\":{value}"))
        })
        .collect::<Option<Vec<_>>>()?;
    let canonical = format!("{{{}}}", members.join(","));
    Some(base64url(digest(&SHA256, canonical.as_bytes()).as_ref()))
}

/// Reads a binary member that must be there.
fn bytes(member: &'static str, value: Option<&String>) -> Result<Vec<u8>, InvalidKey> {
    let text = value.ok_or_else(|| InvalidKey::new(member, "is missing"))?;
    // The largest number there can be has 8192 bits.
    if text.len() > 1366 {
        return Err(InvalidKey::new(member, "is longer than 8192 bits"));
    }
    from_base64url(text)
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| InvalidKey::new(member, "is not base64url without padding"))
}

/// Checks that a key has no members but those of its kind: what is kept must not hold a secret that
/// nobody looked at.
fn only(key: &JsonWebKey, members: &[&str]) -> Result<(), InvalidKey> {
    let all = [
        ("crv", &key.crv),
        ("k", &key.k),
        ("x", &key.x),
        ("y", &key.y),
        ("n", &key.n),
        ("e", &key.e),
        ("d", &key.d),
        ("p", &key.p),
        ("q", &key.q),
        ("dp", &key.dp),
        ("dq", &key.dq),
        ("qi", &key.qi),
    ];
    for (member, value) in all {
        if value.is_some() && !members.contains(&member) {
            return Err(InvalidKey::new(
                member,
                "does not belong to this kind of key",
            ));
        }
    }
    Ok(())
}

/// Checks that the algorithm, if one is named, goes with the kind of key.
fn algorithm(key: &JsonWebKey, fitting: &[&str]) -> Result<(), InvalidKey> {
    match key.alg.as_deref() {
        Some(alg) if !fitting.contains(&alg) => Err(InvalidKey::new(
            "alg",
            format!("does not go with the key; it may be {}", fitting.join(", ")),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
