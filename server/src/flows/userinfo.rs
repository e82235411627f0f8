//! What a client may know of the person its access token speaks for (OpenID Connect Core 1.0 section 5.3).

use serde_json::{Map, Value};

use crate::domain::id_token;
use crate::flows::access::AccessError;
use crate::flows::{Services, introspection};

/// The scope that makes an access token good for this.
const SCOPE: &str = "openid";

/// Whom a token speaks for, and what is told of them.
#[derive(Debug)]
pub struct Told {
    /// The subject, as ID tokens name it.
    pub subject: String,
    /// What the application that asked for consent wants to be told.
    pub claims: Map<String, Value>,
}

/// Looks up whom an access token speaks for.
///
/// # Errors
/// The token is missing or no good, or was not granted `openid`.
pub async fn userinfo(services: &Services, token: Option<&str>) -> Result<Told, AccessError> {
    let token = token.ok_or(AccessError::MissingToken)?;
    let found = introspection::access_token(services, token, None)
        .await?
        .ok_or(AccessError::InvalidToken)?;
    // A pattern such as `*` among the granted scopes does not mean that a person agreed to be known.
    if !found.token.scopes.contain(SCOPE) {
        return Err(AccessError::InsufficientScope(SCOPE));
    }
    Ok(Told {
        subject: found.token.subject,
        claims: found.grant.iter().flat_map(id_token::told_of).collect(),
    })
}
