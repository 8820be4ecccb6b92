//! Tables as Parquet files, written with the same bytes for the same rows and read group by group.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type};

use super::error::ResultsError;
use forestall_model::{Column, Table};

/// Rows in a row group of a finished file.
pub const ROWS_PER_GROUP: usize = 65_536;

/// Constant, so that a new version of the program writes the same bytes for the same rows.
const CREATED_BY: &str = "forestall";

/// Writes rows as they come, in row groups of fixed size however the rows arrive.
pub struct TableWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    pending: Table,
    rows_per_group: usize,
    rows: usize,
    label: PathBuf,
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a file with the columns of `columns` (its rows are not written); `label` names it in errors.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if `sink` refuses.
    pub fn new(sink: W, columns: &Table, rows_per_group: usize, label: &Path) -> Result<Self, ResultsError> {
        let schema = schema(columns).map_err(|e| write_error(label, e))?;
        let file = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties(columns)))
            .map_err(|e| write_error(label, e))?;
        let pending = columns.empty_like();
        Ok(Self { file, pending, rows_per_group: rows_per_group.max(1), rows: 0, label: label.to_path_buf() })
    }

    /// Adds the rows of `table` in the given range.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if the sink refuses; [`ResultsError::Unsound`] if the columns differ or a number is
    /// not finite.
    pub fn push(&mut self, table: &Table, rows: std::ops::Range<usize>) -> Result<(), ResultsError> {
        if let Some(found) = self.pending.column_difference(table) {
            return Err(ResultsError::unsound(&self.label, found));
        }
        for (name, column) in table.columns() {
            if let Column::Number(values) = column
                && let Some(bad) = values[rows.clone()].iter().flatten().find(|x| !x.is_finite())
            {
                return Err(ResultsError::unsound(&self.label, format!("column `{name}` holds {bad}")));
            }
        }
        let mut from = rows.start;
        while from < rows.end {
            let to = rows.end.min(from + self.rows_per_group - self.pending.rows());
            self.pending.append_rows(table, from..to);
            from = to;
            if self.pending.rows() == self.rows_per_group {
                self.write_group()?;
            }
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ResultsError> {
        let group = std::mem::take(&mut self.pending);
        self.pending = group.empty_like();
        self.rows += group.rows();
        write_group(&mut self.file, &group).map_err(|e| write_error(&self.label, e))
    }

    /// Writes the last rows and the footer; returns the sink and the number of rows.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if the sink refuses.
    pub fn finish(mut self) -> Result<(W, usize), ResultsError> {
        if self.pending.rows() > 0 {
            self.write_group()?;
        }
        // This writes the footer and flushes before it gives the sink back.
        let sink = self.file.into_inner().map_err(|e| write_error(&self.label, e))?;
        Ok((sink, self.rows))
    }
}

/// The whole of `table` as the bytes of a Parquet file.
///
/// # Errors
/// [`ResultsError::Unsound`] if a number is not finite.
pub fn to_bytes(table: &Table, rows_per_group: usize) -> Result<Vec<u8>, ResultsError> {
    let mut writer = TableWriter::new(Vec::new(), table, rows_per_group, Path::new("memory"))?;
    writer.push(table, 0..table.rows())?;
    Ok(writer.finish()?.0)
}

/// Writes `table` to `path`, whole or not at all; returns the file's SHA-256 in hexadecimal.
///
/// # Errors
/// [`ResultsError::Io`], or [`ResultsError::Unsound`] if a number is not finite.
pub fn write(path: &Path, table: &Table) -> Result<String, ResultsError> {
    let file = super::atomic::AtomicFile::create(path)?;
    let mut writer = TableWriter::new(file, table, ROWS_PER_GROUP, path)?;
    writer.push(table, 0..table.rows())?;
    writer.finish()?.0.commit()
}

/// Reads the whole of `path`.
///
/// # Errors
/// [`ResultsError::Io`], or [`ResultsError::Corrupt`] if it is not such a file.
pub fn read(path: &Path) -> Result<Table, ResultsError> {
    TableReader::open(path)?.read_all()
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let field = |(name, column): (&str, &Column)| {
        let builder = match column {
            Column::Text(_) => Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
                .with_repetition(Repetition::REQUIRED)
                .with_logical_type(Some(LogicalType::String))
                .with_converted_type(ConvertedType::UTF8),
            Column::Integer(_) => {
                Type::primitive_type_builder(name, Physical::INT64).with_repetition(Repetition::OPTIONAL)
            }
            Column::Number(_) => {
                Type::primitive_type_builder(name, Physical::DOUBLE).with_repetition(Repetition::OPTIONAL)
            }
        };
        builder.build().map(Arc::new)
    };
    let fields = table.columns().map(field).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("schema").with_fields(fields).build()
}

fn properties(table: &Table) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_created_by(CREATED_BY.into())
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(None)
        .set_dictionary_enabled(true);
    for (name, column) in table.columns() {
        // Measured numbers hardly repeat; a dictionary of them would only be built to be thrown away.
        if matches!(column, Column::Number(_)) {
            builder = builder.set_column_dictionary_enabled(ColumnPath::new(vec![name.to_owned()]), false);
        }
    }
    builder.build()
}

