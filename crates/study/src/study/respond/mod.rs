//! What the other side would do about each policy within its freedom, and what the policy is then worth.

mod found;
mod game;
mod tables;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::montecarlo::{PosteriorDraws, Progress};
use crate::optimization::{Ask, BestResponse, OptimizationError, ResponseSettings, best_response, check_response};
use crate::results::{Manifest, RESULTS_VERSION, ResultsFolder, Status, atomic, run_hash};
use forestall_model::{
    Adversary, BASELINE, Diagnostic, Diagnostics, Line, Mark, Optimize, Plan, Policy, REPLICATION_LIMIT,
};

use super::optimize::OptimizeEvent;
use super::optimize::input::{self, Input};
use super::optimize::runs::Runs;
use super::{Monitor, Provenance, Study, StudyError, known_policy, label};

pub use found::{Behaviour, Payoffs, Responded, ResponseOfPolicy};
pub use game::{Exploited, GameEstimate, PolicyWorth};

/// The first replication of the final check; races have the numbers below.
const FRESH: u64 = REPLICATION_LIMIT / 2;
/// The outcome that policies are for, and what the other side wants where nothing else is said.
const ATTACKS: &str = "attacks_completed";
/// Resamples of replications behind the interval of the game's value.
const LEAST_RESAMPLES: usize = 100;

/// What is asked; what is left empty is taken from the scenario's own table `[adversary]`.
#[derive(Clone, Debug)]
pub struct RespondRequest {
    /// What the other side may choose: `PATH=LOW..HIGH`, `PATH*=LOW..HIGH` (times), `PATH+=LOW..HIGH` or `PATH=a|b`.
    pub freedom: Vec<String>,
    /// What it wants much of: a sum of result columns.
    pub objective: Option<String>,
    /// First day of its choice.
    pub from: Option<jiff::civil::Date>,
    /// Only these policies; the baseline is always among them.
    pub policies: Option<Vec<String>>,
    /// Settings of the first race of each search.
    pub candidates: usize,
    /// Replications of the first look at a setting.
    pub replications: u64,
    /// Races of each search, the later ones around what the earlier ones left.
    pub rounds: u32,
    /// Replications of the final check, which no race has used.
    pub final_replications: u64,
    /// Resamples behind the interval of the game's value.
    pub resamples: usize,
    /// The folder that receives the analysis' own folder, in which the same request goes on.
    pub folder: PathBuf,
    /// What the record says of its making.
    pub provenance: Provenance,
}

/// What happens meanwhile.
#[derive(Clone, Debug)]
pub enum RespondEvent {
    /// What is asked for can be done.
    Accepted,
    /// About so many runs begin.
    Begins(u64),
    /// A run has ended.
    Progress(Progress),
    /// The other side has chosen against a policy, by its label.
    Chosen(String, Box<BestResponse>),
    /// So many behaviours are checked against so many policy runs on fresh replications.
    FinalCheck {
        /// Behaviours, what the other side does anyway among them.
        behaviours: usize,
        /// Policy runs, the baseline among them.
        policies: usize,
        /// Replications of each pair.
        replications: u64,
    },
    /// The runs have ended.
    Ends,
}

/// How it ended.
#[derive(Debug)]
pub struct RespondEnd {
    /// What was found; `None` if it was cancelled, and finished runs are kept.
    pub found: Option<Box<Responded>>,
    /// Runs simulated now.
    pub runs: u64,
    /// Seconds that they took.
    pub seconds: f64,
}

/// One policy run against which the other side chooses.
struct Opponent {
    name: String,
    input: Input,
}

