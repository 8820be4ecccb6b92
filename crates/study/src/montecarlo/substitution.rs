//! What the other side does instead: changes by pathway and place, attacks averted and induced, and twins moved in time.

use std::collections::BTreeMap;

use crate::stats::{Interval, clustered_median, ratio_of_means, samples};
use forestall_model::{Column, Pathway, Table};

use super::compare::{CONFIDENCE, by_arm, difference};
use super::plots::{Plot, RunId};

/// The group of a row that stands for all pathways or all twins.
pub const ALL: &str = "all";
/// What a twin must be moved by, in days, to count as earlier or later.
const MOVED_DAYS: f64 = 1.0;

/// What the plots of one arm and run count, by group; groups are numbered as in [`Displaced`]. Sting cases are left out.
#[derive(Clone, Debug, Default)]
struct Tally {
    started: Vec<u32>,
    completed: Vec<u32>,
}

/// What a policy and the baseline have apart and in common in one run.
#[derive(Clone, Debug, Default)]
struct Apart {
    /// Attacks by pathway, and of all, that the baseline alone has.
    averted: Vec<u32>,
    /// Those that the policy alone has.
    induced: Vec<u32>,
    /// Days by which each attack completed in both comes later under the policy.
    shifts: Vec<f64>,
}

/// Adds one at `group`, whatever has been counted before.
fn count(counts: &mut Vec<u32>, group: usize) {
    if counts.len() <= group {
        counts.resize(group + 1, 0);
    }
    counts[group] += 1;
}

/// What was counted at `group`.
fn counted(counts: &[u32], group: usize) -> f64 {
    counts.get(group).copied().map_or(0.0, f64::from)
}

/// The number of the group that stands for all pathways; before it come the pathways, after it countries.
const ALL_PATHWAYS: usize = Pathway::ALL.len();

/// Counts and shifts of every run, from which displacement is worked out.
#[derive(Clone, Debug)]
pub(crate) struct Displaced {
    /// The arms, the baseline first.
    arms: Vec<String>,
    /// Target countries with their groups.
    countries: BTreeMap<String, usize>,
    /// By arm.
    tallies: Vec<BTreeMap<RunId, Tally>>,
    /// By arm; the baseline has none.
    apart: Vec<BTreeMap<RunId, Apart>>,
}

impl Displaced {
    /// Nothing yet, for these arms, the baseline first.
    pub(crate) fn new(arms: &[String]) -> Self {
        let (tallies, apart) = (vec![BTreeMap::new(); arms.len()], vec![BTreeMap::new(); arms.len()]);
        Self { arms: arms.to_vec(), countries: BTreeMap::new(), tallies, apart }
    }

    /// Adds the plots of a replication.
    pub(crate) fn add(&mut self, run: RunId, plots: &[Plot]) {
        let mut lives: Vec<BTreeMap<&str, &Plot>> = vec![BTreeMap::new(); self.arms.len()];
        for plot in plots.iter().filter(|plot| !plot.sting()) {
            if !self.countries.contains_key(plot.target) {
                self.countries.insert(plot.target.to_owned(), ALL_PATHWAYS + 1 + self.countries.len());
            }
            if let Some(arm) = self.arms.iter().position(|arm| arm == plot.arm) {
                lives[arm].insert(plot.key, plot);
            }
        }
        for (arm, lives) in lives.iter().enumerate().filter(|(_, lives)| !lives.is_empty()) {
            let tally = self.tally(lives);
            self.tallies[arm].insert(run, tally);
        }
        let Some((base, policies)) = lives.split_first() else { return };
        for (policy, apart) in policies.iter().zip(&mut self.apart[1..]) {
            apart.insert(run, Apart::of(base, policy));
        }
    }

    fn tally(&self, lives: &BTreeMap<&str, &Plot>) -> Tally {
        let mut tally = Tally::default();
        for life in lives.values() {
            let country = self.countries.get(life.target).copied();
            for group in groups(life).chain(country) {
                // As in the result columns: a plot begun in the warm-up counts at its end only.
                if life.start_day.is_some_and(|day| day >= 0.0) {
                    count(&mut tally.started, group);
                }
                if life.completed() {
                    count(&mut tally.completed, group);
                }
            }
        }
        tally
    }

