//! The text that `init` writes: a small scenario that runs, with every parameter ready to be set.

use std::fmt::Write as _;

use super::describe::tidy;
use super::parameter::{Kind, Scope};
use super::registry::Registry;

const TOP: &str = r#"#:schema forestall.schema.json
# Which question does this scenario answer? Write it here, and below for the report.
schema_version = 1

[scenario]
name = "my-scenario"
question = "How many attacks does a larger service prevent?"
start = 2014-01-01
end = 2015-12-31            # the last day
seed = 1
replications = 200
warm_up_days = 0            # days simulated before the start and not counted

[[countries]]
code = "AA"
name = "Aland"
languages = ["aa"]
residents = 10_000_000

[[countries]]
code = "BB"
name = "Beland"
languages = { aa = 0.3, bb = 0.7 }
residents = 5_000_000

[[movements]]
code = "first"
name = "First movement"
"#;

/// The lever of the example policy, and the country table that it belongs to.
fn lever(registry: &Registry) -> Option<(&'static str, &'static str)> {
    if registry.slot("services", "analysts").is_some() {
        return Some(("services", "analysts"));
    }
    let mut tables = registry.tables().iter().filter(|t| t.scope == Scope::Country);
    tables.find_map(|t| t.parameters.iter().find(|p| matches!(p.kind, Kind::Count(..))).map(|p| (t.name, p.name)))
}

/// A commented scenario of two countries and one policy that loads as it is.
pub fn minimal(registry: &Registry) -> String {
    let mut out = String::from(TOP);
    // Writing to a String cannot fail.
    if let Some((table, name)) = lever(registry) {
        let path = format!("{table}.{name}");
        let _ = writeln!(out, "\n# One country can differ from all others: put a line such as this into its entry:");
        let _ = writeln!(out, "#   {table} = {{ {name} = {{ value = 30, evidence = \"where it comes from\" }} }}");
        out.push_str("\n# A policy changes values from a date on: to a value, or by { times = … } or { add = … }.\n");
        let _ = writeln!(out, "[policies.more]\nlabel = \"More {name}\"\nfrom = 2014-07-01\nramp_days = 90");
        let _ = writeln!(out, "set = {{ \"{path}\" = {{ times = 1.5, note = \"an example\" }} }}");
        out.push_str("\n# What the world itself did, with or without a policy:\n# [[changes]]\n# from = 2015-01-01\n");
        let _ = writeln!(out, "# set = {{ \"{path}\" = {{ add = 5 }} }}");
        out.push_str(
            "\n# What two countries let pass between each other, from a date on (\"none\", \"notices\", \"pool\"):\n",
        );
        out.push_str("# [[sharing]]\n# between = [\"AA\", \"BB\"]\n# from = 2015-01-01\n# regime = \"notices\"\n");
        out.push_str("\n# What is not known, for `sweep` and `sensitivity`:\n# [uncertain]\n");
        let _ = writeln!(out, "# \"{path}\" = {{ uniform = {{ low = 10, high = 40 }} }}");
    }
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
