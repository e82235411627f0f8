//! `hydra connect`: remembers which server the other commands talk to, and as whom.

use std::io::{self, IsTerminal as _};

use clap::Args;
use serde_json::json;

use crate::cli::Global;
use crate::cli::connection;
use crate::cli::failure::Failure;
use crate::cli::output::{Printer, Report};
use crate::cli::secret;
use crate::config_file::{ConfigFile, Connection};
use crate::domain::secret::Secret;

/// Remember the server to talk to and the client to act as
///
/// Writes the configuration file, which only its owner may read. What is not given is asked for on
/// standard input, where Enter keeps the value in brackets. Nothing is sent to the server.
///
/// With --json: an object of `client_id`, `cluster_url` and `config_file`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    hydra connect --url https://localhost:4444 --id admin --secret -\n  \
    hydra connect")]
pub(crate) struct Connect {
    /// Address of the server, http or https
    #[arg(long, value_name = "URL", env = "CLUSTER_URL", hide_env_values = true)]
    url: Option<String>,
    /// Id of the OAuth 2.0 client to act as
    #[arg(long, value_name = "ID", env = "CLIENT_ID", hide_env_values = true)]
    id: Option<String>,
    /// The client's secret; `-` reads it from standard input
    ///
    /// [env: CLIENT_SECRET]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse, allow_hyphen_values = true)]
    secret: Option<Secret>,
}

impl Connect {
    pub(crate) fn run(self, global: &Global, printer: &Printer) -> Result<Report, Failure> {
        let mut file = ConfigFile::load(global.config.as_deref())
            .map_err(|error| Failure::because("cannot connect", &error))?;
        let known = file.connection().clone();

        let given = |value: Option<String>| value.filter(|value| !value.is_empty());
        let (url, id) = (given(self.url), given(self.id));
        let secret = secret::given(self.secret, "CLIENT_SECRET", printer)?;

        let url = match url {
            Some(url) => url,
            None => ask("Cluster URL", known.cluster_url, printer)?,
        };
        connection::check(&url)?;
        let id = match id {
            Some(id) => id,
            None => ask("Client ID", known.client_id, printer)?,
        };
        let secret = match secret {
            Some(secret) => secret,
            None => ask_secret(known.client_secret, printer)?,
        };

        file.save(Connection {
            cluster_url: Some(url.clone()),
            client_id: Some(id.clone()),
            client_secret: Some(secret),
        })
        .map_err(|error| Failure::because("cannot connect", &error))?;
        let path = file.path().display().to_string();
        Ok(Report::new(
            format!("Wrote {path}.\nDone.\n"),
            json!({ "client_id": id, "cluster_url": url, "config_file": path }),
        ))
    }
}

fn ask(what: &str, known: Option<String>, printer: &Printer) -> Result<String, Failure> {
    let offer = known
        .as_deref()
        .map(|known| format!(" [{known}]"))
        .unwrap_or_default();
    printer.prompt(&format!("{what}{offer}: "));
    let answer = secret::line();
    if answer.is_err() || !io::stdin().is_terminal() {
        // Nobody's Enter has ended the line.
        printer.prompt("\n");
    }
    let answer = answer?.trim().to_owned();
    Some(answer)
        .filter(|answer| !answer.is_empty())
        .or(known)
        .ok_or_else(|| missing(what))
}

fn ask_secret(known: Option<Secret>, printer: &Printer) -> Result<Secret, Failure> {
    let what = "Client Secret";
    let offer = if known.is_some() { " [kept]" } else { "" };
    let answer = secret::ask(&format!("{what}{offer}: "), printer)?;
    Some(answer)
        .filter(|answer| !answer.expose().is_empty())
        .or(known)
        .ok_or_else(|| missing(what))
}

fn missing(what: &str) -> Failure {
    Failure::new(format!("the {what} is missing"))
        .hint("nothing was written; run `hydra connect` again")
}
