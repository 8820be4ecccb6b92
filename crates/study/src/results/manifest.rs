//! The record of a run: what was asked, with which program, how far it came.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::RESULTS_VERSION;
use super::atomic;
use super::error::ResultsError;
use super::{bounded, program, sealed};

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Started; if no process holds the folder's lock, it was killed.
    Running,
    /// Stopped early on request; the same command goes on.
    Interrupted,
    /// Every file is in place.
    Complete,
}

/// Replications of each arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replications {
    /// Asked for; the maximum where a precision was asked for.
    pub asked: u64,
    /// Finished under every arm.
    pub done: u64,
}

/// With which program and command something was made; the caller knows it, the library does not look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Command line after the program's name; empty for a call from a library.
    pub arguments: Vec<String>,
    /// Commit of the program's source, where known.
    pub git_commit: Option<String>,
}

/// `manifest.json`. All but the two times and the checksum is the same on every machine for the same command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// How far the run came.
    pub status: Status,
    /// Name of the scenario.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Commit of the program's source, where known.
    pub git_commit: Option<String>,
    /// Command line after the program's name.
    pub arguments: Vec<String>,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Arms in the order of the results.
    pub arms: Vec<String>,
    /// Replications of each arm.
    pub replications: Replications,
    /// Version of the meaning of the results.
    pub results_version: u32,
    /// What is computed by the program, as a digest.
    #[serde(default)]
    pub program: String,
    /// Hash of resolved scenario, seed and results version: the name of the run.
    pub hash: String,
    /// Each final file, relative to the folder, with its SHA-256 in hexadecimal.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Start of the latest run into this folder, UTC, RFC 3339.
    pub started: String,
    /// End of that run; `None` while it runs.
    pub finished: Option<String>,
    /// SHA-256 of all of this, as compact JSON without this field; records of older versions have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub checksum: String,
}

impl Manifest {
    /// The record of a run that begins now, with this program.
    pub fn begin(name: &str, seed: u64, hash: &str, arms: Vec<String>, asked: u64, made: &Provenance) -> Self {
        Self {
            status: Status::Running,
            name: name.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            git_commit: made.git_commit.clone(),
            arguments: made.arguments.clone(),
            seed,
            arms,
            replications: Replications { asked, done: 0 },
            results_version: RESULTS_VERSION,
            program: program::digest().into(),
            hash: hash.into(),
            files: BTreeMap::new(),
            started: now(),
            finished: None,
            checksum: String::new(),
        }
    }

    /// Refuses what a program made that computes otherwise than this one.
    ///
    /// # Errors
    /// [`ResultsError::OtherProgram`], with `path` as the place of the data.
    pub fn same_program(&self, path: &Path) -> Result<(), ResultsError> {
        if self.program == program::digest() {
            return Ok(());
        }
        let commit = self.git_commit.as_ref().map(|commit| format!(" at commit {commit}")).unwrap_or_default();
        Err(ResultsError::other_program(path, &self.program, &format!("forestall {}{commit}", self.version)))
    }

    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`ResultsError::Io`], or [`ResultsError::Corrupt`] naming line and column where it does not parse.
    pub fn load(path: &Path) -> Result<Self, ResultsError> {
        let text = bounded::bytes(path, bounded::TEXT).map_err(|e| ResultsError::io("read", path, e))?;
        Self::parse(&text).map_err(|found| ResultsError::Corrupt {
            path: path.to_path_buf(),
            found,
            fix: "restore the file, or remove the folder and run again".into(),
        })
    }

    /// The record in a text, or what is wrong with it.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut record: Self = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        let written = std::mem::take(&mut record.checksum);
        if written.is_empty() || written == sealed::sum(&record) {
            return Ok(record);
        }
        Err("its checksum does not match its content".into())
    }

    /// Writes the manifest, whole or not at all.
    ///
    /// # Errors
    /// [`ResultsError::Io`].
    pub fn save(&self, path: &Path) -> Result<(), ResultsError> {
        let mut record = Self { checksum: String::new(), ..self.clone() };
        record.checksum = sealed::sum(&record);
        let mut text = serde_json::to_string_pretty(&record).map_err(|e| ResultsError::unsound(path, e.to_string()))?;
        text.push('\n');
        atomic::write(path, text.as_bytes()).map(|_| ())
    }
}

/// The present moment in UTC to the second, as RFC 3339 writes it.
pub(crate) fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// The hash that names a run: SHA-256, in hexadecimal, of the resolved scenario, the seed and the results version.
///
/// Replications and threads are not in it, so that more replications extend the same folder.
pub(crate) fn run_hash(resolved_scenario: &str, seed: u64, results_version: u32) -> String {
    let mut digest = Sha256::new();
    // The length in front keeps the fields apart whatever the text holds.
    digest.update((resolved_scenario.len() as u64).to_le_bytes());
    digest.update(resolved_scenario.as_bytes());
    digest.update(seed.to_le_bytes());
    digest.update(results_version.to_le_bytes());
    atomic::hexadecimal(&digest.finalize())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::atomic::tests::Scratch;
    use super::*;

    pub(crate) fn sample(hash: &str) -> Manifest {
        Manifest {
            status: Status::Running,
            name: "quickstart".into(),
            version: "0.1.0".into(),
            git_commit: None,
            arguments: vec!["run".into(), "scenarios/quickstart.toml".into()],
            seed: 7,
            arms: vec!["baseline".into(), "notices".into()],
            replications: Replications { asked: 200, done: 0 },
            results_version: RESULTS_VERSION,
            program: program::digest().into(),
            hash: hash.into(),
            files: BTreeMap::new(),
            started: now(),
            finished: None,
            checksum: String::new(),
        }
    }

    #[test]
    fn a_manifest_survives_and_says_its_status_in_small_letters() {
        let scratch = Scratch::new("manifest");
        let path = scratch.0.join("manifest.json");
        let manifest = sample("abc");
        manifest.save(&path).expect("written");
        assert_eq!(Manifest::load(&path).expect("own file"), manifest);
        assert!(std::fs::read_to_string(&path).expect("read").contains("\"status\": \"running\""));
    }

    #[test]
    fn damage_and_absence_are_told_apart() {
        let scratch = Scratch::new("manifest");
        let path = scratch.0.join("manifest.json");
        assert!(matches!(Manifest::load(&path), Err(ResultsError::Io { .. })));
        for bad in ["", "{", "{\"status\": \"done\"}"] {
            std::fs::write(&path, bad).expect("written");
            let error = Manifest::load(&path).expect_err("not a manifest");
            assert!(error.is_data_mismatch() && error.to_string().contains("line 1"), "{error}");
        }
    }

    #[test]
    fn times_are_utc_to_the_second() {
        let now = now();
        assert!(now.len() == 20 && now.ends_with('Z') && now.as_bytes()[10] == b'T', "{now}");
    }

    #[test]
    fn every_field_changes_the_hash() {
        let base = run_hash("a = 1\n", 7, 1);
        assert_eq!(base.len(), 64);
        assert_eq!(base, run_hash("a = 1\n", 7, 1));
        for other in [run_hash("a = 2\n", 7, 1), run_hash("a = 1\n", 8, 1), run_hash("a = 1\n", 7, 2)] {
            assert_ne!(base, other);
        }
    }
}
