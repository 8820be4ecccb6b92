//! M21: files that nobody works, and chances that were missed, with their reason.

use forestall_model::{Fact, FactKind as K};

use crate::worlds;

use super::{HOLDS, LANGUAGE, TWO, binomial, number, same, story, subjects, times, tiny};

/// Services that keep files, and see every sign on an open file and none on others.
const WORLD: [&str; 14] = [
    "subjects.files_kept=true",
    "subjects.review_per_year=0",
    "subjects.cases_per_officer=0",
    "services.other_work_share=0",
    "services.case_officers=1",
    "detection.visible_open_share=1",
    "detection.background_per_year=0",
    "evidence.half_life_days=1000000",
    "start.file_odds=1000",
    "pathways.self_start_per_committed_per_year=10",
    "work.task_days=100",
    "work.completion_log_odds=50",
    "work.signs_per_task_and_person=20",
    "work.tasks_inspired=1",
];
const MISSED: [K; 3] = [K::ChanceMissedForStaff, K::ChanceMissedByJudgement, K::ChanceMissedBetween];

fn world(more: &[&str]) -> Vec<Fact> {
    story("", &[&WORLD[..], more].concat())
}

fn missed(facts: &[Fact]) -> [usize; 3] {
    MISSED.map(|kind| number(facts, kind))
}

#[test]
fn m21_parked_files_show_what_closed_ones_show_and_each_sign_gone_by_is_told() {
    let one = ["start.committed=1", "start.open_cases=1"];
    let worked = world(&[&one[..], &["subjects.worked_per_officer=1"]].concat());
    let signs = times(&worked, K::SignatureSeen);
    assert!(signs.len() > 3, "{signs:?}");
    assert_eq!(missed(&worked), [0; 3]);
    let parked = world(&[&one[..], &["subjects.worked_per_officer=0.9"]].concat());
    assert_eq!(times(&parked, K::ChanceMissedForStaff), signs, "less than a file is no file");
    assert_eq!((number(&parked, K::SignatureSeen), missed(&parked)), (0, [signs.len(), 0, 0]));
    let as_closed =
        world(&[&one[..], &["subjects.worked_per_officer=0.9", "detection.visible_closed_share=1"]].concat());
    assert_eq!(times(&as_closed, K::SignatureSeen), signs);
    let no_officer = world(&[&one[..], &["subjects.worked_per_officer=1", "services.case_officers=0"]].concat());
    assert_eq!(missed(&no_officer), [signs.len(), 0, 0], "an officer fewer");
}

#[test]
fn m21_parked_are_the_coldest_files() {
    // Five plotters with open files and an officer for one: whoever shows first is hottest, and is worked to the end.
    let five = ["start.committed=5", "start.open_cases=5"];
    let facts = world(&[&five[..], &["subjects.worked_per_officer=1"]].concat());
    let seen = subjects(&facts, K::ChanceMissedForStaff);
    assert_eq!(seen.len(), 4, "four are parked");
    let all = world(&five);
    let shown = |f: &&Fact| f.kind == K::SignatureSeen;
    assert!(facts.iter().any(|f| shown(&f)));
    for first in facts.iter().filter(shown) {
        let later = |f: &Fact| f.kind == K::ChanceMissedForStaff && f.plot == first.plot && f.time > first.time;
        assert!(!facts.iter().any(later), "a file that was the hottest is parked");
    }
    // Whatever is worked, the signs are the same: seen or told as missed.
    for each in ["1", "2", "3", "4", "5"] {
        let setting = format!("subjects.worked_per_officer={each}");
        let some = world(&[&five[..], &[setting.as_str()]].concat());
        let mut told = times(&some, K::SignatureSeen);
        told.extend(times(&some, K::ChanceMissedForStaff));
        told.sort_by(f64::total_cmp);
        assert_eq!(told, times(&all, K::SignatureSeen), "{each} worked");
    }
}

#[test]
fn m21_parked_files_show_a_share_of_background_signs() {
    let many = |setting: &str| {
        let base = ["start.committed=20", "start.open_cases=20", "pathways.self_start_per_committed_per_year=0"];
        let seen = [
            "detection.background_per_year=4",
            "detection.visible_open_share=0.4",
            "detection.visible_closed_share=0.1",
        ];
        times(&world(&[&base[..], &seen[..], &[setting]].concat()), K::EvidenceSeen)
    };
    let (all, parked) = (many("subjects.worked_per_officer=0"), many("subjects.worked_per_officer=0.5"));
    binomial("seen on parked files", parked.len(), all.len(), 0.25);
    assert!(parked.iter().all(|t| all.contains(t)), "the same signs, fewer seen");
}

#[test]
fn m21_parked_is_nobody_while_officers_can_work_all_files() {
    let digest = |setting: &str| {
        let base = ["start.committed=9", "start.open_cases=9", setting];
        worlds::digest(&worlds::facts(&tiny("", &[&WORLD[..], &base].concat()), None, 0).0, &[])
    };
    assert_eq!(digest("subjects.worked_per_officer=0"), digest("subjects.worked_per_officer=9"));
    assert_ne!(digest("subjects.worked_per_officer=0"), digest("subjects.worked_per_officer=8"));
}

#[test]
fn m21_parked_files_are_a_stock() {
    let plan = tiny(
        "",
        &[&WORLD[..], &["start.sympathisers=9", "start.open_cases=9", "subjects.worked_per_officer=4"]].concat(),
    );
    let rows = worlds::rows(&plan, None, 0);
    assert_eq!([worlds::outcome(&rows, "open_cases"), worlds::outcome(&rows, "files_parked")], [9.0, 5.0]);
}

