//! The documents agree with the code and with each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use forestall_model::{Scope, TableInfo, columns};

/// Widest line of prose; rows of tables cannot be broken and may be wider.
const WIDEST: usize = 120;

/// Sections of a mechanism's page, in their order.
const SECTIONS: [&str; 7] =
    ["Rule", "Parameters", "Assumptions", "Sources", "Neutral setting", "Checks", "What it leaves out"];

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All Markdown files of the project, in order.
fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("docs is a folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                found.push(path);
            }
        }
    }
    found.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(|name| root().join(name)));
    found.sort();
    found
}

fn pages() -> Vec<PathBuf> {
    let index = |p: &PathBuf| p.file_name().is_some_and(|n| n == "README.md");
    documents().into_iter().filter(|p| p.starts_with(root().join("docs/mechanisms")) && !index(p)).collect()
}

pub fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::World => "one value for the world",
        Scope::Country => "a common default, and a value for each country that differs",
        Scope::CountryEntry => "an attribute of each `[[countries]]` entry",
        Scope::MovementEntry => "an attribute of each `[[movements]]` entry",
        Scope::LanguageEntry => "an attribute of each `[[languages]]` entry",
    }
}

fn parameter_table(info: &TableInfo) -> String {
    let mut out = format!("Table `{}`: {}.\n\n", info.name, scope(info.scope));
    out += "| parameter | unit | default | range | evidence | meaning |\n|---|---|---|---|---|---|\n";
    for p in info.parameters {
        let (default, range) = (p.kind.write(p.default), p.kind.expectation());
        let cells = [p.unit, &default, &range, p.evidence, p.meaning].map(cell);
        out += &format!("| `{}` | {} |\n", p.name, cells.join(" | "));
    }
    let neutral: Vec<String> = info
        .neutral
        .iter()
        .map(|(name, value)| {
            let kind = info.parameters.iter().find(|p| p.name == *name).map(|p| p.kind);
            let kind = kind.unwrap_or_else(|| panic!("{}: the neutral setting names no parameter {name}", info.name));
            assert!(kind.admits(*value), "{}.{name}: the neutral value {value} is out of range", info.name);
            format!("`{name} = {}`", kind.write(*value))
        })
        .collect();
    out += "\nNeutral:\n\n";
    for setting in neutral {
        out += &format!("- {setting}\n");
    }
    out
}

fn outcome_table() -> String {
    let mut out = "| column | unit | type | meaning |\n|---|---|---|---|\n".to_owned();
    for c in columns() {
        let kind = if c.whole { "whole" } else { "number" };
        out += &format!("| `{}` | {} | {kind} | {} |\n", c.name, cell(c.unit), cell(c.meaning));
    }
    out
}

/// A document with what stands between `begin` and the end mark replaced; `None` without such a block.
pub fn with_block(text: &str, begin: &str, block: &str) -> Option<String> {
    const END: &str = "<!-- end -->";
    let from = text.find(begin)? + begin.len();
    let to = from + text[from..].find(END).unwrap_or_else(|| panic!("`{begin}` has no `{END}`"));
    Some(format!("{}\n\n{}\n{}", &text[..from], block, &text[to..]))
}

/// Checks a generated document, or writes it where `FORESTALL_BLESS=1` asks for that.
pub fn hold(path: &Path, wanted: &str) {
    if fs::read_to_string(path).is_ok_and(|kept| kept == wanted) {
        return;
    }
    if std::env::var("FORESTALL_BLESS").is_ok_and(|v| v == "1") {
        fs::create_dir_all(path.parent().expect("a document lies in a folder")).expect("its folder can be made");
        fs::write(path, wanted).expect("a document can be written");
    } else {
        panic!("{} differs from the code; run the tests once with FORESTALL_BLESS=1", path.display());
    }
}

#[test]
fn every_table_of_parameters_has_a_page_that_holds_it() {
    let registry = forestall_model::registry();
    let mut missing: BTreeSet<&str> = registry.tables().iter().map(|t| t.name).collect();
    for page in pages() {
        let mut text = read(&page);
        for info in registry.tables() {
            if let Some(wanted) =
                with_block(&text, &format!("<!-- parameters: {} -->", info.name), &parameter_table(info))
            {
                assert!(missing.remove(info.name), "{}: `{}` has another page already", page.display(), info.name);
                text = wanted;
            }
        }
        let blocks = text.matches("<!-- parameters: ").count();
        let filled = text.matches("\nTable `").count();
        assert_eq!(blocks, filled, "{}: a block names a table that does not exist", page.display());
        hold(&page, &text);
    }
    assert!(missing.is_empty(), "tables without a page: {missing:?}");
}

#[test]
fn every_outcome_is_listed() {
    let page = root().join("docs/outcomes.md");
    let wanted = with_block(&read(&page), "<!-- outcomes -->", &outcome_table()).expect("the page has the block");
    hold(&page, &wanted);
}

