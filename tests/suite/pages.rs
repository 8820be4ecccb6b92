//! Every analysis leaves one offline page: with its answer, what it cannot tell, and commands that the program takes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::cli::{Scratch, forestall, run_folder, small, text};
use crate::worlds::BUSY;

/// Text of a page as it is read.
fn unescaped(text: &str) -> String {
    let all = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    all.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The texts between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).filter_map(|rest| rest.split(to).next()).collect()
}

/// Runs a command that must succeed and say where its page is; holds the page to what every page is.
fn page(scratch: &Scratch, arguments: &[&str], path: &Path, words: &[&str]) -> String {
    let done = forestall(scratch, arguments);
    let told = text(&done.stdout);
    assert!(matches!(done.status.code(), Some(0 | 4)), "{arguments:?}: {}", text(&done.stderr));
    let line = told.lines().find_map(|line| line.strip_prefix("page: ")).unwrap_or_else(|| panic!("no page in {told}"));
    assert!(path.ends_with(line) || Path::new(line) == path, "{line} is not {}", path.display());
    let page = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for outside in ["http://", "https://", "src=\"", "<link", "@import", "<iframe", "url(/"] {
        assert!(!page.contains(outside), "{} contains {outside}", path.display());
    }
    assert_eq!(page.matches("<h1>").count(), 1);
    let answers = between(&page, "<p class=\"answer\">", "</p>");
    assert!(answers.len() == 1 && answers[0].len() > 20 && answers[0].ends_with('.'), "{answers:?}");
    for word in words.iter().chain(&["What this cannot tell you", "Where this comes from"]) {
        assert!(page.contains(word), "{} does not say {word}", path.display());
    }
    let mut ids = BTreeSet::new();
    for id in between(&page, " id=\"", "\"") {
        assert!(ids.insert(id), "the id {id} occurs twice in {}", path.display());
    }
    // A region of the page is told by its caption, so no two may have the same.
    let captions = between(&page, "-caption\">", "</p>");
    assert_eq!(captions.iter().collect::<BTreeSet<_>>().len(), captions.len(), "{captions:?}");
    let commands = between(&page, "<pre class=\"command\"><code>", "</code></pre>");
    assert!(!commands.is_empty(), "{} has no next command", path.display());
    for command in commands {
        let command = unescaped(command);
        assert!(told.contains(&command), "the screen does not say {command}:\n{told}");
        let Some(rest) = command.strip_prefix("forestall ") else { continue };
        // With `--help` behind it the program reads all flags, and refuses one that it does not know, but does nothing.
        let line = format!("'{}' {rest} --help", env!("CARGO_BIN_EXE_forestall"));
        let taken = Command::new("sh").args(["-c", &line]).current_dir(&scratch.0).output().expect("a shell");
        assert!(taken.status.success(), "{command}: {}", text(&taken.stderr));
    }
    page
}

fn out(scratch: &Scratch, file: &str) -> std::path::PathBuf {
    scratch.0.join("o").join(file)
}

#[test]
fn tables_of_any_model_get_pages() {
    let scratch = Scratch::new("pages-tables");
    let x = |i: u32, k: u32| f64::from((i * 37 + k * 11) % 101) / 101.0;
    let mut cases = "a,b,y\n".to_owned();
    let mut futures = "policy,future,attacks\n".to_owned();
    for i in 0..200 {
        let (a, b) = (x(i, 1), x(i * i + 3, 2));
        cases += &format!("{a},{b},{}\n", u8::from(a > 0.6 && b < 0.7));
        futures += &format!("steady,{i},5\nbold,{i},{}\n", if i % 4 == 0 { 11 } else { 3 });
    }
    scratch.file("cases.csv", &cases);
    scratch.file("futures.csv", &futures);
    let arguments = ["discover", "--table", "cases.csv", "--outcome", "y", "--inside", "y==1", "--out", "o"];
    let found = page(&scratch, &arguments, &out(&scratch, "discovery.html"), &["The limits of each box", "<svg"]);
    assert!(found.contains("<p class=\"answer\"><code>y==1</code> holds in "), "the answer names the condition");
    let arguments = ["robust", "--table", "futures.csv", "--outcome", "attacks", "--out", "o"];
    let found = page(&scratch, &arguments, &out(&scratch, "robustness.html"), &["Every policy", "<svg"]);
    assert!(found.contains("<p class=\"answer\">steady is the least regretted in 200 futures"), "the answer");
    scratch.file("d.csv", "attacks\n1\n2\n2\n5\n");
    scratch.file("o.csv", "quantity,observed\nattacks,2\n");
    let arguments = ["score", "--draws", "d.csv", "--observed", "o.csv", "--out", "o"];
    page(&scratch, &arguments, &out(&scratch, "scores.html"), &["Every quantity scored", "<svg"]);
    let mut draws = "a,p1,p2\n".to_owned();
    (0..60).for_each(|i| draws += &format!("{},0,{}\n", x(i, 5), 3.0 * x(i, 5) - 1.0));
    scratch.file("t.csv", &draws);
    let arguments = ["decide", "--table", "t.csv", "--parameters", "a", "--benefit", "p1,p2", "--out", "o"];
    page(&scratch, &arguments, &out(&scratch, "decision.html"), &["The options", "<svg"]);
    let problem =
        "[[parameters]]\nname = \"a\"\nlow = 0\nhigh = 1\n\n[[parameters]]\nname = \"b\"\nlow = 0\nhigh = 1\n";
    scratch.file("P.toml", problem);
    let planned = ["sweep", "plan", "--problem", "P.toml", "--design", "saltelli", "--base", "64", "--out", "d"];
    let done = forestall(&scratch, &planned);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let design = std::fs::read_to_string(scratch.0.join("d/design.csv")).expect("a design");
    let mut rows = design.lines();
    let head: Vec<&str> = rows.next().expect("a head").split(',').collect();
    let a = head.iter().position(|name| *name == "a").expect("a column");
    let response = rows.map(|row| format!("{}\n", row.split(',').nth(a).expect("a cell")));
    scratch.file("y.csv", &format!("y\n{}", response.collect::<String>()));
    let arguments =
        ["sensitivity", "--problem", "P.toml", "--design", "d/design.csv", "--response", "y.csv", "--out", "o"];
    let found = page(&scratch, &arguments, &out(&scratch, "sensitivity.html"), &["Every parameter", "<svg"]);
    assert!(found.contains("<p class=\"answer\">Of 2 parameters, a matters most for y"), "the answer");
}

