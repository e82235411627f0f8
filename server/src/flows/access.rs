//! Who may do what: the firewall before everything that manages the server.
//!
//! The order is fixed: is the token good, do its granted scopes cover what the operation wants, and do
//! the policies let its subject do this to that resource. The first two are [`authenticate`], the third
//! is [`allow`]. The warden asks the policies the same way, with [`decide`], on behalf of others.

use crate::domain::policy::AccessRequest;
pub use crate::domain::policy::Context;
use crate::domain::policy_set::Decision;
use crate::flows::{Fault, Services};
use crate::storage::{Standing, StorageError, StoredClient};

/// The target of the log lines that tell decisions.
const TARGET: &str = "hydra::decision";

/// Somebody whose credentials were good.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whom the policies know: a person, or a client itself.
    pub subject: String,
    standing: Standing,
}

impl Caller {
    /// A client that authenticated as itself.
    #[must_use]
    pub fn client(stored: &StoredClient) -> Self {
        Self {
            subject: stored.client.id.clone(),
            standing: stored.standing.clone(),
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
    /// No policy lets the subject do it, or one forbids it.
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
    authenticate_either(services, token, scope, None).await
}

/// Finds out whose token it is, and that it was granted `scope` or else `alias`.
///
/// # Errors
/// The token is missing, no good, or was granted neither scope.
pub async fn authenticate_either(
    services: &Services,
    token: Option<&str>,
    scope: &'static str,
    alias: Option<&str>,
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
    let granted = &stored.token.scopes;
    if !granted.cover(scope) && !alias.is_some_and(|alias| granted.cover(alias)) {
        return Err(AccessError::InsufficientScope(scope));
    }
    Ok(Caller {
        subject: stored.token.subject,
        standing: stored.standing,
    })
}

/// Asks the policies whether `caller` may do `action` to `resource`, such as `rn:hydra:clients:app`.
///
/// # Errors
/// No policy allows it, or one denies it. Which of the two is not told.
pub async fn allow(
    services: &Services,
    caller: &Caller,
    resource: &str,
    action: &str,
    context: &Context,
) -> Result<(), AccessError> {
    let request = AccessRequest {
        action,
        resource,
        context,
    };
    if decide(services, &caller.subject, &caller.standing, &request).await? {
        return Ok(());
    }
    Err(AccessError::Forbidden {
        subject: caller.subject.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
    })
}

/// Whether the policies let `subject`, of that standing, do what is asked; and tells the log.
///
/// # Errors
/// It could not be found out.
pub async fn decide(
    services: &Services,
    subject: &str,
    standing: &Standing,
    request: &AccessRequest<'_>,
) -> Result<bool, Fault> {
    let decision = services
        .policies
        .decide(&services.storage, subject, standing, request)
        .await?;
    let (outcome, policy) = match &decision {
        Decision::Allowed(policy) => ("allowed", Some(policy)),
        Decision::Denied(policy) => ("denied", Some(policy)),
        Decision::NoPolicy => ("denied by default", None),
    };
    tracing::info!(
        target: TARGET,
        subject,
        action = request.action,
        resource = request.resource,
        policy = policy.map(tracing::field::display),
        outcome,
        "decided"
    );
    services.metrics.decided(decision.allows());
    Ok(decision.allows())
}
