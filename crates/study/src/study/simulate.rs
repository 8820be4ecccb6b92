//! Runs the baseline and policies of a study, many replications each, into a folder or in memory.

use std::path::PathBuf;
use std::sync::Arc;

use crate::montecarlo::batches::BATCH;
use crate::montecarlo::compare::CONFIDENCE;
use crate::montecarlo::{self, Keeper, Memory, MonteCarloError, NamedArm, PosteriorDraws, Progress, Stop, Workload};
use crate::results::manifest::now;
use crate::results::{
    Batch, Failure, Manifest, RESULTS_VERSION, RejectedPart, ResultsError, ResultsFolder, RunSet, Status, Store,
    TableName, atomic, run_hash,
};
use crate::stats::{Precision, StoppingRule};
use forestall_model::{Arm, BASELINE, Labels, Plan, Table};

use super::outlook::{self, Outlook, RunEstimate};
use super::rows::{Rows, Tables};
use super::run::Run;
use super::{Monitor, Provenance, Study, StudyError, adaptation, alternatives, known_policy, label, shelf};

/// How precise the baseline's mean of an outcome is to be before a run ends by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionGoal {
    /// The outcome, a column of the table of replications.
    pub outcome: String,
    /// Half the width of the interval.
    pub precision: Precision,
    /// The most replications that it may take.
    pub most: u64,
}

impl PrecisionGoal {
    fn rule(&self) -> Result<(String, StoppingRule), StudyError> {
        let rule = StoppingRule::new(self.precision, CONFIDENCE, BATCH as usize, self.most as usize);
        let (Precision::Relative(size) | Precision::Absolute(size)) = self.precision;
        let wrong = || StudyError::Precision { batch: BATCH, limit: 100 * BATCH, size, most: self.most };
        Ok((self.outcome.clone(), rule.ok_or_else(wrong)?))
    }
}

/// What is run of a study.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// The policies beside the baseline, by name; all if not given.
    pub policies: Option<Vec<String>>,
    /// Ends the run once a mean is precise enough; otherwise every replication is run.
    pub precision: Option<PrecisionGoal>,
    /// Replications whose whole event log is kept; those of the scenario if empty.
    pub events: Vec<u64>,
    /// Replications of every policy at each strength of the adversaries' adaptation, for the checks of robustness.
    /// They need a folder.
    pub adaptation: Option<u64>,
    /// Replications of every policy under each of the scenario's alternatives, for the same checks.
    /// Needs a folder.
    pub robust: Option<u64>,
    /// The folder that receives the run's own folder, in which the same request goes on; in memory if not given.
    pub folder: Option<PathBuf>,
    /// What the record of the run says of its making.
    pub provenance: Provenance,
}

/// What happens while a study runs.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A stored part was damaged; its runs are computed again.
    Rejected(RejectedPart),
    /// The folder holds more than was asked for, and nothing of it is taken away: so many replications of so many policy
    /// runs, the baseline among them, are run and shown.
    Extended {
        /// Replications of each.
        replications: u64,
        /// Their number, the baseline included.
        arms: usize,
    },
    /// The policies are run under this alternative next.
    Alternative(String),
    /// The policies are run at this strength of adaptation next.
    Adaptation(&'static str),
    /// So many runs begin.
    Begins(u64),
    /// A run has ended.
    Progress(Progress),
    /// Some replications have ended under all policies: their rows, for intervals while the run goes on.
    Batch(Arc<Batch>),
    /// What the replications so far say.
    Estimate(RunEstimate),
    /// The runs have ended.
    Ends,
}

/// How a run ended, and what it left.
#[derive(Debug)]
pub struct RunEnd {
    /// Why it ended.
    pub stop: Stop,
    /// Single runs that failed.
    pub failures: usize,
    /// The first of them, and why, in words.
    pub first_failure: Option<String>,
    /// The run; without any rows where no replication has finished.
    pub run: Run,
}

