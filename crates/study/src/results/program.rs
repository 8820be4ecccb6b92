//! What this program computes, as a digest: programs with the same digest may share a folder of results.
//!
//! A version number can be forgotten; the digest cannot. It is taken over every table and event of a small world in
//! which each mechanism has something to do, under the baseline and under a policy that begins within the run, so that
//! any change of rules, draws or columns shows. It takes some hundredths of a second, once a process.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use forestall_model::{
    Arm, Column, Fact, Labels, LoadOptions, Rows, RunName, Table, Tally, load, registry, simulate, tables,
};

use super::RESULTS_VERSION;
use super::atomic;

/// The world; tests run the same one.
const GOLDEN: &str = include_str!("../../../../assets/golden.toml");

/// A policy, so that changes within a run count too.
const POLICY: &str = r#"
[policies.golden]
label = "Golden"
from = 2015-06-01
set = { "services.analysts" = 6, "intervention.threshold_log_odds" = 0.5, "stages.fast_commit_per_year" = 1.5 }
"#;

/// The digest, in hexadecimal.
pub(crate) fn digest() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(|| of_world(&format!("{GOLDEN}{POLICY}")))
}

/// The digest of a world's results under the baseline and its policy; of nothing but the version if it does not load,
/// which a test excludes.
fn of_world(text: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(RESULTS_VERSION.to_le_bytes());
    let read = |_: &str| Ok(text.to_owned());
    if let Ok(plan) = load(&registry(), "golden.toml", &read, &LoadOptions::default()) {
        let labels = Labels::of(&plan);
        for policy in [None, Some("golden")] {
            let Ok(scenario) = plan.arm(policy) else { continue };
            let arm = Arm::new(&scenario);
            let mut tally = Tally::new(plan.countries.len(), arm.months()).with_log();
            let outcome = simulate(&arm, 0, &mut tally);
            let run = RunName { arm: policy.unwrap_or("baseline"), draw: 0, replication: 0 };
            let rows = tables(&run, &labels, &arm, &tally, &outcome);
            add_rows(&mut digest, &rows);
            for fact in tally.into_log() {
                add_fact(&mut digest, &fact);
            }
        }
    }
    atomic::hexadecimal(&digest.finalize())
}

fn add_rows(digest: &mut Sha256, rows: &Rows) {
    for table in [&rows.replications, &rows.monthly, &rows.by_country, &rows.matched] {
        add_table(digest, table);
    }
}

fn add_table(digest: &mut Sha256, table: &Table) {
    for (name, column) in table.columns() {
        add_text(digest, name);
        match column {
            Column::Text(values) => values.iter().for_each(|value| add_text(digest, value)),
            Column::Integer(values) => {
                for value in values {
                    digest.update([u8::from(value.is_some())]);
                    digest.update(value.unwrap_or_default().to_le_bytes());
                }
            }
            Column::Number(values) => {
                for value in values {
                    digest.update([u8::from(value.is_some())]);
                    digest.update(value.unwrap_or_default().to_le_bytes());
                }
            }
        }
    }
}

/// The length in front keeps neighbours apart.
fn add_text(digest: &mut Sha256, text: &str) {
    digest.update((text.len() as u64).to_le_bytes());
    digest.update(text.as_bytes());
}

fn add_fact(digest: &mut Sha256, fact: &Fact) {
    add_text(digest, &fact.kind.name());
    let place = (usize::from(fact.country) << 8 | usize::from(fact.movement)) as u64;
    let words =
        [fact.id, fact.cause, fact.time.to_bits(), place, fact.subject.bits(), fact.plot.bits(), fact.value.to_bits()];
    for word in words {
        digest.update(word.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_golden_world_loads_and_its_policy_tells() {
        let empty = of_world("");
        assert_ne!(digest(), empty, "the golden world does not load");
        let other = GOLDEN.to_owned() + &POLICY.replace("= 6,", "= 7,");
        assert_ne!(digest(), of_world(&other), "the policy changes nothing");
    }

    #[test]
    fn the_same_program_has_the_same_digest() {
        assert_eq!(digest(), of_world(&format!("{GOLDEN}{POLICY}")));
    }

    #[test]
    fn a_rule_that_computes_otherwise_has_another_digest() {
        // A changed rate stands for a changed rule: both show in nothing but the results.
        let other = GOLDEN.replace("spontaneous_per_million_per_year = 60", "spontaneous_per_million_per_year = 61");
        assert_ne!(other, GOLDEN);
        assert_ne!(digest(), of_world(&(other + POLICY)));
    }
}
