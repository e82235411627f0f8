//! Answers that people gave and need not give again.

use serde_json::{Map, Value};
use sqlx::FromRow;

use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::client;
use crate::domain::clock::UnixTime;
use crate::domain::consent::{Extra, RememberedConsent};
use crate::domain::scope::Scopes;

#[derive(FromRow)]
struct RememberedConsentRow {
    id: String,
    client_id: String,
    subject: String,
    scope: String,
    access_token_extra: Option<String>,
    id_token_extra: Option<String>,
    granted_at: i64,
    expires_at: Option<i64>,
}

impl TryFrom<RememberedConsentRow> for RememberedConsent {
    type Error = StorageError;

    fn try_from(row: RememberedConsentRow) -> Result<Self, StorageError> {
        let inconsistent = |column: &'static str, problem: String| StorageError::Inconsistent {
            table: "hydra_remembered_consent",
            column,
            row: row.id.clone(),
            problem,
        };
        let object = |column: &'static str, json: Option<&str>| {
            json.map(serde_json::from_str::<Map<String, Value>>)
                .transpose()
                .map_err(|problem| inconsistent(column, problem.to_string()))
        };
        Ok(Self {
            scopes: Scopes::parse(&row.scope)
                .map_err(|problem| inconsistent("scope", problem.to_string()))?,
            extra: Extra {
                access_token: object("access_token_extra", row.access_token_extra.as_deref())?,
                id_token: object("id_token_extra", row.id_token_extra.as_deref())?,
            },
            client_id: row.client_id,
            subject: row.subject,
            granted_at: UnixTime(row.granted_at),
            expires_at: row.expires_at.map(UnixTime),
            id: row.id,
        })
    }
}

/// For the transaction that takes an answer.
pub(super) const INSERT: &str = "INSERT INTO hydra_remembered_consent \
        (id, client_id, subject, scope, access_token_extra, id_token_extra, granted_at, expires_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

impl Storage {
    /// The answers of `subject`, the latest first, expired or not; those for one client if it is named.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remembered_consents(
        &self,
        subject: &str,
        client_id: Option<&str>,
    ) -> Result<Vec<RememberedConsent>, StorageError> {
        if !client::is_id(subject) || client_id.is_some_and(|id| !client::is_id(id)) {
            return Ok(Vec::new());
        }
        let rows: Vec<RememberedConsentRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT id, client_id, subject, scope, access_token_extra, id_token_extra, \
                        granted_at, expires_at \
                 FROM hydra_remembered_consent \
                 WHERE subject = ? AND client_id = COALESCE(?, client_id) \
                 ORDER BY granted_at DESC, id",
            ))
            .bind(subject)
            .bind(client_id)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(RememberedConsent::try_from).collect()
    }
}
