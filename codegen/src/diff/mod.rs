//! Two documents compared: which changes break callers.
//!
//! What is compared are models, so that versions of the format, the order of things and the names
//! of schemas do not count. A shape is compared in the direction in which its values travel: what
//! a request asks more of, and what an answer promises less of, breaks a caller; the reverse does
//! not. A shape that many operations share is compared once, and says who uses it.
//!
//! * `rules` – the kinds of change by name
//! * `operations` – which operation became which; `parameters` and `messages` compare the two
//! * `shapes` – two schemas, through references and recursion; `inside` and `choices` are its parts,
//!   `flat` puts a schema together, `narrower` says which of two allows less
//! * `access` – servers and security
//! * `report` – for reading

mod access;
mod choices;
mod flat;
mod inside;
mod messages;
mod narrower;
mod operations;
mod parameters;
mod report;
mod rules;
mod shapes;

pub use rules::{Rule, Severity};

use serde::Serialize;

use crate::model::{Model, Operation};
use shapes::Shapes;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind it is.
    pub rule: Rule,
    /// What it does to callers.
    pub severity: Severity,
    /// What changed.
    pub subject: Subject,
    /// Where in the subject: `request body.items[].name`, `response 200`; empty for all of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// JSON pointer to the operation, or into the document if there is none.
    pub pointer: String,
    /// The document that the pointer leads into: the old one for what is gone.
    pub document: Side,
    /// What happened.
    pub message: String,
}

/// One of two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first.
    Old,
    /// The second.
    New,
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// The whole document.
    Document,
    /// One operation.
    Operation {
        /// Its `operationId`.
        id: String,
        /// `GET`, `POST`, …
        method: &'static str,
        /// Path template.
        path: String,
    },
    /// A named schema.
    Schema {
        /// Its name.
        name: String,
        /// The `operationId`s of those that send or return it.
        operations: Vec<String>,
    },
}

impl Subject {
    fn operation(operation: &Operation) -> Self {
        Self::Operation {
            id: operation.id.clone(),
            method: operation.method.wire(),
            path: operation.path.clone(),
        }
    }
}

/// All changes: those of the document first, then by operation, then by schema, in the order of the
/// old document and then of the new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The changes.
    pub changes: Vec<Change>,
}

impl Diff {
    /// How many changes there are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.changes
            .iter()
            .filter(|change| change.severity == severity)
            .count()
    }

    /// The worst that a caller has to expect; `None` if nothing changed.
    pub fn worst(&self) -> Option<Severity> {
        self.changes.iter().map(|change| change.severity).min()
    }
}

/// Compares two models.
pub fn diff(old: &Model, new: &Model) -> Diff {
    let mut shapes = Shapes::new(old, new);
    let mut changes = access::document(old, new);
    operations::compare(&mut shapes, &mut changes);
    changes.extend(shapes.finish());
    Diff { changes }
}

/// Something found while comparing, before it is known who is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Found {
    rule: Rule,
    place: String,
    message: String,
}

impl Found {
    fn new(rule: Rule, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule,
            place: place.into(),
            message: message.into(),
        }
    }
}
