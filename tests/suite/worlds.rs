//! Small worlds for tests, written as scenario text and read by the one reader that users have.

use forestall_model::{
    Arm, Fact, FactKind, Labels, LoadOptions, Plan, Replication, Rows, RunName, Tally, in_order, load, registry,
    simulate, tables,
};

/// Reads a scenario from text.
pub fn plan(text: &str) -> Plan {
    try_plan(text, &[]).unwrap_or_else(|d| panic!("{d}"))
}

/// Reads a scenario from text with `--set`.
pub fn try_plan(text: &str, sets: &[String]) -> Result<Plan, forestall_model::Diagnostics> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/");
    let read = |name: &str| {
        if name == "test.toml" {
            Ok(text.to_string())
        } else {
            std::fs::read_to_string(format!("{folder}{name}")).map_err(|e| e.to_string())
        }
    };
    load(&registry(), "test.toml", &read, &LoadOptions { sets: sets.to_vec(), ..LoadOptions::default() })
}

/// A shipped scenario's text.
pub fn shipped(name: &str) -> String {
    let path = format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// One run with every fact.
pub fn facts(plan: &Plan, policy: Option<&str>, replication: u64) -> (Vec<Fact>, Replication) {
    let arm = Arm::new(&plan.arm(policy).unwrap_or_else(|d| panic!("{d}")));
    let mut facts = Vec::new();
    let outcome = simulate(&arm, replication, &mut facts);
    in_order(&mut facts);
    (facts, outcome)
}

/// The rows of one run.
pub fn rows(plan: &Plan, policy: Option<&str>, replication: u64) -> Rows {
    let arm = Arm::new(&plan.arm(policy).unwrap_or_else(|d| panic!("{d}")));
    let mut tally = Tally::new(plan.countries.len(), arm.months());
    let outcome = simulate(&arm, replication, &mut tally);
    let labels = Labels {
        countries: plan.countries.iter().map(|c| c.code.clone()).collect(),
        movements: plan.movements.iter().map(|m| m.code.clone()).collect(),
        months: forestall_model::month_starts(plan.start, plan.end).into_iter().map(|m| m.1).collect(),
    };
    let run = RunName { arm: policy.unwrap_or("baseline"), draw: 0, replication: replication as i64 };
    tables(&run, &labels, &arm, &tally, &outcome)
}

/// One outcome of one run.
pub fn outcome(rows: &Rows, column: &str) -> f64 {
    rows.replications.column(column).unwrap_or_else(|| panic!("no column {column}")).number(0).unwrap_or(f64::NAN)
}

/// A number that differs if any fact differs in any bit; accounting facts may be left out.
pub fn digest(facts: &[Fact], leave_out: &[FactKind]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for f in facts.iter().filter(|f| !leave_out.contains(&f.kind)) {
        let words = [
            f.time.to_bits(),
            f.kind as u64,
            (usize::from(f.country) << 8 | usize::from(f.movement)) as u64,
            f.subject.bits(),
            f.plot.bits(),
            f.value.to_bits(),
            f.id,
            f.cause,
        ];
        for word in words {
            sum = (sum ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
        }
    }
    sum
}

/// How often a kind of fact happened.
pub fn count(facts: &[Fact], kind: FactKind) -> usize {
    facts.iter().filter(|f| f.kind == kind).count()
}

/// A busy world of two countries in which every mechanism has something to do in a short time.
pub const BUSY: &str = include_str!("../../assets/golden.toml");

/// A `--set` that writes a number as its kind is written.
pub fn set(registry: &forestall_model::Registry, path: &str, value: f64) -> String {
    let mut parts: Vec<&str> = path.split('.').collect();
    if parts.len() > 2 {
        // countries.AA.table.parameter or movements.CODE.attribute
        let table = if parts[0] == "countries" && parts.len() == 4 { parts[2] } else { parts[0] };
        let parameter = parts[parts.len() - 1];
        parts = vec![table, parameter];
    }
    let slot = registry.slot(parts[0], parts[1]).unwrap_or_else(|| panic!("no parameter {path}"));
    format!("{path}={}", registry.parameter(slot).kind.write(value))
}
