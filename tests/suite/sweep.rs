//! Sweeps as users meet them: kills, shards, analyses of a merged folder, memory of a large merge.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use forestall_model::{Column, Table};
use forestall_study::rooms::cluster::SweepPlan;
use forestall_study::rooms::results::{Batch, RunKey, Store, SweepFolder, TableName, parquet_file};

use crate::worlds::BUSY;

/// A folder of its own for each test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-sweep-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("scratch folder");
        fs::write(path.join("small.toml"), small()).expect("scenario");
        Self(path)
    }

    /// Plans a sweep of the small world into the folder `out`, and gives its folder.
    fn plan(&self, out: &str, arguments: &[&str]) -> PathBuf {
        let mut all = vec!["sweep", "plan", "small.toml", "--no-pilot", "--out", out];
        all.extend(arguments);
        let told = self.done(&all);
        self.0.join(text(&told.stdout).trim())
    }

    fn done(&self, arguments: &[&str]) -> Output {
        let output = self.forestall(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{}", text(&output.stderr));
        output
    }

    fn forestall(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("program runs")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
        command.current_dir(&self.0).args(arguments).stdin(Stdio::null());
        for name in ["SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "SGE_TASK_ID", "LSB_JOBINDEX", "JOB_COMPLETION_INDEX"] {
            command.env_remove(name);
        }
        command
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_string()
}

/// The busy world cut to two months, with two policies and two uncertain parameters.
fn small() -> String {
    let more = r#"
[policies.analysts]
label = "More analysts"
set = { "services.analysts" = { times = 2.0 } }

[policies.nothing]
label = "Nothing"
set = { "services.officers_per_team" = 30.0 }

[uncertain]
"leads.committed_per_year" = { uniform = { low = 0.1, high = 2.0 } }
"services.case_officers" = { uniform = { low = 5, high = 60 } }

# Only staff is paid for, so that cost follows from the point alone.
[costs]
notice = 0
warning = 0
arrest = 0
prosecution = 0
raid = 0
"#;
    BUSY.replace("2015-12-31", "2015-02-28") + more
}

fn merged(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("results/replications.parquet")).expect("merged table")
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("plain path")
}

fn parts(folder: &Path) -> usize {
    let chunks = fs::read_dir(folder.join("parts")).into_iter().flatten().flatten();
    chunks.flat_map(|chunk| fs::read_dir(chunk.path()).into_iter().flatten().flatten()).count()
}

