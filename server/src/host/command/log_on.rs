//! `--dangerous-auto-logon`: the root client's credentials go where the command line looks for them.

use std::net::IpAddr;
use std::path::Path;

use url::Url;

use super::{CommandError, setting};
use crate::config_file::{ConfigFile, Connection};
use crate::host::start::Running;

/// Credentials on their way into the command line's configuration file.
pub(super) struct LogOn {
    file: ConfigFile,
    /// What the operator says; else it follows from where the server listens.
    cluster_url: Option<String>,
}

impl LogOn {
    /// Reads the file that is to be written, or the usual one.
    ///
    /// # Errors
    /// The file cannot be read, or the URL is none.
    pub(super) fn new(
        file: Option<&Path>,
        cluster_url: Option<&str>,
    ) -> Result<Self, CommandError> {
        if cluster_url.is_some_and(|url| Url::parse(url).is_err()) {
            return Err(setting("CLUSTER_URL", "it is not a URL"));
        }
        Ok(Self {
            file: ConfigFile::load(file)?,
            cluster_url: cluster_url.map(str::to_owned),
        })
    }

    /// Writes the file; `local_url` tells how this machine reaches a port of the server.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(
        mut self,
        running: &Running,
        local_url: impl FnOnce(u16) -> String,
    ) -> Result<(), CommandError> {
        let cluster_url = self
            .cluster_url
            .unwrap_or_else(|| local_url(running.address().port()));
        let root = running.root();
        self.file.save(Connection {
            cluster_url: Some(cluster_url),
            client_id: root.map(|root| root.client_id.clone()),
            client_secret: root.map(|root| root.client_secret.clone()),
        })?;
        let file = self.file.path().display();
        if root.is_some() {
            tracing::warn!(
                %file,
                "wrote credentials in clear for the command line: do not do this where others can read \
                 them"
            );
        } else {
            tracing::warn!(
                %file,
                "there are clients already, so only the URL was written for the command line"
            );
        }
        Ok(())
    }
}

/// How this machine reaches a server that listens on `host`.
pub(super) fn local_url(plain: bool, host: Option<&str>, port: u16) -> String {
    let scheme = if plain { "http" } else { "https" };
    let host = host
        .filter(|host| !host.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified()))
        .unwrap_or("localhost");
    if host.contains(':') {
        format!("{scheme}://[{host}]:{port}")
    } else {
        format!("{scheme}://{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_reaches_every_kind_of_host() {
        for (plain, host, url) in [
            (true, None, "http://localhost:80"),
            (false, Some("0.0.0.0"), "https://localhost:80"),
            (false, Some("::"), "https://localhost:80"),
            (false, Some("::1"), "https://[::1]:80"),
            (true, Some("hydra.example"), "http://hydra.example:80"),
        ] {
            assert_eq!(local_url(plain, host, 80), url);
        }
    }
}
