//! Exploring a finished sweep: the points near a setting of its factors, and what they say, without a simulation.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cluster::Outcomes;
use crate::study::Sweep;
use forestall_model::{BASELINE, did_you_mean, registry};

use super::ExploreError;
use super::estimate::{ExploreEstimate, Pairs};
use super::glimpse::SHOWN;

/// Widest stretch about a setting: all points.
const WIDEST: f64 = 1.0;

/// One factor of the sweep as a slider shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepFactor {
    /// Its name: a path, or `policy`.
    pub name: String,
    /// The words that it may be; `None` for numbers.
    pub categories: Option<Vec<String>>,
    /// The least and greatest value among the points.
    pub ends: [f64; 2],
    /// The parameter's unit, if it is one.
    pub unit: &'static str,
    /// What the parameter means.
    pub meaning: String,
}

/// Where to look in a sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepSetting {
    /// The policy that is compared with the baseline at every point; the baseline alone if not given.
    pub policy: Option<String>,
    /// Factors that were moved, with the values about which to look; categories by their number.
    pub near: Vec<(String, f64)>,
    /// How far points may lie from each of them, as a share of the factor's range; above 0, at most 1.
    pub width: f64,
}

/// The points found, and what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearby {
    /// Points found.
    pub points: usize,
    /// Points in all.
    pub of: usize,
    /// Whether none lies within the width, so that the nearest one is shown.
    pub nearest: bool,
    /// For each factor, the least and greatest value among the points found.
    pub ranges: Vec<[f64; 2]>,
    /// What their runs say; `n` counts runs, and an interval is over points where there are several.
    pub estimate: ExploreEstimate,
}

/// The outcomes of a run.
type Values = [Option<f64>; SHOWN.len()];

/// A finished sweep that is open for exploring.
#[derive(Debug)]
pub struct SweepExplorer {
    outcomes: Outcomes,
    factors: Vec<SweepFactor>,
    /// Outcomes by arm, then point and replicate.
    runs: BTreeMap<String, BTreeMap<(i64, i64), Values>>,
}

impl SweepExplorer {
    /// Opens the folder of a merged sweep.
    ///
    /// # Errors
    /// [`ExploreError::Sweep`] where it is none, is not merged, or is damaged.
    pub fn open(folder: &Path) -> Result<Self, ExploreError> {
        let outcomes = Sweep::open(folder)?.outcomes(&SHOWN)?;
        let factors = (0..outcomes.design.factors().len()).map(|place| factor(&outcomes, place)).collect();
        let rows = &outcomes.rows;
        let whole = |name: &str, row: usize| rows.integers(name).and_then(|values| values[row]);
        let mut runs: BTreeMap<String, BTreeMap<(i64, i64), Values>> = BTreeMap::new();
        for row in 0..rows.rows() {
            let (Some(arms), Some(point), Some(replicate)) =
                (rows.texts("arm"), whole("point", row), whole("replicate", row))
            else {
                continue;
            };
            let values = SHOWN.map(|name| rows.column(name).and_then(|column| column.number(row)));
            runs.entry(arms[row].clone()).or_default().insert((point, replicate), values);
        }
        Ok(Self { outcomes, factors, runs })
    }

    /// The scenario's name.
    pub fn name(&self) -> &str {
        &self.outcomes.plan.name
    }

    /// Points of the design, and replications of each arm at each.
    pub fn size(&self) -> (usize, u64) {
        (self.outcomes.design.rows(), self.outcomes.plan.replications)
    }

    /// The factors in order.
    pub fn factors(&self) -> &[SweepFactor] {
        &self.factors
    }

    /// The policies that can be compared with the baseline; none where the design chooses the policy of each point.
    pub fn policies(&self) -> &[String] {
        if self.outcomes.plan.policy_factor { &[] } else { self.outcomes.plan.arms.get(1..).unwrap_or(&[]) }
    }

    /// The points near a setting, and what they say.
    ///
    /// # Errors
    /// An unknown policy or factor, a factor named twice, or a value out of range.
    pub fn look(&self, setting: &SweepSetting) -> Result<Nearby, ExploreError> {
        if let Some(name) = setting.policy.as_ref().filter(|name| !self.policies().contains(name)) {
            let near = did_you_mean(name, self.policies().iter().map(String::as_str));
            let help = near.unwrap_or_else(|| format!("the sweep has: {}", self.policies().join(", ")));
            return Err(ExploreError::UnknownPolicy { name: name.clone(), help });
        }
        if !(setting.width > 0.0 && setting.width <= WIDEST) {
            let expected = "a share above 0, at most 1".into();
            let found = setting.width.to_string();
            return Err(ExploreError::OutOfRange { lever: "width".into(), found, expected });
        }
        let wanted = self.wanted(&setting.near)?;
        let (found, nearest) = self.points(&wanted, setting.width);
        let ranges = (0..self.factors.len()).map(|place| ends(self.outcomes.design.column(place), &found)).collect();
        let estimate = self.estimate(&found, setting.policy.as_deref());
        Ok(Nearby { points: found.len(), of: self.outcomes.design.rows(), nearest, ranges, estimate })
    }

