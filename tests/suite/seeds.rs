//! What the sources say, and which rule carries it: a table whose rules exist and are at work in Europe.

use std::fmt::Write as _;

use forestall_model::{Kind, LoadOptions, Scenario, Scope, load, registry};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/model.md");

fn europe() -> Scenario {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/europe-all-rules.toml");
    let read = |name: &str| std::fs::read_to_string(name).map_err(|e| e.to_string());
    let plan = load(&registry(), path, &read, &LoadOptions::default()).unwrap_or_else(|d| panic!("{d}"));
    plan.arm(None).unwrap_or_else(|d| panic!("{d}"))
}

/// Every value of a parameter: of the world, or of each country, at each time.
fn values(scenario: &Scenario, table: usize, parameter: usize, scope: Scope) -> Vec<f64> {
    let mut all = Vec::new();
    for snapshot in &scenario.snapshots {
        if scope == Scope::World {
            all.push(snapshot.values.world[table][parameter]);
        } else {
            all.extend(snapshot.values.countries.iter().map(|tables| tables[table][parameter]));
        }
    }
    all
}

/// The values in words: one, or from the least to the greatest.
fn range(kind: Kind, values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if least == most { kind.write(least) } else { format!("{} to {}", kind.write(least), kind.write(most)) }
}

#[test]
fn every_statement_of_the_sources_is_carried_by_a_rule_that_is_at_work() {
    let page = std::fs::read_to_string(PAGE).expect("page");
    let scenario = europe();
    let registry = registry();
    let (begin, end) = ("<!-- seeds: europe-all-rules -->", "<!-- end -->");
    let from = page.find(begin).expect("the table's mark") + begin.len();
    let to = from + page[from..].find(end).expect("the table's end");
    let mut seeds = 0;
    let mut written = String::new();
    for line in page[from..to].lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let path = cells.get(4).map(|cell| cell.trim_matches('`')).filter(|cell| cell.contains('.'));
        let Some((table_name, name)) = path.and_then(|path| path.split_once('.')) else {
            written.push_str(line);
            written.push('\n');
            continue;
        };
        seeds += 1;
        let slot = registry.slot(table_name, name).unwrap_or_else(|| panic!("no parameter {table_name}.{name}"));
        let (at, table) = registry.table(table_name).expect("its table");
        let found = values(&scenario, at, slot.parameter, table.scope);
        // Neutral is said of a rule as a whole: it is at work where one of the settings that switch it off is not made.
        let at_work = table.neutral.iter().any(|(neutral, value)| {
            let slot = registry.slot(table_name, neutral).expect("a parameter of the table");
            values(&scenario, at, slot.parameter, table.scope).iter().any(|x| x != value)
        });
        assert!(at_work, "{table_name} stands at its neutral setting in Europe: {line}");
        let own = table.neutral.iter().find(|(neutral, _)| *neutral == name);
        assert!(
            own.is_none_or(|(_, value)| found.iter().any(|x| x != value)),
            "{table_name}.{name} stands at its neutral setting in Europe"
        );
        let value = range(registry.parameter(slot).kind, &found);
        let _ = writeln!(written, "| {} | {} | {} | `{table_name}.{name}` | {value} |", cells[1], cells[2], cells[3]);
    }
    assert!(seeds >= 30, "only {seeds} statements");
    let new = format!("{}{}{}", &page[..from], written, &page[to..]);
    if std::env::var_os("FORESTALL_BLESS").is_some() {
        std::fs::write(PAGE, &new).expect("page written");
    } else {
        assert!(new == page, "values in docs/model.md are not those of the scenario: use FORESTALL_BLESS=1");
    }
}
