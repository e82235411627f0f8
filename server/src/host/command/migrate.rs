//! `hydra migrate sql`.

use std::time::Duration;

use clap::{Args, Subcommand};
use tokio::time::{sleep, timeout};

use super::{CommandError, block_on};
use crate::host::StartError;
use crate::host::duration;
use crate::storage::{DatabaseUrl, Storage};

/// How long to leave a database alone that is not up yet.
const PAUSE: Duration = Duration::from_secs(1);

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
    /// How long to wait for a database that is not up yet, such as 2m [default: not at all]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    wait: Option<Duration>,
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
    /// Brings the database up to date. If it is to be waited for, `tell` hears why.
    ///
    /// # Errors
    /// The URL is none, the database cannot be reached, or a migration fails.
    pub fn run(self, tell: impl Fn(&CommandError)) -> Result<Migrated, CommandError> {
        let MigrateWhat::Sql(sql) = self.what;
        block_on(sql.migrate(tell))
    }
}

impl MigrateSql {
    async fn migrate(self, tell: impl Fn(&CommandError)) -> Result<Migrated, CommandError> {
        let url = DatabaseUrl::parse(&self.database_url)?;
        let storage = match self.wait {
            Some(wait) => patiently(&url, wait, tell).await?,
            None => open(&url).await?,
        };
        let applied = storage.migrate().await?;
        storage.close().await;
        Ok(Migrated {
            applied,
            database: url.to_string(),
        })
    }
}

async fn open(url: &DatabaseUrl) -> Result<Storage, CommandError> {
    Storage::open(url).await.map_err(|source| {
        CommandError::Start(StartError::Open {
            database: url.to_string(),
            source,
        })
    })
}

/// Opens the database again and again until `wait` is over. A database that starts up refuses
/// connections in many ways, so any error may pass.
async fn patiently(
    url: &DatabaseUrl,
    wait: Duration,
    tell: impl Fn(&CommandError),
) -> Result<Storage, CommandError> {
    let opened = timeout(wait, async {
        loop {
            match open(url).await {
                Ok(storage) => return storage,
                Err(error) => tell(&error),
            }
            sleep(PAUSE).await;
        }
    });
    match opened.await {
        Ok(storage) => Ok(storage),
        // Once more, for an error that is the newest.
        Err(_) => open(url).await,
    }
}
