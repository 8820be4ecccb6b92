//! `Run`: what a run has left, and the way to it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use forestall::cli::Failure;
use forestall::cli::answers;
use forestall::{Monitor, Run, RunEvent, RunRequest, Stop, Study};
use forestall_report::assembly;
use forestall_study::{FEWEST_EVENTS, ResultsFolder, atomic};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrow;
use crate::errors::{raised, warn};
use crate::html::escaped;
use crate::json;
use crate::progress::Shown;
use crate::table::PyTable;
use crate::work::{Watch, attend, quietly};

/// A finished run, or what an interrupted one has so far.
#[pyclass(name = "Run", module = "forestall", frozen)]
pub struct PyRun {
    run: Arc<Run>,
    /// The tables that were asked for.
    tables: Mutex<BTreeMap<String, Py<PyTable>>>,
}

impl PyRun {
    fn new(run: Run) -> Self {
        Self { run: Arc::new(run), tables: Mutex::default() }
    }

    /// The run itself.
    pub fn shared(&self) -> Arc<Run> {
        Arc::clone(&self.run)
    }

    fn named(&self, py: Python<'_>, name: &str) -> PyResult<Py<PyTable>> {
        let known = |found: &BTreeMap<String, Py<PyTable>>| found.get(name).map(|table| table.clone_ref(py));
        if let Some(table) = known(&self.tables.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(table);
        }
        let (run, wanted) = (self.shared(), name.to_owned());
        let data = quietly(py, None, move || arrow::of_run(&run, &wanted))?;
        let made = Py::new(py, PyTable::new(name, data))?;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster; all are to share one memory.
        Ok(tables.entry(name.to_owned()).or_insert(made).clone_ref(py))
    }
}

