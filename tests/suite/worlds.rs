//! Small worlds for tests, written as scenario text and read by the one reader that users have.

use forestall_model::model::fact::{Fact, FactKind, in_order};
use forestall_model::model::record::Replication;
use forestall_model::model::registry;
use forestall_model::model::replication::{Arm, simulate};
use forestall_model::outcome::Tally;
use forestall_model::outcome::tables::{Labels, Rows, RunName, tables};
use forestall_model::scenario::{LoadOptions, Plan, load};

/// Reads a scenario from text.
pub fn plan(text: &str) -> Plan {
    try_plan(text, &[]).unwrap_or_else(|d| panic!("{d}"))
}

/// Reads a scenario from text with `--set`.
pub fn try_plan(text: &str, sets: &[String]) -> Result<Plan, forestall_model::scenario::Diagnostics> {
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
        months: forestall_model::engine::time::month_starts(plan.start, plan.end).into_iter().map(|m| m.1).collect(),
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
            u64::from(f.country) << 8 | u64::from(f.movement),
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
pub const BUSY: &str = r#"
schema_version = 1

[scenario]
name = "busy"
question = "Does everything happen?"
start = 2015-01-01
end = 2015-12-31
seed = 7
warm_up_days = 120

[[movements]]
code = "transnational"
name = "T"
command_style = 0.5

[[movements]]
code = "domestic"
name = "D"
holds_territory = false
onset_scale = 0.5
stock_scale = 0.5
plot_scale = 1.0

[[languages]]
code = "a"
name = "A"
virtual_entrepreneurs = 8

[[countries]]
code = "AA"
name = "Country A"
languages = ["a"]
residents = 8_000_000
campaign_weight = 2.0
services = { analysts = 3, surveillance_officers = 300, case_officers = 60, border_inspections_per_month = 60, undercover_personas = 6 }

[[countries]]
code = "BB"
name = "Country B"
languages = ["a"]
residents = 4_000_000
services = { analysts = 2, surveillance_officers = 90, case_officers = 40, border_inspections_per_month = 40, undercover_personas = 4 }

[[countries]]
code = "TT"
name = "Transit"
languages = ["a"]
residents = 50_000_000
transit_partner = true
membership = { warns_partners = true }

[start]
sympathisers = 1500
committed = 400
fighters_abroad = 200
returnees = 80
open_cases = 250
closed_cases = 250

[onset]
spontaneous_per_million_per_year = 60
online_per_million_per_year = 60

[in_person_recruiters]
number = 5
recruits_per_year = 20
removal_per_year = 1.0

[stages]
fast_commit_per_year = 2.0
slow_commit_per_year = 0.1
sentence_years_mean = 0.5
reengage_share = 0.5

[virtual_entrepreneurs]
contact_per_year = 0.1
instruct_share = 0.3
strikes_per_year = 1.5
grooming_days = 30

[stings]
contact_per_persona_per_year = 0.03
case_days = 60

[abroad]
attached_share = 0.3
training_days = 30
death_per_year = 0.4

[territory]
level = 0.8
dispatch_per_trained_per_year = 0.3

[returns]
per_year = 0.8
warning_share = 0.5

[returnees]
plot_share = 0.3
plot_delay_years_mean = 0.4

[pathways]
self_start_per_committed_per_year = 0.05
sudden_per_million_per_year = 0.3

[work]
task_days = 25
signs_per_task_and_person = 4

[secrecy]
cells_mean = 3.0
compartmentation = 0.3

[survivors]
again_share = 0.5

[leads]
false_per_million_per_year = 150

[detection]
background_per_year = 1.0
visible_unknown_share = 0.1
search_per_team_per_day = 0.01

[investigations]
teams_each = 1
officers_each = 4
days_mean = 40

[membership]
pool_member = true

[notices]
query_share = 1.0
answer_days = 2

[place]
online_abroad_share = 0.6

[pooled_database]
contribution_share = 0.5
lag_days = 10

[emergency_powers]
enacted = true
harm_least = 3

[prevention]
reach_share = 0.3
"#;

/// A `--set` that writes a number as its kind is written.
pub fn set(registry: &forestall_model::scenario::registry::Registry, path: &str, value: f64) -> String {
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
