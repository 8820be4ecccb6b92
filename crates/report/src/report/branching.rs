//! The branching ratio of attacks: how many further attacks one attack brings through grievance.

use crate::chart::{BASELINE, together};
use forestall_model::Table;
use forestall_study::rooms::montecarlo::robustness::ratio_of_outcomes;

/// Attacks whose founder radicalised through grievance.
pub(super) const AFTER: &str = "attacks_after_grievance";
const ALL: &str = "attacks_completed";

/// The row of the robustness checks. Every attack that grievance brought has one cause, so their share among all attacks
/// is the mean number that one attack brings. Searches raise grievance too: the ratio of attacks alone is no greater.
pub(super) fn row(replications: Option<&Table>) -> [String; 3] {
    let check = "Could attacks breed attacks without end?";
    let basis = "attacks whose founder radicalised through grievance, over all attacks of the baseline; what comes after the \
                 end of the run is not counted";
    let answer = match replications.and_then(ratio) {
        Some((ratio, None)) => {
            format!("Branching ratio {}; with so few attacks there is no interval.", together(&[ratio])[0])
        }
        Some((ratio, Some((low, high)))) => {
            let n = together(&[ratio, low, high]);
            let verdict = if high < 1.0 {
                "below 1: a wave dies out"
            } else {
                "not shown to be below 1: the scenario's grievance is too strong to be believed"
            };
            format!(
                "One attack brings {} [{}, {}] further ones through grievance (branching ratio), {verdict}.",
                n[0], n[1], n[2]
            )
        }
        None => "Not told: there are no attacks to count, or the tables are older than the column.".to_owned(),
    };
    [check.into(), answer, basis.into()]
}

/// The ratio with the ends of its 95 % interval.
fn ratio(replications: &Table) -> Option<(f64, Option<(f64, f64)>)> {
    let found = ratio_of_outcomes(replications, BASELINE, AFTER, ALL)?;
    Some((found.ratio, found.interval.map(|i| (i.low.max(0.0), i.high))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    fn table(after: &[f64], all: &[f64]) -> Table {
        let mut table = Table::new();
        let policy = after.iter().map(|_| "another".to_owned());
        table.push("arm", Column::Text(after.iter().map(|_| BASELINE.to_owned()).chain(policy).collect()));
        let twice = |values: &[f64], other: f64| {
            Column::Number(values.iter().map(|v| Some(*v)).chain(values.iter().map(|_| Some(other))).collect())
        };
        table.push("draw", Column::Integer(vec![Some(0); 2 * after.len()]));
        table.push("replication", Column::Integer((0..2 * after.len() as i64).map(Some).collect()));
        table.push(AFTER, twice(after, 99.0));
        table.push(ALL, twice(all, 100.0));
        table
    }

    #[test]
    fn the_ratio_is_of_sums_of_the_baseline_and_is_judged_against_one() {
        let calm = row(Some(&table(&[0.5, 1.5, 1.0, 1.0], &[9.0, 11.0, 10.0, 10.0])));
        assert!(calm[1].contains("0.1") && calm[1].contains("below 1: a wave dies out"), "{}", calm[1]);
        let wild = row(Some(&table(&[9.0, 11.5, 10.0, 9.9], &[9.0, 11.0, 10.0, 10.0])));
        assert!(wild[1].contains("not shown to be below 1"), "{}", wild[1]);
    }

    #[test]
    fn without_attacks_or_columns_nothing_is_told() {
        assert!(row(None)[1].starts_with("Not told"));
        assert!(row(Some(&table(&[0.0, 0.0], &[0.0, 0.0])))[1].starts_with("Not told"));
    }
}
