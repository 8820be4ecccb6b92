//! What a run says while it goes on: the estimate so far with its interval, and whether the events will be enough.

use std::collections::BTreeMap;

use crate::montecarlo::{CONFIDENCE, RUN, paired_difference};
use crate::stats::mean_by_draw;
use forestall_model::{Plan, Table};

use super::Spread;

/// Events of the baseline, over all replications, below which a question about them is hardly answered: the interval of
/// a count of ten reaches from half to almost twice of it.
pub const FEWEST_EVENTS: f64 = 10.0;

/// The outcome of scenarios that name none.
const ATTACKS: &str = "attacks_completed";
/// The normal quantile of 95 % intervals, for the bound of a count.
const Z: f64 = 1.96;
/// An estimate is made anew once there are so many more replications, as a share: all of them together then take a time
/// in proportion to the run.
const MORE: f64 = 0.05;

/// What the replications so far say.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEstimate {
    /// Replications, those of earlier sessions included.
    pub n: u64,
    /// The outcome: that of the precision asked for, the first that the scenario names, or attacks completed.
    pub outcome: String,
    /// Its mean under the baseline, with a 95 % interval; `None` below two replications.
    pub baseline: Option<Spread>,
    /// The policy that takes most of it away so far, by its label, with how much; the best of several so far is often
    /// lucky, so that the figure tends to shrink.
    pub leading: Option<(String, Spread)>,
    /// Upper limit of the events that all replications of the baseline will have; `None` where the outcome is undefined.
    pub events_at_most: Option<f64>,
}

/// The outcome that a scenario is about.
pub(super) fn outcome(plan: &Plan) -> &str {
    plan.outcomes.first().map_or(ATTACKS, String::as_str)
}

/// Upper limit of the mean of a count of which `found` were seen (Poisson, score interval).
pub(super) fn at_most(found: f64) -> f64 {
    found + Z * Z / 2.0 + Z * libm::sqrt(found + Z * Z / 4.0)
}

/// The replications so far, of the arms of one run.
pub(super) struct Outlook {
    /// Names and labels of the arms, the baseline first.
    arms: Vec<(String, String)>,
    outcome: String,
    /// Replications of each arm in the end.
    replications: u64,
    /// The outcome by draw and replication, one value an arm; `None` until it is there.
    values: BTreeMap<(i64, i64), Vec<Option<f64>>>,
    /// How many there were at the last estimate.
    told: usize,
}

impl Outlook {
    /// Nothing yet.
    pub(super) fn new(arms: Vec<(String, String)>, outcome: &str, replications: u64) -> Self {
        Self { arms, outcome: outcome.to_owned(), replications, values: BTreeMap::new(), told: 0 }
    }

    /// The columns that it reads.
    pub(super) fn columns(&self) -> Vec<&str> {
        RUN.into_iter().chain([self.outcome.as_str()]).collect()
    }

    /// Takes in rows of the table of replications.
    pub(super) fn add(&mut self, table: &Table) {
        let [arm, draw, replication] = RUN;
        let (Some(names), Some(draws), Some(numbers), Some(values)) =
            (table.texts(arm), table.integers(draw), table.integers(replication), table.column(&self.outcome))
        else {
            return;
        };
        for (row, name) in names.iter().enumerate() {
            let place = self.arms.iter().position(|(known, _)| known == name);
            if let (Some(place), Some(draw), Some(number)) = (place, draws[row], numbers[row]) {
                let all = self.values.entry((draw, number)).or_insert_with(|| vec![None; self.arms.len()]);
                all[place] = values.number(row);
            }
        }
    }

    /// The next estimate, if enough has come since the last.
    pub(super) fn next(&mut self) -> Option<RunEstimate> {
        let now = self.values.len();
        let last = now as u64 >= self.replications;
        if now <= self.told || (!last && (now as f64) < self.told as f64 * (1.0 + MORE)) {
            return None;
        }
        self.told = now;
        Some(self.estimate())
    }

