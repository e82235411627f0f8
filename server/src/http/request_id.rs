//! Every request has an id: the caller's `X-Request-ID`, or one of ours. It stands in the log, in the
//! answer's `X-Request-ID` and in the bodies of generic errors.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use crate::domain::random;
use crate::http::App;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are not ids; the log is no place to store things.
const LONGEST: usize = 128;

/// The id of the request at hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Gives the request its id.
pub(crate) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        // What is printed into logs must not be able to forge lines in them.
        .filter(|id| {
            !id.is_empty() && id.len() <= LONGEST && id.bytes().all(|b| b.is_ascii_graphic())
        });
    let id: Arc<str> = match given {
        Some(id) => id.into(),
        None => random::uuid(app.rng.as_ref())
            .map(|id| id.to_string())
            .unwrap_or_default()
            .into(),
    };
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}
