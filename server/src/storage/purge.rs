//! Deleting what is of no use any more, a little at a time.
//!
//! Only the inner of two queries may have a LIMIT in MySQL and MariaDB, which also refuse to delete from a
//! table that the outer one reads: hence the queries within queries.

use super::sql::{on_pool, retrying};
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;

/// Grants that are over with the tokens among the first `?` that are.
const GRANTS_OF_TOKENS: &str = "DELETE FROM hydra_grant WHERE id IN \
        (SELECT grant_id FROM \
            (SELECT grant_id FROM hydra_access_token WHERE kept_until < ? \
             ORDER BY kept_until, signature LIMIT ?) AS spent \
         WHERE grant_id IS NOT NULL) \
     AND (kept_until IS NULL OR kept_until < ?) \
     AND NOT EXISTS (SELECT 1 FROM hydra_access_token t \
                     WHERE t.grant_id = hydra_grant.id AND (t.kept_until IS NULL OR t.kept_until >= ?))";

/// The first `?` tokens that are over and whose grants, if they have one, live on by something else: that is
/// every one that [`GRANTS_OF_TOKENS`] leaves, so that no grant is left behind that nothing leads to.
const TOKENS: &str = "DELETE FROM hydra_access_token WHERE signature IN \
        (SELECT signature FROM \
            (SELECT t.signature FROM hydra_access_token t \
             WHERE t.kept_until < ? \
             AND (t.grant_id IS NULL \
                  OR EXISTS (SELECT 1 FROM hydra_grant g \
                             WHERE g.id = t.grant_id AND g.kept_until >= ?) \
                  OR EXISTS (SELECT 1 FROM hydra_access_token k \
                             WHERE k.grant_id = t.grant_id \
                             AND (k.kept_until IS NULL OR k.kept_until >= ?))) \
             ORDER BY t.kept_until, t.signature LIMIT ?) AS spent)";

/// Grants whose code nobody redeemed, and that no token follows from.
const UNUSED_GRANTS: &str = "DELETE FROM hydra_grant WHERE id IN \
        (SELECT id FROM \
            (SELECT g.id FROM hydra_grant g \
             WHERE g.kept_until < ? \
             AND NOT EXISTS (SELECT 1 FROM hydra_access_token t WHERE t.grant_id = g.id) \
             ORDER BY g.kept_until LIMIT ?) AS unused)";

/// The first `?` rows of a table, by its key, that expired before a moment.
macro_rules! expired {
    ($table:literal, $key:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ",
            $key,
            " IN \
                (SELECT ",
            $key,
            " FROM \
                    (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE expires_at < ? \
                     ORDER BY expires_at LIMIT ?) AS expired)",
        )
    };
}

impl Storage {
    /// Deletes some of the tokens, grants and codes that were over before `deadline`, `limit` of each kind
    /// at most, and tells how many rows those were: none when nothing is left.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge(&self, deadline: UnixTime, limit: u32) -> Result<u64, StorageError> {
        let grants = retrying!(self.purge_grants_of_tokens(deadline, limit))?;
        let tokens = retrying!(self.purge_tokens(deadline, limit))?;
        let unused = retrying!(self.purge_expired(UNUSED_GRANTS, deadline, limit))?;
        Ok(grants + tokens + unused)
    }

    async fn purge_grants_of_tokens(
        &self,
        deadline: UnixTime,
        limit: u32,
    ) -> Result<u64, StorageError> {
        Ok(on_pool!(self, pool => {
            sqlx::query(self.sql(GRANTS_OF_TOKENS))
                .bind(deadline.0)
                .bind(i64::from(limit))
                .bind(deadline.0)
                .bind(deadline.0)
                .execute(pool)
                .await?
                .rows_affected()
        }))
    }

    async fn purge_tokens(&self, deadline: UnixTime, limit: u32) -> Result<u64, StorageError> {
        Ok(on_pool!(self, pool => {
            sqlx::query(self.sql(TOKENS))
                .bind(deadline.0)
                .bind(deadline.0)
                .bind(deadline.0)
                .bind(i64::from(limit))
                .execute(pool)
                .await?
                .rows_affected()
        }))
    }

    /// Forgets at most `limit` questions that expired before `deadline`, and tells how many those were.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_consent_requests(
        &self,
        deadline: UnixTime,
        limit: u32,
    ) -> Result<u64, StorageError> {
        self.purge_expired(expired!("hydra_consent_request", "id"), deadline, limit)
            .await
    }

    /// Forgets at most `limit` sessions that expired before `deadline`, and tells how many those were.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_login_sessions(
        &self,
        deadline: UnixTime,
        limit: u32,
    ) -> Result<u64, StorageError> {
        self.purge_expired(
            expired!("hydra_login_session", "signature"),
            deadline,
            limit,
        )
        .await
    }

    /// Forgets at most `limit` answers that expired before `deadline`, and tells how many those were.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_remembered_consents(
        &self,
        deadline: UnixTime,
        limit: u32,
    ) -> Result<u64, StorageError> {
        self.purge_expired(expired!("hydra_remembered_consent", "id"), deadline, limit)
            .await
    }

    async fn purge_expired(
        &self,
        statement: &'static str,
        deadline: UnixTime,
        limit: u32,
    ) -> Result<u64, StorageError> {
        Ok(on_pool!(self, pool => {
            sqlx::query(self.sql(statement))
                .bind(deadline.0)
                .bind(i64::from(limit))
                .execute(pool)
                .await?
                .rows_affected()
        }))
    }
}
