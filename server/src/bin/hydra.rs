//! The product: `hydra host` is the server, everything else talks to one.

use std::process::ExitCode;

fn main() -> ExitCode {
    hydra_server::cli::run(std::env::args_os())
}
