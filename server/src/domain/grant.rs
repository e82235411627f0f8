//! What a person allowed a client to do, and the code by which the client learns of it.

use serde_json::{Map, Value};

use crate::domain::clock::UnixTime;
use crate::domain::pkce::CodeChallenge;
use crate::domain::scope::Scopes;

/// What a resource owner granted a client.
///
/// Every token that follows from it, refreshed ones included, belongs to it and ends with it: a grant is a
/// family of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Names the grant: a UUID.
    pub id: String,
    /// Who may make use of it.
    pub client_id: String,
    /// Who granted it: the person the tokens speak for.
    pub subject: String,
    /// What was granted.
    pub scopes: Scopes,
    /// The `nonce` of the authorization request, for the ID token to repeat.
    pub nonce: Option<String>,
    /// When the person logged in, if the application that asked for consent told.
    pub auth_time: Option<UnixTime>,
    /// What that application attached to access tokens; shown by introspection.
    pub access_token_extra: Option<Map<String, Value>>,
    /// What that application wants to stand in ID tokens and be told by userinfo.
    pub id_token_extra: Option<Map<String, Value>>,
    /// When it was granted.
    pub created_at: UnixTime,
}

impl Grant {
    /// Whether a refresh token may be issued: `offline` as Hydra has always called it, `offline_access` as
    /// OpenID Connect Core 1.0 section 11 does.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scopes.contain("offline") || self.scopes.contain("offline_access")
    }
}

/// What the redeemer of a code must show, as the authorization request fixed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeBinding {
    /// The redirect URI, if the authorization request named it: it must then be named again, byte for byte
    /// (RFC 6749 section 4.1.3).
    pub redirect_uri: Option<String>,
    /// The challenge, if there was one: its verifier must be shown (RFC 7636 section 4.6).
    pub challenge: Option<CodeChallenge>,
}

/// An authorization code, as it is remembered: by signature, never by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The part of the code that names it in storage. Without the other part it is no good.
    pub signature: String,
    /// From when on it is no good.
    pub expires_at: UnixTime,
    /// What its redeemer must show.
    pub binding: CodeBinding,
}
