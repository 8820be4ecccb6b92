//! What sting cases would have come to, over replications: cases by arm and label, with the plots and attacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::montecarlo::Progress;
use crate::montecarlo::compare::CONFIDENCE;
use crate::stats::{Interval, mean, mean_by_draw};
use forestall_model::{Column, Ending, Key, Table};

use super::replay_arms::ReplayArms;
use super::stings::{Label, StingCase, cases};
use super::summary::Watch;

/// One arm of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The baseline, or the position of a policy.
    pub policy: Option<usize>,
    /// The replication.
    pub replication: u64,
}

/// The sting cases of one arm and replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The arm and the replication.
    pub run: Run,
    /// The draw of the parameters.
    pub draw: u64,
    /// The cases in order of time.
    pub cases: Vec<StingCase>,
    /// Attacks of these cases, by plot, that the arm has too, personas or not.
    pub all_the_same: BTreeSet<Key>,
}

/// Replays arms beside their shadows, in parallel; `None` if it was stopped. `shadow` is the arms without personas.
///
/// The order of what is found is that of `todo`, whatever the number of threads.
///
/// # Errors
/// In words, where an arm's values at a draw leave their range.
pub fn replay(
    arms: &ReplayArms,
    shadow: &ReplayArms,
    todo: &[Run],
    watch: &Watch,
) -> Result<Option<Vec<Found>>, String> {
    let (all, done) = (todo.len() as u64, AtomicU64::new(0));
    let found: Vec<Option<Result<Found, String>>> = todo
        .par_iter()
        .with_max_len(1)
        .map(|&run| {
            if watch.stop.load(Ordering::Relaxed) {
                return None;
            }
            let found = one(arms, shadow, run);
            (watch.progress)(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all });
            Some(found)
        })
        .collect();
    let all: Option<Vec<Result<Found, String>>> = found.into_iter().collect();
    all.map(|all| all.into_iter().collect()).transpose()
}

/// Replays one arm and its shadow.
///
/// # Errors
/// In words, where the arm's values at the draw leave their range.
pub fn one(arms: &ReplayArms, shadow: &ReplayArms, run: Run) -> Result<Found, String> {
    let Run { policy, replication } = run;
    let log = |arms: &ReplayArms| arms.log(policy, replication, false).map_err(|e| e.to_string());
    let (with, without) = (log(arms)?, log(shadow)?);
    let cases = cases(&with, &without);
    let attacks = cases.iter().flat_map(|c| &c.plots).filter(|p| p.1 == Ending::Completed).map(|p| p.0);
    let completed = |key: &Key| with.plot(*key).is_some_and(|p| p.ending == Ending::Completed);
    Ok(Found { run, draw: arms.draw(replication), all_the_same: attacks.filter(completed).collect(), cases })
}

/// Cases of one label in one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sting cases.
    pub cases: u64,
    /// Cases whose person would have been in a plot.
    pub cases_in_plot: u64,
    /// Cases whose person would have taken part in an attack carried out.
    pub cases_in_attack: u64,
    /// The plots: in progress at the end, completed, failed, foiled, dissolved. A plot of two cases counts once, with
    /// the first of them.
    pub plots: [u64; 5],
    /// Completed plots among them that the arm with personas has too.
    pub attacks_all_the_same: u64,
    /// Cases whose person did not seek at that moment in the shadow.
    pub elsewhere: u64,
    /// Cases still undecided at the end of the run.
    pub undecided: u64,
}

impl Counts {
    fn add(&mut self, case: &StingCase, found: &Found, seen: &mut BTreeSet<Key>) {
        self.cases += 1;
        self.cases_in_plot += u64::from(!case.plots.is_empty());
        self.cases_in_attack += u64::from(case.attack());
        self.elsewhere += u64::from(case.elsewhere);
        self.undecided += u64::from(case.undecided);
        for (plot, ending) in &case.plots {
            if seen.insert(*plot) {
                self.plots[*ending as usize] += 1;
                self.attacks_all_the_same +=
                    u64::from(*ending == Ending::Completed && found.all_the_same.contains(plot));
            }
        }
    }

