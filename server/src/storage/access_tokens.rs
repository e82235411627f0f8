//! Access tokens, known by signature.

use sqlx::FromRow;

use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;
use crate::domain::token::AccessToken;

/// A token, and what must be known with it to decide what its bearer may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub token: AccessToken,
    /// Whether its subject is a client that may administer everything.
    pub administrator: bool,
}

#[derive(FromRow)]
struct TokenRow {
    signature: String,
    request_id: String,
    client_id: String,
    subject: String,
    scope: String,
    issued_at: i64,
    expires_at: i64,
    administrator: Option<String>,
}

impl TryFrom<TokenRow> for StoredToken {
    type Error = StorageError;

    fn try_from(row: TokenRow) -> Result<Self, StorageError> {
        let scopes = Scopes::parse(&row.scope).map_err(|problem| StorageError::Inconsistent {
            table: "hydra_access_token",
            column: "scope",
            row: row.request_id.clone(),
            problem: problem.to_string(),
        })?;
        Ok(Self {
            token: AccessToken {
                signature: row.signature,
                request_id: row.request_id,
                client_id: row.client_id,
                subject: row.subject,
                scopes,
                issued_at: UnixTime(row.issued_at),
                expires_at: UnixTime(row.expires_at),
            },
            administrator: row.administrator.is_some(),
        })
    }
}

impl Storage {
    /// The token of that signature, expired or not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn access_token(&self, signature: &str) -> Result<Option<StoredToken>, StorageError> {
        // A client's token speaks for the client. A person whose name is a client's id is not it,
        // hence the comparison with `client_id`.
        let row: Option<TokenRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT t.signature, t.request_id, t.client_id, t.subject, t.scope, t.issued_at, \
                        t.expires_at, a.client_id AS administrator \
                 FROM hydra_access_token t \
                 LEFT JOIN hydra_administrator a \
                    ON a.client_id = t.client_id AND t.subject = t.client_id \
                 WHERE t.signature = ?",
            ))
            .bind(signature)
            .fetch_optional(pool)
            .await?
        });
        row.map(StoredToken::try_from).transpose()
    }

    /// Remembers a token; `false` if its client is gone.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_access_token(&self, token: &AccessToken) -> Result<bool, StorageError> {
        let inserted = on_pool!(self, pool => {
            sqlx::query(self.sql(
                "INSERT INTO hydra_access_token \
                    (signature, request_id, client_id, subject, scope, issued_at, expires_at) \
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            ))
            .bind(token.signature.as_str())
            .bind(token.request_id.as_str())
            .bind(token.client_id.as_str())
            .bind(token.subject.as_str())
            .bind(token.scopes.to_string())
            .bind(token.issued_at.0)
            .bind(token.expires_at.0)
            .execute(pool)
            .await
            .map(drop)
        });
        match inserted {
            Ok(()) => Ok(true),
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets every token that came from the request.
    ///
    /// # Errors
    /// The database fails; the tokens may then still be good.
    pub async fn revoke_request(&self, request_id: &str) -> Result<(), StorageError> {
        on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_access_token WHERE request_id = ?"))
                .bind(request_id)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Forgets at most `limit` tokens that expired before `deadline`, and tells how many those were.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_access_tokens(
        &self,
        deadline: UnixTime,
        limit: u32,
    ) -> Result<u64, StorageError> {
        // Only the inner of the two queries may have a LIMIT in MySQL and MariaDB, which also refuse to
        // delete from a table that the outer one reads.
        let deleted = on_pool!(self, pool => {
            sqlx::query(self.sql(
                "DELETE FROM hydra_access_token WHERE signature IN \
                    (SELECT signature FROM \
                        (SELECT signature FROM hydra_access_token WHERE expires_at < ? \
                         ORDER BY expires_at LIMIT ?) AS expired)",
            ))
            .bind(deadline.0)
            .bind(i64::from(limit))
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(deleted)
    }
}