    /// The places of factors with the values about which to look.
    fn wanted(&self, near: &[(String, f64)]) -> Result<Vec<(usize, f64)>, ExploreError> {
        let mut wanted: Vec<(usize, f64)> = Vec::new();
        for (name, value) in near {
            let Some(place) = self.factors.iter().position(|factor| factor.name == *name) else {
                let close = did_you_mean(name, self.factors.iter().map(|factor| factor.name.as_str()));
                let help = close.unwrap_or_else(|| "only factors of the sweep can be moved".into());
                return Err(ExploreError::UnknownLever { name: name.clone(), help });
            };
            let factor = &self.factors[place];
            let [low, high] = factor.ends;
            let fits = value.is_finite() && *value >= low && *value <= high;
            let whole = factor.categories.is_none() || value.fract() == 0.0;
            if !fits || !whole {
                let expected = format!("a value from {low} to {high}, as the sweep has points");
                return Err(ExploreError::OutOfRange { lever: name.clone(), found: value.to_string(), expected });
            }
            if wanted.iter().any(|other| other.0 == place) {
                return Err(ExploreError::Twice(name.clone()));
            }
            wanted.push((place, *value));
        }
        Ok(wanted)
    }

    /// The points within the width of every value wanted; the nearest one where there is none.
    fn points(&self, wanted: &[(usize, f64)], width: f64) -> (Vec<usize>, bool) {
        let away = |point: usize, (place, value): (usize, f64)| {
            let found = self.outcomes.design.column(place)[point];
            let [low, high] = self.factors[place].ends;
            if self.factors[place].categories.is_some() {
                return if found == value { 0.0 } else { 2.0 * WIDEST };
            }
            if high > low { (found - value).abs() / (high - low) } else { 0.0 }
        };
        let all = 0..self.outcomes.design.rows();
        let within: Vec<usize> =
            all.clone().filter(|&point| wanted.iter().all(|&want| away(point, want) <= width)).collect();
        if !within.is_empty() {
            return (within, false);
        }
        let square = |point: usize| wanted.iter().map(|&want| away(point, want)).map(|d| d * d).sum::<f64>();
        let nearest = all.min_by(|&a, &b| square(a).total_cmp(&square(b)));
        (nearest.into_iter().collect(), true)
    }

    fn estimate(&self, points: &[usize], policy: Option<&str>) -> ExploreEstimate {
        let mut pairs = Pairs::new(policy.is_some());
        let near = |point: i64| points.binary_search(&(point as usize)).is_ok();
        match policy {
            // Where the design chooses the policy, each point has an arm of its own.
            None if self.outcomes.plan.policy_factor => {
                let mut all: Vec<_> = self.runs.values().flatten().filter(|(run, _)| near(run.0)).collect();
                all.sort_by_key(|(run, _)| **run);
                for (run, values) in all {
                    pairs.add_outcomes(*run, [*values].into_iter());
                }
            }
            _ => {
                let none = BTreeMap::new();
                let base = self.runs.get(BASELINE).unwrap_or(&none);
                for (run, values) in base.iter().filter(|(run, _)| near(run.0)) {
                    match policy.map(|name| self.runs.get(name).and_then(|own| own.get(run))) {
                        None => pairs.add_outcomes(*run, [*values].into_iter()),
                        Some(Some(own)) => pairs.add_outcomes(*run, [*values, *own].into_iter()),
                        Some(None) => {}
                    }
                }
            }
        }
        let estimate = pairs.estimate();
        ExploreEstimate { most: estimate.n, ..estimate }
    }
}

/// A factor of the design as a slider shows it.
fn factor(outcomes: &Outcomes, place: usize) -> SweepFactor {
    let factor = &outcomes.design.factors()[place];
    let column = outcomes.design.column(place);
    let categories = factor.categories().map(<[String]>::to_vec);
    let ends = match &categories {
        Some(words) => [0.0, words.len().max(1) as f64 - 1.0],
        None => ends(column, &(0..column.len()).collect::<Vec<_>>()),
    };
    let registry = registry();
    let mut parts = factor.name.rsplit('.');
    let (name, table) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let parameter = registry.slot(table, name).map(|slot| registry.parameter(slot));
    SweepFactor {
        name: factor.name.clone(),
        categories,
        ends,
        unit: parameter.map_or("", |p| p.unit),
        meaning: parameter.map_or_else(String::new, |p| p.meaning.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

/// The least and greatest value of a column at these points.
fn ends(column: &[f64], points: &[usize]) -> [f64; 2] {
    let values = points.iter().map(|&point| column[point]);
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)])
}
