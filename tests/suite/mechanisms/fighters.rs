//! M9 to M13: leaving, life abroad, territory and dispatch, the way back, and returnees.

use forestall_model::{Fact, FactKind as K};

use super::{
    AT_ONCE, HOLDS, TRANSIT, binomial, expect, first, kinds, mean, number, same, scaled, story, subjects, times, tiny,
    told,
};

const LEAVE: [&str; 8] = [
    HOLDS,
    "start.committed=1",
    "travel.per_year=10",
    "travel.family_tip_share=0",
    "travel.passport_ban_share=0",
    "travel.exit_check_share=0",
    "travel.departure_known_share=0",
    "travel.friend_joins_share=0",
];

fn leave(more: &[&str]) -> Vec<Fact> {
    story("", &[&LEAVE[..], more].concat())
}

#[test]
fn m09_travel_departs_once_at_pull_times_territory() {
    let facts = leave(&[]);
    expect(&facts, true, &[(K::Departed, None)]);
    same("twice the pull", leave(&["travel.pull=2"])[0].time, facts[0].time / 2.0);
    same("half the territory", leave(&["territory.level=0.5"])[0].time, facts[0].time * 2.0);
    assert!(leave(&["territory.level=0"]).is_empty(), "nowhere to go");
}

#[test]
fn m09_travel_blocked_people_stay_and_plot_more() {
    // Three times the hazard of plotting after the block, from the same threshold.
    let world = |factor| {
        leave(&[
            "travel.family_tip_share=1",
            "travel.per_year=100",
            "pathways.self_start_per_committed_per_year=1",
            "work.completion_log_odds=50",
            factor,
        ])
    };
    let (one, three) = (world("travel.blocked_plot_factor=1"), world("travel.blocked_plot_factor=3"));
    expect(
        &three,
        true,
        &[
            (K::TravelBlocked, None),
            (K::PlotStarted, Some(0)),
            (K::BlockedPlots, Some(1)),
            (K::TaskDone, Some(1)),
            (K::TaskDone, Some(3)),
            (K::PlotCompleted, Some(4)),
        ],
    );
    same("the frustrated", three[1].time - three[0].time, (one[1].time - one[0].time) / 3.0);
}

#[test]
fn m09_travel_blocks_a_binomial_share_and_more_control_blocks_the_same_people_and_more() {
    let blocked = |share: &str| {
        let facts = leave(&["start.committed=1000", "travel.per_year=100", share]);
        assert_eq!(number(&facts, K::TravelBlocked) + number(&facts, K::Departed), 1000);
        subjects(&facts, K::TravelBlocked)
    };
    let (few, many) = (blocked("travel.family_tip_share=0.3"), blocked("travel.family_tip_share=0.5"));
    binomial("blocked", few.len(), 1000, 0.3);
    binomial("blocked", many.len(), 1000, 0.5);
    assert!(many.is_superset(&few));
}

#[test]
fn m09_travel_friends_go_together() {
    let facts = leave(&["start.committed=4", "peers.circle_size_most=8", "travel.friend_joins_share=1"]);
    assert_eq!(kinds(&facts), [K::Departed; 4]);
    assert!(facts.iter().all(|f| f.time == facts[0].time), "one party");
}

const ABROAD: [&str; 2] = [HOLDS, "start.fighters_abroad=1"];

#[test]
fn m10_abroad_fighters_die_at_a_rate_that_pressure_raises() {
    let world = |more: &[&str]| story("", &[&ABROAD[..], &["abroad.death_per_year=10"], more].concat());
    let facts = world(&[]);
    expect(&facts, true, &[(K::DiedAbroad, None)]);
    // 1 + 1.5 × 1 at full pressure.
    same("full pressure", world(&["territory.pressure=1"])[0].time, facts[0].time / 2.5);
}

#[test]
fn m10_abroad_a_share_is_attached_after_training() {
    let facts = story("", &[&ABROAD[..], &["abroad.attached_share=1", "abroad.training_days=10"]].concat());
    expect(&facts, true, &[(K::Trained, None)]);
    let slow = story("", &[&ABROAD[..], &["abroad.attached_share=1", "abroad.training_days=30"]].concat());
    same("thrice the training", slow[0].time, 3.0 * facts[0].time);
    let many = story("", &[HOLDS, "start.fighters_abroad=1000", "abroad.attached_share=0.3"]);
    binomial("attached", number(&many, K::Trained), 1000, 0.3);
}

