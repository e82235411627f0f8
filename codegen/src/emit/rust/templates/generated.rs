//! What the API's description says: the typed client and the table of operations.

#[cfg(feature = "typed")]
pub mod client;
#[cfg(feature = "typed")]
mod connect;
pub mod operations;
