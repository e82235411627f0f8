//! RSA keys (RFC 7518 section 6.3).
//!
//! Those that the server makes have 2048 bits: good until 2030 at least by NIST SP 800-57 part 1, and a
//! signature takes a sixth of the time that it takes with 4096. Larger ones can be imported.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;

use super::{InvalidKey, KeyGenerationFailure, algorithm, bytes, only};
use crate::crypto::base64url;
use crate::domain::jwk::JsonWebKey;

/// Makes a key of 2048 bits.
pub(super) fn generate() -> Result<JsonWebKey, KeyGenerationFailure> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyGenerationFailure)?;
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| KeyGenerationFailure)?;
    let [n, e, d, p, q, dp, dq, qi] = components(der.as_ref()).ok_or(KeyGenerationFailure)?;
    let member = |bytes: &[u8]| Some(base64url(bytes));
    Ok(JsonWebKey {
        kty: Some("RSA".to_owned()),
        n: member(n),
        e: member(e),
        d: member(d),
        p: member(p),
        q: member(q),
        dp: member(dp),
        dq: member(dq),
        qi: member(qi),
        ..JsonWebKey::default()
    })
}

/// The public part of a key: 2048 to 8192 bits, an odd exponent.
pub(in crate::crypto) fn public_components(
    key: &JsonWebKey,
) -> Result<PublicKeyComponents<Vec<u8>>, InvalidKey> {
    let n = bytes("n", key.n.as_ref())?;
    let e = bytes("e", key.e.as_ref())?;
    // RFC 7518 section 3.3: "A key of size 2048 bits or larger MUST be used".
    let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) || n.first() == Some(&0) {
        return Err(InvalidKey::new(
            "n",
            "must have 2048 to 8192 bits, and no zero bytes at its front",
        ));
    }
    // With a small exponent, a careless verifier takes forged signatures.
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte % 2 == 1);
    if !odd(&n) {
        return Err(InvalidKey::new("n", "is an even number"));
    }
    if !odd(&e) || e.first() == Some(&0) || e.len() > 4 || e.len() < 3 {
        return Err(InvalidKey::new(
            "e",
            "must be an odd number of 3 or 4 bytes, as 65537 is",
        ));
    }
    let components = PublicKeyComponents { n, e };
    components
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .map_err(|_| InvalidKey::new("n", "and `e` are not an RSA public key"))?;
    Ok(components)
}

/// Both parts of a key.
pub(in crate::crypto) fn key_pair(key: &JsonWebKey) -> Result<KeyPair, InvalidKey> {
    let components = KeyPairComponents {
        public_key: public_components(key)?,
        d: bytes("d", key.d.as_ref())?,
        p: bytes("p", key.p.as_ref())?,
        q: bytes("q", key.q.as_ref())?,
        dP: bytes("dp", key.dp.as_ref())?,
        dQ: bytes("dq", key.dq.as_ref())?,
        qInv: bytes("qi", key.qi.as_ref())?,
    };
    KeyPair::from_components(&components).map_err(|_| {
        InvalidKey::new(
            "d",
            "and the other private members do not go with `n` and `e`",
        )
    })
}

pub(super) fn check(key: &JsonWebKey) -> Result<(), InvalidKey> {
    only(key, &["n", "e", "d", "p", "q", "dp", "dq", "qi"])?;
    algorithm(
        key,
        &[
            "RS256",
            "RS384",
            "RS512",
            "PS256",
            "PS384",
            "PS512",
            "RSA-OAEP",
            "RSA-OAEP-256",
        ],
    )?;
    // RFC 7518 section 6.3.2: if any of the private members is there, all must be. The section lets
    // `d` stand alone; nobody makes such keys, and signing with them is slow.
    let private = [&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qi];
    if private.into_iter().any(Option::is_some) {
        key_pair(key).map(drop)
    } else {
        public_components(key).map(drop)
    }
}

/// The integers of a PKCS #8 RSA key (RFC 5208 section 5 around RFC 8017 appendix A.1.2), in the order
/// n, e, d, p, q, dP, dQ, qInv.
fn components(pkcs8: &[u8]) -> Option<[&[u8]; 8]> {
    let (mut info, _) = element(pkcs8, 0x30)?;
    let _version = take(&mut info, 0x02)?;
    let _algorithm = take(&mut info, 0x30)?;
    let mut key = element(take(&mut info, 0x04)?, 0x30)?.0;
    let _version = take(&mut key, 0x02)?;
    let mut integers = [&[][..]; 8];
    for integer in &mut integers {
        let bytes = take(&mut key, 0x02)?;
        // DER puts a zero before a number whose first bit is set; JWK does not.
        *integer = bytes.strip_prefix(&[0]).unwrap_or(bytes);
    }
    Some(integers)
}

fn take<'a>(from: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (value, rest) = element(from, tag)?;
    *from = rest;
    Some(value)
}

/// The value of the DER element at the start of `bytes`, which must have the given tag, and what comes
/// after it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, bytes) = bytes.split_first()?;
    let (&first, mut bytes) = bytes.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (long, rest) = bytes.split_at_checked(usize::from(first & 0x7f))?;
        length = long.iter().try_fold(0usize, |sum, &byte| {
            sum.checked_mul(256)?.checked_add(usize::from(byte))
        })?;
        bytes = rest;
    }
    (found == tag).then_some(())?;
    bytes.split_at_checked(length)
}
