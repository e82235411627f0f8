//! What the browser shows in the end. The look is that of the server's pages.

use axum::response::Response;
use http::StatusCode;

use crate::cli::failure::Failure;
use crate::http::signed_in;

/// The tokens are there; `values` are what there is to see.
pub(super) fn done(values: &[(&'static str, String)]) -> Response {
    signed_in(
        StatusCode::OK,
        "You are signed in",
        "The tokens are in your terminal. You can close this window.",
        values,
    )
}

/// It came to nothing, but may be tried again.
pub(super) fn refused(why: &Failure) -> Response {
    let message = sentence(why);
    signed_in(
        StatusCode::BAD_REQUEST,
        "That did not work",
        &format!("{message}. To try again, open the address in your terminal once more."),
        &[],
    )
}

/// It came to nothing, and the command has ended.
pub(super) fn failed(why: &Failure) -> Response {
    let message = sentence(why);
    signed_in(
        StatusCode::BAD_GATEWAY,
        "That did not work",
        &format!("{message}. Your terminal tells more. You can close this window."),
        &[],
    )
}

/// What went wrong, without the full stop that some servers end their words with.
fn sentence(why: &Failure) -> &str {
    why.message().trim_end_matches('.')
}

/// Another path than that of the redirect URI.
pub(super) fn elsewhere() -> Response {
    signed_in(
        StatusCode::NOT_FOUND,
        "There is nothing here",
        "This is not the address that people are sent back to after signing in.",
        &[],
    )
}

/// Everything has been said.
pub(super) fn over() -> Response {
    signed_in(
        StatusCode::GONE,
        "This is over",
        "The command that waited for you has ended. You can close this window.",
        &[],
    )
}
