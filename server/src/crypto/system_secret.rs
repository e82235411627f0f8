//! The one secret an operator keeps, and the keys that are made from it.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;

use crate::domain::secret::Secret;

/// The shortest system secret, in bytes.
pub const SHORTEST: usize = 16;

/// The system secret was too short.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it is shorter than {SHORTEST} characters")]
pub struct TooShort;

/// The root of all keys. Every use has a key of its own, so that what one key made can never be taken
/// for what another did: a code is not a refresh token, a cookie not a sealed row.
#[derive(Clone)]
pub struct SystemSecret(hmac::Key);

impl SystemSecret {
    /// Takes the operator's secret.
    ///
    /// # Errors
    /// It is shorter than [`SHORTEST`].
    pub fn new(secret: &Secret) -> Result<Self, TooShort> {
        if secret.expose().len() < SHORTEST {
            return Err(TooShort);
        }
        let root = digest(&SHA256, secret.expose().as_bytes());
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, root.as_ref())))
    }

    /// The key for one purpose: 256 bits that tell nothing of the secret or of other purposes' keys.
    pub(crate) fn key_for(&self, purpose: &str) -> [u8; 32] {
        let tag = hmac::sign(&self.0, purpose.as_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(tag.as_ref());
        key
    }
}

impl fmt::Debug for SystemSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_own_key() {
        let secret = SystemSecret::new(&Secret::new("a-secret-of-some-length")).unwrap();
        assert_eq!(
            secret.key_for("access token"),
            secret.key_for("access token")
        );
        assert_ne!(
            secret.key_for("access token"),
            secret.key_for("refresh token")
        );
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(SystemSecret::new(&Secret::new("0123456789abcde")).is_err());
        assert!(SystemSecret::new(&Secret::new("0123456789abcdef")).is_ok());
    }
}
