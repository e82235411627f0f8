//! Is a token good, and what for (RFC 7662)?

use serde_json::{Map, Value};

use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;
use crate::domain::token::AccessToken;
use crate::flows::{Fault, Services};
use crate::storage::GrantedToken;

/// The two kinds of token that can be asked about.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

/// What is told of a token that is active.
#[derive(Debug)]
pub struct Active {
    /// What kind of token it is.
    pub kind: Kind,
    /// The client it was issued to.
    pub client_id: String,
    /// Whom it speaks for: a person, or the client itself.
    pub subject: String,
    /// What was granted.
    pub scopes: Scopes,
    /// When it was issued.
    pub issued_at: UnixTime,
    /// From when on it is no good, if ever.
    pub expires_at: Option<UnixTime>,
    /// What the application that asked for consent attached to access tokens.
    pub extra: Option<Map<String, Value>>,
}

/// The token, if it is active: issued here, neither expired nor revoked, and granted each of the
/// scopes in `scope`. Whatever else it is, it is `None`, and nobody learns why.
///
/// It may be of either kind, whatever whoever asks takes it for (RFC 7662 section 2.1: the server "MUST extend
/// its search across all of its supported token types"). A token shows by its signature which kind it is, so
/// that this takes no statement more.
///
/// # Errors
/// It could not be found out.
pub async fn introspect(
    services: &Services,
    token: &str,
    scope: Option<&str>,
) -> Result<Option<Active>, Fault> {
    if let Some(found) = access_token(services, token, scope).await? {
        return Ok(Some(found.into()));
    }
    refresh_token(services, token, scope).await
}

/// The access token, if it is active, and its grant, if it has one.
///
/// # Errors
/// It could not be found out.
pub async fn access_token(
    services: &Services,
    token: &str,
    scope: Option<&str>,
) -> Result<Option<GrantedToken>, Fault> {
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
        .granted_token(signature)
        .await?
        .filter(|found| {
            !found.token.expired(now) && found.token.scopes.first_uncovered(&wanted).is_none()
        }))
}

async fn refresh_token(
    services: &Services,
    token: &str,
    scope: Option<&str>,
) -> Result<Option<Active>, Fault> {
    let Some(signature) = services.refresh_tokens.signature_of(token) else {
        return Ok(None);
    };
    let Ok(wanted) = Scopes::parse(scope.unwrap_or_default()) else {
        return Ok(None);
    };
    let now = services.clock.now();
    let Some(found) = services.storage.refresh_token(signature).await? else {
        return Ok(None);
    };
    if found.used_at.is_some()
        || found.token.expired(now)
        || found.grant.scopes.first_uncovered(&wanted).is_some()
    {
        return Ok(None);
    }
    Ok(Some(Active {
        kind: Kind::Refresh,
        client_id: found.grant.client_id,
        subject: found.grant.subject,
        scopes: found.grant.scopes,
        issued_at: found.issued_at,
        expires_at: found.token.expires_at,
        extra: found.grant.access_token_extra,
    }))
}

impl From<GrantedToken> for Active {
    fn from(found: GrantedToken) -> Self {
        let AccessToken {
            client_id,
            subject,
            scopes,
            issued_at,
            expires_at,
            ..
        } = found.token;
        Self {
            kind: Kind::Access,
            client_id,
            subject,
            scopes,
            issued_at,
            expires_at: Some(expires_at),
            extra: found.grant.and_then(|grant| grant.access_token_extra),
        }
    }
}
