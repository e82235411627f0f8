//! The way to a server: URL, credentials, repetition, answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use reqwest::{Request, Response};
use url::Url;

use super::auth::{Credentials, Lookup, add_cookie, check};
use super::config::header;
use super::request::{check_path, url, urlencoded};
use super::{
    Api, Arguments, Body, Config, Credential, Operation, Part, RetryPolicy, TokenPlace,
    TransportError,
};

/// A connection pool to one server, with what it takes to be let in. Cheap to clone; clones share
/// everything. Safe to use from many tasks and threads at once.
#[derive(Clone)]
pub struct Transport {
    shared: Arc<Shared>,
    options: Option<Arc<CallOptions>>,
}

struct Shared {
    api: &'static Api,
    base: Url,
    /// `base` without a slash at its end, to put paths behind.
    base_text: String,
    headers: HeaderMap,
    credentials: Credentials,
    retry: RetryPolicy,
    place: TokenPlace,
}

/// Settings of single calls, over those of the transport.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long an attempt may take.
    pub timeout: Option<Duration>,
    /// When to try again.
    pub retry: Option<RetryPolicy>,
    headers: Vec<(String, String)>,
    credentials: Credentials,
    anonymous: bool,
    pub(crate) capture: Option<super::Capture>,
}

impl CallOptions {
    /// Nothing different.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long an attempt may take.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// When to try again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// A further header; takes the place of any other of its name. An `Authorization` here is
    /// sent instead of credentials.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Another credential for a security scheme.
    #[must_use]
    pub fn credential(mut self, scheme: impl Into<String>, credential: Credential) -> Self {
        self.credentials.insert(scheme.into(), credential);
        self
    }

    /// No credentials at all.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Hands the answer to a generated function over as it came, in place of decoding it: the
    /// function then returns an error, and the answer is in `capture`.
    #[must_use]
    pub fn capture(mut self, capture: &super::Capture) -> Self {
        self.capture = Some(capture.clone());
        self
    }
}

/// An answer of any status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body; empty if there is none.
    pub body: Bytes,
}

impl Transport {
    /// A way to the server of `config`, for the calls of `api`.
    ///
    /// # Errors
    /// [`TransportError::Config`] if the configuration cannot work. Nothing is sent yet.
    pub fn new(api: &'static Api, config: &Config) -> Result<Self, TransportError> {
        let base = config.parsed_base()?;
        check(api, &config.credentials)?;
        let base_text = base.as_str().trim_end_matches('/').to_owned();
        let http = config.client()?;
        Ok(Self {
            shared: Arc::new(Shared {
                api,
                base_text,
                headers: config.default_headers()?,
                credentials: config.credentials.clone(),
                retry: config.retry.clone(),
                place: TokenPlace {
                    http,
                    base_url: base.clone(),
                    token_url: None,
                },
                base,
            }),
            options: None,
        })
    }

