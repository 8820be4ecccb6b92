//! Which settings of the levers none beats in attacks, cost and intrusion at once.

mod found;
pub(super) mod input;
pub(super) mod runs;
pub(super) mod tables;

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use runs::readable as readable_optimization;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use crate::montecarlo::Progress;
use crate::optimization::{
    Ask, Found, OptimizationError, Proposal, RunResponse, SearchGeneration, SearchSettings, check_search, judge,
    search, volumes,
};
use crate::results::{Manifest, RESULTS_VERSION, ResultsFolder, Status, atomic, run_hash};
use forestall_model::{BASELINE, Plan, REPLICATION_LIMIT};

use super::{Monitor, Provenance, Study};
use input::Input;
use runs::Runs;

pub use found::{Finalist, FrontSetting, Optimized};
pub use input::{Asked, Input as OptimizeInput, Lever};

/// The first replication of the final check; searches have the numbers below.
const FRESH: u64 = REPLICATION_LIMIT / 2;

/// What an optimization is asked for; what is left empty is taken from the scenario's own table.
#[derive(Clone, Debug)]
pub struct OptimizeRequest {
    /// Levers: `PATH=LOW..HIGH`, `PATH*=LOW..HIGH` (times), `PATH+=LOW..HIGH` (plus) or `PATH=a|b`.
    pub levers: Vec<String>,
    /// Most cost a year, in thousand euros.
    pub budget: Option<f64>,
    /// Outcomes to be minimised, or `max:OUTCOME`.
    pub objectives: Vec<String>,
    /// Limits on outcomes, such as `held_without_plot <= 500`.
    pub constraints: Vec<String>,
    /// First day in force of what the levers set.
    pub from: Option<jiff::civil::Date>,
    /// Runs of the search; random search gets as many; raise it to go on.
    pub simulations: u64,
    /// Settings that stay from one generation to the next.
    pub population: usize,
    /// Most generations.
    pub generations: Option<u32>,
    /// Replications of one look at a setting.
    pub replications: u64,
    /// Replications of the final check, which no search has used.
    pub final_replications: u64,
    /// Resamples behind chances and the intervals of hypervolumes.
    pub resamples: usize,
    /// Whether a random search is done beside it.
    pub random: bool,
    /// The folder that receives the optimization's own folder, in which the same request goes on.
    pub folder: PathBuf,
    /// What the record says of its making.
    pub provenance: Provenance,
}

/// Which search is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchKind {
    /// The evolutionary search.
    Evolved,
    /// Random search, for comparison.
    Random,
}

/// What happens during an optimization.
#[derive(Clone, Debug)]
pub enum OptimizeEvent {
    /// What is asked for can be done.
    Accepted {
        /// Whether there is a budget.
        budget: bool,
    },
    /// So many runs begin.
    Begins(u64),
    /// A run has ended.
    Progress(Progress),
    /// A generation is complete.
    Generation(SearchKind, Box<SearchGeneration>),
    /// So many settings are checked on so many fresh replications each.
    FinalCheck {
        /// Settings.
        settings: usize,
        /// Replications of each.
        replications: u64,
    },
    /// The runs have ended.
    Ends,
}

/// How an optimization ended.
#[derive(Debug)]
pub struct OptimizeEnd {
    /// What was found; `None` if it was cancelled, and finished runs are kept.
    pub found: Option<Box<Optimized>>,
    /// Runs simulated now.
    pub runs: u64,
    /// Seconds that they took.
    pub seconds: f64,
}