#[test]
fn chances_are_missed_for_staff_where_the_file_was_closed_for_lack_of_it() {
    let closed = ["start.committed=1", "start.open_cases=1", "subjects.cases_per_officer=0.5"];
    let facts = world(&closed);
    let first = times(&facts, K::CaseClosedForCapacity)[0];
    assert_eq!(first, 1.0);
    let [staff, judgement, between] = missed(&facts);
    assert!(staff > 3 && judgement == 0 && between == 0, "{:?}", missed(&facts));
    // Closed at review instead, it is the judgement of those who reviewed it.
    let reviewed = world(&["start.committed=1", "start.open_cases=1", "subjects.review_per_year=1000"]);
    assert_eq!(missed(&reviewed), [0, staff, 0]);
    // So is a record that nobody made a file of; and of somebody unknown to all nothing could be known.
    assert_eq!(missed(&world(&["start.committed=1", "start.closed_cases=1"])), [0, staff, 0]);
    assert_eq!(missed(&world(&["start.committed=1"])), [0; 3]);
}

#[test]
fn chances_are_missed_for_staff_where_no_team_is_free() {
    let hot = [
        "start.committed=1",
        "start.open_cases=1",
        "subjects.watch_log_odds=-10",
        "services.officers_per_team=30",
        "detection.visible_open_share=0.000001",
        "detection.visible_watched_share=1",
    ];
    let watched = world(&[&hot[..], &["services.surveillance_officers=30"]].concat());
    let alone = world(&hot);
    assert_eq!(missed(&watched), [0; 3]);
    assert_eq!(times(&alone, K::ChanceMissedForStaff), times(&watched, K::SignatureSeen));
    let cold = world(&[&hot[..], &["subjects.watch_log_odds=0"]].concat());
    assert_eq!(missed(&cold), [0; 3], "nobody wanted to watch");
}

#[test]
fn chances_are_missed_between_services_where_another_one_knows() {
    // People of A are instructed from outside to prepare in B, which has no record of them.
    let facts = |known: &[&str]| {
        let base = [
            "pathways.self_start_per_committed_per_year=0",
            "virtual_entrepreneurs.contact_per_year=50",
            "virtual_entrepreneurs.encryption_share=0",
            "virtual_entrepreneurs.instruct_share=1",
            "virtual_entrepreneurs.travel_share=0",
            "place.preparation_abroad_share=1",
            HOLDS,
            "countries.A.start.committed=40",
            "countries.A.start.fighters_abroad=1",
            "virtual_entrepreneurs.span=1000",
            "virtual_entrepreneurs.strikes_per_year=0",
            "virtual_entrepreneurs.grooming_days=1",
            "countries.A.campaign_weight=0",
            "countries.B.campaign_weight=1",
            "work.tasks_online_directed=1",
            "detection.elsewhere_share=0",
        ];
        story(&format!("{LANGUAGE}{TWO}"), &[&WORLD[..], &base, known].concat())
    };
    let nobody = facts(&[]);
    assert!(number(&nobody, K::PlotStarted) > 5);
    assert_eq!(missed(&nobody), [0; 3], "nobody knows them");
    for known in ["countries.A.start.open_cases=40", "countries.A.start.closed_cases=40"] {
        let [staff, judgement, between] = missed(&facts(&[known]));
        assert!(staff == 0 && judgement == 0 && between > 10, "{known}: {staff} {judgement} {between}");
    }
}

#[test]
fn chances_are_missed_where_a_lead_on_a_plotter_comes_to_nothing() {
    let leads = ["start.committed=50", "detection.visible_unknown_share=1", "detection.visible_closed_share=1"];
    let dismissed = world(&[&leads[..], &["triage.sensitivity=0"]].concat());
    assert_eq!(missed(&dismissed)[1], number(&dismissed, K::LeadAssessed));
    let waiting = [
        "triage.assessments_per_analyst_per_day=1",
        "services.analysts=0",
        "triage.stale_per_day=1000000",
        "triage.stale_record_share=0",
    ];
    let stale = world(&[&leads[..], &waiting[..]].concat());
    assert_eq!(missed(&stale)[0], number(&stale, K::LeadStale));
    assert!(missed(&dismissed)[1] > 50 && missed(&stale)[0] > 50);
}

#[test]
fn chances_missed_stand_with_the_plot_and_in_the_columns() {
    let sets = [
        &WORLD[..],
        &["start.committed=20", "start.open_cases=10", "start.closed_cases=5", "subjects.worked_per_officer=3"],
    ]
    .concat();
    let plan = tiny("", &sets);
    let (facts, run) = super::told(&plan, 0);
    let by_plot = run.plots.iter().fold([0; 3], |sum, p| {
        let here = [p.missed.for_staff, p.missed.by_judgement, p.missed.between];
        [0, 1, 2].map(|i| sum[i] + here[i] as usize)
    });
    assert_eq!(by_plot, missed(&facts));
    assert!(by_plot[0] > 10 && by_plot[1] > 10, "{by_plot:?}");
    let rows = worlds::rows(&plan, None, 0);
    for (name, count) in
        ["chances_missed_for_staff", "chances_missed_by_judgement", "chances_missed_between"].iter().zip(by_plot)
    {
        same(name, worlds::outcome(&rows, name), count as f64);
    }
}
