//! `hydra policies create` and `hydra policies import`.

use std::path::PathBuf;

use clap::Args;
use hydra_sdk::{Client, types};
use serde_json::{Value, json};

use crate::cli::api::{self, Api};
use crate::cli::dry::Requests;
use crate::cli::failure::Failure;
use crate::cli::files;
use crate::cli::lists::{self, List};
use crate::cli::output::Report;

/// Create an access policy
///
/// It denies, unless --allow is given. Lists are separated by commas, and the flags can be repeated; a value
/// with a comma goes into double quotes inside the argument. With --files the policies are read from there,
/// as `hydra policies import` does, and the other flags do not count.
///
/// With --json: the policy as an object.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    hydra policies create --allow --id photo-readers -s bob,group:friends -a get,list -r 'rn:photos:<.*>'\n  \
    hydra policies create --allow -s 'peter' -a get -r '\"rn:photos:<[0-9]{1,3}>\",rn:albums'")]
pub(super) struct Create {
    /// The policy's id
    ///
    /// [default: made up by the server]
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,
    /// What the policy is for
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,
    /// To what it may, or may not, be done
    #[arg(long, short, value_name = "RESOURCE,…", value_parser = lists::parse, required_unless_present = "files")]
    resources: Vec<List>,
    /// Who may, or may not, do it: people, clients, groups
    #[arg(long, short, value_name = "SUBJECT,…", value_parser = lists::parse, required_unless_present = "files")]
    subjects: Vec<List>,
    /// What may, or may not, be done
    #[arg(long, short, value_name = "ACTION,…", value_parser = lists::parse, required_unless_present = "files")]
    actions: Vec<List>,
    /// The policy allows; without this it denies
    #[arg(long)]
    allow: bool,
    /// Files that hold one policy each, as a JSON object; `-` is standard input
    #[arg(long, short, value_name = "FILE,…", value_parser = lists::parse)]
    files: Vec<List>,
}

/// Create access policies from files
///
/// Each file holds one policy as a JSON object; `-` is standard input. A policy that cannot be created does
/// not keep the others from being created.
///
/// With --json: an array of objects of `file` and `policy`.
#[derive(Debug, Args)]
#[command(after_help = "Example of a file:\n  \
    {\"id\": \"photo-readers\", \"effect\": \"allow\", \"subjects\": [\"bob\"], \"actions\": [\"get\"],\n   \
    \"resources\": [\"rn:photos:<.*>\"], \"conditions\": {\"from\": {\"type\": \"CIDRCondition\",\n   \
    \"options\": {\"cidr\": \"10.0.0.0/8\"}}}}")]
pub(super) struct Import {
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Create {
    pub(super) async fn run(self, api: &Api, dry: bool) -> Result<Report, Failure> {
        let files = lists::join(self.files);
        if !files.is_empty() {
            let files = files.into_iter().map(PathBuf::from).collect();
            return Import { files }.run(api, dry).await;
        }
        let policy = types::Policy {
            id: self.id.filter(|id| !id.is_empty()),
            description: self.description,
            subjects: Some(lists::join(self.subjects)),
            effect: Some(if self.allow { "allow" } else { "deny" }.to_owned()),
            resources: Some(lists::join(self.resources)),
            actions: Some(lists::join(self.actions)),
            ..Default::default()
        };
        if dry {
            let mut requests = Requests::default();
            request(&mut requests, api, &policy)?;
            return Ok(requests.report());
        }
        let created = create(api, &api.management().await?, &policy).await?;
        Ok(Report::new(
            format!("Created policy {}.\n", id(&created)),
            created,
        ))
    }
}

impl Import {
    pub(super) async fn run(self, api: &Api, dry: bool) -> Result<Report, Failure> {
        let sdk = match dry {
            true => None,
            false => Some(api.management().await?),
        };
        let mut requests = Requests::default();
        let (mut text, mut imported, mut failures) = (String::new(), Vec::new(), Vec::new());
        for path in self.files {
            let file = path.display().to_string();
            let outcome = match (files::read(&path, "one policy as a JSON object"), &sdk) {
                (Err(failure), _) => Err(failure),
                (Ok(policy), None) => request(&mut requests, api, &policy).map(|()| None),
                (Ok(policy), Some(sdk)) => create(api, sdk, &policy).await.map(Some),
            };
            match outcome {
                Ok(None) => {}
                Ok(Some(policy)) => {
                    text.push_str(&format!("Imported policy {} from {file}.\n", id(&policy)));
                    imported.push(json!({ "file": file, "policy": policy }));
                }
                Err(failure) => failures.push(failure.about(&format!("cannot import {file}"))),
            }
        }
        let report = match dry {
            true => requests.report(),
            false => Report::new(text, Value::from(imported)),
        };
        Ok(report.failures(failures))
    }
}

fn request(requests: &mut Requests, api: &Api, policy: &types::Policy) -> Result<(), Failure> {
    let body = api::value(policy)?;
    requests.add(api.cluster_url(), "create_policy", None, Some(&body))
}

async fn create(api: &Api, sdk: &Client, policy: &types::Policy) -> Result<Value, Failure> {
    let attempt = match &policy.id {
        Some(id) => format!("cannot create the policy `{id}`"),
        None => "cannot create the policy".to_owned(),
    };
    let created = sdk
        .create_policy(policy)
        .await
        .map_err(|error| api.failure(&attempt, &error))?;
    api::value(&created.into_inner())
}

fn id(policy: &Value) -> &str {
    policy.get("id").and_then(Value::as_str).unwrap_or_default()
}
