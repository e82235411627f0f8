//! A call in the making.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use progenitor_client::{Error, ResponseValue};
use reqwest::{Request, StatusCode};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::super::auth::add_cookie;
use super::super::config::header;
use super::super::typed::{custom, limited};
use super::super::{Failure, Location, Operation, Parameter, Transport, TransportError};
use super::answer::Success;
use super::form::Multipart;
use super::style;

/// A call of one operation, to be filled in and sent.
#[derive(Debug)]
#[must_use]
pub struct Call<'a> {
    transport: &'a Transport,
    operation: Option<&'static Operation>,
    path: Vec<(&'static str, String)>,
    query: Vec<(&'static str, Vec<String>)>,
    headers: Vec<(&'static str, String)>,
    cookies: Vec<String>,
    body: Option<Payload>,
    /// A query as it is, in the place of `query`.
    whole_query: Option<String>,
    failed: Option<String>,
}

#[derive(Debug)]
enum Payload {
    Whole(reqwest::Body, Option<&'static str>),
    Multipart(Multipart),
}

impl<'a> Call<'a> {
    /// A call of the operation of this name.
    pub fn new(transport: &'a Transport, operation: &str) -> Self {
        let found = transport.api().operation(operation);
        Self {
            transport,
            operation: found,
            path: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            cookies: Vec::new(),
            body: None,
            whole_query: None,
            failed: None,
        }
    }

    /// The same call once more, without its body.
    pub(super) fn again(&self) -> Self {
        Self {
            transport: self.transport,
            operation: self.operation,
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            cookies: self.cookies.clone(),
            body: None,
            whole_query: self.whole_query.clone(),
            failed: self.failed.clone(),
        }
    }

    /// Takes a query as it is. True, to say that it did.
    pub(super) fn query_as_it_is(&mut self, query: String) -> bool {
        self.whole_query = Some(query);
        true
    }

    /// What becomes of a value: nothing if it is `None`.
    fn given(
        &mut self,
        name: &str,
        location: Location,
        value: impl Serialize,
    ) -> Option<(&'static Parameter, Value)> {
        let known = self.operation?.parameters.iter();
        let mut known = known.filter(|p| p.location == location);
        let parameter = known.find(|p| p.name == name)?;
        match serde_json::to_value(value) {
            Ok(Value::Null) => None,
            Ok(value) => Some((parameter, value)),
            Err(error) => {
                self.failed = Some(format!("`{name}` cannot be sent: {error}"));
                None
            }
        }
    }

    /// Fills in a piece of the path.
    pub fn path(&mut self, name: &str, value: impl Serialize) {
        if let Some((parameter, value)) = self.given(name, Location::Path, value) {
            self.path
                .push((parameter.name, style::path(parameter, &value)));
        }
    }

    /// Adds to the query.
    pub fn query(&mut self, name: &str, value: impl Serialize) {
        if let Some((parameter, value)) = self.given(name, Location::Query, value) {
            // Once more takes the place of what was.
            self.query.retain(|(name, _)| *name != parameter.name);
            self.query
                .push((parameter.name, style::query(parameter, &value)));
        }
    }

    /// Adds a header.
    pub fn header(&mut self, name: &str, value: impl Serialize) {
        if let Some((parameter, value)) = self.given(name, Location::Header, value) {
            self.headers
                .push((parameter.name, style::header(parameter, &value)));
        }
    }

    /// Adds a cookie.
    pub fn cookie(&mut self, name: &str, value: impl Serialize) {
        if let Some((parameter, value)) = self.given(name, Location::Cookie, value) {
            self.cookies.extend(style::cookie(parameter, &value));
        }
    }

    /// Sends this as JSON.
    pub fn json(&mut self, body: &(impl Serialize + ?Sized)) {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body = Some(Payload::Whole(bytes.into(), Some("application/json"))),
            Err(error) => self.failed = Some(format!("the body cannot be sent: {error}")),
        }
    }

    /// Sends this as a form: an object with a member per field.
    pub fn form(&mut self, body: &(impl Serialize + ?Sized)) {
        let fields = match serde_json::to_value(body) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => serde_json::Map::new(),
            Err(error) => {
                self.failed = Some(format!("the form cannot be sent: {error}"));
                return;
            }
        };
        let mut pairs = Vec::new();
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            let known = self.operation.and_then(|operation| {
                let mut known = operation.parameters.iter();
                known.find(|p| p.location == Location::Form && p.name == name)
            });
            pairs.extend(match known {
                Some(parameter) => style::query(parameter, value),
                None => style::pairs(name, value),
            });
        }
        let media_type = Some("application/x-www-form-urlencoded");
        self.body = Some(Payload::Whole(pairs.join("&").into(), media_type));
    }

    /// Sends this form with files.
    pub fn multipart(&mut self, form: Multipart) {
        self.body = Some(Payload::Multipart(form));
    }

    /// Sends these bytes.
    pub fn raw(&mut self, body: impl Into<reqwest::Body>) {
        self.body = Some(Payload::Whole(body.into(), None));
    }

    /// Sends the call. A refusal, that is an answer of status 400 and above, is an error; its body
    /// goes through `refusal`.
    ///
    /// # Errors
    /// If the call cannot be made, if there is no answer, and if the answer is a refusal.
    pub async fn send<E>(
        self,
        refusal: fn(StatusCode, &str) -> Option<E>,
    ) -> Result<Success, Error<Failure<E>>> {
        let transport = self.transport;
        let (operation, mut request) = self.request().map_err(custom)?;
        transport
            .prepare(operation, &mut request)
            .await
            .map_err(custom)?;
        let response = transport
            .execute(operation, request)
            .await
            .map_err(Error::CommunicationError)?;
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(Success::new(response));
        }
        let headers = response.headers().clone();
        let body = limited(response).await.map_err(Error::ResponseBodyError)?;
        let raw = String::from_utf8_lossy(&body).into_owned();
        let value = refusal(status, &raw);
        Err(Error::ErrorResponse(ResponseValue::new(
            Failure::new(raw, value),
            status,
            headers,
        )))
    }

    fn request(self) -> Result<(&'static Operation, Request), TransportError> {
        let wrong = TransportError::Request;
        let operation = self
            .operation
            .ok_or_else(|| wrong("the operation is not in the table".to_owned()))?;
        if let Some(message) = self.failed {
            return Err(wrong(format!("`{}`: {message}", operation.name)));
        }
        let url = self.transport.base_url().to_owned()
            + &filled(operation, &self.path)?
            + &query_of(operation, &self.query, self.whole_query.as_deref());
        let url = Url::parse(&url).map_err(|e| wrong(format!("the call makes no URL: {e}")))?;
        let method = Method::from_bytes(operation.method.as_bytes())
            .map_err(|e| wrong(format!("`{}`: {e}", operation.method)))?;
        let mut request = Request::new(method, url);
        for (name, value) in &self.headers {
            let (name, value) = header(name, value)?;
            request.headers_mut().append(name, value);
        }
        for pair in &self.cookies {
            add_cookie(request.headers_mut(), pair)?;
        }
        match self.body {
            None if operation.body_required => {
                return Err(wrong(format!("`{}` needs a request body", operation.name)));
            }
            None => {}
            Some(Payload::Whole(body, fallback)) => {
                let media_type = operation.content_type.filter(|t| !t.contains('*'));
                let media_type = media_type
                    .or(fallback)
                    .unwrap_or("application/octet-stream");
                let value = HeaderValue::try_from(media_type)
                    .map_err(|_| wrong(format!("`{media_type}` is no media type")))?;
                request.headers_mut().entry(CONTENT_TYPE).or_insert(value);
                *request.body_mut() = Some(body);
            }
            Some(Payload::Multipart(form)) => {
                let form = form.finish().map_err(wrong)?;
                // Only reqwest's builder can write a form, so borrow it for that.
                let place = self.transport.http().post(request.url().clone());
                let mut made = place.multipart(form).build()?;
                if let Some(value) = made.headers().get(CONTENT_TYPE) {
                    request.headers_mut().insert(CONTENT_TYPE, value.clone());
                }
                *request.body_mut() = made.body_mut().take();
            }
        }
        Ok((operation, request))
    }
}

/// The path with its pieces in place.
fn filled(operation: &Operation, pieces: &[(&str, String)]) -> Result<String, TransportError> {
    let mut text = String::new();
    let mut rest = operation.path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        text.push_str(before);
        match pieces.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => text.push_str(value),
            None => {
                return Err(TransportError::Request(format!(
                    "`{}` needs the path parameter `{name}`",
                    operation.name
                )));
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// The query with its `?`, behind one that the path may have itself.
fn query_of(operation: &Operation, query: &[(&str, Vec<String>)], whole: Option<&str>) -> String {
    if let Some(whole) = whole {
        return format!("?{whole}");
    }
    let pairs: Vec<&str> = query
        .iter()
        .flat_map(|(_, pairs)| pairs)
        .map(String::as_str)
        .collect();
    match pairs.is_empty() {
        true => String::new(),
        false if operation.path.contains('?') => format!("&{}", pairs.join("&")),
        false => format!("?{}", pairs.join("&")),
    }
}
