//! Access tokens, as they are remembered: by signature, never by value.

use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;

/// An access token that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The part of the token that names it in storage. Without the other part it is no good.
    pub signature: String,
    /// Ties together the tokens that came from one request, so that they can be revoked together.
    pub request_id: String,
    /// The client it was issued to.
    pub client_id: String,
    /// Whom it speaks for: a person, or the client itself.
    pub subject: String,
    /// What was granted.
    pub scopes: Scopes,
    /// When it was issued.
    pub issued_at: UnixTime,
    /// From when on it is no good.
    pub expires_at: UnixTime,
}

impl AccessToken {
    /// Whether the token has expired at `now`.
    #[must_use]
    pub fn expired(&self, now: UnixTime) -> bool {
        now >= self.expires_at
    }
}
