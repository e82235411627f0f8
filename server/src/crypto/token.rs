//! Opaque tokens: `<key>.<signature>`.
//!
//! The key is 256 random bits, the signature an HMAC over them, both in base64url. Storage knows a
//! token by its signature alone, so that who reads the database cannot use what is in it; and a made-up
//! token is told from a real one before the database is asked.

use aws_lc_rs::hmac;

use crate::crypto::system_secret::SystemSecret;
use crate::crypto::{base64url, from_base64url};
use crate::domain::random::{self, RandomFailure, Rng};
use crate::domain::secret::Secret;

/// Bytes in a key, and in a signature.
const LENGTH: usize = 32;

/// Makes and recognises the tokens of one kind. Those that were made under an earlier system secret are
/// recognised as well.
#[derive(Debug, Clone)]
pub struct TokenSigner {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

/// A token, freshly made.
#[derive(Debug)]
pub struct MintedToken {
    /// The whole token, for its owner.
    pub token: Secret,
    /// The part that storage may know.
    pub signature: String,
}

impl TokenSigner {
    /// A signer for the tokens of one kind, such as `access token`.
    #[must_use]
    pub fn new(secret: &SystemSecret, kind: &str) -> Self {
        let kind = format!("token: {kind}");
        let key = |key: [u8; 32]| hmac::Key::new(hmac::HMAC_SHA256, &key);
        Self {
            current: key(secret.key_for(&kind)),
            previous: secret.previous_keys_for(&kind).map(key).collect(),
        }
    }

    /// Makes a token.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn mint(&self, rng: &dyn Rng) -> Result<MintedToken, RandomFailure> {
        let key = random::bytes::<LENGTH>(rng)?;
        let signature = base64url(hmac::sign(&self.current, &key).as_ref());
        Ok(MintedToken {
            token: Secret::new(format!("{}.{signature}", base64url(&key))),
            signature,
        })
    }

    /// The signature of a token that this signer made; `None` for anything else. Compares in constant
    /// time.
    #[must_use]
    pub fn signature_of<'a>(&self, token: &'a str) -> Option<&'a str> {
        let (key, signature) = token.split_once('.')?;
        let key = from_base64url(key).filter(|key| key.len() == LENGTH)?;
        let tag = from_base64url(signature).filter(|tag| tag.len() == LENGTH)?;
        std::iter::once(&self.current)
            .chain(&self.previous)
            .any(|signer| hmac::verify(signer, &key, &tag).is_ok())
            .then_some(signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SystemRng;

    fn signer(kind: &str) -> TokenSigner {
        let secret = SystemSecret::new(&Secret::new("a-secret-of-some-length")).unwrap();
        TokenSigner::new(&secret, kind)
    }

    #[test]
    fn a_token_is_recognised_by_its_own_kind_only() {
        let minted = signer("access token").mint(&SystemRng).unwrap();
        let token = minted.token.expose();
        assert_eq!(token.len(), 43 + 1 + 43);
        assert_eq!(
            signer("access token").signature_of(token),
            Some(minted.signature.as_str())
        );
        assert_eq!(signer("refresh token").signature_of(token), None);
    }

    #[test]
    fn a_tampered_token_is_not_recognised() {
        let signer = signer("access token");
        let token = signer.mint(&SystemRng).unwrap().token;
        let token = token.expose();
        for position in (0..token.len()).filter(|&at| at != 43) {
            let mut bytes = token.as_bytes().to_vec();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let tampered = String::from_utf8(bytes).unwrap();
            assert_eq!(signer.signature_of(&tampered), None, "at {position}");
        }
    }

    #[test]
    fn other_shapes_are_not_recognised() {
        let signer = signer("access token");
        let token = signer.mint(&SystemRng).unwrap().token.expose().to_owned();
        let swapped = token
            .split_once('.')
            .map(|(k, s)| format!("{s}.{k}"))
            .unwrap();
        for text in [
            "",
            ".",
            "a.b",
            &swapped,
            &format!("{token}."),
            &format!("{token}="),
        ] {
            assert_eq!(signer.signature_of(text), None, "{text:?}");
        }
    }

    #[test]
    fn ten_thousand_tokens_are_distinct() {
        let signer = signer("access token");
        let tokens: std::collections::HashSet<String> = (0..10_000)
            .map(|_| signer.mint(&SystemRng).unwrap().signature)
            .collect();
        assert_eq!(tokens.len(), 10_000);
    }

    #[test]
    fn tokens_of_an_earlier_secret_are_recognised_and_no_longer_made() {
        let secret = |text: &str| SystemSecret::new(&Secret::new(text)).unwrap();
        let (old, new) = ("the-old-system-secret", "the-new-system-secret");
        let kind = "access token";
        let before = TokenSigner::new(&secret(old), kind);
        let after = secret(new).after(&[Secret::new(old)]).unwrap();
        let after = TokenSigner::new(&after, kind);

        let minted = before.mint(&SystemRng).unwrap();
        let token = minted.token.expose();
        assert_eq!(after.signature_of(token), Some(minted.signature.as_str()));
        assert_eq!(
            TokenSigner::new(&secret(new), kind).signature_of(token),
            None
        );
        let minted = after.mint(&SystemRng).unwrap();
        assert_eq!(before.signature_of(minted.token.expose()), None);

        // Of another kind it is still not.
        let other = secret(new).after(&[Secret::new(old)]).unwrap();
        let other = TokenSigner::new(&other, "refresh token");
        assert_eq!(other.signature_of(token), None);
    }
}
