//! Use cases: what the server does, told without HTTP.
//!
//! A file per flow. Each takes [`Services`] and plain values and gives a value or an error of its own;
//! which status and which words an error becomes on the wire is not decided here.

pub mod access;
pub mod audit;
pub mod authorization;
pub mod authorization_code;
pub mod browser;
pub mod client_authentication;
pub mod client_credentials;
pub mod consent;
pub mod failure_limits;
pub mod housekeeping;
pub mod introspection;
pub mod issuing;
pub mod json_web_keys;
pub mod login;
pub mod logout;
pub mod metrics;
pub mod minting;
pub mod policies;
pub mod refresh_token;
pub mod registration;
pub mod revocation;
pub mod setup;
pub mod signing_keys;
pub mod system_secret;
pub mod userinfo;
pub mod warden;

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::crypto::jwk::KeyGenerationFailure;
use crate::crypto::jws::SigningFailure;
use crate::crypto::password::{PasswordError, PasswordHasher};
use crate::crypto::seal::{SealError, Unreadable};
use crate::crypto::token::TokenSigner;
use crate::domain::advertised::Advertised;
use crate::domain::clock::{Clock, UnixTime};
use crate::domain::random::{RandomFailure, Rng};
use crate::domain::resource::ResourceNames;
use crate::flows::browser::BrowserKeys;
use crate::flows::failure_limits::FailureLimits;
use crate::flows::metrics::Metrics;
use crate::flows::policies::Policies;
use crate::flows::signing_keys::SigningKeys;
use crate::storage::{Storage, StorageError};

/// What the flows work with.
#[derive(Debug)]
pub struct Services {
    /// The URL by which this server calls itself, without a trailing slash.
    pub issuer: String,
    /// Makes the names by which policies know what is managed here.
    pub resources: ResourceNames,
    /// The application that asks people for consent.
    pub consent_url: Url,
    /// Whether a client may send its code verifier in clear (RFC 7636 method `plain`).
    pub plain_challenges: bool,
    /// What discovery tells beside what the server knows of itself.
    pub advertised: Advertised,
    /// How long what is issued is good.
    pub lifespans: Lifespans,
    /// The access policies, compiled.
    pub policies: Policies,
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
    /// Makes and recognises refresh tokens.
    pub refresh_tokens: TokenSigner,
    /// Makes and recognises authorization codes.
    pub codes: TokenSigner,
    /// The keys that sign ID tokens.
    pub signing_keys: SigningKeys,
    /// Makes and recognises what browsers keep.
    pub browser: BrowserKeys,
    /// Makes those wait who guess secrets.
    pub failures: FailureLimits,
    /// What this process did, in numbers.
    pub metrics: Metrics,
    /// When this process started.
    pub started_at: UnixTime,
}

/// How long what is issued is good.
#[derive(Debug, Clone)]
pub struct Lifespans {
    /// Access tokens.
    pub access_token: Duration,
    /// Authorization codes.
    pub code: Duration,
    /// ID tokens.
    pub id_token: Duration,
    /// Refresh tokens, from when they are issued, which each use does anew; `None` means for ever.
    pub refresh_token: Option<Duration>,
    /// For how long after its first use a refresh token may be used again, since a client that got no
    /// answer will try again. Zero means not at all.
    pub refresh_token_grace: Duration,
    /// Consent requests: how long a person may take.
    pub consent_request: Duration,
    /// Logins that are remembered.
    pub login_session: Duration,
}

impl Default for Lifespans {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        Self {
            access_token: 60 * MINUTE,
            code: 10 * MINUTE,
            id_token: 60 * MINUTE,
            refresh_token: Some(30 * 24 * 60 * MINUTE),
            refresh_token_grace: Duration::ZERO,
            consent_request: 10 * MINUTE,
            login_session: 24 * 60 * MINUTE,
        }
    }
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
    #[error(transparent)]
    Signing(#[from] SigningFailure),
    #[error("there is no key to sign ID tokens with")]
    NoSigningKey,
    #[error("a stored key is not a JSON Web Key")]
    MalformedKey(#[source] serde_json::Error),
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::crypto::jws::Algorithm;
    use crate::crypto::random::SystemRng;
    use crate::crypto::system_secret::SystemSecret;
    use crate::domain::clock::ManualClock;
    use crate::domain::secret::Secret;
    use crate::flows::failure_limits::Limits;
    use crate::storage::DatabaseUrl;

    /// Services over an empty database, and the clock that they look at.
    pub(crate) async fn services() -> (Services, Arc<ManualClock>) {
        let secret = SystemSecret::new(&Secret::new("a-system-secret-of-some-length")).unwrap();
        let clock = Arc::new(ManualClock::new(UnixTime(1_512_371_155)));
        let storage = Storage::open(&DatabaseUrl::Memory).await.unwrap();
        storage.migrate().await.unwrap();
        let services = Services {
            issuer: "https://localhost".to_owned(),
            resources: ResourceNames::default(),
            consent_url: "https://consent.example/".parse().unwrap(),
            plain_challenges: false,
            policies: Policies::default(),
            advertised: Advertised::default(),
            lifespans: Lifespans {
                access_token: Duration::from_secs(60),
                ..Lifespans::default()
            },
            storage,
            clock: Arc::clone(&clock) as _,
            rng: Arc::new(SystemRng),
            passwords: PasswordHasher::new(4, &SystemRng).unwrap(),
            access_tokens: TokenSigner::new(&secret, "access token"),
            refresh_tokens: TokenSigner::new(&secret, "refresh token"),
            codes: TokenSigner::new(&secret, "authorization code"),
            signing_keys: SigningKeys::new(&secret, Algorithm::default()).unwrap(),
            browser: BrowserKeys::new(&secret),
            failures: FailureLimits::new(Limits::default()),
            metrics: Metrics::default(),
            started_at: clock.now(),
        };
        (services, clock)
    }
}
