//! What the API's description says: the typed client and the table of operations.

#[cfg(feature = "typed")]
pub mod api;
#[cfg(feature = "typed")]
pub mod client;
pub mod operations;
pub mod servers;
#[cfg(feature = "typed")]
pub mod types;
