//! Use cases: what the server does, told without HTTP.
//!
//! A file per flow. Each takes [`Services`] and plain values and gives a value or an error of its own;
//! which status and which words an error becomes on the wire is not decided here.

pub mod access;
pub mod client_authentication;
pub mod client_credentials;
pub mod introspection;
pub mod registration;
pub mod revocation;
pub mod setup;
pub mod signing_keys;

use std::sync::Arc;
use std::time::Duration;

use crate::crypto::password::{PasswordError, PasswordHasher};
use crate::crypto::rsa::KeyGenerationFailure;
use crate::crypto::seal::{SealError, Unreadable};
use crate::crypto::token::TokenSigner;
use crate::domain::clock::Clock;
use crate::domain::random::{RandomFailure, Rng};
use crate::flows::signing_keys::SigningKeys;
use crate::storage::{Storage, StorageError};

/// What the flows work with.
#[derive(Debug)]
pub struct Services {
    /// The URL by which this server calls itself, without a trailing slash.
    pub issuer: String,
    /// How long an access token is good.
    pub access_token_lifespan: Duration,
    /// The database.
    pub storage: Storage,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes secrets.
    pub rng: Arc<dyn Rng>,
    /// Hashes and verifies client secrets.
    pub passwords: PasswordHasher,
    /// Makes and recognises access tokens.
    pub access_tokens: TokenSigner,
    /// The keys that sign ID tokens.
    pub signing_keys: SigningKeys,
}

/// Something failed that the caller cannot help: the answer is an apology, the cause goes to the log.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each is the error it wraps")]
pub enum Fault {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Random(#[from] RandomFailure),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    KeyGeneration(#[from] KeyGenerationFailure),
    #[error("a stored key is not a JSON Web Key")]
    MalformedKey(#[source] serde_json::Error),
}
