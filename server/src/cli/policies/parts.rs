//! `hydra policies actions|resources|subjects add|remove`: one list of a policy, changed.
//!
//! The server can only replace a policy, so it is read, changed and written back. Who changes the same policy
//! at the same moment may lose.

use clap::{Args, Subcommand};
use hydra_sdk::types::Policy;

use crate::cli::api::{self, Api};
use crate::cli::dry::Requests;
use crate::cli::failure::Failure;
use crate::cli::ids;
use crate::cli::output::Report;

/// A list of a policy.
#[derive(Clone, Copy)]
pub(super) struct Part {
    name: &'static str,
    list: fn(&mut Policy) -> &mut Option<Vec<String>>,
}

/// What may be done.
pub(super) const ACTIONS: Part = Part {
    name: "actions",
    list: |policy| &mut policy.actions,
};
/// To what.
pub(super) const RESOURCES: Part = Part {
    name: "resources",
    list: |policy| &mut policy.resources,
};
/// By whom.
pub(super) const SUBJECTS: Part = Part {
    name: "subjects",
    list: |policy| &mut policy.subjects,
};

#[derive(Debug, Args)]
pub(super) struct Change {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add entries to the list
    ///
    /// What is there already is not added again. With --json: the policy as an object.
    Add(Entries),
    /// Remove entries from the list
    ///
    /// An entry is removed if it is written just like this; patterns are not applied. With --json: the
    /// policy as an object.
    Remove(Entries),
}

#[derive(Debug, Args)]
struct Entries {
    /// Id of the policy
    #[arg(value_parser = ids::parse)]
    policy: String,
    /// The entries
    #[arg(required = true, value_name = "ENTRY")]
    entries: Vec<String>,
}

impl Change {
    pub(super) async fn run(self, api: &Api, part: Part, dry: bool) -> Result<Report, Failure> {
        let (Verb::Add(Entries { policy: id, .. }) | Verb::Remove(Entries { policy: id, .. })) =
            &self.verb;
        let id = id.clone();
        let attempt = format!("cannot change the policy `{id}`");
        let sdk = api.management().await?;
        let mut policy = sdk
            .get_policy(&id)
            .await
            .map_err(|error| api.failure(&attempt, &error))?
            .into_inner();
        let list = (part.list)(&mut policy).get_or_insert_default();
        let (done, absent) = match self.verb {
            Verb::Add(Entries { entries, .. }) => {
                add(list, entries);
                (format!("Added {} to policy {id}.\n", part.name), Vec::new())
            }
            Verb::Remove(Entries { entries, .. }) => {
                let absent = remove(list, &entries);
                if absent.len() == entries.len() {
                    return Err(Failure::new(attempt).cause(&lacks(part, &absent.join("`, `"))));
                }
                (format!("Removed {} from policy {id}.\n", part.name), absent)
            }
        };
        if dry {
            let mut requests = Requests::default();
            let body = api::value(&policy)?;
            requests.add(api.cluster_url(), "update_policy", Some(&id), Some(&body))?;
            return Ok(requests.report());
        }
        let changed = sdk
            .update_policy(&id, &policy)
            .await
            .map_err(|error| api.failure(&attempt, &error))?
            .into_inner();
        let failures = absent
            .iter()
            .map(|entry| {
                Failure::new(format!("cannot remove `{entry}`")).cause(&lacks(part, entry))
            })
            .collect();
        Ok(Report::new(done, api::value(&changed)?).failures(failures))
    }
}

fn lacks(part: Part, entries: &str) -> String {
    format!("its {} do not hold `{entries}`", part.name)
}

fn add(list: &mut Vec<String>, entries: Vec<String>) {
    for entry in entries {
        if !list.contains(&entry) {
            list.push(entry);
        }
    }
}

/// Removes what is there and tells what is not.
fn remove(list: &mut Vec<String>, entries: &[String]) -> Vec<String> {
    let absent = entries
        .iter()
        .filter(|entry| !list.contains(entry))
        .cloned()
        .collect();
    list.retain(|entry| !entries.contains(entry));
    absent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &str) -> Vec<String> {
        entries.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn entries_are_added_once_and_removed_as_they_are_written() {
        let mut entries = list("a <b|c>");
        add(&mut entries, list("c a c"));
        assert_eq!(entries, list("a <b|c> c"));
        assert_eq!(remove(&mut entries, &list("b a d")), list("b d"));
        assert_eq!(entries, list("<b|c> c"));
    }
}
