//! What a generated client needs besides what is generated.
//!
//! Generated code says *what* can be called: a static table of [`Operation`]s and, with feature
//! `typed`, a function for each. This runtime knows *how*: a [`Transport`] made from a [`Config`]
//! builds the URL, adds the [`Credential`]s that the operation's `security` asks for, sends,
//! repeats what failed for a moment, renews a token that was refused.
//!
//! * [`Transport::call`] takes any operation of the table with untyped [`Arguments`].
#![cfg_attr(
    feature = "typed",
    doc = "* [`typed`] leads the functions of a typed client through the same transport, and keeps \
           status, headers and body of every refusal ([`Failure`], [`ErrorExt`])."
)]
//!
//! The generator copies these modules into the crates that it writes, so that they depend on
//! nothing but registry crates.

mod auth;
mod capture;
mod config;
#[cfg(feature = "typed")]
pub mod direct;
mod error;
#[cfg(feature = "typed")]
mod failure;
#[cfg(feature = "typed")]
pub mod lenient;
mod operation;
mod request;
mod retry;
mod secret;
mod token;
mod transport;
#[cfg(feature = "typed")]
pub mod typed;

pub use auth::Credential;
pub use capture::Capture;
pub use config::Config;
pub use error::{TokenError, TransportError};
#[cfg(feature = "typed")]
pub use failure::{ErrorExt, Failure};
pub use operation::{
    Api, BodyKind, ListFormat, Location, Operation, Parameter, Requirement, SchemeKind,
    SecurityScheme, Style,
};
pub use request::{Arguments, Body, Part};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use token::{ClientCredentials, TokenFuture, TokenPlace, TokenSource};
pub use transport::{Answer, CallOptions, Transport};