fn write_group<W: Write + Send>(file: &mut SerializedFileWriter<W>, table: &Table) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for (_, column) in table.columns() {
        let missing = || ParquetError::General("a column without a writer".into());
        let mut writer = group.next_column()?.ok_or_else(missing)?;
        write_column(&mut writer, column)?;
        writer.close()?;
    }
    group.close().map(|_| ())
}

fn write_column(writer: &mut SerializedColumnWriter<'_>, column: &Column) -> Result<(), ParquetError> {
    fn split<T: Copy>(values: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
        (values.iter().copied().flatten().collect(), values.iter().map(|v| i16::from(v.is_some())).collect())
    }
    match column {
        Column::Text(values) => {
            let values: Vec<ByteArray> = values.iter().map(|v| ByteArray::from(v.as_str())).collect();
            writer.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        }
        Column::Integer(values) => {
            let (values, defined) = split(values);
            writer.typed::<Int64Type>().write_batch(&values, Some(&defined), None)?;
        }
        Column::Number(values) => {
            let (values, defined) = split(values);
            writer.typed::<DoubleType>().write_batch(&values, Some(&defined), None)?;
        }
    }
    Ok(())
}

fn write_error(path: &Path, error: ParquetError) -> ResultsError {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(other) => io::Error::other(other.to_string()),
        },
        other => io::Error::other(other.to_string()),
    };
    ResultsError::io("write", path, source)
}

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

/// Reads a table row group by row group, so that memory holds no more than one.
pub struct TableReader {
    file: Box<dyn FileReader>,
    columns: Table,
    label: PathBuf,
}

impl TableReader {
    /// Opens the Parquet file at `path`.
    ///
    /// # Errors
    /// [`ResultsError::Io`], or [`ResultsError::Corrupt`] if it is not such a file.
    pub fn open(path: &Path) -> Result<Self, ResultsError> {
        let length = std::fs::metadata(path).map_err(|e| ResultsError::io("open", path, e))?.len();
        Self::open_section(path, 0, length)
    }

    /// Opens the Parquet file that lies within the file at `path`.
    pub(crate) fn open_section(path: &Path, start: u64, length: u64) -> Result<Self, ResultsError> {
        let file = File::open(path).map_err(|e| ResultsError::io("open", path, e))?;
        Self::from_chunks(Section { file, start, length }, path)
    }

    /// Reads Parquet from memory; `label` names it in errors.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] if the bytes are not such a file.
    pub fn from_bytes(content: &[u8], label: &Path) -> Result<Self, ResultsError> {
        Self::from_chunks(Bytes::copy_from_slice(content), label)
    }

