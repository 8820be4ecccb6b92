//! The direction of the house: rooms may use only the rooms before them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up; rooms on one line stand beside each other and may not use each other.
const FLOORS: [&[&str]; 16] = [
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
    &["fuzzing"],
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

/// The folder of mechanisms.
fn mechanisms() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/model/src/model/mechanisms")
}

/// The mechanism of a file under `mechanisms`: its group and name; a folder in a group is one mechanism.
fn mechanism(path: &Path) -> Option<(String, String)> {
    let inside = path.strip_prefix(mechanisms()).ok()?;
    let parts: Vec<String> = inside.iter().map(|p| p.to_string_lossy().trim_end_matches(".rs").to_string()).collect();
    (parts.len() > 1 && parts[1] != "mod").then(|| (parts[0].clone(), parts[1].clone()))
}

/// How far up a file of a mechanism may reach with `super::`: a part of a folder may name the folder itself.
fn reach(path: &Path) -> usize {
    let depth = path.strip_prefix(mechanisms()).map_or(0, |inside| inside.iter().count());
    usize::from(depth > 2 && path.file_name().is_some_and(|f| f != "mod.rs"))
}

/// Where the code of a mechanism names another one, or the folder that wires them.
fn names_another(text: &str, reach: usize) -> Vec<String> {
    let mut found = Vec::new();
    let (code, tests) = text.split_once("#[cfg(test)]").unwrap_or((text, ""));
    for (part, up) in [(code, reach), (tests, reach + 1)] {
        for line in part.lines().filter(|l| !l.trim_start().starts_with("//")) {
            let too_far = line.contains(&"super::".repeat(up + 1));
            if too_far || ["mechanisms::", "wiring::", "mechanisms as", "{mechanisms"].iter().any(|w| line.contains(w))
            {
                found.push(line.trim().to_string());
            }
        }
    }
    found
}

#[test]
fn no_mechanism_names_another() {
    let mut wrong = Vec::new();
    let mut files = 0;
    for path in all_sources().iter().filter(|p| mechanism(p).is_some()) {
        let text = fs::read_to_string(path).expect("readable source");
        wrong.extend(names_another(&text, reach(path)).into_iter().map(|l| format!("{}: {l}", path.display())));
        files += 1;
    }
    assert!(files > 30, "{files} files of mechanisms were read");
    assert!(wrong.is_empty(), "mechanisms that name another:\n{}", wrong.join("\n"));
}

#[test]
fn a_mechanism_that_names_another_would_be_seen() {
    for planted in [
        "use crate::model::mechanisms::services::subjects;",
        "use super::subjects;",
        "use super::super::population::stages;",
        "    super::stages::imprison(sim, id);",
        "    crate::model::mechanisms::sharing::records::create(sim, id, c);",
        "use crate::model::mechanisms as all;",
        "    crate::model::wiring::recompute_all(sim);",
    ] {
        let text = format!("//! A file.\n\nuse crate::model::sim::Sim;\n{planted}\n");
        assert_eq!(names_another(&text, 0), [planted.trim()], "{planted}");
        let hidden = format!("fn rule() {{\n{planted}\n}}\n#[cfg(test)]\nmod tests {{\n    use super::*;\n}}\n");
        assert_eq!(names_another(&hidden, 0).len(), 1, "{planted}");
    }
    assert!(names_another("// use super::subjects;\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n", 0).is_empty());
    assert!(names_another("    super::next(sim, c);\n", 1).is_empty(), "a part may name its own folder");
    assert_eq!(names_another("    super::super::subjects::open(sim);\n", 1).len(), 1);
}

#[test]
fn one_folder_names_all_mechanisms_and_no_other_does() {
    let model = mechanisms().join("..").canonicalize().expect("the model's folder");
    let wires: Vec<PathBuf> = all_sources().into_iter().filter(|p| p.starts_with(model.join("wiring"))).collect();
    let wiring: String = wires.iter().map(|p| fs::read_to_string(p).expect("wiring")).collect();
    // The observation model turns what happened into what is published: it runs when rows are written.
    let rows = fs::read_to_string(model.join("../outcome/tables.rs")).expect("rows");
    for path in all_sources() {
        let text = fs::read_to_string(&path).expect("readable source");
        match mechanism(&path) {
            // A mechanism that is parameters alone is asked through them and needs no wire.
            Some((_, name)) if text.contains("\npub(crate) fn ") && reach(&path) == 0 => {
                let wired = wiring.contains(&name) || (name == "observation" && rows.contains(&name));
                assert!(wired, "wiring does not name {name}");
            }
            Some(_) => {}
            None => {
                let own = path.starts_with(&model) && !path.starts_with(mechanisms());
                let may = ["parameters.rs", "mod.rs", "tests.rs"];
                let named = text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains("mechanisms::"));
                let listed = path.file_name().is_some_and(|f| may.contains(&f.to_string_lossy().as_ref()));
                let allowed = listed || wires.contains(&path);
                assert!(!own || !named || allowed, "{} names a mechanism", path.display());
            }
        }
    }
}