#[test]
fn runs_of_a_scenario_get_pages() {
    let scratch = Scratch::new("pages-runs");
    scratch.file("small.toml", &small());
    for (seed, folder) in [("1", "a"), ("2", "b")] {
        let arguments = ["run", "small.toml", "--replications", "4", "--seed", seed, "--out", folder, "-q"];
        let done = forestall(&scratch, &arguments);
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let path = |out: &str| {
        let folder = run_folder(&scratch, out);
        folder.strip_prefix(&scratch.0).expect("in the scratch folder").to_string_lossy().to_string()
    };
    let (a, b) = (path("a"), path("b"));
    let arguments = ["compare", &a, &b, "--out", "o"];
    let words = ["The two runs", "Settings that differ", "Attacks prevented by each policy", "<svg"];
    page(&scratch, &arguments, &out(&scratch, "comparison.html"), &words);
    for file in ["comparison.json", "settings.csv", "outcomes.csv", "effects.csv", "charts/attacks_in_both.png"] {
        assert!(out(&scratch, file).is_file(), "{file}");
    }
    let arguments = [
        "select",
        "small.toml",
        "--zone",
        "0.5",
        "--procedure",
        "fixed",
        "--max-replications",
        "6",
        "-q",
        "--out",
        "o",
    ];
    page(&scratch, &arguments, &out(&scratch, "selection.html"), &["Every policy", "<svg"]);
    assert!(out(&scratch, "selection.json").is_file() && out(&scratch, "selection.csv").is_file());
    let arguments = ["replay", &a, "--replication", "1", "--policy", "analysts", "--out", "o", "-q"];
    let listed = page(&scratch, &arguments, &out(&scratch, "replay.html"), &["Which plots end otherwise"]);
    let json = std::fs::read_to_string(out(&scratch, "replay.json")).expect("written");
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let plot = value["policies"][0]["plots"][0]["plot"].as_str().expect("a plot ends otherwise");
    assert!(listed.contains(plot));
    let arguments = ["replay", &a, "--replication", "1", "--policy", "analysts", "--plot", plot, "--out", "o", "-q"];
    page(&scratch, &arguments, &out(&scratch, "replay.html"), &["The plot’s life", "<svg"]);
    let done = forestall(&scratch, &["replay", &a, "--summary", "-q"]);
    assert!(
        text(&done.stdout).contains("page: ") && text(&done.stdout).contains("report.html"),
        "{}",
        text(&done.stdout)
    );
}

#[test]
fn searches_leave_their_page_in_their_folder() {
    let scratch = Scratch::new("pages-searches");
    let month = BUSY.replace("2015-12-31", "2015-01-31").replace("warm_up_days = 120", "warm_up_days = 0");
    let unknown = "\n[uncertain]\n\"onset.spontaneous_per_million_per_year\" = { uniform = { low = 10, high = 110 } }\n\
                   \"intrusion.assessed_weight\" = { uniform = { low = 0.0, high = 1.0 } }\n\
                   [optimize]\nlevers = [\"services.analysts=10..60\"]\n";
    scratch.file("world.toml", &(month + unknown));
    let facts = "[[targets]]\npattern = \"Unprompted\"\nfact = \"made up\"\noutcome = \"onset_spontaneous\"\nlow = 81\n\
                 high = 102\n";
    scratch.file("facts.toml", facts);
    let folder = |out: &str| run_folder(&scratch, out);
    let calibrate = [
        "calibrate",
        "world.toml",
        "--targets",
        "facts.toml",
        "--particles",
        "20",
        "--replications",
        "1",
        "--draws",
        "5",
        "--simulations",
        "300",
        "-q",
        "--out",
        "c",
    ];
    // The folder has the name of a hash: the first run makes it, the second finds it done and writes the page again.
    assert!(forestall(&scratch, &calibrate).status.success());
    let path = folder("c").join("calibration.html");
    page(&scratch, &calibrate, &path, &["Every fact", "Every parameter", "printf", "<svg"]);
    let optimize = [
        "optimize",
        "world.toml",
        "--simulations",
        "40",
        "--population",
        "4",
        "--replications",
        "2",
        "--final-replications",
        "10",
        "--resamples",
        "100",
        "--without-random",
        "-q",
        "--out",
        "p",
    ];
    assert!(forestall(&scratch, &optimize).status.success());
    let path = folder("p").join("optimization.html");
    page(&scratch, &optimize, &path, &["What each setting brings", "How the levers stand", "<svg"]);
}
