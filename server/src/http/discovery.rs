//! `/.well-known`: what a client must know before it can begin.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::client::grant_type;
use crate::flows::signing_keys;
use crate::http::App;
use crate::http::error::GenericError;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_well_known))
}

/// What this server can do (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
///
/// Only what works is told: a capability that is not listed does not exist.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = wellKnown)]
pub(crate) struct WellKnown {
    /// The URL by which this server calls itself, without a trailing slash. The `iss` of its tokens.
    issuer: String,
    /// URL of the authorization endpoint.
    authorization_endpoint: String,
    /// URL of the token endpoint.
    token_endpoint: String,
    /// URL of the key set that ID tokens are verified with.
    jwks_uri: String,
    /// How `sub` is chosen: `public` means that every client sees the same one.
    subject_types_supported: Vec<&'static str>,
    /// The algorithms that ID tokens may be signed with.
    id_token_signing_alg_values_supported: Vec<&'static str>,
    /// What the authorization endpoint may be asked for. Empty while it answers nothing.
    response_types_supported: Vec<&'static str>,
    /// The grants that the token endpoint takes.
    #[schema(required = false)]
    grant_types_supported: Vec<&'static str>,
    /// How a client may authenticate at the token endpoint.
    #[schema(required = false)]
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// URL of the introspection endpoint (RFC 7662).
    #[schema(required = false)]
    introspection_endpoint: String,
    /// How a caller may authenticate at the introspection endpoint.
    #[schema(required = false)]
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    /// URL of the revocation endpoint (RFC 7009).
    #[schema(required = false)]
    revocation_endpoint: String,
    /// How a client may authenticate at the revocation endpoint.
    #[schema(required = false)]
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    /// URL of the userinfo endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    userinfo_endpoint: Option<String>,
    /// Scopes worth asking for; others may exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'static str>,
    /// Claims that ID tokens may carry; others may exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims_supported: Vec<&'static str>,
}

/// Server metadata
///
/// OpenID Connect Discovery 1.0. Open to everybody.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    operation_id = "getWellKnown",
    tag = "oAuth2",
    responses(
        (status = 200, description = "What this server can do.", body = WellKnown),
        (status = 500, description = "The server failed.", body = GenericError),
    ),
)]
pub(crate) async fn get_well_known(State(app): State<App>) -> Json<WellKnown> {
    // Joined as text: the issuer may have a path, and must come out as it went in.
    let at = |path: &str| format!("{}{path}", app.issuer);
    Json(WellKnown {
        issuer: app.issuer.clone(),
        authorization_endpoint: at("/oauth2/auth"),
        token_endpoint: at("/oauth2/token"),
        jwks_uri: at("/.well-known/jwks.json"),
        subject_types_supported: vec!["public"],
        id_token_signing_alg_values_supported: signing_keys::algorithms(&app),
        response_types_supported: vec![],
        grant_types_supported: vec![grant_type::CLIENT_CREDENTIALS],
        token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION.to_vec(),
        introspection_endpoint: at("/oauth2/introspect"),
        introspection_endpoint_auth_methods_supported: vec!["client_secret_basic", "bearer"],
        revocation_endpoint: at("/oauth2/revoke"),
        revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION.to_vec(),
        userinfo_endpoint: None,
        scopes_supported: vec![],
        claims_supported: vec![],
    })
}

const CLIENT_AUTHENTICATION: &[&str] = &["client_secret_basic", "client_secret_post"];
