//! What handlers take: each checks its part of a request and refuses in the server's own words.

pub(crate) mod authorization;
pub(crate) mod authorized;
mod body;
pub(crate) mod form;
pub(crate) mod json;
pub(crate) mod parameters;
pub(crate) mod path;
pub(crate) mod query;
