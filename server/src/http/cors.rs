//! Scripts from other origins (the Fetch standard's CORS protocol).
//!
//! Off unless the operator names origins. Never at the pages that a browser visits with its cookies, the
//! authorization endpoint first of all (RFC 9700 section 2.6): no script has a reason to read them.
//! Origins come from the operator alone, never from a token or a client that is not authenticated yet.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, Method};
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The paths of pages: these answer as if there were no CORS.
const PAGES: [&str; 3] = [
    "/oauth2/auth",
    "/oauth2/consent-fallback",
    "/oauth2/sessions/logout",
];

/// Which scripts may read answers.
#[derive(Debug, Clone)]
pub struct Cors {
    layer: CorsLayer,
}

/// What the operator may say, as it was written.
#[derive(Debug, Clone, Default)]
pub struct CorsSettings {
    /// Origins such as `https://app.example.com`, `https://*.example.com` or `*`. None: no CORS.
    pub origins: Vec<String>,
    /// Methods; none means GET and POST.
    pub methods: Vec<String>,
    /// Request headers beside those that are always allowed; none means Authorization and Content-Type.
    pub headers: Vec<String>,
    /// Headers of answers that scripts may read beside those that they always may.
    pub exposed: Vec<String>,
    /// Whether browsers may send cookies along.
    pub credentials: bool,
    /// For how many seconds a browser may keep the answer to its question; zero leaves that to it.
    pub max_age: u64,
}

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCors {
    /// Not an origin.
    #[error(
        "`{0}` is no origin such as https://app.example.com, with at most one `*` in it, nor `*` alone"
    )]
    Origin(String),
    /// Not a method.
    #[error("`{0}` is no HTTP method")]
    Method(String),
    /// Not a header.
    #[error("`{0}` is no name of a header")]
    Header(String),
    /// The Fetch standard forbids it, since every page of the web could then act as the person.
    #[error("credentials cannot be allowed to the origin `*`; name the origins")]
    CredentialsForEverybody,
}

impl Cors {
    /// CORS as the operator wants it; `None` if no origin is named.
    ///
    /// # Errors
    /// A setting cannot be.
    pub fn new(settings: &CorsSettings) -> Result<Option<Self>, InvalidCors> {
        if settings.origins.is_empty() {
            return Ok(None);
        }
        let mut layer = CorsLayer::new()
            .allow_origin(origins(settings)?)
            .allow_methods(methods(&settings.methods)?)
            .allow_headers(headers(
                &settings.headers,
                &["authorization", "content-type"],
            )?)
            .expose_headers(headers(&settings.exposed, &[])?);
        if settings.credentials {
            layer = layer.allow_credentials(true);
        }
        if settings.max_age > 0 {
            layer = layer.max_age(std::time::Duration::from_secs(settings.max_age));
        }
        Ok(Some(Self { layer }))
    }
}

fn origins(settings: &CorsSettings) -> Result<AllowOrigin, InvalidCors> {
    if settings.origins.iter().any(|origin| origin == "*") {
        if settings.credentials {
            return Err(InvalidCors::CredentialsForEverybody);
        }
        return Ok(AllowOrigin::any());
    }
    let patterns = settings
        .origins
        .iter()
        .map(|text| Pattern::parse(text).ok_or_else(|| InvalidCors::Origin(text.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(AllowOrigin::predicate(move |origin: &HeaderValue, _| {
        origin
            .to_str()
            .is_ok_and(|origin| patterns.iter().any(|pattern| pattern.matches(origin)))
    }))
}

fn methods(given: &[String]) -> Result<Vec<Method>, InvalidCors> {
    if given.is_empty() {
        return Ok(vec![Method::GET, Method::POST]);
    }
    given
        .iter()
        .map(|text| {
            let name = text.to_ascii_uppercase();
            name.parse().map_err(|_| InvalidCors::Method(text.clone()))
        })
        .collect()
}

fn headers(given: &[String], otherwise: &[&'static str]) -> Result<Vec<HeaderName>, InvalidCors> {
    if given.is_empty() {
        let names = otherwise.iter().copied().map(HeaderName::from_static);
        return Ok(names.collect());
    }
    given
        .iter()
        .map(|text| text.parse().map_err(|_| InvalidCors::Header(text.clone())))
        .collect()
}

/// An origin, or one with a star for part of its host.
#[derive(Debug)]
struct Pattern {
    before: String,
    /// `None`: there is no star.
    after: Option<String>,
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        // Origins are compared as text, so it must be the text that a browser sends.
        let url = url::Url::parse(&text.replacen('*', "star", 1)).ok()?;
        let written = url.origin().ascii_serialization();
        let sound = matches!(url.scheme(), "http" | "https")
            && written == text.replacen('*', "star", 1)
            // A star in the scheme or at the port, or as a whole top-level domain, opens too much.
            && text.matches('*').count() <= 1
            && !text.contains(":*")
            && !text.ends_with('*');
        if !sound {
            return None;
        }
        Some(match text.split_once('*') {
            Some((before, after)) => Self {
                before: before.to_owned(),
                after: Some(after.to_owned()),
            },
            None => Self {
                before: text.to_owned(),
                after: None,
            },
        })
    }

    fn matches(&self, origin: &str) -> bool {
        let Some(after) = &self.after else {
            return origin == self.before;
        };
        origin
            .strip_prefix(self.before.as_str())
            .and_then(|rest| rest.strip_suffix(after.as_str()))
            .is_some_and(|star| {
                let name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
                !star.is_empty() && star.bytes().all(name)
            })
    }
}

/// Answers browsers' questions, and lets the scripts of allowed origins read answers.
pub(crate) async fn apply(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    if PAGES.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match cors.layer.layer(next).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(impossible) => match impossible {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_matches_itself_alone() {
        let pattern = Pattern::parse("https://app.example.com").unwrap();
        assert!(pattern.matches("https://app.example.com"));
        for origin in [
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://app.example.com.evil.example",
            "https://evil-app.example.com",
            "null",
        ] {
            assert!(!pattern.matches(origin), "{origin}");
        }
    }

    #[test]
    fn a_star_stands_for_labels_of_the_host() {
        let pattern = Pattern::parse("https://*.example.com:8443").unwrap();
        for origin in ["https://a.example.com:8443", "https://a.b.example.com:8443"] {
            assert!(pattern.matches(origin), "{origin}");
        }
        for origin in [
            "https://.example.com:8443",
            "https://example.com:8443",
            "https://a.example.com",
            "https://evil.example/.example.com:8443",
            "https://evil.example:1@a.example.com:8443",
        ] {
            assert!(!pattern.matches(origin), "{origin}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "app.example.com",
            "https://app.example.com/",
            "https://App.example.com",
            "https://app.example.com:443",
            "https://*.*.example.com",
            "https://*",
            "*://app.example.com",
            "https://app.example.com:*",
            "null",
            "ftp://app.example.com",
        ] {
            assert!(Pattern::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_whole_web_gets_no_credentials() {
        let settings = CorsSettings {
            origins: vec!["*".into()],
            credentials: true,
            ..CorsSettings::default()
        };
        let refused = Cors::new(&settings).unwrap_err();
        assert_eq!(refused, InvalidCors::CredentialsForEverybody);
    }
}
