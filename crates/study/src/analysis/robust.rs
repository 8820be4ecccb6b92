//! Robustness of policies across futures: regret and satisficing, with intervals.
//!
//! Absolute regret (Savage 1954; Lempert, Popper and Bankes 2003) is the distance to the best policy of the same
//! future. Satisficing (Starr 1963) is the share of futures in which a policy meets a threshold, and its shortfall
//! how far it misses. Futures are the unit: intervals come from resampling them, Wilson's for shares.

use crate::stats::{mean, quantile, wilson};
use forestall_model::{Column, Table};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::response::no_number;
use crate::results::outside::shown;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Fewer attacks, less cost.
    Lower,
    /// More, such as a share foiled.
    Higher,
}

/// What to compare.
#[derive(Clone, Debug, PartialEq)]
pub struct RobustnessOptions {
    /// Column of policies.
    pub policy: String,
    /// Column of futures.
    pub future: String,
    /// Column of the outcome.
    pub outcome: String,
    /// Which way is better.
    pub better: Better,
    /// The value that is good enough; `None`: no satisficing.
    pub threshold: Option<f64>,
    /// Resamples of futures.
    pub resampling: Resampling,
}

/// How one policy fares.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyRow {
    /// The policy.
    pub policy: String,
    /// Mean outcome over futures.
    pub mean: Estimate,
    /// Largest regret of any future in the table; it has no interval.
    pub regret_max: Estimate,
    /// Regret that 9 of 10 futures stay below.
    pub regret_p90: Estimate,
    /// Mean regret.
    pub regret_mean: Estimate,
    /// Share of futures in which the policy is the best, or one of them.
    pub best_share: Estimate,
    /// Share of futures that meet the threshold.
    pub satisficing: Estimate,
    /// Mean distance to the threshold, 0 where it is met.
    pub shortfall: Estimate,
}

/// Regret of every policy in every future, and how policies fare.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// Names of the policies, in the order of the table.
    pub policies: Vec<String>,
    /// Names of the futures that every policy has, in the order of the table.
    pub futures: Vec<String>,
    /// `regret[policy][future]`.
    pub regret: Vec<Vec<f64>>,
    /// One row a policy, the smallest largest regret first.
    pub rows: Vec<PolicyRow>,
    /// Futures left out because a policy has no value there, or an infinite one.
    pub dropped: usize,
    /// How many of these because of an infinite one.
    pub infinite: usize,
}

/// Compares policies across futures; several rows of one policy and future are averaged.
///
/// # Errors
/// [`AnalysisError::Request`] where a column is missing, or fewer than two policies or futures are left;
/// [`AnalysisError::Mismatch`] where a policy or future has no name, or the outcome is no number.
pub(crate) fn robust(table: &Table, options: &RobustnessOptions) -> Result<Robustness, AnalysisError> {
    let Cells { policies, futures, values, dropped, infinite } = cells(table, options)?;
    let sign = if options.better == Better::Lower { 1.0 } else { -1.0 };
    let best = |f: usize| values.iter().map(|v| sign * v[f]).fold(f64::INFINITY, f64::min);
    let best: Vec<f64> = (0..futures.len()).map(best).collect();
    // Adding zero turns −0 into 0.
    let regret: Vec<Vec<f64>> =
        values.iter().map(|v| v.iter().zip(&best).map(|(x, b)| sign * x - b + 0.0).collect()).collect();
    let short = |x: f64| options.threshold.map(|t| (sign * (x - t)).max(0.0));
    let row = |p: usize| {
        let misses: Option<Vec<f64>> = values[p].iter().map(|x| short(*x)).collect();
        let share = |count: usize| {
            let interval = wilson(count as u64, futures.len() as u64, 0.95);
            let estimate = Some(count as f64 / futures.len() as f64);
            Estimate { estimate, low: interval.map(|i| i.low), high: interval.map(|i| i.high) }
        };
        let over = |values: &[f64], f: fn(&[f64]) -> Option<f64>| {
            // Sorted, so that the order of the table's rows plays no part.
            let mut values = values.to_vec();
            values.sort_by(f64::total_cmp);
            let resampled = options.resampling.run(futures.len(), |times| {
                let drawn = values.iter().enumerate().flat_map(|(i, v)| std::iter::repeat_n(*v, times[i] as usize));
                f(&drawn.collect::<Vec<f64>>())
            });
            Estimate::percentile(f(&values), &resampled)
        };
        PolicyRow {
            policy: policies[p].clone(),
            mean: over(&values[p], mean),
            // The largest of a sample says nothing of what further futures hold: no resampling can give an interval.
            regret_max: Estimate::bare(regret[p].iter().copied().reduce(f64::max)),
            regret_p90: over(&regret[p], |v| quantile(v, 0.9)),
            regret_mean: over(&regret[p], mean),
            best_share: share(regret[p].iter().filter(|r| **r == 0.0).count()),
            satisficing: misses
                .as_ref()
                .map_or(Estimate::UNDEFINED, |m| share(m.iter().filter(|x| **x == 0.0).count())),
            shortfall: misses.as_ref().map_or(Estimate::UNDEFINED, |m| over(m, mean)),
        }
    };
    let mut rows: Vec<PolicyRow> = (0..policies.len()).map(row).collect();
    let key = |r: &PolicyRow| [r.regret_max, r.regret_mean].map(|e| e.estimate.unwrap_or(f64::INFINITY));
    let order = |a: &PolicyRow, b: &PolicyRow| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal);
    rows.sort_by(|a, b| order(a, b).then_with(|| a.policy.cmp(&b.policy)));
    Ok(Robustness { policies, futures, regret, rows, dropped, infinite })
}

