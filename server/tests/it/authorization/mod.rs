//! The authorization endpoint, as browsers and clients see it.

mod binding;
mod requests;
mod responses;
