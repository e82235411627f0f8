//! What the server knows about itself.

use super::sql::on_pool;
use super::{Storage, StorageError};

impl Storage {
    /// The value that was first set for `name`: `value`, unless one was there already. Of two processes
    /// that set one at once, both get the same answer.
    ///
    /// # Errors
    /// The database fails.
    pub async fn property_or_set(&self, name: &str, value: &str) -> Result<String, StorageError> {
        if let Some(known) = self.property(name).await? {
            return Ok(known);
        }
        let inserted = on_pool!(self, pool => {
            sqlx::query(self.sql("INSERT INTO hydra_property (name, value) VALUES (?, ?)"))
                .bind(name)
                .bind(value)
                .execute(pool)
                .await
                .map(drop)
        });
        match inserted {
            Ok(()) => Ok(value.to_owned()),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(self
                .property(name)
                .await?
                .unwrap_or_else(|| value.to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    async fn property(&self, name: &str) -> Result<Option<String>, StorageError> {
        Ok(on_pool!(self, pool => {
            sqlx::query_scalar(self.sql("SELECT value FROM hydra_property WHERE name = ?"))
                .bind(name)
                .fetch_optional(pool)
                .await?
        }))
    }
}
