//! What can go wrong on the way to a token.

use crate::TransportError;

/// Why a person could not be signed in, or a token not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// A setting cannot work, such as a redirect URI that is no URL.
    #[error("{0}")]
    Config(String),
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers")]
    Randomness,
    /// The browser brought back something that is no answer to the request.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The authorization server said no: the person declined, or the request was wrong (RFC 6749
    /// section 4.1.2.1).
    #[error("the authorization server refused: {code}{}", described(.description.as_deref()))]
    Refused {
        /// `error`, such as `access_denied`.
        code: String,
        /// `error_description`, if there is one. Written by the server for developers.
        description: Option<String>,
    },
    /// A call to the server failed.
    #[error("{operation} failed: {message}")]
    Call {
        /// Which operation of the API.
        operation: &'static str,
        /// Status of the answer, if there was one.
        status: Option<u16>,
        /// `error` of the answer, such as `invalid_grant` (RFC 6749 section 5.2), if it has one.
        code: Option<String>,
        /// Status and message of the answer, or what went wrong instead.
        message: String,
        /// What the network did if there was no answer; `message` tells it already.
        network: Option<reqwest::Error>,
    },
    /// The ID token is not to be believed.
    #[error("the ID token is refused: {0}")]
    IdToken(#[from] IdTokenError),
    /// The connection cannot be set up.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl FlowError {
    /// The server's error code, from either of its endpoints: `access_denied`, `invalid_grant`, …
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Call { code, .. } => code.as_deref(),
            _ => None,
        }
    }
}

fn described(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(": {text}"))
}

/// Why what a browser brought back is no answer to the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It is no URL, or a parameter occurs twice (RFC 6749 section 3.1).
    #[error("the callback cannot be read: {0}")]
    Malformed(String),
    /// `state` is missing or another one: the answer belongs to another request, or somebody made
    /// it up to sign the person in as somebody else (RFC 6749 section 10.12).
    #[error("the callback belongs to another request: its state is not the one that was sent")]
    State,
    /// Another server answered than the one that was asked (RFC 9207).
    #[error("the callback comes from {found}, but {expected} was asked")]
    Issuer {
        /// Whom the browser was sent to.
        expected: String,
        /// Who answered, as far as the answer tells.
        found: String,
    },
    /// It has neither a code nor an error.
    #[error("the callback has neither a code nor an error")]
    Empty,
}

/// Why an ID token is not to be believed (OpenID Connect Core 1.0 section 3.1.3.7).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenError {
    /// `openid` was granted, but no ID token came.
    #[error("there is none, although `openid` was granted")]
    Missing,
    /// It is not a signed JSON Web Token.
    #[error("it is no signed JSON Web Token: {0}")]
    Malformed(String),
    /// Its algorithm is none, symmetric, or unknown.
    #[error("its algorithm `{0}` is not one that it may be signed with")]
    Algorithm(String),
    /// The server has no key of this name that fits the algorithm.
    #[error("the server has no key that fits it{}", named(.0.as_deref()))]
    UnknownKey(Option<String>),
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// A claim is missing or not what it has to be.
    #[error("its claim `{claim}` {problem}")]
    Claim {
        /// Which claim.
        claim: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

fn named(kid: Option<&str>) -> String {
    kid.map_or_else(String::new, |kid| {
        format!(" (its kid is `{}`)", kid.escape_debug())
    })
}
