//! Sealed values, sealed anew when the system secret changes.

use super::sql::on_pool;
use super::{Storage, StorageError};

/// Where a sealed value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A property.
    Property(&'a str),
    /// A JSON Web Key.
    Key {
        /// Its set.
        set: &'a str,
        /// Its name in the set.
        kid: &'a str,
    },
}

impl Storage {
    /// Gives `reseal` each sealed value, the named property and all keys, and stores what it makes of
    /// it, `None` meaning that the value stays. All of that happens or none, and nobody writes keys
    /// meanwhile. Tells how many values were changed.
    ///
    /// # Errors
    /// The database fails, or `reseal` does.
    pub async fn reseal<E: From<StorageError>>(
        &self,
        property: &str,
        reseal: impl Fn(Place<'_>, &str) -> Result<Option<String>, E>,
    ) -> Result<u64, E> {
        let mut changed = 0;
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await.map_err(StorageError::from)?;
            sqlx::query(self.lock())
                .execute(&mut *transaction)
                .await
                .map_err(StorageError::from)?;
            let known: Option<(String,)> =
                sqlx::query_as(self.sql("SELECT value FROM hydra_property WHERE name = ?"))
                    .bind(property)
                    .fetch_optional(&mut *transaction)
                    .await
                    .map_err(StorageError::from)?;
            if let Some((value,)) = known
                && let Some(value) = reseal(Place::Property(property), &value)?
            {
                sqlx::query(self.sql("UPDATE hydra_property SET value = ? WHERE name = ?"))
                    .bind(value)
                    .bind(property)
                    .execute(&mut *transaction)
                    .await
                    .map_err(StorageError::from)?;
                changed += 1;
            }
            let keys: Vec<(String, String, String)> =
                sqlx::query_as(self.sql("SELECT set_id, kid, key_data FROM hydra_jwk"))
                    .fetch_all(&mut *transaction)
                    .await
                    .map_err(StorageError::from)?;
            for (set, kid, key_data) in &keys {
                if let Some(key_data) = reseal(Place::Key { set, kid }, key_data)? {
                    sqlx::query(self.sql(
                        "UPDATE hydra_jwk SET key_data = ? WHERE set_id = ? AND kid = ?",
                    ))
                    .bind(key_data)
                    .bind(set.as_str())
                    .bind(kid.as_str())
                    .execute(&mut *transaction)
                    .await
                    .map_err(StorageError::from)?;
                    changed += 1;
                }
            }
            transaction.commit().await.map_err(StorageError::from)?;
        });
        Ok(changed)
    }
}