    fn estimate(&self) -> RunEstimate {
        let pairs = |place: usize| -> Vec<(i64, f64, f64)> {
            self.values.iter().filter_map(|(run, all)| Some((run.0, all[0]?, all[place]?))).collect()
        };
        let base: Vec<(i64, f64)> = self.values.iter().filter_map(|(run, all)| Some((run.0, all[0]?))).collect();
        let spread = mean_by_draw(&base, CONFIDENCE);
        let taken = |place: usize| {
            let found = paired_difference(&pairs(place))?;
            // What is taken away is the difference turned round; adding zero turns −0 into 0.
            let spread = Spread { mean: -found.difference + 0.0, low: -found.high + 0.0, high: -found.low + 0.0 };
            Some((self.arms[place].1.clone(), spread))
        };
        let leading = (1..self.arms.len()).filter_map(taken).max_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
        let found: f64 = base.iter().map(|value| value.1).sum();
        let share = self.replications as f64 / base.len().max(1) as f64;
        RunEstimate {
            n: self.values.len() as u64,
            outcome: self.outcome.clone(),
            baseline: spread.map(|m| Spread { mean: m.mean, low: m.interval.low, high: m.interval.high }),
            leading,
            events_at_most: (!base.is_empty() && found >= 0.0).then(|| at_most(found) * share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    fn rows(values: &[(&str, i64, f64)]) -> Table {
        let mut table = Table::new();
        table.push("arm", Column::Text(values.iter().map(|v| v.0.to_owned()).collect()));
        table.push("draw", Column::Integer(values.iter().map(|_| Some(0)).collect()));
        table.push("replication", Column::Integer(values.iter().map(|v| Some(v.1)).collect()));
        table.push("x", Column::Number(values.iter().map(|v| Some(v.2)).collect()));
        table
    }

    fn outlook(replications: u64) -> Outlook {
        let arms = [("baseline", "Baseline"), ("p", "First"), ("q", "Second")];
        Outlook::new(arms.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec(), "x", replications)
    }

    #[test]
    fn the_estimate_is_that_of_the_paired_rows_and_names_the_policy_that_takes_most() {
        let mut outlook = outlook(100);
        assert_eq!(outlook.next(), None, "nothing has come");
        for number in 0..4 {
            let x = number as f64;
            outlook.add(&rows(&[
                ("baseline", number, 10.0 + x),
                ("p", number, 9.0 + x),
                ("q", number, 6.0),
                ("r", number, 0.0),
            ]));
        }
        let found = outlook.next().expect("an estimate");
        assert_eq!((found.n, found.baseline.expect("two or more").mean), (4, 11.5));
        let (label, taken) = found.leading.expect("a policy");
        assert_eq!((label.as_str(), taken.mean), ("Second", 5.5));
        // Student's t on 3 degrees of freedom: 3.182 × √(5/3) ÷ 2.
        assert!((taken.high - 5.5 - 2.054).abs() < 1e-3 && (5.5 - taken.low - 2.054).abs() < 1e-3, "{taken:?}");
        assert_eq!(outlook.next(), None, "nothing new has come");
    }

    #[test]
    fn rows_that_have_come_out_of_order_or_twice_count_once() {
        let mut outlook = outlook(3);
        outlook.add(&rows(&[("p", 1, 1.0), ("baseline", 0, 2.0)]));
        outlook.add(&rows(&[("baseline", 1, 4.0), ("baseline", 0, 2.0)]));
        let found = outlook.next().expect("an estimate");
        assert_eq!((found.n, found.baseline.map(|b| b.mean)), (2, Some(3.0)));
        assert_eq!(found.leading, None, "one pair is no interval");
    }

    #[test]
    fn few_events_are_told_once_they_are_sure_to_stay_few() {
        let upper = |each: f64, runs: i64| {
            let mut outlook = outlook(100);
            (0..runs).for_each(|number| outlook.add(&rows(&[("baseline", number, each)])));
            outlook.next().and_then(|found| found.events_at_most).expect("defined")
        };
        assert!(upper(0.0, 10) > FEWEST_EVENTS, "ten runs without an event say little about a hundred");
        assert!(upper(0.0, 50) < FEWEST_EVENTS, "fifty say enough");
        assert!(upper(0.2, 50) > FEWEST_EVENTS);
        // Exact upper limits of a Poisson mean at 97.5 %: 3.69 for none, 18.4 for ten.
        assert!((at_most(0.0) - 3.84).abs() < 0.01 && (at_most(10.0) - 18.4).abs() < 0.02);
    }
}
