//! The scenarios that are shipped, and the template, against the model's own tables.

use forestall::model::registry;
use forestall::scenario::{LoadOptions, Plan, load, template};

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

fn plan(path: &str) -> Plan {
    load(&registry(), path, &read, &LoadOptions::default()).unwrap_or_else(|all| panic!("{all}"))
}

#[test]
fn every_shipped_scenario_loads_and_says_its_question() {
    let mut number = 0;
    for entry in std::fs::read_dir("scenarios").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let path = path.to_str().unwrap().to_owned();
            let plan = plan(&path);
            assert!(plan.question.ends_with('?'), "{path} has no question");
            let text = read(&path).unwrap();
            let asked = text.lines().take_while(|line| line.starts_with('#')).any(|line| line.contains('?'));
            assert!(asked, "{path} does not open with its question");
            number += 1;
        }
    }
    assert!(number >= 3);
}

#[test]
fn every_shipped_scenario_survives_being_resolved() {
    for name in ["terror-queue", "erlang-a", "neutral-world"] {
        let first = plan(&format!("scenarios/{name}.toml"));
        let text = first.resolved_toml();
        let again = load(&registry(), "resolved.toml", &|_| Ok(text.clone()), &LoadOptions::default());
        let again = again.unwrap_or_else(|all| panic!("{all}"));
        assert_eq!(first.fingerprint_text(), again.fingerprint_text());
    }
}

#[test]
fn the_neutral_world_holds_every_neutral_value() {
    let plan = plan("scenarios/neutral-world.toml");
    // Accounting and shares of what never happens may keep their defaults.
    let accounting = ["observation", "intrusion", "costs", "dots", "movements"];
    let mut wrong = Vec::new();
    for (table, info) in registry().tables().iter().enumerate() {
        if accounting.contains(&info.name) {
            continue;
        }
        for (name, neutral) in info.neutral {
            let parameter = info.parameters.iter().position(|p| p.name == *name).unwrap();
            if plan.base.countries[0][table][parameter] != *neutral {
                wrong.push(format!("{}.{name} = {neutral}", info.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_template_loads_with_the_real_tables() {
    let text = template::minimal(&registry());
    let plan = load(&registry(), "my.toml", &|_| Ok(text.clone()), &LoadOptions::default());
    assert_eq!(plan.unwrap_or_else(|all| panic!("{all}")).policies.len(), 1);
}

/// Whoever takes away every `#` of the template's parameters must still have a scenario that loads.
#[test]
fn the_templates_commented_parameters_are_right() {
    let text = template::minimal(&registry());
    let mut country_tables = false;
    let mut lines: Vec<String> = Vec::new();
    for line in text.split("# Every parameter follows").nth(1).unwrap().lines().skip(1) {
        let line = line.strip_prefix("# ").unwrap_or("");
        if line.starts_with('[') {
            country_tables = true;
        } else if line.starts_with("In each entry") {
            country_tables = false;
        }
        if country_tables && (line.starts_with('[') || line.contains(" = ")) {
            lines.push(line.to_owned());
        }
    }
    let whole = format!("{text}\n{}", lines.join("\n"));
    let plan = load(&registry(), "my.toml", &|_| Ok(whole.clone()), &LoadOptions::default());
    let plan = plan.unwrap_or_else(|all| panic!("{all}"));
    assert!(plan.origins.len() > 150, "{}", plan.origins.len());
}
