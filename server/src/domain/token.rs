//! Tokens, as they are remembered: by signature, never by value.

use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;

/// An access token that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The part of the token that names it in storage. Without the other part it is no good.
    pub signature: String,
    /// Names the request that it was issued on, for finding it in logs.
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
    /// The [grant](crate::domain::grant::Grant) it follows from and ends with; `None` if the client asked
    /// in its own name.
    pub grant_id: Option<String>,
}

impl AccessToken {
    /// Whether the token has expired at `now`.
    #[must_use]
    pub fn expired(&self, now: UnixTime) -> bool {
        now >= self.expires_at
    }
}

/// A refresh token that was issued. It always comes with an access token and belongs to the same grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The part of the token that names it in storage. Without the other part it is no good.
    pub signature: String,
    /// From when on it is no good; `None` means that it stays good until it is used or revoked.
    pub expires_at: Option<UnixTime>,
}

impl RefreshToken {
    /// Whether the token has expired at `now`.
    #[must_use]
    pub fn expired(&self, now: UnixTime) -> bool {
        self.expires_at.is_some_and(|expires_at| now >= expires_at)
    }
}
