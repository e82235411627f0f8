//! `hydra version`: which build this is.

use clap::Args;
use serde_json::json;

use crate::cli::output::Report;

/// Stands for what the build was not told.
const UNKNOWN: &str = "unknown";

/// Where a build comes from. The binary knows, so that a new commit links it anew and compiles nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Build {
    /// The commit.
    pub git_hash: Option<&'static str>,
    /// When it was made, RFC 3339.
    pub time: Option<&'static str>,
}

/// Tell the version, the commit and the time of this build
///
/// With --json: an object of `build_time`, `git_hash` and `version`. A build that was not told its
/// commit or time says `unknown`.
#[derive(Debug, Args)]
pub(crate) struct Version;

impl Version {
    pub(crate) fn run(self, build: Build) -> Report {
        let version = env!("CARGO_PKG_VERSION");
        let git_hash = build.git_hash.unwrap_or(UNKNOWN);
        let build_time = build.time.unwrap_or(UNKNOWN);
        Report::new(
            format!("Version:    {version}\nGit Hash:   {git_hash}\nBuild Time: {build_time}\n"),
            json!({ "build_time": build_time, "git_hash": git_hash, "version": version }),
        )
    }
}
