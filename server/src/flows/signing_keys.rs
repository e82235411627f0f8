//! The keys that sign ID tokens.
//!
//! They live in the database, sealed, so that every process signs with the same ones. The first is made
//! in the background when a new database is first used, since finding primes takes a while; of several
//! processes that do so at once one succeeds, and the others use its key.

use std::time::Duration;

use tokio::sync::watch;

use crate::crypto::rsa;
use crate::crypto::seal::{SealError, Sealer};
use crate::crypto::system_secret::SystemSecret;
use crate::domain::jwk::JsonWebKey;
use crate::flows::{Fault, Services};
use crate::storage::SealedKey;

/// The set that ID tokens are signed with.
const ID_TOKEN_SET: &str = "hydra.openid.id-token";
/// How long a request waits for the first key to be made.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before trying again to make the first key.
const PAUSE: Duration = Duration::from_secs(5);

/// Opens and seals keys, and knows whether there is one.
pub struct SigningKeys {
    sealer: Sealer,
    ready: watch::Sender<bool>,
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys")
            .field("ready", &*self.ready.borrow())
            .finish_non_exhaustive()
    }
}

impl SigningKeys {
    /// Keys sealed under the system secret.
    ///
    /// # Errors
    /// The cipher refused the key.
    pub fn new(secret: &SystemSecret) -> Result<Self, SealError> {
        Ok(Self {
            sealer: Sealer::new(secret, "json web key")?,
            ready: watch::Sender::new(false),
        })
    }
}

/// Where a key is sealed for: it opens in no other set and under no other name.
fn place(kid: &str) -> String {
    format!("{ID_TOKEN_SET}/{kid}")
}

/// Makes the first key unless there is one, trying again until it works.
pub async fn ensure(services: &Services) {
    while let Err(fault) = make_first(services).await {
        tracing::error!(cause = %fault, "the first ID token key could not be made, trying again");
        tokio::time::sleep(PAUSE).await;
    }
    services.signing_keys.ready.send_replace(true);
}

async fn make_first(services: &Services) -> Result<(), Fault> {
    if !services.storage.keys(ID_TOKEN_SET).await?.is_empty() {
        return Ok(());
    }
    let key = tokio::task::spawn_blocking(rsa::generate_rs256)
        .await
        .map_err(|_| rsa::KeyGenerationFailure)??;
    let kid = key.kid.clone().unwrap_or_default();
    let text = serde_json::to_vec(&key).map_err(Fault::MalformedKey)?;
    let sealed = SealedKey {
        key_data: services
            .signing_keys
            .sealer
            .seal(services.rng.as_ref(), &place(&kid), &text)?,
        kid,
    };
    let won = services
        .storage
        .add_first_key(ID_TOKEN_SET, &sealed, services.clock.now())
        .await?;
    if won {
        tracing::info!(kid = sealed.kid, "made the first key for ID tokens");
    }
    Ok(())
}

/// The public keys that ID tokens verify with; empty only if the first one is long in the making.
///
/// # Errors
/// The keys could not be read.
pub async fn public_keys(services: &Services) -> Result<Vec<JsonWebKey>, Fault> {
    let mut sealed = services.storage.keys(ID_TOKEN_SET).await?;
    if sealed.is_empty() {
        let mut ready = services.signing_keys.ready.subscribe();
        // Late or never, what there is then is the answer.
        drop(tokio::time::timeout(PATIENCE, ready.wait_for(|ready| *ready)).await);
        sealed = services.storage.keys(ID_TOKEN_SET).await?;
    }
    let mut keys = Vec::with_capacity(sealed.len());
    for key in sealed {
        let text = services
            .signing_keys
            .sealer
            .open(&place(&key.kid), &key.key_data)?;
        let key: JsonWebKey = serde_json::from_slice(&text).map_err(Fault::MalformedKey)?;
        keys.extend(key.public());
    }
    Ok(keys)
}
