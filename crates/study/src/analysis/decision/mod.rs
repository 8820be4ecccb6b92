//! Which option to choose under what is known, and what it is worth to know more.

mod acceptability;
mod basis;
mod information;
mod portfolio;
mod repeats;
mod sample;
mod smoother;
mod tipping;
#[cfg(test)]
mod toy_tests;

pub use acceptability::AcceptabilityPoint;
pub use information::StudyDesign;
pub use portfolio::Portfolio;
pub use tipping::TippingPoint;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::bootstrap::Resampling;
use super::estimate::Estimate;
use crate::stats::mean_interval;
use crate::stats::summary::sum_of;
use information::{Conditional, best, perfect, probability_best, results, within};

/// Resamples of replications where nothing but chance is uncertain.
const RESAMPLES: usize = 2_000;
/// Fewest draws.
pub(crate) const FEWEST: usize = 30;

/// A parameter, or several that would be known together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Columns of the parameters.
    pub members: Vec<String>,
}

/// What is to be decided: options, parameters and draws, all of one length and finite.
#[derive(Clone, Debug, Default)]
pub(crate) struct DecisionInput {
    /// Names of the options.
    pub(crate) options: Vec<String>,
    /// Net benefit of each option, one value a draw.
    pub(crate) benefits: Vec<Vec<f64>>,
    /// Effect and cost of each option; empty where only net benefits are known.
    pub(crate) effects: Vec<Vec<f64>>,
    /// As `effects`.
    pub(crate) costs: Vec<Vec<f64>>,
    /// Other outcomes that are shown beside: name, then one list an option.
    pub(crate) burdens: Vec<(String, Vec<Vec<f64>>)>,
    /// Names of the parameters.
    pub(crate) parameters: Vec<String>,
    /// Each parameter's values.
    pub(crate) values: Vec<Vec<f64>>,
    /// Parameters that would be known together.
    pub(crate) groups: Vec<Group>,
    /// Studies that measure a parameter.
    pub(crate) studies: Vec<StudyDesign>,
    /// Values put on a unit of effect.
    pub(crate) grid: Vec<f64>,
    /// Budget, and the share of the draws in which it must hold.
    pub(crate) budget: Option<(f64, f64)>,
    /// Seed of the studies' results.
    pub(crate) seed: u64,
    /// Whether net benefits hold random variation that no knowledge of parameters removes.
    pub(crate) noisy: bool,
    /// Where each draw was run more than once: means over two halves of its replications.
    pub(crate) halves: Option<[Half; 2]>,
    /// Rows that are the same draw once more; `None` where each is its own.
    pub(crate) sample: Option<Sample>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptionRow {
    /// Its name.
    pub option: String,
    /// Mean net benefit with the 95 % interval of the mean.
    pub net_benefit: Estimate,
    /// Mean effect, where effects are known.
    pub effect: Option<f64>,
    /// Mean cost, where costs are known.
    pub cost: Option<f64>,
    /// Means of burdens, of a run over the baseline's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub burdens: BTreeMap<String, f64>,
    /// Probability of being the best.
    pub probability_best: f64,
}

/// What knowing a parameter, or some together, is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InformationRow {
    /// The parameter or group.
    pub parameter: String,
    /// The columns of a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// The expected value of knowing it.
    #[serde(flatten)]
    pub value: Estimate,
}

/// What a study is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StudyRow {
    /// The parameter measured.
    pub parameter: String,
    /// Measurements.
    pub n: u64,
    /// Standard deviation of one.
    pub sd: f64,
    /// The expected value of its results.
    #[serde(flatten)]
    pub value: Estimate,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The option with the greatest expected net benefit.
    pub best: String,
    /// Draws that the answer rests on.
    pub draws: usize,
    /// The options, in the order given.
    pub options: Vec<OptionRow>,
    /// Expected value of perfect information.
    pub evpi: Estimate,
    /// Expected value of knowing each parameter or group, in the order given.
    pub evppi: Vec<InformationRow>,
    /// Expected value of each study.
    pub evsi: Vec<StudyRow>,
    /// Values of parameters at which the choice changes.
    pub tipping_points: Vec<TippingPoint>,
    /// The best options by value put on a unit of effect.
    pub acceptability: Vec<AcceptabilityPoint>,
    /// The best sets of options within the budget.
    pub portfolios: Vec<Portfolio>,
}

