//! How far a run is, as a notebook, a terminal or a function of the caller's shows it.

use std::time::{Duration, Instant};

use forestall::cli::answers::ProgressLine;
use forestall::{Progress, RunEvent};
use forestall_study::RunEstimate;
use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBool;

/// Columns of a line in a notebook.
const COLUMNS: usize = 100;
/// Columns that a terminal keeps free at the end.
const FREE: usize = 3;

/// How far work is.
#[pyclass(name = "Progress", module = "forestall", frozen)]
pub struct PyProgress {
    /// Runs that have ended.
    #[pyo3(get)]
    done: u64,
    /// Runs in all.
    #[pyo3(get)]
    all: u64,
    /// The outcome that is estimated; `None` before there is an estimate.
    #[pyo3(get)]
    outcome: Option<String>,
    /// Its mean under the baseline so far, with the limits of its interval.
    #[pyo3(get)]
    baseline: Option<(f64, f64, f64)>,
    /// The line that a terminal shows.
    #[pyo3(get)]
    text: String,
}

#[pymethods]
impl PyProgress {
    fn __repr__(&self) -> String {
        format!("<forestall.Progress {} of {} runs>", self.done, self.all)
    }

    fn __str__(&self) -> &str {
        &self.text
    }
}

/// Where progress is shown.
enum Place {
    Nowhere,
    /// One line on standard error that is written anew, of so many columns, at most this often.
    Line(usize, Duration),
    /// A new line on standard error from time to time.
    Lines(Duration),
    /// A function of the caller's.
    Function(Py<PyAny>),
}

/// Shows progress.
pub struct Shown {
    place: Place,
    line: Option<ProgressLine>,
    last: Instant,
    /// Columns of the line that stands there.
    wide: usize,
    news: bool,
    done: u64,
    all: u64,
    estimate: Option<RunEstimate>,
}

fn standard_error(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let stream = py.import("sys")?.getattr("stderr")?;
    Ok((!stream.is_none()).then_some(stream))
}

/// Where `progress=True` shows it.
fn usual_place(py: Python<'_>) -> PyResult<Place> {
    let Some(stream) = standard_error(py)? else { return Ok(Place::Nowhere) };
    if py.import("sys")?.getattr("modules")?.contains("ipykernel")? {
        return Ok(Place::Line(COLUMNS, Duration::from_millis(250)));
    }
    if stream.call_method0("isatty").and_then(|is| is.extract()).unwrap_or(false) {
        let size = py.import("shutil")?.call_method0("get_terminal_size")?;
        let columns: usize = size.getattr("columns")?.extract()?;
        return Ok(Place::Line(columns.saturating_sub(FREE), Duration::from_millis(80)));
    }
    Ok(Place::Lines(Duration::from_secs(60)))
}

impl Shown {
    /// Shows it where the argument `progress` says: `True` or nothing, `False`, or a function that takes a
    /// [`PyProgress`].
    ///
    /// # Errors
    /// `TypeError` for anything else.
    pub fn new(py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let place = match progress {
            None => usual_place(py)?,
            Some(given) if given.is_instance_of::<PyBool>() => {
                if given.extract()? {
                    usual_place(py)?
                } else {
                    Place::Nowhere
                }
            }
            Some(given) if given.is_callable() => Place::Function(given.clone().unbind()),
            Some(_) => return Err(PyTypeError::new_err("progress is True, False, or a function of one argument")),
        };
        let (line, last) = (None, Instant::now());
        Ok(Self { place, line, last, wide: 0, news: false, done: 0, all: 0, estimate: None })
    }

    /// Begins anew with so many runs.
    pub fn begin(&mut self, all: u64) {
        self.line = Some(ProgressLine::new(all));
        (self.done, self.all, self.last) = (0, all, Instant::now());
    }

    /// Takes in how far the work is.
    pub fn progress(&mut self, progress: Progress) {
        (self.done, self.all, self.news) = (progress.done, progress.all, true);
        if let Some(line) = &mut self.line {
            line.show(progress);
        }
    }

