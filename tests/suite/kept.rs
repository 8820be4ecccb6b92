//! What a folder holds is never taken away, and is checked before anything goes on from it.

use std::path::Path;

use forestall_model::Table;
use forestall_study::rooms::results::{TableName, parquet_file};

use crate::cli::{Scratch, forestall, results, run_folder, small, text};

/// Arms and replications of each in a folder of results.
fn shown(folder: &Path) -> Vec<(String, usize)> {
    let table: Table =
        parquet_file::read(&folder.join("results").join(TableName::Replications.file_name())).expect("read");
    let arms = table.texts("arm").expect("arms");
    let mut all: Vec<(String, usize)> = Vec::new();
    for arm in arms {
        match all.iter_mut().find(|(known, _)| known == arm) {
            Some((_, count)) => *count += 1,
            None => all.push((arm.clone(), 1)),
        }
    }
    all
}

fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("manifest")).expect("JSON")
}

#[test]
fn a_smaller_run_takes_nothing_away_and_all_numbers_agree() {
    let scratch = Scratch::new("smaller");
    scratch.file("small.toml", &small());
    let whole = forestall(&scratch, &["run", "small.toml", "--out", "a"]);
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    assert!(!text(&whole.stderr).contains("holds more"), "{}", text(&whole.stderr));
    let folder = run_folder(&scratch, "a");
    let before = results(&folder);
    for more in [
        &["--replications", "3"][..],
        &["--policies", "analysts"],
        &["--policies", "", "--replications", "2"],
        &["--precision", "attacks_completed:rel=5.0", "--max-replications", "10"],
    ] {
        let mut arguments = vec!["run", "small.toml", "--out", "a"];
        arguments.extend(more);
        let done = forestall(&scratch, &arguments);
        let told = text(&done.stderr);
        assert!(done.status.success(), "{more:?}: {told}");
        assert!(told.contains("12 replications of 3 policy runs"), "{more:?}: {told}");
        assert!(told.contains("nothing of it is taken away"), "{more:?}: {told}");
        assert_eq!(results(&folder), before, "{more:?}");
        let record = manifest(&folder);
        assert_eq!((&record["replications"]["asked"], &record["replications"]["done"]), (&12.into(), &12.into()));
        assert_eq!(record["arms"].as_array().map(Vec::len), Some(3));
        let page = std::fs::read_to_string(folder.join("report.html")).expect("page");
        assert!(page.contains("12"), "{more:?}");
    }
}

