//! M24: the investigation of plots that have ended, and whom it binds.

use forestall_model::{Fact, FactKind as K};

use crate::worlds;

use super::{first, kinds, mean, number, same, scaled, story, times, tiny, told};

/// One attack that harms nobody; services keep files and have two teams.
const ATTACK: [&str; 13] = [
    "start.returnees=1",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.2",
    "start.file_odds=0.000001",
    "work.tasks_networked=1",
    "work.completion_log_odds=-50",
    "subjects.files_kept=true",
    "subjects.review_per_year=0",
    "subjects.cases_per_officer=0",
    "services.other_work_share=0",
    "services.surveillance_officers=60",
    "services.officers_per_team=30",
    "investigations.share_most=1",
];

fn attack(more: &[&str]) -> Vec<Fact> {
    story("", &[&ATTACK[..], more].concat())
}

#[test]
fn m24_investigations_open_with_the_attempt_and_end_in_their_time() {
    let facts = attack(&["investigations.teams_each=1"]);
    assert_eq!(
        kinds(&facts),
        [K::PlotStarted, K::VeteranPlots, K::TaskDone, K::PlotFailed, K::InvestigationOpened, K::InvestigationEnded]
    );
    assert_eq!((facts[4].cause, facts[5].cause), (facts[3].id, facts[4].id));
    assert_eq!(facts[4].time, facts[3].time);
    same("its length is told when it opens", facts[5].time - facts[4].time, facts[4].value);
    let longer = attack(&["investigations.teams_each=1", "investigations.days_mean=240"]);
    scaled("twice the mean", &[longer[4].value], &[facts[4].value], 2.0);
    assert_eq!(number(&attack(&[]), K::InvestigationOpened), 0, "nobody bound, nothing told");
}

/// Nine people whom the service would watch, had it the teams.
const HOT: [&str; 3] = ["start.sympathisers=9", "start.open_cases=9", "subjects.watch_log_odds=-10"];

#[test]
fn m24_investigations_take_teams_from_watching_and_give_them_back() {
    let facts = attack(&[&HOT[..], &["investigations.teams_each=1"]].concat());
    let (opened, ended) = (first(&facts, K::InvestigationOpened), first(&facts, K::InvestigationEnded));
    let watching = |day: f64| {
        let before = |kind| times(&facts, kind).iter().filter(|t| **t <= day).count();
        before(K::WatchStarted) - before(K::WatchEnded)
    };
    // A team stands down at the first shift after the attack, and is there again on the day of the end.
    assert_eq!([opened, opened + 1.0, ended - 1e-9, ended].map(watching), [2, 1, 1, 2]);
}

#[test]
fn m24_investigations_bind_at_most_their_share() {
    let watched_least = |share: &str| {
        let facts = attack(&[&HOT[..], &["investigations.teams_each=50", share]].concat());
        let ended = first(&facts, K::InvestigationOpened) + 1.0;
        let before = |kind| times(&facts, kind).iter().filter(|t| **t <= ended).count();
        before(K::WatchStarted) - before(K::WatchEnded)
    };
    assert_eq!(watched_least("investigations.share_most=1"), 0);
    assert_eq!(watched_least("investigations.share_most=0.5"), 1);
    assert_eq!(watched_least("investigations.share_most=0.4"), 2, "no part of a team is bound");
}

#[test]
fn m24_investigations_bind_case_officers_who_then_carry_fewer_files() {
    // Ten officers carry ten files; an investigation takes four of them.
    let world = |officers: &str| {
        let files =
            ["start.sympathisers=9", "start.open_cases=9", "services.case_officers=10", "subjects.cases_per_officer=1"];
        attack(&[&files[..], &[officers]].concat())
    };
    let facts = world("investigations.officers_each=4");
    let closed = times(&facts, K::CaseClosedForCapacity);
    assert_eq!(closed.len(), 3, "nine files, six officers left");
    let opened = first(&facts, K::InvestigationOpened);
    assert!(closed.iter().all(|t| *t > opened && *t <= opened + 1.0));
    assert_eq!(number(&world("investigations.officers_each=0"), K::CaseClosedForCapacity), 0);
}

#[test]
fn m24_investigations_under_way_obey_littles_law() {
    // Attempts at random at a constant rate: the number under way has the mean rate × length, whatever the law.
    let plan = tiny(
        "",
        &[
            "pathways.sudden_per_million_per_year=40",
            "work.tasks_inspired=1",
            "work.task_days=0.01",
            "investigations.officers_each=1",
            "investigations.days_mean=60",
        ],
    );
    let days = plan.arm(None).expect("arm").days();
    let means: Vec<f64> = (0..20)
        .map(|r| {
            let (facts, _) = told(&plan, r);
            let of = |kind| facts.iter().filter(move |f| f.kind == kind).map(|f| f.time);
            // The integral of the number under way: days left at each opening less days left at each end.
            let left = |kind| of(kind).map(|t| days - t).sum::<f64>();
            (left(K::InvestigationOpened) - left(K::InvestigationEnded)) / days
        })
        .collect();
    // Forty attempts a year; whoever begins within the last weeks is cut off: m (1 − m ⁄ days) up to e^(−days ⁄ m).
    mean("under way", &means, 40.0 / 365.25 * 60.0 * (1.0 - 60.0 / days));
}

#[test]
fn services_teams_bound_are_in_use_and_full_use_is_told() {
    // Two teams watch from the first shift, a day after the beginning, and stay.
    let sets: Vec<&str> = [&ATTACK[4..], &HOT[..]].concat();
    let plan = tiny("", &sets);
    let rows = worlds::rows(&plan, None, 0);
    let days = plan.arm(None).expect("arm").days();
    let whole = 1.0 - 1.0 / days;
    same("teams in use", worlds::outcome(&rows, "surveillance_use_share"), whole);
    same("time at full use", worlds::outcome(&rows, "surveillance_full_share"), whole);
    // With a third team one is free all the time, though two of three are in use.
    let sets: Vec<&str> =
        [&ATTACK[4..], &["start.sympathisers=2", "start.open_cases=2", HOT[2], "services.surveillance_officers=90"]]
            .concat();
    let rows = worlds::rows(&tiny("", &sets), None, 0);
    same("two of three", worlds::outcome(&rows, "surveillance_use_share"), whole * 2.0 / 3.0);
    assert_eq!(worlds::outcome(&rows, "surveillance_full_share"), 0.0);
    // An attempt binds both teams, and they count as in use although they watch nobody.
    let bound = tiny("", &[&ATTACK[..], &["investigations.teams_each=2", "investigations.days_mean=10000"]].concat());
    let (facts, _) = told(&bound, 0);
    let opened = facts.iter().find(|f| f.kind == K::InvestigationOpened).expect("an investigation");
    let until = (opened.time + opened.value).min(days);
    let found = worlds::outcome(&worlds::rows(&bound, None, 0), "surveillance_full_share");
    same("bound", found, (until - opened.time) / days);
}
