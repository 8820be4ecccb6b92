//! Operating points: at each setting of one parameter, what is foiled and who is held without having plotted.

use crate::stats::{Interval, mean, ratio_of_means, samples};
use forestall_model::{Column, Table};

use super::compare::CONFIDENCE;

/// An arm and where its parameter stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    /// The arm's name in the tables.
    pub arm: String,
    /// Its name for readers.
    pub label: String,
    /// The parameter's value, or what it is moved by.
    pub value: f64,
}

/// One row a setting: its value, means a run, and two shares with their intervals.
///
/// `held_share` is people held over all people with an open file who never plotted; `foiled_share` is foiled over foiled
/// and launched plots. Both are ratios of means over the runs, or over draws where runs take several: the false positive
/// and the true positive share of the decision to intervene. A share with nothing to divide is `None`.
pub(crate) fn operating_points(replications: &Table, settings: &[Setting]) -> Table {
    let rows: Vec<Row> = settings.iter().map(|s| Row::of(replications, s)).collect();
    let number = |f: &dyn Fn(&Row) -> Option<f64>| Column::Number(rows.iter().map(f).collect());
    let mut table = Table::new();
    table.push("arm", Column::Text(rows.iter().map(|r| r.setting.arm.clone()).collect()));
    table.push("label", Column::Text(rows.iter().map(|r| r.setting.label.clone()).collect()));
    table.push("setting", number(&|r| Some(r.setting.value)));
    table.push("replications", Column::Integer(rows.iter().map(|r| i64::try_from(r.runs).ok()).collect()));
    let shares: [Vec<Share>; 2] = [rows.iter().map(Row::held).collect(), rows.iter().map(Row::foiled).collect()];
    for (name, shares) in ["held", "foiled"].into_iter().zip(shares) {
        let of = |f: &dyn Fn(&Share) -> Option<f64>| Column::Number(shares.iter().map(f).collect());
        table.push(format!("{name}_share"), of(&|s| s.ratio));
        table.push(format!("{name}_share_low"), of(&|s| s.interval.map(|i| i.low)));
        table.push(format!("{name}_share_high"), of(&|s| s.interval.map(|i| i.high)));
    }
    for (at, name) in MEANS.iter().enumerate() {
        table.push(format!("{name}_mean"), number(&|r| mean(&r.series[at])));
    }
    table
}

/// The columns that are read, and given back as means a run.
const MEANS: [&str; 6] = [
    "filed_never_plotted_held",
    "filed_never_plotted",
    "plots_foiled",
    "attacks_completed",
    "attacks_failed",
    "held_without_plot",
];

/// The columns of the table of replications that are read.
pub(crate) const COLUMNS: [&str; 8] = ["arm", "draw", MEANS[0], MEANS[1], MEANS[2], MEANS[3], MEANS[4], MEANS[5]];

/// A ratio of means.
struct Share {
    ratio: Option<f64>,
    interval: Option<Interval>,
}

struct Row<'a> {
    setting: &'a Setting,
    runs: usize,
    /// Values by column: one a run, or one a draw.
    series: [Vec<f64>; 6],
}

impl<'a> Row<'a> {
    fn of(replications: &Table, setting: &'a Setting) -> Self {
        let mut own: Vec<(i64, usize)> = Vec::new();
        if let (Some(arms), Some(draw)) = (replications.column("arm"), replications.column("draw")) {
            let rows = (0..replications.rows()).filter(|&row| arms.text(row) == setting.arm);
            own.extend(rows.map(|row| (draw.number(row).unwrap_or(0.0) as i64, row)));
        }
        let runs = own.len();
        let groups = samples(own);
        let series = MEANS.map(|name| {
            let Some(column) = replications.column(name) else { return Vec::new() };
            let value = |rows: &Vec<usize>| mean(&rows.iter().filter_map(|&r| column.number(r)).collect::<Vec<_>>());
            groups.iter().filter_map(value).collect()
        });
        Self { setting, runs, series }
    }

    fn held(&self) -> Share {
        share(&self.series[0], &self.series[1])
    }

    fn foiled(&self) -> Share {
        let [_, _, foiled, completed, failed, _] = &self.series;
        let ended: Vec<f64> = foiled.iter().zip(completed).zip(failed).map(|((a, b), c)| a + b + c).collect();
        share(foiled, &ended)
    }
}

fn share(part: &[f64], whole: &[f64]) -> Share {
    let found = ratio_of_means(part, whole, CONFIDENCE);
    // A share lies between 0 and 1, and so does what is compatible with it.
    let clamp = |i: Interval| Interval { low: i.low.clamp(0.0, 1.0), high: i.high.clamp(0.0, 1.0) };
    Share { ratio: found.map(|f| f.ratio), interval: found.and_then(|f| f.interval).map(clamp) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_ratios_of_sums_and_undefined_where_nothing_is_divided() {
        let rows =
            [("baseline", 1.0, 4.0, 3.0), ("baseline", 0.0, 2.0, 1.0), ("p", 0.0, 0.0, 2.0), ("p", 0.0, 0.0, 2.0)];
        let mut t = Table::new();
        t.push("arm", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        t.push("draw", Column::Integer(vec![Some(0); 4]));
        t.push("filed_never_plotted_held", Column::Number(rows.iter().map(|r| Some(r.1)).collect()));
        t.push("filed_never_plotted", Column::Number(rows.iter().map(|r| Some(r.2)).collect()));
        t.push("plots_foiled", Column::Number(rows.iter().map(|r| Some(r.3)).collect()));
        for name in ["attacks_completed", "attacks_failed", "held_without_plot"] {
            t.push(name, Column::Number(vec![Some(1.0); 4]));
        }
        let setting = |arm: &str, value| Setting { arm: arm.into(), label: arm.into(), value };
        let found = operating_points(&t, &[setting("baseline", 1.0), setting("p", 2.0), setting("absent", 3.0)]);
        let cell = |name: &str, row: usize| found.column(name).unwrap().number(row);
        assert!((cell("held_share", 0).unwrap() - 1.0 / 6.0).abs() < 1e-15);
        // (3 + 1) of (5 + 3).
        assert_eq!(cell("foiled_share", 0), Some(0.5));
        assert_eq!(cell("foiled_share", 1), Some(0.5));
        assert_eq!((cell("held_share", 1), cell("foiled_share", 2)), (None, None));
        assert_eq!(cell("replications", 2), Some(0.0));
    }
}
