//! `optimize`, as users meet it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::worlds::BUSY;

/// A folder of its own for each test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-optimization-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("scratch folder");
        let scratch = Self(path);
        scratch.file("world.toml", &(world() + OPTIMIZE));
        scratch
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("file written");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
        command.current_dir(&self.0).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn forestall(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("program runs")
    }

    /// The small optimization with these further flags.
    fn optimize(&self, more: &[&str]) -> Output {
        self.forestall(&small(more))
    }

    /// The one folder of results in `out`.
    fn folder(&self, out: &str) -> PathBuf {
        let entries = std::fs::read_dir(self.0.join(out)).expect("output folder");
        entries.map(|e| e.expect("entry").path()).find(|p| p.is_dir()).expect("a folder")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_string()
}

/// The flags of the small optimization, but for those that `more` gives another value, and then `more`.
fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut flags = Vec::new();
    let mut rest = SMALL.iter();
    while let Some(flag) = rest.next() {
        let pair = flag.starts_with("--").then(|| rest.next()).flatten();
        if pair.is_none() || !more.contains(flag) {
            flags.push(*flag);
            flags.extend(pair.copied());
        }
    }
    flags.extend(more);
    flags
}

/// The busy world cut to one month.
fn world() -> String {
    // Only staff is paid for, so that the cost of a setting is the same in every replication.
    let free = "\n[costs]\nnotice = 0\nwarning = 0\narrest = 0\nprosecution = 0\nraid = 0\n";
    BUSY.replace("2015-12-31", "2015-01-31").replace("warm_up_days = 120", "warm_up_days = 0") + free
}

const OPTIMIZE: &str = "
[optimize]
levers = [\"services.analysts=10..60\", \"services.surveillance_officers*=0.5..2\", \"membership.pool_member=false|true\"]
constraints = [\"held_without_plot <= 100000\"]
budget = 1e9
";

const SMALL: &[&str] = &[
    "optimize",
    "world.toml",
    "--simulations",
    "120",
    "--population",
    "6",
    "--replications",
    "2",
    "--final-replications",
    "10",
    "--resamples",
    "100",
    "-q",
];

/// All files but the manifest, which holds times, and the page, which holds the command, with their bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for place in [folder.to_path_buf(), folder.join("charts")] {
        for entry in std::fs::read_dir(place).expect("a folder") {
            let path = entry.expect("entry").path();
            if path.is_file()
                && !path.ends_with("manifest.json")
                && !path.ends_with(".lock")
                && !path.ends_with("optimization.html")
            {
                let name = path.file_name().expect("name").to_string_lossy().to_string();
                found.insert(name, std::fs::read(&path).expect("bytes"));
            }
        }
    }
    found
}

