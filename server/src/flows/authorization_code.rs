//! The authorization code grant: a client redeems what the browser brought it (RFC 6749 section 4.1.3).

use crate::domain::client::{Client, grant_type};
use crate::domain::grant::CodeBinding;
use crate::flows::issuing::{self, GrantError, Issued};
use crate::flows::{Fault, Services, audit, minting};
use crate::storage::Redemption;

/// What a client shows for its tokens.
#[derive(Debug, Clone, Copy)]
pub struct Redeemed<'a> {
    /// The code.
    pub code: &'a str,
    /// The redirect URI that the code was sent to.
    pub redirect_uri: Option<&'a str>,
    /// What the code was asked for with (RFC 7636).
    pub code_verifier: Option<&'a str>,
}

/// Said of every code that is no good, so that nobody learns what was wrong with somebody else's.
const NO_GOOD: GrantError = GrantError::InvalidGrant(
    "the code is unknown, expired, used or another client's; send the person to the authorization \
     endpoint again",
);

/// Issues tokens for a code to a client that has authenticated.
///
/// A code that another client shows stays good for its own. One that is shown a second time has leaked: then
/// whatever was issued for it ends as well (RFC 6749 section 4.1.2).
///
/// # Errors
/// The client may not use this grant, or the code is no good, or what goes with it was not shown.
pub async fn grant(
    services: &Services,
    client: &Client,
    shown: Redeemed<'_>,
) -> Result<Issued, GrantError> {
    issuing::require_grant(client, grant_type::AUTHORIZATION_CODE)?;
    // Made-up codes end here, before the database is asked.
    let signature = services.codes.signature_of(shown.code).ok_or(NO_GOOD)?;
    let stored = services
        .storage
        .code(signature)
        .await
        .map_err(Fault::from)?
        .filter(|stored| stored.grant.client_id == client.id)
        .ok_or(NO_GOOD)?;
    let grant = stored.grant;
    if stored.used {
        return replayed(services, &grant.id).await;
    }
    let now = services.clock.now();
    if now >= stored.code.expires_at {
        return Err(NO_GOOD);
    }
    check_binding(&stored.code.binding, shown)?;
    issuing::require_allowed_still(services, client, &grant).await?;

    let (access_token, token) = minting::access_token(services, &grant)?;
    let (refresh_token, refresh) =
        if grant.is_offline() && client.may_use_grant(grant_type::REFRESH_TOKEN) {
            let (value, refresh) = minting::refresh_token(services)?;
            (Some(value), Some(refresh))
        } else {
            (None, None)
        };
    // Signed before the code is used up: if it fails, the client can try again.
    let id_token = issuing::id_token(services, &grant, (&access_token, &token)).await?;
    let redemption = services
        .storage
        .redeem_code(&token, refresh.as_ref(), now)
        .await
        .map_err(Fault::from)?;
    match redemption {
        Redemption::Redeemed => {
            issuing::tell(
                services,
                &client.id,
                grant_type::AUTHORIZATION_CODE,
                &token.scopes,
            );
            Ok(Issued {
                access_token,
                expires_in: services.lifespans.access_token,
                scopes: token.scopes,
                refresh_token,
                id_token,
            })
        }
        Redemption::AlreadyUsed => replayed(services, &grant.id).await,
        Redemption::Gone => Err(NO_GOOD),
    }
}

/// Ends what was issued for a code that turned up twice.
async fn replayed(services: &Services, grant_id: &str) -> Result<Issued, GrantError> {
    tracing::warn!(
        target: audit::TARGET,
        grant = grant_id,
        "a code was shown twice, so all that was issued for it has ended"
    );
    services
        .storage
        .revoke_grant(grant_id)
        .await
        .map_err(Fault::from)?;
    Err(NO_GOOD)
}

fn check_binding(binding: &CodeBinding, shown: Redeemed<'_>) -> Result<(), GrantError> {
    // RFC 6749 section 4.1.3: "if the "redirect_uri" parameter was included in the authorization
    // request […] their values MUST be identical."
    if let Some(redirect_uri) = &binding.redirect_uri
        && shown.redirect_uri != Some(redirect_uri)
    {
        return Err(GrantError::InvalidGrant(
            "`redirect_uri` must be the one that the authorization request named",
        ));
    }
    match (&binding.challenge, shown.code_verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.verify(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(GrantError::InvalidGrant(
            "`code_verifier` is not what the `code_challenge` of the authorization request was made from",
        )),
        (Some(_), None) => Err(GrantError::InvalidGrant(
            "`code_verifier` is missing; the authorization request had a `code_challenge`",
        )),
        // RFC 9700 section 4.8.2: somebody may have taken the challenge out of the request.
        (None, Some(_)) => Err(GrantError::InvalidGrant(
            "there is a `code_verifier`, but the authorization request had no `code_challenge`",
        )),
    }
}
