//! What happens once, when a database is first used.

use crate::domain::client::{Client, InvalidClient, check_secret};
use crate::domain::pattern::Pattern;
use crate::domain::policy::{Effect, Policy, ROOT_POLICY};
use crate::domain::random;
use crate::domain::secret::Secret;
use crate::flows::{Fault, Services};
use crate::storage::Creation;

/// The credentials of the first client.
#[derive(Debug, Clone)]
pub struct RootCredentials {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

/// Why the first client is not created.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// The credentials the operator chose cannot be.
    #[error(transparent)]
    Invalid(#[from] InvalidClient),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Creates a client, and the policy by which it may administer everything, if there is no client at all:
/// somebody must be able to create the others. `None` if there are clients.
///
/// # Errors
/// The chosen credentials cannot be.
pub async fn create_root(
    services: &Services,
    chosen: Option<&RootCredentials>,
) -> Result<Option<RootCredentials>, RootError> {
    let rng = services.rng.as_ref();
    let credentials = match chosen {
        Some(chosen) => chosen.clone(),
        None => RootCredentials {
            client_id: random::uuid(rng).map_err(Fault::from)?.to_string(),
            client_secret: Secret::new(random::secret(rng, 32).map_err(Fault::from)?),
        },
    };
    let list = |items: &[&str]| items.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    let client = Client {
        id: credentials.client_id.clone(),
        name: "Temporary root client: may administer everything. Create clients of your own, then \
               delete it."
            .to_owned(),
        redirect_uris: list(&["http://localhost:4445/callback"]),
        grant_types: list(&[
            "implicit",
            "refresh_token",
            "authorization_code",
            "client_credentials",
        ]),
        response_types: list(&["id_token", "code", "token"]),
        scope: "hydra.* openid offline hydra".to_owned(),
        ..Client::default()
    };
    client.check()?;
    check_secret(credentials.client_secret.expose())?;
    // A hash takes longer than all the rest of a start, and nearly always there are clients.
    if services.storage.has_clients().await.map_err(Fault::from)? {
        return Ok(None);
    }
    let hash = services
        .passwords
        .hash(&credentials.client_secret, rng)
        .await
        .map_err(Fault::from)?;
    let creation = services
        .storage
        .create_first_client(&client, &hash, &root_policy(&client.id, services))
        .await
        .map_err(Fault::from)?;
    Ok((creation == Creation::Created).then_some(credentials))
}

fn root_policy(client_id: &str, services: &Services) -> Policy {
    Policy {
        id: ROOT_POLICY.to_owned(),
        description: "Lets the root client do everything.".to_owned(),
        subjects: vec![Pattern::literal(client_id)],
        effect: Effect::Allow,
        resources: vec![services.resources.all()],
        actions: vec!["<.*>".to_owned()],
        ..Policy::default()
    }
}
