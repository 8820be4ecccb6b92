//! The tables of docs/answers.md were written from runs of the scenarios as they stand: none is stale.

use forestall_study::{Overrides, Study};

/// One table: the scenario, what `--set` held, and the run that it was written from.
struct Written {
    kind: String,
    name: String,
    sets: Vec<String>,
    run: String,
}

fn written(page: &str) -> Vec<Written> {
    let kinds = ["effects", "against", "grid", "steps", "worth", "periods", "ranks", "rules", "mechanisms"];
    let blocks = page.split("<!-- ").skip(1).filter_map(|block| {
        let (mark, rest) = block.split_once(" -->")?;
        let (kind, about) = mark.split_once(": ")?;
        kinds.contains(&kind).then_some((kind, about, rest))
    });
    blocks
        .map(|(kind, about, rest)| {
            let mut fields = about.split('|').map(str::trim);
            let name = fields.next().unwrap_or("").to_owned();
            let sets = fields.next().unwrap_or("").split_whitespace().map(str::to_owned).collect();
            let run = rest.split_once(", run ").and_then(|(_, text)| text.split(';').next());
            Written { kind: kind.to_owned(), name, sets, run: run.unwrap_or("").to_owned() }
        })
        .collect()
}

fn hash(table: &Written) -> String {
    let overrides = Overrides { sets: table.sets.clone(), ..Overrides::default() };
    let study = Study::open(format!("scenarios/{}.toml", table.name), overrides).unwrap_or_else(|e| panic!("{e}"));
    study.hash()[..12].to_owned()
}

#[test]
fn no_table_of_the_answers_is_stale() {
    let page = std::fs::read_to_string("docs/answers.md").unwrap();
    let tables = written(&page);
    assert!(tables.len() > 20, "{} tables were found", tables.len());
    let stale: Vec<String> = tables
        .iter()
        .filter(|table| table.run != hash(table))
        .map(|t| format!("{} of {} {}: written from `{}`, now {}", t.kind, t.name, t.sets.join(" "), t.run, hash(t)))
        .collect();
    assert!(
        stale.is_empty(),
        "tables that another scenario gave; run it anew and write them by tests/python/answers.py:\n{}",
        stale.join("\n")
    );
}

#[test]
fn a_scenario_that_has_changed_since_would_be_seen() {
    let table = |sets: &[&str]| Written {
        kind: "effects".into(),
        name: "quickstart".into(),
        sets: sets.iter().map(|s| (*s).to_owned()).collect(),
        run: String::new(),
    };
    assert_ne!(hash(&table(&[])), hash(&table(&["peers.introductions_per_year=0.16"])));
    let page = "<!-- effects: quickstart | -->\n\n200 replications, seed 1, run abc123; attacks in the baseline: 3.\n";
    assert_eq!(written(page)[0].run, "abc123");
}
