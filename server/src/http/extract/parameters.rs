//! The parameters of a request that comes through a browser, from the URL and, if it is a form, the body.

use axum::extract::{FromRequest, Request};
use http::Method;
use http::header::CONTENT_TYPE;

use crate::domain::authorization_error::Untrusted;
use crate::domain::parameters::Parameters;
use crate::http::error::Page;
use crate::http::extract::authorization::form_decode;
use crate::http::extract::body;

/// The parameters, of a GET or a POST alike (OpenID Connect Core section 3.1.2.1).
#[derive(Debug)]
pub(crate) struct BrowserParameters(pub(crate) Parameters);

impl<S: Send + Sync> FromRequest<S> for BrowserParameters {
    type Rejection = Page;

    async fn from_request(request: Request, state: &S) -> Result<Self, Page> {
        let mut pairs = Vec::new();
        read(request.uri().query().unwrap_or_default(), &mut pairs)?;
        let is_form = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| {
                kind.to_ascii_lowercase()
                    .starts_with("application/x-www-form-urlencoded")
            });
        if request.method() == Method::POST && is_form {
            let body = body::read(request, state).await?;
            let body = std::str::from_utf8(&body).map_err(|_| Untrusted::Malformed)?;
            read(body, &mut pairs)?;
        }
        Ok(Self(Parameters::new(pairs)))
    }
}

/// Adds the decoded pairs of a query string or form.
///
/// # Errors
/// Something in it is not percent-encoded UTF-8.
pub(super) fn read(text: &str, pairs: &mut Vec<(String, String)>) -> Result<(), Untrusted> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = form_decode(name).zip(form_decode(value));
        pairs.push(decoded.ok_or(Untrusted::Malformed)?);
    }
    Ok(())
}
