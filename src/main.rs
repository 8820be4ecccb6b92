//! The binary: parse, run, turn an error into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    forestall::cli::main().into()
}
