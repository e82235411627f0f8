//! The keys that sign ID tokens.
//!
//! They are the keys of one set, kept in the database, sealed, so that every process signs with the same
//! ones. The newest private key of the set for the configured algorithm signs; every key of the set
//! verifies, and the public parts of all are published. So a new key is brought in by adding it to the
//! set, tokens of the old one are good until that is deleted, and a key made elsewhere takes part by being
//! put there.
//!
//! Each use asks the database which keys there are, so that a change binds at once in every process. What
//! takes time, opening and reading a key, is done once per process: what was read is remembered by its
//! name and sealed text, which a changed key does not share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::crypto::jws::{Algorithm, Signer, Unverified, Verifier};
use crate::crypto::seal::{SealError, Sealer};
use crate::crypto::system_secret::SystemSecret;
use crate::domain::clock::UnixTime;
use crate::domain::jwk::{ID_TOKEN_SET, JsonWebKey, public_name};
use crate::domain::secret::Secret;
use crate::flows::{Fault, Services, json_web_keys};
use crate::storage::{Creation, SealedKey};

/// How long to wait before trying again to make the first key.
const PAUSE: Duration = Duration::from_secs(5);
/// How far the clock of another process may be ahead, in seconds.
const LEEWAY: i64 = 60;
/// How many opened keys are remembered. More than a set may have.
const REMEMBERED: usize = 2 * json_web_keys::LARGEST_SET;

/// Opens and seals keys, and remembers those that sign.
pub struct SigningKeys {
    algorithm: Algorithm,
    open: bool,
    sealer: Sealer,
    opened: Mutex<HashMap<SealedKey, Arc<OpenedKey>>>,
    /// Held while the first key is made: once is enough.
    making: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A key that was opened and read.
#[derive(Debug)]
struct OpenedKey {
    /// The `kid` by which the world knows it.
    name: String,
    public: Option<JsonWebKey>,
    signer: Option<Signer>,
    verifier: Option<Verifier>,
}

impl OpenedKey {
    fn new(key: &JsonWebKey, kid: &str) -> Self {
        let name = public_name(kid).to_owned();
        Self {
            public: key.public().map(|public| JsonWebKey {
                kid: Some(name.clone()),
                ..public
            }),
            signer: Signer::new(key, &name),
            verifier: Verifier::new(key),
            name,
        }
    }
}

impl SigningKeys {
    /// Keys sealed under the system secret, which sign with `algorithm`.
    ///
    /// # Errors
    /// The cipher refused the key.
    pub fn new(secret: &SystemSecret, algorithm: Algorithm) -> Result<Self, SealError> {
        Ok(Self {
            algorithm,
            open: true,
            sealer: json_web_keys::sealer(secret)?,
            opened: Mutex::default(),
            making: tokio::sync::Mutex::default(),
        })
    }

    /// Shows the public keys to everybody, or only to whom the policies let read them.
    #[must_use]
    pub fn open_to_everybody(self, open: bool) -> Self {
        Self { open, ..self }
    }

    /// Whether everybody may read the public keys.
    #[must_use]
    pub const fn are_open(&self) -> bool {
        self.open
    }

    pub(super) const fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    fn remembered(&self, sealed: &SealedKey) -> Option<Arc<OpenedKey>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.get(sealed).cloned()
    }

    fn remember(&self, sealed: SealedKey, key: &Arc<OpenedKey>) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.len() >= REMEMBERED {
            opened.clear();
        }
        opened.insert(sealed, Arc::clone(key));
    }
}

/// The algorithms that ID tokens are signed with, for discovery.
#[must_use]
pub fn algorithms(services: &Services) -> Vec<&'static str> {
    vec![services.signing_keys.algorithm.name()]
}

/// Signs the claims of an ID token. One SQL statement; if there is no key yet, the first one is made.
///
/// # Errors
/// The keys could not be read, or there is none and none could be made.
pub async fn sign(services: &Services, claims: &Map<String, Value>) -> Result<Secret, Fault> {
    let key = signing_key(services).await?;
    let signer = key.signer.as_ref().ok_or(Fault::NoSigningKey)?;
    Ok(signer.sign(claims)?)
}

/// The claims of an ID token that this server issued to whomever; `None` for anything else. With
/// `allow_expired` it may have expired, as a hint at who somebody was may.
///
/// # Errors
/// The keys could not be read.
pub async fn verify_own(
    services: &Services,
    token: &str,
    allow_expired: bool,
) -> Result<Option<Map<String, Value>>, Fault> {
    let Some(token) = Unverified::read(token) else {
        return Ok(None);
    };
    let keys = keys(services).await?;
    let claims = keys
        .iter()
        .filter(|key| key.name == token.kid)
        .find_map(|key| key.verifier.as_ref()?.verify(&token));
    let now = services.clock.now();
    Ok(claims.filter(|claims| holds(claims, &services.issuer, now, allow_expired)))
}

