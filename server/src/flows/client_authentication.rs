//! Clients prove who they are (RFC 6749 section 2.3).

use std::net::IpAddr;

use crate::domain::secret::Secret;
use crate::flows::failure_limits::Wait;
use crate::flows::metrics::Refusal;
use crate::flows::{Fault, Services, audit};
use crate::storage::StoredClient;

/// What a client showed.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The id it claims.
    pub client_id: String,
    /// The secret, if it showed one.
    pub client_secret: Option<Secret>,
}

/// Why a client is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ClientAuthenticationError {
    /// It is unknown, or its secret is wrong; which of the two is not told.
    #[error("the client is unknown, or its secret is wrong")]
    Failed,
    /// It failed too often, or others at its address did. Its secret was not looked at.
    #[error("too many clients failed to authenticate here; try again later")]
    TooManyFailures(Wait),
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Finds the client whose credentials these are. An unknown client costs as much time as a wrong
/// secret. `address` is where it speaks from; nobody is made to wait if that is not known.
///
/// # Errors
/// The client is unknown or the secret is wrong, or it has to wait.
pub async fn authenticate(
    services: &Services,
    credentials: &Credentials,
    address: Option<IpAddr>,
) -> Result<StoredClient, ClientAuthenticationError> {
    let stored = services
        .storage
        .client(&credentials.client_id)
        .await
        .map_err(Fault::from)?;
    let id = &credentials.client_id;
    match stored {
        // RFC 6749 section 2.1: a public client cannot keep a secret, so it has none to check.
        Some(stored) if stored.client.public => Ok(stored),
        stored => {
            let refused = |refusal| {
                services.metrics.refused(refusal);
                audit::refused(id, address, refusal);
            };
            let now = services.clock.now();
            if let Some(address) = address
                && let Err(wait) = services.failures.check(id, address, now)
            {
                refused(Refusal::TooManyFailures);
                return Err(ClientAuthenticationError::TooManyFailures(wait));
            }
            let hash = stored
                .as_ref()
                .and_then(|stored| stored.secret_hash.as_ref())
                .map(Secret::expose);
            let nothing = Secret::new("");
            let secret = credentials.client_secret.as_ref().unwrap_or(&nothing);
            let matches = services
                .passwords
                .verify(secret, hash)
                .await
                .map_err(Fault::from)?;
            let believed = stored.filter(|_| matches);
            match (address, &believed) {
                (Some(address), Some(_)) => services.failures.succeeded(id, address, now),
                (Some(address), None) => services.failures.failed(id, address, now),
                (None, _) => {}
            }
            believed.ok_or_else(|| {
                refused(Refusal::Failed);
                ClientAuthenticationError::Failed
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::client::Client;
    use crate::flows::registration;
    use crate::flows::tests::services;

    /// Time cannot be measured well; what takes it can be counted.
    #[tokio::test]
    async fn whoever_is_not_believed_has_cost_one_hash() {
        let (services, _) = services().await;
        for (id, public) in [("app", false), ("spa", true)] {
            let client = Client {
                id: id.to_owned(),
                public,
                ..Client::default()
            };
            let secret = (!public).then(|| Secret::new("app-secret"));
            registration::create(&services, client, secret)
                .await
                .unwrap();
        }
        for (id, secret) in [
            ("app", Some("wrong-secret")),
            ("app", Some("")),
            ("app", None),
            ("nobody", Some("app-secret")),
            ("nobody", Some("wrong-secret")),
            ("nobody", None),
            ("", Some("app-secret")),
            ("\0", Some("app-secret")),
        ] {
            let credentials = Credentials {
                client_id: id.to_owned(),
                client_secret: secret.map(Secret::new),
            };
            // A second time as well: failures are not remembered.
            for _ in 0..2 {
                let before = services.passwords.computed();
                let refused = authenticate(&services, &credentials, None)
                    .await
                    .unwrap_err();
                assert!(matches!(refused, ClientAuthenticationError::Failed));
                assert_eq!(services.passwords.computed() - before, 1, "{credentials:?}");
            }
        }
    }
}
