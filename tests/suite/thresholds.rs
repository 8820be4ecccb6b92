//! Arms that differ in one parameter alone, the curve that a run draws of them, and what the other side does instead.

use forestall_model::{Lone, Table, lone};
use forestall_study::rooms::results::outside;

use crate::cli::{Scratch, forestall, results, run_folder, small, text};
use crate::worlds::plan;

/// Policies whose names say nothing about what they do.
const POLICIES: &str = r#"
[policies.one]
label = "One"
set = { "intervention.threshold_log_odds" = -1.0 }

[policies.two]
label = "Two"
set = { "intervention.threshold_log_odds" = { add = 2.0 } }

[policies.threshold-and-more]
label = "Both"
set = { "intervention.threshold_log_odds" = 4.0, "services.analysts" = { times = 2.0 } }

[policies.here-only]
label = "Here only"
set = { "countries.AA.intervention.threshold_log_odds" = 5.0 }

[policies.later]
label = "Later"
from = 2015-02-01
set = { "intervention.threshold_log_odds" = 6.0 }
"#;

#[test]
fn an_arm_with_one_other_parameter_is_told_by_its_values() {
    let plan = plan(&format!("{}{POLICIES}", small()));
    let slot = plan.registry.slot("intervention", "threshold_log_odds").expect("a parameter");
    let baseline = plan.arm(None).expect("baseline");
    let of = |policy: &str| lone(&baseline, &plan.arm(Some(policy)).expect("arm"), slot);
    assert_eq!(of("one"), Some(Lone { value: Some(-1.0), shift: Some(-2.0) }));
    assert_eq!(of("two"), Some(Lone { value: Some(3.0), shift: Some(2.0) }));
    assert_eq!(of("threshold-and-more"), None);
    assert_eq!(of("analysts"), None);
    assert_eq!(of("here-only"), Some(Lone { value: None, shift: None }));
    assert_eq!(of("later"), Some(Lone { value: None, shift: None }));
    assert_eq!(lone(&baseline, &baseline, slot), Some(Lone { value: Some(1.0), shift: Some(0.0) }));
    // Where services differ to begin with, only what moves all of them alike has one setting.
    let uneven =
        small() + "\n[policies.up]\nlabel = \"Up\"\nset = { \"intervention.threshold_log_odds\" = { add = 0.1 } }\n";
    let uneven = crate::worlds::plan(
        &uneven
            .replace("transit_partner = true", "transit_partner = true\nintervention = { threshold_log_odds = 0.7 }"),
    );
    let baseline = uneven.arm(None).expect("baseline");
    let up = lone(&baseline, &uneven.arm(Some("up")).expect("arm"), slot).expect("the threshold alone");
    assert_eq!(up.value, None);
    assert!((up.shift.expect("one shift") - 0.1).abs() < 1e-9);
}

fn cell(table: &Table, column: &str, row: usize) -> f64 {
    table.column(column).unwrap_or_else(|| panic!("no column {column}")).number(row).unwrap_or(f64::NAN)
}

fn word(table: &Table, column: &str, row: usize) -> String {
    table.column(column).unwrap_or_else(|| panic!("no column {column}")).text(row)
}

#[test]
fn a_run_draws_the_curve_of_three_thresholds_and_not_of_two() {
    let scratch = Scratch::new("thresholds");
    scratch.file("small.toml", &format!("{}{POLICIES}", small()));
    let run = |out: &str, policies: &str| {
        let done = forestall(&scratch, &["run", "small.toml", "--policies", policies, "--out", out, "-q"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        run_folder(&scratch, out)
    };
    let folder = run("three", "one,two,analysts,threshold-and-more,here-only");
    let points = outside::read(&folder.join("charts/roc.csv"), None).expect("points");
    let arms: Vec<String> = (0..points.rows()).map(|row| word(&points, "arm", row)).collect();
    assert_eq!(arms, ["one", "baseline", "two"], "in the order of the threshold");
    assert_eq!([cell(&points, "setting", 0), cell(&points, "setting", 2)], [-1.0, 3.0]);
    assert!(cell(&points, "foiled_share", 0) > cell(&points, "foiled_share", 2), "a low threshold foils more");
    assert!((0..3).all(|row| cell(&points, "held_share", row) > 0.0));
    for file in ["charts/roc.svg", "charts/roc.png"] {
        assert!(folder.join(file).is_file(), "{file} is missing");
    }
    let page = std::fs::read_to_string(folder.join("report.html")).expect("report");
    assert!(page.contains("What a threshold of intervention trades"));
    assert!(!run("two", "one,analysts").join("charts/roc.svg").exists());
}

#[test]
fn the_table_of_substitution_adds_up_and_a_policy_that_changes_nothing_leaves_zeros() {
    let scratch = Scratch::new("substitution");
    scratch.file("small.toml", &format!("{}{POLICIES}", small()));
    let arguments = ["run", "small.toml", "--policies", "nothing,one", "--trust=2", "-q"];
    let done = forestall(&scratch, &arguments);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let folder = run_folder(&scratch, "output");
    assert!(results(&folder).contains_key("substitution.csv"));
    let table = outside::read(&folder.join("results/substitution.csv"), None).expect("substitution");
    let compared = outside::read(&folder.join("results/comparisons.csv"), None).expect("comparisons");
    let mut sums = std::collections::BTreeMap::new();
    for row in 0..table.rows() {
        let (policy, measure, group) =
            (word(&table, "policy", row), word(&table, "measure", row), word(&table, "group", row));
        assert_eq!(word(&table, "response", row), "middle");
        if policy == "nothing" {
            assert_eq!(cell(&table, "value", row), 0.0, "{measure} {group}");
        } else if group != "all" {
            sums.entry(measure.trim_end_matches("_in").to_owned()).or_insert([0.0; 2])
                [usize::from(measure.ends_with("_in"))] += cell(&table, "value", row);
        }
    }
    for outcome in ["plots_started", "attacks_completed", "attacks_averted", "attacks_induced"] {
        let row = (0..compared.rows())
            .find(|&r| word(&compared, "policy", r) == "one" && word(&compared, "outcome", r) == outcome)
            .expect("compared");
        let [pathways, places] = sums[outcome];
        let whole = cell(&compared, "difference", row);
        assert!((pathways - whole).abs() < 1e-9, "{outcome}: {pathways} by pathway, {whole} in all");
        if ["plots_started", "attacks_completed"].contains(&outcome) {
            assert!((places - whole).abs() < 1e-9, "{outcome}: {places} by place, {whole} in all");
        }
    }
    let page = std::fs::read_to_string(folder.join("report.html")).expect("report");
    assert!(page.contains("Displacement: what comes instead"));
    for strength in [">middle<", ">off (trust)<", ">middle (trust)<", ">high (trust)<"] {
        assert!(page.contains(strength), "no row {strength}");
    }
    assert!(page.contains(">Nothing<") && page.contains("0 [0, 0]"));
}
