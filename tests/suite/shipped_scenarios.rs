//! The scenarios that are shipped, and the template, against the model's own tables.

use forestall_model::{LoadOptions, Plan, load, minimal, registry};

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

/// The names of the shipped scenarios, without their ending.
fn shipped() -> Vec<String> {
    let paths = std::fs::read_dir("scenarios").unwrap().map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The files under `scenarios/` that the commands of a text name; only fenced lines are commands.
fn named_in_commands(text: &str) -> Vec<&str> {
    let fenced = text.split("```").skip(1).step_by(2);
    fenced.flat_map(str::split_whitespace).filter(|word| word.starts_with("scenarios/")).collect()
}

/// Whoever reads an answer can ask again: each section says what was expected and has a command that exists.
#[test]
fn every_shipped_scenario_has_its_section_in_the_answers() {
    let page = read("docs/answers.md").unwrap();
    let sections: Vec<(&str, &str)> =
        page.split("\n## ").skip(1).map(|section| section.split_once('\n').unwrap_or((section, ""))).collect();
    for name in shipped() {
        let Some((_, text)) = sections.iter().find(|(title, _)| title.trim() == name) else {
            panic!("docs/answers.md has no section `## {name}`");
        };
        assert!(text.contains("**Expected"), "the section on {name} does not say what was expected");
        let own = format!("scenarios/{name}.toml");
        assert!(named_in_commands(text).contains(&own.as_str()), "no command of the section on {name} names {own}");
    }
    for file in named_in_commands(&page) {
        assert!(std::path::Path::new(file).exists(), "a command of docs/answers.md names {file}, which does not exist");
    }
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
    let text = minimal(&registry());
    let plan = load(&registry(), "my.toml", &|_| Ok(text.clone()), &LoadOptions::default());
    let plan = plan.unwrap_or_else(|all| panic!("{all}"));
    assert_eq!((plan.policies.len(), plan.warnings.len()), (2, 0), "{:?}", plan.warnings);
}

/// Whoever takes away every `#` of the template's parameters must still have a scenario that loads.
#[test]
fn the_templates_commented_parameters_are_right() {
    let text = minimal(&registry());
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

#[test]
fn the_united_states_differ_from_europe_only_where_they_should() {
    for (europe, states) in [("europe-hand-set", "united-states-hand-set"), CALIBRATED] {
        differ_only_where_they_should(&plan_of(europe), &plan_of(states));
    }
}

/// The worlds that are fitted to the facts.
const CALIBRATED: (&str, &str) = ("calibration/europe", "calibration/united-states");

fn plan_of(name: &str) -> Plan {
    plan(&format!("scenarios/{name}.toml"))
}

fn differ_only_where_they_should(europe: &Plan, states: &Plan) {
    let france = europe.countries.iter().position(|c| c.code == "FR").unwrap();
    let home = states.countries.iter().position(|c| c.code == "US").unwrap();
    // Who lives there, stocks, staff, the road to held territory and back, and stings.
    let may_differ = [
        "countries.",
        "start.",
        "services.",
        "in_person_recruiters.number",
        "leads.false_per_million_per_year",
        "returns.relative_rate",
    ];
    let may_differ = [&may_differ[..], &["travel.per_year", "stings.contact_per_persona_per_year"]].concat();
    let mut wrong = Vec::new();
    for (table, info) in registry().tables().iter().enumerate() {
        for (parameter, p) in info.parameters.iter().enumerate() {
            let path = format!("{}.{}", info.name, p.name);
            if may_differ.iter().any(|known| path.starts_with(known)) {
                continue;
            }
            let pair = [(&europe.base, france), (&states.base, home)].map(|(base, country)| {
                let own = base.countries[country].get(table).and_then(|t| t.get(parameter));
                let world = base.world.get(table).and_then(|t| t.get(parameter));
                (own.copied(), world.copied())
            });
            if pair[0] != pair[1] {
                wrong.push(format!("{path}: {pair:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The dated changes are the same but for emergency powers and membership, which belong to countries of Europe.
    let dated = |p: &Plan| -> Vec<String> {
        let common = |a: &&forestall_model::Assignment| !a.path.starts_with("countries.");
        let words = |s: &forestall_model::Stage| {
            let set: Vec<String> =
                s.set.iter().filter(common).map(|a| format!("{} {:?}", a.path, a.operation)).collect();
            format!("{} {} {} {}", s.from, s.ramp_days, s.ramp_step_days, set.join(", "))
        };
        p.changes.iter().filter(|s| s.set.iter().any(|a| common(&a))).map(words).collect()
    };
    assert_eq!(dated(europe), dated(states));
}
