//! Laws of runs under scenarios drawn at random: who runs them, how they are cut, and what changes nothing.

use std::path::Path;

use proptest::prelude::*;

use forestall_model::{Column, Kind, Scope, Table, registry};
use forestall_study::rooms::cluster::{Shard, SweepRequest};
use forestall_study::rooms::design::{DesignRequest, Method};
use forestall_study::rooms::results::TableName;
use forestall_study::{Monitor, Overrides, Run, RunRequest, Study};

use crate::cli::{Scratch, results};
use crate::worlds::BUSY;

const TABLES: [TableName; 5] =
    [TableName::Replications, TableName::Monthly, TableName::ByCountry, TableName::Matched, TableName::Beliefs];

/// Parameters of the world and of all countries that `--set` can give a number.
fn paths() -> Vec<(String, Kind, f64)> {
    let mut all = Vec::new();
    for table in registry().tables() {
        // Residents and people of the first day decide on the size of the world, not on its laws.
        if !matches!(table.scope, Scope::World | Scope::Country) || table.name == "start" {
            continue;
        }
        for p in table.parameters {
            all.push((format!("{}.{}", table.name, p.name), p.kind, p.default));
        }
    }
    all
}

/// A value near the default or at a bound.
fn value(kind: Kind, default: f64, how: u32) -> String {
    let (low, high) = kind.bounds();
    let around = if default == 0.0 { 1.0 } else { default };
    let tried = match how % 5 {
        0 => low,
        1 if high <= 1.0 => high,
        1 => 3.0 * around,
        2 => 0.5 * around,
        3 => default,
        _ => 1.5 * around,
    };
    let whole = matches!(kind, Kind::Count(..) | Kind::Switch | Kind::Choice(_));
    let tried = if whole { tried.round() } else { tried };
    kind.write(tried.clamp(low, high))
}

/// A scenario with a policy of two changes, and one that sets what holds already.
fn scenario(sets: &[(usize, u32)], changes: &[(usize, u32)], from: &str) -> String {
    let all = paths();
    let mut named = std::collections::BTreeMap::new();
    for &(which, how) in sets {
        let (path, kind, default) = &all[which % all.len()];
        named.insert(path.clone(), value(*kind, *default, how));
    }
    let held: Vec<String> = named.iter().map(|(path, value)| format!("\"{path}\" = {value}")).collect();
    let mut policy = std::collections::BTreeMap::new();
    for &(which, how) in changes {
        let (path, kind, default) = &all[which % all.len()];
        policy.insert(path.clone(), value(*kind, *default, how));
    }
    let set: Vec<String> = policy.iter().map(|(path, value)| format!("\"{path}\" = {value}")).collect();
    let world = BUSY
        .replace("2015-12-31", "2015-02-28")
        .replace("warm_up_days = 120", "warm_up_days = 30")
        .replace("[scenario]", "[scenario]\nreplications = 3");
    format!(
        "{world}\n[[changes]]\nfrom = 2015-01-01\nset = {{ {} }}\n\n[policies.something]\nlabel = \"Something\"\n\
         from = {from}\nset = {{ {} }}\n\n[policies.same]\nlabel = \"Same\"\nfrom = {from}\nset = {{ {} }}\n",
        held.join(", "),
        set.join(", "),
        held.join(", "),
    )
}

fn run(study: &Study, policies: Option<Vec<String>>, threads: usize) -> Run {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let request = RunRequest { policies, ..RunRequest::default() };
    pool.install(|| study.run(&request, &Monitor::none())).expect("it runs").run
}

fn whole(run: &Run, name: TableName) -> Table {
    match name {
        TableName::Replications => run.replications().clone(),
        TableName::Monthly => run.monthly().expect("read"),
        TableName::ByCountry => run.by_country().expect("read"),
        TableName::Matched => run.matched().expect("read"),
        TableName::Beliefs => run.beliefs().expect("read"),
        TableName::Events => run.events().expect("read"),
    }
}

