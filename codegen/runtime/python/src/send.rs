//! One request, and its repetitions.
//!
//! Three ways lead out, all through the Rust SDK:
//!
//! 1. its typed client, when the call is one of the API's and the arguments fit its types without
//!    being changed by them;
//! 2. its transport with the same operation, when they do not fit (an explicit `null`, a number
//!    where a text belongs, …): the server shall see what the program gave;
//! 3. its HTTP client, for requests that are no operation of the API, and for what no operation
//!    can say (a path with characters left unescaped, a key in the query).

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use reqwest::{Request, Response};

use super::Sdk;
use super::failure::Failure;
use super::given::{Content, Given};
use super::sdk::{Arguments, Body, CallOptions, Capture, Operation, Transport};
use super::text::{Pairs, escape};
use super::timeout::Limits;

/// Attempts after the first one; urllib3's default.
const RETRIES: usize = 3;

struct Table {
    sdk: &'static Sdk,
    operations: HashMap<(&'static str, &'static str), &'static Operation>,
}

static TABLE: OnceLock<Table> = OnceLock::new();

/// Tells this module about the API.
pub(crate) fn install(sdk: &'static Sdk) {
    TABLE.get_or_init(|| Table {
        sdk,
        operations: sdk
            .api
            .operations
            .iter()
            .map(|o| ((o.method, o.path), o))
            .collect(),
    });
}

/// The API, once [`install`] was called.
pub(crate) fn sdk() -> Option<&'static Sdk> {
    TABLE.get().map(|table| table.sdk)
}

fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    TABLE.get()?.operations.get(&(method, path)).copied()
}

/// A call, out of Python's hands.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    pub(crate) method: String,
    /// What is put before the path, as it is.
    pub(crate) host: String,
    /// Path, maybe with `{names}`.
    pub(crate) path: String,
    pub(crate) given: Given,
    pub(crate) headers: Pairs,
    /// Goes to the end of the query: keys.
    pub(crate) extra_query: Pairs,
    /// Characters that are left alone in values of the path.
    pub(crate) safe: String,
    pub(crate) limits: Limits,
}

impl Outgoing {
    /// The base URL to make a transport for.
    pub(crate) fn base_url(&self) -> &str {
        // A transport drops a slash at the end; the third way puts it back.
        if self.is_plain() {
            &self.host
        } else {
            origin(&self.host)
        }
    }

    /// True if the transport puts URLs together as Python does.
    fn is_plain(&self) -> bool {
        self.safe.is_empty()
            && self.extra_query.is_empty()
            && !self.host.ends_with('/')
            && !self.host.contains(['?', '#', '@'])
    }

    /// Path and query, for messages.
    pub(crate) fn target(&self) -> String {
        self.full_path().unwrap_or_else(|_| self.path.clone())
    }

    /// # Errors
    /// For values that would lead to another path: URLs have such pieces taken out (RFC 3986
    /// section 5.2.4), escaped or not.
    fn check_path(&self) -> Result<(), Failure> {
        match self
            .given
            .path
            .iter()
            .find(|(_, value)| value == "." || value == "..")
        {
            None => Ok(()),
            Some((name, value)) => Err(Failure::Request(format!(
                "Invalid value for the path parameter `{name}`: `{value}` leads to another path"
            ))),
        }
    }

    /// # Errors
    /// As [`check_path`](Self::check_path).
    fn full_path(&self) -> Result<String, Failure> {
        self.check_path()?;
        let mut path = self.path.clone();
        for (name, value) in &self.given.path {
            let piece = format!("{{{name}}}");
            if !path.contains(&piece) {
                continue;
            }
            path = path.replace(&piece, &escape(value, &self.safe));
        }
        Ok(path)
    }

    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str())
    }

    /// The request itself, for the third way.
    fn request(&self) -> Result<Request, Failure> {
        let mut url = format!("{}{}", self.host, self.full_path()?);
        let query: Vec<_> = self.given.query.iter().chain(&self.extra_query).collect();
        if !query.is_empty() {
            url.push('?');
            url.push_str(&urlencoded(query));
        }
        let url = url::Url::parse(&url)
            .map_err(|e| Failure::Request(format!("`{}` is no URL to send to: {e}", self.host)))?;
        let method = http::Method::from_bytes(self.method.as_bytes())
            .map_err(|_| Failure::Request(format!("`{}` is no HTTP method", self.method)))?;
        let mut request = Request::new(method, url);
        for (name, value) in &self.headers {
            let parsed = HeaderName::try_from(name.as_str())
                .map_err(|_| Failure::Request(format!("Invalid header name {name:?}")))?;
            // The value may be a secret, so the message does not have it.
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| Failure::Request(format!("Invalid value of the header {name}")))?;
            request.headers_mut().insert(parsed, value);
        }
        *request.body_mut() = match &self.given.content {
            Content::None => None,
            Content::Json(bytes) | Content::Raw(bytes) => Some(bytes.clone().into()),
            Content::Form(fields) => Some(urlencoded(fields.iter()).into()),
        };
        Ok(request)
    }
}

