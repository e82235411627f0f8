//! What an operator may decide.

use std::time::Duration;

use ipnet::IpNet;

use crate::crypto::jws::Algorithm;
use crate::domain::advertised::Advertised;
use crate::domain::resource::ResourceNames;
use crate::domain::secret::Secret;
use crate::flows::Lifespans;
use crate::flows::failure_limits::Limits;
use crate::flows::setup::RootCredentials;
use crate::http::CorsSettings;
use crate::storage::DatabaseUrl;

/// The configuration of a server. The default is a server on port 4444 of every interface, with TLS by
/// a certificate of its own making and a database in memory.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address or name to listen on; `None` means every interface.
    pub host: Option<String>,
    /// The port to listen on; 0 lets the system choose.
    pub port: u16,
    /// The URL by which the server calls itself. `None` means `localhost` and the port it listens on.
    pub issuer: Option<String>,
    /// The application that asks people for consent: a URL, or a path below the issuer.
    pub consent_url: String,
    /// Whether a client may send its code verifier in clear (RFC 7636 method `plain`).
    pub plain_challenges: bool,
    /// The names by which policies know what the server manages.
    pub resources: ResourceNames,
    /// Where the database is.
    pub database: DatabaseUrl,
    /// What everything stored is sealed and signed with. May be `None` only for a database in memory.
    pub system_secret: Option<Secret>,
    /// Earlier system secrets: what they sealed is sealed anew, and what they signed is still good.
    pub previous_system_secrets: Vec<Secret>,
    /// What cookies are made with; `None` means the system secret.
    pub cookie_secret: Option<Secret>,
    /// The credentials of the first client; `None` means random ones.
    pub root: Option<RootCredentials>,
    /// The cost of hashing client secrets.
    pub bcrypt_cost: u32,
    /// What discovery tells beside what the server knows of itself.
    pub advertised: Advertised,
    /// How long what is issued is good.
    pub lifespans: Lifespans,
    /// What ID tokens are signed with.
    pub id_token_algorithm: Algorithm,
    /// Whether everybody may read the public keys that ID tokens verify with.
    pub jwks_anonymous: bool,
    /// Serve plain HTTP as well, on the same port, to everybody.
    pub force_http: bool,
    /// The networks of proxies that terminate TLS. If there are any, only plain HTTP is served, and to
    /// them alone.
    pub allow_termination_from: Vec<IpNet>,
    /// How many connections there may be at a time, at least one.
    pub max_connections: u32,
    /// The certificate and key to serve TLS with; `None` means self-signed.
    pub tls: Option<TlsFiles>,
    /// Which scripts of other origins may read answers.
    pub cors: CorsSettings,
    /// Whether everybody may read `/metrics`.
    pub open_metrics: bool,
    /// How many failures of clients to authenticate are borne.
    pub failure_limits: Limits,
    /// How long requests may take to finish when the server stops.
    pub drain: Duration,
}

/// Connections at a time unless the operator says otherwise. Most systems let a process open 1024 files;
/// the database wants some of them.
pub(super) const DEFAULT_MAX_CONNECTIONS: u32 = 900;

/// A page that says that there is no application yet.
pub(super) const DEFAULT_CONSENT_URL: &str = "/oauth2/consent-fallback";

impl Default for Config {
    fn default() -> Self {
        Self {
            host: None,
            port: 4444,
            issuer: None,
            consent_url: DEFAULT_CONSENT_URL.to_owned(),
            plain_challenges: false,
            resources: ResourceNames::default(),
            database: DatabaseUrl::Memory,
            system_secret: None,
            previous_system_secrets: Vec::new(),
            cookie_secret: None,
            root: None,
            bcrypt_cost: 10,
            advertised: Advertised::default(),
            lifespans: Lifespans::default(),
            id_token_algorithm: Algorithm::default(),
            jwks_anonymous: true,
            force_http: false,
            allow_termination_from: Vec::new(),
            max_connections: DEFAULT_MAX_CONNECTIONS,
            tls: None,
            cors: CorsSettings::default(),
            open_metrics: false,
            failure_limits: Limits::default(),
            drain: Duration::from_secs(5),
        }
    }
}

/// A certificate chain and its key, as PEM text.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificates, the server's own first.
    pub certificates: String,
    /// The private key.
    pub key: Secret,
}
