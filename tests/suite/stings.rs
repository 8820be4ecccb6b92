//! Sting cases followed without personas: the planted label is the one given, the sums agree, and users get answers.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use forestall_model::{Ending, FactKind as K, Plan};
use forestall_study::rooms::montecarlo::Progress;
use forestall_study::rooms::replay::sting_counts::{Found, Run, mean_and_interval, one, replay, rows};
use forestall_study::rooms::replay::stings::{Label, StingCase, cases, has_personas, without_personas};
use forestall_study::rooms::replay::summary::Watch;
use forestall_study::rooms::replay::{Log, ReplayArms};
use serde_json::Value;

use crate::cli::{Scratch, forestall, results, run_folder, text};
use crate::mechanisms::{AT_ONCE, HOLDS, LANGUAGE, tiny};
use crate::worlds::{BUSY, digest, outcome, try_plan};

fn logs(plan: &Plan, policy: Option<usize>, policies: &[String], replication: u64) -> (Log, Log) {
    let shadow = without_personas(plan).expect("personas");
    let log = |plan: &Plan| {
        let cast = ReplayArms::new(plan, policies).unwrap_or_else(|d| panic!("{d}"));
        cast.log(policy, replication, false).unwrap_or_else(|d| panic!("{d}"))
    };
    (log(plan), log(&shadow))
}

fn labelled(entries: &str, sets: &[&str]) -> Vec<StingCase> {
    let plan = tiny(entries, sets);
    let (arm, shadow) = logs(&plan, None, &[], 0);
    let number = |log: &Log| log.facts().iter().filter(|f| f.kind == K::StingCase).count();
    let found = cases(&arm, &shadow);
    assert_eq!(found.len(), number(&arm));
    assert_eq!(number(&shadow), 0, "no persona, no case");
    assert!(!found.is_empty(), "somebody meets a persona");
    found
}

/// Seekers whom a persona takes at once, before anything else can come, and who stay away.
const PERSONA: [&str; 7] = [
    "start.committed=20",
    "services.undercover_personas=1000",
    "stings.contact_per_persona_per_year=1000",
    "stings.case_days=10",
    "intervention.threshold_log_odds=100",
    "intervention.charge_slope=1",
    "stages.sentence_years_mean=90",
];

const RECRUITER: [&str; 9] = [
    HOLDS,
    "start.fighters_abroad=100",
    "virtual_entrepreneurs.contact_per_year=20",
    "virtual_entrepreneurs.span=1",
    "virtual_entrepreneurs.grooming_days=10",
    "virtual_entrepreneurs.strikes_per_year=0",
    "work.task_days=10",
    "work.completion_log_odds=50",
    "survivors.attacker_escapes_share=0",
];

fn world(entries: &str, sets: &[&[&str]]) -> Vec<StingCase> {
    labelled(entries, &[&[&PERSONA[..]], sets].concat().concat())
}

fn all(found: &[StingCase], label: Label) {
    assert_eq!(found.len(), 20, "a persona is always first");
    for case in found {
        assert_eq!(case.label, label, "{case:?}");
    }
}

#[test]
fn a_seeker_whom_a_recruiter_would_have_instructed_is_taken_from_the_recruiter() {
    let instructed = world(LANGUAGE, &[&RECRUITER, &["virtual_entrepreneurs.instruct_share=1"]]);
    all(&instructed, Label::Recruiter);
    assert!(instructed.iter().all(|c| c.attack() && c.plots.len() == 1 && !c.elsewhere && !c.undecided));
    // The same recruiter, who only talks: nothing comes of it, and the person still waits at the end.
    let talk = world(
        LANGUAGE,
        &[&RECRUITER, &["virtual_entrepreneurs.instruct_share=0", "virtual_entrepreneurs.travel_share=0"]],
    );
    all(&talk, Label::Nothing);
    assert!(talk.iter().all(|c| c.plots.is_empty() && c.undecided));
}

