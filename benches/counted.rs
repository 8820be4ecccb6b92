//! One case of the guard over instruction counts: prepares it, then runs it inside `measured`, which callgrind counts.
//!
//! `tests/instructions.sh` runs each case and holds its count against `benches/instructions.txt`.

mod common;

use std::hint::black_box;
use std::process::ExitCode;

use forestall_model::{Agenda, Clock, Draws, Hazard, Key, LazyClock, Tie};

use common::{FIRST_RULES, MAIN, all_arms, arm, plan, replicate, replicate_together};

const CASES: [&str; 9] =
    ["draw", "agenda", "clock", "lazy-clock", "quickstart", "quickstart-arms", "main", "main-policy", "first-rules"];

/// What is counted: the symbol is what the counter looks for, so it must stay a function of its own.
#[inline(never)]
fn measured(case: &mut dyn FnMut() -> u64) -> u64 {
    case()
}

fn main() -> ExitCode {
    // `cargo bench` passes `--bench`; without a case there is nothing to do.
    let case = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Some(case) = case else {
        println!("cases: {}", CASES.join(" "));
        return ExitCode::SUCCESS;
    };
    let result = match case.as_str() {
        "draw" => draw(),
        "agenda" => agenda(),
        "clock" => clock(),
        "lazy-clock" => lazy_clock(),
        "quickstart" => replication("quickstart", false),
        "quickstart-arms" => arms("quickstart"),
        "main" => replication(MAIN, false),
        "main-policy" => replication(MAIN, true),
        "first-rules" => replication(FIRST_RULES, false),
        other => {
            eprintln!("there is no case `{other}`; there are: {}", CASES.join(" "));
            return ExitCode::FAILURE;
        }
    };
    println!("{case}: {result}");
    ExitCode::SUCCESS
}

#[derive(Clone, Copy)]
struct Thing(u64);

impl Tie for Thing {
    fn tie(&self) -> (u16, u64, u32) {
        (0, self.0, 0)
    }
}

fn draw() -> u64 {
    let (draws, key) = (Draws::new(1, 0), Key::root("bench"));
    measured(&mut || {
        let sum: f64 = (0..200_000)
            .map(|i| draws.uniform(key, 1, i) + draws.exponential(key, 2, i) + draws.normal(key, 3, i))
            .sum();
        black_box(sum).to_bits()
    })
}

fn agenda() -> u64 {
    let (draws, key) = (Draws::new(1, 0), Key::root("bench"));
    let mut agenda = Agenda::default();
    for i in 0..100_000 {
        agenda.schedule(draws.uniform(key, 4, i), Thing(u64::from(i)));
    }
    measured(&mut || {
        for i in 0..200_000 {
            if let Some((time, event)) = agenda.take_next() {
                agenda.schedule(time + draws.exponential(key, 5, i), event);
            }
        }
        agenda.next_time().unwrap_or_default().to_bits()
    })
}

fn clock() -> u64 {
    let (draws, key) = (Draws::new(1, 0), Key::root("bench"));
    let mut clock = Clock::new(0.0);
    clock.set_hazard(0.0, Hazard::constant(0.1));
    for i in 0..10_000 {
        clock.join(0.0, u64::from(i), i, 0, draws.exponential(key, 6, i), 1.0);
    }
    measured(&mut || {
        for i in 10_000..110_000 {
            let now = clock.due();
            if let Some(member) = clock.ring() {
                clock.join(now, member.key, member.payload, i, draws.exponential(key, 6, i), 1.0);
            }
        }
        clock.due().to_bits()
    })
}

fn lazy_clock() -> u64 {
    let (draws, key) = (Draws::new(1, 0), Key::root("bench"));
    let mut group = LazyClock::new(0.0);
    group.set_hazard(0.0, Hazard::constant(0.1));
    for i in 0..10_000 {
        group.join(0.0, i, 0, draws.exponential(key, 6, i), 1.0);
    }
    measured(&mut || {
        for i in 10_000..110_000 {
            let now = group.due();
            if let Some((who, ticket)) = group.ring(u64::from) {
                group.join(now, who, ticket + 1, draws.exponential(key, 6, i), 1.0);
            }
        }
        group.due().to_bits()
    })
}

/// One replication of all arms, which share their past.
fn arms(name: &str) -> u64 {
    let plan = plan(name, &[]);
    let arms = all_arms(&plan);
    measured(&mut || replicate_together(&plan, &arms, 0))
}

/// One replication at the first draw: of the baseline, or of the last policy.
fn replication(name: &str, policy: bool) -> u64 {
    let plan = plan(name, &[]);
    let policy = plan.policies.last().filter(|_| policy).map(|p| p.name.as_str());
    let arm = arm(&plan, policy, 0);
    measured(&mut || replicate(&plan, &arm, 0))
}
