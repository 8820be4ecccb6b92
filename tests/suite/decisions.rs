//! `decide` as users meet it: the documented answer, acceptability, portfolios, runs, mistakes.

use std::fmt::Write as _;

use forestall_model::{Draws, Key};
use serde_json::Value;

use crate::cli::{Scratch, forestall, run_folder, small, text};

fn answer(scratch: &Scratch, arguments: &[&str]) -> Value {
    let out = forestall(scratch, arguments);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("JSON")
}

/// Draws of two correlated parameters, an idle one, three options, and an effect and cost of two.
fn table(rows: u32) -> String {
    let draws = Draws::new(7, 0);
    let normal = |j: u64, i: u32| draws.normal(Key::root("table").child(0, j), 0, i);
    let mut out = "a,b,idle,p1,p2,p3,e1,e2,c1,c2\n".to_owned();
    for i in 0..rows {
        let (a, idle) = (normal(0, i), normal(2, i));
        let b = 0.6 * a + 0.8 * normal(1, i);
        let gain = 3.0 * a + 2.0 * b - 1.0;
        let _ = writeln!(out, "{a},{b},{idle},0,{gain},-9,0,{},0,10", 2.0 + a);
    }
    out
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("{name} in {value}"))
}

#[test]
fn a_parameter_that_is_worth_nothing_to_know_has_no_tipping_point() {
    let scratch = Scratch::new("decide-noise");
    let draws = Draws::new(1, 0);
    let names: Vec<String> = (0..20).map(|j| format!("x{j}")).collect();
    let mut table = format!("{},one,two,three\n", names.join(","));
    for i in 0..50 {
        let row = (0..23).map(|j| draws.normal(Key::root("noise").child(0, j), 0, i).to_string());
        let _ = writeln!(table, "{}", row.collect::<Vec<_>>().join(","));
    }
    scratch.file("n.csv", &table);
    let names = names.join(",");
    let about = ["decide", "--table", "n.csv", "--parameters", &names, "--benefit", "one,two,three", "--json"];
    let found = answer(&scratch, &about);
    let worth = |name: &Value| {
        let rows = found["evppi"].as_array().expect("rows");
        number(rows.iter().find(|row| row["parameter"] == *name).expect("a row"), "estimate")
    };
    let tips = found["tipping_points"].as_array().expect("tips");
    assert!(tips.iter().all(|tip| worth(&tip["parameter"]) > 0.0), "{tips:?}");
}

#[test]
fn a_table_is_answered_as_documented() {
    let scratch = Scratch::new("decide-table");
    scratch.file("t.csv", &table(2000));
    let found = answer(
        &scratch,
        &[
            "decide",
            "--table",
            "t.csv",
            "--parameters",
            "a,b,idle",
            "--benefit",
            "p1,p2,p3",
            "--group",
            "both=a,b",
            "--study",
            "parameter=a,n=5,sd=2",
            "--json",
            "--out",
            "d",
        ],
    );
    assert_eq!(found["best"], "p1");
    assert_eq!(found["probability_best"].as_object().map(serde_json::Map::len), Some(3));
    assert_eq!(found["probability_best"]["p3"].as_f64(), Some(0.0));
    let rows = found["evppi"].as_array().expect("rows");
    let names: Vec<&str> = rows.iter().filter_map(|r| r["parameter"].as_str()).collect();
    assert_eq!(names, ["a", "b", "idle", "both"]);
    // The exact values of the toy (see the tests of the analysis), within the stated intervals widened to four errors.
    for (row, truth) in rows.iter().zip([1.2228, 1.0682, 0.0, 1.3372]) {
        let (estimate, low, high) = (number(row, "estimate"), number(row, "low"), number(row, "high"));
        assert!(low <= estimate && estimate <= high && low >= 0.0, "{row}");
        assert!((estimate - truth).abs() <= 2.0 * (high - low).max(1e-9), "{row}: {truth}");
        assert!(estimate <= number(&found["evpi"], "estimate"));
    }
    assert!(number(&found["evsi"][0], "estimate") < number(&rows[0], "estimate"), "a study is not the truth itself");
    let tip = &found["tipping_points"][0];
    assert_eq!((tip["below"].as_str(), tip["above"].as_str()), (Some("p1"), Some("p2")));
    assert!((number(tip, "value") - 1.0 / 4.2).abs() < 0.1, "{tip}");
    let page = std::fs::read_to_string(scratch.0.join("d/decision.html")).expect("a page");
    assert!(page.contains("Where the choice changes") && page.contains("<svg"));
    let again = answer(
        &scratch,
        &["decide", "--table", "t.csv", "--parameters", "a,b,idle", "--benefit", "p1,p2,p3", "--json"],
    );
    assert_eq!(again["evppi"][0], rows[0], "the same table, the same answer");
}

