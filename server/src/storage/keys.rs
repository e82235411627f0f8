//! JSON Web Keys, sealed.

use sqlx::FromRow;

use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;

/// A key as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SealedKey {
    /// Names the key within its set.
    pub kid: String,
    /// The key, sealed for its set and name.
    pub key_data: String,
}

impl Storage {
    /// The keys of a set, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keys(&self, set: &str) -> Result<Vec<SealedKey>, StorageError> {
        Ok(on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT kid, key_data FROM hydra_jwk WHERE set_id = ? \
                 ORDER BY created_at DESC, kid",
            ))
            .bind(set)
            .fetch_all(pool)
            .await?
        }))
    }

    /// Adds a key to a set that has none. Of several processes that try at once one succeeds, and the
    /// set has one key in the end.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_first_key(
        &self,
        set: &str,
        key: &SealedKey,
        now: UnixTime,
    ) -> Result<bool, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(self.lock()).execute(&mut *transaction).await?;
            let (count,): (i64,) =
                sqlx::query_as(self.sql("SELECT COUNT(*) FROM hydra_jwk WHERE set_id = ?"))
                    .bind(set)
                    .fetch_one(&mut *transaction)
                    .await?;
            if count > 0 {
                return Ok(false);
            }
            sqlx::query(self.sql(
                "INSERT INTO hydra_jwk (set_id, kid, key_data, created_at) VALUES (?, ?, ?, ?)",
            ))
            .bind(set)
            .bind(key.kid.as_str())
            .bind(key.key_data.as_str())
            .bind(now.0)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        });
        Ok(true)
    }
}
