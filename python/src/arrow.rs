//! Tables of the library as Arrow: built once, and from then on handed out without a copy.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use forestall::StudyError;
use forestall::cli::Failure;
use forestall_model::{Column, Table};

/// Bytes of text in a column at which a batch ends: its offsets have 32 bits.
const MOST_TEXT: usize = 1 << 30;

/// A column that grows.
enum Growing {
    Text(StringBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
}

impl Growing {
    fn like(column: &Column) -> Self {
        match column {
            Column::Text(_) => Self::Text(StringBuilder::new()),
            Column::Integer(_) => Self::Integer(Int64Builder::new()),
            Column::Number(_) => Self::Number(Float64Builder::new()),
        }
    }

    fn add(&mut self, column: &Column) {
        match (self, column) {
            (Self::Text(into), Column::Text(values)) => values.iter().for_each(|text| into.append_value(text)),
            (Self::Integer(into), Column::Integer(values)) => values.iter().for_each(|n| into.append_option(*n)),
            (Self::Number(into), Column::Number(values)) => values.iter().for_each(|x| into.append_option(*x)),
            // All stretches of a table have the same columns.
            _ => {}
        }
    }

    fn text_bytes(&self) -> usize {
        if let Self::Text(into) = self { into.values_slice().len() } else { 0 }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(into) => Arc::new(into.finish()),
            Self::Integer(into) => Arc::new(into.finish()),
            Self::Number(into) => Arc::new(into.finish()),
        }
    }
}

/// The type of a column in Arrow, as readers of the Parquet files see it; only numbers can be undefined.
fn field(name: &str, column: &Column) -> Field {
    match column {
        Column::Text(_) => Field::new(name, DataType::Utf8, false),
        Column::Integer(_) => Field::new(name, DataType::Int64, true),
        Column::Number(_) => Field::new(name, DataType::Float64, true),
    }
}

/// A table as Arrow: one batch, or more where texts are beyond what one can hold.
#[derive(Clone, Debug)]
pub struct Batches {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

/// Makes batches of stretches of one table.
#[derive(Default)]
pub struct Gatherer {
    schema: Option<SchemaRef>,
    columns: Vec<Growing>,
    rows: usize,
    batches: Vec<RecordBatch>,
}

impl Gatherer {
    /// Takes in a stretch.
    pub fn add(&mut self, table: &Table) -> Result<(), ArrowError> {
        if self.schema.is_none() {
            let fields: Vec<Field> = table.columns().map(|(name, column)| field(name, column)).collect();
            self.schema = Some(Arc::new(Schema::new(fields)));
            self.columns = table.columns().map(|(_, column)| Growing::like(column)).collect();
        }
        for (into, (_, column)) in self.columns.iter_mut().zip(table.columns()) {
            into.add(column);
        }
        self.rows += table.rows();
        if self.columns.iter().any(|column| column.text_bytes() > MOST_TEXT) { self.cut() } else { Ok(()) }
    }

    /// Ends a batch.
    fn cut(&mut self) -> Result<(), ArrowError> {
        if let Some(schema) = self.schema.as_ref().filter(|_| self.rows > 0) {
            let columns = self.columns.iter_mut().map(Growing::finish).collect();
            self.batches.push(RecordBatch::try_new(Arc::clone(schema), columns)?);
            self.rows = 0;
        }
        Ok(())
    }

    /// All that was taken in.
    pub fn finish(mut self) -> Result<Batches, ArrowError> {
        self.cut()?;
        Ok(Batches { schema: self.schema.unwrap_or_else(|| Arc::new(Schema::empty())), batches: self.batches })
    }
}

fn defect(error: &ArrowError) -> Failure {
    Failure::usage(format!("a table cannot be handed over: {error}"))
}

/// A table of a run.
///
/// # Errors
/// If there is no such table, or it is damaged.
pub fn of_run(run: &forestall::Run, name: &str) -> Result<Batches, Failure> {
    let (mut gatherer, mut failed) = (Gatherer::default(), None);
    run.each_piece(name, &mut |piece| {
        if failed.is_none() {
            failed = gatherer.add(piece).err();
        }
        Ok::<(), StudyError>(())
    })?;
    if let Some(error) = failed {
        return Err(defect(&error));
    }
    gatherer.finish().map_err(|error| defect(&error))
}

/// A table in memory.
///
/// # Errors
/// If Arrow refuses it: a defect of the program.
pub fn of_table(table: &Table) -> Result<Batches, Failure> {
    let mut gatherer = Gatherer::default();
    gatherer.add(table).and_then(|()| gatherer.finish()).map_err(|error| defect(&error))
}
