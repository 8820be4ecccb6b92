//! Results that may change only on purpose: a change here belongs in the changelog under "changes that alter results".

use crate::worlds::{BUSY, digest, facts, plan, rows, shipped, try_plan};

/// Compares with the stored text, or stores it with `FORESTALL_BLESS=1`.
fn hold(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FORESTALL_BLESS").is_some() {
        std::fs::write(&path, text).expect("golden file written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    for (new, old) in text.lines().zip(stored.lines()) {
        assert_eq!(
            new, old,
            "{name}: results changed; if on purpose, say so in CHANGELOG.md and use FORESTALL_BLESS=1"
        );
    }
    assert_eq!(text, stored, "{name}: results changed");
}

fn row_text(rows: &forestall_model::outcome::tables::Rows) -> String {
    rows.replications.columns().map(|(name, column)| format!("{name} = {}\n", column.text(0))).collect()
}

#[test]
fn the_busy_world_gives_what_it_gave() {
    let plan = plan(BUSY);
    let mut text = row_text(&rows(&plan, None, 0));
    let (all, _) = facts(&plan, None, 0);
    text += &format!("facts = {}\ndigest = {:016x}\n", all.len(), digest(&all, &[]));
    hold("busy.txt", &text);
}

#[test]
fn europe_gives_what_it_gave() {
    let plan = try_plan(&shipped("europe-hand-set"), &[]).unwrap_or_else(|d| panic!("{d}"));
    hold("europe.txt", &row_text(&rows(&plan, None, 0)));
}

#[test]
fn the_schema_on_disk_is_the_schema_of_the_program() {
    let schema = forestall_model::scenario::schema::json_schema(&forestall_model::model::registry());
    let text = serde_json::to_string_pretty(&schema).expect("schema") + "\n";
    let path = format!("{}/docs/scenario.schema.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FORESTALL_BLESS").is_some() {
        std::fs::write(&path, &text).expect("schema written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == stored, "docs/scenario.schema.json is out of date: use FORESTALL_BLESS=1");
}