#[test]
fn effects_and_costs_give_curves_and_portfolios() {
    let scratch = Scratch::new("decide-effects");
    scratch.file("t.csv", &table(500));
    let arguments = [
        "decide",
        "--table",
        "t.csv",
        "--parameters",
        "a,b",
        "--effect",
        "e1,e2",
        "--cost",
        "c1,c2",
        "--options",
        "none,some",
        "--value-per-attack",
        "8,0,2,4,16",
        "--budget",
        "10",
        "--json",
        "--out",
        "d",
    ];
    let found = answer(&scratch, &arguments);
    assert_eq!((found["best"].as_str(), found["value_per_attack"].as_f64()), (Some("some"), Some(8.0)));
    let curve = found["acceptability"].as_array().expect("points");
    let best: Vec<&str> = curve.iter().filter_map(|p| p["best"].as_str()).collect();
    assert_eq!(best, ["none", "none", "none", "some", "some"], "2 attacks for 10: worth it from 5 on");
    assert_eq!(
        found["portfolios"][0]["levers"],
        serde_json::json!(["some"]),
        "what costs and brings nothing is left out"
    );
    for file in ["charts/acceptability.svg", "charts/plane.png", "charts/information.csv", "options.csv"] {
        assert!(scratch.0.join("d").join(file).exists(), "{file}");
    }
}