#[test]
fn every_mechanism_of_the_model_has_a_page_in_the_index() {
    let index = read(&root().join("docs/mechanisms/README.md"));
    let pages = pages();
    for page in &pages {
        let name = page.file_name().and_then(|n| n.to_str()).expect("a page has a plain name");
        assert!(index.contains(&format!("]({name})")), "{name} is not in the index");
    }
    for number in 1..=31 {
        let prefix = format!("M{number:02}-");
        let found = pages.iter().filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix)));
        assert_eq!(found.count(), 1, "M{number} has one page");
    }
}

#[test]
fn every_page_has_the_same_sections() {
    for page in pages() {
        let text = read(&page);
        let found: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("## ")).collect();
        assert_eq!(found, SECTIONS, "{}", page.display());
    }
}

/// The targets of inline links of a document, code left out.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if fenced || line.starts_with("    ") {
            continue;
        }
        // Every second piece between backticks is code.
        for plain in line.split('`').step_by(2) {
            for part in plain.split("](").skip(1) {
                found.extend(part.split(')').next().map(str::to_owned));
            }
        }
        for part in line.split("`](").skip(1) {
            found.extend(part.split(')').next().map(str::to_owned));
        }
    }
    found
}

/// The anchors that headings of a document make.
fn anchors(text: &str) -> BTreeSet<String> {
    let heading = |line: &str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase());
    let slug = |title: String| -> String {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().replace(' ', "-")
    };
    text.lines().filter_map(heading).map(slug).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = read(&document);
        let folder = document.parent().expect("a document lies in a folder");
        for link in links(&text) {
            if link.starts_with("http://") || link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(f, a)| (f, Some(a)));
            let target = if file.is_empty() { document.clone() } else { folder.join(file) };
            // The figure of the README is drawn from results and may not have been drawn yet.
            let drawn = file.starts_with("docs/figures/");
            let leads = drawn
                || (target.exists() && anchor.is_none_or(|a| target.is_dir() || anchors(&read(&target)).contains(a)));
            if !leads {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

#[test]
fn every_document_can_be_reached() {
    let mut reached = BTreeSet::new();
    let mut next = vec![root().join("README.md")];
    while let Some(document) = next.pop() {
        let Ok(document) = document.canonicalize() else { continue };
        if document.extension().is_none_or(|e| e != "md") || !reached.insert(document.clone()) {
            continue;
        }
        let folder = document.parent().expect("a document lies in a folder").to_path_buf();
        next.extend(links(&read(&document)).iter().map(|l| folder.join(l.split('#').next().unwrap_or_default())));
    }
    for document in documents() {
        let document = document.canonicalize().expect("a document exists");
        assert!(reached.contains(&document), "no link leads from the README to {}", document.display());
    }
}

/// The numbers of facts that a text names, such as 12 for `F12`, ranges such as `F20–F22` included.
fn facts_named(text: &str) -> BTreeSet<u32> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '–').collect();
    let number = |word: &str| word.strip_prefix('F').and_then(|n| n.parse::<u32>().ok());
    let mut found = BTreeSet::new();
    for word in words {
        match word.split_once('–') {
            Some((a, b)) => {
                if let (Some(a), Some(b)) = (number(a), number(b)) {
                    found.extend(a..=b);
                }
            }
            None => found.extend(number(word)),
        }
    }
    found
}

#[test]
fn every_fact_that_is_named_has_a_row() {
    let table = read(&root().join("docs/facts.md"));
    let mut rows: BTreeMap<u32, &str> = BTreeMap::new();
    for line in table.lines() {
        if let Some(rest) = line.strip_prefix("- **F")
            && let Some((number, rest)) = rest.split_once("** (")
            && let Ok(number) = number.parse()
        {
            assert!(rows.insert(number, rest).is_none(), "F{number} has two rows");
            let marked = ["read", "secondary", "unverified"].iter().any(|mark| rest.starts_with(mark));
            assert!(marked, "F{number} does not say how we know it");
        }
    }
    let registry = forestall_model::registry();
    for info in registry.tables() {
        for p in info.parameters {
            let named = facts_named(p.evidence);
            let lost: Vec<&u32> = named.iter().filter(|n| !rows.contains_key(n)).collect();
            assert!(lost.is_empty(), "{}.{}: no row for F{lost:?}", info.name, p.name);
            let known = !named.is_empty()
                || ["assumed", "lever"].iter().any(|word| p.evidence.contains(word))
                || (p.evidence == "F-residents" && table.contains("**F-residents**"));
            assert!(known, "{}.{}: `{}` is no evidence mark", info.name, p.name, p.evidence);
        }
    }
    for document in documents() {
        for number in facts_named(&read(&document)) {
            assert!(rows.contains_key(&number), "{}: no row for F{number}", document.display());
        }
    }
}

#[test]
fn lines_of_prose_fit_a_screen() {
    for document in documents() {
        for (number, line) in read(&document).lines().enumerate() {
            let fits = line.starts_with('|') || line.chars().count() <= WIDEST;
            assert!(fits, "{}:{}: {} columns", document.display(), number + 1, line.chars().count());
        }
    }
}

