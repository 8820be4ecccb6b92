//! The same policies under each alternative of the scenario: does an effect hang on how a rule was written?

use crate::montecarlo::Stop;
use crate::montecarlo::robustness::without_pairing;
use crate::results::{ResultsFolder, spreadsheet};
use crate::stats::Interval;
use crate::stats::special::{student_cdf, student_quantile};
use forestall_model::{Column, Plan, Table};

use super::shelf::{self, Request, Setting};
use super::{Monitor, RunEvent, StudyError};

/// The outcome whose effects are compared.
const ATTACKS: &str = "attacks_completed";
/// Confidence of the intervals in a table of comparisons.
const CONFIDENCE: f64 = 0.95;
/// The name of the run itself among its alternatives.
const AS_RUN: &str = "as-run";
/// The name of the run itself without its pairing.
const UNPAIRED: &str = "not-paired";
/// The columns of the table of replications that the effects without pairing are read from.
pub(super) const COLUMNS: [&str; 4] = ["arm", "draw", "replication", ATTACKS];

/// How its folder begins.
fn shelf_of(name: &str) -> String {
    format!("alternative-{name}")
}

/// Runs every policy under each alternative into the folder of the run; what is already there is kept.
pub(super) fn run(request: &Request, folder: &ResultsFolder, monitor: &Monitor<RunEvent>) -> Result<Stop, StudyError> {
    for other in &request.study.scenario().alternatives {
        let mut overrides = request.study.overrides().clone();
        overrides.alternative = Some(other.name.clone());
        overrides.replications = Some(request.replications);
        let study = request.study.with(overrides)?;
        monitor.tell(RunEvent::Alternative(other.label.clone()));
        let setting = Setting { shelf: shelf_of(&other.name), told: format!("{} (alternative)", other.name) };
        if shelf::run(study.scenario(), request, folder, &setting, monitor)? == Stop::Interrupted {
            return Ok(Stop::Interrupted);
        }
    }
    Ok(Stop::Finished)
}

/// The effect of each policy on attacks, in the run itself and under each alternative that has been run.
///
/// One row an alternative and policy: mean attacks of the baseline, attacks prevented with their 95 % interval, and the
/// probability that the true effect prevents any (Student's t on the paired differences; undefined where all are
/// equal). One alternative more is the run itself with its policies taken as independent samples, which are less sure.
/// Empty where no alternative has been run.
pub(super) fn table(
    plan: &Plan,
    folder: &ResultsFolder,
    as_run: &Table,
    replications: impl FnOnce() -> Result<Table, StudyError>,
) -> Result<Table, StudyError> {
    let mut rows = Rows::default();
    for other in &plan.alternatives {
        for beside in shelf::finished(folder, &shelf_of(&other.name))? {
            let comparisons = spreadsheet::read(&beside.comparisons())?;
            rows.add((&other.name, &other.label), &comparisons);
        }
    }
    if rows.names.is_empty() {
        return Ok(Table::new());
    }
    let mut whole = Rows::default();
    whole.add((AS_RUN, "As run"), as_run);
    let unpaired = unpaired(as_run, &replications()?);
    whole.add((UNPAIRED, "Runs taken as independent"), &unpaired);
    whole.append(rows);
    Ok(whole.table())
}

/// The comparisons of attacks with the intervals that they would have without pairing.
fn unpaired(comparisons: &Table, replications: &Table) -> Table {
    let text = |column: &str, row: usize| comparisons.column(column).map(|c| c.text(row)).unwrap_or_default();
    let rows: Vec<usize> = (0..comparisons.rows()).filter(|&row| text("outcome", row) == ATTACKS).collect();
    let intervals: Vec<Option<Interval>> =
        rows.iter().map(|&row| without_pairing(replications, &text("policy", row), ATTACKS)).collect();
    let mut table = Table::new();
    for name in ["policy", "label", "outcome"] {
        table.push(name, Column::Text(rows.iter().map(|&row| text(name, row)).collect()));
    }
    for name in ["n", "baseline_mean", "difference"] {
        let value = |&row: &usize| comparisons.column(name).and_then(|c| c.number(row));
        table.push(name, Column::Number(rows.iter().map(value).collect()));
    }
    table.push("ci_low", Column::Number(intervals.iter().map(|i| i.map(|i| i.low)).collect()));
    table.push("ci_high", Column::Number(intervals.iter().map(|i| i.map(|i| i.high)).collect()));
    table
}

