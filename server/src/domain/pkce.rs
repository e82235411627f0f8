//! Proof Key for Code Exchange (RFC 7636): who redeems a code must know what the code was asked for with.
//!
//! The client makes up a *verifier*, sends its *challenge* (a hash) with the authorization request and the
//! verifier itself with the code. A stolen code is then worth nothing.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The characters in a challenge made by SHA-256: 32 bytes in base64url.
const S256_LENGTH: usize = 43;

/// How a challenge is made from its verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It is the base64url form of the verifier's SHA-256.
    S256,
    /// It is the verifier, which whoever sees the authorization request then knows.
    Plain,
}

impl Method {
    /// Its name in `code_challenge_method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S256 => "S256",
            Self::Plain => "plain",
        }
    }
}

/// What the code's redeemer will have to know.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeChallenge {
    method: Method,
    challenge: String,
}

/// Why a challenge cannot be; the authorization endpoint answers `invalid_request` (RFC 7636 section
/// 4.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChallenge {
    /// The method is none this server knows.
    #[error("`code_challenge_method` must be `S256`")]
    UnknownMethod,
    /// The method is `plain`, or left out, which means the same, and that is not allowed.
    #[error("`code_challenge_method` is `plain`, which is not allowed; send `S256`")]
    PlainNotAllowed,
    /// The challenge has the wrong length or characters.
    #[error(
        "`code_challenge` must be 43 to 128 letters, digits or `-._~`; with S256, the 43 characters of a \
         SHA-256 hash in base64url"
    )]
    Malformed,
}

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method` of an authorization request.
    ///
    /// # Errors
    /// The method is unknown or not allowed, or the challenge could be none.
    pub fn parse(
        challenge: &str,
        method: Option<&str>,
        plain_allowed: bool,
    ) -> Result<Self, InvalidChallenge> {
        let method = match method {
            Some("S256") => Method::S256,
            // RFC 7636 section 4.3: "Defaults to "plain" if not present in the request."
            None | Some("plain") if plain_allowed => Method::Plain,
            None | Some("plain") => return Err(InvalidChallenge::PlainNotAllowed),
            Some(_) => return Err(InvalidChallenge::UnknownMethod),
        };
        let fits = match method {
            Method::S256 => {
                challenge.len() == S256_LENGTH && URL_SAFE_NO_PAD.decode(challenge).is_ok()
            }
            Method::Plain => is_verifier(challenge),
        };
        if !fits {
            return Err(InvalidChallenge::Malformed);
        }
        Ok(Self {
            method,
            challenge: challenge.to_owned(),
        })
    }

    /// A challenge that was checked when it was stored; `None` if the method is none that was ever stored.
    #[must_use]
    pub fn from_stored(challenge: String, method: &str) -> Option<Self> {
        let method = [Method::S256, Method::Plain]
            .into_iter()
            .find(|known| known.as_str() == method)?;
        Some(Self { method, challenge })
    }

    /// How it was made.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The challenge as it was sent.
    #[must_use]
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    /// Whether this is the challenge of `verifier` (RFC 7636 section 4.6). Compares in constant time.
    #[must_use]
    pub fn verify(&self, verifier: &str) -> bool {
        if !is_verifier(verifier) {
            return false;
        }
        let of_verifier = match self.method {
            Method::S256 => URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())),
            Method::Plain => verifier.to_owned(),
        };
        verify_slices_are_equal(of_verifier.as_bytes(), self.challenge.as_bytes()).is_ok()
    }
}

/// RFC 7636 section 4.1: 43 to 128 unreserved characters.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Shows the method alone: a plain challenge is the secret itself.
impl fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeChallenge")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_rfcs_example_verifies_and_nothing_else_does() {
        let challenge = CodeChallenge::parse(CHALLENGE, Some("S256"), false).unwrap();
        assert!(challenge.verify(VERIFIER));
        for wrong in ["", CHALLENGE, &VERIFIER[1..], &VERIFIER.to_uppercase()] {
            assert!(!challenge.verify(wrong), "{wrong:?}");
        }
        let plain = CodeChallenge::parse(VERIFIER, Some("plain"), true).unwrap();
        assert!(plain.verify(VERIFIER));
        assert!(!plain.verify(CHALLENGE));
    }

    /// RFC 7636 section 4.3 and 4.4.1.
    #[test]
    fn a_method_left_out_is_plain_which_must_be_allowed() {
        for method in [None, Some("plain")] {
            assert_eq!(
                CodeChallenge::parse(VERIFIER, method, false),
                Err(InvalidChallenge::PlainNotAllowed)
            );
            let plain = CodeChallenge::parse(VERIFIER, method, true).unwrap();
            assert_eq!(plain.method(), Method::Plain);
        }
        for method in ["", "s256", "PLAIN", "S512", "none"] {
            assert_eq!(
                CodeChallenge::parse(CHALLENGE, Some(method), true),
                Err(InvalidChallenge::UnknownMethod)
            );
        }
    }

    #[test]
    fn a_challenge_that_could_be_none_is_refused() {
        let long = "x".repeat(129);
        let padded = format!("{CHALLENGE}=");
        for challenge in ["", "short", &padded, &CHALLENGE.replace('9', "+"), &long] {
            for method in ["S256", "plain"] {
                assert_eq!(
                    CodeChallenge::parse(challenge, Some(method), true),
                    Err(InvalidChallenge::Malformed),
                    "{challenge:?}"
                );
            }
        }
    }

    /// RFC 7636 section 4.1.
    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        let plain = |length| CodeChallenge {
            method: Method::Plain,
            challenge: "a".repeat(length),
        };
        for (length, fits) in [(42, false), (43, true), (128, true), (129, false)] {
            assert_eq!(plain(length).verify(&"a".repeat(length)), fits, "{length}");
        }
        let odd = format!("{}!", "a".repeat(43));
        let stored = CodeChallenge::from_stored(odd.clone(), "plain").unwrap();
        assert!(!stored.verify(&odd));
    }

    #[test]
    fn a_challenge_does_not_print() {
        let plain = CodeChallenge::parse(VERIFIER, None, true).unwrap();
        assert!(!format!("{plain:?}").contains(VERIFIER));
        assert_eq!(CodeChallenge::from_stored(String::new(), "other"), None);
    }
}
