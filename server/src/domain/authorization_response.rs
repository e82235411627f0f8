//! What the authorization endpoint answers a client, and the URL or form that carries it.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::domain::authorization_error::Refusal;
use crate::domain::authorization_request::Destination;
use crate::domain::response_type::ResponseMode;

/// What may stand unescaped (RFC 3986 section 2.3). A space becomes `%20`, which every reader
/// understands, in a query as well as in a fragment; `+` is only understood in queries.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An answer on its way. It may hold codes and tokens, so it does not print its values.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    redirect_uri: String,
    mode: ResponseMode,
    parameters: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// An answer with `parameters`, to which come `state` and `iss`, the issuer (RFC 9207 section 2:
    /// with it a client that talks to several servers knows which one answers).
    #[must_use]
    pub fn new(
        destination: &Destination,
        issuer: &str,
        mut parameters: Vec<(&'static str, String)>,
    ) -> Self {
        if let Some(state) = &destination.state {
            parameters.push(("state", state.clone()));
        }
        parameters.push(("iss", issuer.to_owned()));
        parameters.sort_by_key(|(name, _)| *name);
        Self {
            redirect_uri: destination.redirect_uri.clone(),
            mode: destination.response_mode,
            parameters,
        }
    }

    /// An answer that refuses (RFC 6749 section 4.1.2.1).
    #[must_use]
    pub fn refusal(destination: &Destination, issuer: &str, refusal: &Refusal) -> Self {
        let parameters = vec![
            ("error", refusal.code.as_str().to_owned()),
            ("error_description", refusal.description.clone()),
        ];
        Self::new(destination, issuer, parameters)
    }

    /// How it travels.
    #[must_use]
    pub const fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// Its parameters, for a form.
    #[must_use]
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.parameters
    }

    /// The redirect URI, in the ASCII form that headers and forms want.
    #[must_use]
    pub fn target(&self) -> String {
        ascii(&self.redirect_uri)
    }

    /// The URL to send the browser to, for the modes that use one.
    #[must_use]
    pub fn location(&self) -> String {
        let mut location = self.target();
        location.push(match self.mode {
            ResponseMode::Fragment => '#',
            ResponseMode::Query | ResponseMode::FormPost => query_separator(&location),
        });
        append(&mut location, &self.parameters);
        location
    }
}

/// Where a browser goes after a logout: the registered URI, and the client's `state` if it sent one
/// (OpenID Connect RP-Initiated Logout 1.0 section 3).
#[must_use]
pub fn with_state(uri: &str, state: Option<&str>) -> String {
    let mut location = ascii(uri);
    if let Some(state) = state {
        location.push(query_separator(&location));
        append(&mut location, &[("state", state.to_owned())]);
    }
    location
}

/// A URI as headers and forms want it. The registered text stays as it is if it can.
fn ascii(uri: &str) -> String {
    if uri.is_ascii() {
        return uri.to_owned();
    }
    Url::parse(uri).map_or_else(|_| uri.to_owned(), |url| url.to_string())
}

/// RFC 6749 section 3.1.2: a registered query is kept.
fn query_separator(uri: &str) -> char {
    if uri.contains('?') { '&' } else { '?' }
}

fn append(location: &mut String, parameters: &[(&'static str, String)]) {
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            location.push('&');
        }
        location.push_str(name);
        location.push('=');
        location.extend(utf8_percent_encode(value, VALUE));
    }
}

impl fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| *name).collect();
        f.debug_struct("AuthorizationResponse")
            .field("redirect_uri", &self.redirect_uri)
            .field("mode", &self.mode)
            .field("parameters", &names)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(
        redirect_uri: &str,
        mode: ResponseMode,
        state: Option<&str>,
    ) -> AuthorizationResponse {
        let destination = Destination {
            redirect_uri: redirect_uri.to_owned(),
            redirect_uri_sent: true,
            response_mode: mode,
            state: state.map(str::to_owned),
        };
        AuthorizationResponse::new(&destination, "https://op", vec![("code", "a.b".to_owned())])
    }

    // RFC 6749 sections 3.1.2 and 4.1.2
    #[test]
    fn a_registered_query_is_kept_and_state_comes_back_as_it_was() {
        let uri = "https://app/cb?tenant=1";
        assert_eq!(
            response(uri, ResponseMode::Query, Some("a b+c%26&=ü")).location(),
            "https://app/cb?tenant=1&code=a.b&iss=https%3A%2F%2Fop&state=a%20b%2Bc%2526%26%3D%C3%BC"
        );
        assert_eq!(
            response("https://app/cb", ResponseMode::Query, None).location(),
            "https://app/cb?code=a.b&iss=https%3A%2F%2Fop"
        );
        assert_eq!(
            response(uri, ResponseMode::Fragment, None).location(),
            "https://app/cb?tenant=1#code=a.b&iss=https%3A%2F%2Fop"
        );
    }

    #[test]
    fn a_name_in_another_script_becomes_ascii() {
        let response = response("https://münchen.example/ä", ResponseMode::Query, None);
        assert!(
            response
                .location()
                .starts_with("https://xn--mnchen-3ya.example/%C3%A4?")
        );
    }

    #[test]
    fn it_does_not_print_what_it_carries() {
        let printed = format!("{:?}", response("https://app/", ResponseMode::Query, None));
        assert!(!printed.contains("a.b"), "{printed}");
    }
}
