//! The authorization endpoint, as browsers and clients see it.

mod binding;
pub(crate) mod openid;
mod redirect_uris;
mod requests;
mod responses;
