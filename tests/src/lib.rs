//! A real server for tests: in this process, on a port of its own, with a clock that the test sets.

pub mod databases;
pub mod person;

use std::sync::Arc;

use anyhow::{Context, Result};
use databases::Database;
use hydra_sdk::{Client, Hydra, HydraBuilder, types::OAuth2Client};
use hydra_server::{
    domain::{
        clock::{ManualClock, UnixTime},
        secret::Secret,
    },
    flows::setup::RootCredentials,
    host::{Config, Running, Seams, Server},
};

/// The root client's id on every [`TestServer`].
pub const ROOT_ID: &str = "root";
/// Its secret. The characters are ones that HTTP Basic and forms must escape.
pub const ROOT_SECRET: &str = "s3cret: 100% + more";
/// Everything that there is a scope for.
pub const ALL_SCOPES: [&str; 11] = [
    "hydra.clients",
    "hydra.consent",
    "hydra.health",
    "hydra.introspect",
    "hydra.keys.create",
    "hydra.keys.delete",
    "hydra.keys.get",
    "hydra.keys.update",
    "hydra.policies",
    "hydra.warden",
    "hydra.warden.groups",
];

/// A running server, with its database in memory.
pub struct TestServer {
    running: Running,
    /// The server's time, which stands still until a test moves it.
    pub clock: Arc<ManualClock>,
}

impl TestServer {
    /// Starts a server that answers TLS and plain HTTP.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start() -> Result<Self> {
        Self::start_with(|config| config).await
    }

    /// Starts a server with another configuration than [`start`](Self::start)'s.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start_with(change: impl FnOnce(Config) -> Config) -> Result<Self> {
        let config = Config {
            host: Some("127.0.0.1".to_owned()),
            port: 0,
            issuer: Some("https://hydra.example.com/".to_owned()),
            root: Some(RootCredentials {
                client_id: ROOT_ID.to_owned(),
                client_secret: Secret::new(ROOT_SECRET),
            }),
            // The least that bcrypt allows: these tests are not about its slowness.
            bcrypt_cost: 4,
            force_http: true,
            ..Config::default()
        };
        let clock = Arc::new(ManualClock::new(UnixTime(1_500_000_000)));
        let seams = Seams {
            clock: clock.clone(),
            ..Seams::default()
        };
        let running = Server::start(change(config), seams).await?;
        Ok(Self { running, clock })
    }

    /// Starts a server on a database that outlives it, and that others may use at the same time.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn on(database: &Database) -> Result<Self> {
        Self::start_with(|config| database.config(config)).await
    }

    /// The server's address over plain HTTP.
    pub fn http(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// The server's address over TLS, with a self-signed certificate.
    pub fn https(&self) -> String {
        format!("https://localhost:{}", self.running.address().port())
    }

    /// A builder of clients that talk TLS to this server, its certificate trusted.
    ///
    /// # Errors
    /// If the server has no certificate.
    pub fn hydra(&self) -> Result<HydraBuilder> {
        let certificate = self
            .running
            .certificate()
            .context("the server serves no TLS")?;
        Ok(Hydra::builder(self.https()).root_certificate(pem(certificate)))
    }

    /// The SDK as the root client, which may do everything.
    ///
    /// # Errors
    /// If the SDK refuses the configuration.
    pub fn root(&self) -> Result<Client> {
        Ok(self
            .hydra()?
            .client_credentials(ROOT_ID, ROOT_SECRET)
            .scopes(ALL_SCOPES)
            .build()?)
    }

    /// The SDK as another client, with tokens of `scopes`.
    ///
    /// # Errors
    /// If the SDK refuses the configuration.
    pub fn client(&self, client: &OAuth2Client, scopes: &[&str]) -> Result<Client> {
        let id = client.id.as_deref().context("the client has no id")?;
        let secret = client
            .client_secret
            .as_deref()
            .context("the client's secret is not known")?;
        Ok(self
            .hydra()?
            .client_credentials(id, secret)
            .scopes(scopes.iter().copied())
            .build()?)
    }

    /// Creates a client that may use the client credentials grant for `scope`; the answer holds its secret.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn create_client(&self, id: &str, scope: &str) -> Result<OAuth2Client> {
        let wanted = OAuth2Client {
            id: Some(id.to_owned()),
            grant_types: Some(vec!["client_credentials".to_owned()]),
            scope: Some(scope.to_owned()),
            ..OAuth2Client::default()
        };
        Ok(self
            .root()?
            .create_o_auth2_client(&wanted)
            .await?
            .into_inner())
    }

    /// Stops the server; what it was doing is finished first.
    pub async fn stop(self) {
        self.running.shutdown().await;
    }
}

fn pem(certificate: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let lines: Vec<String> = STANDARD
        .encode(certificate)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
