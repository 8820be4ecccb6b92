//! Input that nobody vouches for: files that are none, texts made to be hard, names that act, outputs that are closed.

use std::fs::OpenOptions;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::cli::{Scratch, forestall, run_folder, small, text};

/// Head of a scenario; what follows is at the end of its only country.
const HEAD: &str = "schema_version = 1\n[scenario]\nname = \"x\"\nstart = 2015-01-01\nend = 2015-12-31\n\n[[countries]]\n\
                    code = \"AA\"\nresidents = 1_000_000\n";

/// Within these a file is answered, also by a build that is not optimized, on a machine that does other things.
const SOON: Duration = Duration::from_secs(10);

/// The answer of a command that must end soon.
#[track_caller]
fn soon(scratch: &Scratch, arguments: &[&str]) -> (Option<i32>, String) {
    let began = Instant::now();
    let out = forestall(scratch, arguments);
    assert!(began.elapsed() < SOON, "{arguments:?} took {:?}", began.elapsed());
    let said = text(&out.stderr);
    assert!(!said.contains("panicked") && out.status.code().is_some(), "{arguments:?}: {:?} {said}", out.status);
    (out.status.code(), said)
}

fn pipe(scratch: &Scratch) {
    let made = Command::new("mkfifo").arg(scratch.0.join("pipe")).status().expect("mkfifo");
    assert!(made.success());
}

