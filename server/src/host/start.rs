//! Start and stop.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::config::Config;
use super::error::StartError;
use super::listener::{self, Listener};
use super::names::{certificate_names, consent_url, issuer};
use super::tls::Certificates;
use crate::crypto::password::PasswordHasher;
use crate::crypto::random::SystemRng;
use crate::crypto::system_secret::SystemSecret;
use crate::crypto::token::TokenSigner;
use crate::domain::clock::{Clock, SystemClock};
use crate::domain::random::{self, Rng};
use crate::domain::secret::Secret;
use crate::flows::browser::BrowserKeys;
use crate::flows::failure_limits::FailureLimits;
use crate::flows::housekeeping;
use crate::flows::metrics::Metrics;
use crate::flows::policies::Policies;
use crate::flows::setup::{self, RootCredentials, RootError};
use crate::flows::signing_keys::{self, SigningKeys};
use crate::flows::system_secret::{self, BindError};
use crate::flows::{Fault, Services};
use crate::http::{self, Cors, Frontage, TransportPolicy};
use crate::storage::{DatabaseUrl, Storage};

/// Where time and randomness come from.
#[derive(Debug, Clone)]
pub struct Seams {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes secrets.
    pub rng: Arc<dyn Rng>,
}

impl Default for Seams {
    /// The machine's.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
        }
    }
}

/// A server that is about to start.
#[derive(Debug)]
pub struct Server;

/// A server that answers.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    issuer: String,
    root: Option<RootCredentials>,
    made_up_secret: Option<Secret>,
    certificate: Option<CertificateDer<'static>>,
    storage: Storage,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    background: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server; it answers when this returns.
    ///
    /// # Errors
    /// The port is taken, the database cannot be opened or belongs to another secret, or the
    /// configuration contradicts itself.
    pub async fn start(config: Config, seams: Seams) -> Result<Running, StartError> {
        // First what fails fastest and harms nothing.
        let socket = listener::bind(config.host.as_deref(), config.port)
            .await
            .map_err(|source| StartError::Listen {
                address: format!("{}:{}", config.host.as_deref().unwrap_or("*"), config.port),
                source,
            })?;
        let address = socket.local_addr().map_err(|source| StartError::Listen {
            address: config.port.to_string(),
            source,
        })?;
        let issuer = issuer(&config, address.port())?;
        let names = certificate_names(&issuer, config.host.as_deref());
        let certificates = Arc::new(Certificates::new(config.tls.as_ref(), &names)?);
        let tls = listener::acceptor(certificates.server_config()?);

        let cors = Cors::new(&config.cors)?;
        let cookie_secret = config
            .cookie_secret
            .as_ref()
            .map(SystemSecret::new)
            .transpose()
            .map_err(StartError::CookieSecret)?;
        let (secret, made_up_secret) = system_secret(&config, seams.rng.as_ref())?;
        let storage = open(&config.database, &secret, seams.rng.as_ref()).await?;
        let services = Arc::new(Services {
            issuer: issuer.clone(),
            consent_url: consent_url(&config.consent_url, &issuer)?,
            plain_challenges: config.plain_challenges,
            resources: config.resources,
            advertised: config.advertised,
            lifespans: config.lifespans,
            policies: Policies::default(),
            storage: storage.clone(),
            passwords: PasswordHasher::new(config.bcrypt_cost, seams.rng.as_ref())
                .map_err(Fault::from)?,
            access_tokens: TokenSigner::new(&secret, "access token"),
            refresh_tokens: TokenSigner::new(&secret, "refresh token"),
            codes: TokenSigner::new(&secret, "authorization code"),
            signing_keys: SigningKeys::new(&secret, config.id_token_algorithm)
                .map_err(Fault::from)?
                .open_to_everybody(config.jwks_anonymous),
            browser: BrowserKeys::new(cookie_secret.as_ref().unwrap_or(&secret)),
            failures: FailureLimits::new(config.failure_limits),
            metrics: Metrics::default(),
            started_at: seams.clock.now(),
            clock: seams.clock,
            rng: seams.rng,
        });
        let root = setup::create_root(&services, config.root.as_ref())
            .await
            .map_err(|error| match error {
                RootError::Invalid(problem) => StartError::Root(problem),
                RootError::Fault(fault) => StartError::Fault(fault),
            })?;

        let mut background = vec![tokio::spawn({
            let services = Arc::clone(&services);
            async move { signing_keys::ensure(&services).await }
        })];
        if config.tls.is_none() {
            background.push(tokio::spawn(Arc::clone(&certificates).renew(names)));
        }
        background.push(tokio::spawn({
            let services = Arc::clone(&services);
            async move { housekeeping::keep(&services).await }
        }));

        let terminated = !config.allow_termination_from.is_empty();
        let transport = if config.force_http {
            TransportPolicy::Any
        } else if terminated {
            TransportPolicy::TerminatedBy(config.allow_termination_from)
        } else {
            TransportPolicy::Tls
        };
        let (stop, stopped) = watch::channel(false);
        let listener = Listener {
            socket,
            router: http::service(
                services,
                Frontage {
                    transport,
                    cors,
                    open_metrics: config.open_metrics,
                },
            ),
            tls: (!terminated).then_some(tls),
            max_connections: usize::try_from(config.max_connections).unwrap_or(usize::MAX),
            drain: config.drain,
        };
        Ok(Running {
            address,
            issuer,
            root,
            made_up_secret,
            certificate: certificates.certificate(),
            storage,
            serving: tokio::spawn(listener.serve(stopped)),
            stop,
            background,
        })
    }
}

