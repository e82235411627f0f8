//! Bringing the tables up to date.
//!
//! Migrations go forward only, and a file is never edited once it has landed: the database remembers
//! its checksum.

use sqlx::migrate::{Migrate, Migrator};

use super::sql::on_pool;
use super::{Pool, Storage, StorageError};

static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");
static MYSQL: Migrator = sqlx::migrate!("./migrations/mysql");

impl Storage {
    fn migrator(&self) -> &'static Migrator {
        match self.pool {
            Pool::Sqlite(_) => &SQLITE,
            Pool::Postgres(_) => &POSTGRES,
            Pool::MySql(_) => &MYSQL,
        }
    }

    /// How many migrations the database still lacks.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pending_migrations(&self) -> Result<usize, StorageError> {
        let migrator = self.migrator();
        let exclusion = self.exclusion();
        on_pool!(self, pool => {
            let mut connection = pool.acquire().await?;
            sqlx::query(exclusion.begin).execute(&mut *connection).await?;
            let pending = pending(migrator, &mut *connection).await;
            sqlx::query(exclusion.end).execute(&mut *connection).await?;
            pending
        })
    }

    /// Applies what is pending and tells how many that were. Two processes may try at once; one waits
    /// for the other, except on SQLite, where one may fail and has then changed nothing.
    ///
    /// # Errors
    /// A migration fails, or the database was made by a newer server.
    pub async fn migrate(&self) -> Result<usize, StorageError> {
        let migrator = self.migrator();
        let exclusion = self.exclusion();
        on_pool!(self, pool => {
            let mut connection = pool.acquire().await?;
            sqlx::query(exclusion.begin).execute(&mut *connection).await?;
            let applied = apply(migrator, &mut *connection).await;
            sqlx::query(exclusion.end).execute(&mut *connection).await?;
            applied
        })
    }

    /// Applies the migrations up to that version, as an older server did.
    #[cfg(test)]
    pub(super) async fn migrate_to(&self, version: i64) {
        let migrator = self.migrator();
        on_pool!(self, pool => migrator.run_to(version, pool).await.unwrap());
    }

    /// How to keep other processes from migrating meanwhile. The migrator's own lock comes too late,
    /// after the table that remembers migrations was made, and does not hold on MariaDB, which answers
    /// NULL to its timeout of -1.
    fn exclusion(&self) -> Exclusion {
        match self.pool {
            // There is no lock that outlives a transaction.
            Pool::Sqlite(_) => Exclusion {
                begin: "SELECT 1",
                end: "SELECT 1",
            },
            // These locks belong to one database; any number will do that no other program takes.
            Pool::Postgres(_) => Exclusion {
                begin: "SELECT pg_advisory_lock(7526752397670245)",
                end: "SELECT pg_advisory_unlock(7526752397670245)",
            },
            // These belong to the whole server, hence the name of the database.
            Pool::MySql(_) => Exclusion {
                begin: "SELECT GET_LOCK(LEFT(CONCAT('hydra_migrate_', DATABASE()), 64), 600)",
                end: "SELECT RELEASE_LOCK(LEFT(CONCAT('hydra_migrate_', DATABASE()), 64))",
            },
        }
    }
}

/// A pair of statements; between them a connection is the only one of its kind.
struct Exclusion {
    begin: &'static str,
    end: &'static str,
}

async fn pending(
    migrator: &Migrator,
    connection: &mut impl Migrate,
) -> Result<usize, StorageError> {
    let table = migrator.table_name.as_ref();
    connection.ensure_migrations_table(table).await?;
    let applied = connection.list_applied_migrations(table).await?;
    Ok(migrator
        .iter()
        .filter(|known| !applied.iter().any(|done| done.version == known.version))
        .count())
}

async fn apply(migrator: &Migrator, connection: &mut impl Migrate) -> Result<usize, StorageError> {
    let pending = pending(migrator, connection).await?;
    migrator.run_direct(None, connection, false).await?;
    Ok(pending)
}
