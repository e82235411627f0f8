//! The authorization endpoint, as browsers and clients see it.

mod binding;
mod openid;
mod requests;
mod responses;
