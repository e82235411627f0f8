//! Clients are created and replaced.

use crate::domain::client::{Client, InvalidClient, check_secret};
use crate::domain::random;
use crate::domain::secret::Secret;
use crate::flows::{Fault, Services};
use crate::storage::{Creation, SecretChange, StoredClient};

/// Characters in a secret that the server makes up: 192 bits.
const SECRET_LENGTH: usize = 32;

/// A client as it now is, with its secret in clear if that was set just now.
#[derive(Debug)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// The secret, for the one answer that may tell it.
    pub secret: Option<Secret>,
}

/// Why a client is not created or replaced.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// A property cannot be.
    #[error(transparent)]
    Invalid(#[from] InvalidClient),
    /// There is a client of that id, which stays as it is.
    #[error("a client with the id `{0}` exists already")]
    Exists(String),
    /// There is no client of that id.
    #[error("there is no client with the id `{0}`")]
    Unknown(String),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// RFC 9700 section 4.15: a client of a person's name would speak for itself in that name.
async fn refuse_names_of_persons(services: &Services, id: &str) -> Result<(), RegistrationError> {
    let known = services.storage.is_person(id).await.map_err(Fault::from)?;
    if known {
        return Err(InvalidClient {
            property: "id",
            problem: "is the name of a person who logged in here, and tokens could not tell the two apart"
                .to_owned(),
        }
        .into());
    }
    Ok(())
}

/// Creates a client. Without an id it gets a random one, without a secret a random one as well, unless
/// it is public.
///
/// # Errors
/// A property cannot be, or there is a client of that id.
pub async fn create(
    services: &Services,
    mut client: Client,
    secret: Option<Secret>,
) -> Result<Registered, RegistrationError> {
    let rng = services.rng.as_ref();
    if client.id.is_empty() {
        client.id = random::uuid(rng).map_err(Fault::from)?.to_string();
    }
    client.check()?;
    refuse_names_of_persons(services, &client.id).await?;
    let secret = match secret {
        secret if client.public => refuse_for_public(secret)?,
        Some(secret) => Some(secret),
        None => Some(Secret::new(
            random::secret(rng, SECRET_LENGTH).map_err(Fault::from)?,
        )),
    };
    let hash = hash(services, secret.as_ref()).await?;
    match services
        .storage
        .create_client(&client, hash.as_deref())
        .await
        .map_err(Fault::from)?
    {
        Creation::Created => Ok(Registered { client, secret }),
        Creation::Exists => Err(RegistrationError::Exists(client.id)),
    }
}

/// Replaces a client. Without a secret it keeps the one it has.
///
/// # Errors
/// A property cannot be, or the client is gone.
pub async fn replace(
    services: &Services,
    stored: &StoredClient,
    mut client: Client,
    secret: Option<Secret>,
) -> Result<Registered, RegistrationError> {
    client.id.clone_from(&stored.client.id);
    client.check()?;
    let secret = if client.public {
        refuse_for_public(secret)?
    } else {
        secret
    };
    if secret.is_none() && !client.public && stored.secret_hash.is_none() {
        return Err(RegistrationError::Invalid(InvalidClient {
            property: "client_secret",
            problem: "is needed: the client was public until now and has none to keep".to_owned(),
        }));
    }
    let hash = hash(services, secret.as_ref()).await?;
    let change = match &hash {
        _ if client.public => SecretChange::Remove,
        Some(hash) => SecretChange::Replace(hash),
        None => SecretChange::Keep,
    };
    let found = services
        .storage
        .update_client(&client, change)
        .await
        .map_err(Fault::from)?;
    if !found {
        return Err(RegistrationError::Unknown(client.id));
    }
    Ok(Registered { client, secret })
}

fn refuse_for_public(secret: Option<Secret>) -> Result<Option<Secret>, InvalidClient> {
    match secret {
        None => Ok(None),
        Some(_) => Err(InvalidClient {
            property: "client_secret",
            problem: "must be left out: a public client has none".to_owned(),
        }),
    }
}

async fn hash(
    services: &Services,
    secret: Option<&Secret>,
) -> Result<Option<String>, RegistrationError> {
    let Some(secret) = secret else {
        return Ok(None);
    };
    check_secret(secret.expose())?;
    let hash = services
        .passwords
        .hash(secret, services.rng.as_ref())
        .await
        .map_err(Fault::from)?;
    Ok(Some(hash))
}