/// What a table holds of policies in futures.
struct Cells {
    policies: Vec<String>,
    /// Those that every policy has a value in.
    futures: Vec<String>,
    /// By policy, then by future.
    values: Vec<Vec<f64>>,
    /// Futures left out, and how many of these because of an infinite value.
    dropped: usize,
    infinite: usize,
}

/// Policies, futures that all have, and values by policy and future.
fn cells(table: &Table, options: &RobustnessOptions) -> Result<Cells, AnalysisError> {
    let get = |name: &str, flag: &str| -> Result<&Column, AnalysisError> {
        table.column(name).ok_or_else(|| {
            let names: Vec<&str> = table.columns().map(|c| c.0).collect();
            AnalysisError::request(format!(
                "the table has no column `{name}`; name one of {} by {flag}",
                names.join(", ")
            ))
        })
    };
    let policy = get(&options.policy, "--policy")?;
    let future = get(&options.future, "--future")?;
    let outcome = get(&options.outcome, "--outcome")?;
    sound(outcome, [(policy, &options.policy), (future, &options.future)], &options.outcome)?;
    let policies = distinct(policy);
    let all_futures = distinct(future);
    let place = |names: &[String]| -> std::collections::BTreeMap<String, usize> {
        names.iter().enumerate().map(|(i, n)| (n.clone(), i)).collect()
    };
    let (policy_at, future_at) = (place(&policies), place(&all_futures));
    let mut sums = vec![vec![(0.0, 0_u32, false); all_futures.len()]; policies.len()];
    let mut endless = std::collections::BTreeSet::new();
    for row in 0..table.rows() {
        let cell = &mut sums[policy_at[&policy.text(row)]][future_at[&future.text(row)]];
        match outcome.number(row) {
            Some(value) if value.is_infinite() => {
                cell.2 = true;
                endless.insert(future.text(row));
            }
            Some(value) => (cell.0, cell.1) = (cell.0 + value, cell.1 + 1),
            None => cell.2 = true,
        }
    }
    // A failed run of one policy would make the others' comparison unfair: the whole future is left out.
    let kept: Vec<usize> = (0..all_futures.len()).filter(|&f| sums.iter().all(|s| s[f].1 > 0 && !s[f].2)).collect();
    if policies.len() < 2 || kept.len() < 2 {
        return Err(AnalysisError::request(format!(
            "{} policies have values in {} common futures of {}; at least two of each are needed",
            policies.len(),
            kept.len(),
            all_futures.len()
        )));
    }
    let values = sums.iter().map(|s| kept.iter().map(|&f| s[f].0 / f64::from(s[f].1)).collect()).collect();
    let futures = kept.iter().map(|&f| all_futures[f].clone()).collect();
    let dropped = all_futures.len() - kept.len();
    Ok(Cells { policies, futures, values, dropped, infinite: endless.len() })
}

