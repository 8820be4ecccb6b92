//! What the other side does instead: changes by pathway and place, attacks averted and induced, and twins moved in time.

use std::collections::{BTreeMap, BTreeSet};

use crate::stats::{Interval, clustered_median, ratio_of_means, samples};
use forestall_model::{Column, Pathway, Table};

use super::compare::{CONFIDENCE, RunId, by_arm, difference};

/// The group of a row that stands for all pathways or all twins.
pub const ALL: &str = "all";
/// What a twin must be moved by, in days, to count as earlier or later.
const MOVED_DAYS: f64 = 1.0;

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
/// `n` counts paired runs; in the last two lines, attacks completed in both. `labels` gives each arm's label in order, the
/// baseline first; `response` is the setting of the other side's answers, written into every row.
pub fn substitution(replications: &Table, matched: &Table, labels: &[(String, String)], response: &str) -> Table {
    let mut rows = Rows::default();
    let index = by_arm(replications);
    let Some((baseline, _)) = labels.first() else { return rows.table(response) };
    let lives = Lives::read(matched);
    if let Some(base) = index.get(baseline.as_str()) {
        for (policy, label) in &labels[1..] {
            let Some(arm) = index.get(policy.as_str()) else { continue };
            let runs: Vec<RunId> = base.keys().filter(|run| arm.contains_key(*run)).copied().collect();
            let pairs = Pairs { lives: &lives, runs: &runs, baseline, policy };
            rows.of = (policy.clone(), label.clone());
            pathways(&pairs, &mut rows);
            places(&pairs, &mut rows);
            twins(&pairs, &mut rows);
        }
    }
    rows.table(response)
}

/// One plot of one arm, sting cases apart.
struct Life {
    pathway: String,
    target: String,
    started: bool,
    completed: bool,
    end_day: Option<f64>,
}

/// All plots by arm and run.
struct Lives {
    plots: BTreeMap<String, BTreeMap<RunId, BTreeMap<String, Life>>>,
    countries: Vec<String>,
}

impl Lives {
    fn read(matched: &Table) -> Self {
        let names =
            ["arm", "draw", "replication", "plot", "pathway", "target_country", "outcome", "start_day", "end_day"];
        let mut plots: BTreeMap<String, BTreeMap<RunId, BTreeMap<String, Life>>> = BTreeMap::new();
        let mut countries = BTreeSet::new();
        let columns: Option<Vec<&Column>> = names.iter().map(|name| matched.column(name)).collect();
        if let Some([arm, draw, run, plot, pathway, target, outcome, start, end]) = columns.as_deref() {
            for row in (0..matched.rows()).filter(|&row| pathway.text(row) != "sting") {
                let (Some(draw), Some(run)) = (draw.number(row), run.number(row)) else { continue };
                let life = Life {
                    pathway: pathway.text(row),
                    target: target.text(row),
                    // As in the result columns: a plot begun in the warm-up counts at its end only.
                    started: start.number(row).is_some_and(|day| day >= 0.0),
                    completed: outcome.text(row) == "completed",
                    end_day: end.number(row),
                };
                countries.insert(life.target.clone());
                let of_run = plots.entry(arm.text(row)).or_default().entry((draw as i64, run as i64)).or_default();
                of_run.insert(plot.text(row), life);
            }
        }
        Self { plots, countries: countries.into_iter().collect() }
    }
}

/// The runs that a policy and the baseline both have.
struct Pairs<'a> {
    lives: &'a Lives,
    runs: &'a [RunId],
    baseline: &'a str,
    policy: &'a str,
}

type Plots = BTreeMap<String, Life>;

impl Pairs<'_> {
    fn plots(&self, arm: &str, run: &RunId) -> Option<&Plots> {
        self.lives.plots.get(arm)?.get(run)
    }

    /// Draw and counts of the plots for which `counts` holds, in the baseline and under the policy, by run.
    fn counts(&self, counts: impl Fn(&Life) -> bool) -> Vec<(i64, f64, f64)> {
        let of = |arm: &str, run: &RunId| {
            self.plots(arm, run).map_or(0.0, |plots| plots.values().filter(|life| counts(life)).count() as f64)
        };
        self.runs.iter().map(|run| (run.0, of(self.baseline, run), of(self.policy, run))).collect()
    }

    /// Draw, 0 and the attacks completed in `one` arm and not in the `other`, by run.
    fn only_in(&self, one: &str, other: &str, counts: impl Fn(&Life) -> bool) -> Vec<(i64, f64, f64)> {
        let count = |run: &RunId| {
            let there = self.plots(other, run);
            let lone = |(key, life): &(&String, &Life)| {
                let twin = there.and_then(|plots| plots.get(*key));
                life.completed && counts(life) && !twin.is_some_and(|t| t.completed)
            };
            self.plots(one, run).map_or(0.0, |plots| plots.iter().filter(lone).count() as f64)
        };
        self.runs.iter().map(|run| (run.0, 0.0, count(run))).collect()
    }

    /// Days by which each attack completed in both arms comes later under the policy, by run.
    fn shifts(&self) -> Vec<Vec<f64>> {
        let of = |run: &RunId| {
            let (Some(base), Some(policy)) = (self.plots(self.baseline, run), self.plots(self.policy, run)) else {
                return Vec::new();
            };
            let shift = |(key, life): (&String, &Life)| {
                let twin = policy.get(key).filter(|twin| life.completed && twin.completed)?;
                Some(twin.end_day? - life.end_day?)
            };
            base.iter().filter_map(shift).collect()
        };
        self.runs.iter().map(of).collect()
    }
}

fn pathways(pairs: &Pairs, rows: &mut Rows) {
    let names = Pathway::ALL.iter().map(|p| p.name()).chain([ALL]);
    for name in names {
        let own = |life: &Life| name == ALL || life.pathway == name;
        rows.change("plots_started", name, &pairs.counts(|l| l.started && own(l)));
        rows.change("attacks_completed", name, &pairs.counts(|l| l.completed && own(l)));
        rows.change("attacks_averted", name, &pairs.only_in(pairs.baseline, pairs.policy, own));
        rows.change("attacks_induced", name, &pairs.only_in(pairs.policy, pairs.baseline, own));
    }
}

fn places(pairs: &Pairs, rows: &mut Rows) {
    let mut most: Option<(&str, f64)> = None;
    for country in &pairs.lives.countries {
        rows.change("plots_started_in", country, &pairs.counts(|l| l.started && l.target == *country));
        let moved =
            rows.change("attacks_completed_in", country, &pairs.counts(|l| l.completed && l.target == *country));
        let size = moved.map_or(0.0, f64::abs);
        if size > most.map_or(0.0, |m| m.1) {
            most = Some((country, size));
        }
    }
    if let Some((country, _)) = most {
        rows.change("attacks_completed_most", country, &pairs.counts(|l| l.completed && l.target == country));
        let others = format!("all but {country}");
        rows.change("attacks_completed_elsewhere", &others, &pairs.counts(|l| l.completed && l.target != country));
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
