//! M21 to M25: files, detection, intervention, aftermath and intrusion.

use forestall_model::{Fact, FactKind as K};

use super::{AT_ONCE, binomial, expect, first, kinds, number, same, scaled, story, subjects, times, tiny, told, until};
use crate::worlds;

const FILES: [&str; 4] = [
    "subjects.files_kept=true",
    "services.other_work_share=0",
    "subjects.review_per_year=0",
    "subjects.cases_per_officer=0",
];

fn files(more: &[&str]) -> Vec<Fact> {
    story("", &[&FILES[..], more].concat())
}

#[test]
fn m21_subjects_a_file_without_news_is_closed_at_review() {
    let world = ["start.committed=1", "leads.committed_per_year=0.5"];
    let facts = files(&[&world[..], &["subjects.review_per_year=100"]].concat());
    let steps = [
        (K::LeadReceived, None),
        (K::LeadTrue, Some(0)),
        (K::LeadAssessed, Some(0)),
        (K::AssessedWithoutPlot, None),
        (K::CaseOpened, Some(2)),
        (K::CaseClosed, Some(4)),
    ];
    expect(&facts, false, &steps);
    let slow = files(&[&world[..], &["subjects.review_per_year=50"]].concat());
    same("half the reviews", slow[5].time - slow[4].time, 2.0 * (facts[5].time - facts[4].time));
}

#[test]
fn m21_subjects_beyond_the_officers_load_files_are_closed_at_the_first_shift() {
    let facts = files(&[
        "start.sympathisers=5",
        "start.open_cases=5",
        "services.case_officers=3",
        "subjects.cases_per_officer=1",
    ]);
    assert_eq!(kinds(&facts), [K::CaseClosedForCapacity; 2]);
    assert!(facts.iter().all(|f| f.time == 1.0));
    let room = files(&[
        "start.sympathisers=5",
        "start.open_cases=5",
        "services.case_officers=5",
        "subjects.cases_per_officer=1",
    ]);
    assert!(room.is_empty());
}

const WATCH: [&str; 6] = [
    "start.committed=9",
    "start.open_cases=9",
    "services.surveillance_officers=60",
    "services.officers_per_team=30",
    "subjects.watch_log_odds=-10",
    "work.tasks_inspired=500",
];

#[test]
fn m21_subjects_teams_watch_as_many_as_there_are_teams() {
    let facts = files(&WATCH);
    assert_eq!(kinds(&facts), [K::WatchStarted, K::WatchedWithoutPlot, K::WatchStarted, K::WatchedWithoutPlot]);
    assert_eq!(facts[1].cause, facts[0].id);
    assert!(facts.iter().all(|f| f.time == 1.0), "at the first shift");
    assert!(files(&[&WATCH[..], &["subjects.watch_log_odds=0"]].concat()).is_empty(), "nobody is believed enough");
}

#[test]
fn m21_subjects_hidden_truth_does_not_move_the_teams() {
    let harmless = files(&WATCH);
    let plotting = files(&[&WATCH[..], &[AT_ONCE]].concat());
    assert_eq!(number(&plotting, K::PlotStarted), 9);
    assert_eq!(subjects(&plotting, K::WatchStarted), subjects(&harmless, K::WatchStarted));
}

#[test]
fn services_staff_less_other_work_makes_whole_teams() {
    for (officers, other, teams) in [("60", "0", 2), ("60", "0.1", 1), ("89", "0", 2), ("90", "0", 3), ("29", "0", 0)] {
        let (officers, other) =
            (format!("services.surveillance_officers={officers}"), format!("services.other_work_share={other}"));
        let facts = files(&[&WATCH[..], &[officers.as_str(), other.as_str()]].concat());
        assert_eq!(number(&facts, K::WatchStarted), teams, "{officers} {other}");
    }
}

/// One plot that leaves signs at once, which the service sees.
const SIGNS: [&str; 9] = [
    "start.committed=1",
    "pathways.self_start_per_committed_per_year=10",
    "work.task_days=100",
    "work.completion_log_odds=50",
    "work.signs_per_task_and_person=50",
    "detection.visible_unknown_share=1",
    "detection.visible_closed_share=1",
    "detection.visible_open_share=1",
    "detection.background_per_year=0",
];