    /// The same, with other settings for the calls made through it.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            options: Some(Arc::new(options)),
        }
    }

    /// The API that this leads to.
    pub fn api(&self) -> &'static Api {
        self.shared.api
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.shared.base_text
    }

    /// The HTTP client below.
    pub fn http(&self) -> &reqwest::Client {
        &self.shared.place.http
    }

    pub(crate) fn options(&self) -> Option<&CallOptions> {
        self.options.as_deref()
    }

    /// Makes a call and reads the whole answer.
    ///
    /// # Errors
    /// If there is no answer. An answer of status 400 and above is an answer.
    pub async fn call(
        &self,
        operation: &'static Operation,
        arguments: Arguments,
    ) -> Result<Answer, TransportError> {
        let response = self.send(operation, arguments).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = response.bytes().await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Makes a call and gives the answer before its body is read.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn send(
        &self,
        operation: &'static Operation,
        mut arguments: Arguments,
    ) -> Result<Response, TransportError> {
        let url = url(&self.shared.base_text, operation, &mut arguments)?;
        let method = Method::from_bytes(operation.method.as_bytes())
            .map_err(|e| TransportError::Request(format!("`{}`: {e}", operation.method)))?;
        let mut request = Request::new(method, url);
        for (name, value) in &arguments.headers {
            let (name, value) = header(name, value)?;
            request.headers_mut().append(name, value);
        }
        for (name, value) in &arguments.cookies {
            add_cookie(request.headers_mut(), &format!("{name}={value}"))?;
        }
        self.set_body(operation, &mut request, arguments.body)?;
        self.prepare(operation, &mut request).await?;
        Ok(self.execute(operation, request).await?)
    }

    fn set_body(
        &self,
        operation: &Operation,
        request: &mut Request,
        body: Body,
    ) -> Result<(), TransportError> {
        let content_type = |request: &mut Request, text: &str| {
            let (name, value) = header("content-type", text)?;
            // One given as a header counts more.
            request.headers_mut().entry(name).or_insert(value);
            Ok::<(), TransportError>(())
        };
        match body {
            Body::None if operation.body_required => {
                return Err(TransportError::Request(format!(
                    "`{}` needs a request body",
                    operation.name
                )));
            }
            Body::None => {}
            Body::Json(bytes) => {
                content_type(
                    request,
                    operation.content_type.unwrap_or("application/json"),
                )?;
                *request.body_mut() = Some(bytes.into());
            }
            Body::Form(fields) => {
                content_type(request, "application/x-www-form-urlencoded")?;
                *request.body_mut() = Some(urlencoded(&fields).into());
            }
            Body::Multipart(parts) => {
                let form = multipart(parts)?;
                // Only reqwest's builder can write a form, so borrow it for that.
                let made = self
                    .http()
                    .post(self.shared.base.clone())
                    .multipart(form)
                    .build()?;
                if let Some(value) = made.headers().get(CONTENT_TYPE) {
                    request.headers_mut().insert(CONTENT_TYPE, value.clone());
                }
                let mut made = made;
                *request.body_mut() = made.body_mut().take();
            }
            Body::Raw {
                bytes,
                content_type: given,
            } => {
                let fallback = operation.content_type.unwrap_or("application/octet-stream");
                content_type(request, given.as_deref().unwrap_or(fallback))?;
                *request.body_mut() = Some(bytes.into());
            }
        }
        Ok(())
    }

    /// What all requests go through before they are sent, from whatever function they come.
    pub(crate) async fn prepare(
        &self,
        operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), TransportError> {
        check_path(&self.shared.base, operation, request.url())?;
        let headers = request.headers_mut();
        if let Some(accept) = operation.accept {
            headers
                .entry(ACCEPT)
                .or_insert(HeaderValue::from_static(accept));
        }
        for (name, value) in &self.shared.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        // A default must not look like the call's own choice, which beats credentials.
        let mut credentials = true;
        if let Some(options) = self.options() {
            for (name, value) in &options.headers {
                let (name, value) = header(name, value)?;
                credentials &= name != AUTHORIZATION;
                headers.insert(name, value);
            }
            if let Some(limit) = options.timeout {
                *request.timeout_mut() = Some(limit);
            }
            credentials &= !options.anonymous;
        }
        if credentials {
            self.lookup()
                .apply(operation, request, &self.shared.place)
                .await?;
        }
        Ok(())
    }

    /// Sends a prepared request, again if that helps.
    pub(crate) async fn execute(
        &self,
        operation: &'static Operation,
        request: Request,
    ) -> reqwest::Result<Response> {
        #[cfg(feature = "tracing")]
        {
            use tracing::Instrument as _;
            let span = tracing::info_span!(
                "call",
                operation = operation.name,
                method = operation.method,
                status = tracing::field::Empty,
            );
            let result = self
                .attempt(operation, request)
                .instrument(span.clone())
                .await;
            if let Ok(response) = &result {
                span.record("status", response.status().as_u16());
            }
            result
        }
        #[cfg(not(feature = "tracing"))]
        self.attempt(operation, request).await
    }

    async fn attempt(
        &self,
        operation: &'static Operation,
        request: Request,
    ) -> reqwest::Result<Response> {
        let policy = self
            .options()
            .and_then(|o| o.retry.as_ref())
            .unwrap_or(&self.shared.retry);
        let mut next = request;
        let mut attempts = 0;
        let mut renewed = false;
        loop {
            attempts += 1;
            let again = if policy.retries > 0 || self.may_renew() {
                next.try_clone()
            } else {
                None
            };
            let result = self.http().execute(next).await;
            let Some(mut again) = again else {
                return result;
            };
            let wait = match &result {
                Err(error) => policy.after_error(operation, error, attempts),
                Ok(response) if response.status() == StatusCode::UNAUTHORIZED && !renewed => {
                    renewed = true;
                    if self.renew(operation, &mut again).await {
                        Some(Duration::ZERO)
                    } else {
                        None
                    }
                }
                Ok(response) => {
                    policy.after_answer(operation, response.status(), response.headers(), attempts)
                }
            };
            let Some(wait) = wait else { return result };
            #[cfg(feature = "tracing")]
            tracing::debug!(attempts, ?wait, "the call is repeated");
            tokio::time::sleep(wait).await;
            next = again;
        }
    }

    /// Gets another token for a request that was refused for its token.
    async fn renew(&self, operation: &'static Operation, request: &mut Request) -> bool {
        let lookup = self.lookup();
        self.may_renew()
            && lookup.refused(operation, request.headers()).await
            && lookup
                .apply(operation, request, &self.shared.place)
                .await
                .is_ok()
    }

    /// False if the call goes without the transport's credentials.
    fn may_renew(&self) -> bool {
        self.options().is_none_or(|o| {
            !o.anonymous
                && !o
                    .headers
                    .iter()
                    .any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        })
    }

    fn lookup(&self) -> Lookup<'_> {
        Lookup {
            api: self.shared.api,
            call: self.options().map(|o| &o.credentials),
            transport: &self.shared.credentials,
        }
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.shared.base_text)
            .field("credentials", &self.shared.credentials)
            .finish_non_exhaustive()
    }
}

fn multipart(parts: Vec<Part>) -> Result<reqwest::multipart::Form, TransportError> {
    let mut form = reqwest::multipart::Form::new();
    for part in parts {
        let mut made = reqwest::multipart::Part::bytes(part.bytes.to_vec());
        if let Some(name) = part.file_name {
            made = made.file_name(name);
        }
        if let Some(media_type) = part.content_type {
            made = made.mime_str(&media_type).map_err(|_| {
                TransportError::Request(format!(
                    "`{}` is no media type for the part `{}`",
                    media_type.escape_debug(),
                    part.name
                ))
            })?;
        }
        form = form.part(part.name, made);
    }
    Ok(form)
}
