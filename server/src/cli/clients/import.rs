//! `hydra clients import`.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use hydra_sdk::types;
use serde_json::{Value, json};

use crate::cli::api::Api;
use crate::cli::clients;
use crate::cli::failure::Failure;
use crate::cli::output::Report;

/// The server takes no more.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

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
            let created = match read(&path) {
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

/// Reads a client from a file, or from standard input if the file is called `-`.
fn read(path: &Path) -> Result<types::OAuth2Client, Failure> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut text))
    };
    read.map_err(|error| Failure::because("it cannot be read", &error))?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(Failure::new("it is larger than 1 MiB"));
    }
    // The parser's message would quote the value that does not fit, and that may be the secret.
    serde_json::from_slice(&text).map_err(|error| {
        let place = match (error.line(), error.column()) {
            (_, 0) => String::new(),
            (line, column) => format!(" (line {line}, column {column})"),
        };
        Failure::new(format!("it is not one client as a JSON object{place}"))
    })
}
