//! An OAuth 2.0 authorization server and OpenID Connect provider.
//!
//! Rooms, each using only those before it (a test reads the imports and fails on one that points up):
//!
//! | room | what happens there |
//! |---|---|
//! | [`domain`] | the rules: clients, scopes, tokens, keys; no HTTP, no SQL, no runtime |
//! | [`crypto`] | hashing, sealing, signing |
//! | [`storage`] | one implementation over SQLite, PostgreSQL, MySQL |
//! | [`flows`] | use cases: access control, grants, introspection, revocation; no HTTP |
//! | [`http`] | resources: wire types, annotated handlers, the shapes of errors |
//! | [`host`] | configuration, listener, start and stop |
//! | `cli` | the command line, with feature `cli` |
//!
//! [`host::Server::start`] runs a whole server inside another program; [`contract`] is the OpenAPI
//! document of what it serves.

pub mod crypto;
pub mod domain;
pub mod flows;
pub mod host;
pub mod http;
pub mod storage;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod config_file;

pub use http::contract;

#[cfg(test)]
mod architecture;