#[test]
fn m10_abroad_fighters_are_an_m_m_infinity_queue() {
    // Recruits at 0.1 a day commit and leave within days; each fighter dies at 0.01 a day. After ten
    // years the number abroad is Poisson with mean 10: equal mean and variance.
    let plan = tiny(
        "",
        &[
            HOLDS,
            "onset.spontaneous_per_million_per_year=36.525",
            "stages.fast_commit_per_year=100",
            "stages.slow_commit_per_year=100",
            "travel.per_year=100",
            "travel.family_tip_share=0",
            "abroad.death_per_year=3.6525",
        ],
    );
    let counts: Vec<f64> = (0..300)
        .map(|r| {
            let facts = told(&plan, r).0;
            number(&facts, K::Departed) as f64 - number(&facts, K::DiedAbroad) as f64
        })
        .collect();
    mean("abroad", &counts, 10.0);
    let n = counts.len() as f64;
    let average = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|x| (x - average).powi(2)).sum::<f64>() / (n - 1.0);
    // The ratio for a Poisson count has standard error √(2 / n).
    assert!((variance / average - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "variance over mean {}", variance / average);
}

const DISPATCH: [&str; 8] = [
    HOLDS,
    "start.fighters_abroad=1",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=1",
    "territory.companions_mean=0",
    "work.tasks_dispatched=1",
    "work.completion_log_odds=50",
];

fn dispatch(more: &[&str]) -> Vec<Fact> {
    story("", &[&DISPATCH[..], more].concat())
}

#[test]
fn m11_territory_sends_a_trained_person_once() {
    let facts = dispatch(&[]);
    expect(
        &facts,
        true,
        &[
            (K::Trained, None),
            (K::DispatchOrdered, None),
            (K::PlotStarted, Some(1)),
            (K::TaskDone, Some(2)),
            (K::PlotCompleted, Some(3)),
        ],
    );
    assert_eq!(facts[1].value, 1.0, "one person, used up");
    // Half the territory: 0.5 × (1 + 3 × 0.5) = 1.25; none: no dispatch at all.
    same(
        "half the territory",
        first(&dispatch(&["territory.level=0.5", "territory.pressed_factor=3"]), K::DispatchOrdered),
        facts[1].time / 1.25,
    );
    assert_eq!(number(&dispatch(&["territory.level=0"]), K::DispatchOrdered), 0, "collapse ends it");
}

#[test]
fn m12_returns_people_sent_are_stopped_where_they_are_recognised() {
    let known = [
        "start.abroad_known_share=1",
        "returns.per_year=1e-9",
        "services.border_inspections_per_month=1e9",
        "records.check_finds_share=1",
    ];
    let sent = |more: &[&str]| dispatch(&[&known[..], more].concat());
    // Recognised is not stopped.
    assert_eq!(number(&sent(&[]), K::PlotStarted), 1);
    let facts = sent(&["returns.sent_stopped_share=1"]);
    expect(
        &facts,
        false,
        &[
            (K::Trained, None),
            (K::DispatchOrdered, None),
            (K::SentStopped, Some(1)),
            (K::Arrested, Some(2)),
            (K::Imprisoned, Some(3)),
        ],
    );
    assert_eq!(number(&facts, K::PlotStarted), 0, "nobody is left to plot");
    // Nobody looks: nobody is stopped.
    let blind = sent(&["returns.sent_stopped_share=1", "services.border_inspections_per_month=0"]);
    assert_eq!(number(&blind, K::PlotStarted), 1);
    // Of four hundred people sent one by one the share is stopped.
    let many = sent(&["start.fighters_abroad=400", "returns.sent_stopped_share=0.25"]);
    binomial("stopped", number(&many, K::SentStopped), number(&many, K::DispatchOrdered), 0.25);
}

