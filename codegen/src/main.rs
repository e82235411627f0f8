//! `hydra-codegen`: see `hydra-codegen --help`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
