//! JSON Web Signatures in their compact form (RFC 7515), as far as ID tokens need them.
//!
//! The key says which algorithm it is used with; the header of a token must say the same and has no other
//! influence. Keys that a token brings or points at (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
//!
//! Parsed keys are kept and used again: to read an RSA key of 2048 bits and check it takes twice as long
//! as to sign with it, and a first signature four times as long as the next.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    EcdsaKeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::crypto::jwk;
use crate::crypto::{base64url, from_base64url};
use crate::domain::jwk::JsonWebKey;
use crate::domain::secret::Secret;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// How ID tokens are signed (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with PKCS #1 padding and SHA-256: what every OpenID Connect client understands.
    #[default]
    Rs256,
    /// ECDSA on P-256 with SHA-256: a tenth of the work, and shorter tokens.
    Es256,
}

impl Algorithm {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.kind().name()
    }

    /// The algorithm of that name; names are case-sensitive.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The kind of key that it takes.
    #[must_use]
    pub const fn kind(self) -> jwk::Kind {
        match self {
            Self::Rs256 => jwk::Kind::Rs256,
            Self::Es256 => jwk::Kind::Es256,
        }
    }

    /// The algorithm that a key is used with; `None` if the key is not for signing, or for another
    /// algorithm.
    fn of(key: &JsonWebKey) -> Option<Self> {
        if key.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let fitting = match (key.kty.as_deref()?, key.crv.as_deref()) {
            ("RSA", None) => Self::Rs256,
            ("EC", Some("P-256")) => Self::Es256,
            _ => return None,
        };
        match key.alg.as_deref() {
            Some(alg) if alg != fitting.name() => None,
            _ => Some(fitting),
        }
    }
}

/// A token could not be signed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a token could not be signed")]
pub struct SigningFailure;

/// A private key, ready to sign.
#[derive(Debug)]
pub struct Signer {
    algorithm: Algorithm,
    kid: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(rsa::KeyPair),
    Ec(EcdsaKeyPair),
}

#[derive(Serialize)]
struct SentHeader<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'static str,
}

impl Signer {
    /// Gets a private key ready. Tokens will name it `kid`. `None` if it has no private part, or is for
    /// something else.
    #[must_use]
    pub fn new(key: &JsonWebKey, kid: &str) -> Option<Self> {
        key.d.as_ref()?;
        let algorithm = Algorithm::of(key)?;
        let pair = match algorithm {
            Algorithm::Rs256 => Pair::Rsa(jwk::rsa_key_pair(key).ok()?),
            Algorithm::Es256 => Pair::Ec(jwk::curve(key).ok()?.key_pair(key).ok()?),
        };
        Some(Self {
            algorithm,
            kid: kid.to_owned(),
            pair,
        })
    }

    /// The algorithm it signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs claims.
    ///
    /// # Errors
    /// The library failed.
    pub fn sign(&self, claims: &Map<String, Value>) -> Result<Secret, SigningFailure> {
        let header = serde_json::to_vec(&SentHeader {
            alg: self.algorithm.name(),
            kid: &self.kid,
            typ: "JWT",
        })
        .map_err(|_| SigningFailure)?;
        let claims = serde_json::to_vec(claims).map_err(|_| SigningFailure)?;
        let signed = format!("{}.{}", base64url(&header), base64url(&claims));
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    signed.as_bytes(),
                    &mut signature,
                )
                .map_err(|_| SigningFailure)?;
                base64url(&signature)
            }
            Pair::Ec(pair) => base64url(
                pair.sign(&SystemRandom::new(), signed.as_bytes())
                    .map_err(|_| SigningFailure)?
                    .as_ref(),
            ),
        };
        Ok(Secret::new(format!("{signed}.{signature}")))
    }
}

/// A public key, ready to verify.
#[derive(Debug)]
pub struct Verifier {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl Verifier {
    /// Gets the public part of a key ready; `None` if the key is for something else.
    #[must_use]
    pub fn new(key: &JsonWebKey) -> Option<Self> {
        let algorithm = Algorithm::of(key)?;
        let key = match algorithm {
            Algorithm::Rs256 => jwk::rsa_public_components(key)
                .ok()?
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .ok()?,
            Algorithm::Es256 => {
                let curve = jwk::curve(key).ok()?;
                ParsedPublicKey::new(curve.verifying, curve.point(key).ok()?).ok()?
            }
        };
        Some(Self { algorithm, key })
    }

    /// The claims of a token, if this key signed it with its own algorithm.
    #[must_use]
    pub fn verify(&self, token: &Unverified<'_>) -> Option<Map<String, Value>> {
        if token.algorithm != self.algorithm {
            return None;
        }
        self.key
            .verify_sig(token.signed.as_bytes(), &token.signature)
            .ok()?;
        serde_json::from_slice(&from_base64url(token.claims)?).ok()
    }
}

/// A token taken apart, before anything in it is believed.
#[derive(Debug)]
pub struct Unverified<'a> {
    /// The key it claims to be signed with.
    pub kid: String,
    algorithm: Algorithm,
    /// What the signature covers.
    signed: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

/// The part of a header that counts. Members that appear twice are refused (RFC 7515 section 4).
#[derive(Deserialize)]
struct ReceivedHeader {
    alg: String,
    kid: String,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; `None` if it is no token, names no key or an algorithm that is not used
    /// here, `none` among them, or wants extensions to be understood.
    #[must_use]
    pub fn read(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.').filter(|(_, it)| !it.contains('.'))?;
        // An object, though serde would take an array for one.
        let header = from_base64url(header).filter(|header| header.starts_with(b"{"))?;
        let header: ReceivedHeader = serde_json::from_slice(&header).ok()?;
        // RFC 7515 section 4.1.11: what is critical must be understood, and nothing is.
        if header.crit.is_some() {
            return None;
        }
        // RFC 8725 section 3.11: a token of another type is no ID token.
        if header
            .typ
            .is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT"))
        {
            return None;
        }
        Some(Self {
            kid: header.kid,
            algorithm: Algorithm::named(&header.alg)?,
            signed,
            claims,
            signature: from_base64url(signature)?,
        })
    }
}

#[cfg(test)]
mod tests;
