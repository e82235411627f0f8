//! The request that a browser takes to the authorization endpoint, and the answer it brings back.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::random::same;
use super::{AnswerError, AuthorizationRequestBuilder, FlowError};
use crate::Secret;

/// One attempt to sign a person in: where to send the browser, and the secrets to check its answer
/// with.
///
/// Keep it with the browser's session until the browser comes back, on the server's side or
/// encrypted: it can be serialised, secrets included. Use it once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub(super) url: String,
    pub(super) issuer: Option<String>,
    pub(super) issuer_is_named: bool,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) state: String,
    pub(super) nonce: Option<String>,
    pub(super) code_verifier: String,
    pub(super) max_age: Option<u64>,
}

impl AuthorizationRequest {
    /// Begins a request to the authorization endpoint at this URL, for an answer to `redirect_uri`.
    /// [`AuthorizationCodeFlow`](super::AuthorizationCodeFlow) does this with what it knows.
    pub fn builder(
        endpoint: impl Into<String>,
        client_id: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> AuthorizationRequestBuilder {
        AuthorizationRequestBuilder::new(endpoint.into(), client_id.into(), redirect_uri.into())
    }

    /// Where to send the browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the answer has to bring back. A name for this attempt, if one browser can make several.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What the ID token has to repeat; `None` if `openid` was not asked for.
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// What proves to the token endpoint who asked for the code (RFC 7636).
    pub fn code_verifier(&self) -> Secret {
        Secret::new(&self.code_verifier)
    }

    /// Where the answer goes.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The scopes asked for.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// How many seconds ago the person may have signed in, if that was limited.
    pub fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// The code in the answer. `callback` is the URL that the browser came back to; its path with
    /// the query, or the query alone, will do.
    ///
    /// # Errors
    /// [`FlowError::Answer`] if it is no answer to this request, [`FlowError::Refused`] if the
    /// server said no.
    pub fn answer(&self, callback: &str) -> Result<Secret, FlowError> {
        let mut answer = parameters(callback)?;
        let state = answer.remove("state").unwrap_or_default();
        if !same(&state, &self.state) {
            return Err(AnswerError::State.into());
        }
        self.check_issuer(answer.remove("iss"))?;
        if let Some(code) = answer.remove("error") {
            return Err(FlowError::Refused {
                code,
                description: answer.remove("error_description"),
            });
        }
        match answer.remove("code") {
            Some(code) if !code.is_empty() => Ok(Secret::new(code)),
            _ => Err(AnswerError::Empty.into()),
        }
    }

    /// RFC 9207 section 2.4: an `iss` has to be right, and one that was promised has to be there.
    fn check_issuer(&self, found: Option<String>) -> Result<(), AnswerError> {
        let Some(expected) = &self.issuer else {
            return Ok(());
        };
        match found {
            Some(found) if found == *expected => Ok(()),
            None if !self.issuer_is_named => Ok(()),
            found => Err(AnswerError::Issuer {
                expected: expected.clone(),
                found: found.unwrap_or_else(|| "somebody who does not tell".to_owned()),
            }),
        }
    }
}

/// Nothing that could be used.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("issuer", &self.issuer)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// The parameters of a callback, each of which may occur once (RFC 6749 section 3.1).
pub(super) fn parameters(callback: &str) -> Result<HashMap<String, String>, AnswerError> {
    let before_fragment = callback.split('#').next().unwrap_or_default();
    let query = match before_fragment.split_once('?') {
        Some((_, query)) => query,
        // Without a question mark it is the query alone, or a URL that has none.
        None if before_fragment.contains('=') => before_fragment,
        None => return Err(AnswerError::Malformed("it has no query".to_owned())),
    };
    let mut found = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
        if found.contains_key(&name) {
            return Err(AnswerError::Malformed(format!(
                "`{}` occurs twice",
                name.escape_debug()
            )));
        }
        found.insert(name, value);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn the_code_comes_from_a_url_a_path_or_a_query() {
        let request = builder().build().unwrap();
        let query = format!(
            "code=a%2Bb&iss=https%3A%2F%2Fauth.example&state={}",
            request.state()
        );
        for callback in [
            format!("https://photos.example/cb?x=1&{query}#fragment"),
            format!("/cb?{query}"),
            query.clone(),
        ] {
            let code = request.answer(&callback).unwrap();
            assert_eq!(code.expose(), "a+b", "{callback}");
        }
    }

    /// RFC 6749 section 10.12.
    #[test]
    fn an_answer_with_another_state_or_none_is_refused() {
        let request = builder().build().unwrap();
        for query in [
            "code=c&iss=https://auth.example",
            "code=c&state=",
            "state=x&error=e",
        ] {
            let error = request.answer(query).unwrap_err();
            assert!(
                matches!(error, FlowError::Answer(AnswerError::State)),
                "{query}: {error}"
            );
        }
    }

    /// RFC 9207 section 2.4.
    #[test]
    fn an_answer_of_another_issuer_is_refused_even_if_it_is_an_error() {
        let request = builder().build().unwrap();
        for rest in ["code=c", "code=c&iss=https://evil.example", "error=e&iss=x"] {
            let error = request
                .answer(&format!("?state={}&{rest}", request.state()))
                .unwrap_err();
            assert!(
                matches!(error, FlowError::Answer(AnswerError::Issuer { .. })),
                "{rest}: {error}"
            );
        }
        let tolerant = builder().issuer(ISSUER, false).build().unwrap();
        assert!(
            tolerant
                .answer(&format!("?code=c&state={}", tolerant.state()))
                .is_ok()
        );
    }

    #[test]
    fn a_refusal_tells_code_and_description() {
        let request = builder().build().unwrap();
        let callback = format!(
            "?error=access_denied&error_description=The+person+said+no&iss={ISSUER}&state={}",
            request.state()
        );
        let error = request.answer(&callback).unwrap_err();
        assert_eq!(error.code(), Some("access_denied"));
        assert_eq!(
            error.to_string(),
            "the authorization server refused: access_denied: The person said no"
        );
    }

    #[test]
    fn parameters_that_occur_twice_are_refused() {
        let request = builder().build().unwrap();
        let callback = format!("?code=a&code=b&iss={ISSUER}&state={}", request.state());
        assert!(matches!(
            request.answer(&callback),
            Err(FlowError::Answer(AnswerError::Malformed(_)))
        ));
    }

    #[test]
    fn an_answer_without_code_and_error_is_refused() {
        let request = builder().build().unwrap();
        for code in ["", "&code="] {
            let callback = format!("?iss={ISSUER}&state={}{code}", request.state());
            assert!(matches!(
                request.answer(&callback),
                Err(FlowError::Answer(AnswerError::Empty))
            ));
        }
    }

    #[test]
    fn it_survives_the_way_to_a_session_and_back_and_shows_no_secret() {
        let request = builder().build().unwrap();
        let kept = serde_json::to_string(&request).unwrap();
        assert_eq!(
            serde_json::from_str::<AuthorizationRequest>(&kept).unwrap(),
            request
        );
        let shown = format!("{request:?}");
        for secret in [request.state(), &request.code_verifier] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
