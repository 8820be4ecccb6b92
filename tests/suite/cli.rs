//! The program as users meet it: commands, exit codes, files, interrupts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::worlds::BUSY;

/// A folder of its own for each test, removed at the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("scratch folder");
        Self(path)
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("file written");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
    command.current_dir(&scratch.0).args(arguments).stdin(Stdio::null());
    command
}

pub fn forestall(scratch: &Scratch, arguments: &[&str]) -> Output {
    command(scratch, arguments).output().expect("program runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_string()
}

/// The busy world cut to three months, with a policy that changes nothing and one that does.
pub fn small() -> String {
    let policies = r#"
[policies.nothing]
label = "Nothing"
set = { "services.officers_per_team" = 30.0 }

[policies.analysts]
label = "More analysts"
set = { "services.analysts" = 40 }
"#;
    BUSY.replace("2015-12-31", "2015-03-31").replace("[scenario]", "[scenario]\nreplications = 12") + policies
}

pub fn run_folder(scratch: &Scratch, out: &str) -> PathBuf {
    std::fs::read_dir(scratch.0.join(out))
        .expect("output folder")
        .map(|e| e.expect("entry").path())
        .find(|p| p.is_dir())
        .expect("run folder")
}

/// Every result file with its bytes.
pub fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder.join("results"))
        .expect("results")
        .map(|e| e.expect("entry").path())
        .map(|p| (p.file_name().expect("name").to_string_lossy().to_string(), std::fs::read(&p).expect("bytes")))
        .collect()
}

