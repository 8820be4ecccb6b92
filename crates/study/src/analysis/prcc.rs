//! Partial rank correlations and regression slopes: the screen for many parameters at once.
//!
//! Every run tells of every parameter, so a few runs a parameter rank hundreds (Saltelli et al. 2000, chapter 2; Marino
//! et al. 2008 for simulations of persons). With R the correlations of all columns and the response, P = R⁻¹:
//!
//! ```text
//! partial rank correlation of factor j:  −P_jy ÷ √(P_jj P_yy), of ranks; Fisher's z with n − k − 2 in its variance
//! standardised regression coefficient:   the slope on (x − mean) ÷ s of (y − mean) ÷ s
//! effect:                                the slope on ranks from 0 to 1, in the unit of the response
//! ```
//!
//! Slopes have the robust variance HC3 (MacKinnon and White 1985), near to a jackknife over points, and Student's t of
//! n − k − 1: the spread of counts grows with their mean. Replicates of a point are averaged first.

use crate::design::{Design, Factor};
use crate::stats::matrix::Square;
use crate::stats::special::{normal_quantile, student_quantile};
use crate::stats::{mean, variance};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::given_data::{Data, mid_places};
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity, common_notes};

/// Points beyond the columns that a regression needs.
const LEAST_FREE: usize = 10;
/// Two-sided 95 %.
const UPPER: f64 = 0.975;

/// A factor's columns in the regressions: one of numbers, one less than its categories of categories.
struct Columns {
    /// The values as they are, column by column.
    values: Vec<Vec<f64>>,
    /// Where each factor's own column stands; `None` where it has no order, or one value in all runs.
    own: Vec<Option<usize>>,
    /// Which factor each column is of.
    factor: Vec<usize>,
}

/// Partial rank correlations, standardised regression coefficients and effects of each factor, from points that were
/// drawn on their own. Nothing is resampled.
///
/// # Errors
/// [`AnalysisError::Request`] where there are hardly more points than parameters, where the design stands in blocks, or
/// where parameters move together so that nothing tells them apart.
pub fn prcc(design: &Design, response: &Response, _: Resampling) -> Result<Sensitivity, AnalysisError> {
    let data = Data::of(design, response)?;
    if data.unit != "point" {
        return Err(AnalysisError::request(format!(
            "regression needs points drawn on their own (--design lhs, sobol or grid), and this is a design of {}; \
             use --method pawn or --method delta",
            design.method().name()
        )));
    }
    let factors = design.factors();
    let (points, y) = averaged(&data);
    let columns = Columns::of(factors, &points);
    let (n, k) = (y.len(), columns.values.len());
    if n < k + 1 + LEAST_FREE {
        return Err(AnalysisError::request(format!(
            "{n} points for {k} columns: a regression needs at least {} (--points)",
            k + 1 + LEAST_FREE
        )));
    }
    let constant = response.is_constant();
    let freedom = (n - k - 1) as f64;
    let mut notes = common_notes(data.blocks, data.dropped, response, data.unit, constant);
    let mut indices: Vec<IndexRow> = factors
        .iter()
        .map(|f| IndexRow {
            parameter: f.name.clone(),
            values: ["prcc", "src", "effect"].into_iter().map(|name| (name, Estimate::UNDEFINED)).collect(),
        })
        .collect();
    if !constant {
        let scaled: Vec<Vec<f64>> = columns.values.iter().map(|x| standard(x)).collect();
        let ranks: Vec<Vec<f64>> = columns.values.iter().map(|x| places(x)).collect();
        let named = |column: usize| factors[columns.factor[column]].name.as_str();
        let partial = Correlations::of(&ranks, &places(&y)).map_err(|c| alike(named(c)))?;
        let src = Slopes::of(&scaled, &standard(&y)).map_err(|c| alike(named(c)))?;
        let effect = Slopes::of(&ranks, &y).map_err(|c| alike(named(c)))?;
        for (row, own) in indices.iter_mut().zip(&columns.own) {
            let Some(c) = *own else { continue };
            row.values = vec![
                ("prcc", partial.estimate(c, freedom)),
                ("src", src.estimate(c, freedom)),
                ("effect", effect.estimate(c, freedom)),
            ];
        }
        notes.push(format!(
            "slopes explain {} of the variance of the {} points' means, and {} of that of their ranks; the rest is \
             chance, bends, and what parameters do together",
            share(src.explained),
            n,
            share(partial.explained)
        ));
        notes.extend(by_chance(k, freedom));
    }
    let unordered: Vec<String> = factors
        .iter()
        .zip(&columns.own)
        .filter(|(f, own)| own.is_none() && f.categories().is_some_and(|names| names.len() > 2))
        .map(|(f, _)| format!("`{}`", f.name))
        .collect();
    if !unordered.is_empty() {
        notes.push(format!(
            "{} {} no order, so no slope; what {} is taken out of all others",
            unordered.join(", "),
            if unordered.len() == 1 { "has" } else { "have" },
            if unordered.len() == 1 { "it does" } else { "they do" },
        ));
    }
    Ok(data.found("prcc", (design, response), indices, notes))
}

