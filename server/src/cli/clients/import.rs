//! `hydra clients import`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::api::Api;
use crate::cli::clients;
use crate::cli::failure::Failure;
use crate::cli::files;
use crate::cli::output::Report;

/// Create OAuth 2.0 clients from files
///
/// Each file holds one client as a JSON object; `-` is standard input. Prints each new client's id and
/// secret. A client that cannot be created does not keep the others from being created.
///
/// With --json: an array of objects of `client` and `file`.
#[derive(Debug, Args)]
#[command(after_help = "Example of a file:\n  \
    {\"id\": \"my-app\", \"grant_types\": [\"client_credentials\"], \"scope\": \"photos.read\"}")]
pub(super) struct Import {
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    pub(super) async fn run(self, api: &Api) -> Result<Report, Failure> {
        let sdk = api.management().await?;
        let (mut text, mut imported, mut failures) = (String::new(), Vec::new(), Vec::new());
        for path in self.files {
            let file = path.display().to_string();
            let created = match files::read(&path, "one client as a JSON object") {
                Ok(client) => clients::create(api, &sdk, &client).await,
                Err(failure) => Err(failure),
            };
            match created {
                Ok(created) => {
                    let secret = created
                        .secret
                        .as_ref()
                        .map(|secret| format!(":{}", secret.expose()));
                    let (id, secret) = (created.id(), secret.unwrap_or_default());
                    text.push_str(&format!(
                        "Imported OAuth2 client {id}{secret} from {file}.\n"
                    ));
                    imported.push(json!({ "client": created.json, "file": file }));
                }
                Err(failure) => failures.push(failure.about(&format!("cannot import {file}"))),
            }
        }
        Ok(Report::new(text, Value::from(imported)).failures(failures))
    }
}
