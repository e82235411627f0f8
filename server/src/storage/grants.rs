//! Grants, and the codes by which clients learn of them.
//!
//! A code is part of its grant's row. Redeeming it is one transaction that begins by marking the code as
//! used, so that of any number who try, one succeeds; revoking a grant is deleting its row, and whatever
//! was issued on it goes along.

use serde_json::{Map, Value};
use sqlx::FromRow;

use super::access_tokens::{AccessTokenRow, insert_access_token};
use super::sql::{on_pool, retrying};
use super::{Storage, StorageError};
use crate::domain::clock::UnixTime;
use crate::domain::grant::{Code, CodeBinding, Grant};
use crate::domain::pkce::CodeChallenge;
use crate::domain::scope::Scopes;
use crate::domain::token::{AccessToken, RefreshToken};

/// A code, used or not, and the grant it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCode {
    /// The code.
    pub code: Code,
    /// The grant.
    pub grant: Grant,
    /// Whether it was redeemed.
    pub used: bool,
}

/// An access token, and the grant it follows from, if it follows from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedToken {
    /// The token.
    pub token: AccessToken,
    /// The grant; `None` if a client asked in its own name.
    pub grant: Option<Grant>,
}

/// What became of an attempt to redeem a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// The code is used up, and the tokens are stored.
    Redeemed,
    /// Somebody redeemed it before. Nothing was stored.
    AlreadyUsed,
    /// The grant or its client is gone. Nothing was stored.
    Gone,
}

/// The columns of [`GrantRow`], for a `SELECT` in which `hydra_grant` is `g`.
macro_rules! grant_columns {
    () => {
        "g.id AS grant_id, g.client_id AS grant_client_id, g.subject AS grant_subject, \
         g.scope AS grant_scope, g.nonce, g.auth_time, g.access_token_extra, g.id_token_extra, \
         g.created_at"
    };
}
pub(super) use grant_columns;

/// A grant as a statement gives it; all of it is NULL if an outer join found none.
#[derive(FromRow)]
pub(super) struct GrantRow {
    grant_id: Option<String>,
    grant_client_id: Option<String>,
    grant_subject: Option<String>,
    grant_scope: Option<String>,
    nonce: Option<String>,
    auth_time: Option<i64>,
    access_token_extra: Option<String>,
    id_token_extra: Option<String>,
    created_at: Option<i64>,
}

impl GrantRow {
    /// The grant, if there is one.
    pub(super) fn read(self) -> Result<Option<Grant>, StorageError> {
        let (Some(id), Some(client_id), Some(subject), Some(scope), Some(created_at)) = (
            self.grant_id,
            self.grant_client_id,
            self.grant_subject,
            self.grant_scope,
            self.created_at,
        ) else {
            return Ok(None);
        };
        let inconsistent = |column, problem: String| StorageError::Inconsistent {
            table: "hydra_grant",
            column,
            row: id.clone(),
            problem,
        };
        let object = |column, text: Option<String>| {
            text.map(|text| serde_json::from_str::<Map<String, Value>>(&text))
                .transpose()
                .map_err(|problem| inconsistent(column, problem.to_string()))
        };
        Ok(Some(Grant {
            scopes: Scopes::parse(&scope)
                .map_err(|problem| inconsistent("scope", problem.to_string()))?,
            access_token_extra: object("access_token_extra", self.access_token_extra)?,
            id_token_extra: object("id_token_extra", self.id_token_extra)?,
            id,
            client_id,
            subject,
            nonce: self.nonce,
            auth_time: self.auth_time.map(UnixTime),
            created_at: UnixTime(created_at),
        }))
    }
}

