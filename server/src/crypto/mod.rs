//! Hashing, sealing, signing: thin, purposeful wrappers around aws-lc-rs and bcrypt.
//!
//! Nothing here knows what the bytes are for beyond what its own page says, and nothing here prints
//! them.

pub mod authenticator;
pub mod jwk;
pub mod jws;
pub mod password;
pub mod random;
pub mod seal;
pub mod system_secret;
pub mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// base64url without padding, as JOSE and the tokens write it.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url without padding; `None` if it is anything else.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