#[test]
fn policies_of_a_run_are_options_and_null_comparisons_are_none() {
    let scratch = Scratch::new("decide-run");
    let placebo = "\n[policies.placebo]\nlabel = \"Placebo\"\nset = { \"services.analysts\" = { times = 1.0001 } }\n";
    scratch.file("small.toml", &(small() + placebo));
    let out = forestall(&scratch, &["run", "small.toml", "--replications", "30"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let folder = run_folder(&scratch, "output").display().to_string();
    let found = answer(&scratch, &["decide", &folder, "--value-per-attack", "1e6", "--json", "--without", "nothing"]);
    let options: Vec<&str> =
        found["options"].as_array().expect("options").iter().filter_map(|o| o["option"].as_str()).collect();
    assert_eq!(options, ["baseline", "analysts"]);
    assert!(found["evpi"]["estimate"].is_null(), "no parameter is uncertain");
    assert_eq!(found["options"][0]["net_benefit"]["estimate"].as_f64(), Some(0.0));
    assert_eq!(found["acceptability"].as_array().map(Vec::len), Some(41));
    let detained = found["options"][1]["burdens"]["held_without_plot"].as_f64().expect("shown in any case");
    let arguments = ["decide", &folder, "--value-per-attack", "1e6", "--json", "--without", "nothing"];
    let priced = answer(&scratch, &[&arguments[..], &["--burden", "held_without_plot=2000"]].concat());
    let cost = |found: &Value| found["options"][1]["cost"].as_f64().expect("a cost");
    // Sums of thirty numbers of the size of the costs.
    assert!((cost(&priced) - cost(&found) - 2000.0 * detained).abs() < 1e-9 * cost(&found).abs().max(1e6));
    let out = forestall(&scratch, &["decide", &folder]);
    assert!(out.status.code() == Some(2) && text(&out.stderr).contains("--value-per-attack"), "{}", text(&out.stderr));
}

#[test]
fn draws_of_parameters_tell_what_it_is_worth_to_know_them() {
    let scratch = Scratch::new("decide-draws");
    let values: Vec<String> = (0..30).map(|i| format!("{:.2}", 0.05 + 0.01 * f64::from(i))).collect();
    let drawn = format!(
        "\n[calibrated]\nreplaces_file = true\n[calibrated.draws]\n\"peers.introductions_per_year\" = [{}]\n",
        values.join(", ")
    );
    scratch.file("small.toml", &(small() + &drawn));
    let out = forestall(&scratch, &["run", "small.toml", "--replications", "60"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let folder = run_folder(&scratch, "output").display().to_string();
    let found = answer(&scratch, &["decide", &folder, "--value-per-attack", "1e6", "--json"]);
    assert_eq!((found["draws"].as_u64(), found["evppi"].as_array().map(Vec::len)), (Some(30), Some(1)));
    let (all, one) = (number(&found["evpi"], "estimate"), number(&found["evppi"][0], "estimate"));
    assert_eq!(all, one, "the only parameter is all that is uncertain");
}

#[test]
fn draws_that_repeat_are_told_and_few_different_ones_are_no_families() {
    let scratch = Scratch::new("decide-repeats");
    let said = |different: u32| {
        let values: Vec<String> = (0..60).map(|i| format!("{:.2}", 0.05 + 0.01 * f64::from(i % different))).collect();
        let drawn = format!(
            "\n[calibrated]\nreplaces_file = true\n[calibrated.draws]\n\"peers.introductions_per_year\" = [{}]\n",
            values.join(", ")
        );
        scratch.file("small.toml", &(small() + &drawn));
        let out = format!("out-{different}");
        let done = forestall(&scratch, &["run", "small.toml", "--replications", "120", "--out", &out]);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        let folder = run_folder(&scratch, &out).display().to_string();
        let done = forestall(&scratch, &["decide", &folder, "--value-per-attack", "1e6"]);
        text(&done.stdout) + &text(&done.stderr)
    };
    // 24 points twice and 12 once: 60² ÷ (24 · 4 + 12) = 33.3.
    let some = said(36);
    assert!(some.contains("the 60 draws are 36 different ones") && some.contains("the errors of 33 draws"), "{some}");
    let few = said(3);
    assert!(few.contains("3 different points only; each draw counts as one of its own"), "{few}");
    assert!(!said(60).contains("different"), "draws that do not repeat are nothing to tell");
}

#[test]
fn mistakes_are_told() {
    let scratch = Scratch::new("decide-mistakes");
    let mut rows = "a,k,word,p1,p2,far\n".to_owned();
    (0..40).for_each(|i| {
        let _ = writeln!(rows, "{i},1,x{i},0,{},{}", i % 7, if i == 3 { "inf".to_owned() } else { i.to_string() });
    });
    scratch.file("t.csv", &rows);
    scratch.file("short.csv", &rows.lines().take(20).map(|l| format!("{l}\n")).collect::<String>());
    let base = ["decide", "--benefit", "p1,p2"];
    for (more, part) in [
        (&["--table", "t.csv", "--parameters", "a,a"][..], "names `a` twice"),
        (&["--table", "t.csv", "--parameters", "a,p1"], "`p1` is in --parameters and in --benefit"),
        (&["--table", "t.csv", "--parameters", "k"], "is 1 in every row"),
        (&["--table", "t.csv", "--parameters", "b"], "no column `b`"),
        (&["--table", "t.csv", "--parameters", "word"], "one of words, such as `x0`"),
        (&["--table", "t.csv", "--parameters", "far"], "row 4 of column `far`"),
        (&["--table", "short.csv", "--parameters", "a"], "19 complete rows"),
        (&["--table", "t.csv", "--parameters", "a", "--group", "g=a,z"], "no parameter is called `z`"),
        (&["--table", "t.csv", "--parameters", "a", "--study", "a,n=0,sd=1"], "n is from 1"),
        (&["--table", "t.csv", "--parameters", "a", "--study", "a,n=5"], "PARAMETER,n=N,sd=X"),
        (&["--table", "t.csv", "--parameters", "a", "--budget", "5"], "--effect and --cost"),
        (&["--table", "lost.csv", "--parameters", "a"], "there is no file lost.csv"),
    ] {
        let out = forestall(&scratch, &[&base[..], more].concat());
        let said = text(&out.stderr);
        assert!(matches!(out.status.code(), Some(2 | 5)) && said.contains(part), "{part}: {:?} {said}", out.status);
    }
    let out = forestall(&scratch, &["decide", "--table", "t.csv", "--benefit", "p1"]);
    assert!(out.status.code() == Some(2) && text(&out.stderr).contains("two or more"), "{}", text(&out.stderr));
}
