//! Is a token good, and what for (RFC 7662)?

use crate::domain::scope::Scopes;
use crate::domain::token::AccessToken;
use crate::flows::{Fault, Services};

/// The token, if it is active: issued here, neither expired nor revoked, and granted each of the
/// scopes in `scope`. Whatever else it is, it is `None`, and nobody learns why.
///
/// # Errors
/// It could not be found out.
pub async fn introspect(
    services: &Services,
    token: &str,
    scope: Option<&str>,
) -> Result<Option<AccessToken>, Fault> {
    let Some(signature) = services.access_tokens.signature_of(token) else {
        return Ok(None);
    };
    // A scope that no token can have been granted.
    let Ok(wanted) = Scopes::parse(scope.unwrap_or_default()) else {
        return Ok(None);
    };
    let now = services.clock.now();
    Ok(services
        .storage
        .access_token(signature)
        .await?
        .map(|stored| stored.token)
        .filter(|token| !token.expired(now) && token.scopes.first_uncovered(&wanted).is_none()))
}
