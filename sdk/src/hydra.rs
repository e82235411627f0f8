//! The short way to a client.

use std::time::Duration;

use crate::{ClientCredentials, Config, Credential, RetryPolicy, Secret, TransportError};

/// Name of the security scheme for user name and password: a client's id and secret.
pub const BASIC: &str = "basic";
/// Name of the security scheme for access tokens.
pub const OAUTH2: &str = "oauth2";

/// Where to begin: [`Hydra::builder`].
#[derive(Debug)]
pub struct Hydra(());

impl Hydra {
    /// A builder of clients for the server at `url`, such as `https://localhost:4444`.
    pub fn builder(url: impl Into<String>) -> HydraBuilder {
        HydraBuilder {
            config: Config::new(url),
            client: None,
            token: None,
            scopes: Vec::new(),
            token_url: None,
        }
    }
}

/// Says who calls and how; then [`build`](Self::build).
#[derive(Debug, Clone)]
#[must_use]
pub struct HydraBuilder {
    config: Config,
    client: Option<(String, Secret)>,
    token: Option<Secret>,
    scopes: Vec<String>,
    token_url: Option<String>,
}

impl HydraBuilder {
    /// Calls as this OAuth 2.0 client: with tokens of the client credentials grant where a call
    /// needs a token, with id and secret where it takes those.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.client = Some((id.into(), secret.into()));
        self
    }

    /// Scopes of the tokens to fetch.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Calls with this access token.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// URL to fetch tokens from, if it is not `/oauth2/token` of the server.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Believes any certificate, so that self-signed ones work. Whoever sits on the network can
    /// then read and change everything: not for production.
    pub fn skip_tls_verify(mut self) -> Self {
        self.config = self.config.danger_accept_invalid_certs(true);
        self
    }

    /// A certificate in PEM to believe besides those of the system.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.config = self.config.root_certificates_pem(pem);
        self
    }

    /// How long one attempt of a call may take. Default: 60 s.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.config = self.config.timeout(limit);
        self
    }

    /// When to try again. Default: idempotent calls, twice.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.config = self.config.retry(policy);
        self
    }

    /// A header for every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config = self.config.header(name, value);
        self
    }

    /// Changes anything else of the configuration.
    pub fn configure(mut self, change: impl FnOnce(Config) -> Config) -> Self {
        self.config = change(self.config);
        self
    }

    /// The configuration built so far, with credentials.
    pub fn config(self) -> Config {
        let mut config = self.config;
        if let Some((id, secret)) = &self.client {
            config = config.credential(BASIC, Credential::oauth_client(id, secret.expose()));
        }
        match (self.token, self.client) {
            (Some(token), _) => config.credential(OAUTH2, Credential::Bearer(token)),
            (None, Some((id, secret))) => {
                let mut source = ClientCredentials::new(id, secret).scopes(self.scopes);
                if let Some(url) = self.token_url {
                    source = source.token_url(url);
                }
                config.credential(OAUTH2, Credential::tokens(source))
            }
            (None, None) => config,
        }
    }

    /// A client. Nothing is sent yet; tokens are fetched when a call needs one.
    ///
    /// # Errors
    /// If the configuration cannot work: a URL that is none, a certificate that cannot be read.
    #[cfg(feature = "typed")]
    pub fn build(self) -> Result<crate::Client, TransportError> {
        crate::Client::new(&self.config())
    }

    /// A transport, for calls that are not known before run time.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn transport(self) -> Result<crate::Transport, TransportError> {
        crate::Transport::new(&crate::API, &self.config())
    }
}
