//! Which values of the uncertain parameters agree with a file of facts: a fit that goes on where it was stopped.

mod regression;
mod rivals;
mod session;
mod shards;
mod simulated;
mod table;
mod tables;

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use session::readable as readable_calibration;
pub use shards::CalibrationShard;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use shards::readable as readable_shard;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rayon::prelude::*;

use crate::calibration::{
    self, CalibrationError, Combine, FitGeneration, ParameterRow, Particle, PatternRow, Ridge, Screened, State,
    Targets, Truths, factors, near_points, parameters, patterns, resample, ridges,
};
use crate::design::Factor;
use crate::montecarlo::Progress;
use crate::montecarlo::pattern::Known;
use crate::results::manifest::now;
use crate::results::{Manifest, RESULTS_VERSION, ResultsFolder, Status, atomic, bounded, csv, run_hash};
use forestall_model::{BASELINE, Diagnostic, Operation, Plan, Table, date_after, did_you_mean};

use super::{Monitor, Provenance, Study};
pub use rivals::{RivalRow, Rivals, RivalsRequest, rivals};
use session::Session;
use simulated::{CHECK, Patterns};

/// How points of the prior become a posterior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FitMethod {
    /// Generations of particles under a falling tolerance (ABC-SMC).
    Generations,
    /// One table of points from the prior, the nearest ones adjusted to the facts by regression. No screening: all
    /// uncertain parameters are free. The same table then tries the method on truths that are known.
    Regression {
        /// Share of the points that is near.
        accept: f64,
        /// Points of the table that are tried as known truths.
        truths: usize,
    },
}

/// What a calibration is asked for.
#[derive(Clone, Debug)]
pub struct CalibrationRequest {
    /// The facts: a file with `[[targets]]`.
    pub targets: PathBuf,
    /// How the posterior is found.
    pub method: FitMethod,
    /// Particles of each generation.
    pub particles: usize,
    /// Replications of each point; their mean is compared with the facts.
    pub replications: u64,
    /// Most runs in all; raise it to go on.
    pub simulations: u64,
    /// The next tolerance is this quantile of the accepted distances.
    pub quantile: f64,
    /// Stop where a smaller share of points is accepted.
    pub least_acceptance: f64,
    /// Stop where every particle is within this distance; 0 asks for every fact.
    pub goal: f64,
    /// How the distances of patterns become one.
    pub combine: Combine,
    /// Most free parameters; with more, Morris screening leaves out the weakest.
    pub most_parameters: usize,
    /// Parameters that stay free, however weak the screening finds them.
    pub keep: Vec<String>,
    /// Trajectories of the screening.
    pub trajectories: usize,
    /// The folder of another fit by regression of the same scenario, whose table is taken.
    pub table: Option<PathBuf>,
    /// Draws written for `[calibrated]`.
    pub draws: usize,
    /// The folder that receives the calibration's own folder, in which the same request goes on.
    pub folder: PathBuf,
    /// What the record says of its making.
    pub provenance: Provenance,
}

/// What happens during a calibration.
#[derive(Clone, Debug)]
pub enum CalibrationEvent {
    /// So many parameters are screened for the most important ones.
    Screening {
        /// Parameters that are uncertain.
        of: usize,
        /// How many stay free.
        most: usize,
    },
    /// The fit begins, with at most so many runs.
    Begins(u64),
    /// A generation is complete.
    Generation(FitGeneration),
    /// A batch of runs has ended.
    Progress(Progress),
    /// The fit has ended.
    Ends,
}

/// How a calibration ended.
#[derive(Debug)]
pub struct CalibrationEnd {
    /// What was found.
    pub outcome: CalibrationOutcome,
    /// Runs simulated for it now.
    pub runs: u64,
    /// Seconds that they took.
    pub seconds: f64,
}

/// What a calibration came to.
#[derive(Debug)]
pub enum CalibrationOutcome {
    /// It is complete.
    Complete(Box<Calibration>),
    /// It was cancelled during the fit; finished batches are kept.
    StoppedInFit,
    /// It was cancelled while the posterior was checked; the fit is kept.
    StoppedInCheck,
}

