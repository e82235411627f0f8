//! The two shapes of an error, and the moment it takes one.

use std::borrow::Cow;

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_LENGTH, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;
use utoipa::ToSchema;

use super::Failure;
use crate::http::pages;
use crate::http::request_id::RequestId;

/// An error of the endpoints that manage the server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = genericError)]
pub(crate) struct GenericError {
    error: GenericErrorBody,
}

/// What went wrong. Empty properties are left out, `message` excepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = genericErrorBody)]
pub(crate) struct GenericErrorBody {
    /// The HTTP status, repeated.
    #[schema(required = false)]
    code: i64,
    /// The words that go with the status, such as `Forbidden`.
    #[schema(required = false)]
    status: &'static str,
    /// The `X-Request-ID` of the request, for finding it in the log.
    #[serde(skip_serializing_if = "String::is_empty")]
    request: String,
    /// A hint at what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<Cow<'static, str>>,
    /// What was wrong, for people to read.
    message: String,
}

/// An error of the protocol endpoints (RFC 6749 section 5.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = oAuth2Error)]
pub(crate) struct OAuth2Error {
    /// The error code of RFC 6749 section 5.2 or RFC 6750 section 3.1, such as `invalid_client`.
    error: &'static str,
    /// What was wrong, for people to read.
    #[schema(required = false)]
    error_description: String,
    /// The HTTP status, repeated.
    #[serde(rename = "statusCode")]
    #[schema(required = false)]
    status_code: i64,
}

/// A failure of an endpoint that manages the server.
#[derive(Debug)]
pub(crate) struct Generic(Failure);

/// A failure of a protocol endpoint.
#[derive(Debug)]
pub(crate) struct OAuth2(Failure);

/// A failure of an endpoint where people are: a page for a browser, and what a protocol endpoint would
/// say for a program.
#[derive(Debug)]
pub(crate) struct Page(Failure);

impl<T: Into<Failure>> From<T> for Page {
    fn from(failure: T) -> Self {
        Self(failure.into())
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        carry(self.0, Shape::Page)
    }
}

impl<T: Into<Failure>> From<T> for Generic {
    fn from(failure: T) -> Self {
        Self(failure.into())
    }
}

impl<T: Into<Failure>> From<T> for OAuth2 {
    fn from(failure: T) -> Self {
        Self(failure.into())
    }
}

impl IntoResponse for Generic {
    fn into_response(self) -> Response {
        carry(self.0, Shape::Generic)
    }
}

impl IntoResponse for OAuth2 {
    fn into_response(self) -> Response {
        carry(self.0, Shape::OAuth2)
    }
}

/// A failure of code that does not know which endpoint it is part of.
#[derive(Debug)]
pub(crate) struct Anywhere(pub(crate) Failure);

impl IntoResponse for Anywhere {
    fn into_response(self) -> Response {
        carry(self.0, Shape::OfPath)
    }
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Generic,
    OAuth2,
    Page,
    /// The one that the path's own failures have.
    OfPath,
}

#[derive(Debug, Clone)]
struct Carried(Failure, Shape);

fn carry(failure: Failure, shape: Shape) -> Response {
    let mut response = failure.0.status.into_response();
    if let Some(challenge) = failure.0.challenge.clone() {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(seconds) = failure.0.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(Carried(failure, shape));
    response
}

/// Writes the body of a failure, and its cause to the log.
pub(crate) async fn render(request_id: RequestId, request: Request, next: Next) -> Response {
    let below_oauth2 = request.uri().path().starts_with("/oauth2/");
    let from_browser = asks_for_html(request.headers());
    let mut response = next.run(request).await;
    let Some(Carried(Failure(failure), shape)) = response.extensions_mut().remove() else {
        return response;
    };
    if let Some(cause) = &failure.cause {
        tracing::error!(request = request_id.as_str(), %cause, "request failed");
    }
    let code = i64::from(failure.status.as_u16());
    let oauth2 = match shape {
        Shape::Generic => false,
        Shape::OAuth2 | Shape::Page => true,
        Shape::OfPath => below_oauth2,
    };
    let body = if matches!(shape, Shape::Page) && from_browser {
        let hint = failure.reason.as_deref();
        let id = request_id.as_str();
        pages::failure(failure.status, failure.code, &failure.message, hint, id)
    } else if oauth2 {
        Json(OAuth2Error {
            error: failure.code,
            error_description: failure.message,
            status_code: code,
        })
        .into_response()
    } else {
        Json(GenericError {
            error: GenericErrorBody {
                code,
                status: failure.status.canonical_reason().unwrap_or_default(),
                request: request_id.as_str().to_owned(),
                reason: failure.reason,
                message: failure.message,
            },
        })
        .into_response()
    };
    let (head, body) = body.into_parts();
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().extend(head.headers);
    *response.body_mut() = body;
    response
}

/// Browsers say that they want HTML; nobody else does.
fn asks_for_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}
