//! Sealing: what a database keeps and must not be able to read.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::crypto::system_secret::SystemSecret;
use crate::crypto::{base64url, from_base64url};
use crate::domain::random::{self, RandomFailure, Rng};

/// Why something could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no randomness to be had.
    #[error(transparent)]
    Random(#[from] RandomFailure),
    /// The cipher refused; it does so for texts of gigabytes.
    #[error("the text is too long to seal")]
    TooLong,
}

/// What was sealed does not open: another system secret sealed it, it was put in another place, or it
/// was changed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the sealed value does not open: another SYSTEM_SECRET sealed it, or it was changed")]
pub struct Unreadable;

/// Seals and opens with AES-256-GCM, under a key made for the purpose.
pub struct Sealer(LessSafeKey);

impl Sealer {
    /// A sealer for one purpose.
    ///
    /// # Errors
    /// The cipher refused the key, which it does not for one of the right length.
    pub fn new(secret: &SystemSecret, purpose: &str) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, &secret.key_for(&format!("seal: {purpose}")))
            .map_err(|_| SealError::TooLong)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals `text` for `place`; it opens nowhere else. The result is base64url.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn seal(&self, rng: &dyn Rng, place: &str, text: &[u8]) -> Result<String, SealError> {
        let nonce = random::bytes::<NONCE_LEN>(rng)?;
        let mut sealed = text.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| SealError::TooLong)?;
        Ok(base64url(&[&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// It was not sealed with this secret for this place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, Unreadable> {
        let bytes = from_base64url(sealed).ok_or(Unreadable)?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(Unreadable)?;
        let mut rest = rest.to_vec();
        let text = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.as_bytes()),
                &mut rest,
            )
            .map_err(|_| Unreadable)?;
        Ok(text.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SystemRng;
    use crate::domain::secret::Secret;

    fn sealer(secret: &str) -> Sealer {
        let secret = SystemSecret::new(&Secret::new(secret)).unwrap();
        Sealer::new(&secret, "test").unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_with_its_secret_unchanged() {
        let sealer = sealer("the-right-system-secret");
        let sealed = sealer.seal(&SystemRng, "here", b"text").unwrap();
        assert_eq!(sealer.open("here", &sealed).unwrap(), b"text");
        assert!(sealer.open("there", &sealed).is_err());
        assert!(
            self::sealer("the-wrong-system-secret")
                .open("here", &sealed)
                .is_err()
        );
        let mut changed = sealed.into_bytes();
        changed[20] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert!(sealer.open("here", &changed).is_err());
        assert!(sealer.open("here", "").is_err());
    }

    #[test]
    fn the_same_text_seals_differently_each_time() {
        let sealer = sealer("the-right-system-secret");
        assert_ne!(
            sealer.seal(&SystemRng, "here", b"text").unwrap(),
            sealer.seal(&SystemRng, "here", b"text").unwrap()
        );
    }
}
