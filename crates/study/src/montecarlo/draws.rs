//! Draws from a posterior in a Monte Carlo run: which replication takes which, and how variance splits by them.

use std::collections::BTreeMap;

use crate::stats::{TwoLevel, two_level};
use forestall_model::{Arm, Table};

use super::compare::CONFIDENCE;

/// Replications of each draw; two are the fewest that tell chance from ignorance.
pub(crate) const REPLICATIONS_A_DRAW: u64 = 2;

/// Draws of the parameters, the same in all arms.
pub(crate) struct PosteriorDraws<'a> {
    /// Number of draws; after the last the first comes again.
    pub count: u64,
    /// The arm of this place at a draw, or why it cannot be had.
    pub arm: &'a (dyn Fn(usize, u64) -> Result<Arm, String> + Sync),
}

impl PosteriorDraws<'_> {
    /// The draw that a replication takes, out of `count`; 0 where there is none.
    pub(crate) fn of(count: u64, replication: u64) -> u64 {
        if count == 0 { 0 } else { replication / REPLICATIONS_A_DRAW % count }
    }
}

/// Draw and replication.
type RunId = (i64, i64);

/// The variance of one outcome, or of one policy's effect on it, by chance and by ignorance.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The arm: `baseline`, or a policy whose difference from the baseline is split.
    pub arm: String,
    /// Variance within draws and between draws; `None` where it cannot be told.
    pub variance: Option<TwoLevel>,
}

/// Splits the variance of `outcome`: of the baseline, and of each policy's difference from it.
///
/// Empty without at least two draws.
pub fn split(replications: &Table, arms: &[String], outcome: &str) -> Vec<Split> {
    let (Some(names), Some(draws), Some(numbers), Some(values)) = (
        replications.column("arm"),
        replications.column("draw"),
        replications.column("replication"),
        replications.column(outcome),
    ) else {
        return Vec::new();
    };
    let mut found: BTreeMap<String, BTreeMap<RunId, f64>> = BTreeMap::new();
    for row in 0..replications.rows() {
        if let (Some(draw), Some(number), Some(value)) = (draws.number(row), numbers.number(row), values.number(row)) {
            found.entry(names.text(row)).or_default().insert((draw as i64, number as i64), value);
        }
    }
    let Some(base) = arms.first().and_then(|arm| found.get(arm)) else { return Vec::new() };
    if base.keys().map(|key| key.0).collect::<std::collections::BTreeSet<_>>().len() < 2 {
        return Vec::new();
    }
    let variance = |of: &dyn Fn(&RunId, f64) -> Option<f64>| {
        let mut groups: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (key, value) in base {
            if let Some(value) = of(key, *value) {
                groups.entry(key.0).or_default().push(value);
            }
        }
        // A draw whose second replication is still to come says nothing about chance.
        let whole: Vec<Vec<f64>> = groups.into_values().filter(|g| g.len() > 1).collect();
        two_level(&whole, CONFIDENCE)
    };
    let one = |arm: &String| {
        let split = match found.get(arm) {
            _ if Some(arm) == arms.first() => variance(&|_, value| Some(value)),
            Some(theirs) => variance(&|key, value| theirs.get(key).map(|other| other - value)),
            None => None,
        };
        Split { arm: arm.clone(), variance: split }
    };
    arms.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    #[test]
    fn two_replications_share_a_draw_and_draws_come_round() {
        let taken: Vec<u64> = (0..8).map(|r| PosteriorDraws::of(3, r)).collect();
        assert_eq!(taken, [0, 0, 1, 1, 2, 2, 0, 0]);
        assert_eq!(PosteriorDraws::of(0, 7), 0);
    }

    fn table(rows: &[(&str, i64, i64, f64)]) -> Table {
        let mut t = Table::new();
        t.push("arm", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        t.push("draw", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        t.push("replication", Column::Integer(rows.iter().map(|r| Some(r.2)).collect()));
        t.push("x", Column::Number(rows.iter().map(|r| Some(r.3)).collect()));
        t
    }

    #[test]
    fn variance_is_split_for_the_baseline_and_for_differences() {
        let arms = ["baseline".to_owned(), "p".to_owned()];
        // Draws differ by 10 and replications of one draw not at all; the policy adds chance alone.
        let mut rows = Vec::new();
        for draw in 0..4 {
            for copy in 0..2 {
                let (number, value) = (draw * 2 + copy, draw as f64 * 10.0);
                rows.push(("baseline", draw, number, value));
                rows.push(("p", draw, number, value + copy as f64));
            }
        }
        let found = split(&table(&rows), &arms, "x");
        let (base, policy) = (found[0].variance.unwrap(), found[1].variance.unwrap());
        assert_eq!((base.chance_variance, base.ignorance_share), (0.0, Some(1.0)));
        assert_eq!((policy.chance_variance, policy.ignorance_share), (0.5, Some(0.0)));
        // One draw alone has nothing to be split by.
        let one: Vec<_> = rows.iter().copied().filter(|r| r.1 == 0).collect();
        assert!(split(&table(&one), &arms, "x").is_empty());
    }
}