/// Refuses an outcome that is no number, and a policy or future without a name.
fn sound(outcome: &Column, labels: [(&Column, &String); 2], name: &str) -> Result<(), AnalysisError> {
    if let Some((row, cell)) = no_number(outcome) {
        return Err(AnalysisError::mismatch(format!(
            "row {} of column `{name}` is `{}`, which is no number; leave the cell of a failed run empty",
            row + 1,
            shown(&cell)
        )));
    }
    for (column, name) in labels {
        if let Some(row) = (0..column.len()).find(|row| column.text(*row).trim().is_empty()) {
            let message = format!("row {} of column `{name}` is empty; name every policy and every future", row + 1);
            return Err(AnalysisError::mismatch(message));
        }
    }
    Ok(())
}

/// The different values of a column, in the order of their first appearance.
fn distinct(column: &Column) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    (0..column.len()).map(|row| column.text(row)).filter(|text| seen.insert(text.clone())).collect()
}

impl Robustness {
    /// One line a policy.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        table.push("policy", Column::Text(self.rows.iter().map(|r| r.policy.clone()).collect()));
        for (name, get) in COLUMNS {
            let number = |f: fn(Estimate) -> Option<f64>| Column::Number(self.rows.iter().map(|r| f(get(r))).collect());
            table.push(name, number(|e| e.estimate));
            table.push(format!("{name}_low"), number(|e| e.low));
            table.push(format!("{name}_high"), number(|e| e.high));
        }
        table
    }

    /// One line a policy and future: `policy, future, regret`.
    pub fn regret_table(&self) -> Table {
        let cells = || self.policies.iter().enumerate().flat_map(|(p, _)| (0..self.futures.len()).map(move |f| (p, f)));
        let mut table = Table::new();
        table.push("policy", Column::Text(cells().map(|(p, _)| self.policies[p].clone()).collect()));
        table.push("future", Column::Text(cells().map(|(_, f)| self.futures[f].clone()).collect()));
        table.push("regret", Column::Number(cells().map(|(p, f)| Some(self.regret[p][f])).collect()));
        table
    }
}

type Getter = fn(&PolicyRow) -> Estimate;

