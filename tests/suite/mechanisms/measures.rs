//! M31 and what touches several mechanisms: observation, emergency powers, prevention, adaptation and costs.

use forestall_model::{Fact, FactKind as K, Plan};

use super::{HOLDS, LANGUAGE, TWO, binomial, kinds, number, same, scaled, story, times, tiny};
use crate::worlds::{self, try_plan};

/// Many plots that free teams find half of, roughly.
const PLOTS: [&str; 11] = [
    "pathways.sudden_per_million_per_year=60",
    "work.task_days=30",
    "services.surveillance_officers=20",
    "services.officers_per_team=1",
    "services.other_work_share=0",
    "detection.search_per_team_per_day=0.002",
    "subjects.files_kept=true",
    "subjects.watch_log_odds=50",
    "subjects.cases_per_officer=0",
    "intervention.threshold_log_odds=0",
    "intervention.officers_per_intervention=0",
];

#[test]
fn m31_observation_publishes_its_share_and_changes_nothing() {
    let run = |share: &str| {
        let plan = tiny("", &[&PLOTS[..], &[share]].concat());
        let rows = worlds::rows(&plan, None, 0);
        let facts = worlds::facts(&plan, None, 0).0;
        let of = |name: &str| worlds::outcome(&rows, name) as usize;
        (of("plots_foiled"), of("observed_foiled"), of("observed_launched"), worlds::digest(&facts, &[]))
    };
    let (all, some) = (run("observation.foiled_published_share=1"), run("observation.foiled_published_share=0.5"));
    assert_eq!(all.0, all.1, "neutral publishes what happened");
    assert!(all.2 > 50, "attempts are always published");
    assert_eq!((all.0, all.2, all.3), (some.0, some.2, some.3), "the truth does not follow what is published");
    binomial("published", some.1, some.0, 0.5);
}

#[test]
fn m31_observation_counts_stings_as_lone_plots_if_told_to() {
    let run = |share: &str| {
        let plan = tiny(
            "",
            &[
                "start.committed=400",
                "services.undercover_personas=1",
                "stings.contact_per_persona_per_year=10",
                "intervention.threshold_log_odds=100",
                "intervention.charge_slope=1",
                share,
            ],
        );
        let rows = worlds::rows(&plan, None, 0);
        (worlds::outcome(&rows, "sting_cases") as usize, worlds::outcome(&rows, "observed_inspired") as usize)
    };
    assert_eq!(run("observation.sting_counted_lone_share=0").1, 0);
    let (cases, counted) = run("observation.sting_counted_lone_share=0.5");
    binomial("counted as lone", counted, cases, 0.5);
}

/// One attack that harms one person, with two open files.
const ATTACK: [&str; 17] = [
    "start.returnees=1",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.2",
    "start.sympathisers=9",
    "start.open_cases=9",
    "start.file_odds=0.000001",
    "work.tasks_networked=1",
    "work.completion_log_odds=50",
    "harm.scale=8",
    "harm.most=1",
    "harm.nobody_share=0",
    "subjects.files_kept=true",
    "subjects.review_per_year=0",
    "subjects.cases_per_officer=0",
    "aftermath.raids_per_log_harm=1.4427",
    "aftermath.raid_days=0",
    "aftermath.raid_holds_share=0",
];

fn attack(more: &[&str]) -> Vec<Fact> {
    story("", &[&ATTACK[..], more].concat())
}

#[test]
fn emergency_powers_begin_with_an_attack_multiply_raids_and_end() {
    let facts = attack(&[
        "emergency_powers.enacted=true",
        "emergency_powers.harm_least=1",
        "emergency_powers.days=90",
        "emergency_powers.raid_factor=4",
    ]);
    let before = [
        K::PlotStarted,
        K::VeteranPlots,
        K::TaskDone,
        K::PlotCompleted,
        K::PeopleHarmed,
        K::PeopleKilled,
        K::EmergencyBegins,
    ];
    let raids = [K::Raid, K::SearchedWithoutPlot].repeat(4);
    assert_eq!(kinds(&facts), [&before[..], &raids[..], &[K::EmergencyEnds]].concat());
    assert_eq!(facts[6].cause, facts[3].id);
    same("its length", facts[15].time - facts[6].time, 90.0);
    let off = attack(&[]);
    assert_eq!((number(&off, K::Raid), number(&off, K::EmergencyBegins)), (1, 0));
    assert_eq!(
        number(&attack(&["emergency_powers.enacted=true", "emergency_powers.harm_least=2"]), K::EmergencyBegins),
        0
    );
}

