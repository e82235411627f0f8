//! The refresh token grant: a client asks for new tokens with an old one (RFC 6749 section 6).
//!
//! Each use ends the token that was used and gives another. One that is used again has leaked, and as
//! nobody can tell whether the thief or the owner came first, the whole family of tokens ends (RFC 9700
//! section 4.14.2). Clients that lose an answer and try again would lose their family too; an operator who
//! minds that more than a thief's head start sets a grace.

use crate::domain::client::{Client, grant_type};
use crate::domain::clock::UnixTime;
use crate::domain::grant::Grant;
use crate::domain::scope::Scopes;
use crate::flows::issuing::{self, GrantError, Issued};
use crate::flows::{Fault, Services, audit, minting};
use crate::storage::Rotation;

/// Said of every refresh token that is no good, so that nobody learns what was wrong with somebody else's.
const NO_GOOD: GrantError = GrantError::InvalidGrant(
    "the refresh token is unknown, expired, used, revoked or another client's; send the person to the \
     authorization endpoint again",
);

/// Issues tokens for a refresh token to a client that has authenticated. `scope` may ask for less than was
/// granted; what the next refresh token is good for stays as it was.
///
/// # Errors
/// The client may not use this grant, the token is no good, or `scope` asks for more than was granted.
pub async fn grant(
    services: &Services,
    client: &Client,
    refresh_token: &str,
    scope: Option<&str>,
) -> Result<Issued, GrantError> {
    issuing::require_grant(client, grant_type::REFRESH_TOKEN)?;
    // Made-up tokens end here, before the database is asked.
    let signature = services
        .refresh_tokens
        .signature_of(refresh_token)
        .ok_or(NO_GOOD)?;
    let stored = services
        .storage
        .refresh_token(signature)
        .await
        .map_err(Fault::from)?
        .filter(|stored| stored.grant.client_id == client.id)
        .ok_or(NO_GOOD)?;
    let now = services.clock.now();
    let used_after = used_after(services, now);
    if let Some(used_at) = stored.used_at
        && used_after.is_none_or(|used_after| used_at <= used_after)
    {
        return reused(services, &stored.grant.id).await;
    }
    if stored.token.expired(now) {
        return Err(NO_GOOD);
    }
    let scopes = narrowed(&stored.grant, scope)?;
    issuing::require_allowed_still(services, client, &stored.grant).await?;

    let (access_token, mut token) = minting::access_token(services, &stored.grant)?;
    token.scopes = scopes;
    let (new, refresh) = minting::refresh_token(services)?;
    // OpenID Connect Core 1.0 section 12.2: the nonce belongs to the login and "SHOULD NOT" be repeated.
    let grant = Grant {
        nonce: None,
        ..stored.grant
    };
    // Signed before the token is used up: if it fails, the client can try again.
    let id_token = issuing::id_token(services, &grant, (&access_token, &token)).await?;
    let rotation = services
        .storage
        .rotate_refresh_token(signature, &token, &refresh, now, used_after)
        .await
        .map_err(Fault::from)?;
    match rotation {
        Rotation::Rotated => {
            issuing::tell(
                services,
                &client.id,
                grant_type::REFRESH_TOKEN,
                &token.scopes,
            );
            Ok(Issued {
                access_token,
                expires_in: services.lifespans.access_token,
                scopes: token.scopes,
                refresh_token: Some(new),
                id_token,
            })
        }
        Rotation::AlreadyUsed => reused(services, &grant.id).await,
        Rotation::Gone => Err(NO_GOOD),
    }
}

/// A token that was first used after this may be used again; `None` if none may, which is not the same as
/// now: another process's clock may be ahead.
fn used_after(services: &Services, now: UnixTime) -> Option<UnixTime> {
    let grace = services.lifespans.refresh_token_grace.as_secs();
    (grace > 0).then(|| {
        UnixTime(
            now.0
                .saturating_sub(i64::try_from(grace).unwrap_or(i64::MAX)),
        )
    })
}

/// RFC 6749 section 6: "The requested scope MUST NOT include any scope not originally granted".
fn narrowed(grant: &Grant, scope: Option<&str>) -> Result<Scopes, GrantError> {
    let Some(scope) = scope else {
        return Ok(grant.scopes.clone());
    };
    let scopes =
        Scopes::parse(scope).map_err(|problem| GrantError::InvalidScope(problem.to_string()))?;
    match grant.scopes.first_uncovered(&scopes) {
        None => Ok(scopes),
        Some(refused) => Err(GrantError::InvalidScope(format!(
            "the scope `{refused}` was not granted"
        ))),
    }
}

/// Ends the family of a refresh token that turned up twice.
async fn reused(services: &Services, grant_id: &str) -> Result<Issued, GrantError> {
    tracing::warn!(
        target: audit::TARGET,
        grant = grant_id,
        "a refresh token was used twice, so its grant has ended"
    );
    services
        .storage
        .revoke_grant(grant_id)
        .await
        .map_err(Fault::from)?;
    Err(NO_GOOD)
}
