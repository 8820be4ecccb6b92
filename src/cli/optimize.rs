//! `forestall optimize`: which settings of the levers none beats in attacks, cost and intrusion at once.

use std::collections::BTreeMap;

use clap::Args;

use forestall_model::engine::draw::REPLICATION_LIMIT;
use forestall_model::scenario::{BASELINE, LoadOptions, Plan};
use forestall_study::optimization::{
    Ask, Found, Generation, Proposal, Response, Settings, check_search, judge, search, volumes,
};
use forestall_study::results::{Manifest, RESULTS_VERSION, ResultsFolder, Status, atomic, run_hash};

use super::optimize_input::{self, Input};
use super::optimize_report::{self, Finalist, Report};
use super::optimize_runs::Runs;
use super::options::{self, Common, PosteriorUse, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::{Display, span};
use super::{interrupt, source};

/// The first replication of the final check; searches have the numbers below.
const FRESH: u64 = REPLICATION_LIMIT / 2;

/// What `optimize` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// A lever: `PATH=LOW..HIGH`, `PATH*=LOW..HIGH` (times), `PATH+=LOW..HIGH` (plus) or `PATH=a|b`; several times
    #[arg(long = "lever", value_name = "PATH=LOW..HIGH")]
    levers: Vec<String>,
    /// Most cost a year, in thousand euros
    #[arg(long, value_name = "COST")]
    budget: Option<f64>,
    /// An outcome to be minimised, or `max:OUTCOME`; several times; `attacks_completed`, `cost`, `intrusion` if none
    #[arg(long = "objective", value_name = "OUTCOME")]
    objectives: Vec<String>,
    /// A limit on an outcome, such as `'held_without_plot <= 500'`; several times
    #[arg(long = "constraint", value_name = "LIMIT")]
    constraints: Vec<String>,
    /// First day in force of what the levers set; the scenario's start if not given
    #[arg(long, value_name = "DATE")]
    from: Option<jiff::civil::Date>,
    /// Runs of the search; random search gets as many; raise it to go on
    #[arg(long, value_name = "N", default_value_t = 4_000)]
    simulations: u64,
    /// Settings that stay from one generation to the next
    #[arg(long, value_name = "N", default_value_t = 24)]
    population: usize,
    /// Most generations
    #[arg(long, value_name = "N")]
    generations: Option<u32>,
    /// Replications of one look at a setting; those that stay are looked at again in every generation
    #[arg(long, value_name = "N", default_value_t = 4)]
    replications: u64,
    /// Replications of the final check, which no search has used
    #[arg(long, value_name = "N", default_value_t = 100)]
    final_replications: u64,
    /// Resamples behind chances and the intervals of hypervolumes
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    resamples: usize,
    /// Leave random search out; it takes as many runs as the search
    #[arg(long)]
    without_random: bool,
    /// What to make of the posterior that the scenario names in [calibrated]
    #[arg(long, value_enum, default_value = "draws")]
    posterior: PosteriorUse,
    /// Threads; all cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Optimises.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let options = LoadOptions {
        sets: arguments.scenario.sets.clone(),
        seed: arguments.scenario.seed,
        until: arguments.scenario.until,
        ..LoadOptions::default()
    };
    let mut plan = source::plan(&arguments.scenario.scenario, &options)?;
    plan.use_posterior(arguments.posterior.chosen());
    check(arguments, &plan)?;
    let mut table = optimize_input::table(&plan, &arguments.levers, &arguments.objectives, &arguments.constraints);
    table.budget = arguments.budget.or(table.budget);
    table.from = arguments.from.or(table.from);
    let input = optimize_input::read(&plan, &table)?;
    options::use_threads(arguments.threads);
    let settings = |proposal| Settings {
        population: arguments.population,
        replications: arguments.replications,
        most_runs: arguments.simulations,
        most_generations: arguments.generations.unwrap_or(u32::MAX),
        seed: plan.seed,
        look_again: true,
        proposal,
    };
    // Impossible settings are told before a folder is made.
    check_search(&input.problem, &settings(Proposal::Parents))?;
    for warning in &plan.warnings {
        common.say(warning.render(common.coloured()).trim_end());
    }
    if table.budget.is_none() {
        common.say("no budget is given: cost is an objective, and only the levers' ranges limit it");
    }
    let hash = hash(arguments, &plan, &input);
    let folder = ResultsFolder::create_or_open(&common.out, &format!("{}-optimize", plan.name), &hash)?;
    let mut record = Manifest::begin(&plan.name, plan.seed, &hash, vec![BASELINE.into()], arguments.simulations);
    atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
    record.save(&folder.manifest_path())?;
    let stop = interrupt::flag("runs", interrupt::Sender::Person)?;
    let searches = if arguments.without_random { 1 } else { 2 };
    let finals = ((searches + 1) * arguments.population as u64 + 1) * arguments.final_replications;
    let all = searches * arguments.simulations + finals;
    let display = Display::new(all, common.quiet);
    let mut runs = Runs::open(&plan, &input, folder.path().join("state.json"), &stop, display, all)?;
    let began = std::time::Instant::now();
    let worked = work(arguments, (&plan, &input), &settings, &mut runs, common);
    runs.close();
    if !runs.save() || runs.broken.is_some() {
        return Err(runs.broken.map_or_else(|| Failure::usage("the state cannot be written"), Failure::from));
    }
    let Some(report) = worked? else {
        record.status = Status::Interrupted;
        record.save(&folder.manifest_path())?;
        common.say("stopped early; finished runs are kept, and running the same command goes on");
        return Ok(Exit::Stopped);
    };
    record.replications.done = report.evolved.runs;
    if runs.simulated > 0 {
        let seconds = began.elapsed().as_secs_f64();
        common.say(&format!("{} runs in {}", runs.simulated, span(seconds)));
    }
    optimize_report::publish(&report, &folder, record, common)
}

