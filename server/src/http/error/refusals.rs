//! What the contract says of refusals that many operations share, said once.

use utoipa::IntoResponses;

use super::GenericError;

/// The refusals of every operation that manages the server. An operation that lists one of these
/// statuses after them, with words of its own, is documented with those.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents what `render` writes")]
pub(crate) enum ManagementRefusals {
    /// The request is malformed.
    #[response(status = 400)]
    Malformed(GenericError),
    /// The bearer token is missing, unknown, expired or revoked.
    #[response(
        status = 401,
        headers(("WWW-Authenticate" = String, description = "The challenge of RFC 6750 section 3."))
    )]
    Unauthorized(GenericError),
    /// The token's scopes or the policies do not allow it.
    #[response(status = 403)]
    Forbidden(GenericError),
    /// The server failed.
    #[response(status = 500)]
    Failed(GenericError),
    /// The database cannot be reached.
    #[response(status = 503)]
    Unavailable(GenericError),
}
