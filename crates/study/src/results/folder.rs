//! The results folder: where each file of a run is, and that only this run's process writes there.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::atomic;
use super::bounded;
use super::error::ResultsError;
use super::lock::Lock;
use super::manifest::Manifest;
use super::parquet_file::TableReader;
use forestall_model::Table;

/// The tables that a run keeps row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableName {
    /// One row a replication and arm.
    Replications,
    /// One row a month, replication and arm.
    Monthly,
    /// One row a country, replication and arm.
    ByCountry,
    /// One row a plot and arm.
    Matched,
    /// One row a bin of believed chance, replication and arm.
    Beliefs,
    /// One row an event, of the replications asked for.
    Events,
}

impl TableName {
    /// All tables, in the order in which they are written.
    pub const ALL: [Self; 6] =
        [Self::Replications, Self::Monthly, Self::ByCountry, Self::Matched, Self::Beliefs, Self::Events];

    /// The table's name, as users write it.
    pub fn name(self) -> &'static str {
        self.file_name().trim_end_matches(".parquet")
    }

    /// The file's name in `results/`.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Replications => "replications.parquet",
            Self::Monthly => "monthly.parquet",
            Self::ByCountry => "by_country.parquet",
            Self::Matched => "matched.parquet",
            Self::Beliefs => "beliefs.parquet",
            Self::Events => "events.parquet",
        }
    }
}

/// The folder of one run. [`Self::create_or_open`] holds its lock until dropped; [`Self::open`] only reads.
#[derive(Debug)]
pub struct ResultsFolder {
    path: PathBuf,
    lock: Option<Lock>,
}

impl ResultsFolder {
    /// The folder of the run `name` with this hash in `out`, made if needed, locked for writing.
    ///
    /// Left-overs of killed writers are removed.
    ///
    /// # Errors
    /// [`ResultsError::OtherRun`] if the folder's manifest has another hash, [`ResultsError::OtherProgram`] if a program
    /// wrote it that computes otherwise, [`ResultsError::Corrupt`] if it does not parse, [`ResultsError::Busy`] if another process writes there, [`ResultsError::Io`].
    pub fn create_or_open(out: &Path, name: &str, hash: &str) -> Result<Self, ResultsError> {
        let path = out.join(folder_name(name, hash));
        fs::create_dir_all(&path).map_err(|e| ResultsError::io("make folder", &path, e))?;
        let lock = Lock::take(&path)?;
        let folder = Self { path, lock: Some(lock) };
        if folder.manifest_path().exists() {
            let manifest = folder.manifest()?;
            if manifest.hash != hash {
                let (path, expected, found) = (folder.path, hash.to_owned(), manifest.hash);
                return Err(ResultsError::OtherRun { path, expected, found });
            }
            manifest.same_program(&folder.path)?;
        }
        for place in [folder.path.clone(), folder.results(), folder.parts(), folder.charts()] {
            atomic::remove_unfinished(&place)?;
        }
        Ok(folder)
    }

    /// An existing folder, for reading.
    ///
    /// # Errors
    /// [`ResultsError::NoRun`] if it has no manifest, [`ResultsError::Corrupt`] if that does not parse.
    pub fn open(path: &Path) -> Result<Self, ResultsError> {
        let folder = Self { path: path.to_path_buf(), lock: None };
        if !folder.manifest_path().exists() {
            let sweep = path.join("plan.json").exists();
            let holds = if sweep { "holds a sweep" } else { "has no manifest.json" };
            return Err(ResultsError::NoRun { path: folder.path, holds });
        }
        folder.manifest()?;
        Ok(folder)
    }

