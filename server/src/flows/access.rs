//! Who may do what: the firewall before everything that manages the server.
//!
//! The order is fixed: is the token good, do its granted scopes cover what the operation wants, and do
//! the rules let its subject do this to that resource. The first two are [`authenticate`], the third is
//! [`allow`].
//!
//! The only rule so far is that a client marked as administrator in the database may do everything.
//! The mark is read by the statement that reads the token or the client, so that taking it away binds
//! the very next decision in every process.

use crate::domain::scope::Scopes;
use crate::flows::{Fault, Services};
use crate::storage::{StorageError, StoredClient};

/// What a rule may look at beside subject, resource and action, such as the `owner` of a client.
pub type Context = serde_json::Map<String, serde_json::Value>;

/// Somebody whose credentials were good.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whom the rules know: a person, or a client itself.
    pub subject: String,
    administrator: bool,
}

impl Caller {
    /// A client that authenticated as itself.
    #[must_use]
    pub fn client(stored: &StoredClient) -> Self {
        Self {
            subject: stored.client.id.clone(),
            administrator: stored.administrator,
        }
    }
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There was no token.
    #[error("a bearer token is needed")]
    MissingToken,
    /// There was a token, and it is no good. Says no more than that, whatever the reason: what a
    /// token was is nobody's business who cannot show a good one.
    #[error("the bearer token is unknown, expired or revoked")]
    InvalidToken,
    /// The token was not granted what the operation wants.
    #[error("the bearer token was not granted the scope `{0}`")]
    InsufficientScope(&'static str),
    /// No rule lets the subject do it.
    #[error("no policy allows `{subject}` to `{action}` the resource `{resource}`")]
    Forbidden {
        /// The subject.
        subject: String,
        /// What it wanted to do.
        action: String,
        /// To what.
        resource: String,
    },
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StorageError> for AccessError {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}

/// Finds out whose token it is, and that it was granted `scope`.
///
/// # Errors
/// The token is missing, no good, or was not granted the scope.
pub async fn authenticate(
    services: &Services,
    token: Option<&str>,
    scope: &'static str,
) -> Result<Caller, AccessError> {
    let token = token.ok_or(AccessError::MissingToken)?;
    // Made-up tokens end here, before the database is asked.
    let signature = services
        .access_tokens
        .signature_of(token)
        .ok_or(AccessError::InvalidToken)?;
    let stored = services
        .storage
        .access_token(signature)
        .await?
        .filter(|stored| !stored.token.expired(services.clock.now()))
        .ok_or(AccessError::InvalidToken)?;
    require(&stored.token.scopes, scope)?;
    Ok(Caller {
        subject: stored.token.subject,
        administrator: stored.administrator,
    })
}

fn require(granted: &Scopes, scope: &'static str) -> Result<(), AccessError> {
    if granted.cover(scope) {
        Ok(())
    } else {
        Err(AccessError::InsufficientScope(scope))
    }
}

/// Asks the rules whether `caller` may do `action` to `resource`, such as `rn:hydra:clients:app`.
///
/// # Errors
/// No rule allows it.
pub async fn allow(
    _services: &Services,
    caller: &Caller,
    resource: &str,
    action: &str,
    _context: &Context,
) -> Result<(), AccessError> {
    // The empty subject is nobody; no rule may match it.
    if caller.administrator && !caller.subject.is_empty() {
        return Ok(());
    }
    Err(AccessError::Forbidden {
        subject: caller.subject.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
    })
}
