//! Numbers: counting requests, and `/metrics` for Prometheus.
//!
//! `/metrics` is no part of the contract: its format is Prometheus's, and no SDK has a use for it. It
//! tells nothing of persons or clients, but how busy a server is is nobody's business either; so it
//! wants what `/health/metrics` wants, unless the operator opened it. Prometheus can get itself a token
//! (`oauth2` in its `scrape_config`).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::Method;
use http::header::CONTENT_TYPE;
use utoipa::openapi::OpenApi;

use crate::flows::access::{self, Caller, Context};
use crate::flows::metrics::Answered;
use crate::http::App;
use crate::http::error::{Failure, Generic};
use crate::http::extract::authorized::{Authorized, Health};

/// What requests are counted under that are no operation of the contract.
const OTHER: &str = "other";

/// The content type of OpenMetrics 1.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The operations of the contract by their paths and methods.
#[derive(Debug)]
pub(crate) struct Operations {
    by_path: HashMap<String, Vec<(Method, Arc<str>)>>,
    other: Arc<str>,
}

impl Operations {
    /// The operations of a document.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let by_path = document.paths.paths.iter().map(|(path, item)| {
            let methods = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::DELETE, &item.delete),
                (Method::PATCH, &item.patch),
            ];
            let operations = methods.into_iter().filter_map(|(method, operation)| {
                let id = operation.as_ref()?.operation_id.as_deref()?;
                Some((method, Arc::from(id)))
            });
            (path.clone(), operations.collect())
        });
        Self {
            by_path: by_path.collect(),
            other: Arc::from(OTHER),
        }
    }

    /// `other` for what is no operation: the paths that people make up must not become labels.
    fn find(&self, path: Option<&MatchedPath>, method: &Method) -> Arc<str> {
        let found = path
            .and_then(|path| self.by_path.get(path.as_str()))
            .and_then(|operations| operations.iter().find(|(known, _)| known == method));
        Arc::clone(found.map_or(&self.other, |(_, id)| id))
    }
}

/// Counts a request, and how long it takes.
pub(crate) async fn count(
    State((app, operations)): State<(App, Arc<Operations>)>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let path = request.extensions().get::<MatchedPath>();
    let operation = operations.find(path, request.method());
    let method = name(request.method());
    let response = next.run(request).await;
    let answer = Answered {
        operation,
        method,
        status: response.status().as_u16(),
    };
    app.metrics.answered(answer, start.elapsed());
    response
}

fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// `/metrics`, for everybody if it is `open`.
pub(crate) fn router(open: bool) -> axum::Router<App> {
    axum::Router::new().route(
        "/metrics",
        get(async move |State(app): State<App>, request: Request| {
            if !open {
                let (mut parts, _) = request.into_parts();
                let authorized = Authorized::<Health>::from_request_parts(&mut parts, &app).await?;
                allow(&app, &authorized.caller).await?;
            }
            let numbers = app.metrics.prometheus();
            Ok::<_, Generic>(([(CONTENT_TYPE, OPEN_METRICS)], numbers).into_response())
        }),
    )
}

/// Whether `caller` may see the numbers.
///
/// # Errors
/// It may not.
pub(crate) async fn allow(app: &App, caller: &Caller) -> Result<(), Failure> {
    let resource = app.resources.of(&["health", "stats"]);
    Ok(access::allow(app, caller, &resource, "get", &Context::new()).await?)
}