#[test]
fn other_policies_and_more_replications_extend_what_is_there() {
    let scratch = Scratch::new("others");
    scratch.file("small.toml", &small());
    for more in
        [&["--policies", "nothing", "--replications", "4"][..], &["--policies", "analysts", "--replications", "6"]]
    {
        let mut arguments = vec!["run", "small.toml", "-q", "--out", "a"];
        arguments.extend(more);
        let done = forestall(&scratch, &arguments);
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let folder = run_folder(&scratch, "a");
    assert_eq!(shown(&folder), ["baseline", "nothing", "analysts"].map(|arm| (arm.to_owned(), 6)));
    let once = forestall(&scratch, &["run", "small.toml", "-q", "--out", "once", "--replications", "6"]);
    assert!(once.status.success());
    assert_eq!(results(&folder), results(&run_folder(&scratch, "once")));
}

#[test]
fn a_run_that_was_precise_early_is_filled_up_to_what_is_there() {
    let scratch = Scratch::new("filled");
    scratch.file("small.toml", &small().replace("replications = 12", "replications = 30"));
    let first = forestall(&scratch, &["run", "small.toml", "-q", "--out", "a", "--policies", ""]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let aim = ["--precision", "attacks_completed:rel=9.0", "--max-replications", "20"];
    let mut arguments = vec!["run", "small.toml", "--out", "a", "--policies", "nothing"];
    arguments.extend(aim);
    let done = forestall(&scratch, &arguments);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let folder = run_folder(&scratch, "a");
    assert_eq!(shown(&folder), ["baseline", "nothing"].map(|arm| (arm.to_owned(), 30)));
    assert_eq!(manifest(&folder)["replications"]["done"], 30);
}

#[test]
fn a_changed_byte_of_a_record_or_of_the_scenario_beside_it_is_told() {
    let scratch = Scratch::new("records");
    scratch.file("small.toml", &small());
    let run = ["run", "small.toml", "-q", "--replications", "2", "--policies", "", "--out", "a"];
    assert!(forestall(&scratch, &run).status.success());
    let folder = run_folder(&scratch, "a");
    for (file, command) in [("manifest.json", "report"), ("scenario.resolved.toml", "report"), ("manifest.json", "run")]
    {
        let path = folder.join(file);
        let whole = std::fs::read(&path).expect("read");
        for place in (7..whole.len()).step_by(whole.len() / 9) {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            std::fs::write(&path, &damaged).expect("damaged");
            let folder = folder.display().to_string();
            let done = if command == "run" {
                forestall(&scratch, &run)
            } else {
                forestall(&scratch, &["report", &folder, "-q"])
            };
            let told = text(&done.stderr);
            assert!(!done.status.success(), "{command}: byte {place} of {file} went unnoticed");
            assert!(told.contains(file) || told.contains("manifest.json"), "{command}: {told}");
        }
        std::fs::write(&path, &whole).expect("restored");
    }
    assert!(forestall(&scratch, &run).status.success(), "restored, it goes on");
}

#[test]
fn a_changed_byte_of_a_plan_is_told() {
    let scratch = Scratch::new("plans");
    scratch.file("small.toml", &small());
    let planned = forestall(
        &scratch,
        &[
            "sweep",
            "plan",
            "small.toml",
            "--design",
            "lhs",
            "--points",
            "6",
            "--replications",
            "1",
            "--policies",
            "",
            "--lever",
            "services.analysts=2..9",
            "--out",
            "a",
        ],
    );
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    let folder = run_folder(&scratch, "a");
    let path = folder.join("plan.json");
    let whole = std::fs::read(&path).expect("read");
    for place in (3..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        // A blank that becomes another blank is no change of what the plan says.
        if serde_json::from_slice::<serde_json::Value>(&damaged).ok()
            == serde_json::from_slice::<serde_json::Value>(&whole).ok()
        {
            continue;
        }
        std::fs::write(&path, &damaged).expect("damaged");
        let done = forestall(&scratch, &["sweep", "run", &folder.display().to_string(), "-q"]);
        assert_eq!(done.status.code(), Some(5), "byte {place} went unnoticed: {}", text(&done.stderr));
    }
    std::fs::write(&path, &whole).expect("restored");
    assert!(forestall(&scratch, &["sweep", "run", &folder.display().to_string(), "-q"]).status.success());
}

#[test]
fn draws_that_were_changed_since_they_were_recorded_are_refused() {
    let scratch = Scratch::new("draws");
    let draws = "draw,services.analysts\n0,12\n1,14\n";
    scratch.file("posterior.csv", draws);
    scratch.file("small.toml", &(small() + "\n[calibrated]\ndraws = \"posterior.csv\"\nreplaces_file = true\n"));
    let run = ["run", "small.toml", "-q", "--replications", "2", "--policies", "", "--out", "a"];
    let done = forestall(&scratch, &run);
    assert!(done.status.success(), "no record, no check: {}", text(&done.stderr));
    // A record of a finished run, made to list the draws, stands for that of a calibration.
    let folder = run_folder(&scratch, "a");
    let mut record = manifest(&folder);
    let sum = forestall_study::rooms::results::atomic::write(&scratch.0.join("posterior.csv"), draws.as_bytes());
    record["files"] = serde_json::json!({"posterior.csv": sum.expect("written")});
    record.as_object_mut().expect("object").remove("checksum");
    scratch.file("manifest.json", &record.to_string());
    assert!(forestall(&scratch, &run).status.success(), "as recorded");
    scratch.file("posterior.csv", &draws.replace("14", "15"));
    let told = forestall(&scratch, &run);
    let said = text(&told.stderr);
    assert_eq!(told.status.code(), Some(2), "{said}");
    assert!(said.contains("posterior.csv") && said.contains("checksum") && said.contains("manifest.json"), "{said}");
}
