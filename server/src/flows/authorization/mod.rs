//! The authorization endpoint: from a client's question to the browser's way back to it.
//!
//! The first leg ([`begin`]) checks the request and hands the browser to the application that asks the
//! person, unless what is known already answers. The second leg ([`complete`]) takes the decision that
//! the application left, once, and only from the browser that began. What goes into the answer is made in
//! `answer`.

mod answer;
mod begin;
mod complete;

pub use self::begin::{Beginning, begin};
pub use self::complete::{Returning, complete};
use crate::domain::authorization_error::Untrusted;
use crate::domain::authorization_response::AuthorizationResponse;
use crate::domain::secret::Secret;
use crate::flows::Fault;
use crate::storage::StorageError;

/// An answer to the client that sent the browser, and what the browser shall keep.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub response: AuthorizationResponse,
    /// The cookie of a login that begins now.
    pub login_cookie: Option<Secret>,
}

/// Why nobody but the person before the browser can be told.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizationError {
    /// It is not known where an answer might go.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// The browser comes back with something that was never given out.
    #[error("this consent request does not exist; it may have expired")]
    UnknownConsentRequest,
    /// It comes back a second time.
    #[error("this consent request was answered already, and counts once")]
    UsedConsentRequest,
    /// Another browser comes back than the one that began, or it never went by the application that asks.
    #[error("this consent request was begun in another browser, or cookies are turned off")]
    ForeignBrowser,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StorageError> for AuthorizationError {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}