/// A complete calibration; its draws and tables are in its folder.
#[derive(Debug)]
pub struct Calibration {
    /// The folder.
    pub folder: ResultsFolder,
    /// The end of the fit.
    pub state: State,
    /// The parameters that were free.
    pub free: Vec<Factor>,
    /// What screening found, if it was needed.
    pub screened: Option<Vec<Screened>>,
    /// Each free parameter before and after.
    pub parameters: Vec<ParameterRow>,
    /// Pairs of parameters that are known together only.
    pub ridges: Vec<Ridge>,
    /// Each pattern beside what the posterior shows on fresh streams.
    pub patterns: Vec<PatternRow>,
    /// Draws that were simulated for that.
    pub checked: usize,
    /// How the method fares on truths that are known, where it was tried on some.
    pub truths: Option<Truths>,
}

impl Calibration {
    /// The file of draws that `[calibrated]` reads.
    pub fn draws(&self) -> PathBuf {
        self.folder.path().join("posterior.csv")
    }

    /// One row a free parameter.
    pub fn parameter_table(&self) -> Table {
        tables::parameter_table(&self.parameters)
    }

    /// One row a pattern.
    pub fn pattern_table(&self) -> Table {
        tables::pattern_table(&self.patterns)
    }

    /// How the method fares on known truths, one row a parameter; empty where it was tried on none.
    pub fn truth_table(&self) -> Table {
        tables::truth_table(self.truths.as_ref().map_or(&[], |t| &t.rows))
    }

    /// The particles by their ranks in the prior, with weights.
    pub fn rank_table(&self) -> Table {
        tables::rank_table(&self.free, &self.state.particles)
    }
}

impl Study {
    /// Warnings about priors that a later level sets again, so that they act for a part of the run or not at all.
    pub fn ineffective_priors(&self) -> Vec<Diagnostic> {
        let plan = self.scenario();
        let mut found = Vec::new();
        for u in &plan.uncertain {
            if let Some(held) = plan.held.iter().find(|h| h.target.overlaps(&u.target)) {
                let message = format!("`{}` is uncertain but held at {}: its prior has no effect", u.path, held.value);
                found.push(Diagnostic::at(&u.mark, message).as_warning());
            }
            let changes = plan.changes.iter().flat_map(|stage| stage.set.iter().map(move |a| (stage, a)));
            for (stage, change) in changes {
                // Where the number of the change has a prior of its own, nothing is forgotten.
                let own = |name: &String| format!("changes.{name}.{}", change.path);
                if stage.name.as_ref().map(own).is_some_and(|path| plan.uncertain.iter().any(|v| v.path == path)) {
                    continue;
                }
                if change.target.overlaps(&u.target) && matches!(change.operation, Operation::Set(_)) {
                    let message = format!("`{}` is uncertain, but a change sets it from {}", u.path, stage.from);
                    let place = format!("{}:{}", change.mark.file, change.mark.line);
                    let help = format!(
                        "its prior acts before that only; give the change at {place} a `name`, and a prior to `changes.NAME.{}`",
                        change.path
                    );
                    found.push(Diagnostic::at(&u.mark, message).help(help).as_warning());
                    break;
                }
            }
        }
        found
    }

