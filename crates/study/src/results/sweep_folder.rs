//! The folder of a sweep: where its plan, its finished parts and its merged tables are.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::ResultsError;
use super::folder::{TableName, folder_name};
use super::lock::Lock;
use super::parquet_file::TableReader;
use forestall_model::Table;

/// The folder of one sweep. Any number of processes may add parts to it; merging is for one at a time.
#[derive(Clone, Debug)]
pub struct SweepFolder {
    path: PathBuf,
}

impl SweepFolder {
    /// The folder of the sweep `name` with this hash in `out`, made if needed.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if it cannot be made.
    pub fn create(out: &Path, name: &str, hash: &str) -> Result<Self, ResultsError> {
        let folder = Self { path: out.join(folder_name(name, hash)) };
        // A scheduler does not make the folder of its logs, and a task without one fails without a word.
        for place in [folder.results(), folder.logs(), folder.parts()] {
            fs::create_dir_all(&place).map_err(|e| ResultsError::io("make folder", &place, e))?;
        }
        Ok(folder)
    }

    /// An existing folder, recognised by its `plan.json`.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if there is no plan in it.
    pub fn open(path: &Path) -> Result<Self, ResultsError> {
        let folder = Self { path: path.to_path_buf() };
        fs::metadata(folder.plan()).map_err(|e| ResultsError::io("find", &folder.plan(), e))?;
        Ok(folder)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `plan.json`: what is to be run; written last, so that a folder with it is whole.
    pub fn plan(&self) -> PathBuf {
        self.path.join("plan.json")
    }

    /// `scenario.toml`: the resolved scenario, so that the folder stands alone.
    pub fn scenario(&self) -> PathBuf {
        self.path.join("scenario.toml")
    }

    /// `problem.toml`: the factors.
    pub fn problem(&self) -> PathBuf {
        self.path.join("problem.toml")
    }

    /// `design.parquet`: one row a point.
    pub fn design(&self) -> PathBuf {
        self.path.join("design.parquet")
    }

    /// `manifest.json`, written when the tables are merged.
    pub fn manifest_path(&self) -> PathBuf {
        self.path.join("manifest.json")
    }

    /// `results/`.
    pub fn results(&self) -> PathBuf {
        self.path.join("results")
    }

    /// A table in `results/`.
    pub fn table(&self, name: TableName) -> PathBuf {
        self.results().join(name.file_name())
    }

    /// `results/failures.csv`.
    pub fn failures(&self) -> PathBuf {
        self.results().join("failures.csv")
    }

    /// `parts/`: one folder a chunk of points.
    pub fn parts(&self) -> PathBuf {
        self.path.join("parts")
    }

    /// The finished runs of one chunk.
    pub fn chunk(&self, chunk: u64) -> PathBuf {
        self.parts().join(format!("{chunk:06}"))
    }

    /// `logs/`: what the tasks of a cluster say.
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// A job script.
    pub fn script(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes the lock of the merge; it is let go when dropped.
    ///
    /// # Errors
    /// [`ResultsError::Busy`] if another live process holds it, [`ResultsError::Io`].
    pub fn lock(&self) -> Result<Lock, ResultsError> {
        Lock::take(&self.path)
    }

    /// Reads only these columns of a merged table, in the order asked for; a column that is not there is left out.
    ///
    /// # Errors
    /// [`ResultsError::Io`] where nothing is merged yet, [`ResultsError::Corrupt`].
    pub fn read_columns(&self, name: TableName, columns: &[&str]) -> Result<Table, ResultsError> {
        TableReader::open(&self.table(name))?.only(columns).read_all()
    }
}
