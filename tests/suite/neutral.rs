//! Neutral means absent: the same bytes whatever the mechanism's other parameters, and none of its facts.

use std::collections::BTreeSet;

use forestall_model::{FactKind, Kind, Parameter, Scope, registry};

use crate::worlds::{BUSY, count, digest, facts, set, try_plan};

/// Tables without a strict neutral setting, and what neutral means for them (docs/model.md says the same).
const STRUCTURAL: [(&str, &str); 6] = [
    ("countries", "attributes of places: neutral is one neighbourhood kind (skew 0) and no part in campaigns"),
    ("movements", "attributes of movements: neutral is a movement with zero scales"),
    ("languages", "attributes of languages: neutral is a language without recruiters"),
    ("work", "a plot needs some work: neutral is unit-rate tasks without signs, boosts and dissolution"),
    ("observation", "accounting: neutral publishes everything as it is"),
    ("intrusion", "accounting: neutral weights are 0"),
];

/// Facts that only a mechanism makes; with its neutral setting there must be none.
const FACTS: [(&str, &[FactKind]); 20] = [
    ("onset", &[FactKind::OnsetSpontaneous, FactKind::OnsetOnline]),
    ("grievance", &[FactKind::GrievanceRises]),
    ("peers", &[FactKind::OnsetPeer]),
    ("stages", &[FactKind::Committed, FactKind::Desisted, FactKind::Reengaged]),
    ("in_person_recruiters", &[FactKind::OnsetRecruiter, FactKind::InPersonRemoved, FactKind::InPersonReplaced]),
    ("virtual_entrepreneurs", &[FactKind::ContactMade, FactKind::Groomed, FactKind::RecruiterRemoved]),
    ("stings", &[FactKind::StingCase, FactKind::StingEnds]),
    ("travel", &[FactKind::Departed, FactKind::TravelBlocked]),
    ("abroad", &[FactKind::DiedAbroad, FactKind::Trained]),
    ("territory", &[FactKind::DispatchOrdered]),
    ("returns", &[FactKind::Returned, FactKind::ReturneeIdentified, FactKind::WarningReceived]),
    ("survivors", &[FactKind::SurvivorFound, FactKind::SurvivorPlots]),
    ("leads", &[]),
    ("subjects", &[FactKind::CaseOpened, FactKind::WatchStarted, FactKind::CaseClosedForCapacity]),
    ("detection", &[FactKind::SignatureSeen, FactKind::FoundBySearch]),
    ("intervention", &[FactKind::InterventionDecided, FactKind::Charged, FactKind::ReleasedUncharged]),
    ("aftermath", &[FactKind::Raid]),
    ("investigations", &[FactKind::InvestigationOpened, FactKind::InvestigationEnded]),
    ("notices", &[FactKind::NoticeIssued, FactKind::QueryAnswered]),
    ("pooled_database", &[FactKind::RecordPooled, FactKind::FragmentPooled, FactKind::LinkFound]),
];

/// Costs count money and touch nothing else.
const ACCOUNTING: [FactKind; 1] = [FactKind::Cost];

/// Another allowed value, far from the default.
fn other(p: &Parameter, high_side: bool) -> f64 {
    let (low, high) = p.kind.bounds();
    let value = match p.kind {
        Kind::Switch => 1.0 - p.default,
        Kind::Choice(words) => (p.default + 1.0) % words.len() as f64,
        Kind::Share => {
            if high_side {
                0.9
            } else {
                0.05
            }
        }
        _ => {
            let around = if p.default == 0.0 { 2.0 } else { p.default };
            if high_side { around * 3.0 } else { around / 3.0 }
        }
    };
    let value = value.clamp(low, high);
    if matches!(p.kind, Kind::Count(..)) { value.round() } else { value }
}

fn digest_with(sets: &[String]) -> u64 {
    let plan = try_plan(BUSY, sets).unwrap_or_else(|d| panic!("{d}"));
    digest(&facts(&plan, None, 0).0, &ACCOUNTING)
}

