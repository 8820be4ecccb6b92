//! `Table`: a table that any library with Arrow takes without a copy.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::DataType;
use forestall::cli::Failure;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};

use crate::arrow::Batches;
use crate::errors::raised;
use crate::html::escaped;

/// Rows that a notebook shows.
const SHOWN_ROWS: usize = 8;
/// Columns that a notebook shows.
const SHOWN_COLUMNS: usize = 12;

/// A table of named columns: text, whole numbers, or numbers, of which an undefined one is null.
#[pyclass(name = "Table", module = "forestall", frozen)]
pub struct PyTable {
    name: String,
    data: Batches,
}

impl PyTable {
    /// A table with the name that it is shown by.
    pub fn new(name: impl Into<String>, data: Batches) -> Self {
        Self { name: name.into(), data }
    }

    fn batches(&self, column: usize) -> impl Iterator<Item = &ArrayRef> {
        self.data.batches.iter().map(move |batch| batch.column(column))
    }

    /// Calls a function of a Python library with this table.
    fn given_to<'py>(
        slf: &Bound<'py, Self>,
        (library, needs): (&str, &str),
        function: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let missing = |error: PyErr| {
            let told = Failure::usage(format!("this needs {needs}, and {library} cannot be imported: {error}"));
            raised(py, told)
        };
        py.import(library).map_err(missing)?.getattr(function)?.call1((slf,))
    }
}

/// The values of an array as Python's.
fn extend(list: &Bound<'_, PyList>, array: &ArrayRef) -> PyResult<()> {
    match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().iter().try_for_each(|value| list.append(value)),
        DataType::Float64 => array.as_primitive::<Float64Type>().iter().try_for_each(|value| list.append(value)),
        _ => array.as_string::<i32>().iter().try_for_each(|value| list.append(value)),
    }
}

/// A value as a notebook shows it.
fn cell(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return "–".into();
    }
    match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            forestall_report::assembly::number(value)
        }
        _ => escaped(array.as_string::<i32>().value(row)),
    }
}

#[pymethods]
impl PyTable {
    /// The name of the table.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.data.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The number of columns.
    #[getter]
    fn num_columns(&self) -> usize {
        self.data.schema.fields().len()
    }

    /// The names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.data.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.num_rows()
    }

    /// The table as a stream of the Arrow C data interface, in a capsule. Its buffers are those of this table, which
    /// hands out the same ones each time. The type that a consumer asks for is not looked at: it converts what it
    /// gets.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = self.data.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.data.schema));
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    /// The types of the columns by the Arrow C data interface, in a capsule.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.data.schema.as_ref());
        let schema = schema.map_err(|error| raised(py, Failure::usage(error.to_string())))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// A `pyarrow.Table` on the same memory.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::given_to(slf, ("pyarrow", "pyarrow"), "table")
    }

    /// A `pandas.DataFrame`, made by pyarrow.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::given_to(slf, ("pyarrow", "pandas and pyarrow"), "table")?.call_method0("to_pandas")
    }

    /// A `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::given_to(slf, ("polars", "polars"), "DataFrame")
    }

    /// The columns as lists of Python's own values; an undefined number is `None`.
    fn to_pydict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        for (place, field) in self.data.schema.fields().iter().enumerate() {
            let list = PyList::empty(py);
            self.batches(place).try_for_each(|array| extend(&list, array))?;
            columns.set_item(field.name(), list)?;
        }
        Ok(columns)
    }

    fn __repr__(&self) -> String {
        format!("<forestall.Table {}: {} rows × {} columns>", self.name, self.num_rows(), self.num_columns())
    }

    /// The first rows and columns, for a notebook.
    fn _repr_html_(&self) -> String {
        let fields: Vec<String> =
            self.data.schema.fields().iter().take(SHOWN_COLUMNS).map(|field| escaped(field.name())).collect();
        let more = if self.num_columns() > fields.len() { "<td>…</td>" } else { "" };
        let mut out = String::from("<table><thead><tr>");
        for name in &fields {
            out += &format!("<th>{name}</th>");
        }
        out += &format!("{more}</tr></thead><tbody>");
        if let Some(batch) = self.data.batches.first() {
            for row in 0..batch.num_rows().min(SHOWN_ROWS) {
                out += "<tr>";
                for place in 0..fields.len() {
                    out += &format!("<td>{}</td>", cell(batch.column(place), row));
                }
                out += &format!("{more}</tr>");
            }
        }
        let size = format!("{}: {} rows × {} columns", escaped(&self.name), self.num_rows(), self.num_columns());
        out + &format!("</tbody></table><p>{size}</p>")
    }
}
