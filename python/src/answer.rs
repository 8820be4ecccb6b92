//! `Answer`: what an analysis has found, and the analyses of finished runs and sweeps.

use std::path::PathBuf;
use std::sync::Arc;

use forestall::cli::Failure;
use forestall::cli::answers::{self, ExplorePage};
use forestall::{Compared, DecideRequest, Decided, Run};
use forestall_model::Table;
use forestall_report::assembly;
use forestall_study::{
    DecisionSource, Group, Resampling, ResultsFolder, Sensitivity, SensitivityInput, SensitivityMethod,
    SensitivityRequest, StudyDesign,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use serde_json::Value;

use crate::arrow::{self, Batches};
use crate::errors::raised;
use crate::html::escaped;
use crate::json;
use crate::run::PyRun;
use crate::scenario::serve;
use crate::table::PyTable;
use crate::work::quietly;

/// What an analysis has found, before Python has it.
pub struct Found {
    /// Its kind, in a word.
    pub kind: &'static str,
    /// The answer in a sentence.
    pub verdict: String,
    /// What the command line prints.
    pub text: String,
    /// What the command line prints for scripts.
    pub json: Value,
    /// Its tables.
    pub tables: Vec<(String, Batches)>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// Its folder, where it has one.
    pub path: Option<PathBuf>,
}

/// Tables with their names, as Arrow.
///
/// # Errors
/// If Arrow refuses one: a defect of the program.
pub fn as_arrow(tables: Vec<(&str, Table)>) -> Result<Vec<(String, Batches)>, Failure> {
    tables.into_iter().map(|(name, table)| Ok((name.to_owned(), arrow::of_table(&table)?))).collect()
}

/// What an analysis has found.
#[pyclass(name = "Answer", module = "forestall", frozen)]
pub struct Answer {
    found: Found,
    tables: Vec<Py<PyTable>>,
}

impl Answer {
    /// The same for Python.
    pub fn new(py: Python<'_>, mut found: Found) -> PyResult<Self> {
        let named = found.tables.iter_mut();
        let tables = named.map(|(name, data)| Py::new(py, PyTable::new(name.clone(), data.clone())));
        Ok(Self { tables: tables.collect::<PyResult<_>>()?, found })
    }
}

#[pymethods]
impl Answer {
    /// The answer in a sentence.
    #[getter]
    fn verdict(&self) -> &str {
        &self.found.verdict
    }

    /// What a reader should know.
    #[getter]
    fn notes(&self) -> Vec<&str> {
        self.found.notes.iter().map(String::as_str).collect()
    }

    /// The folder that it was written to; `None` where nothing was.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let path = self.found.path.as_ref();
        path.map(|path| py.import("pathlib")?.getattr("Path")?.call1((path,))).transpose()
    }

    /// The names of its tables.
    #[getter]
    fn tables(&self) -> Vec<&str> {
        self.found.tables.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// A table by its name.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Py<PyTable>> {
        let place = self.found.tables.iter().position(|(known, _)| known == name);
        place.and_then(|place| self.tables.get(place)).map(|table| table.clone_ref(py)).ok_or_else(|| {
            let all = self.tables().join(", ");
            raised(py, Failure::usage(format!("no table is called `{name}`; the answer has: {all}")))
        })
    }

    /// All of it, as the command line prints it by `--json`.
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.found.json)
    }

    fn __str__(&self) -> &str {
        &self.found.text
    }

    fn __repr__(&self) -> String {
        format!("<forestall.Answer {}: {}>", self.found.kind, self.found.verdict)
    }

    /// What the command line prints, for a notebook.
    fn _repr_html_(&self) -> String {
        format!("<pre>{}</pre>", escaped(&self.found.text))
    }
}

/// A run that is given as such, or by its folder.
enum Given {
    Open(Arc<Run>),
    Folder(PathBuf),
}

impl Given {
    fn of(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(run) = given.cast::<PyRun>() {
            return Ok(Self::Open(run.get().shared()));
        }
        let wrong = |_| PyTypeError::new_err("a run is a forestall.Run, or the path of its folder");
        given.extract().map(Self::Folder).map_err(wrong)
    }

    fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Open(run) => run.folder().map(|folder| folder.path().to_path_buf()),
            Self::Folder(path) => Some(path.clone()),
        }
    }

    fn open(self) -> Result<Arc<Run>, Failure> {
        match self {
            Self::Open(run) => Ok(run),
            Self::Folder(path) => Ok(Arc::new(Run::open(path)?)),
        }
    }
}

fn compared(found: &Compared) -> Result<Found, Failure> {
    Ok(Found {
        kind: "comparison",
        verdict: assembly::comparison_words(found).first().cloned().unwrap_or_default(),
        text: answers::comparison_text(found),
        json: answers::comparison_json(found),
        tables: as_arrow(assembly::comparison_tables(found))?,
        notes: found.notes.clone(),
        path: None,
    })
}

/// Compares two finished runs: what differs in settings, in outcomes and in what policies prevent.
#[pyfunction]
pub fn compare(py: Python<'_>, first: &Bound<'_, PyAny>, second: &Bound<'_, PyAny>) -> PyResult<Answer> {
    let (first, second) = (Given::of(first)?, Given::of(second)?);
    let found = quietly(py, None, move || match (first.folder(), second.folder()) {
        // By their folders, which says first whether they have finished.
        (Some(first), Some(second)) => compared(&forestall::compare(first, second)?),
        _ => compared(&forestall::compare_runs(&*first.open()?, &*second.open()?)?),
    })?;
    Answer::new(py, found)
}

