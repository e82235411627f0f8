//! A client gives a token back (RFC 7009).

use crate::domain::client::Client;
use crate::flows::{Fault, Services};

/// Revokes the token, and with it whatever came from the same request. A token that is unknown, or
/// that belongs to another client, stays as it is.
///
/// # Errors
/// It could not be done, and the token may still be good.
pub async fn revoke(services: &Services, client: &Client, token: &str) -> Result<(), Fault> {
    let Some(signature) = services.access_tokens.signature_of(token) else {
        return Ok(());
    };
    // RFC 7009 section 2.1: "verifies whether the token was issued to the client".
    if let Some(stored) = services.storage.access_token(signature).await?
        && stored.token.client_id == client.id
    {
        services.storage.revoke_access_token(signature).await?;
    }
    Ok(())
}
