//! What benches share: shipped scenarios made ready to run, and the hot parts of the engine as steps.

#![allow(dead_code)]

use std::path::{Path, PathBuf};

use forestall_model::{Arm, LoadOptions, Plan, Tally, load, registry, simulate, simulate_together};

/// The scenario that the README's main command runs; the one whose speed matters first.
pub const MAIN: &str = "europe-2014-2016";

/// The same world with the rules of the first fit, on which speed was measured before.
pub const FIRST_RULES: &str = "europe-first-rules";

/// The shipped scenarios by file stem, the main one first.
pub fn shipped() -> Vec<String> {
    let folder = folder();
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap_or_else(|e| panic!("{}: {e}", folder.display())).path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort_by_key(|name| (name != MAIN, name.clone()));
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// A shipped scenario; one that does not load stops the bench.
pub fn plan(name: &str, sets: &[String]) -> Plan {
    let path = folder().join(format!("{name}.toml"));
    let read = |name: &str| std::fs::read_to_string(name).map_err(|e| e.to_string());
    let options = LoadOptions { sets: sets.to_vec(), ..LoadOptions::default() };
    load(&registry(), &path.to_string_lossy(), &read, &options).unwrap_or_else(|e| panic!("{name} does not load:\n{e}"))
}

/// A baseline or policy at a draw of the posterior, where the scenario has one.
pub fn arm(plan: &Plan, policy: Option<&str>, draw: u64) -> Arm {
    let scenario = if plan.draws() > 0 { plan.arm_at_draw(policy, draw) } else { plan.arm(policy) };
    Arm::new(&scenario.unwrap_or_else(|e| panic!("{} has no such arm:\n{e}", plan.name)))
}

/// The baseline and every policy at the first draw.
pub fn all_arms(plan: &Plan) -> Vec<Arm> {
    let names = std::iter::once(None).chain(plan.policies.iter().map(|p| Some(p.name.as_str())));
    names.map(|policy| arm(plan, policy, 0)).collect()
}

/// One replication of several arms together; the number of their events.
pub fn replicate_together(plan: &Plan, arms: &[Arm], replication: u64) -> u64 {
    let ready: Vec<&Arm> = arms.iter().collect();
    let tally = Tally::new(plan.countries.len(), arms[0].months());
    simulate_together(&ready, replication, &tally).iter().map(|(_, outcome)| outcome.events).sum()
}

/// One replication with its facts counted; the number of its events.
pub fn replicate(plan: &Plan, arm: &Arm, replication: u64) -> u64 {
    let mut tally = Tally::new(plan.countries.len(), arm.months());
    simulate(arm, replication, &mut tally).events
}