/// Names of the columns of [`Robustness::table`].
pub const COLUMNS: [(&str, Getter); 7] = [
    ("mean", |r| r.mean),
    ("regret_max", |r| r.regret_max),
    ("regret_p90", |r| r.regret_p90),
    ("regret_mean", |r| r.regret_mean),
    ("best_share", |r| r.best_share),
    ("satisficing", |r| r.satisficing),
    ("shortfall", |r| r.shortfall),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn options(better: Better, threshold: Option<f64>) -> RobustnessOptions {
        RobustnessOptions {
            policy: "policy".into(),
            future: "future".into(),
            outcome: "y".into(),
            better,
            threshold,
            resampling: Resampling { resamples: 200, seed: 1 },
        }
    }

    fn table(rows: &[(&str, &str, Option<f64>)]) -> Table {
        let mut table = Table::new();
        table.push("policy", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        table.push("future", Column::Text(rows.iter().map(|r| r.1.into()).collect()));
        table.push("y", Column::Number(rows.iter().map(|r| r.2).collect()));
        table
    }

    fn example() -> Table {
        let (a, b, c) = ([1.0, 5.0, 9.0], [3.0, 3.0, 3.0], [2.0, 2.0, 8.0]);
        let mut rows = Vec::new();
        for (f, name) in ["f1", "f2", "f3"].into_iter().enumerate() {
            rows.extend([("a", name, Some(a[f])), ("b", name, Some(b[f])), ("c", name, Some(c[f]))]);
        }
        rows.extend([("a", "f4", Some(1.0)), ("b", "f4", None), ("c", "f4", Some(0.0))]);
        table(&rows)
    }

    #[test]
    fn regret_and_satisficing_by_hand() {
        let found = robust(&example(), &options(Better::Lower, Some(3.0))).unwrap();
        assert_eq!((found.futures.len(), found.dropped), (3, 1));
        assert_eq!(found.regret, [[0.0, 3.0, 6.0], [2.0, 1.0, 0.0], [1.0, 0.0, 5.0]]);
        let order: Vec<&str> = found.rows.iter().map(|r| r.policy.as_str()).collect();
        assert_eq!(order, ["b", "c", "a"]);
        let turned = example().take(&(0..12).rev().collect::<Vec<_>>());
        assert_eq!(robust(&turned, &options(Better::Lower, Some(3.0))).unwrap().rows, found.rows);
        let b = &found.rows[0];
        assert_eq!((b.regret_max.estimate, b.regret_mean.estimate), (Some(2.0), Some(1.0)));
        assert_eq!((b.satisficing.estimate, b.shortfall.estimate), (Some(1.0), Some(0.0)));
        let a = &found.rows[2];
        assert_eq!((a.satisficing.estimate, a.best_share.estimate), (Some(1.0 / 3.0), Some(1.0 / 3.0)));
        assert_eq!(a.shortfall.estimate, Some(8.0 / 3.0));
    }

    #[test]
    fn the_direction_turns_and_no_threshold_is_undefined() {
        let found = robust(&example(), &options(Better::Higher, None)).unwrap();
        assert_eq!(found.regret[0], [2.0, 0.0, 0.0]);
        assert_eq!(found.rows[0].satisficing, Estimate::UNDEFINED);
        assert!(robust(&table(&[("a", "f", Some(1.0))]), &options(Better::Lower, None)).is_err());
    }

    #[test]
    fn infinite_values_and_labels_that_are_none_are_told() {
        let mut rows: Vec<(&str, &str, Option<f64>)> = Vec::new();
        for future in ["f1", "f2", "f3", "f4"] {
            rows.extend([("a", future, Some(1.0)), ("b", future, Some(2.0))]);
        }
        (rows[0].2, rows[2].2) = (Some(f64::INFINITY), None);
        let found = robust(&table(&rows), &options(Better::Lower, None)).unwrap();
        assert_eq!((found.futures.len(), found.dropped, found.infinite), (2, 2, 1));
        rows[3].0 = " ";
        let told = robust(&table(&rows), &options(Better::Lower, None)).unwrap_err().to_string();
        assert!(told.contains("row 4 of column `policy` is empty"), "{told}");
        let mut words = table(&rows[..2]).select(&["policy", "future"]);
        words.push("y", Column::Text(vec!["1".into(), "high".into()]));
        let told = robust(&words, &options(Better::Lower, None)).unwrap_err().to_string();
        assert!(told.contains("row 2 of column `y` is `high`"), "{told}");
    }

    #[test]
    fn the_interval_of_mean_regret_covers_as_stated() {
        // Regret of a against b is max(0, x − 0.5) with x uniform: its mean over many futures is 1/8.
        let (trials, futures) = (200_u32, 60_u32);
        let draws = forestall_model::Draws::new(11, 0);
        let key = forestall_model::Key::root("coverage");
        let mut narrow = 0;
        let covered = (0..trials).filter(|t| {
            let names: Vec<String> = (0..futures).map(|f| f.to_string()).collect();
            let mut rows = Vec::new();
            for (f, name) in names.iter().enumerate() {
                rows.push(("a", name.as_str(), Some(draws.uniform(key.child(0, u64::from(*t)), 0, f as u32))));
                rows.push(("b", name.as_str(), Some(0.5)));
            }
            let found = robust(&table(&rows), &options(Better::Lower, None)).unwrap();
            let a = found.rows.iter().find(|r| r.policy == "a").unwrap().regret_mean;
            let (low, high, middle) = (a.low.unwrap(), a.high.unwrap(), a.estimate.unwrap());
            // A planted error: intervals of half the width.
            narrow += u32::from(f64::midpoint(low, middle) <= 0.125 && 0.125 <= f64::midpoint(high, middle));
            low <= 0.125 && 0.125 <= high
        });
        // Percentile intervals at 60 futures cover about 93 to 95 %; 4 standard errors of 200 trials are 6 %.
        let share = covered.count() as f64 / f64::from(trials);
        assert!((0.87..=1.0).contains(&share), "{share}");
        assert!(f64::from(narrow) < 0.87 * f64::from(trials), "half the width is noticed");
    }
}
