//! Where log lines go, and what they look like: standard error; in colour on a terminal, plain
//! otherwise, JSON when asked for.

use std::io::{IsTerminal as _, stderr};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// The target of the lines that tell generated credentials. They come out at every level, since nobody
/// could ever learn them otherwise.
pub(super) const CREDENTIALS: &str = "hydra::credentials";

/// What is worth a line. The names are Hydra 0.10's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// Errors only.
    #[value(alias = "panic", alias = "fatal")]
    Error,
    /// And warnings.
    #[value(alias = "warning")]
    Warn,
    /// And a line per request.
    Info,
    /// And what helps to find mistakes.
    Debug,
    /// And everything else.
    Trace,
}

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For machines: an object per line.
    Json,
}

/// Sends log lines to standard error from now on.
pub(super) fn start(level: Level, format: Format) {
    let level = match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    let libraries = if level == "error" { "error" } else { "warn" };
    // Libraries get a word in only when something is wrong, and not even then at level `error`.
    let filter = EnvFilter::new(format!(
        "{libraries},hydra_server={level},hydra={level},{CREDENTIALS}=warn"
    ));
    let lines = fmt().with_env_filter(filter).with_writer(stderr);
    // A second start in one process keeps the first one's settings, which does no harm.
    drop(match format {
        Format::Json => lines.json().flatten_event(true).try_init(),
        Format::Text => lines
            .with_ansi(stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
            .with_target(false)
            .try_init(),
    });
}