fn origin(host: &str) -> &str {
    let start = host.find("://").map_or(0, |at| at + 3);
    let end = host
        .get(start..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .map_or(host.len(), |at| start + at);
    host.get(..end).unwrap_or(host)
}

/// Pairs as in `application/x-www-form-urlencoded`.
fn urlencoded<'a>(pairs: impl IntoIterator<Item = &'a (String, String)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// An answer with its whole body.
pub(crate) struct Whole {
    pub(crate) response: Response,
    pub(crate) body: Bytes,
}

/// Sends, and reads the whole answer.
///
/// # Errors
/// If there is no answer after all attempts.
pub(crate) async fn whole(transport: &Transport, call: &Outgoing) -> Result<Whole, Failure> {
    repeat(call, || async {
        let mut response = once(transport, call).await?;
        // Asked before anything is read: later it tells what is still to come.
        let length = response.content_length();
        let mut body = Vec::new();
        while let Some(piece) = chunk(&mut response, call.limits.read).await? {
            if body.is_empty() && length == Some(piece.len() as u64) {
                // The usual case: the body came in one piece, so it need not be copied.
                return Ok(Whole {
                    response,
                    body: piece,
                });
            }
            body.extend_from_slice(&piece);
        }
        Ok(Whole {
            response,
            body: body.into(),
        })
    })
    .await
}

/// Sends, and leaves the body to be read.
///
/// # Errors
/// If there is no answer after all attempts.
pub(crate) async fn head(transport: &Transport, call: &Outgoing) -> Result<Response, Failure> {
    repeat(call, || once(transport, call)).await
}

/// The next piece of a body.
///
/// # Errors
/// If the connection broke, or nothing came in time.
pub(crate) async fn chunk(
    response: &mut Response,
    limit: Option<Duration>,
) -> Result<Option<Bytes>, Failure> {
    match limit {
        None => Ok(response.chunk().await?),
        Some(limit) => match tokio::time::timeout(limit, response.chunk()).await {
            Ok(piece) => Ok(piece?),
            Err(_) => Err(Failure::read_timeout()),
        },
    }
}

async fn repeat<T, F: Future<Output = Result<T, Failure>>>(
    call: &Outgoing,
    attempt: impl Fn() -> F,
) -> Result<T, Failure> {
    let idempotent = is_idempotent(&call.method);
    let mut retries = 0;
    loop {
        match attempt().await {
            Err(failure) if retries < RETRIES && failure.is_passing(idempotent) => retries += 1,
            done => return done,
        }
    }
}

/// True if sending twice is the same as sending once (RFC 9110 section 9.2.2).
pub(crate) fn is_idempotent(method: &str) -> bool {
    matches!(
        method,
        "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE"
    )
}

async fn once(transport: &Transport, call: &Outgoing) -> Result<Response, Failure> {
    let patience = match (call.limits.connect, call.limits.read) {
        (_, None) => None,
        (connect, Some(read)) => Some(connect.unwrap_or_default() + read),
    };
    match patience {
        None => sent(transport, call).await,
        Some(limit) => match tokio::time::timeout(limit, sent(transport, call)).await {
            Ok(done) => done,
            Err(_) => Err(Failure::read_timeout()),
        },
    }
}

async fn sent(transport: &Transport, call: &Outgoing) -> Result<Response, Failure> {
    let known = if call.is_plain() {
        operation(&call.method, &call.path)
    } else {
        None
    };
    let Some(operation) = known else {
        let mut request = call.request()?;
        *request.timeout_mut() = call.limits.total;
        return Ok(transport.http().execute(request).await?);
    };
    // Checked here for its message; the transport refuses such paths as well.
    call.check_path()?;
    let capture = Capture::new();
    // Credentials were chosen by the rules of the Python client, and are among the headers.
    let mut options = CallOptions::new().anonymous().capture(&capture);
    for (name, value) in &call.headers {
        options = options.header(name, value);
    }
    if let Some(limit) = call.limits.total {
        options = options.timeout(limit);
    }
    let transport = transport.with(options);
    if let Some(dispatch) = sdk().and_then(|sdk| sdk.dispatch)
        && let Some(work) = dispatch(transport.clone(), operation.name, &call.given)
    {
        let ended = work.await;
        if let Some(response) = capture.take() {
            return Ok(response);
        }
        ended?;
        // Sending it again could do twice what was meant once.
        return Err(Failure::Setting(
            "the typed client lost its answer".to_owned(),
        ));
    }
    let arguments = Arguments {
        path: call.given.path.clone(),
        query: call.given.query.clone(),
        body: body(call, operation),
        ..Arguments::default()
    };
    if operation.body_required && matches!(arguments.body, Body::None) {
        return Ok(transport.http().execute(call.request()?).await?);
    }
    Ok(transport.send(operation, arguments).await?)
}

fn body(call: &Outgoing, operation: &Operation) -> Body {
    match &call.given.content {
        Content::None => Body::None,
        Content::Json(bytes) => Body::Json(bytes.clone()),
        Content::Form(fields) => Body::Form(fields.clone()),
        Content::Raw(bytes) => Body::Raw {
            bytes: bytes.clone(),
            content_type: call
                .content_type()
                .or(operation.content_type)
                .map(str::to_owned),
        },
    }
}
