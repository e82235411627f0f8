//! RSA keys, made and written down as JSON Web Keys.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};

use crate::crypto::base64url;
use crate::domain::jwk::JsonWebKey;

/// A key could not be made.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("an RSA key could not be made")]
pub struct KeyGenerationFailure;

/// Makes a key of 2048 bits for signing with RS256, named by its RFC 7638 thumbprint.
///
/// Takes a good part of a second: not for a thread that serves requests. The randomness is the
/// library's own, which takes no other.
///
/// # Errors
/// The library failed.
pub fn generate_rs256() -> Result<JsonWebKey, KeyGenerationFailure> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyGenerationFailure)?;
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| KeyGenerationFailure)?;
    let [n, e, d, p, q, dp, dq, qi] = components(der.as_ref()).ok_or(KeyGenerationFailure)?;
    let member = |bytes: &[u8]| Some(base64url(bytes));
    let (n, e) = (base64url(n), base64url(e));
    Ok(JsonWebKey {
        usage: Some("sig".to_owned()),
        kty: Some("RSA".to_owned()),
        kid: Some(thumbprint(&n, &e)),
        alg: Some("RS256".to_owned()),
        n: Some(n),
        e: Some(e),
        d: member(d),
        p: member(p),
        q: member(q),
        dp: member(dp),
        dq: member(dq),
        qi: member(qi),
        ..JsonWebKey::default()
    })
}

/// RFC 7638 section 3: the hash of the required members in alphabetical order.
fn thumbprint(n: &str, e: &str) -> String {
    let canonical = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    base64url(digest(&SHA256, canonical.as_bytes()).as_ref())
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

#[cfg(test)]
mod tests {
    use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};

    use super::*;
    use crate::crypto::from_base64url;

    #[test]
    fn a_generated_key_is_a_key() {
        let key = generate_rs256().unwrap();
        let read = |member: &Option<String>| from_base64url(member.as_deref().unwrap()).unwrap();
        let components = KeyPairComponents {
            public_key: PublicKeyComponents {
                n: read(&key.n),
                e: read(&key.e),
            },
            d: read(&key.d),
            p: read(&key.p),
            q: read(&key.q),
            dP: read(&key.dp),
            dQ: read(&key.dq),
            qInv: read(&key.qi),
        };
        assert!(KeyPair::from_components(&components).is_ok());
        assert_eq!(key.e.as_deref(), Some("AQAB"));
        assert_eq!(key.kid.unwrap().len(), 43);
    }

    /// The example of RFC 7638 section 3.1.
    #[test]
    fn the_thumbprint_of_the_rfc() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFx\
                 uhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_\
                 RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQv\
                 RL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_\
                 xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(
            thumbprint(n, "AQAB"),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
