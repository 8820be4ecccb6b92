//! M26 to M29 and dots not connected: records, notices, the pooled database and its members.

use std::collections::BTreeMap;

use forestall_model::{Fact, FactKind as K};

use super::{AT_ONCE, BACK_BY_B, HOLDS, TWO, binomial, expect, kinds, number, same, story, subjects, tiny, told};

const LEAVE: [&str; 6] = [
    HOLDS,
    "start.committed=1",
    "travel.per_year=10",
    "travel.family_tip_share=0",
    "travel.passport_ban_share=0",
    "travel.exit_check_share=0",
];

fn leave(entries: &str, more: &[&str]) -> Vec<Fact> {
    story(entries, &[&LEAVE[..], &["travel.departure_known_share=1"], more].concat())
}

#[test]
fn m26_records_let_the_border_recognise_who_was_known_to_leave() {
    let world = |more: &[&str]| {
        let back =
            ["returns.per_year=10", "returns.learnt_later_share=0", "services.border_inspections_per_month=1000000000"];
        kinds(&leave("", &[&back[..], more].concat()))
    };
    let finds = "records.check_finds_share=1";
    assert_eq!(world(&[finds]), [K::Departed, K::Returned, K::ReturneeIdentified]);
    assert_eq!(world(&["records.check_finds_share=0"]), [K::Departed, K::Returned, K::ReturneeMissed]);
    assert_eq!(world(&[finds, "travel.departure_known_share=0"]), [K::Departed, K::Returned, K::ReturneeMissed]);
}

#[test]
fn m26_records_a_check_says_enough_with_its_share() {
    let facts = leave(
        "",
        &[
            "start.committed=800",
            "travel.per_year=100",
            "returns.per_year=10",
            "returns.learnt_later_share=0",
            "services.border_inspections_per_month=1000000000",
            "records.check_finds_share=0.4",
        ],
    );
    binomial("recognised", number(&facts, K::ReturneeIdentified), number(&facts, K::Returned), 0.4);
}

#[test]
fn m27_notices_need_the_owners_initiative() {
    let facts = leave("", &["notices.issue_share=1", "notices.issue_delay_days=10"]);
    expect(&facts, true, &[(K::Departed, None), (K::NoticeIssued, Some(0))]);
    let slow = leave("", &["notices.issue_share=1", "notices.issue_delay_days=30"]);
    same("thrice the delay", slow[1].value, 3.0 * facts[1].value);
    let many = leave("", &["start.committed=800", "notices.issue_share=0.3"]);
    binomial("issued", number(&many, K::NoticeIssued), number(&many, K::Departed), 0.3);
}

#[test]
fn m27_notices_are_read_elsewhere_or_not() {
    let last =
        |more: &[&str]| leave(TWO, &[&BACK_BY_B[..], more].concat()).iter().any(|f| f.kind == K::ReturneeIdentified);
    assert!(last(&["notices.issue_share=1", "notices.read_share=1"]));
    assert!(!last(&["notices.issue_share=1", "notices.read_share=0"]));
    assert!(!last(&["notices.issue_share=0", "notices.read_share=1"]));
}

/// Issued and read at once.
const READ: [&str; 2] = ["notices.issue_share=1", "notices.read_share=1"];

