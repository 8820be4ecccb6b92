//! What the library answers as JSON, as Python's own dictionaries and lists.

use pyo3::prelude::*;
use serde_json::Value;

/// The same in Python; numbers come back with all their digits.
///
/// # Errors
/// Python's own.
pub fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (value.to_string(),))
}
