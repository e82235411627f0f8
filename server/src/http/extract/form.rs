//! Forms, read as the OAuth specifications want them read.

use std::collections::HashMap;

use axum::extract::{FromRequest, OptionalFromRequest, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::http::error::{Failure, OAuth2};
use crate::http::extract::authorization::form_decode;
use crate::http::extract::body;

/// What must never stand in a URL, where logs and histories keep it.
const NOT_IN_A_QUERY: &[&str] = &[
    "client_id",
    "client_secret",
    "token",
    "access_token",
    "refresh_token",
    "code",
];

/// The fields of a form body.
#[derive(Debug)]
pub(crate) struct Form(HashMap<String, String>);

impl Form {
    /// A field; one without a value counts as left out (RFC 6749 section 3.2).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn require(&self, name: &str) -> Result<&str, Failure> {
        self.get(name)
            .ok_or_else(|| Failure::invalid_request(format!("the parameter `{name}` is missing")))
    }

    fn parse(body: &[u8]) -> Result<Self, Failure> {
        let malformed = || Failure::invalid_request("the body is not a UTF-8 form");
        let body = std::str::from_utf8(body).map_err(|_| malformed())?;
        let mut fields = HashMap::new();
        for pair in body.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = form_decode(name).ok_or_else(malformed)?;
            let value = form_decode(value).ok_or_else(malformed)?;
            // RFC 6749 section 3.2: "parameters MUST NOT be included more than once". The name is
            // not repeated back: it is the caller's text.
            if fields.insert(name, value).is_some() {
                return Err(Failure::invalid_request(
                    "a parameter is there more than once",
                ));
            }
        }
        Ok(Self(fields))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = OAuth2;

    async fn from_request(request: Request, state: &S) -> Result<Self, OAuth2> {
        let query = request.uri().query().unwrap_or_default();
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            // RFC 6749 section 2.3.1: "The parameters can only be transmitted in the request-body
            // and MUST NOT be included in the request URI."
            if NOT_IN_A_QUERY.contains(&&*name) {
                return Err(Failure::invalid_request(
                    "credentials and tokens must not stand in the URL; send them in the body",
                )
                .into());
            }
        }
        if !is_form(request.headers()) {
            return Err(Failure::invalid_request(
                "the body must be a form: Content-Type: application/x-www-form-urlencoded",
            )
            .into());
        }
        Ok(Self::parse(&body::read(request, state).await?)?)
    }
}

/// A body that says it is no form is none.
impl<S: Send + Sync> OptionalFromRequest<S> for Form {
    type Rejection = OAuth2;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, OAuth2> {
        if !is_form(request.headers()) {
            return Ok(None);
        }
        Ok(Some(Self::parse(&body::read(request, state).await?)?))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_once() {
        let form = Form::parse(b"scope=a+b%2Bc&empty=&bare&%74oken=t%2526").unwrap();
        assert_eq!(form.get("scope"), Some("a b+c"));
        assert_eq!(form.get("token"), Some("t%26"));
        assert_eq!(form.get("empty"), None);
        assert_eq!(form.get("bare"), None);
        assert_eq!(form.get("absent"), None);
    }

    #[test]
    fn a_repeated_field_is_refused_even_if_escaped_or_empty() {
        for body in ["a=1&a=1", "a=1&%61=2", "a=&a="] {
            assert!(Form::parse(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        assert!(Form::parse(b"a=%ff").is_err());
        assert!(Form::parse(b"a=\xff").is_err());
    }
}
