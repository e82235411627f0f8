//! What functions and types need that the generator wrote itself.
//!
//! * [`Call`] collects the arguments of a call, writes them where the operation says, and sends.
//! * [`Success`] is the answer: JSON, text, bytes as they come, or server-sent events.
//! * [`Read`] makes values out of JSON, tolerantly: what a server gets a little wrong is read, what
//!   the description does not know is kept.
//! * the macros `object!`, `text_enum!`, `by_property!` and `by_shape!` implement it for generated
//!   types, along with serde's traits.

mod answer;
mod call;
mod choice;
mod events;
mod form;
mod macros;
mod pages;
mod read;
mod style;
#[cfg(test)]
mod tests;

pub use answer::{Success, refusal_any, refusal_json};
pub use call::Call;
pub use choice::{Class, Form, candidates};
pub use events::{Event, Events};
pub use form::{File, Multipart};
#[cfg_attr(not(test), expect(unused_imports, reason = "for generated types"))]
pub(crate) use macros::{by_property, by_shape, object, text_enum, written};
pub use pages::{Next, pages};
pub use read::{Object, Read, ReadError, from_json};
