//! `hydra migrate sql`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CommandError, block_on, finish};
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

impl Migrate {
    /// Brings the database up to date.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let MigrateWhat::Sql(sql) = self.what;
        finish(block_on(sql.migrate()))
    }
}

impl MigrateSql {
    async fn migrate(self) -> Result<(), CommandError> {
        let url = DatabaseUrl::parse(&self.database_url)?;
        let storage = Storage::open(&url)
            .await
            .map_err(|source| StartError::Open {
                database: url.to_string(),
                source,
            })?;
        let applied = storage.migrate().await?;
        storage.close().await;
        let line = format!("Applied {applied} migrations to {url}.\n");
        std::io::stdout()
            .write_all(line.as_bytes())
            .map_err(|source| CommandError::Write {
                path: PathBuf::from("standard output"),
                source,
            })
    }
}
