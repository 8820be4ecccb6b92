//! Where results come from, as the caller knows it, and the record that begins with it.

use crate::results::Manifest;

/// Where results come from; the manifest of a folder names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The command line after the program's name, or what stands for it.
    pub arguments: Vec<String>,
    /// Commit of the program's source, where known.
    pub git_commit: Option<String>,
}

/// The record of a run that begins now.
pub(crate) fn begin(
    name: &str,
    seed: u64,
    hash: &str,
    policies: Vec<String>,
    asked: u64,
    provenance: &Provenance,
) -> Manifest {
    let mut record = Manifest::begin(name, seed, hash, policies, asked);
    record.arguments.clone_from(&provenance.arguments);
    record.git_commit.clone_from(&provenance.git_commit);
    record
}
