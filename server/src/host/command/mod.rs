//! The commands `hydra host` and `hydra migrate sql`: flags and environment in, exit status out.

mod host;
mod migrate;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

pub use self::host::Host;
pub use self::migrate::Migrate;
use super::start::StartError;
use crate::config_file::ConfigFileError;
use crate::storage::{InvalidDatabaseUrl, StorageError};

/// Why the command failed. Each is one line.
#[derive(Debug, thiserror::Error)]
enum CommandError {
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

fn block_on(work: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?
        .block_on(work)
}

/// One line on standard error and exit status 1, or nothing and 0.
fn finish(outcome: Result<(), CommandError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = format!("hydra: {error}\n").replace('\n', " ");
            // If even that cannot be written, the exit status has to do.
            drop(writeln!(std::io::stderr(), "{}", line.trim_end()));
            ExitCode::FAILURE
        }
    }
}
