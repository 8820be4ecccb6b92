//! Which of several models is the record likelier to come from? Probabilities of models by regression on tables of points.
//!
//! 1. *What tells models apart* (Prangle et al. 2014): the log odds of the models given the patterns, by logistic
//!    regression over all tables. Points are near the record where these odds are.
//! 2. *Near* the record, weighted by Epanechnikov's kernel, a second logistic regression on the log odds alone says how
//!    probable each model is there (Beaumont 2008).
//! 3. *Checked* on points whose model is known: each is taken for the record, with all points of its fold left out.
//!
//! All models are equally probable before, whatever the sizes of their tables. Points with the same number share random
//! numbers over tables, so folds go by number: no point is judged by its twin. Errors are a jackknife over folds.

use libm::{exp, log, sqrt};
use rayon::prelude::*;

use crate::stats::{mean, normal_cdf, variance};

use super::error::CalibrationError;
use super::logit::{Cases, Logit};

/// Folds of the cross-validation and of the jackknife.
const FOLDS: u64 = 10;
/// Penalties tried in the first regression.
const PENALTIES: [f64; 6] = [1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0];
/// Penalty of the second one, of few columns: enough for classes that part.
const SECOND: f64 = 1e-4;
/// Points of each model near the record, on average, at least.
const LEAST_NEAR: usize = 30;

/// The points of one model: number and where the patterns stand.
pub(crate) struct Table {
    /// Numbers of the points; the same number is the same point in all tables.
    pub numbers: Vec<u64>,
    /// One row a point; the record is 0 in all.
    pub patterns: Vec<Vec<f64>>,
}

/// How probable the models are.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// Of each model: probability, and the ends of its 95 % interval by the jackknife.
    pub probabilities: Vec<(f64, f64, f64)>,
    /// Points near the record.
    pub near: usize,
    /// How the method fares where the model is known.
    pub known: KnownModels,
}

/// How the method fares on points whose model is known.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownModels {
    /// Row: the model that made the record; column: the mean probability that each model is given.
    pub given: Vec<Vec<f64>>,
    /// Points of each model that were tried.
    pub tried: usize,
    /// Share of them for which the true model is the most probable one.
    pub right: f64,
    /// Mean −ln of the probability of the true model.
    pub score: f64,
    /// The standard error of that mean.
    pub score_error: f64,
    /// The same where nothing is known: ln of the number of models.
    pub blind: f64,
    /// How probable a score as far from what the probabilities themselves promise is where they hold.
    pub held: f64,
}

impl KnownModels {
    /// Whether the patterns tell the models apart beyond chance: by two standard errors.
    pub fn tells(&self) -> bool {
        self.blind - self.score > 2.0 * self.score_error
    }
}

/// A point of any table.
struct Case<'a> {
    model: usize,
    fold: u64,
    columns: Vec<f64>,
    patterns: &'a [f64],
}

/// Weighs models by the record at 0 in all patterns; `share` of all points is near, `tried` points of each are known
/// truths.
///
/// # Errors
/// If there are fewer than two tables, or too few points near the record.
pub(crate) fn weigh(tables: &[Table], share: f64, tried: usize) -> Result<Weighed, CalibrationError> {
    let count = tables.len();
    if count < 2 {
        return Err(CalibrationError::request("one model has no rival: give at least two"));
    }
    let cases: Vec<Case<'_>> = tables
        .iter()
        .enumerate()
        .flat_map(|(model, table)| {
            table.numbers.iter().zip(&table.patterns).map(move |(number, patterns)| Case {
                model,
                fold: number % FOLDS,
                columns: bent(patterns),
                patterns,
            })
        })
        .collect();
    let near = libm::round(share * cases.len() as f64) as usize;
    if near < LEAST_NEAR * count || tables.iter().any(|t| t.patterns.is_empty()) {
        return Err(CalibrationError::request(format!(
            "{} points give {near} near the record, too few to weigh {count} models: it takes {}; raise --accept, or \
             the --simulations of the fits",
            cases.len(),
            LEAST_NEAR * count
        )));
    }
    let first = Odds::fit(&cases, count)
        .ok_or_else(|| CalibrationError::request("the tables hold nothing that a regression could use"))?;
    let record = vec![0.0; cases[0].patterns.len()];
    let nearby = Nearby { cases: &cases, odds: &first, count, near };
    let all: Vec<Vec<f64>> =
        (0..FOLDS).into_par_iter().filter_map(|fold| nearby.at(&record, fold, Some(fold))).collect();
    let whole = nearby
        .at(&record, FOLDS, None)
        .ok_or_else(|| CalibrationError::request("no point of the tables is near the record"))?;
    Ok(Weighed { probabilities: jackknife(&whole, &all), near, known: known(&nearby, tried) })
}