impl Study {
    /// Runs the baseline and policies, every replication of all on the same draws.
    ///
    /// # Errors
    /// [`StudyError`]; single runs that fail are counted instead.
    pub fn run(&self, request: &RunRequest, monitor: &Monitor<RunEvent>) -> Result<RunEnd, StudyError> {
        let mut plan = self.scenario().clone();
        let names = names(&plan, request.policies.as_deref())?;
        let arms = arms(&plan, &names)?;
        let precision = request.precision.as_ref().map(PrecisionGoal::rule).transpose()?;
        let replications = request.precision.as_ref().map_or(plan.replications, |goal| goal.most);
        if !request.events.is_empty() {
            plan.event_log_replications = logged(&request.events, replications)?;
        }
        let work = Simulation::new(&plan, names, arms, replications, precision);
        match &request.folder {
            Some(out) => self.run_into(work, out, request, monitor),
            None => in_memory(&work, request, monitor),
        }
    }

    fn run_into(
        &self,
        mut work: Simulation,
        out: &std::path::Path,
        request: &RunRequest,
        monitor: &Monitor<RunEvent>,
    ) -> Result<RunEnd, StudyError> {
        let (plan, hash) = (work.plan, work.hash());
        let folder = ResultsFolder::create_or_open(out, &plan.name, &hash)?;
        let mut store = Store::open(&folder.parts(), &hash)?;
        for part in store.rejected() {
            monitor.tell(RunEvent::Rejected(part.clone()));
        }
        if work.extend(store.done())? {
            monitor.tell(RunEvent::Extended { replications: work.replications(), arms: work.names.len() });
        }
        let asked = work.replications();
        let mut record = Manifest::begin(&plan.name, plan.seed, &hash, work.names.clone(), asked, &request.provenance);
        let scenario = atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
        record.save(&folder.manifest_path())?;
        let mut stop = work.go(&mut store, &plan.event_log_replications, monitor)?;
        work.forget_arms();
        record.files = store
            .finish(&folder.results(), &work.names)?
            .into_iter()
            .map(|t| (format!("results/{}", t.name.file_name()), t.sha256))
            .collect();
        // A page is made of it too.
        record.files.insert("scenario.resolved.toml".into(), scenario);
        record.replications.done = work.finished(store.done());
        record.status = if stop == Stop::Interrupted { Status::Interrupted } else { Status::Complete };
        let failures = store.failures().len();
        let first_failure = store.failures().first().map(Failure::words);
        if let Some(replications) = request.adaptation.filter(|_| stop != Stop::Interrupted) {
            let at = shelf::Request { study: self, run: request, replications };
            if adaptation::run(&at, &folder, monitor)? == Stop::Interrupted {
                stop = Stop::Interrupted;
            }
        }
        if let Some(replications) = request.robust.filter(|_| stop != Stop::Interrupted) {
            let at = shelf::Request { study: self, run: request, replications };
            if alternatives::run(&at, &folder, monitor)? == Stop::Interrupted {
                stop = Stop::Interrupted;
            }
        }
        if stop == Stop::Interrupted {
            record.status = Status::Interrupted;
        }
        if record.replications.done == 0 {
            record.save(&folder.manifest_path())?;
            let nothing = Rows::Memory(Box::default(), Some(folder));
            let run = Run::new(nothing, record, plan.clone());
            return Ok(RunEnd { stop, failures, first_failure, run });
        }
        // What a reader sees is what is on disk; until all of it is there the record says so.
        let status = std::mem::replace(&mut record.status, Status::Running);
        record.save(&folder.manifest_path())?;
        let mut run = Run::read(folder)?;
        run.write_tables()?;
        record.status = status;
        record.finished = Some(now());
        run.record(record)?;
        Ok(RunEnd { stop, failures, first_failure, run })
    }
}

fn in_memory(work: &Simulation, request: &RunRequest, monitor: &Monitor<RunEvent>) -> Result<RunEnd, StudyError> {
    let (plan, hash) = (work.plan, work.hash());
    let mut record =
        Manifest::begin(&plan.name, plan.seed, &hash, work.names.clone(), work.replications, &request.provenance);
    let mut memory = Memory::default();
    let stop = work.go(&mut memory, &plan.event_log_replications, monitor)?;
    record.replications.done = work.finished(memory.done());
    record.status = if stop == Stop::Interrupted { Status::Interrupted } else { Status::Complete };
    record.finished = Some(now());
    let mut table = |name| memory.take_table(name, &work.names);
    let tables = Tables {
        replications: table(TableName::Replications),
        monthly: table(TableName::Monthly),
        by_country: table(TableName::ByCountry),
        matched: table(TableName::Matched),
        beliefs: table(TableName::Beliefs),
        events: table(TableName::Events),
    };
    let failures = memory.failures().len();
    let first_failure = memory.failures().first().map(Failure::words);
    let rows = Rows::Memory(Box::new(tables), None);
    Ok(RunEnd { stop, failures, first_failure, run: Run::new(rows, record, plan.clone()) })
}

