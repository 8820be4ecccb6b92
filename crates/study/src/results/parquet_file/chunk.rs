//! One column of a row group, encoded while its values come, so that rows need not wait for their group.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use parquet::column::page::{CompressedPage, PageWriteSpec, PageWriter};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use forestall_model::Column;

/// Values that are encoded at a time. Pages end only at its multiples, so that the bytes are those of a column that is
/// written whole: it is the number at which the Parquet crate cuts what it is given.
pub(super) const STEP: usize = 1024;

/// Encoded pages in memory: the column's writer fills them, and they are taken when it is closed.
#[derive(Clone)]
struct Pages(Arc<Mutex<TrackedWrite<Vec<u8>>>>);

impl PageWriter for Pages {
    fn write_page(&mut self, page: CompressedPage) -> Result<PageWriteSpec, ParquetError> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        SerializedPageWriter::new(&mut *pages).write_page(page)
    }

    fn close(&mut self) -> Result<(), ParquetError> {
        Ok(())
    }
}

/// The encoded part of one column.
pub(super) struct Chunk {
    writer: ColumnWriter<'static>,
    pages: Pages,
}

impl Chunk {
    pub(super) fn new(column: ColumnDescPtr, properties: WriterPropertiesPtr) -> Self {
        let pages = Pages(Arc::new(Mutex::new(TrackedWrite::new(Vec::new()))));
        Self { writer: get_column_writer(column, properties, Box::new(pages.clone())), pages }
    }

    /// Encodes some rows of a column; all calls but the last give a multiple of [`STEP`].
    pub(super) fn write(&mut self, column: &Column, rows: Range<usize>) -> Result<(), ParquetError> {
        fn split<T: Copy>(values: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
            (values.iter().copied().flatten().collect(), values.iter().map(|v| i16::from(v.is_some())).collect())
        }
        match (&mut self.writer, column) {
            (ColumnWriter::ByteArrayColumnWriter(writer), Column::Text(values)) => {
                let values: Vec<ByteArray> = values[rows].iter().map(|v| ByteArray::from(v.as_str())).collect();
                writer.write_batch(&values, None, None)?;
            }
            (ColumnWriter::Int64ColumnWriter(writer), Column::Integer(values)) => {
                let (values, defined) = split(&values[rows]);
                writer.write_batch(&values, Some(&defined), None)?;
            }
            (ColumnWriter::DoubleColumnWriter(writer), Column::Number(values)) => {
                let (values, defined) = split(&values[rows]);
                writer.write_batch(&values, Some(&defined), None)?;
            }
            _ => return Err(ParquetError::General("a column of another type than its writer".into())),
        }
        Ok(())
    }

    /// The pages, and what the group must know of them.
    pub(super) fn finish(self) -> Result<(Vec<u8>, ColumnCloseResult), ParquetError> {
        let closed = self.writer.close()?;
        let pages = Arc::try_unwrap(self.pages.0).map_err(|_| ParquetError::General("an open column".into()))?;
        Ok((pages.into_inner().unwrap_or_else(PoisonError::into_inner).into_inner()?, closed))
    }
}