/// The rows of one arm, without its name.
fn of_arm(table: &Table, arm: &str) -> Vec<(String, Column)> {
    let rows: Vec<usize> = match table.texts("arm") {
        Some(arms) => (0..table.rows()).filter(|&row| arms[row] == arm).collect(),
        None => Vec::new(),
    };
    let own = table.take(&rows);
    own.columns().filter(|(name, _)| *name != "arm").map(|(name, column)| (name.to_string(), column.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, max_global_rejects: 2 * cases(), ..ProptestConfig::default() })]

    /// One thread or three, arms together or each alone: the same rows; and a policy that sets what holds is the baseline.
    #[test]
    fn threads_company_and_idle_policies_change_no_row(
        sets in prop::collection::vec((0_usize..10_000, 0_u32..5), 0..12),
        changes in prop::collection::vec((0_usize..10_000, 0_u32..5), 1..4),
        from in prop::sample::select(vec!["2015-01-01", "2015-01-20"]),
    ) {
        let text = scenario(&sets, &changes, from);
        // Some values exclude each other; such a scenario is refused with a word and is no case.
        let study = Study::from_text(&text, Overrides::default());
        prop_assume!(study.as_ref().is_ok_and(|study| study.check().is_ok()));
        let study = study.expect("checked");
        let (one, three) = (run(&study, None, 1), run(&study, None, 3));
        let alone = run(&study, Some(vec!["something".into()]), 2);
        for name in TABLES {
            let table = whole(&one, name);
            prop_assert!(table == whole(&three, name), "{name:?}: threads");
            let shared = of_arm(&table, "something");
            prop_assert!(!shared.is_empty());
            prop_assert!(shared == of_arm(&whole(&alone, name), "something"), "{name:?}: company");
            prop_assert!(of_arm(&table, "baseline") == of_arm(&table, "same"), "{name:?}: a policy that changes nothing");
        }
    }

    /// A sweep cut into any shards, in any order, merges to the same bytes.
    #[test]
    fn shards_change_no_byte(
        sets in prop::collection::vec((0_usize..10_000, 0_u32..5), 0..8),
        shards in 2_u64..5,
        backwards in any::<bool>(),
    ) {
        let text = scenario(&sets, &[(0, 4)], "2015-01-10");
        let study = Study::from_text(&text, Overrides::default());
        prop_assume!(study.is_ok_and(|study| study.check().is_ok()));
        let scratch = Scratch::new(&format!("law-shards-{shards}-{backwards}"));
        let whole = merged(&text, &scratch.0.join("whole"), 1, false);
        let cut = merged(&text, &scratch.0.join("cut"), shards, backwards);
        prop_assert!(whole == cut);
    }
}

/// The bytes of a merged sweep.
fn merged(text: &str, out: &Path, shards: u64, backwards: bool) -> std::collections::BTreeMap<String, Vec<u8>> {
    let study = Study::from_text(text, Overrides::default()).expect("checked before");
    let request = forestall_study::SweepDesign {
        design: DesignRequest { method: Method::Lhs { maximin: false }, base: 5, seed: 3 },
        runs: SweepRequest {
            policies: vec!["something".into()],
            policy_factor: false,
            replications: 1,
            tables: vec![TableName::Replications, TableName::Monthly],
            shards: Some(shards),
        },
        levers: vec!["services.analysts=1..9".into()],
        uncertain: false,
        pilot: false,
    };
    let sweep = study.sweep(&request, out, &mut |_, _| {}).expect("planned");
    let mut order: Vec<u64> = (0..shards).collect();
    if backwards {
        order.reverse();
    }
    for shard in order {
        let shard = Shard::parse(&format!("{shard}/{shards}"), &|_| None).expect("a shard");
        sweep.work(shard, None, &Monitor::none()).expect("worked");
    }
    sweep.merge(None).expect("merged");
    results(sweep.folder().path())
}

/// Scenarios that are drawn; more of them by `FORESTALL_CASES`.
fn cases() -> u32 {
    std::env::var("FORESTALL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24)
}
