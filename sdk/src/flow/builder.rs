//! Putting a request to the authorization endpoint together.

use url::Url;

use super::random::{s256, text};
use super::{AuthorizationRequest, FlowError};

/// Parameters that the builder sets itself.
const OWN: [&str; 10] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "nonce",
    "redirect_uri",
    "request_uri",
    "response_type",
    "scope",
    "state",
];

/// What else a request asks for; then [`build`](Self::build).
#[derive(Debug, Clone)]
#[must_use]
pub struct AuthorizationRequestBuilder {
    endpoint: String,
    client_id: String,
    redirect_uri: String,
    issuer: Option<String>,
    issuer_is_named: bool,
    scopes: Vec<String>,
    max_age: Option<u64>,
    parameters: Vec<(String, String)>,
}

impl AuthorizationRequestBuilder {
    pub(super) fn new(endpoint: String, client_id: String, redirect_uri: String) -> Self {
        Self {
            endpoint,
            client_id,
            redirect_uri,
            issuer: None,
            issuer_is_named: false,
            scopes: Vec::new(),
            max_age: None,
            parameters: Vec::new(),
        }
    }

    /// Who has to answer; `named` if the server promises to say so in every answer (RFC 9207).
    pub fn issuer(mut self, issuer: impl Into<String>, named: bool) -> Self {
        self.issuer = Some(issuer.into());
        self.issuer_is_named = named;
        self
    }

    /// Scopes to ask for, besides those that were there already.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        for scope in scopes {
            let scope = scope.into();
            if !self.scopes.contains(&scope) {
                self.scopes.push(scope);
            }
        }
        self
    }

    /// How to ask the person (OpenID Connect Core 1.0 section 3.1.2.1): `none`, `login`, `consent`.
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        self.parameter("prompt", prompt)
    }

    /// Who is expected to sign in, such as an e-mail address.
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.parameter("login_hint", hint)
    }

    /// How many seconds ago the person may have signed in; else they have to do it again. The ID
    /// token is then held to it.
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Any other parameter.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// The request, with new secrets.
    ///
    /// # Errors
    /// [`FlowError::Config`] if the endpoint or the redirect URI is no absolute URL, or if a
    /// parameter of the program's own has a name that is taken.
    pub fn build(self) -> Result<AuthorizationRequest, FlowError> {
        let mut url = absolute("the authorization endpoint", &self.endpoint)?;
        absolute("the redirect URI", &self.redirect_uri)?;
        if let Some((name, _)) = self
            .parameters
            .iter()
            .find(|(name, _)| OWN.contains(&name.as_str()))
        {
            return Err(FlowError::Config(format!(
                "the parameter `{name}` is set by the flow itself"
            )));
        }
        let (state, code_verifier) = (text()?, text()?);
        let openid = self.scopes.iter().any(|scope| scope == "openid");
        let nonce = if openid { Some(text()?) } else { None };
        {
            // RFC 6749 section 3.1: a query that the endpoint has already is kept.
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.client_id)
                .append_pair("redirect_uri", &self.redirect_uri);
            if !self.scopes.is_empty() {
                query.append_pair("scope", &self.scopes.join(" "));
            }
            query
                .append_pair("state", &state)
                .append_pair("code_challenge", &s256(&code_verifier))
                .append_pair("code_challenge_method", "S256");
            if let Some(nonce) = &nonce {
                query.append_pair("nonce", nonce);
            }
            if let Some(seconds) = self.max_age {
                query.append_pair("max_age", &seconds.to_string());
            }
            query.extend_pairs(&self.parameters);
        }
        Ok(AuthorizationRequest {
            url: url.into(),
            issuer: self.issuer,
            issuer_is_named: self.issuer_is_named,
            redirect_uri: self.redirect_uri,
            scopes: self.scopes,
            state,
            nonce,
            code_verifier,
            max_age: self.max_age,
        })
    }
}

fn absolute(what: &str, text: &str) -> Result<Url, FlowError> {
    Url::parse(text)
        .map_err(|e| FlowError::Config(format!("{what} `{}` is no URL: {e}", text.escape_debug())))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::request::parameters;
    use super::*;

    const ISSUER: &str = "https://auth.example";

    fn builder() -> AuthorizationRequestBuilder {
        AuthorizationRequest::builder(
            "https://auth.example/oauth2/auth?tenant=a",
            "photos & more",
            "https://photos.example/cb?x=1",
        )
        .scopes(["openid", "photos.read", "openid"])
        .issuer(ISSUER, true)
    }

    fn sent(request: &AuthorizationRequest) -> HashMap<String, String> {
        parameters(request.url()).unwrap()
    }

    #[test]
    fn the_url_carries_everything_once_and_keeps_the_endpoints_query() {
        let request = builder()
            .prompt("login")
            .max_age(60)
            .login_hint("dan@acme.com")
            .build()
            .unwrap();
        let sent = sent(&request);
        for (name, value) in [
            ("tenant", "a"),
            ("response_type", "code"),
            ("client_id", "photos & more"),
            ("redirect_uri", "https://photos.example/cb?x=1"),
            ("scope", "openid photos.read"),
            ("state", request.state()),
            ("nonce", request.nonce().unwrap()),
            ("code_challenge_method", "S256"),
            ("prompt", "login"),
            ("max_age", "60"),
            ("login_hint", "dan@acme.com"),
        ] {
            assert_eq!(sent[name], value, "{name}");
        }
        assert_eq!(sent["code_challenge"], s256(&request.code_verifier));
        assert!(!request.url().contains(&request.code_verifier));
    }

    #[test]
    fn each_attempt_has_secrets_of_its_own() {
        let (one, other) = (builder().build().unwrap(), builder().build().unwrap());
        assert_ne!(one.state(), other.state());
        assert_ne!(one.nonce(), other.nonce());
        assert_ne!(one.code_verifier, other.code_verifier);
    }

    #[test]
    fn without_openid_there_is_no_nonce() {
        let request = AuthorizationRequest::builder("https://a/auth", "c", "https://c/cb")
            .build()
            .unwrap();
        assert_eq!(request.nonce(), None);
        assert!(!sent(&request).contains_key("scope"));
    }

    #[test]
    fn what_the_flow_sets_cannot_be_set_otherwise() {
        let error = builder().parameter("state", "mine").build().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the parameter `state` is set by the flow itself"
        );
    }
}
