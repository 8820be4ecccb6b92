//! Pressed where it lives, busier here: what loss of territory and pressure drive, and what collapse ends (M7, M11, M14).

use forestall_model::{FactKind as K, Plan};

use super::{HOLDS, LANGUAGE, binomial, first, number, same, scaled, story, times, told, until};

const SENT: [&str; 9] = [
    HOLDS,
    "start.fighters_abroad=1",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=1",
    "territory.companions_mean=0",
    "territory.pressure_cut=0",
    "territory.pressed_factor=0",
    "work.tasks_dispatched=1",
];

#[test]
fn m11_territory_pressure_makes_the_group_send_and_collapse_ends_it() {
    let sent = |more: &[&str]| story("", &[&SENT[..], more].concat());
    let calm = first(&sent(&[]), K::DispatchOrdered);
    same("pressure without an effect of its own", first(&sent(&["territory.pressure=0.5"]), K::DispatchOrdered), calm);
    let pressed = sent(&["territory.pressure=0.5", "territory.pressure_factor=2"]);
    same("twice as fast", first(&pressed, K::DispatchOrdered), calm / 2.0);
    // Loss alone, at half the territory: 0.5 × (1 + 3 × 0.5).
    let lost = ["territory.level=0.5", "territory.pressed_factor=3"];
    let standing = [&lost[..], &["territory.collapse_level=0.5"]].concat();
    same("at the level it still stands", first(&sent(&standing), K::DispatchOrdered), calm / 1.25);
    let collapsed = [&lost[..], &["territory.collapse_level=0.51"]].concat();
    assert_eq!(number(&sent(&collapsed), K::DispatchOrdered), 0, "below it nobody is sent");
}

const TALKS: [&str; 10] = [
    HOLDS,
    "start.committed=800",
    "start.fighters_abroad=1",
    "virtual_entrepreneurs.contact_per_year=100",
    "virtual_entrepreneurs.span=1000",
    "virtual_entrepreneurs.strikes_per_year=0",
    "virtual_entrepreneurs.grooming_days=1",
    "virtual_entrepreneurs.travel_share=0",
    "virtual_entrepreneurs.instruct_share=0.2",
    "territory.pressure_cut=0",
];

#[test]
fn m07_virtual_entrepreneurs_instruct_more_when_pressed_and_nobody_after_the_collapse() {
    let share = |more: &[&str], expected: f64| {
        let facts = story(LANGUAGE, &[&TALKS[..], more].concat());
        assert!(number(&facts, K::Groomed) >= 800, "people who are not instructed are groomed again");
        binomial("instructed", number(&facts, K::PlotStarted), number(&facts, K::Groomed), expected);
    };
    let until_dry = "start.committed=3000";
    share(&[until_dry], 0.2);
    let (half, pressed) = ("territory.level=0.5", "territory.pressure=0.5");
    share(&[half, pressed, until_dry], 0.2);
    share(&[half, "virtual_entrepreneurs.instruct_loss_factor=2"], 0.4);
    share(&[pressed, "virtual_entrepreneurs.instruct_pressure_factor=3"], 0.5);
    let all = ["virtual_entrepreneurs.instruct_loss_factor=2", "territory.collapse_level=0.6", half];
    let facts = story(LANGUAGE, &[&TALKS[..], &all].concat());
    assert_eq!(number(&facts, K::PlotStarted), 0, "the collapse ends it");
}