/// The columns of all points, and the mean of each point's replicates.
fn averaged(data: &Data) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut points: Vec<Vec<f64>> = vec![Vec::with_capacity(data.blocks); data.columns.len()];
    let mut y = Vec::with_capacity(data.blocks);
    let mut from = 0;
    for runs in data.block.chunk_by(|a, b| a == b) {
        y.push(data.y[from..from + runs.len()].iter().sum::<f64>() / runs.len() as f64);
        points.iter_mut().zip(&data.columns).for_each(|(to, column)| to.push(column[from]));
        from += runs.len();
    }
    (points, y)
}

impl Columns {
    fn of(factors: &[Factor], points: &[Vec<f64>]) -> Self {
        let mut out = Self { values: Vec::new(), own: Vec::new(), factor: Vec::new() };
        for (j, (factor, values)) in factors.iter().zip(points).enumerate() {
            let varies = |x: &[f64]| x.iter().any(|v| *v != x[0]);
            match factor.categories().map(<[String]>::len) {
                Some(count) if count > 2 => {
                    // One column a category but the first that occurs: together with the mean they say all.
                    let mut seen: Vec<f64> = values.clone();
                    seen.sort_by(f64::total_cmp);
                    seen.dedup();
                    for level in seen.into_iter().skip(1) {
                        out.values.push(values.iter().map(|v| f64::from(u8::from(*v == level))).collect());
                        out.factor.push(j);
                    }
                    out.own.push(None);
                }
                _ if varies(values) => {
                    out.own.push(Some(out.values.len()));
                    out.values.push(values.clone());
                    out.factor.push(j);
                }
                _ => out.own.push(None),
            }
        }
        out
    }
}

/// Ranks from 0 to 1; equal values share the middle of their places.
fn places(values: &[f64]) -> Vec<f64> {
    let last = (values.len() - 1) as f64;
    mid_places(values).into_iter().map(|place| place / last).collect()
}

/// In standard deviations from the mean.
fn standard(values: &[f64]) -> Vec<f64> {
    let centre = mean(values).unwrap_or(0.0);
    let spread = variance(values).map_or(1.0, f64::sqrt);
    values.iter().map(|v| (v - centre) / spread).collect()
}

/// Centred columns, and the factor of their correlations.
struct Centred {
    columns: Vec<Vec<f64>>,
    /// Root of each column's sum of squares.
    lengths: Vec<f64>,
    factor: Square,
}

impl Centred {
    /// The columns, centred and of length 1; the place of the first that others make up, otherwise.
    fn of(columns: &[Vec<f64>]) -> Result<Self, usize> {
        let centred: Vec<Vec<f64>> = columns
            .iter()
            .map(|x| {
                let centre = mean(x).unwrap_or(0.0);
                x.iter().map(|v| v - centre).collect()
            })
            .collect();
        let lengths: Vec<f64> = centred.iter().map(|x| dot(x, x).sqrt()).collect();
        let columns: Vec<Vec<f64>> =
            centred.iter().zip(&lengths).map(|(x, l)| x.iter().map(|v| v / l).collect()).collect();
        let mut correlations = Square::zero(columns.len());
        for i in 0..columns.len() {
            for j in 0..=i {
                let together = dot(&columns[i], &columns[j]);
                *correlations.cell(i, j) = together;
                *correlations.cell(j, i) = together;
            }
        }
        let factor = correlations.cholesky().ok_or_else(|| first_alike(&correlations))?;
        Ok(Self { columns, lengths, factor })
    }
}

/// The first column that those before it make up.
fn first_alike(correlations: &Square) -> usize {
    let leading = |size: usize| {
        let mut part = Square::zero(size);
        (0..size).for_each(|i| (0..size).for_each(|j| *part.cell(i, j) = correlations.at(i, j)));
        part.cholesky().is_some()
    };
    (1..=correlations.size).find(|&size| !leading(size)).unwrap_or(1) - 1
}

