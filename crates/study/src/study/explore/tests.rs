//! What an explorer shows is what a run gives, whatever was looked at before.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::montecarlo::Monitor;
use crate::study::{RunRequest, UsePosterior};
use forestall_model::Table;

fn quickstart() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/quickstart.toml");
    std::fs::read_to_string(file).expect("shipped")
}

/// Quickstart with a few policies more, cut to two months.
fn text(more: &str) -> String {
    quickstart().replace("end = 2015-12-31", "end = 2015-02-28").replace("warm_up_days = 365", "warm_up_days = 60")
        + more
}

/// A scenario in a folder of its own, which goes with it.
struct Opened {
    folder: PathBuf,
    study: Study,
}

impl Opened {
    fn new(name: &str, text: &str, replications: u64) -> Self {
        let folder = std::env::temp_dir().join(format!("forestall-explore-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("s.toml"), text).expect("written");
        let overrides = Overrides { replications: Some(replications), ..Overrides::default() };
        let study = Study::open(folder.join("s.toml"), overrides).unwrap_or_else(|e| panic!("{e}"));
        Self { folder, study }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn levers(all: &[(&str, f64)]) -> ExploreSetting {
    ExploreSetting { policy: None, levers: all.iter().map(|(path, value)| ((*path).to_owned(), *value)).collect() }
}

fn under(policy: &str, all: &[(&str, f64)]) -> ExploreSetting {
    ExploreSetting { policy: Some(policy.into()), ..levers(all) }
}

fn watched(explorer: &Explorer, setting: &ExploreSetting, most: u64) -> ExploreEstimate {
    let end = explorer.watch(setting, most, &Monitor::none()).unwrap_or_else(|e| panic!("{e}"));
    assert!(!end.stopped && end.failure.is_none(), "{end:?}");
    end.estimate
}

/// The row of a table for these texts.
fn row(table: &Table, keys: &[(&str, &str)]) -> usize {
    let holds = |row: &usize| keys.iter().all(|(c, text)| table.column(c).is_some_and(|c| c.text(*row) == *text));
    (0..table.rows()).find(holds).unwrap_or_else(|| panic!("no row for {keys:?}"))
}

/// Holds an estimate against a policy of a finished run, bit for bit.
fn assert_as_run(study: &Study, policy: &str, estimate: &ExploreEstimate) {
    let request = RunRequest { policies: Some(vec![policy.into()]), ..RunRequest::default() };
    let run = study.run(&request, &Monitor::none()).expect("run").run;
    let comparisons = run.comparisons().expect("there");
    let number = |table: &Table, name: &str, at: usize| table.column(name).and_then(|c| c.number(at));
    assert_eq!(estimate.outcomes.len(), EXPLORED_OUTCOMES.len());
    for outcome in &estimate.outcomes {
        let at = row(comparisons, &[("policy", policy), ("outcome", outcome.name)]);
        let found = [outcome.baseline, outcome.setting, outcome.spread.map(|s| s.mean), outcome.spread.map(|s| s.low)];
        let names = ["baseline_mean", "policy_mean", "difference", "ci_low"];
        for (found, name) in found.into_iter().zip(names) {
            assert_eq!(found, number(comparisons, name, at), "{policy} {} {name}", outcome.name);
        }
        assert_eq!(Some(outcome.n as f64), number(comparisons, "n", at));
    }
    let attacks = estimate.outcomes[0].spread.expect("an interval");
    let prevented = estimate.prevented.expect("a setting prevents some number");
    assert_eq!((prevented.mean, prevented.low), (-attacks.mean + 0.0, -attacks.high + 0.0));
    let displaced = run.displacement().expect("there");
    assert!(estimate.displacement.len() > 20);
    for change in &estimate.displacement {
        let at = row(displaced, &[("policy", policy), ("measure", &change.measure), ("group", &change.group)]);
        assert_eq!(Some(change.spread.mean), number(displaced, "value", at), "{policy} {change:?}");
        assert_eq!(Some(change.spread.high), number(displaced, "ci_high", at), "{policy} {change:?}");
    }
    let last = estimate.months.last().expect("months");
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12 * b.abs().max(1.0);
    assert!(close(last.setting.expect("a setting").mean, estimate.outcomes[0].setting.expect("defined")), "{last:?}");
}

#[test]
fn a_setting_gives_the_numbers_of_the_policy_that_it_is() {
    let opened = Opened::new("numbers", &text(""), 12);
    let explorer = opened.study.explore().expect("open");
    let watch = levers(&[("services.surveillance_officers", 2.0)]);
    let policies = explorer.policies();
    let shown = policies.iter().find(|policy| policy.name == "watch").expect("a policy");
    assert_eq!(shown.levers.as_ref(), Some(&watch.levers), "a policy of one stage is where levers stand");
    assert_as_run(&opened.study, "watch", &watched(&explorer, &watch, 12));
    // The baseline's runs are known now; nothing changes by that, nor by what was looked at before.
    let again = watched(&explorer, &watch, 12);
    assert_eq!(again, watched(&opened.study.explore().expect("open"), &watch, 12));
    assert_as_run(&opened.study, "both", &watched(&explorer, &under("both", &[]), 12));
    let alone = watched(&explorer, &ExploreSetting::default(), 12);
    assert!(alone.prevented.is_none() && alone.displacement.is_empty());
    assert_eq!(alone.outcomes[0].baseline, again.outcomes[0].baseline);
    assert!(alone.outcomes[0].setting.is_none() && alone.outcomes[0].spread.is_some());
    let nothing = watched(&explorer, &levers(&[("leads.tip_programme_factor", 1.0)]), 4);
    assert_eq!(nothing.prevented, Some(Spread { mean: 0.0, low: 0.0, high: 0.0 }), "a lever at its baseline");
}

#[test]
fn draws_of_a_posterior_are_taken_as_a_run_takes_them() {
    let drawn = "\n[calibrated]\nreplaces_file = true\n[calibrated.draws]\n\"peers.introductions_per_year\" = [0.1, 0.3, 0.2]\n";
    let opened = Opened::new("draws", &text(drawn), 9);
    assert_eq!(opened.study.scenario().draws(), 3);
    let explorer = opened.study.explore().expect("open");
    let told = Mutex::new(Vec::new());
    let observe = |estimate: ExploreEstimate| told.lock().expect("one at a time").push(estimate);
    let monitor = Monitor { observe: &observe, cancel: &AtomicBool::new(false) };
    let setting = levers(&[("services.surveillance_officers", 2.0)]);
    let end = explorer.watch(&setting, 9, &monitor).expect("run");
    // Nine replications come round to the first draw again.
    assert_eq!(end.estimate.draws, 3);
    assert_as_run(&opened.study, "watch", &end.estimate);
    let told = told.into_inner().expect("whole");
    assert!(told.iter().all(|estimate| estimate.n >= 6), "no interval of one or two draws");
    assert_eq!(told.last().map(|estimate| estimate.n), Some(9));
    let mean = opened.study.with(Overrides { posterior: Some(UsePosterior::Mean), ..opened.study.overrides().clone() });
    let mean = mean.expect("open");
    assert_as_run(&mean, "watch", &watched(&mean.explore().expect("open"), &setting, 9));
}

#[test]
fn what_is_cancelled_stops_and_keeps_nothing_half() {
    let opened = Opened::new("cancel", &text(""), 500);
    let explorer = opened.study.explore().expect("open");
    let cancel = AtomicBool::new(false);
    let observe = |_| cancel.store(true, Ordering::Relaxed);
    let setting = levers(&[("services.analysts", 2.0)]);
    let end = explorer.watch(&setting, 500, &Monitor { observe: &observe, cancel: &cancel }).expect("run");
    assert!(end.stopped && end.estimate.n < 500, "{}", end.estimate.n);
    assert_eq!(watched(&explorer, &setting, 6), watched(&opened.study.explore().expect("open"), &setting, 6));
}

#[test]
fn what_cannot_be_set_is_refused_with_the_reason() {
    let opened = Opened::new("refused", &text(""), 4);
    let explorer = opened.study.explore().expect("open");
    let told = |setting: ExploreSetting| explorer.check(&setting).expect_err("refused").to_string();
    assert!(
        told(levers(&[("services.analists", 2.0)])).contains("did you mean `services.analysts`"),
        "{}",
        told(levers(&[("services.analists", 2.0)]))
    );
    assert!(told(under("shore", &[])).contains("did you mean `share`"));
    assert!(told(levers(&[("membership.pool_member", 0.5)])).contains("expected true or false"));
    assert!(told(levers(&[("prevention.reach_share", 1.5)])).contains("1.5; expected a share from 0 to 1"));
    assert!(told(levers(&[("services.analysts", -1.0)])).contains("expected a factor from 0"));
    assert!(told(levers(&[("services.analysts", f64::NAN)])).contains("NaN"));
    assert!(told(levers(&[("prevention.reach_share", 0.5), ("prevention.reach_share", 0.6)])).contains("twice"));
    let few = explorer.watch(&ExploreSetting::default(), 1, &Monitor::none()).expect_err("refused").to_string();
    assert!(few.contains("from 2 to 2000"), "{few}");
}

#[test]
fn every_lever_can_stand_at_both_ends_of_its_slider() {
    let opened = Opened::new("ends", &text(""), 4);
    let explorer = opened.study.explore().expect("open");
    assert!(explorer.levers().len() > 150);
    for lever in explorer.levers() {
        let [low, high, step] = lever.slider;
        assert!(low < high && step > 0.0 && low <= lever.neutral && lever.neutral <= high, "{lever:?}");
        for value in [low, high] {
            let setting = levers(&[(&lever.path, value)]);
            explorer.check(&setting).unwrap_or_else(|e| panic!("{} at {value}: {e}", lever.path));
        }
    }
}

fn saved(explorer: &Explorer, name: &str, setting: ExploreSetting) -> Result<Saved, ExploreError> {
    let (label, description) = ("A \"label\"".into(), "two\nlines".into());
    explorer.save(&SaveRequest { name: name.into(), label, description, setting })
}

#[test]
fn a_saved_setting_is_a_policy_of_the_same_numbers_and_nothing_else_changes() {
    let dated = "\n[policies.dated]\nfrom = 2015-01-10\nramp_days = 21\nset = { \"services.analysts\" = { times = 2 } }\n\
                 [[policies.dated.also]]\nfrom = 2015-02-01\nset = { \"countries.AA.services.case_officers\" = 100 }\n\
                 [[policies.dated.sharing]]\nbetween = [\"AA\", \"BB\"]\nregime = \"none\"\n# the end, without a newline";
    let before = text(dated);
    let opened = Opened::new("save", &before, 8);
    let file = opened.folder.join("s.toml");
    let explorer = opened.study.explore().expect("open");
    let policies = explorer.policies();
    let shown = policies.iter().find(|policy| policy.name == "dated").expect("a policy");
    assert_eq!(shown.levers, None, "levers cannot say dates");
    let mut so_far = before.clone();
    for (name, setting) in [
        (
            "mine",
            levers(&[("services.analysts", 1.5), ("membership.pool_member", 1.0), ("prevention.reach_share", 0.25)]),
        ),
        ("mine-on-dated", under("dated", &[("services.surveillance_officers", 1.3)])),
        ("dated-again", under("dated", &[])),
    ] {
        let done = saved(&explorer, name, setting.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let after = std::fs::read_to_string(&file).expect("there");
        assert!(after.starts_with(&so_far) && after.ends_with(&done.block), "{after}");
        so_far = after;
        let study = Study::open(&file, opened.study.overrides().clone()).unwrap_or_else(|e| panic!("{e}"));
        assert_as_run(&study, name, &watched(&explorer, &setting, 8));
        assert_eq!(study.scenario().policy(name).expect("saved").label, "A \"label\"");
        assert!(explorer.policies().iter().any(|policy| policy.name == name));
    }
    let told = |name: &str, setting| saved(&explorer, name, setting).expect_err("refused");
    assert!(matches!(told("mine", under("share", &[])), ExploreError::Exists(_)));
    for wrong in ["", "baseline", "a b", "x]\n[y", "ä"] {
        assert!(matches!(told(wrong, under("share", &[])), ExploreError::Name { .. }), "{wrong}");
    }
    assert!(matches!(told("nothing", ExploreSetting::default()), ExploreError::Nothing));
    // Somebody else writes to the file.
    let other = so_far.replace("introductions_per_year = 0.15", "introductions_per_year = 0.16");
    std::fs::write(&file, &other).expect("written");
    assert!(matches!(told("late", under("share", &[])), ExploreError::Changed { .. }));
    std::fs::write(&file, "no scenario").expect("written");
    assert!(matches!(told("late", under("share", &[])), ExploreError::Changed { .. }));
    assert_eq!(std::fs::read_to_string(&file).expect("there"), "no scenario");
}

#[test]
fn a_file_that_cannot_take_a_table_at_its_end_is_left_as_it_is() {
    let inline = text("").split("[policies.share]").next().expect("a beginning").to_owned();
    let (head, rest) = inline.split_once("[scenario]").expect("a scenario");
    let inline =
        format!("{head}policies = {{ share = {{ set = {{ \"membership.pool_member\" = true }} }} }}\n[scenario]{rest}");
    let opened = Opened::new("inline", &inline, 4);
    let explorer = opened.study.explore().expect("open");
    let error = saved(&explorer, "mine", levers(&[("services.analysts", 2.0)])).expect_err("refused");
    assert!(matches!(error, ExploreError::NotSaved { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(opened.folder.join("s.toml")).expect("there"), inline);
}
