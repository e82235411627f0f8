//! `hydra host`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};
use ipnet::IpNet;

use super::advertised::AdvertisedArgs;
use super::cors::CorsArgs;
use super::lifespans::LifespanArgs;
use super::log_on::{LogOn, local_url};
use super::signals::Signals;
use super::{CommandError, block_on, environment, setting};
use crate::crypto::jws::Algorithm;
use crate::crypto::password::COSTS;
use crate::domain::resource::{DEFAULT_PREFIX, ResourceNames};
use crate::flows::failure_limits::Limits;
use crate::host::config::{Config, DEFAULT_CONSENT_URL, DEFAULT_MAX_CONNECTIONS};
use crate::host::duration;
use crate::host::logging::{self, Format, Level};
use crate::host::start::{Running, Seams, Server};
use crate::storage::DatabaseUrl;

/// Start the server.
///
/// Every setting is a flag and an environment variable; the flag counts if both are given. Secrets come
/// from the environment alone, since anybody on the machine can read the flags of a process.
#[derive(Debug, Args)]
#[command(after_long_help = environment::HELP)]
pub struct Host {
    /// Address or name to listen on [default: every interface]
    #[arg(long, env = "HOST", value_name = "ADDRESS")]
    host: Option<String>,
    /// Port to listen on; 0 lets the system choose, and the log tells which
    #[arg(long, env = "PORT", default_value_t = 4444)]
    port: u16,
    /// Write an address the server answers at, such as 127.0.0.1:4444, to this file once it does
    #[arg(long, env = "ADDRESS_FILE", value_name = "FILE")]
    address_file: Option<PathBuf>,
    /// URL by which the server calls itself; https, unless plain HTTP is forced
    /// [default: localhost and the port]
    #[arg(long, env = "ISSUER", value_name = "URL")]
    issuer: Option<String>,
    /// Database: memory, sqlite://FILE, postgres://…, mysql://… A password in it is safer in the
    /// environment [default: memory]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// URL of the application that asks people for consent
    /// [default: a page that says that there is none]
    #[arg(long, env = "CONSENT_URL", value_name = "URL")]
    consent_url: Option<String>,
    /// Let clients send PKCE challenges of method `plain`, which protect codes less well than S256
    #[arg(long, env = "ALLOW_PLAIN_PKCE", value_parser = FalseyValueParser::new())]
    allow_plain_pkce: bool,
    /// What the names begin with by which policies know clients, policies, keys and so on. Policies that
    /// were made under another one do not count any more
    #[arg(long, env = "RESOURCE_NAME_PREFIX", default_value = DEFAULT_PREFIX, value_name = "PREFIX")]
    resource_name_prefix: String,
    /// URL by which the command line reaches this server, for --dangerous-auto-logon
    /// [default: localhost and the port]
    #[arg(long, env = "CLUSTER_URL", value_name = "URL")]
    cluster_url: Option<String>,
    /// Cost of hashing client secrets; each step doubles the work
    #[arg(long, env = "BCRYPT_COST", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(i64::from(*COSTS.start())..=i64::from(*COSTS.end())))]
    bcrypt_cost: u32,
    #[command(flatten)]
    lifespans: LifespanArgs,
    #[command(flatten)]
    advertised: AdvertisedArgs,
    /// What ID tokens are signed with: RS256 or ES256. A key for it is made if there is none
    #[arg(long, env = "ID_TOKEN_ALGORITHM", default_value = "RS256", value_parser = id_token_algorithm, value_name = "NAME")]
    id_token_algorithm: Algorithm,
    /// Whether everybody may read the public keys at /.well-known/jwks.json; if not, a token and a policy
    /// are needed, which most clients that verify ID tokens do not have
    #[arg(long, env = "JWKS_ANONYMOUS", default_value_t = true, action = ArgAction::Set, value_name = "BOOLEAN")]
    jwks_anonymous: bool,
    /// File with the TLS certificate chain, PEM [default: self-signed]
    #[arg(long, env = "HTTPS_TLS_CERT_PATH", value_name = "FILE")]
    https_tls_cert_path: Option<PathBuf>,
    /// File with the TLS private key, PEM
    #[arg(long, env = "HTTPS_TLS_KEY_PATH", value_name = "FILE")]
    https_tls_key_path: Option<PathBuf>,
    /// Networks of proxies that terminate TLS, such as 10.0.0.0/8,192.0.2.1/32
    #[arg(
        long,
        env = "HTTPS_ALLOW_TERMINATION_FROM",
        value_delimiter = ',',
        value_name = "CIDR"
    )]
    https_allow_termination_from: Vec<String>,
    /// How many connections there may be at a time; whoever comes when all are taken has to wait. Keep it
    /// below the number of files that a process may open (`ulimit -n`)
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = DEFAULT_MAX_CONNECTIONS, value_name = "NUMBER",
          value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,
    #[command(flatten)]
    cors: CorsArgs,
    /// How often a client may fail to authenticate from one address in five minutes, before it has to wait.
    /// 0 means any number
    #[arg(long, env = "CLIENT_FAILURE_LIMIT", default_value_t = Limits::default().client, value_name = "NUMBER")]
    client_failure_limit: u32,
    /// How often all clients together may fail to authenticate from one address in five minutes. Clients
    /// that succeeded there are not held up by others. 0 means any number
    #[arg(long, env = "ADDRESS_FAILURE_LIMIT", default_value_t = Limits::default().address, value_name = "NUMBER")]
    address_failure_limit: u32,
    /// Let everybody read /metrics, in place of those who may read /health/metrics
    #[arg(long, env = "OPEN_METRICS", value_parser = FalseyValueParser::new())]
    open_metrics: bool,
    /// What to log
    #[arg(
        long,
        env = "LOG_LEVEL",
        value_enum,
        ignore_case = true,
        default_value = "info"
    )]
    log_level: Level,
    /// How to log
    #[arg(
        long,
        env = "LOG_FORMAT",
        value_enum,
        ignore_case = true,
        default_value = "text"
    )]
    log_format: Format,
    /// How long requests may take to finish when the server stops
    #[arg(long, env = "SHUTDOWN_TIMEOUT", default_value = "5s", value_parser = duration::parse, value_name = "DURATION")]
    shutdown_timeout: Duration,
    /// Serve plain HTTP as well, on the same port: passwords and tokens then travel in clear
    #[arg(long, env = "DANGEROUS_FORCE_HTTP", value_parser = FalseyValueParser::new())]
    dangerous_force_http: bool,
    /// Write the root client's credentials in clear into the command line's configuration file
    #[arg(long, env = "DANGEROUS_AUTO_LOGON", value_parser = FalseyValueParser::new())]
    dangerous_auto_logon: bool,
    /// Accepted for the sake of old scripts: there is no telemetry
    #[arg(long, env = "DISABLE_TELEMETRY", value_parser = FalseyValueParser::new())]
    disable_telemetry: bool,
}

