//! Documents out: Swagger 2.0, OpenAPI 3.0 and 3.1.
//!
//! A document says everything that the model holds. What the target version has no words for goes
//! to `x-` members, so that nothing is lost and our own reader finds it again; each such place is
//! reported. The same model gives the same bytes.

mod common;
mod openapi3;
mod schema;
mod security;
mod swagger2;

use serde_json::Value;

use super::Problem;
use crate::model::Model;

/// A version of the document format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Swagger 2.0.
    V2,
    /// OpenAPI 3.0.
    V30,
    /// OpenAPI 3.1.
    V31,
}

impl Version {
    /// All versions, by the names that people give them.
    pub const ALL: [(&'static str, Self); 3] =
        [("2.0", Self::V2), ("3.0", Self::V30), ("3.1", Self::V31)];
}

/// A document, and what it could not say in words of its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The document.
    pub document: Value,
    /// Places in it, by JSON pointer, where something went to an `x-` member or was lost.
    pub report: Vec<Problem>,
}

/// Writes a model as a document of this version.
pub fn convert(model: &Model, version: Version) -> Converted {
    let mut writer = Writer {
        version,
        report: Vec::new(),
    };
    let document = match version {
        Version::V2 => swagger2::document(&mut writer, model),
        Version::V30 | Version::V31 => openapi3::document(&mut writer, model),
    };
    Converted {
        document,
        report: writer.report,
    }
}

/// What is being written.
struct Writer {
    version: Version,
    report: Vec<Problem>,
}

impl Writer {
    fn report(&mut self, pointer: &Place, message: impl Into<String>) {
        self.report.push(Problem {
            pointer: pointer.0.clone(),
            message: message.into(),
        });
    }
}

/// A JSON pointer into the document being written.
#[derive(Clone)]
struct Place(String);

impl Place {
    fn root() -> Self {
        Self(String::new())
    }

    fn join(&self, token: &str) -> Self {
        Self(format!(
            "{}/{}",
            self.0,
            token.replace('~', "~0").replace('/', "~1")
        ))
    }
}
