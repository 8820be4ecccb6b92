//! Every reader of what comes from outside, called on any bytes: none may panic, hang or fill the memory.
//!
//! The same entries serve the fuzzer in `fuzz/` and the property tests beside this file.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use forestall_model::{LoadOptions, Plan, Table, load, registry};

use crate::analysis::{Predicate, Response};
use crate::calibration::Targets;
use crate::cluster::{Shard, SweepPlan};
use crate::design::{Design, DesignRequest, Method, Problem, Sidecar, plan};
use crate::montecarlo::pattern::{Expression, Known};
use crate::results::outside::Reading;
use crate::results::{Manifest, ResultsError, Store, csv, outside, parquet_file};
use crate::study::{readable_calibration, readable_optimization, readable_shard};

/// Parts of an input are set apart by this line.
const APART: &str = "\n=====\n";
/// Most points that a design is laid out with: more show nothing new.
const POINTS: usize = 16;
/// Most values that are looked at as a design.
const CELLS: usize = 4_000;

/// A reader by name.
pub type Entry = (&'static str, fn(&[u8]));

/// All readers.
pub const ENTRIES: [Entry; 11] = [
    ("scenario", scenario),
    ("sets", sets),
    ("posterior", posterior),
    ("targets", targets),
    ("problem", problem),
    ("tables", tables),
    ("words", words),
    ("plan", sweep_plan),
    ("state", state),
    ("part", part),
    ("parquet", parquet),
];

/// A small world, for inputs that need one around them.
const WORLD: &str = include_str!("../../../assets/golden.toml");

/// Parts of a text.
fn parts(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).split(APART).map(str::to_owned).collect()
}

/// What a user does with a scenario before it runs: resolves it, writes it down, makes each arm.
fn use_plan(plan: &Plan) {
    let _ = plan.resolved_toml();
    let _ = plan.fingerprint_text();
    for policy in std::iter::once(None).chain(plan.policies.iter().take(4).map(|p| Some(p.name.as_str()))) {
        let _ = plan.arm(policy);
    }
}

/// A scenario, with another that it may extend.
fn scenario(bytes: &[u8]) {
    let files = parts(bytes);
    let read = |name: &str| match name.rsplit('/').next() {
        Some("base.toml") => files.get(1).cloned().ok_or_else(|| "there is none".to_owned()),
        _ => Ok(files[0].clone()),
    };
    match load(&registry(), "scenario.toml", &read, &LoadOptions::default()) {
        Ok(plan) => {
            use_plan(&plan);
            // What was resolved is read again.
            let text = plan.resolved_toml();
            if let Err(errors) = load(&registry(), "again.toml", &|_| Ok(text.clone()), &LoadOptions::default()) {
                panic!("the resolved scenario is refused: {errors}\n{text}");
            }
        }
        Err(errors) => {
            let _ = (errors.to_string(), errors.render(true), errors.render(false));
        }
    }
}

/// Lines as after `--set`.
fn sets(bytes: &[u8]) {
    let sets: Vec<String> = String::from_utf8_lossy(bytes).lines().take(20).map(str::to_owned).collect();
    let options = LoadOptions { sets, ..LoadOptions::default() };
    match load(&registry(), "golden.toml", &|_| Ok(WORLD.to_owned()), &options) {
        Ok(plan) => use_plan(&plan),
        Err(errors) => drop(errors.render(true)),
    }
}

/// A file of draws.
fn posterior(bytes: &[u8]) {
    let draws = String::from_utf8_lossy(bytes).into_owned();
    let world = format!("{WORLD}\n[calibrated]\ndraws = \"draws.csv\"\nreplaces_file = true\n");
    let read = |name: &str| Ok(if name.ends_with("draws.csv") { draws.clone() } else { world.clone() });
    match load(&registry(), "golden.toml", &read, &LoadOptions::default()) {
        Ok(plan) => {
            for draw in [0, plan.draws(), u64::MAX] {
                let _ = plan.arm_at_draw(None, draw);
            }
        }
        Err(errors) => drop(errors.render(true)),
    }
}

fn known() -> Known {
    Known { countries: vec!["AA".into(), "BB".into()], years: vec!["2015".into(), "2016".into()] }
}

/// A file of facts.
fn targets(bytes: &[u8]) {
    let _ = Targets::parse("targets.toml", &String::from_utf8_lossy(bytes), &known()).map_err(|e| e.to_string());
}

