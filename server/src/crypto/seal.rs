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

/// Seals with AES-256-GCM, under a key made for the purpose; opens what was sealed under it or under the
/// key for the same purpose from an earlier system secret.
pub struct Sealer {
    current: LessSafeKey,
    previous: Vec<LessSafeKey>,
}

impl Sealer {
    /// A sealer for one purpose.
    ///
    /// # Errors
    /// The cipher refused the key, which it does not for one of the right length.
    pub fn new(secret: &SystemSecret, purpose: &str) -> Result<Self, SealError> {
        let purpose = format!("seal: {purpose}");
        let key = |key: [u8; 32]| {
            UnboundKey::new(&AES_256_GCM, &key)
                .map(LessSafeKey::new)
                .map_err(|_| SealError::TooLong)
        };
        Ok(Self {
            current: key(secret.key_for(&purpose))?,
            previous: secret
                .previous_keys_for(&purpose)
                .map(key)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Seals `text` for `place`; it opens nowhere else. The result is base64url.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn seal(&self, rng: &dyn Rng, place: &str, text: &[u8]) -> Result<String, SealError> {
        let nonce = random::bytes::<NONCE_LEN>(rng)?;
        let mut sealed = text.to_vec();
        self.current
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
    /// It was not sealed with this secret, or an earlier one, for this place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, Unreadable> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .find_map(|key| open(key, place, sealed))
            .ok_or(Unreadable)
    }

    /// Seals anew what was sealed for `place` under an earlier secret; `None` if it is sealed under the
    /// current one.
    ///
    /// # Errors
    /// It does not open, or there is no randomness to be had.
    pub fn renew(
        &self,
        rng: &dyn Rng,
        place: &str,
        sealed: &str,
    ) -> Result<Option<String>, RenewError> {
        if open(&self.current, place, sealed).is_some() {
            return Ok(None);
        }
        let text = self.open(place, sealed)?;
        Ok(Some(self.seal(rng, place, &text)?))
    }
}

/// Why something could not be sealed anew.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each is the error it wraps")]
pub enum RenewError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Seal(#[from] SealError),
}

fn open(key: &LessSafeKey, place: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = from_base64url(sealed)?;
    let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let mut rest = rest.to_vec();
    let text = key
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(place.as_bytes()),
            &mut rest,
        )
        .ok()?;
    Some(text.to_vec())
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

    #[test]
    fn what_an_earlier_secret_sealed_opens_and_is_sealed_anew() {
        let (old, new) = ("the-old-system-secret", "the-new-system-secret");
        let sealed = sealer(old).seal(&SystemRng, "here", b"text").unwrap();
        assert!(sealer(new).open("here", &sealed).is_err());

        let both = SystemSecret::new(&Secret::new(new))
            .and_then(|secret| {
                secret.after(&[Secret::new("an-even-older-secret"), Secret::new(old)])
            })
            .unwrap();
        let both = Sealer::new(&both, "test").unwrap();
        assert_eq!(both.open("here", &sealed).unwrap(), b"text");
        assert!(both.open("there", &sealed).is_err());
        assert!(both.renew(&SystemRng, "there", &sealed).is_err());

        let renewed = both.renew(&SystemRng, "here", &sealed).unwrap().unwrap();
        assert_eq!(sealer(new).open("here", &renewed).unwrap(), b"text");
        assert!(sealer(old).open("here", &renewed).is_err());
        assert_eq!(both.renew(&SystemRng, "here", &renewed).unwrap(), None);
    }

    /// A nonce that is used twice gives the key away.
    #[test]
    fn ten_thousand_nonces_are_distinct() {
        let sealer = sealer("the-right-system-secret");
        let nonces: std::collections::HashSet<String> = (0..10_000)
            .map(|_| sealer.seal(&SystemRng, "", b"").unwrap()[..16].to_owned())
            .collect();
        assert_eq!(nonces.len(), 10_000);
    }
}
