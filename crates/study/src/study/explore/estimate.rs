//! What is estimated from the pairs of runs so far: what a setting prevents, costs and displaces, with intervals.

use serde::Serialize;

use crate::montecarlo::plots::RunId;
use crate::montecarlo::{CONFIDENCE, Displaced, paired_difference};
use crate::stats::{Bins, band, mean, mean_by_draw};
use forestall_model::{BASELINE, Column, Labels, Table, columns};

use super::SETTING;
use super::glimpse::{Glimpse, SHOWN};

/// Share of histories within the band of cumulative attacks.
const BAND: f64 = 0.9;
/// Bars of a distribution, about.
const BARS: usize = 24;

/// A mean with the limits of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

/// One outcome under the baseline and under the setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeEstimate {
    /// Its name, a column of the table of replications.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Pairs in which it is defined; runs of the baseline where there is no setting.
    pub n: usize,
    /// Mean under the baseline.
    pub baseline: Option<f64>,
    /// Mean under the setting; `None` where nothing is moved.
    pub setting: Option<f64>,
    /// Paired difference setting − baseline; for the baseline alone its own mean with its interval.
    pub spread: Option<Spread>,
}

/// How often attacks come to which number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distribution {
    /// Lower edge of the first bar.
    pub low: f64,
    /// Width of a bar.
    pub width: f64,
    /// Share of the baseline's histories in each bar.
    pub baseline: Vec<f64>,
    /// Share of the setting's histories in each bar; empty where nothing is moved.
    pub setting: Vec<f64>,
}

/// Attacks from the first day to the end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Month {
    /// The baseline's mean, and the 5 % and 95 % quantiles of histories.
    pub baseline: Spread,
    /// The same under the setting.
    pub setting: Option<Spread>,
}

/// One row of displacement: a paired change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What is counted, such as `attacks_completed_in`.
    pub measure: String,
    /// Pathway or country.
    pub group: String,
    /// Setting − baseline, or a count a history.
    pub spread: Spread,
}

/// What the pairs so far say.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExploreEstimate {
    /// Pairs: the first replications in order.
    pub n: u64,
    /// Replications at which the work ends.
    pub most: u64,
    /// Draws of the posterior among them; 0 without one.
    pub draws: u64,
    /// Runs that failed.
    pub failures: u64,
    /// Attacks prevented; `None` where nothing is moved, or an interval cannot be told yet.
    pub prevented: Option<Spread>,
    /// Every outcome that is shown.
    pub outcomes: Vec<OutcomeEstimate>,
    /// Attacks completed.
    pub distribution: Option<Distribution>,
    /// Cumulative attacks by month.
    pub months: Vec<Month>,
    /// What comes instead, by pathway and country.
    pub displacement: Vec<Change>,
}

/// The pairs of one setting, in the order of replications.
pub(super) struct Pairs {
    arms: [String; 2],
    /// Whether there is a setting beside the baseline.
    setting: bool,
    /// Whether plots were handed over, so that displacement can be told.
    plots: bool,
    runs: Vec<RunId>,
    outcomes: [Vec<Vec<Option<f64>>>; 2],
    cumulative: [Vec<Vec<f64>>; 2],
    displaced: Displaced,
}

impl Pairs {
    /// No pair yet.
    pub(super) fn new(setting: bool) -> Self {
        let arms = [BASELINE, SETTING].map(str::to_owned);
        Self {
            setting,
            plots: false,
            runs: Vec::new(),
            outcomes: [SHOWN, SHOWN].map(|shown| vec![Vec::new(); shown.len()]),
            cumulative: [Vec::new(), Vec::new()],
            displaced: Displaced::new(&arms),
            arms,
        }
    }

    /// Adds the next pair; without a setting, the next run of the baseline.
    pub(super) fn add(&mut self, run: RunId, runs: &[&Glimpse], labels: &Labels) {
        self.add_outcomes(run, runs.iter().map(|glimpse| glimpse.outcomes));
        for (side, glimpse) in runs.iter().enumerate() {
            let mut sum = 0.0;
            for (month, attacks) in glimpse.months.iter().enumerate() {
                sum += attacks;
                match self.cumulative[side].get_mut(month) {
                    Some(values) => values.push(sum),
                    None => self.cumulative[side].push(vec![sum]),
                }
            }
        }
        if self.setting {
            self.plots = true;
            let plots: Vec<_> =
                runs.iter().zip(&self.arms).flat_map(|(glimpse, arm)| glimpse.plots(arm, labels)).collect();
            self.displaced.add(run, &plots);
        }
    }

