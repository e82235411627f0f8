//! What people have granted: the grants that clients live on, and the answers that are remembered.

use super::grants::{GrantRow, grant_columns};
use super::sql::{on_pool, retrying};
use super::{Storage, StorageError};
use crate::domain::client;
use crate::domain::grant::Grant;

impl Storage {
    /// The grants of `subject`, the latest first; those to one client if it is named.
    ///
    /// # Errors
    /// The database fails.
    pub async fn grants_of(
        &self,
        subject: &str,
        client_id: Option<&str>,
    ) -> Result<Vec<Grant>, StorageError> {
        if !can_be(subject, client_id) {
            return Ok(Vec::new());
        }
        let rows: Vec<GrantRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT ", grant_columns!(), " FROM hydra_grant g \
                 WHERE g.subject = ? AND g.client_id = COALESCE(?, g.client_id) \
                 ORDER BY g.created_at DESC, g.id",
            )))
            .bind(subject)
            .bind(client_id)
            .fetch_all(pool)
            .await?
        });
        let grants: Result<Vec<_>, _> = rows.into_iter().map(GrantRow::read).collect();
        Ok(grants?.into_iter().flatten().collect())
    }

    /// Whether somebody of that name has logged in or granted something, as far as is still known.
    ///
    /// # Errors
    /// The database fails.
    pub async fn is_person(&self, subject: &str) -> Result<bool, StorageError> {
        if !client::is_id(subject) {
            return Ok(false);
        }
        let found: Option<(String,)> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT subject FROM hydra_grant WHERE subject = ? \
                 UNION SELECT subject FROM hydra_remembered_consent WHERE subject = ? \
                 UNION SELECT subject FROM hydra_login_session WHERE subject = ?",
            ))
            .bind(subject)
            .bind(subject)
            .bind(subject)
            .fetch_optional(pool)
            .await?
        });
        Ok(found.is_some())
    }

    /// Forgets the answers of `subject` and revokes the grants, and with them every token that speaks for
    /// it; those for one client if it is named.
    ///
    /// # Errors
    /// The database fails; then nothing was changed.
    pub async fn revoke_consent(
        &self,
        subject: &str,
        client_id: Option<&str>,
    ) -> Result<(), StorageError> {
        if !can_be(subject, client_id) {
            return Ok(());
        }
        retrying!(self.try_to_revoke_consent(subject, client_id))
    }

    async fn try_to_revoke_consent(
        &self,
        subject: &str,
        client_id: Option<&str>,
    ) -> Result<(), StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            for statement in [
                "DELETE FROM hydra_remembered_consent \
                 WHERE subject = ? AND client_id = COALESCE(?, client_id)",
                "DELETE FROM hydra_grant \
                 WHERE subject = ? AND client_id = COALESCE(?, client_id)",
            ] {
                sqlx::query(self.sql(statement))
                    .bind(subject)
                    .bind(client_id)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }
}

/// Whether there could be rows of these.
fn can_be(subject: &str, client_id: Option<&str>) -> bool {
    client::is_id(subject) && client_id.is_none_or(client::is_id)
}
