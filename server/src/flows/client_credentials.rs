//! The client credentials grant: a client asks in its own name (RFC 6749 section 4.4).

use crate::domain::client::{Client, grant_type};
use crate::domain::random;
use crate::domain::scope::Scopes;
use crate::domain::token::AccessToken;
use crate::flows::issuing::{self, GrantError, Issued};
use crate::flows::{Fault, Services};

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
    issuing::require_grant(client, grant_type::CLIENT_CREDENTIALS)?;
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
    issuing::tell(
        services,
        &client.id,
        grant_type::CLIENT_CREDENTIALS,
        &token.scopes,
    );
    // RFC 6749 section 4.4.3: no refresh token.
    Ok(Issued {
        access_token: minted.token,
        expires_in: services.lifespans.access_token,
        scopes: token.scopes,
        refresh_token: None,
        id_token: None,
    })
}
