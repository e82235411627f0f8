//! From the words of the command line to a [`Cli`].
//!
//! Containers start the server with flags alone: `hydra --dangerous-force-http`. Where the first word
//! is a flag and no command follows, `host` is understood.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use crate::cli::Cli;

/// Parses `arguments`, the program's name first.
///
/// # Errors
/// The arguments were not understood, or ask for help or the version; [`clap::Error`] tells which.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let as_written = match Cli::try_parse_from(&arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    if arguments.len() == 1 {
        // Nothing was asked, so nothing is wrong: this is help, not a mistake.
        let help = Cli::command().render_help();
        return Err(clap::Error::raw(ErrorKind::DisplayHelp, help).with_cmd(&Cli::command()));
    }
    let lacks_command = matches!(
        as_written.kind(),
        ErrorKind::UnknownArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if !lacks_command || !starts_with_flag(&arguments) || names_command(&arguments) {
        return Err(as_written);
    }
    let mut with_host = arguments;
    with_host.insert(1, OsString::from("host"));
    Cli::try_parse_from(with_host)
}

fn starts_with_flag(arguments: &[OsString]) -> bool {
    arguments
        .get(1)
        .is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"))
}

fn names_command(arguments: &[OsString]) -> bool {
    Cli::command().get_subcommands().any(|command| {
        arguments
            .iter()
            .skip(1)
            .any(|word| word == command.get_name())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn global_flags_go_before_or_after_the_command() {
        for line in [
            "hydra --skip-tls-verify --json --config f token client",
            "hydra token --json client --config f --skip-tls-verify",
        ] {
            let global = parse(words(line)).unwrap().global;
            assert!(
                global.skip_tls_verify && global.json && global.config.is_some(),
                "{line}"
            );
        }
    }

    #[test]
    fn nothing_is_a_wish_for_help() {
        let error = parse(words("hydra")).unwrap_err();
        assert_eq!(
            (error.kind(), error.exit_code()),
            (ErrorKind::DisplayHelp, 0)
        );
    }

    #[test]
    fn flags_alone_are_flags_of_host() {
        for line in [
            "hydra --dangerous-force-http --dangerous-auto-logon --disable-telemetry",
            "hydra --port 0",
            "hydra --skip-tls-verify",
            "hydra --config f --port 0",
            "hydra --port 0 --json",
        ] {
            assert!(
                matches!(parse(words(line)).unwrap().command, Command::Host(_)),
                "{line}"
            );
        }
        assert!(
            parse(words("hydra --bogus"))
                .unwrap_err()
                .to_string()
                .contains("hydra host")
        );
    }

    #[test]
    fn mistakes_are_not_taken_for_flags_of_host() {
        for (line, kind) in [
            ("hydra --bogus token client", ErrorKind::UnknownArgument),
            ("hydra bogus", ErrorKind::InvalidSubcommand),
            (
                "hydra clients",
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
            ),
            ("hydra clients get", ErrorKind::MissingRequiredArgument),
            ("hydra clients delete", ErrorKind::MissingRequiredArgument),
            ("hydra clients get ..", ErrorKind::ValueValidation),
            ("hydra token validate", ErrorKind::MissingRequiredArgument),
            ("hydra --help", ErrorKind::DisplayHelp),
            ("hydra --version", ErrorKind::DisplayVersion),
        ] {
            assert_eq!(parse(words(line)).unwrap_err().kind(), kind, "{line}");
        }
    }

    #[test]
    fn tokens_may_begin_with_a_hyphen() {
        for token in [
            "-tdmTUbaEX.VrpS4hOml1",
            "-hQz8.x",
            "--a-b.c",
            "--help.x",
            "-",
        ] {
            let line = format!("hydra token validate --skip-tls-verify {token}");
            let command = parse(words(&line)).unwrap().command;
            assert!(matches!(command, Command::Token(_)));
            assert!(
                format!("{command:?}").contains(&format!("\"{token}\"")),
                "{command:?}"
            );
        }
    }
}
