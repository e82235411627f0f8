//! `hydra groups`: subjects that policies can name together.

use clap::{Args, Subcommand};
use hydra_sdk::{Client, types};
use serde_json::json;

use crate::cli::Global;
use crate::cli::api::{self, Api};
use crate::cli::connection::ApiArguments;
use crate::cli::deletions;
use crate::cli::dry::{DryArguments, Requests};
use crate::cli::failure::Failure;
use crate::cli::ids;
use crate::cli::output::Report;

/// Manage groups of subjects
///
/// What a policy allows or denies to a group, it allows or denies to its members.
#[derive(Debug, Args)]
pub(crate) struct Groups {
    #[command(flatten)]
    api: ApiArguments,
    #[command(flatten)]
    dry: DryArguments,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(Create),
    Get(Get),
    Find(Find),
    Delete(Delete),
    Members(Members),
}

/// Create a group without members
///
/// With --json: the group as an object.
#[derive(Debug, Args)]
struct Create {
    /// Id of the group
    #[arg(value_parser = ids::parse)]
    id: String,
}

/// Show a group and its members
///
/// Prints it as JSON.
#[derive(Debug, Args)]
struct Get {
    /// Id of the group
    #[arg(value_parser = ids::parse)]
    id: String,
}

/// Find the groups that a subject is a member of
///
/// Prints them as a JSON array.
#[derive(Debug, Args)]
struct Find {
    /// The subject
    subject: String,
}

/// Delete groups
///
/// Their members stay what they are. A group that cannot be deleted does not keep the others from being
/// deleted.
///
/// With --json: an object whose `deleted` is an array of ids.
#[derive(Debug, Args)]
struct Delete {
    /// Ids of the groups
    #[arg(required = true, value_name = "ID", value_parser = ids::parse)]
    ids: Vec<String>,
}

/// Add members to a group, or remove them
#[derive(Debug, Args)]
struct Members {
    #[command(subcommand)]
    verb: MembersVerb,
}

#[derive(Debug, Subcommand)]
enum MembersVerb {
    /// Add members to a group
    ///
    /// With --json: an object of `group` and `members`, those that were added.
    Add(Change),
    /// Remove members from a group
    ///
    /// With --json: an object of `group` and `members`, those that were removed.
    Remove(Change),
}

#[derive(Debug, Args)]
struct Change {
    /// Id of the group
    #[arg(value_parser = ids::parse)]
    group: String,
    /// The members
    #[arg(required = true, value_name = "MEMBER")]
    members: Vec<String>,
}

impl Groups {
    pub(crate) fn run(self, global: &Global) -> Result<Report, Failure> {
        let api = Api::new(&self.api, global)?;
        let dry = self.dry.dry;
        match self.verb {
            Verb::Create(create) => api::run(create.run(&api, dry)),
            Verb::Get(get) => api::run(get.run(&api)),
            Verb::Find(find) => api::run(find.run(&api)),
            Verb::Delete(delete) => api::run(delete.run(&api, dry)),
            Verb::Members(members) => api::run(members.run(&api, dry)),
        }
    }
}

impl Create {
    async fn run(self, api: &Api, dry: bool) -> Result<Report, Failure> {
        let group = types::Group {
            id: Some(self.id.clone()),
            ..Default::default()
        };
        if dry {
            let mut requests = Requests::default();
            let body = api::value(&group)?;
            requests.add(api.cluster_url(), "create_group", None, Some(&body))?;
            return Ok(requests.report());
        }
        let created = api
            .management()
            .await?
            .create_group(&group)
            .await
            .map_err(|error| {
                api.failure(&format!("cannot create the group `{}`", self.id), &error)
            })?;
        Ok(Report::new(
            format!("Group {} created.\n", self.id),
            api::value(&created.into_inner())?,
        ))
    }
}

impl Get {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let group = api
            .management()
            .await?
            .get_group(&self.id)
            .await
            .map_err(|error| {
                api.failure(&format!("cannot show the group `{}`", self.id), &error)
            })?;
        Ok(Report::json(api::value(&group.into_inner())?))
    }
}

impl Find {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let attempt = format!("cannot find the groups of `{}`", self.subject);
        let groups = api
            .management()
            .await?
            .find_groups_by_member(&self.subject)
            .await
            .map_err(|error| api.failure(&attempt, &error))?;
        Ok(Report::json(api::value(&groups.into_inner())?))
    }
}

impl Delete {
    async fn run(self, api: &Api, dry: bool) -> Result<Report, Failure> {
        if dry {
            return deletions::dry(api, "delete_group", &self.ids);
        }
        let delete = async |sdk: &Client, id: &str| sdk.delete_group(id).await.map(drop);
        deletions::each(api, "group", self.ids, delete, |deleted| {
            let lines = deleted.iter().map(|id| format!("Group {id} deleted.\n"));
            lines.collect()
        })
        .await
    }
}

impl Members {
    async fn run(self, api: &Api, dry: bool) -> Result<Report, Failure> {
        let (adding, Change { group, members }) = match self.verb {
            MembersVerb::Add(change) => (true, change),
            MembersVerb::Remove(change) => (false, change),
        };
        let body = types::GroupMembers {
            members: Some(members.clone()),
            ..Default::default()
        };
        if dry {
            let operation = match adding {
                true => "add_members_to_group",
                false => "remove_members_from_group",
            };
            let mut requests = Requests::default();
            let body = api::value(&body)?;
            requests.add(api.cluster_url(), operation, Some(&group), Some(&body))?;
            return Ok(requests.report());
        }
        let attempt = format!("cannot change the members of the group `{group}`");
        let sdk = api.management().await?;
        let done = match adding {
            true => sdk.add_members_to_group(&group, &body).await,
            false => sdk.remove_members_from_group(&group, &body).await,
        };
        done.map_err(|error| api.failure(&attempt, &error))?;
        let verb = if adding { "added to" } else { "removed from" };
        Ok(Report::new(
            format!("Members [{}] {verb} group {group}.\n", members.join(" ")),
            json!({ "group": group, "members": members }),
        ))
    }
}
