//! `compare` as users meet it: a run and itself, other seeds, one setting changed, another scenario, what is refused.

use std::collections::BTreeMap;
use std::path::Path;

use forestall::Run;
use serde_json::Value;

use crate::cli::{Scratch, forestall, run_folder, small, text};

/// Runs a scenario text into a folder of its own, and gives the path of the run.
fn finished(scratch: &Scratch, name: &str, scenario: &str, more: &[&str]) -> String {
    let file = format!("{name}.toml");
    scratch.file(&file, scenario);
    let out = forestall(scratch, &[&["run", file.as_str(), "--out", name, "-q"], more].concat());
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    run_folder(scratch, name).display().to_string()
}

fn compared(scratch: &Scratch, first: &str, second: &str) -> Value {
    let out = forestall(scratch, &["compare", first, second, "--json"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let found: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(found.as_object().and_then(|all| all.keys().next()).map(String::as_str), Some("verdict"));
    found
}

fn rows<'v>(found: &'v Value, name: &str) -> &'v Vec<Value> {
    found[name].as_array().unwrap_or_else(|| panic!("{name} in {found}"))
}

fn row<'v>(found: &'v Value, list: &str, policy: &str, outcome: &str) -> &'v Value {
    let own = |row: &&Value| row["policy"] == policy && row["outcome"] == outcome;
    rows(found, list).iter().find(own).unwrap_or_else(|| panic!("no {policy} {outcome} in {list}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

/// An outcome by replication, under a policy of the run in a folder.
fn values(folder: &str, policy: &str, outcome: &str) -> BTreeMap<i64, f64> {
    let run = Run::open(Path::new(folder)).expect("a run");
    let table = run.replications();
    let (arms, column) = (table.texts("arm").expect("arms"), table.column(outcome).expect("the outcome"));
    let numbers = table.integers("replication").expect("replications");
    let own = (0..table.rows()).filter(|row| arms[*row] == policy);
    own.filter_map(|row| Some((numbers[row]?, column.number(row)?))).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Squared standard error of a mean.
fn square(values: &[f64]) -> f64 {
    let centre = mean(values);
    let n = values.len() as f64;
    values.iter().map(|x| (x - centre) * (x - centre)).sum::<f64>() / (n - 1.0) / n
}

/// Sums of some dozens of numbers: twelve digits hold.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn a_run_and_itself_differ_in_exactly_nothing() {
    let scratch = Scratch::new("compare-same");
    let run = finished(&scratch, "a", &small(), &[]);
    let found = compared(&scratch, &run, &run);
    let verdict = &found["verdict"];
    assert_eq!((&verdict["nothing_differs"], &verdict["paired"]), (&true.into(), &true.into()));
    assert_eq!(verdict["outcomes_shown_to_differ"], 0);
    assert!(rows(&found, "settings").is_empty() && rows(&found, "without_counterpart").is_empty());
    let (outcomes, effects) = (rows(&found, "outcomes"), rows(&found, "effects"));
    assert!(outcomes.len() > 200 && effects.len() > 150, "{} {}", outcomes.len(), effects.len());
    let mut defined = 0;
    for row in outcomes.iter().chain(effects) {
        let difference = &row["difference"];
        if !difference["estimate"].is_null() {
            defined += 1;
            for cell in ["estimate", "low", "high"] {
                assert_eq!(difference[cell].as_f64(), Some(0.0), "{row}");
            }
        }
    }
    assert!(defined > 300, "{defined}");
    let out = forestall(&scratch, &["compare", &run, &run]);
    assert!(text(&out.stdout).starts_with("Nothing differs"), "{}", text(&out.stdout));
}

#[test]
fn runs_of_two_seeds_are_independent_samples() {
    let scratch = Scratch::new("compare-seeds");
    let (a, b) = (finished(&scratch, "a", &small(), &[]), finished(&scratch, "b", &small(), &["--seed", "99"]));
    let found = compared(&scratch, &a, &b);
    assert_eq!(found["verdict"]["paired"], false);
    assert_eq!(found["verdict"]["nothing_differs"], false);
    let settings: Vec<&str> = rows(&found, "settings").iter().filter_map(|s| s["setting"].as_str()).collect();
    assert_eq!(settings, ["scenario.seed"]);
    let outcome = "leads_received";
    let told = &row(&found, "outcomes", "baseline", outcome)["difference"];
    let of = |folder: &str| values(folder, "baseline", outcome).into_values().collect::<Vec<_>>();
    let (one, other) = (of(&a), of(&b));
    assert!(near(number(&told["estimate"]), mean(&other) - mean(&one)), "{told}");
    // Welch: the reach is Student's quantile times this, and the quantile is above the normal one.
    let error = (square(&one) + square(&other)).sqrt();
    let reach = 0.5 * (number(&told["high"]) - number(&told["low"]));
    assert!(reach > 1.96 * error && reach < 2.3 * error, "{reach} {error}");
    let out = forestall(&scratch, &["compare", &a, &b]);
    let words = text(&out.stdout);
    assert!(words.contains("independent samples: the seeds differ"), "{words}");
    assert!(words.contains("--seed 1 --replications 12") || words.contains("--seed"), "{words}");
}

#[test]
fn one_setting_changed_is_told_and_the_runs_are_paired() {
    let scratch = Scratch::new("compare-paired");
    let changed = small().replace("set = { \"services.analysts\" = 40 }", "set = { \"services.analysts\" = 5 }");
    assert_ne!(changed, small());
    let (a, b) = (finished(&scratch, "a", &small(), &[]), finished(&scratch, "b", &changed, &[]));
    let found = compared(&scratch, &a, &b);
    assert_eq!((&found["verdict"]["paired"], &found["pairing"]["pairs"]), (&true.into(), &12.into()));
    let settings = rows(&found, "settings");
    assert_eq!(settings.len(), 1, "{settings:?}");
    let told = ["setting", "first", "second"].map(|cell| settings[0][cell].as_str().unwrap_or_default().to_owned());
    assert_eq!(told, ["policies.analysts.services.analysts", "40", "5"]);
    // The baseline is the same simulation in both.
    let base = row(&found, "outcomes", "baseline", "leads_received");
    assert_eq!(["estimate", "low", "high"].map(|c| base["difference"][c].as_f64()), [Some(0.0); 3]);
    // The policy is not: means and the difference of effects, by hand.
    let outcome = "subjects_opened";
    let of = |folder: &str, policy: &str| values(folder, policy, outcome);
    let (one, other) = (of(&a, "analysts"), of(&b, "analysts"));
    let pairs: Vec<f64> = one.iter().map(|(key, value)| other[key] - value).collect();
    assert!(pairs.iter().any(|d| *d != 0.0), "the example must differ");
    let told = &row(&found, "outcomes", "analysts", outcome)["difference"];
    assert!(near(number(&told["estimate"]), mean(&pairs)), "{told}");
    let reach = 0.5 * (number(&told["high"]) - number(&told["low"]));
    // Student's 97.5 % point with eleven degrees of freedom.
    assert!((reach / square(&pairs).sqrt() - 2.200_985_160_082_949).abs() < 1e-9, "{reach}");
    let effect = row(&found, "effects", "analysts", outcome);
    let base: [BTreeMap<i64, f64>; 2] = [of(&a, "baseline"), of(&b, "baseline")];
    let effects: Vec<f64> = one.iter().map(|(k, v)| (other[k] - base[1][k]) - (v - base[0][k])).collect();
    assert!(near(number(&effect["difference"]["estimate"]), mean(&effects)), "{effect}");
    // Attacks prevented are the same effect with the other sign.
    let effect = row(&found, "effects", "analysts", "attacks_completed");
    let prevented = row(&found, "attacks_prevented", "analysts", "attacks_completed");
    assert_eq!(number(&prevented["first"]["estimate"]), 0.0 - number(&effect["first"]["estimate"]));
    assert_eq!(number(&prevented["difference"]["low"]), 0.0 - number(&effect["difference"]["high"]));
    assert!(rows(&found, "notes").iter().any(|n| n.as_str().is_some_and(|n| n.contains("`analysts` does not do"))));
}

#[test]
fn more_replications_of_the_same_run_change_no_outcome_that_both_have() {
    let scratch = Scratch::new("compare-more");
    let few = finished(&scratch, "a", &small(), &["--replications", "5"]);
    let many = finished(&scratch, "b", &small(), &["--replications", "9", "--policies", "nothing"]);
    let found = compared(&scratch, &few, &many);
    let verdict = &found["verdict"];
    assert_eq!((&verdict["nothing_differs"], &verdict["outcomes_equal"]), (&false.into(), &true.into()));
    assert_eq!(found["pairing"]["pairs"], 5);
    let settings: Vec<&str> = rows(&found, "settings").iter().filter_map(|s| s["setting"].as_str()).collect();
    assert_eq!(settings, ["run: replications", "run: policies"]);
    let lone = &rows(&found, "without_counterpart")[0];
    assert_eq!(
        (&lone["kind"], &lone["name"], &lone["only_in"]),
        (&"policy".into(), &"analysts".into(), &"first".into())
    );
}

#[test]
fn draws_that_differ_part_the_runs_and_intervals_count_draws() {
    let scratch = Scratch::new("compare-draws");
    let drawn = |values: &str| {
        let table = "\n[calibrated]\nreplaces_file = true\n[calibrated.draws]\n\"peers.introductions_per_year\" =";
        format!("{}{table} [{values}]\n", small())
    };
    let a = finished(&scratch, "a", &drawn("0.1, 0.2, 0.3"), &["--policies", ""]);
    let b = finished(&scratch, "b", &drawn("0.1, 0.2, 0.4"), &["--policies", ""]);
    let same = compared(&scratch, &a, &a);
    assert_eq!((&same["verdict"]["paired"], &same["first"]["draws"]), (&true.into(), &3.into()));
    let found = compared(&scratch, &a, &b);
    assert_eq!(found["verdict"]["paired"], false);
    assert!(found["pairing"]["why"].as_str().is_some_and(|why| why.contains("draws")), "{}", found["pairing"]);
    let outcome = "leads_received";
    // Twelve replications in three draws: the samples are the draws.
    let draws = |folder: &str| -> Vec<f64> {
        let all = values(folder, "baseline", outcome);
        (0..3)
            .map(|d| mean(&all.iter().filter(|(r, _)| *r / 2 % 3 == d).map(|(_, v)| *v).collect::<Vec<_>>()))
            .collect()
    };
    let error = (square(&draws(&a)) + square(&draws(&b))).sqrt();
    let told = &row(&found, "outcomes", "baseline", outcome)["difference"];
    let reach = 0.5 * (number(&told["high"]) - number(&told["low"]));
    // Between two and four degrees of freedom.
    assert!(reach > 2.776 * error && reach < 4.303 * error, "{reach} {error}");
}

#[test]
fn other_scenarios_are_compared_in_what_they_share() {
    let scratch = Scratch::new("compare-other");
    let a = finished(&scratch, "a", &small(), &["--replications", "4"]);
    let shipped = std::fs::read_to_string("scenarios/quickstart.toml").expect("shipped");
    let b = finished(&scratch, "b", &shipped, &["--replications", "4", "--until", "2015-02-28"]);
    let found = compared(&scratch, &a, &b);
    let policies: Vec<&str> = rows(&found, "outcomes").iter().filter_map(|r| r["policy"].as_str()).collect();
    assert!(policies.iter().all(|p| *p == "baseline") && !policies.is_empty());
    assert!(rows(&found, "effects").is_empty() && rows(&found, "attacks_prevented").is_empty());
    assert!(rows(&found, "without_counterpart").len() >= 3, "{}", found["without_counterpart"]);
    let notes = found["notes"].to_string();
    assert!(notes.contains("different scenarios") && notes.contains("different periods"), "{notes}");
}

#[test]
fn unfinished_damaged_and_missing_runs_are_refused() {
    let scratch = Scratch::new("compare-refused");
    let good = finished(&scratch, "good", &small(), &["--replications", "3", "--policies", ""]);
    let other = finished(&scratch, "other", &small(), &["--replications", "3", "--policies", "", "--seed", "5"]);
    let record = Path::new(&other).join("manifest.json");
    let whole = std::fs::read_to_string(&record).expect("a record");
    // A record without its checksum, as older programs wrote it.
    let mut value: Value = serde_json::from_str(&whole).expect("JSON");
    value.as_object_mut().expect("an object").remove("checksum");
    value["status"] = "interrupted".into();
    std::fs::write(&record, value.to_string()).expect("written");
    let out = forestall(&scratch, &["compare", &good, &other]);
    assert_eq!(out.status.code(), Some(75), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("not finished: 3 of 3 replications"), "{}", text(&out.stderr));
    std::fs::write(&record, whole).expect("written");
    let table = Path::new(&other).join("results/replications.parquet");
    let mut bytes = std::fs::read(&table).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(&table, bytes).expect("written");
    let out = forestall(&scratch, &["compare", &other, &good]);
    assert_eq!(out.status.code(), Some(5), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("replications.parquet"), "{}", text(&out.stderr));
    let out = forestall(&scratch, &["compare", &good, "nowhere"]);
    assert!(out.status.code() == Some(2) && text(&out.stderr).contains("nowhere is no run"), "{}", text(&out.stderr));
    let out = forestall(&scratch, &["compare", &good]);
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
}