impl Host {
    /// Runs a server until it is told to stop. `config` is the command line's configuration file, if
    /// another than the usual one is to be used.
    ///
    /// # Errors
    /// A setting cannot be used, or the server does not start.
    pub fn run(self, config: Option<&Path>) -> Result<(), CommandError> {
        logging::start(self.log_level, self.log_format);
        block_on(self.serve(config))
    }

    async fn serve(self, config_file: Option<&Path>) -> Result<(), CommandError> {
        let config = self.config()?;
        let doubts = doubts(&config);
        let forced = config.root.is_some();
        // Before a database is touched for a start that comes to nothing.
        let log_on = self
            .dangerous_auto_logon
            .then(|| LogOn::new(config_file, given(self.cluster_url.as_deref())))
            .transpose()?;
        // Before anybody is told that the server is up.
        let signals = Signals::listen().map_err(CommandError::Runtime)?;
        let running = Server::start(config, Seams::default()).await?;
        for doubt in doubts {
            tracing::warn!("{doubt}");
        }
        tell_credentials(&running, forced);
        if let Some(log_on) = log_on {
            log_on.write(&running, |port| {
                local_url(self.dangerous_force_http, given(self.host.as_deref()), port)
            })?;
        }
        if let Some(path) = &self.address_file {
            write_whole(path, &reachable(running.address()).to_string())?;
        }
        // Last, so that whoever waits for this line finds the files.
        tracing::info!(address = %running.address(), issuer = running.issuer(), "listening");
        signals.wait().await;
        tracing::info!("stopping");
        running.shutdown().await;
        tracing::info!("stopped");
        Ok(())
    }

