//! Figures behind robustness checks of a run: effects by draw, what parameters explain of them, effects without pairing.

use std::collections::BTreeMap;

use crate::stats::{
    Interval, RatioInterval, TwoLevel, difference_of_independent, explained, mean, ratio_by_draw, samples, variance,
};
use forestall_model::{BASELINE, Table};

use super::compare::CONFIDENCE;
use super::plots::RunId;

/// Mean effect of a policy on an outcome by draw of the parameters; empty where a column is missing.
pub fn effect_by_draw(replications: &Table, policy: &str, outcome: &str) -> BTreeMap<i64, f64> {
    let mut pairs: BTreeMap<RunId, [Option<f64>; 2]> = BTreeMap::new();
    for (side, arm) in [BASELINE, policy].into_iter().enumerate() {
        for (run, value) in outcome_of(replications, arm, outcome) {
            pairs.entry(run).or_default()[side] = Some(value);
        }
    }
    let mut groups: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for ((draw, _), pair) in pairs {
        if let [Some(base), Some(other)] = pair {
            groups.entry(draw).or_default().push(other - base);
        }
    }
    groups.into_iter().filter_map(|(draw, values)| Some((draw, mean(&values)?))).collect()
}

/// The part of an effect's variance between draws, chance taken out, that goes linearly with some parameters: a share
/// from 0 to 1 and its standard error, which is large where there are not many more draws than parameters. Each of
/// `columns` holds one parameter's values by number of the draw; `whole` is the split of the effect's variance. Draws that
/// are alike in all columns are one, since a posterior repeats its likelier points, and what they share is no second proof.
pub fn share_explained(effects: &BTreeMap<i64, f64>, columns: &[&[f64]], whole: &TwoLevel) -> Option<(f64, f64)> {
    let mut points: BTreeMap<Vec<u64>, Vec<(i64, f64)>> = BTreeMap::new();
    for (draw, effect) in effects {
        let place = usize::try_from(*draw).ok()?;
        let bits: Option<Vec<u64>> = columns.iter().map(|values| values.get(place).map(|v| v.to_bits())).collect();
        points.entry(bits?).or_default().push((*draw, *effect));
    }
    let mut points: Vec<&Vec<(i64, f64)>> = points.values().collect();
    points.sort_by_key(|point| point[0].0);
    let of = |point: &Vec<(i64, f64)>| mean(&point.iter().map(|(_, effect)| *effect).collect::<Vec<f64>>());
    let response: Vec<f64> = points.iter().filter_map(|point| of(point)).collect();
    let at = |values: &&[f64]| points.iter().map(|point| values[point[0].0 as usize]).collect::<Vec<f64>>();
    let found = explained(&response, &columns.iter().map(at).collect::<Vec<_>>())?;
    let scale = variance(&response)? / whole.ignorance_variance;
    Some(((found.adjusted * scale).clamp(0.0, 1.0), found.error * scale))
}

/// The interval that the effect of a policy would have if its runs had been drawn apart from the baseline's; where runs
/// share draws, the draws are the sample.
pub fn without_pairing(replications: &Table, policy: &str, outcome: &str) -> Option<Interval> {
    let sample = |arm: &str| -> Option<Vec<f64>> {
        let values = outcome_of(replications, arm, outcome);
        samples(values.into_iter().map(|((draw, _), value)| (draw, value))).iter().map(|own| mean(own)).collect()
    };
    difference_of_independent(&sample(BASELINE)?, &sample(policy)?, CONFIDENCE)
}

/// Sum of one outcome over the sum of another, in the runs of one arm.
pub fn ratio_of_outcomes(replications: &Table, arm: &str, numerator: &str, denominator: &str) -> Option<RatioInterval> {
    let bottoms: BTreeMap<RunId, f64> = outcome_of(replications, arm, denominator).into_iter().collect();
    let rows: Vec<(i64, f64, f64)> = outcome_of(replications, arm, numerator)
        .into_iter()
        .filter_map(|(run, top)| Some((run.0, top, *bottoms.get(&run)?)))
        .collect();
    ratio_by_draw(&rows, CONFIDENCE)
}

