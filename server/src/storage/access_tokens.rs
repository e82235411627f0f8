//! Access tokens, known by signature.

use sqlx::FromRow;

use super::sql::on_pool;
use super::standing::{Standing, StandingRow, standing_columns};
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;
use crate::domain::token::{AccessToken, RefreshToken};

/// A token, and what must be known with it to decide what its bearer may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub token: AccessToken,
    /// What decisions about its subject depend on.
    pub standing: Standing,
}

/// An access token as a statement gives it, without its grant.
#[derive(FromRow)]
pub(super) struct AccessTokenRow {
    signature: String,
    request_id: String,
    client_id: String,
    subject: String,
    scope: String,
    issued_at: i64,
    expires_at: i64,
}

impl AccessTokenRow {
    pub(super) fn read(self, grant_id: Option<String>) -> Result<AccessToken, StorageError> {
        let scopes = Scopes::parse(&self.scope).map_err(|problem| StorageError::Inconsistent {
            table: "hydra_access_token",
            column: "scope",
            row: self.request_id.clone(),
            problem: problem.to_string(),
        })?;
        Ok(AccessToken {
            signature: self.signature,
            request_id: self.request_id,
            client_id: self.client_id,
            subject: self.subject,
            scopes,
            issued_at: UnixTime(self.issued_at),
            expires_at: UnixTime(self.expires_at),
            grant_id,
        })
    }
}

#[derive(FromRow)]
struct StoredTokenRow {
    #[sqlx(flatten)]
    token: AccessTokenRow,
    grant_id: Option<String>,
    #[sqlx(flatten)]
    standing: StandingRow,
}

pub(super) const INSERT_ACCESS_TOKEN: &str = "INSERT INTO hydra_access_token \
        (signature, request_id, client_id, subject, scope, issued_at, expires_at, grant_id, \
         refresh_signature, refresh_expires_at, kept_until) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Until when the row of these tokens must stay; `None` means as long as the grant.
pub(super) fn kept_until(token: &AccessToken, refresh: Option<&RefreshToken>) -> Option<UnixTime> {
    match refresh {
        None => Some(token.expires_at),
        Some(refresh) => refresh
            .expires_at
            .map(|expires_at| expires_at.max(token.expires_at)),
    }
}

/// Inserts an [`AccessToken`] and the [`RefreshToken`] that comes with it, if one does, as part of a
/// transaction. Gives the driver's result; a violated foreign key means that the client or the grant is
/// gone.
macro_rules! insert_access_token {
    ($storage:expr, $transaction:expr, $token:expr, $refresh:expr) => {{
        let token: &$crate::domain::token::AccessToken = $token;
        let refresh: Option<&$crate::domain::token::RefreshToken> = $refresh;
        sqlx::query($storage.sql($crate::storage::access_tokens::INSERT_ACCESS_TOKEN))
            .bind(token.signature.as_str())
            .bind(token.request_id.as_str())
            .bind(token.client_id.as_str())
            .bind(token.subject.as_str())
            .bind(token.scopes.to_string())
            .bind(token.issued_at.0)
            .bind(token.expires_at.0)
            .bind(token.grant_id.as_deref())
            .bind(refresh.map(|refresh| refresh.signature.as_str()))
            .bind(refresh.and_then(|refresh| refresh.expires_at.map(|time| time.0)))
            .bind($crate::storage::access_tokens::kept_until(token, refresh).map(|time| time.0))
            .execute(&mut *$transaction)
    }};
}
pub(super) use insert_access_token;

impl Storage {
    /// The token of that signature, expired or not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn access_token(&self, signature: &str) -> Result<Option<StoredToken>, StorageError> {
        let rows: Vec<StoredTokenRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT t.signature, t.request_id, t.client_id, t.subject, t.scope, t.issued_at, \
                        t.expires_at, t.grant_id, ", standing_columns!(), " \
                 FROM hydra_access_token t \
                 CROSS JOIN hydra_policy_revision r \
                 LEFT JOIN hydra_warden_group_member m ON m.member = t.subject \
                 WHERE t.signature = ?",
            )))
            .bind(signature)
            .fetch_all(pool)
            .await?
        });
        let mut token = None;
        let mut standing = Vec::with_capacity(rows.len());
        for row in rows {
            token.get_or_insert((row.token, row.grant_id));
            standing.push(row.standing);
        }
        let Some((token, grant_id)) = token else {
            return Ok(None);
        };
        let token = token.read(grant_id)?;
        Ok(Some(StoredToken {
            standing: Standing::of(&token.subject, standing),
            token,
        }))
    }

    /// Remembers a token without a refresh token; `false` if its client or grant is gone.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_access_token(&self, token: &AccessToken) -> Result<bool, StorageError> {
        let inserted = on_pool!(self, pool => {
            let mut connection = pool.acquire().await?;
            insert_access_token!(self, connection, token, None).await.map(drop)
        });
        match inserted {
            Ok(()) => Ok(true),
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets one token.
    ///
    /// # Errors
    /// The database fails; the token may then still be good.
    pub async fn revoke_access_token(&self, signature: &str) -> Result<(), StorageError> {
        on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_access_token WHERE signature = ?"))
                .bind(signature)
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
