//! The server from outside: a real socket, an in-process server, time and randomness in our hands.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod authorization;
mod authorization_code;
mod browser;
mod clients;
mod consent_requests;
mod consent_sessions;
mod cors;
mod discovery;
mod failure_limits;
mod flush;
mod granted;
mod health;
mod id_token;
mod introspection;
mod json_web_keys;
mod listener;
mod login;
mod logout;
mod metadata;
mod outage;
mod policies;
mod refresh_token;
mod revocation;
mod server;
mod startup;
mod stored_secrets;
mod system_secret;
mod token;
mod userinfo;
mod warden;
mod wire;
