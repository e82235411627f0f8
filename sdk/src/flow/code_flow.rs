//! The flow over the network: what is known of the server, the code exchanged, tokens renewed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Mutex, OnceCell};

use super::{
    AuthorizationRequest, AuthorizationRequestBuilder, FlowError, IdToken, IdTokenError,
    IdTokenVerifier, Tokens,
};
use crate::types::{JsonWebKeySet, OAuth2TokenResponse, OauthTokenBody, WellKnown};
use crate::{BASIC, CallOptions, Client, Credential, Error, ErrorExt as _, Failure, Secret};

/// The authorization code flow of one OAuth 2.0 client. Make one and share it: what it learns of
/// the server, it learns once.
#[derive(Debug)]
pub struct AuthorizationCodeFlow {
    server: Client,
    client_id: String,
    client_secret: Option<Secret>,
    redirect_uri: String,
    scopes: Vec<String>,
    issuer: Option<String>,
    authorization_url: Option<String>,
    leeway: Option<u64>,
    clock: fn() -> SystemTime,
    well_known: OnceCell<WellKnown>,
    keys: Mutex<Option<JsonWebKeySet>>,
}

impl AuthorizationCodeFlow {
    /// The flow of the client of this id, with answers to `redirect_uri`, which must be one of
    /// those that the client is registered with. `server` needs no credentials.
    pub fn new(
        server: Client,
        client_id: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        Self {
            server,
            client_id: client_id.into(),
            client_secret: None,
            redirect_uri: redirect_uri.into(),
            scopes: Vec::new(),
            issuer: None,
            authorization_url: None,
            leeway: None,
            clock: system_time,
            well_known: OnceCell::new(),
            keys: Mutex::new(None),
        }
    }

    /// The client's secret. Without it this is a public client, such as an app on a phone.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// The scopes to ask for: `openid` to learn who it is, `offline` for a refresh token.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Who has to answer and to sign. Default: what the server's discovery document says.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Where to send browsers. Default: what the server's discovery document says.
    #[must_use]
    pub fn authorization_url(mut self, url: impl Into<String>) -> Self {
        self.authorization_url = Some(url.into());
        self
    }

