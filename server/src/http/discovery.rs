//! `/.well-known`: what a client must know before it can begin.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::client::grant_type;
use crate::domain::pkce::Method;
use crate::flows::signing_keys;
use crate::http::App;
use crate::http::error::GenericError;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_well_known))
        .routes(routes!(get_authorization_server_metadata))
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
    /// What the authorization endpoint may be asked for.
    response_types_supported: Vec<&'static str>,
    /// How the authorization endpoint may answer.
    #[schema(required = false)]
    response_modes_supported: Vec<&'static str>,
    /// The grants there are: those that the token endpoint takes, and `implicit`.
    #[schema(required = false)]
    grant_types_supported: Vec<&'static str>,
    /// How a challenge may be made from its verifier (RFC 7636).
    #[schema(required = false)]
    code_challenge_methods_supported: Vec<&'static str>,
    /// Whether the authorization endpoint names this server in its answers (RFC 9207).
    #[schema(required = false)]
    authorization_response_iss_parameter_supported: bool,
    /// How a client may authenticate at the token endpoint; `none` is for public clients.
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
    #[schema(required = false)]
    userinfo_endpoint: String,
    /// URL where a person logs out (OpenID Connect RP-Initiated Logout 1.0).
    #[schema(required = false)]
    end_session_endpoint: String,
    /// Scopes worth asking for; others may exist.
    #[schema(required = false)]
    scopes_supported: Vec<String>,
    /// Claims that ID tokens may carry; others may exist.
    #[schema(required = false)]
    claims_supported: Vec<String>,
    /// Whether single claims can be asked for (OpenID Connect Core 1.0 section 5.5).
    #[schema(required = false)]
    claims_parameter_supported: bool,
    /// Whether authorization requests may come as a JWT (OpenID Connect Core 1.0 section 6.1).
    #[schema(required = false)]
    request_parameter_supported: bool,
    /// Whether authorization requests may be fetched from the client (OpenID Connect Core 1.0 section 6.2).
    #[schema(required = false)]
    request_uri_parameter_supported: bool,
}

const CLIENT_AUTHENTICATION: &[&str] = &["client_secret_basic", "client_secret_post", "none"];

impl WellKnown {
    fn of(app: &App) -> Self {
        // Joined as text: the issuer may have a path, and must come out as it went in.
        let at = |path: &str| format!("{}{path}", app.issuer);
        let advertised = &app.advertised;
        Self {
            issuer: app.issuer.clone(),
            authorization_endpoint: at("/oauth2/auth"),
            token_endpoint: at("/oauth2/token"),
            jwks_uri: at("/.well-known/jwks.json"),
            subject_types_supported: vec!["public"],
            id_token_signing_alg_values_supported: signing_keys::algorithms(app),
            response_types_supported: vec![
                "code",
                "code id_token",
                "id_token",
                "token id_token",
                "token",
                "code token",
                "code token id_token",
            ],
            response_modes_supported: vec!["query", "fragment", "form_post"],
            grant_types_supported: vec![
                grant_type::AUTHORIZATION_CODE,
                grant_type::IMPLICIT,
                grant_type::REFRESH_TOKEN,
                grant_type::CLIENT_CREDENTIALS,
            ],
            code_challenge_methods_supported: if app.plain_challenges {
                vec![Method::S256.as_str(), Method::Plain.as_str()]
            } else {
                vec![Method::S256.as_str()]
            },
            authorization_response_iss_parameter_supported: true,
            token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION.to_vec(),
            introspection_endpoint: at("/oauth2/introspect"),
            introspection_endpoint_auth_methods_supported: vec!["client_secret_basic", "bearer"],
            revocation_endpoint: at("/oauth2/revoke"),
            revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION.to_vec(),
            userinfo_endpoint: advertised
                .userinfo_endpoint
                .clone()
                .unwrap_or_else(|| at("/userinfo")),
            end_session_endpoint: at("/oauth2/sessions/logout"),
            scopes_supported: with(&["offline", "offline_access", "openid"], &advertised.scopes),
            claims_supported: with(
                &["aud", "auth_time", "exp", "iat", "iss", "sub"],
                &advertised.claims,
            ),
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
        }
    }
}

/// What the server knows of, then what the operator adds.
fn with(known: &[&str], added: &[String]) -> Vec<String> {
    let mut all: Vec<String> = known.iter().copied().map(str::to_owned).collect();
    for one in added {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    all
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
    Json(WellKnown::of(&app))
}

/// Server metadata, for OAuth 2.0
///
/// RFC 8414; the same document as OpenID Connect's. If the issuer has a path, the document is also to be had
/// with that path at the end, where RFC 8414 section 3.1 wants it. Open to everybody.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    operation_id = "getAuthorizationServerMetadata",
    tag = "oAuth2",
    responses(
        (status = 200, description = "What this server can do.", body = WellKnown),
        (status = 500, description = "The server failed.", body = GenericError),
    ),
)]
pub(crate) async fn get_authorization_server_metadata(State(app): State<App>) -> Json<WellKnown> {
    Json(WellKnown::of(&app))
}
