//! What piles up is thrown away.

use std::time::Duration;

use crate::domain::clock::UnixTime;
use crate::flows::{Fault, Services};

/// How often it is looked for.
const PAUSE: Duration = Duration::from_secs(10 * 60);
/// For how long an expired token is kept all the same: another process's clock may be behind, and there
/// the token is still good.
const GRACE: Duration = Duration::from_secs(60 * 60);
/// How many are deleted by one statement, so that none keeps the database to itself for long.
const BATCH: u32 = 1000;

/// Throws away what has expired, now and then, for ever. Several processes may do so at once.
pub async fn keep(services: &Services) {
    loop {
        tokio::time::sleep(PAUSE).await;
        match purge(services).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "threw away what had expired"),
            Err(fault) => {
                tracing::warn!(cause = %fault, "what has expired could not be thrown away");
            }
        }
    }
}

/// Throws away what nobody can use any more, and tells how many rows that were.
///
/// # Errors
/// The database fails; what was deleted until then stays deleted.
pub async fn purge(services: &Services) -> Result<u64, Fault> {
    let grace = i64::try_from(GRACE.as_secs()).unwrap_or(i64::MAX);
    let deadline = UnixTime(services.clock.now().0.saturating_sub(grace));
    purge_until(services, deadline).await
}

/// Throws away what was of no use any more before `deadline`, and tells how many rows that were.
///
/// # Errors
/// The database fails; what was deleted until then stays deleted.
pub async fn purge_until(services: &Services, deadline: UnixTime) -> Result<u64, Fault> {
    let mut purged = 0;
    loop {
        let storage = &services.storage;
        let batch = storage.purge(deadline, BATCH).await?
            + storage.purge_consent_requests(deadline, BATCH).await?
            + storage.purge_remembered_consents(deadline, BATCH).await?
            + storage.purge_login_sessions(deadline, BATCH).await?;
        purged += batch;
        if batch == 0 {
            return Ok(purged);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::client::{Client, grant_type};
    use crate::domain::secret::Secret;
    use crate::flows::tests::services;
    use crate::flows::{client_credentials, registration};

    #[tokio::test]
    async fn what_has_expired_goes_and_the_rest_stays() {
        let (services, clock) = services().await;
        let client = Client {
            id: "app".to_owned(),
            grant_types: vec![grant_type::CLIENT_CREDENTIALS.to_owned()],
            ..Client::default()
        };
        let secret = Secret::new("app-secret");
        registration::create(&services, client.clone(), Some(secret))
            .await
            .unwrap();
        let issue = async || {
            let issued = client_credentials::grant(&services, &client, None)
                .await
                .unwrap();
            issued.access_token
        };
        let kept = async |token: &Secret| {
            let signature = services.access_tokens.signature_of(token.expose()).unwrap();
            services
                .storage
                .access_token(signature)
                .await
                .unwrap()
                .is_some()
        };
        // More than one statement deletes.
        for _ in 0..=BATCH {
            issue().await;
        }
        let early = issue().await;
        clock.advance(GRACE);
        let late = issue().await;
        assert_eq!(purge(&services).await.unwrap(), 0);
        assert!(kept(&early).await);

        clock.advance(services.lifespans.access_token + Duration::from_secs(1));
        assert_eq!(purge(&services).await.unwrap(), u64::from(BATCH) + 2);
        assert!(!kept(&early).await && kept(&late).await);
        assert_eq!(purge(&services).await.unwrap(), 0);
    }
}
