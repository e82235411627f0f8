//! Functions and types by this program itself, for any document.
//!
//! Source is written as text and never parsed again, which is why a thousand operations take a
//! fraction of a second. What all functions and types have in common is in the runtime
//! (`runtime/rust/src/direct`), so that they stay short.
//!
//! ```text
//! src/generated/client.rs      Client, and functions without a tag
//! src/generated/api/<tag>.rs   functions of a tag, on a type that Client gives
//! src/generated/types.rs       structs and enums
//! ```

mod answers;
mod arguments;
mod choices;
mod client;
mod definitions;
mod functions;
mod items;
mod layout;
mod names;
mod paging;
mod refusals;
mod schemas;
mod servers;
mod statuses;
mod types;
mod whole;

pub(super) use arguments::missing_in_path;
pub(super) use names::literal;

use super::super::Options;
use crate::model::Model;

/// What a model comes to.
pub(super) struct Sources {
    /// By path below `src/generated`.
    pub(super) files: Vec<(String, String)>,
    /// A call, for an example.
    pub(super) example: Option<String>,
}

/// Sources of a model.
pub(super) fn sources(model: &Model, options: &Options) -> Sources {
    let mut types = types::Types::new(model);
    let (mut files, example) = client::files(&mut types, options);
    layout::settle(&mut types.items);
    files.push(("types.rs".to_owned(), definitions::source(&types)));
    files.push(("servers.rs".to_owned(), servers::source(model)));
    Sources { files, example }
}
