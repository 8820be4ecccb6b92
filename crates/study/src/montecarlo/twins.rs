//! The twin share: how many of the baseline's plots exist in another arm too, by the month in which they begin.

use std::collections::BTreeSet;

use forestall_model::{Column, Table};

use super::plots::Plot;

/// Plots of the baseline by the month in which they begin, and how many of them each arm has too. Sting cases are left
/// out.
#[derive(Clone, Debug)]
pub(crate) struct Twins {
    baseline: String,
    arms: Vec<String>,
    /// First days of the months from the start, and the end.
    months: Vec<f64>,
    dates: Vec<String>,
    plots: Vec<i64>,
    /// `shared[arm][month]`
    shared: Vec<Vec<i64>>,
}

impl Twins {
    /// Nothing yet; `months` holds the first days of the months from the start, and the end, `dates` the first dates.
    pub(crate) fn new(baseline: &str, arms: &[String], months: Vec<f64>, dates: Vec<String>) -> Self {
        let (plots, shared) = (vec![0; dates.len()], vec![vec![0; dates.len()]; arms.len()]);
        Self { baseline: baseline.to_owned(), arms: arms.to_vec(), months, dates, plots, shared }
    }

    /// Adds the plots of a replication.
    pub(crate) fn add(&mut self, plots: &[Plot]) {
        let mut of: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); self.arms.len()];
        let mut begun: Vec<(usize, &str)> = Vec::new();
        for plot in plots.iter().filter(|plot| !plot.sting()) {
            if plot.arm == self.baseline {
                if let Some(start) = plot.start_day.filter(|day| *day >= 0.0) {
                    let month = self.months.partition_point(|m| *m <= start).clamp(1, self.dates.len().max(1)) - 1;
                    begun.push((month, plot.key));
                }
            } else if let Some(arm) = self.arms.iter().position(|arm| arm == plot.arm) {
                of[arm].insert(plot.key);
            }
        }
        for (month, key) in begun {
            // Without months there is nothing to count into.
            let Some(count) = self.plots.get_mut(month) else { continue };
            *count += 1;
            for (arm, twins) in of.iter().zip(&mut self.shared) {
                twins[month] += i64::from(arm.contains(key));
            }
        }
    }

    /// One row an arm and month: plots that begin in the baseline in that month, those that the arm has too, and the
    /// share (`None` in a month without plots).
    pub(crate) fn table(&self) -> Table {
        let cells = || {
            self.arms.iter().zip(&self.shared).flat_map(|(arm, twins)| {
                self.dates
                    .iter()
                    .zip(&self.plots)
                    .zip(twins)
                    .map(move |((date, plots), twins)| (arm, date, *plots, *twins))
            })
        };
        let share = |(plots, twins): (i64, i64)| (plots > 0).then(|| twins as f64 / plots as f64);
        let mut table = Table::new();
        table.push("arm", Column::Text(cells().map(|cell| cell.0.clone()).collect()));
        table.push("month_start", Column::Text(cells().map(|cell| cell.1.clone()).collect()));
        table.push("plots", Column::Integer(cells().map(|cell| Some(cell.2)).collect()));
        table.push("twins", Column::Integer(cells().map(|cell| Some(cell.3)).collect()));
        table.push("share", Column::Number(cells().map(|cell| share((cell.2, cell.3))).collect()));
        table
    }
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
        let dates = vec!["2015-01-01".to_owned(), "2015-02-01".to_owned(), "2015-03-01".to_owned()];
        let mut twins = Twins::new("baseline", &["p".to_owned()], vec![0.0, 31.0, 59.0, 90.0], dates);
        for run in 0..2 {
            let plot = |r: &(&'static str, i64, &'static str, &'static str, f64)| Plot {
                arm: r.0,
                key: r.2,
                pathway: r.3,
                target: "AA",
                outcome: "foiled",
                start_day: Some(r.4),
                end_day: None,
            };
            twins.add(&rows.iter().filter(|r| r.1 == run).map(plot).collect::<Vec<_>>());
        }
        let found = twins.table();
        let column = |name: &str| (0..3).map(|r| found.column(name).unwrap().number(r)).collect::<Vec<_>>();
        assert_eq!(column("plots"), [Some(1.0), Some(1.0), Some(0.0)]);
        assert_eq!(column("twins"), [Some(1.0), Some(0.0), Some(0.0)]);
        assert_eq!(column("share"), [Some(1.0), Some(0.0), None]);
    }
}
