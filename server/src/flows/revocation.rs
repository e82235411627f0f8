//! A client gives a token back (RFC 7009).

use crate::domain::client::Client;
use crate::flows::{Fault, Services, signing_keys};

/// Why a token is not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevocationError {
    /// It is an ID token: a statement, which cannot be taken back.
    #[error("an ID token cannot be revoked; revoke the access or refresh token that came with it")]
    UnsupportedTokenType,
    /// It could not be done, and the token may still be good.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Revokes a token and, if it follows from a grant, the grant: every access and refresh token of that
/// family. A token that is unknown, or that belongs to another client, stays as it is.
///
/// Which kind of token it is shows by its signature, so that no hint is needed and a wrong one does no harm.
///
/// # Errors
/// The token is of a kind that cannot be revoked, or it could not be done.
pub async fn revoke(
    services: &Services,
    client: &Client,
    token: &str,
) -> Result<(), RevocationError> {
    let grant_id = if let Some(signature) = services.access_tokens.signature_of(token) {
        let stored = services
            .storage
            .access_token(signature)
            .await
            .map_err(Fault::from)?
            .map(|stored| stored.token)
            // RFC 7009 section 2.1: "verifies whether the token was issued to the client".
            .filter(|token| token.client_id == client.id);
        let Some(stored) = stored else {
            return Ok(());
        };
        if stored.grant_id.is_none() {
            services
                .storage
                .revoke_access_token(signature)
                .await
                .map_err(Fault::from)?;
        }
        stored.grant_id
    } else if let Some(signature) = services.refresh_tokens.signature_of(token) {
        services
            .storage
            .refresh_token(signature)
            .await
            .map_err(Fault::from)?
            .map(|stored| stored.grant)
            .filter(|grant| grant.client_id == client.id)
            .map(|grant| grant.id)
    } else if is_id_token(services, token).await? {
        return Err(RevocationError::UnsupportedTokenType);
    } else {
        None
    };
    if let Some(id) = grant_id {
        // RFC 7009 section 2.1: with a refresh token its access tokens go as well.
        services
            .storage
            .revoke_grant(&id)
            .await
            .map_err(Fault::from)?;
    }
    Ok(())
}

/// Whether it is an ID token of ours, good or expired.
async fn is_id_token(services: &Services, token: &str) -> Result<bool, Fault> {
    // Most of what is no token does not even look like one.
    if token.split('.').count() != 3 {
        return Ok(false);
    }
    Ok(signing_keys::verify_own(services, token, true)
        .await?
        .is_some())
}