#[test]
fn the_worked_example_is_the_one_that_is_compiled() {
    let folder = root().join("examples/announced_amnesty");
    let patch = read(&folder.join("amnesty.patch"));
    let added: Vec<&str> =
        patch.lines().filter(|l| !l.starts_with("+++")).filter_map(|l| l.strip_prefix('+')).collect();
    let compiled = read(&folder.join("amnesty.rs"));
    let text = read(&root().join("CONTRIBUTING.md"));
    let blocks: Vec<&str> = text.split("```rust\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() >= 6, "the example has its steps");
    for block in blocks {
        let added_so = || block.lines().all(|line| added.iter().any(|l| l.trim() == line.trim()));
        assert!(
            compiled.contains(block) || added_so(),
            "CONTRIBUTING shows code that the example does not hold:\n{block}"
        );
    }
    // The example still applies: what it changes stands in the tree as the patch remembers it.
    let mut file = String::new();
    for line in patch.lines() {
        if let Some(path) = line.strip_prefix("+++ b/") {
            file = read(&root().join(path));
        } else if let Some(old) =
            line.strip_prefix(' ').or_else(|| line.strip_prefix('-').filter(|l| !l.starts_with("--")))
        {
            assert!(file.lines().any(|l| l == old), "the patch of the example remembers a line that is gone:\n{old}");
        }
    }
}

#[test]
fn a_mechanism_costs_at_most_six_places() {
    let patch = read(&root().join("examples/announced_amnesty/amnesty.patch"));
    let place = |path: &str| match path.rsplit_once('/') {
        // One row a kind; one line a wire.
        Some((folder, _)) if folder.ends_with("/kinds") || folder.ends_with("/wiring") => folder.to_owned(),
        // The line that names the file belongs to the file.
        Some((folder, "mod.rs")) if folder.contains("/mechanisms/") => format!("{folder}/amnesty.rs"),
        _ => path.to_owned(),
    };
    let touched = patch.lines().filter_map(|l| l.strip_prefix("+++ b/crates/model/src/")).map(place);
    let own = ["model/mechanisms/measures/amnesty.rs".to_owned(), "docs/mechanisms/amnesty.md".to_owned()];
    let places: BTreeSet<String> = touched.chain(own).collect();
    assert!(places.len() <= 6, "{places:?}");
    let taken = patch.lines().filter(|l| l.starts_with('-') && !l.starts_with("---")).count();
    assert!(taken <= 2, "a mechanism is added and changes almost nothing: {taken} lines");
}

#[test]
fn every_dependency_is_explained() {
    let text = read(&root().join("docs/dependencies.md"));
    let mut count = 0;
    let crates = ["crates/model/Cargo.toml", "crates/study/Cargo.toml", "crates/report/Cargo.toml"];
    for manifest in ["Cargo.toml", "python/Cargo.toml"].into_iter().chain(crates) {
        let mut inside = false;
        for line in read(&root().join(manifest)).lines() {
            if line.starts_with('[') {
                inside = line == "[dependencies]" || line == "[dev-dependencies]";
            } else if inside && let Some((name, _)) = line.split_once(" = ") {
                let name = name.trim_end_matches(".workspace");
                // The crates of the house are explained in the architecture.
                if name != "forestall" && !name.starts_with("forestall-") {
                    assert!(text.contains(&format!("**{name}**")), "docs/dependencies.md does not explain {name}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 20, "the manifests were read");
}

#[test]
fn the_page_of_verification_names_every_case_and_its_commands_are_valid() {
    use forestall_study::rooms::verification::{CASES, Values, case, comparisons};
    let page = read(&root().join("docs/verification.md"));
    for case in CASES {
        let names = case.keys.iter().map(|k| k.name).chain(case.quantities.iter().map(|q| q.name));
        for name in names.chain([case.name]) {
            assert!(
                page.contains(&format!("`{name}`")),
                "docs/verification.md does not name `{name}` of {}",
                case.name
            );
        }
        for quantity in case.quantities {
            let row = format!("| `{}` | `{}` |", case.name, quantity.name);
            assert!(page.contains(&row), "the measured table has no row {row}");
        }
    }
    assert!(page.contains(&format!("{} comparisons", comparisons())), "the number of comparisons has changed");
    assert!(!page.contains("DISAGREES"));
    let mut commands = 0;
    for document in documents() {
        for line in read(&document).lines().filter_map(|l| l.strip_prefix("forestall verify")) {
            let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
            let Some(name) = words.first().filter(|w| !w.starts_with('-')) else { continue };
            let case = case(name).unwrap_or_else(|e| panic!("{}: {e}", document.display()));
            let mut values = Values::shipped(case);
            for pair in words.windows(2).filter(|w| w[0] == "--set") {
                values.assign(pair[1]).unwrap_or_else(|e| panic!("{}: {e}", document.display()));
            }
            commands += 1;
        }
    }
    assert!(commands >= 3, "commands were read");
}
