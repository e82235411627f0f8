//! The server from outside, through the Rust SDK and by raw HTTP.

mod clients;
mod concurrency;
mod contract;
mod databases;
mod openidconnect;
mod sign_in;
mod superset;
mod tokens;
