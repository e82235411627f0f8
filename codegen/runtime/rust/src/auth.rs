//! Who is calling: credentials, and how they get into a request.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::config::header;
use super::{
    Api, ClientCredentials, Operation, Requirement, SchemeKind, Secret, TokenPlace, TokenSource,
    TransportError,
};

/// What to show for a security scheme.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// User name and password, for HTTP Basic.
    Basic {
        /// User name.
        user: String,
        /// Password.
        password: Secret,
    },
    /// A bearer token.
    Bearer(Secret),
    /// Bearer tokens as they are needed.
    Tokens(Arc<dyn TokenSource>),
    /// An API key.
    ApiKey(Secret),
}

impl Credential {
    /// User name and password, for HTTP Basic.
    pub fn basic(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    /// Id and secret of an OAuth 2.0 client, for HTTP Basic: each one encoded first, so that a colon in
    /// an id and letters of any script come through (RFC 6749 section 2.3.1).
    pub fn oauth_client(id: &str, secret: &str) -> Self {
        Self::basic(encoded(id), encoded(secret))
    }

    /// A bearer token.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::Bearer(token.into())
    }

    /// Bearer tokens from somewhere.
    pub fn tokens(source: impl TokenSource + 'static) -> Self {
        Self::Tokens(Arc::new(source))
    }

    /// Bearer tokens by the client credentials grant, for these scopes.
    pub fn client_credentials<S: Into<String>>(
        id: impl Into<String>,
        secret: impl Into<Secret>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::tokens(ClientCredentials::new(id, secret).scopes(scopes))
    }

    /// An API key.
    pub fn api_key(key: impl Into<Secret>) -> Self {
        Self::ApiKey(key.into())
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "a user name and a password",
            Self::Bearer(_) => "a bearer token",
            Self::Tokens(_) => "a source of bearer tokens",
            Self::ApiKey(_) => "an API key",
        }
    }

    fn fits(&self, kind: SchemeKind) -> bool {
        match kind {
            SchemeKind::Basic => matches!(self, Self::Basic { .. }),
            SchemeKind::Bearer | SchemeKind::OAuth2 { .. } => {
                matches!(self, Self::Bearer(_) | Self::Tokens(_))
            }
            SchemeKind::HeaderKey(_) | SchemeKind::QueryKey(_) | SchemeKind::CookieKey(_) => {
                matches!(self, Self::ApiKey(_))
            }
            SchemeKind::Other => false,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// Credentials by name of the security scheme, all of them fit for it.
pub(crate) type Credentials = HashMap<String, Credential>;

/// Checks that each credential is one that its scheme can use.
pub(crate) fn check(api: &Api, credentials: &Credentials) -> Result<(), TransportError> {
    for (name, credential) in credentials {
        let Some(scheme) = api.scheme(name) else {
            let known: Vec<_> = api.schemes.iter().map(|s| s.name).collect();
            return Err(TransportError::Config(format!(
                "there is no security scheme `{name}`; there are: {}",
                if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                }
            )));
        };
        if !credential.fits(scheme.kind) {
            let wanted = match scheme.kind {
                SchemeKind::Basic => "a user name and a password",
                SchemeKind::Bearer | SchemeKind::OAuth2 { .. } => "a bearer token",
                SchemeKind::HeaderKey(_) | SchemeKind::QueryKey(_) | SchemeKind::CookieKey(_) => {
                    "an API key"
                }
                SchemeKind::Other => "something that has to be done by hand, by headers",
            };
            return Err(TransportError::Config(format!(
                "the security scheme `{name}` takes {wanted}, not {}",
                credential.kind()
            )));
        }
    }
    Ok(())
}

/// Finds credentials for a call: those of the call first, then those of the transport.
pub(crate) struct Lookup<'a> {
    pub(crate) api: &'static Api,
    pub(crate) call: Option<&'a Credentials>,
    pub(crate) transport: &'a Credentials,
}

