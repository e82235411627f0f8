//! Why a server does not start.

use std::io;

use super::tls::TlsError;
use crate::crypto::system_secret::TooShort;
use crate::domain::client::InvalidClient;
use crate::flows::Fault;
use crate::http::InvalidCors;
use crate::storage::StorageError;

/// Why a server does not start. Each is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum StartError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: String, source: io::Error },
    #[error("cannot open the database {database}: {source}")]
    Open {
        database: String,
        source: StorageError,
    },
    #[error(
        "the database {database} lacks {pending} migrations; run `hydra migrate sql` with its URL first"
    )]
    Outdated { database: String, pending: usize },
    #[error(
        "SYSTEM_SECRET is not set; set it to at least 16 characters and keep it, since what the \
         database holds cannot be read without it"
    )]
    NoSystemSecret,
    #[error("SYSTEM_SECRET cannot be used: {0}")]
    SystemSecret(#[from] TooShort),
    #[error("SYSTEM_SECRET_PREVIOUS cannot be used: {0}")]
    PreviousSystemSecret(TooShort),
    #[error(
        "SYSTEM_SECRET is not the one that the database {database} was set up with; nothing was \
         changed. If it is a new one, name the old one in SYSTEM_SECRET_PREVIOUS"
    )]
    WrongSystemSecret { database: String },
    #[error(
        "the key `{kid}` of the set `{set}` in the database {database} opens neither with \
         SYSTEM_SECRET nor with SYSTEM_SECRET_PREVIOUS; nothing was changed"
    )]
    StrangeKey {
        database: String,
        set: String,
        kid: String,
    },
    #[error("COOKIE_SECRET cannot be used: {0}")]
    CookieSecret(#[source] TooShort),
    #[error("ISSUER cannot be used: {0}")]
    Issuer(&'static str),
    #[error(
        "CONSENT_URL cannot be used: it is neither an http or https URL nor a path such as /consent"
    )]
    ConsentUrl,
    #[error("CORS cannot be set up: {0}")]
    Cors(#[from] InvalidCors),
    #[error("FORCE_ROOT_CLIENT_CREDENTIALS cannot be used: {0}")]
    Root(InvalidClient),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Fault(#[from] Fault),
}
