//! Every help page and every kind of mistake as it is shown, kept beside: `FORESTALL_BLESS=1` writes them anew.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::cli::{Scratch, small, text};
use crate::docs::{hold, root};

/// The subcommands by their path, as help lists them.
const PATHS: [&str; 32] = [
    "",
    "run",
    "check",
    "init",
    "schema",
    "verify",
    "list",
    "replay",
    "sweep",
    "sweep plan",
    "sweep run",
    "sweep status",
    "sweep merge",
    "sweep submit",
    "sensitivity",
    "discover",
    "robust",
    "select",
    "compare",
    "decide",
    "score",
    "calibrate",
    "rivals",
    "optimize",
    "respond",
    "explore",
    "chart",
    "report",
    "export",
    "completions",
    "man",
    "help",
];

/// What the program says, with its exit code, at a fixed width and without colour.
pub fn said(scratch: &Scratch, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
    command.current_dir(&scratch.0).args(arguments).stdin(Stdio::null()).env("COLUMNS", "100").env("NO_COLOR", "1");
    let done = command.output().expect("program runs");
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

pub fn golden(name: &str) -> PathBuf {
    root().join("tests/golden/cli").join(name)
}

#[test]
fn every_help_page_is_the_one_kept_and_ends_with_two_examples() {
    let scratch = Scratch::new("help-pages");
    for path in PATHS.iter().filter(|path| **path != "help") {
        let words: Vec<&str> = path.split_whitespace().chain(["--help"]).collect();
        let (code, shown, told) = said(&scratch, &words);
        assert_eq!((code, told.as_str()), (Some(0), ""), "{path}");
        let (_, examples) = shown.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{path} has no examples"));
        let comments = examples.lines().filter(|line| line.starts_with("  # ")).count();
        let commands = examples.lines().filter(|line| line.contains("forestall") && !line.starts_with("  # ")).count();
        assert_eq!((comments, commands), (2, 2), "{path}\n{examples}");
        for line in shown.lines() {
            assert!(line.chars().count() <= 100, "{path}: {line}");
        }
        let name = if path.is_empty() { "forestall".to_owned() } else { path.replace(' ', "-") };
        hold(&golden(&format!("help-{name}.txt")), &shown);
    }
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let scratch = Scratch::new("manual");
    let (code, listed, told) = said(&scratch, &["man", "--out", "pages"]);
    assert_eq!(code, Some(0), "{told}");
    for path in PATHS.iter().filter(|path| **path != "help") {
        let name = format!("forestall {path}").trim_end().replace(' ', "-");
        let file = format!("pages/{name}.1");
        assert!(listed.lines().any(|line| line == file), "{file} is missing in\n{listed}");
        let page = std::fs::read_to_string(scratch.0.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(page.contains(".TH") && page.contains("Examples:"), "{file}");
        let words: Vec<&str> = std::iter::once("man").chain(path.split_whitespace()).collect();
        assert_eq!(said(&scratch, &words).1, page, "{file}");
    }
    assert_eq!(listed.lines().count(), PATHS.len() - 1);
    let (code, _, told) = said(&scratch, &["man", "sweep", "paln"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("there is no subcommand `paln`") && told.contains("plan, run, status"), "{told}");
}

/// Mistakes in a scenario: what is replaced in a small one, and by what.
const SCENARIO: [(&str, &str, &str); 34] = [
    ("a table that is not known", "[leads]", "[leeds]"),
    ("policies under another heading", "[policies.nothing]", "[policy.nothing]"),
    ("policies as a list", "[policies.nothing]\nlabel = \"Nothing\"", "[[policies]]\nname = \"nothing\""),
    ("a parameter that is not known", "committed_per_year", "comitted_per_year"),
    ("a parameter above the first table", "schema_version = 1", "schema_version = 1\nanalysts = 3"),
    ("a path that is not known", "\"services.analysts\" = 40", "\"services.analist\" = 40"),
    ("a country that is not there", "\"services.analysts\" = 40", "\"countries.XX.services.analysts\" = 40"),
    ("a decimal comma", "\"services.analysts\" = 40", "\"leads.committed_per_year\" = 0,15"),
    ("thousands with dots", "end = 2015-03-31", "end = 2015-03-31\nseed = 8.000.000"),
    ("thousands as a decimal", "\"services.analysts\" = 40", "\"services.analysts\" = 40.000"),
    ("a date with dots", "end = 2015-03-31", "end = 31.03.2015"),
    ("a date in quotes", "end = 2015-03-31", "end = \"2015-03-31\""),
    ("a date with dots in quotes", "end = 2015-03-31", "end = \"31.03.2015\""),
    ("a percentage as text", "\"services.analysts\" = 40", "\"services.analysts\" = \"+100 %\""),
    ("a percentage", "\"services.analysts\" = 40", "\"services.analysts\" = +100 %"),
    ("a number as text", "\"services.analysts\" = 40", "\"services.analysts\" = \"40\""),
    ("a share above one", "\"services.analysts\" = 40", "\"services.other_work_share\" = 15"),
    ("a fraction of a person", "\"services.analysts\" = 40", "\"services.analysts\" = 40.5"),
    ("below the range", "\"services.analysts\" = 40", "\"services.analysts\" = -40"),
    ("out of the range by a factor", "\"services.analysts\" = 40", "\"services.other_work_share\" = { times = 99 }"),
    ("two operations at once", "\"services.analysts\" = 40", "\"services.analysts\" = { times = 2, add = 1 }"),
    ("an operation that is not known", "\"services.analysts\" = 40", "\"services.analysts\" = { multiply = 2 }"),
    ("an empty set", "set = { \"services.analysts\" = 40 }", "set = {}"),
    ("no set", "set = { \"services.analysts\" = 40 }", ""),
    ("a policy before the scenario", "label = \"More analysts\"", "from = 2014-01-01"),
    ("a policy that ends before it begins", "label = \"More analysts\"", "from = 2015-03-01\nuntil = 2015-02-01"),
    ("a ramp longer than the run", "label = \"More analysts\"", "from = 2015-01-01\nramp_days = 400"),
    (
        "a change on no day of the run",
        "[policies.nothing]",
        "[[changes]]\nfrom = 2013-01-01\nuntil = 2013-02-01\nset = { \"services.analysts\" = 9 }\n[policies.nothing]",
    ),
    (
        "residents after the first day",
        "label = \"More analysts\"\nset = { \"services.analysts\" = 40 }",
        "from = 2015-02-01\nset = { \"countries.residents\" = 5 }",
    ),
    ("a language that nobody speaks", "[policies.nothing]", "[[languages]]\ncode = \"qq\"\n[policies.nothing]"),
    ("an end before the start", "end = 2015-03-31", "end = 2013-03-31"),
    ("no schema version", "schema_version = 1", ""),
    ("another schema version", "schema_version = 1", "schema_version = 2"),
    ("a file that is extended and not there", "schema_version = 1", "schema_version = 1\nextends = \"nowhere.toml\""),
];

/// Mistakes on the command line.
const COMMANDS: [&[&str]; 48] = [
    &["frobnicate"],
    &["rnu", "small.toml"],
    &["run"],
    &["run", "missing.toml"],
    &["run", "."],
    &["run", "notes.txt"],
    &["run", "small.toml", "--reps", "20"],
    &["run", "small.toml", "--runs", "20"],
    &["run", "small.toml", "--jobs", "2"],
    &["run", "small.toml", "--polices", "analysts"],
    &["run", "small.toml", "--policies", "analyst"],
    &["run", "small.toml", "--replications", "0"],
    &["run", "small.toml", "--replications", "many"],
    &["run", "small.toml", "--seed", "99999999999999"],
    &["run", "small.toml", "--until", "01.02.2015"],
    &["run", "small.toml", "--until", "tomorrow"],
    &["run", "small.toml", "--until", "2019-01-01"],
    &["run", "small.toml", "--set", "services.analysts"],
    &["run", "small.toml", "--set", "services.analyst=3"],
    &["run", "small.toml", "--set", "services.analysts=many"],
    &["run", "small.toml", "--set", "leads.committed_per_year=0,15"],
    &["run", "small.toml", "--set", "services.analysts=8.000.000"],
    &["run", "small.toml", "--set", "services.analysts=+100 %"],
    &["run", "small.toml", "--set", "services.pool_member=yes"],
    &["run", "small.toml", "--set", "sharing.A.B.regime=pol"],
    &["run", "small.toml", "--alternative", "other"],
    &["run", "small.toml", "--robust"],
    &["run", "small.toml", "--trust=0"],
    &["run", "small.toml", "--events", "99"],
    &["run", "small.toml", "--precision", "attacks_completed:rel=0.1"],
    &["run", "small.toml", "--precision", "attacks_completed=0.1", "--max-replications", "20"],
    &["run", "small.toml", "--precision", "attacks:rel=0.1", "--max-replications", "20"],
    &["run", "small.toml", "--threads", "0"],
    &["run", "small.toml", "--memory", "lots"],
    &["run", "small.toml", "-q", "-v"],
    &["schema", "--out", "x"],
    &["export", "x", "--json"],
    &["init", "--template", "quikstart"],
    &["init", "small.toml"],
    &["verify", "terror-queu"],
    &["list", "parameter"],
    &["replay", "nowhere", "--replication", "1"],
    &["sweep", "plan", "small.toml", "--design", "lhs", "--points", "4", "--lever", "services.analysts=many"],
    &["sweep", "run", "nowhere"],
    &["select", "small.toml", "--zone", "0.5", "--outcome", "attacks"],
    &["decide"],
    &["report", "nowhere"],
    &["calibrate", "small.toml", "--targets", "nowhere.toml"],
];

#[test]
fn every_mistake_is_told_as_it_is_kept() {
    let scratch = Scratch::new("mistakes-kept");
    scratch.file("small.toml", &small());
    scratch.file("notes.txt", "nothing of the kind\n");
    let mut all = String::new();
    for (what, from, to) in SCENARIO {
        let whole = small();
        assert!(whole.contains(from), "`{from}` is not in the scenario");
        scratch.file("wrong.toml", &whole.replacen(from, to, 1));
        let (code, shown, told) = said(&scratch, &["check", "wrong.toml", "--brief"]);
        assert!(matches!(code, Some(0 | 2)), "{what}: {code:?} {told}");
        assert!(told.contains("error") || told.contains("warning"), "{what} is not told:\n{shown}{told}");
        let _ = writeln!(all, "## {what}: exit code {}\n\n{}\n", code.unwrap_or(-1), told.trim_end());
    }
    for arguments in COMMANDS {
        let (code, _, told) = said(&scratch, arguments);
        assert!(code.is_some_and(|code| (1..=5).contains(&code)), "{arguments:?}: {code:?} {told}");
        assert!(!told.contains("panicked"), "{arguments:?}: {told}");
        let _ = writeln!(
            all,
            "## forestall {}: exit code {}\n\n{}\n",
            arguments.join(" "),
            code.unwrap_or(-1),
            told.trim_end()
        );
    }
    hold(&golden("mistakes.txt"), &all);
}
