//! The policies, ready to be asked, and never behind the database.
//!
//! A process keeps every policy in memory. Each statement that reads a token or a client also reads the
//! revision of the policies ([`Standing`]); if that is beyond what the process knows, it reads what
//! changed in between, and nothing else, before it decides. So a committed change binds the next
//! decision in every process, and a decision costs no statement while nothing changes.

use std::sync::{PoisonError, RwLock};

use tokio::sync::Mutex;

use crate::domain::policy::{AccessRequest, CompiledPolicy};
use crate::domain::policy_set::{Decision, PolicySet, Undecidable};
use crate::flows::Fault;
use crate::storage::{PolicyChange, Standing, Storage, StorageError};

/// The policies of the database, as of the last look.
#[derive(Debug, Default)]
pub struct Policies {
    known: RwLock<Known>,
    /// One at a time looks; the others wait for what it finds.
    looking: Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    revision: i64,
    set: PolicySet,
}

impl Policies {
    /// Decides what `subject`, of that standing, asks for.
    ///
    /// # Errors
    /// The policies cannot be read, or one of them makes no sense; nothing is allowed then.
    pub async fn decide(
        &self,
        storage: &Storage,
        subject: &str,
        standing: &Standing,
        request: &AccessRequest<'_>,
    ) -> Result<Decision, Fault> {
        // Nobody is in no group.
        if subject.is_empty() {
            return Ok(Decision::NoPolicy);
        }
        let subjects: Vec<&str> = std::iter::once(subject)
            .chain(standing.groups.iter().map(String::as_str))
            .collect();
        if let Some(decision) = self.decide_as_of(standing.revision, &subjects, request)? {
            return Ok(decision);
        }
        self.catch_up(storage, standing.revision).await?;
        // Known now. Were it not, nothing would be allowed.
        Ok(self
            .decide_as_of(standing.revision, &subjects, request)?
            .unwrap_or(Decision::NoPolicy))
    }

    /// Decides if what is known is at least as new as `revision`.
    fn decide_as_of(
        &self,
        revision: i64,
        subjects: &[&str],
        request: &AccessRequest<'_>,
    ) -> Result<Option<Decision>, Fault> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.revision < revision {
            return Ok(None);
        }
        match known.set.decide(subjects, request) {
            Ok(decision) => Ok(Some(decision)),
            Err(Undecidable { id, problem }) => Err(unusable(&id, &problem).into()),
        }
    }

    fn revision(&self) -> i64 {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.revision
    }

    /// Reads what changed, unless somebody else has done so meanwhile.
    async fn catch_up(&self, storage: &Storage, revision: i64) -> Result<(), Fault> {
        let _looking = self.looking.lock().await;
        let known = self.revision();
        if known >= revision {
            return Ok(());
        }
        let changes = storage.policy_changes(known).await?;
        let newest = changes.last().map_or(revision, |change| change.revision);
        // Read before anything is touched: either all changes are taken over or none.
        let read = changes
            .into_iter()
            .map(read)
            .collect::<Result<Vec<_>, _>>()?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for (id, policy) in read {
            match policy {
                Some(policy) => known.set.insert(policy),
                None => known.set.remove(&id),
            }
        }
        known.revision = newest.max(revision);
        Ok(())
    }
}

fn read(change: PolicyChange) -> Result<(String, Option<CompiledPolicy>), Fault> {
    let policy = change
        .policy
        .as_ref()
        .map(CompiledPolicy::read)
        .transpose()
        .map_err(|problem| unusable(&change.id, &problem))?;
    Ok((change.id, policy))
}

/// The policy was checked before it was stored. Leaving it out could allow what it denies.
fn unusable(id: &str, problem: &impl ToString) -> StorageError {
    StorageError::Inconsistent {
        table: "hydra_policy",
        column: "subjects, resources, actions, conditions",
        row: id.to_owned(),
        problem: problem.to_string(),
    }
}
