//! One line per request, and the request's id on every line that it causes.
//!
//! The line says what was asked, what was answered and how long it took. Never the query string, a
//! header or a body, in which credentials may stand.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::http::request_id::RequestId;
use crate::http::transport::Transport;

pub(crate) async fn log(
    request_id: RequestId,
    transport: Transport,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!(target: "hydra::request", "request", id = request_id.as_str());
    let response = next.run(request).instrument(span).await;
    let status = response.status();
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    let peer = transport.peer_ip();
    tracing::info!(
        target: "hydra::request",
        %method,
        path,
        status = status.as_u16(),
        milliseconds = format_args!("{milliseconds:.1}"),
        peer = peer.map(tracing::field::display),
        request = request_id.as_str(),
        "answered"
    );
    response
}
