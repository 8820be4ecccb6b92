//! Tipping points: the values of a parameter at which another option comes to be expected the best.

use serde::Serialize;

use super::information::Conditional;

/// Share of the draws cut from each end, where a fit says little.
const TAIL: f64 = 0.01;
/// Two-sided 95 % of a normal variable.
const Z: f64 = 1.959_963_984_540_054;

/// A value of a parameter at which the choice changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TippingPoint {
    /// The parameter.
    pub parameter: String,
    /// Its value, all else as likely as it is beside it.
    pub value: f64,
    /// The interval's lower end: where the two options can no longer be told apart.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// The best option below.
    pub below: String,
    /// The best option above.
    pub above: String,
    /// Share of the draws below.
    pub share_below: f64,
}

/// The tipping points of one parameter, from the least to the greatest, between the 1 % and 99 % quantiles of its draws.
pub(crate) fn tipping_points(
    parameter: &str,
    values: &[f64],
    options: &[String],
    fit: &Conditional,
) -> Vec<TippingPoint> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let cut = (TAIL * order.len() as f64) as usize;
    let inner = &order[cut..order.len() - cut];
    let best = |row: usize| {
        (0..options.len())
            .rev()
            .max_by(|a, b| fit.fitted(*a, row).total_cmp(&fit.fitted(*b, row)))
            .unwrap_or(fit.reference)
    };
    let choices: Vec<usize> = inner.iter().map(|row| best(*row)).collect();
    let mut found = Vec::new();
    for k in 1..inner.len() {
        let (below, above) = (choices[k - 1], choices[k]);
        if below == above {
            continue;
        }
        let lead = |row: usize| fit.fitted(above, row) - fit.fitted(below, row);
        let (a, b) = (inner[k - 1], inner[k]);
        let (from, to) = (lead(a), lead(b));
        let share = if to > from { (-from / (to - from)).clamp(0.0, 1.0) } else { 0.5 };
        let value = values[a] + share * (values[b] - values[a]);
        // Outwards to where the lead is beyond its error, each side by itself.
        let clear = |row: &&usize| {
            let error = fit.error(below, above, **row);
            error.is_some_and(|error| lead(**row).abs() > Z * error)
        };
        let low = inner[..k].iter().rev().find(clear).map(|row| values[*row]);
        let high = inner[k..].iter().find(clear).map(|row| values[*row]);
        found.push(TippingPoint {
            parameter: parameter.to_owned(),
            value,
            low,
            high,
            below: options[below].clone(),
            above: options[above].clone(),
            share_below: (cut + k) as f64 / order.len() as f64,
        });
    }
    found
}
