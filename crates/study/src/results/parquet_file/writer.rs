//! Writes tables as Parquet files: rows as they come, in row groups of fixed size, encoded at once.

use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

use super::chunk::{Chunk, STEP};
use crate::results::error::ResultsError;
use forestall_model::{Column, Table};

/// Constant, so that a new version of the program writes the same bytes for the same rows.
const CREATED_BY: &str = "forestall";

/// Writes rows as they come, in row groups of fixed size however the rows arrive. Memory holds the encoded row group.
pub struct TableWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    group: Vec<Chunk>,
    /// Rows encoded in `group`.
    encoded: usize,
    /// Rows that are too few to be encoded yet.
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
        Ok(Self {
            file,
            group: Vec::new(),
            encoded: 0,
            pending: columns.empty_like(),
            rows_per_group: rows_per_group.max(1),
            rows: 0,
            label: label.to_path_buf(),
        })
    }

    /// Adds the rows of `table` in the given range.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if the sink refuses; [`ResultsError::Unsound`] if the columns differ or a number is
    /// not finite.
    pub fn push(&mut self, table: &Table, rows: Range<usize>) -> Result<(), ResultsError> {
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
            let step = STEP.min(self.rows_per_group - self.encoded);
            let to = rows.end.min(from + step - self.pending.rows());
            if to - from == step {
                self.encode(table, from..to)?;
            } else {
                self.pending.append_rows(table, from..to);
                if self.pending.rows() == step {
                    self.encode_pending()?;
                }
            }
            from = to;
            if self.encoded == self.rows_per_group {
                self.write_group()?;
            }
        }
        Ok(())
    }

    fn encode_pending(&mut self) -> Result<(), ResultsError> {
        let rows = std::mem::take(&mut self.pending);
        self.pending = rows.empty_like();
        self.encode(&rows, 0..rows.rows())
    }

    fn encode(&mut self, table: &Table, rows: Range<usize>) -> Result<(), ResultsError> {
        if self.group.is_empty() {
            let columns = self.file.schema_descr().columns();
            self.group = columns.iter().map(|c| Chunk::new(c.clone(), self.file.properties().clone())).collect();
        }
        for (chunk, (_, column)) in self.group.iter_mut().zip(table.columns()) {
            chunk.write(column, rows.clone()).map_err(|e| write_error(&self.label, e))?;
        }
        self.encoded += rows.len();
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ResultsError> {
        let chunks = std::mem::take(&mut self.group);
        self.rows += std::mem::take(&mut self.encoded);
        write_chunks(&mut self.file, chunks).map_err(|e| write_error(&self.label, e))
    }

    /// Writes the last rows and the footer; returns the sink and the number of rows.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if the sink refuses.
    pub fn finish(mut self) -> Result<(W, usize), ResultsError> {
        if self.pending.rows() > 0 {
            self.encode_pending()?;
        }
        if self.encoded > 0 {
            self.write_group()?;
        }
        // This writes the footer and flushes before it gives the sink back.
        let sink = self.file.into_inner().map_err(|e| write_error(&self.label, e))?;
        Ok((sink, self.rows))
    }
}

fn write_chunks<W: Write + Send>(file: &mut SerializedFileWriter<W>, chunks: Vec<Chunk>) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for chunk in chunks {
        let (pages, closed) = chunk.finish()?;
        group.append_column(&Bytes::from(pages), closed)?;
    }
    group.close().map(|_| ())
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

#[cfg(test)]
mod tests {
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};

    use super::*;

    fn defined<T: Copy>(values: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
        (values.iter().copied().flatten().collect(), values.iter().map(|v| i16::from(v.is_some())).collect())
    }

    /// The file as the Parquet crate writes it from whole columns.
    fn whole(table: &Table) -> Vec<u8> {
        let (schema, properties) = (schema(table).expect("sound"), properties(table));
        let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).expect("memory");
        let mut group = file.next_row_group().expect("memory");
        for (_, column) in table.columns() {
            let mut writer = group.next_column().expect("memory").expect("a column");
            let written = match column {
                Column::Text(values) => {
                    let values: Vec<ByteArray> = values.iter().map(|v| ByteArray::from(v.as_str())).collect();
                    writer.typed::<ByteArrayType>().write_batch(&values, None, None)
                }
                Column::Integer(values) => {
                    let (values, defined) = defined(values);
                    writer.typed::<Int64Type>().write_batch(&values, Some(&defined), None)
                }
                Column::Number(values) => {
                    let (values, defined) = defined(values);
                    writer.typed::<DoubleType>().write_batch(&values, Some(&defined), None)
                }
            };
            written.expect("memory");
            writer.close().expect("memory");
        }
        group.close().expect("memory");
        file.into_inner().expect("memory")
    }

    #[test]
    fn the_bytes_are_those_of_columns_written_whole() {
        let rows = 150_000;
        let mut table = Table::new();
        let text = |f: &dyn Fn(usize) -> String| Column::Text((0..rows).map(f).collect());
        table.push("few", text(&|row| format!("{}", row / 7 % 5)));
        // More distinct text than a dictionary takes: pages begin with one and go on without.
        table.push("many", text(&|row| format!("{row:020x}")));
        table.push("long", text(&|row| "x".repeat(row % 301)));
        let whole_numbers = |f: &dyn Fn(i64) -> Option<i64>| Column::Integer((0..rows as i64).map(f).collect());
        table.push("zero", whole_numbers(&|_| Some(0)));
        table.push("gaps", whole_numbers(&|row| (row % 3 > 0).then_some(row * row)));
        table.push("none", whole_numbers(&|_| None));
        table.push("share", Column::Number((0..rows).map(|row| Some(1.0 / (row as f64 + 1.0))).collect()));
        let expected = whole(&table);
        for piece in [rows, 1, 1000, 4096] {
            let mut writer = TableWriter::new(Vec::new(), &table, rows, Path::new("test")).expect("memory");
            for from in (0..rows).step_by(piece) {
                writer.push(&table, from..rows.min(from + piece)).expect("sound");
            }
            let (bytes, written) = writer.finish().expect("memory");
            assert_eq!(written, rows);
            assert!(bytes == expected, "pieces of {piece}");
        }
    }
}
