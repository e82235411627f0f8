//! Why an authorization request is refused.
//!
//! There are two kinds, and the difference is safety. Until client and redirect URI are known to belong
//! together, a redirect would lead wherever the attacker who wrote the link wants: such a request is
//! [`Untrusted`] and ends on a page of our own. After that the client is told by redirect
//! ([`Refusal`]).

use crate::domain::parameters::UnclearParameter;

/// A request whose sender cannot be answered (RFC 6749 section 4.1.2.1: "MUST NOT automatically redirect
/// the user-agent to the invalid redirection URI").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// The request names no client.
    #[error("the request does not say which application it comes from: `client_id` is missing")]
    NoClient,
    /// There is no such client. Clients are not secrets; people who set one up need to know.
    #[error("there is no application with this `client_id`")]
    UnknownClient,
    /// RFC 6749 section 3.1.2.3: "If multiple redirection URIs have been registered … the client MUST
    /// include a redirection URI".
    #[error(
        "the request does not say where to go back to: `redirect_uri` is missing, and the application \
         registered none or several"
    )]
    NoRedirectUri,
    /// The redirect URI is not registered.
    #[error("`redirect_uri` is not one that the application registered, character by character")]
    RedirectUri,
    /// `client_id` or `redirect_uri` cannot be told.
    #[error(transparent)]
    Unclear(#[from] UnclearParameter),
    /// The parameters are not text.
    #[error("the request is not percent-encoded UTF-8")]
    Malformed,
}

/// The error codes of the authorization endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6 say what each means"
)]
pub enum ErrorCode {
    InvalidRequest,
    UnauthorizedClient,
    AccessDenied,
    UnsupportedResponseType,
    InvalidScope,
    LoginRequired,
    ConsentRequired,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
}

impl ErrorCode {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// What a client that can be answered is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For its program.
    pub code: ErrorCode,
    /// For its author.
    pub description: String,
}

impl Refusal {
    /// A refusal. What RFC 6749 section 4.1.2.1 does not allow in a description (anything but printable
    /// ASCII, `"` and `\`) is replaced.
    #[must_use]
    pub fn new(code: ErrorCode, description: impl AsRef<str>) -> Self {
        let allowed = |c: char| match c {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => c,
            _ if c.is_whitespace() => ' ',
            _ => '?',
        };
        Self {
            code,
            description: description.as_ref().chars().map(allowed).collect(),
        }
    }
}

impl From<UnclearParameter> for Refusal {
    fn from(problem: UnclearParameter) -> Self {
        Self::new(ErrorCode::InvalidRequest, problem.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 6749 section 4.1.2.1
    #[test]
    fn a_description_holds_what_the_rfc_allows() {
        let refusal = Refusal::new(ErrorCode::AccessDenied, "no \"thanks\" \\ später\r\n");
        assert_eq!(refusal.description, "no 'thanks' / sp?ter  ");
    }
}
