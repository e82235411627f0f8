//! Who is logged in, by the signature of the cookie.

use sqlx::FromRow;

use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;
use crate::domain::consent::Login;

/// A login that a browser keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// The part of the cookie that names it in storage. Without the other part it is no good.
    pub signature: String,
    /// Who, and since when.
    pub login: Login,
    /// When it began.
    pub created_at: UnixTime,
    /// From when on it counts no more.
    pub expires_at: UnixTime,
}

#[derive(FromRow)]
struct LoginSessionRow {
    signature: String,
    subject: String,
    auth_time: i64,
    created_at: i64,
    expires_at: i64,
}

/// For the transaction that begins a session.
pub(super) const INSERT: &str = "INSERT INTO hydra_login_session \
        (signature, subject, auth_time, created_at, expires_at) VALUES (?, ?, ?, ?, ?)";
/// For the transaction that replaces one.
pub(super) const DELETE: &str = "DELETE FROM hydra_login_session WHERE signature = ?";

impl Storage {
    /// The session of that signature, expired or not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn login_session(
        &self,
        signature: &str,
    ) -> Result<Option<LoginSession>, StorageError> {
        let row: Option<LoginSessionRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT signature, subject, auth_time, created_at, expires_at \
                 FROM hydra_login_session WHERE signature = ?",
            ))
            .bind(signature)
            .fetch_optional(pool)
            .await?
        });
        Ok(row.map(|row| LoginSession {
            signature: row.signature,
            login: Login {
                subject: row.subject,
                auth_time: UnixTime(row.auth_time),
            },
            created_at: UnixTime(row.created_at),
            expires_at: UnixTime(row.expires_at),
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database fails; the session may then still count.
    pub async fn end_login_session(&self, signature: &str) -> Result<(), StorageError> {
        on_pool!(self, pool => {
            sqlx::query(self.sql(DELETE)).bind(signature).execute(pool).await?;
        });
        Ok(())
    }
}
