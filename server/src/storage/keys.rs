//! JSON Web Keys, sealed.

use sqlx::FromRow;

use super::sql::on_pool;
use super::{Creation, Storage, StorageError};
use crate::domain::client::is_id;
use crate::domain::clock::UnixTime;

/// A key as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, FromRow)]
pub struct SealedKey {
    /// Names the key within its set.
    pub kid: String,
    /// The key, sealed for its set and name.
    pub key_data: String,
}

const ADD: &str = "INSERT INTO hydra_jwk (set_id, kid, key_data, created_at, ordinal) \
                   VALUES (?, ?, ?, ?, ?)";

/// The number of the next key of a set.
const NEXT: &str = "SELECT COALESCE(MAX(ordinal), 0) + 1 FROM hydra_jwk WHERE set_id = ?";

impl Storage {
    /// The keys of a set, the one that was added last first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keys(&self, set: &str) -> Result<Vec<SealedKey>, StorageError> {
        if !is_id(set) {
            return Ok(Vec::new());
        }
        Ok(on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT kid, key_data FROM hydra_jwk WHERE set_id = ? \
                 ORDER BY ordinal DESC, kid",
            ))
            .bind(set)
            .fetch_all(pool)
            .await?
        }))
    }

    /// A key of a set.
    ///
    /// # Errors
    /// The database fails.
    pub async fn key(&self, set: &str, kid: &str) -> Result<Option<SealedKey>, StorageError> {
        if !is_id(set) || !is_id(kid) {
            return Ok(None);
        }
        Ok(on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT kid, key_data FROM hydra_jwk WHERE set_id = ? AND kid = ?",
            ))
            .bind(set)
            .bind(kid)
            .fetch_optional(pool)
            .await?
        }))
    }

    /// Adds keys to a set, the last one as the newest: all of them, or none if there is one of the same
    /// name. With `known`, none either if the set holds any other keys than those named: of several
    /// processes that try at once one succeeds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_keys(
        &self,
        set: &str,
        known: Option<&[String]>,
        keys: &[SealedKey],
        now: UnixTime,
    ) -> Result<Creation, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(self.lock()).execute(&mut *transaction).await?;
            let found: Vec<(String,)> =
                sqlx::query_as(self.sql("SELECT kid FROM hydra_jwk WHERE set_id = ?"))
                    .bind(set)
                    .fetch_all(&mut *transaction)
                    .await?;
            let there = |kid: &String| found.iter().any(|(there,)| there == kid);
            let other = |known: &[String]| {
                known.len() != found.len() || !known.iter().all(there)
            };
            if keys.iter().any(|key| there(&key.kid)) || known.is_some_and(other) {
                return Ok(Creation::Exists);
            }
            let (next,): (i64,) = sqlx::query_as(self.sql(NEXT))
                .bind(set)
                .fetch_one(&mut *transaction)
                .await?;
            for (ordinal, key) in (next..).zip(keys) {
                sqlx::query(self.sql(ADD))
                    .bind(set)
                    .bind(key.kid.as_str())
                    .bind(key.key_data.as_str())
                    .bind(now.0)
                    .bind(ordinal)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
        });
        Ok(Creation::Created)
    }

    /// Puts keys into a set, the last one as the newest. One of the same name is replaced where it is;
    /// others stay.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_keys(
        &self,
        set: &str,
        keys: &[SealedKey],
        now: UnixTime,
    ) -> Result<(), StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(self.lock()).execute(&mut *transaction).await?;
            let (next,): (i64,) = sqlx::query_as(self.sql(NEXT))
                .bind(set)
                .fetch_one(&mut *transaction)
                .await?;
            for (ordinal, key) in (next..).zip(keys) {
                let replaced = sqlx::query(self.sql(
                    "UPDATE hydra_jwk SET key_data = ? WHERE set_id = ? AND kid = ?",
                ))
                .bind(key.key_data.as_str())
                .bind(set)
                .bind(key.kid.as_str())
                .execute(&mut *transaction)
                .await?
                .rows_affected();
                if replaced == 0 {
                    sqlx::query(self.sql(ADD))
                        .bind(set)
                        .bind(key.kid.as_str())
                        .bind(key.key_data.as_str())
                        .bind(now.0)
                        .bind(ordinal)
                        .execute(&mut *transaction)
                        .await?;
                }
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Deletes a key and tells whether there was one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_key(&self, set: &str, kid: &str) -> Result<bool, StorageError> {
        if !is_id(set) || !is_id(kid) {
            return Ok(false);
        }
        Ok(on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_jwk WHERE set_id = ? AND kid = ?"))
                .bind(set)
                .bind(kid)
                .execute(pool)
                .await?
                .rows_affected()
        }) > 0)
    }

    /// Deletes a whole set and tells whether there was one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_keys(&self, set: &str) -> Result<bool, StorageError> {
        if !is_id(set) {
            return Ok(false);
        }
        Ok(on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_jwk WHERE set_id = ?"))
                .bind(set)
                .execute(pool)
                .await?
                .rows_affected()
        }) > 0)
    }
}
