//! A Rust crate.
//!
//! Functions and types are written by this program ([`direct`]), or by progenitor: then `profile`
//! makes a document that it is sure to take, `backend` runs it, and `polish` mends what comes out.
//! Around them go a static table of operations (`table`) and a runtime that is copied in, so that
//! the crate depends on registry crates only (`scaffold`).
//!
//! ```text
//! Cargo.toml, src/lib.rs    yours: written once
//! src/generated/            client.rs, operations.rs and more
//! src/runtime/              transport, authentication, retries, errors
//! ```

mod backend;
mod direct;
mod docs;
mod operations;
mod polish;
mod profile;
mod readme;
mod scaffold;
mod table;

use super::{Backend, Emission, EmitError, File, Options};
use crate::model::Model;

/// The files of a Rust crate.
///
/// # Errors
/// If progenitor cannot even write an empty client. What cannot be expressed is a
/// [`Problem`](super::Problem) of the emission.
pub fn emit(model: &Model, options: &Options) -> Result<Emission, EmitError> {
    let mut problems = Vec::new();
    let mut example = None;
    let sources = match options.backend {
        Backend::Direct => {
            let sources = direct::sources(model, options);
            example = sources.example;
            sources.files
        }
        Backend::Progenitor => {
            let profile = profile::Profile::new(model, &mut problems);
            vec![(
                "client.rs".to_owned(),
                backend::client(profile, &mut problems)?,
            )]
        }
    };
    let files = scaffold::files(
        model,
        options,
        options.backend.into(),
        &sources,
        example.as_deref(),
    );
    Ok(Emission { files, problems })
}

/// The files of a crate that has the transport and the table of operations alone: what is built on
/// it brings its own functions. It compiles as fast for a thousand operations as for ten.
pub(super) fn transport(model: &Model, options: &Options) -> Vec<File> {
    scaffold::files(model, options, scaffold::Crate::Transport, &[], None)
}
