//! What an operator wants discovery to tell beside what the server knows of itself.

/// Additions to the server's metadata. Claims and scopes are the consent application's to honour, so only
/// the operator knows of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advertised {
    /// Claims that ID tokens may carry, beside those of the server's own making.
    pub claims: Vec<String>,
    /// Scopes worth asking for, beside those the server gives a meaning to.
    pub scopes: Vec<String>,
    /// The URL of a userinfo endpoint in place of this server's.
    pub userinfo_endpoint: Option<String>,
}