impl Study {
    /// Searches the levers' settings, checks what stays on fresh replications, and writes the tables into the folder;
    /// [`Optimized::finish`] completes it.
    ///
    /// # Errors
    /// [`OptimizationError`].
    pub fn optimize(
        &self,
        request: &OptimizeRequest,
        monitor: &Monitor<OptimizeEvent>,
    ) -> Result<OptimizeEnd, OptimizationError> {
        let plan = self.scenario();
        check(request, plan)?;
        let mut table = input::table(plan, &request.levers, &request.objectives, &request.constraints);
        table.budget = request.budget.or(table.budget);
        table.from = request.from.or(table.from);
        let input = input::read(plan, &table, None).map_err(OptimizationError::Scenario)?;
        // Impossible settings are told before a folder is made.
        check_search(&input.problem, &settings(request, plan, Proposal::Parents))?;
        monitor.tell(OptimizeEvent::Accepted { budget: table.budget.is_some() });
        let hash = hash(request, plan, &input);
        let folder = ResultsFolder::create_or_open(&request.folder, &format!("{}-optimize", plan.name), &hash)?;
        let asked = request.simulations;
        let mut record =
            Manifest::begin(&plan.name, plan.seed, &hash, vec![BASELINE.into()], asked, &request.provenance);
        atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
        record.save(&folder.manifest_path())?;
        let searches = if request.random { 2 } else { 1 };
        let finals = ((searches + 1) * request.population as u64 + 1) * request.final_replications;
        let all = searches * request.simulations + finals;
        monitor.tell(OptimizeEvent::Begins(all));
        let mut runs = Runs::open(plan, &input, folder.path().join("state.json"), monitor, all)?;
        let began = Instant::now();
        let worked = work(request, plan, &input, &mut runs, monitor);
        monitor.tell(OptimizeEvent::Ends);
        let (simulated, seconds, saved) = (runs.simulated, began.elapsed().as_secs_f64(), runs.close());
        saved?;
        let Some(worked) = worked? else {
            record.status = Status::Interrupted;
            record.save(&folder.manifest_path())?;
            return Ok(OptimizeEnd { found: None, runs: simulated, seconds });
        };
        record.replications.done = worked.evolved.runs;
        let mut found = worked.optimized(request, plan, input, folder, record);
        found.write()?;
        Ok(OptimizeEnd { found: Some(Box::new(found)), runs: simulated, seconds })
    }
}

fn settings(request: &OptimizeRequest, plan: &Plan, proposal: Proposal) -> SearchSettings {
    SearchSettings {
        population: request.population,
        replications: request.replications,
        most_runs: request.simulations,
        most_generations: request.generations.unwrap_or(u32::MAX),
        seed: plan.seed,
        look_again: true,
        proposal,
    }
}

fn check(request: &OptimizeRequest, plan: &Plan) -> Result<(), OptimizationError> {
    if request.final_replications < 10 || request.resamples < 100 {
        return Err(OptimizationError::request(
            "the final check needs --final-replications of 10 or more and --resamples of 100 or more",
        ));
    }
    if request.final_replications > FRESH || request.simulations > FRESH {
        let message = format!("--simulations and --final-replications can be {FRESH} at most");
        return Err(OptimizationError::request(message));
    }
    if request.budget.is_some_and(|b| !(b > 0.0 && b.is_finite())) {
        return Err(OptimizationError::request("--budget takes a number above 0, in thousand euros a year"));
    }
    if let Some(from) = request.from.filter(|from| *from < plan.start || *from >= plan.end) {
        let last = plan.end.yesterday().unwrap_or(plan.end);
        let message = format!("--from {from} is outside the run; give a date from {} to {last}", plan.start);
        return Err(OptimizationError::request(message));
    }
    Ok(())
}

/// What alters the course of the search: scenario, levers, objectives, limits and settings, but not the numbers of runs,
/// which only cut it short.
fn hash(request: &OptimizeRequest, plan: &Plan, input: &Input) -> String {
    let settings = format!("population {} look {}\n", request.population, request.replications);
    let text = format!("{}optimize {settings}{}", plan.fingerprint_text(), input.fingerprint);
    run_hash(&text, plan.seed, RESULTS_VERSION)
}

/// Both searches, and the finalists on fresh replications.
struct Work {
    evolved: Found,
    random: Option<Found>,
    finalists: Vec<Finalist>,
    fresh: Vec<Vec<RunResponse>>,
    baseline: Vec<RunResponse>,
}

