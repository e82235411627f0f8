//! The system secret and the database: which goes with which, and how an operator changes the secret.
//!
//! Everything that is stored is sealed, hashed or signed with the secret, so with another one nothing would
//! work, one thing after the other; better to say so at once.
//!
//! To change it, the operator starts the server with the new secret and tells it the old one as well. What is
//! sealed is then sealed anew, all of it in one transaction; tokens stay as they are, and are recognised for as
//! long as the old secret is told.

use crate::crypto::seal::{RenewError, SealError, Sealer, Unreadable};
use crate::crypto::system_secret::SystemSecret;
use crate::domain::random::Rng;
use crate::flows::json_web_keys;
use crate::storage::{Place, Storage, StorageError};

/// The property that only the right system secret opens.
const CHECK: &str = "system_secret_check";

/// Why the system secret does not go with the database.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another secret was used with this database before.
    #[error("the database was set up with another system secret")]
    WrongSecret,
    /// A key was sealed with another secret.
    #[error("the key `{kid}` of the set `{set}` was sealed with another system secret")]
    StrangeKey {
        /// Its set.
        set: String,
        /// Its name.
        kid: String,
    },
    /// It could not be found out.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Nothing could be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Ties the database to the system secret it is first used with. If earlier secrets are told, whatever
/// they sealed is sealed anew; of several processes that do so at once, one does it.
///
/// # Errors
/// The database is tied to another secret; nothing was changed.
pub async fn bind(
    storage: &Storage,
    secret: &SystemSecret,
    rng: &dyn Rng,
) -> Result<(), BindError> {
    let sealer = Sealer::new(secret, CHECK)?;
    let sealed = sealer.seal(rng, CHECK, b"hydra")?;
    let stored = storage.property_or_set(CHECK, &sealed).await?;
    sealer
        .open(CHECK, &stored)
        .map_err(|Unreadable| BindError::WrongSecret)?;
    if secret.has_previous() {
        let renewed = renew(storage, secret, rng).await?;
        if renewed > 0 {
            tracing::info!(
                renewed,
                "sealed anew what earlier system secrets had sealed"
            );
        }
    }
    Ok(())
}

async fn renew(storage: &Storage, secret: &SystemSecret, rng: &dyn Rng) -> Result<u64, BindError> {
    let check = Sealer::new(secret, CHECK)?;
    let keys = json_web_keys::sealer(secret)?;
    storage
        .reseal(CHECK, |place, sealed| match place {
            Place::Property(_) => check
                .renew(rng, CHECK, sealed)
                .map_err(|error| match error {
                    RenewError::Unreadable(_) => BindError::WrongSecret,
                    RenewError::Seal(error) => error.into(),
                }),
            Place::Key { set, kid } => keys
                .renew(rng, &json_web_keys::place(set, kid), sealed)
                .map_err(|error| match error {
                    RenewError::Unreadable(_) => BindError::StrangeKey {
                        set: set.to_owned(),
                        kid: kid.to_owned(),
                    },
                    RenewError::Seal(error) => error.into(),
                }),
        })
        .await
}
