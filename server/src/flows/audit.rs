//! The audit trail: who changed what, who got tokens, who was turned away.
//!
//! One line for each, under a target of its own, so that an operator can send these lines elsewhere and
//! keep them longer. Names only: no secret, no token, no content.

use std::net::IpAddr;

use crate::domain::scope::Scopes;
use crate::flows::access::Caller;
use crate::flows::metrics::Refusal;

/// The target of the lines.
pub const TARGET: &str = "hydra::audit";

/// Records that `caller` did `action` to `resource`; to be called once it is done.
pub fn record(caller: &Caller, action: &str, resource: &str) {
    tracing::info!(
        target: TARGET,
        subject = caller.subject,
        action,
        resource,
        "changed"
    );
}

/// Records that `client` was given tokens for a grant, such as `refresh_token`; `implicit` is what the
/// authorization endpoint hands out itself.
pub fn issued(client: &str, grant: &str, scopes: &Scopes) {
    tracing::info!(target: TARGET, client, grant, %scopes, "tokens issued");
}

/// Records that `client` gave a token back. Whether there was such a token is not told.
pub fn revoked(client: &str) {
    tracing::info!(target: TARGET, client, "token revoked");
}

/// Records that somebody who said to be `client` was not let in. A name that nobody here could have is
/// shown shortened and escaped, since whoever made it up may have meant the log.
pub fn refused(client: &str, address: Option<IpAddr>, refusal: Refusal) {
    let why = match refusal {
        Refusal::Failed => "the client is unknown, or its secret is wrong",
        Refusal::TooManyFailures => "too many failures before",
    };
    let client: String = client.escape_debug().take(255).collect();
    tracing::warn!(
        target: TARGET,
        client,
        address = address.map(tracing::field::display),
        why,
        "client refused"
    );
}
