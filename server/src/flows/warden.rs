//! The warden: decisions on behalf of others.
//!
//! An application asks whether somebody, or whoever shows a token, may do something to something. The
//! policies are the same that guard this server, and so is the way they are asked.

use crate::domain::policy::AccessRequest;
use crate::domain::scope::Scopes;
use crate::flows::{Fault, Services, access, introspection};
use crate::storage::GrantedToken;

/// Whether `subject` may do it.
///
/// # Errors
/// It could not be found out.
pub async fn subject_allowed(
    services: &Services,
    subject: &str,
    request: &AccessRequest<'_>,
) -> Result<bool, Fault> {
    let standing = services.storage.standing(subject).await?;
    access::decide(services, subject, &standing, request).await
}

/// The token, if it is good, was granted each of the scopes, and its subject may do it. Whatever else it
/// is, it is `None`, and nobody learns why.
///
/// # Errors
/// It could not be found out.
pub async fn token_allowed(
    services: &Services,
    token: &str,
    scopes: &[String],
    request: &AccessRequest<'_>,
) -> Result<Option<GrantedToken>, Fault> {
    let found = introspection::access_token(services, token, None)
        .await?
        .filter(|found| cover(&found.token.scopes, scopes));
    let Some(found) = found else {
        return Ok(None);
    };
    let allowed = subject_allowed(services, &found.token.subject, request).await?;
    Ok(allowed.then_some(found))
}

/// Whether all that is wanted was granted. An empty text wants nothing.
fn cover(granted: &Scopes, wanted: &[String]) -> bool {
    wanted
        .iter()
        .all(|scope| scope.is_empty() || granted.cover(scope))
}
