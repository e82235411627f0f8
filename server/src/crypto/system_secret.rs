//! The one secret an operator keeps, and the keys that are made from it.
//!
//! When an operator changes the secret, the earlier ones stay known for a while: nothing is made with
//! their keys any more, but what was made with them is still good.

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
pub struct SystemSecret {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

impl SystemSecret {
    /// Takes the operator's secret.
    ///
    /// # Errors
    /// It is shorter than [`SHORTEST`].
    pub fn new(secret: &Secret) -> Result<Self, TooShort> {
        Ok(Self {
            current: root(secret)?,
            previous: Vec::new(),
        })
    }

    /// Takes earlier secrets as well, for what was made with them.
    ///
    /// # Errors
    /// One is shorter than [`SHORTEST`].
    pub fn after(self, previous: &[Secret]) -> Result<Self, TooShort> {
        Ok(Self {
            previous: previous.iter().map(root).collect::<Result<_, _>>()?,
            ..self
        })
    }

    /// Whether there are earlier secrets.
    pub(crate) fn has_previous(&self) -> bool {
        !self.previous.is_empty()
    }

    /// The key for one purpose: 256 bits that tell nothing of the secret or of other purposes' keys.
    pub(crate) fn key_for(&self, purpose: &str) -> [u8; 32] {
        derive(&self.current, purpose)
    }

    /// The keys for the same purpose from earlier secrets.
    pub(crate) fn previous_keys_for(&self, purpose: &str) -> impl Iterator<Item = [u8; 32]> {
        self.previous.iter().map(move |root| derive(root, purpose))
    }
}

fn root(secret: &Secret) -> Result<hmac::Key, TooShort> {
    if secret.expose().len() < SHORTEST {
        return Err(TooShort);
    }
    let root = digest(&SHA256, secret.expose().as_bytes());
    Ok(hmac::Key::new(hmac::HMAC_SHA256, root.as_ref()))
}

fn derive(root: &hmac::Key, purpose: &str) -> [u8; 32] {
    let tag = hmac::sign(root, purpose.as_bytes());
    let mut key = [0; 32];
    key.copy_from_slice(tag.as_ref());
    key
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

    #[test]
    fn earlier_secrets_give_the_keys_they_gave() {
        let secret = |text: &str| SystemSecret::new(&Secret::new(text)).unwrap();
        let old = Secret::new("the-old-system-secret");
        let new = secret("the-new-system-secret");
        assert!(!new.has_previous());
        let after = new.clone().after(std::slice::from_ref(&old)).unwrap();
        assert!(after.has_previous());
        assert_eq!(after.key_for("x"), new.key_for("x"));
        let previous: Vec<_> = after.previous_keys_for("x").collect();
        assert_eq!(previous, [secret(old.expose()).key_for("x")]);
        assert!(new.after(&[Secret::new("short")]).is_err());
    }
}