#[test]
fn a_seeker_who_would_have_plotted_alone_is_a_self_starter() {
    let begun = [AT_ONCE, "work.task_days=10", "survivors.attacker_escapes_share=0"];
    let found = world("", &[&begun, &["work.completion_log_odds=50"]]);
    all(&found, Label::SelfStarter);
    assert!(found.iter().all(StingCase::attack));
    // An attempt that fails is a plot and no attack.
    let failed = world("", &[&begun, &["work.completion_log_odds=-50"]]);
    all(&failed, Label::SelfStarter);
    assert!(failed.iter().all(|c| !c.attack() && c.plots.iter().all(|p| p.1 == Ending::Failed)));
    // Whoever joins a friend whom a recruiter instructed was not instructed: one founder a plot.
    let friends =
        ["virtual_entrepreneurs.instruct_share=1", "pathways.friend_joins_share=1", "peers.circle_size_most=8"];
    let found = world(LANGUAGE, &[&RECRUITER, &friends]);
    let founders = found.iter().filter(|c| c.label == Label::Recruiter).count();
    let plots: BTreeSet<_> = found.iter().flat_map(|c| &c.plots).map(|p| p.0).collect();
    assert_eq!(founders, plots.len());
    assert_eq!(found.iter().filter(|c| c.label == Label::SelfStarter).count(), 20 - founders);
    assert!(founders < 20, "somebody has a friend");
}

#[test]
fn a_seeker_who_would_have_left_is_a_traveller_and_one_who_gives_up_comes_to_nothing() {
    let leave = [
        HOLDS,
        "travel.per_year=10",
        "travel.passport_ban_share=0",
        "travel.exit_check_share=0",
        "travel.departure_known_share=0",
        "travel.friend_joins_share=0",
    ];
    all(&world("", &[&leave, &["travel.family_tip_share=0"]]), Label::Travelled);
    // Stopped on the way out, nobody has travelled.
    let stopped = world("", &[&leave, &["travel.family_tip_share=1"]]);
    all(&stopped, Label::Nothing);
    let gives_up = world("", &[&["stages.desist_committed_per_year=20"]]);
    all(&gives_up, Label::Nothing);
    assert!(gives_up.iter().all(|c| !c.undecided), "given up is decided");
    let waits = world("", &[]);
    all(&waits, Label::Nothing);
    assert!(waits.iter().all(|c| c.undecided && !c.elsewhere));
}

#[test]
fn a_second_case_is_followed_from_its_own_day_on() {
    // Out of prison within days and committed again, everybody meets a persona a second time and more.
    let again = ["stages.sentence_years_mean=0.1", "stages.reengage_share=1"];
    let twice = |sets: &[&str]| {
        let own: Vec<&str> = PERSONA[..6].iter().chain(&again).chain(sets).copied().collect();
        let found = labelled("", &own);
        let people: BTreeSet<_> = found.iter().map(|c| c.person).collect();
        assert!(people.len() == 20 && found.len() > 40, "{} cases", found.len());
        let (first, later): (Vec<StingCase>, Vec<StingCase>) = found.into_iter().partition(|c| c.day < 9.0);
        assert_eq!(first.len(), 20, "a case and the sentence take longer");
        (first, later)
    };
    // Who attacks in the shadow dies there: the first case is the attacker's, at the later ones there is nobody.
    let (first, later) =
        twice(&[AT_ONCE, "work.task_days=1", "work.completion_log_odds=50", "survivors.attacker_escapes_share=0"]);
    all(&first, Label::SelfStarter);
    assert!(first.iter().all(|c| c.attack() && !c.elsewhere));
    assert!(later.iter().filter(|c| c.day > 100.0).all(|c| c.elsewhere && c.plots.is_empty()), "dead");
    // Who only waits there still waits at every later case.
    let (first, later) = twice(&[]);
    assert!(first.iter().chain(&later).all(|c| c.label == Label::Nothing && c.undecided && !c.elsewhere));
}

/// The busy world for half a year, with more personas under one policy and none under another.
fn busy(policies: &str) -> String {
    BUSY.replace("2015-12-31", "2015-06-30")
        .replace("contact_per_persona_per_year = 0.03", "contact_per_persona_per_year = 0.3")
        .replace("[scenario]", "[scenario]\nreplications = 4")
        + policies
}

const POLICIES: &str = r#"
[policies.more]
label = "Personas ×2"
set = { "services.undercover_personas" = { times = 2.0 } }

[policies.none]
label = "No personas"
set = { "services.undercover_personas" = 0 }
"#;

