//! What attacks are makes their harm (M15), and the outer rings of secrecy: organisers and suppliers (M16).

use std::collections::BTreeMap;

use forestall_model::{Fact, FactKind as K};

use super::{HOLDS, binomial, expect, kinds, mean, number, same, story, subjects, tiny, told};

const SENT: [&str; 8] = [
    HOLDS,
    "start.fighters_abroad=400",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=20",
    "territory.companions_mean=0",
    "work.task_days=1",
    "work.completion_log_odds=0",
];

const ALONE: [&str; 4] = [
    "start.committed=400",
    "pathways.self_start_per_committed_per_year=10",
    "work.task_days=1",
    "work.completion_log_odds=0",
];

const BACK: [&str; 5] = [
    "start.returnees=400",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.1",
    "work.task_days=1",
    "work.completion_log_odds=0",
];

/// ln 3: log odds of three quarters.
const LN_3: f64 = 1.098_612_288_668_109_8;

fn completed(what: &str, world: &[&str], more: &[String], share: f64) {
    let sets: Vec<&str> = world.iter().copied().chain(more.iter().map(String::as_str)).collect();
    let facts = story("", &sets);
    let ends = number(&facts, K::PlotCompleted) + number(&facts, K::PlotFailed);
    assert_eq!(ends, 400, "{what}");
    binomial(what, number(&facts, K::PlotCompleted), ends, share);
}

#[test]
fn m15_work_completes_by_who_takes_part_and_what_was_prepared_and_not_by_who_ordered_it() {
    let set = |name: &str, value: f64| format!("work.completion_{name}={value}");
    for world in [&SENT[..], &ALONE, &BACK] {
        completed("nothing but chance", world, &[], 0.5);
    }
    let veteran = [set("veteran_effect", LN_3)];
    completed("veterans who are back", &BACK, &veteran, 0.75);
    completed("veterans who are sent", &SENT, &veteran, 0.75);
    completed("nobody was away", &ALONE, &veteran, 0.5);
    let training = [set("training_effect", LN_3)];
    completed("trained to the end", &SENT, &training, 0.75);
    completed("trained and back", &BACK, &training, 0.75);
    completed("trained by nobody", &ALONE, &training, 0.5);
    let preparation = set("preparation_effect", 1.0);
    completed("three tasks", &ALONE, &[preparation.clone(), "work.tasks_inspired=3".into()], 0.75);
    completed("one task", &ALONE, &[preparation, "work.tasks_inspired=1".into()], 0.5);
}

const HARM: [&str; 6] = [
    "work.completion_log_odds=50",
    "harm.nobody_share=0",
    "harm.scale=10000",
    "harm.most=10000000",
    "harm.tail=2",
    "harm.veteran_factor=1",
];

/// Harm by plot of the same attacks.
fn harm(world: &[&str], more: &[&str]) -> BTreeMap<u64, f64> {
    let facts = story("", &[world, &HARM[..], more].concat());
    let found: BTreeMap<u64, f64> =
        facts.iter().filter(|f| f.kind == K::PeopleHarmed).map(|f| (f.plot.bits(), f.value)).collect();
    assert!(found.len() > 100);
    found
}

/// Asserts that each attack harms `factor` times as many, to the whole part of the two counts.
fn times_as_many(what: &str, found: &BTreeMap<u64, f64>, base: &BTreeMap<u64, f64>, factor: f64) {
    assert_eq!(found.keys().collect::<Vec<_>>(), base.keys().collect::<Vec<_>>(), "{what}: the same attacks");
    for (plot, many) in found {
        let expected = 1.0 + factor * (base[plot] - 1.0);
        assert!((many - expected).abs() <= factor + 1.0, "{what}: {many} against {expected}");
    }
}

#[test]
fn m15_harm_follows_people_training_and_preparation() {
    let (sent, alone) = (harm(&SENT, &[]), harm(&ALONE, &[]));
    times_as_many("trained", &harm(&SENT, &["harm.training_factor=3"]), &sent, 3.0);
    times_as_many("untrained", &harm(&ALONE, &["harm.training_factor=3"]), &alone, 1.0);
    let three = ["work.tasks_inspired=3"];
    let prepared = harm(&ALONE, &[&three[..], &["harm.preparation_effect=2"]].concat());
    times_as_many("three tasks", &prepared, &harm(&ALONE, &three), 9.0);
    let hurried = ["territory.announced_pass_ratio=0", "territory.closing_window_kappa=0.01"];
    let slow = harm(&SENT, &hurried);
    times_as_many("hurried", &harm(&SENT, &[&hurried[..], &["harm.hurry_factor=0.5"]].concat()), &slow, 0.5);
    times_as_many("not hurried", &harm(&SENT, &["harm.hurry_factor=0.5"]), &sent, 1.0);
    // All who are sent go at once: 400 people in one attack of the first replication that sends so many.
    let together = ["territory.companions_mean=3", "harm.scale=100"];
    let plan = |more: &[&str]| tiny("", &[&SENT[..], &HARM, &together, more].concat());
    let (plain, by_people) = (told(&plan(&[]), 0).1.plots, told(&plan(&["harm.people_effect=1"]), 0).1.plots);
    for (a, b) in plain.iter().zip(&by_people) {
        let expected = 1.0 + f64::from(a.members) * (a.harmed - 1.0);
        assert!((b.harmed - expected).abs() <= f64::from(a.members) + 1.0, "{} people: {}", a.members, b.harmed);
    }
    assert!(plain.iter().any(|p| p.members > 3));
}

