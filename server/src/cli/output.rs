//! The one place that prints.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anstream::AutoStream;
use clap::builder::styling::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::cli::failure::{Failure, printable};
use crate::cli::{json, usage};

/// Exit status of a command that failed, whole or in part.
const FAILURE: u8 = 1;
/// Exit status of a command line that was not understood.
const USAGE: u8 = 2;

/// Characters of a diagnostic. It may quote a server, and a server may have much to say.
const LONGEST_DIAGNOSTIC: usize = 2000;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// What a command has to say: the same thing twice, for people and for machines.
#[derive(Debug)]
pub(crate) struct Report {
    text: String,
    json: Value,
    failures: Vec<Failure>,
}

impl Report {
    /// `text`, whose lines end in newlines, and `json`, an object or an array.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
            failures: Vec::new(),
        }
    }

    /// Something of the server's, shown as JSON to people and machines alike: indented and without empty
    /// values to the former, whole and on one line to the latter.
    pub(crate) fn json(value: Value) -> Self {
        Self::new(json::pretty(value.clone()) + "\n", value)
    }

    /// Adds what did not work. The command then ends with status 1, after saying what did.
    pub(crate) fn failures(mut self, failures: Vec<Failure>) -> Self {
        self.failures = failures;
        self
    }
}

/// Prints results on standard output and diagnostics on standard error.
#[derive(Debug)]
pub(crate) struct Printer {
    json: bool,
}

impl Printer {
    /// A printer for people, or with `json` for machines.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line that tells of a danger; the command goes on.
    pub(crate) fn warn(&self, message: &str) {
        if self.json {
            line_of_json(&json!({ "warning": message }));
        } else {
            diagnostic("warning", WARNING, message);
        }
    }

    /// Tells what is going on while a command waits for a person: `text`, whose lines end in newlines, and
    /// `json`, an object. On standard error, since it is not what was asked for.
    pub(crate) fn tell(&self, text: &str, json: &Value) {
        if self.json {
            line_of_json(json);
        } else {
            self.prompt(text);
        }
    }

    /// Prints the result of a command and says how it ended.
    pub(crate) fn report(&self, report: &Report) -> ExitCode {
        let text = if self.json {
            json::sorted(report.json.clone()).to_string() + "\n"
        } else {
            report.text.clone()
        };
        let mut out = io::stdout().lock();
        match out
            .write_all(printable(&text).as_bytes())
            .and_then(|()| out.flush())
        {
            Ok(()) => {}
            // The reader (`head`, a pager) has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                return self.fail(&Failure::because("cannot write to standard output", &error));
            }
        }
        for failure in &report.failures {
            self.fail(failure);
        }
        if report.failures.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(FAILURE)
        }
    }

    /// Prints why a command failed.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        if self.json {
            line_of_json(&failure.json());
        } else {
            diagnostic("error", ERROR, failure.message());
            if let Some(advice) = failure.advice() {
                diagnostic("hint", HINT, advice);
            }
        }
        ExitCode::from(FAILURE)
    }

    /// Prints what clap found: help and version on standard output with status 0, mistakes on standard
    /// error with status 2.
    pub(crate) fn usage(&self, error: &clap::Error) -> ExitCode {
        if self.json && error.use_stderr() {
            line_of_json(&usage::json(error));
        } else {
            // Nobody is left to tell if this cannot be written.
            let _ = error.print();
        }
        if error.use_stderr() {
            ExitCode::from(USAGE)
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Asks a person for something: the words without a newline, on standard error.
    pub(crate) fn prompt(&self, words: &str) {
        let mut err = io::stderr().lock();
        // Without a place to ask, the answer still counts.
        let _ = write!(err, "{}", printable(words)).and_then(|()| err.flush());
    }
}

/// One line on standard error; its label is coloured on a terminal, unless `NO_COLOR` is set.
fn diagnostic(label: &str, style: Style, message: &str) {
    let mut err = AutoStream::auto(io::stderr().lock());
    let mut line = message.replace(['\n', '\t'], " ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST_DIAGNOSTIC) {
        line.replace_range(end.., "…");
    }
    // Nobody is left to tell if this cannot be written.
    let _ = writeln!(err, "{style}{label}:{style:#} {}", printable(&line));
}

fn line_of_json(value: &Value) {
    let _ = writeln!(io::stderr().lock(), "{}", printable(&value.to_string()));
}
