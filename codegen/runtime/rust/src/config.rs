//! How to reach a server.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{Credential, RetryPolicy, TransportError};

/// Settings of a [`Transport`](super::Transport). Made by [`Config::new`] and changed by its
/// methods, each of which gives the configuration back.
///
/// ```
/// # use std::time::Duration;
/// # use sdk_runtime::{Config, Credential};
/// let config = Config::new("https://api.example.com/v1")
///     .credential("key", Credential::api_key("…"))
///     .timeout(Duration::from_secs(10));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Config {
    pub(crate) base_url: String,
    pub(crate) user_agent: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credentials: HashMap<String, Credential>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) accept_invalid_certs: bool,
    pub(crate) accept_invalid_hostnames: bool,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) only_given_roots: bool,
    pub(crate) identity: Option<Vec<u8>>,
    pub(crate) proxy: Option<String>,
    pub(crate) no_proxy: bool,
    pub(crate) redirects: usize,
    pub(crate) pool_size: Option<usize>,
    pub(crate) retry: RetryPolicy,
}

impl Config {
    /// Settings for the server at `base_url`: scheme, host, and the path before all paths of
    /// operations. A slash at its end makes no difference.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            headers: Vec::new(),
            credentials: HashMap::new(),
            connect_timeout: Some(Duration::from_secs(10)),
            timeout: Some(Duration::from_secs(60)),
            accept_invalid_certs: false,
            accept_invalid_hostnames: false,
            roots: Vec::new(),
            only_given_roots: false,
            identity: None,
            proxy: None,
            no_proxy: false,
            redirects: 0,
            pool_size: None,
            retry: RetryPolicy::default(),
        }
    }

    /// What to show for the security scheme of this name.
    pub fn credential(mut self, scheme: impl Into<String>, credential: Credential) -> Self {
        self.credentials.insert(scheme.into(), credential);
        self
    }

    /// Value of the `User-Agent` header. Default: name and version of this crate.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = text.into();
        self
    }

    /// A header for every request, unless a call sets it otherwise.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long a connection may take to come about; `None` for no limit. Default: 10 s.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// How long one attempt may take from connecting to the last byte; `None` for no limit.
    /// Default: 60 s.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Believes any certificate. Whoever sits on the network can then read and change
    /// everything; for trying things out with self-signed certificates only.
    pub fn danger_accept_invalid_certs(mut self, yes: bool) -> Self {
        self.accept_invalid_certs = yes;
        self
    }

    /// Believes certificates that were made for another host.
    pub fn danger_accept_invalid_hostnames(mut self, yes: bool) -> Self {
        self.accept_invalid_hostnames = yes;
        self
    }

    /// Certificates in PEM to believe besides those of the system.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Believes the certificates given by [`root_certificates_pem`](Self::root_certificates_pem)
    /// and no others.
    pub fn only_given_roots(mut self, yes: bool) -> Self {
        self.only_given_roots = yes;
        self
    }

    /// Certificate and private key in PEM to show to the server.
    pub fn client_identity_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.identity = Some(pem.into());
        self
    }

    /// URL of a proxy for all requests. Default: the environment's (`HTTPS_PROXY`, …).
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// How many redirects to follow. Default: none, so that a 302 can be read.
    pub fn follow_redirects(mut self, at_most: usize) -> Self {
        self.redirects = at_most;
        self
    }

    /// How many idle connections to keep per host.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = Some(connections);
        self
    }

    /// When to try again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The base URL, checked.
    pub(crate) fn parsed_base(&self) -> Result<Url, TransportError> {
        let text = self.base_url.trim_end_matches('/');
        let wrong = |why: &str| {
            TransportError::Config(format!(
                "`{}` is no base URL: {why}. Give scheme, host and maybe a path, such as \
                 https://api.example.com",
                without_password(&self.base_url)
            ))
        };
        let url = Url::parse(text).map_err(|e| wrong(&e.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("the scheme must be http or https"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("there is no host"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("a query or a fragment has no place in it"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                "credentials do not belong into it; set them as credentials",
            ));
        }
        Ok(url)
    }

    pub(crate) fn default_headers(&self) -> Result<HeaderMap, TransportError> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            let (name, value) = header(name, value)?;
            map.append(name, value);
        }
        Ok(map)
    }

    pub(crate) fn client(&self) -> Result<reqwest::Client, TransportError> {
        let wrong = |what: &str, e: &reqwest::Error| {
            TransportError::Config(format!("{what}: {}", super::error::chain(e)))
        };
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .tls_danger_accept_invalid_certs(self.accept_invalid_certs)
            .redirect(if self.redirects == 0 {
                reqwest::redirect::Policy::none()
            } else {
                reqwest::redirect::Policy::limited(self.redirects)
            });
        // What reqwest repeats by itself only HTTP/2 can refuse, and preparing for it copies each
        // request; over plain HTTP there is no HTTP/2.
        if self.base_url.starts_with("http:") {
            builder = builder.retry(reqwest::retry::never());
        }
        if self.accept_invalid_hostnames {
            builder = builder.tls_danger_accept_invalid_hostnames(true);
        }
        if let Some(limit) = self.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        if let Some(limit) = self.timeout {
            builder = builder.timeout(limit);
        }
        let mut roots = Vec::new();
        for pem in &self.roots {
            let found = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|e| wrong("a root certificate cannot be read", &e))?;
            if found.is_empty() {
                return Err(TransportError::Config(
                    "a root certificate cannot be read: there is no PEM block in it".to_owned(),
                ));
            }
            roots.extend(found);
        }
        builder = if self.only_given_roots {
            builder.tls_certs_only(roots)
        } else {
            builder.tls_certs_merge(roots)
        };
        if let Some(pem) = &self.identity {
            let identity = reqwest::Identity::from_pem(pem)
                .map_err(|e| wrong("the client certificate cannot be read", &e))?;
            builder = builder.identity(identity);
        }
        if self.no_proxy {
            builder = builder.no_proxy();
        } else if let Some(url) = &self.proxy {
            let proxy =
                reqwest::Proxy::all(url).map_err(|e| wrong("the proxy's URL is wrong", &e))?;
            builder = builder.proxy(proxy);
        }
        if let Some(connections) = self.pool_size {
            builder = builder.pool_max_idle_per_host(connections);
        }
        builder
            .build()
            .map_err(|e| wrong("the HTTP client cannot be set up", &e))
    }
}

/// Everything but secrets.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("base_url", &without_password(&self.base_url))
            .field("user_agent", &self.user_agent)
            .field("credentials", &self.credentials.keys().collect::<Vec<_>>())
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("accept_invalid_certs", &self.accept_invalid_certs)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// A header that can be sent, or why not.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), TransportError> {
    let parsed = HeaderName::try_from(name).map_err(|_| {
        TransportError::Request(format!("`{}` is no header name", name.escape_debug()))
    })?;
    // The value may be a secret, so it is not repeated.
    let value = HeaderValue::try_from(value).map_err(|_| {
        TransportError::Request(format!(
            "the value of the header `{name}` holds a line break or another character that \
             cannot be sent"
        ))
    })?;
    Ok((parsed, value))
}

fn without_password(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() || !parsed.username().is_empty() => {
            let hidden = parsed
                .set_password(None)
                .and_then(|()| parsed.set_username("…"));
            if hidden.is_ok() {
                parsed.to_string()
            } else {
                "…".to_owned()
            }
        }
        Ok(_) => url.to_owned(),
        // Not a URL, so nobody knows what part of it is a password.
        Err(_) if url.contains('@') => "…".to_owned(),
        Err(_) => url.to_owned(),
    }
}
