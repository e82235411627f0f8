//! `hydra policies`: who may do what to what.

mod create;
mod parts;

use clap::{Args, Subcommand};
use hydra_sdk::{Client, types};
use serde_json::Value;

use crate::cli::Global;
use crate::cli::api::{self, Api};
use crate::cli::connection::ApiArguments;
use crate::cli::deletions;
use crate::cli::dry::DryArguments;
use crate::cli::failure::Failure;
use crate::cli::ids;
use crate::cli::output::Report;

/// The most policies that are asked for at once.
const PAGE: i64 = 500;

/// Manage access policies
///
/// A policy allows, or denies, its subjects to do its actions to its resources. An entry of these three
/// lists is a plain text, or holds regular expressions between `<` and `>`.
#[derive(Debug, Args)]
pub(crate) struct Policies {
    #[command(flatten)]
    api: ApiArguments,
    #[command(flatten)]
    dry: DryArguments,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(create::Create),
    Import(create::Import),
    Get(Get),
    /// List the access policies
    ///
    /// Prints them as a JSON array, ordered by id, without what is empty. With --json: with what is empty.
    List,
    Delete(Delete),
    /// Change what a policy allows or denies to do
    Actions(parts::Change),
    /// Change to what a policy allows or denies to do it
    Resources(parts::Change),
    /// Change whom a policy allows or denies to do it
    Subjects(parts::Change),
}

/// Show an access policy
///
/// Prints it as JSON, without what is empty. With --json: with what is empty.
#[derive(Debug, Args)]
struct Get {
    /// Id of the policy
    #[arg(value_parser = ids::parse)]
    id: String,
}

/// Delete access policies
///
/// What they allowed is refused at once. A policy that cannot be deleted does not keep the others from
/// being deleted.
///
/// With --json: an object whose `deleted` is an array of ids.
#[derive(Debug, Args)]
struct Delete {
    /// Ids of the policies
    #[arg(required = true, value_name = "ID", value_parser = ids::parse)]
    ids: Vec<String>,
}

impl Policies {
    pub(crate) fn run(self, global: &Global) -> Result<Report, Failure> {
        let api = Api::new(&self.api, global)?;
        let dry = self.dry.dry;
        match self.verb {
            Verb::Create(create) => api::run(create.run(&api, dry)),
            Verb::Import(import) => api::run(import.run(&api, dry)),
            Verb::Get(get) => api::run(get.run(&api)),
            Verb::List => api::run(list(&api)),
            Verb::Delete(delete) => api::run(delete.run(&api, dry)),
            Verb::Actions(change) => api::run(change.run(&api, parts::ACTIONS, dry)),
            Verb::Resources(change) => api::run(change.run(&api, parts::RESOURCES, dry)),
            Verb::Subjects(change) => api::run(change.run(&api, parts::SUBJECTS, dry)),
        }
    }
}

impl Get {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let policy = api
            .management()
            .await?
            .get_policy(&self.id)
            .await
            .map_err(|error| {
                api.failure(&format!("cannot show the policy `{}`", self.id), &error)
            })?;
        Ok(Report::json(api::value(&policy.into_inner())?))
    }
}

async fn list(api: &Api) -> Result<Report, Failure> {
    let sdk = api.management().await?;
    let mut policies: Vec<Value> = Vec::new();
    loop {
        let offset = i64::try_from(policies.len()).unwrap_or(i64::MAX);
        let page: Vec<types::Policy> = sdk
            .list_policies(Some(PAGE), Some(offset))
            .await
            .map_err(|error| api.failure("cannot list the policies", &error))?
            .into_inner();
        let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        for policy in &page {
            policies.push(api::value(policy)?);
        }
        if last {
            return Ok(Report::json(policies.into()));
        }
    }
}

impl Delete {
    async fn run(self, api: &Api, dry: bool) -> Result<Report, Failure> {
        if dry {
            return deletions::dry(api, "delete_policy", &self.ids);
        }
        let delete = async |sdk: &Client, id: &str| sdk.delete_policy(id).await.map(drop);
        deletions::each(api, "policy", self.ids, delete, |deleted| {
            let lines = deleted.iter().map(|id| format!("Policy {id} deleted.\n"));
            lines.collect()
        })
        .await
    }
}
