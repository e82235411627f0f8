//! Making codes and tokens. What is made here is not stored yet: that is for the flow that wants it, in one
//! transaction with whatever else it decides.

use crate::domain::grant::{Code, CodeBinding, Grant};
use crate::domain::id_token;
pub use crate::domain::id_token::Hashes;
use crate::domain::random;
use crate::domain::secret::Secret;
use crate::domain::token::{AccessToken, RefreshToken};
use crate::flows::{Fault, Services, signing_keys};

/// A code, freshly made.
#[derive(Debug)]
pub struct NewCode {
    /// The code itself, for the client.
    pub value: Secret,
    /// What is remembered of it.
    pub code: Code,
}

/// Makes a code that whoever shows what `binding` asks for can redeem.
///
/// # Errors
/// There is no randomness to be had.
pub fn new_code(services: &Services, binding: &CodeBinding) -> Result<NewCode, Fault> {
    let minted = services.codes.mint(services.rng.as_ref())?;
    Ok(NewCode {
        value: minted.token,
        code: Code {
            signature: minted.signature,
            expires_at: services.clock.now().after(services.lifespans.code),
            binding: binding.clone(),
        },
    })
}

/// Makes an access token for all that was granted.
///
/// # Errors
/// There is no randomness to be had.
pub fn access_token(services: &Services, grant: &Grant) -> Result<(Secret, AccessToken), Fault> {
    let rng = services.rng.as_ref();
    let minted = services.access_tokens.mint(rng)?;
    let now = services.clock.now();
    let token = AccessToken {
        signature: minted.signature,
        request_id: random::uuid(rng)?.to_string(),
        client_id: grant.client_id.clone(),
        subject: grant.subject.clone(),
        scopes: grant.scopes.clone(),
        issued_at: now,
        expires_at: now.after(services.lifespans.access_token),
        grant_id: Some(grant.id.clone()),
    };
    Ok((minted.token, token))
}

/// Makes a refresh token.
///
/// # Errors
/// There is no randomness to be had.
pub fn refresh_token(services: &Services) -> Result<(Secret, RefreshToken), Fault> {
    let minted = services.refresh_tokens.mint(services.rng.as_ref())?;
    let now = services.clock.now();
    let lifespan = services.lifespans.refresh_token;
    let token = RefreshToken {
        signature: minted.signature,
        expires_at: lifespan.map(|lifespan| now.after(lifespan)),
    };
    Ok((minted.token, token))
}

/// Makes an ID token about a grant. `hashes` are of what it comes along with.
///
/// # Errors
/// It could not be signed.
pub async fn id_token(
    services: &Services,
    grant: &Grant,
    hashes: Hashes<'_>,
) -> Result<Secret, Fault> {
    let now = services.clock.now();
    let expires_at = now.after(services.lifespans.id_token);
    let claims = id_token::claims(&services.issuer, grant, now, expires_at, hashes);
    signing_keys::sign(services, &claims).await
}
