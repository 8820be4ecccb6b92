//! Errors and warnings as Python has them, in the words of the command line.

use forestall::cli::Failure;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// Where the classes of errors and warnings are.
const MODULE: &str = "forestall._errors";

fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    Ok(py.import(MODULE)?.getattr(name)?.cast_into::<PyType>()?)
}

/// A failure as the exception `ForestallError`.
pub fn raised(py: Python<'_>, failure: impl Into<Failure>) -> PyErr {
    let failure = failure.into();
    let made = || class(py, "ForestallError")?.call1((failure.words(false), failure.exit() as u8));
    match made() {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// Tells a warning by Python's own way, so that a filter can silence it or make an error of it.
///
/// # Errors
/// Where a filter makes an error of it.
pub fn warn(py: Python<'_>, words: &str) -> PyResult<()> {
    let words = words.trim_end();
    let words = words.strip_prefix("warning: ").unwrap_or(words);
    let of = PyDict::new(py);
    of.set_item("category", class(py, "ForestallWarning")?)?;
    py.import("warnings")?.call_method("warn", (words,), Some(&of))?;
    Ok(())
}
