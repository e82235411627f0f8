//! Where bearer tokens come from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::auth::oauth_client_header;
use super::{Secret, TokenError};

/// A future of a [`TokenSource`].
pub type TokenFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that gives bearer tokens: [`ClientCredentials`], or a program's own.
pub trait TokenSource: Send + Sync {
    /// A token that is good for now. Called before every request; so keep what you have.
    fn token<'a>(&'a self, place: &'a TokenPlace) -> TokenFuture<'a, Result<Secret, TokenError>>;

    /// The server refused `token`. The next call of [`token`](Self::token) should give another.
    fn refused<'a>(&'a self, token: &'a Secret) -> TokenFuture<'a, ()>;
}

/// What a [`TokenSource`] may need to know of the transport that asks it.
#[derive(Debug, Clone)]
pub struct TokenPlace {
    /// A client with the transport's settings for TLS, proxies and time limits.
    pub http: reqwest::Client,
    /// The configured base URL.
    pub base_url: Url,
    /// Token endpoint of the document.
    pub token_url: Option<&'static str>,
}

impl TokenPlace {
    /// The token endpoint: the document's path at the configured server.
    ///
    /// A document can only guess where it is served from, so scheme, host and port are taken from
    /// the base URL; and if the base URL has a path (`/api`), so has the endpoint.
    ///
    /// # Errors
    /// If the document has no token endpoint, or none that can be understood.
    pub fn endpoint(&self) -> Result<Url, TokenError> {
        let Some(given) = self.token_url else {
            return Err(TokenError::NoEndpoint(
                "the API's description has no token endpoint; set one".to_owned(),
            ));
        };
        let wrong = |e: url::ParseError| {
            TokenError::NoEndpoint(format!("`{given}` is no URL of a token endpoint: {e}"))
        };
        let path = match Url::parse(given) {
            Ok(url) => match url.query() {
                Some(query) => format!("{}?{query}", url.path()),
                None => url.path().to_owned(),
            },
            Err(url::ParseError::RelativeUrlWithoutBase) => {
                format!("/{}", given.trim_start_matches('/'))
            }
            Err(e) => return Err(wrong(e)),
        };
        let base = self.base_url.as_str().trim_end_matches('/');
        let prefix = self.base_url.path().trim_end_matches('/');
        // Already below the base path: do not repeat it.
        let below = !prefix.is_empty() && path.starts_with(&format!("{prefix}/"));
        if below {
            self.base_url.join(&path)
        } else {
            Url::parse(&format!("{base}{path}"))
        }
        .map_err(wrong)
    }
}

/// The client credentials grant (RFC 6749 section 4.4): fetches a token, keeps it, fetches the next
/// one before it expires. However many calls wait, only one request is made.
pub struct ClientCredentials {
    id: String,
    secret: Secret,
    scopes: Vec<String>,
    endpoint: Option<String>,
    parameters: Vec<(String, String)>,
    kept: Mutex<Option<Kept>>,
}

#[derive(Clone)]
struct Kept {
    token: Secret,
    /// From when on it should not be used any more; `None` for never.
    until: Option<Instant>,
}

impl ClientCredentials {
    /// Tokens for the client of this id.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            scopes: Vec::new(),
            endpoint: None,
            parameters: Vec::new(),
            kept: Mutex::new(None),
        }
    }

    /// Scopes to ask for.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// URL of the token endpoint, if it is not the document's path at the configured server.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// A further parameter of the token request.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// The token request (RFC 6749 section 4.4.2).
    fn form(&self) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if !self.scopes.is_empty() {
            form.append_pair("scope", &self.scopes.join(" "));
        }
        form.extend_pairs(&self.parameters);
        form.finish()
    }

    async fn fetch(&self, place: &TokenPlace) -> Result<Kept, TokenError> {
        let url = match &self.endpoint {
            None => place.endpoint()?,
            Some(text) => Url::parse(text).map_err(|e| {
                TokenError::NoEndpoint(format!("`{text}` is no URL of a token endpoint: {e}"))
            })?,
        };
        let body = self.form();
        let asked = Instant::now();
        let network = |error: reqwest::Error| TokenError::Network {
            url: shown(&url),
            error: Arc::new(error.without_url()),
        };
        let response = place
            .http
            .post(url.clone())
            .header(
                AUTHORIZATION,
                oauth_client_header(&self.id, self.secret.expose()),
            )
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(body)
            .send()
            .await
            .map_err(network)?;
        let status = response.status();
        let body = response.bytes().await.map_err(network)?;
        if !status.is_success() {
            return Err(refusal(&url, status.as_u16(), &body));
        }
        let malformed = |message: &str| TokenError::Malformed {
            url: shown(&url),
            message: message.to_owned(),
        };
        // The answer is not repeated: it may hold a token after all.
        let answer: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| malformed("is not the JSON of RFC 6749 section 5.1"))?;
        if !answer.token_type.eq_ignore_ascii_case("bearer") {
            return Err(malformed("holds a token of another type than bearer"));
        }
        if answer.access_token.is_empty() {
            return Err(malformed("holds an empty token"));
        }
        let until = answer.expires_in.map(|seconds| {
            // Old by the server's clock when it arrives, and it has yet to travel.
            let life = Duration::from_secs_f64(seconds.clamp(0.0, 1e9));
            asked + life.saturating_sub((life / 10).min(Duration::from_secs(30)))
        });
        Ok(Kept {
            token: Secret::new(answer.access_token),
            until,
        })
    }
}

impl TokenSource for ClientCredentials {
    fn token<'a>(&'a self, place: &'a TokenPlace) -> TokenFuture<'a, Result<Secret, TokenError>> {
        Box::pin(async move {
            // Held while fetching: whoever comes meanwhile waits and takes the same token.
            let mut kept = self.kept.lock().await;
            if let Some(kept) = &*kept
                && kept.until.is_none_or(|until| Instant::now() < until)
            {
                return Ok(kept.token.clone());
            }
            let fresh = self.fetch(place).await?;
            let token = fresh.token.clone();
            *kept = Some(fresh);
            Ok(token)
        })
    }

    fn refused<'a>(&'a self, token: &'a Secret) -> TokenFuture<'a, ()> {
        Box::pin(async move {
            let mut kept = self.kept.lock().await;
            // Another call may have got a new one already.
            if kept.as_ref().is_some_and(|kept| kept.token == *token) {
                *kept = None;
            }
        })
    }
}

impl std::fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("id", &self.id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// RFC 6749 section 5.1, tolerantly: `expires_in` may be a text, which some servers send.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default = "bearer")]
    token_type: String,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<f64>,
}

fn bearer() -> String {
    "bearer".to_owned()
}

fn seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|s| s.is_finite()))
}

fn refusal(url: &Url, status: u16, body: &[u8]) -> TokenError {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        error_description: Option<String>,
    }
    let (code, description) = match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) => (Some(refusal.error), refusal.error_description),
        Err(_) => {
            let text = String::from_utf8_lossy(body);
            let start: String = text.trim().chars().take(200).collect();
            (None, (!start.is_empty()).then_some(start))
        }
    };
    TokenError::Refused {
        url: shown(url),
        status,
        code,
        description,
    }
}

/// A URL without what a person may have hidden in it.
fn shown(url: &Url) -> String {
    let path = url.path();
    format!("{}{path}", url.origin().ascii_serialization())
}
