//! Questions to merged sweeps and outside tables: sensitivity, discovery, robustness.

use std::path::{Path, PathBuf};

use crate::analysis::{
    AnalysisError, CartOptions, Discovery, Leaf, Predicate, PrimOptions, Resampling, Response, Robustness,
    RobustnessOptions, Sample, Sensitivity, cart, delta, discover as find_boxes, morris, pawn, prcc,
    robust as compare_policies, sobol,
};
use crate::calibration::CalibrationError;
use crate::cluster::{ClusterError, Outcomes};
use crate::design::{Design, DesignError, Sidecar};
use crate::results::outside::Reading;
use crate::results::{ResultsError, bounded, outside};
use forestall_model::Table;

use super::StudyError;
use super::sweep::{Sweep, read_problem};

/// The outcome that is looked at where none is named.
pub const DEFAULT_OUTCOME: &str = "attacks_completed";

/// Why a question could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// What was asked for cannot be done.
    #[error("{0}")]
    Request(String),
    /// A difference of a policy from itself is asked for.
    #[error("a policy cannot be compared with itself; the difference would be 0 everywhere")]
    SamePolicy,
    /// A step of a trade-off that does not exist.
    #[error("there is no step {step}; the trade-off has steps 0 to {last}")]
    NoStep {
        /// The step asked for.
        step: usize,
        /// The last one.
        last: usize,
    },
    /// A run that is looked at has not finished.
    #[error(
        "{} is not finished: {done} of {asked} replications are there; give the command of the run again, it goes on",
        path.display()
    )]
    Unfinished {
        /// The folder of the run.
        path: PathBuf,
        /// Replications that have finished under every policy.
        done: u64,
        /// Replications asked for.
        asked: u64,
    },
    /// The analysis.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The design.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The sweep.
    #[error(transparent)]
    Sweep(#[from] ClusterError),
    /// Files.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// A run that is looked at.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A file of facts.
    #[error(transparent)]
    Targets(#[from] CalibrationError),
}

/// Reads a table that the user names; one that is not there is a mistake in the request.
pub(super) fn table(path: &Path, reading: &Reading<'_>) -> Result<Table, AnalyseError> {
    table_noting(path, reading).map(|(table, _)| table)
}

/// [`table`], with notes on cells that are read as one.
fn table_noting(path: &Path, reading: &Reading<'_>) -> Result<(Table, Vec<String>), AnalyseError> {
    if !path.exists() {
        let message = format!("there is no file {}; check the spelling of the path", path.display());
        return Err(AnalyseError::Request(message));
    }
    Ok(outside::read_noting(path, reading)?)
}

fn outcomes(sweep: &Path, wanted: &[&str]) -> Result<Outcomes, AnalyseError> {
    Ok(Sweep::open(sweep)?.outcomes(wanted)?)
}

/// Methods of sensitivity analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensitivityMethod {
    /// First, total and second-order indices, from a Saltelli design.
    Sobol,
    /// μ, μ* and σ of elementary effects, from Morris trajectories.
    Morris,
    /// Distances between distribution functions, from any design.
    Pawn,
    /// Borgonovo's δ, from any design.
    Delta,
    /// Partial rank correlations and slopes, from any design of points drawn on their own.
    Prcc,
}

/// Where design and response come from.
#[derive(Clone, Debug)]
pub enum SensitivityInput {
    /// A merged sweep: one policy, or its paired difference from another.
    Sweep {
        /// Its folder.
        folder: PathBuf,
        /// The policy; the baseline if not given.
        policy: Option<String>,
        /// The policy that it is compared with.
        against: Option<String>,
    },
    /// Files of a model of the user's own.
    Tables {
        /// The factors.
        problem: PathBuf,
        /// The points; `design.json` beside them is checked if it is there.
        design: PathBuf,
        /// The response.
        response: PathBuf,
    },
}

/// What is asked of a response.
#[derive(Clone, Debug)]
pub struct SensitivityRequest {
    /// Where design and response come from.
    pub input: SensitivityInput,
    /// The outcome; the only column, or [`DEFAULT_OUTCOME`] of a sweep, if not given.
    pub outcome: Option<String>,
    /// Which indices.
    pub method: SensitivityMethod,
    /// How intervals are made.
    pub resampling: Resampling,
}