/// A problem file, and its designs.
fn problem(bytes: &[u8]) {
    let Ok(problem) = Problem::parse("problem.toml", &String::from_utf8_lossy(bytes)) else { return };
    for method in [
        Method::Lhs { maximin: false },
        Method::Sobol,
        Method::Grid { levels: 2 },
        Method::Morris { levels: 4 },
        Method::Saltelli { second_order: false },
    ] {
        if problem.factors.len() > 12 {
            return;
        }
        let request = DesignRequest { method, base: POINTS, seed: 1 };
        let Ok(design) = plan(&problem, &request) else { continue };
        // What is planned is read again: as text, and with its record.
        let text = csv::to_text(&design.table());
        let scratch = Scratch::new();
        let path = scratch.file("design.csv", text.as_bytes());
        let table = own_table(&problem, &path).unwrap_or_else(|e| panic!("own table: {e}\n{text}"));
        let again = Design::from_table(&problem, &table).unwrap_or_else(|e| panic!("own design: {e}\n{text}"));
        let record = Sidecar::of(&design, &request).write();
        let _ = Sidecar::attach(&record, again).unwrap_or_else(|e| panic!("own record: {e}\n{text}"));
    }
}

/// A design as it is read beside its problem.
fn own_table(problem: &Problem, path: &Path) -> Result<Table, ResultsError> {
    let known: Vec<String> = problem.factors.iter().map(|f| f.name.clone()).collect();
    let named = problem.factors.iter().filter(|f| f.categories().is_some());
    let names: Vec<String> = named.map(|f| f.name.clone()).collect();
    outside::read_as(path, &Reading { known: &known, names: &names, used: Some(&known), ..Reading::default() })
}

/// A problem, a design and a response.
fn tables(bytes: &[u8]) {
    let texts = parts(bytes);
    let scratch = Scratch::new();
    let file = |at: usize, name: &str| texts.get(at).map(|text| scratch.file(name, text.as_bytes()));
    let Some(first) = file(0, "design.csv") else { return };
    let _ = outside::read(&first, None).map_err(|e| e.to_string());
    let (Some(problem), Some(response)) = (texts.get(1), file(2, "response.csv")) else { return };
    let Ok(problem) = Problem::parse("problem.toml", problem) else { return };
    let Ok(table) = own_table(&problem, &first) else { return };
    let Ok(design) = Design::from_table(&problem, &table) else { return };
    let Ok(response) = outside::read(&response, None) else { return };
    if table.rows() * problem.factors.len() <= CELLS {
        let _ = Response::from_table(&design, &response, None).map_err(|e| e.to_string());
    }
}

/// Small languages: patterns, conditions, shards.
fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Expression::parse(&text);
    let _ = Predicate::parse(&text).map_err(|e| e.to_string());
    let _ = Shard::parse(&text, &|_| Some(text.to_string())).map_err(|e| e.to_string());
}

/// `plan.json` and `design.json`.
fn sweep_plan(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(plan) = SweepPlan::read(&text) {
        // No matter how large it says that it is, a first look is quick.
        let _ = (plan.points(), plan.chunks(), plan.points_of(0), plan.write());
    }
}

/// `state.json` of a calibration and of an optimization, and `manifest.json`.
fn state(bytes: &[u8]) {
    let _ = (readable_calibration(bytes), readable_optimization(bytes), readable_shard(bytes));
    if let Ok(record) = Manifest::parse(bytes) {
        let _ = record.same_program(Path::new("folder"));
    }
}

/// A part whose checksum is right whatever else is not.
fn part(bytes: &[u8]) {
    use sha2::{Digest, Sha256};

    let scratch = Scratch::new();
    let mut content = bytes.to_vec();
    content.extend(Sha256::digest(bytes));
    scratch.file("000000-000000-0123456789abcdef.part", &content);
    let Ok(store) = Store::view(&scratch.0, "fuzz") else { return };
    for name in crate::results::TableName::ALL {
        let _ = store.tables(name).map_err(|e| e.to_string());
    }
    let arms = vec!["baseline".to_owned()];
    let _ = store.finish(&scratch.0.join("results"), &arms).map_err(|e| e.to_string());
}

/// A table on disk.
fn parquet(bytes: &[u8]) {
    let scratch = Scratch::new();
    let path = scratch.file("table.parquet", bytes);
    let _ = parquet_file::read(&path).map_err(|e| e.to_string());
}

/// A folder of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        thread_local!(static NEXT: RefCell<u64> = const { RefCell::new(0) });
        let number = NEXT.with_borrow_mut(|n| {
            *n += 1;
            *n
        });
        let thread = format!("{:?}", std::thread::current().id());
        let name = format!("forestall-fuzz-{}-{}-{number}", std::process::id(), thread.replace(['(', ')'], ""));
        let folder = std::env::temp_dir().join(name);
        // A fuzzer that cannot write here shows so by finding nothing.
        let _ = std::fs::create_dir_all(&folder);
        Self(folder)
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        let _ = std::fs::write(&path, content);
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
