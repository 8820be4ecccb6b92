//! Means and effects in two runs with intervals, and their difference: paired where runs share draws, else independent.

use std::collections::BTreeMap;

use crate::analysis::Estimate;
use crate::montecarlo::{CONFIDENCE, RUN, by_arm, paired_difference};
use crate::results::TableName;
use crate::stats::{MeanInterval, difference_by_draw, mean, mean_by_draw};
use forestall_model::{BASELINE, Table, columns};

use super::super::{Run, StudyError};
use super::WithoutCounterpart;

/// Outcomes whose values are in memory at a time.
const AT_A_TIME: usize = 16;

/// Draw and replication.
type RunId = (i64, i64);

/// One quantity in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct BothRuns {
    /// The policy, or `baseline`.
    pub policy: String,
    /// Its name for readers.
    pub label: String,
    /// The outcome column.
    pub outcome: String,
    /// Replications of the first run, and of the second; one number where paired.
    pub n: (usize, usize),
    /// In the first run, with its 95 % interval.
    pub first: Estimate,
    /// In the second.
    pub second: Estimate,
    /// Second − first, with its 95 % interval.
    pub difference: Estimate,
}

impl BothRuns {
    /// Whether the interval of the difference leaves out 0.
    pub fn shown(&self) -> bool {
        self.difference.low.is_some_and(|low| low > 0.0) || self.difference.high.is_some_and(|high| high < 0.0)
    }

    /// The same with the other sign.
    #[must_use]
    pub(super) fn turned(&self) -> Self {
        // Adding zero turns −0 into 0.
        let minus = |x: Option<f64>| x.map(|x| 0.0 - x);
        let turn = |e: Estimate| Estimate { estimate: minus(e.estimate), low: minus(e.high), high: minus(e.low) };
        let Self { first, second, difference, .. } = *self;
        Self { first: turn(first), second: turn(second), difference: turn(difference), ..self.clone() }
    }
}

/// Values of one quantity by run.
type Values = BTreeMap<RunId, f64>;

/// The two runs, with the place of every row.
pub(super) struct Both<'a> {
    runs: [&'a Run; 2],
    rows: [BTreeMap<String, BTreeMap<RunId, usize>>; 2],
    paired: bool,
}

/// All quantities.
pub(super) struct Quantities {
    pub outcomes: Vec<BothRuns>,
    pub effects: Vec<BothRuns>,
    /// Whether all values that both have are the same numbers.
    pub equal: bool,
    /// Replications of the baseline that both have, where paired.
    pub pairs: usize,
}

