//! `forestall check`: validates a scenario and prints what it resolves to.

use clap::Args;
use serde_json::{Value, json};

use forestall_study::{FEWEST_EVENTS, MemoryNeed, RunEffort, Study};

use super::options::{Common, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::{print, span};
use super::threads::Threads;
use super::{memory, run_words};

/// Seconds that `run` takes for tables, charts and report once all runs are done, as measured on shipped scenarios.
const END: f64 = 1.0;
/// Bytes of memory that it holds for them at most.
const PAGES: f64 = 50e6;
/// Bytes of charts, report and tables that do not grow with runs.
const FILES: f64 = 2e6;

/// People in one run above which no replication is timed: it would take half a minute or more.
const TIMED: f64 = 5e5;

/// What `check` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// Replications of each policy run, for the estimate
    #[arg(long, value_name = "N")]
    replications: Option<u64>,
    /// Validate only; print neither values nor an estimate
    #[arg(long)]
    brief: bool,
    #[command(flatten)]
    threads: Threads,
}

/// Checks a scenario.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let study = Study::open(&arguments.scenario.scenario, arguments.scenario.overrides(arguments.replications, None))?;
    common.warn(study.warnings());
    arguments.threads.start(common);
    let found = Checked::of(&study, arguments.brief, arguments.threads.memory())?;
    found.remarks(&study).iter().for_each(|remark| common.say(remark));
    if common.json {
        print(&format!("{:#}", found.json(&study)));
        return Ok(Exit::Done);
    }
    if arguments.brief {
        print(&verdict(&study, found.arms));
        return Ok(Exit::Done);
    }
    print(&study.scenario().resolved_toml());
    if let Some(effort) = &found.effort {
        common.say(&format!(
            "{}: valid. {} runs ({} policy runs × {} replications), about {} on {} threads of this machine ({:.3} s of a \
             processor a run, in {} timed runs), {}{:.0} MB of disk; one replication has {} persons and {} events",
            study.scenario().name,
            effort.runs,
            found.arms,
            study.scenario().replications,
            span(effort.seconds + END),
            effort.threads,
            effort.seconds_per_run,
            effort.timed_runs,
            found.memory.map_or_else(String::new, |bytes| format!("{:.0} MB of memory and ", bytes / 1e6)),
            (effort.bytes + FILES) / 1e6,
            effort.persons,
            effort.events,
        ));
    }
    Ok(Exit::Done)
}

/// What is found of a scenario before it is run.
pub struct Checked {
    /// The baseline and the policies.
    arms: usize,
    /// Whether only validity was asked for.
    brief: bool,
    need: MemoryNeed,
    /// Why it does not fit into memory, where it does not.
    crowded: Option<String>,
    /// What a run takes; `None` where no replication was timed.
    effort: Option<RunEffort>,
    /// Bytes of memory, where replications were timed and the system tells.
    memory: Option<f64>,
}

impl Checked {
    /// Checks a scenario on the threads of the present pool; unless `brief`, some replications are timed. `limit` stands in
    /// for the memory that the system says is free.
    ///
    /// # Errors
    /// Values out of range, or a replication that failed.
    pub fn of(study: &Study, brief: bool, limit: Option<f64>) -> Result<Self, Failure> {
        let arms = study.check()?;
        let policies = study.policies().count();
        let crowded = memory::too_little(study, policies, limit);
        let need = study.memory_need(rayon::current_num_threads(), policies);
        // Timed replications would not fit either, or take too long.
        let effort = (!brief && crowded.is_none() && need.people <= TIMED).then(|| study.effort()).transpose()?;
        // They ran as those of a run do, on as many threads.
        let peak = effort.as_ref().and_then(|_| memory::peak());
        let memory = peak.map(|peak| peak.max(PAGES).max(need.bytes));
        Ok(Self { arms, brief, need, crowded, effort, memory })
    }

    /// What a reader should know beside the answer.
    pub fn remarks(&self, study: &Study) -> Vec<String> {
        let mut out: Vec<String> = self.crowded.iter().map(|reason| format!("warning: {reason}")).collect();
        if !self.brief && self.crowded.is_none() && self.need.people > TIMED {
            out.push(format!(
                "note: no replication is timed, since one of about {:.1} million people by name takes minutes; about {:.1} GB \
                 of memory on {} threads",
                self.need.people / 1e6,
                self.need.bytes / 1e9,
                rayon::current_num_threads()
            ));
        }
        if let Some(expected) = self.few() {
            out.push(run_words::few(study.outcome(), &format!("about {expected:.0}"), None));
        }
        out
    }

    /// The events that are expected, where they are too few to answer the question.
    fn few(&self) -> Option<f64> {
        let effort = self.effort.as_ref()?;
        let (expected, most) = effort.outcome_expected.zip(effort.outcome_at_most)?;
        (most < FEWEST_EVENTS).then_some(expected)
    }

    /// The answer for scripts, the verdict first.
    pub fn json(&self, study: &Study) -> Value {
        let (scenario, arms, verdict) = (study.scenario(), self.arms, verdict(study, self.arms));
        if self.brief {
            return json!({"verdict": verdict, "name": scenario.name, "arms": arms});
        }
        let Some(effort) = &self.effort else {
            return json!({"verdict": verdict, "name": scenario.name, "arms": arms, "replications": scenario.replications,
                          "memory": self.need.bytes, "resolved": scenario.resolved_toml()});
        };
        json!({"verdict": verdict, "name": scenario.name, "arms": arms, "replications": scenario.replications,
               "runs": effort.runs, "outcome": study.outcome(), "outcome_expected": effort.outcome_expected,
               "enough_events": self.few().is_none(),
               "seconds": effort.seconds + END,
               "processor_seconds": effort.seconds_per_run * effort.runs as f64 + END, "threads": effort.threads,
               "timed_runs": effort.timed_runs, "seconds_per_run": effort.seconds_per_run,
               "standard_error": effort.standard_error, "memory": self.memory, "bytes": effort.bytes + FILES,
               "resolved": scenario.resolved_toml()})
    }
}

/// Whether the scenario can be run, in a few words.
fn verdict(study: &Study, arms: usize) -> String {
    let warnings = match study.warnings().len() {
        0 => String::new(),
        1 => ", 1 warning".into(),
        n => format!(", {n} warnings"),
    };
    format!("{}: valid, {arms} policy runs{warnings}", study.scenario().name)
}