/// Both searches and the final check; `None` if interrupted.
fn work(
    request: &OptimizeRequest,
    plan: &Plan,
    input: &Input,
    runs: &mut Runs,
    monitor: &Monitor<OptimizeEvent>,
) -> Result<Option<Work>, OptimizationError> {
    let one = |proposal: Proposal, kind: SearchKind, runs: &mut Runs| {
        let mut observe = |g: &SearchGeneration| monitor.tell(OptimizeEvent::Generation(kind, Box::new(g.clone())));
        let settings = settings(request, plan, proposal);
        search(&input.problem, &settings, &mut |asks: &[Ask]| runs.run(asks), &mut observe)
    };
    let Some(evolved) = one(Proposal::Parents, SearchKind::Evolved, runs)? else { return Ok(None) };
    let mut random = None;
    if request.random {
        random = one(Proposal::Anywhere, SearchKind::Random, runs)?;
        if random.is_none() {
            return Ok(None);
        }
    }
    let finalists = finalists(&evolved, random.as_ref());
    let replications = request.final_replications;
    monitor.tell(OptimizeEvent::FinalCheck { settings: finalists.len(), replications });
    let numbers = FRESH..FRESH + replications;
    let mut each: Vec<Vec<RunResponse>> = Vec::new();
    for values in std::iter::once(&[][..]).chain(finalists.iter().map(|f| f.values.as_slice())) {
        let asks: Vec<Ask> = numbers.clone().map(|replication| Ask { values, replication }).collect();
        let Some(outcomes) = runs.run(&asks) else { return Ok(None) };
        // One that fails in any replication cannot be judged on the same replications as the others.
        each.push(outcomes.into_iter().collect::<Result<Vec<RunResponse>, String>>().unwrap_or_default());
    }
    let baseline = each.remove(0);
    Ok(Some(Work { evolved, random, finalists, fresh: each, baseline }))
}

impl Work {
    /// The verdicts.
    fn optimized(
        self,
        request: &OptimizeRequest,
        plan: &Plan,
        input: Input,
        folder: ResultsFolder,
        record: Manifest,
    ) -> Optimized {
        let Self { evolved, random, finalists, fresh, baseline } = self;
        let (problem, resamples, seed) = (&input.problem, request.resamples, plan.seed);
        let group = |g: usize| (0..finalists.len()).filter(|&i| finalists[i].groups[g]).collect::<Vec<_>>();
        let groups: Vec<Vec<usize>> = (0..2 + usize::from(random.is_some())).map(group).collect();
        Optimized {
            judged: judge(problem, &fresh, resamples, seed),
            volumes: volumes(problem, &fresh, &baseline, &groups, resamples, seed),
            scenario: plan.name.clone(),
            replications: request.final_replications,
            folder,
            input,
            evolved,
            random,
            finalists,
            fresh,
            baseline,
            record,
        }
    }
}

/// All settings of the first generation and all that stayed in either search, each once.
fn finalists(evolved: &Found, random: Option<&Found>) -> Vec<Finalist> {
    let mut places: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    let mut all: Vec<Finalist> = Vec::new();
    let mut add = |values: &[f64], group: usize, seen: Option<&Vec<Option<f64>>>| {
        let next = all.len();
        let at = *places.entry(values.iter().map(|v| v.to_bits()).collect()).or_insert(next);
        if at == next {
            all.push(Finalist { values: values.to_vec(), groups: [false; 3], seen: None });
        }
        all[at].groups[group] = true;
        all[at].seen = all[at].seen.take().or(seen.cloned());
    };
    for start in evolved.candidates.iter().filter(|c| c.generation == 0) {
        add(&start.values, 0, None);
    }
    for (group, found) in [Some(evolved), random].into_iter().enumerate() {
        let Some(found) = found else { continue };
        for (&place, seen) in found.population.iter().zip(&found.estimates) {
            add(&found.candidates[place].values, group + 1, Some(seen));
        }
    }
    all
}
