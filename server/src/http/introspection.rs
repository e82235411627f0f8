//! `/oauth2/introspect`: is this token good, and what for (RFC 7662)?

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flows::access::{self, Caller, Context};
use crate::flows::introspection::{Active, Kind};
use crate::flows::{client_authentication, introspection};
use crate::http::App;
use crate::http::error::{Failure, OAuth2, OAuth2Error};
use crate::http::extract::authorization::Authorization;
use crate::http::extract::form::Form;
use crate::http::transport::ClientAddress;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(introspect_o_auth2_token))
}

/// The question, as the contract tells it.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "documents the form; the handler reads the fields by name"
)]
pub(crate) struct IntrospectionForm {
    /// The token asked about.
    #[schema(format = Password)]
    token: String,
    /// Scopes, separated by spaces, that the token must all have been granted to count as active.
    #[schema(nullable = false)]
    scope: Option<String>,
    /// What kind of token it is thought to be. It makes no difference: whatever it is, `token_type` tells.
    #[schema(nullable = false)]
    token_type_hint: Option<String>,
}

/// What is known of a token (RFC 7662 section 2.2). Of a token that is not active only that is told.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = oAuth2TokenIntrospection)]
pub(crate) struct Introspection {
    /// Whether the token was issued here, has neither expired nor been revoked, and was granted the
    /// scopes asked about.
    active: bool,
    /// The scopes granted, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    scope: Option<String>,
    /// The client the token was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// Whom the token speaks for: a person, or the client itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sub: Option<String>,
    /// When the token expires, in seconds since 1 January 1970 UTC. A refresh token may never do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exp: Option<i64>,
    /// When the token was issued, in seconds since 1 January 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iat: Option<i64>,
    /// Before when the token is no good, in seconds since 1 January 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    nbf: Option<i64>,
    /// A name for `sub` that people can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// Whom the token is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    aud: Option<String>,
    /// The URL of the server that issued the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iss: Option<String>,
    /// What kind of token it is: `bearer` for an access token, `refresh_token` for a refresh token. An API that
    /// is shown a token must look at it: a refresh token lets nobody in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
    /// What the consent application attached to the token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ext: BTreeMap<String, serde_json::Value>,
}

/// Introspect a token
///
/// RFC 7662. The caller authenticates with a bearer token that was granted `hydra.introspect`, other
/// than the token asked about, or as a client by HTTP Basic. Either way it must be permitted to
/// `introspect` the resource `rn:hydra:oauth2:tokens`.
#[utoipa::path(
    post,
    path = "/oauth2/introspect",
    operation_id = "introspectOAuth2Token",
    tag = "oAuth2",
    security(("basic" = []), ("oauth2" = ["hydra.introspect"])),
    request_body(content = inline(IntrospectionForm), content_type = "application/x-www-form-urlencoded", description = "The token asked about."),
    responses(
        (status = 200, description = "What is known of the token.", body = Introspection),
        (status = 400, description = "The request is malformed.", body = OAuth2Error),
        (status = 401, description = "The caller could not be authenticated.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 6750 or RFC 7617."))),
        (status = 403, description = "The token's scopes or the policies do not allow it.", body = OAuth2Error),
        (status = 413, description = "The body is larger than 1 MiB.", body = OAuth2Error),
        (status = 429, description = "Too many clients failed to authenticate here.", body = OAuth2Error,
            headers(("Retry-After" = i64, description = "In how many seconds to try again."))),
        (status = 500, description = "The server failed.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached.", body = OAuth2Error),
    ),
)]
pub(crate) async fn introspect_o_auth2_token(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Result<([(http::HeaderName, &'static str); 1], Json<Introspection>), OAuth2> {
    // Who asks is settled before what they may do: the other way round, the difference between 403
    // and 401 would tell which clients have the permission.
    let caller = authenticate(&app, address, &headers, &form).await?;
    access::allow(
        &app,
        &caller,
        &app.resources.of(&["oauth2", "tokens"]),
        "introspect",
        &Context::new(),
    )
    .await?;
    let token = form.require("token")?;
    let active = introspection::introspect(&app, token, form.get("scope")).await?;
    let told = active.map_or_else(Introspection::default, |token| {
        Introspection::of(token, &app.issuer)
    });
    Ok(([(CACHE_CONTROL, "no-store")], Json(told)))
}

async fn authenticate(
    app: &App,
    address: Option<IpAddr>,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Caller, Failure> {
    let in_body = form.get("access_token");
    let bearer = match (Authorization::of(headers)?, in_body) {
        (Authorization::None, None) => return Err(Failure::missing_introspection_credentials()),
        (Authorization::Basic(credentials), None) => {
            let stored = client_authentication::authenticate(app, &credentials, address).await?;
            // A public client has shown nothing but a name that everybody knows.
            if stored.client.public {
                return Err(client_authentication::ClientAuthenticationError::Failed.into());
            }
            return Ok(Caller::client(&stored));
        }
        (Authorization::Bearer(token), None) => token.expose().to_owned(),
        (Authorization::None, Some(token)) => token.to_owned(),
        // RFC 6750 section 2: "Clients MUST NOT use more than one method".
        (Authorization::Basic(_) | Authorization::Bearer(_), Some(_)) => {
            return Err(Failure::invalid_request(
                "the caller authenticates in the header and in the body; only one is allowed",
            ));
        }
    };
    let caller = access::authenticate(app, Some(&bearer), "hydra.introspect").await?;
    if form.get("token") == Some(bearer.as_str()) {
        return Err(Failure::token_vouches_for_itself());
    }
    Ok(caller)
}

impl Introspection {
    fn of(token: Active, issuer: &str) -> Self {
        Self {
            active: true,
            scope: Some(token.scopes.to_string()).filter(|scope| !scope.is_empty()),
            client_id: Some(token.client_id),
            sub: Some(token.subject),
            exp: token.expires_at.map(|time| time.0),
            iat: Some(token.issued_at.0),
            iss: Some(issuer.to_owned()),
            token_type: Some(match token.kind {
                Kind::Access => "bearer",
                Kind::Refresh => "refresh_token",
            }),
            ext: token.extra.into_iter().flatten().collect(),
            ..Self::default()
        }
    }
}