/// The baseline and some policies of a scenario, ready to run.
pub(super) struct Simulation<'a> {
    plan: &'a Plan,
    pub(super) names: Vec<String>,
    arms: Vec<NamedArm>,
    labels: Labels,
    replications: u64,
    precision: Option<(String, StoppingRule)>,
    /// Replications that a folder holds already of one of the arms at least.
    held: u64,
}

impl<'a> Simulation<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        names: Vec<String>,
        arms: Vec<NamedArm>,
        replications: u64,
        precision: Option<(String, StoppingRule)>,
    ) -> Self {
        // Those of a posterior are made draw by draw; these were made to find mistakes before the first run.
        let arms = if plan.draws() > 0 { Vec::new() } else { arms };
        Self { plan, names, arms, labels: Labels::of(plan), replications, precision, held: 0 }
    }

    pub(super) fn hash(&self) -> String {
        run_hash(&self.plan.fingerprint_text(), self.plan.seed, RESULTS_VERSION)
    }

    /// Replications of each arm; the most of them where a precision is asked for.
    pub(super) fn replications(&self) -> u64 {
        self.replications.max(self.held)
    }

    /// Takes up the arms and replications that are done already, so that tables and pages hold them on; whether that is
    /// more than was asked for.
    pub(super) fn extend(&mut self, done: &RunSet) -> Result<bool, StudyError> {
        self.held = done.replications();
        let all = names(self.plan, None)?;
        let asked = |name: &String| self.names.contains(name);
        let wanted: Vec<String> =
            all.into_iter().filter(|name| asked(name) || done.arms().any(|arm| arm == name)).collect();
        let more = wanted.len() > self.names.len();
        if more {
            let arms = arms(self.plan, &wanted)?;
            *self = Self {
                held: self.held,
                ..Self::new(self.plan, wanted, arms, self.replications, self.precision.take())
            };
        }
        Ok(more || self.held > self.replications)
    }

    /// Runs what is not kept yet, as far as asked for and at least as far as one of the arms is kept.
    pub(super) fn go(
        &self,
        keeper: &mut dyn Keeper,
        log: &[u64],
        monitor: &Monitor<RunEvent>,
    ) -> Result<Stop, MonteCarloError> {
        if self.precision.is_none() {
            return self.go_to(self.replications(), None, keeper, log, monitor);
        }
        let stop = self.go_to(self.replications, self.precision.clone(), keeper, log, monitor)?;
        if stop == Stop::Interrupted || self.held == 0 {
            return Ok(stop);
        }
        Ok(match self.go_to(self.held, None, keeper, log, monitor)? {
            Stop::Interrupted => Stop::Interrupted,
            _ => stop,
        })
    }

    fn go_to(
        &self,
        replications: u64,
        precision: Option<(String, StoppingRule)>,
        keeper: &mut dyn Keeper,
        log: &[u64],
        monitor: &Monitor<RunEvent>,
    ) -> Result<Stop, MonteCarloError> {
        let work = Workload {
            names: &self.names,
            arms: &self.arms,
            labels: &self.labels,
            replications,
            log_replications: log,
            precision,
        };
        let at_draw = |place: usize, draw: u64| {
            let policy = self.names.get(place).map(String::as_str);
            self.plan.arm_at_draw(policy, draw).map(|s| Arm::new(&s)).map_err(|errors| errors.to_string())
        };
        let draws = (self.plan.draws() > 0).then_some(PosteriorDraws { count: self.plan.draws(), arm: &at_draw });
        let progress = |progress| monitor.tell(RunEvent::Progress(progress));
        let watch = Monitor { observe: &progress, cancel: monitor.cancel };
        let outlook = self.outlook(replications, work.precision.as_ref().map(|(outcome, _)| outcome), keeper)?;
        let mut keeper = Told { keeper, monitor, outlook };
        monitor.tell(RunEvent::Begins(replications * self.names.len() as u64));
        let ended = montecarlo::run(&work, draws.as_ref(), &mut keeper, &watch);
        monitor.tell(RunEvent::Ends);
        ended
    }

    /// What earlier sessions have left, as the beginning of the estimate.
    fn outlook(
        &self,
        replications: u64,
        outcome: Option<&String>,
        keeper: &dyn Keeper,
    ) -> Result<Outlook, MonteCarloError> {
        let arms = self.names.iter().map(|name| (name.clone(), label(self.plan, name))).collect();
        let outcome = outcome.map_or_else(|| outlook::outcome(self.plan), String::as_str);
        let mut outlook = Outlook::new(arms, outcome, replications);
        if keeper.done().replications() > 0 {
            let there = keeper.columns(TableName::Replications, &outlook.columns())?;
            for table in &there {
                outlook.add(table);
            }
        }
        Ok(outlook)
    }

    /// Lets go of the arms once all has run: their dated values take more memory than all that comes after.
    pub(super) fn forget_arms(&mut self) {
        self.arms = Vec::new();
    }

    /// The replications that have finished under every arm.
    fn finished(&self, done: &RunSet) -> u64 {
        let draw = |replication| PosteriorDraws::of(self.plan.draws(), replication);
        let whole = |r: &u64| {
            let keys = crate::results::RunKey::grid(&self.names, draw(*r), *r..r + 1);
            keys.iter().all(|key| done.contains(key))
        };
        (0..self.replications()).filter(whole).count() as u64
    }
}

