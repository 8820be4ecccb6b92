//! Sums over pathways and places, no change for a policy that changes nothing, and twins moved in time.

use super::*;
use crate::montecarlo::Attacks;
use crate::montecarlo::plots::Cutter;

/// Arm, replication, plot, pathway, target, outcome, start, end.
type Row = (&'static str, i64, &'static str, &'static str, &'static str, &'static str, f64, f64);

const PLOTS: [Row; 13] = [
    ("baseline", 0, "a", "inspired", "AA", "completed", 3.0, 40.0),
    ("p", 0, "a", "inspired", "AA", "completed", 3.0, 45.0),
    ("baseline", 0, "b", "networked", "BB", "completed", 5.0, 50.0),
    ("p", 0, "b", "networked", "BB", "foiled", 5.0, 30.0),
    ("p", 0, "c", "dispatched", "AA", "completed", 9.0, 60.0),
    ("baseline", 1, "d", "online_directed", "BB", "completed", -4.0, 20.0),
    ("p", 1, "d", "online_directed", "BB", "completed", -4.0, 17.0),
    ("baseline", 1, "e", "online_directed", "BB", "completed", 2.0, 8.0),
    ("baseline", 1, "s", "sting", "BB", "foiled", 2.0, 8.0),
    ("baseline", 2, "f", "inspired", "AA", "completed", 1.0, 70.0),
    ("p", 2, "f", "inspired", "AA", "completed", 1.0, 70.0),
    ("baseline", 2, "g", "inspired", "AA", "in_progress", 1.0, f64::NAN),
    ("p", 3, "h", "inspired", "BB", "dissolved", 1.0, 9.0),
];

fn matched(plots: &[Row]) -> Table {
    let mut t = Table::new();
    let text = |f: fn(&Row) -> &'static str| Column::Text(plots.iter().map(|p| f(p).to_owned()).collect());
    let number =
        |f: fn(&Row) -> f64| Column::Number(plots.iter().map(|p| Some(f(p)).filter(|x| !x.is_nan())).collect());
    t.push("arm", text(|p| p.0));
    t.push("draw", Column::Integer(vec![Some(0); plots.len()]));
    t.push("replication", Column::Integer(plots.iter().map(|p| Some(p.1)).collect()));
    t.push("plot", text(|p| p.2));
    t.push("pathway", text(|p| p.3));
    t.push("target_country", text(|p| p.4));
    t.push("outcome", text(|p| p.5));
    t.push("start_day", number(|p| p.6));
    t.push("end_day", number(|p| p.7));
    t
}

/// Four runs of each arm with the counts that the plots give.
fn replications(plots: &[Row], arms: &[&str]) -> Table {
    let runs: Vec<(&str, i64)> = arms.iter().flat_map(|arm| (0..4).map(move |r| (*arm, r))).collect();
    let count = |test: &dyn Fn(&Row) -> bool| {
        let of = |(arm, r): &(&str, i64)| plots.iter().filter(|p| p.0 == *arm && p.1 == *r && test(p)).count() as i64;
        Column::Integer(runs.iter().map(|run| Some(of(run))).collect())
    };
    let mut t = Table::new();
    t.push("arm", Column::Text(runs.iter().map(|r| r.0.to_owned()).collect()));
    t.push("draw", Column::Integer(vec![Some(0); runs.len()]));
    t.push("replication", Column::Integer(runs.iter().map(|r| Some(r.1)).collect()));
    t.push("plots_started", count(&|p| p.3 != "sting" && p.6 >= 0.0));
    t.push("attacks_completed", count(&|p| p.5 == "completed"));
    t
}

fn labels(arms: &[&str]) -> Vec<(String, String)> {
    arms.iter().map(|a| ((*a).to_owned(), a.to_uppercase())).collect()
}

fn cell(table: &Table, policy: &str, measure: &str, group: &str, column: &str) -> Option<f64> {
    let text = |name: &str, row: usize| table.column(name).expect("a column").text(row);
    let row = (0..table.rows())
        .find(|&r| text("policy", r) == policy && text("measure", r) == measure && text("group", r) == group)
        .unwrap_or_else(|| panic!("no row {policy} {measure} {group}"));
    table.column(column).expect("a column").number(row)
}

/// What the plots come to, from rows that arrive in stretches of `rows`.
fn sums(plots: &Table, arms: &[&str], rows: usize) -> (Displaced, Attacks) {
    let arms: Vec<String> = arms.iter().map(|arm| (*arm).to_owned()).collect();
    let (mut displaced, mut attacks) = (Displaced::new(&arms), Attacks::new(&arms));
    let mut see = |run: RunId, plots: &[Plot]| {
        displaced.add(run, plots);
        attacks.add(run, plots);
    };
    let mut cutter = Cutter::default();
    for from in (0..plots.rows()).step_by(rows) {
        let stretch: Vec<usize> = (from..plots.rows().min(from + rows)).collect();
        cutter.push(&plots.take(&stretch), &mut see).expect("in order");
    }
    cutter.end(&mut see).expect("in order");
    (displaced, attacks)
}

fn substitution(runs: &Table, plots: &Table, labels: &[(String, String)], response: &str) -> Table {
    let arms: Vec<&str> = labels.iter().map(|label| label.0.as_str()).collect();
    sums(plots, &arms, 1000).0.table(runs, labels, response)
}

fn comparisons(runs: &Table, attacks: &Attacks, labels: &[(String, String)]) -> Table {
    let read = |columns: &[&str]| Ok::<_, std::convert::Infallible>(runs.select(columns));
    crate::montecarlo::comparisons(read, attacks, labels).unwrap_or_else(|never| match never {})
}

fn found() -> (Table, Table) {
    let arms = ["baseline", "p"];
    let (runs, plots) = (replications(&PLOTS, &arms), matched(&PLOTS));
    let attacks = sums(&plots, &arms, 1000).1;
    (substitution(&runs, &plots, &labels(&arms), "middle"), comparisons(&runs, &attacks, &labels(&arms)))
}

#[test]
fn it_does_not_matter_where_stretches_of_rows_end() {
    let arms = ["baseline", "p"];
    let (runs, plots) = (replications(&PLOTS, &arms), matched(&PLOTS));
    let (table, compared) = found();
    for rows in 1..PLOTS.len() {
        let (displaced, attacks) = sums(&plots, &arms, rows);
        assert_eq!(displaced.table(&runs, &labels(&arms), "middle"), table, "stretches of {rows}");
        assert_eq!(comparisons(&runs, &attacks, &labels(&arms)), compared, "stretches of {rows}");
    }
}

#[test]
fn rows_out_of_order_are_noticed() {
    let plots = matched(&PLOTS);
    let backwards: Vec<usize> = (0..plots.rows()).rev().collect();
    let mut cutter = Cutter::default();
    assert!(cutter.push(&plots.take(&backwards), &mut |_, _| {}).is_err());
}

#[test]
fn a_policy_without_any_plot_averts_every_attack() {
    let alone: Vec<Row> = PLOTS.iter().filter(|p| p.0 == "baseline").copied().collect();
    let arms = ["baseline", "p"];
    let (displaced, attacks) = sums(&matched(&alone), &arms, 1000);
    let runs = replications(&alone, &arms);
    let compared = comparisons(&runs, &attacks, &labels(&arms));
    let row = (0..compared.rows()).find(|&r| compared.column("outcome").unwrap().text(r) == "attacks_averted");
    // Five attacks in four runs.
    assert_eq!(compared.column("policy_mean").unwrap().number(row.expect("a row")), Some(1.25));
    let table = displaced.table(&runs, &labels(&arms), "off");
    assert_eq!(cell(&table, "p", "attacks_averted", ALL, "value"), Some(1.25));
}

#[test]
fn pathways_and_places_add_up_to_the_totals_of_the_comparisons() {
    let (table, compared) = found();
    let total = |outcome: &str| {
        let row = (0..compared.rows()).find(|&r| compared.column("outcome").unwrap().text(r) == outcome).unwrap();
        compared.column("difference").unwrap().number(row).unwrap()
    };
    let value = |measure: &str, group: &str| cell(&table, "p", measure, group, "value").unwrap();
    for measure in ["plots_started", "attacks_completed", "attacks_averted", "attacks_induced"] {
        let sum: f64 = Pathway::ALL.iter().map(|p| value(measure, p.name())).sum();
        assert!((sum - total(measure)).abs() < 1e-12, "{measure}: {sum} against {}", total(measure));
        assert!((value(measure, ALL) - total(measure)).abs() < 1e-12, "{measure}");
    }
    assert!((value("attacks_averted", ALL) - value("attacks_induced", ALL) + total("attacks_completed")).abs() < 1e-12);
    for (measure, whole) in [("plots_started_in", "plots_started"), ("attacks_completed_in", "attacks_completed")] {
        let sum: f64 = ["AA", "BB"].iter().map(|c| value(measure, c)).sum();
        assert!((sum - total(whole)).abs() < 1e-12, "{measure}");
    }
    // Two attacks fewer in BB, one more in AA, over four runs.
    assert_eq!(value("attacks_completed_most", "BB"), -0.5);
    assert_eq!(value("attacks_completed_elsewhere", "all but BB"), 0.25);
}

#[test]
fn twins_are_attacks_completed_in_both_arms() {
    let (table, _) = found();
    // Five days later, three earlier, and to the day.
    assert_eq!(cell(&table, "p", "shift_days", ALL, "n"), Some(3.0));
    assert_eq!(cell(&table, "p", "shift_days", ALL, "value"), Some(0.0));
    for measure in ["earlier_share", "later_share"] {
        let share = cell(&table, "p", measure, ALL, "value").unwrap();
        assert!((share - 1.0 / 3.0).abs() < 1e-12, "{measure}: {share}");
    }
    assert_eq!(table.column("response").unwrap().text(0), "middle");
}

#[test]
fn a_policy_that_changes_nothing_gives_zeros() {
    let same: Vec<Row> = PLOTS
        .iter()
        .filter(|p| p.0 == "baseline")
        .flat_map(|p| [*p, ("same", p.1, p.2, p.3, p.4, p.5, p.6, p.7)])
        .collect();
    let arms = ["baseline", "same"];
    let table = substitution(&replications(&same, &arms), &matched(&same), &labels(&arms), "off");
    assert!(table.rows() > 20);
    for row in 0..table.rows() {
        for column in ["value", "ci_low", "ci_high"] {
            let value = table.column(column).unwrap().number(row);
            let measure = table.column("measure").unwrap().text(row);
            // Four attacks are too few for the intervals of their median and shares; every other limit is there.
            let limit = measure == "shift_days" || measure.ends_with("_share");
            assert!(
                value == Some(0.0) || (value.is_none() && limit && column != "value"),
                "{measure} {column}: {value:?}"
            );
        }
        assert!(!table.column("measure").unwrap().text(row).ends_with("_most"), "no country moved");
    }
}

#[test]
fn without_a_policy_or_without_plots_there_is_no_row_of_numbers() {
    let runs = replications(&[], &["baseline", "p"]);
    assert_eq!(substitution(&runs, &Table::new(), &labels(&["baseline"]), "off").rows(), 0);
    let quiet = substitution(&runs, &matched(&[]), &labels(&["baseline", "p"]), "off");
    assert_eq!(cell(&quiet, "p", "plots_started", ALL, "value"), Some(0.0));
    assert_eq!(cell(&quiet, "p", "shift_days", ALL, "value"), None);
}