#[test]
fn m15_harm_has_a_heavier_tail_where_people_are_trained() {
    // P(count ≥ 1 + scale × k) = (1 + k)^(−tail).
    for (world, tail) in [(&SENT[..], 1.0), (&ALONE[..], 2.0)] {
        let found = harm(world, &["harm.training_tail_factor=0.5"]);
        for k in [1.0, 3.0] {
            let above = found.values().filter(|h| **h >= 1.0 + 10_000.0 * k).count();
            binomial("in the tail", above, found.len(), (1.0_f64 + k).powf(-tail));
        }
    }
}

/// Four people are sent one by one at once; free teams find their plots long after.
const NODE: [&str; 19] = [
    HOLDS,
    "start.fighters_abroad=4",
    "start.sympathisers=9",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=100",
    "territory.companions_mean=0",
    "work.tasks_dispatched=1",
    "work.task_days=10000",
    "services.surveillance_officers=1",
    "services.officers_per_team=1",
    "services.other_work_share=0",
    "subjects.files_kept=true",
    "subjects.watch_log_odds=50",
    "subjects.locate_per_officer_per_day=0",
    "detection.search_per_team_per_day=0.001",
    "intervention.threshold_log_odds=0",
    "intervention.officers_per_intervention=0",
    "secrecy.compartmentation=0",
];

#[test]
fn m16_secrecy_an_organiser_ties_plots_of_several_designs() {
    let node = |more: &[&str]| story("", &[&NODE[..], more].concat());
    let none = node(&[]);
    assert_eq!((number(&none, K::PlotStarted), number(&none, K::PlotOrganised)), (4, 0));
    assert_eq!(number(&none, K::CellExposed), 0, "plots of different designs know nothing of one another");
    let all = node(&["secrecy.organiser_share=1", "secrecy.organiser_span=10"]);
    assert_eq!((number(&all, K::PlotOrganised), subjects(&all, K::PlotOrganised).len()), (4, 1), "one for all four");
    let foiled = all.iter().position(|f| f.kind == K::PlotFoiled).expect("a foiled plot");
    let then: Vec<&Fact> = all[foiled + 1..].iter().filter(|f| f.kind == K::CellExposed).take(3).collect();
    assert_eq!(then.len(), 3, "the other three");
    assert!(then.iter().all(|f| f.cause == all[foiled].id && f.time == all[foiled].time));
    let own = node(&["secrecy.organiser_share=1", "secrecy.organiser_span=1"]);
    assert_eq!(subjects(&own, K::PlotOrganised).len(), 4, "each has one of its own");
    assert_eq!(number(&own, K::CellExposed), 0);
    let sealed = node(&["secrecy.organiser_share=1", "secrecy.organiser_span=10", "secrecy.compartmentation=1"]);
    assert_eq!(number(&sealed, K::CellExposed), 0, "compartmentation holds");
    let nobody = node(&["secrecy.organiser_share=1", "start.sympathisers=0"]);
    assert_eq!(number(&nobody, K::PlotOrganised), 0, "there must be somebody to do it");
}

#[test]
fn m16_secrecy_a_supplier_who_is_found_leads_on_by_what_compartmentation_leaves() {
    let world = [
        "start.committed=1",
        "pathways.self_start_per_committed_per_year=10",
        "work.tasks_inspired=1",
        "work.completion_log_odds=50",
        "subjects.files_kept=true",
        "subjects.cases_per_officer=0",
        "subjects.review_per_year=0",
        "secrecy.suppliers_per_task=3",
        "secrecy.supplier_found_share=1",
    ];
    let open = story("", &[&world[..], &["secrecy.compartmentation=0"]].concat());
    let steps = [
        (K::PlotStarted, None),
        (K::TaskDone, Some(0)),
        (K::SupplierFound, Some(1)),
        (K::CaseOpened, Some(2)),
        (K::SupplierLeads, Some(2)),
        (K::CaseOpened, Some(4)),
    ];
    expect(&open, false, &steps);
    same("found when the task is done", open[2].time, open[1].time);
    assert_eq!((open[5].subject, open[0].subject == open[5].subject), (open[5].subject, false), "the founder's file");
    let shut = story("", &world);
    assert_eq!(number(&shut, K::SupplierLeads), 0);
    assert_eq!(number(&shut, K::SupplierFound), number(&open, K::SupplierFound), "they are found all the same");
    assert_eq!(kinds(&story("", &[&world[..], &["secrecy.supplier_found_share=0"]].concat())).len(), 3);
    // Forty plots of two tasks, half a supplier each, half of them found.
    let many = [
        &world[..],
        &[
            "start.committed=40",
            "work.tasks_inspired=2",
            "secrecy.suppliers_per_task=0.5",
            "secrecy.supplier_found_share=0.5",
            "secrecy.compartmentation=0.6",
        ],
    ]
    .concat();
    let plan = tiny("", &many);
    let (mut found, mut leads) = (Vec::new(), 0);
    for r in 0..80 {
        let facts = told(&plan, r).0;
        found.push(number(&facts, K::SupplierFound) as f64);
        leads += number(&facts, K::SupplierLeads);
    }
    mean("suppliers found", &found, 40.0 * 2.0 * 0.5 * 0.5);
    binomial("lead on", leads, found.iter().sum::<f64>() as usize, 0.4);
}