/// Of people who come back in ten years, the share recognised before and from a date on which the flow grows tenfold.
#[test]
fn m12_returns_a_surge_by_date_hides_those_who_come_and_those_who_are_sent() {
    // ln 2 inspections an arrival: half are inspected; at ten times the flow 1 − exp(−ln 2 ⁄ 10).
    let surge = "[returns]\nbackground_traffic_per_month = 1e6\n\n[[changes]]\nfrom = 2011-01-01\n\
                 set = { \"countries.A.returns.background_traffic_per_month\" = 1e7 }\n";
    let world = [
        "services.border_inspections_per_month=693147.18",
        "records.check_finds_share=1",
        "start.abroad_known_share=1",
    ];
    let parts = |facts: &[Fact], all: K, seen: K| {
        [true, false].map(|before| {
            let count = |kind| facts.iter().filter(|f| f.kind == kind && (f.time < 365.0) == before).count();
            (count(seen), count(all))
        })
    };
    let back = come_back(surge, &[&world[..], &["start.fighters_abroad=2000", "returns.per_year=0.7"]].concat());
    // One who is sent and recognised is held, so that it can be counted.
    let sets = ["start.fighters_abroad=2000", "returns.per_year=1e-9", "returns.sent_stopped_share=1"];
    let sets = [&DISPATCH[..], &world, &sets, &["territory.dispatch_per_trained_per_year=0.7"]].concat();
    let sent = story(surge, &sets);
    let late = 1.0 - libm::exp(-core::f64::consts::LN_2 / 10.0);
    for (what, facts, all, seen) in
        [("returned", &back, K::Returned, K::ReturneeIdentified), ("sent", &sent, K::DispatchOrdered, K::SentStopped)]
    {
        let [(early_seen, early), (late_seen, all_late)] = parts(facts, all, seen);
        binomial(what, early_seen, early, 0.5);
        binomial(what, late_seen, all_late, late);
    }
}

#[test]
fn m12_returns_those_who_are_sent_can_follow_the_flow() {
    // A knows its people and inspects all; B knows nobody. A has nine times the flow of B.
    let by_a = |follow: &str| {
        let sets = [
            "countries.A.start.fighters_abroad=600",
            "countries.B.start.fighters_abroad=0",
            "start.abroad_known_share=1",
            "notices.issue_share=0",
            "returns.per_year=1e-9",
            "returns.sent_stopped_share=1",
            "services.border_inspections_per_month=1e9",
            "records.check_finds_share=1",
            "countries.A.returns.background_traffic_per_month=900",
            "countries.B.returns.background_traffic_per_month=100",
            follow,
        ];
        let facts = story(super::TWO, &[&DISPATCH[..], &sets].concat());
        (number(&facts, K::SentStopped), number(&facts, K::DispatchOrdered))
    };
    let (even, all) = by_a("returns.sent_follow_flow=0");
    binomial("not at all", even, all, 0.5);
    let (flow, all) = by_a("returns.sent_follow_flow=1");
    binomial("as others come", flow, all, 0.9);
}

/// What a baseline's history announces acts as what a policy announces: from its date, until it comes true.
#[test]
fn m11_territory_history_can_announce_a_tightening_by_date() {
    let many = ["start.fighters_abroad=2000", "territory.dispatch_per_trained_per_year=0.1"];
    let rate = |entries: &str| {
        let facts = story(entries, &[&DISPATCH[..], &many].concat());
        // Those who are left to be sent, and the teams of the year before, in and after the announcement.
        let mut left = 2000.0;
        [(0.0, 365.0), (365.0, 546.0), (546.0, 911.0)].map(|(from, until)| {
            let sent = times(&facts, K::DispatchOrdered).iter().filter(|t| (from..until).contains(*t)).count() as f64;
            let share = sent / left;
            left -= sent;
            (-libm::log(1.0 - share) / (until - from) * 365.25, sent)
        })
    };
    let announced =
        "[[changes]]\nfrom = 2011-01-01\nuntil = 2011-06-30\nset = { \"territory.announced_pass_ratio\" = 0.3 }\n";
    let (calm, hurried) = (rate(""), rate(announced));
    assert_eq!(calm[0], hurried[0], "nothing before it is announced");
    // The rate is estimated from a count: its relative error is one over the root of it.
    let ratio = libm::exp(0.7);
    for ((found, sent), expected) in hurried.into_iter().zip([0.1, 0.1 * ratio, 0.1]) {
        assert!((found / expected - 1.0).abs() < 4.0 / sent.sqrt(), "{found} a year of {sent}, expected {expected}");
    }
    for (found, sent) in calm {
        assert!((found / 0.1 - 1.0).abs() < 4.0 / sent.sqrt(), "{found} a year of {sent}");
    }
    assert!(hurried[1].1 > calm[1].1);
}

