//! Benches of the engine: a fresh draw, the agenda, clocks, clocks with lazy deletion.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use forestall_model::{Agenda, Clock, Draws, Hazard, Key, LazyClock, Term, Tie};

#[derive(Clone, Copy)]
struct Thing(u64);

impl Tie for Thing {
    fn tie(&self) -> (u16, u64, u32) {
        (0, self.0, 0)
    }
}

fn draw(c: &mut Criterion) {
    let draws = Draws::new(1, 0);
    let key = Key::root("bench");
    let mut occasion = 0;
    c.bench_function("draw/uniform", |b| {
        b.iter(|| {
            occasion += 1;
            black_box(draws.uniform(key, 1, occasion))
        });
    });
    c.bench_function("draw/exponential", |b| {
        b.iter(|| {
            occasion += 1;
            black_box(draws.exponential(key, 2, occasion))
        });
    });
    c.bench_function("draw/normal", |b| {
        b.iter(|| {
            occasion += 1;
            black_box(draws.normal(key, 3, occasion))
        });
    });
}

fn agenda(c: &mut Criterion) {
    let draws = Draws::new(1, 0);
    let key = Key::root("bench");
    for size in [1_000_u32, 100_000] {
        let mut agenda = Agenda::default();
        for i in 0..size {
            agenda.schedule(draws.uniform(key, 4, i), Thing(u64::from(i)));
        }
        let mut occasion = size;
        // A hold: take the next event and put one in after it, at a steady size.
        c.bench_function(&format!("agenda/hold {size}"), |b| {
            b.iter(|| {
                if let Some((time, event)) = agenda.take_next() {
                    occasion += 1;
                    agenda.schedule(time + draws.exponential(key, 5, occasion), event);
                }
            });
        });
    }
}

fn clock(c: &mut Criterion) {
    let draws = Draws::new(1, 0);
    let key = Key::root("bench");
    let decaying = Hazard::with(0.1, Term { amplitude: 0.05, decay: 1.0 / 180.0, reference: 0.0 });
    for (name, hazard) in [("constant", Hazard::constant(0.1)), ("decaying", decaying)] {
        let mut clock = Clock::new(0.0);
        clock.set_hazard(0.0, hazard);
        for i in 0..10_000 {
            clock.join(0.0, u64::from(i), i, 0, draws.exponential(key, 6, i), 1.0);
        }
        let mut occasion = 10_000;
        c.bench_function(&format!("clock/ring and rejoin, {name}"), |b| {
            b.iter(|| {
                let now = clock.due();
                if let Some(member) = clock.ring() {
                    occasion += 1;
                    let threshold = draws.exponential(key, 6, occasion);
                    clock.join(now, member.key, member.payload, occasion, threshold, 1.0);
                }
            });
        });
    }
}

/// A group of which a share has left before its ring: the owner passes over out-of-date tickets.
fn lazy_clock(c: &mut Criterion) {
    let draws = Draws::new(1, 0);
    let key = Key::root("bench");
    for gone in [0, 50] {
        let mut group = LazyClock::new(0.0);
        group.set_hazard(0.0, Hazard::constant(0.1));
        for i in 0..10_000 {
            group.join(0.0, i, 0, draws.exponential(key, 6, i), 1.0);
        }
        let mut occasion = 10_000;
        c.bench_function(&format!("lazy clock/ring and rejoin, {gone} % gone"), |b| {
            b.iter(|| {
                let now = group.due();
                if let Some((who, ticket)) = group.ring(u64::from) {
                    occasion += 1;
                    group.join(now, who, ticket + 1, draws.exponential(key, 6, occasion), 1.0);
                    if occasion % 100 < gone {
                        // A second stay whose ring nobody will want.
                        let threshold = draws.exponential(key, 7, occasion);
                        group.join(now, who, ticket, threshold, 1.0);
                        black_box(group.ring(u64::from));
                    }
                }
            });
        });
    }
}

criterion_group!(benches, draw, agenda, clock, lazy_clock);
criterion_main!(benches);
