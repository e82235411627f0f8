//! Marks that only this server can make: an HMAC over a text that others may know.

use std::fmt;

use aws_lc_rs::hmac;

use crate::crypto::system_secret::SystemSecret;
use crate::crypto::{base64url, from_base64url};

/// Makes and recognises the marks of one kind. Those that were made under an earlier system secret are
/// recognised as well, so that nobody is logged out by a change of it.
#[derive(Clone)]
pub struct Authenticator {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

impl Authenticator {
    /// An authenticator for one purpose, such as `consent cookie`.
    #[must_use]
    pub fn new(secret: &SystemSecret, purpose: &str) -> Self {
        let purpose = format!("authenticate: {purpose}");
        let key = |key: [u8; 32]| hmac::Key::new(hmac::HMAC_SHA256, &key);
        Self {
            current: key(secret.key_for(&purpose)),
            previous: secret.previous_keys_for(&purpose).map(key).collect(),
        }
    }

    /// The mark of `text`: 43 characters of base64url.
    #[must_use]
    pub fn mark(&self, text: &str) -> String {
        base64url(hmac::sign(&self.current, text.as_bytes()).as_ref())
    }

    /// Whether `mark` is the mark of `text`. Compares in constant time.
    #[must_use]
    pub fn recognises(&self, text: &str, mark: &str) -> bool {
        from_base64url(mark).is_some_and(|mark| {
            std::iter::once(&self.current)
                .chain(&self.previous)
                .any(|key| hmac::verify(key, text.as_bytes(), &mark).is_ok())
        })
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::Secret;

    #[test]
    fn a_mark_is_good_for_its_text_and_its_purpose() {
        let secret = SystemSecret::new(&Secret::new("a-secret-of-some-length")).unwrap();
        let cookies = Authenticator::new(&secret, "cookie");
        let mark = cookies.mark("one");
        assert!(cookies.recognises("one", &mark));
        assert!(!cookies.recognises("two", &mark));
        assert!(!Authenticator::new(&secret, "form").recognises("one", &mark));
        for wrong in ["", "x", &mark[1..], &format!("{mark}=")] {
            assert!(!cookies.recognises("one", wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_mark_outlives_a_change_of_the_secret_while_the_old_one_is_told() {
        let secret = |text: &str| SystemSecret::new(&Secret::new(text)).unwrap();
        let (old, new) = ("the-old-system-secret", "the-new-system-secret");
        let before = Authenticator::new(&secret(old), "cookie");
        let mark = before.mark("one");
        let both = secret(new).after(&[Secret::new(old)]).unwrap();
        let both = Authenticator::new(&both, "cookie");
        assert!(both.recognises("one", &mark) && !both.recognises("two", &mark));
        assert!(!Authenticator::new(&secret(new), "cookie").recognises("one", &mark));
        assert!(!before.recognises("one", &both.mark("one")));
    }
}