/// One outcome in the runs of one arm, in the order of the table; nothing where a column is missing.
fn outcome_of(replications: &Table, arm: &str, outcome: &str) -> Vec<(RunId, f64)> {
    let column = |name: &str| replications.column(name);
    let (Some(arms), Some(draws), Some(runs), Some(values)) =
        (column("arm"), column("draw"), column("replication"), column(outcome))
    else {
        return Vec::new();
    };
    let value = |row: usize| Some(((draws.number(row)? as i64, runs.number(row)? as i64), values.number(row)?));
    (0..replications.rows()).filter(|&row| arms.text(row) == arm).filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    /// Rows of arm, draw, replication and outcome.
    fn table(rows: &[(&str, i64, i64, f64)]) -> Table {
        let mut t = Table::new();
        t.push("arm", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        t.push("draw", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        t.push("replication", Column::Integer(rows.iter().map(|r| Some(r.2)).collect()));
        t.push("x", Column::Number(rows.iter().map(|r| Some(r.3)).collect()));
        t.push("all", Column::Number(rows.iter().map(|r| Some(2.0 * r.3 + 1.0)).collect()));
        t
    }

    #[test]
    fn effects_are_paired_and_averaged_by_draw() {
        let found = effect_by_draw(
            &table(&[
                (BASELINE, 0, 0, 5.0),
                (BASELINE, 0, 1, 7.0),
                (BASELINE, 3, 6, 1.0),
                (BASELINE, 4, 8, 1.0),
                ("p", 0, 1, 6.0),
                ("p", 0, 0, 2.0),
                ("p", 3, 6, 2.0),
                ("q", 3, 6, 9.0),
            ]),
            "p",
            "x",
        );
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(0, -2.0), (3, 1.0)]);
    }

    #[test]
    fn draws_that_come_again_are_no_second_proof() {
        // Thirty points with an effect that nothing tells, as they are and each three times: the same share and error.
        let whole = TwoLevel {
            draws: 30,
            n: 60,
            mean: 0.0,
            chance_variance: 0.0,
            ignorance_variance: 1_000.0,
            ignorance_truncated: false,
            ignorance_share: Some(1.0),
            standard_error: 1.0,
            low: -2.0,
            high: 2.0,
        };
        let of = |copies: i64| {
            let value = |draw: i64| ((draw / copies * 37) % 101) as f64;
            let effects: BTreeMap<i64, f64> =
                (0..30 * copies).map(|draw| (draw, ((draw / copies * 53) % 89) as f64)).collect();
            let columns: Vec<Vec<f64>> =
                (1..6).map(|k| (0..30 * copies).map(|draw| (value(draw) * f64::from(k)) % 23.0).collect()).collect();
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            share_explained(&effects, &columns, &whole)
        };
        assert!(of(1).is_some());
        assert_eq!(of(1), of(3));
    }

    #[test]
    fn without_pairing_the_draws_are_the_sample() {
        let (mut shared, mut apart) = (Vec::new(), Vec::new());
        for run in 0..20_i64 {
            let level = ((run / 2 * 7) % 10) as f64;
            for (arm, shift) in [(BASELINE, 0.0), ("p", 1.0)] {
                shared.push((arm, run / 2, run, level + shift));
                apart.push((arm, 0, run, level + shift));
            }
        }
        let width = |rows: &[(&str, i64, i64, f64)]| {
            let found = without_pairing(&table(rows), "p", "x").expect("defined");
            assert!((found.low + found.high - 2.0).abs() < 1e-12);
            found.high - found.low
        };
        // Both runs of a draw are equal: they tell no more than one.
        assert!(width(&shared) > 1.35 * width(&apart), "{} {}", width(&shared), width(&apart));
    }

    #[test]
    fn a_ratio_is_of_sums_over_the_runs_of_one_arm() {
        let found = ratio_of_outcomes(
            &table(&[(BASELINE, 0, 0, 1.0), ("p", 0, 0, 9.0), (BASELINE, 0, 1, 3.0)]),
            BASELINE,
            "x",
            "all",
        );
        assert_eq!(found.expect("defined").ratio, 0.4);
        assert!(ratio_of_outcomes(&table(&[]), BASELINE, "x", "missing").is_none());
    }
}
