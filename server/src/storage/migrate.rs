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
        let table = migrator.table_name.as_ref();
        let applied = on_pool!(self, pool => {
            let mut connection = pool.acquire().await?;
            connection.ensure_migrations_table(table).await?;
            connection.list_applied_migrations(table).await?
        });
        Ok(migrator
            .iter()
            .filter(|known| !applied.iter().any(|done| done.version == known.version))
            .count())
    }

    /// Applies what is pending and tells how many that were. Two processes may try at once; one waits
    /// for the other.
    ///
    /// # Errors
    /// A migration fails, or the database was made by a newer server.
    pub async fn migrate(&self) -> Result<usize, StorageError> {
        let pending = self.pending_migrations().await?;
        on_pool!(self, pool => self.migrator().run(pool).await?);
        Ok(pending)
    }
}