fn decided(found: &Decided) -> Result<Found, Failure> {
    Ok(Found {
        kind: "decision",
        verdict: assembly::decision_words(found).first().cloned().unwrap_or_default(),
        text: answers::decision_text(found),
        json: answers::decision_json(found),
        tables: as_arrow(assembly::decision_tables(found))?,
        notes: found.notes.clone(),
        path: None,
    })
}

/// Says which policy of a finished run to choose under what is known, and what it is worth to know more.
#[pyfunction]
#[pyo3(signature = (run, value_per_attack, *, burdens=None, budget=None, sure=1.0, without=None, groups=None,
                    studies=None, seed=1))]
#[allow(clippy::too_many_arguments)]
pub fn decide(
    py: Python<'_>,
    run: &Bound<'_, PyAny>,
    value_per_attack: &Bound<'_, PyAny>,
    burdens: Option<std::collections::BTreeMap<String, f64>>,
    budget: Option<f64>,
    sure: f64,
    without: Option<Vec<String>>,
    groups: Option<std::collections::BTreeMap<String, Vec<String>>>,
    studies: Option<Vec<(String, u64, f64)>>,
    seed: u64,
) -> PyResult<Answer> {
    let in_memory =
        || raised(py, Failure::usage("the run is in memory alone; run it into a folder: run(out=\"output\")"));
    let folder = Given::of(run)?.folder().ok_or_else(in_memory)?;
    let values = value_per_attack.extract().map(|one| vec![one]).or_else(|_: PyErr| value_per_attack.extract())?;
    let groups = groups.unwrap_or_default().into_iter().map(|(name, members)| Group { name, members });
    let studies = studies.unwrap_or_default().into_iter();
    let request = DecideRequest {
        source: DecisionSource::Run { folder, without: without.unwrap_or_default() },
        groups: groups.collect(),
        studies: studies.map(|(parameter, n, sd)| StudyDesign { parameter, n, sd }).collect(),
        values,
        budget: budget.map(|budget| (budget, sure)),
        burdens: burdens.unwrap_or_default().into_iter().collect(),
        seed,
    };
    let found = quietly(py, None, move || decided(&forestall::decide(&request)?))?;
    Answer::new(py, found)
}

fn depends(found: &Sensitivity) -> Result<Found, Failure> {
    let mut tables = vec![("sensitivity", found.table())];
    if !found.convergence.is_empty() {
        tables.push(("convergence", found.convergence_table()));
    }
    Ok(Found {
        kind: "sensitivity",
        verdict: answers::sensitivity_verdict(found),
        text: answers::sensitivity_text(found),
        json: answers::sensitivity_json(found),
        tables: as_arrow(tables)?,
        notes: found.notes.clone(),
        path: None,
    })
}

/// Finds which parameters a response depends on: of a merged sweep by its folder, or of tables of a model of one's
/// own.
#[pyfunction]
#[pyo3(signature = (sweep=None, *, policy=None, against=None, problem=None, design=None, response=None, outcome=None,
                    method="sobol", resamples=1_000, seed=1))]
#[allow(clippy::too_many_arguments)]
pub fn sensitivity(
    py: Python<'_>,
    sweep: Option<PathBuf>,
    policy: Option<String>,
    against: Option<String>,
    problem: Option<PathBuf>,
    design: Option<PathBuf>,
    response: Option<PathBuf>,
    outcome: Option<String>,
    method: &str,
    resamples: usize,
    seed: u64,
) -> PyResult<Answer> {
    let usage = |message: String| raised(py, Failure::usage(message));
    let input = match (sweep, problem, design, response) {
        (Some(folder), None, None, None) => SensitivityInput::Sweep { folder, policy, against },
        (None, Some(problem), Some(design), Some(response)) if policy.is_none() && against.is_none() => {
            SensitivityInput::Tables { problem, design, response }
        }
        _ => return Err(usage("give the folder of a merged sweep, or `problem`, `design` and `response`".into())),
    };
    let method = match method {
        "sobol" => SensitivityMethod::Sobol,
        "morris" => SensitivityMethod::Morris,
        "pawn" => SensitivityMethod::Pawn,
        "delta" => SensitivityMethod::Delta,
        "prcc" => SensitivityMethod::Prcc,
        other => return Err(usage(format!("the method is sobol, morris, pawn, delta or prcc; found `{other}`"))),
    };
    let request = SensitivityRequest { input, outcome, method, resampling: Resampling { resamples, seed } };
    let found = quietly(py, None, move || depends(&forestall::sensitivity(&request)?))?;
    Answer::new(py, found)
}

/// Serves a local page of the points of a finished sweep, until an interrupt.
#[pyfunction]
#[pyo3(signature = (sweep, *, open=true, port=0))]
pub fn explore(py: Python<'_>, sweep: PathBuf, open: bool, port: u16) -> PyResult<()> {
    let page = quietly(py, None, move || ExplorePage::of_sweep(&sweep, port))?;
    serve(py, page, open)
}

/// The folder of a calibration.
pub fn folder_of(folder: &ResultsFolder) -> PathBuf {
    folder.path().to_path_buf()
}
