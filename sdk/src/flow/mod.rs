//! A person signs in: the authorization code flow (RFC 6749 section 4.1, OpenID Connect Core 1.0
//! section 3.1), from the first redirect to a verified ID token.
//!
//! ```no_run
//! use hydra_sdk::Hydra;
//! use hydra_sdk::flow::AuthorizationCodeFlow;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Hydra::builder("https://localhost:4444").build()?;
//! let flow = AuthorizationCodeFlow::new(server, "photos", "https://photos.example/callback")
//!     .client_secret("secret")
//!     .scopes(["openid", "offline", "photos.read"]);
//!
//! // 1. Send the browser to `request.url()`, and keep `request` with its session.
//! let request = flow.start().await?;
//!
//! // 2. The browser comes back to the redirect URI.
//! let callback = "https://photos.example/callback?code=…&state=…";
//! let tokens = flow.finish(&request, callback).await?;
//! if let Some(person) = &tokens.id_token {
//!     println!("hello {}", person.subject());
//! }
//!
//! // 3. Later, without the person.
//! if let Some(refresh_token) = &tokens.refresh_token {
//!     let tokens = flow.refresh(refresh_token).await?;
//!     println!("good for another {:?}", tokens.expires_in);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Three secrets protect the way there and back, and [`AuthorizationRequest`] makes a new set of
//! them for each attempt: `state` ties the answer to the browser that asked (RFC 6749 section
//! 10.12), the code verifier ties the code to this program (PKCE, RFC 7636), and `nonce` ties the
//! ID token to the request. [`finish`](AuthorizationCodeFlow::finish) checks all three, and who
//! answered (RFC 9207).
//!
//! Everything is built on the generated [`Client`](crate::Client): its TLS settings, time limits
//! and hooks hold here too. What needs no network ([`AuthorizationRequest`], [`IdTokenVerifier`])
//! can be used by itself.

mod builder;
mod code_flow;
mod error;
mod id_token;
mod random;
mod request;
mod signature;
mod tokens;

pub use builder::AuthorizationRequestBuilder;
pub use code_flow::AuthorizationCodeFlow;
pub use error::{AnswerError, FlowError, IdTokenError};
pub use id_token::{IdToken, IdTokenVerifier};
pub use request::AuthorizationRequest;
pub use tokens::Tokens;
