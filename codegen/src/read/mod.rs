//! Documents in: Swagger 2.0, OpenAPI 3.0 and 3.1, as JSON or YAML, become a [`Model`].
//!
//! `document` gives access to the parsed text with a JSON pointer at every step, so that each
//! error can say where it is. `schema` reads schemas of all versions; `swagger2` and
//! `openapi3` read what is around them; `finish` makes names. Whatever the input, the result
//! is a model or an error, never a panic.

mod common;
mod document;
mod error;
mod finish;
mod limits;
mod media3;
mod openapi3;
mod parameters;
mod schema;
mod security;
mod swagger2;

use std::thread::ScopedJoinHandle;

pub use error::ReadError;

use crate::model::Model;
use document::Document;

/// Reads a document.
///
/// `origin` is what to call it in messages: a file name, or `stdin`. JSON and YAML are told apart
/// by trying: a text that starts with `{` is JSON.
///
/// # Errors
/// If the text is neither JSON nor YAML, not a document of a known version, or breaks the rules
/// of its version in a way that leaves its meaning open. The error carries a JSON pointer.
pub fn read(text: &str, origin: &str) -> Result<Model, ReadError> {
    with_room(origin, || read_here(text, origin))
}

/// Runs `work` with a stack for the deepest document that is read. What a thread of the caller
/// has left is not known, and a stack that is too small cannot be caught.
fn with_room(
    origin: &str,
    work: impl FnOnce() -> Result<Model, ReadError> + Send,
) -> Result<Model, ReadError> {
    const STACK: usize = 64 << 20;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        match thread.spawn_scoped(scope, work).map(ScopedJoinHandle::join) {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(e) => {
                let message = format!("there is no memory to read it with: {e}");
                Err(ReadError::syntax(origin, None, message))
            }
        }
    })
}

fn read_here(text: &str, origin: &str) -> Result<Model, ReadError> {
    let document = Document::parse(text, origin)?;
    let root = document.root();
    let version = |key: &str| root.get(key).and_then(|n| n.scalar());
    let mut model = match (version("swagger"), version("openapi")) {
        (Some(v), _) if v == "2.0" || v == "2" => swagger2::read(&root)?,
        (_, Some(v)) if v.starts_with("3.0") || v.starts_with("3.1") => openapi3::read(&root)?,
        (Some(v), _) => {
            return Err(root.child_error(
                "swagger",
                format!("version {v} is not known; it must be \"2.0\""),
            ));
        }
        (_, Some(v)) => {
            return Err(root.child_error(
                "openapi",
                format!("version {v} is not known; 3.0.x and 3.1.x are"),
            ));
        }
        (None, None) => {
            return Err(root.error(
                "this is no API description: there is neither `swagger: \"2.0\"` nor `openapi: 3.x` at the top",
            ));
        }
    };
    finish::finish(&mut model, &root)?;
    Ok(model)
}
