//! The product: `hydra host` is the server, everything else talks to one.

use std::process::ExitCode;

use hydra_server::cli::{Build, run};

fn main() -> ExitCode {
    // Told by whoever builds a release: asking git would build anew at each commit.
    let build = Build {
        git_hash: option_env!("HYDRA_GIT_HASH"),
        time: option_env!("HYDRA_BUILD_TIME"),
    };
    run(std::env::args_os(), build)
}
