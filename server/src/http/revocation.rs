//! `/oauth2/revoke`: a client gives a token back (RFC 7009).

use axum::extract::State;
use http::HeaderMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flows::{audit, client_authentication, revocation};
use crate::http::App;
use crate::http::error::{Failure, OAuth2, OAuth2Error};
use crate::http::extract::authorization;
use crate::http::extract::form::Form;
use crate::http::transport::ClientAddress;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(revoke_o_auth2_token))
}

/// The request, as the contract tells it.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "documents the form; the handler reads the fields by name"
)]
pub(crate) struct RevocationForm {
    /// The token to revoke.
    #[schema(format = Password)]
    token: String,
    /// What kind of token it is thought to be. Taken, and not needed.
    #[schema(nullable = false)]
    token_type_hint: Option<String>,
    /// The client's id, if it does not authenticate by HTTP Basic.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// The client's secret, if it does not authenticate by HTTP Basic.
    #[schema(nullable = false, format = Password)]
    client_secret: Option<String>,
}

/// Revoke a token
///
/// RFC 7009. The client authenticates as at the token endpoint. With an access or refresh token that a
/// person granted go all tokens of that grant. An unknown token, or one that belongs to another client, is
/// answered alike and nothing happens.
#[utoipa::path(
    post,
    path = "/oauth2/revoke",
    operation_id = "revokeOAuth2Token",
    tag = "oAuth2",
    security(("basic" = [])),
    request_body(content = inline(RevocationForm), content_type = "application/x-www-form-urlencoded", description = "The token to revoke."),
    responses(
        (status = 200, description = "The token, if it was this client's, is no longer good."),
        (status = 400, description = "The request is malformed, or the token is of a kind that cannot be revoked.", body = OAuth2Error),
        (status = 401, description = "The client could not be authenticated.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 7617."))),
        (status = 413, description = "The body is larger than 1 MiB.", body = OAuth2Error),
        (status = 429, description = "Too many clients failed to authenticate here.", body = OAuth2Error,
            headers(("Retry-After" = i64, description = "In how many seconds to try again."))),
        (status = 500, description = "The server failed.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached; the token may still be good.", body = OAuth2Error),
    ),
)]
pub(crate) async fn revoke_o_auth2_token(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Result<(), OAuth2> {
    let credentials = authorization::client_credentials(&headers, &form)?
        .ok_or_else(Failure::missing_client_authentication)?;
    let stored = client_authentication::authenticate(&app, &credentials, address).await?;
    revocation::revoke(&app, &stored.client, form.require("token")?).await?;
    audit::revoked(&stored.client.id);
    Ok(())
}
