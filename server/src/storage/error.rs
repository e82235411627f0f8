//! What can go wrong with a database.

use sqlx::migrate::MigrateError;

/// A database let us down.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It cannot be reached, or has no connection to spare.
    #[error("the database cannot be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// It refused a statement.
    #[error("the database failed: {0}")]
    Failed(#[source] sqlx::Error),
    /// A row holds what the server never wrote.
    #[error(
        "the database is inconsistent: {table}.{column} of row `{row}` cannot be read: {problem}"
    )]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row, by its key.
        row: String,
        /// What was wrong.
        problem: String,
    },
    /// The tables could not be brought up to date.
    #[error("the tables cannot be brought up to date: {0}")]
    Migration(#[from] MigrateError),
}

impl StorageError {
    /// Whether a transaction was broken off because another held what it wanted and wanted what it held.
    /// PostgreSQL says so by SQLSTATE 40P01 or 40001, MySQL and MariaDB by 40001; in SQLite, where one
    /// writes at a time, it does not happen.
    pub(super) fn lost_a_race(&self) -> bool {
        let Self::Failed(sqlx::Error::Database(error)) = self else {
            return false;
        };
        matches!(error.code().as_deref(), Some("40P01" | "40001"))
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable(error),
            other => Self::Failed(other),
        }
    }
}
