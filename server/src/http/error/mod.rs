//! Errors on the wire. Only this folder chooses the status and the words of a failure.
//!
//! A failure is first what went wrong ([`Failure`]), made from the errors of the flows; the operation's
//! return type then gives it a shape: [`Generic`] for the endpoints that manage the server,
//! [`OAuth2`] for the protocol endpoints, [`Page`] where people are. Travelling in the response's extensions it meets
//! [`render`], which knows the request's id and writes the body.

mod browser;
mod keys;
mod refusals;
mod wire;

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use http::{HeaderValue, StatusCode};

pub(crate) use self::refusals::ManagementRefusals;
pub(crate) use self::wire::{Anywhere, Generic, GenericError, OAuth2, OAuth2Error, Page, render};
use crate::domain::group::InvalidGroup;
use crate::domain::policy::InvalidPolicy;
use crate::flows::Fault;
use crate::flows::access::AccessError;
use crate::flows::client_authentication::ClientAuthenticationError;
use crate::flows::failure_limits::Wait;
use crate::flows::issuing::GrantError;
use crate::flows::registration::RegistrationError;
use crate::flows::revocation::RevocationError;
use crate::storage::StorageError;

/// What went wrong, before it has a shape.
#[derive(Debug, Clone)]
pub(crate) struct Failure(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    status: StatusCode,
    code: &'static str,
    message: String,
    reason: Option<Cow<'static, str>>,
    challenge: Option<HeaderValue>,
    /// In how many seconds to try again.
    retry_after: Option<u64>,
    /// For the log, never for the wire.
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Failure {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            status,
            code,
            message: message.into(),
            reason: None,
            challenge: None,
            retry_after: None,
            cause: None,
        }))
    }

    fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.0.reason = Some(reason.into());
        self
    }

    fn challenge(mut self, challenge: &str) -> Self {
        self.0.challenge = HeaderValue::from_str(challenge).ok();
        self
    }

    fn retry_after(mut self, wait: Wait) -> Self {
        self.0.retry_after = Some(wait.0.as_secs());
        self
    }

    fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// RFC 6749 section 5.2, RFC 6750 section 3.1: the request cannot be understood.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// RFC 6749 section 5.2: no client authentication where some is needed.
    pub(crate) fn missing_client_authentication() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "the client must authenticate, by HTTP Basic or by client_id and client_secret in the body",
        )
        .challenge(BASIC_CHALLENGE)
    }

    /// RFC 7662 section 2.1: nobody may ask about tokens without saying who they are.
    pub(crate) fn missing_introspection_credentials() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "introspection needs a bearer token, or a client that authenticates by HTTP Basic",
        )
        .challenge(BASIC_CHALLENGE)
    }

    /// A bearer token vouches for others, never for itself.
    pub(crate) fn token_vouches_for_itself() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_token",
            "a token cannot be introspected with itself as the bearer token",
        )
        .challenge(r#"Bearer realm="hydra", error="invalid_token""#)
    }

    /// RFC 6749 section 5.2.
    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "the server does not know this grant type; discovery lists those it knows",
        )
    }

    /// There is a group of that id, which nothing is merged into.
    pub(crate) fn group_exists(id: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            format!("a group with the id `{id}` exists already"),
        )
        .because(
            "choose another id, or add members to that group with POST /warden/groups/{id}/members",
        )
    }

    /// There is a policy of that id, which nothing is merged into.
    pub(crate) fn policy_exists(id: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            format!("a policy with the id `{id}` exists already"),
        )
        .because("choose another id, or replace that policy with PUT /policies/{id}")
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// There is no such page.
    pub(crate) fn unknown_path() -> Self {
        Self::not_found("there is nothing at this path")
    }

    /// The page does not take this method.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "this path does not take this method; the Allow header lists those it takes",
        )
    }

    /// The body is larger than anybody needs.
    pub(crate) fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "the body is larger than 1 MiB",
        )
    }

    /// Plain HTTP where TLS is wanted.
    pub(crate) fn insecure_transport(why: &'static str) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "invalid_request",
            "can not serve over insecure http",
        )
        .because(why)
    }

    /// Code that should not fail did.
    pub(crate) fn panicked() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "the server failed; its log says more",
        )
    }
}

