//! What ties a flow to the browser that began it.
//!
//! A browser that begins a flow gets a cookie made for that one consent request. The application that asks
//! for consent learns another value, which stands in the URL that leads back. Only who has both goes on:
//! the cookie keeps a link that was passed to somebody else from working in their browser, the value keeps
//! a browser that never went by the application from coming back. Both are marks over the request's id, so
//! nothing in the database helps to make them.

use crate::crypto::authenticator::Authenticator;
use crate::crypto::system_secret::SystemSecret;
use crate::crypto::token::TokenSigner;

/// Makes and recognises what browsers keep.
#[derive(Debug)]
pub struct BrowserKeys {
    consent_cookies: Authenticator,
    consent_returns: Authenticator,
    logouts: Authenticator,
    /// Makes and recognises the cookies of people who are logged in.
    pub login_sessions: TokenSigner,
}

impl BrowserKeys {
    /// Keys that follow from `secret`: that of the cookies, if there is one, or else the system's.
    #[must_use]
    pub fn new(secret: &SystemSecret) -> Self {
        Self {
            consent_cookies: Authenticator::new(secret, "consent cookie"),
            consent_returns: Authenticator::new(secret, "consent return"),
            logouts: Authenticator::new(secret, "logout"),
            login_sessions: TokenSigner::new(secret, "login session"),
        }
    }

    /// The value of the cookie for the browser that began the consent request.
    #[must_use]
    pub fn consent_cookie(&self, consent_id: &str) -> String {
        self.consent_cookies.mark(consent_id)
    }

    /// Whether the cookie is that browser's.
    #[must_use]
    pub fn is_consent_cookie(&self, consent_id: &str, value: &str) -> bool {
        self.consent_cookies.recognises(consent_id, value)
    }

    /// The value that leads the browser back, for the application that asks.
    #[must_use]
    pub fn consent_csrf(&self, consent_id: &str) -> String {
        self.consent_returns.mark(consent_id)
    }

    /// Whether the browser came by that application.
    #[must_use]
    pub fn is_consent_csrf(&self, consent_id: &str, value: &str) -> bool {
        self.consent_returns.recognises(consent_id, value)
    }

    /// The value that a page for a logout posts back, for a browser with this cookie.
    #[must_use]
    pub fn logout_csrf(&self, cookie: &str) -> String {
        self.logouts.mark(cookie)
    }

    /// Whether the value is from such a page.
    #[must_use]
    pub fn is_logout_csrf(&self, cookie: &str, value: &str) -> bool {
        self.logouts.recognises(cookie, value)
    }
}