#[test]
fn m27_notices_of_two_kinds_arrest_or_locate() {
    let back = |more: &[&str]| leave(TWO, &[&BACK_BY_B[..], &READ, more].concat());
    let blue =
        [(K::Departed, None), (K::NoticeIssued, Some(0)), (K::Returned, Some(0)), (K::ReturneeIdentified, Some(2))];
    expect(&back(&[]), true, &blue);
    let red = [
        (K::Departed, None),
        (K::NoticeIssued, Some(0)),
        (K::RedNotice, Some(0)),
        (K::Returned, Some(0)),
        (K::ReturneeIdentified, Some(3)),
        (K::HeldAtBorder, Some(4)),
        (K::Arrested, Some(5)),
        (K::Imprisoned, Some(6)),
    ];
    let arrests = ["notices.red_share=1", "notices.red_arrest_share=1"];
    let facts = back(&arrests);
    expect(&facts, false, &red);
    assert_eq!((usize::from(facts[2].country), usize::from(facts[5].country)), (0, 1), "A seeks him, and B holds him");
    assert_eq!((facts[5].value, facts[2].value), (1.0, facts[1].value), "wanted; in force with the notice");
    // Sought, and let through: that is a Blue one.
    let through = kinds(&back(&["notices.red_share=1", "notices.red_arrest_share=0"]));
    assert_eq!(through, [K::Departed, K::NoticeIssued, K::RedNotice, K::Returned, K::ReturneeIdentified]);
    // Unread, or kept back by the pair: neither.
    let unread = [&arrests[..], &["notices.read_share=0"]].concat();
    assert_eq!(kinds(&back(&unread)).last(), Some(&K::ReturneeMissed));
    let shut = format!("{TWO}[[sharing]]\nbetween = [\"A\", \"B\"]\nregime = \"pool\"\n");
    let shut = leave(&shut, &[&BACK_BY_B[..], &READ, &arrests].concat());
    assert_eq!(kinds(&shut).last(), Some(&K::ReturneeMissed));
}

#[test]
fn m27_notices_seek_an_arrest_with_their_share_and_hold_with_theirs() {
    let world = |red: &str| {
        let many = ["countries.A.start.committed=800", "travel.per_year=100", "notices.issue_share=0.6", red];
        leave(TWO, &[&BACK_BY_B[..], &READ, &many, &["notices.red_arrest_share=0.5"]].concat())
    };
    let (few, many) = (world("notices.red_share=0.3"), world("notices.red_share=0.7"));
    binomial("red", number(&few, K::RedNotice), number(&few, K::NoticeIssued), 0.3);
    binomial("red", number(&many, K::RedNotice), number(&many, K::NoticeIssued), 0.7);
    assert!(subjects(&many, K::RedNotice).is_superset(&subjects(&few, K::RedNotice)));
    binomial("held", number(&many, K::HeldAtBorder), number(&many, K::RedNotice), 0.5);
    assert!(subjects(&many, K::HeldAtBorder).is_superset(&subjects(&few, K::HeldAtBorder)));
}

#[test]
fn m27_notices_seek_an_arrest_only_of_those_known_to_have_left() {
    // A file of the first day is knowledge, and a notice on it locates; the journey gives ground for more.
    let known = ["subjects.files_kept=true", "start.open_cases=1", "subjects.review_per_year=0", "notices.red_share=1"];
    let world = |more: &[&str]| {
        let facts = leave("", &[&READ[..], &known, &["notices.issue_delay_days=10"], more].concat());
        facts.into_iter().filter(|f| matches!(f.kind, K::NoticeIssued | K::Departed | K::RedNotice)).collect()
    };
    let facts: Vec<Fact> = world(&[]);
    assert_eq!(kinds(&facts), [K::NoticeIssued, K::Departed, K::RedNotice]);
    assert_eq!((facts[0].value, facts[1].time), (0.0, facts[2].time), "the first was out before the first day");
    assert!(facts[2].value > 0.0, "the second takes its time");
    assert_eq!(kinds(&world(&["travel.departure_known_share=0"])), [K::NoticeIssued, K::Departed]);
    assert_eq!(kinds(&world(&["notices.issue_share=0"])), [K::Departed], "who issues none seeks nobody");
}

const POOL: [&str; 3] =
    ["membership.pool_member=true", "pooled_database.lag_days=10", "link_analysis.central_analysts=1"];

#[test]
fn m28_pool_takes_records_after_the_lag() {
    let world = |more: &[&str]| leave("", &[&POOL[..], &["pooled_database.contribution_share=1"], more].concat());
    let facts = world(&[]);
    expect(&facts, true, &[(K::Departed, None), (K::RecordPooled, Some(0))]);
    same("thrice the lag", world(&["pooled_database.lag_days=30"])[1].value, 3.0 * facts[1].value);
    assert_eq!(kinds(&world(&["membership.pool_member=false"])), [K::Departed], "nobody is a member");
}