#[test]
fn m11_territory_an_announcement_rushes_and_only_an_announcement() {
    let at = |more: &[&str]| first(&dispatch(more), K::DispatchOrdered);
    let calm = at(&[]);
    let announced = "territory.announced_pass_ratio=0";
    same(
        "κ = 1, nothing passes after",
        at(&[announced, "territory.closing_window_kappa=1"]),
        calm / std::f64::consts::E,
    );
    same("κ = 0", at(&[announced, "territory.closing_window_kappa=0"]), calm);
    same("nothing announced", at(&["territory.closing_window_kappa=20"]), calm);
    // The hurried leave part of the work undone: 5 tasks less ⌊5 × 0.4⌋.
    let tasks = |more: &[&str]| {
        let facts = dispatch(&[&["work.tasks_dispatched=5", "work.hurry_deficit_share=0.4"][..], more].concat());
        facts.iter().find(|f| f.kind == K::PlotStarted).map(|f| f.value)
    };
    assert_eq!(tasks(&[]), Some(5.0));
    assert_eq!(tasks(&[announced]), Some(3.0));
}

const RETURN: [&str; 7] = [
    HOLDS,
    "start.fighters_abroad=1",
    "start.abroad_known_share=1",
    "returns.per_year=10",
    "returns.loss_push=2",
    "returns.learnt_later_share=0",
    "returns.warning_share=1",
];

fn come_back(entries: &str, more: &[&str]) -> Vec<Fact> {
    story(entries, &[&RETURN[..], more].concat())
}

#[test]
fn m12_returns_are_missed_or_identified() {
    let missed = come_back("", &[]);
    expect(&missed, true, &[(K::Returned, None), (K::ReturneeMissed, Some(0))]);
    let later = come_back("", &["returns.learnt_later_share=1"]);
    expect(&later, true, &[(K::Returned, None), (K::ReturneeIdentified, Some(0))]);
    // 1 + 2 × (1 − 0.5) = 2.
    same("half the territory", come_back("", &["territory.level=0.5"])[0].time, missed[0].time / 2.0);
    same("twice as ready", come_back("", &["returns.relative_rate=2"])[0].time, missed[0].time / 2.0);
}

#[test]
fn m12_returns_inspection_finds_one_minus_exp_of_capacity_over_traffic() {
    // 10⁶ ln 2 inspections for 10⁶ arrivals: half are inspected, if a record is visible and says enough.
    let world = |more: &[&str]| {
        let sets = [
            "start.fighters_abroad=1000",
            "services.border_inspections_per_month=693147.18",
            "returns.background_traffic_per_month=1000000",
            "records.check_finds_share=1",
        ];
        number(&come_back("", &[&sets[..], more].concat()), K::ReturneeIdentified)
    };
    binomial("identified", world(&[]), 1000, 0.5);
    assert_eq!(world(&["start.abroad_known_share=0"]), 0, "nothing to find without a record");
}

#[test]
fn m29_membership_a_partners_warning_can_be_received_and_not_acted_on() {
    let on = "countries.T.membership.warns_partners=true";
    let acted = come_back(TRANSIT, &[on, "returns.warning_acted_share=1"]);
    assert_eq!(kinds(&acted), [K::Returned, K::WarningReceived, K::ReturneeIdentified]);
    let ignored = come_back(TRANSIT, &[on, "returns.warning_acted_share=0"]);
    assert_eq!(kinds(&ignored), [K::Returned, K::WarningReceived, K::WarningIgnored, K::ReturneeMissed]);
    assert_eq!(ignored[1].cause, ignored[0].id);
    let off = come_back(TRANSIT, &["returns.warning_acted_share=1"]);
    assert_eq!(kinds(&off), [K::Returned, K::ReturneeMissed]);
}

const DORMANT: [&str; 5] = [
    "start.returnees=1",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.5",
    "work.tasks_networked=1",
    "work.completion_log_odds=50",
];

#[test]
fn m13_returnees_plot_after_a_dormancy() {
    let facts = story("", &DORMANT);
    expect(
        &facts,
        true,
        &[(K::PlotStarted, None), (K::VeteranPlots, Some(0)), (K::TaskDone, Some(0)), (K::PlotCompleted, Some(2))],
    );
    let slow = story("", &[&DORMANT[..], &["returnees.plot_delay_years_mean=1"]].concat());
    same("twice the dormancy", slow[0].time, 2.0 * facts[0].time);
}

