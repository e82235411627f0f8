//! Texts that nobody can guess, and comparing them without telling how far one got.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::FlowError;

/// 256 random bits as base64url: 43 characters, as RFC 7636 section 4.1 recommends for a code
/// verifier. Good for `state` and `nonce` as well.
pub(super) fn text() -> Result<String, FlowError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| FlowError::Randomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The challenge of a code verifier by method `S256` (RFC 7636 section 4.2).
pub(super) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether two texts are the same, in a time that does not depend on where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn the_challenge_is_the_standards_own_example() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(
            s256(verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn no_two_texts_are_the_same() {
        let made: HashSet<_> = (0..1000).map(|_| text().unwrap()).collect();
        assert_eq!(made.len(), 1000);
        assert!(made.iter().all(|text| text.len() == 43));
    }
}