/// What the library may not do: read the command line, print, or end the process.
fn oversteps(text: &str) -> Vec<&'static str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
    let refused = ["env::args", "current_exe", "println!(", " print!(", "eprint", "process::exit", "dbg!("];
    refused.into_iter().filter(|word| lines.iter().any(|line| line.contains(word))).collect()
}

#[test]
fn the_library_never_prints_exits_or_reads_arguments() {
    for path in all_sources().iter().filter(|p| room(p) != "cli" && room(p) != "main") {
        if path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests")) {
            continue;
        }
        let found = oversteps(&fs::read_to_string(path).expect("readable source"));
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
    assert_eq!(oversteps("fn f() { println!(\"{}\", std::env::args().count()); }"), ["env::args", "println!("]);
    assert!(oversteps("// println!(\"no\")\n#[cfg(test)]\nmod tests { fn f() { println!(); } }").is_empty());
}

#[test]
fn the_command_line_goes_through_the_front_door() {
    for path in all_sources().iter().filter(|p| ["cli", "main", "lib"].contains(&room(p).as_str())) {
        let text = fs::read_to_string(path).expect("readable source");
        assert!(!text.contains("::rooms::"), "{} goes past the front door", path.display());
    }
}

/// The packages that a member of the workspace is built from, itself included, tests and benches left out.
fn closure(metadata: &serde_json::Value, member: &str) -> BTreeSet<String> {
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let nodes = list(&metadata["resolve"]["nodes"]);
    let name_of = |id: &str| {
        let packages = list(&metadata["packages"]);
        let package = packages.iter().find(|p| p["id"] == id).expect("every node is a package");
        package["name"].as_str().expect("a name").to_owned()
    };
    let start = nodes.iter().find_map(|n| n["id"].as_str().filter(|id| name_of(id) == member)).expect("a member");
    let (mut ids, mut next) = (BTreeSet::from([start.to_owned()]), vec![start.to_owned()]);
    while let Some(id) = next.pop() {
        let node = nodes.iter().find(|n| n["id"] == id.as_str()).expect("resolved");
        for dependency in list(&node["deps"]) {
            // `null` is an ordinary dependency; `dev` and `build` are not in the program.
            let ordinary = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let id = dependency["pkg"].as_str().expect("an id").to_owned();
            if ordinary && ids.insert(id.clone()) {
                next.push(id);
            }
        }
    }
    ids.iter().map(|id| name_of(id)).collect()
}

#[test]
fn crates_are_built_from_what_they_may_know() {
    // What the program is built from has been fetched; what only the Python package needs is fetched here if it was
    // never built. Packages for other systems need not be there.
    let rustc = std::process::Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let about = String::from_utf8_lossy(&rustc.stdout).to_string();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let upper = ["forestall", "forestall-report", "forestall-study"];
    let may_not: [(&str, &[&str]); 3] = [
        ("forestall-model", &["plotters", "resvg", "parquet", "clap", "rayon", "crossbeam-deque", "console", "anyhow"]),
        ("forestall-study", &["plotters", "resvg", "clap", "console", "anyhow"]),
        ("forestall-report", &["clap", "console", "anyhow"]),
    ];
    for (place, (member, refused)) in may_not.into_iter().enumerate() {
        let built = closure(&metadata, member);
        let above = if member == "forestall-model" { &upper[..] } else { &upper[..3 - place] };
        for name in refused.iter().chain(above).filter(|name| **name != member) {
            assert!(!built.contains(*name), "{member} is built from {name}");
        }
    }
    // The reading itself sees what is there.
    let program = closure(&metadata, "forestall");
    for name in ["plotters", "resvg", "parquet", "clap", "rayon", "forestall-model"] {
        assert!(program.contains(name), "the program is not built from {name}, or the test reads nothing");
    }
}