    fn config(&self) -> Result<Config, CommandError> {
        let networks = self
            .https_allow_termination_from
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
            .map(|text| {
                network(text).ok_or_else(|| {
                    setting(
                        "HTTPS_ALLOW_TERMINATION_FROM",
                        format!("`{text}` is not a network such as 10.0.0.0/8"),
                    )
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Config {
            host: given(self.host.as_deref()).map(str::to_owned),
            port: self.port,
            issuer: given(self.issuer.as_deref()).map(str::to_owned),
            resources: ResourceNames::parse(
                given(Some(&self.resource_name_prefix)).unwrap_or(DEFAULT_PREFIX),
            )
            .map_err(|problem| setting("RESOURCE_NAME_PREFIX", problem.to_string()))?,
            database: given(self.database_url.as_deref())
                .map_or(Ok(DatabaseUrl::Memory), DatabaseUrl::parse)?,
            consent_url: given(self.consent_url.as_deref())
                .unwrap_or(DEFAULT_CONSENT_URL)
                .to_owned(),
            plain_challenges: self.allow_plain_pkce,
            system_secret: environment::secret_variable("SYSTEM_SECRET")?,
            previous_system_secrets: environment::previous_system_secrets()?,
            cookie_secret: environment::secret_variable("COOKIE_SECRET")?,
            root: environment::root_credentials()?,
            bcrypt_cost: self.bcrypt_cost,
            lifespans: self.lifespans.get(),
            advertised: self.advertised.get()?,
            id_token_algorithm: self.id_token_algorithm,
            jwks_anonymous: self.jwks_anonymous,
            force_http: self.dangerous_force_http,
            allow_termination_from: networks,
            max_connections: self.max_connections,
            tls: environment::tls(
                self.https_tls_cert_path.as_deref(),
                self.https_tls_key_path.as_deref(),
            )?,
            cors: self.cors.get(),
            open_metrics: self.open_metrics,
            failure_limits: Limits {
                client: self.client_failure_limit,
                address: self.address_failure_limit,
            },
            drain: self.shutdown_timeout,
        })
    }
}

/// What an operator may not have meant.
fn doubts(config: &Config) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if config.database.is_memory() {
        doubts.push(
            "the database is in memory: everything is lost when the server stops; set DATABASE_URL to \
             keep it",
        );
    }
    if config.consent_url == DEFAULT_CONSENT_URL {
        doubts.push(
            "there is no application that asks people for consent; set CONSENT_URL to have one",
        );
    }
    if config.force_http {
        doubts.push("plain HTTP is served: do not do this where others can listen");
    }
    doubts
}

/// Tells what was made up, at the one time and place: without it nobody could get in.
fn tell_credentials(running: &Running, forced: bool) {
    if let Some(secret) = running.made_up_secret() {
        tracing::warn!("SYSTEM_SECRET is not set, so one was made up");
        tracing::warn!(target: logging::CREDENTIALS, "SYSTEM_SECRET: {}", secret.expose());
    }
    if let Some(root) = running.root() {
        tracing::warn!("there were no clients, so a temporary root client was created");
        if !forced {
            tracing::warn!(target: logging::CREDENTIALS, "client_id: {}", root.client_id);
            tracing::warn!(
                target: logging::CREDENTIALS,
                "client_secret: {}",
                root.client_secret.expose()
            );
            tracing::warn!("create a client of your own and delete this one");
        }
    }
}

fn id_token_algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::named(text).ok_or_else(|| {
        let names = Algorithm::ALL.map(Algorithm::name);
        format!("it must be {}", names.join(" or "))
    })
}

/// An empty variable counts as unset.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Writes a file so that whoever waits for it never reads half of it.
fn write_whole(path: &Path, text: &str) -> Result<(), CommandError> {
    let mut half = path.as_os_str().to_owned();
    half.push(".new");
    std::fs::write(&half, text)
        .and_then(|()| std::fs::rename(&half, path))
        .map_err(|source| CommandError::Write {
            path: path.to_owned(),
            source,
        })
}

/// An address to connect to: nobody can connect to "every interface".
fn reachable(listening: SocketAddr) -> SocketAddr {
    if listening.ip().is_unspecified() {
        (Ipv4Addr::LOCALHOST, listening.port()).into()
    } else {
        listening
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_may_be_single_addresses() {
        for text in ["10.0.0.0/8", "192.0.2.1", "::1", "fd00::/8"] {
            assert!(network(text).is_some(), "{text}");
        }
        assert!(network("localhost").is_none());
    }
}
