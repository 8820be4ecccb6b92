//! The twin share: how many of the baseline's plots exist in another arm too, by the month in which they begin.

use std::collections::BTreeSet;

use forestall_model::{Column, Table};

/// One row an arm and month: plots that begin in the baseline in that month, those that the arm has too, and the share
/// (`None` in a month without plots).
///
/// `matched` has one row a plot and arm; `months` holds the first days of the months from the start, and the end, with
/// the first dates beside them. Sting cases are left out.
pub(crate) fn twin_share(matched: &Table, baseline: &str, arms: &[String], months: &[f64], dates: &[String]) -> Table {
    let mut of: Vec<BTreeSet<(i64, i64, String)>> = vec![BTreeSet::new(); arms.len()];
    let mut plots: Vec<(usize, (i64, i64, String))> = Vec::new();
    if let (Some(names), Some(draws), Some(numbers), Some(keys), Some(pathways), Some(starts)) = (
        matched.column("arm"),
        matched.column("draw"),
        matched.column("replication"),
        matched.column("plot"),
        matched.column("pathway"),
        matched.column("start_day"),
    ) {
        for row in 0..matched.rows() {
            let (Some(draw), Some(number)) = (draws.number(row), numbers.number(row)) else { continue };
            let (name, key) = (names.text(row), (draw as i64, number as i64, keys.text(row)));
            if pathways.text(row) == "sting" {
                continue;
            }
            let start = starts.number(row).filter(|s| *s >= 0.0);
            if name == baseline
                && let Some(start) = start
            {
                plots.push((months.partition_point(|m| *m <= start).clamp(1, dates.len().max(1)) - 1, key));
            } else if let Some(arm) = arms.iter().position(|a| *a == name) {
                of[arm].insert(key);
            }
        }
    }
    let (mut arm, mut month, mut all, mut twins, mut share) = (vec![], vec![], vec![], vec![], vec![]);
    for (place, name) in arms.iter().enumerate() {
        for (m, date) in dates.iter().enumerate() {
            let begun = plots.iter().filter(|p| p.0 == m);
            let (count, both) =
                begun.fold((0_i64, 0_i64), |(n, k), p| (n + 1, k + i64::from(of[place].contains(&p.1))));
            arm.push(name.clone());
            month.push(date.clone());
            all.push(Some(count));
            twins.push(Some(both));
            share.push((count > 0).then(|| both as f64 / count as f64));
        }
    }
    let mut table = Table::new();
    table.push("arm", Column::Text(arm));
    table.push("month_start", Column::Text(month));
    table.push("plots", Column::Integer(all));
    table.push("twins", Column::Integer(twins));
    table.push("share", Column::Number(share));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_are_twins_within_one_replication_and_months_without_plots_have_no_share() {
        let rows = [
            ("baseline", 0, "a", "inspired", 3.0),
            ("baseline", 0, "b", "inspired", 40.0),
            ("baseline", 1, "c", "sting", 3.0),
            ("baseline", 0, "d", "inspired", -3.0),
            ("p", 0, "a", "inspired", 3.5),
            ("p", 1, "b", "inspired", 40.0),
        ];
        let mut t = Table::new();
        t.push("arm", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        t.push("draw", Column::Integer(vec![Some(0); rows.len()]));
        t.push("replication", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        t.push("plot", Column::Text(rows.iter().map(|r| r.2.into()).collect()));
        t.push("pathway", Column::Text(rows.iter().map(|r| r.3.into()).collect()));
        t.push("start_day", Column::Number(rows.iter().map(|r| Some(r.4)).collect()));
        let dates = ["2015-01-01".to_owned(), "2015-02-01".to_owned(), "2015-03-01".to_owned()];
        let found = twin_share(&t, "baseline", &["p".to_owned()], &[0.0, 31.0, 59.0, 90.0], &dates);
        let column = |name: &str| (0..3).map(|r| found.column(name).unwrap().number(r)).collect::<Vec<_>>();
        assert_eq!(column("plots"), [Some(1.0), Some(1.0), Some(0.0)]);
        assert_eq!(column("twins"), [Some(1.0), Some(0.0), Some(0.0)]);
        assert_eq!(column("share"), [Some(1.0), Some(0.0), None]);
    }
}