/// The columns of the first regression: patterns and their squares.
fn bent(row: &[f64]) -> Vec<f64> {
    row.iter().copied().chain(row.iter().map(|x| x * x)).collect()
}

/// Points of each model.
fn sizes<'c>(cases: impl Iterator<Item = &'c Case<'c>>, count: usize) -> Vec<usize> {
    let mut sizes = vec![0; count];
    for case in cases {
        sizes[case.model] += 1;
    }
    sizes
}

/// Rows, classes and weights under which all models weigh the same.
fn even<'a>(cases: &[&'a Case<'a>], count: usize) -> (Vec<&'a [f64]>, Vec<usize>, Vec<f64>) {
    let sizes = sizes(cases.iter().copied(), count);
    let weight = |case: &&Case<'_>| 1.0 / (count * sizes[case.model]) as f64;
    (
        cases.iter().map(|c| c.columns.as_slice()).collect(),
        cases.iter().map(|c| c.model).collect(),
        cases.iter().map(weight).collect(),
    )
}

fn regression(cases: &[&Case<'_>], count: usize, penalty: f64) -> Option<Logit> {
    let (rows, classes, weights) = even(cases, count);
    Logit::fit(&Cases { rows: &rows, classes: &classes, weights: &weights, count }, penalty)
}

/// The log odds of models given patterns: by all points, and by those of all folds but one.
struct Odds {
    whole: Logit,
    without: Vec<Logit>,
    /// Of each case, by the regression that does not know its fold.
    of_cases: Vec<Vec<f64>>,
}

impl Odds {
    /// Under the penalty that predicts folds best that it has not seen.
    fn fit(cases: &[Case<'_>], count: usize) -> Option<Self> {
        let outside = |fold: u64| cases.iter().filter(|c| c.fold != fold).collect::<Vec<_>>();
        let tried: Vec<(f64, Vec<Logit>)> = PENALTIES
            .par_iter()
            .filter_map(|penalty| {
                let without: Vec<Logit> = (0..FOLDS)
                    .into_par_iter()
                    .map(|f| regression(&outside(f), count, *penalty))
                    .collect::<Option<_>>()?;
                Some((*penalty, without))
            })
            .collect();
        let sizes = sizes(cases.iter(), count);
        let score = |without: &[Logit]| -> f64 {
            let one = |c: &Case<'_>| without[c.fold as usize].log_probabilities(&c.columns)[c.model];
            cases.iter().map(|c| one(c) / sizes[c.model] as f64).sum()
        };
        let scored = tried.into_iter().map(|(penalty, without)| (score(&without), penalty, without));
        let (_, penalty, without) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let all: Vec<&Case<'_>> = cases.iter().collect();
        let whole = regression(&all, count, penalty)?;
        let of_cases = cases.iter().map(|c| odds(&without[c.fold as usize], &c.columns)).collect();
        Some(Self { whole, without, of_cases })
    }
}

/// Log odds against the first model.
fn odds(by: &Logit, columns: &[f64]) -> Vec<f64> {
    let logs = by.log_probabilities(columns);
    logs.iter().skip(1).map(|l| l - logs[0]).collect()
}

/// All points with their log odds, ready for any record.
struct Nearby<'a> {
    cases: &'a [Case<'a>],
    odds: &'a Odds,
    count: usize,
    near: usize,
}

impl Nearby<'_> {
    /// Probabilities of the models at a record of the fold `own`, with all points of the fold `left_out` left out.
    fn at(&self, patterns: &[f64], own: u64, left_out: Option<u64>) -> Option<Vec<f64>> {
        let first = self.odds.without.get(own as usize).unwrap_or(&self.odds.whole);
        let record = odds(first, &bent(patterns));
        let spreads = self.spreads();
        let distance = |row: &[f64]| {
            let one = |((a, b), s): ((&f64, &f64), &f64)| if *s > 0.0 { (a - b) * (a - b) / (s * s) } else { 0.0 };
            sqrt(row.iter().zip(&record).zip(&spreads).map(one).sum::<f64>())
        };
        let kept = self.cases.iter().zip(&self.odds.of_cases).enumerate();
        let mut all: Vec<(f64, usize)> =
            kept.filter(|(_, (c, _))| Some(c.fold) != left_out).map(|(i, (_, odds))| (distance(odds), i)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let radius = all.get(self.near).or(all.last())?.0;
        // Points that lie on one another, as where nothing tells models apart, are all near: none comes first.
        all.retain(|(d, _)| *d < radius || radius == 0.0 && *d == 0.0);
        let kernel = |d: f64| if radius > 0.0 { 1.0 - (d / radius) * (d / radius) } else { 1.0 };
        let sizes = sizes(self.cases.iter().filter(|c| Some(c.fold) != left_out), self.count);
        let raw: Vec<f64> = all.iter().map(|(d, i)| kernel(*d) / sizes[self.cases[*i].model] as f64).collect();
        let whole: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / whole).collect();
        let rows: Vec<&[f64]> = all.iter().map(|(_, i)| self.odds.of_cases[*i].as_slice()).collect();
        let classes: Vec<usize> = all.iter().map(|(_, i)| self.cases[*i].model).collect();
        let cases = Cases { rows: &rows, classes: &classes, weights: &weights, count: self.count };
        let found = Logit::fit(&cases, SECOND)?.log_probabilities(&record);
        Some(found.into_iter().map(exp).collect())
    }

    /// How far the log odds lie apart over all points.
    fn spreads(&self) -> Vec<f64> {
        let n = self.odds.of_cases.len() as f64;
        let one = |j: usize| {
            let mean = self.odds.of_cases.iter().map(|row| row[j]).sum::<f64>() / n;
            sqrt(self.odds.of_cases.iter().map(|row| (row[j] - mean) * (row[j] - mean)).sum::<f64>() / n)
        };
        (0..self.count - 1).map(one).collect()
    }
}

