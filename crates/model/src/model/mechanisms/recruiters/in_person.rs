//! M6: recruiters who work in person in a neighbourhood until they are removed, and are replaced.
//!
//! Rule: a country has a number of recruiters for each movement, placed by receptivity; each recruits
//! at a rate times receptivity, through the onset clock of its neighbourhood; each is removed at a
//! rate, and a successor takes another place after an exponential lag. Neutral: number 0.
//! Source: F2's sources name districts with few, very active recruiters; the sizes are assumed.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, InPersonId, NeighbourhoodId, Position};
use crate::model::state::{InPerson, World};

crate::parameters! {
    /// Recruiters who meet people in their neighbourhood (M6).
    InPersonRecruiters = "in_person_recruiters", "M6", Country;
    neutral { number = 0.0 }
    first_day { number }
    /// Recruiters of each movement on the first day.
    number: Count(0.0, 100_000.0) = 0.0, "recruiters", "assumed, after F2";
    /// People whom one recruiter wins where receptivity is average.
    recruits_per_year: Number(0.0, 1_000.0) = 4.0, "people per recruiter per year", "assumed";
    /// Rate at which a recruiter is arrested, leaves or stops.
    removal_per_year: Number(0.0, 1_000.0) = 0.3, "per year", "assumed";
    /// Mean time until a successor works.
    replacement_days: Number(0.0, 100_000.0) = 120.0, "days", "assumed";
}

kept!(InPersonRecruiters: OnsetClocks, InPersonClocks);

impl InPersonRecruiters {
    /// People won per recruiter and year.
    pub(crate) fn rate_per_year(&self) -> f64 {
        live!("in_person_recruiters", 0.0);
        self.recruits_per_year
    }
}

/// Places the first recruiters of one country.
pub(crate) fn seed(sim: &mut Sim, c: CountryId) {
    live!("in_person_recruiters");
    let number = sim.p.countries[c].in_person.number;
    for m in sim.movements() {
        let number = libm::round(number * sim.p.movements[m].recruiter_scale) as u64;
        for i in 0..number {
            let home = sim.world.countries[c].key;
            let key = home.child(Decision::NameRecruiter.number(), (m.place() as u64) << 32 | i);
            let index = sim.world.in_person.next();
            sim.world.in_person.add(InPerson {
                key,
                country: c,
                movement: m,
                neighbourhood: NeighbourhoodId::default(),
                alive: false,
                occasion: 0,
                removal: World::never(),
                removal_at: Handle::NONE,
            });
            sim.world.countries[c].in_person.push(index);
            settle(sim, index);
        }
    }
}

fn removal_hazard(sim: &Sim, c: CountryId) -> Hazard {
    Hazard::constant(sim.p.countries[c].in_person.removal_per_year / DAYS_PER_YEAR)
}

/// A recruiter begins work in a neighbourhood.
fn settle(sim: &mut Sim, index: InPersonId) {
    let (key, c, m, occasion) = {
        let r = &sim.world.in_person[index];
        (r.key, r.country, r.movement, r.occasion)
    };
    let site = key.child(Decision::InPersonSite.number(), u64::from(occasion));
    let n = people::neighbourhood(sim, c, site);
    let threshold = sim.threshold(key, Decision::InPersonRemoval, occasion);
    let removal = Countdown::start(sim.now, threshold, removal_hazard(sim, c));
    let at = sim.schedule(removal.due(), EventKind::InPersonRemoved(index), key, occasion);
    let r = &mut sim.world.in_person[index];
    r.neighbourhood = n;
    r.alive = true;
    r.removal = removal;
    r.removal_at = at;
    sim.world.neighbourhoods[n].recruiters[m] += 1;
    sim.recruiters_changed(n, m);
}

/// Follows a change of the removal rate.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    let hazard = removal_hazard(sim, c);
    for i in 0..sim.world.countries[c].in_person.len() {
        let index = sim.world.countries[c].in_person[i];
        let now = sim.now;
        if sim.world.in_person[index].alive && sim.world.in_person[index].removal.set(now, hazard) {
            let (at, due) = (sim.world.in_person[index].removal_at, sim.world.in_person[index].removal.due());
            sim.rebook(at, due);
        }
    }
}

/// A recruiter is gone; a successor is on the way.
pub(crate) fn removed(sim: &mut Sim, index: InPersonId) {
    live!("in_person_recruiters");
    let (key, c, m, n, occasion) = {
        let r = &mut sim.world.in_person[index];
        r.alive = false;
        r.occasion += 1;
        (r.key, r.country, r.movement, r.neighbourhood, r.occasion)
    };
    sim.world.neighbourhoods[n].recruiters[m] -= 1;
    sim.recruiters_changed(n, m);
    let site = Site { country: c, movement: m, subject: key, plot: Key::NONE };
    sim.fact(FactKind::InPersonRemoved, 0, site, 1.0);
    let lag = sim.delay(key, Decision::InPersonReplacement, occasion, sim.p.countries[c].in_person.replacement_days);
    sim.schedule(sim.now + lag, EventKind::InPersonReplaced(index), key, occasion);
}

/// A successor begins.
pub(crate) fn replaced(sim: &mut Sim, index: InPersonId) {
    let (key, c, m) = {
        let r = &sim.world.in_person[index];
        (r.key, r.country, r.movement)
    };
    sim.fact(FactKind::InPersonReplaced, 0, Site { country: c, movement: m, subject: key, plot: Key::NONE }, 1.0);
    settle(sim, index);
}
