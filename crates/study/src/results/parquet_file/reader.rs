//! Reads tables from Parquet files: the columns and row groups that are wanted, a stretch of rows at a time.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::file::statistics::Statistics;

use crate::results::bounded;
use crate::results::error::ResultsError;
use forestall_model::{Column, Table};

/// Values that a stretch of rows holds, about.
const VALUES: usize = 1 << 17;

/// A stretch of a file that is a Parquet file of its own.
pub(crate) struct Section {
    file: File,
    start: u64,
    length: u64,
}

impl Length for Section {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Section {
    type T = io::BufReader<io::Take<File>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(self.start.saturating_add(start)))?;
        Ok(io::BufReader::new(file.take(self.length.saturating_sub(start))))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // Checked first: a damaged footer must not make the program ask for memory without bound.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} are beyond its end")));
        }
        let mut content = Vec::with_capacity(length);
        self.get_read(start)?.take(length as u64).read_to_end(&mut content)?;
        if content.len() == length { Ok(content.into()) } else { Err(ParquetError::EOF("it ends early".into())) }
    }
}

/// Reads a table a stretch of rows at a time, so that memory holds no more than one.
pub struct TableReader {
    file: Box<dyn FileReader>,
    columns: Table,
    /// Where each of `columns` stands in the file.
    places: Vec<usize>,
    /// The row groups that are read.
    groups: Vec<usize>,
    label: PathBuf,
}

impl TableReader {
    /// Opens the Parquet file at `path`.
    ///
    /// # Errors
    /// [`ResultsError::Io`], or [`ResultsError::Corrupt`] if it is not such a file.
    pub fn open(path: &Path) -> Result<Self, ResultsError> {
        let length = bounded::open(path, u64::MAX)
            .and_then(|file| file.metadata())
            .map_err(|e| ResultsError::io("open", path, e))?
            .len();
        Self::open_section(path, 0, length)
    }

    /// Opens the Parquet file that lies within the file at `path`.
    pub(crate) fn open_section(path: &Path, start: u64, length: u64) -> Result<Self, ResultsError> {
        let file = bounded::open(path, u64::MAX).map_err(|e| ResultsError::io("open", path, e))?;
        Self::from_chunks(Section { file, start, length }, path)
    }

    /// Reads Parquet from memory; `label` names it in errors.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] if the bytes are not such a file.
    pub fn from_bytes(content: &[u8], label: &Path) -> Result<Self, ResultsError> {
        Self::from_shared(Bytes::copy_from_slice(content), label)
    }

    /// As [`Self::from_bytes`], without a copy of them.
    pub(crate) fn from_shared(content: Bytes, label: &Path) -> Result<Self, ResultsError> {
        Self::from_chunks(content, label)
    }

