//! What a client may ask of the authorization endpoint: rules about the client, not about the request.
//! They are asked when a request arrives, and again when the person has answered.

use crate::domain::authorization_error::{ErrorCode, Refusal};
use crate::domain::client::{Client, grant_type};
use crate::domain::redirect_uri;
use crate::domain::response_type::ResponseType;
use crate::domain::scope::Scopes;

/// Whether the client registered the redirect URI.
#[must_use]
pub fn is_registered(client: &Client, asked: &str) -> bool {
    client
        .redirect_uris
        .iter()
        .any(|registered| redirect_uri::matches(registered, asked))
}

/// Whether the client may ask for a response of this type.
///
/// # Errors
/// It registered neither the type nor the grant that the type needs.
pub fn check_response_type(client: &Client, response_type: ResponseType) -> Result<(), Refusal> {
    let unauthorized =
        |description: String| Refusal::new(ErrorCode::UnauthorizedClient, description);
    if !response_type.is_among(&client.response_types) {
        return Err(unauthorized(format!(
            "the client did not register the response type `{response_type}`"
        )));
    }
    // RFC 9700 section 2.1.2: tokens do not pass through browsers unless somebody decided so.
    let needed = [
        (
            response_type.hands_tokens_to_the_browser(),
            grant_type::IMPLICIT,
        ),
        (response_type.code, grant_type::AUTHORIZATION_CODE),
    ];
    for (is_needed, grant) in needed {
        if is_needed && !client.may_use_grant(grant) {
            return Err(unauthorized(format!(
                "the client may not use the grant `{grant}`, which the response type \
                 `{response_type}` needs"
            )));
        }
    }
    Ok(())
}

/// Whether the client may ask for each of the scopes.
///
/// # Errors
/// One of them is not the client's to ask for.
pub fn check_scopes(client: &Client, scopes: &Scopes) -> Result<(), Refusal> {
    match client.allowed_scopes().first_uncovered(scopes) {
        None => Ok(()),
        Some(scope) => Err(Refusal::new(
            ErrorCode::InvalidScope,
            format!("the client may not ask for the scope `{scope}`"),
        )),
    }
}

/// Whether the client may do without a code challenge.
///
/// # Errors
/// RFC 9700 section 2.1.1, RFC 8252 section 8.1: who has no secret must have a challenge.
pub fn check_no_challenge(client: &Client, response_type: ResponseType) -> Result<(), Refusal> {
    if client.public && response_type.code {
        return Err(Refusal::new(
            ErrorCode::InvalidRequest,
            "a public client must send `code_challenge` with code_challenge_method `S256`",
        ));
    }
    Ok(())
}
