//! `respond` as users meet it: a small game with a known solution, no freedom, limits, mistakes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use forestall_model::{Assignment, Mark, Operation, Plan, Policy, Stage};
use forestall_study::rooms::results::outside;
use forestall_study::{Monitor, Overrides, RespondRequest, Study};

use crate::worlds::{self, BUSY, outcome};

/// A folder of its own for each test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, world: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-respond-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("scratch folder");
        std::fs::write(path.join("world.toml"), world).expect("file written");
        Self(path)
    }

    fn forestall(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
        command.current_dir(&self.0).args(arguments).stdin(Stdio::null());
        command.output().expect("program runs")
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

fn told(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).to_string()
}

/// The busy world for half a year. One policy ends what is done alone, the other what is done with friends: tasks never
/// end. The other side may choose how much of either there is.
fn world() -> String {
    BUSY.replace("2015-12-31", "2015-06-30")
        + "
[policies.alone]
label = \"Ends what is done alone\"
set = { \"work.tasks_inspired\" = 1000 }

[policies.friends]
label = \"Ends what is done with friends\"
set = { \"work.tasks_networked\" = 1000 }

[adversary]
freedom = [\"pathways.tie_share=0..1\"]
"
}

fn request(folder: &Path) -> RespondRequest {
    RespondRequest {
        freedom: Vec::new(),
        objective: None,
        from: None,
        policies: Some(vec!["alone".into(), "friends".into()]),
        candidates: 8,
        replications: 4,
        rounds: 1,
        final_replications: 120,
        resamples: 200,
        folder: folder.to_path_buf(),
        provenance: forestall_study::Provenance::default(),
    }
}

#[test]
fn a_small_game_has_the_solution_that_its_payoffs_have() {
    let scratch = Scratch::new("game", &world());
    let study = Study::open(scratch.0.join("world.toml"), Overrides::default()).expect("opens");
    let found = study.respond(&request(&scratch.0.join("a")), &Monitor::none()).expect("works").found.expect("found");
    // Each policy ends one way of acting, so the best answer to it is the other way.
    let tie = |place: usize| found.responses[place].found.values.first().copied();
    assert!(tie(1).is_some_and(|share| share > 0.6), "against the end of acting alone: {:?}", tie(1));
    assert!(tie(2).is_some_and(|share| share < 0.4), "against the end of acting with friends: {:?}", tie(2));
    for exploited in &found.exploited[1..] {
        let gain = exploited.gain.as_ref().expect("a gain");
        assert!(gain.low > 0.0, "{exploited:?}");
    }
    // Each is worth less against a side that goes around it.
    for worth in &found.worths {
        let change = worth.change.as_ref().expect("a change");
        assert!(change.high < 0.0, "{worth:?}");
    }
    // The game by its mean payoffs: doing nothing is dominated, so both policies are mixed such that neither answer is
    // better, by the closed form of a game of two by two. A third column, what the other side does anyway, lies between.
    let game = found.game.as_ref().expect("a game");
    let mean = |row: usize, column: usize| {
        let all: Vec<f64> = found.payoffs[row][column].wanted.iter().flatten().copied().collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let columns = found.behaviours.len();
    let (x, y) = (found.exploited[1].best, found.exploited[2].best);
    let (a, b, c, d) = (mean(1, x), mean(1, y), mean(2, x), mean(2, y));
    assert!(a > b && d > c, "no pure solution: {a} {b} {c} {d}");
    // With two rows the other side gets the greatest of lines in the first row's probability; the least of that is at one of
    // their crossings.
    let line = |p: f64, j: usize| p * mean(1, j) + (1.0 - p) * mean(2, j);
    let most = |p: f64| (0..columns).map(|j| line(p, j)).fold(f64::NEG_INFINITY, f64::max);
    let crossing = |i: usize, j: usize| {
        let (first, second) = (mean(1, i) - mean(2, i), mean(1, j) - mean(2, j));
        (mean(2, j) - mean(2, i)) / (first - second)
    };
    let crossings = (0..columns).flat_map(|i| (0..i).map(move |j| crossing(i, j)));
    let value = crossings.filter(|p| (0.0..=1.0).contains(p)).map(most).fold(most(0.0).min(most(1.0)), f64::min);
    assert!((game.solution.value - value).abs() < 1e-9, "{} {value}", game.solution.value);
    assert!(game.solution.rows[0].abs() < 1e-9, "the baseline is dominated: {:?}", game.solution.rows);
    assert!((most(game.solution.rows[1]) - value).abs() < 1e-9, "the mixture secures it");
    let interval = game.interval.expect("an interval");
    assert!(interval.low < value && value < interval.high);
}

#[test]
fn no_freedom_is_the_run_itself() {
    let scratch = Scratch::new("none", &world());
    let study = Study::open(scratch.0.join("world.toml"), Overrides::default()).expect("opens");
    let small =
        RespondRequest { candidates: 2, replications: 1, final_replications: 10, ..request(&scratch.0.join("a")) };
    let found = study.respond(&small, &Monitor::none()).expect("works").found.expect("found");
    let plan = worlds::plan(&world());
    // What the other side does anyway is every policy's own arm, attack by attack.
    let first = forestall_model::REPLICATION_LIMIT / 2;
    for (row, policy) in [None, Some("alone"), Some("friends")].into_iter().enumerate() {
        for place in 0..3 {
            let attacks = outcome(&worlds::rows(&plan, policy, first + place as u64), "attacks_completed");
            assert_eq!(found.payoffs[row][0].attacks[place], Some(attacks), "{policy:?}");
        }
    }
    // A freedom that is not used, laid over the baseline and over a policy, changes no byte of any table.
    for base in [None, Some("alone")] {
        let plain = worlds::rows(&plan, base, 3);
        let laid = with_idle_freedom(&plan, base);
        let same = worlds::rows(&laid, Some("laid"), 3);
        for (own, other) in [
            (&plain.monthly, &same.monthly),
            (&plain.by_country, &same.by_country),
            (&plain.matched, &same.matched),
            (&plain.replications, &same.replications),
        ] {
            for (name, column) in own.columns().filter(|(name, _)| *name != "arm") {
                let theirs = other.column(name).unwrap_or_else(|| panic!("{name}"));
                assert!((0..column.len()).all(|at| column.text(at) == theirs.text(at)), "{base:?} {name}");
            }
        }
    }
}

/// The plan with a policy `laid`: that of `base` with the tie share times one on top.
fn with_idle_freedom(plan: &Plan, base: Option<&str>) -> Plan {
    let mut plan = plan.clone();
    let path = "pathways.tie_share".to_owned();
    let target = plan.target(&path).unwrap_or_else(|e| panic!("{e:?}"));
    let idle = Assignment { path, target, operation: Operation::Times(1.0), mark: Mark::default(), number: None };
    let base = base.and_then(|name| plan.policy(name)).cloned();
    let (mut stages, sharing) = base.map(|p| (p.stages, p.sharing)).unwrap_or_default();
    stages.push(Stage {
        name: None,
        from: plan.start,
        until: None,
        ramp_days: 0,
        ramp_step_days: 1,
        note: String::new(),
        set: vec![idle],
    });
    let (name, label, description) = ("laid".to_owned(), "Laid".to_owned(), String::new());
    plan.policies.push(Policy { name, label, description, stages, sharing, mark: Mark::default() });
    plan
}

/// The tables of a folder with their bytes.
fn tables(folder: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    let names = ["worth.csv", "responses.csv", "payoffs.csv", "mixtures.csv"];
    names.into_iter().map(|name| (name, std::fs::read(folder.join(name)).expect(name))).collect()
}

const SMALL: [&str; 10] = [
    "respond",
    "world.toml",
    "--candidates",
    "4",
    "--replications",
    "2",
    "--final-replications",
    "12",
    "--resamples",
    "100",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SMALL.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn the_command_hangs_on_no_thread_goes_on_and_serves_a_run() {
    let scratch = Scratch::new("command", &world());
    for (threads, out) in [("1", "one"), ("2", "two")] {
        let done = scratch.forestall(&with(&["-q", "--policies", "alone", "--threads", threads, "--out", out]));
        assert!(done.status.success(), "{}", told(&done));
    }
    assert_eq!(tables(&scratch.folder("one")), tables(&scratch.folder("two")));
    // More replications go on with what is there: the state grows, and the choice stays.
    let chosen = |folder: &Path| {
        let table = outside::read(&folder.join("responses.csv"), None).expect("a table");
        table.column("pathways.tie_share").expect("a lever").text(1)
    };
    let before = chosen(&scratch.folder("one"));
    let more = ["-q", "--policies", "alone", "--out", "one", "--json", "--final-replications", "24"];
    let mut words: Vec<&str> = SMALL[..6].to_vec();
    words.extend(["--resamples", "100"]);
    words.extend(more);
    let done = scratch.forestall(&words);
    assert!(done.status.success(), "{}", told(&done));
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert!(found["verdict"].is_string() && found["policies"][0]["policy"] == "alone", "{found}");
    assert_eq!(found["fresh_replications"], 24);
    assert_eq!(before, chosen(&scratch.folder("one")));
    // The folder of a run stands for its scenario; its report then says what policies are worth.
    let ran =
        scratch.forestall(&["run", "world.toml", "-q", "--replications", "4", "--policies", "alone", "--out", "run"]);
    assert!(ran.status.success(), "{}", told(&ran));
    let run = scratch.folder("run");
    let name = run.to_string_lossy().to_string();
    let mut words = with(&["-q", "--policies", "alone", "--out", "answers"]);
    words[1] = &name;
    let done = scratch.forestall(&words);
    assert!(done.status.success(), "{}", told(&done));
    assert_eq!(
        std::fs::read(run.join("results/responses.csv")).expect("left in the run"),
        std::fs::read(scratch.folder("answers").join("worth.csv")).expect("a table")
    );
    assert!(scratch.forestall(&["report", &name, "-q"]).status.success());
    let page = std::fs::read_to_string(run.join("report.html")).expect("a report");
    assert!(page.contains("What each policy is worth against a side that answers"));
    let page = std::fs::read_to_string(scratch.folder("answers").join("responses.html")).expect("a page");
    for part in ["What answering gains the other side", "What the other side chose", "<svg", "forestall report"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn mistakes_say_where_and_what_would_be_right() {
    let scratch = Scratch::new("mistakes", &world());
    let without = world().replace("[adversary]\nfreedom = [\"pathways.tie_share=0..1\"]\n", "");
    std::fs::write(scratch.0.join("without.toml"), without).expect("written");
    let wrong = world().replace("freedom = [\"pathways.tie_share=0..1\"]", "fredom = [\"pathways.tie_share=0..1\"]");
    std::fs::write(scratch.0.join("wrong.toml"), wrong).expect("written");
    let land = world() + "[policies.everywhere]\nset = { \"services.analysts\" = 40 }\n";
    std::fs::write(scratch.0.join("land.toml"), land).expect("written");
    let cases: &[(&[&str], &[&str])] = &[
        (&["without.toml"], &["the other side has no freedom", "--freedom"]),
        (&["wrong.toml"], &["did you mean `freedom`"]),
        (&["world.toml", "--freedom", "pathways.tie_shar=0..1"], &["did you mean `tie_share`"]),
        (&["world.toml", "--freedom", "pathways.tie_share=0.2..7"], &["0 to 1"]),
        (&["world.toml", "--objective", "attacks_completed / plots_started"], &["a sum of result columns", "ratio"]),
        (&["world.toml", "--objective", "attacks"], &["forestall list outcomes"]),
        (&["world.toml", "--policies", "alon"], &["did you mean `alone`"]),
        (&["world.toml", "--freedom", "work.tasks_inspired=1..3"], &["what the policy `alone` sets"]),
        (&["land.toml", "--freedom", "countries.AA.services.analysts=1..3"], &["what the policy `everywhere` sets"]),
        (&["world.toml", "--candidates", "1"], &["--candidates of 2 or more"]),
        (&["world.toml", "--final-replications", "3"], &["10 or more"]),
        (&["world.toml", "--from", "1999-01-01"], &["outside the run", "2015-01-01"]),
    ];
    for (words, parts) in cases {
        let all: Vec<&str> = ["respond"].iter().chain(*words).chain(&["--out", "x"]).copied().collect();
        let done = scratch.forestall(&all);
        let told = told(&done);
        assert!(matches!(done.status.code(), Some(2 | 3)), "{words:?}: {:?} {told}", done.status);
        for part in *parts {
            assert!(told.contains(part), "{words:?}: `{part}` is missing from\n{told}");
        }
    }
    assert!(!scratch.0.join("x").exists(), "nothing is written for a request that cannot be done");
}
