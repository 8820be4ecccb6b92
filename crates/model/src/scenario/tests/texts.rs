//! The texts that the room writes, and texts that nobody should write.

use proptest::prelude::*;

use super::super::resolved::Scenario;
use super::super::{LoadOptions, Plan, describe, schema, template};
use super::{HEAD, load_files, load_text, plan, registry};

const RICH: &str = r#"
services = { analysts = { value = 7, evidence = "F\"9", note = "a\\b" }, pool_member = true }
languages = { fr = 0.4, nl = 0.6 }
[[movements]]
code = "m"
name = "The \"movement\"\nof two lines"
[[languages]]
code = "nl"
virtual_entrepreneurs = { value = 3, evidence = "F37" }
[territory]
response = "high"
level = 0.30000000000000004
[services]
pace_per_year = 1e-7
[calibrated]
"services.other_work_share" = { value = 0.4, evidence = "ABC" }
[[changes]]
from = 2013-05-01
set = { "territory.level" = { times = 0.5 } }
note = "x"
[policies.q]
label = "Q"
from = 2014-02-01
until = 2014-10-01
ramp_days = 30
set = { "countries.B.services.analysts" = { add = 2 }, "services.analysts" = { times = 1.5 } }
also = [{ from = 2014-05-01, set = { "territory.response" = "off", "services.pool_member" = false } }]
[[policies.q.sharing]]
owner = ["A"]
reader = ["B"]
from = 2014-03-01
regime = "notices"
answer_days = 5
[[sharing]]
between = ["B", "A"]
regime = "pool"
note = "s\"s"
[[sharing]]
owner = ["B"]
reader = ["A"]
from = 2014-03-01
until = 2014-04-01
regime = "none"
warnings = true
evidence = "F5"
[policies.a]
set = { services = { pace_per_year = 2 } }
[held]
"movements.m.command_style" = 0.9
[uncertain]
"services.pace_per_year" = { beta = { a = 2, b = 3, low = 0, high = 1 }, evidence = "F1" }
"services.analysts" = { lognormal = { median = 20, sigma = 0.3 } }
[experiment]
event_log_replications = [0, 3]
outcomes = ["cost"]
[[fit]]
pattern = "many"
fact = "F2"
outcome = "attacks_completed"
low = 1
high = 2
"#;

fn same(a: &Scenario, b: &Scenario) {
    assert_eq!((&a.name, a.start, a.end, a.warm_up_days, a.seed), (&b.name, b.start, b.end, b.warm_up_days, b.seed));
    assert_eq!((&a.countries, &a.languages, &a.movements), (&b.countries, &b.languages, &b.movements));
    assert_eq!(a.snapshots.len(), b.snapshots.len());
    for (x, y) in a.snapshots.iter().zip(&b.snapshots) {
        assert_eq!((x.time, &x.values), (y.time, &y.values));
    }
}

fn reload(plan: &Plan) -> Plan {
    let text = plan.resolved_toml();
    load_text(&text).unwrap_or_else(|all| panic!("{}\n{text}", super::super::Diagnostics(all)))
}

#[test]
fn the_resolved_text_gives_the_same_scenario_again() {
    let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"{RICH}");
    let options = LoadOptions {
        sets: vec!["territory.level!=0.25".into(), "countries.A.residents=7".into()],
        until: Some(jiff::civil::date(2014, 6, 30)),
        seed: Some(11),
        replications: Some(5),
        alternative: None,
    };
    for options in [LoadOptions::default(), options] {
        let first = load_files(&text, &[], &options).unwrap();
        let again = reload(&first);
        for policy in [None, Some("a"), Some("q")] {
            same(&first.arm(policy).unwrap(), &again.arm(policy).unwrap());
        }
        assert_eq!(first.fingerprint_text(), again.fingerprint_text());
        assert_eq!(
            (first.replications, &first.fit, &first.outcomes),
            (again.replications, &again.fit, &again.outcomes)
        );
        assert_eq!((first.full_end, &first.languages), (again.full_end, &again.languages));
        assert_eq!(again.origin("countries.B.services.analysts").unwrap().evidence.as_deref(), Some("F\"9"));
        assert_eq!(again.resolved_toml().lines().count(), first.resolved_toml().lines().count());
    }
}

#[test]
fn every_value_of_the_resolved_text_has_its_origin() {
    let text = plan("services = { analysts = 7 }\n[services]\npace_per_year = 3\n").resolved_toml();
    assert!(text.contains("pace_per_year = 3.0  # file dir/main.toml:12"), "{text}");
    assert!(text.contains("other_work_share = 0.25  # default"), "{text}");
    assert!(text.contains("[countries.services]\nanalysts = 7  # file dir/main.toml:10"), "{text}");
}