/// What a run tells that is no progress.
fn remark(py: Python<'_>, event: RunEvent, shown: &mut Shown, beside: &mut (bool, bool)) -> PyResult<()> {
    match event {
        RunEvent::Rejected(part) => warn(py, &answers::rejected_words(&part)),
        RunEvent::Extended { replications, arms } => warn(py, &answers::extended_words(replications, arms)),
        RunEvent::Alternative(label) => {
            beside.0 = true;
            shown.say(py, &format!("alternative: {label}"))
        }
        RunEvent::Adaptation(strength) => {
            beside.0 = true;
            shown.say(py, &format!("adaptation of the adversary: {strength}"))
        }
        RunEvent::Estimate(estimate) => match estimate.events_at_most.filter(|most| *most < FEWEST_EVENTS) {
            Some(most) if !beside.0 && !std::mem::replace(&mut beside.1, true) => {
                warn(py, &answers::few_words(&estimate.outcome, &format!("at most {most:.0}"), None))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Runs a study on so many threads, within so many bytes of memory.
///
/// # Errors
/// What the command line tells; an interrupt.
pub fn simulate(
    py: Python<'_>,
    study: Study,
    request: RunRequest,
    (threads, memory): (Option<usize>, Option<f64>),
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyRun> {
    let mut shown = Shown::new(py, progress)?;
    // Whether the runs under way are those beside the run itself, and whether it was said that there will be few
    // events.
    let mut beside = (false, false);
    let outcome = study.outcome().to_owned();
    let work = move |watch: &Watch<'_, RunEvent>| {
        let all = || study.policies().count();
        let chosen = request.policies.as_ref().map(|names| names.iter().filter(|name| !name.trim().is_empty()).count());
        if let Some(reason) = answers::too_little_memory(&study, chosen.unwrap_or_else(all), memory) {
            return Err(Failure::usage(reason));
        }
        let observe = |event: RunEvent| {
            // The rows of a batch are for who reckons while the run goes on.
            if !matches!(event, RunEvent::Batch(_)) {
                (watch.tell)(event);
            }
        };
        Ok(study.run(&request, &Monitor { observe: &observe, cancel: watch.cancel })?)
    };
    let ended = attend(py, threads, work, |py, events| {
        for event in events {
            if let Some(left) = shown.run(py, event)? {
                remark(py, left, &mut shown, &mut beside)?;
            }
        }
        shown.draw(py)
    });
    let closed = shown.end(py);
    let end = ended?;
    closed?;
    if let (failures @ 1.., Some(folder)) = (end.failures, end.run.folder()) {
        warn(py, &answers::failed_words(failures, end.first_failure.as_deref(), folder))?;
    }
    if let Some(few) = answers::few_found(&end.run, &outcome).filter(|_| !beside.1) {
        warn(py, &few)?;
    }
    if end.stop == Stop::NotPrecise {
        warn(py, answers::NOT_PRECISE)?;
    }
    // It may be kept for long, and the same call is to go on meanwhile.
    Ok(PyRun::new(end.run.unlocked()))
}

#[pymethods]
impl PyRun {
    /// Opens the folder of a run.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        quietly(py, None, move || Ok(Run::open(path)?)).map(Self::new)
    }

    /// The folder; `None` for a run in memory.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let path = self.run.folder().map(ResultsFolder::path);
        path.map(|path| py.import("pathlib")?.getattr("Path")?.call1((path,))).transpose()
    }

    /// The record: what was asked, with which program, how far it came.
    #[getter]
    fn manifest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let record = serde_json::to_value(self.run.manifest());
        let record = record.map_err(|error| raised(py, Failure::usage(error.to_string())))?;
        json::object(py, &record)
    }

    /// The names of the baseline and the policies, in the order of the tables.
    #[getter]
    fn policies(&self) -> Vec<String> {
        self.run.manifest().arms.clone()
    }

    /// What readers see of the baseline and each policy, by name.
    #[getter]
    fn labels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let labels = PyDict::new(py);
        self.run.manifest().arms.iter().try_for_each(|name| labels.set_item(name, self.run.label(name)))?;
        Ok(labels)
    }

    /// The names of all tables that there are.
    #[getter]
    fn tables(&self) -> Vec<String> {
        self.run.table_names()
    }

    /// A table by its name. It is read once, and kept as long as this run is.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Py<PyTable>> {
        self.named(py, name)
    }

    /// One row a replication and policy.
    #[getter]
    fn replications(&self, py: Python<'_>) -> PyResult<Py<PyTable>> {
        self.named(py, "replications")
    }

    /// One row a month, replication and policy.
    #[getter]
    fn monthly(&self, py: Python<'_>) -> PyResult<Py<PyTable>> {
        self.named(py, "monthly")
    }

    /// One row a country, replication and policy.
    #[getter]
    fn by_country(&self, py: Python<'_>) -> PyResult<Py<PyTable>> {
        self.named(py, "by_country")
    }

    /// One row a plot and policy.
    #[getter]
    fn matched(&self, py: Python<'_>) -> PyResult<Py<PyTable>> {
        self.named(py, "matched")
    }

    /// Every policy beside the baseline: one row a policy and outcome, paired on common random numbers.
    #[getter]
    fn comparisons(&self, py: Python<'_>) -> PyResult<Py<PyTable>> {
        self.named(py, "comparisons")
    }

    /// The first lines of the answer, as the command line prints them.
    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        let run = self.shared();
        quietly(py, None, move || Ok(answers::summary(&run)?))
    }

    /// The answer for scripts: a sentence, and what each policy prevents with its interval.
    #[getter]
    fn verdict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let run = self.shared();
        let verdict = quietly(py, None, move || Ok(answers::verdict(&run)?))?;
        json::object(py, &verdict)
    }

    /// Draws the charts and writes the report: into the run's folder, or the page alone to `path`. Gives the page's
    /// path.
    #[pyo3(signature = (path=None, *, open=false))]
    fn report<'py>(&self, py: Python<'py>, path: Option<PathBuf>, open: bool) -> PyResult<Bound<'py, PyAny>> {
        let run = self.shared();
        let written = quietly(py, None, move || match path {
            Some(path) => {
                let charts = assembly::charts(&run, &[])?;
                atomic::write(&path, assembly::page(&run, &charts)?.as_bytes())?;
                Ok(path)
            }
            None if run.folder().is_none() => {
                Err(Failure::usage("the run is in memory alone; give the path of the page: report(\"report.html\")"))
            }
            None => answers::publish(&run),
        })?;
        let path = py.import("pathlib")?.getattr("Path")?.call1((written,))?;
        if open {
            let address = path.call_method0("absolute")?.call_method0("as_uri")?;
            py.import("webbrowser")?.call_method1("open", (address,))?;
        }
        Ok(path)
    }

    fn __repr__(&self) -> String {
        let record = self.run.manifest();
        let folder = self.run.folder().map_or_else(|| "in memory".into(), |folder| folder.path().display().to_string());
        format!(
            "<forestall.Run {}: {} replications of {} policy runs, {folder}>",
            record.name,
            record.replications.done,
            record.arms.len()
        )
    }

    /// The answer in a sentence, and what each policy prevents, for a notebook.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let run = self.shared();
        let verdict = quietly(py, None, move || Ok(answers::verdict(&run)?))?;
        let text = |value: &serde_json::Value| escaped(value.as_str().unwrap_or_default());
        let number = |value: &serde_json::Value| value.as_f64().map_or("undefined".into(), |x| format!("{x:.2}"));
        let mut out = format!("<p><b>{}</b></p>", text(&verdict["sentence"]));
        let policies = verdict["policies"].as_array().map_or(&[][..], Vec::as_slice);
        if !policies.is_empty() {
            out +=
                "<table><thead><tr><th>Policy</th><th>Attacks prevented</th><th>95 % interval</th></tr></thead><tbody>";
            for one in policies {
                out += &format!(
                    "<tr><td>{}</td><td>{}</td><td>[{}, {}]</td></tr>",
                    text(&one["label"]),
                    number(&one["prevented"]),
                    number(&one["ci_low"]),
                    number(&one["ci_high"])
                );
            }
            out += "</tbody></table>";
        }
        Ok(out + &format!("<p>{}</p>", escaped(&self.__repr__().replace(['<', '>'], ""))))
    }
}