    fn from_chunks<R: ChunkReader + 'static>(chunks: R, label: &Path) -> Result<Self, ResultsError> {
        guarded(label, || Self::from_sound_chunks(chunks, label))
    }

    fn from_sound_chunks<R: ChunkReader + 'static>(chunks: R, label: &Path) -> Result<Self, ResultsError> {
        let length = chunks.len();
        let file = SerializedFileReader::new(chunks).map_err(|e| read_error(label, &e))?;
        let columns = columns_of(&file).map_err(|found| ResultsError::corrupt(label, found))?;
        check_places(&file, length).map_err(|found| ResultsError::corrupt(label, found))?;
        let (places, groups) = ((0..columns.columns().count()).collect(), (0..file.num_row_groups()).collect());
        Ok(Self { file: Box::new(file), columns, places, groups, label: label.to_path_buf() })
    }

    /// Reads only these columns, in the order asked for; one that is not there is left out.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        let known: Vec<&str> = self.columns.columns().map(|(name, _)| name).collect();
        let found: Vec<usize> = names.iter().filter_map(|name| known.iter().position(|k| k == name)).collect();
        let mut columns = Table::new();
        for (name, column) in found.iter().filter_map(|&at| self.columns.columns().nth(at)) {
            columns.push(name, column.clone());
        }
        self.places = found.iter().map(|&at| self.places[at]).collect();
        self.columns = columns;
        self
    }

    /// Passes over row groups in which integer column `name` has the value nowhere, as far as the file knows.
    #[must_use]
    pub fn with_value(mut self, name: &str, value: i64) -> Self {
        let columns = self.file.metadata().file_metadata().schema_descr().columns();
        let Some(place) = columns.iter().position(|column| column.name() == name) else { return self };
        let may_hold = |&group: &usize| {
            let column = self.file.metadata().row_groups().get(group).and_then(|group| group.columns().get(place));
            let Some(Statistics::Int64(known)) = column.and_then(|column| column.statistics()) else { return true };
            known.min_opt().is_none_or(|least| *least <= value) && known.max_opt().is_none_or(|most| value <= *most)
        };
        self.groups = self.groups.iter().copied().filter(may_hold).collect();
        self
    }

    /// The columns, without rows.
    pub fn columns(&self) -> &Table {
        &self.columns
    }

    /// The file's name for messages.
    pub fn label(&self) -> &Path {
        &self.label
    }

    /// The number of row groups that are read.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The rows, a stretch at a time.
    pub fn pieces(self) -> Pieces {
        let rows = (VALUES / self.places.len().max(1)).max(1);
        Pieces { groups: self.groups.clone().into(), reader: self, open: Vec::new(), left: 0, rows }
    }

    /// All rows.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] if the content does not decode.
    pub fn read_all(self) -> Result<Table, ResultsError> {
        let mut table = self.columns.clone();
        for piece in self.pieces() {
            let piece = piece?;
            table.append_rows(&piece, 0..piece.rows());
        }
        Ok(table)
    }
}

/// The rows of a table in stretches of moderate size, in the order of the file. Nothing comes after an error.
pub struct Pieces {
    reader: TableReader,
    groups: VecDeque<usize>,
    /// The columns of the group that is being read.
    open: Vec<ColumnReader>,
    /// Rows of that group still to come.
    left: usize,
    /// Rows of a stretch.
    rows: usize,
}

impl Pieces {
    /// The columns, without rows.
    pub(crate) fn columns(&self) -> &Table {
        self.reader.columns()
    }

    /// The file's name for messages.
    pub(crate) fn label(&self) -> &Path {
        self.reader.label()
    }

    fn read(&mut self) -> Result<Option<Table>, ResultsError> {
        while self.left == 0 {
            let Some(group) = self.groups.pop_front() else { return Ok(None) };
            self.open_group(group)?;
        }
        let wanted = self.left.min(self.rows);
        self.left -= wanted;
        let mut table = Table::new();
        let corrupt = |found| ResultsError::corrupt(&self.reader.label, found);
        for ((name, _), column) in self.reader.columns.columns().zip(&mut self.open) {
            let values = read_column(column, wanted).map_err(corrupt)?;
            let more = self.left == 0 && !read_column(column, 1).map_err(corrupt)?.is_empty();
            if values.len() != wanted || more {
                return Err(corrupt(format!("column `{name}` has another length")));
            }
            table.push(name, values);
        }
        Ok(Some(table))
    }

    fn open_group(&mut self, group: usize) -> Result<(), ResultsError> {
        let corrupt = |e: ParquetError| read_error(&self.reader.label, &e);
        let source = self.reader.file.get_row_group(group).map_err(corrupt)?;
        let rows = usize::try_from(source.metadata().num_rows());
        self.left = rows.map_err(|e| ResultsError::corrupt(&self.reader.label, e.to_string()))?;
        let open = self.reader.places.iter().map(|&place| source.get_column_reader(place));
        self.open = open.collect::<Result<_, _>>().map_err(corrupt)?;
        if self.open.is_empty() {
            self.left = 0;
        }
        Ok(())
    }
}

impl Iterator for Pieces {
    type Item = Result<Table, ResultsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let label = self.reader.label.clone();
        let read = guarded(&label, || self.read());
        if read.is_err() {
            (self.left, self.open) = (0, Vec::new());
            self.groups.clear();
        }
        read.transpose()
    }
}