#[test]
fn m28_pool_more_contribution_holds_the_same_records_and_more() {
    let pooled = |share: &str| {
        subjects(
            &leave("", &[&POOL[..], &["start.committed=800", "travel.per_year=100", share]].concat()),
            K::RecordPooled,
        )
    };
    let (few, many) =
        (pooled("pooled_database.contribution_share=0.2"), pooled("pooled_database.contribution_share=0.6"));
    assert!(many.is_superset(&few));
    binomial("pooled", few.len(), 800, 0.2);
    binomial("pooled", many.len(), 800, 0.6);
}

/// A plot whose first sign is pooled; the pair alone crosses the threshold.
const LINK: [&str; 14] = [
    "start.committed=1",
    "pathways.self_start_per_committed_per_year=10",
    "work.task_days=10000",
    "work.signs_per_task_and_person=50",
    "detection.visible_unknown_share=1",
    "detection.visible_closed_share=1",
    "detection.background_per_year=0",
    "triage.sensitivity=0",
    "subjects.files_kept=true",
    "subjects.cases_per_officer=0",
    "intervention.threshold_log_odds=4",
    "intervention.officers_per_intervention=0",
    "pooled_database.contribution_share=1",
    "link_analysis.false_match_share=0",
];

#[test]
fn m28_pool_central_analysts_find_the_link_after_their_work() {
    let world = |more: &[&str]| {
        story(
            "",
            &[
                &LINK[..],
                &POOL[..],
                &["pooled_database.lag_days=0", "link_analysis.pairs_per_analyst_per_day=100"],
                more,
            ]
            .concat(),
        )
    };
    let facts = world(&[]);
    let steps = [
        (K::PlotStarted, None),
        (K::SignatureSeen, Some(0)),
        (K::LeadReceived, Some(1)),
        (K::LeadTrue, Some(2)),
        (K::LeadAssessed, Some(2)),
        (K::ChanceMissedByJudgement, Some(4)),
        (K::FragmentPooled, Some(1)),
        (K::LinkFound, Some(1)),
    ];
    expect(&facts, false, &steps);
    same("one pair at 100 a day", facts[7].time - facts[6].time, 0.01);
    same(
        "at 50 a day",
        {
            let f = world(&["link_analysis.pairs_per_analyst_per_day=50"]);
            f[7].time - f[6].time
        },
        0.02,
    );
    let idle = world(&["link_analysis.central_analysts=0"]);
    assert_eq!(number(&idle, K::LinkFound), 0, "sharing without analysts finds nothing");
    assert!(number(&idle, K::FragmentPooled) > 10);
}

#[test]
fn m28_pool_false_pairs_that_are_believed_open_files_on_residents() {
    let world = |more: &[&str]| {
        // Nobody intervenes, so that the plot goes on to leave signs.
        let calm = [&LINK[..], &POOL[..]]
            .concat()
            .into_iter()
            .filter(|s| !s.starts_with("intervention.threshold") && !s.starts_with("link_analysis.false_match"));
        let more = [
            &[
                "intervention.threshold_log_odds=900",
                "pooled_database.lag_days=0",
                "link_analysis.pairs_per_analyst_per_day=1e9",
                "link_analysis.false_match_share=1",
            ],
            more,
        ];
        story("", &calm.chain(more.concat()).collect::<Vec<_>>())
    };
    let none = world(&[]);
    assert_eq!(number(&none, K::LinkFalse), 0, "none is believed as the share stands");
    let all = world(&["link_analysis.false_believed_share=1"]);
    let (fragments, files) = (number(&all, K::FragmentPooled), number(&all, K::LinkFalse));
    // The k-th fragment makes Poisson(k − 1) false pairs: k (k − 1) ⁄ 2 in all, with that variance.
    let expected = (fragments * (fragments - 1)) as f64 / 2.0;
    assert!(fragments > 10);
    assert!((files as f64 - expected).abs() < 4.0 * expected.sqrt(), "{files} files from {fragments} fragments");
    let first = all.iter().position(|f| f.kind == K::LinkFalse).expect("a false pair");
    assert_eq!(all[first + 1].kind, K::CaseOpened);
    assert_eq!((all[first + 1].cause, all[first + 1].subject), (all[first].id, all[first].subject));
    // Half of them, and which is a matter of the pair alone.
    let half = world(&["link_analysis.false_believed_share=0.5"]);
    let named = subjects(&all, K::LinkFalse);
    assert!(subjects(&half, K::LinkFalse).iter().all(|who| named.contains(who)));
}