    /// Lets others write there from here on.
    pub(crate) fn unlock(&mut self) {
        self.lock = None;
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `manifest.json`.
    pub fn manifest_path(&self) -> PathBuf {
        self.path.join("manifest.json")
    }

    /// Reads `manifest.json`.
    ///
    /// # Errors
    /// As [`Manifest::load`].
    pub fn manifest(&self) -> Result<Manifest, ResultsError> {
        Manifest::load(&self.manifest_path())
    }

    /// `scenario.resolved.toml`.
    pub fn resolved_scenario(&self) -> PathBuf {
        self.path.join("scenario.resolved.toml")
    }

    /// `results/`.
    pub fn results(&self) -> PathBuf {
        self.path.join("results")
    }

    /// A table in `results/`.
    pub fn table(&self, name: TableName) -> PathBuf {
        self.results().join(name.file_name())
    }

    /// `results/comparisons.csv`.
    pub fn comparisons(&self) -> PathBuf {
        self.results().join("comparisons.csv")
    }

    /// `results/alternatives.csv`: the effect of each policy under each alternative of the scenario.
    pub fn alternatives(&self) -> PathBuf {
        self.results().join("alternatives.csv")
    }

    /// `results/twin_share.csv`: by month, how many of the baseline's plots each arm has too.
    pub fn twin_share(&self) -> PathBuf {
        self.results().join("twin_share.csv")
    }

    /// `results/foiled_by_start.csv`: how plots end by the year in which they begin.
    pub fn foiled_by_start(&self) -> PathBuf {
        self.results().join("foiled_by_start.csv")
    }

    /// `results/plot_lives.csv`: how plots end by their age.
    pub fn plot_lives(&self) -> PathBuf {
        self.results().join("plot_lives.csv")
    }

    /// `results/substitution.csv`: by policy, what the other side does instead.
    pub fn substitution(&self) -> PathBuf {
        self.results().join("substitution.csv")
    }

    /// `results/partings.csv`: one row an attack averted or induced, with where the two lives of the plot part.
    pub fn partings(&self) -> PathBuf {
        self.results().join("partings.csv")
    }

    /// `results/mechanisms.csv`: attacks averted and induced by policy and mechanism.
    pub fn mechanisms(&self) -> PathBuf {
        self.results().join("mechanisms.csv")
    }

    /// `results/responses.csv`: what each policy is worth against a side that answers.
    pub fn responses(&self) -> PathBuf {
        self.results().join("responses.csv")
    }

    /// `results/stings.csv`: what sting cases would have come to without personas, by arm and label.
    pub fn stings(&self) -> PathBuf {
        self.results().join("stings.csv")
    }

    /// `results/failures.csv`.
    pub fn failures(&self) -> PathBuf {
        self.results().join("failures.csv")
    }

    /// `parts/`: finished replications from which the tables are made.
    pub fn parts(&self) -> PathBuf {
        self.path.join("parts")
    }

    /// `charts/`.
    pub fn charts(&self) -> PathBuf {
        self.path.join("charts")
    }

    /// A file in `charts/`, such as `("plots_prevented", "svg")`.
    pub fn chart(&self, name: &str, extension: &str) -> PathBuf {
        self.charts().join(format!("{name}.{extension}"))
    }

    /// `report.html`.
    pub fn report(&self) -> PathBuf {
        self.path.join("report.html")
    }

    /// Checks every file that the manifest lists against its checksum.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] for the first file that differs, [`ResultsError::Io`] for one that is missing.
    pub fn verify(&self) -> Result<(), ResultsError> {
        self.manifest()?.files.iter().try_for_each(|(name, expected)| verify_file(&self.path.join(name), expected))
    }

    /// Reads a table of `results/`, after checking it against the checksum in the manifest if one is there.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] if it is damaged, [`ResultsError::Io`] if it is missing.
    pub fn read(&self, name: TableName) -> Result<Table, ResultsError> {
        self.reader(name)?.read_all()
    }

    /// Opens a table of `results/` to read parts of it, after checking the whole file as [`Self::read`] does.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn reader(&self, name: TableName) -> Result<TableReader, ResultsError> {
        if let Some(expected) = self.expected(name)? {
            verify_file(&self.table(name), &expected)?;
        }
        self.unchecked_reader(name)
    }

    /// The bytes of a table of `results/`, checked as by [`Self::read`].
    pub(crate) fn content(&self, name: TableName) -> Result<Vec<u8>, ResultsError> {
        let path = self.table(name);
        let content = bounded::bytes(&path, bounded::OWN).map_err(|e| ResultsError::io("open", &path, e))?;
        match self.expected(name)? {
            Some(expected) if atomic::hexadecimal(&Sha256::digest(&content)) != expected => Err(changed(&path)),
            _ => Ok(content),
        }
    }

