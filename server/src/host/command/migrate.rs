//! `hydra migrate sql`.

use clap::{Args, Subcommand};

use super::{CommandError, block_on};
use crate::host::start::StartError;
use crate::storage::{DatabaseUrl, Storage};

/// Look after the database.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(subcommand)]
    what: MigrateWhat,
}

#[derive(Debug, Subcommand)]
enum MigrateWhat {
    /// Create the tables, or bring them up to date.
    Sql(MigrateSql),
}

#[derive(Debug, Args)]
struct MigrateSql {
    /// Database: sqlite://FILE, postgres://…, mysql://…
    #[arg(
        env = "DATABASE_URL",
        value_name = "DATABASE_URL",
        hide_env_values = true
    )]
    database_url: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// How many migrations were applied; none if the tables were up to date.
    pub applied: usize,
    /// The database, without credentials.
    pub database: String,
}

impl Migrate {
    /// Brings the database up to date.
    ///
    /// # Errors
    /// The URL is none, the database cannot be reached, or a migration fails.
    pub fn run(self) -> Result<Migrated, CommandError> {
        let MigrateWhat::Sql(sql) = self.what;
        block_on(sql.migrate())
    }
}

impl MigrateSql {
    async fn migrate(self) -> Result<Migrated, CommandError> {
        let url = DatabaseUrl::parse(&self.database_url)?;
        let database = url.to_string();
        let storage = Storage::open(&url)
            .await
            .map_err(|source| StartError::Open {
                database: database.clone(),
                source,
            })?;
        let applied = storage.migrate().await?;
        storage.close().await;
        Ok(Migrated { applied, database })
    }
}
