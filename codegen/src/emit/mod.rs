//! Models out: each emitter is a pure function from a [`Model`] to files in memory.

use std::fmt;

use crate::model::Model;

pub mod document;
pub mod python;
pub mod rust;

/// A language that clients can be written in.
#[derive(Debug)]
pub struct Language {
    /// Name on the command line.
    pub name: &'static str,
    /// What comes out, in a line.
    pub about: &'static str,
    /// The emitter.
    pub emit: fn(&Model, &Options) -> Result<Emission, EmitError>,
}

/// All languages.
pub const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        about: "a crate: a function for each operation, typed, over a transport of its own",
        emit: rust::emit,
    },
    Language {
        name: "python",
        about: "a package that looks like swagger-codegen's, over the crate above",
        emit: python::emit,
    },
];

/// What an emitter made of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Emission {
    /// The files.
    pub files: Vec<File>,
    /// What the document has and the files do not say, or say less well.
    pub problems: Vec<Problem>,
}

/// What an emitter is told besides the model.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of the package to write (`acme-sdk`).
    pub package_name: String,
    /// Version of the package to write.
    pub package_version: String,
    /// What to call the document in headers of generated files; no path of this machine.
    pub source: String,
    /// Path from the output folder to a Rust client of the same document, for languages that are
    /// built on one.
    pub rust_sdk: Option<String>,
    /// Name of a module that the user writes by hand, for languages that know what to do with one.
    pub native_module: Option<String>,
    /// Who writes the functions and types of a Rust crate.
    pub backend: Backend,
    /// How arguments are given to the functions of a Rust crate.
    pub interface: Interface,
}

/// Who writes the functions and types of a Rust crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Backend {
    /// This program, for any document: functions by tag, an error type per status, open enums.
    #[default]
    Direct,
    /// progenitor: all functions in one `impl`, structs by typify. An operation that it cannot
    /// express has no function; a problem says so.
    Progenitor,
}

/// How arguments are given to the functions of a Rust crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Interface {
    /// In order: `client.pets().list_pets(Some(10), None).await`.
    #[default]
    Positional,
    /// By name: `client.pets().list_pets().limit(10).send().await`. Only what is required is
    /// given in order.
    Builder,
}

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below the output folder, with `/` between pieces.
    pub path: String,
    /// Content.
    pub contents: String,
    /// Whose it is.
    pub owner: Owner,
}

/// Whose a generated file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The generator's: written anew each time, removed when it is no longer needed.
    Generator,
    /// The user's: written once to begin with, then left alone.
    User,
}

/// Why a model cannot be emitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmitError {
    /// What is wrong, one entry per place.
    pub problems: Vec<Problem>,
}

/// Something in the document that an emitter cannot express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer into the document.
    pub pointer: String,
    /// What it is, and what to do about it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}: {}", self.pointer, self.message)
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for EmitError {}