impl<'a> Both<'a> {
    /// Reads which replications there are.
    pub(super) fn read(runs: [&'a Run; 2], paired: bool) -> Result<Self, StudyError> {
        let index = |run: &Run| Ok::<_, StudyError>(by_arm(&run.columns(TableName::Replications, &RUN, None)?));
        Ok(Self { rows: [index(runs[0])?, index(runs[1])?], runs, paired })
    }

    /// Compares means of the arms and effects of the policies among them; an outcome that one lacks is put down.
    pub(super) fn compare(
        &self,
        arms: &[String],
        lone: &mut Vec<WithoutCounterpart>,
    ) -> Result<Quantities, StudyError> {
        let mut means: BTreeMap<usize, Vec<BothRuns>> = BTreeMap::new();
        let mut effects: BTreeMap<usize, Vec<BothRuns>> = BTreeMap::new();
        let mut equal = true;
        let outcomes: Vec<&str> = columns::columns().iter().map(|column| column.name).collect();
        for some in outcomes.chunks(AT_A_TIME) {
            let read = |run: &Run| run.columns(TableName::Replications, some, None);
            let tables = [read(self.runs[0])?, read(self.runs[1])?];
            for outcome in some {
                match [0, 1].map(|run| tables[run].column(outcome).is_some()) {
                    [true, true] => {}
                    [false, false] => continue,
                    [first, _] => {
                        let run = usize::from(!first);
                        lone.push(WithoutCounterpart { kind: "outcome", name: (*outcome).to_owned(), run });
                        continue;
                    }
                }
                let base = self.values(&tables, outcome, BASELINE);
                for (place, arm) in arms.iter().enumerate() {
                    let own = self.values(&tables, outcome, arm);
                    equal &= self.same(arm, &own);
                    means.entry(place).or_default().push(self.row(arm, outcome, own.clone()));
                    if arm != BASELINE {
                        let effect = [0, 1].map(|run| minus(&own[run], &base[run]));
                        effects.entry(place).or_default().push(self.row(arm, outcome, effect));
                    }
                }
            }
        }
        let of = |run: usize| self.rows[run].get(BASELINE);
        let pairs = of(0).zip(of(1)).map_or(0, |(a, b)| a.keys().filter(|key| b.contains_key(*key)).count());
        let all = |by_arm: BTreeMap<usize, Vec<BothRuns>>| by_arm.into_values().flatten().collect();
        Ok(Quantities {
            outcomes: all(means),
            effects: all(effects),
            equal,
            pairs: if self.paired { pairs } else { 0 },
        })
    }

    /// The defined values of an outcome under an arm, in each run.
    fn values(&self, tables: &[Table; 2], outcome: &str, arm: &str) -> [Values; 2] {
        [0, 1].map(|run| {
            let (Some(column), Some(rows)) = (tables[run].column(outcome), self.rows[run].get(arm)) else {
                return Values::new();
            };
            rows.iter().filter_map(|(key, row)| Some((*key, column.number(*row)?))).collect()
        })
    }

    /// Whether the runs define the same numbers in all replications that both have.
    fn same(&self, arm: &str, [first, second]: &[Values; 2]) -> bool {
        let last = |run: usize| self.rows[run].get(arm).and_then(|rows| rows.keys().map(|key| key.1).max());
        let common = last(0).min(last(1));
        let shared = |values: &Values| -> Vec<(RunId, f64)> {
            values.iter().filter(|(key, _)| Some(key.1) <= common).map(|(key, value)| (*key, *value)).collect()
        };
        shared(first) == shared(second)
    }

    fn row(&self, arm: &str, outcome: &str, values: [Values; 2]) -> BothRuns {
        let [mut first, mut second] = values;
        if self.paired {
            first.retain(|key, _| second.contains_key(key));
            second.retain(|key, _| first.contains_key(key));
        }
        let by_draw = |values: &Values| -> Vec<(i64, f64)> { values.iter().map(|(key, v)| (key.0, *v)).collect() };
        let (a, b) = (by_draw(&first), by_draw(&second));
        let difference = if self.paired {
            let pairs: Vec<(i64, f64, f64)> = a.iter().zip(&b).map(|(a, b)| (a.0, a.1, b.1)).collect();
            paired_difference(&pairs).map(|p| (p.difference, p.low, p.high))
        } else {
            difference_by_draw(&a, &b, CONFIDENCE).map(|d| (d.mean, d.interval.low, d.interval.high))
        };
        let plain = mean_of(&a).zip(mean_of(&b)).map(|(a, b)| b - a);
        BothRuns {
            policy: arm.to_owned(),
            label: self.runs[0].label(arm),
            outcome: outcome.to_owned(),
            n: (a.len(), b.len()),
            first: estimate(&a),
            second: estimate(&b),
            difference: difference.map_or_else(
                || Estimate::bare(plain),
                |(value, low, high)| Estimate { estimate: Some(value), low: Some(low), high: Some(high) },
            ),
        }
    }
}

fn mean_of(values: &[(i64, f64)]) -> Option<f64> {
    mean(&values.iter().map(|v| v.1).collect::<Vec<_>>())
}

fn estimate(values: &[(i64, f64)]) -> Estimate {
    match mean_by_draw(values, CONFIDENCE) {
        Some(MeanInterval { mean, interval, .. }) => {
            Estimate { estimate: Some(mean), low: Some(interval.low), high: Some(interval.high) }
        }
        None => Estimate::bare(mean_of(values)),
    }
}

/// What a policy changes, replication by replication.
fn minus(policy: &Values, baseline: &Values) -> Values {
    policy.iter().filter_map(|(key, value)| Some((*key, value - baseline.get(key)?))).collect()
}