    /// One row a policy, measure and group: means, and `value` with its 95 % interval.
    ///
    /// | measure | group | value |
    /// |---|---|---|
    /// | `plots_started`, `attacks_completed` | pathway, or all | policy − baseline |
    /// | `attacks_averted`, `attacks_induced` | pathway of the arm that has the attack, or all | attacks a run |
    /// | `plots_started_in`, `attacks_completed_in` | target country | policy − baseline |
    /// | `attacks_completed_most` | the target country where attacks moved most | policy − baseline |
    /// | `attacks_completed_elsewhere` | all other countries | policy − baseline |
    /// | `shift_days` | all | median of policy − baseline over attacks completed in both |
    /// | `earlier_share`, `later_share` | all | of these, those a day or more earlier, later |
    ///
    /// `n` counts paired runs; in the last two lines, attacks completed in both. `runs` has the columns `arm`, `draw` and
    /// `replication` of the table of replications. `labels` gives each arm's label in order, the baseline first; `response`
    /// is the setting of the other side's answers, written into every row.
    pub(crate) fn table(&self, runs: &Table, labels: &[(String, String)], response: &str) -> Table {
        let mut rows = Rows::default();
        let index = by_arm(runs);
        let base = labels.first().and_then(|(baseline, _)| index.get(baseline.as_str()));
        for (policy, label) in labels.get(1..).unwrap_or(&[]) {
            let (Some(base), Some(arm)) = (base, index.get(policy.as_str())) else { continue };
            let Some(place) = self.arms.iter().position(|arm| arm == policy) else { continue };
            let runs: Vec<RunId> = base.keys().filter(|run| arm.contains_key(*run)).copied().collect();
            let pairs = Pairs { displaced: self, runs: &runs, policy: place };
            rows.of = (policy.clone(), label.clone());
            pathways(&pairs, &mut rows);
            places(&pairs, &mut rows);
            twins(&pairs, &mut rows);
        }
        rows.table(response)
    }
}

/// The groups of a plot's pathway.
fn groups(life: &Plot) -> impl Iterator<Item = usize> + use<> {
    Pathway::ALL.iter().position(|pathway| pathway.name() == life.pathway).into_iter().chain([ALL_PATHWAYS])
}

impl Apart {
    fn of(base: &BTreeMap<&str, &Plot>, policy: &BTreeMap<&str, &Plot>) -> Self {
        let only_in = |one: &BTreeMap<&str, &Plot>, other: &BTreeMap<&str, &Plot>| {
            let mut counts = Vec::new();
            for (key, life) in one.iter().filter(|(_, life)| life.completed()) {
                if !other.get(key).is_some_and(|twin| twin.completed()) {
                    groups(life).for_each(|group| count(&mut counts, group));
                }
            }
            counts
        };
        let shift = |(key, life): (&&str, &&Plot)| {
            let twin = policy.get(key).filter(|twin| life.completed() && twin.completed())?;
            Some(twin.end_day? - life.end_day?)
        };
        Self {
            averted: only_in(base, policy),
            induced: only_in(policy, base),
            shifts: base.iter().filter_map(shift).collect(),
        }
    }
}

/// The runs that a policy and the baseline both have.
struct Pairs<'a> {
    displaced: &'a Displaced,
    runs: &'a [RunId],
    policy: usize,
}

impl Pairs<'_> {
    /// Draw and counts in the baseline and under the policy, by run.
    fn counts(&self, of: impl Fn(&Tally) -> f64) -> Vec<(i64, f64, f64)> {
        let count = |arm: usize, run: &RunId| self.displaced.tallies[arm].get(run).map_or(0.0, &of);
        self.runs.iter().map(|run| (run.0, count(0, run), count(self.policy, run))).collect()
    }

    fn started(&self, group: usize) -> Vec<(i64, f64, f64)> {
        self.counts(|tally| counted(&tally.started, group))
    }

    fn completed(&self, group: usize) -> Vec<(i64, f64, f64)> {
        self.counts(|tally| counted(&tally.completed, group))
    }

    /// Draw, 0 and the attacks that only one of the two has, by run.
    fn alone(&self, group: usize, side: impl Fn(&Apart) -> &[u32]) -> Vec<(i64, f64, f64)> {
        let apart = &self.displaced.apart[self.policy];
        let count = |run| apart.get(run).map_or(0.0, |apart| counted(side(apart), group));
        self.runs.iter().map(|run| (run.0, 0.0, count(run))).collect()
    }

    /// Days by which each attack completed in both arms comes later under the policy, by run.
    fn shifts(&self) -> Vec<Vec<f64>> {
        let apart = &self.displaced.apart[self.policy];
        self.runs.iter().map(|run| apart.get(run).map_or_else(Vec::new, |apart| apart.shifts.clone())).collect()
    }
}