impl Study {
    /// Lets the other side search for its best response to the baseline and to each policy, checks all behaviours found
    /// against all policies on fresh replications, and writes the tables into the folder; [`Responded::finish`] completes
    /// it.
    ///
    /// # Errors
    /// [`OptimizationError`], or a policy that is not there.
    pub fn respond(
        &self,
        request: &RespondRequest,
        monitor: &Monitor<RespondEvent>,
    ) -> Result<RespondEnd, RespondError> {
        let plan = self.scenario();
        check(request, plan)?;
        let opponents = opponents(request, plan)?;
        monitor.tell(RespondEvent::Accepted);
        let hash = hash(request, plan, &opponents);
        let folder = ResultsFolder::create_or_open(&request.folder, &format!("{}-respond", plan.name), &hash)
            .map_err(OptimizationError::from)?;
        let names = opponents.iter().map(|o| o.name.clone()).collect();
        let asked = request.final_replications;
        let mut record = Manifest::begin(&plan.name, plan.seed, &hash, names, asked, &request.provenance);
        let write = |record: &Manifest| -> Result<(), OptimizationError> {
            atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
            Ok(record.save(&folder.manifest_path())?)
        };
        write(&record)?;
        let arms = opponents.len() as u64;
        let all = arms * race_runs(request) + arms * (arms + 1) * request.final_replications;
        monitor.tell(RespondEvent::Begins(all));
        let began = Instant::now();
        let (simulated, served) = (AtomicU64::new(0), AtomicU64::new(0));
        let mut work = Work { request, plan, folder: &folder, monitor, all, simulated: &simulated, served: &served };
        let worked = work.all(&opponents);
        monitor.tell(RespondEvent::Ends);
        let (runs, seconds) = (simulated.load(Ordering::Relaxed), began.elapsed().as_secs_f64());
        let Some((responses, behaviours, payoffs)) = worked? else {
            record.status = Status::Interrupted;
            write(&record)?;
            return Ok(RespondEnd { found: None, runs, seconds });
        };
        record.replications.done = request.final_replications;
        let labels: Vec<(String, String)> = opponents.iter().map(|o| (o.name.clone(), label(plan, &o.name))).collect();
        let Some(first) = opponents.into_iter().next() else { return Err(nobody().into()) };
        let mut found =
            Responded::new(request, plan, (first.input, folder, record), &labels, responses, behaviours, payoffs);
        found.write().map_err(OptimizationError::from)?;
        Ok(RespondEnd { found: Some(Box::new(found)), runs, seconds })
    }
}

