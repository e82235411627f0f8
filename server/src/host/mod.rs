//! A running server: configuration, listener, start and stop.
//!
//! [`Server::start`] is all there is to it, for the binary and for tests alike: the binary hands it the
//! machine's clock and randomness, a test its own.

mod config;
mod error;
mod listener;
mod names;
mod start;
mod tls;

#[cfg(feature = "cli")]
pub mod command;
#[cfg(feature = "cli")]
mod duration;
#[cfg(feature = "cli")]
mod logging;

pub use self::config::{Config, TlsFiles};
pub use self::error::StartError;
pub use self::start::{Running, Seams, Server};