#[test]
fn m29_membership_one_who_joins_brings_its_records() {
    let join = "[[changes]]\nfrom = 2013-01-01\nset = { \"membership.pool_member\" = true }\n";
    let world = [
        &LEAVE[..],
        &["travel.departure_known_share=1", "pooled_database.contribution_share=1", "pooled_database.lag_days=0"],
    ]
    .concat();
    let facts = story(join, &world);
    expect(&facts, true, &[(K::Departed, None), (K::RecordPooled, Some(0))]);
    assert_eq!(facts[1].time, 1096.0, "the day of joining");
    assert_eq!(kinds(&story("", &world)), [K::Departed]);
}

#[test]
fn m28_dots_are_fragments_that_only_together_cross_the_threshold() {
    // Two friends plot; each sign weighs 10 and no file is ever opened. With prior −5 and threshold 10 two
    // signs are needed, and one person must not have left both.
    let world = [
        "start.committed=2",
        "peers.circle_size_most=8",
        "pathways.friend_joins_share=1",
        AT_ONCE,
        "work.task_days=30",
        "work.signs_per_task_and_person=0.5",
        "detection.visible_unknown_share=1",
        "detection.visible_closed_share=1",
        "detection.background_per_year=0",
        "triage.sensitivity=0",
        "subjects.files_kept=true",
        "evidence.half_life_days=1000000",
        "subjects.prior_log_odds=-5",
        "intervention.threshold_log_odds=10",
        "dots.lookback_days=3",
    ];
    let plan = tiny("", &world);
    let late = tiny("", &[&world[..], &["dots.lookback_days=100000"]].concat());
    let mut seen = [0, 0];
    for r in 0..200 {
        let facts = told(&plan, r).0;
        let Some(launch) = facts.iter().find(|f| matches!(f.kind, K::PlotCompleted | K::PlotFailed)) else { continue };
        let mut by_person: BTreeMap<u64, u32> = BTreeMap::new();
        for f in facts.iter().filter(|f| f.kind == K::LeadReceived && f.time <= launch.time - 3.0) {
            *by_person.entry(f.subject.bits()).or_default() += 1;
        }
        let dot = by_person.values().sum::<u32>() >= 2 && by_person.values().all(|n| *n == 1);
        assert_eq!(number(&facts, K::DotNotConnected), usize::from(dot), "replication {r}: {by_person:?}");
        seen[usize::from(dot)] += 1;
        assert_eq!(number(&told(&late, r).0, K::DotNotConnected), 0);
    }
    assert!(seen[0] > 10 && seen[1] > 5, "{seen:?}");
}

#[test]
fn m28_dots_flag_innocents_by_the_same_rule() {
    // Two friends with open files, threshold between one and two signs of 10 each: the second person's
    // first sign flags somebody who is below the threshold alone.
    let friends = |more: &[&str]| {
        let world = [
            "start.committed=2",
            "start.open_cases=2",
            "peers.circle_size_most=8",
            "subjects.files_kept=true",
            "subjects.review_per_year=0",
            "subjects.cases_per_officer=0",
            "evidence.half_life_days=1000000",
            "subjects.prior_log_odds=-2.5",
            "detection.visible_open_share=1",
            "detection.background_per_year=0.3",
            "detection.plotter_reference_per_year=1000",
            "intervention.threshold_log_odds=10",
            "intervention.execute_per_day=0.000001",
            "dots.lookback_days=1",
        ];
        story("", &[&world[..], more].concat())
    };
    let facts = friends(&[]);
    // ln(1000 / 0.3) = 8.1: −2.5 + 8.1 is below 10, −2.5 + 16.2 above.
    let at = facts.iter().position(|f| f.kind == K::InnocentFlagged).expect("somebody is flagged");
    assert_eq!(subjects(&facts[..at], K::EvidenceSeen).len(), 2, "both friends have been seen");
    assert!(facts[at].value > 16.0, "at least two signs together");
    let alone = friends(&["peers.circle_size_most=1"]);
    assert_eq!(number(&alone, K::InnocentFlagged), 0, "there is nobody to be put together with");
}