#[test]
fn the_shadow_is_the_arm_with_personas_held_at_none_and_every_case_has_one_label() {
    let plan = try_plan(&busy(POLICIES), &[]).unwrap_or_else(|d| panic!("{d}"));
    let held = ["services.undercover_personas!=0".to_owned()];
    let by_hand = try_plan(&busy(POLICIES), &held).unwrap_or_else(|d| panic!("{d}"));
    let policies: Vec<String> = plan.policies.iter().map(|p| p.name.clone()).collect();
    let shadow_plan = without_personas(&plan).expect("personas");
    let (cast, shadow) =
        (ReplayArms::new(&plan, &policies).expect("arms"), ReplayArms::new(&shadow_plan, &policies).expect("arms"));
    let with = [None, Some(0)];
    for policy in [None, Some(0), Some(1)] {
        let has = cast.holds(policy, 0, |s| has_personas(&plan, s)).expect("values");
        assert_eq!(has, with.contains(&policy));
    }
    let (_, ours) = logs(&plan, Some(0), &policies, 1);
    let theirs = ReplayArms::new(&by_hand, &policies).expect("arms").log(Some(0), 1, false).expect("a log");
    assert_eq!(digest(ours.facts(), &[]), digest(theirs.facts(), &[]));
    let todo: Vec<Run> =
        (0..4).flat_map(|replication| with.iter().map(move |&policy| Run { policy, replication })).collect();
    let watch = Watch { progress: &|_: Progress| (), stop: &AtomicBool::new(false) };
    let found = replay(&cast, &shadow, &todo, &watch).expect("values in range").expect("not stopped");
    let alone: Vec<Found> = todo.iter().map(|&run| one(&cast, &shadow, run).expect("values in range")).collect();
    assert_eq!(found, alone, "in the order asked for, whatever the threads");
    for arm in &found {
        let name = arm.run.policy.map(|p| policies[p].as_str());
        let counted = outcome(&crate::worlds::rows(&plan, name, arm.run.replication), "sting_cases");
        assert_eq!(arm.cases.len() as f64, counted);
    }
    let table = rows(&found, &with);
    for (policy, four) in with.iter().zip(table.chunks(4)) {
        let own: Vec<&Found> = found.iter().filter(|f| f.run.policy == *policy).collect();
        assert_eq!(four.iter().map(|r| r.label).collect::<Vec<_>>(), Label::ALL);
        let sum =
            |f: &dyn Fn(&forestall_study::rooms::replay::sting_counts::Row) -> u64| four.iter().map(f).sum::<u64>();
        assert_eq!(sum(&|r| r.counts.cases), own.iter().map(|f| f.cases.len() as u64).sum::<u64>());
        let plots = |f: &&Found| f.cases.iter().flat_map(|c| &c.plots).map(|p| p.0).collect::<BTreeSet<_>>().len();
        assert_eq!(sum(&|r| r.counts.plots.iter().sum()), own.iter().map(plots).sum::<usize>() as u64);
        for row in four {
            assert_eq!((row.policy, row.replications), (*policy, 4));
            assert_eq!(row.mean, Some(row.counts.cases as f64 / 4.0), "quarters are exact");
            let interval = row.interval.expect("four replications");
            assert!(interval.contains(row.mean.expect("a mean")));
        }
    }
    assert!(table.iter().filter(|r| r.counts.cases > 0).count() >= 4, "a busy world has several labels: {table:?}");
}

#[test]
fn replications_of_one_draw_count_once_in_the_interval() {
    // Two draws with means 1 and 3: half-width t(0.975, 1 degree of freedom) × √2 ⁄ √2 = 12.7062.
    let (mean, interval) = mean_and_interval(&[(0, 0.0), (0, 2.0), (1, 3.0), (1, 3.0)]);
    assert_eq!(mean, Some(2.0));
    assert!((interval.expect("two draws").high - 14.7062).abs() < 1e-3, "{interval:?}");
    assert_eq!(mean_and_interval(&[(0, 4.0)]), (Some(4.0), None));
    assert_eq!(mean_and_interval(&[]), (None, None));
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{e}: {}", text(bytes)))
}

