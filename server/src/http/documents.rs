//! The contract, served: `/openapi.json`, and with feature `contract-file` also `/swagger.json` and
//! Swagger UI at `/docs`.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::http::App;
use crate::http::openapi::NOWHERE;

/// Routes for the documents, written once at start.
pub(crate) fn router(document: &OpenApi, issuer: &str) -> axum::Router<App> {
    let router = axum::Router::new().route("/openapi.json", json(openapi(document, issuer)));
    #[cfg(feature = "contract-file")]
    let router = router
        .route("/swagger.json", json(swagger::document(issuer)))
        .merge(swagger::ui());
    router
}

/// The document of OpenAPI 3.1, told where this server is.
fn openapi(document: &OpenApi, issuer: &str) -> serde_json::Result<Vec<u8>> {
    let mut document = serde_json::to_value(document)?;
    place_urls(&mut document["components"]["securitySchemes"], issuer);
    serde_json::to_vec(&document)
}

/// Puts the URLs of every flow, however deep it stands, at the issuer.
fn place_urls(value: &mut Value, issuer: &str) {
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                place_urls(member, issuer);
            }
        }
        Value::String(url) => {
            if let Some(path) = url.strip_prefix(NOWHERE) {
                *url = format!("{issuer}{path}");
            }
        }
        _ => {}
    }
}

/// A route that answers one JSON document.
fn json(document: serde_json::Result<Vec<u8>>) -> axum::routing::MethodRouter<App> {
    // Writing a value that is JSON already cannot fail; if it does, nothing is served in its place.
    let document = Bytes::from(document.unwrap_or_default());
    get(async move || ([(CONTENT_TYPE, "application/json")], document))
}

#[cfg(feature = "contract-file")]
mod swagger {
    use axum::middleware::map_response;
    use axum::response::Response;
    use http::HeaderValue;
    use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
    use serde_json::{Value, json};
    use url::Url;
    use utoipa_swagger_ui::{Config, SwaggerUi};

    use crate::http::App;

    /// The committed file. It says nothing of where it is served from.
    const COMMITTED: &str = include_str!("../../../api.swagger.json");

    /// The committed document, told where this server is.
    pub(super) fn document(issuer: &str) -> serde_json::Result<Vec<u8>> {
        let mut document: Value = serde_json::from_str(COMMITTED)?;
        if let Ok(url) = Url::parse(issuer) {
            place(&mut document, &url, issuer);
        }
        serde_json::to_vec(&document)
    }

    fn place(document: &mut Value, url: &Url, issuer: &str) {
        let host = url.host_str().unwrap_or_default();
        document["host"] = match url.port() {
            Some(port) => json!(format!("{host}:{port}")),
            None => json!(host),
        };
        document["schemes"] = json!([url.scheme()]);
        document["basePath"] = json!(url.path());
        super::place_urls(&mut document["securityDefinitions"], issuer);
    }

    /// Swagger UI, whose files are part of this program. It needs nothing from elsewhere, and nobody
    /// needs it in a frame.
    pub(super) fn ui() -> axum::Router<App> {
        axum::Router::from(SwaggerUi::new("/docs").config(Config::from("/swagger.json"))).layer(
            map_response(async |mut response: Response| {
                response.headers_mut().extend([
                    (
                        CONTENT_SECURITY_POLICY,
                        HeaderValue::from_static(
                            "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                             img-src 'self' data:; frame-ancestors 'none'",
                        ),
                    ),
                    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
                    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                ]);
                response
            }),
        )
    }
}
