//! The server, seen from a command: which one, as whom, and what its refusals mean.

use std::error::Error as _;

use clap::Args;
use hydra_sdk::{
    BASIC, CallOptions, Client, Config, Credential, Error, ErrorExt as _, OAUTH2, types,
};
use serde::Serialize;
use serde_json::Value;
use url::{Host, Url};

use crate::cli::connect;
use crate::cli::failure::Failure;
use crate::cli::network;
use crate::cli::secret;
use crate::cli::{GLOBAL_HEADING, Global};
use crate::config_file::{ConfigFile, ConfigFileError, Connection};
use crate::domain::secret::Secret;

/// Where `hydra host` listens if nothing else is said.
const DEFAULT_CLUSTER_URL: &str = "https://localhost:4444";

/// The scopes that management asks for. `hydra.*` is what the operations want; `hydra` is what clients
/// made for the command line have always been given.
const MANAGEMENT_SCOPES: &str = "hydra hydra.*";

/// Flags of the commands that talk to a server.
#[derive(Debug, Args)]
pub(crate) struct ApiArguments {
    /// Claim that TLS was terminated on the way (X-Forwarded-Proto: https), as a proxy before the server
    /// would
    #[arg(long, global = true, help_heading = GLOBAL_HEADING)]
    fake_tls_termination: bool,
}

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
        let connection = connection(global)?;
        let cluster_url = connection
            .cluster_url
            .unwrap_or_else(|| DEFAULT_CLUSTER_URL.to_owned());
        let address = connect::check(&cluster_url)?;
        let (Some(client_id), Some(secret)) = (connection.client_id, connection.client_secret)
        else {
            return Err(Failure::new("it is not known which client to act as")
                .hint("run `hydra connect`, or set CLIENT_ID and CLIENT_SECRET"));
        };
        let mut config = Config::new(&cluster_url)
            .user_agent(concat!("hydra/", env!("CARGO_PKG_VERSION")))
            .danger_accept_invalid_certs(global.skip_tls_verify);
        if is_loopback(&address) {
            // A proxy would look for the server on its own machine.
            config = config.no_proxy();
        }
        if arguments.fake_tls_termination {
            config = config.header("X-Forwarded-Proto", "https");
        }
        let anonymous = Client::new(&config)
            .map_err(|error| Failure::because(format!("cannot talk to {cluster_url}"), &error))?;
        Ok(Self {
            anonymous,
            secret,
            cluster_url,
            client_id,
        })
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
        let failure = Failure::new(attempt);
        let (failure, advice) = match (error.status(), error.source()) {
            (Some(status), _) => (
                failure.cause(&error.message()).status(status.as_u16()),
                self.advice(status.as_u16(), error.raw_body().unwrap_or_default()),
            ),
            (None, Some(source)) => (
                failure.cause(&network::cause(source)),
                network::advice(source, &self.cluster_url),
            ),
            (None, None) => (failure.cause(&error.message()), None),
        };
        match advice {
            Some(advice) => failure.hint(advice),
            None => failure,
        }
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

/// Whether `address` is on this machine.
fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
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

/// Environment before configuration file, setting by setting.
fn connection(global: &Global) -> Result<Connection, Failure> {
    if let Some(file) = global.config.as_ref().filter(|file| !file.exists()) {
        return Err(
            Failure::new(format!("there is no configuration file {}", file.display()))
                .hint("write it with `hydra connect --config FILE`"),
        );
    }
    let file = match ConfigFile::load(global.config.as_deref()) {
        Ok(file) => file.connection().clone(),
        // The environment may tell everything.
        Err(ConfigFileError::NoHome) => Connection::default(),
        Err(error) => {
            return Err(
                Failure::because("cannot tell which server to talk to", &error)
                    .hint("mend the file, or write it anew with `hydra connect --config FILE`"),
            );
        }
    };
    let variable =
        |name| Ok(secret::from_environment(name)?.map(|value| value.expose().to_owned()));
    Ok(Connection {
        cluster_url: variable("CLUSTER_URL")?.or(file.cluster_url),
        client_id: variable("CLIENT_ID")?.or(file.client_id),
        client_secret: secret::from_environment("CLIENT_SECRET")?.or(file.client_secret),
    })
}
