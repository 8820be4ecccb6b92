//! `select` from the command line: the same answer on any number of threads, exit codes, and words.

use std::process::{Command, Output};

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/quickstart.toml");

fn select(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forestall"))
        .args(["select", SCENARIO, "--until", "2015-06-30", "-q"])
        .args(arguments)
        .output()
        .expect("program runs")
}

fn json(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_slice(&select(&[arguments, &["--json"]].concat()).stdout).expect("JSON")
}

#[test]
fn the_same_choice_on_any_number_of_threads() {
    let kn = ["--zone", "0.5", "--first", "6", "--outcome", "leads_received", "--most"];
    let [one, three] = ["1", "3"].map(|threads| json(&[&kn[..], &["--threads", threads]].concat()));
    assert_eq!(one, three);
    assert_eq!(one["procedure"], "kn");
    assert!(one["arms"].as_array().is_some_and(|a| a.iter().any(|r| r["arm"] == "baseline")));
    let best = one["arms"][0].clone();
    assert_eq!((&best["arm"], &best["difference"]), (&one["best"], &serde_json::json!(0.0)));
}

#[test]
fn every_procedure_says_how_it_ended() {
    let fixed = json(&["--zone", "0.5", "--procedure", "fixed", "--max-replications", "8"]);
    for arm in fixed["arms"].as_array().expect("arms") {
        assert_eq!(arm["replications"], 8);
        let (low, high) = (arm["against_best"]["low"].as_f64(), arm["against_best"]["high"].as_f64());
        assert!(low <= Some(0.0) && high >= Some(0.0), "{arm}");
    }
    let ocba = json(&["--zone", "0.5", "--procedure", "ocba", "--budget", "60", "--first", "6"]);
    assert_eq!(ocba["runs"], 60);
    let short = select(&["--zone", "0.000001", "--first", "6", "--max-replications", "7", "--policies", "watch"]);
    let ended = short.status.code();
    let words = String::from_utf8_lossy(&short.stdout).to_string();
    assert!(ended == Some(4) && words.contains("Not decided"), "{ended:?} {words}");
}

#[test]
fn mistakes_are_explained() {
    let mistakes: [(&[&str], &str); 5] = [
        (&["--zone", "0.5", "--outcome", "attaks_completed"], "did you mean `attacks_completed`?"),
        (&["--zone", "0"], "above 0"),
        (&["--zone", "0.5", "--confidence", "0.1"], "chance alone"),
        (&["--zone", "0.5", "--policies", "wach"], "did you mean `watch`?"),
        (&["--zone", "0.5", "--procedure", "ocba"], "--budget"),
    ];
    for (arguments, words) in mistakes {
        let done = select(arguments);
        let told = String::from_utf8_lossy(&done.stderr).to_string();
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}