#[test]
fn stings_stand_in_the_folder_and_the_report_and_do_not_depend_on_threads() {
    let scratch = Scratch::new("stings");
    scratch.file("small.toml", &busy(POLICIES));
    let run = forestall(&scratch, &["run", "small.toml", "-q"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let folder = run_folder(&scratch, "output");
    let path = folder.to_string_lossy().to_string();
    let mut tables = Vec::new();
    for threads in ["1", "3"] {
        let done = forestall(&scratch, &["replay", &path, "--stings", "--threads", threads, "--json", "-q"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        tables.push((results(&folder)["stings.csv"].clone(), done.stdout));
    }
    assert_eq!(tables[0], tables[1]);
    let arms = json(&tables[0].1)["arms"].as_array().expect("arms").clone();
    assert_eq!(arms.iter().map(|a| a["policy"].as_str()).collect::<Vec<_>>(), [Some("baseline"), Some("more")]);
    let report = std::fs::read_to_string(folder.join("report.html")).expect("the report");
    assert!(report.contains("What sting cases would have come to without personas"));
    let arms_of = |table: &[u8]| text(table).lines().skip(1).map(|l| l.split(',').next().map(String::from)).collect();
    let told: BTreeSet<Option<String>> = arms_of(&tables[0].0);
    assert_eq!(told, ["baseline", "more"].map(|a| Some(a.to_owned())).into());
    // A scenario file and one replication give a part of the same, and write nothing into the folder.
    let call = |source: &str, more: &[&str]| {
        let head = ["replay", source, "--stings", "--policy", "baseline", "--replication", "2", "-q"];
        let done = forestall(&scratch, &[&head[..], more].concat());
        assert!(done.status.success(), "{}", text(&done.stderr));
        done.stdout
    };
    assert_eq!(call("small.toml", &["--json"]), call(&path, &["--json"]));
    let shown = text(&call("small.toml", &["--out", "told"]));
    for words in ["Baseline: ", "sting cases in 1 replication", "self_starter", "undefined"] {
        assert!(shown.contains(words), "{shown}");
    }
    for file in
        ["stings.csv", "stings.json", "stings.html", "charts/stings.svg", "charts/stings.png", "charts/stings.csv"]
    {
        assert!(scratch.0.join("told").join(file).is_file(), "{file} is missing");
    }
    assert_eq!(results(&folder)["stings.csv"], tables[0].0);
    // With more replications in the folder the chart would tell of a part only, and leaves the report.
    let more = forestall(&scratch, &["run", "small.toml", "--replications", "5", "-q"]);
    assert!(more.status.success(), "{}", text(&more.stderr));
    let folders = std::fs::read_dir(scratch.0.join("output")).expect("output").count();
    assert_eq!(folders, 1, "the same run goes on");
    let report = std::fs::read_to_string(folder.join("report.html")).expect("the report");
    assert!(!report.contains("What sting cases would have come to without personas"));
}

#[test]
fn mistakes_in_a_replay_of_stings_get_an_answer() {
    let scratch = Scratch::new("stings-mistakes");
    scratch.file("small.toml", &busy(POLICIES));
    let none = busy("").replace("undercover_personas = 6", "undercover_personas = 0");
    scratch.file("none.toml", &none.replace("undercover_personas = 4", "undercover_personas = 0"));
    let cases: [(&[&str], &[&str]); 6] = [
        (&["none.toml"], &["no arm has undercover personas", "services.undercover_personas above 0"]),
        (&["small.toml", "--policy", "none"], &["`none` has no undercover personas", "baseline, more"]),
        (&["small.toml", "--policy", "mor"], &["no policy is called `mor`", "did you mean `more`"]),
        (&["small.toml", "--replication", "4"], &["no replication 4", "0 to 3"]),
        (&["small.toml", "--summary"], &["--summary", "--stings"]),
        (&["nowhere.toml"], &["no file or folder nowhere.toml"]),
    ];
    for (arguments, expected) in cases {
        let done = forestall(&scratch, &[&["replay", "--stings"], arguments].concat());
        let told = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {told}");
        for words in expected {
            assert!(told.contains(words), "{arguments:?} does not say `{words}`:\n{told}");
        }
        assert!(!told.contains("panicked"), "{told}");
    }
}
