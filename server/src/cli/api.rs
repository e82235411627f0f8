//! The server, seen from a command: which one, as whom, and what its refusals mean.

use std::error::Error as _;

use hydra_sdk::{BASIC, CallOptions, Client, Credential, Error, ErrorExt as _, OAUTH2, types};
use serde::Serialize;
use serde_json::Value;

use crate::cli::Global;
use crate::cli::connection::{self, ApiArguments, DEFAULT_CLUSTER_URL};
use crate::cli::failure::Failure;
use crate::cli::network;
use crate::domain::secret::Secret;

/// The scopes that management asks for. `hydra.*` is what the operations want; `hydra` is what clients
/// made for the command line have always been given.
const MANAGEMENT_SCOPES: &str = "hydra hydra.*";

/// A server and the client to act as.
pub(crate) struct Api {
    anonymous: Client,
    secret: Secret,
    cluster_url: String,
    client_id: String,
}

impl Api {
    /// The server and client of environment and configuration file. Nothing is sent yet.
    ///
    /// # Errors
    /// The configuration is incomplete or wrong.
    pub(crate) fn new(arguments: &ApiArguments, global: &Global) -> Result<Self, Failure> {
        let configured = connection::configured(global)?;
        let cluster_url = configured
            .cluster_url
            .unwrap_or_else(|| DEFAULT_CLUSTER_URL.to_owned());
        connection::check(&cluster_url)?;
        let (Some(client_id), Some(secret)) = (configured.client_id, configured.client_secret)
        else {
            return Err(Failure::new("it is not known which client to act as")
                .hint("run `hydra connect`, or set CLIENT_ID and CLIENT_SECRET"));
        };
        let anonymous = connection::client(&cluster_url, arguments, global)?;
        Ok(Self {
            anonymous,
            secret,
            cluster_url,
            client_id,
        })
    }

    /// Address of the server.
    pub(crate) fn cluster_url(&self) -> &str {
        &self.cluster_url
    }

    /// The SDK's client, showing the id and secret.
    pub(crate) fn basic(&self) -> Client {
        let credential = Credential::oauth_client(&self.client_id, self.secret.expose());
        self.anonymous
            .with(CallOptions::new().credential(BASIC, credential))
    }

    /// The SDK's client, showing an access token that may manage.
    ///
    /// # Errors
    /// There is no such token.
    pub(crate) async fn management(&self) -> Result<Client, Failure> {
        let token = self.token(MANAGEMENT_SCOPES).await?;
        let options = CallOptions::new().credential(OAUTH2, Credential::bearer(token.access_token));
        Ok(self.anonymous.with(options))
    }

    /// An access token for these scopes (RFC 6749 section 4.4).
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub(crate) async fn token(&self, scope: &str) -> Result<types::OAuth2TokenResponse, Failure> {
        let attempt = format!("cannot get an access token from {}", self.cluster_url);
        let request = types::OauthTokenBody {
            grant_type: Some("client_credentials".to_owned()),
            scope: Some(scope.to_owned()).filter(|scope| !scope.is_empty()),
            ..Default::default()
        };
        let token = self
            .basic()
            .oauth_token(Some(&request))
            .await
            .map_err(|error| self.failure(&attempt, &error))?
            .into_inner();
        // RFC 6749 appendix A.12. What is printed ends up in headers and terminals.
        if token
            .access_token
            .bytes()
            .all(|byte| (0x20..=0x7e).contains(&byte))
        {
            Ok(token)
        } else {
            Err(Failure::new(attempt)
                .cause("the server's answer holds no access token that could be sent"))
        }
    }

    /// What a person should know of a call that failed: `attempt` says what was attempted.
    pub(crate) fn failure<T>(
        &self,
        attempt: &str,
        error: &Error<hydra_sdk::Failure<T>>,
    ) -> Failure {
        failure(attempt, error, &self.cluster_url, |status, body| {
            self.advice(status, body)
        })
    }

    /// Advice for an answer of `status` with `body`.
    fn advice(&self, status: u16, body: &str) -> Option<String> {
        let id = &self.client_id;
        match (status, code(body).as_deref()) {
            (_, Some("invalid_client")) => Some(format!(
                "check the id `{id}` and its secret, or run `hydra connect` again"
            )),
            (_, Some("invalid_scope")) => Some(format!(
                "the client `{id}` must be allowed these scopes; managing takes `hydra` and `hydra.*`"
            )),
            (_, Some("unauthorized_client")) => Some(format!(
                "the client `{id}` must be allowed the grant client_credentials"
            )),
            (403, _) => Some(format!(
                "policies and scopes have to allow it to the client `{id}`"
            )),
            (409, _) => Some("choose another id, or delete the existing one first".to_owned()),
            (300..=399, _) => Some(format!(
                "what answers at {} sends callers elsewhere; check the cluster URL",
                self.cluster_url
            )),
            _ => None,
        }
    }
}

/// What a person should know of a call to the server at `url` that failed: what was attempted, why it
/// failed, and what `advice` says to an answer of that status and body.
pub(crate) fn failure<T>(
    attempt: &str,
    error: &Error<hydra_sdk::Failure<T>>,
    url: &str,
    advice: impl FnOnce(u16, &str) -> Option<String>,
) -> Failure {
    let failure = Failure::new(attempt);
    let (failure, advice) = match (error.status(), error.source()) {
        (Some(status), _) => (
            failure.cause(&error.message()).status(status.as_u16()),
            advice(status.as_u16(), error.raw_body().unwrap_or_default()),
        ),
        (None, Some(source)) => (
            failure.cause(&network::cause(source)),
            network::advice(source, url),
        ),
        (None, None) => (failure.cause(&error.message()), None),
    };
    match advice {
        Some(advice) => failure.hint(advice),
        None => failure,
    }
}

/// `error` of RFC 6749 section 5.2.
fn code(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    Some(body.get("error")?.as_str()?.to_owned())
}

/// Runs a command's future to its end.
///
/// # Errors
/// Those of the future, or the runtime cannot start.
pub(crate) fn run<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::because("cannot start", &error))?;
    let result = runtime.block_on(future);
    // A name being looked up cannot be cancelled; it is not waited for.
    runtime.shutdown_background();
    result
}

/// An answer of the server as JSON.
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn value(answer: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::because("cannot show the server's answer", &error))
}