#[derive(Default)]
struct Rows {
    names: Vec<String>,
    labels: Vec<String>,
    policies: Vec<String>,
    policy_labels: Vec<String>,
    runs: Vec<Option<i64>>,
    numbers: [Vec<Option<f64>>; 5],
}

/// Columns of numbers in order.
const NUMBERS: [&str; 5] = ["baseline_attacks", "attacks_prevented", "low", "high", "probability_prevents"];

impl Rows {
    fn add(&mut self, (name, label): (&str, &str), comparisons: &Table) {
        let number = |column: &str, row: usize| comparisons.column(column).and_then(|c| c.number(row));
        let text = |column: &str, row: usize| comparisons.column(column).map(|c| c.text(row)).unwrap_or_default();
        for row in (0..comparisons.rows()).filter(|&row| text("outcome", row) == ATTACKS) {
            let less = |column: &str| number(column, row).map(|x| 0.0 - x);
            let (prevented, low, high) = (less("difference"), less("ci_high"), less("ci_low"));
            let runs = number("n", row);
            // Where runs share draws the draws are the sample; the interval's width knows of it, and the shape of Student's t
            // hardly differs.
            let probability = prevented.zip(low.zip(high)).and_then(|(mean, (low, high))| {
                let freedom = runs.filter(|n| *n > 1.0)? - 1.0;
                let error = 0.5 * (high - low) / student_quantile(0.5 + 0.5 * CONFIDENCE, freedom)?;
                (error > 0.0).then(|| student_cdf(mean / error, freedom)).flatten()
            });
            self.names.push(name.to_owned());
            self.labels.push(label.to_owned());
            self.policies.push(text("policy", row));
            self.policy_labels.push(text("label", row));
            self.runs.push(runs.map(|n| n as i64));
            let all = [number("baseline_mean", row), prevented, low, high, probability];
            self.numbers.iter_mut().zip(all).for_each(|(column, value)| column.push(value));
        }
    }

    fn append(&mut self, more: Self) {
        self.names.extend(more.names);
        self.labels.extend(more.labels);
        self.policies.extend(more.policies);
        self.policy_labels.extend(more.policy_labels);
        self.runs.extend(more.runs);
        self.numbers.iter_mut().zip(more.numbers).for_each(|(own, other)| own.extend(other));
    }

    fn table(self) -> Table {
        let mut table = Table::new();
        table.push("alternative", Column::Text(self.names));
        table.push("label", Column::Text(self.labels));
        table.push("policy", Column::Text(self.policies));
        table.push("policy_label", Column::Text(self.policy_labels));
        table.push("replications", Column::Integer(self.runs));
        for (name, column) in NUMBERS.into_iter().zip(self.numbers) {
            table.push(name, Column::Number(column));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(difference: f64, half: f64) -> Table {
        let mut table = Table::new();
        for (name, value) in [("policy", "p"), ("label", "P"), ("outcome", ATTACKS)] {
            table.push(name, Column::Text(vec![value.into()]));
        }
        table.push("n", Column::Integer(vec![Some(11)]));
        for (name, value) in [
            ("baseline_mean", 9.0),
            ("difference", difference),
            ("ci_low", difference - half),
            ("ci_high", difference + half),
        ] {
            table.push(name, Column::Number(vec![Some(value)]));
        }
        table
    }

    fn row(difference: f64, half: f64) -> [Option<f64>; 5] {
        let mut rows = Rows::default();
        rows.add(("a", "A"), &compared(difference, half));
        NUMBERS.map(|name| rows.numbers[NUMBERS.iter().position(|n| *n == name).unwrap()][0])
    }

    #[test]
    fn prevented_is_the_other_way_round_and_as_sure_as_its_interval() {
        let [base, prevented, low, high, probability] = row(-2.0, 1.0);
        assert_eq!((base, prevented, low, high), (Some(9.0), Some(2.0), Some(1.0), Some(3.0)));
        // An interval that ends at zero is at 97.5 %.
        assert!((row(-1.0, 1.0)[4].unwrap() - 0.975).abs() < 1e-9);
        assert!((row(1.0, 1.0)[4].unwrap() - 0.025).abs() < 1e-9);
        assert!((row(0.0, 1.0)[4].unwrap() - 0.5).abs() < 1e-12);
        assert!(probability.unwrap() > 0.999);
        assert_eq!(row(0.0, 0.0)[4], None, "no difference in any run says nothing of a sign");
    }
}
