//! Questions to people, and their answers.
//!
//! The authorization request and the decision are kept as JSON: nothing looks for what is in them, and
//! what the second leg of the flow does must follow from the first alone.

use sqlx::FromRow;

use self::form::{DecisionForm, RequestForm};
use super::clients::{ClientRow, client_columns};
use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::client::{self, Client};
use crate::domain::clock::UnixTime;
use crate::domain::consent::{ConsentRequest, Decision};

mod form;

/// A question, and what must be known with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConsentRequest {
    /// The question.
    pub consent_request: ConsentRequest,
    /// The client that asks, as it is now.
    pub client: Client,
    /// The answer, once there is one.
    pub decision: Option<Decision>,
    /// Whether the browser has come back, after which nothing may happen any more.
    pub used: bool,
}

#[derive(FromRow)]
struct ConsentRequestRow {
    request_id: String,
    request: String,
    decision: Option<String>,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    #[sqlx(flatten)]
    client: ClientRow,
}

impl TryFrom<ConsentRequestRow> for StoredConsentRequest {
    type Error = StorageError;

    fn try_from(row: ConsentRequestRow) -> Result<Self, StorageError> {
        let inconsistent = |column: &'static str, problem: String| StorageError::Inconsistent {
            table: "hydra_consent_request",
            column,
            row: row.request_id.clone(),
            problem,
        };
        let form: RequestForm = serde_json::from_str(&row.request)
            .map_err(|problem| inconsistent("request", problem.to_string()))?;
        let (client, _) = row.client.read()?;
        let stored = form
            .into_parts(client.id.clone())
            .map_err(|problem| inconsistent("request", problem.to_owned()))?;
        let decision = row
            .decision
            .as_deref()
            .map(|json| {
                serde_json::from_str::<DecisionForm>(json)
                    .map_err(|problem| problem.to_string())
                    .and_then(DecisionForm::into_decision)
                    .map_err(|problem| inconsistent("decision", problem))
            })
            .transpose()?;
        Ok(Self {
            consent_request: ConsentRequest {
                request: stored.request,
                hinted_subject: stored.hinted_subject,
                login: stored.login,
                created_at: UnixTime(row.created_at),
                expires_at: UnixTime(row.expires_at),
                id: row.request_id,
            },
            client,
            decision,
            used: row.used_at.is_some(),
        })
    }
}

/// The JSON of a column. These forms hold nothing that JSON cannot say; if one did, the row could not be
/// read back, and that is told.
fn json(
    column: &'static str,
    id: &str,
    form: &impl serde::Serialize,
) -> Result<String, StorageError> {
    serde_json::to_string(form).map_err(|problem| StorageError::Inconsistent {
        table: "hydra_consent_request",
        column,
        row: id.to_owned(),
        problem: problem.to_string(),
    })
}

impl Storage {
    /// Remembers a question; `false` if its client is gone.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_consent_request(&self, asked: &ConsentRequest) -> Result<bool, StorageError> {
        let request = json("request", &asked.id, &RequestForm::of(asked))?;
        let inserted = on_pool!(self, pool => {
            sqlx::query(self.sql(
                "INSERT INTO hydra_consent_request \
                    (id, client_id, request, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            ))
            .bind(asked.id.as_str())
            .bind(asked.request.client_id.as_str())
            .bind(request.as_str())
            .bind(asked.created_at.0)
            .bind(asked.expires_at.0)
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

    /// The question of that id, expired or not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn consent_request(
        &self,
        id: &str,
    ) -> Result<Option<StoredConsentRequest>, StorageError> {
        if !client::is_id(id) {
            return Ok(None);
        }
        let row: Option<ConsentRequestRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT r.id AS request_id, r.request, r.decision, r.created_at, r.expires_at, \
                        r.used_at, ", client_columns!(), " \
                 FROM hydra_consent_request r JOIN hydra_client c ON c.id = r.client_id \
                 WHERE r.id = ?",
            )))
            .bind(id)
            .fetch_optional(pool)
            .await?
        });
        row.map(StoredConsentRequest::try_from).transpose()
    }

    /// Writes the answer down, in place of an earlier one; `false` if it is too late.
    ///
    /// # Errors
    /// The database fails.
    pub async fn decide_consent_request(
        &self,
        id: &str,
        decision: &Decision,
        now: UnixTime,
    ) -> Result<bool, StorageError> {
        let decision = json("decision", id, &DecisionForm::of(decision))?;
        let updated = on_pool!(self, pool => {
            sqlx::query(self.sql(
                "UPDATE hydra_consent_request SET decision = ? \
                 WHERE id = ? AND used_at IS NULL AND expires_at > ?",
            ))
            .bind(decision.as_str())
            .bind(id)
            .bind(now.0)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(updated > 0)
    }

    /// Marks a question as used, so that nothing may happen any more; `false` if it was already. Of
    /// several callers one gets `true`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_consent_request(&self, id: &str, now: UnixTime) -> Result<bool, StorageError> {
        let updated = on_pool!(self, pool => {
            sqlx::query(self.sql(END))
                .bind(now.0)
                .bind(id)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(updated > 0)
    }
}

/// The check-and-set that makes a question single-use.
pub(super) const END: &str =
    "UPDATE hydra_consent_request SET used_at = ? WHERE id = ? AND used_at IS NULL";