fn pathways(pairs: &Pairs, rows: &mut Rows) {
    let names = Pathway::ALL.iter().map(|p| p.name()).chain([ALL]);
    for (group, name) in names.enumerate() {
        rows.change("plots_started", name, &pairs.started(group));
        rows.change("attacks_completed", name, &pairs.completed(group));
        rows.change("attacks_averted", name, &pairs.alone(group, |apart| &apart.averted));
        rows.change("attacks_induced", name, &pairs.alone(group, |apart| &apart.induced));
    }
}

fn places(pairs: &Pairs, rows: &mut Rows) {
    let mut most: Option<(&str, usize, f64)> = None;
    for (country, &group) in &pairs.displaced.countries {
        rows.change("plots_started_in", country, &pairs.started(group));
        let moved = rows.change("attacks_completed_in", country, &pairs.completed(group));
        let size = moved.map_or(0.0, f64::abs);
        if size > most.map_or(0.0, |m| m.2) {
            most = Some((country, group, size));
        }
    }
    if let Some((country, group, _)) = most {
        rows.change("attacks_completed_most", country, &pairs.completed(group));
        let others = format!("all but {country}");
        let elsewhere = |t: &Tally| counted(&t.completed, ALL_PATHWAYS) - counted(&t.completed, group);
        rows.change("attacks_completed_elsewhere", &others, &pairs.counts(elsewhere));
    }
}

fn twins(pairs: &Pairs, rows: &mut Rows) {
    let shifts = by_sample(pairs.runs, pairs.shifts());
    let number = shifts.iter().map(Vec::len).sum();
    let median = clustered_median(&shifts, CONFIDENCE);
    rows.push("shift_days", ALL, number, [None; 2], median.map(|m| m.median), median.and_then(|m| m.interval));
    let all: Vec<f64> = shifts.iter().map(|s| s.len() as f64).collect();
    for (measure, sign) in [("earlier_share", -1.0), ("later_share", 1.0)] {
        let moved = |s: &Vec<f64>| s.iter().filter(|days| sign * **days >= MOVED_DAYS).count() as f64;
        let share = ratio_of_means(&shifts.iter().map(moved).collect::<Vec<_>>(), &all, CONFIDENCE);
        let within = |i: Interval| Interval { low: i.low.clamp(0.0, 1.0), high: i.high.clamp(0.0, 1.0) };
        let interval = share.and_then(|s| s.interval).map(within);
        rows.push(measure, ALL, number, [None; 2], share.map(|s| s.ratio), interval);
    }
}

/// Values by sample: runs of one draw are alike.
fn by_sample(runs: &[RunId], values: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    samples(runs.iter().map(|run| run.0).zip(values)).into_iter().map(|sample| sample.concat()).collect()
}

/// The table, filled row by row.
#[derive(Default)]
struct Rows {
    /// The policy whose rows come next: name and label.
    of: (String, String),
    texts: [Vec<String>; 4],
    n: Vec<Option<i64>>,
    numbers: [Vec<Option<f64>>; 5],
}

impl Rows {
    /// A paired difference, which is given back.
    fn change(&mut self, measure: &str, group: &str, pairs: &[(i64, f64, f64)]) -> Option<f64> {
        let found = difference(pairs);
        let means = [found.map(|p| p.baseline_mean), found.map(|p| p.policy_mean)];
        let interval = found.map(|p| Interval { low: p.low, high: p.high });
        self.push(measure, group, pairs.len(), means, found.map(|p| p.difference), interval);
        found.map(|p| p.difference)
    }

    fn push(
        &mut self,
        measure: &str,
        group: &str,
        n: usize,
        means: [Option<f64>; 2],
        value: Option<f64>,
        interval: Option<Interval>,
    ) {
        let texts = [self.of.0.as_str(), &self.of.1, measure, group];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text.to_owned());
        }
        self.n.push(i64::try_from(n).ok());
        let numbers = [means[0], means[1], value, interval.map(|i| i.low), interval.map(|i| i.high)];
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column.push(number.filter(|x| x.is_finite()));
        }
    }

    fn table(self, response: &str) -> Table {
        let mut table = Table::new();
        let rows = self.n.len();
        for (name, texts) in ["policy", "label", "measure", "group"].into_iter().zip(self.texts) {
            table.push(name, Column::Text(texts));
        }
        table.push("response", Column::Text(vec![response.to_owned(); rows]));
        table.push("n", Column::Integer(self.n));
        for (name, numbers) in
            ["baseline_mean", "policy_mean", "value", "ci_low", "ci_high"].into_iter().zip(self.numbers)
        {
            table.push(name, Column::Number(numbers));
        }
        table
    }
}

#[cfg(test)]
#[path = "substitution_tests.rs"]
mod tests;
