//! The command line from outside: the built binary against an in-process server, each test with a HOME of
//! its own and nothing of the environment of whoever runs the tests.

#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod article;
mod browser;
mod clients;
mod connect;
mod failures;
mod groups;
mod health;
mod host;
mod keys;
mod policies;
mod sign_in;
mod streams;
mod token;
mod user;
mod world;