#[test]
fn m13_returnees_share_and_mean_of_dormancy() {
    let facts = story(
        "",
        &[&DORMANT[..], &["start.returnees=1000", "returnees.plot_share=0.2", "returnees.plot_delay_shape=2"]].concat(),
    );
    let started = times(&facts, K::PlotStarted);
    binomial("ever plot", started.len(), 1000, 0.2);
    mean("dormancy in days", &started, 0.5 * 365.25);
}

#[test]
fn m13_returnees_known_ones_are_handled_in_order() {
    let known = |more: &[&str]| kinds(&come_back("", &[&["returns.learnt_later_share=1"][..], more].concat()));
    let way = [K::Returned, K::ReturneeIdentified];
    assert_eq!(
        known(&["returnees.prosecute_share=1"]),
        [&way[..], &[K::ReturneeProsecuted, K::Arrested, K::Imprisoned, K::Released]].concat()
    );
    let reported = known(&["returnees.prosecute_share=1", "leads.release_report_share=1"]);
    let release = reported.iter().position(|&k| k == K::Released).expect("released");
    assert_eq!(reported[release + 1..], [K::LeadReceived, K::LeadAssessed, K::AssessedWithoutPlot]);
    assert_eq!(
        known(&["returnees.prosecute_share=1", "returnees.court_slots_per_year=0"]),
        [&way[..], &[K::ReturneeRecorded]].concat()
    );
    assert_eq!(known(&["returnees.watch_share=1"]), [&way[..], &[K::ReturneeWatched]].concat());
    assert_eq!(
        known(&[
            "returnees.watch_share=1",
            "subjects.files_kept=true",
            "subjects.review_per_year=0",
            "subjects.cases_per_officer=0"
        ]),
        [&way[..], &[K::ReturneeWatched, K::CaseOpened]].concat()
    );
    assert_eq!(known(&["returnees.reintegration_places=1"]), [&way[..], &[K::ReturneeReintegrated]].concat());
}

#[test]
fn m13_returnees_reintegration_prevents_its_share_of_the_same_plots() {
    let plotting = |places: &str| {
        let facts = come_back(
            "",
            &[
                "start.fighters_abroad=1000",
                "returns.learnt_later_share=1",
                "returnees.plot_share=0.8",
                "returnees.plot_delay_years_mean=0.1",
                "returnees.reintegration_effect=0.5",
                places,
            ],
        );
        (subjects(&facts, K::VeteranPlots), number(&facts, K::ReturneeReintegrated))
    };
    let ((all, _), (left, helped)) =
        (plotting("returnees.reintegration_places=0"), plotting("returnees.reintegration_places=1000"));
    assert_eq!(helped, 1000);
    assert!(all.is_superset(&left));
    binomial("plots without", all.len(), 1000, 0.8);
    binomial("plots with", left.len(), 1000, 0.4);
}

#[test]
fn m13_returnees_scale_of_self_starts_is_not_theirs() {
    // A stock of returnees who never plot does nothing, whatever the committed would do.
    assert!(story("", &["start.returnees=20", AT_ONCE]).is_empty());
    let one = leave(&["start.committed=30"]);
    scaled(
        "twice the travel",
        &times(&leave(&["start.committed=30", "travel.per_year=20"]), K::Departed),
        &times(&one, K::Departed),
        0.5,
    );
}

#[test]
fn m09_travel_counts_the_time_from_the_first_step_to_the_journey() {
    let world = [
        "start.sympathisers=200",
        "onset.spontaneous_per_million_per_year=300",
        "stages.fast_share=1",
        "stages.fast_commit_per_year=3",
        "travel.per_year=1",
    ];
    let facts = leave(&world);
    let began: std::collections::BTreeMap<u64, f64> =
        facts.iter().filter(|f| f.kind == K::OnsetSpontaneous).map(|f| (f.subject.bits(), f.time)).collect();
    let within = |days: f64| -> std::collections::BTreeSet<u64> {
        let quick = |f: &&Fact| began.get(&f.subject.bits()).is_some_and(|from| f.time - from <= days);
        facts.iter().filter(|f| f.kind == K::Departed).filter(quick).map(|f| f.subject.bits()).collect()
    };
    let (half, whole) = (within(182.625), within(365.25));
    assert!(half.len() > 20 && whole.len() > half.len() + 20, "{} and {}", half.len(), whole.len());
    assert!(number(&facts, K::Departed) > whole.len() + 20, "the stock leaves too");
    assert_eq!(subjects(&facts, K::DepartedWithinHalfYear), half);
    assert_eq!(subjects(&facts, K::DepartedWithinYear), whole);
}
