//! {title}
//!
//! ```no_run
//! # #[cfg(feature = "typed")]
//! # fn main() -> Result<(), {crate}::TransportError> {
//! let client = {crate}::Client::new(&{crate}::Config::new("{url}"))?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "typed"))]
//! # fn main() {}
//! ```

#[rustfmt::skip]
pub mod generated;
#[rustfmt::skip]
pub mod runtime;

#[cfg(feature = "typed")]
pub use generated::{api, client::Client, types};
#[cfg(feature = "typed")]
pub use progenitor_client::{ByteStream, Error, ResponseValue};
pub use generated::operations::API;
pub use generated::servers::Server;
pub use runtime::*;
