//! The first ten minutes: what `init` writes says something, warnings come before long runs, and nothing is taken away.

use std::path::Path;

use serde_json::Value;

use crate::cli::{Scratch, forestall, results, run_folder, small, text};
use crate::worlds::shipped;

fn ok(scratch: &Scratch, arguments: &[&str]) -> (String, String) {
    let done = forestall(scratch, arguments);
    assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
    (text(&done.stdout), text(&done.stderr))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Keys of an object in their order.
fn first_key(answer: &Value) -> &str {
    answer.as_object().and_then(|object| object.keys().next()).map_or("", String::as_str)
}

#[test]
fn the_scenario_of_init_is_answered_when_it_is_run_unedited() {
    let scratch = Scratch::new("init-run");
    let (_, said) = ok(&scratch, &["init", "mine.toml"]);
    assert!(said.contains("forestall.schema.json") && said.contains("forestall check mine.toml"), "{said}");
    let schema = std::fs::read_to_string(scratch.0.join("forestall.schema.json")).expect("the schema beside it");
    assert_eq!(json(&schema), json(&ok(&scratch, &["schema"]).0));
    let (_, said) = ok(&scratch, &["check", "mine.toml"]);
    assert!(!said.contains("warning"), "{said}");
    let (answer, said) = ok(&scratch, &["run", "mine.toml", "--json"]);
    assert!(!said.contains("warning"), "{said}");
    let answer = json(&answer);
    assert_eq!(first_key(&answer), "verdict");
    let verdict = &answer["verdict"];
    let baseline = verdict["baseline"].as_f64().expect("a mean");
    assert!(baseline * 200.0 >= 10.0, "too few events: {verdict}");
    let low = |policy: &Value| policy["ci_low"].as_f64().expect("an interval");
    let policies = verdict["policies"].as_array().expect("policies");
    assert!(policies.iter().any(|policy| low(policy) > 0.0), "no policy is told apart from nothing: {verdict}");
    assert!(verdict["sentence"].as_str().is_some_and(|words| words.contains("prevents most")), "{verdict}");
    for policy in policies {
        assert_eq!(policy["n"], verdict["replications"], "{verdict}");
    }
}

#[test]
fn the_quickstart_of_the_readme_prints_what_the_readme_says() {
    let scratch = Scratch::new("readme");
    let readme = std::fs::read_to_string("README.md").expect("the README");
    let (_, quickstart) = readme.split_once("## Quickstart").expect("a quickstart");
    assert!(!readme[..readme.len() - quickstart.len()].contains("## The main job"), "the quickstart comes first");
    let shown = |fence: &str| {
        let (_, rest) = quickstart.split_once(fence).unwrap_or_else(|| panic!("no {fence}"));
        rest.split("\n```").next().expect("a block").trim().to_owned()
    };
    assert_eq!(shown("```sh\n"), "forestall run scenarios/quickstart.toml");
    let scenario = format!("{}/scenarios/quickstart.toml", env!("CARGO_MANIFEST_DIR"));
    let (printed, _) = ok(&scratch, &["run", &scenario]);
    assert_eq!(printed.trim(), shown("```text\n"));
}

#[test]
fn every_template_is_copied_whole_into_any_folder() {
    let scratch = Scratch::new("templates");
    let (list, _) = ok(&scratch, &["list", "templates", "--json"]);
    let list = json(&list);
    let names: Vec<&str> = list["templates"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(names.contains(&"europe-2014-2016") && names.len() >= 30, "{names:?}");
    for (place, name) in names.iter().enumerate() {
        let file = format!("copy-{place}/mine.toml");
        ok(&scratch, &["init", "--template", name, &file, "-q"]);
        let (shown, told) = ok(&scratch, &["check", &file, "--brief"]);
        assert!(shown.contains("valid"), "{name}: {shown}");
        assert!(!told.contains("outside the folder"), "{name}: {told}");
    }
    // The copy of a calibrated scenario takes the same draws.
    let read = |file: &Path| std::fs::read_to_string(file).expect("a file");
    let place = names.iter().position(|name| *name == "europe-2014-2016").expect("shipped");
    let copied = scratch.0.join(format!("copy-{place}/calibration/europe-all-rules-posterior/posterior.csv"));
    assert_eq!(read(&copied), read(Path::new("scenarios/calibration/europe-all-rules-posterior/posterior.csv")));
}

#[test]
fn init_replaces_nothing_unasked() {
    let scratch = Scratch::new("init-keeps");
    scratch.file("europe-hand-set.toml", "mine\n");
    scratch.file("mine.toml", "mine too\n");
    let refuse = |arguments: &[&str], words: &str| {
        let done = forestall(&scratch, arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(text(&done.stderr).contains(words), "{}", text(&done.stderr));
    };
    refuse(&["init", "mine.toml"], "mine.toml exists");
    refuse(&["init", "--template", "europe-2014-2016", "new.toml"], "europe-hand-set.toml exists");
    assert!(!scratch.0.join("new.toml").exists() && !scratch.0.join("calibration").exists(), "nothing half done");
    refuse(&["init", "--template", "europe-2014-2016", "europe-hand-set.toml", "--force"], "give yours another name");
    assert_eq!(std::fs::read_to_string(scratch.0.join("europe-hand-set.toml")).expect("there"), "mine\n");
    ok(&scratch, &["init", "--template", "europe-2014-2016", "new.toml", "--force"]);
    ok(&scratch, &["check", "new.toml", "--brief"]);
}

#[test]
fn too_few_events_are_told_by_check_and_by_run() {
    let scratch = Scratch::new("few");
    let (about, asked) = ("outcomes = [\"events\"]", "outcomes = [\"attacks_completed\"]");
    let neutral = shipped("neutral-world");
    assert!(neutral.contains(about));
    scratch.file("rare.toml", &neutral.replace(about, asked));
    let forty = ["--replications", "40"];
    let (_, checked) = ok(&scratch, &[&["check", "rare.toml"], &forty[..]].concat());
    let told = "the question is hardly answered: about 0 of attacks_completed expected";
    assert!(checked.contains(told), "{checked}");
    let (_, ran) = ok(&scratch, &[&["run", "rare.toml", "--json"], &forty[..]].concat());
    assert_eq!(ran.matches("the question is hardly answered").count(), 1, "{ran}");
    let (answer, _) = ok(&scratch, &[&["check", "rare.toml", "--json", "-q"], &forty[..]].concat());
    let answer = json(&answer);
    assert_eq!((first_key(&answer), answer["enough_events"].as_bool()), ("verdict", Some(false)));
    // The world as it is shipped asks about something else, and a busy one has enough of everything.
    scratch.file("neutral.toml", &neutral);
    scratch.file("small.toml", &small());
    for file in ["neutral.toml", "small.toml"] {
        let (_, checked) = ok(&scratch, &[&["check", file], &forty[..]].concat());
        assert!(!checked.contains("hardly answered"), "{file}: {checked}");
    }
}

#[test]
fn fewer_replications_or_policies_take_nothing_away_and_every_number_says_the_same_n() {
    let scratch = Scratch::new("keeps");
    scratch.file("small.toml", &small());
    let run = |more: &[&str]| ok(&scratch, &[&["run", "small.toml"], more].concat());
    run(&["--replications", "20", "-q"]);
    let folder = run_folder(&scratch, "output");
    let before = results(&folder);
    for fewer in
        [&["--replications", "5"][..], &["--policies", "analysts", "--replications", "12"], &["--policies", ""]]
    {
        let (shown, said) = run(fewer);
        assert!(said.contains("20 replications of 3 policy runs"), "{fewer:?}: {said}");
        assert!(shown.contains("mean of 20 replications"), "{fewer:?}: {shown}");
        assert_eq!(before, results(&folder), "{fewer:?}");
        let manifest = json(&std::fs::read_to_string(folder.join("manifest.json")).expect("manifest"));
        assert_eq!(manifest["replications"]["done"], 20, "{fewer:?}");
        assert_eq!(manifest["arms"].as_array().map(Vec::len), Some(3), "{fewer:?}");
        let report = std::fs::read_to_string(folder.join("report.html")).expect("report");
        assert!(report.contains("20 replications"), "{fewer:?}");
        for other in ["12 replications", "5 replications"] {
            assert!(!report.contains(&format!(">{other}")) && !report.contains(&format!(" {other}")), "{fewer:?}");
        }
        let (answer, _) = run(&[fewer, &["--json", "-q"]].concat());
        let answer = json(&answer);
        assert_eq!(answer["verdict"]["replications"], 20);
        assert!(answer["comparisons"].as_array().expect("rows").iter().all(|row| row["n"].as_i64() <= Some(20)));
    }
    // More policies and replications extend the same folder.
    run(&["--replications", "22", "-q"]);
    assert_eq!(std::fs::read_dir(scratch.0.join("output")).expect("folder").count(), 1);
    assert_ne!(before, results(&folder));
}

#[test]
fn quiet_says_errors_only_and_verbose_says_what_is_read_and_written() {
    let scratch = Scratch::new("loudness");
    scratch.file("small.toml", &small());
    for arguments in [
        &["-q", "init", "mine.toml"][..],
        &["-q", "check", "small.toml"],
        &["-q", "run", "small.toml", "--replications", "2"],
        &["-q", "run", "small.toml", "--replications", "1"],
        &["-q", "select", "small.toml", "--zone", "1", "--procedure", "fixed", "--max-replications", "5"],
    ] {
        assert_eq!(ok(&scratch, arguments).1, "", "{arguments:?}");
    }
    let failed = forestall(&scratch, &["-q", "run", "absent.toml"]);
    assert!(text(&failed.stderr).contains("error"));
    let (_, said) = ok(&scratch, &["-v", "run", "small.toml", "--replications", "2", "--out", "loud"]);
    for words in [
        "read small.toml: the scenario",
        "manifest.json: the record",
        "results/replications.parquet: one row a replication",
        "report.html: the report",
        ".part: finished replications, kept at once",
        "runs of the same scenario, seed and results share a folder",
    ] {
        assert!(said.contains(words), "`{words}` is not said:\n{said}");
    }
    let (_, plain) = ok(&scratch, &["run", "small.toml", "--replications", "2", "--out", "plain"]);
    assert!(!plain.contains("wrote ") && !plain.contains("read "), "{plain}");
}

#[test]
fn select_leaves_a_folder_where_one_is_named() {
    let scratch = Scratch::new("select-out");
    scratch.file("small.toml", &small());
    let select =
        ["select", "small.toml", "--zone", "1", "--procedure", "fixed", "--max-replications", "5", "--json", "-q"];
    let (answer, _) = ok(&scratch, &[&select[..], &["--out", "choice"]].concat());
    let kept = std::fs::read_to_string(scratch.0.join("choice/selection.json")).expect("JSON");
    assert_eq!(json(&answer), json(&kept));
    assert_eq!(first_key(&json(&answer)), "verdict");
    let table = std::fs::read_to_string(scratch.0.join("choice/selection.csv")).expect("table");
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.starts_with("policy,replications,mean,minus_best,low,high,tied"), "{table}");
    let best = json(&answer)["best"].as_str().expect("a name").to_owned();
    assert!(table.lines().nth(1).is_some_and(|row| row.starts_with(&format!("{best},5,"))), "{table}");
    ok(&scratch, &select);
    assert!(!scratch.0.join("output").exists(), "without --out nothing is written");
}

#[test]
fn the_near_misses_that_people_write_bring_their_fix() {
    let scratch = Scratch::new("near");
    let told = |from: &str, to: &str| {
        scratch.file("wrong.toml", &small().replacen(from, to, 1));
        let done = forestall(&scratch, &["check", "wrong.toml", "--brief"]);
        assert_eq!(done.status.code(), Some(2), "{to}");
        text(&done.stderr)
    };
    let value = "\"services.analysts\" = 40";
    for (from, to, fix) in [
        ("[policies.nothing]", "[policy.nothing]", "did you mean `policies`? Write [policies.NAME]"),
        (value, "\"leads.committed_per_year\" = 0,15", "write 0.15"),
        (value, "\"services.analysts\" = 8.000.000", "write 8_000_000"),
        ("end = 2015-03-31", "end = 01.01.2015", "year-month-day, without quotes: 2015-01-01"),
        (value, "\"services.analysts\" = \"+100 %\"", "{ times = 2 }"),
        (value, "\"services.analysts\" = +100 %", "{ times = 2 }"),
    ] {
        let told = told(from, to);
        assert!(told.contains(fix), "{to} does not bring `{fix}`:\n{told}");
    }
    scratch.file("small.toml", &small());
    let flag = forestall(&scratch, &["run", "small.toml", "--reps", "20"]);
    assert!(text(&flag.stderr).contains("'--replications'"), "{}", text(&flag.stderr));
}
