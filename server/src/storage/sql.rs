//! What differs between the dialects, in one place.
//!
//! Statements are written once, with `?` for each value. SQLite and MySQL take that as it is; for
//! PostgreSQL the marks are numbered. No statement holds a `?` for any other purpose, and none is put
//! together from values.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::{Pool, Storage};

/// Runs `$body` with `$pool` bound to whichever pool there is. The body is compiled once for each kind,
/// so it must not name one.
macro_rules! on_pool {
    ($storage:expr, $pool:ident => $body:expr) => {
        match &$storage.pool {
            $crate::storage::Pool::Sqlite($pool) => $body,
            $crate::storage::Pool::Postgres($pool) => $body,
            $crate::storage::Pool::MySql($pool) => $body,
        }
    };
}
pub(super) use on_pool;

/// Runs a transaction, and again if it lost against another that wanted the same rows in another order:
/// whoever loses has changed nothing. `$attempt` makes the future anew each time.
macro_rules! retrying {
    ($attempt:expr) => {{
        let mut attempts = 1;
        loop {
            match $attempt.await {
                Err(error) if attempts < $crate::storage::sql::ATTEMPTS && error.lost_a_race() => {
                    attempts += 1;
                }
                outcome => break outcome,
            }
        }
    }};
}
pub(super) use retrying;

/// How often a transaction is tried.
pub(super) const ATTEMPTS: u32 = 5;

impl Storage {
    /// A statement as this database wants it.
    pub(super) fn sql(&self, statement: &'static str) -> SqlStr {
        match self.pool {
            Pool::Sqlite(_) | Pool::MySql(_) => statement.into_sql_str(),
            Pool::Postgres(_) => AssertSqlSafe(numbered(statement)).into_sql_str(),
        }
    }

    /// The statement that makes whoever runs it in a transaction the only one who has, until the
    /// transaction ends.
    pub(super) fn lock(&self) -> SqlStr {
        self.sql("UPDATE hydra_property SET value = value WHERE name = 'lock'")
    }
}

/// Turns the n-th `?` into `$n`.
fn numbered(statement: &str) -> String {
    let mut numbered = String::with_capacity(statement.len() + 16);
    for (number, part) in statement.split('?').enumerate() {
        if number > 0 {
            numbered.push('$');
            numbered.push_str(&number.to_string());
        }
        numbered.push_str(part);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_numbered_from_one() {
        assert_eq!(
            numbered("UPDATE t SET a = ?, b = ? WHERE c = ?"),
            "UPDATE t SET a = $1, b = $2 WHERE c = $3"
        );
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }
}
