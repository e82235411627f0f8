//! Access policies, and what changed since when.
//!
//! Every change counts up a revision before it does anything else; that serialises changes, on all
//! three databases. Whoever has read a revision can then read every change up to it.

use sqlx::FromRow;

use super::clients::Creation;
use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::client;
use crate::domain::policy::{Effect, Policy};

/// A policy that was made, replaced or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// Which change it was.
    pub revision: i64,
    /// Which policy.
    pub id: String,
    /// What it is now, without its description, which decides nothing; `None` if it is gone.
    pub policy: Option<Policy>,
}

pub(super) const INSERT_POLICY: &str = "INSERT INTO hydra_policy \
        (id, description, subjects, effect, resources, actions, conditions) \
     VALUES (?, ?, ?, ?, ?, ?, ?)";

/// Counts up the revision, as the first thing in a transaction that changes policies, and gives it.
macro_rules! count_up {
    ($storage:expr, $transaction:expr) => {{
        sqlx::query($storage.sql("UPDATE hydra_policy_revision SET revision = revision + 1"))
            .execute(&mut *$transaction)
            .await?;
        let (revision,): (i64,) =
            sqlx::query_as($storage.sql("SELECT revision FROM hydra_policy_revision"))
                .fetch_one(&mut *$transaction)
                .await?;
        revision
    }};
}
pub(super) use count_up;

/// Remembers in a transaction that the policy of that id was changed.
macro_rules! remember_change {
    ($storage:expr, $transaction:expr, $id:expr, $revision:expr) => {{
        let known = sqlx::query(
            $storage.sql("UPDATE hydra_policy_change SET revision = ? WHERE policy_id = ?"),
        )
        .bind($revision)
        .bind($id)
        .execute(&mut *$transaction)
        .await?
        .rows_affected();
        if known == 0 {
            sqlx::query(
                $storage.sql("INSERT INTO hydra_policy_change (revision, policy_id) VALUES (?, ?)"),
            )
            .bind($revision)
            .bind($id)
            .execute(&mut *$transaction)
            .await?;
        }
    }};
}
pub(super) use remember_change;

/// Binds the values of [`INSERT_POLICY`].
macro_rules! bind_policy {
    ($query:expr, $policy:expr) => {{
        let columns = $crate::storage::policies::Columns::of($policy);
        $query
            .bind($policy.id.as_str())
            .bind($policy.description.as_str())
            .bind(columns.subjects)
            .bind($policy.effect.word())
            .bind(columns.resources)
            .bind(columns.actions)
            .bind(columns.conditions)
    }};
}
pub(super) use bind_policy;

/// The lists and conditions of a policy as its columns hold them.
pub(super) struct Columns {
    pub(super) subjects: String,
    pub(super) resources: String,
    pub(super) actions: String,
    pub(super) conditions: String,
}

impl Columns {
    pub(super) fn of(policy: &Policy) -> Self {
        let list = |list: &[String]| serde_json::Value::from(list).to_string();
        Self {
            subjects: list(&policy.subjects),
            resources: list(&policy.resources),
            actions: list(&policy.actions),
            conditions: serde_json::json!(policy.conditions).to_string(),
        }
    }
}

#[derive(FromRow)]
struct PolicyRow {
    id: String,
    description: String,
    subjects: String,
    effect: String,
    resources: String,
    actions: String,
    conditions: String,
}

impl TryFrom<PolicyRow> for Policy {
    type Error = StorageError;

    fn try_from(row: PolicyRow) -> Result<Self, StorageError> {
        let inconsistent = |column: &'static str, problem: String| StorageError::Inconsistent {
            table: "hydra_policy",
            column,
            row: row.id.clone(),
            problem,
        };
        let list = |column: &'static str, text: &str| {
            serde_json::from_str(text).map_err(|problem| inconsistent(column, problem.to_string()))
        };
        Ok(Self {
            subjects: list("subjects", &row.subjects)?,
            resources: list("resources", &row.resources)?,
            actions: list("actions", &row.actions)?,
            conditions: serde_json::from_str(&row.conditions)
                .map_err(|problem| inconsistent("conditions", problem.to_string()))?,
            effect: Effect::of(&row.effect)
                .ok_or_else(|| inconsistent("effect", "neither allow nor deny".to_owned()))?,
            description: row.description,
            id: row.id,
        })
    }
}

#[derive(FromRow)]
struct ChangeRow {
    policy_id: String,
    revision: i64,
    subjects: Option<String>,
    effect: Option<String>,
    resources: Option<String>,
    actions: Option<String>,
    conditions: Option<String>,
}