const BASIC_CHALLENGE: &str = r#"Basic realm="hydra", charset="UTF-8""#;

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        if let Fault::Storage(StorageError::Unreachable(_)) = fault {
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "the database cannot be reached; try again later",
            )
            .caused_by(fault);
        }
        Self::panicked().caused_by(fault)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Fault::from(error).into()
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        let message = error.to_string();
        match error {
            // RFC 6750 section 3.1: no error code when there was no token.
            AccessError::MissingToken => {
                Self::new(StatusCode::UNAUTHORIZED, "request_unauthorized", message)
                    .because("send one in the header `Authorization: Bearer <token>`")
                    .challenge(r#"Bearer realm="hydra""#)
            }
            AccessError::InvalidToken => {
                Self::new(StatusCode::UNAUTHORIZED, "invalid_token", message)
                    .because("ask the token endpoint for a new one")
                    .challenge(r#"Bearer realm="hydra", error="invalid_token""#)
            }
            AccessError::InsufficientScope(scope) => {
                Self::new(StatusCode::FORBIDDEN, "insufficient_scope", message)
                    .because("ask the token endpoint for this scope; the client must be allowed it")
                    .challenge(&format!(
                        r#"Bearer realm="hydra", error="insufficient_scope", scope="{scope}""#
                    ))
            }
            AccessError::Forbidden { .. } => {
                Self::new(StatusCode::FORBIDDEN, "access_denied", message)
            }
            AccessError::Fault(fault) => fault.into(),
        }
    }
}

impl From<ClientAuthenticationError> for Failure {
    fn from(error: ClientAuthenticationError) -> Self {
        match error {
            // RFC 6749 section 5.2; Hydra 0.10 said 403.
            ClientAuthenticationError::Failed => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                error.to_string(),
            )
            .challenge(BASIC_CHALLENGE),
            ClientAuthenticationError::TooManyFailures(wait) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "temporarily_unavailable",
                error.to_string(),
            )
            .retry_after(wait),
            ClientAuthenticationError::Fault(fault) => fault.into(),
        }
    }
}

impl From<InvalidGroup> for Failure {
    fn from(error: InvalidGroup) -> Self {
        Self::invalid_request(error.to_string())
    }
}

impl From<InvalidPolicy> for Failure {
    fn from(error: InvalidPolicy) -> Self {
        Self::invalid_request(error.to_string())
    }
}

impl From<GrantError> for Failure {
    fn from(error: GrantError) -> Self {
        let message = error.to_string();
        match error {
            GrantError::UnauthorizedClient { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "unauthorized_client", message)
            }
            GrantError::InvalidGrant(_) => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_grant", message)
            }
            GrantError::InvalidScope(_) => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_scope", message)
            }
            GrantError::ClientGone => ClientAuthenticationError::Failed.into(),
            GrantError::Fault(fault) => fault.into(),
        }
    }
}

impl From<RevocationError> for Failure {
    fn from(error: RevocationError) -> Self {
        match error {
            // RFC 7009 section 2.2.1.
            RevocationError::UnsupportedTokenType => Self::new(
                StatusCode::BAD_REQUEST,
                "unsupported_token_type",
                error.to_string(),
            ),
            RevocationError::Fault(fault) => fault.into(),
        }
    }
}

impl From<RegistrationError> for Failure {
    fn from(error: RegistrationError) -> Self {
        let message = error.to_string();
        match error {
            RegistrationError::Invalid(_) => Self::invalid_request(message),
            RegistrationError::Exists(_) => Self::new(StatusCode::CONFLICT, "conflict", message)
                .because("choose another id, or replace that client with PUT /clients/{id}"),
            RegistrationError::Unknown(_) => Self::not_found(message),
            RegistrationError::Fault(fault) => fault.into(),
        }
    }
}
