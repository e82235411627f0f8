//! The audit trail: who changed what.
//!
//! One line per change that was made to what the server manages, under a target of its own, so that an
//! operator can send these lines elsewhere and keep them longer. Names only: no secret, no content.

use crate::flows::access::Caller;

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