#[test]
fn a_run_writes_every_file_and_the_same_bytes_on_any_number_of_threads() {
    let scratch = Scratch::new("threads");
    scratch.file("small.toml", &small());
    let mut all = Vec::new();
    for threads in ["1", "2", "8"] {
        let out = format!("out{threads}");
        let done = forestall(&scratch, &["run", "small.toml", "--threads", threads, "--out", &out, "-q"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let folder = run_folder(&scratch, &out);
        for file in ["manifest.json", "scenario.resolved.toml", "report.html", "results/comparisons.csv"] {
            assert!(folder.join(file).is_file(), "{file} is missing");
        }
        for table in ["replications", "monthly", "by_country", "matched"] {
            assert!(folder.join(format!("results/{table}.parquet")).is_file(), "{table} is missing");
        }
        all.push(results(&folder));
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
}

#[test]
fn the_baseline_against_itself_differs_by_exactly_nothing() {
    let scratch = Scratch::new("itself");
    scratch.file("small.toml", &small());
    let done = forestall(&scratch, &["run", "small.toml", "--policies", "nothing", "-q", "--json"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON on standard output");
    let rows = answer["comparisons"].as_array().expect("comparisons");
    assert!(rows.len() > 80);
    for row in rows {
        if row["difference"].is_null() {
            continue;
        }
        for cell in ["difference", "ci_low", "ci_high"] {
            assert_eq!(row[cell].as_f64(), Some(0.0), "{row}");
        }
    }
}

#[test]
fn an_interrupted_run_keeps_what_is_done_and_goes_on() {
    let scratch = Scratch::new("interrupt");
    let long = small().replace("replications = 12", "replications = 60");
    scratch.file("small.toml", &long);
    let mut child = command(&scratch, &["run", "small.toml", "--threads", "1", "--out", "cut", "-q"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("program starts");
    // Wait for the first part, so that there is something to keep.
    let parts = || {
        std::fs::read_dir(scratch.0.join("cut")).ok()?.flatten().find_map(|e| {
            let found = std::fs::read_dir(e.path().join("parts")).ok()?.flatten();
            let count = found.filter(|p| p.path().extension().is_some_and(|x| x == "part")).count();
            (count > 0).then_some(count)
        })
    };
    for _ in 0..600 {
        if parts().is_some() || child.try_wait().expect("status").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    let ended = child.wait().expect("end");
    assert_eq!(ended.code(), Some(75), "an interrupted run exits with 75");
    let manifest = std::fs::read_to_string(run_folder(&scratch, "cut").join("manifest.json")).expect("manifest");
    assert!(manifest.contains("interrupted"), "{manifest}");
    let again = forestall(&scratch, &["run", "small.toml", "--out", "cut", "-q"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    let whole = forestall(&scratch, &["run", "small.toml", "--out", "whole", "-q"]);
    assert!(whole.status.success());
    assert_eq!(results(&run_folder(&scratch, "cut")), results(&run_folder(&scratch, "whole")));
}

#[test]
fn more_replications_extend_the_folder() {
    let scratch = Scratch::new("extend");
    scratch.file("small.toml", &small());
    for n in ["4", "9"] {
        let done = forestall(&scratch, &["run", "small.toml", "--replications", n, "--out", "step", "-q"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let once = forestall(&scratch, &["run", "small.toml", "--replications", "9", "--out", "once", "-q"]);
    assert!(once.status.success());
    assert_eq!(results(&run_folder(&scratch, "step")), results(&run_folder(&scratch, "once")));
}

#[test]
fn mistakes_get_an_answer_and_exit_code_2() {
    let scratch = Scratch::new("mistakes");
    scratch.file("small.toml", &small());
    scratch.file("bad.toml", &small().replace("[leads]", "[leeds]"));
    scratch.file("share.toml", &small().replace("fast_commit_per_year = 2.0", "fast_share = 1.5"));
    let cases: [(&[&str], &[&str]); 10] = [
        (&["run", "bad.toml"], &["bad.toml:", "leeds", "did you mean `leads`"]),
        (&["check", "share.toml"], &["share.toml:", "1.5", "from 0 to 1"]),
        (&["run", "missing.toml"], &["missing.toml"]),
        (&["run", "small.toml", "--policies", "analyst"], &["no policy is called `analyst`", "analysts"]),
        (&["run", "small.toml", "--set", "services.analyst=3"], &["analyst", "did you mean"]),
        (&["run", "small.toml", "--seed", "99999999999999"], &["seed"]),
        (
            &["run", "small.toml", "--precision", "attacks:rel=0.1", "--max-replications", "20"],
            &["no outcome is called `attacks`"],
        ),
        (&["run", "small.toml", "--threads", "0"], &["'0'", "--threads", "a whole number from 1"]),
        (&["check", "small.toml", "--threads", "many"], &["many", "--threads", "a whole number from 1"]),
        (&["frobnicate"], &["unrecognized subcommand"]),
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
}

#[test]
fn threads_beyond_the_machine_are_capped_with_a_word_and_change_no_byte() {
    let scratch = Scratch::new("many-threads");
    scratch.file("small.toml", &small());
    let most = 4 * std::thread::available_parallelism().expect("cores").get();
    let on = |threads: &str, out: &str| {
        let done =
            forestall(&scratch, &["run", "small.toml", "--replications", "2", "--threads", threads, "--out", out]);
        assert!(done.status.success(), "{threads}: {}", text(&done.stderr));
        (text(&done.stderr).lines().filter(|l| l.contains("--threads")).collect::<Vec<_>>().join(" | "), out.to_owned())
    };
    let (told, capped) = on("100000", "capped");
    assert!(told.contains("--threads 100000") && told.contains(&format!("{most} are used")), "{told}");
    assert!(!told.contains(" | "), "one line: {told}");
    let (silent, plain) = on(&most.to_string(), "plain");
    assert_eq!(silent, "");
    assert_eq!(results(&run_folder(&scratch, &capped)), results(&run_folder(&scratch, &plain)));
}

#[test]
fn precision_stops_early_or_says_that_it_was_not_reached() {
    let scratch = Scratch::new("precision");
    scratch.file("small.toml", &small());
    let run = |aim: &str| {
        let arguments =
            ["run", "small.toml", "--policies", "", "--precision", aim, "--max-replications", "40", "--out", "p"];
        forestall(&scratch, &arguments)
    };
    let easy = run("leads_received:rel=0.5");
    assert!(easy.status.success(), "{}", text(&easy.stderr));
    assert!(text(&easy.stderr).contains("precise enough after"), "{}", text(&easy.stderr));
    let hard = run("attacks_completed:rel=0.0001");
    assert_eq!(hard.status.code(), Some(4), "{}", text(&hard.stderr));
}

#[test]
fn damaged_results_are_refused_with_code_5() {
    let scratch = Scratch::new("damage");
    scratch.file("small.toml", &small());
    let done = forestall(&scratch, &["run", "small.toml", "--replications", "3", "-q"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let folder = run_folder(&scratch, "output");
    let table = folder.join("results/replications.parquet");
    let mut bytes = std::fs::read(&table).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(&table, bytes).expect("written");
    let told = forestall(&scratch, &["report", &folder.to_string_lossy()]);
    assert_eq!(told.status.code(), Some(5), "{}", text(&told.stderr));
    assert!(text(&told.stderr).contains("replications.parquet"));
}

#[test]
fn the_other_commands_answer() {
    let scratch = Scratch::new("others");
    scratch.file("small.toml", &small());
    let ok = |arguments: &[&str]| {
        let done = forestall(&scratch, arguments);
        assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    assert!(ok(&["list", "outcomes"]).contains("attacks_completed"));
    assert!(ok(&["list", "mechanisms"]).contains("M13"));
    let parameters: serde_json::Value = serde_json::from_str(&ok(&["list", "parameters", "--json"])).expect("JSON");
    assert!(parameters["parameters"].as_array().is_some_and(|p| p.len() > 150));
    let schema: serde_json::Value = serde_json::from_str(&ok(&["schema"])).expect("JSON");
    assert!(schema["properties"]["leads"].is_object());
    ok(&["init", "mine.toml"]);
    ok(&["check", "mine.toml", "--brief"]);
    assert!(ok(&["check", "small.toml"]).contains("schema_version"));
    assert!(ok(&["completions", "bash"]).contains("forestall"));
    assert!(ok(&["man"]).contains(".TH"));
    ok(&["run", "small.toml", "--replications", "2", "-q"]);
    let folder = run_folder(&scratch, "output").to_string_lossy().to_string();
    assert!(ok(&["export", &folder]).contains("replications.csv"));
    assert!(ok(&["chart", &folder, "--outcomes", "people_harmed"]).contains("people_harmed"));
    assert!(ok(&["report", &folder]).contains("report.html"));
}

#[test]
fn a_resolved_scenario_gives_the_same_run() {
    let scratch = Scratch::new("resolved");
    scratch.file("small.toml", &small());
    let first = forestall(&scratch, &["run", "small.toml", "--replications", "2", "--out", "a", "-q"]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let resolved = run_folder(&scratch, "a").join("scenario.resolved.toml");
    let second = forestall(&scratch, &["run", &resolved.to_string_lossy(), "--replications", "2", "--out", "b", "-q"]);
    assert!(second.status.success(), "{}", text(&second.stderr));
    let (a, b) = (run_folder(&scratch, "a"), run_folder(&scratch, "b"));
    assert_eq!(a.file_name(), b.file_name(), "the same hash");
    assert_eq!(results(&a), results(&b));
}

#[test]
fn an_event_log_names_causes() {
    let scratch = Scratch::new("log");
    let logged = small() + "\n[experiment]\nevent_log_replications = [1]\n";
    scratch.file("small.toml", &logged);
    let done = forestall(&scratch, &["run", "small.toml", "--replications", "2", "--policies", "", "-q"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let folder = run_folder(&scratch, "output");
    forestall(&scratch, &["export", &folder.to_string_lossy()]);
    let log = std::fs::read_to_string(folder.join("results/events.csv")).expect("event log");
    let mut lines = log.lines();
    let head: Vec<&str> = lines.next().expect("head").split(',').collect();
    let at = |name: &str| head.iter().position(|h| *h == name).expect("column");
    let (id, cause, fact, number) = (at("id"), at("cause"), at("fact"), at("replication"));
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split(',').collect()).collect();
    assert!(rows.iter().all(|r| r[number] == "1"));
    let ids: std::collections::BTreeSet<&str> = rows.iter().map(|r| r[id]).collect();
    // Every cause that is named is itself in the log, so that chains can be followed to their beginning.
    let dangling: Vec<_> = rows.iter().filter(|r| !r[cause].is_empty() && !ids.contains(r[cause])).collect();
    assert!(dangling.is_empty(), "{:?}", dangling.first());
    let ended = rows.iter().filter(|r| r[fact] == "PlotFoiled" || r[fact] == "PlotCompleted");
    assert!(ended.clone().count() > 0 && ended.clone().all(|r| !r[cause].is_empty()));
}

#[test]
fn verify_prints_a_verdict_for_people_and_for_scripts() {
    let scratch = Scratch::new("verify");
    let run = |arguments: &[&str]| forestall(&scratch, arguments);
    let sets = ["verify", "erlang-a", "--set", "servers=3", "--set", "service_per_day=0.5", "--replications", "12"];
    let shown = run(&sets);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    for words in ["servers = 3", "abandon_share", "agrees", "All 4 quantities agree"] {
        assert!(text(&shown.stdout).contains(words), "{}", text(&shown.stdout));
    }
    let data = run(&[&sets[..], &["--json", "-q"]].concat());
    let rows: serde_json::Value = serde_json::from_str(&text(&data.stdout)).expect("JSON");
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), 4);
    for row in rows {
        for key in ["case", "quantity", "expected", "simulated", "standard_error", "z", "passed"] {
            assert!(!row[key].is_null(), "{key} is missing in {row}");
        }
    }
    let again = run(&[&sets[..], &["--json", "-q"]].concat());
    assert_eq!(data.stdout, again.stdout, "the same seed gives the same verdict");
    let cases: serde_json::Value =
        serde_json::from_str(&text(&run(&["verify", "--list", "--json"]).stdout)).expect("JSON");
    assert!(cases.as_array().is_some_and(|c| c.len() >= 11));
    let scenario = text(&run(&["verify", "contagion", "--scenario"]).stdout);
    assert!(scenario.contains("extends = \"neutral-world.toml\""), "{scenario}");
    let mistakes: [(&[&str], &str); 5] = [
        (&["verify", "terror-queu"], "did you mean `terror-queue`?"),
        (&["verify", "terror-queue", "--set", "agent=3"], "did you mean `agents`?"),
        (&["verify", "terror-queue", "--set", "agents=-3"], "a whole number from 0"),
        (&["verify", "--set", "agents=3"], "<CASE>"),
        (&["verify", "erlang-a", "--set", "patience_per_day=0", "--set", "servers=1"], "grows without end"),
    ];
    for (arguments, words) in mistakes {
        let done = run(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(text(&done.stderr).contains(words), "{arguments:?}: {}", text(&done.stderr));
    }
}

#[test]
fn trust_runs_every_arm_at_each_strength_of_answer_and_fills_the_robustness_checks() {
    let scratch = Scratch::new("trust");
    scratch.file("small.toml", &small().replace("replications = 12", "replications = 4"));
    // A number that cannot be run is told before anything is computed.
    let none = forestall(&scratch, &["run", "small.toml", "--trust=0", "--out", "none", "-q"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("--trust"), "{}", text(&none.stderr));
    assert!(!scratch.0.join("none").exists());
    let report = |out: &str| std::fs::read_to_string(run_folder(&scratch, out).join("report.html")).expect("report");
    let done = forestall(&scratch, &["run", "small.toml", "--out", "a", "-q"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(report("a").contains("Not run. `forestall run SCENARIO --trust`"));
    let plain = results(&run_folder(&scratch, "a"));
    let tables = |out: &str| -> Vec<(String, Vec<u8>)> {
        let shelf = std::fs::read_dir(run_folder(&scratch, out).join("trust")).expect("runs for robustness checks");
        let mut all: Vec<(String, Vec<u8>)> = shelf
            .map(|e| e.expect("entry").path())
            .map(|p| {
                let name = p.file_name().expect("name").to_string_lossy().to_string();
                (name, results(&p)["replications.parquet"].clone())
            })
            .collect();
        all.sort();
        all
    };
    for (out, threads) in [("a", "3"), ("b", "1")] {
        let done = forestall(&scratch, &["run", "small.toml", "--trust=2", "--threads", threads, "--out", out, "-q"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        assert!(report(out).contains("off: "), "the robustness checks have no row for adaptation that is off");
    }
    let found = tables("a");
    let strengths: Vec<&str> = found.iter().filter_map(|(name, _)| name.split('-').nth(1)).collect();
    assert_eq!(strengths, ["high", "middle", "off"]);
    assert_eq!(found, tables("b"), "threads change the runs for robustness checks");
    assert_eq!(plain, results(&run_folder(&scratch, "a")), "the run itself is left alone");
}