impl Lookup<'_> {
    fn get(&self, scheme: &str) -> Option<&Credential> {
        self.call
            .and_then(|c| c.get(scheme))
            .or_else(|| self.transport.get(scheme))
    }

    /// The requirements to satisfy: the first alternative that there are credentials for. None if
    /// there is no such; then the call goes out without, and the server will say what it thinks.
    fn chosen(&self, operation: &Operation) -> &'static [Requirement] {
        operation
            .security
            .iter()
            .find(|all| !all.is_empty() && all.iter().all(|one| self.get(one.scheme).is_some()))
            .copied()
            .unwrap_or_default()
    }

    /// Puts credentials into the request.
    pub(crate) async fn apply(
        &self,
        operation: &Operation,
        request: &mut reqwest::Request,
        place: &TokenPlace,
    ) -> Result<(), TransportError> {
        for requirement in self.chosen(operation) {
            let (Some(scheme), Some(credential)) = (
                self.api.scheme(requirement.scheme),
                self.get(requirement.scheme),
            ) else {
                continue;
            };
            match (scheme.kind, credential) {
                (SchemeKind::Basic, Credential::Basic { user, password }) => {
                    // RFC 7617 section 2: the first colon ends the name.
                    if user.contains(':') {
                        return Err(TransportError::Config(
                            "a user name for HTTP Basic cannot hold a colon".to_owned(),
                        ));
                    }
                    set_authorization(request, &basic(user, password.expose()))?;
                }
                (_, Credential::Bearer(token)) => bearer(request, token)?,
                (kind, Credential::Tokens(source)) => {
                    let token_url = match kind {
                        SchemeKind::OAuth2 { token_url } => token_url,
                        _ => None,
                    };
                    let place = TokenPlace {
                        token_url,
                        ..place.clone()
                    };
                    bearer(request, &source.token(&place).await?)?;
                }
                (SchemeKind::HeaderKey(name), Credential::ApiKey(key)) => {
                    let (name, mut value) = header(name, key.expose())?;
                    value.set_sensitive(true);
                    request.headers_mut().insert(name, value);
                }
                (SchemeKind::QueryKey(name), Credential::ApiKey(key)) => {
                    request
                        .url_mut()
                        .query_pairs_mut()
                        .append_pair(name, key.expose());
                }
                (SchemeKind::CookieKey(name), Credential::ApiKey(key)) => {
                    let pair = format!("{name}={}", key.expose());
                    add_cookie(request.headers_mut(), &pair)?;
                }
                // `check` let no other pair through.
                _ => {}
            }
        }
        Ok(())
    }

    /// Tells the sources of the tokens in this request that they were refused. True if there were
    /// any, so that it makes sense to try again.
    pub(crate) async fn refused(&self, operation: &Operation, headers: &HeaderMap) -> bool {
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(Secret::from);
        let Some(token) = token else { return false };
        let mut told = false;
        for requirement in self.chosen(operation) {
            if let Some(Credential::Tokens(source)) = self.get(requirement.scheme) {
                source.refused(&token).await;
                told = true;
            }
        }
        told
    }
}

/// Everything but the letters that need no escape in any encoding, so that form decoding and percent
/// decoding give the same.
fn encoded(text: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The value of `Authorization` for [`Credential::oauth_client`].
pub(crate) fn oauth_client_header(id: &str, secret: &str) -> String {
    basic(&encoded(id), &encoded(secret))
}

/// The value of `Authorization` for a user (RFC 7617 section 2).
fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn bearer(request: &mut reqwest::Request, token: &Secret) -> Result<(), TransportError> {
    set_authorization(request, &format!("Bearer {}", token.expose()))
}

fn set_authorization(request: &mut reqwest::Request, text: &str) -> Result<(), TransportError> {
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        TransportError::Config(
            "the credentials hold a line break or another character that cannot be sent".to_owned(),
        )
    })?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

/// Adds a pair to the `Cookie` header, of which there may be only one (RFC 6265 section 5.4).
pub(crate) fn add_cookie(headers: &mut HeaderMap, pair: &str) -> Result<(), TransportError> {
    let all = match headers.get(COOKIE).and_then(|v| v.to_str().ok()) {
        Some(before) => format!("{before}; {pair}"),
        None => pair.to_owned(),
    };
    let (name, mut value) = header("cookie", &all)?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