    /// Fits the uncertain parameters of the baseline to facts, and checks the posterior on fresh streams.
    ///
    /// Open the study with [`UsePosterior::None`](forestall_model::UsePosterior::None): an older
    /// posterior is no prior.
    ///
    /// # Errors
    /// [`CalibrationError`].
    pub fn calibrate(
        &self,
        request: &CalibrationRequest,
        monitor: &Monitor<CalibrationEvent>,
    ) -> Result<CalibrationEnd, CalibrationError> {
        let plan = self.scenario();
        let (text, targets) = checked(request, plan)?;
        let all = factors(plan);
        let hash = hash(request, plan, &text);
        let name = format!("{}-calibration", plan.name);
        let folder = ResultsFolder::create_or_open(&request.folder, &name, &hash)?;
        let mut record = Manifest::begin(
            &plan.name,
            plan.seed,
            &hash,
            vec![BASELINE.into()],
            request.simulations,
            &request.provenance,
        );
        atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
        atomic::write(&folder.path().join("targets.toml"), text.as_bytes())?;
        record.save(&folder.manifest_path())?;
        if let Some(other) = &request.table {
            table::begin(request, other, (plan, &targets), &folder.path().join("state.json"))?;
        }
        let model = Patterns::new(plan, &targets.0);
        let there = match request.method {
            FitMethod::Regression { .. } => shards::read(folder.path())?,
            FitMethod::Generations => BTreeMap::new(),
        };
        let session = Session::new(request, monitor, &model, &targets, folder.path().join("state.json")).with(there);
        let began = Instant::now();
        let (kept, free) = session.go(&all)?;
        let (runs, seconds) = (session.runs.load(Ordering::Relaxed), began.elapsed().as_secs_f64());
        record.replications.done = kept.state.tried_in_all() * request.replications;
        let end = |outcome| Ok(CalibrationEnd { outcome, runs, seconds });
        let fitted = session::fitted(request, &kept.state);
        if !fitted {
            record.status = Status::Interrupted;
            record.save(&folder.manifest_path())?;
            return end(CalibrationOutcome::StoppedInFit);
        }
        let screened = kept.screened();
        let (state, truths) = match request.method {
            FitMethod::Generations => (kept.state, None),
            FitMethod::Regression { accept, truths } => {
                let (state, found) = regression::adjust(&kept.state, &targets.0, &free, (accept, truths), plan.seed)?;
                (state, Some(found))
            }
        };
        let drawn = resample(&state.particles, request.draws, plan.seed);
        let Some(simulated) = predict(&free, &model, &targets, &drawn, monitor) else {
            record.status = Status::Interrupted;
            record.save(&folder.manifest_path())?;
            return end(CalibrationOutcome::StoppedInCheck);
        };
        let draws = tables::draws_table(&free, &drawn);
        let found = Calibration {
            screened,
            parameters: parameters(&free, &state.particles),
            ridges: ridges(&free, &state.particles),
            patterns: patterns(&targets.0, &simulated),
            checked: simulated.len(),
            truths,
            state,
            folder,
            free,
        };
        found.write(record, draws)?;
        end(CalibrationOutcome::Complete(Box::new(found)))
    }
}

impl Calibration {
    /// Writes all tables, and a complete record.
    fn write(&self, mut record: Manifest, draws: Table) -> Result<(), CalibrationError> {
        let mut all = vec![
            ("posterior.csv", draws),
            ("particles.csv", tables::particle_table(&self.free, &self.state.particles)),
            ("parameters.csv", self.parameter_table()),
            ("patterns.csv", self.pattern_table()),
            ("ridges.csv", tables::ridge_table(&self.ridges)),
            ("generations.csv", tables::generation_table(&self.state.generations)),
        ];
        all.extend(self.truths.as_ref().map(|_| ("truths.csv", self.truth_table())));
        all.extend(self.screened.as_ref().map(|rows| ("screening.csv", tables::screening_table(rows))));
        record.files.clear();
        for (name, table) in &all {
            let sum = atomic::write(&self.folder.path().join(name), csv::to_text(table).as_bytes())?;
            record.files.insert((*name).into(), sum);
        }
        record.status = Status::Complete;
        record.finished = Some(now());
        Ok(record.save(&self.folder.manifest_path())?)
    }

    /// The fit's end in words.
    pub fn end_words(&self) -> String {
        self.state.end.as_ref().map_or_else(|| "not ended".into(), calibration::FitEnd::words)
    }
}

/// One replication of every draw, on streams that the fit has not seen; `None` if asked to stop.
fn predict(
    free: &[Factor],
    model: &Patterns,
    targets: &Targets,
    drawn: &[&Particle],
    monitor: &Monitor<CalibrationEvent>,
) -> Option<Vec<Vec<Option<f64>>>> {
    drawn
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(|(i, particle)| {
            if monitor.cancelled() {
                return None;
            }
            let point: Vec<(&str, f64)> =
                free.iter().zip(&particle.ranks).map(|(f, r)| (f.name.as_str(), f.value(*r))).collect();
            // A draw that cannot be simulated leaves its patterns undefined.
            Some(model.at(&point, CHECK + i as u64, 1).unwrap_or_else(|_| vec![None; targets.0.len()]))
        })
        .collect()
}

