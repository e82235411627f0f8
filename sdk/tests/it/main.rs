//! The crate from outside, against servers that answer by a script.

#![cfg(feature = "flow")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, helpers included"
)]

mod calls;
mod flow;
mod id_token;
mod signer;
mod support;
