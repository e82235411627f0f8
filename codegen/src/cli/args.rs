//! Arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use hydra_codegen::emit::{self, document::Version};

use super::input::Reading;

/// Writes client libraries from API descriptions: Swagger 2.0, OpenAPI 3.0 and 3.1, JSON or YAML.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    after_help = "\
Examples:
  hydra-codegen generate -i api.swagger.json -l rust -o sdk --package-name acme-sdk
  hydra-codegen convert -i openapi.yaml --to 2.0 -o api.swagger.json
  curl -s https://api.example.com/openapi.json | hydra-codegen lint -i -

Exit codes: 0 done, 1 not done (or a difference was found), 2 wrong usage"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a client library
    Generate(Generate),
    /// List the languages that clients can be written in
    Langs,
    /// Write a document in another version of the format
    Convert(Convert),
    /// Look for what makes a bad client; exit code 1 if something makes none at all
    #[command(after_help = "Example:\n  hydra-codegen lint -i api.swagger.json")]
    Lint {
        /// The document; - for standard input
        #[arg(short, long, value_name = "FILE")]
        input: String,
        #[command(flatten)]
        reading: Reading,
        /// Exit code 1 for warnings too
        #[arg(long)]
        strict: bool,
    },
    /// Tell which changes between two documents break callers; exit code 1 if some do
    Diff(Diff),
    /// Print what was understood of a document, as JSON
    #[command(
        after_help = "Example:\n  hydra-codegen dump -i api.swagger.json | jq '.operations[].rust'"
    )]
    Dump {
        /// The document; - for standard input
        #[arg(short, long, value_name = "FILE")]
        input: String,
        #[command(flatten)]
        reading: Reading,
    },
}

#[derive(Debug, clap::Args)]
#[command(
    args_override_self = true,
    after_help = "\
Files that are generated are marked so and overwritten; files that are there to begin with, such as
Cargo.toml, are written once and then yours; any other file is left alone. What DIR/.hydra-codegen-ignore
names, in the syntax of .gitignore, is yours as well.

Without -i, hydra-codegen.toml tells what to write: its members are the flags below, at the top for
all clients, and in a [[client]] for each. Flags given here beat those of the file.

Examples:
  hydra-codegen generate -i api.swagger.json -l rust -o sdk --package-name acme-sdk
  hydra-codegen generate -i api.swagger.json -l rust -o sdk --package-name acme-sdk --check"
)]
pub(crate) struct Generate {
    /// The document; - for standard input
    #[arg(short, long, alias = "input-spec", value_name = "FILE")]
    pub(crate) input: String,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Language of the client (see langs)
    #[arg(short, long, alias = "lang", value_name = "LANG")]
    pub(crate) language: String,
    /// Folder to write into
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Name of the package
    #[arg(long, value_name = "NAME", default_value = "swagger-client", value_parser = package_name)]
    pub(crate) package_name: String,
    /// Version of the package
    #[arg(long, value_name = "VERSION", default_value = "1.0.0", value_parser = package_version)]
    pub(crate) package_version: String,
    /// Path from DIR to a Rust client of the same document, for languages that are built on one
    #[arg(long, value_name = "PATH")]
    pub(crate) rust_sdk: Option<String>,
    /// A Rust module of your own to put into the native module of a Python package: src/NAME.rs with
    /// a function `init`, described by _native_NAME.pyi in the package
    #[arg(long, value_name = "NAME", value_parser = module_name)]
    pub(crate) native_module: Option<String>,
    /// Who writes the functions of a Rust crate
    #[arg(long, value_enum, default_value_t = Backend::Direct)]
    pub(crate) backend: Backend,
    /// How the functions of a Rust crate take arguments
    #[arg(long, alias = "style", value_enum, default_value_t = Interface::Positional)]
    pub(crate) interface: Interface,
    /// What to call the document in generated files [default: its file name]
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// File that tells what to write [default, without -i: hydra-codegen.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Write nothing and exit with 1 if something of the document was not understood or left out
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write nothing; exit code 1 and a diff if DIR is not up to date
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) check: bool,
    /// Write nothing; list what would be written and removed
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Who writes the functions of a Rust crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Backend {
    /// this program, for any document: functions by tag, errors by status, open enums
    Direct,
    /// progenitor: all functions in one impl; what it cannot express has none
    Progenitor,
}