/// Decides.
pub(crate) fn decide(input: &DecisionInput) -> Decision {
    let all: Vec<&[f64]> = input.values.iter().map(Vec::as_slice).collect();
    let single = Sample::single(input.benefits.first().map_or(0, Vec::len));
    let sample = input.sample.as_ref().unwrap_or(&single);
    // Random variation of single draws is no knowledge to be had: what all parameters together explain is.
    let smoothed = |columns: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let fit = smoother::smooth(&all, columns, sample);
        fit.of.into_iter().map(|s| s.fitted).collect()
    };
    let known = input.noisy && !all.is_empty();
    let halves = input.halves.as_ref().filter(|_| known);
    let (effects, costs) = if known && halves.is_none() && !input.effects.is_empty() {
        (smoothed(&input.effects), smoothed(&input.costs))
    } else {
        (input.effects.clone(), input.costs.clone())
    };
    // Without draws of parameters a row is chance alone, and what is not known is the mean over replications.
    let chance = input.noisy && all.is_empty();
    let (effects, costs) = if chance {
        (resampled(&input.effects, input.seed), resampled(&input.costs, input.seed))
    } else {
        (effects, costs)
    };
    let expected = if chance {
        resampled(&input.benefits, input.seed)
    } else if let Some(halves) = halves {
        repeats::benefits(&input.benefits, halves, 0.0, sample)
    } else if known {
        smoothed(&input.benefits)
    } else {
        input.benefits.clone()
    };
    let probabilities = probability_best(&expected);
    let evpi = if chance {
        Estimate::UNDEFINED
    } else if let Some(halves) = halves {
        repeats::value(&input.benefits, halves, sample)
    } else if known {
        Conditional::on(&all, &input.benefits, sample).value(&input.benefits)
    } else {
        perfect(&input.benefits, sample)
    };
    let column = |name: &String| input.parameters.iter().position(|p| p == name).map(|j| all[j]);
    let singles = input.parameters.iter().map(|name| Group { name: name.clone(), members: vec![name.clone()] });
    let groups: Vec<Group> = singles.chain(input.groups.iter().cloned()).collect();
    let fits: Vec<Conditional> = groups
        .par_iter()
        .map(|group| {
            let columns: Vec<&[f64]> = group.members.iter().filter_map(column).collect();
            Conditional::on(&columns, &input.benefits, sample)
        })
        .collect();
    let value = |(group, fit): (&Group, &Conditional)| InformationRow {
        parameter: group.name.clone(),
        members: if group.members.len() > 1 { group.members.clone() } else { Vec::new() },
        value: within(fit.value(&input.benefits), evpi),
    };
    let evppi: Vec<InformationRow> = groups.iter().zip(&fits).map(value).collect();
    // A parameter that is worth nothing to know changes no choice: a crossing of its fits is chance.
    let tipping = input.parameters.iter().zip(&input.values).zip(&fits).zip(&evppi);
    let tipping_points: Vec<TippingPoint> = tipping
        .filter(|(_, row)| row.value.estimate.is_some_and(|worth| worth > 0.0))
        .flat_map(|(((name, values), fit), _)| tipping::tipping_points(name, values, &input.options, fit))
        .collect();
    let studies: Vec<StudyRow> = input
        .studies
        .par_iter()
        .enumerate()
        .filter_map(|(k, study)| {
            let found = results(column(&study.parameter)?, study, input.seed.wrapping_add(k as u64));
            let place = input.parameters.iter().position(|p| *p == study.parameter)?;
            // A study cannot be worth more than knowing what it measures.
            let limit = within(fits[place].value(&input.benefits), evpi);
            let value =
                within(Conditional::on(&[found.as_slice()], &input.benefits, sample).value(&input.benefits), limit);
            Some(StudyRow { parameter: study.parameter.clone(), n: study.n, sd: study.sd, value })
        })
        .collect();
    let option = |(d, name): (usize, &String)| {
        let interval = mean_interval(&input.benefits[d], 0.95);
        OptionRow {
            option: name.clone(),
            net_benefit: interval.map_or(Estimate::UNDEFINED, |i| Estimate {
                estimate: Some(i.mean),
                low: Some(i.interval.low),
                high: Some(i.interval.high),
            }),
            effect: input.effects.get(d).and_then(|e| crate::stats::mean(e)),
            cost: input.costs.get(d).and_then(|c| crate::stats::mean(c)),
            burdens: input
                .burdens
                .iter()
                .filter_map(|(burden, values)| Some((burden.clone(), crate::stats::mean(values.get(d)?)?)))
                .collect(),
            probability_best: probabilities[d],
        }
    };
    let known_at = |value: f64| {
        let benefits = benefits_at(&effects, &costs, value);
        if let Some(halves) = halves {
            let halves = halves.each_ref().map(|half| half.at(value));
            return (repeats::benefits(&benefits, &halves, 0.0, sample), repeats::value(&benefits, &halves, sample));
        }
        let evpi = if chance { Estimate::UNDEFINED } else { perfect(&benefits, sample) };
        (benefits, evpi)
    };
    Decision {
        best: input.options[best(&input.benefits)].clone(),
        draws: input.benefits.first().map_or(0, Vec::len),
        options: input.options.iter().enumerate().map(option).collect(),
        evpi,
        evppi,
        evsi: studies,
        tipping_points,
        acceptability: acceptability::curves(&input.options, &input.grid, known_at),
        portfolios: input
            .budget
            .map_or(Vec::new(), |budget| portfolio::portfolios(&input.options, &input.effects, &input.costs, budget)),
    }
}

/// Means of each column over resampled rows, the same rows in all columns.
fn resampled(columns: &[Vec<f64>], seed: u64) -> Vec<Vec<f64>> {
    let rows = columns.first().map_or(0, Vec::len);
    let means = Resampling { resamples: RESAMPLES, seed }.run(rows, |times| -> Vec<f64> {
        let sum = |column: &Vec<f64>| sum_of(times.iter().zip(column).map(|(t, x)| f64::from(*t) * x));
        columns.iter().map(|column| sum(column) / rows.max(1) as f64).collect()
    });
    (0..columns.len()).map(|d| means.iter().map(|m| m[d]).collect()).collect()
}

pub(crate) use acceptability::benefits as benefits_at;
pub(crate) use portfolio::{MOST_LEVERS, MOST_WORK};
pub(crate) use repeats::Half;
pub(crate) use sample::Sample;
