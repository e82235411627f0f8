//! What the grants have in common: what they give, and why they give nothing.

use std::time::Duration;

use crate::domain::client::Client;
use crate::domain::grant::Grant;
use crate::domain::id_token::Hashes;
use crate::domain::scope::Scopes;
use crate::domain::secret::Secret;
use crate::domain::token::AccessToken;
use crate::flows::{Fault, Services, audit, minting};

/// Tokens, issued.
#[derive(Debug)]
pub struct Issued {
    /// The access token.
    pub access_token: Secret,
    /// For how long it is good.
    pub expires_in: Duration,
    /// What was granted.
    pub scopes: Scopes,
    /// The refresh token, if there is one.
    pub refresh_token: Option<Secret>,
    /// The ID token, if there is one.
    pub id_token: Option<Secret>,
}

/// Why a grant is not given.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The client may not use the grant.
    #[error("the client may not use the grant `{grant}`: {reason}")]
    UnauthorizedClient {
        /// The grant.
        grant: &'static str,
        /// Why not, and what to do.
        reason: &'static str,
    },
    /// The code or refresh token is no good, or not this client's, or was not shown what goes with it.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// A scope is malformed, or the client may not ask for it.
    #[error("{0}")]
    InvalidScope(String),
    /// The client was deleted meanwhile.
    #[error("the client does not exist any more")]
    ClientGone,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Tells the audit trail and the numbers that a client was given tokens for a grant.
pub(super) fn tell(services: &Services, client_id: &str, grant: &'static str, scopes: &Scopes) {
    services.metrics.issued(grant);
    audit::issued(client_id, grant, scopes);
}

/// Checks that the client is registered for the grant.
///
/// # Errors
/// It is not.
pub(super) fn require_grant(client: &Client, grant: &'static str) -> Result<(), GrantError> {
    if client.may_use_grant(grant) {
        return Ok(());
    }
    Err(GrantError::UnauthorizedClient {
        grant,
        reason: "its `grant_types` do not list it",
    })
}

/// Ends a grant for something that the client may not ask for any more: what was allowed when a person
/// consented may have been taken from the client since, and a token is made now.
///
/// # Errors
/// The client may not, or it could not be found out.
pub(super) async fn require_allowed_still(
    services: &Services,
    client: &Client,
    grant: &Grant,
) -> Result<(), GrantError> {
    if client
        .allowed_scopes()
        .first_uncovered(&grant.scopes)
        .is_none()
    {
        return Ok(());
    }
    services
        .storage
        .revoke_grant(&grant.id)
        .await
        .map_err(Fault::from)?;
    Err(GrantError::InvalidGrant(
        "the client is not allowed any more what was granted, so the grant has ended; send the person to \
         the authorization endpoint again",
    ))
}

/// The ID token that goes with an access token, if `openid` was granted to that.
///
/// # Errors
/// It could not be signed.
pub(super) async fn id_token(
    services: &Services,
    grant: &Grant,
    (value, token): (&Secret, &AccessToken),
) -> Result<Option<Secret>, Fault> {
    if !token.scopes.contain("openid") {
        return Ok(None);
    }
    let hashes = Hashes {
        access_token: Some(value),
        code: None,
    };
    minting::id_token(services, grant, hashes).await.map(Some)
}
