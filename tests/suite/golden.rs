//! Results that may change only on purpose: a change here belongs in the changelog under "changes that alter results".

use sha2::Digest;

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

fn row_text(rows: &forestall_model::Rows) -> String {
    rows.replications.columns().map(|(name, column)| format!("{name} = {}\n", column.text(0))).collect()
}

/// The golden results that a version of results stands for, one line a version: the version, then the digest of all
/// golden files but the schema.
const VERSIONS: &str = "versions.txt";

/// Columns that came after the version of results was raised last: runs of that version made before lack them, and
/// nothing else may differ. A folder that such a run began is refused by its digest. Emptied when the version rises.
const ADDED: [&str; 1] = ["attacks_expected"];

/// A golden file as it was when the version of results was raised.
fn without_added(text: &str) -> String {
    let added = |line: &&str| ADDED.iter().any(|name| line.split(' ').next() == Some(*name));
    text.lines().filter(|line| !added(line)).map(|line| format!("{line}\n")).collect()
}

/// The line for this program if the history does not say so already; refused where results changed under an old version.
fn verdict(history: &str, version: u32, digest: &str) -> Result<Option<String>, String> {
    let last = history.lines().rev().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let Some((known, stored)) = last.and_then(|line| line.split_once(' ')) else {
        return Ok(Some(format!("{version} {digest}")));
    };
    let known: u32 = known.parse().map_err(|_| format!("`{known}` is no version"))?;
    match (known.cmp(&version), stored == digest) {
        (std::cmp::Ordering::Equal, true) => Ok(None),
        (std::cmp::Ordering::Equal, false) => Err(format!(
            "golden results changed but RESULTS_VERSION is still {version}: raise it in crates/study/src/results/mod.rs and \
             say in CHANGELOG.md, under \"Changes that alter results\", what changes and why"
        )),
        (std::cmp::Ordering::Less, _) => Ok(Some(format!("{version} {digest}"))),
        (std::cmp::Ordering::Greater, _) => Err(format!("RESULTS_VERSION fell from {known} to {version}")),
    }
}

#[test]
fn results_change_only_with_their_version() {
    let folder = format!("{}/tests/golden", env!("CARGO_MANIFEST_DIR"));
    let mut digest = sha2::Sha256::new();
    for name in ["busy.txt", "europe.txt"] {
        let text = std::fs::read_to_string(format!("{folder}/{name}")).expect("golden file");
        digest.update(without_added(&text));
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let path = format!("{folder}/{VERSIONS}");
    let history = std::fs::read_to_string(&path).unwrap_or_default();
    let version = forestall_study::rooms::results::RESULTS_VERSION;
    match verdict(&history, version, &digest) {
        Err(wrong) => panic!("{wrong}"),
        Ok(None) => {}
        Ok(Some(line)) => {
            assert!(
                std::env::var_os("FORESTALL_BLESS").is_some(),
                "RESULTS_VERSION is {version}, which tests/golden/{VERSIONS} does not know: use FORESTALL_BLESS=1"
            );
            std::fs::write(&path, format!("{history}{line}\n")).expect("history written");
        }
    }
}

#[test]
fn results_that_change_without_their_version_would_be_seen() {
    let history = "# version, digest\n1 aaaa\n2 bbbb\n";
    assert_eq!(verdict(history, 2, "bbbb"), Ok(None));
    assert!(verdict(history, 2, "cccc").is_err_and(|e| e.contains("raise it")), "changed without a rise");
    assert!(verdict(history, 1, "aaaa").is_err_and(|e| e.contains("fell")), "fell back");
    assert_eq!(verdict(history, 3, "cccc"), Ok(Some("3 cccc".into())));
    assert_eq!(verdict(history, 3, "bbbb"), Ok(Some("3 bbbb".into())), "a rise without a change is allowed");
    assert_eq!(
        without_added("a = 1\nattacks_expected = 2\nattacks_expected_more = 3\n"),
        "a = 1\nattacks_expected_more = 3\n"
    );
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
    let schema = forestall_model::json_schema(&forestall_model::registry());
    let text = serde_json::to_string_pretty(&schema).expect("schema") + "\n";
    let path = format!("{}/docs/scenario.schema.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FORESTALL_BLESS").is_some() {
        std::fs::write(&path, &text).expect("schema written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == stored, "docs/scenario.schema.json is out of date: use FORESTALL_BLESS=1");
}
