//! The calls of {title}, over a transport without types.

#[rustfmt::skip]
pub mod generated;
#[rustfmt::skip]
pub mod runtime;

pub use generated::operations::API;
pub use runtime::*;