impl Running {
    /// Where the server listens, with the real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL by which the server calls itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The credentials of the root client, if this start created it.
    #[must_use]
    pub const fn root(&self) -> Option<&RootCredentials> {
        self.root.as_ref()
    }

    /// The system secret, if none was given and this start made one up.
    #[must_use]
    pub const fn made_up_secret(&self) -> Option<&Secret> {
        self.made_up_secret.as_ref()
    }

    /// The certificate that the server shows, for callers that want to trust it.
    #[must_use]
    pub const fn certificate(&self) -> Option<&CertificateDer<'static>> {
        self.certificate.as_ref()
    }

    /// Stops accepting, lets requests finish for as long as the configuration says, and closes the
    /// database.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        // It ends by itself; if it panicked, there is nothing left to stop.
        drop(self.serving.await);
        for task in self.background {
            task.abort();
        }
        self.storage.close().await;
    }
}

async fn open(
    database: &DatabaseUrl,
    secret: &SystemSecret,
    rng: &dyn Rng,
) -> Result<Storage, StartError> {
    let name = database.to_string();
    let failed = |source| StartError::Open {
        database: name.clone(),
        source,
    };
    // A new SQLite file is ours to set up; any other database may have reasons to wait.
    let ours = match database {
        DatabaseUrl::Memory => true,
        DatabaseUrl::Sqlite(path) => !path.exists(),
        DatabaseUrl::Postgres(_) | DatabaseUrl::MySql(_) => false,
    };
    let storage = Storage::open(database).await.map_err(failed)?;
    if ours {
        storage.migrate().await.map_err(failed)?;
    } else {
        let pending = storage.pending_migrations().await.map_err(failed)?;
        if pending > 0 {
            return Err(StartError::Outdated {
                database: name,
                pending,
            });
        }
    }
    system_secret::bind(&storage, secret, rng)
        .await
        .map_err(|error| match error {
            BindError::WrongSecret => StartError::WrongSystemSecret {
                database: name.clone(),
            },
            BindError::StrangeKey { set, kid } => StartError::StrangeKey {
                database: name.clone(),
                set,
                kid,
            },
            BindError::Storage(source) => failed(source),
            BindError::Seal(error) => StartError::Fault(error.into()),
        })?;
    Ok(storage)
}

/// The operator's secret; or one made up, which is told apart so that the operator can learn it.
fn system_secret(
    config: &Config,
    rng: &dyn Rng,
) -> Result<(SystemSecret, Option<Secret>), StartError> {
    if let Some(secret) = &config.system_secret {
        let secret = SystemSecret::new(secret)?
            .after(&config.previous_system_secrets)
            .map_err(StartError::PreviousSystemSecret)?;
        return Ok((secret, None));
    }
    if !config.database.is_memory() {
        return Err(StartError::NoSystemSecret);
    }
    let made_up = Secret::new(random::secret(rng, 32).map_err(Fault::from)?);
    Ok((SystemSecret::new(&made_up)?, Some(made_up)))
}
