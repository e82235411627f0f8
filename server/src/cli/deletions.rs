//! Deleting several things, of which each may fail by itself.

use hydra_sdk::{Client, Error};
use serde_json::json;

use crate::cli::api::Api;
use crate::cli::dry::Requests;
use crate::cli::failure::Failure;
use crate::cli::output::Report;

/// Deletes each of `ids` by `delete`; one that fails does not keep the others from being deleted. `told` makes
/// the text for people of what was deleted; `kind` is what the things are, such as `group`.
pub(crate) async fn each<T>(
    api: &Api,
    kind: &str,
    ids: Vec<String>,
    delete: impl AsyncFn(&Client, &str) -> Result<(), Error<hydra_sdk::Failure<T>>>,
    told: impl FnOnce(&[String]) -> String,
) -> Result<Report, Failure> {
    let sdk = api.management().await?;
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for id in ids {
        match delete(&sdk, &id).await {
            Ok(()) => deleted.push(id),
            Err(error) => {
                failures.push(api.failure(&format!("cannot delete the {kind} `{id}`"), &error));
            }
        }
    }
    Ok(Report::new(told(&deleted), json!({ "deleted": deleted })).failures(failures))
}

/// The requests that would delete each of `ids`.
pub(crate) fn dry(api: &Api, operation: &str, ids: &[String]) -> Result<Report, Failure> {
    let mut requests = Requests::default();
    for id in ids {
        requests.add(api.cluster_url(), operation, Some(id), None)?;
    }
    Ok(requests.report())
}
