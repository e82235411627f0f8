//! Which server the commands talk to, as whom, and the SDK's client for it.

use clap::Args;
use hydra_sdk::{Client, Config};
use url::{Host, Url};

use crate::cli::failure::Failure;
use crate::cli::secret;
use crate::cli::{GLOBAL_HEADING, Global};
use crate::config_file::{ConfigFile, ConfigFileError, Connection};

/// Where `hydra host` listens if nothing else is said.
pub(crate) const DEFAULT_CLUSTER_URL: &str = "https://localhost:4444";

/// Flags of the commands that talk to a server.
#[derive(Debug, Args)]
pub(crate) struct ApiArguments {
    /// Claim that TLS was terminated on the way (X-Forwarded-Proto: https), as a proxy before the server
    /// would
    #[arg(long, global = true, help_heading = GLOBAL_HEADING)]
    pub(crate) fake_tls_termination: bool,
}

/// What environment and configuration file tell, setting by setting; the environment counts more.
///
/// # Errors
/// The file cannot be used, or a variable is not text.
pub(crate) fn configured(global: &Global) -> Result<Connection, Failure> {
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

/// The SDK's client for the server at `url`, showing no credentials. Nothing is sent yet.
///
/// # Errors
/// The URL is not the address of a server.
pub(crate) fn client(
    url: &str,
    arguments: &ApiArguments,
    global: &Global,
) -> Result<Client, Failure> {
    let address = check(url)?;
    let mut config = Config::new(url)
        .user_agent(concat!("hydra/", env!("CARGO_PKG_VERSION")))
        .danger_accept_invalid_certs(global.skip_tls_verify);
    if is_loopback(&address) {
        // A proxy would look for the server on its own machine.
        config = config.no_proxy();
    }
    if arguments.fake_tls_termination {
        config = config.header("X-Forwarded-Proto", "https");
    }
    Client::new(&config).map_err(|error| Failure::because(format!("cannot talk to {url}"), &error))
}

/// A server's address has to be one that the SDK can call.
///
/// # Errors
/// It is not.
pub(crate) fn check(url: &str) -> Result<Url, Failure> {
    let complaint = match Url::parse(url) {
        Err(error) => error.to_string(),
        Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") => {
            "it has to begin with https:// or http://".to_owned()
        }
        Ok(parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            // Not quoted: it holds a password.
            return Err(
                Failure::new("the cluster URL must not hold a user name or password")
                    .hint("give them as --id and --secret"),
            );
        }
        Ok(parsed) if parsed.query().is_some() || parsed.fragment().is_some() => {
            "it must not have a query or fragment".to_owned()
        }
        Ok(parsed) => return Ok(parsed),
    };
    Err(
        Failure::new(format!("`{url}` is not the address of a server"))
            .cause(&complaint)
            .hint("write it like https://localhost:4444"),
    )
}

/// Whether `address` is on this machine.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for url in [
            "https://localhost:9000",
            "http://127.0.0.1:4444/",
            "https://example.org/hydra",
        ] {
            assert!(check(url).is_ok(), "{url}");
        }
        for url in [
            "localhost:9000",
            "localhost",
            "ftp://example.org",
            "https://",
            "https://a/?b",
            "https://a/#b",
            "http://:1",
        ] {
            let failure = check(url).unwrap_err();
            assert!(failure.message().contains(url), "{failure:?}");
        }
        let failure = check("https://admin:hush@localhost").unwrap_err();
        assert!(!format!("{failure:?}").contains("hush"));
    }
}