#[test]
fn emergency_powers_lower_the_threshold_while_they_last() {
    // A sign weighs ln(1000 / 2) = 6.2 on a prior of −5: above 1 only with the cut.
    let held = |more: &[&str]| {
        let world = [
            "detection.visible_open_share=1",
            "detection.background_per_year=2",
            "detection.plotter_reference_per_year=1000",
            "evidence.half_life_days=0.5",
            "intervention.threshold_log_odds=1.5",
            "intervention.officers_per_intervention=0",
            "intervention.charge_intercept=-50",
            "emergency_powers.harm_least=1",
            "emergency_powers.days=3000",
            "emergency_powers.threshold_cut=1",
        ];
        number(&attack(&[&world[..], more].concat()), K::HeldWithoutPlot)
    };
    let (with, without) = (held(&["emergency_powers.enacted=true"]), held(&[]));
    assert!(with > without, "{with} against {without}");
}

#[test]
fn prevention_slows_onset_by_reach_times_cut() {
    let onset = |more: &[&str]| {
        times(&story("", &[&["onset.spontaneous_per_million_per_year=20"][..], more].concat()), K::OnsetSpontaneous)
    };
    let plain = onset(&[]);
    scaled(
        "onset at 1 − 0.5 × 0.4",
        &onset(&["prevention.reach_share=0.5", "prevention.onset_cut_share=0.4"]),
        &plain,
        1.0 / 0.8,
    );
    assert_eq!(onset(&["prevention.reach_share=0", "prevention.onset_cut_share=0.4"]), plain);
}

#[test]
fn prevention_raises_desistance_by_reach_times_gain() {
    let gone = |more: &[&str]| {
        times(
            &story("", &[&["start.sympathisers=30", "stages.desist_sympathiser_per_year=1"][..], more].concat()),
            K::Desisted,
        )
    };
    let plain = gone(&[]);
    assert!(plain.len() == 30);
    scaled(
        "desistance at 1 + 0.5 × 1",
        &gone(&["prevention.reach_share=0.5", "prevention.desistance_gain=1"]),
        &plain,
        1.0 / 1.5,
    );
}

#[test]
fn adaptation_those_who_lose_their_recruiter_plot_alone() {
    let world = |more: &[&str]| {
        let sets = [
            HOLDS,
            "start.committed=1",
            "start.fighters_abroad=1",
            "virtual_entrepreneurs.contact_per_year=1000",
            "virtual_entrepreneurs.span=1000",
            "virtual_entrepreneurs.grooming_days=10000",
            "virtual_entrepreneurs.strikes_per_year=2",
            "virtual_entrepreneurs.replacement_share=0",
            "pathways.self_start_per_committed_per_year=0.000001",
            "work.completion_log_odds=50",
            "work.tasks_inspired=1",
            "adaptation.alone_share=1",
        ];
        story(LANGUAGE, &[&sets[..], more].concat())
    };
    let high = world(&["adaptation.response=\"high\""]);
    assert_eq!(
        kinds(&high),
        [K::ContactMade, K::RecruiterRemoved, K::ContactLost, K::PlotStarted, K::TaskDone, K::PlotCompleted]
    );
    assert_eq!(high[3].cause, high[1].id, "the strike is what led to it");
    assert_eq!(kinds(&world(&[])), [K::ContactMade, K::RecruiterRemoved, K::ContactLost]);
    let many = world(&["adaptation.response=\"middle\"", "start.committed=600"]);
    binomial("alone at the middle level", number(&many, K::PlotStarted), number(&many, K::ContactLost), 0.5);
}

