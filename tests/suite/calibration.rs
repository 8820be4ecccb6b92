//! `calibrate` and runs on a posterior, as users meet them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use forestall_model::{LoadOptions, load, registry};
use forestall_study::rooms::calibration::{Targets, factors};
use forestall_study::rooms::montecarlo::pattern::Known;
use forestall_study::rooms::results::{TableName, parquet_file};

use crate::worlds::BUSY;

/// A folder of its own for each test, removed at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-calibration-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("scratch folder");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("file written");
    }

    pub(crate) fn forestall(&self, arguments: &str) -> Output {
        self.command(arguments).output().expect("program runs")
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
        command.current_dir(&self.0).args(arguments.split_whitespace()).stdin(Stdio::null());
        command
    }

    /// The one folder of results in `out`.
    pub(crate) fn folder(&self, out: &str) -> PathBuf {
        let entries = std::fs::read_dir(self.0.join(out)).expect("output folder");
        entries.map(|e| e.expect("entry").path()).find(|p| p.is_dir()).expect("a folder")
    }

    fn read(&self, out: &str, name: &str) -> String {
        std::fs::read_to_string(self.folder(out).join(name)).expect("a file of results")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_string()
}

/// The busy world cut to one month, without reactions to attacks, with two parameters that are not known.
pub(crate) fn world() -> String {
    let month = BUSY.replace("2015-12-31", "2015-01-31").replace("warm_up_days = 120", "warm_up_days = 0");
    month.replace("[scenario]", "[scenario]\nreplications = 8")
        + "
[grievance]
onset_response = 0.0

[uncertain]
\"onset.spontaneous_per_million_per_year\" = { uniform = { low = 10, high = 110 } }
\"intrusion.assessed_weight\" = { uniform = { low = 0.0, high = 1.0 } }

[policies.analysts]
label = \"More analysts\"
set = { \"services.analysts\" = 40 }
"
}

pub(crate) const TARGETS: &str = "[[targets]]
pattern = \"Unprompted sympathisers\"
fact = \"made up\"
outcome = \"onset_spontaneous\"
low = 81
high = 102

[[targets]]
pattern = \"In country A\"
fact = \"made up\"
outcome = \"AA:onset_spontaneous\"
low = 51
high = 72
held_out = true
";

/// A quick calibration; a budget and an output folder are still to be given.
pub(crate) const CALIBRATE: &str =
    "calibrate world.toml --targets facts.toml --particles 40 --replications 1 --draws 20 -q";

pub(crate) fn scratch(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("world.toml", &world());
    scratch.file("facts.toml", TARGETS);
    scratch
}

#[test]
fn a_calibration_finds_what_the_facts_tell_and_says_what_they_do_not() {
    let scratch = scratch("finds");
    let done = scratch.forestall(&format!("{CALIBRATE} --json --out a"));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert!(found["end"].as_str().unwrap().starts_with("reached"), "{found}");
    let (rate, weight) = (&found["parameters"][0], &found["parameters"][1]);
    // Expected count: rate × 12 million residents × 1.5 for the two movements × 31 days, 92 at 60 a million and year.
    // Within 81 to 102 the rate is 53 to 67; the Poisson error of one count (10 %) adds to that.
    assert_eq!(rate["verdict"], "identified");
    let median = rate["median"].as_f64().unwrap();
    assert!((48.0..72.0).contains(&median), "{rate}");
    // The weight enters no pattern.
    assert_ne!(weight["verdict"], "identified", "{weight}");
    assert!(weight["width_ratio"].as_f64().unwrap() > 0.8, "{weight}");
    // The posterior-predictive check on fresh streams: the fact that was fitted, and the one kept out.
    assert_eq!(found["patterns"][0]["hit"], true, "{found}");
    assert_eq!(found["patterns"][1]["held_out"], true);
    assert_eq!(found["patterns"][1]["hit"], true, "{found}");
    for file in ["posterior.csv", "parameters.csv", "patterns.csv", "ridges.csv", "charts/posterior.png"] {
        assert!(scratch.folder("a").join(file).is_file(), "{file} is missing");
    }
    let manifest = scratch.read("a", "manifest.json");
    assert!(manifest.contains("complete") && manifest.contains("--particles"), "{manifest}");
}

#[test]
fn a_prior_that_a_change_ends_is_told_unless_the_change_has_one_of_its_own() {
    let scratch = scratch("ineffective");
    let with = |change: &str, prior: &str| {
        let world = world().replace("[uncertain]\n", &format!("{change}\n[uncertain]\n{prior}"));
        scratch.file("changed.toml", &world);
        let fit = CALIBRATE.replace("world.toml", "changed.toml").replace(" -q", "");
        text(&scratch.forestall(&format!("{fit} --simulations 1 --out none")).stderr)
    };
    let set = "from = 2015-01-15\nset = { \"onset.spontaneous_per_million_per_year\" = 40 }\n";
    let told = "a change sets it from 2015-01-15";
    let plain = with(&format!("[[changes]]\n{set}"), "");
    assert!(plain.contains(told) && plain.contains("and a prior to `changes.NAME.onset"), "{plain}");
    let named = format!("[[changes]]\nname = \"later\"\n{set}");
    assert!(with(&named, "").contains(told));
    let own = "\"changes.later.onset.spontaneous_per_million_per_year\" = { uniform = { low = 20, high = 60 } }\n";
    let both = with(&named, own);
    assert!(!both.contains(told) && both.contains("too few"), "{both}");
}

#[test]
fn threads_and_pauses_change_no_byte_of_a_posterior() {
    let scratch = scratch("threads");
    for more in ["--threads 1 --out one", "--threads 2 --out two", "--threads 1 --simulations 60 --out paused"] {
        let done = scratch.forestall(&format!("{CALIBRATE} {more}"));
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    assert_ne!(scratch.read("one", "posterior.csv"), scratch.read("paused", "posterior.csv"));
    let done = scratch.forestall(&format!("{CALIBRATE} --out paused"));
    assert!(done.status.success(), "{}", text(&done.stderr));
    for file in ["posterior.csv", "particles.csv", "patterns.csv", "generations.csv", "state.json"] {
        assert_eq!(scratch.read("one", file), scratch.read("two", file), "{file}: threads");
        assert_eq!(scratch.read("one", file), scratch.read("paused", file), "{file}: a pause");
    }
}

#[test]
fn an_interrupted_calibration_keeps_its_batches_and_goes_on() {
    let scratch = scratch("interrupt");
    let mut child = scratch
        .command(&format!("{CALIBRATE} --threads 1 --out cut"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("program starts");
    let begun = || {
        let mut entries = std::fs::read_dir(scratch.0.join("cut")).ok()?.flatten();
        entries.find(|e| e.path().join("state.json").is_file())
    };
    for _ in 0..600 {
        if begun().is_some() || child.try_wait().expect("status").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    assert_eq!(child.wait().expect("end").code(), Some(75), "an interrupted calibration exits with 75");
    assert!(scratch.read("cut", "manifest.json").contains("interrupted"));
    for out in ["cut", "whole"] {
        let done = scratch.forestall(&format!("{CALIBRATE} --out {out}"));
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    assert_eq!(scratch.read("cut", "posterior.csv"), scratch.read("whole", "posterior.csv"));
    assert_eq!(scratch.read("cut", "patterns.csv"), scratch.read("whole", "patterns.csv"));
}

/// A quick calibration by regression; an output folder is still to be given.
pub(crate) const REGRESS: &str = "calibrate world.toml --targets facts.toml --method regression --draws 20 -q";

#[test]
fn a_regression_finds_what_the_facts_tell_and_tries_itself_on_known_truths() {
    let scratch = scratch("regression");
    // A count of one source: 92 unprompted sympathisers, as at a rate of 60.
    scratch.file("facts.toml", &TARGETS.replacen("low = 81\n", "low = 74\nvalue = 92\ncount = true\n", 1));
    let done = scratch.forestall(&format!("{REGRESS} --simulations 600 --accept 0.3 --json --out a"));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert!(found["end"].as_str().unwrap().starts_with("adjusted: of 600 points"), "{found}");
    let (rate, weight) = (&found["parameters"][0], &found["parameters"][1]);
    assert_eq!(rate["verdict"], "identified");
    // At a rate of 60 the mean count is 86.0, as 400 histories say within 0.5: some residents have radicalised before.
    // Flat prior, count 92 at 1.434 a unit of rate: a gamma law of mean 64.9 and standard deviation 6.7, its middle 90 %
    // from 54.2 to 76.3. Ends of 90 % from some 150 effective points have standard errors near 1.2.
    let end = |i: usize| rate["posterior"][i].as_f64().unwrap();
    assert!((end(0) - 54.2).abs() < 4.0 && (end(1) - 76.3).abs() < 4.0, "{rate}");
    assert!(weight["width_ratio"].as_f64().unwrap() > 0.85, "{weight}");
    let truths = &found["truths"];
    assert_eq!((&truths["count"], &truths["even"]), (&200.into(), &true.into()), "{truths}");
    assert!(truths["as_far"].as_f64().unwrap() > 0.02, "the facts are no surprise: {truths}");
    for file in ["posterior.csv", "truths.csv", "charts/ranks.png", "charts/posterior.png"] {
        assert!(scratch.folder("a").join(file).is_file(), "{file} is missing");
    }
    let header = scratch.read("a", "truths.csv");
    assert!(header.starts_with("parameter,explained_share,truths,inside_50,inside_90,"), "{header}");
}

#[test]
fn a_table_goes_on_serves_other_shares_and_hangs_on_no_thread() {
    let scratch = scratch("table");
    let run = |more: &str| {
        let done = scratch.forestall(&format!("{REGRESS} {more}"));
        assert!(done.status.success(), "{more}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    run("--simulations 400 --accept 0.3 --threads 2 --out whole");
    run("--simulations 200 --accept 0.3 --threads 1 --out paused");
    assert_ne!(scratch.read("whole", "posterior.csv"), scratch.read("paused", "posterior.csv"));
    run("--simulations 400 --accept 0.3 --threads 1 --out paused");
    for file in ["posterior.csv", "truths.csv", "patterns.csv", "state.json"] {
        assert_eq!(scratch.read("whole", file), scratch.read("paused", file), "{file}");
    }
    // Another share finds the same table; only the check of the draws is simulated again.
    let state = scratch.read("whole", "state.json");
    run("--simulations 400 --accept 0.5 --truths 50 --out whole");
    assert_eq!(state, scratch.read("whole", "state.json"));
    assert_eq!(scratch.read("whole", "truths.csv").lines().nth(1).and_then(|l| l.split(',').nth(2)), Some("50"));
    // Facts that name the same outcomes take the table as it is, and give what simulating anew gives.
    let fewer = TARGETS.replacen("low = 81", "low = 78", 1).replacen("held_out = true\n", "", 1);
    scratch.file("others.toml", &fewer);
    let others = REGRESS.replace("facts.toml", "others.toml");
    let table = scratch.folder("whole").to_string_lossy().to_string();
    for more in ["--out anew", &format!("--table {table} --out taken")] {
        let done = scratch.forestall(&format!("{others} --simulations 400 --accept 0.3 {more}"));
        assert!(done.status.success(), "{more}: {}", text(&done.stderr));
    }
    for file in ["posterior.csv", "truths.csv", "patterns.csv"] {
        assert_eq!(scratch.read("anew", file), scratch.read("taken", file), "{file}");
    }
    scratch.file("strange.toml", &fewer.replace("\"AA:onset_spontaneous\"", "\"onset_peer\""));
    scratch.file("other-world.toml", &world().replace("high = 110", "high = 120"));
    // The points of generations are no draws of the prior.
    let generations = scratch.forestall("calibrate world.toml --targets facts.toml --particles 20 --simulations 20 -q --replications 1 --least-acceptance 0.5 --out smc");
    assert!(generations.status.success(), "{}", text(&generations.stderr));
    let smc = scratch.folder("smc").to_string_lossy().to_string();
    let done = scratch.forestall(&format!("{others} --simulations 400 --table {smc} --out refused"));
    assert!(text(&done.stderr).contains("is no fit by regression"), "{}", text(&done.stderr));
    for (arguments, part) in [
        (others.replace("others.toml", "strange.toml"), "knows no outcome like that of `In country A`"),
        (others.replace("world.toml", "other-world.toml"), "other priors or another seed"),
        (format!("{others} --seed 9"), "other priors or another seed"),
        (others.replace("--method regression", "--particles 20"), "add --method regression"),
    ] {
        let done = scratch.forestall(&format!("{arguments} --simulations 400 --table {table} --out refused"));
        assert_eq!(done.status.code(), Some(2), "{arguments}: {}", text(&done.stderr));
        assert!(text(&done.stderr).contains(part), "{arguments}: {}", text(&done.stderr));
    }
    for (more, part) in [
        ("--accept 0", "--accept must be above 0"),
        ("--replications 2", "leave out --replications"),
        ("--accept 0.001", "too few for a regression on 1 patterns"),
    ] {
        let done = scratch.forestall(&format!("{REGRESS} --simulations 400 {more} --out whole"));
        assert_eq!(done.status.code(), Some(2), "{more}: {}", text(&done.stderr));
        assert!(text(&done.stderr).contains(part), "{more}: {}", text(&done.stderr));
    }
    // Points that cannot be enough are told before the first of them is simulated.
    let done = scratch.forestall(&format!("{REGRESS} --simulations 12 --out early"));
    assert!(text(&done.stderr).contains("12 points give 1 near ones"), "{}", text(&done.stderr));
    assert!(!scratch.0.join("early").exists());
}

#[test]
fn mistakes_name_their_place_and_the_fix() {
    let scratch = scratch("mistakes");
    scratch.file("bad.toml", &TARGETS.replace("\"onset_spontaneous\"", "\"onset_spontanous\"").replace("102", "\"x\""));
    scratch.file("none.toml", "");
    scratch.file(
        "known.toml",
        &world()
            .replace("[uncertain]", "[held]")
            .replace("{ uniform = { low = 10, high = 110 } }", "20")
            .replace("{ uniform = { low = 0.0, high = 1.0 } }", "0.5"),
    );
    scratch.file("undefined.toml", &TARGETS.replace("\"onset_spontaneous\"", "\"TT:attackers_known_any_share\""));
    let cases = [
        ("calibrate world.toml --targets bad.toml", "bad.toml:4:11"),
        ("calibrate world.toml --targets bad.toml", "did you mean `onset_spontaneous`"),
        ("calibrate world.toml --targets bad.toml", "bad.toml:6:8"),
        ("calibrate world.toml --targets bad.toml", "2 errors in the targets file"),
        ("calibrate world.toml --targets none.toml", "nothing to fit"),
        ("calibrate world.toml --targets absent.toml", "give a file of facts by --targets"),
        ("calibrate known.toml --targets facts.toml", "[uncertain]"),
        ("calibrate world.toml --targets facts.toml --simulations 10", "the first generation alone takes 600 runs"),
        ("calibrate world.toml --targets facts.toml --quantile 2", "quantile"),
        (
            "calibrate world.toml --targets facts.toml --keep onset.spontaneous_per_million_per_yer",
            "did you mean `onset.spontaneous_per_million_per_year`",
        ),
        (
            "calibrate world.toml --targets facts.toml --keep a --keep b --most-parameters 1",
            "--keep names 2 parameters, and --most-parameters allows 1",
        ),
        ("calibrate world.toml --targets undefined.toml --particles 4 --least-acceptance 0.2", "is undefined"),
    ];
    for (arguments, part) in cases {
        let done = scratch.forestall(arguments);
        let told = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{arguments}: {told}");
        assert!(told.contains(part), "{arguments}: {part} is missing from\n{told}");
    }
}

/// The `draw`, `replication` and `arm` of every row, and attacks.
fn rows(folder: &Path) -> Vec<(i64, i64, String)> {
    let table = parquet_file::read(&folder.join("results").join(TableName::Replications.file_name())).expect("table");
    let whole = |name: &str, row: usize| table.column(name).expect("column").number(row).expect("a number") as i64;
    (0..table.rows())
        .map(|row| (whole("draw", row), whole("replication", row), table.column("arm").expect("arm").text(row)))
        .collect()
}

fn on_draws(draws: &str) -> String {
    format!("{}\n[calibrated]\ndraws = \"{draws}\"\nreplaces_file = true\n", world())
}

#[test]
fn runs_take_the_same_draw_in_every_arm_two_replications_each() {
    let scratch = scratch("draws");
    // Three draws far apart: ignorance must be most of the variance.
    scratch.file("draws.csv", "draw,onset.spontaneous_per_million_per_year\n0,10\n1,60\n2,110\n");
    scratch.file("calibrated.toml", &on_draws("draws.csv"));
    for more in ["--threads 1 --out one", "--threads 2 --out two"] {
        let done = scratch.forestall(&format!("run calibrated.toml -q {more}"));
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let folder = scratch.folder("one");
    let found = rows(&folder);
    assert_eq!(found.len(), 16);
    for (draw, replication, arm) in &found {
        assert_eq!(*draw, replication / 2 % 3, "{arm} {replication}");
    }
    let bytes = |out: &str| std::fs::read(scratch.folder(out).join("results/replications.parquet")).expect("table");
    assert_eq!(bytes("one"), bytes("two"));
    // The report reads the resolved scenario, which holds the draws itself.
    let done = scratch.forestall(&format!("report {}", folder.display()));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let report = std::fs::read_to_string(folder.join("report.html")).expect("report");
    assert!(report.contains("3 draws from the posterior"), "the report says nothing of the draws");
}

#[test]
fn parameter_uncertainty_and_random_variation_are_told_apart_and_can_be_switched_off() {
    let scratch = scratch("switch");
    scratch.file("draws.csv", "draw,onset.spontaneous_per_million_per_year\n0,10\n1,60\n2,110\n");
    scratch.file("calibrated.toml", &on_draws("draws.csv"));
    let run = |name: &str, more: &str| {
        let done = scratch.forestall(&format!("run {name} -q --policies= --out {more}"));
        assert!(done.status.success(), "{}", text(&done.stderr));
        text(&done.stdout)
    };
    assert!(
        run("calibrated.toml", "draws")
            .contains("random variation (within draws) and parameter uncertainty (between draws)")
    );
    assert!(!run("calibrated.toml", "none --posterior none").contains("parameter uncertainty"));
    run("world.toml", "plain");
    let bytes = |out: &str| std::fs::read(scratch.folder(out).join("results/replications.parquet")).expect("table");
    // Without its posterior the scenario is the plain one; with the mean it is one at 60.
    assert_eq!(bytes("none"), bytes("plain"));
    run("calibrated.toml", "mean --posterior mean");
    assert_eq!(bytes("mean"), bytes("plain"), "the plain world stands at 60 itself");
    assert_ne!(bytes("draws"), bytes("plain"));
}

#[test]
fn wrong_draws_are_refused_with_their_place() {
    let scratch = scratch("wrong");
    let cases = [
        ("draw,onset.spontaneous_per_million_per_year\n0,10\n1,x\n", "draws.csv:3:3"),
        ("draw,onset.spontaneous_per_million_per_year\n0,-1\n", "draws.csv:2:3"),
        ("draw,onset.spontanous_per_million_per_year\n0,1\n", "draws.csv:1:6"),
        ("draw,onset.spontaneous_per_million_per_year\n0,1,2\n", "another number of fields"),
        ("0,1\n", "no file of draws"),
        ("", "empty"),
        ("draw,membership.pool_member\n0,1\n", "is no number"),
        ("draw,onset.spontaneous_per_million_per_year\n", "one value a draw"),
    ];
    for (draws, part) in cases {
        scratch.file("draws.csv", draws);
        scratch.file("calibrated.toml", &on_draws("draws.csv"));
        let done = scratch.forestall("check calibrated.toml --brief");
        let told = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{draws}: {told}");
        assert!(told.contains(part), "{draws}: {part} is missing from\n{told}");
    }
    scratch.file("calibrated.toml", &on_draws("absent.csv"));
    assert!(text(&scratch.forestall("check calibrated.toml --brief").stderr).contains("cannot read `absent.csv`"));
    scratch.file("draws.csv", "draw,onset.spontaneous_per_million_per_year\n0,10\n");
    scratch.file("calibrated.toml", &on_draws("draws.csv").replace("replaces_file = true", ""));
    let told = text(&scratch.forestall("check calibrated.toml --brief").stderr);
    assert!(told.contains("silently replace") && told.contains("replaces_file = true"), "{told}");
}

#[test]
fn the_files_for_europe_are_read_and_name_facts_of_the_evidence_table() {
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| error.to_string());
    let open =
        |path: &str| load(&registry(), path, &read, &LoadOptions::default()).unwrap_or_else(|all| panic!("{all}"));
    let plan = open("scenarios/calibration/europe.toml");
    for plan in [&plan, &open("scenarios/calibration/europe-all-rules.toml")] {
        let priors = factors(plan);
        assert!(priors.len() > 10, "screening is for more than ten parameters");
        for u in &plan.uncertain {
            assert!(u.evidence.is_some(), "{} has no evidence mark", u.path);
            // A prior is wide: its middle 90 % spans at least a factor of three or a quarter of a share.
            let factor = priors.iter().find(|f| f.name == u.path).expect("a factor each");
            let (low, high) = (factor.value(0.05), factor.value(0.95));
            assert!(high > 3.0 * low || high - low > 0.25, "{}: {low} to {high}", u.path);
        }
    }
    let known = Known {
        countries: plan.countries.iter().map(|c| c.code.clone()).collect(),
        years: ["2014", "2015", "2016"].map(String::from).into(),
    };
    let facts = read("docs/facts.md").unwrap();
    for file in ["europe-targets.toml", "europe-all-rules-targets.toml"] {
        let text = read(&format!("scenarios/calibration/{file}")).unwrap();
        let targets = Targets::parse(file, &text, &known).unwrap_or_else(|e| panic!("{e}"));
        for target in &targets.0 {
            assert!(
                facts.contains(&format!("**{}**", target.fact)),
                "{file}: {} cites {}",
                target.pattern,
                target.fact
            );
        }
        for fact in ["F2", "F20", "F21", "F23", "F27", "F30", "F31", "F46"] {
            assert!(targets.0.iter().any(|t| t.fact == fact), "{file}: no target comes from {fact}");
        }
        assert!(targets.0.iter().filter(|t| t.held_out).count() >= 3);
    }
}

#[test]
fn a_changed_byte_of_the_state_is_told() {
    let scratch = scratch("damage");
    let done = scratch.forestall(&format!("{CALIBRATE} --simulations 60 --out a"));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let path = scratch.folder("a").join("state.json");
    let whole = std::fs::read(&path).expect("state");
    for place in (1..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        std::fs::write(&path, &damaged).expect("damaged");
        let done = scratch.forestall(&format!("{CALIBRATE} --simulations 60 --out a"));
        let told = text(&done.stderr);
        assert_eq!(done.status.code(), Some(5), "byte {place} went unnoticed: {told}");
        assert!(told.contains("state.json is corrupt"), "{told}");
    }
}