/// Which parameters a response depends on.
///
/// # Errors
/// [`AnalyseError`].
pub fn sensitivity(request: &SensitivityRequest) -> Result<Sensitivity, AnalyseError> {
    let (design, response) = match &request.input {
        SensitivityInput::Sweep { folder, policy, against } => {
            from_sweep(folder, policy.as_deref(), against.as_deref(), request.outcome.as_deref())?
        }
        SensitivityInput::Tables { problem, design, response } => {
            from_tables(problem, design, response, request.outcome.as_deref())?
        }
    };
    let analyse = match request.method {
        SensitivityMethod::Sobol => sobol,
        SensitivityMethod::Morris => morris,
        SensitivityMethod::Pawn => pawn,
        SensitivityMethod::Delta => delta,
        SensitivityMethod::Prcc => prcc,
    };
    Ok(analyse(&design, &response, request.resampling)?)
}

/// Design and response from outside tables.
fn from_tables(
    factors: &Path,
    file: &Path,
    response: &Path,
    outcome: Option<&str>,
) -> Result<(Design, Response), AnalyseError> {
    let problem = read_problem(factors)?;
    let known: Vec<String> = problem.factors.iter().map(|f| f.name.clone()).collect();
    let mut names: Vec<String> =
        problem.factors.iter().filter(|f| f.categories().is_some()).map(|f| f.name.clone()).collect();
    let reading = Reading { known: &known, names: &names, used: Some(&known), ..Reading::default() };
    let mut design = Design::from_table(&problem, &table(file, &reading)?)?;
    let sidecar = file.with_extension("json");
    if sidecar.is_file() {
        let text = bounded::text(&sidecar, bounded::TEXT)
            .map_err(|e| AnalyseError::Request(format!("cannot read {}: {e}", sidecar.display())))?;
        design = Sidecar::attach(&text, design)?;
    }
    // The id of a design may look like a number.
    names.push("design".into());
    names.retain(|name| Some(name.as_str()) != outcome);
    let used: Option<Vec<String>> =
        outcome.map(|name| known.iter().cloned().chain([name, "row", "replicate"].map(str::to_owned)).collect());
    let reading = Reading { known: &known, names: &names, used: used.as_deref(), ..Reading::default() };
    let response = Response::from_table(&design, &table(response, &reading)?, outcome)?;
    Ok((design, response))
}

/// Design and response of a merged sweep.
fn from_sweep(
    folder: &Path,
    policy: Option<&str>,
    against: Option<&str>,
    outcome: Option<&str>,
) -> Result<(Design, Response), AnalyseError> {
    let outcome = outcome.unwrap_or(DEFAULT_OUTCOME);
    let sweep = outcomes(folder, &[outcome])?;
    let policy = sweep.arm(policy)?;
    let against = against.map(|name| sweep.arm(Some(name))).transpose()?.flatten();
    if against.is_some() && against == policy {
        return Err(AnalyseError::SamePolicy);
    }
    let table = sweep.response(outcome, policy.as_deref(), against.as_deref());
    let response = Response::from_table(&sweep.design, &table, Some(outcome))?;
    Ok((sweep.design, response))
}