/// What can go wrong: with the search, or with what is asked of the scenario.
#[derive(Debug, thiserror::Error)]
pub enum RespondError {
    /// As of an optimization.
    #[error(transparent)]
    Search(#[from] OptimizationError),
    /// A policy that is not there.
    #[error(transparent)]
    Study(#[from] StudyError),
}

fn nobody() -> OptimizationError {
    OptimizationError::request("there is nothing that the other side could respond to")
}

fn check(request: &RespondRequest, plan: &Plan) -> Result<(), OptimizationError> {
    check_response(&settings(request, plan))?;
    if request.final_replications < 10 || request.resamples < LEAST_RESAMPLES {
        return Err(OptimizationError::request(format!(
            "the final check needs --final-replications of 10 or more and --resamples of {LEAST_RESAMPLES} or more"
        )));
    }
    let most = (request.candidates as u64).saturating_mul(request.replications);
    if request.final_replications > FRESH || most.saturating_mul(64) > FRESH {
        let message =
            format!("64 times --candidates times --replications, and --final-replications, can be {FRESH} at most");
        return Err(OptimizationError::request(message));
    }
    if let Some(from) = request.from.filter(|from| *from < plan.start || *from >= plan.end) {
        let last = plan.end.yesterday().unwrap_or(plan.end);
        let message = format!("--from {from} is outside the run; give a date from {} to {last}", plan.start);
        return Err(OptimizationError::request(message));
    }
    Ok(())
}

fn settings(request: &RespondRequest, plan: &Plan) -> ResponseSettings {
    ResponseSettings {
        candidates: request.candidates,
        replications: request.replications,
        rounds: request.rounds,
        seed: plan.seed,
    }
}

/// About how many runs the races of one search take.
fn race_runs(request: &RespondRequest) -> u64 {
    let race = |mut pool: u64| {
        let (mut runs, mut count) = (0, request.replications);
        loop {
            runs += (pool + 1) * count;
            if pool <= 4 {
                return runs;
            }
            pool = pool.div_ceil(2).max(4);
            count *= 2;
        }
    };
    let first = request.candidates as u64;
    race(first) + u64::from(request.rounds.saturating_sub(1)) * race(first.div_ceil(2) + 4)
}

/// The scenario's table with the flags laid over it.
fn table(request: &RespondRequest, plan: &Plan) -> Adversary {
    let line = |flag: &str, text: &String| Line {
        text: text.clone(),
        mark: Mark { file: format!("{flag} '{text}'"), ..Mark::default() },
    };
    let mut all = plan.adversary.clone().unwrap_or_default();
    if !request.freedom.is_empty() {
        all.freedom = request.freedom.iter().map(|text| line("--freedom", text)).collect();
    }
    if let Some(objective) = &request.objective {
        all.objective = Some(line("--objective", objective));
    }
    all.from = request.from.or(all.from);
    all
}

/// The baseline and the policies, each with what the other side may lay over it.
fn opponents(request: &RespondRequest, plan: &Plan) -> Result<Vec<Opponent>, RespondError> {
    let table = table(request, plan);
    if table.freedom.is_empty() {
        let mark = Mark { file: plan.file.clone(), ..Mark::default() };
        let none = Diagnostic::at(&mark, "the other side has no freedom")
            .help("write [adversary] freedom = [\"pathways.tie_share=0.1..0.6\"] into the scenario, or give --freedom");
        return Err(OptimizationError::Scenario(Diagnostics(vec![none])).into());
    }
    let wants = table.objective.clone().unwrap_or_else(|| Line { text: ATTACKS.into(), mark: Mark::default() });
    let mut objectives = vec![Line { text: format!("max:{}", wants.text.trim()), mark: wants.mark.clone() }];
    if wants.text.trim() != ATTACKS {
        objectives.push(Line { text: ATTACKS.into(), mark: Mark::default() });
    }
    let levers = Optimize {
        levers: table.freedom.clone(),
        objectives,
        from: table.from,
        until: table.until,
        ramp_step_days: 1,
        ..Optimize::default()
    };
    let names: Vec<&str> = match &request.policies {
        Some(names) => names.iter().map(|n| n.trim()).filter(|n| !n.is_empty() && *n != BASELINE).collect(),
        None => plan.policies.iter().map(|p| p.name.as_str()).collect(),
    };
    names.iter().try_for_each(|name| known_policy(plan, name))?;
    let bases =
        std::iter::once(None).chain(plan.policies.iter().filter(|p| names.contains(&p.name.as_str())).map(Some));
    bases.map(|base| opponent(plan, &levers, &wants, base)).collect()
}

fn opponent(plan: &Plan, levers: &Optimize, wants: &Line, base: Option<&Policy>) -> Result<Opponent, RespondError> {
    let input = input::read(plan, levers, base).map_err(OptimizationError::Scenario)?;
    if input.asked[0].expression.is_ratio() {
        let message = "what the other side wants is a sum of result columns, and this is a ratio of two";
        let wrong = Diagnostic::at(&wants.mark, message).found(format!("`{}`", wants.text));
        return Err(OptimizationError::Scenario(Diagnostics(vec![wrong])).into());
    }
    if let Some((mark, path)) = base.and_then(|policy| input.overwrites(policy)) {
        let name = base.map(|p| p.name.clone()).unwrap_or_default();
        let message = format!("`{path}` is what the policy `{name}` sets: it is not the other side's to choose");
        let help = "let it act on what the policy sets, with *= or +=, or leave the policy out with --policies";
        return Err(OptimizationError::Scenario(Diagnostics(vec![Diagnostic::at(&mark, message).help(help)])).into());
    }
    let name = base.map_or(BASELINE, |p| p.name.as_str()).to_owned();
    Ok(Opponent { name, input })
}

/// What alters the course of the searches: scenario, policies, freedom, objective and settings.
fn hash(request: &RespondRequest, plan: &Plan, opponents: &[Opponent]) -> String {
    let names: Vec<&str> = opponents.iter().map(|o| o.name.as_str()).collect();
    let settings =
        format!("candidates {} look {} rounds {}\n", request.candidates, request.replications, request.rounds);
    let freedom = opponents.first().map(|o| o.input.fingerprint.clone()).unwrap_or_default();
    let text = format!("{}respond {settings}policies {names:?}\n{freedom}", plan.fingerprint_text());
    run_hash(&text, plan.seed, RESULTS_VERSION)
}

/// Responses in the order of the opponents, behaviours, and payoffs of opponents by behaviours.
type Worked = (Vec<BestResponse>, Vec<Behaviour>, Vec<Vec<Payoffs>>);

/// The searches and the final check.
struct Work<'a> {
    request: &'a RespondRequest,
    plan: &'a Plan,
    folder: &'a ResultsFolder,
    monitor: &'a Monitor<'a, RespondEvent>,
    all: u64,
    simulated: &'a AtomicU64,
    served: &'a AtomicU64,
}

impl Work<'_> {
    /// All of it; `None` if interrupted.
    fn all(&mut self, opponents: &[Opponent]) -> Result<Option<Worked>, OptimizationError> {
        let mut responses: Vec<BestResponse> = Vec::new();
        for opponent in opponents {
            let settings = settings(self.request, self.plan);
            let problem = &opponent.input.problem;
            let found =
                self.with(opponent, |runs| best_response(problem, &settings, &mut |asks: &[Ask]| runs.run(asks)))?;
            let Some(found) = found? else { return Ok(None) };
            let told = label(self.plan, &opponent.name);
            self.monitor.tell(RespondEvent::Chosen(told, Box::new(found.clone())));
            responses.push(found);
        }
        let behaviours = Behaviour::of(opponents.iter().map(|o| o.name.as_str()).zip(&responses));
        self.monitor.tell(RespondEvent::FinalCheck {
            behaviours: behaviours.len(),
            policies: opponents.len(),
            replications: self.request.final_replications,
        });
        let mut payoffs = Vec::new();
        for opponent in opponents {
            let found = self.with(opponent, |runs| {
                behaviours.iter().map(|b| self.payoffs(runs, &opponent.input, &b.values)).collect::<Option<Vec<_>>>()
            })?;
            let Some(found) = found else { return Ok(None) };
            payoffs.push(found);
        }
        Ok(Some((responses, behaviours, payoffs)))
    }

