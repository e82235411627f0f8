//! Secrets on the way in. An argument can be read by every user of the machine while the command runs,
//! and stays in the shell's history; so a secret may also come from standard input or a variable, and
//! one that comes as an argument is warned about.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use crate::cli::failure::Failure;
use crate::cli::output::Printer;
use crate::domain::secret::Secret;

/// The argument that means "read it from standard input".
const STANDARD_INPUT: &str = "-";

/// More than any line that makes sense; keeps `< /dev/zero` from eating the memory.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// Takes a secret from a clap argument, without a detour over a type that prints.
///
/// # Errors
/// Never; clap wants a `Result`.
pub(crate) fn parse(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// The secret that `--secret` gave, or else the variable called `variable`. An empty one counts as none.
///
/// # Errors
/// `--secret -` was given and standard input holds no line, or the variable is not UTF-8.
pub(crate) fn given(
    argument: Option<Secret>,
    variable: &str,
    printer: &Printer,
) -> Result<Option<Secret>, Failure> {
    let secret = match argument {
        Some(secret) if secret.expose() == STANDARD_INPUT => Some(ask("Secret: ", printer)?),
        Some(secret) if !secret.expose().is_empty() => {
            printer.warn(&format!(
                "a secret on the command line can be seen by others; use `--secret -` or {variable} instead"
            ));
            Some(secret)
        }
        _ => from_environment(variable)?,
    };
    Ok(secret.filter(|secret| !secret.expose().is_empty()))
}

/// The variable called `variable`, if it is set and not empty.
///
/// # Errors
/// It is not UTF-8.
pub(crate) fn from_environment(variable: &str) -> Result<Option<Secret>, Failure> {
    match std::env::var(variable) {
        Ok(text) => Ok(Some(Secret::new(text)).filter(|secret| !secret.expose().is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::new(format!(
            "the environment variable {variable} is not UTF-8 text"
        ))),
    }
}

/// Reads a secret: from a terminal without showing it, else one line of standard input.
///
/// # Errors
/// There is no line to read.
pub(crate) fn ask(words: &str, printer: &Printer) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return line().map(Secret::new);
    }
    printer.prompt(words);
    rpassword::read_password()
        .map(Secret::new)
        .map_err(|error| Failure::because("cannot read the secret from the terminal", &error))
}

/// Reads one line of standard input, without its end.
///
/// # Errors
/// Standard input has ended, or is not UTF-8.
pub(crate) fn line() -> Result<String, Failure> {
    let mut line = String::new();
    let read = io::stdin()
        .lock()
        .take(MAX_LINE_BYTES)
        .read_line(&mut line)
        .map_err(|error| Failure::because("cannot read standard input", &error))?;
    if read as u64 == MAX_LINE_BYTES {
        return Err(Failure::new(
            "the line on standard input is longer than 1 MiB",
        ));
    }
    if read == 0 {
        return Err(Failure::new("standard input ended before an answer came"));
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
