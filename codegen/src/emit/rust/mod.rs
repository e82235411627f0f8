//! A Rust crate.
//!
//! Typed functions are progenitor's: `profile` makes a document that it is sure to take, and
//! `backend` runs it, and `polish` mends what comes out. Around them go a static table of operations (`table`) and a runtime
//! that is copied in, so that the crate depends on registry crates only (`scaffold`).
//!
//! ```text
//! Cargo.toml, src/lib.rs    yours: written once
//! src/generated/            client.rs, operations.rs, connect.rs
//! src/runtime/              transport, authentication, retries, errors
//! ```

mod backend;
mod docs;
mod operations;
mod polish;
mod profile;
mod scaffold;
mod table;

use super::{EmitError, File, Options};
use crate::model::Model;

/// The files of a Rust crate.
///
/// # Errors
/// If the document has something that cannot be expressed; the error names every such place.
pub fn emit(model: &Model, options: &Options) -> Result<Vec<File>, EmitError> {
    let profile = profile::Profile::new(model)?;
    let client = backend::client(&profile)?;
    Ok(scaffold::files(
        model,
        options,
        scaffold::Parts {
            client: Some(client),
            operations: table::operations(model),
        },
    ))
}

/// The files of a crate that has the transport and the table of operations alone: what is built on
/// it brings its own functions. It compiles as fast for a thousand operations as for ten.
pub(super) fn transport(model: &Model, options: &Options) -> Vec<File> {
    let parts = scaffold::Parts {
        client: None,
        operations: table::operations(model),
    };
    scaffold::files(model, options, parts)
}
