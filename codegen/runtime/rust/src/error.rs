//! What can go wrong before there is an answer.

use std::error::Error;
use std::fmt;

/// A call that got no answer, or could not even be made.
///
/// An answer of any status is no such error; see [`Answer`](super::Answer).
#[derive(Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// The configuration cannot work.
    Config(String),
    /// An argument of the call cannot be sent.
    Request(String),
    /// There is no token to call with.
    Token(TokenError),
    /// The network: refused, timed out, TLS, broken off.
    Network(reqwest::Error),
}

impl TransportError {
    /// True if the time limit of the call was reached.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Network(e) => e.is_timeout(),
            Self::Token(e) => e.network().is_some_and(reqwest::Error::is_timeout),
            _ => false,
        }
    }

    /// True if no connection came about.
    pub fn is_connect(&self) -> bool {
        match self {
            Self::Network(e) => e.is_connect(),
            Self::Token(e) => e.network().is_some_and(reqwest::Error::is_connect),
            _ => false,
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(message) | Self::Request(message) => f.write_str(message),
            Self::Token(error) => error.fmt(f),
            Self::Network(error) => f.write_str(&chain(error)),
        }
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Display has told all of it already.
            Self::Config(_) | Self::Request(_) | Self::Token(_) | Self::Network(_) => None,
        }
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        Self::Network(error)
    }
}

impl From<TokenError> for TransportError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

/// Why there is no token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TokenError {
    /// No token endpoint is known.
    NoEndpoint(String),
    /// The token endpoint could not be reached.
    Network {
        /// Which endpoint.
        url: String,
        /// Why not.
        error: std::sync::Arc<reqwest::Error>,
    },
    /// The token endpoint refused.
    Refused {
        /// Which endpoint.
        url: String,
        /// HTTP status of its answer.
        status: u16,
        /// `error` of the answer (RFC 6749 section 5.2), if it has one.
        code: Option<String>,
        /// `error_description` of the answer, or its beginning if it is something else.
        description: Option<String>,
    },
    /// The token endpoint said yes, but its answer holds no token.
    Malformed {
        /// Which endpoint.
        url: String,
        /// What is wrong with the answer.
        message: String,
    },
    /// A [`TokenSource`](super::TokenSource) of the program's own failed.
    Source(String),
}

impl TokenError {
    /// The error in the form in which it travels through an error of progenitor, which has no place for it but
    /// an answer that no operation promises: an answer of its status, with the error among its extensions.
    #[cfg(feature = "typed")]
    pub(super) fn into_response(self) -> reqwest::Response {
        let mut response = http::Response::new(String::new());
        if let Self::Refused { status, .. } = &self
            && let Ok(status) = http::StatusCode::from_u16(*status)
        {
            *response.status_mut() = status;
        }
        response.extensions_mut().insert(self);
        response.into()
    }

    fn network(&self) -> Option<&reqwest::Error> {
        match self {
            Self::Network { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEndpoint(message) | Self::Source(message) => {
                write!(f, "no access token: {message}")
            }
            Self::Network { url, error } => {
                write!(
                    f,
                    "no access token: {url} cannot be reached: {}",
                    chain(error.as_ref())
                )
            }
            Self::Refused {
                url,
                status,
                code,
                description,
            } => {
                write!(f, "no access token: {url} answered {status}")?;
                if let Some(code) = code {
                    write!(f, " {code}")?;
                }
                match description {
                    Some(description) => write!(f, ": {description}"),
                    None => Ok(()),
                }
            }
            Self::Malformed { url, message } => {
                write!(f, "no access token: the answer of {url} {message}")
            }
        }
    }
}

impl Error for TokenError {}

/// An error and all its causes, without saying anything twice.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
