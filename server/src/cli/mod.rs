//! The command line: `hydra NOUN VERB`.
//!
//! A file per noun. Each command is a struct of arguments whose `run` talks to the server through the
//! generated SDK and returns a `Report`, a value. Nothing but `output` prints, so
//! that `--json`, colours, closed pipes and exit statuses are settled in one place:
//!
//! | stream | holds |
//! |---|---|
//! | standard output | what was asked for, nothing else: `$(hydra token client)` is a token |
//! | standard error | warnings, prompts, failures |
//!
//! | status | means |
//! |---|---|
//! | 0 | done |
//! | 1 | the command failed, or a part of it did |
//! | 2 | the command line was not understood |
//!
//! To add a noun: a file here with its clap `Args`, a variant of `Command`, a line in [`run`]. To add a
//! verb: the same inside the noun's file. `host` and `migrate` belong to [`crate::host`]; what they come to
//! is told here as for every other command.

mod api;
mod arguments;
mod clients;
mod completions;
mod connect;
mod connection;
mod deletions;
mod dry;
mod failure;
mod files;
mod groups;
mod health;
mod ids;
mod json;
mod keys;
mod lists;
mod network;
mod output;
mod policies;
mod secret;
mod token;
mod usage;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::cli::failure::{Failure, chain};
use crate::cli::output::{Printer, Report};
pub use crate::cli::version::Build;
use crate::host::command::{Host, Migrate, Migrated};

/// An OAuth 2.0 and OpenID Connect server, and the commands to manage it.
///
/// Start a server with `hydra host`; tell the other commands where it is with `hydra connect`.
#[derive(Debug, Parser)]
#[command(
    name = "hydra",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Flags without a command are flags of `host`: `hydra --dangerous-force-http` means \
                  `hydra host --dangerous-force-http`."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Where the help of every command lists the options that it shares with others.
const GLOBAL_HEADING: &str = "Global options";

/// What every command understands, before or after its name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = GLOBAL_HEADING)]
struct Global {
    /// The configuration file that `hydra connect` writes [default: ~/.hydra.yml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// Accept any certificate from the server. For trying things out: it lets others listen in
    #[arg(long, global = true)]
    skip_tls_verify: bool,
    /// Print one line of JSON instead of text: the result on standard output, warnings and errors on
    /// standard error
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Host(Box<Host>),
    Migrate(Migrate),
    Connect(connect::Connect),
    Health(health::Health),
    Clients(clients::Clients),
    Policies(policies::Policies),
    Groups(groups::Groups),
    Keys(keys::Keys),
    Token(token::Token),
    Flush(token::ShortFlush),
    Version(version::Version),
    Completions(completions::Completions),
}

/// Runs the command line and says how it ended. `arguments` include the program's own name; `build` is what
/// `hydra version` tells.
pub fn run(arguments: impl IntoIterator<Item = OsString>, build: Build) -> ExitCode {
    let arguments: Vec<_> = arguments.into_iter().collect();
    // Known only by its looks where the rest is not understood.
    let json = arguments.iter().any(|word| word == "--json");
    let cli: Cli = match arguments::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => return Printer::new(json).usage(&error),
    };
    let (global, printer) = (&cli.global, Printer::new(cli.global.json));
    let outcome = match cli.command {
        Command::Host(command) => match command.run(global.config.as_deref()) {
            // It has logged all there was to say.
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => Err(Failure::of(&error)),
        },
        Command::Migrate(command) => command
            .run(|error| printer.warn(&format!("{}; trying again", chain(error))))
            .map(migrated)
            .map_err(|error| Failure::of(&error)),
        Command::Connect(command) => command.run(global, &printer),
        Command::Health(command) => command.run(global),
        Command::Clients(command) => command.run(global, &printer),
        Command::Policies(command) => command.run(global),
        Command::Groups(command) => command.run(global),
        Command::Keys(command) => command.run(global),
        Command::Flush(command) => command.run(global),
        Command::Token(command) => command.run(global, &printer),
        Command::Version(command) => Ok(command.run(build)),
        Command::Completions(command) => command.run(),
    };
    match outcome {
        Ok(report) => printer.report(&report),
        Err(failure) => printer.fail(&failure),
    }
}

fn migrated(Migrated { applied, database }: Migrated) -> Report {
    Report::new(
        format!("Applied {applied} migrations to {database}.\n"),
        serde_json::json!({ "applied": applied, "database": database }),
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    /// What the environment of the test holds is not part of the help.
    fn without_values(command: clap::Command) -> clap::Command {
        command
            .mut_args(|argument| argument.hide_env_values(true))
            .mut_subcommands(without_values)
    }

    /// The help of every command, so that a change of a flag is seen in review.
    #[test]
    fn help() {
        fn visit(command: &mut clap::Command, path: &str) {
            insta::assert_snapshot!(
                path.replace(' ', "_"),
                command.render_long_help().to_string()
            );
            for verb in command
                .get_subcommands_mut()
                .filter(|verb| verb.get_name() != "help")
            {
                let path = format!("{path} {}", verb.get_name());
                visit(verb, &path);
            }
        }
        let mut root = without_values(Cli::command().term_width(100));
        root.build();
        visit(&mut root, "hydra");
    }
}
