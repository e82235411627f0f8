//! Refresh tokens.
//!
//! One stands in the row of the access token that it was issued with. When it is used, that access token
//! ends, and a new row takes a new pair; the old row stays, so that a second use is seen for what it is.

use sqlx::FromRow;

use super::access_tokens::insert_access_token;
use super::grants::{GrantRow, grant_columns};
use super::sql::{on_pool, retrying};
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;
use crate::domain::grant::Grant;
use crate::domain::token::{AccessToken, RefreshToken};

/// A refresh token, used or not, and its grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefreshToken {
    /// The token.
    pub token: RefreshToken,
    /// The grant it belongs to.
    pub grant: Grant,
    /// When it was issued.
    pub issued_at: UnixTime,
    /// When it was first used.
    pub used_at: Option<UnixTime>,
}

/// What became of an attempt to use a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new pair is stored; the old access token is no good any more.
    Rotated,
    /// Somebody used it before. Nothing was stored.
    AlreadyUsed,
    /// The grant or its client is gone. Nothing was stored.
    Gone,
}

#[derive(FromRow)]
struct RefreshTokenRow {
    #[sqlx(flatten)]
    grant: GrantRow,
    issued_at: i64,
    refresh_expires_at: Option<i64>,
    refresh_used_at: Option<i64>,
}

impl RefreshTokenRow {
    fn read(self, signature: &str) -> Result<Option<StoredRefreshToken>, StorageError> {
        Ok(self.grant.read()?.map(|grant| StoredRefreshToken {
            token: RefreshToken {
                signature: signature.to_owned(),
                expires_at: self.refresh_expires_at.map(UnixTime),
            },
            issued_at: UnixTime(self.issued_at),
            used_at: self.refresh_used_at.map(UnixTime),
            grant,
        }))
    }
}

impl Storage {
    /// The refresh token of that signature, used or expired or not, and its grant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn refresh_token(
        &self,
        signature: &str,
    ) -> Result<Option<StoredRefreshToken>, StorageError> {
        let row: Option<RefreshTokenRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT ", grant_columns!(), ", t.issued_at, t.refresh_expires_at, t.refresh_used_at \
                 FROM hydra_access_token t JOIN hydra_grant g ON g.id = t.grant_id \
                 WHERE t.refresh_signature = ?",
            )))
            .bind(signature)
            .fetch_optional(pool)
            .await?
        });
        row.map_or(Ok(None), |row| row.read(signature))
    }

    /// Uses the refresh token `old` up, ends its access token and stores a new pair. Of many who try, one
    /// succeeds; so do those who try when it was first used after `used_after`, if that is given.
    ///
    /// # Errors
    /// The database fails; nothing has changed then.
    pub async fn rotate_refresh_token(
        &self,
        old: &str,
        token: &AccessToken,
        refresh: &RefreshToken,
        now: UnixTime,
        used_after: Option<UnixTime>,
    ) -> Result<Rotation, StorageError> {
        retrying!(self.try_to_rotate(old, token, refresh, now, used_after))
    }

    async fn try_to_rotate(
        &self,
        old: &str,
        token: &AccessToken,
        refresh: &RefreshToken,
        now: UnixTime,
        used_after: Option<UnixTime>,
    ) -> Result<Rotation, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            // First what locks the grant, as revoking it does: whoever takes locks in one order waits,
            // and does not deadlock. If it comes to nothing it is undone.
            match insert_access_token!(self, transaction, token, Some(refresh)).await {
                Ok(_) => {}
                Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                    return Ok(Rotation::Gone);
                }
                Err(error) => return Err(error.into()),
            }
            // The access token ends by expiring at the beginning of time, whatever a clock says.
            let used = sqlx::query(self.sql(
                "UPDATE hydra_access_token \
                 SET expires_at = 0, refresh_used_at = COALESCE(refresh_used_at, ?) \
                 WHERE refresh_signature = ? AND (refresh_used_at IS NULL OR refresh_used_at > ?)",
            ))
            .bind(now.0)
            .bind(old)
            .bind(used_after.map_or(i64::MAX, |time| time.0))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if used == 0 {
                transaction.rollback().await?;
                return Ok(Rotation::AlreadyUsed);
            }
            transaction.commit().await?;
        });
        Ok(Rotation::Rotated)
    }
}
