//! What can go wrong with files of results, each message naming the file and the way out.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the results room.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The file system refused; the data, if any, are intact.
    #[error("cannot {action} {path}: {source}{}", advice(source))]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The folder holds no run.
    #[error("{path} is no run: it {holds}; make one with `forestall run SCENARIO`")]
    NoRun {
        /// The folder.
        path: PathBuf,
        /// What it is instead, or lacks.
        holds: &'static str,
    },
    /// A file's content is not what was written there.
    #[error("{path} is corrupt: {found}; {fix}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found in it.
        found: String,
        /// What the user can do.
        fix: String,
    },
    /// The folder or part belongs to another scenario, seed or results version.
    #[error(
        "{path} holds another run: its hash is {found}, this run's is {expected}; choose another --out folder or remove that one"
    )]
    OtherRun {
        /// The folder or file.
        path: PathBuf,
        /// The hash of the run in hand.
        expected: String,
        /// The hash found.
        found: String,
    },
    /// The data were computed by a program that computes otherwise, though its version is the same.
    #[error(
        "{path} was written by a program that computes otherwise: its golden results have the digest {found}, this program's \
         {expected}; use the program that wrote it ({wrote}), choose another --out folder, or remove that one and run again"
    )]
    OtherProgram {
        /// The folder or file.
        path: PathBuf,
        /// The digest of this program, shortened.
        expected: String,
        /// The digest found, shortened.
        found: String,
        /// The program that wrote it, as far as known.
        wrote: String,
    },
    /// Another live process writes to the folder.
    #[error(
        "{path} is being written by another process ({holder}); wait until it ends, or choose another --out folder"
    )]
    Busy {
        /// The folder.
        path: PathBuf,
        /// Process and host, as its lock file names them.
        holder: String,
    },
    /// A table offered for writing breaks a rule of the results: a defect of the program, not of a user's input.
    #[error("table for {path} is unsound: {found}; please report this as a defect")]
    Unsound {
        /// Where the table was to go.
        path: PathBuf,
        /// The rule that it breaks.
        found: String,
    },
}

impl ResultsError {
    /// Whether stored data are damaged or belong elsewhere (exit code 5), as against a refusal by the system.
    pub fn is_data_mismatch(&self) -> bool {
        matches!(self, Self::Corrupt { .. } | Self::OtherRun { .. } | Self::OtherProgram { .. })
    }

    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_path_buf(), source }
    }

    pub(crate) fn corrupt(path: &Path, found: impl Into<String>) -> Self {
        let fix = "delete it and run again: only what it held is computed anew".into();
        Self::Corrupt { path: path.to_path_buf(), found: found.into(), fix }
    }

    pub(crate) fn other_program(path: &Path, found: &str, wrote: &str) -> Self {
        let short = |digest: &str| if digest.is_empty() { "none".into() } else { digest.chars().take(12).collect() };
        Self::OtherProgram {
            path: path.to_path_buf(),
            expected: short(super::program::digest()),
            found: short(found),
            wrote: wrote.to_owned(),
        }
    }

    pub(crate) fn unsound(path: &Path, found: impl Into<String>) -> Self {
        Self::Unsound { path: path.to_path_buf(), found: found.into() }
    }
}

fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space and run the same command again: finished replications are kept"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; give yourself write permission there, or choose another folder with --out"
        }
        io::ErrorKind::NotFound => "; check the spelling of the path",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_file_finding_and_fix() {
        let full = ResultsError::io("write", Path::new("out/a.parquet"), io::ErrorKind::StorageFull.into());
        assert!(full.to_string().contains("out/a.parquet") && full.to_string().contains("free some space"));
        assert!(!full.is_data_mismatch());
        let corrupt = ResultsError::corrupt(Path::new("x.part"), "it ends early");
        assert!(corrupt.to_string().starts_with("x.part is corrupt: it ends early; delete it"));
        assert!(corrupt.is_data_mismatch());
    }
}