/// Where the rows come from that boxes are looked for in.
#[derive(Clone, Debug)]
pub enum DiscoveryInput {
    /// A merged sweep under one policy; the baseline if not given.
    Sweep {
        /// Its folder.
        folder: PathBuf,
        /// The policy.
        policy: Option<String>,
    },
    /// A table: one row a run, with factors and outcome.
    Table(PathBuf),
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct DiscoveryRequest {
    /// Where the rows come from.
    pub input: DiscoveryInput,
    /// The outcome.
    pub outcome: String,
    /// Which rows are of interest.
    pub inside: String,
    /// Columns to look at; all factors if empty.
    pub parameters: Vec<String>,
    /// Columns of a table whose cells are names, whatever they look like.
    pub categories: Vec<String>,
    /// How boxes are found.
    pub prim: PrimOptions,
    /// This step of the first box's trade-off in place of the balanced one.
    pub step: Option<usize>,
}

/// Where an outcome happens.
#[derive(Debug)]
pub struct Discovered {
    /// The rows that were looked at.
    pub sample: Sample,
    /// The boxes.
    pub boxes: Vec<Discovery>,
    /// A tree over the same rows, for comparison.
    pub tree: Vec<Leaf>,
    /// Different cells of the table that were read as one number.
    pub notes: Vec<String>,
}

/// Where in the space of its factors an outcome happens.
///
/// # Errors
/// [`AnalyseError`].
pub fn discover(request: &DiscoveryRequest) -> Result<Discovered, AnalyseError> {
    let condition = Predicate::parse(&request.inside)?;
    let mut notes = Vec::new();
    let (table, factors) = match &request.input {
        DiscoveryInput::Sweep { folder, policy } => points_of(folder, policy.as_deref(), &request.outcome, &condition)?,
        DiscoveryInput::Table(path) => (columns_of(path, request, &condition, &mut notes)?, Vec::new()),
    };
    let parameters = if request.parameters.is_empty() { factors } else { request.parameters.clone() };
    let parameters = (!parameters.is_empty()).then_some(parameters.as_slice());
    let sample = Sample::from_table(&table, &request.outcome, &condition, parameters)?;
    let mut boxes = find_boxes(&sample, &request.prim)?;
    if let (Some(step), Some(first)) = (request.step, boxes.first_mut()) {
        if step >= first.trade_off.len() {
            return Err(AnalyseError::NoStep { step, last: first.trade_off.len() - 1 });
        }
        first.chosen = step;
    }
    let tree = cart(&sample, &CartOptions { least_mass: request.prim.least_mass, ..CartOptions::default() });
    Ok(Discovered { sample, boxes, tree, notes })
}

/// The table of a search for boxes, its columns typed.
fn columns_of(
    path: &Path,
    request: &DiscoveryRequest,
    condition: &Predicate,
    notes: &mut Vec<String>,
) -> Result<Table, AnalyseError> {
    let used: Option<Vec<String>> = (!request.parameters.is_empty()).then(|| {
        let named = condition.columns().chain([request.outcome.as_str()]).map(str::to_owned);
        named.chain(request.parameters.iter().cloned()).collect()
    });
    let advice = "; where the cells are names, say so by --categories COLUMN";
    let reading = Reading { names: &request.categories, used: used.as_deref(), alone: true, advice, known: &[] };
    let (table, found) = table_noting(path, &reading)?;
    notes.extend(found);
    if let Some(name) = request.categories.iter().find(|name| table.column(name).is_none()) {
        let names: Vec<&str> = table.columns().map(|c| c.0).collect();
        let message = format!("--categories: the table has no column `{name}`; its columns are {}", names.join(", "));
        return Err(AnalyseError::Request(message));
    }
    Ok(table)
}

/// The points of a merged sweep under one policy with the means of outcomes over replicates, and the factors' names.
fn points_of(
    folder: &Path,
    policy: Option<&str>,
    outcome: &str,
    condition: &Predicate,
) -> Result<(Table, Vec<String>), AnalyseError> {
    let sweep = Sweep::open(folder)?;
    let factors = sweep.plan().design.parameters.clone();
    let mut wanted = vec![outcome];
    for name in condition.columns() {
        if name != "point" && !factors.iter().any(|factor| factor == name) && !wanted.contains(&name) {
            wanted.push(name);
        }
    }
    let outcomes = sweep.outcomes(&wanted)?;
    let policy = outcomes.arm(policy)?;
    let means = outcomes.means();
    let own = |row: &usize| policy.as_ref().is_none_or(|p| means.texts("policy").is_none_or(|all| all[*row] == *p));
    let rows: Vec<usize> = (0..means.rows()).filter(own).collect();
    Ok((means.take(&rows), factors))
}

/// Where the table comes from in which policies are compared.
#[derive(Clone, Debug)]
pub enum RobustnessInput {
    /// A merged sweep: its policies in each of its points.
    Sweep(PathBuf),
    /// A table: one row a policy and future.
    Table(PathBuf),
}

/// Which policy is least regretted across uncertain futures.
///
/// # Errors
/// [`AnalyseError`].
pub fn robust(input: &RobustnessInput, options: &RobustnessOptions) -> Result<Robustness, AnalyseError> {
    let table = match input {
        RobustnessInput::Table(path) => {
            let names = [options.policy.clone(), options.future.clone()];
            let used = [options.outcome.clone()];
            table(path, &Reading { names: &names, used: Some(&used), alone: true, ..Reading::default() })?
        }
        RobustnessInput::Sweep(folder) => {
            let sweep = outcomes(folder, &[&options.outcome])?;
            if sweep.plan.policy_factor || sweep.plan.arms.len() < 2 {
                return Err(AnalyseError::Request(
                    "this sweep has one policy a point, so no two can be compared in the same future; plan it with \
                     --policies all"
                        .into(),
                ));
            }
            sweep.means()
        }
    };
    Ok(compare_policies(&table, options)?)
}