/// OpenID Connect Core 1.0 section 2: the claims that every ID token has, and whether they hold now.
fn holds(claims: &Map<String, Value>, issuer: &str, now: UnixTime, allow_expired: bool) -> bool {
    let text = |name| claims.get(name).and_then(Value::as_str);
    let time = |name| claims.get(name).and_then(Value::as_i64);
    let audience = match claims.get("aud") {
        Some(Value::String(audience)) => !audience.is_empty(),
        Some(Value::Array(audiences)) => !audiences.is_empty(),
        _ => false,
    };
    let begun = |moment: i64| moment <= now.0.saturating_add(LEEWAY);
    let not_before = match claims.get("nbf") {
        None => true,
        Some(moment) => moment.as_i64().is_some_and(begun),
    };
    text("iss") == Some(issuer)
        && text("sub").is_some_and(|subject| !subject.is_empty())
        && audience
        && time("iat").is_some_and(begun)
        && not_before
        && time("exp").is_some_and(|expiry| allow_expired || now.0 < expiry)
}

/// The public keys that ID tokens verify with.
///
/// # Errors
/// The keys could not be read, or there is none and none could be made.
pub async fn public_keys(services: &Services) -> Result<Vec<JsonWebKey>, Fault> {
    let mut keys = keys(services).await?;
    if keys.iter().all(|key| key.public.is_none()) {
        signing_key(services).await?;
        keys = self::keys(services).await?;
    }
    // Of a pair one half is enough; the one that signs, should they differ.
    keys.sort_by_key(|key| key.signer.is_none());
    let mut published: Vec<JsonWebKey> = Vec::with_capacity(keys.len());
    for public in keys.iter().filter_map(|key| key.public.as_ref()) {
        if published.iter().all(|other| other.kid != public.kid) {
            published.push(public.clone());
        }
    }
    Ok(published)
}

/// Makes the first key unless there is one, trying again until it works. For the time before anybody
/// asks for it.
pub async fn ensure(services: &Services) {
    while let Err(fault) = signing_key(services).await {
        tracing::error!(cause = %fault, "the first ID token key could not be made, trying again");
        tokio::time::sleep(PAUSE).await;
    }
}

/// The key that signs, made if there is none.
async fn signing_key(services: &Services) -> Result<Arc<OpenedKey>, Fault> {
    if let Some(key) = signs(services, &keys(services).await?) {
        return Ok(key);
    }
    let _making = services.signing_keys.making.lock().await;
    let sealed = services.storage.keys(ID_TOKEN_SET).await?;
    if let Some(key) = signs(services, &opened(services, sealed.clone())?) {
        return Ok(key);
    }
    let kind = services.signing_keys.algorithm.kind();
    let pair = json_web_keys::generate(services, kind, None).await?;
    let known: Vec<String> = sealed.into_iter().map(|key| key.kid).collect();
    // Of several processes that do so at once one succeeds, and the others use its key.
    let made = json_web_keys::add(services, ID_TOKEN_SET, Some(&known), &pair).await?;
    let keys = keys(services).await?;
    let key = signs(services, &keys).ok_or(Fault::NoSigningKey)?;
    if made == Creation::Created {
        tracing::info!(kid = key.name, "made a key for ID tokens");
    }
    Ok(key)
}

/// The newest of the keys that can sign as configured.
fn signs(services: &Services, keys: &[Arc<OpenedKey>]) -> Option<Arc<OpenedKey>> {
    let wanted = services.signing_keys.algorithm;
    keys.iter()
        .find(|key| {
            key.signer
                .as_ref()
                .is_some_and(|it| it.algorithm() == wanted)
        })
        .cloned()
}

/// The keys of the set, the newest first.
async fn keys(services: &Services) -> Result<Vec<Arc<OpenedKey>>, Fault> {
    opened(services, services.storage.keys(ID_TOKEN_SET).await?)
}

fn opened(services: &Services, sealed: Vec<SealedKey>) -> Result<Vec<Arc<OpenedKey>>, Fault> {
    sealed
        .into_iter()
        .map(|sealed| {
            if let Some(known) = services.signing_keys.remembered(&sealed) {
                return Ok(known);
            }
            let key = json_web_keys::open(services, ID_TOKEN_SET, &sealed)?;
            let key = Arc::new(OpenedKey::new(&key, &sealed.kid));
            services.signing_keys.remember(sealed, &key);
            Ok(key)
        })
        .collect()
}

#[cfg(test)]
mod tests;
