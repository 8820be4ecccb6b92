//! `Scenario`: a scenario that is open, and what is laid over it.

use std::path::PathBuf;

use forestall::cli::Failure;
use forestall::cli::answers::{self, Checked, ExplorePage};
use forestall::{Overrides, Provenance, RunRequest, Study, UsePosterior};
use pyo3::exceptions::{PyKeyboardInterrupt, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping, PyString};

use crate::answer::Answer;
use crate::arrow;
use crate::calibrate::{self, Fit};
use crate::errors::{raised, warn};
use crate::html::escaped;
use crate::json;
use crate::run::{PyRun, simulate};
use crate::table::PyTable;
use crate::work::{Watch, attend, quietly};

/// Most warnings that are told of one scenario.
const MOST_WARNINGS: usize = 50;

/// A scenario, checked and ready to run.
#[pyclass(name = "Scenario", module = "forestall", frozen)]
pub struct Scenario {
    study: Study,
    /// The file; `None` where it was given as text.
    path: Option<PathBuf>,
}

/// A value as `--set` takes it.
fn value(given: &Bound<'_, PyAny>) -> PyResult<String> {
    // Numbers of NumPy are written without their type.
    let given =
        if given.hasattr("item")? && !given.hasattr("__len__")? { given.call_method0("item")? } else { given.clone() };
    if given.is_instance_of::<PyBool>() {
        return Ok(if given.extract()? { "true" } else { "false" }.to_owned());
    }
    if given.is_instance_of::<PyString>() || given.hasattr("__float__")? || given.hasattr("__index__")? {
        return Ok(given.str()?.to_string());
    }
    Err(PyTypeError::new_err(format!(
        "a value that is set is a number, a text, True or False; found {}",
        given.repr()?
    )))
}

/// What is laid over a scenario.
struct Laid<'py> {
    set: Option<Bound<'py, PyMapping>>,
    seed: Option<u64>,
    until: Option<Bound<'py, PyAny>>,
    alternative: Option<String>,
    replications: Option<u64>,
    posterior: &'py str,
}

impl Laid<'_> {
    fn overrides(&self, py: Python<'_>) -> PyResult<Overrides> {
        let mut sets = Vec::new();
        if let Some(set) = &self.set {
            for pair in set.items()? {
                let (path, given): (String, Bound<'_, PyAny>) = pair.extract()?;
                sets.push(format!("{path}={}", value(&given)?));
            }
        }
        let wrong = |name: &str, found: &str, told: String| {
            raised(py, Failure::usage(format!("invalid value '{found}' for '{name}': {told}")))
        };
        let date = |given: &Bound<'_, PyAny>| {
            let text = given.str()?.to_string();
            answers::date(&text).map_err(|told| wrong("until", &text, told))
        };
        let posterior = match self.posterior {
            "draws" => UsePosterior::Draws,
            "mean" => UsePosterior::Mean,
            "none" => UsePosterior::None,
            other => return Err(wrong("posterior", other, "it is 'draws', 'mean' or 'none'".into())),
        };
        Ok(Overrides {
            sets,
            seed: self.seed,
            replications: self.replications,
            until: self.until.as_ref().map(date).transpose()?,
            alternative: self.alternative.clone(),
            posterior: Some(posterior),
        })
    }
}

impl Scenario {
    fn opened(
        py: Python<'_>,
        open: impl FnOnce() -> Result<Study, Failure> + Send,
        path: Option<PathBuf>,
    ) -> PyResult<Self> {
        let study = py.detach(open).map_err(|failure| raised(py, failure))?;
        for warning in study.warnings().iter().take(MOST_WARNINGS) {
            warn(py, &warning.render(false))?;
        }
        Ok(Self { study, path })
    }

    /// The command that does the same: its name, the file, what is laid over it, then `more`.
    fn provenance(&self, command: &str, overrides: &Overrides, more: Vec<String>) -> Provenance {
        let arguments = self.path.as_ref().map(|path| {
            let words = [command.to_owned(), path.to_string_lossy().to_string()].into_iter();
            words.chain(answers::flags(overrides)).chain(more).collect()
        });
        Provenance { arguments: arguments.unwrap_or_default(), git_commit: answers::git_commit() }
    }

