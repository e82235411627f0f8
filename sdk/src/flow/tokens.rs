//! What the token endpoint gives.

use std::time::Duration;

use super::IdToken;
use crate::Secret;

/// The answer of the token endpoint, with the ID token already verified.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// What to call the API with: `Authorization: Bearer …`.
    pub access_token: Secret,
    /// For how long the access token is good, from the answer on; `None` if the server does not
    /// tell.
    pub expires_in: Option<Duration>,
    /// What gets the next tokens without the person; `None` unless `offline` was granted.
    pub refresh_token: Option<Secret>,
    /// The scopes granted. A person may grant fewer than were asked for.
    pub scopes: Vec<String>,
    /// Who signed in; `None` unless `openid` was granted.
    pub id_token: Option<IdToken>,
}

impl Tokens {
    /// Whether this scope was granted.
    pub fn grants(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}
