//! Benches of whole replications: every shipped scenario, all arms of the main one, residents × 1, × 10, × 100, and
//! twice the events.

mod common;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

use common::{MAIN, all_arms, arm, plan, replicate, replicate_together, shipped};

/// Draws of a posterior that are run in turn: draws differ in events, and one alone would not speak for all.
const DRAWS: u64 = 8;

fn one(c: &mut Criterion, title: &str, name: &str, sets: &[String]) {
    let plan = plan(name, sets);
    let arms: Vec<_> = (0..DRAWS.min(plan.draws().max(1))).map(|draw| arm(&plan, None, draw)).collect();
    let mut replication = 0;
    c.bench_function(title, |b| {
        b.iter(|| {
            replication = (replication + 1) % DRAWS;
            black_box(replicate(&plan, &arms[replication as usize % arms.len()], replication))
        });
    });
}

fn every_scenario(c: &mut Criterion) {
    for name in shipped() {
        one(c, &format!("replication/{name}"), &name, &[]);
    }
}

/// The baseline and every policy of the main scenario in one replication: one after the other, and together, where they
/// share their past.
fn arms_together(c: &mut Criterion) {
    let plan = plan(MAIN, &[]);
    let arms = all_arms(&plan);
    c.bench_function(&format!("arms/{} of {MAIN}, one by one", arms.len()), |b| {
        b.iter(|| arms.iter().map(|arm| replicate(&plan, arm, 0)).sum::<u64>());
    });
    c.bench_function(&format!("arms/{} of {MAIN}, together", arms.len()), |b| {
        b.iter(|| replicate_together(&plan, &arms, 0));
    });
}

/// One country of a hundred neighbourhoods where nothing but onset and what follows it is switched on.
fn world(residents: f64, onset_per_million: f64) -> Vec<String> {
    vec![
        format!("countries.A.residents={residents:?}"),
        format!("countries.A.neighbourhood_residents={:?}", residents / 100.0),
        format!("onset.spontaneous_per_million_per_year={onset_per_million:?}"),
        "pathways.sudden_per_million_per_year=0".to_string(),
    ]
}

/// Events of all replications that [`one`] times. Times are compared a given number of events, so these must be as said.
fn events(sets: &[String]) -> f64 {
    let plan = plan("terror-queue", sets);
    let arm = arm(&plan, None, 0);
    (0..DRAWS).map(|replication| replicate(&plan, &arm, replication)).sum::<u64>() as f64
}

/// Stops the bench unless one setting has so many times the events of another. Chance moves the 900,000 events by less
/// than a per cent; one in twenty-five is of the calendar and does not double.
fn must_have(times: f64, one: f64, other: f64) {
    let found = other / one;
    assert!((found / times - 1.0).abs() < 0.03, "{other} are {found} times {one} events, not {times} times");
}

/// More residents, rates lower in proportion: the same events in expectation.
fn residents(c: &mut Criterion) {
    let plain = events(&world(1e6, 1e4));
    for times in [1.0, 10.0, 100.0] {
        let sets = world(1e6 * times, 1e4 / times);
        must_have(1.0, plain, events(&sets));
        one(c, &format!("residents/× {times}"), "terror-queue", &sets);
    }
}

/// The same residents, twice as many of whom become sympathisers: to be at most 2.2 times as long.
fn twice_the_events(c: &mut Criterion) {
    must_have(2.0, events(&world(1e6, 1e4)), events(&world(1e6, 2e4)));
    for times in [1.0, 2.0] {
        one(c, &format!("events/× {times}"), "terror-queue", &world(1e6, 1e4 * times));
    }
}

criterion_group! {
    name = benches; config = Criterion::default().sample_size(10);
    targets = every_scenario, arms_together, residents, twice_the_events
}
criterion_main!(benches);
