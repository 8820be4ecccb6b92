//! The direction of the house: rooms may use only the rooms before them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up; rooms on one line stand beside each other and may not use each other.
const FLOORS: [&[&str]; 15] = [
    &["engine", "stats", "table"],
    &["scenario"],
    &["model"],
    &["outcome"],
    &["results"],
    &["montecarlo"],
    &["verification", "design"],
    &["analysis"],
    &["calibration", "optimization"],
    &["cluster", "replay"],
    &["study"],
    &["chart"],
    &["report"],
    &["assembly"],
    &["cli"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("source folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for house in ["src", "crates/model/src", "crates/study/src", "crates/report/src"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(house), &mut files);
    }
    files.sort();
    files
}

/// The room of a file: the first folder under its crate's `src`, or the file's own stem.
fn room(path: &Path) -> String {
    let parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().to_string()).collect();
    let src = parts.iter().rposition(|part| part == "src").expect("under src");
    parts[src + 1].trim_end_matches(".rs").to_string()
}

/// Rooms that a text refers to as `crate::ROOM` or through another crate of the house, test modules left out.
fn used_rooms(text: &str) -> BTreeSet<String> {
    let code: String = text.split("#[cfg(test)]").next().unwrap_or_default().to_string();
    let mut rooms = BTreeSet::new();
    // Rooms behind the front door are the same rooms.
    let code = code.replace("forestall_study::rooms::", "forestall_study::");
    for line in code.lines().filter(|l| !l.trim_start().starts_with("//")) {
        for house in ["crate::", "forestall_model::", "forestall_study::", "forestall_report::"] {
            for part in line.split(house).skip(1) {
                let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                rooms.insert(name);
            }
        }
    }
    rooms
}

fn arrows_back(from: &str, text: &str) -> Vec<String> {
    let Some(here) = floor(from) else { return Vec::new() };
    used_rooms(text)
        .into_iter()
        .filter(|to| to != from)
        .filter(|to| floor(to).is_some_and(|there| there >= here))
        .map(|to| format!("{from} uses {to}"))
        .collect()
}

#[test]
fn no_arrow_points_back() {
    let mut wrong = Vec::new();
    for path in all_sources() {
        let text = fs::read_to_string(&path).expect("readable source");
        for arrow in arrows_back(&room(&path), &text) {
            wrong.push(format!("{}: {arrow}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "arrows that point back:\n{}", wrong.join("\n"));
}

#[test]
fn an_arrow_that_points_back_would_be_seen() {
    assert_eq!(arrows_back("engine", "use crate::model::world::World;\n"), ["engine uses model"]);
    assert!(arrows_back("cli", "use crate::model::registry;").is_empty());
}

#[test]
fn every_room_has_its_place() {
    let known: BTreeSet<&str> = FLOORS.iter().flat_map(|f| f.iter().copied()).chain(["lib", "main", "rooms"]).collect();
    for path in all_sources() {
        assert!(known.contains(room(&path).as_str()), "{} is in no known room", path.display());
    }
}

#[test]
fn every_file_opens_with_its_duty() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).expect("readable source");
        assert!(text.starts_with("//! "), "{} does not open with one //! sentence", path.display());
    }
}

#[test]
fn the_engine_knows_no_domain_word() {
    let words = ["plot", "terror", "sympathiser", "recruit", "fighter", "surveillance", "country"];
    for path in all_sources().iter().filter(|p| room(p) == "engine") {
        let text = fs::read_to_string(path).expect("readable source").to_lowercase();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in words {
            // The one public example of a top-level name may be a country code.
            let count = code.matches(word).count()
                - code.matches("such as a country code").count().min(usize::from(word == "country"));
            assert_eq!(count, 0, "{} says `{word}`", path.display());
        }
    }
}

#[test]
fn nothing_asks_which_policy_it_is_in() {
    for path in all_sources().iter().filter(|p| room(p) == "model") {
        let text = fs::read_to_string(path).expect("readable source");
        for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
            assert!(!line.contains("policy"), "{}: {line}", path.display());
        }
    }
}