fn check(arguments: &Arguments, plan: &Plan) -> Result<(), Failure> {
    if arguments.final_replications < 10 || arguments.resamples < 100 {
        return Err(Failure::usage(
            "the final check needs --final-replications of 10 or more and --resamples of 100 or more",
        ));
    }
    if arguments.final_replications > FRESH || arguments.simulations > FRESH {
        return Err(Failure::usage(format!("--simulations and --final-replications can be {FRESH} at most")));
    }
    if arguments.budget.is_some_and(|b| !(b > 0.0 && b.is_finite())) {
        return Err(Failure::usage("--budget takes a number above 0, in thousand euros a year"));
    }
    if let Some(from) = arguments.from.filter(|from| *from < plan.start || *from >= plan.end) {
        let last = plan.end.yesterday().unwrap_or(plan.end);
        return Err(Failure::usage(format!(
            "--from {from} is outside the run; give a date from {} to {last}",
            plan.start
        )));
    }
    Ok(())
}

/// What alters the course of the search: scenario, levers, objectives, limits and settings, but not the numbers of runs,
/// which only cut it short.
fn hash(arguments: &Arguments, plan: &Plan, input: &Input) -> String {
    let settings = format!("population {} look {}\n", arguments.population, arguments.replications);
    let text = format!("{}optimize {settings}{}", plan.fingerprint_text(), input.fingerprint);
    run_hash(&text, plan.seed, RESULTS_VERSION)
}

/// Both searches and the final check; `None` if interrupted.
fn work<'a>(
    arguments: &Arguments,
    (plan, input): (&'a Plan, &'a Input),
    settings: &dyn Fn(Proposal) -> Settings,
    runs: &mut Runs,
    common: &Common,
) -> Result<Option<Report<'a>>, Failure> {
    let one = |proposal: Proposal, word: &str, runs: &mut Runs| {
        let mut observe = |g: &Generation| common.say(&line(word, g));
        search(&input.problem, &settings(proposal), &mut |asks: &[Ask]| runs.run(asks), &mut observe)
    };
    let Some(evolved) = one(Proposal::Parents, "search", runs)? else { return Ok(None) };
    let random = if arguments.without_random {
        None
    } else {
        match one(Proposal::Anywhere, "random search", runs)? {
            None => return Ok(None),
            found => found,
        }
    };
    let finalists = finalists(&evolved, random.as_ref());
    common.say(&format!(
        "final check: {} settings, {} fresh replications each",
        finalists.len(),
        arguments.final_replications
    ));
    let numbers = FRESH..FRESH + arguments.final_replications;
    let mut each: Vec<Vec<Response>> = Vec::new();
    for values in std::iter::once(&[][..]).chain(finalists.iter().map(|f| f.values.as_slice())) {
        let asks: Vec<Ask> = numbers.clone().map(|replication| Ask { values, replication }).collect();
        let Some(outcomes) = runs.run(&asks) else { return Ok(None) };
        // One that fails in any replication cannot be judged on the same replications as the others.
        each.push(outcomes.into_iter().collect::<Result<Vec<Response>, String>>().unwrap_or_default());
    }
    let baseline = each.remove(0);
    let seed = plan.seed;
    let judged = judge(&input.problem, &each, arguments.resamples, seed);
    let group = |g: usize| (0..finalists.len()).filter(|&i| finalists[i].groups[g]).collect::<Vec<_>>();
    let groups: Vec<Vec<usize>> = (0..2 + usize::from(random.is_some())).map(group).collect();
    let measured = volumes(&input.problem, &each, &baseline, &groups, arguments.resamples, seed);
    Ok(Some(Report {
        plan,
        input,
        evolved,
        random,
        finalists,
        judged,
        fresh: each,
        baseline,
        volumes: measured,
        replications: arguments.final_replications,
    }))
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

/// One generation in a line.
fn line(word: &str, g: &Generation) -> String {
    format!(
        "{word}, generation {}: {} runs, {} of {} within the limits, {} on the front",
        g.number, g.runs, g.feasible, g.population, g.front
    )
}