    /// The study with another number of replications, or as it is.
    fn with_replications(&self, replications: Option<u64>) -> Result<Study, Failure> {
        match replications {
            None => Ok(self.study.clone()),
            some => Ok(self.study.with(Overrides { replications: some, ..self.study.overrides().clone() })?),
        }
    }
}

/// Names that are given as one text, with commas, or as a list.
fn names(given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<String>>> {
    let split = |text: String| text.split(',').map(str::to_owned).collect();
    given.map(|given| given.extract().map(split).or_else(|_: PyErr| given.extract())).transpose()
}

#[pymethods]
impl Scenario {
    /// Opens and checks a scenario file; what looks wrong and stops no run is told as a warning.
    ///
    /// `set` holds parameters at other values, by their paths; `seed`, `until`, `alternative` and `replications` stand in
    /// for the file's own; `posterior` is what to make of the posterior that the scenario names.
    #[staticmethod]
    #[pyo3(signature = (path, *, set=None, seed=None, until=None, alternative=None, replications=None,
                        posterior="draws"))]
    #[allow(clippy::too_many_arguments)]
    fn load<'py>(
        py: Python<'py>,
        path: PathBuf,
        set: Option<Bound<'py, PyMapping>>,
        seed: Option<u64>,
        until: Option<Bound<'py, PyAny>>,
        alternative: Option<String>,
        replications: Option<u64>,
        posterior: &str,
    ) -> PyResult<Self> {
        let overrides = Laid { set, seed, until, alternative, replications, posterior }.overrides(py)?;
        let file = path.clone();
        Self::opened(py, move || Ok(Study::open(&file, overrides)?), Some(path))
    }

    /// Opens and checks a scenario given as text; files that it names are looked for from the current folder.
    #[staticmethod]
    #[pyo3(signature = (text, *, set=None, seed=None, until=None, alternative=None, replications=None,
                        posterior="draws"))]
    #[allow(clippy::too_many_arguments)]
    fn from_text<'py>(
        py: Python<'py>,
        text: &str,
        set: Option<Bound<'py, PyMapping>>,
        seed: Option<u64>,
        until: Option<Bound<'py, PyAny>>,
        alternative: Option<String>,
        replications: Option<u64>,
        posterior: &str,
    ) -> PyResult<Self> {
        let overrides = Laid { set, seed, until, alternative, replications, posterior }.overrides(py)?;
        Self::opened(py, move || Ok(Study::from_text(text, overrides)?), None)
    }

    /// The file, or `None` where the scenario was given as text.
    #[getter]
    fn path(&self) -> Option<PathBuf> {
        self.path.clone()
    }

    /// The name of the scenario.
    #[getter]
    fn name(&self) -> &str {
        &self.study.scenario().name
    }

    /// The question that it asks.
    #[getter]
    fn question(&self) -> &str {
        &self.study.scenario().question
    }

    /// The hash of scenario, seed and version of results, whose first digits name the folder of a run.
    #[getter]
    fn hash(&self) -> String {
        self.study.hash()
    }

    /// The seed of all random numbers.
    #[getter]
    fn seed(&self) -> u64 {
        self.study.scenario().seed
    }

    /// Replications of each policy run.
    #[getter]
    fn replications(&self) -> u64 {
        self.study.scenario().replications
    }

    /// The names of the policies, in order; the baseline is not among them.
    #[getter]
    fn policies(&self) -> Vec<&str> {
        self.study.policies().collect()
    }

    /// The names of the alternatives, in order.
    #[getter]
    fn alternatives(&self) -> Vec<&str> {
        self.study.scenario().alternatives.iter().map(|one| one.name.as_str()).collect()
    }

    /// The outcome that the scenario is about.
    #[getter]
    fn outcome(&self) -> &str {
        self.study.outcome()
    }

    /// What looks wrong in the scenario and stops no run.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.study.warnings().iter().map(|warning| warning.render(false).trim_end().to_owned()).collect()
    }

    /// Every parameter with value, unit, evidence and origin.
    #[getter]
    fn parameters(&self, py: Python<'_>) -> PyResult<PyTable> {
        let table = forestall_report::assembly::parameter_table(&self.study.parameters());
        let data = arrow::of_table(&table).map_err(|failure| raised(py, failure))?;
        Ok(PyTable::new("parameters", data))
    }

    /// The whole scenario as a file: every value, resolved.
    #[getter]
    fn resolved(&self) -> String {
        self.study.scenario().resolved_toml()
    }

    /// Simulates the baseline and policies, every replication of all on the same random numbers.
    ///
    /// Into the folder `out`, where the same call goes on if it was stopped and is done at once if it was not; in memory
    /// for `None`. `policies` are names, all if not given, `""` for the baseline alone. `progress` is `True`, `False`, or
    /// a function that is called with a `Progress`. `threads`, `memory`, `precision` with `max_replications`, `events`,
    /// `trust` and `robust` are the flags of `forestall run`.
    ///
    /// An interrupt stops the run after the replications under way; they are kept.
    #[pyo3(signature = (policies=None, replications=None, *, out=Some(PathBuf::from("output")), threads=None,
                        memory=None, precision=None, max_replications=None, events=None, trust=None, robust=None, progress=None))]
    #[allow(clippy::too_many_arguments)]
    fn run(
        &self,
        py: Python<'_>,
        policies: Option<&Bound<'_, PyAny>>,
        replications: Option<u64>,
        out: Option<PathBuf>,
        threads: Option<usize>,
        memory: Option<&str>,
        precision: Option<&str>,
        max_replications: Option<u64>,
        events: Option<Vec<u64>>,
        trust: Option<u64>,
        robust: Option<u64>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyRun> {
        let told = |failure: Failure| raised(py, failure);
        let usage = |message: String| raised(py, Failure::usage(message));
        let study = py.detach(|| self.with_replications(replications)).map_err(told)?;
        if robust.is_some() && study.scenario().alternatives.is_empty() {
            return Err(usage(answers::NO_ALTERNATIVES.into()));
        }
        let goal = precision.map(|text| answers::precision_goal(text, max_replications)).transpose().map_err(told)?;
        let limit = memory.map(answers::memory_size).transpose().map_err(usage)?;
        let policies = names(policies)?;
        let mut more: Vec<String> = Vec::new();
        let mut add = |flag: &str, value: Option<String>| {
            more.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
        };
        add("--policies", policies.as_ref().map(|names| names.join(",")));
        add("--precision", precision.map(str::to_owned));
        add("--max-replications", max_replications.map(|n| n.to_string()));
        let listed = |numbers: &Vec<u64>| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        add("--events", events.as_ref().map(listed));
        add("--threads", threads.map(|n| n.to_string()));
        add("--memory", memory.map(str::to_owned));
        let usual = PathBuf::from("output");
        add("--out", out.as_ref().filter(|out| **out != usual).map(|out| out.to_string_lossy().to_string()));
        more.extend(trust.map(|n| format!("--trust={n}")));
        more.extend(robust.map(|n| format!("--robust={n}")));
        let request = RunRequest {
            policies,
            precision: goal,
            events: events.unwrap_or_default(),
            adaptation: trust,
            robust,
            folder: out,
            provenance: self.provenance("run", study.overrides(), more),
        };
        simulate(py, study, request, (threads, limit), progress)
    }

    /// Checks the scenario, times some replications unless `brief`, and says what a run takes.
    #[pyo3(signature = (*, brief=false, threads=None, memory=None))]
    fn check<'py>(
        &self,
        py: Python<'py>,
        brief: bool,
        threads: Option<usize>,
        memory: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let limit = memory.map(answers::memory_size).transpose();
        let limit = limit.map_err(|message| raised(py, Failure::usage(message)))?;
        let study = self.study.clone();
        let (answer, remarks) = quietly(py, threads, move || {
            let found = Checked::of(&study, brief, limit)?;
            Ok((found.json(&study), found.remarks(&study)))
        })?;
        remarks.iter().try_for_each(|remark| warn(py, remark))?;
        json::object(py, &answer)
    }

    /// Finds which values of the uncertain parameters agree with a file of facts.
    ///
    /// The arguments are the flags of `forestall calibrate`. The page is written into the folder of the calibration, where
    /// the same call goes on.
    #[pyo3(signature = (targets, *, method="smc", particles=300, replications=None, accept=0.1, truths=200,
                        simulations=20_000, quantile=0.5, least_acceptance=0.03, goal=0.0, distance="sum",
                        most_parameters=10, keep=None, trajectories=8, draws=100, out=PathBuf::from("output"),
                        threads=None, memory=None, progress=None))]
    #[allow(clippy::too_many_arguments)]
    fn calibrate(
        &self,
        py: Python<'_>,
        targets: PathBuf,
        method: &str,
        particles: usize,
        replications: Option<u64>,
        accept: f64,
        truths: usize,
        simulations: u64,
        quantile: f64,
        least_acceptance: f64,
        goal: f64,
        distance: &str,
        most_parameters: usize,
        keep: Option<Vec<String>>,
        trajectories: usize,
        draws: usize,
        out: PathBuf,
        threads: Option<usize>,
        memory: Option<&str>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Answer> {
        let fit = Fit { method, distance, accept, truths };
        let request = fit.request(py, |method, combine| forestall::CalibrationRequest {
            targets,
            method,
            particles,
            replications: replications.unwrap_or(if method == forestall::FitMethod::Generations { 2 } else { 1 }),
            simulations,
            table: None,
            quantile,
            least_acceptance,
            goal,
            combine,
            most_parameters,
            keep: keep.unwrap_or_default(),
            trajectories,
            draws,
            folder: out,
            provenance: Provenance::default(),
        })?;
        // An older posterior is no prior.
        let overrides = Overrides { posterior: Some(UsePosterior::None), ..self.study.overrides().clone() };
        let study = py.detach(|| self.study.with(overrides)).map_err(|error| raised(py, error))?;
        for warning in study.ineffective_priors() {
            warn(py, &warning.render(false))?;
        }
        let limit = memory.map(answers::memory_size).transpose();
        let limit = limit.map_err(|message| raised(py, Failure::usage(message)))?;
        let flags = vec!["--targets".into(), request.targets.to_string_lossy().to_string()];
        let plain = Overrides { posterior: None, ..study.overrides().clone() };
        let provenance = self.provenance("calibrate", &plain, flags);
        let request = forestall::CalibrationRequest { provenance, ..request };
        calibrate::calibrate(py, study, self.path.clone().unwrap_or_default(), request, (threads, limit), progress)
    }

    /// Serves a local page, where levers are moved and runs go on, until an interrupt.
    #[pyo3(signature = (*, open=true, port=0, replications=1_000))]
    fn explore(&self, py: Python<'_>, open: bool, port: u16, replications: u64) -> PyResult<()> {
        let most = forestall_study::MOST_REPLICATIONS;
        if !(2..=most).contains(&replications) {
            return Err(raised(py, Failure::usage(format!("replications are 2 to {most}; found {replications}"))));
        }
        let study = self.study.clone();
        let page = quietly(py, None, move || {
            answers::too_little_memory(&study, 1, None).map_or(Ok(()), |reason| Err(Failure::usage(reason)))?;
            ExplorePage::of_scenario(&study, replications, port)
        })?;
        serve(py, page, open)
    }

    fn __repr__(&self) -> String {
        let plan = self.study.scenario();
        format!(
            "<forestall.Scenario {}: baseline and {} policies, {} replications>",
            plan.name,
            plan.policies.len(),
            plan.replications
        )
    }

    fn _repr_html_(&self) -> String {
        let plan = self.study.scenario();
        let labels: Vec<String> = plan.policies.iter().map(|policy| escaped(&policy.label)).collect();
        format!(
            "<p><b>{}</b>: {}</p><p>{} to {}, {} replications, seed {}; policies: {}</p>",
            escaped(&plan.name),
            escaped(&plan.question),
            plan.start,
            plan.end.yesterday().unwrap_or(plan.end),
            plan.replications,
            plan.seed,
            labels.join(", ")
        )
    }
}

/// Serves a page until an interrupt, which is how it ends.
pub fn serve(py: Python<'_>, page: ExplorePage, open: bool) -> PyResult<()> {
    let address = page.address();
    py.import("builtins")?.getattr("print")?.call1((&address,))?;
    if open {
        py.import("webbrowser")?.call_method1("open", (&address,))?;
    }
    let ended = attend(py, None, move |watch: &Watch<'_, ()>| page.serve(watch.cancel), |_, _| Ok(()));
    ended.or_else(|error| if error.is_instance_of::<PyKeyboardInterrupt>(py) { Ok(()) } else { Err(error) })
}
