//! `hydra version`: which build this is.

use clap::Args;
use serde_json::json;

use crate::cli::output::Report;

/// Stands for what the build was not told.
const UNKNOWN: &str = "unknown";

/// Tell the version, the commit and the time of this build
///
/// With --json: an object of `build_time`, `git_hash` and `version`. A build that was not told its
/// commit or time says `unknown`.
#[derive(Debug, Args)]
pub(crate) struct Version;

impl Version {
    pub(crate) fn run(self) -> Report {
        let version = env!("CARGO_PKG_VERSION");
        // Told by whoever builds a release: asking git here would rebuild the crate at each commit.
        let git_hash = option_env!("HYDRA_GIT_HASH").unwrap_or(UNKNOWN);
        let build_time = option_env!("HYDRA_BUILD_TIME").unwrap_or(UNKNOWN);
        Report::new(
            format!("Version:    {version}\nGit Hash:   {git_hash}\nBuild Time: {build_time}\n"),
            json!({ "build_time": build_time, "git_hash": git_hash, "version": version }),
        )
    }
}
