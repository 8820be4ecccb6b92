//! The text that `init` writes: a small scenario that runs, with every parameter ready to be set.

use std::fmt::Write as _;

use super::describe::tidy;
use super::parameter::Scope;
use super::registry::Registry;

const TOP: &str = r#"#:schema forestall.schema.json
# Which question does this scenario answer? Write it here, and below for the report.
# Editors that read the line above complete names and mark mistakes by the schema that stands beside this file.
schema_version = 1

[scenario]
name = "my-scenario"
question = "Which prevents more attacks: twice the surveillance officers, or strikes on recruiters abroad?"
start = 2014-01-01
end = 2015-12-31            # the last day
seed = 1
replications = 200
warm_up_days = 365          # days simulated before the start and not counted

"#;

/// The two countries of the example: head, and what each states of tables and parameters, all of them assumed.
const COUNTRIES: [(&str, &[Stated]); 2] = [
    (
        "[[countries]]\ncode = \"AA\"\nname = \"Aland\"\nlanguages = [\"aa\"]\nresidents = 20_000_000\n",
        &[
            (
                "start",
                &[("sympathisers", 3_000.0), ("committed", 300.0), ("open_cases", 700.0), ("closed_cases", 800.0)],
            ),
            ("services", &[("analysts", 20.0), ("surveillance_officers", 240.0), ("case_officers", 90.0)]),
        ],
    ),
    (
        "[[countries]]\ncode = \"BB\"\nname = \"Beland\"\nlanguages = { aa = 0.3, bb = 0.7 }\nresidents = 8_000_000\n",
        &[
            (
                "start",
                &[("sympathisers", 1_500.0), ("committed", 150.0), ("open_cases", 300.0), ("closed_cases", 300.0)],
            ),
            ("services", &[("analysts", 8.0), ("surveillance_officers", 90.0), ("case_officers", 35.0)]),
        ],
    ),
];

/// A table with some of its parameters.
type Stated = (&'static str, &'static [(&'static str, f64)]);

/// The policies of the example: name, label, description, path and factor.
const POLICIES: [(&str, &str, &str, &str, &str, f64); 2] = [
    (
        "more-watchers",
        "Surveillance officers ×2",
        "Twice as many surveillance officers in both countries.",
        "services",
        "surveillance_officers",
        2.0,
    ),
    (
        "strikes",
        "Strikes on recruiters ×3",
        "Recruiters who direct plots by message are removed three times as often.",
        "virtual_entrepreneurs",
        "strikes_per_year",
        3.0,
    ),
];

/// Recruiters who write from abroad, by the language in which they write.
const RECRUITERS: [(&str, f64); 2] = [("aa", 6.0), ("bb", 3.0)];

/// A line of a country's entry with those parameters that the registry knows; empty if it knows none.
fn stated(registry: &Registry, (table, parameters): &Stated) -> String {
    let known = parameters.iter().filter_map(|(name, value)| {
        let slot = registry.slot(table, name)?;
        Some(format!("{name} = {}", registry.parameter(slot).kind.write(*value)))
    });
    let known: Vec<String> = known.collect();
    if known.is_empty() { String::new() } else { format!("{table} = {{ {} }}\n", known.join(", ")) }
}

/// A commented scenario of two countries and two policies that loads as it is, and whose question 200 replications answer.
pub fn minimal(registry: &Registry) -> String {
    let mut out = String::from(TOP);
    // Writing to a String cannot fail.
    for (head, tables) in COUNTRIES {
        out.push_str(head);
        for table in tables {
            out.push_str(&stated(registry, table));
        }
        out.push('\n');
    }
    for (code, number) in RECRUITERS {
        if registry.slot("languages", "virtual_entrepreneurs").is_some() {
            let _ = writeln!(out, "[[languages]]\ncode = \"{code}\"\nvirtual_entrepreneurs = {number}\n");
        }
    }
    out.push_str("[[movements]]\ncode = \"first\"\nname = \"First movement\"\n");
    out.push_str("\n# A value can say where it comes from, in a table or in the entry of a country:\n");
    out.push_str("#   services = { analysts = { value = 30, evidence = \"where it comes from\" } }\n");
    out.push_str("\n# A policy changes values from a date on: to a value, or by { times = … } or { add = … }.\n");
    for (name, label, about, table, parameter, factor) in POLICIES {
        if registry.slot(table, parameter).is_some() {
            let _ = writeln!(out, "[policies.{name}]\nlabel = \"{label}\"\ndescription = \"{about}\"");
            let _ = writeln!(out, "set = {{ \"{table}.{parameter}\" = {{ times = {factor:?} }} }}\n");
        }
    }
    out.push_str("# What the world itself did, with or without a policy:\n# [[changes]]\n# from = 2015-01-01\n");
    out.push_str("# ramp_days = 90\n# set = { \"services.analysts\" = { add = 5 } }\n");
    out.push_str(
        "\n# What two countries let pass between each other, from a date on (\"none\", \"notices\", \"pool\"):\n",
    );
    out.push_str("# [[sharing]]\n# between = [\"AA\", \"BB\"]\n# from = 2015-01-01\n# regime = \"notices\"\n");
    out.push_str("\n# What is not known, for `sweep`, `sensitivity` and `calibrate`:\n# [uncertain]\n");
    out.push_str("# \"services.analysts\" = { uniform = { low = 10, high = 40 } }\n");
    out.push_str("\n# Every parameter follows with its default. Take away the `#` of a table and of what you set.\n");
    for table in registry.tables() {
        if matches!(table.scope, Scope::World | Scope::Country) {
            let _ = writeln!(out, "\n# {}\n# [{}]", tidy(table.meaning), table.name);
        } else {
            let _ = writeln!(out, "\n# {}\n# In each entry of [[{}]]:", tidy(table.meaning), table.name);
        }
        for p in table.parameters {
            let about = format!("{} ({}; {}; {})", tidy(p.meaning), p.unit, p.kind.expectation(), p.evidence);
            let _ = writeln!(out, "# {} = {}  # {about}", p.name, p.kind.write(p.default));
        }
    }
    out
}
