//! HTTP: a file per resource, each with its wire types and its annotated operations.
//!
//! [`service`] puts them together with what every request passes: it gets an id, is logged, must have
//! come by a connection that will do, and whatever goes wrong is answered in one of two shapes.

mod authorization;
mod clients;
mod consent_requests;
mod consent_sessions;
mod cookies;
mod cors;
mod discovery;
mod documents;
mod error;
mod extract;
mod flush;
mod health;
mod introspection;
mod issuer_path;
mod json_web_keys;
mod location;
mod log;
mod logout;
mod metrics;
mod openapi;
mod pages;
mod policies;
mod request_id;
mod revocation;
mod token;
mod transport;
mod userinfo;
mod warden;

use std::any::Any;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

pub use self::cors::{Cors, CorsSettings, InvalidCors};
#[cfg(feature = "cli")]
pub(crate) use self::pages::signed_in;
pub use self::transport::{Transport, TransportPolicy};
use crate::flows::Services;
use crate::http::error::{Anywhere, Failure, Generic};
use crate::http::issuer_path::IssuerPath;
use crate::http::metrics::Operations;

/// What handlers share.
pub(crate) type App = Arc<Services>;

/// The largest request body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// Every operation of the contract, routed.
fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::Frame::openapi())
        .merge(health::router())
        .merge(discovery::router())
        .merge(json_web_keys::router())
        .merge(clients::router())
        .merge(authorization::router())
        .merge(consent_requests::router())
        .merge(consent_sessions::router())
        .merge(logout::router())
        .merge(policies::router())
        .merge(warden::router())
        .merge(token::router())
        .merge(introspection::router())
        .merge(revocation::router())
        .merge(userinfo::router())
        .merge(flush::router())
}

/// The contract: the OpenAPI 3.1 document of all that is routed.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    operations().into_openapi()
}

/// What the operator decides about requests as such.
#[derive(Debug, Clone)]
pub struct Frontage {
    /// Which connections will do.
    pub transport: TransportPolicy,
    /// Which scripts of other origins may read answers; `None` means none.
    pub cors: Option<Cors>,
    /// Whether everybody may read `/metrics`.
    pub open_metrics: bool,
}

impl From<TransportPolicy> for Frontage {
    /// Nothing allowed that is not asked for.
    fn from(transport: TransportPolicy) -> Self {
        Self {
            transport,
            cors: None,
            open_metrics: false,
        }
    }
}

/// The whole HTTP service. Requests must carry a [`Transport`] in their extensions.
pub fn service(services: Arc<Services>, frontage: impl Into<Frontage>) -> axum::Router {
    let frontage = frontage.into();
    let (router, document) = operations().split_for_parts();
    let router = router
        .merge(documents::router(&document, &services.issuer))
        .merge(metrics::router(frontage.open_metrics))
        .merge(pages::router());
    let path = IssuerPath::of(&services.issuer);
    path.before(surround(
        router,
        services,
        frontage,
        Operations::of(&document),
    ))
}

/// Puts around the operations what every request passes.
fn surround(
    router: axum::Router<App>,
    services: Arc<Services>,
    frontage: Frontage,
    operations: Operations,
) -> axum::Router {
    let counted = (Arc::clone(&services), Arc::new(operations));
    let cors = frontage
        .cors
        .map(|cors| from_fn_with_state(cors, cors::apply));
    router
        .fallback(async || Generic::from(Failure::unknown_path()))
        .method_not_allowed_fallback(async || Generic::from(Failure::method_not_allowed()))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(
                    Arc::clone(&services),
                    request_id::identify,
                ))
                .layer(from_fn(log::log))
                .layer(from_fn_with_state(counted, metrics::count))
                .option_layer(cors)
                .layer(from_fn(error::render))
                .layer(from_fn_with_state(
                    Arc::new(frontage.transport),
                    transport::gate,
                ))
                .layer(CatchPanicLayer::custom(panicked))
                .layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .with_state(services)
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(panic = message, "a handler panicked");
    Anywhere(Failure::panicked()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_answers_in_its_paths_shape_and_tells_nothing() {
        let panic = || get(async || -> () { panic!("the secret reason") });
        let router = axum::Router::new()
            .route("/oauth2/panic", panic())
            .route("/panic", panic());
        let (services, _) = crate::flows::tests::services().await;
        let service = surround(
            router,
            Arc::new(services),
            TransportPolicy::Any.into(),
            Operations::of(&contract()),
        );
        for (path, member) in [("/oauth2/panic", "error_description"), ("/panic", "error")] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), 500);
            let body = to_bytes(response.into_body(), 4096).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert!(!text.contains("secret"), "{text}");
            let body: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(body.get(member).is_some(), "{text}");
        }
    }
}