/// Correlations of each column with the response, all others held.
struct Correlations {
    partial: Vec<f64>,
    explained: f64,
}

impl Correlations {
    fn of(columns: &[Vec<f64>], y: &[f64]) -> Result<Self, usize> {
        let x = Centred::of(columns)?;
        let y = standard(y);
        let length = dot(&y, &y).sqrt();
        let joint: Vec<f64> = x.columns.iter().map(|column| dot(column, &y) / length).collect();
        let slopes = x.factor.solve(&joint);
        let explained = dot(&slopes, &joint);
        let left = (1.0 - explained).max(0.0);
        let inverse = x.factor.inverse();
        // The slope b and the diagonal of (X'X)⁻¹ give the same as the inverse of the whole matrix.
        let one = |(j, b): (usize, &f64)| b / (b * b + inverse.at(j, j) * left).sqrt();
        Ok(Self { partial: slopes.iter().enumerate().map(one).collect(), explained })
    }

    fn estimate(&self, column: usize, freedom: f64) -> Estimate {
        let at = self.partial[column];
        // n − (k − 1) − 3 of Fisher's variance, where `freedom` is n − k − 1.
        let reach = normal_quantile(UPPER).map(|z| z / (freedom - 1.0).sqrt());
        let end = |sign: f64| reach.map(|r| (at.clamp(-1.0, 1.0).atanh() + sign * r).tanh());
        Estimate { low: end(-1.0), high: end(1.0), ..Estimate::bare(Some(at)) }
    }
}

/// Slopes of the response on all columns at once, with robust standard errors.
struct Slopes {
    slope: Vec<f64>,
    error: Vec<f64>,
    explained: f64,
}

impl Slopes {
    fn of(columns: &[Vec<f64>], y: &[f64]) -> Result<Self, usize> {
        let x = Centred::of(columns)?;
        let (n, k) = (y.len(), columns.len());
        let centre = mean(y).unwrap_or(0.0);
        let y: Vec<f64> = y.iter().map(|v| v - centre).collect();
        let joint: Vec<f64> = x.columns.iter().map(|column| dot(column, &y)).collect();
        let slopes = x.factor.solve(&joint);
        let inverse = x.factor.inverse();
        let mut squares = vec![0.0; k];
        let mut left = 0.0;
        for i in 0..n {
            let row: Vec<f64> = x.columns.iter().map(|column| column[i]).collect();
            let along: Vec<f64> = (0..k).map(|j| dot(&inverse.cells[j * k..(j + 1) * k], &row)).collect();
            let rest = y[i] - dot(&slopes, &row);
            left += rest * rest;
            // A point that alone holds a column is met exactly and tells nothing of chance.
            let free = 1.0 - 1.0 / n as f64 - dot(&along, &row);
            if free > 1e-9 {
                let apart = rest / free;
                squares.iter_mut().zip(&along).for_each(|(sum, a)| *sum += (a * apart) * (a * apart));
            }
        }
        Ok(Self {
            slope: slopes.iter().zip(&x.lengths).map(|(b, l)| b / l).collect(),
            error: squares.iter().zip(&x.lengths).map(|(s, l)| s.sqrt() / l).collect(),
            explained: 1.0 - left / dot(&y, &y),
        })
    }

    fn estimate(&self, column: usize, freedom: f64) -> Estimate {
        let (at, error) = (self.slope[column], self.error[column]);
        let reach = student_quantile(UPPER, freedom).map(|t| t * error);
        let end = |sign: f64| reach.map(|r| at + sign * r);
        Estimate { low: end(-1.0), high: end(1.0), ..Estimate::bare(Some(at)) }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn alike(name: &str) -> AnalysisError {
    AnalysisError::request(format!(
        "`{name}` is made up by the parameters before it in this design: nothing tells what each of them does"
    ))
}

/// What the partial correlations of parameters without any effect would be.
fn by_chance(parameters: usize, freedom: f64) -> Option<String> {
    let within = |p: f64| normal_quantile(p).map(|z| (z / (freedom - 1.0).sqrt()).tanh());
    let (one, all) = (within(UPPER)?, within(1.0 - 0.025 / parameters as f64)?);
    Some(format!(
        "a parameter without any effect has a partial correlation within ±{one:.2} nineteen times of twenty; the \
         largest of {parameters} such within ±{all:.2}"
    ))
}

fn share(value: f64) -> String {
    format!("{:.0} %", 100.0 * value)
}
