//! One part file: the rows of some finished runs in several tables, with a checksum over all of it.
//!
//! Layout: 8 bytes of mark, 8 bytes of header length (little-endian), the header as JSON, the tables as Parquet files
//! one after another, and the SHA-256 of everything before it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::atomic;
use super::bounded;
use super::error::ResultsError;
use super::failures::Failure;
use super::parquet_file::TableWriter;
use super::program;
use super::run_key::{RunKey, RunSet};
use forestall_model::Table;

const MARK: &[u8; 8] = b"FSTPART1";
const CHECKSUM_LENGTH: u64 = 32;
/// Small groups keep the memory of a merge low when many parts overlap.
const ROWS_PER_GROUP: usize = 4096;

/// Consecutive replications of one arm and draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stretch {
    arm: String,
    draw: u64,
    first: u64,
    count: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredTable {
    name: String,
    rows: u64,
    bytes: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Header {
    run: String,
    /// What the program that wrote it computes.
    #[serde(default)]
    program: String,
    /// That program's version.
    #[serde(default)]
    version: String,
    stretches: Vec<Stretch>,
    failures: Vec<Failure>,
    tables: Vec<StoredTable>,
}

/// A whole and undamaged part on disk.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub path: PathBuf,
    header: Header,
    tables_start: u64,
}

impl Part {
    /// Adds the runs whose rows the part holds.
    pub(super) fn add_runs_to(&self, set: &mut RunSet) {
        for stretch in &self.header.stretches {
            set.insert(&stretch.arm, stretch.draw, stretch.first..stretch.first.saturating_add(stretch.count));
        }
    }

    /// The first run of each stretch: the least of them is the least run of the part.
    pub(super) fn stretch_starts(&self) -> impl Iterator<Item = RunKey> + '_ {
        let start = |s: &Stretch| RunKey { draw: s.draw, replication: s.first, arm: s.arm.clone() };
        self.header.stretches.iter().map(start)
    }

    pub(super) fn failures(&self) -> &[Failure] {
        &self.header.failures
    }

    /// Where table `name` lies in the file: start and length in bytes.
    pub(super) fn table(&self, name: &str) -> Option<(u64, u64)> {
        let mut start = self.tables_start;
        for table in &self.header.tables {
            if table.name == name {
                return Some((start, table.bytes));
            }
            start += table.bytes;
        }
        None
    }

    /// Reads the header and checks every byte of the file against its checksum.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] for a damaged file, [`ResultsError::OtherRun`] for one of another run,
    /// [`ResultsError::OtherProgram`] for one of a program that computes otherwise, and [`ResultsError::Io`].
    pub(super) fn open(path: &Path, run: &str) -> Result<Self, ResultsError> {
        let io = |e| ResultsError::io("read", path, e);
        let corrupt = |found: &str| ResultsError::corrupt(path, found);
        let mut file = bounded::open(path, bounded::OWN).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let Some(content) = length.checked_sub(CHECKSUM_LENGTH).filter(|content| *content >= 16) else {
            return Err(corrupt("it ends early"));
        };
        if checksum(&mut file, content, path)? != read_exactly(&mut file, CHECKSUM_LENGTH, path)? {
            return Err(corrupt("its checksum does not match its content"));
        }
        let mut file = File::open(path).map_err(io)?;
        let start = read_exactly(&mut file, 16, path)?;
        let (mark, size) = start.split_at(8);
        let header_length = size.try_into().map_or(u64::MAX, u64::from_le_bytes);
        if mark != MARK || header_length > content - 16 {
            return Err(corrupt("it does not begin like a part"));
        }
        let header: Header = serde_json::from_slice(&read_exactly(&mut file, header_length, path)?)
            .map_err(|e| corrupt(&format!("its header does not parse: {e}")))?;
        if header.run != run {
            let (expected, found) = (run.to_owned(), header.run);
            return Err(ResultsError::OtherRun { path: path.to_path_buf(), expected, found });
        }
        if header.program != program::digest() {
            let wrote = format!(
                "forestall {}",
                if header.version.is_empty() { "of a version that parts did not name yet" } else { &header.version }
            );
            return Err(ResultsError::other_program(path, &header.program, &wrote));
        }
        let tables = header.tables.iter().try_fold(0_u64, |sum, table| sum.checked_add(table.bytes));
        if tables != Some(content - 16 - header_length) {
            return Err(corrupt("its tables do not fill it"));
        }
        Ok(Self { path: path.to_path_buf(), header, tables_start: 16 + header_length })
    }
}