/// Intervals of 95 % from the estimates that each lack a fold, on the log odds of a model against all others.
fn jackknife(whole: &[f64], without: &[Vec<f64>]) -> Vec<(f64, f64, f64)> {
    let logit = |p: f64| log(p.clamp(1e-12, 1.0 - 1e-12)) - log(1.0 - p.clamp(1e-12, 1.0 - 1e-12));
    let share = |x: f64| 1.0 / (1.0 + exp(-x));
    let n = without.len() as f64;
    let one = |(k, p): (usize, &f64)| {
        let left: Vec<f64> = without.iter().map(|all| logit(all[k])).collect();
        let mean = left.iter().sum::<f64>() / n;
        let error = sqrt((n - 1.0) / n * left.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>());
        (*p, share(logit(*p) - 1.96 * error), share(logit(*p) + 1.96 * error))
    };
    whole.iter().enumerate().map(one).collect()
}

/// Takes the first points of each model for the record, each without its fold.
fn known(nearby: &Nearby<'_>, tried: usize) -> KnownModels {
    let chosen: Vec<&Case<'_>> =
        (0..nearby.count).flat_map(|model| nearby.cases.iter().filter(move |c| c.model == model).take(tried)).collect();
    let judged: Vec<(usize, Vec<f64>)> = chosen
        .par_iter()
        .filter_map(|case| Some((case.model, nearby.at(case.patterns, case.fold, Some(case.fold))?)))
        .collect();
    let count = nearby.count;
    let (mut given, mut sizes) = (vec![vec![0.0; count]; count], vec![0.0f64; count]);
    let (mut right, mut scores) = (0.0, Vec::with_capacity(judged.len()));
    for (truth, found) in &judged {
        sizes[*truth] += 1.0;
        given[*truth].iter_mut().zip(found).for_each(|(sum, p)| *sum += p);
        let best = found.iter().enumerate().fold(0, |best, (k, p)| if *p > found[best] { k } else { best });
        right += f64::from(u8::from(best == *truth));
        scores.push(-log(found[*truth].max(1e-300)));
    }
    for (row, size) in given.iter_mut().zip(&sizes) {
        for p in row.iter_mut() {
            *p /= size.max(1.0);
        }
    }
    let n = (judged.len() as f64).max(1.0);
    let spread = variance(&scores).unwrap_or(0.0);
    KnownModels {
        given,
        tried: sizes.iter().fold(f64::INFINITY, |least: f64, s| least.min(*s)) as usize,
        right: right / n,
        score: mean(&scores).unwrap_or(0.0),
        score_error: sqrt(spread / n),
        blind: log(count as f64),
        held: held(&judged),
    }
}

/// Whether probabilities hold what they promise: the score against the one expected under them (Spiegelhalter 1986, by
/// the logarithm), as the probability of being as far off.
pub(super) fn held(judged: &[(usize, Vec<f64>)]) -> f64 {
    let (mut apart, mut variance) = (0.0, 0.0);
    for (truth, found) in judged {
        let logs: Vec<f64> = found.iter().map(|p| log(p.max(1e-300))).collect();
        let mean: f64 = found.iter().zip(&logs).map(|(p, l)| p * l).sum();
        apart += logs[*truth] - mean;
        variance += found.iter().zip(&logs).map(|(p, l)| p * (l - mean) * (l - mean)).sum::<f64>();
    }
    if variance > 0.0 { 2.0 * normal_cdf(-libm::fabs(apart) / sqrt(variance)) } else { 1.0 }
}
