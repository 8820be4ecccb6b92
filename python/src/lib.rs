//! forestall for Python: scenarios and runs, with tables as Arrow.
//!
//! Whatever is simulated, computed, said or written comes from the program's own library, by the functions that the
//! command line uses; here it is handed to Python.

mod answer;
mod arrow;
mod calibrate;
mod errors;
mod html;
mod json;
mod progress;
mod run;
mod scenario;
mod table;
mod work;

use std::ffi::OsString;

use pyo3::prelude::*;

/// The exit code of a program that a defect has stopped.
const DEFECT: u8 = 101;

/// Runs the command line with these words, the program's name first, and gives the exit code.
#[pyfunction]
fn command_line(py: Python<'_>, words: Vec<OsString>) -> u8 {
    let run = || std::panic::catch_unwind(|| forestall::cli::main_with(words) as u8);
    // What has happened was printed by the panic itself.
    py.detach(run).unwrap_or(DEFECT)
}

#[pymodule]
fn _forestall(module: &Bound<'_, PyModule>) -> PyResult<()> {
    forestall::cli::hush_expected_panics();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<answer::Answer>()?;
    module.add_class::<progress::PyProgress>()?;
    module.add_class::<run::PyRun>()?;
    module.add_class::<scenario::Scenario>()?;
    module.add_class::<table::PyTable>()?;
    module.add_function(wrap_pyfunction!(answer::compare, module)?)?;
    module.add_function(wrap_pyfunction!(answer::decide, module)?)?;
    module.add_function(wrap_pyfunction!(answer::explore, module)?)?;
    module.add_function(wrap_pyfunction!(answer::sensitivity, module)?)?;
    module.add_function(wrap_pyfunction!(command_line, module)?)?;
    Ok(())
}