#[test]
fn neutral_settings_make_other_parameters_idle() {
    let registry = registry();
    let structural: BTreeSet<&str> = STRUCTURAL.iter().map(|s| s.0).collect();
    let mut wrong = Vec::new();
    for table in registry.tables() {
        if structural.contains(table.name) || matches!(table.scope, Scope::CountryEntry) {
            continue;
        }
        assert!(!table.neutral.is_empty(), "{} has no neutral setting", table.name);
        let neutral: Vec<String> =
            table.neutral.iter().map(|(p, v)| set(&registry, &format!("{}.{p}", table.name), *v)).collect();
        let base = digest_with(&neutral);
        let named: BTreeSet<&str> = table.neutral.iter().map(|n| n.0).collect();
        for high_side in [true, false] {
            let mut sets = neutral.clone();
            for p in table.parameters.iter().filter(|p| !named.contains(p.name)) {
                sets.push(set(&registry, &format!("{}.{}", table.name, p.name), other(p, high_side)));
            }
            if sets.len() > neutral.len() && digest_with(&sets) != base {
                wrong.push(format!("{}: {}", table.name, sets.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "other parameters still matter under the neutral setting of\n{}", wrong.join("\n"));
}

#[test]
fn neutral_settings_leave_none_of_the_facts() {
    let registry = registry();
    let busy = facts(&try_plan(BUSY, &[]).expect("busy world"), None, 0).0;
    for (name, kinds) in FACTS {
        let (_, table) = registry.table(name).unwrap_or_else(|| panic!("no table {name}"));
        let sets: Vec<String> = table.neutral.iter().map(|(p, v)| set(&registry, &format!("{name}.{p}"), *v)).collect();
        let quiet = facts(&try_plan(BUSY, &sets).unwrap_or_else(|d| panic!("{d}")), None, 0).0;
        for kind in kinds {
            assert_eq!(count(&quiet, *kind), 0, "{name}: {kind:?} under the neutral setting");
            // Otherwise the test above would say nothing.
            assert!(count(&busy, *kind) > 0, "{name}: no {kind:?} even in the busy world");
        }
    }
}

/// The shipped neutral world is what the registry says, so that closed forms can build on it.
#[test]
fn the_neutral_world_holds_every_neutral_value() {
    let registry = registry();
    let mut text = String::from(NEUTRAL_HEAD);
    for table in registry.tables() {
        if matches!(table.scope, Scope::CountryEntry | Scope::MovementEntry | Scope::LanguageEntry) {
            continue;
        }
        text += &format!("\n[{}]\n", table.name);
        for (parameter, value) in table.neutral {
            let slot = registry.slot(table.name, parameter).expect("neutral values name parameters");
            text += &format!("{parameter} = {}\n", registry.parameter(slot).kind.write(*value));
        }
    }
    text += "\n# Nothing happens here but the passing of time: the question is not about attacks.\n[experiment]\noutcomes = [\"events\"]\n";
    let path = format!("{}/scenarios/neutral-world.toml", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FORESTALL_BLESS").is_some() {
        std::fs::write(&path, &text).expect("scenario written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("scenario"), text, "write it anew with FORESTALL_BLESS=1");
}

const NEUTRAL_HEAD: &str = r#"#:schema ../docs/scenario.schema.json
# Does anything happen in a world in which every mechanism is switched off?
#
# It must not. This file sets every mechanism to its neutral value, so that scenarios with a known closed form
# (terror-queue, erlang-a) can extend it and switch on only what the formula knows. A test keeps it complete.

schema_version = 1

[scenario]
name = "neutral-world"
question = "Does anything happen in a world in which every mechanism is switched off?"
start = 2010-01-01
end = 2019-12-31
seed = 1
replications = 200

[[countries]]
code = "A"
name = "Country A"
residents = 1_000_000
neighbourhood_residents = 1_000_000
receptivity_skew = 0

[[movements]]
code = "only"
name = "Only movement"
command_style = 0
holds_territory = false
"#;

#[test]
fn structural_tables_exist() {
    let registry = registry();
    for (name, meaning) in STRUCTURAL {
        assert!(registry.table(name).is_some() && !meaning.is_empty());
    }
}
