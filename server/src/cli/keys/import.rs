//! `hydra keys import`.

use std::path::PathBuf;

use clap::Args;
use hydra_sdk::types;
use serde::Deserialize;
use serde_json::json;

use crate::cli::api::Api;
use crate::cli::failure::Failure;
use crate::cli::keys::kids;
use crate::cli::output::Report;
use crate::cli::{files, ids};

/// Add keys from files to a set
///
/// Each file holds a JSON Web Key, or a set of them; `-` is standard input. A key of the same `kid` is
/// replaced. Files that cannot be imported do not keep the others from being imported.
///
/// With --json: an array of objects of `file` and `kids`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Name of the set
    #[arg(value_parser = ids::parse)]
    set: String,
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// RFC 7517, section 5 or section 4.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Set { keys: Vec<types::JsonWebKey> },
    Key(Box<types::JsonWebKey>),
}

impl Import {
    pub(super) async fn run(self, api: &Api) -> Result<Report, Failure> {
        let sdk = api.management().await?;
        let attempt = format!("cannot add to the key set `{}`", self.set);
        let (mut text, mut imported, mut failures) = (String::new(), Vec::new(), Vec::new());
        for path in self.files {
            let file = path.display().to_string();
            let put = match files::read(&path, "a JSON Web Key, or a set of them") {
                Ok(content) => sdk
                    .update_json_web_key_set(&self.set, &set(content))
                    .await
                    .map_err(|error| api.failure(&attempt, &error)),
                Err(failure) => Err(failure),
            };
            match put {
                Ok(put) => {
                    let kids = kids(&put);
                    text.push_str(&format!(
                        "Imported keys [{}] into set {} from {file}.\n",
                        kids.join(" "),
                        self.set
                    ));
                    imported.push(json!({ "file": file, "kids": kids }));
                }
                Err(failure) => failures.push(failure.about(&format!("cannot import {file}"))),
            }
        }
        Ok(Report::new(text, imported.into()).failures(failures))
    }
}

fn set(content: Content) -> types::JsonWebKeySet {
    let keys = match content {
        Content::Set { keys } => keys,
        Content::Key(key) => vec![*key],
    };
    types::JsonWebKeySet {
        keys: Some(keys),
        ..Default::default()
    }
}