    /// The checksum of a table in the manifest.
    fn expected(&self, name: TableName) -> Result<Option<String>, ResultsError> {
        Ok(self.manifest()?.files.remove(&format!("results/{}", name.file_name())))
    }

    /// As [`Self::reader`], for one who has checked the file already.
    pub(crate) fn unchecked_reader(&self, name: TableName) -> Result<TableReader, ResultsError> {
        TableReader::open(&self.table(name))
    }
}

fn verify_file(path: &Path, expected: &str) -> Result<(), ResultsError> {
    if atomic::checksum(path)? == expected {
        return Ok(());
    }
    Err(changed(path))
}

fn changed(path: &Path) -> ResultsError {
    ResultsError::Corrupt {
        path: path.to_path_buf(),
        found: "its checksum is not the one in manifest.json".into(),
        fix: "run the same command again: it is rebuilt from parts/".into(),
    }
}

/// `<name>-<first 12 digits of the hash>`, with what a file name cannot hold replaced by `-`.
pub(crate) fn folder_name(name: &str, hash: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    let safe = safe.trim_matches(['.', '-']);
    let safe = if safe.is_empty() { "run" } else { safe };
    format!("{safe}-{}", hash.chars().take(12).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::super::atomic::tests::Scratch;
    use super::super::manifest::tests::sample;
    use super::super::parquet_file;
    use super::*;
    use forestall_model::Column;

    const HASH: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn names_are_safe_and_carry_twelve_digits() {
        assert_eq!(folder_name("europe-2014-2016", HASH), "europe-2014-2016-0123456789ab");
        assert_eq!(folder_name("../../etc", HASH), "etc-0123456789ab");
        assert_eq!(folder_name("a b/c", "12"), "a-b-c-12");
        assert_eq!(folder_name("", HASH), "run-0123456789ab");
    }

    #[test]
    fn one_writer_at_a_time() {
        let scratch = Scratch::new("folder");
        let first = ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH).expect("new");
        let second = ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH);
        assert!(matches!(second, Err(ResultsError::Busy { .. })));
        drop(first);
        ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH).expect("free again");
    }

    #[test]
    fn the_folder_of_another_run_is_refused() {
        let scratch = Scratch::new("folder");
        let folder = ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH).expect("new");
        sample("0123456789ab-and-then-other-digits").save(&folder.manifest_path()).expect("written");
        drop(folder);
        let error = ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH).expect_err("other run");
        assert!(error.is_data_mismatch() && error.to_string().contains("--out"), "{error}");
    }

    #[test]
    fn tables_are_checked_when_read() {
        let scratch = Scratch::new("folder");
        let folder = ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH).expect("new");
        let mut table = Table::new();
        table.push("cost", Column::Number(vec![Some(1.5), None]));
        let path = folder.table(TableName::Monthly);
        let mut manifest = sample(HASH);
        manifest.files.insert("results/monthly.parquet".into(), parquet_file::write(&path, &table).expect("written"));
        manifest.save(&folder.manifest_path()).expect("written");
        assert_eq!(folder.read(TableName::Monthly).expect("whole"), table);
        let mut content = fs::read(&path).expect("read");
        content[5] ^= 1;
        fs::write(&path, content).expect("written");
        assert!(folder.read(TableName::Monthly).expect_err("damaged").to_string().contains("checksum"));
        assert!(matches!(folder.read(TableName::Matched), Err(ResultsError::Io { .. })));
    }

    #[test]
    fn a_changed_file_is_found() {
        let scratch = Scratch::new("folder");
        let folder = ResultsFolder::create_or_open(&scratch.0, "quickstart", HASH).expect("new");
        let sum = atomic::write(&folder.comparisons(), b"policy\n").expect("written");
        let mut manifest = sample(HASH);
        manifest.files.insert("results/comparisons.csv".into(), sum);
        manifest.save(&folder.manifest_path()).expect("written");
        let reader = ResultsFolder::open(folder.path()).expect("readable while locked");
        reader.verify().expect("unchanged");
        fs::write(folder.comparisons(), b"changed\n").expect("written");
        assert!(reader.verify().expect_err("changed").is_data_mismatch());
    }
}