#[test]
fn m14_pathways_propaganda_incites_the_committed_of_the_movement_that_holds_territory() {
    let world = |entries: &str, more: &[&str]| {
        let base =
            ["start.committed=40", "pathways.self_start_per_committed_per_year=0.5", HOLDS, "territory.pressure_cut=0"];
        times(&story(entries, &[&base[..], more].concat()), K::PlotStarted)
    };
    let calm = world("", &[]);
    let incited = |entries: &str, more: &[&str], factor: f64| {
        scaled("incited", &world(entries, &[&["onset.takedown_share=0"][..], more].concat()), &calm, 1.0 / factor);
    };
    incited("", &[], 1.0);
    incited("", &["pathways.incited_factor=1"], 2.0);
    incited("", &["pathways.incited_factor=2", "onset.takedown_share=0.5"], 2.0);
    incited("", &["pathways.incited_factor=1", "onset.propaganda_level=3"], 4.0);
    incited(LANGUAGE, &["pathways.incited_factor=1", "languages.a.propaganda_factor=3"], 4.0);
    let (half, pressed) = ("territory.level=0.5", "territory.pressure=0.5");
    incited("", &["pathways.incited_factor=1", half, pressed], 2.0);
    incited("", &["pathways.incited_factor=1", "pathways.incited_loss_factor=2", half], 3.0);
    incited("", &["pathways.incited_factor=1", "pathways.incited_pressure_factor=4", pressed], 4.0);
    incited("", &["pathways.incited_factor=1", "territory.collapse_level=0.6", half], 1.0);
    incited("", &["pathways.incited_factor=1", "movements.only.holds_territory=false"], 1.0);
}

/// Territory whole in the first year, two thirds and one third in the next two, nearly nothing in the fourth.
const FALLS: &str = r#"
[[changes]]
from = 2011-01-01
set = { "territory.level" = 0.65 }

[[changes]]
from = 2012-01-01
set = { "territory.level" = 0.35 }

[[changes]]
from = 2013-01-01
set = { "territory.level" = 0.05 }
"#;

/// Attacks by year in each of many replications of a world that plots by itself, by instruction and by people sent.
fn attacks_by_year(more: &[&str]) -> [Vec<f64>; 4] {
    let world = [
        HOLDS,
        "start.committed=3000",
        "start.fighters_abroad=300",
        "abroad.attached_share=1",
        "abroad.training_days=0",
        "pathways.self_start_per_committed_per_year=0.003",
        "territory.dispatch_per_trained_per_year=0.02",
        "territory.companions_mean=0",
        "territory.pressed_factor=0",
        "territory.collapse_level=0.1",
        "virtual_entrepreneurs.contact_per_year=0.001",
        "virtual_entrepreneurs.span=20",
        "virtual_entrepreneurs.strikes_per_year=0",
        "virtual_entrepreneurs.instruct_share=0.1",
        "virtual_entrepreneurs.travel_share=0",
        "virtual_entrepreneurs.grooming_days=1",
        "work.task_days=2",
        "work.completion_log_odds=50",
    ];
    let plan: Plan = until("2013-12-31", &format!("{LANGUAGE}{FALLS}"), &[&world[..], more].concat());
    let mut years = [(); 4].map(|()| Vec::new());
    for r in 0..60 {
        let attacks = times(&told(&plan, r).0, K::PlotCompleted);
        for (year, counts) in years.iter_mut().enumerate() {
            let from = 365.25 * year as f64;
            counts.push(attacks.iter().filter(|t| (from..from + 365.25).contains(*t)).count() as f64);
        }
    }
    years
}

/// By how many standard errors the mean of the second exceeds that of the first.
fn rise(first: &[f64], second: &[f64]) -> f64 {
    let gaps: Vec<f64> = second.iter().zip(first).map(|(b, a)| b - a).collect();
    let n = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    mean / (gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
}

#[test]
fn m11_territory_attacks_rise_while_it_falls_and_fall_after_the_collapse_only_where_loss_drives_them() {
    let driven = attacks_by_year(&[
        "territory.pressed_factor=4",
        "virtual_entrepreneurs.instruct_loss_factor=4",
        "pathways.incited_factor=0.5",
        "pathways.incited_loss_factor=4",
        "onset.takedown_share=0",
    ]);
    assert!(rise(&driven[0], &driven[1]) > 4.0 && rise(&driven[1], &driven[2]) > 4.0, "up while territory falls");
    assert!(rise(&driven[2], &driven[3]) < -4.0 && rise(&driven[0], &driven[3]) < -4.0, "down after the collapse");
    let calm = attacks_by_year(&[]);
    assert!(rise(&calm[0], &calm[1]) < 0.0 && rise(&calm[1], &calm[2]) < 4.0, "no rise where loss drives nothing");
    assert!(rise(&calm[0], &calm[3]) < -4.0, "what comes from the territory ends with it");
}