    /// Takes in what happens in a run; gives what is left to be said of it.
    pub fn run(&mut self, py: Python<'_>, event: RunEvent) -> PyResult<Option<RunEvent>> {
        match event {
            RunEvent::Begins(all) => self.begin(all),
            RunEvent::Progress(progress) => self.progress(progress),
            RunEvent::Estimate(estimate) => {
                self.estimate = Some(estimate.clone());
                self.news = true;
                if let Some(line) = &mut self.line {
                    line.estimate(estimate.clone());
                }
                return Ok(Some(RunEvent::Estimate(estimate)));
            }
            RunEvent::Ends => self.end(py)?,
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    /// Shows what is new, unless something was shown a moment ago.
    ///
    /// # Errors
    /// What the caller's function raises.
    pub fn draw(&mut self, py: Python<'_>) -> PyResult<()> {
        let due = match &self.place {
            Place::Nowhere => false,
            Place::Line(_, every) | Place::Lines(every) => self.last.elapsed() >= *every,
            Place::Function(_) => true,
        };
        if due && std::mem::take(&mut self.news) { self.show(py) } else { Ok(()) }
    }

    fn show(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(line) = &mut self.line else { return Ok(()) };
        self.last = Instant::now();
        let text = match &self.place {
            Place::Nowhere => return Ok(()),
            Place::Line(columns, _) => {
                let text = line.text(*columns, true);
                let now = text.chars().count();
                let padded = format!("\r{text}{}", " ".repeat(self.wide.saturating_sub(now)));
                self.wide = now;
                padded
            }
            Place::Lines(_) => format!("{}\n", line.text(usize::MAX, false)),
            Place::Function(function) => {
                let spread = self.estimate.as_ref().and_then(|found| found.baseline);
                let told = PyProgress {
                    done: self.done,
                    all: self.all,
                    outcome: self.estimate.as_ref().map(|found| found.outcome.clone()),
                    baseline: spread.map(|spread| (spread.mean, spread.low, spread.high)),
                    text: line.text(usize::MAX, false),
                };
                return function.call1(py, (told,)).map(drop);
            }
        };
        say(py, &text)
    }

    /// Says a line above the line of progress.
    ///
    /// # Errors
    /// Python's own.
    pub fn say(&mut self, py: Python<'_>, text: &str) -> PyResult<()> {
        match &self.place {
            Place::Nowhere | Place::Function(_) => Ok(()),
            Place::Lines(_) => say(py, &format!("{text}\n")),
            Place::Line(..) => {
                let blank = self.wide.saturating_sub(text.chars().count());
                self.wide = 0;
                say(py, &format!("\r{text}{}\n", " ".repeat(blank)))
            }
        }
    }

    /// Shows how it ended, and begins a new line.
    ///
    /// # Errors
    /// What the caller's function raises.
    pub fn end(&mut self, py: Python<'_>) -> PyResult<()> {
        if matches!(self.place, Place::Function(_)) && std::mem::take(&mut self.news) {
            self.show(py)?;
        }
        if matches!(self.place, Place::Line(..)) && self.wide > 0 {
            self.show(py)?;
            self.wide = 0;
            say(py, "\n")?;
        }
        self.line = None;
        Ok(())
    }
}

/// Writes to Python's standard error; where that is closed or full nothing can be said, and nothing else is lost.
fn say(py: Python<'_>, text: &str) -> PyResult<()> {
    if let Some(stream) = standard_error(py)? {
        let written = stream.call_method1("write", (text,)).and_then(|_| stream.call_method0("flush"));
        // An interrupt may come in here too, and is no fault of the stream.
        let fault = |error: &PyErr| error.is_instance_of::<PyOSError>(py) || error.is_instance_of::<PyValueError>(py);
        return written.map(drop).or_else(|error| if fault(&error) { Ok(()) } else { Err(error) });
    }
    Ok(())
}