#[test]
fn an_optimization_leaves_a_front_that_a_scenario_can_run() {
    let scratch = Scratch::new("front");
    let done = scratch.optimize(&["--json", "--out", "a"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let settings = found["settings"].as_array().expect("settings");
    let front: Vec<&serde_json::Value> = settings.iter().filter(|s| s["status"] == "front").collect();
    assert!(!front.is_empty(), "{found}");
    for setting in &front {
        let analysts = setting["levers"]["services.analysts"].as_f64().expect("a number");
        assert!((10.0..=60.0).contains(&analysts) && analysts.fract() == 0.0, "{setting}");
        assert!(matches!(setting["levers"]["membership.pool_member"].as_str(), Some("true" | "false")), "{setting}");
        assert_eq!(setting["limits_met"], "yes");
    }
    // No point of the front is better than another in all three.
    let mean = |s: &serde_json::Value, o: &str| s["objectives"][o]["mean"].as_f64().expect("a mean");
    let better = |a: &serde_json::Value, b: &serde_json::Value| {
        let all = ["attacks_completed", "cost", "intrusion"];
        all.iter().all(|o| mean(a, o) <= mean(b, o)) && all.iter().any(|o| mean(a, o) < mean(b, o))
    };
    assert!(front.iter().all(|a| !front.iter().any(|b| better(b, a))));
    let folder = scratch.folder("a");
    for file in ["front.csv", "candidates.csv", "hypervolume.csv", "policies.toml", "state.json", "manifest.json"] {
        assert!(folder.join(file).is_file(), "{file} is missing");
    }
    for chart in ["pareto", "levers", "convergence"] {
        assert!(folder.join(format!("charts/{chart}.png")).is_file(), "{chart} is missing");
    }
    assert!(std::fs::read_to_string(folder.join("manifest.json")).expect("text").contains("\"complete\""));
    // The policies are ready to use: a scenario extends them, and its arm costs what the front says.
    let path = folder.join("policies.toml").strip_prefix(&scratch.0).expect("inside").display().to_string();
    scratch.file("next.toml", &world().replacen("schema_version", &format!("extends = \"{path}\"\nschema_version"), 1));
    let policy = front[0]["name"].as_str().expect("a name");
    let ran = scratch.forestall(&[
        "run",
        "next.toml",
        "--policies",
        policy,
        "--replications",
        "2",
        "--json",
        "-q",
        "--out",
        "r",
    ]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let rows =
        forestall_study::rooms::results::parquet_file::read(&scratch.folder("r").join("results/replications.parquet"))
            .expect("rows");
    let arms = rows.column("arm").expect("arms");
    let costs = rows.numbers_where("cost", |row| arms.text(row) == policy);
    assert!((costs[0] - mean(front[0], "cost")).abs() < 1e-6 * costs[0], "{costs:?} against {}", front[0]);
}

#[test]
fn threads_interrupts_and_pauses_change_no_byte() {
    let scratch = Scratch::new("bytes");
    for (threads, out) in [("1", "one"), ("3", "three")] {
        let done = scratch.optimize(&["--threads", threads, "--out", out]);
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let whole = files(&scratch.folder("one"));
    let same = |out: &str| {
        let other = files(&scratch.folder(out));
        assert_eq!(whole.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &whole {
            assert!(other[name] == *bytes, "{name} of {out} differs");
        }
    };
    same("three");
    // A smaller budget first, then the whole one.
    let done = scratch.optimize(&["--simulations", "70", "--out", "paused"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let done = scratch.optimize(&["--out", "paused"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let front = |out: &str| files(&scratch.folder(out))["front.csv"].clone();
    assert_eq!(front("paused"), front("one"));
    // Killed at some moment, then the same command again: finished runs are used, and the bytes are the same.
    for patience in [300, 900] {
        let mut child = scratch.command(&small(&["--threads", "1", "--out", "killed"])).spawn().expect("starts");
        std::thread::sleep(Duration::from_millis(patience));
        let _ = child.kill();
        let _ = child.wait();
    }
    let done = scratch.optimize(&["--out", "killed"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    same("killed");
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_what_is_done_and_the_same_command_goes_on() {
    let scratch = Scratch::new("interrupt");
    let more = ["--simulations", "4000", "--final-replications", "200", "--threads", "1", "--out", "a"];
    let child = scratch.command(&small(&more)).spawn().expect("starts");
    let began = Instant::now();
    let kept =
        || std::fs::read_dir(scratch.0.join("a")).ok()?.flatten().find(|e| e.path().join("state.json").is_file());
    while kept().is_none() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let ended = child.wait_with_output().expect("ends");
    assert_eq!(ended.status.code(), Some(75), "{}", text(&ended.stderr));
    let folder = scratch.folder("a");
    assert!(std::fs::read_to_string(folder.join("manifest.json")).expect("text").contains("\"interrupted\""));
    let kept = std::fs::read(folder.join("state.json")).expect("state").len();
    assert!(kept > 100, "finished runs are kept: {kept} bytes");
    // A damaged state is told as such and not taken for an empty one.
    let state = folder.join("state.json");
    let whole = std::fs::read(&state).expect("state");
    for place in (0..kept).step_by(kept / 30) {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        std::fs::write(&state, &damaged).expect("damaged");
        let ended = scratch.command(&small(&more)).output().expect("runs");
        assert_eq!(ended.status.code(), Some(5), "byte {place} went unnoticed: {}", text(&ended.stderr));
    }
    std::fs::write(&state, b"[{").expect("written");
    let ended = scratch.command(&small(&more)).output().expect("runs");
    assert_eq!(ended.status.code(), Some(5), "{}", text(&ended.stderr));
}

#[test]
fn mistakes_are_told_with_their_place_and_the_way_out() {
    let scratch = Scratch::new("mistakes");
    let told = |arguments: &[&str], wanted: &[&str]| {
        let done = scratch.optimize(arguments);
        let said = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {said}");
        for words in wanted {
            assert!(said.contains(words), "{arguments:?}: no `{words}` in: {said}");
        }
    };
    told(&["--lever", "services.analists=1..2"], &["services.analists", "did you mean", "analysts"]);
    told(&["--lever", "services.analysts=60..10"], &["60 is not below 10"]);
    told(&["--lever", "services.analysts*=2"], &["LOW..HIGH"]);
    told(&["--lever", "membership.pool_member*=0..1"], &["no number", "true or false"]);
    told(&["--lever", "services.analysts=1..2", "--lever", "countries.AA.services.analysts=1..2"], &["the same value"]);
    told(&["--lever", "leads.sign_share_plotter*=0.5..2"], &["out of its range", "sign_share_plotter"]);
    told(&["--objective", "attacks", "--objective", "cost"], &["no column is called `attacks`"]);
    told(&["--objective", "cost"], &["2 to 5 objectives"]);
    told(&["--objective", "cost", "--objective", "cost"], &["twice"]);
    told(&["--constraint", "cost < 5"], &["<= or >=", "cost < 5"]);
    told(&["--constraint", "cost <= dear"], &["<= or >="]);
    told(&["--budget=-1"], &["above 0"]);
    told(&["--simulations", "20"], &["two generations take"]);
    told(&["--population", "2"], &["population of at least 4"]);
    told(&["--final-replications", "1"], &["10 or more"]);
    told(&["--from", "2019-01-01"], &["outside the run"]);
    told(&["--set", "services.analysts=5"], &["--set or [held]"]);
    let bad = "\n[optimize]\nlevers = [\"services.analysts=1..2\", \"nothing.at_all=1..2\"]\nbudgit = 5\n";
    scratch.file("bad.toml", &(world() + bad));
    let said = text(&scratch.forestall(&["optimize", "bad.toml"]).stderr);
    assert!(said.contains("unknown key in [optimize]") && said.contains("did you mean `budget`"), "{said}");
    scratch.file("bad.toml", &(world() + &bad.replace("budgit", "budget")));
    let said = text(&scratch.forestall(&["optimize", "bad.toml"]).stderr);
    assert!(said.contains("bad.toml:") && said.contains("there is no table `nothing`"), "{said}");
    scratch.file("bare.toml", &world());
    let said = text(&scratch.forestall(&["optimize", "bare.toml"]).stderr);
    assert!(said.contains("no lever") && said.contains("[optimize]"), "{said}");
}

#[test]
fn limits_that_nothing_meets_leave_no_front_and_say_how_far_it_is() {
    let scratch = Scratch::new("limits");
    let done = scratch.optimize(&["--budget", "1", "--without-random", "--out", "a"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    assert!(said.starts_with("0 settings are on the front"), "{said}");
    assert!(said.contains("cost a year: at most 1 is asked for; the nearest that was found is"), "{said}");
}
