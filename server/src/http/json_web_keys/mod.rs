//! JSON Web Keys: kept for others at `/keys`, and those that the world verifies ID tokens with.

mod key;
mod public;
mod scopes;
mod set;
mod wire;

use axum::middleware::map_response;
use axum::response::Response;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    let managed = set::router().merge(key::router());
    public::router().merge(managed.layer(map_response(uncached)))
}

/// Answers hold private keys; nobody between shall keep them.
async fn uncached(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
