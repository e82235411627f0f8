//! An issuer with a path, such as `https://example.com/tenant`.
//!
//! Its token endpoint is `https://example.com/tenant/oauth2/token`. The proxy that hands requests on may
//! take the path away, or leave it; both will do. Before anything else looks at a request, its URL becomes
//! the one that it would have if the issuer had no path, so that nothing else has to know.

use axum::extract::Request;
use http::Uri;
use http::uri::PathAndQuery;
use tower::ServiceBuilder;
use url::Url;

/// Where the issuer's metadata stands.
const METADATA: &[&str] = &[
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
];

/// The path of the issuer, without a slash at its end.
#[derive(Clone)]
pub(super) struct IssuerPath(String);

impl IssuerPath {
    pub(super) fn of(issuer: &str) -> Self {
        let url = Url::parse(issuer);
        let path = url.as_ref().map(Url::path).unwrap_or_default();
        Self(path.trim_end_matches('/').to_owned())
    }

    /// Puts itself before everything.
    pub(super) fn before(self, router: axum::Router) -> axum::Router {
        if self.0.is_empty() {
            return router;
        }
        let service = ServiceBuilder::new()
            .map_request(move |mut request: Request| {
                if let Some(uri) = self.without(request.uri()) {
                    *request.uri_mut() = uri;
                }
                request
            })
            .service(router);
        axum::Router::new().fallback_service(service)
    }

    /// The URL without this path; `None` if it is not in there.
    fn without(&self, uri: &Uri) -> Option<Uri> {
        let path = uri.path();
        let rest = match path.strip_prefix(&self.0) {
            // `/tenants` is not below `/tenant`.
            Some(rest) if rest.starts_with('/') => rest,
            _ => {
                // RFC 8414 section 3.1: the well-known path stands before the issuer's.
                let rest = path.strip_suffix(&self.0)?;
                METADATA.contains(&rest).then_some(rest)?
            }
        };
        let text = match uri.query() {
            Some(query) => format!("{rest}?{query}"),
            None => rest.to_owned(),
        };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
        Uri::from_parts(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_taken_away_where_the_specifications_put_it() {
        let path = IssuerPath::of("https://example.com/tenant/one");
        for (asked, meant) in [
            ("/tenant/one/oauth2/token", Some("/oauth2/token")),
            (
                "https://example.com/tenant/one/oauth2/auth?a=b%20c",
                Some("https://example.com/oauth2/auth?a=b%20c"),
            ),
            (
                "/tenant/one/.well-known/openid-configuration",
                Some("/.well-known/openid-configuration"),
            ),
            (
                "/.well-known/oauth-authorization-server/tenant/one",
                Some("/.well-known/oauth-authorization-server"),
            ),
            ("/oauth2/token", None),
            ("/tenant/one", None),
            ("/tenant/ones/oauth2/token", None),
            ("/clients/tenant/one", None),
            ("/tenant/one//oauth2/token", Some("//oauth2/token")),
        ] {
            let uri = Uri::try_from(asked).unwrap();
            let meant = meant.map(|text| Uri::try_from(text).unwrap());
            assert_eq!(path.without(&uri), meant, "{asked}");
        }
    }

    #[test]
    fn an_issuer_without_a_path_changes_nothing() {
        for issuer in ["https://example.com", "https://example.com/"] {
            assert_eq!(IssuerPath::of(issuer).0, "");
        }
    }
}
