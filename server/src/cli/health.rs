//! `hydra health`: is a server alive, and ready? The health check of a container that holds nothing but this binary.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use hydra_sdk::{CallOptions, RetryPolicy};
use serde_json::json;

use crate::cli::Global;
use crate::cli::api;
use crate::cli::connection::{self, ApiArguments};
use crate::cli::failure::Failure;
use crate::cli::output::Report;
use crate::cli::secret;

/// An instance that takes longer to say one word is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Check whether a server is alive
///
/// Prints `ok` and ends with status 0 if the server answers, with status 1 if not. Needs no credentials. With
/// --ready it is `ok` only if the server reaches its database as well, so that it can do its work.
///
/// Asks the server at --url, or else the one that `hydra connect` or CLUSTER_URL names, or else the one
/// on this machine.
///
/// With --json: an object of `status` and `url`.
#[derive(Debug, Args)]
#[command(after_help = "As the health check of a container:\n  \
    HEALTHCHECK CMD [\"/hydra\", \"health\", \"--local\"]")]
pub(crate) struct Health {
    /// Address of the server, http or https
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Ask the server on this machine, at the HOST and PORT that `hydra host` takes from the environment,
    /// whatever its certificate
    #[arg(long, conflicts_with = "url")]
    local: bool,
    /// Check whether the server can do its work: whether it reaches its database
    #[arg(long)]
    ready: bool,
    #[command(flatten)]
    api: ApiArguments,
}

impl Health {
    pub(crate) fn run(self, global: &Global) -> Result<Report, Failure> {
        let named = match self.url {
            _ if self.local => None,
            Some(url) => Some(url),
            None => connection::configured(global)?.cluster_url,
        };
        let here = named.is_none();
        let url = match named {
            Some(url) => url,
            None => local()?,
        };
        let global = Global {
            // Nothing secret is sent, and nobody else's certificate answers here.
            skip_tls_verify: here || global.skip_tls_verify,
            ..global.clone()
        };
        let options = CallOptions::new()
            .timeout(PATIENCE)
            .retry(RetryPolicy::never());
        let client = connection::client(&url, &self.api, &global)?.with(options);
        let health = api::run(async {
            let (answer, complaint) = if self.ready {
                (
                    client.get_instance_readiness().await,
                    "the server is not ready",
                )
            } else {
                (client.get_instance_status().await, "the server is not well")
            };
            answer.map_err(|error| api::failure(complaint, &error, &url, |_, _| None))
        })?;
        let json = json!({ "status": health.status, "url": url });
        Ok(Report::new(format!("{}\n", health.status), json))
    }
}

/// Where `hydra host` listens with this environment.
fn local() -> Result<String, Failure> {
    let variable = |name| {
        Ok::<_, Failure>(secret::from_environment(name)?.map(|value| value.expose().to_owned()))
    };
    Ok(address(
        variable("HOST")?.as_deref(),
        variable("PORT")?.as_deref(),
        // Then there is no TLS at all.
        variable("HTTPS_ALLOW_TERMINATION_FROM")?.is_some(),
    ))
}

/// The URL of a server on this machine that listens on `host`. Nobody can connect to "every interface".
fn address(host: Option<&str>, port: Option<&str>, terminated: bool) -> String {
    let host = match (host, host.and_then(|host| host.parse::<IpAddr>().ok())) {
        (None, _) => "127.0.0.1".to_owned(),
        (_, Some(IpAddr::V4(ip))) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        (_, Some(IpAddr::V6(ip))) if ip.is_unspecified() => "[::1]".to_owned(),
        (_, Some(IpAddr::V6(ip))) => format!("[{ip}]"),
        (Some(host), _) => host.to_owned(),
    };
    let scheme = if terminated { "http" } else { "https" };
    format!("{scheme}://{host}:{}", port.unwrap_or("4444"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_server_is_where_it_listens() {
        for (host, port, terminated, url) in [
            (None, None, false, "https://127.0.0.1:4444"),
            (None, Some("9000"), false, "https://127.0.0.1:9000"),
            (Some("0.0.0.0"), None, true, "http://127.0.0.1:4444"),
            (Some("::"), None, false, "https://[::1]:4444"),
            (Some("fd00::1"), None, false, "https://[fd00::1]:4444"),
            (Some("10.0.0.1"), None, false, "https://10.0.0.1:4444"),
            (
                Some("hydra.internal"),
                None,
                false,
                "https://hydra.internal:4444",
            ),
        ] {
            assert_eq!(address(host, port, terminated), url);
        }
    }
}
