//! The rules, and nothing but the rules: no HTTP, no SQL, no runtime, no clock of its own.
//!
//! What is here can be read beside the RFCs and tested without setting anything up.

pub mod advertised;
pub mod authorization_error;
pub mod authorization_request;
pub mod authorization_response;
pub mod client;
pub mod clock;
pub mod condition;
pub mod consent;
pub mod entitlement;
pub mod expression;
pub mod grant;
pub mod group;
pub mod id_token;
pub mod jwk;
pub mod parameters;
pub mod pattern;
pub mod pkce;
pub mod policy;
pub mod policy_set;
pub mod prompt;
pub mod random;
pub mod redirect_uri;
pub mod resource;
pub mod response_type;
pub mod scope;
pub mod secret;
pub mod token;