    /// Opens the finished runs against one opponent, does something with them, and keeps what was done.
    fn with<T>(&self, opponent: &Opponent, mut act: impl FnMut(&mut Runs) -> T) -> Result<T, OptimizationError> {
        let before = self.served.load(Ordering::Relaxed);
        let last = AtomicU64::new(0);
        let observe = |event| {
            if let OptimizeEvent::Progress(Progress { done, .. }) = event {
                last.store(done, Ordering::Relaxed);
                let done = before + done;
                self.monitor.tell(RespondEvent::Progress(Progress { done, all: self.all.max(done) }));
            }
        };
        let watched = Monitor { observe: &observe, cancel: self.monitor.cancel };
        let path = self.folder.path().join(format!("state-{}.json", opponent.name));
        let mut runs = Runs::open(self.plan, &opponent.input, path, &watched, self.all)?;
        let found = act(&mut runs);
        self.simulated.fetch_add(runs.simulated, Ordering::Relaxed);
        self.served.fetch_add(last.load(Ordering::Relaxed), Ordering::Relaxed);
        runs.close()?;
        Ok(found)
    }

    /// What a behaviour brings against one opponent on the fresh replications; `None` if interrupted.
    fn payoffs(&self, runs: &mut Runs, input: &Input, values: &[f64]) -> Option<Payoffs> {
        let numbers = FRESH..FRESH + self.request.final_replications;
        let asks: Vec<Ask> = numbers.clone().map(|replication| Ask { values, replication }).collect();
        let outcomes = runs.run(&asks)?;
        let attacks = input.asked.len() - 1;
        let mut found = Payoffs::default();
        for (replication, outcome) in numbers.zip(outcomes) {
            let part = |response: usize| {
                outcome.as_ref().ok().and_then(|r| r.get(response).copied().flatten()).map(|part| part.0)
            };
            found.draws.push(PosteriorDraws::of(self.plan.draws(), replication) as i64);
            found.wanted.push(part(0));
            found.attacks.push(part(attacks));
        }
        Some(found)
    }
}