#[test]
fn m22_detection_a_sign_by_an_unknown_person_is_a_lead() {
    let facts = files(&SIGNS);
    let steps = [
        (K::PlotStarted, None),
        (K::SignatureSeen, Some(0)),
        (K::LeadReceived, Some(1)),
        (K::LeadTrue, Some(2)),
        (K::LeadAssessed, Some(2)),
        (K::CaseOpened, Some(4)),
        (K::SignatureSeen, Some(1)),
    ];
    expect(&facts, false, &steps);
    let more = files(&[&SIGNS[..], &["work.signs_per_task_and_person=100"]].concat());
    same("twice the signs", more[1].time - more[0].time, (facts[1].time - facts[0].time) / 2.0);
}

#[test]
fn m22_detection_sees_a_nested_share_of_signs() {
    let many = |share: &str| {
        let (a, b) =
            (format!("detection.visible_unknown_share={share}"), format!("detection.visible_closed_share={share}"));
        let facts =
            story("", &[&SIGNS[..], &["start.committed=20", "work.task_days=200", a.as_str(), b.as_str()]].concat());
        facts
            .iter()
            .filter(|f| f.kind == K::SignatureSeen)
            .map(|f| (f.plot.bits(), f.time.to_bits()))
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (all, some, few) = (many("1"), many("0.5"), many("0.2"));
    assert!(all.is_superset(&some) && some.is_superset(&few));
    binomial("seen", some.len(), all.len(), 0.5);
    binomial("seen", few.len(), all.len(), 0.2);
}

#[test]
fn m22_detection_people_who_never_plot_leave_signs_too() {
    let world = ["start.committed=1", "start.open_cases=1", "detection.visible_open_share=1"];
    let facts = files(&[&world[..], &["detection.background_per_year=2"]].concat());
    assert!(facts.len() > 5 && facts.iter().all(|f| f.kind == K::EvidenceSeen));
    let more = files(&[&world[..], &["detection.background_per_year=4"]].concat());
    scaled("twice the signs", &times(&more, K::EvidenceSeen), &times(&facts, K::EvidenceSeen), 0.5);
}

/// The first sign is convincing, and the arrest follows.
const ACT: [&str; 6] = [
    "intervention.threshold_log_odds=4",
    "subjects.prior_log_odds=-5",
    "evidence.half_life_days=1000000",
    "intervention.execute_per_day=1000000",
    "intervention.officers_per_intervention=0",
    "intervention.charge_slope=0",
];

fn act(more: &[&str]) -> Vec<Fact> {
    files(&[&SIGNS[..], &ACT[..], more].concat())
}

#[test]
fn m23_intervention_follows_belief_above_the_threshold() {
    // Background 0 makes one sign weigh 10: −5 + 10 > 4.
    let facts = act(&["intervention.charge_intercept=50"]);
    expect(
        &facts,
        true,
        &[
            (K::PlotStarted, None),
            (K::SignatureSeen, Some(0)),
            (K::LeadReceived, Some(1)),
            (K::LeadTrue, Some(2)),
            (K::LeadAssessed, Some(2)),
            (K::CaseOpened, Some(4)),
            (K::InterventionDecided, Some(5)),
            (K::Arrested, Some(6)),
            (K::PlotFoiled, Some(7)),
            (K::Charged, Some(7)),
            (K::Imprisoned, Some(9)),
            (K::Released, Some(10)),
        ],
    );
    assert_eq!(
        number(
            &act(&["intervention.threshold_log_odds=6", "intervention.charge_intercept=50"]),
            K::InterventionDecided
        ),
        1,
        "two signs suffice then"
    );
    assert!(
        first(&act(&["intervention.threshold_log_odds=6", "intervention.charge_intercept=50"]), K::InterventionDecided)
            > facts[6].time
    );
    let wait = |rate: &str| {
        let facts = act(&[rate]);
        first(&facts, K::Arrested) - first(&facts, K::InterventionDecided)
    };
    same("twice the pace", wait("intervention.execute_per_day=200"), wait("intervention.execute_per_day=100") / 2.0);
}

#[test]
fn m23_intervention_charges_by_log_odds() {
    let facts = act(&["start.committed=500", "intervention.charge_intercept=0"]);
    let (charged, released) = (number(&facts, K::Charged), number(&facts, K::ReleasedUncharged));
    assert_eq!(charged + released, number(&facts, K::Arrested));
    binomial("charged", charged, charged + released, 0.5);
}

#[test]
fn m23_intervention_a_lower_threshold_holds_more_people_who_never_plotted() {
    let held = |threshold: &str| {
        let facts = files(&[
            "start.committed=200",
            "start.open_cases=200",
            "detection.visible_open_share=1",
            "detection.background_per_year=1",
            "evidence.half_life_days=120",
            "intervention.officers_per_intervention=0",
            "intervention.charge_intercept=-50",
            threshold,
        ]);
        subjects(&facts, K::HeldWithoutPlot)
    };
    let (low, high) = (held("intervention.threshold_log_odds=-2"), held("intervention.threshold_log_odds=1"));
    assert!(
        low.is_superset(&high) && low.len() > high.len() && !high.is_empty(),
        "{} against {}",
        low.len(),
        high.len()
    );
}

/// One attack that harms one person, with open files on people who do not plot.
const RAIDS: [&str; 12] = [
    "start.returnees=1",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.2",
    "start.file_odds=0.000001",
    "work.tasks_networked=1",
    "work.completion_log_odds=50",
    "harm.scale=8",
    "harm.most=1",
    "harm.nobody_share=0",
    "harm.killed_share=0",
    "aftermath.raid_holds_share=0",
    "aftermath.raid_days=0",
];

fn raids(more: &[&str]) -> Vec<Fact> {
    files(&[&RAIDS[..], more].concat())
}

#[test]
fn m24_aftermath_raids_the_open_files_and_finds_nobody_unknown() {
    // 4.4 raids per unit of log harm, one person harmed: 4.4 × ln 2 rounds to 3, of five open files.
    let facts = raids(&["start.sympathisers=5", "start.open_cases=5", "aftermath.raids_per_log_harm=4.4"]);
    let attack = [K::PlotStarted, K::VeteranPlots, K::TaskDone, K::PlotCompleted, K::PeopleHarmed, K::PeopleKilled];
    let raid = [K::Raid, K::SearchedWithoutPlot];
    assert_eq!(kinds(&facts), [&attack[..], &raid[..], &raid[..], &raid[..]].concat());
    assert!(facts[6..].chunks(2).all(|r| r[0].cause == facts[3].id && r[1].cause == r[0].id));
    assert_eq!(number(&raids(&["aftermath.raids_per_log_harm=1000"]), K::Raid), 0, "nobody had noticed anybody");
}

#[test]
fn m24_aftermath_holds_a_share_of_those_raided() {
    let facts = raids(&[
        "start.sympathisers=600",
        "start.open_cases=600",
        "aftermath.raids_per_log_harm=10000",
        "aftermath.raid_holds_share=0.3",
    ]);
    assert_eq!(number(&facts, K::Raid), 600);
    binomial("held", number(&facts, K::HeldWithoutPlot), 600, 0.3);
}

#[test]
fn m25_intrusion_counts_everyone_assessed_who_was_not_plotting() {
    let facts = story("", &["start.committed=3", "leads.committed_per_year=1"]);
    assert_eq!(number(&facts, K::AssessedWithoutPlot), number(&facts, K::LeadAssessed));
    let plotting = story(
        "",
        &[
            "start.committed=1",
            AT_ONCE,
            "leads.committed_per_year=20",
            "leads.plotter_factor=1",
            "work.task_days=10000",
        ],
    );
    let start = first(&plotting, K::PlotStarted);
    assert!(times(&plotting, K::AssessedWithoutPlot).iter().all(|t| *t < start));
    assert!(times(&plotting, K::LeadAssessed).iter().any(|t| *t > start));
}

#[test]
fn m25_intrusion_index_is_the_weighted_sum() {
    let plan = tiny(
        "",
        &[
            &FILES[..],
            &RAIDS[..],
            &[
                "start.sympathisers=50",
                "start.open_cases=50",
                "aftermath.raids_per_log_harm=10000",
                "aftermath.raid_holds_share=0.3",
                "leads.sympathiser_per_year=0.1",
                "services.surveillance_officers=60",
                "subjects.watch_log_odds=-10",
                "intrusion.assessed_weight=2",
                "intrusion.watched_weight=3",
                "intrusion.searched_weight=5",
                "intrusion.held_weight=7",
            ],
        ]
        .concat(),
    );
    let rows = worlds::rows(&plan, None, 0);
    let of = |name| worlds::outcome(&rows, name);
    let counts =
        ["assessed_without_plot", "watched_without_plot", "searched_without_plot", "held_without_plot"].map(of);
    assert!(counts.iter().all(|c| *c > 0.0), "{counts:?}");
    same("the index", of("intrusion"), 2.0 * counts[0] + 3.0 * counts[1] + 5.0 * counts[2] + 7.0 * counts[3]);
}

/// Two signs convict only if the first still weighs when the second comes: a short memory needs them close together.
#[test]
fn m21_evidence_forgets_by_its_half_life() {
    let held = |half_life: &str| {
        let facts = files(&[
            "start.committed=200",
            "start.open_cases=200",
            "detection.visible_open_share=1",
            "detection.background_per_year=1",
            "detection.plotter_reference_per_year=60",
            "intervention.officers_per_intervention=0",
            "intervention.charge_intercept=-50",
            "intervention.threshold_log_odds=1",
            half_life,
        ]);
        subjects(&facts, K::HeldWithoutPlot)
    };
    let (long, short) = (held("evidence.half_life_days=1000000"), held("evidence.half_life_days=10"));
    assert!(!short.is_empty() && long.is_superset(&short), "{} against {}", long.len(), short.len());
    assert!(long.len() > 2 * short.len(), "{} against {}", long.len(), short.len());
}

/// Everybody with an open file is counted once, and of them everybody who was held, however often.
#[test]
fn m25_intrusion_people_with_a_file_who_never_plotted_are_counted_once() {
    let sets = [
        &FILES[..],
        &[
            "start.committed=200",
            "start.open_cases=150",
            "leads.committed_per_year=0.2",
            "detection.visible_open_share=1",
            "detection.background_per_year=1",
            "intervention.officers_per_intervention=0",
            "intervention.charge_intercept=-50",
            "intervention.threshold_log_odds=-1",
        ],
    ]
    .concat();
    let plan = tiny("", &sets);
    let facts = told(&plan, 0).0;
    let (held, opened) = (subjects(&facts, K::HeldWithoutPlot), subjects(&facts, K::CaseOpened));
    assert!(number(&facts, K::HeldWithoutPlot) > held.len(), "nobody is held twice");
    let rows = worlds::rows(&plan, None, 0);
    assert_eq!(worlds::outcome(&rows, "filed_never_plotted_held"), held.len() as f64);
    // The first day's stock has no fact; whoever is in it has no file opened later but reopened.
    assert_eq!(worlds::outcome(&rows, "filed_never_plotted"), (150 + opened.len()) as f64);
    assert!(!opened.is_empty() && !held.is_empty());
}

/// A file that was closed before the counted period is none of it, one that is still open is.
#[test]
fn m25_intrusion_files_of_the_warm_up_count_if_they_are_still_open() {
    let sets = [&FILES[..], &["start.committed=200", "leads.committed_per_year=0.5", "subjects.review_per_year=2"]];
    let plan = until("2010-03-31", "warm_up_days = 700", &sets.concat());
    let facts = told(&plan, 0).0;
    let mut open = std::collections::BTreeSet::new();
    let mut counted = std::collections::BTreeSet::new();
    for fact in &facts {
        if fact.time >= 0.0 && counted.is_empty() {
            counted = open.clone();
        }
        match fact.kind {
            K::CaseOpened | K::CaseReopened => {
                open.insert(fact.subject.bits());
                if fact.time >= 0.0 {
                    counted.insert(fact.subject.bits());
                }
            }
            K::CaseClosed => {
                open.remove(&fact.subject.bits());
            }
            _ => {}
        }
    }
    let rows = worlds::rows(&plan, None, 0);
    assert_eq!(worlds::outcome(&rows, "filed_never_plotted"), counted.len() as f64);
    assert!(counted.len() < subjects(&facts, K::CaseOpened).len(), "no file was closed in the warm-up");
}

/// Plotters are no part of either count, whenever they plot.
#[test]
fn m25_intrusion_whoever_plots_leaves_both_counts() {
    let held = |share: &str| {
        let world = ["start.returnees=1", "start.open_cases=1", "returnees.plot_delay_years_mean=0.2", share];
        let plan = tiny("", &[&FILES[..], &world[..]].concat());
        worlds::outcome(&worlds::rows(&plan, None, 0), "filed_never_plotted")
    };
    assert_eq!((held("returnees.plot_share=0"), held("returnees.plot_share=1")), (1.0, 0.0));
}