impl From<Backend> for emit::Backend {
    fn from(given: Backend) -> Self {
        match given {
            Backend::Direct => Self::Direct,
            Backend::Progenitor => Self::Progenitor,
        }
    }
}

/// How the functions of a Rust crate take arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Interface {
    /// in order: list_pets(Some(10))
    Positional,
    /// by name: list_pets().limit(10).send()
    Builder,
}

impl From<Interface> for emit::Interface {
    fn from(given: Interface) -> Self {
        match given {
            Interface::Positional => Self::Positional,
            Interface::Builder => Self::Builder,
        }
    }
}

/// What to do with generated files.
pub(crate) enum Mode {
    Write,
    Check,
    DryRun,
}

impl Generate {
    pub(crate) fn mode(&self) -> Mode {
        match (self.check, self.dry_run) {
            (true, _) => Mode::Check,
            (_, true) => Mode::DryRun,
            _ => Mode::Write,
        }
    }

    /// The command that writes what these arguments say.
    pub(crate) fn command_line(&self) -> String {
        let mut words = vec![
            format!("{} generate -i {}", env!("CARGO_PKG_NAME"), self.input),
            format!("-l {} -o {}", self.language, self.output.display()),
            format!("--package-name {}", self.package_name),
            format!("--package-version {}", self.package_version),
        ];
        words.extend(self.reading.words());
        words.extend(
            self.rust_sdk
                .iter()
                .map(|path| format!("--rust-sdk {path}")),
        );
        words.extend(
            self.native_module
                .iter()
                .map(|name| format!("--native-module {name}")),
        );
        if self.backend == Backend::Progenitor {
            words.push("--backend progenitor".to_owned());
        }
        if self.interface == Interface::Builder {
            words.push("--interface builder".to_owned());
        }
        words.extend(self.source.iter().map(|name| format!("--source {name}")));
        words.join(" ")
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the version has no words for goes to x- members; each such place is reported on standard error.

Examples:
  hydra-codegen convert -i openapi.json --to 2.0 -o api.swagger.json
  hydra-codegen convert -i api.swagger.json --to 3.1 -o openapi.yaml")]
pub(crate) struct Convert {
    /// The document; - for standard input
    #[arg(short, long, value_name = "FILE")]
    pub(crate) input: String,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Version to write
    #[arg(long, value_name = "VERSION", value_parser = Version::ALL.map(|(name, _)| name))]
    pub(crate) to: String,
    /// File to write, as YAML if it ends in .yaml or .yml; - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: String,
    /// Write nothing and exit with 1 if the version has no words for something
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write nothing; exit code 1 and a diff if FILE is not up to date
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The documents may be of different versions of the format. The order of things and the names of
schemas do not count.

Examples:
  hydra-codegen diff old.json new.json
  git show v1.0.0:api.json | hydra-codegen diff - api.json --semver
  hydra-codegen diff old.json new.json --json | jq -r '.changes[].rule'")]
pub(crate) struct Diff {
    /// The document that callers know; - for standard input
    pub(crate) old: String,
    /// The document that they will meet
    pub(crate) new: String,
    /// Print the changes as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Leave out what breaks nobody
    #[arg(long)]
    pub(crate) breaking: bool,
    /// Exit code 1 for warnings too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Allow breaking changes if info.version says so: another major version, or minor below 1.0
    #[arg(long)]
    pub(crate) semver: bool,
}

/// Names that every package registry and file system takes.
fn package_name(text: &str) -> Result<String, String> {
    let fits = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if fits {
        Ok(text.to_owned())
    } else {
        Err("a letter, then letters, digits, - and _".to_owned())
    }
}

/// Names that are words of neither Rust nor Python, nor of the generated crate.
fn module_name(text: &str) -> Result<String, String> {
    let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !matches!(text, "generated" | "runtime")
        && syn::parse_str::<syn::Ident>(text).is_ok();
    if fits {
        Ok(text.to_owned())
    } else {
        Err("a letter, then letters, digits and _, all small, and no keyword".to_owned())
    }
}

fn package_version(text: &str) -> Result<String, String> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let fits = numbers.split('.').count() == 3
        && numbers.split('.').all(|n| n.parse::<u32>().is_ok())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("three numbers, such as 1.0.0".to_owned())
    }
}
