//! Documents in: Swagger 2.0, OpenAPI 3.0 and 3.1, as JSON or YAML, become a [`Model`].
//!
//! `tree` parses text; `files` finds what other files it refers to, and `document` holds them all.
//! A `node` is a place in there that knows its JSON pointer, so that each error and note can say
//! where it is; `place` finds the line of the text for it. `overlay` changes a
//! document before it is read. `schema` and the modules beside it
//! (`kinds`, `composition`, `values`, `limits`) read schemas of all versions; `swagger2` and
//! `openapi3` what is around them; `complete` and `finish` do what needs the whole document.
//!
//! Documents of the real world break their rules. What is wrong is mended or left out, and noted
//! in [`Model::notes`], as long as every operation can still be called; an error is what makes no
//! sense at all: text that does not parse, references that lead nowhere or round in a circle,
//! lists where objects must be. Whatever the input, the result is a model or an error, never a
//! panic.

mod common;
mod complete;
mod composition;
mod decode;
mod document;
mod error;
mod files;
mod finish;
mod kinds;
mod limits;
mod media3;
mod node;
mod openapi3;
mod overlay;
mod paths;
mod place;
mod reference;
mod schema;
mod security;
mod swagger2;
mod tree;
mod values;

use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;

pub use decode::{MAX_BYTES, decode};
pub use error::ReadError;

use crate::model::Model;
use document::Document;
use files::{Folder, Library, Nothing};

/// How to read a document.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The folder that references to other files may lead into. `None`: the document's own.
    pub ref_root: Option<PathBuf>,
    /// Files of OpenAPI Overlay 1.x, applied to the document in this order.
    pub overlays: Vec<PathBuf>,
}

/// Reads a document that is in no file; it cannot refer to any.
///
/// `origin` is what to call it in messages: a file name, or `stdin`. JSON and YAML are told apart
/// by trying: a text that starts with `{` is JSON.
///
/// # Errors
/// If the text is neither JSON nor YAML, not a document of a known version, or makes no sense. The
/// error carries a JSON pointer.
pub fn read(text: &str, origin: &str) -> Result<Model, ReadError> {
    read_with(text, origin, &Options::default())
}

/// The same, with options.
///
/// # Errors
/// As [`read`], and if an overlay cannot be read or applied.
pub fn read_with(text: &str, origin: &str, options: &Options) -> Result<Model, ReadError> {
    with_room(origin, || read_here(text, origin, &Nothing, options))
}

/// Reads the document in a file, and the files that it refers to.
///
/// # Errors
/// As [`read_with`], and if a file cannot be read.
pub fn read_file(path: &Path, options: &Options) -> Result<Model, ReadError> {
    let origin = path.display().to_string();
    let failed = |message: String| ReadError::syntax(&origin, "", None, message);
    let text = files::open(path).map_err(failed)?;
    let folder = Folder::of(path, options.ref_root.as_deref()).map_err(failed)?;
    with_room(&origin, || read_here(&text, &origin, &folder, options))
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
                Err(ReadError::syntax(origin, "", None, message))
            }
        }
    })
}

fn read_here(
    text: &str,
    origin: &str,
    library: &dyn Library,
    options: &Options,
) -> Result<Model, ReadError> {
    let document = Document::load(text, origin, library, &options.overlays)?;
    model(&document).map_err(|error| document.quoting(error))
}

/// The model of a document of any version.
fn model(document: &Document) -> Result<Model, ReadError> {
    let root = document.root();
    let version = |key: &str| root.get(key).and_then(|n| n.scalar());
    let is =
        |version: &str, known: &str| version == known || version.starts_with(&format!("{known}."));
    let mut model = match (version("swagger"), version("openapi")) {
        (Some(v), _) if is(&v, "2") => swagger2::read(&root)?,
        (_, Some(v)) if is(&v, "3") => {
            let minor = v.split('.').nth(1).unwrap_or("0");
            if !matches!(minor, "0" | "1") {
                root.at("openapi", root.value()).warn(format!(
                    "version {v} is read as 3.1; what is new in it is told where it stands"
                ));
            }
            openapi3::read(&root)?
        }
        (Some(v), _) => {
            return Err(root.child_error(
                "swagger",
                format!("version {v} is not known; it must be \"2.0\""),
            ));
        }
        (_, Some(v)) => {
            return Err(root.child_error(
                "openapi",
                format!("version {v} is not known; 3.0.x, 3.1.x and 3.2.x are"),
            ));
        }
        (None, None) => {
            return Err(root.error(
                "this is no API description: there is neither `swagger: \"2.0\"` nor `openapi: 3.x` at the top",
            ));
        }
    };
    if !root.has("paths") && model.webhooks.is_empty() {
        root.warn("`paths` is missing; there is nothing to call");
    }
    complete::complete(&mut model, &root);
    finish::finish(&mut model, &root)?;
    model.notes = document.take_notes();
    Ok(model)
}