    fn from_chunks<R: ChunkReader + 'static>(chunks: R, label: &Path) -> Result<Self, ResultsError> {
        guarded(label, || Self::from_sound_chunks(chunks, label))
    }

    fn from_sound_chunks<R: ChunkReader + 'static>(chunks: R, label: &Path) -> Result<Self, ResultsError> {
        let length = chunks.len();
        let file = SerializedFileReader::new(chunks).map_err(|e| read_error(label, &e))?;
        let columns = columns_of(&file).map_err(|found| ResultsError::corrupt(label, found))?;
        check_places(&file, length).map_err(|found| ResultsError::corrupt(label, found))?;
        Ok(Self { file: Box::new(file), columns, label: label.to_path_buf() })
    }

    /// The columns, without rows.
    pub fn columns(&self) -> &Table {
        &self.columns
    }

    /// The file's name for messages.
    pub fn label(&self) -> &Path {
        &self.label
    }

    /// The number of row groups.
    pub fn groups(&self) -> usize {
        self.file.num_row_groups()
    }

    /// The rows of group `group`, counted from 0.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] if there is no such group or its content does not decode.
    pub fn read_group(&self, group: usize) -> Result<Table, ResultsError> {
        guarded(&self.label, || self.read_sound_group(group))
    }

    fn read_sound_group(&self, group: usize) -> Result<Table, ResultsError> {
        if group >= self.groups() {
            return Err(ResultsError::corrupt(&self.label, format!("it has no row group {group}")));
        }
        let corrupt = |e: &ParquetError| read_error(&self.label, e);
        let source = self.file.get_row_group(group).map_err(|e| corrupt(&e))?;
        let mut table = Table::new();
        let mut rows = None;
        for (index, (name, _)) in self.columns.columns().enumerate() {
            let reader = source.get_column_reader(index).map_err(|e| corrupt(&e))?;
            let column = read_column(reader).map_err(|found| ResultsError::corrupt(&self.label, found))?;
            if *rows.get_or_insert(column.len()) != column.len() {
                return Err(ResultsError::corrupt(&self.label, format!("column `{name}` has another length")));
            }
            table.push(name, column);
        }
        Ok(table)
    }

    /// All rows of all groups.
    ///
    /// # Errors
    /// As [`Self::read_group`].
    pub fn read_all(&self) -> Result<Table, ResultsError> {
        let mut table = self.columns.clone();
        for group in 0..self.groups() {
            let rows = self.read_group(group)?;
            table.append_rows(&rows, 0..rows.rows());
        }
        Ok(table)
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

fn read_column(reader: ColumnReader) -> Result<Column, String> {
    fn join<T: Copy>(values: &[T], defined: &[i16]) -> Result<Vec<Option<T>>, String> {
        let mut values = values.iter().copied();
        let joined = defined.iter().map(|&level| if level == 0 { Ok(None) } else { values.next().map(Some).ok_or(()) });
        joined.collect::<Result<_, ()>>().map_err(|()| "fewer values than rows".to_owned())
    }
    let said = |e: ParquetError| e.to_string();
    match reader {
        ColumnReader::ByteArrayColumnReader(mut reader) => {
            let mut values = Vec::new();
            while reader.read_records(ROWS_PER_GROUP, None, None, &mut values).map_err(said)?.0 > 0 {}
            let text = |v: &ByteArray| v.as_utf8().map(str::to_owned).map_err(|e| e.to_string());
            values.iter().map(text).collect::<Result<_, _>>().map(Column::Text)
        }
        ColumnReader::Int64ColumnReader(mut reader) => {
            let (mut values, mut defined) = (Vec::new(), Vec::new());
            while reader.read_records(ROWS_PER_GROUP, Some(&mut defined), None, &mut values).map_err(said)?.0 > 0 {}
            join(&values, &defined).map(Column::Integer)
        }
        ColumnReader::DoubleColumnReader(mut reader) => {
            let (mut values, mut defined) = (Vec::new(), Vec::new());
            while reader.read_records(ROWS_PER_GROUP, Some(&mut defined), None, &mut values).map_err(said)?.0 > 0 {}
            join(&values, &defined).map(Column::Number)
        }
        _ => Err("a column of a type that forestall does not write".into()),
    }
}

/// Turns a panic while reading into [`ResultsError::Corrupt`].
///
/// The Parquet crate asserts in places what a damaged file can break, and a user's damaged file must not
/// end the program. Nothing that the closure touches is used again after a panic.
fn guarded<T>(path: &Path, read: impl FnOnce() -> Result<T, ResultsError>) -> Result<T, ResultsError> {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    caught.unwrap_or_else(|_| Err(ResultsError::corrupt(path, "its content does not decode")))
}

fn read_error(path: &Path, error: &ParquetError) -> ResultsError {
    ResultsError::corrupt(path, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn sample(rows: usize) -> Table {
        let mut table = Table::new();
        let arm = |i: usize| ["baseline", "Überwachung 監視", ""][i % 3].to_owned();
        table.push("arm", Column::Text((0..rows).map(arm).collect()));
        table.push(
            "replication",
            Column::Integer((0..rows).map(|i| (!i.is_multiple_of(5)).then_some(i.cast_signed() as i64 - 7)).collect()),
        );
        let number =
            |i: usize| (!i.is_multiple_of(7)).then(|| if i.is_multiple_of(11) { -0.0 } else { 1.0 / (i as f64 + 0.5) });
        table.push("share", Column::Number((0..rows).map(number).collect()));
        table
    }

    fn back(content: &[u8]) -> Result<Table, ResultsError> {
        TableReader::from_bytes(content, Path::new("test"))?.read_all()
    }

    #[test]
    fn tables_survive_with_nulls_unicode_and_several_groups() {
        for rows in [0, 1, 2, 999, 1000, 2501] {
            let table = sample(rows);
            let bytes = to_bytes(&table, 1000).expect("sound");
            let reader = TableReader::from_bytes(&bytes, Path::new("test")).expect("own file");
            assert_eq!(reader.groups(), rows.div_ceil(1000));
            assert_eq!(reader.read_all().expect("own file"), table, "{rows} rows");
        }
    }

    #[test]
    fn extremes_keep_their_bits() {
        let mut table = Table::new();
        let numbers = [f64::MIN_POSITIVE / 8.0, f64::MAX, -0.0, 0.1 + 0.2];
        table.push("x", Column::Number(numbers.map(Some).to_vec()));
        table.push("i", Column::Integer(vec![Some(i64::MIN), Some(i64::MAX), None, Some(0)]));
        let found = back(&to_bytes(&table, 10).expect("sound")).expect("own file");
        let Some(Column::Number(found)) = found.column("x") else { panic!("a number column") };
        assert!(found.iter().zip(numbers).all(|(a, b)| a.expect("defined").to_bits() == b.to_bits()));
    }

    #[test]
    fn same_rows_same_bytes_however_they_arrive() {
        let table = sample(2500);
        let whole = to_bytes(&table, 1000).expect("sound");
        for piece in [1, 7, 999, 1000, 1001] {
            let mut writer = TableWriter::new(Vec::new(), &table, 1000, Path::new("test")).expect("memory");
            let mut from = 0;
            while from < table.rows() {
                let to = table.rows().min(from + piece);
                writer.push(&table, from..to).expect("sound");
                from = to;
            }
            assert_eq!(writer.finish().expect("memory").0, whole, "pieces of {piece}");
        }
        assert_ne!(to_bytes(&sample(2499), 1000).expect("sound"), whole);
    }

    #[test]
    fn a_number_that_is_not_finite_is_refused_by_name() {
        let mut table = Table::new();
        table.push("cost", Column::Number(vec![Some(f64::NAN)]));
        let error = to_bytes(&table, 10).expect_err("refused").to_string();
        assert!(error.contains("cost") && error.contains("NaN"), "{error}");
    }

    #[test]
    fn damaged_bytes_are_an_error_or_read_on() {
        let bytes = to_bytes(&sample(300), 100).expect("sound");
        for cut in 0..bytes.len() {
            assert!(matches!(back(&bytes[..cut]), Err(ResultsError::Corrupt { .. })), "cut at {cut}");
        }
        for place in 0..bytes.len() {
            for flip in [0x01, 0x55, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[place] ^= flip;
                // Whether the damage shows depends on where it is; checksums of whole files find the rest.
                let _ = back(&damaged);
            }
        }
    }
}
