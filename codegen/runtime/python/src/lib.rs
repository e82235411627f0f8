//! What a generated Python package needs below the Python line.
//!
//! The package is written in Python where programs look at it: classes that can be patched,
//! subclassed and pickled. This runtime does the work behind them, without the interpreter lock
//! wherever it can:
//!
//! * [`call`] takes one call of an API method from its Python arguments to its Python result: it is
//!   the fast way, taken when nobody replaced a part of the way;
//! * [`connection`] keeps the HTTP connections, is safe to use after `fork`, and lets Ctrl-C through;
//! * [`answer`] is an answer as Python sees it, whole or as a stream;
//! * [`codec`], with [`decode`] and [`encode`], turns JSON into models and models into JSON, driven
//!   by the tables that the model classes carry.
//!
//! Requests go out through the Rust SDK: through its typed client where the arguments fit its
//! types unchanged, else through its transport with the same operation (see [`send`]).
//!
//! The generator copies these modules into the crates that it writes.

// The line that the generator replaces when it copies this file.
use sdk_runtime as sdk;

mod answer;
mod call;
mod codec;
mod connection;
mod decode;
mod encode;
mod failure;
mod given;
mod guard;
mod plan;
mod send;
mod text;
mod timeout;
mod types;

use pyo3::prelude::*;

pub use given::{Dispatch, Given, Sent, outcome};

/// What a generated crate tells the runtime about itself.
pub struct Sdk {
    /// The operations, as the Rust SDK knows them.
    pub api: &'static sdk::Api,
    /// Makes a call through the typed client; `None` if there is none.
    pub dispatch: Option<Dispatch>,
}

/// Fills the extension module.
///
/// # Errors
/// If Python cannot take the classes.
pub fn init(module: &Bound<'_, PyModule>, sdk: &'static Sdk) -> PyResult<()> {
    send::install(sdk);
    module.add_class::<answer::Answer>()?;
    module.add_class::<codec::Codec>()?;
    module.add_class::<connection::Connection>()?;
    module.add_class::<guard::Guard>()?;
    module.add_class::<call::Caller>()?;
    module.add_function(wrap_pyfunction!(call::send, module)?)?;
    Ok(())
}
