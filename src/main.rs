//! The binary: parse, run, turn an error into an exit code.

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

use std::process::ExitCode;

fn main() -> ExitCode {
    forestall::cli::main().into()
}
