//! The runtime against real sockets.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, helpers included"
)]

mod support;
mod transport;
#[cfg(feature = "typed")]
mod typed;