impl TryFrom<ChangeRow> for PolicyChange {
    type Error = StorageError;

    fn try_from(row: ChangeRow) -> Result<Self, StorageError> {
        let columns = (
            row.subjects,
            row.effect,
            row.resources,
            row.actions,
            row.conditions,
        );
        let policy = match columns {
            (Some(subjects), Some(effect), Some(resources), Some(actions), Some(conditions)) => {
                Some(Policy::try_from(PolicyRow {
                    id: row.policy_id.clone(),
                    description: String::new(),
                    subjects,
                    effect,
                    resources,
                    actions,
                    conditions,
                })?)
            }
            _ => None,
        };
        Ok(Self {
            revision: row.revision,
            id: row.policy_id,
            policy,
        })
    }
}

impl Storage {
    /// The policy of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn policy(&self, id: &str) -> Result<Option<Policy>, StorageError> {
        if !client::is_id(id) {
            return Ok(None);
        }
        let row: Option<PolicyRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT id, description, subjects, effect, resources, actions, conditions \
                 FROM hydra_policy WHERE id = ?",
            ))
            .bind(id)
            .fetch_optional(pool)
            .await?
        });
        row.map(Policy::try_from).transpose()
    }

    /// At most `limit` policies, ordered by the bytes of the id, after the first `offset`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn policies(&self, offset: i64, limit: i64) -> Result<Vec<Policy>, StorageError> {
        let rows: Vec<PolicyRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT id, description, subjects, effect, resources, actions, conditions \
                 FROM hydra_policy ORDER BY id LIMIT ? OFFSET ?",
            ))
            .bind(limit)
            .bind(offset)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(Policy::try_from).collect()
    }

    /// The policies that changed after `revision`, in the order of their last changes.
    ///
    /// # Errors
    /// The database fails.
    pub async fn policy_changes(&self, revision: i64) -> Result<Vec<PolicyChange>, StorageError> {
        // One statement, so that it sees one moment: the change of a policy and what it was changed to.
        let rows: Vec<ChangeRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT c.policy_id, c.revision, p.subjects, p.effect, p.resources, p.actions, \
                        p.conditions \
                 FROM hydra_policy_change c LEFT JOIN hydra_policy p ON p.id = c.policy_id \
                 WHERE c.revision > ? ORDER BY c.revision",
            ))
            .bind(revision)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(PolicyChange::try_from).collect()
    }

    /// Creates a policy. Of several that try for one id, one succeeds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_policy(&self, policy: &Policy) -> Result<Creation, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let revision = count_up!(self, transaction);
            let inserted = bind_policy!(sqlx::query(self.sql(INSERT_POLICY)), policy)
                .execute(&mut *transaction)
                .await
                .map(drop);
            match inserted {
                Ok(()) => {}
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    transaction.rollback().await?;
                    return Ok(Creation::Exists);
                }
                Err(error) => return Err(error.into()),
            }
            remember_change!(self, transaction, policy.id.as_str(), revision);
            transaction.commit().await?;
        });
        Ok(Creation::Created)
    }

    /// Replaces a policy; `false` if there is none of its id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn update_policy(&self, policy: &Policy) -> Result<bool, StorageError> {
        let columns = Columns::of(policy);
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let revision = count_up!(self, transaction);
            let updated = sqlx::query(self.sql(
                "UPDATE hydra_policy \
                 SET description = ?, subjects = ?, effect = ?, resources = ?, actions = ?, \
                     conditions = ? \
                 WHERE id = ?",
            ))
            .bind(policy.description.as_str())
            .bind(columns.subjects)
            .bind(policy.effect.word())
            .bind(columns.resources)
            .bind(columns.actions)
            .bind(columns.conditions)
            .bind(policy.id.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if updated == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            remember_change!(self, transaction, policy.id.as_str(), revision);
            transaction.commit().await?;
        });
        Ok(true)
    }

    /// Deletes a policy; `false` if there is none of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_policy(&self, id: &str) -> Result<bool, StorageError> {
        if !client::is_id(id) {
            return Ok(false);
        }
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let revision = count_up!(self, transaction);
            let deleted = sqlx::query(self.sql("DELETE FROM hydra_policy WHERE id = ?"))
                .bind(id)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if deleted == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            remember_change!(self, transaction, id, revision);
            transaction.commit().await?;
        });
        Ok(true)
    }
}
