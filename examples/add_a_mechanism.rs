//! The worked example of CONTRIBUTING: announced amnesty days, as a stand-alone mechanism on the engine's own clocks.

use forestall_model::engine::clock::Clock;
use forestall_model::engine::draw::Draws;
use forestall_model::engine::hazard::Hazard;
use forestall_model::engine::heap::Handle;
use forestall_model::engine::key::Key;
use forestall_model::engine::time::DAYS_PER_YEAR;
use forestall_model::parameters;
use forestall_model::scenario::parameter::ParameterTable;

parameters! {
    /// Announced amnesty days (lever).
    Amnesty = "amnesty", "lever", Country;
    neutral { in_force = 0.0 }
    /// Whether amnesty days are in force; a policy sets it by date.
    in_force: Switch = 0.0, "switch", "lever";
    /// Rate at which a committed person takes the offer while it stands.
    accept_per_year: Number(0.0, 100.0) = 0.5, "per committed person per year", "assumed";
}

/// Whether and when a committed person takes the offer: the next free number in `model/decision.rs`.
const ACCEPT: u16 = 33;

/// The hazard of one committed person; zero where no offer stands.
fn hazard(p: &Amnesty) -> Hazard {
    if p.in_force == 0.0 { Hazard::ZERO } else { Hazard::constant(p.accept_per_year / DAYS_PER_YEAR) }
}

/// Seats a person who has just become committed; `entry` counts the stays in states.
fn await_offer(clock: &mut Clock, draws: &Draws, now: f64, person: Key, index: u32, entry: u32) -> Handle {
    let threshold = draws.exponential(person, ACCEPT, entry);
    clock.join(now, person.bits(), index, entry, threshold, 1.0)
}

/// Follows a change of parameters: thresholds stay, only the clock's hazard moves.
fn follow(clock: &mut Clock, now: f64, p: &Amnesty) {
    clock.set_hazard(now, hazard(p));
}

/// The first member's ring: who gives up, and when.
fn next_to_accept(clock: &mut Clock) -> Option<(f64, u32)> {
    let due = clock.due();
    if due.is_finite() { clock.ring().map(|member| (due, member.payload)) } else { None }
}

/// Neutral: with no offer nobody ever gives up, whatever the rate.
fn neutral_is_absent(draws: &Draws) {
    for accept_per_year in [0.0, 0.5, 100.0] {
        let mut clock = Clock::new(0.0);
        follow(&mut clock, 0.0, &Amnesty { in_force: 0.0, accept_per_year });
        await_offer(&mut clock, draws, 0.0, Key::root("somebody"), 0, 1);
        assert_eq!(next_to_accept(&mut clock), None);
    }
}

/// Closed form: of many committed people, the share who take an offer of `days` is 1 − exp(−rate · days).
fn closed_form(draws: &Draws, p: &Amnesty, people: u32, days: f64) -> (f64, f64) {
    let mut clock = Clock::new(0.0);
    let town = Key::root("a town");
    for index in 0..people {
        await_offer(&mut clock, draws, 0.0, town.child(1, u64::from(index)), index, 1);
    }
    // Announced for day 100, over `days` later; before and after, the clock stands still.
    follow(&mut clock, 100.0, p);
    let mut accepted = 0_u32;
    while clock.due() < 100.0 + days && next_to_accept(&mut clock).is_some() {
        accepted += 1;
    }
    let expected = -libm::expm1(-p.accept_per_year / DAYS_PER_YEAR * days);
    (f64::from(accepted) / f64::from(people), expected)
}

fn main() {
    let draws = Draws::new(1, 0);
    neutral_is_absent(&draws);

    let info = Amnesty::INFO;
    println!("[{}] {}", info.name, info.meaning.trim());
    for parameter in info.parameters {
        println!("  {} ({}): {}", parameter.name, parameter.unit, parameter.meaning.trim());
    }

    let (people, days) = (10_000, 60.0);
    let p = Amnesty { in_force: 1.0, accept_per_year: 0.5 };
    let (share, expected) = closed_form(&draws, &p, people, days);
    // Four standard errors of a binomial share: wrong once in about 16,000 seeds, and the seed is fixed.
    let tolerance = 4.0 * (expected * (1.0 - expected) / f64::from(people)).sqrt();
    assert!((share - expected).abs() < tolerance, "{share} against {expected}");

    // A test that cannot fail says nothing: twice the rate must be told apart.
    let (wrong, _) = closed_form(&draws, &Amnesty { accept_per_year: 1.0, ..p }, people, days);
    assert!((wrong - expected).abs() > tolerance);
    println!("of {people} committed people, {share:.4} take an offer of {days} days; expected {expected:.4}");
}