    /// How far the clocks of server and client may be apart, in seconds. Default: 60.
    #[must_use]
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = Some(seconds);
        self
    }

    /// Another clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: fn() -> SystemTime) -> Self {
        self.clock = clock;
        self
    }

    /// A new request: send the browser to its [`url`](AuthorizationRequest::url), and keep it until
    /// the browser comes back.
    ///
    /// # Errors
    /// If the server cannot be asked for its addresses, or a setting cannot work.
    pub async fn start(&self) -> Result<AuthorizationRequest, FlowError> {
        self.request().await?.build()
    }

    /// A request to which more can be added before it is built: `prompt`, `max_age`, …
    ///
    /// # Errors
    /// If the server cannot be asked for its addresses.
    pub async fn request(&self) -> Result<AuthorizationRequestBuilder, FlowError> {
        let server = self.well_known().await?;
        let endpoint = self
            .authorization_url
            .as_ref()
            .unwrap_or(&server.authorization_endpoint);
        let named = server.authorization_response_iss_parameter_supported == Some(true);
        let builder = AuthorizationRequest::builder(endpoint, &self.client_id, &self.redirect_uri)
            .scopes(&self.scopes)
            .issuer(self.issuer_of(server), named);
        Ok(builder)
    }

    /// Checks what the browser brought back (see [`AuthorizationRequest::answer`]), exchanges the
    /// code for tokens, and verifies the ID token.
    ///
    /// # Errors
    /// If it is no answer to the request, if the person declined, if the server refuses the code,
    /// or if the ID token is not to be believed.
    pub async fn finish(
        &self,
        request: &AuthorizationRequest,
        callback: &str,
    ) -> Result<Tokens, FlowError> {
        let code = request.answer(callback)?;
        // RFC 6749 section 4.1.3, RFC 7636 section 4.5.
        let form = OauthTokenBody {
            grant_type: Some("authorization_code".to_owned()),
            code: Some(code.expose().to_owned()),
            redirect_uri: Some(request.redirect_uri().to_owned()),
            code_verifier: Some(request.code_verifier().expose().to_owned()),
            ..OauthTokenBody::default()
        };
        let answer = self.ask(form).await?;
        self.tokens(answer, Some(request)).await
    }

    /// The next tokens (RFC 6749 section 6). The refresh token given here is used up: keep the one
    /// in the answer. If there is an ID token, its subject should be whom you know already.
    ///
    /// # Errors
    /// If the server refuses; with code `invalid_grant` the person has to sign in again.
    pub async fn refresh(&self, refresh_token: &Secret) -> Result<Tokens, FlowError> {
        let form = OauthTokenBody {
            grant_type: Some("refresh_token".to_owned()),
            refresh_token: Some(refresh_token.expose().to_owned()),
            ..OauthTokenBody::default()
        };
        let answer = self.ask(form).await?;
        let mut tokens = self.tokens(answer, None).await?;
        // RFC 6749 section 6: the server may leave the old one in force.
        tokens
            .refresh_token
            .get_or_insert_with(|| refresh_token.clone());
        Ok(tokens)
    }

    /// Verifies an ID token that came by another way than this flow.
    ///
    /// # Errors
    /// If it is not to be believed, or if the server cannot be asked for its keys.
    pub async fn verify_id_token(
        &self,
        token: &str,
        nonce: Option<&str>,
    ) -> Result<IdToken, FlowError> {
        let mut verifier = self.verifier().await?;
        if let Some(nonce) = nonce {
            verifier = verifier.nonce(nonce);
        }
        self.verify(&verifier, token).await
    }

    /// Makes a call to the token endpoint as this client.
    async fn ask(&self, mut form: OauthTokenBody) -> Result<OAuth2TokenResponse, FlowError> {
        let options = match &self.client_secret {
            Some(secret) => CallOptions::new().credential(
                BASIC,
                Credential::oauth_client(&self.client_id, secret.expose()),
            ),
            None => {
                // RFC 6749 section 4.1.3: who cannot authenticate says who it is.
                form.client_id = Some(self.client_id.clone());
                CallOptions::new().anonymous()
            }
        };
        let answer = self.server.with(options).oauth_token(Some(&form)).await;
        answer
            .map(crate::ResponseValue::into_inner)
            .map_err(|e| failed("oauthToken", e))
    }

    async fn tokens(
        &self,
        answer: OAuth2TokenResponse,
        request: Option<&AuthorizationRequest>,
    ) -> Result<Tokens, FlowError> {
        // RFC 6749 section 5.1: no `scope` means that all was granted that was asked for.
        let scopes: Vec<String> = match &answer.scope {
            Some(scope) => scope.split_whitespace().map(str::to_owned).collect(),
            None => request.map_or_else(|| self.scopes.clone(), |r| r.scopes().to_vec()),
        };
        let access_token = Secret::new(answer.access_token);
        let id_token = match answer.id_token {
            Some(token) => {
                let mut verifier = self.verifier().await?.access_token(access_token.clone());
                if let Some(nonce) = request.and_then(AuthorizationRequest::nonce) {
                    verifier = verifier.nonce(nonce);
                }
                if let Some(seconds) = request.and_then(AuthorizationRequest::max_age) {
                    verifier = verifier.max_age(seconds);
                }
                Some(self.verify(&verifier, &token).await?)
            }
            // A refresh may come without one (OpenID Connect Core 1.0 section 12.2).
            None if request.is_some() && scopes.iter().any(|scope| scope == "openid") => {
                return Err(IdTokenError::Missing.into());
            }
            None => None,
        };
        Ok(Tokens {
            access_token,
            expires_in: answer
                .expires_in
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(Duration::from_secs),
            refresh_token: answer.refresh_token.map(Secret::new),
            scopes,
            id_token,
        })
    }

    async fn verifier(&self) -> Result<IdTokenVerifier, FlowError> {
        let server = self.well_known().await?;
        let verifier = IdTokenVerifier::new(self.issuer_of(server), &self.client_id);
        Ok(match self.leeway {
            Some(seconds) => verifier.leeway(seconds),
            None => verifier,
        })
    }

    /// Verifies with the keys at hand, and with fresh ones if the token's key is not among them:
    /// the server may have got a new one since.
    async fn verify(&self, verifier: &IdTokenVerifier, token: &str) -> Result<IdToken, FlowError> {
        let since_1970 = (self.clock)().duration_since(UNIX_EPOCH);
        let now = since_1970.unwrap_or_default().as_secs();
        let mut kept = self.keys.lock().await;
        if let Some(keys) = &*kept {
            match verifier.verify(token, keys, now) {
                Err(IdTokenError::UnknownKey(_)) => {}
                result => return Ok(result?),
            }
        }
        let answer = self.server.well_known().await;
        let keys = answer.map_err(|e| failed("wellKnown", e))?.into_inner();
        let keys = kept.insert(keys);
        Ok(verifier.verify(token, keys, now)?)
    }

    fn issuer_of<'a>(&'a self, server: &'a WellKnown) -> &'a str {
        self.issuer.as_deref().unwrap_or(&server.issuer)
    }

    async fn well_known(&self) -> Result<&WellKnown, FlowError> {
        self.well_known
            .get_or_try_init(|| async {
                let answer = self.server.get_well_known().await;
                answer
                    .map(crate::ResponseValue::into_inner)
                    .map_err(|e| failed("getWellKnown", e))
            })
            .await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the default; tests give another clock"
)]
fn system_time() -> SystemTime {
    SystemTime::now()
}

fn failed<T>(operation: &'static str, error: Error<Failure<T>>) -> FlowError {
    let body: Option<serde_json::Value> = error
        .raw_body()
        .and_then(|body| serde_json::from_str(body).ok());
    let code = body.as_ref().and_then(|body| body.get("error")?.as_str());
    FlowError::Call {
        operation,
        status: error.status().map(|status| status.as_u16()),
        code: code.map(str::to_owned),
        message: error.message(),
        network: match error {
            Error::CommunicationError(error) | Error::ResponseBodyError(error) => Some(error),
            _ => None,
        },
    }
}