/// Waits until the process has stored something or ended.
fn first_part(child: &mut Child, folder: &Path) {
    let before = parts(folder);
    let began = Instant::now();
    while parts(folder) <= before && child.try_wait().expect("asked").is_none() {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is stored after a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

const DESIGN: [&str; 8] = ["--design", "lhs", "--points", "24", "--replications", "5", "--policies", "all"];

#[test]
fn killed_at_any_moment_nothing_is_lost_and_nothing_runs_twice() {
    let scratch = Scratch::new("kill");
    let whole = scratch.plan("whole", &DESIGN);
    scratch.done(&["sweep", "run", path(&whole), "--threads", "1"]);
    let cut = scratch.plan("cut", &DESIGN);
    let mut kills = 0;
    for _ in 0..6 {
        let mut child = scratch
            .command(&["sweep", "run", path(&cut), "--threads", "2", "--no-merge"])
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        first_part(&mut child, &cut);
        kills += usize::from(child.try_wait().expect("asked").is_none());
        let _ = child.kill();
        let _ = child.wait();
    }
    assert!(kills > 0, "the sweep is too quick to be killed");
    let told = text(&scratch.done(&["sweep", "run", path(&cut)]).stderr);
    let found: u64 =
        told.split(" of 360 runs were there").next().and_then(|t| t.lines().last()?.parse().ok()).expect("count");
    assert!(found > 0, "{told}");
    assert!(told.contains(&format!("{} computed", 360 - found)), "{told}");
    assert!(merged(&whole) == merged(&cut), "a kill left a trace in the table");
}

#[test]
fn shards_in_any_order_and_a_deadline_change_no_byte() {
    let scratch = Scratch::new("shards");
    let whole = scratch.plan("whole", &DESIGN);
    scratch.done(&["sweep", "run", path(&whole), "--threads", "2"]);
    let cut = scratch.plan("cut", &DESIGN);
    let stopped = scratch.forestall(&["sweep", "run", path(&cut), "--deadline", "0s"]);
    assert_eq!(stopped.status.code(), Some(75), "{}", text(&stopped.stderr));
    let early = scratch.forestall(&["sweep", "merge", path(&cut)]);
    assert_eq!(early.status.code(), Some(75));
    assert!(text(&early.stderr).contains("360 of 360 runs are missing"), "{}", text(&early.stderr));
    for shard in ["6/7", "2/7", "0/7", "1/7", "4/7", "5/7"] {
        scratch.done(&["sweep", "run", path(&cut), "--shard", shard]);
    }
    let told = text(&scratch.done(&["sweep", "status", path(&cut), "--shards", "7"]).stdout);
    assert!(told.contains("--array=3\n"), "{told}");
    // The last shard as a scheduler's task.
    let status = scratch
        .command(&["sweep", "run", path(&cut), "--shard", "auto/7"])
        .env("SLURM_ARRAY_TASK_ID", "3")
        .stderr(Stdio::null())
        .status()
        .expect("ran");
    assert_eq!(status.code(), Some(0));
    scratch.done(&["sweep", "merge", path(&cut)]);
    assert!(merged(&whole) == merged(&cut), "shards left a trace in the table");
}

#[test]
fn a_point_gives_what_the_same_values_give_by_hand() {
    let scratch = Scratch::new("point");
    let folder = scratch.plan("out", &["--design", "lhs", "--points", "3", "--replications", "2"]);
    scratch.done(&["sweep", "run", path(&folder)]);
    let design = parquet_file::read(&folder.join("design.parquet")).expect("design");
    let sweep = parquet_file::read(&folder.join("results/replications.parquet")).expect("results");
    let seed = format!(
        "--seed={}",
        forestall_study::rooms::results::Manifest::load(&folder.join("manifest.json")).expect("read").seed
    );
    for point in 0..3_usize {
        let set = |name: &str| format!("--set={name}={}", design.column(name).expect("factor").text(point));
        let (one, two) = (set("leads.committed_per_year"), set("services.case_officers"));
        let out = format!("by-hand-{point}");
        scratch.done(&["run", "small.toml", "--policies", "", "--replications", "6", &one, &two, &seed, "--out", &out]);
        let run = fs::read_dir(scratch.0.join(&out)).expect("out").flatten().next().expect("a run").path();
        let hand = parquet_file::read(&run.join("results/replications.parquet")).expect("results");
        for replicate in 0..2 {
            // Points that are no block have streams of their own: replications 0, 1 | 2, 3 | 4, 5.
            let row = 2 * point + replicate;
            for name in ["attacks_completed", "plots_started", "leads_received", "cost", "events", "replication"] {
                let (a, b) = (sweep.column(name).expect(name), hand.column(name).expect(name));
                assert_eq!(a.text(row), b.text(row), "{name} at point {point}");
            }
        }
    }
    let leads = sweep.column("leads_received").expect("column");
    assert!((1..6).any(|row| leads.text(row) != leads.text(0)), "every point gave the same");
}

#[test]
fn blocks_share_their_streams_and_sensitivity_sees_what_matters() {
    let scratch = Scratch::new("sobol");
    let folder = scratch.plan("out", &["--design", "saltelli", "--points", "16", "--replications", "2"]);
    scratch.done(&["sweep", "run", path(&folder)]);
    let rows = parquet_file::read(&folder.join("results/replications.parquet")).expect("results");
    let whole = |name: &str, row: usize| rows.integers(name).and_then(|v| v[row]).expect("a number");
    for row in 0..rows.rows() {
        // A block of two factors has four rows.
        assert_eq!(whole("replication", row), whole("point", row) / 4 * 2 + whole("replicate", row));
    }
    let totals = |outcome: &str| {
        let told = scratch.done(&["sensitivity", path(&folder), "--outcome", outcome, "--json"]);
        let found: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
        let total = |name: &str| {
            let all = found["indices"].as_array().expect("a list");
            let index = all.iter().find(|i| i["parameter"] == name).expect("a factor");
            index["total"]["estimate"].as_f64().expect("an estimate")
        };
        let noise = found["noise_share"].as_f64().expect("a share");
        (total("leads.committed_per_year"), total("services.case_officers"), noise)
    };
    // Officers are paid by the head, and leads cost nothing.
    let (leads, officers, _) = totals("cost");
    assert!(leads.abs() < 1e-9 && officers > 0.5, "{leads} and {officers}");
    // The number of leads is mostly chance. Were streams not shared within a block, that share would stand in the total
    // index of each factor; shared, both totals together stay far below it.
    let (leads, officers, noise) = totals("leads_received");
    assert!(noise > 0.5 && leads + officers < noise / 2.0, "{leads} and {officers}, noise {noise}");
}

#[test]
fn merged_sweeps_are_analysed_as_they_are() {
    let scratch = Scratch::new("analyses");
    let folder =
        scratch.plan("out", &["--design", "lhs", "--points", "40", "--replications", "2", "--policies", "all"]);
    let before = scratch.forestall(&["robust", path(&folder), "--outcome", "leads_received"]);
    assert_eq!(before.status.code(), Some(2));
    assert!(text(&before.stderr).contains("sweep merge"), "{}", text(&before.stderr));
    scratch.done(&["sweep", "run", path(&folder)]);
    let robust = scratch.done(&["robust", path(&folder), "--outcome", "attacks_completed", "--json"]);
    let robust: serde_json::Value = serde_json::from_slice(&robust.stdout).expect("JSON");
    assert_eq!((&robust["futures"], robust["policies"].as_array().map(Vec::len)), (&serde_json::json!(40), Some(3)));
    let rows = parquet_file::read(&folder.join("results/replications.parquet")).expect("results");
    let mut costs = rows.numbers_where("cost", |row| rows.texts("arm").is_some_and(|arms| arms[row] == "baseline"));
    costs.sort_by(f64::total_cmp);
    let inside = format!("cost>={}", costs[costs.len() * 2 / 3]);
    let found = scratch.done(&["discover", path(&folder), "--outcome", "cost", "--inside", &inside, "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    // Cost rises with officers, so the upper third of cost is the upper third of officers: 5 to 60, above 40 or so.
    let first = &found["boxes"][0];
    let limits = first["limits"].as_array().expect("a list");
    let officers = limits.iter().find(|limit| limit["parameter"] == "services.case_officers").expect("a limit");
    assert!(officers["low"].as_f64().expect("a number") > 35.0, "{found:#}");
    assert!(first["density"].as_f64().expect("a density") > 0.9, "{found:#}");
    let pawn = [
        "sensitivity",
        path(&folder),
        "--outcome",
        "cost",
        "--method",
        "pawn",
        "--policy",
        "analysts",
        "--against",
        "baseline",
    ];
    scratch.done(&pawn);
    let wrong = scratch.forestall(&["sensitivity", path(&folder), "--outcome", "atacks_completed"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("attacks_completed"), "{}", text(&wrong.stderr));
}

#[test]
fn levers_policies_and_categories_are_factors() {
    let scratch = Scratch::new("factors");
    let folder = scratch.plan(
        "out",
        &[
            "--design",
            "grid",
            "--points",
            "2",
            "--no-uncertain",
            "--policy-factor",
            "--lever",
            "services.analysts=5|20",
        ],
    );
    scratch.done(&["sweep", "run", path(&folder)]);
    let design = parquet_file::read(&folder.join("design.parquet")).expect("design");
    let rows = parquet_file::read(&folder.join("results/replications.parquet")).expect("results");
    assert_eq!((design.rows(), rows.rows()), (6, 6));
    assert_eq!(design.texts("policy"), rows.texts("arm"));
    for (lever, message) in [
        ("services.analist=1..2", "did you mean"),
        ("services.analysts=9..2", "not below"),
        ("services.analysts=-5..2", "out of range"),
        ("services.analysts", "takes PATH=LOW..HIGH"),
        ("leads.committed_per_year=1..2", "set the same value"),
    ] {
        let told =
            scratch.forestall(&["sweep", "plan", "small.toml", "--design", "lhs", "--points", "4", "--lever", lever]);
        assert_eq!(told.status.code(), Some(2), "{lever}");
        assert!(text(&told.stderr).contains(message), "{lever}: {}", text(&told.stderr));
    }
    // An alternative in force acts after the points of a design: what it sets cannot be a factor.
    let other = "[alternatives.few]\nset = { \"services.analysts\" = 3 }\n";
    let world = small().replacen("[scenario]\n", "[scenario]\nalternative = \"few\"\n", 1) + other;
    fs::write(scratch.0.join("other.toml"), world).expect("written");
    let told = scratch.forestall(&[
        "sweep",
        "plan",
        "other.toml",
        "--design",
        "lhs",
        "--points",
        "4",
        "--lever",
        "services.analysts=1..9",
    ]);
    assert_eq!(told.status.code(), Some(2));
    assert!(text(&told.stderr).contains("the alternative `few` sets it too"), "{}", text(&told.stderr));
}

#[test]
fn a_changed_scenario_or_design_is_refused() {
    let scratch = Scratch::new("changed");
    for file in ["scenario.toml", "problem.toml", "plan.json"] {
        let folder = scratch.plan(file, &["--design", "lhs", "--points", "4"]);
        let before = fs::read_to_string(folder.join(file)).expect("text");
        let changed = match file {
            "scenario.toml" => before.replacen("analysts = ", "analysts = 1", 1),
            "problem.toml" => before.replacen("high = ", "high = 1", 1),
            _ => before.replacen("\"format\": 1", "\"format\": 7", 1),
        };
        assert_ne!(before, changed);
        fs::write(folder.join(file), changed).expect("written");
        let told = scratch.forestall(&["sweep", "run", path(&folder)]);
        assert_eq!(told.status.code(), Some(5), "{file}: {}", text(&told.stderr));
    }
    let told = scratch.forestall(&["sweep", "run", "nowhere"]);
    assert_eq!(told.status.code(), Some(2));
    assert!(text(&told.stderr).contains("sweep plan"), "{}", text(&told.stderr));
}

#[test]
fn scripts_for_other_schedulers_are_written_without_one() {
    let scratch = Scratch::new("emit");
    let folder = scratch.plan("out", &["--design", "lhs", "--points", "8"]);
    for (kind, file, word) in [
        ("slurm", "array.slurm", "#SBATCH --array=0-3"),
        ("pbs", "array.pbs", "#PBS -J 0-3"),
        ("k8s", "array.yaml", "completions: 4"),
    ] {
        let emit = ["sweep", "submit", path(&folder), "--emit", kind, "--shards", "4", "--image", "forestall:1"];
        scratch.done(&emit);
        let script = fs::read_to_string(folder.join(file)).expect("script");
        assert!(script.contains(word) && script.contains("auto/4"), "{script}");
    }
}

/// One million rows with as many columns as a real table, merged by the program itself.
#[test]
fn a_million_rows_are_merged_in_little_memory() {
    const ROWS: u64 = 1_000_000;
    const MEGABYTES: u64 = 200;
    if !Path::new("/proc/self/status").exists() {
        skipped("a_million_rows_are_merged_in_little_memory: the peak of memory is read from /proc");
        return;
    }
    let scratch = Scratch::new("million");
    let small = scratch.plan("out", &["--design", "lhs", "--points", "4"]);
    let mut plan = SweepPlan::read(&fs::read_to_string(small.join("plan.json")).expect("plan")).expect("sound");
    plan.design.rows = ROWS as usize;
    plan.chunk_points = ROWS / 100;
    let folder = SweepFolder::create(&scratch.0.join("large"), "large", &plan.hash).expect("made");
    fs::write(folder.plan(), plan.write()).expect("written");
    for chunk in 0..plan.chunks() {
        let runs: Vec<RunKey> = plan.points_of(chunk).flat_map(|point| plan.keys(point, &plan.arms)).collect();
        let table = synthetic(&runs);
        let mut store = Store::open(&folder.chunk(chunk), &plan.hash).expect("opened");
        store
            .add(&Batch { runs, tables: vec![(TableName::Replications, table)], failures: Vec::new() })
            .expect("stored");
    }
    let mut child =
        scratch.command(&["sweep", "merge", path(folder.path()), "-q"]).stdout(Stdio::null()).spawn().expect("started");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait().expect("asked").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0);
        peak = peak.max(kilobytes / 1024);
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(child.wait().expect("ended").code(), Some(0));
    let reader = parquet_file::TableReader::open(&folder.table(TableName::Replications)).expect("merged");
    assert_eq!(reader.groups() as u64, ROWS.div_ceil(parquet_file::ROWS_PER_GROUP as u64));
    assert!(peak > 0 && peak < MEGABYTES, "{peak} MB at the peak");
}

/// Rows with sixty columns of numbers.
fn synthetic(runs: &[RunKey]) -> Table {
    let mut table = Table::new();
    table.push("arm", Column::Text(runs.iter().map(|key| key.arm.clone()).collect()));
    table.push("draw", Column::Integer(runs.iter().map(|key| Some(key.draw as i64)).collect()));
    table.push("replication", Column::Integer(runs.iter().map(|key| Some(key.replication as i64)).collect()));
    for column in 0..57_u64 {
        let value = |key: &RunKey| Some((key.draw * (column + 7) % 1_009) as f64 / 3.0);
        table.push(format!("y{column}"), Column::Number(runs.iter().map(value).collect()));
    }
    table
}

/// Tells by name what was not tested; the harness would keep an `eprintln` to itself.
fn skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}

#[test]
fn a_real_slurm_cluster_runs_sweeps_with_accidents() {
    if std::env::var_os("FORESTALL_SLURM").is_none() {
        skipped("a_real_slurm_cluster_runs_sweeps_with_accidents: .ci/run runs it; or set FORESTALL_SLURM=1 as root");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/slurm/all.sh");
    let status = Command::new(script).arg(env!("CARGO_BIN_EXE_forestall")).status().expect("script starts");
    assert!(status.success(), "tests/slurm/all.sh failed");
}