#[test]
fn the_fingerprint_hears_what_alters_results_and_nothing_else() {
    let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"{RICH}");
    let print = |text: &str| load_text(text).unwrap().fingerprint_text();
    let first = print(&text);
    for (old, new) in [
        ("seed", "replications"),
        ("label = \"Q\"", "label = \"R\""),
        ("note = \"x\"", "note = \"y\""),
        ("end = 2014-12-31", "end = 2014-12-31\nreplications = 7"),
        ("pattern = \"many\"", "pattern = \"few\""),
        ("note = \"s\\\"s\"", "evidence = \"t\""),
        ("[experiment]", "# a remark\n[experiment]"),
    ] {
        assert_eq!(first, print(&text.replace(old, new)), "{new}");
    }
    for (old, new) in [
        ("times = 1.5", "times = 1.6"),
        ("end = 2014-12-31", "end = 2014-12-30"),
        ("end = 2014-12-31", "end = 2014-12-31\nseed = 2"),
        ("ramp_days = 30", "ramp_days = 31"),
        ("value = 7", "value = 8"),
        ("1e-7", "2e-7"),
        ("fr = 0.4, nl = 0.6", "fr = 0.5, nl = 0.5"),
        ("\"movements.m.command_style\" = 0.9", "\"movements.m.command_style\" = 0.8"),
        ("[0, 3]", "[0]"),
        ("regime = \"pool\"", "regime = \"none\""),
        ("answer_days = 5", "answer_days = 6"),
        ("until = 2014-04-01", "until = 2014-04-02"),
        ("warnings = true\n", ""),
    ] {
        assert_ne!(first, print(&text.replace(old, new)), "{new}");
    }
}

#[test]
fn the_template_loads() {
    let text = template::minimal(&registry());
    let plan = load_text(&text).unwrap_or_else(|all| panic!("{}\n{text}", super::super::Diagnostics(all)));
    assert_eq!((plan.countries.len(), plan.policies.len(), plan.warnings.len()), (2, 0, 0), "{:?}", plan.warnings);
    assert!(text.contains("# analysts = 20  # Analysts. (analysts; a whole number from 0 to 10000; F41)"));
}

#[test]
fn the_schema_knows_every_parameter() {
    let schema = schema::json_schema(&registry());
    for row in describe::parameter_rows(&registry()) {
        let tables = &schema["properties"][&row.table];
        let properties = if tables["type"] == "array" { &tables["items"]["properties"] } else { &tables["properties"] };
        let about = properties[&row.parameter]["description"].as_str().unwrap_or_default();
        assert!(about.contains(&row.meaning) && about.contains(&row.unit), "{}.{}", row.table, row.parameter);
    }
    let share = &schema["properties"]["countries"]["items"]["properties"]["border_openness"];
    assert_eq!((&share["anyOf"][0]["maximum"], &share["default"]), (&1.0.into(), &1.0.into()));
    let override_ = &schema["properties"]["countries"]["items"]["properties"]["services"]["properties"]["analysts"];
    assert_eq!(override_["anyOf"][1]["properties"]["value"]["type"], "integer");
    assert_eq!(schema["properties"]["territory"]["properties"]["response"]["default"], "middle");
    for top in super::super::tables::TOP_KEYS {
        assert!(!schema["properties"][*top].is_null(), "{top}");
    }
}

/// Loading must end in a plan whose arms can be asked for, or in errors; and both can be printed.
fn survive(text: &str) {
    match load_text(text) {
        Ok(plan) => {
            let _ = plan.arm(None).map(|scenario| scenario.days());
            for policy in &plan.policies {
                let _ = plan.arm(Some(&policy.name));
            }
            reload(&plan);
        }
        Err(all) => {
            assert!(!all.is_empty());
            for diagnostic in all {
                let _ = diagnostic.render(true);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_mutation_breaks_the_reader(
        at in any::<proptest::sample::Index>(),
        length in 0_usize..12,
        new in "[-a-z0-9\\[\\]{}=\".,\n !#é_]{0,8}",
    ) {
        let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"{RICH}");
        let mut chars: Vec<char> = text.chars().collect();
        let start = at.index(chars.len());
        let end = (start + length).min(chars.len());
        chars.splice(start..end, new.chars());
        survive(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn no_number_breaks_the_reader(number in prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:?}").replace("NaN", "nan")),
        "[0-9]{1,30}",
    ], which in 0_usize..9) {
        let places = ["value = 7", "2013-05-01", "times = 0.5", "add = 2", "ramp_days = 30", "1e-7", "a = 2", "[0, 3]", "low = 1"];
        let old = places[which];
        let new = old.split_once("= ").map_or_else(|| number.clone(), |(key, _)| format!("{key}= {number}"));
        let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"{RICH}");
        survive(&text.replacen(old, &new, 1));
    }
}
