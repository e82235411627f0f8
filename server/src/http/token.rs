//! `/oauth2/token`: the token endpoint (RFC 6749 section 3.2).

use axum::Json;
use axum::extract::State;
use http::header::{CACHE_CONTROL, PRAGMA};
use http::{HeaderMap, HeaderName};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::client::grant_type;
use crate::flows::authorization_code::{self, Redeemed};
use crate::flows::{client_authentication, client_credentials, refresh_token};
use crate::http::App;
use crate::http::error::{Failure, OAuth2, OAuth2Error};
use crate::http::extract::authorization;
use crate::http::extract::form::Form;
use crate::http::transport::ClientAddress;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(oauth_token))
}

/// What the token endpoint may be asked, as the contract tells it. Which fields a grant needs is
/// found out when it is served, since Swagger 2.0 cannot say "one of".
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "documents the form; the handler reads the fields by name"
)]
pub(crate) struct TokenForm {
    /// The grant: `authorization_code`, `refresh_token` or `client_credentials`. Needed.
    #[schema(nullable = false)]
    grant_type: Option<String>,
    /// The scopes asked for, separated by spaces. For grant `client_credentials`, what is not asked for is
    /// not granted. For grant `refresh_token`, fewer than were granted may be asked for.
    #[schema(nullable = false)]
    scope: Option<String>,
    /// The code, for grant `authorization_code`.
    #[schema(nullable = false, format = Password)]
    code: Option<String>,
    /// The redirect URI the code was asked for with, for grant `authorization_code`. Needed if the
    /// authorization request named it.
    #[schema(nullable = false)]
    redirect_uri: Option<String>,
    /// The refresh token, for grant `refresh_token`.
    #[schema(nullable = false, format = Password)]
    refresh_token: Option<String>,
    /// The client's id, if it does not authenticate by HTTP Basic.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// The client's secret, if it does not authenticate by HTTP Basic.
    #[schema(nullable = false, format = Password)]
    client_secret: Option<String>,
    /// The secret whose hash was sent for the code (RFC 7636), for grant `authorization_code`.
    #[schema(nullable = false, format = Password)]
    code_verifier: Option<String>,
}

/// Tokens, freshly issued (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = oAuth2TokenResponse)]
pub(crate) struct TokenResponse {
    /// The access token.
    #[schema(format = Password)]
    access_token: String,
    /// For how many seconds the access token is good.
    #[schema(required = false)]
    expires_in: i64,
    /// The ID token, if `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Password)]
    id_token: Option<String>,
    /// The refresh token, if `offline` or `offline_access` was granted and the client may use it. Each use
    /// of it gives another, and ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Password)]
    refresh_token: Option<String>,
    /// The scopes granted, separated by spaces. Always present, and empty if none were.
    #[schema(required = false)]
    scope: String,
    /// Always `bearer`.
    token_type: &'static str,
}

/// Issue tokens
///
/// The token endpoint of RFC 6749 section 3.2. The client authenticates by HTTP Basic, id and secret
/// each percent-encoded, or by `client_id` and `client_secret` in the body, never both ways at once.
#[utoipa::path(
    post,
    path = "/oauth2/token",
    operation_id = "oauthToken",
    tag = "oAuth2",
    security(("basic" = []), ("oauth2" = [])),
    request_body(content = inline(TokenForm), content_type = "application/x-www-form-urlencoded", description = "The grant and what it needs."),
    responses(
        (status = 200, description = "The tokens.", body = TokenResponse,
            headers(("Cache-Control" = String, description = "Always `no-store`."))),
        (status = 400, description = "The request is malformed, or the grant cannot be given.", body = OAuth2Error),
        (status = 401, description = "The client could not be authenticated.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 7617."))),
        (status = 413, description = "The body is larger than 1 MiB.", body = OAuth2Error),
        (status = 429, description = "Too many clients failed to authenticate here.", body = OAuth2Error,
            headers(("Retry-After" = i64, description = "In how many seconds to try again."))),
        (status = 500, description = "The server failed.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached.", body = OAuth2Error),
    ),
)]
pub(crate) async fn oauth_token(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Result<([(HeaderName, &'static str); 2], Json<TokenResponse>), OAuth2> {
    let grant = form.require("grant_type")?;
    let credentials = authorization::client_credentials(&headers, &form)?
        .ok_or_else(Failure::missing_client_authentication)?;
    let stored = client_authentication::authenticate(&app, &credentials, address).await?;
    let issued = match grant {
        grant_type::CLIENT_CREDENTIALS => {
            client_credentials::grant(&app, &stored.client, form.get("scope")).await?
        }
        grant_type::AUTHORIZATION_CODE => {
            let shown = Redeemed {
                code: form.require("code")?,
                redirect_uri: form.get("redirect_uri"),
                code_verifier: form.get("code_verifier"),
            };
            authorization_code::grant(&app, &stored.client, shown).await?
        }
        grant_type::REFRESH_TOKEN => {
            let token = form.require("refresh_token")?;
            refresh_token::grant(&app, &stored.client, token, form.get("scope")).await?
        }
        _ => return Err(Failure::unsupported_grant_type().into()),
    };
    // RFC 6749 section 5.1: no cache may keep what holds a token.
    let uncached = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
    Ok((
        uncached,
        Json(TokenResponse {
            access_token: issued.access_token.expose().to_owned(),
            expires_in: i64::try_from(issued.expires_in.as_secs()).unwrap_or(i64::MAX),
            id_token: issued.id_token.map(|token| token.expose().to_owned()),
            refresh_token: issued.refresh_token.map(|token| token.expose().to_owned()),
            scope: issued.scopes.to_string(),
            token_type: "bearer",
        }),
    ))
}