#[test]
fn adaptation_turns_away_from_a_country_that_foils() {
    let share = |response: &str| {
        let world = [
            HOLDS,
            "countries.A.start.fighters_abroad=300",
            "abroad.attached_share=1",
            "abroad.training_days=0",
            "territory.dispatch_per_trained_per_year=1",
            "territory.companions_mean=0",
            "place.dispatched_abroad_share=1",
            "countries.A.campaign_weight=1",
            "countries.B.campaign_weight=1",
            "countries.B.services.surveillance_officers=50",
            "services.officers_per_team=1",
            "services.other_work_share=0",
            "detection.search_per_team_per_day=1",
            "subjects.files_kept=true",
            "subjects.watch_log_odds=50",
            "subjects.cases_per_officer=0",
            "subjects.locate_per_officer_per_day=0",
            "intervention.threshold_log_odds=0",
            "intervention.officers_per_intervention=0",
            "adaptation.avoidance=5",
            response,
        ];
        let run = super::told(&tiny(TWO, &world), 0).1;
        run.plots.iter().filter(|p| usize::from(p.target) == 1).count()
    };
    let (off, high) = (share("adaptation.response=\"off\""), share("adaptation.response=\"high\""));
    binomial("at equal weights", off, 300, 0.5);
    assert!(high < off / 2, "{high} against {off}");
}

#[test]
fn costs_are_staff_times_years_and_change_nothing_else() {
    let sets = ["services.analysts=10", "services.case_officers=5", "returnees.reintegration_places=4"];
    let priced =
        ["costs.analyst_per_year=90", "costs.case_officer_per_year=80", "costs.reintegration_place_per_year=25"];
    let (free, dear) = (tiny("", &sets), tiny("", &[&sets[..], &priced[..]].concat()));
    let years = dear.arm(None).expect("arm").days() / 365.25;
    let cost = |plan| worlds::outcome(&worlds::rows(plan, None, 0), "cost");
    assert_eq!(cost(&free), 0.0);
    same("the cost", cost(&dear), years * (10.0 * 90.0 + 5.0 * 80.0 + 4.0 * 25.0));
    let digest = |plan| worlds::digest(&worlds::facts(plan, None, 0).0, &[K::Cost]);
    assert_eq!(digest(&free), digest(&dear));
}

#[test]
fn costs_follow_a_dated_change_from_its_day() {
    let change = "[[changes]]\nfrom = 2015-01-01\nset = { \"services.analysts\" = 20 }\n\n[services]\nanalysts = 10\n";
    let plan = tiny(change, &["costs.analyst_per_year=90"]);
    let (before, all) = (1826.0, plan.arm(None).expect("arm").days());
    let cost = worlds::outcome(&worlds::rows(&plan, None, 0), "cost");
    same("the cost", cost, 90.0 * (10.0 * before + 20.0 * (all - before)) / 365.25);
}

/// An act is booked when it happens, and its price changes nothing but the cost.
#[test]
fn costs_of_acts_are_their_number_times_the_price() {
    const ACTS: [&str; 5] = ["arrest", "prosecution", "raid", "notice", "warning"];
    let priced = |act: &str| {
        let sets = ACTS.map(|a| format!("costs.{a}={}", if a == act { 2 } else { 0 }));
        try_plan(&worlds::shipped("europe-hand-set"), &sets).unwrap_or_else(|d| panic!("{d}"))
    };
    let facts = |plan: &Plan| worlds::facts(plan, None, 0).0;
    let free = facts(&priced("none"));
    let many = |kind| free.iter().filter(|f| f.kind == kind && f.time >= 0.0).count() as f64;
    let cost = |facts: &[Fact]| facts.iter().filter(|f| f.kind == K::Cost).map(|f| f.value).sum::<f64>();
    let digest = |facts: &[Fact]| worlds::digest(facts, &[K::Cost]);
    let acts = [
        many(K::Arrested),
        many(K::Charged) + many(K::ReturneeProsecuted) + many(K::SentStopped),
        many(K::Raid),
        many(K::NoticeIssued),
        many(K::WarningReceived) - many(K::WarningIgnored),
    ];
    for (act, number) in ACTS.into_iter().zip(acts) {
        assert!(number > 0.0, "{act}");
        let dear = facts(&priced(act));
        let found = cost(&dear) - cost(&free);
        assert!((found - 2.0 * number).abs() < 1e-3, "{act}: {found} for {number}");
        assert_eq!(digest(&dear), digest(&free), "{act}");
    }
}
