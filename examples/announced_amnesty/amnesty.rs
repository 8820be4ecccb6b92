//! Announced amnesty days (lever): while an offer stands, committed people give up who would not have given up unasked.
//!
//! Rule: a committed person takes the offer at the hazard `in_force` × rate, beside every other way out; the threshold
//! is drawn once for each stay in the state, so that an offer announced later finds the same people willing. Who takes
//! it leaves for good. Source: none; the rate is assumed. Neutral: not in force.

use crate::engine::hazard::Hazard;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::sim::{Sim, live};
use crate::model::state::ids::PersonId;

crate::parameters! {
    /// Announced amnesty days (lever).
    Amnesty = "amnesty", "lever", Country;
    neutral { in_force = 0.0 }
    /// Whether amnesty days are in force; a policy sets it by date.
    in_force: Switch = 0.0, "switch", "lever";
    /// Rate at which a committed person takes the offer while it stands.
    accept_per_year: Number(0.0, 100.0) = 0.5, "per committed person per year", "assumed";
}

kept!(Amnesty: AmnestyClocks);

impl Amnesty {
    /// The hazard of one committed person; zero where no offer stands.
    fn hazard(&self) -> Hazard {
        live!("amnesty", Hazard::ZERO);
        Hazard::constant(self.in_force * self.accept_per_year / DAYS_PER_YEAR)
    }
}

/// Sets the country's clocks to the parameters in force: thresholds stay, only the hazard moves.
pub(crate) fn hazards(sim: &mut Sim, c: usize) {
    let hazard = sim.p.countries[c].amnesty.hazard();
    for m in 0..sim.movements {
        sim.set_clock(ClockKind::Amnesty, c, m, hazard);
    }
}

/// Somebody has become committed and begins to be open to an offer.
pub(crate) fn await_offer(sim: &mut Sim, id: PersonId, (c, m, entry): (usize, usize, u32)) {
    sim.join(id, (ClockKind::Amnesty, c, m), Decision::AcceptAmnesty, entry, 1.0);
}

/// The offer is taken: the person leaves the state, and with it every other clock.
pub(crate) fn accept(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.person_fact(FactKind::AmnestyTaken, id);
}

#[cfg(test)]
mod tests {
    use crate::model::kinds::fact::{Fact, FactKind};
    use crate::model::registry;
    use crate::model::replication::{Arm, simulate};
    use crate::scenario::{LoadOptions, load};

    /// All facts of one run of a scenario of the repository, with settings of its own.
    fn facts(folder: &str, name: &str, sets: &[&str]) -> Vec<Fact> {
        let root = format!("{}/../../{folder}/", env!("CARGO_MANIFEST_DIR"));
        let read = |file: &str| std::fs::read_to_string(format!("{root}{file}")).map_err(|e| e.to_string());
        let options = LoadOptions { sets: sets.iter().map(ToString::to_string).collect(), ..LoadOptions::default() };
        let plan = load(&registry(), name, &read, &options).unwrap_or_else(|d| panic!("{d}"));
        let arm = Arm::new(&plan.arm(None).unwrap_or_else(|d| panic!("{d}")));
        let mut facts = Vec::new();
        simulate(&arm, 0, &mut facts);
        crate::model::kinds::fact::in_order(&mut facts);
        facts
    }

    /// So many committed people in a world in which nothing else happens, for ten years.
    fn committed(sets: &[&str]) -> Vec<Fact> {
        facts("scenarios", "neutral-world.toml", &[&["start.committed=4000"], sets].concat())
    }

    fn taken(facts: &[Fact]) -> Vec<&Fact> {
        facts.iter().filter(|f| f.kind == FactKind::AmnestyTaken).collect()
    }

    /// Neutral is absent: whatever the rate, the busy world gives what it gave before the mechanism was there.
    #[test]
    fn with_no_offer_every_fact_is_what_it_was() {
        let root = env!("CARGO_MANIFEST_DIR");
        let golden = std::fs::read_to_string(format!("{root}/../../tests/golden/busy.txt")).expect("golden file");
        let stored = golden.lines().find_map(|l| l.strip_prefix("digest = ")).expect("a digest");
        for rate in ["amnesty.accept_per_year=0.5", "amnesty.accept_per_year=100"] {
            let facts = facts("assets", "golden.toml", &[rate]);
            assert_eq!(format!("{:016x}", digest(&facts)), stored, "{rate}");
        }
    }

    /// The number that the golden tests keep of all facts.
    fn digest(facts: &[Fact]) -> u64 {
        facts.iter().fold(0xcbf2_9ce4_8422_2325, |sum, f| {
            let words = [
                f.time.to_bits(),
                f.kind as u64,
                (usize::from(f.country) << 8 | usize::from(f.movement)) as u64,
                f.subject.bits(),
                f.plot.bits(),
                f.value.to_bits(),
                f.id,
                f.cause,
            ];
            words.into_iter().fold(sum, |s, w| (s ^ w).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23))
        })
    }

    /// The closed form: of many committed people the share 1 − exp(−rate · years) takes an offer of so many years.
    #[test]
    fn the_share_who_take_the_offer_is_exponential() {
        let facts = committed(&["amnesty.in_force=true", "amnesty.accept_per_year=0.1"]);
        let (share, expected) = (taken(&facts).len() as f64 / 4_000.0, -f64::exp_m1(-0.1 * 10.0));
        // Four standard errors of a binomial share: wrong once in about 16,000 seeds, and the seed is fixed.
        let tolerance = 4.0 * (expected * (1.0 - expected) / 4_000.0_f64).sqrt();
        assert!((share - expected).abs() < tolerance, "{share} against {expected}");
        // A test that cannot fail says nothing: twice the rate is told apart.
        let wrong = committed(&["amnesty.in_force=true", "amnesty.accept_per_year=0.2"]);
        assert!((taken(&wrong).len() as f64 / 4_000.0 - expected).abs() > tolerance);
    }

    /// An offer moves clocks and draws nothing: at twice the rate the same people accept in half the time.
    #[test]
    fn at_twice_the_rate_each_accepts_in_half_the_time() {
        let once = committed(&["amnesty.in_force=true", "amnesty.accept_per_year=0.01"]);
        let twice = committed(&["amnesty.in_force=true", "amnesty.accept_per_year=0.02"]);
        let (once, twice) = (taken(&once), taken(&twice));
        assert!(once.len() > 100 && twice.len() > once.len());
        for (slow, fast) in once.iter().zip(&twice) {
            assert_eq!(slow.subject, fast.subject);
            assert!((slow.time - 2.0 * fast.time).abs() < 1e-6, "{} against {}", slow.time, fast.time);
        }
    }
}
