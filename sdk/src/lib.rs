//! Client of the Hydra OAuth 2.0 and OpenID Connect server.
//!
//! ```no_run
//! # #[cfg(feature = "typed")]
//! # mod example {
//! use hydra_sdk::{Hydra, types::OAuth2Client};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let hydra = Hydra::builder("https://localhost:4444")
//!     .client_credentials("admin", "secret")
//!     .scopes(["hydra.clients"])
//!     .build()?;
//!
//! let made = hydra
//!     .create_o_auth2_client(&OAuth2Client {
//!         client_name: Some("My app".into()),
//!         ..OAuth2Client::default()
//!     })
//!     .await?;
//! println!("{:?}", made.id);
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! # Calls
//!
//! [`Client`] has a function for each operation of the API, named like its `operationId` in snake
//! case: `createOAuth2Client` is [`create_o_auth2_client`](Client::create_o_auth2_client). Path
//! parameters come first, then the query's in the order of their names, then headers, then the
//! body. A success is a [`ResponseValue`], which reads as the value in it and has `status()` and
//! `headers()`; a list, say, is `client.list_o_auth2_clients().await?.into_inner()`.
//!
//! Every field that the server may leave out is an `Option`, and what this crate does not know is
//! kept in `extra`; so newer servers can be talked to.
//!
//! # Errors
//!
//! Every function fails with [`Error`]`<`[`Failure`]`<T>>`, where `T` is the shape of the
//! operation's refusals. [`ErrorExt`] asks it for what one usually wants:
//!
//! ```no_run
//! # #[cfg(feature = "typed")]
//! # async fn run(hydra: hydra_sdk::Client) {
//! use hydra_sdk::{Error, ErrorExt};
//!
//! match hydra.get_o_auth2_client("nobody").await {
//!     Ok(client) => println!("{:?}", client.client_name),
//!     Err(e) if e.status().is_some_and(|s| s == 404) => println!("there is none"),
//!     Err(Error::ErrorResponse(refusal)) => println!("{}: {}", refusal.status(), refusal.raw()),
//!     Err(e) => println!("{}", e.message()),
//! }
//! # }
//! ```
//!
//! # Authentication
//!
//! Each call shows what its operation asks for, if there is something to show: a bearer token for
//! the security scheme [`OAUTH2`], client id and secret for [`BASIC`]. A [`ClientCredentials`]
//! source fetches a token when the first call needs one, keeps it, and renews it before it expires
//! or when the server refuses it.
//!
//! # People signing in
//!
//! [`flow`] has the authorization code flow: the URL to send a browser to (with PKCE, `state` and
//! `nonce`), the code exchanged for tokens, tokens renewed, ID tokens verified.
//!
//! # Single calls
//!
//! [`Client::with`] gives a client with other settings, cheap enough for one call:
//!
//! ```no_run
//! # #[cfg(feature = "typed")]
//! # async fn run(hydra: hydra_sdk::Client) {
//! use hydra_sdk::{CallOptions, RetryPolicy};
//! use std::time::Duration;
//!
//! let options = CallOptions::new().timeout(Duration::from_secs(1)).retry(RetryPolicy::never());
//! let _ = hydra.with(options).get_instance_status().await;
//! # }
//! ```
//!
//! # Features
//!
//! * `flow` (default): [`flow`].
//! * `typed` (default): [`Client`], its functions and [`types`].
//! * `transport`: [`Transport`] and the table of operations, [`API`], for programs that only know
//!   at run time what to call.

#[rustfmt::skip]
pub mod generated;
#[rustfmt::skip]
pub mod runtime;

#[cfg(feature = "flow")]
pub mod flow;

mod hydra;

#[cfg(feature = "typed")]
pub use generated::client::{ByteStream, Client, Error, ResponseValue, types};
pub use generated::operations::API;
pub use hydra::{BASIC, Hydra, HydraBuilder, OAUTH2};
pub use runtime::*;
