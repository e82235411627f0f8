//! `/.well-known`: what a client must know before it can begin.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::client::grant_type;
use crate::domain::jwk;
use crate::flows::signing_keys;
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_well_known))
        .routes(routes!(well_known))
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

/// A set of keys (RFC 7517 section 5).
#[derive(Serialize, ToSchema)]
#[schema(as = jsonWebKeySet)]
pub(crate) struct JsonWebKeySet {
    /// The keys. Their order means nothing.
    #[schema(required = false)]
    keys: Vec<JsonWebKey>,
}

/// A key (RFC 7517 section 4; parameters by kind of key: RFC 7518 section 6).
#[derive(Default, Serialize, ToSchema)]
#[schema(as = jsonWebKey)]
pub(crate) struct JsonWebKey {
    /// What the key is for: `sig` for signing, `enc` for encrypting.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    usage: Option<String>,
    /// The kind of key: `RSA`, `EC`, `oct` or `OKP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kty: Option<String>,
    /// Tells this key from the others of its set; the header of a token names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kid: Option<String>,
    /// The curve of an `EC` or `OKP` key, such as `P-521`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    crv: Option<String>,
    /// The algorithm the key is meant for, such as `RS256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    alg: Option<String>,
    /// The value of an `oct` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    k: Option<String>,
    /// First coordinate of an `EC` key, or the public part of an `OKP` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    x: Option<String>,
    /// Second coordinate of an `EC` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    y: Option<String>,
    /// Modulus of an `RSA` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    n: Option<String>,
    /// Public exponent of an `RSA` key, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    e: Option<String>,
    /// Private part of an `RSA`, `EC` or `OKP` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    d: Option<String>,
    /// First prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    p: Option<String>,
    /// Second prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    q: Option<String>,
    /// Exponent for the first prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dp: Option<String>,
    /// Exponent for the second prime of an `RSA` key, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dq: Option<String>,
    /// Inverse of the second prime modulo the first, base64url. Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    qi: Option<String>,
    /// Certificates of the key, its own first, each base64 (not base64url) DER.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    x5c: Vec<String>,
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
        id_token_signing_alg_values_supported: vec!["RS256"],
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

/// Keys that ID tokens are verified with
///
/// Public keys only. Open to everybody.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "wellKnown",
    tag = "oAuth2",
    responses(
        (status = 200, description = "The public keys.", body = JsonWebKeySet),
        (status = 500, description = "The server failed.", body = GenericError),
        (status = 503, description = "The database cannot be reached, or the first key is still being made.", body = GenericError),
    ),
)]
pub(crate) async fn well_known(State(app): State<App>) -> Result<Json<JsonWebKeySet>, Generic> {
    let keys = signing_keys::public_keys(&app).await?;
    if keys.is_empty() {
        return Err(Failure::no_key_yet().into());
    }
    let keys = keys.into_iter().map(JsonWebKey::from).collect();
    Ok(Json(JsonWebKeySet { keys }))
}

impl From<jwk::JsonWebKey> for JsonWebKey {
    fn from(key: jwk::JsonWebKey) -> Self {
        Self {
            usage: key.usage,
            kty: key.kty,
            kid: key.kid,
            crv: key.crv,
            alg: key.alg,
            k: key.k,
            x: key.x,
            y: key.y,
            n: key.n,
            e: key.e,
            d: key.d,
            p: key.p,
            q: key.q,
            dp: key.dp,
            dq: key.dq,
            qi: key.qi,
            x5c: key.x5c,
        }
    }
}