#[test]
fn what_is_no_regular_file_is_refused_wherever_a_file_is_named() {
    let scratch = Scratch::new("irregular");
    pipe(&scratch);
    scratch.file("problem.toml", "[[parameters]]\nname = \"a\"\nlow = 0\nhigh = 1\n");
    scratch.file("table.csv", "a\n0.5\n");
    scratch.file("ok.toml", HEAD);
    for (bad, kind) in [("pipe", "a pipe"), (".", "a folder"), ("/dev/zero", "a device")] {
        scratch.file("extends.toml", &HEAD.replace("[scenario]", &format!("extends = \"{bad}\"\n[scenario]")));
        scratch.file("observed.csv", "quantity,observed\na,1\n");
        scratch.file("draws.toml", &format!("{HEAD}[calibrated]\ndraws = \"{bad}\"\n"));
        for arguments in [
            vec!["check", bad],
            vec!["run", bad],
            vec!["check", "extends.toml"],
            vec!["check", "draws.toml"],
            vec!["calibrate", "ok.toml", "--targets", bad],
            vec!["score", "--draws", "table.csv", "--observed", bad],
            vec!["score", "--draws", bad, "--observed", "observed.csv"],
            vec!["score", "--draws", "table.csv", "--observed", "observed.csv", "--history", bad],
            vec!["decide", "--table", bad, "--parameters", "a", "--benefit", "b,c"],
            vec!["sweep", "plan", "--problem", bad, "--design", "lhs", "--points", "4"],
            vec![
                "sensitivity",
                "--problem",
                bad,
                "--design",
                "table.csv",
                "--response",
                "table.csv",
                "--method",
                "pawn",
            ],
            vec![
                "sensitivity",
                "--problem",
                "problem.toml",
                "--design",
                bad,
                "--response",
                "table.csv",
                "--method",
                "pawn",
            ],
            vec![
                "sensitivity",
                "--problem",
                "problem.toml",
                "--design",
                "table.csv",
                "--response",
                bad,
                "--method",
                "pawn",
            ],
        ] {
            let (code, said) = soon(&scratch, &arguments);
            assert!(code == Some(2) || code == Some(1), "{arguments:?}: {code:?} {said}");
            assert!(said.contains(&format!("it is {kind}")), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn a_file_beyond_its_bounds_or_no_text_is_refused() {
    let scratch = Scratch::new("bounds");
    let sparse = scratch.0.join("large.toml");
    std::fs::File::create(&sparse).expect("made").set_len(1 << 40).expect("sparse");
    let (code, said) = soon(&scratch, &["check", "large.toml"]);
    assert!(code == Some(2) && said.contains("1099511627776 bytes; at most"), "{code:?} {said}");
    std::fs::write(scratch.0.join("binary.toml"), b"\x7fELF\n\xff\xfe").expect("written");
    let (code, said) = soon(&scratch, &["check", "binary.toml"]);
    assert!(code == Some(2) && said.contains("no text in UTF-8 (line 2)"), "{code:?} {said}");
}

#[test]
fn lines_of_a_file_that_is_no_scenario_are_not_shown() {
    let scratch = Scratch::new("secret");
    scratch.file("broken.txt", "user:SECRET:0\nmore:SECRET:1\n");
    scratch.file("whole.txt", "[login]\npassword = \"SECRET\"\n");
    for name in ["broken.txt", "whole.txt"] {
        scratch.file("extends.toml", &HEAD.replace("[scenario]", &format!("extends = \"{name}\"\n[scenario]")));
        scratch.file("draws.toml", &format!("{HEAD}[calibrated]\ndraws = \"{name}\"\n"));
        for arguments in [
            vec!["check", name],
            vec!["check", "extends.toml"],
            vec!["check", "draws.toml"],
            vec!["calibrate", "draws.toml", "--targets", name],
            vec!["sweep", "plan", "--problem", name, "--design", "lhs", "--points", "4"],
        ] {
            let (code, said) = soon(&scratch, &arguments);
            assert_eq!(code, Some(2), "{arguments:?}: {said}");
            assert!(!said.contains("SECRET") && said.contains(name), "{arguments:?}: {said}");
        }
    }
    // A scenario's own lines are shown, also of a broken one.
    scratch.file("mine.toml", &format!("{HEAD}residnts = 3\n"));
    assert!(soon(&scratch, &["check", "mine.toml"]).1.contains("10 | residnts = 3"));
    scratch.file("mine.toml", &format!("{HEAD}residents = = 3\n"));
    assert!(soon(&scratch, &["check", "mine.toml"]).1.contains("10 | residents = = 3"));
}

#[test]
fn files_outside_the_folder_of_the_scenario_are_told() {
    let scratch = Scratch::new("outside");
    let inner = scratch.0.join("inner/deeper");
    std::fs::create_dir_all(&inner).expect("made");
    scratch.file("base.toml", HEAD);
    scratch.file("inner/deeper/base.toml", HEAD);
    symlink("../base.toml", scratch.0.join("inner/link.toml")).expect("linked");
    let absolute = scratch.0.join("base.toml").display().to_string();
    let extending = |name: &str| format!("schema_version = 1\nextends = \"{name}\"\n");
    for (name, outside) in
        [("../base.toml", true), (&*absolute, true), ("link.toml", true), ("deeper/base.toml", false)]
    {
        scratch.file("inner/main.toml", &extending(name));
        let (code, said) = soon(&scratch, &["check", "inner/main.toml", "--brief"]);
        assert_eq!(
            (code, said.contains("lies outside the folder of the scenario")),
            (Some(0), outside),
            "{name}: {said}"
        );
    }
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")).expect("scenarios") {
        let path = entry.expect("entry").path();
        if path.extension().is_some_and(|e| e == "toml") {
            let (_, said) = soon(&scratch, &["check", &path.display().to_string(), "--brief"]);
            assert!(!said.contains("outside the folder"), "{}: {said}", path.display());
        }
    }
}

#[test]
fn every_text_is_answered_soon() {
    let scratch = Scratch::new("hard");
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let policy = |i: usize| format!("[policies.p{i}]\nset = {{ \"services.analysts\" = {} }}\n", i % 100);
    let date = |i: usize| format!("2015-{:02}-{:02}", i % 12 + 1, i % 28 + 1);
    let change = |i: usize| format!("[[changes]]\nfrom = {}\nset = {{ \"services.analysts\" = 3 }}\n", date(i));
    let held = |i: usize| format!("\"services.analysts{}\" = 3\n", " ".repeat(i));
    let ramp = |i: usize| policy(i).replace("set =", "ramp_days = 365\nramp_step_days = 1\nset =");
    let quoted = |key: &str| {
        format!("[policies.p]\n{key} = \"{}\"\nset = {{ \"services.analysts\" = 3 }}\n", "x".repeat(3_900_000))
    };
    let line = |i: usize| format!("\"services.analysts{i}\" = 1, ");
    for (code, name, rest) in [
        (0, "10,000 policies", many(10_000, &policy)),
        (2, "more policies", many(60_000, &policy)),
        (0, "10,000 changes", many(10_000, &change)),
        (2, "100,000 changes", many(60_000, &change)),
        (2, "1,000 policies on 10,000 changes", many(10_000, &change) + &many(1_000, &policy)),
        (2, "10,000 ramps of a day a step", many(10_000, &ramp)),
        (
            2,
            "10,000 policies on a value held 500 times",
            format!("[held]\n{}{}", many(500, &held), many(10_000, &policy)),
        ),
        (2, "200 mistakes", format!("[services]\n{}", many(200, &|i| format!("analists{i} = 1\n")))),
        (2, "100,000 mistakes", format!("[services]\n{}", many(100_000, &|i| format!("analists{i} = 1\n")))),
        (2, "mistakes in a line", format!("[policies.p]\nset = {{ {} }}\n", many(100_000, &line))),
        (2, "60,000 countries", many(60_000, &|i| format!("[[countries]]\ncode = \"C{i}\"\nlanguages = [\"l{i}\"]\n"))),
        (2, "a deep key", format!("{}a = 1\n", "a.".repeat(1_000_000))),
        (2, "a deep heading", format!("[{}a]\n", "a.".repeat(1_000_000))),
        (2, "a deep list", format!("x = {}\n", "[".repeat(1_000_000))),
        (2, "a deep table", format!("x = {}\n", "{a=".repeat(1_000_000))),
        (2, "a long key", format!("{} = 1\n", "x".repeat(3_900_000))),
        (2, "a long label", quoted("label")),
        (2, "a long description", quoted("description")),
        (2, "nonsense", "= ] [ , ".repeat(400_000)),
        (2, "lines of nonsense", "= ] [ \"\n".repeat(400_000)),
    ] {
        scratch.file("hard.toml", &format!("{HEAD}{rest}"));
        let began = Instant::now();
        let (found, said) = soon(&scratch, &["check", "hard.toml", "--brief"]);
        assert_eq!(found, Some(code), "{name}: {said}");
        assert!(said.len() < 200_000, "{name}: {} bytes", said.len());
        println!("{name}: {:?}", began.elapsed());
    }
}

/// A command with standard output, standard error, or both on a full device.
fn with(scratch: &Scratch, arguments: &[&str], full: (bool, bool)) -> Output {
    let to = |full: bool| {
        if full { OpenOptions::new().write(true).open("/dev/full").expect("opened").into() } else { Stdio::piped() }
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
    command.current_dir(&scratch.0).args(arguments).stdin(Stdio::null()).stdout(to(full.0)).stderr(to(full.1));
    command.output().expect("program runs")
}

#[test]
fn a_full_or_closed_output_is_no_panic() {
    let scratch = Scratch::new("outputs");
    scratch.file("small.toml", &small());
    scratch.file("wrong.toml", "x");
    for (arguments, code) in [
        (vec!["list", "parameters"], 0),
        (vec!["--help"], 0),
        (vec!["man"], 0),
        (vec!["schema"], 0),
        (vec!["check", "small.toml", "--brief"], 0),
        (vec!["check", "wrong.toml"], 2),
        (vec!["no-such-command"], 2),
        (vec!["run", "small.toml", "--replications", "2", "--policies", ""], 0),
    ] {
        let all = with(&scratch, &arguments, (false, true));
        assert_eq!(all.status.code(), Some(code), "{arguments:?}: standard error full");
        let lost = with(&scratch, &arguments, (true, false));
        let said = text(&lost.stderr);
        assert_eq!(lost.status.code(), Some(if code == 0 { 1 } else { code }), "{arguments:?}: {said}");
        assert_eq!(said.contains("standard output did not take all data"), code == 0, "{arguments:?}: {said}");
        let both = with(&scratch, &arguments, (true, true));
        assert_eq!(both.status.code(), Some(if code == 0 { 1 } else { code }), "{arguments:?}: both full");
    }
    let closed = |redirections: &str| {
        let script =
            format!("{} list parameters {redirections}; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_forestall"));
        Command::new("bash").args(["-c", &script]).output().expect("bash runs")
    };
    for redirections in [">&-", "2>&-", ">&- 2>&-", "| head -1", "| true"] {
        let out = closed(redirections);
        assert_eq!((out.status.code(), text(&out.stderr).as_str()), (Some(0), ""), "{redirections}");
    }
}

#[test]
fn a_scenario_that_does_not_fit_is_told_and_refused() {
    let scratch = Scratch::new("memory");
    let crowd = format!("{HEAD}start = {{ sympathisers = 10_000_000 }}\n");
    let cut = format!("{}neighbourhood_residents = 1\n", HEAD.replace("1_000_000", "1_000_000_000"));
    for (name, scenario) in [("crowd", crowd), ("cut", cut)] {
        scratch.file("large.toml", &scenario);
        let limited =
            |arguments: &[&str]| soon(&scratch, &[arguments, &["--memory", "500M", "--threads", "1"]].concat());
        let (code, said) = limited(&["check", "large.toml", "--brief"]);
        assert!(code == Some(0) && said.contains("of memory on 1 threads"), "{name}: {code:?} {said}");
        let (code, said) = limited(&["run", "large.toml"]);
        assert!(code == Some(2) && said.contains("524 MB is free"), "{name}: {code:?} {said}");
        assert!(!scratch.0.join("output").exists(), "nothing is begun");
    }
    scratch.file("small.toml", &small());
    let (code, said) = soon(&scratch, &["check", "small.toml", "--brief", "--memory", "500M"]);
    assert!(code == Some(0) && !said.contains("memory"), "{said}");
    let (code, said) = soon(&scratch, &["check", "small.toml", "--memory", "much"]);
    assert!(code == Some(2) && said.contains("such as 8G"), "{said}");
}

#[test]
fn names_are_written_for_where_they_go() {
    let scratch = Scratch::new("names");
    let label = |name: &str, label: &str| {
        format!("\n[policies.{name}]\nlabel = \"{label}\"\nset = {{ \"services.analysts\" = 40 }}\n")
    };
    let scenario = small()
        + &label("sum", "=1+1")
        + &label("blank", "  ")
        + &label("bell", "a\\u0007\\u001b[31mb\\u202e")
        + &label("page", "<script>x</script>\\\" & '")
        + &label("chinese", "共享记录");
    scratch.file("names.toml", &scenario);
    let out = forestall(&scratch, &["run", "names.toml", "--replications", "2"]);
    let said = text(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{said}");
    let visible = |text: &str| !text.contains(['\u{7}', '\u{1b}', '\u{202e}']);
    assert!(visible(&said) && visible(&text(&out.stdout)), "{said}");
    assert!(said.contains("`label` is blank") && said.contains("holds signs that cannot be seen"), "{said}");
    assert_eq!(said.matches("charts name these policies").count(), 1, "{said}");
    assert!(said.contains("lacks signs of the labels: chinese"), "{said}");
    let folder = run_folder(&scratch, "output");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("written");
    let comparisons = read("results/comparisons.csv");
    for cell in ["'=1+1", "blank", "a [31mb", "共享记录"] {
        assert!(comparisons.contains(&format!(",{cell},")), "{cell}: {comparisons}");
    }
    let (drawn, page) = (read("charts/effect_attacks_completed.svg"), read("report.html"));
    assert!(drawn.contains(">chinese<") && drawn.contains(">blank<") && !drawn.contains("共享记录"), "{drawn}");
    assert!(page.contains("共享记录") && !page.contains("<script>x") && visible(&page));
    let again = forestall(&scratch, &["report", &folder.display().to_string()]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
}

#[test]
fn scripts_of_a_hostile_folder_are_sound() {
    let scratch = Scratch::new("scripts");
    let out = scratch.0.join("a b'c\"d$(e)`f`%g;#&é");
    std::fs::create_dir_all(&out).expect("made");
    scratch.file("small.toml", &small());
    let named = out.display().to_string();
    let plan =
        ["sweep", "plan", "small.toml", "--design", "lhs", "--points", "4", "--lever", "services.analysts=10..60"];
    let planned = forestall(&scratch, &[&plan[..], &["--replications", "1", "--no-pilot", "--out", &named]].concat());
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned.stderr));
    let folder = text(&planned.stdout).trim().to_owned();
    // What stands in for the program says what it was called with.
    let program = scratch.file("say it's me.sh", "#!/bin/bash\nprintf '%s\\n' \"$@\"\n");
    Command::new("chmod").arg("+x").arg(&program).status().expect("chmod");
    let program = program.display().to_string();
    for (kind, scripts) in [("slurm", ["array.slurm", "merge.slurm"]), ("pbs", ["array.pbs", "merge.pbs"])] {
        let asked = ["sweep", "submit", &folder, "--emit", kind, "--shards", "2", "--program", &program];
        let emitted = forestall(&scratch, &asked);
        assert_eq!(emitted.status.code(), Some(0), "{}", text(&emitted.stderr));
        for script in scripts {
            let path = Path::new(&folder).join(script);
            let checked = Command::new("bash").arg("-n").arg(&path).output().expect("bash runs");
            assert!(checked.status.success(), "{script}: {}", text(&checked.stderr));
            let called = Command::new("bash").arg(&path).output().expect("bash runs");
            let words = text(&called.stdout);
            assert_eq!(words.lines().nth(2), Some(&*folder), "{script}: {words} {}", text(&called.stderr));
        }
    }
    let refused =
        forestall(&scratch, &["sweep", "submit", &folder, "--emit", "k8s", "--shards", "2", "--image", "a b"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
}