fn columns_of<R: ChunkReader + 'static>(file: &SerializedFileReader<R>) -> Result<Table, String> {
    let mut columns = Table::new();
    for column in file.metadata().file_metadata().schema_descr().columns() {
        let optional = column.max_def_level() == 1 && column.max_rep_level() == 0;
        let required = column.max_def_level() == 0 && column.max_rep_level() == 0;
        let empty = match column.physical_type() {
            Physical::BYTE_ARRAY if required => Column::Text(Vec::new()),
            Physical::INT64 if optional => Column::Integer(Vec::new()),
            Physical::DOUBLE if optional => Column::Number(Vec::new()),
            other => {
                return Err(format!("column `{}` is of type {other}, which forestall does not write", column.name()));
            }
        };
        columns.push(column.name(), empty);
    }
    Ok(columns)
}

/// Whether every column of every row group lies within the file; the reader below takes that for granted.
fn check_places<R: ChunkReader + 'static>(file: &SerializedFileReader<R>, length: u64) -> Result<(), String> {
    for group in file.metadata().row_groups() {
        for column in group.columns() {
            let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
            let end = start.checked_add(column.compressed_size());
            let within = end.and_then(|end| u64::try_from(end).ok()).is_some_and(|end| end <= length);
            if start < 0 || column.compressed_size() < 0 || !within {
                return Err("a column lies outside the file".into());
            }
        }
    }
    Ok(())
}

/// At most so many more values of a column.
fn read_column(reader: &mut ColumnReader, rows: usize) -> Result<Column, String> {
    fn join<T: Copy>(values: &[T], defined: &[i16]) -> Result<Vec<Option<T>>, String> {
        let mut values = values.iter().copied();
        let joined = defined.iter().map(|&level| if level == 0 { Ok(None) } else { values.next().map(Some).ok_or(()) });
        joined.collect::<Result<_, ()>>().map_err(|()| "fewer values than rows".to_owned())
    }
    let said = |e: ParquetError| e.to_string();
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => {
            let mut values = Vec::new();
            reader.read_records(rows, None, None, &mut values).map_err(said)?;
            let text = |v: &ByteArray| v.as_utf8().map(str::to_owned).map_err(|e| e.to_string());
            values.iter().map(text).collect::<Result<_, _>>().map(Column::Text)
        }
        ColumnReader::Int64ColumnReader(reader) => {
            let (mut values, mut defined) = (Vec::new(), Vec::new());
            reader.read_records(rows, Some(&mut defined), None, &mut values).map_err(said)?;
            join(&values, &defined).map(Column::Integer)
        }
        ColumnReader::DoubleColumnReader(reader) => {
            let (mut values, mut defined) = (Vec::new(), Vec::new());
            reader.read_records(rows, Some(&mut defined), None, &mut values).map_err(said)?;
            join(&values, &defined).map(Column::Number)
        }
        _ => Err("a column of a type that forestall does not write".into()),
    }
}

thread_local!(static EXPECTED: Cell<bool> = const { Cell::new(false) });

/// Whether a panic on this thread would be turned into an error here: a hook need not tell of it.
pub fn panic_is_expected() -> bool {
    EXPECTED.get()
}

/// Turns a panic while reading into [`ResultsError::Corrupt`].
///
/// The Parquet crate asserts in places what a damaged file can break, and a user's damaged file must not
/// end the program. Nothing that the closure touches is used again after a panic.
pub(super) fn guarded<T>(path: &Path, read: impl FnOnce() -> Result<T, ResultsError>) -> Result<T, ResultsError> {
    let before = EXPECTED.replace(true);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    EXPECTED.set(before);
    caught.unwrap_or_else(|_| Err(ResultsError::corrupt(path, "its content does not decode")))
}

fn read_error(path: &Path, error: &ParquetError) -> ResultsError {
    ResultsError::corrupt(path, error.to_string())
}
