//! Benches of whole replications: every shipped scenario, all arms of the main one, residents × 1, × 10, × 100.

mod common;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

use common::{MAIN, arm, plan, replicate, shipped};

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

/// The baseline and every policy of the main scenario in one replication.
fn all_arms(c: &mut Criterion) {
    let plan = plan(MAIN, &[]);
    let names = std::iter::once(None).chain(plan.policies.iter().map(|p| Some(p.name.as_str())));
    let arms: Vec<_> = names.map(|policy| arm(&plan, policy, 0)).collect();
    c.bench_function(&format!("arms/{} of {MAIN}", arms.len()), |b| {
        b.iter(|| arms.iter().map(|arm| replicate(&plan, arm, 0)).sum::<u64>());
    });
}

/// More residents, rates lower in proportion: the same events in expectation.
fn residents(c: &mut Criterion) {
    for times in [1.0, 10.0, 100.0] {
        let sets = [
            format!("countries.A.residents={:?}", 1e6 * times),
            format!("countries.A.neighbourhood_residents={:?}", 1e6 * times),
            format!("onset.spontaneous_per_million_per_year={:?}", 1e4 / times),
            "pathways.sudden_per_million_per_year=0".to_string(),
        ];
        one(c, &format!("residents/× {times}"), "terror-queue", &sets);
    }
}

criterion_group! {
    name = benches; config = Criterion::default().sample_size(10); targets = every_scenario, all_arms, residents
}
criterion_main!(benches);
