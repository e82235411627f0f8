//! Marks that only this server can make: an HMAC over a text that others may know.

use std::fmt;

use aws_lc_rs::hmac;

use crate::crypto::system_secret::SystemSecret;
use crate::crypto::{base64url, from_base64url};

/// Makes and recognises the marks of one kind.
#[derive(Clone)]
pub struct Authenticator(hmac::Key);

impl Authenticator {
    /// An authenticator for one purpose, such as `consent cookie`.
    #[must_use]
    pub fn new(secret: &SystemSecret, purpose: &str) -> Self {
        let key = secret.key_for(&format!("authenticate: {purpose}"));
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    /// The mark of `text`: 43 characters of base64url.
    #[must_use]
    pub fn mark(&self, text: &str) -> String {
        base64url(hmac::sign(&self.0, text.as_bytes()).as_ref())
    }

    /// Whether `mark` is the mark of `text`. Compares in constant time.
    #[must_use]
    pub fn recognises(&self, text: &str, mark: &str) -> bool {
        from_base64url(mark)
            .is_some_and(|mark| hmac::verify(&self.0, text.as_bytes(), &mark).is_ok())
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
}
