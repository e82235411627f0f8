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
    pub emit: fn(&Model, &Options) -> Result<Vec<File>, EmitError>,
}

/// All languages.
pub const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        about: "a crate: functions and types by progenitor, over a transport of its own",
        emit: rust::emit,
    },
    Language {
        name: "python",
        about: "a package that looks like swagger-codegen's, over the crate above",
        emit: python::emit,
    },
];

/// What an emitter is told besides the model.
#[derive(Debug, Clone)]
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

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Problem { pointer, message }) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "#{pointer}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for EmitError {}