/// The facts of a request that can be met, as they are written and as they are read.
fn checked(request: &CalibrationRequest, plan: &Plan) -> Result<(String, Targets), CalibrationError> {
    check(request)?;
    let text = bounded::text(&request.targets, bounded::TEXT).map_err(|e| {
        let file = request.targets.display();
        CalibrationError::request(format!("cannot read {file}: {e}; give a file of facts by --targets"))
    })?;
    let targets = Targets::parse(&request.targets.display().to_string(), &text, &known(plan))?;
    check_kept(request, &factors(plan))?;
    if let FitMethod::Regression { accept, .. } = request.method {
        // Told before anything is simulated, not after.
        let fitted = targets.0.iter().filter(|target| !target.held_out).count();
        near_points(usize::try_from(request.simulations).unwrap_or(usize::MAX), fitted, accept)?;
    }
    Ok((text, targets))
}

fn check(request: &CalibrationRequest) -> Result<(), CalibrationError> {
    if request.replications == 0 || request.draws == 0 || request.most_parameters == 0 {
        return Err(CalibrationError::request("--replications, --draws and --most-parameters must be at least 1"));
    }
    if request.keep.len() > request.most_parameters {
        return Err(CalibrationError::request(format!(
            "--keep names {} parameters, and --most-parameters allows {}",
            request.keep.len(),
            request.most_parameters
        )));
    }
    if let FitMethod::Regression { accept, .. } = request.method {
        if !(accept > 0.0 && accept <= 1.0) {
            return Err(CalibrationError::request("--accept must be above 0 and at most 1, such as 0.1"));
        }
        if request.replications != 1 {
            return Err(CalibrationError::request(
                "--method regression compares the record with one history a point: leave out --replications",
            ));
        }
        return Ok(());
    }
    if request.table.is_some() {
        let message = "--table takes the points of a fit by regression: add --method regression, or leave it out";
        return Err(CalibrationError::request(message));
    }
    let first = request.particles as u64 * request.replications;
    if request.simulations < first {
        return Err(CalibrationError::request(format!(
            "--simulations {} is too few: the first generation alone takes {first} runs ({} particles of {} replications)",
            request.simulations, request.particles, request.replications
        )));
    }
    Ok(())
}

/// That what is to be kept is uncertain.
fn check_kept(request: &CalibrationRequest, all: &[Factor]) -> Result<(), CalibrationError> {
    let names = || all.iter().map(|f| f.name.as_str());
    match request.keep.iter().find(|k| !names().any(|n| n == *k)) {
        None => Ok(()),
        Some(unknown) => {
            let near = did_you_mean(unknown, names()).unwrap_or_else(|| "`[uncertain]` names them all".into());
            let message = format!("--keep {unknown}: the scenario has no such uncertain parameter; {near}");
            Err(CalibrationError::request(message))
        }
    }
}

/// What the expressions of targets may name.
pub(super) fn known(plan: &Plan) -> Known {
    let countries = plan.countries.iter().map(|c| c.code.clone()).collect();
    let last = date_after(plan.end, -1.0).year();
    Known { countries, years: (plan.start.year()..=last).map(|y| y.to_string()).collect() }
}

/// What alters the posterior: scenario, targets and settings, but not the budget, which only cuts it short.
fn hash(request: &CalibrationRequest, plan: &Plan, targets: &str) -> String {
    let settings = match request.method {
        FitMethod::Generations => format!(
            "{} {} {} {} {} {} {} {}",
            request.particles,
            request.replications,
            request.quantile,
            request.least_acceptance,
            request.goal,
            request.combine.name(),
            request.most_parameters,
            request.trajectories
        ),
        FitMethod::Regression { .. } => REGRESSION.into(),
    };
    let keep: String = request.keep.iter().map(|k| format!(" keep {k}")).collect();
    hash_of(&format!("{settings}{keep}"), plan, targets)
}

/// The settings of a fit by regression, as its hash has them. What is done with the table follows from it: another share
/// or other truths find the same table again.
const REGRESSION: &str = "regression";

/// The hash of a fit by regression.
fn table_hash(plan: &Plan, targets: &str) -> String {
    hash_of(REGRESSION, plan, targets)
}

fn hash_of(settings: &str, plan: &Plan, targets: &str) -> String {
    run_hash(&format!("{}calibration {settings}\n{targets}", plan.fingerprint_text()), plan.seed, RESULTS_VERSION)
}