#[derive(FromRow)]
struct CodeRow {
    #[sqlx(flatten)]
    grant: GrantRow,
    code_expires_at: Option<i64>,
    code_used_at: Option<i64>,
    redirect_uri: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

impl CodeRow {
    fn read(self, signature: &str) -> Result<Option<StoredCode>, StorageError> {
        let Some(grant) = self.grant.read()? else {
            return Ok(None);
        };
        let inconsistent = |column, problem: &str| StorageError::Inconsistent {
            table: "hydra_grant",
            column,
            row: grant.id.clone(),
            problem: problem.to_owned(),
        };
        let challenge = match (self.code_challenge, self.code_challenge_method) {
            (None, None) => None,
            (Some(challenge), Some(method)) => Some(
                CodeChallenge::from_stored(challenge, &method).ok_or_else(|| {
                    inconsistent("code_challenge_method", "it is no method of RFC 7636")
                })?,
            ),
            // To take half a challenge for none would be to let anybody in.
            _ => return Err(inconsistent("code_challenge", "half of it is missing")),
        };
        let expires_at = self
            .code_expires_at
            .ok_or_else(|| inconsistent("code_expires_at", "it is missing"))?;
        Ok(Some(StoredCode {
            code: Code {
                signature: signature.to_owned(),
                expires_at: UnixTime(expires_at),
                binding: CodeBinding {
                    redirect_uri: self.redirect_uri,
                    challenge,
                },
            },
            used: self.code_used_at.is_some(),
            grant,
        }))
    }
}

#[derive(FromRow)]
struct GrantedTokenRow {
    #[sqlx(flatten)]
    token: AccessTokenRow,
    #[sqlx(flatten)]
    grant: GrantRow,
}

pub(super) const INSERT_GRANT: &str = "INSERT INTO hydra_grant \
        (id, client_id, subject, scope, nonce, auth_time, access_token_extra, id_token_extra, \
         created_at, code_signature, code_expires_at, redirect_uri, code_challenge, \
         code_challenge_method, kept_until) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// An object as its column holds it.
pub(super) fn json_object(object: Option<&Map<String, Value>>) -> Option<String> {
    object.map(|object| Value::Object(object.clone()).to_string())
}

/// Inserts a [`Grant`] and its [`Code`], if it has one (`Option<&Code>`), as part of a transaction. Gives
/// the driver's result; a violated foreign key means that the client is gone.
macro_rules! insert_grant {
    ($storage:expr, $transaction:expr, $grant:expr, $code:expr) => {{
        let grant: &$crate::domain::grant::Grant = $grant;
        let code: Option<&$crate::domain::grant::Code> = $code;
        let challenge = code.and_then(|code| code.binding.challenge.as_ref());
        let expires_at = code.map(|code| code.expires_at.0);
        sqlx::query($storage.sql($crate::storage::grants::INSERT_GRANT))
            .bind(grant.id.as_str())
            .bind(grant.client_id.as_str())
            .bind(grant.subject.as_str())
            .bind(grant.scopes.to_string())
            .bind(grant.nonce.as_deref())
            .bind(grant.auth_time.map(|time| time.0))
            .bind($crate::storage::grants::json_object(
                grant.access_token_extra.as_ref(),
            ))
            .bind($crate::storage::grants::json_object(
                grant.id_token_extra.as_ref(),
            ))
            .bind(grant.created_at.0)
            .bind(code.map(|code| code.signature.as_str()))
            .bind(expires_at)
            .bind(code.and_then(|code| code.binding.redirect_uri.as_deref()))
            .bind(challenge.map(|challenge| challenge.challenge()))
            .bind(challenge.map(|challenge| challenge.method().as_str()))
            .bind(expires_at.unwrap_or(grant.created_at.0))
            .execute(&mut *$transaction)
    }};
}
pub(super) use insert_grant;

impl Storage {
    /// Remembers a grant and its code, if it has one; `false` if its client is gone.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_grant(
        &self,
        grant: &Grant,
        code: Option<&Code>,
    ) -> Result<bool, StorageError> {
        let inserted = on_pool!(self, pool => {
            let mut connection = pool.acquire().await?;
            super::grants::insert_grant!(self, connection, grant, code).await.map(drop)
        });
        match inserted {
            Ok(()) => Ok(true),
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The code of that signature, used or expired or not, and its grant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn code(&self, signature: &str) -> Result<Option<StoredCode>, StorageError> {
        let row: Option<CodeRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT ", grant_columns!(), ", g.code_expires_at, g.code_used_at, g.redirect_uri, \
                        g.code_challenge, g.code_challenge_method \
                 FROM hydra_grant g WHERE g.code_signature = ?",
            )))
            .bind(signature)
            .fetch_optional(pool)
            .await?
        });
        row.map_or(Ok(None), |row| row.read(signature))
    }

    /// Uses the grant's code up and stores what was issued for it. Of many who try, one succeeds.
    ///
    /// # Errors
    /// The database fails; the code can still be redeemed then.
    pub async fn redeem_code(
        &self,
        token: &AccessToken,
        refresh: Option<&RefreshToken>,
        now: UnixTime,
    ) -> Result<Redemption, StorageError> {
        retrying!(self.try_to_redeem_code(token, refresh, now))
    }

    async fn try_to_redeem_code(
        &self,
        token: &AccessToken,
        refresh: Option<&RefreshToken>,
        now: UnixTime,
    ) -> Result<Redemption, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let used = sqlx::query(self.sql(
                "UPDATE hydra_grant SET code_used_at = ?, kept_until = NULL \
                 WHERE id = ? AND code_used_at IS NULL",
            ))
            .bind(now.0)
            .bind(token.grant_id.as_deref())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if used == 0 {
                transaction.rollback().await?;
                return Ok(Redemption::AlreadyUsed);
            }
            match insert_access_token!(self, transaction, token, refresh).await {
                Ok(_) => transaction.commit().await?,
                Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                    return Ok(Redemption::Gone);
                }
                Err(error) => return Err(error.into()),
            }
        });
        Ok(Redemption::Redeemed)
    }

    /// The access token of that signature, expired or not, and its grant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn granted_token(
        &self,
        signature: &str,
    ) -> Result<Option<GrantedToken>, StorageError> {
        let row: Option<GrantedTokenRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT t.signature, t.request_id, t.client_id, t.subject, t.scope, t.issued_at, \
                        t.expires_at, ", grant_columns!(), " \
                 FROM hydra_access_token t LEFT JOIN hydra_grant g ON g.id = t.grant_id \
                 WHERE t.signature = ?",
            )))
            .bind(signature)
            .fetch_optional(pool)
            .await?
        });
        row.map(|row| {
            let grant = row.grant.read()?;
            let grant_id = grant.as_ref().map(|grant| grant.id.clone());
            Ok(GrantedToken {
                token: row.token.read(grant_id)?,
                grant,
            })
        })
        .transpose()
    }

    /// Forgets a grant and, with it, its code and every token that follows from it.
    ///
    /// # Errors
    /// The database fails; the tokens may then still be good.
    pub async fn revoke_grant(&self, id: &str) -> Result<(), StorageError> {
        retrying!(self.try_to_revoke_grant(id))
    }

    async fn try_to_revoke_grant(&self, id: &str) -> Result<(), StorageError> {
        // The tables that refer to grants cascade, so this one statement is the transaction.
        on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_grant WHERE id = ?"))
                .bind(id)
                .execute(pool)
                .await?;
        });
        Ok(())
    }
}
