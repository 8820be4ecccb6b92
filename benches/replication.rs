//! Benches of whole replications: the shipped scenarios, and residents × 1, × 10, × 100 at equal events.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use forestall_model::model::registry;
use forestall_model::model::replication::{Arm, simulate};
use forestall_model::outcome::Tally;
use forestall_model::scenario::{LoadOptions, load};

fn arm(name: &str, sets: &[String]) -> Option<(Arm, usize)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let read = |name: &str| std::fs::read_to_string(name).map_err(|e| e.to_string());
    let options = LoadOptions { sets: sets.to_vec(), ..LoadOptions::default() };
    let plan = load(&registry(), &path.to_string_lossy(), &read, &options).ok()?;
    Some((Arm::new(&plan.arm(None).ok()?), plan.countries.len()))
}

fn one(c: &mut Criterion, title: &str, name: &str, sets: &[String]) {
    let Some((arm, countries)) = arm(name, sets) else {
        eprintln!("{name} does not load");
        return;
    };
    let mut replication = 0;
    c.bench_function(title, |b| {
        b.iter(|| {
            replication = (replication + 1) % 8;
            let mut tally = Tally::new(countries, arm.months());
            black_box(simulate(&arm, replication, &mut tally))
        });
    });
}

fn shipped(c: &mut Criterion) {
    one(c, "replication/quickstart", "quickstart.toml", &[]);
    one(c, "replication/europe-hand-set", "europe-hand-set.toml", &[]);
    one(c, "replication/united-states-hand-set", "united-states-hand-set.toml", &[]);
    one(c, "replication/terror-queue", "terror-queue.toml", &[]);
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
        one(c, &format!("residents/× {times}"), "terror-queue.toml", &sets);
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = shipped, residents }
criterion_main!(benches);
