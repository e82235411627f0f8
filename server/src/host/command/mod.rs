//! The commands `hydra host` and `hydra migrate sql`: flags and environment in, a result out. Whoever runs
//! them says it to the person.

mod advertised;
mod cors;
mod environment;
mod host;
mod lifespans;
mod log_on;
mod migrate;
mod signals;

use std::path::PathBuf;

pub use self::host::Host;
pub use self::migrate::{Migrate, Migrated};
use super::error::StartError;
use crate::config_file::ConfigFileError;
use crate::storage::{InvalidDatabaseUrl, StorageError};

/// Why the command failed. Each, with its causes, makes one line.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CommandError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Database(#[from] InvalidDatabaseUrl),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("{what} cannot be used: {problem}")]
    Setting { what: &'static str, problem: String },
    #[error("cannot read {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot write {}: {source}", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
    #[error("cannot start: {0}")]
    Runtime(#[source] std::io::Error),
}

fn setting(what: &'static str, problem: impl ToString) -> CommandError {
    CommandError::Setting {
        what,
        problem: problem.to_string(),
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?
        .block_on(work)
}
