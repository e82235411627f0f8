//! What decisions about somebody depend on, beside the policies themselves.

use sqlx::FromRow;

use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::client;

/// The groups of a subject, and as of which change of the policies a decision about it must be made.
///
/// It is read by the very statement that reads the token or the client, so that whatever was committed
/// before binds the decision, in every process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last change of the policies.
    pub revision: i64,
    /// The ids of the groups that the subject is a member of.
    pub groups: Vec<String>,
}

/// A row of a statement that joins [`STANDING`]: as many as there are groups, and at least one.
#[derive(Debug, FromRow)]
pub(super) struct StandingRow {
    policy_revision: i64,
    group_id: Option<String>,
    member: Option<String>,
}

/// What a statement that reads a subject selects to learn the subject's standing. It joins
/// `hydra_policy_revision r` and `hydra_warden_group_member m`.
macro_rules! standing_columns {
    () => {
        "r.revision AS policy_revision, m.group_id, m.member"
    };
}
pub(super) use standing_columns;

impl Standing {
    /// The standing of `subject`, of whom the rows are.
    pub(super) fn of(subject: &str, rows: impl IntoIterator<Item = StandingRow>) -> Self {
        let mut standing = Self::default();
        for row in rows {
            standing.revision = row.policy_revision;
            // MySQL ignores spaces at the end when it compares, so `peter ` has met `peter` there.
            if row.member.as_deref() == Some(subject) {
                standing.groups.extend(row.group_id);
            }
        }
        standing
    }
}

impl Storage {
    /// The standing of anybody.
    ///
    /// # Errors
    /// The database fails.
    pub async fn standing(&self, subject: &str) -> Result<Standing, StorageError> {
        // A text that no member can be is in no group; the database might take exception to it.
        let member = if client::is_id(subject) { subject } else { "" };
        let rows: Vec<StandingRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(concat!(
                "SELECT ", standing_columns!(), " FROM hydra_policy_revision r \
                 LEFT JOIN hydra_warden_group_member m ON m.member = ?",
            )))
            .bind(member)
            .fetch_all(pool)
            .await?
        });
        Ok(Standing::of(member, rows))
    }
}