/// A keeper that also tells what it is given.
struct Told<'a, 'm> {
    keeper: &'a mut dyn Keeper,
    monitor: &'a Monitor<'m, RunEvent>,
    outlook: Outlook,
}

impl Keeper for Told<'_, '_> {
    fn done(&self) -> &RunSet {
        self.keeper.done()
    }

    fn columns(&self, name: TableName, columns: &[&str]) -> Result<Vec<Table>, ResultsError> {
        self.keeper.columns(name, columns)
    }

    fn add(&mut self, batch: Arc<Batch>) -> Result<(), ResultsError> {
        self.keeper.add(batch.clone())?;
        let rows = batch.tables.iter().filter(|(name, _)| *name == TableName::Replications);
        rows.for_each(|(_, table)| self.outlook.add(table));
        self.monitor.tell(RunEvent::Batch(batch));
        if let Some(estimate) = self.outlook.next() {
            self.monitor.tell(RunEvent::Estimate(estimate));
        }
        Ok(())
    }
}

/// The replications whose events are kept, in order and once each.
fn logged(asked: &[u64], replications: u64) -> Result<Vec<u64>, StudyError> {
    if let Some(beyond) = asked.iter().find(|n| **n >= replications) {
        return Err(StudyError::NoReplication { asked: *beyond, last: replications.saturating_sub(1) });
    }
    let mut all = asked.to_vec();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The baseline and the chosen policies, in the order of the file, however they were named.
pub(crate) fn names(plan: &Plan, chosen: Option<&[String]>) -> Result<Vec<String>, StudyError> {
    let chosen: Option<Vec<&str>> =
        chosen.map(|list| list.iter().map(|s| s.trim()).filter(|s| !s.is_empty()).collect());
    for name in chosen.iter().flatten() {
        known_policy(plan, name)?;
    }
    let policies = plan.policies.iter().map(|p| p.name.as_str());
    let wanted = policies.filter(|name| chosen.as_ref().is_none_or(|chosen| chosen.contains(name)));
    Ok(std::iter::once(BASELINE).chain(wanted).map(str::to_owned).collect())
}

/// The baseline and policies of these names, ready to run.
pub(crate) fn arms(plan: &Plan, names: &[String]) -> Result<Vec<NamedArm>, StudyError> {
    let one = |name: &String| {
        let scenario = plan.arm(Some(name).filter(|n| *n != BASELINE).map(String::as_str))?;
        Ok(NamedArm { name: name.clone(), arm: Arm::new(&scenario) })
    };
    names.iter().map(one).collect()
}
