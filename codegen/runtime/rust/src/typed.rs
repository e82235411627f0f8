//! What a client made by progenitor needs around it: hooks that lead its requests through a
//! [`Transport`].

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, Entry, HeaderMap, HeaderValue};
use progenitor_client::{Error, OperationInfo};
use reqwest::{Request, Response, ResponseBuilderExt};

use super::auth::add_cookie;
use super::request::urlencoded;
use super::{BodyKind, ListFormat, Location, Operation, TokenError, Transport, TransportError};

/// Name of a header in which a generated function hands over a cookie, which progenitor does not
/// know, followed by the cookie's name.
const COOKIE_HEADER: &str = "x-cookie-parameter-";

/// How much of a refusal's body is kept.
const LONGEST_REFUSAL: usize = 4 * 1024 * 1024;

/// Progenitor's hook before a request is sent.
///
/// # Errors
/// If the request cannot be sent, or there is no token for it.
pub async fn pre<E>(
    transport: &Transport,
    request: &mut Request,
    info: &OperationInfo,
) -> Result<(), Error<E>> {
    let operation = operation(transport, info).map_err(Error::Custom)?;
    adapt(operation, request).map_err(custom)?;
    transport.prepare(operation, request).await.map_err(custom)
}

/// Progenitor's hook to send a request.
///
/// # Errors
/// If there is no answer.
pub async fn exec(
    transport: &Transport,
    request: Request,
    info: &OperationInfo,
) -> reqwest::Result<Response> {
    let Ok(operation) = operation(transport, info) else {
        // `pre` has refused such a call already.
        return transport.http().execute(request).await;
    };
    let response = transport.execute(operation, request).await?;
    if let Some(capture) = transport.options().and_then(|o| o.capture.as_ref()) {
        // With a URL, since reqwest would parse one for an answer that has none.
        let empty = http::Response::builder().url(response.url().clone());
        capture.put(response);
        return Ok(Response::from(empty.body(Bytes::new()).unwrap_or_default()));
    }
    readable(response).await
}

/// Progenitor's hook before an answer is looked at.
///
/// # Errors
/// If the answer went into a [`Capture`](super::Capture).
pub async fn post<E>(transport: &Transport) -> Result<(), Error<E>> {
    match transport.options().and_then(|o| o.capture.as_ref()) {
        Some(capture) if capture.is_filled() => Err(Error::Custom(
            "the answer was captured as it came".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn operation(transport: &Transport, info: &OperationInfo) -> Result<&'static Operation, String> {
    transport
        .api()
        .operation(info.operation_id)
        .ok_or_else(|| format!("the operation `{}` is not in the table", info.operation_id))
}

pub(crate) fn custom<E>(error: TransportError) -> Error<E> {
    match error {
        TransportError::Request(message) => Error::InvalidRequest(message),
        TransportError::Network(error) => Error::CommunicationError(error),
        TransportError::Token(error @ TokenError::Refused { .. }) => {
            Error::UnexpectedResponse(error.into_response())
        }
        other => Error::Custom(other.to_string()),
    }
}

/// Makes what progenitor wrote into what the document asks for.
fn adapt(operation: &Operation, request: &mut Request) -> Result<(), TransportError> {
    // Progenitor sends the document's version with every request, before any header of the same
    // name that the document itself describes.
    if let Entry::Occupied(entry) = request.headers_mut().entry("api-version") {
        let (name, values) = entry.remove_entry_mult();
        let own: Vec<_> = values.skip(1).collect();
        for value in own {
            request.headers_mut().append(name.clone(), value);
        }
    }
    // `prepare` sets the document's own.
    request.headers_mut().remove(ACCEPT);
    for parameter in operation
        .parameters
        .iter()
        .filter(|p| p.location == Location::Cookie)
    {
        let name = format!("{COOKIE_HEADER}{}", parameter.name.to_ascii_lowercase());
        if let Some(value) = request.headers_mut().remove(&name) {
            let value = value.to_str().map_err(|_| {
                TransportError::Request(format!("the cookie `{}` cannot be sent", parameter.name))
            })?;
            let pair = format!("{}={value}", parameter.name);
            add_cookie(request.headers_mut(), &pair)?;
        }
    }
    let Some(kind) = operation.body else {
        return Ok(());
    };
    let written = request.body().and_then(reqwest::Body::as_bytes);
    match kind {
        // An optional body that was not given is written as null.
        _ if written == Some(b"null") && !operation.body_required => {
            *request.body_mut() = None;
            request.headers_mut().remove(CONTENT_TYPE);
        }
        // Forms are handed over as JSON.
        BodyKind::Form | BodyKind::Multipart => {
            let fields = fields(operation, written.unwrap_or(b"{}"))?;
            *request.body_mut() = Some(urlencoded(&fields).into());
            request.headers_mut().insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            );
        }
        BodyKind::Json | BodyKind::Raw => {
            if let Some(content_type) = operation.content_type {
                request
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
        }
    }
    Ok(())
}

/// The fields of a form, out of the JSON object that a generated function made of its arguments.
fn fields(operation: &Operation, json: &[u8]) -> Result<Vec<(String, String)>, TransportError> {
    let wrong = |what: String| TransportError::Request(format!("the form cannot be sent: {what}"));
    let mut object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(json).map_err(|e| wrong(e.to_string()))?;
    let mut fields = Vec::new();
    let known = operation
        .parameters
        .iter()
        .filter(|p| matches!(p.location, Location::Form | Location::File));
    for parameter in known {
        if let Some(value) = object.remove(parameter.name) {
            add_field(&mut fields, parameter.name, value, parameter.list);
        }
    }
    for (name, value) in object {
        add_field(&mut fields, &name, value, None);
    }
    Ok(fields)
}

fn add_field(
    fields: &mut Vec<(String, String)>,
    name: &str,
    value: serde_json::Value,
    list: Option<ListFormat>,
) {
    use serde_json::Value;
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let texts: Vec<_> = items.into_iter().map(text).collect();
            match list {
                Some(ListFormat::Joined(by)) => fields.push((name.to_owned(), texts.join(by))),
                _ => fields.extend(texts.into_iter().map(|text| (name.to_owned(), text))),
            }
        }
        value => fields.push((name.to_owned(), text(value))),
    }
}

fn text(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Makes an answer into one that progenitor's decoding cannot lose.
///
/// Progenitor drops status and headers of a refusal whose body is not the JSON it expects; so
/// every refusal's body becomes a JSON string, which [`Failure`](super::Failure) takes apart again.
async fn readable(response: Response) -> reqwest::Result<Response> {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let headers = response.headers().clone();
        let body = limited(response).await?;
        let text = serde_json::Value::from(String::from_utf8_lossy(&body)).to_string();
        return Ok(rebuilt(status, &headers, text));
    }
    let empty = status == StatusCode::NO_CONTENT
        || status == StatusCode::RESET_CONTENT
        || response.content_length() == Some(0);
    if status.is_success() && empty {
        let headers = response.headers().clone();
        return Ok(rebuilt(status, &headers, "null".to_owned()));
    }
    Ok(response)
}

pub(crate) async fn limited(mut response: Response) -> reqwest::Result<Bytes> {
    let mut body = BytesMut::new();
    while body.len() < LONGEST_REFUSAL {
        match response.chunk().await? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    body.truncate(LONGEST_REFUSAL);
    Ok(body.freeze())
}

fn rebuilt(status: StatusCode, headers: &HeaderMap, body: String) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers.clone();
    response.headers_mut().remove(CONTENT_LENGTH);
    Response::from(response)
}
