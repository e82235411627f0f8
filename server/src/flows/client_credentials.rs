//! The client credentials grant: a client asks in its own name (RFC 6749 section 4.4).

use std::time::Duration;

use crate::domain::client::{Client, grant_type};
use crate::domain::random;
use crate::domain::scope::Scopes;
use crate::domain::secret::Secret;
use crate::domain::token::AccessToken;
use crate::flows::{Fault, Services};

/// A token, issued.
#[derive(Debug)]
pub struct Issued {
    /// The access token.
    pub access_token: Secret,
    /// For how long it is good.
    pub expires_in: Duration,
    /// What was granted.
    pub scopes: Scopes,
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

/// Issues an access token to a client that has authenticated. Granted is what is asked for, so without
/// `scope` nothing is.
///
/// # Errors
/// The client may not use this grant or ask for these scopes.
pub async fn grant(
    services: &Services,
    client: &Client,
    scope: Option<&str>,
) -> Result<Issued, GrantError> {
    // RFC 6749 section 4.4: "MUST only be used by confidential clients."
    if client.public {
        return Err(GrantError::UnauthorizedClient {
            grant: grant_type::CLIENT_CREDENTIALS,
            reason: "it is public",
        });
    }
    if !client.may_use_grant(grant_type::CLIENT_CREDENTIALS) {
        return Err(GrantError::UnauthorizedClient {
            grant: grant_type::CLIENT_CREDENTIALS,
            reason: "its `grant_types` do not list it",
        });
    }
    let scopes = Scopes::parse(scope.unwrap_or_default())
        .map_err(|problem| GrantError::InvalidScope(problem.to_string()))?;
    if let Some(refused) = client.allowed_scopes().first_uncovered(&scopes) {
        return Err(GrantError::InvalidScope(format!(
            "the client may not ask for the scope `{refused}`"
        )));
    }

    let rng = services.rng.as_ref();
    let minted = services.access_tokens.mint(rng).map_err(Fault::from)?;
    let now = services.clock.now();
    let token = AccessToken {
        signature: minted.signature,
        request_id: random::uuid(rng).map_err(Fault::from)?.to_string(),
        client_id: client.id.clone(),
        subject: client.id.clone(),
        scopes,
        issued_at: now,
        expires_at: now.after(services.lifespans.access_token),
        grant_id: None,
    };
    let stored = services
        .storage
        .add_access_token(&token)
        .await
        .map_err(Fault::from)?;
    if !stored {
        return Err(GrantError::ClientGone);
    }
    // RFC 6749 section 4.4.3: no refresh token.
    Ok(Issued {
        access_token: minted.token,
        expires_in: services.lifespans.access_token,
        scopes: token.scopes,
    })
}