    /// Adds the outcomes of the next pair alone; what needs months or plots is then not told.
    pub(super) fn add_outcomes(&mut self, run: RunId, runs: impl Iterator<Item = [Option<f64>; SHOWN.len()]>) {
        self.runs.push(run);
        for (side, outcomes) in self.outcomes.iter_mut().zip(runs) {
            for (values, value) in side.iter_mut().zip(outcomes) {
                values.push(value);
            }
        }
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    /// What they say.
    pub(super) fn estimate(&self) -> ExploreEstimate {
        let outcomes: Vec<OutcomeEstimate> = (0..SHOWN.len()).map(|place| self.outcome(place)).collect();
        // What is prevented is what is taken away; adding zero turns −0 into 0.
        let turned = |s: Spread| Spread { mean: -s.mean + 0.0, low: -s.high + 0.0, high: -s.low + 0.0 };
        ExploreEstimate {
            n: self.runs.len() as u64,
            prevented: outcomes[0].spread.filter(|_| self.setting).map(turned),
            outcomes,
            distribution: self.distribution(),
            months: self.months(),
            displacement: if self.plots { self.displacement() } else { Vec::new() },
            ..ExploreEstimate::default()
        }
    }

    fn outcome(&self, place: usize) -> OutcomeEstimate {
        let name = SHOWN[place];
        let unit = columns().iter().find(|column| column.name == name).map_or("", |column| column.unit);
        let base = &self.outcomes[0][place];
        // In the order of the tables of a run, so that sums have the same last digit.
        let mut order: Vec<usize> = (0..self.runs.len()).collect();
        order.sort_by_key(|&at| self.runs[at]);
        if !self.setting {
            let value = |&at: &usize| Some((self.runs[at].0, base[at]?));
            let values: Vec<(i64, f64)> = order.iter().filter_map(value).collect();
            let found = mean_by_draw(&values, CONFIDENCE);
            let spread = found.map(|m| Spread { mean: m.mean, low: m.interval.low, high: m.interval.high });
            let all: Vec<f64> = values.iter().map(|value| value.1).collect();
            return OutcomeEstimate { name, unit, n: all.len(), baseline: mean(&all), setting: None, spread };
        }
        let own = &self.outcomes[1][place];
        let pair = |&at: &usize| Some((self.runs[at].0, base[at]?, own[at]?));
        let pairs: Vec<(i64, f64, f64)> = order.iter().filter_map(pair).collect();
        let found = paired_difference(&pairs);
        OutcomeEstimate {
            name,
            unit,
            n: pairs.len(),
            baseline: found.map(|p| p.baseline_mean),
            setting: found.map(|p| p.policy_mean),
            spread: found.map(|p| Spread { mean: p.difference, low: p.low, high: p.high }),
        }
    }

    fn distribution(&self) -> Option<Distribution> {
        let values = |side: usize| self.outcomes[side][0].iter().copied().flatten().collect::<Vec<f64>>();
        let (base, own) = (values(0), values(1));
        let all: Vec<f64> = base.iter().chain(&own).copied().collect();
        let high = all.iter().copied().reduce(f64::max)?;
        let bins = Bins::over(&all, BARS);
        let count = bins.count(high);
        let shares = |values: &[f64]| if values.is_empty() { Vec::new() } else { bins.shares(values, count) };
        Some(Distribution { low: bins.low, width: bins.width, baseline: shares(&base), setting: shares(&own) })
    }

    fn months(&self) -> Vec<Month> {
        let spread = |values: &Vec<f64>| {
            let band = band(values, BAND)?;
            Some(Spread { mean: mean(values)?, low: band.low, high: band.high })
        };
        let months = self.cumulative[0].iter().enumerate();
        months
            .filter_map(|(month, base)| {
                let setting = self.cumulative[1].get(month).and_then(spread);
                Some(Month { baseline: spread(base)?, setting })
            })
            .collect()
    }

    fn displacement(&self) -> Vec<Change> {
        let rows = self.displaced.table(&self.run_table(), &self.labels(), "");
        let number = |name: &str, row: usize| rows.column(name).and_then(|column| column.number(row));
        let text = |name: &str, row: usize| rows.column(name).map(|column| column.text(row)).unwrap_or_default();
        let change = |row: usize| {
            let spread =
                Spread { mean: number("value", row)?, low: number("ci_low", row)?, high: number("ci_high", row)? };
            Some(Change { measure: text("measure", row), group: text("group", row), spread })
        };
        (0..rows.rows()).filter_map(change).collect()
    }

    fn labels(&self) -> [(String, String); 2] {
        self.arms.clone().map(|arm| (arm.clone(), arm))
    }

    /// The columns that name the runs of both arms.
    fn run_table(&self) -> Table {
        let twice = || self.runs.iter().chain(&self.runs);
        let names = self.arms.iter().flat_map(|arm| std::iter::repeat_n(arm.clone(), self.runs.len()));
        let mut table = Table::new();
        table.push("arm", Column::Text(names.collect()));
        table.push("draw", Column::Integer(twice().map(|run| Some(run.0)).collect()));
        table.push("replication", Column::Integer(twice().map(|run| Some(run.1)).collect()));
        table
    }
}
