//! `hydra token flush`, also called `hydra flush`.

use clap::Args;
use hydra_sdk::types;
use serde_json::json;

use crate::cli::Global;
use crate::cli::api::{self, Api};
use crate::cli::connection::ApiArguments;
use crate::cli::failure::Failure;
use crate::cli::output::Report;

/// Throw away tokens that are of no use any more
///
/// Access tokens, refresh tokens and codes that have expired, and grants that nothing can come of any more.
/// The server does the same by itself now and then; this is for those who cannot wait.
///
/// With --json: an object of `flushed`, which is true.
#[derive(Debug, Args)]
pub(crate) struct Flush {
    /// Keep what became useless at this time or later, such as 2017-12-04T07:05:55Z [default: nothing]
    #[arg(long, value_name = "TIME")]
    not_after: Option<String>,
}

/// Throw away tokens that are of no use any more
///
/// Short for `hydra token flush`.
#[derive(Debug, Args)]
pub(crate) struct ShortFlush {
    #[command(flatten)]
    api: ApiArguments,
    #[command(flatten)]
    flush: Flush,
}

impl ShortFlush {
    pub(crate) fn run(self, global: &Global) -> Result<Report, Failure> {
        let api = Api::new(&self.api, global)?;
        api::run(self.flush.run(&api))
    }
}

impl Flush {
    pub(super) async fn run(self, api: &Api) -> Result<Report, Failure> {
        let request = types::FlushInactiveOAuth2TokensRequest {
            not_after: self.not_after,
            ..Default::default()
        };
        api.management()
            .await?
            .flush_inactive_o_auth2_tokens(Some(&request))
            .await
            .map_err(|error| api.failure("cannot flush the tokens", &error))?;
        Ok(Report::new(
            "Flushed the tokens that are of no use any more.\n",
            json!({ "flushed": true }),
        ))
    }
}
