//! With which command and program results are made.

use forestall_study::results::Provenance;

/// This command line and this build.
pub fn provenance() -> Provenance {
    Provenance {
        arguments: std::env::args().skip(1).collect(),
        git_commit: option_env!("FORESTALL_COMMIT").filter(|commit| !commit.is_empty()).map(Into::into),
    }
}