    /// Plots that ended so.
    pub fn ended(&self, ending: Ending) -> u64 {
        self.plots[ending as usize]
    }
}

/// What was found of one label in one arm over its replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The baseline, or the position of a policy.
    pub policy: Option<usize>,
    /// The label.
    pub label: Label,
    /// Replications.
    pub replications: u64,
    /// The sums.
    pub counts: Counts,
    /// Cases a replication; `None` without any replication.
    pub mean: Option<f64>,
    /// Its interval; `None` with one replication.
    pub interval: Option<Interval>,
}

/// Four rows an arm, in the order of `arms`.
pub fn rows(found: &[Found], arms: &[Option<usize>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for &policy in arms {
        let runs: Vec<&Found> = found.iter().filter(|f| f.run.policy == policy).collect();
        let mut sums: BTreeMap<Label, Counts> = BTreeMap::new();
        for run in &runs {
            let mut seen = BTreeSet::new();
            for case in &run.cases {
                sums.entry(case.label).or_default().add(case, run, &mut seen);
            }
        }
        for label in Label::ALL {
            let each = |f: &&Found| (f.draw, f.cases.iter().filter(|c| c.label == label).count() as f64);
            let values: Vec<(u64, f64)> = runs.iter().map(each).collect();
            let (mean, interval) = mean_and_interval(&values);
            let counts = sums.get(&label).copied().unwrap_or_default();
            rows.push(Row { policy, label, replications: runs.len() as u64, counts, mean, interval });
        }
    }
    rows
}

/// The mean of values by draw, and its interval: where runs share draws, the draws count as the sample.
pub fn mean_and_interval(values: &[(u64, f64)]) -> (Option<f64>, Option<Interval>) {
    let all: Vec<f64> = values.iter().map(|v| v.1).collect();
    let rows: Vec<(i64, f64)> = values.iter().map(|&(draw, value)| (draw as i64, value)).collect();
    (mean(&all), mean_by_draw(&rows, CONFIDENCE).map(|m| m.interval))
}

/// One row an arm and label. `name` gives the name and the words of the baseline or of a policy.
pub fn table(rows: &[Row], name: &dyn Fn(Option<usize>) -> (String, String)) -> Table {
    let text = |f: &dyn Fn(&Row) -> String| Column::Text(rows.iter().map(f).collect());
    let whole = |f: &dyn Fn(&Row) -> u64| Column::Integer(rows.iter().map(|r| Some(f(r) as i64)).collect());
    let number = |f: &dyn Fn(&Row) -> Option<f64>| Column::Number(rows.iter().map(f).collect());
    let mut table = Table::new();
    table.push("policy", text(&|r| name(r.policy).0));
    table.push("policy_label", text(&|r| name(r.policy).1));
    table.push("label", text(&|r| r.label.name().into()));
    table.push("replications", whole(&|r| r.replications));
    table.push("cases", whole(&|r| r.counts.cases));
    table.push("cases_a_replication", number(&|r| r.mean));
    table.push("ci_low", number(&|r| r.interval.map(|i| i.low)));
    table.push("ci_high", number(&|r| r.interval.map(|i| i.high)));
    table.push("cases_in_plot", whole(&|r| r.counts.cases_in_plot));
    table.push("cases_in_attack", whole(&|r| r.counts.cases_in_attack));
    table.push("plots", whole(&|r| r.counts.plots.iter().sum()));
    table.push("attacks_completed", whole(&|r| r.counts.ended(Ending::Completed)));
    table.push("attacks_failed", whole(&|r| r.counts.ended(Ending::Failed)));
    table.push("plots_foiled", whole(&|r| r.counts.ended(Ending::Foiled)));
    table.push("plots_dissolved", whole(&|r| r.counts.ended(Ending::Dissolved)));
    table.push("plots_in_progress", whole(&|r| r.counts.ended(Ending::InProgress)));
    table.push("attacks_all_the_same", whole(&|r| r.counts.attacks_all_the_same));
    table.push("elsewhere", whole(&|r| r.counts.elsewhere));
    table.push("undecided", whole(&|r| r.counts.undecided));
    table
}