fn read_exactly(file: &mut File, length: u64, path: &Path) -> Result<Vec<u8>, ResultsError> {
    let mut content = Vec::new();
    file.take(length).read_to_end(&mut content).map_err(|e| ResultsError::io("read", path, e))?;
    if content.len() as u64 == length { Ok(content) } else { Err(ResultsError::corrupt(path, "it ends early")) }
}

fn checksum(file: &mut File, length: u64, path: &Path) -> Result<Vec<u8>, ResultsError> {
    let mut digest = Sha256::new();
    let mut left = length;
    while left > 0 {
        let piece = read_exactly(file, left.min(1 << 16), path)?;
        left -= piece.len() as u64;
        digest.update(&piece);
    }
    Ok(digest.finalize().to_vec())
}

/// A table as it stands in a part.
pub(crate) struct Encoded {
    stored: StoredTable,
    content: Vec<u8>,
}

/// Encodes the rows of a table in the order given.
pub(crate) fn encode(name: &str, table: &Table, rows: &[usize]) -> Result<Encoded, ResultsError> {
    let mut writer = TableWriter::new(Vec::new(), table, ROWS_PER_GROUP, Path::new("memory"))?;
    // A batch is large: only some of its rows are copied at a time.
    for some in rows.chunks(ROWS_PER_GROUP) {
        writer.push(&table.take(some), 0..some.len())?;
    }
    let content = writer.finish()?.0;
    let stored = StoredTable { name: name.to_owned(), rows: rows.len() as u64, bytes: content.len() as u64 };
    Ok(Encoded { stored, content })
}

/// Writes a part into `folder` under a name made of its content, so that equal parts are one file.
pub(crate) fn write(
    folder: &Path,
    run: &str,
    runs: &[RunKey],
    failures: &[Failure],
    tables: &[Encoded],
) -> Result<Part, ResultsError> {
    let stretches = stretches(runs);
    let header = Header {
        run: run.to_owned(),
        program: program::digest().into(),
        version: env!("CARGO_PKG_VERSION").into(),
        stretches,
        failures: failures.to_vec(),
        tables: tables.iter().map(|table| table.stored.clone()).collect(),
    };
    let header_text =
        serde_json::to_vec(&header).map_err(|e| ResultsError::unsound(folder, format!("part header: {e}")))?;
    let mut content = MARK.to_vec();
    content.extend((header_text.len() as u64).to_le_bytes());
    content.extend(&header_text);
    for table in tables {
        content.extend(&table.content);
    }
    let digest = Sha256::digest(&content);
    content.extend(digest.as_slice());
    let replications = || runs.iter().chain(failures.iter().map(|f| &f.run)).map(|key| key.replication);
    let (first, last) = (replications().min().unwrap_or(0), replications().max().unwrap_or(0));
    let name = format!("{first:06}-{last:06}-{}.part", &atomic::hexadecimal(&digest)[..16]);
    let path = folder.join(name);
    atomic::write(&path, &content)?;
    Ok(Part { path, header, tables_start: 16 + header_text.len() as u64 })
}

/// Groups runs into consecutive replications, whatever their order.
fn stretches(runs: &[RunKey]) -> Vec<Stretch> {
    let mut sorted: Vec<&RunKey> = runs.iter().collect();
    sorted.sort_by(|a, b| (&a.arm, a.draw, a.replication).cmp(&(&b.arm, b.draw, b.replication)));
    sorted.dedup();
    let mut stretches: Vec<Stretch> = Vec::new();
    for key in sorted {
        match stretches.last_mut() {
            Some(s) if s.arm == key.arm && s.draw == key.draw && key.replication - s.first == s.count => s.count += 1,
            _ => stretches.push(Stretch { arm: key.arm.clone(), draw: key.draw, first: key.replication, count: 1 }),
        }
    }
    stretches
}
