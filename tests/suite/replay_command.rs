//! `forestall replay` as users meet it: lists, tellings, files, the summary and its report, mistakes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cli::{Scratch, forestall, results, run_folder, text};
use crate::worlds::BUSY;

/// The busy world cut to four months, with a policy that does much, one that does little, and a second label.
fn scenario() -> String {
    let policies = r#"
[policies.watch]
label = "Watchers ×3"
set = { "services.surveillance_officers" = { times = 3.0 } }

[policies.placebo]
label = "Placebo"
set = { "leads.committed_per_year" = { times = 1.0001 } }
"#;
    BUSY.replace("2015-12-31", "2015-04-30").replace("[scenario]", "[scenario]\nreplications = 4") + policies
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{e}: {}", text(bytes)))
}

#[test]
fn plots_are_listed_and_each_can_be_told_from_a_scenario_and_from_a_folder() {
    let scratch = Scratch::new("replay");
    scratch.file("small.toml", &scenario());
    let listed = forestall(&scratch, &["replay", "small.toml", "--replication", "1", "--policy", "watch", "--json"]);
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let plots = json(&listed.stdout)["policies"][0]["plots"].as_array().expect("plots").clone();
    assert!(!plots.is_empty(), "three times the teams change some end");
    let rank = |p: &Value| ["averted", "induced", "other"].iter().position(|e| p["effect"] == **e).expect("an effect");
    assert!(plots.windows(2).all(|w| rank(&w[0]) <= rank(&w[1])), "averted and induced first");
    let run = forestall(&scratch, &["run", "small.toml", "-q"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let folder = run_folder(&scratch, "output").to_string_lossy().to_string();
    for plot in plots.iter().take(3) {
        let id = plot["plot"].as_str().expect("a name");
        let call = |source: &str, more: &[&str]| {
            let head = ["replay", source, "--replication", "1", "--policy", "watch", "--plot", &id[..8]];
            let done = forestall(&scratch, &[&head[..], more].concat());
            assert!(done.status.success(), "{}", text(&done.stderr));
            done.stdout
        };
        let told = call("small.toml", &["--json"]);
        assert_eq!(told, call(&folder, &["--json"]), "the folder holds the same run");
        let told = json(&told);
        assert_eq!(told["plot"], plot["plot"]);
        assert_eq!(told["why"]["mechanism"], plot["mechanism"]);
        for line in told["why"]["chain"].as_array().expect("a chain") {
            assert_eq!(line["id"].as_str().map(str::len), Some(16), "{line}");
            assert!(line["fact"].is_string() && line["day"].is_number() && line["arm"] != "both", "{line}");
        }
        let shown = text(&call(&folder, &[]));
        for words in ["Life (", "Where they part: ", "Mechanism: ", "Causes, from the end back"] {
            assert!(shown.contains(words), "{shown}");
        }
    }
}

#[test]
fn out_receives_the_chart_the_answer_and_the_event_log() {
    let scratch = Scratch::new("replay-out");
    scratch.file("small.toml", &scenario());
    let head = ["replay", "small.toml", "--replication", "1", "--policy", "watch"];
    let listed = json(&forestall(&scratch, &[&head[..], &["--json"]].concat()).stdout);
    let id = listed["policies"][0]["plots"][0]["plot"].as_str().expect("a plot").to_owned();
    let more = ["--plot", &id, "--out", "told", "--events", "-q"];
    let done = forestall(&scratch, &[&head[..], &more].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    for file in ["charts/twin_lives.svg", "charts/twin_lives.png", "charts/twin_lives.csv", "replay.json"] {
        assert!(scratch.0.join("told").join(file).is_file(), "{file} is missing");
    }
    let events =
        forestall_study::rooms::results::parquet_file::read(&scratch.0.join("told/events.parquet")).expect("a table");
    let arms: BTreeSet<String> = events.texts("arm").expect("arms").iter().cloned().collect();
    assert_eq!(arms, ["baseline", "watch"].map(String::from).into());
    let ids: BTreeSet<&String> = events.texts("id").expect("identities").iter().collect();
    let told = json(&std::fs::read(scratch.0.join("told/replay.json")).expect("the answer"));
    for line in told["why"]["chain"].as_array().expect("a chain") {
        assert!(ids.contains(&line["id"].as_str().expect("an identity").to_owned()), "{line} is not in the log");
    }
}

#[test]
fn the_summary_adds_up_stands_in_the_report_and_does_not_depend_on_threads() {
    let scratch = Scratch::new("replay-summary");
    scratch.file("small.toml", &scenario());
    let mut all = Vec::new();
    for threads in ["1", "3"] {
        let out = format!("out{threads}");
        let run = forestall(&scratch, &["run", "small.toml", "--out", &out, "-q", "--json"]);
        assert!(run.status.success(), "{}", text(&run.stderr));
        let comparisons = json(&run.stdout)["comparisons"].clone();
        let folder = run_folder(&scratch, &out);
        let path = folder.to_string_lossy().to_string();
        let done = forestall(&scratch, &["replay", &path, "--summary", "--threads", threads, "--json", "-q"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let found = json(&done.stdout);
        for policy in found["policies"].as_array().expect("policies") {
            let mean = |outcome: &str| {
                let rows = comparisons.as_array().expect("rows").iter();
                let mut row = rows.filter(|r| r["policy"] == policy["policy"] && r["outcome"] == *outcome);
                row.next().and_then(|r| r["difference"].as_f64()).expect("a difference")
            };
            let parts = |name: &str| -> f64 {
                policy["mechanisms"].as_array().expect("parts").iter().filter_map(|m| m[name].as_f64()).sum()
            };
            // Four replications: the sums are small whole numbers and quarters are exact.
            assert_eq!(parts("averted") / 4.0, mean("attacks_averted"));
            assert_eq!(parts("induced") / 4.0, mean("attacks_induced"));
            assert_eq!((parts("averted") - parts("induced")) / 4.0, -mean("attacks_completed"));
            let share = policy["twin_share"].as_f64().expect("a share");
            assert!(share > 0.0 && share <= 1.0, "{share}");
        }
        let report = std::fs::read_to_string(folder.join("report.html")).expect("the report");
        assert!(report.contains("Through what each policy averts and induces attacks"));
        all.push(results(&folder));
    }
    assert!(all[0].contains_key("mechanisms.csv") && all[0].contains_key("partings.csv"));
    assert_eq!(all[0], all[1]);
}

#[test]
fn mistakes_in_a_replay_get_an_answer() {
    let scratch = Scratch::new("replay-mistakes");
    scratch.file("small.toml", &scenario());
    let run = forestall(&scratch, &["run", "small.toml", "--replications", "2", "-q"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let folder = run_folder(&scratch, "output").to_string_lossy().to_string();
    let cases: [(&[&str], &[&str]); 10] = [
        (&["replay", "nowhere", "--replication", "0"], &["no file or folder nowhere", "output/NAME-HASH"]),
        (&["replay", ".", "--replication", "0"], &["no manifest.json"]),
        (&["replay", &folder, "--replication", "2"], &["no replication 2", "0 to 1"]),
        (&["replay", "small.toml", "--replication", "9"], &["no replication 9", "0 to 3"]),
        (&["replay", &folder, "--replication", "0", "--policy", "wach"], &["did you mean `watch`", "placebo"]),
        (
            &["replay", &folder, "--replication", "0", "--policy", "watch", "--plot", "zz"],
            &["no plot of this replication is called `zz`", "hexadecimal", "plots that end otherwise"],
        ),
        (&["replay", &folder, "--replication", "0", "--plot", "00"], &["add --policy", "watch, placebo"]),
        (&["replay", &folder, "--replication", "0", "--events"], &["--out"]),
        (&["replay", "small.toml", "--summary"], &["needs the folder of a run"]),
        (&["run", "small.toml", "--events", "7"], &["replication 7", "0 to 3"]),
    ];
    for (arguments, expected) in cases {
        let done = forestall(&scratch, arguments);
        let told = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {told}");
        for words in expected {
            assert!(told.contains(words), "{arguments:?} does not say `{words}`:\n{told}");
        }
        assert!(!told.contains("panicked"), "{told}");
    }
    // A folder that another version wrote, and one whose rows are not what the replay gives.
    let manifest = std::path::Path::new(&folder).join("manifest.json");
    let mut record: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&manifest).expect("manifest")).expect("JSON");
    // A record without a checksum, as older versions wrote.
    record.as_object_mut().expect("an object").remove("checksum");
    let good = format!("{record:#}\n");
    let version = format!("\"results_version\": {}", forestall_study::rooms::results::RESULTS_VERSION);
    let old = good.replace(&version, "\"results_version\": 0");
    assert_ne!(old, good);
    std::fs::write(&manifest, old).expect("written");
    let done = forestall(&scratch, &["replay", &folder, "--replication", "0"]);
    assert_eq!(done.status.code(), Some(5), "{}", text(&done.stderr));
    assert!(text(&done.stderr).contains("version 0"), "{}", text(&done.stderr));
    std::fs::write(&manifest, good.replace("\"hash\": \"", "\"hash\": \"0")).expect("written");
    let done = forestall(&scratch, &["replay", &folder, "--replication", "0"]);
    assert_eq!(done.status.code(), Some(5), "{}", text(&done.stderr));
    assert!(text(&done.stderr).contains("hash"), "{}", text(&done.stderr));
}

#[test]
fn a_run_keeps_the_events_that_are_asked_for() {
    let scratch = Scratch::new("run-events");
    scratch.file("small.toml", &scenario());
    let done =
        forestall(&scratch, &["run", "small.toml", "--replications", "3", "--policies", "", "--events", "2,0", "-q"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let path = run_folder(&scratch, "output").join("results/events.parquet");
    let events = forestall_study::rooms::results::parquet_file::read(&path).expect("events");
    let kept: BTreeSet<Option<i64>> = events.integers("replication").expect("numbers").iter().copied().collect();
    assert_eq!(kept, [Some(0), Some(2)].into());
}

#[test]
fn the_page_shows_what_the_program_shows() {
    use crate::docs::{cell, hold, read, root, with_block};
    let page = root().join("docs/replay.md");
    let mut wanted = read(&page);
    let mut table = "| name | family | meaning |\n|---|---|---|\n".to_owned();
    for m in forestall_study::rooms::replay::Mechanism::ALL {
        table += &format!("| `{}` | {} | {} |\n", m.name(), m.family().label(), cell(m.meaning()));
    }
    wanted = with_block(&wanted, "<!-- mechanisms -->", &table).expect("the page has the block");
    let scratch = Scratch::new("replay-page");
    let marks: Vec<String> = wanted.lines().filter(|l| l.starts_with("<!-- shown: ")).map(ToOwned::to_owned).collect();
    assert!(!marks.is_empty(), "the page has a worked example");
    for mark in marks {
        let words = mark.trim_start_matches("<!-- shown: ").trim_end_matches(" -->");
        let arguments: Vec<String> =
            words
                .split(' ')
                .map(|w| {
                    if w.starts_with("scenarios/") {
                        root().join(w).to_string_lossy().to_string()
                    } else {
                        w.to_owned()
                    }
                })
                .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let done = forestall(&scratch, &arguments);
        assert!(done.status.success(), "{}", text(&done.stderr));
        // What to do next names the scenario by the place that it has here.
        let told = text(&done.stdout);
        let told = told.split("\nnext: ").next().unwrap_or_default();
        let block = format!("```text\n$ forestall {words}\n{told}```\n");
        wanted = with_block(&wanted, &mark, &block).expect("the block ends");
    }
    hold(&page, &wanted);
}
