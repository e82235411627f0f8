//! `hydra completions`: teaches a shell the commands and their flags.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::cli::Cli;
use crate::cli::failure::Failure;
use crate::cli::output::Report;

/// Print a script that completes commands and flags in a shell
///
/// With --json: an object of `script` and `shell`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    hydra completions bash > ~/.local/share/bash-completion/completions/hydra\n  \
    hydra completions zsh > \"${fpath[1]}/_hydra\"\n  \
    hydra completions fish > ~/.config/fish/completions/hydra.fish")]
pub(crate) struct Completions {
    /// The shell to write for
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Report, Failure> {
        // Into memory first: the generator panics when its writer fails, and a pipe may.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "hydra", &mut script);
        let script = String::from_utf8(script)
            .map_err(|error| Failure::because("the completion script is not text", &error))?;
        let json = json!({ "script": script, "shell": self.shell.to_string() });
        Ok(Report::new(script, json))
    }
}
