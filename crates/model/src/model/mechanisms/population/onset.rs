//! M2: how a resident becomes a sympathiser, by four sources that run on clocks of their own.
//!
//! Rule: neighbourhood j gains sympathisers as a Poisson process with hazard
//! `receptivity_j` × [residents × (spontaneous + online × propaganda in its languages × (1 − take-down)) + in-person ×
//! recruiters] + (1 − w + w × `receptivity_j`) × peer × active, all × (left / residents) × (1 + response × G). The k-th recruit of a
//! neighbourhood by a source is named so, whatever the other sources do. Depletion is exact thinning.
//! Sources: F14, F35 (few are online only); rates are assumed. Neutral: rates 0.

use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site, live};

use crate::model::moves::{people, propaganda};
use crate::model::state::ids::{CountryId, MovementId, NeighbourhoodId, positions};

crate::parameters! {
    /// How residents become sympathisers unprompted or through online propaganda (M2).
    Onset = "onset", "M2", Country;
    neutral { spontaneous_per_million_per_year = 0.0, online_per_million_per_year = 0.0 }
    /// Residents who become sympathisers unprompted.
    spontaneous_per_million_per_year: Number(0.0, 1e6) = 5.0, "people per million residents per year", "assumed";
    /// Residents who become sympathisers through online propaganda at level 1.
    online_per_million_per_year: Number(0.0, 1e6) = 5.0, "people per million residents per year", "assumed, after F35";
    /// Volume of online propaganda in the country, 1 at the height of 2014; multiplied by that of its languages.
    propaganda_level: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Share of propaganda that is taken down before it is seen.
    takedown_share: Share = 0.1, "share", "assumed";
}

kept!(Onset: OnsetClocks, SelfStartClocks, CostRates);

/// The four sources, in the order of a neighbourhood's seats.
pub(crate) const SOURCES: [ClockKind; 4] =
    [ClockKind::Spontaneous, ClockKind::Online, ClockKind::Peer, ClockKind::InPerson];
/// What each states of a recruit.
const FACTS: [FactKind; 4] =
    [FactKind::OnsetSpontaneous, FactKind::OnsetOnline, FactKind::OnsetPeer, FactKind::OnsetRecruiter];
const PEER: usize = 2;
const IN_PERSON: usize = 3;

/// Sets the country's onset clocks to the parameters and the grievance in force.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("onset");
    for m in sim.movements() {
        let t = &sim.p.countries[c];
        let scale = sim.p.movements[m].onset_factor() * t.prevention.onset_factor() / DAYS_PER_YEAR;
        let reaction = sim.world.countries[c].onset_grievance[m];
        let rates = [
            t.onset.spontaneous_per_million_per_year / 1e6,
            t.onset.online_per_million_per_year / 1e6
                * t.onset.propaganda_level
                * (1.0 - t.onset.takedown_share)
                * propaganda::heard(sim, c),
            t.peers.rate_per_year(),
            t.in_person.rate_per_year(),
        ];
        for (source, rate) in rates.into_iter().enumerate() {
            let base = rate * scale;
            let term = reaction.term(base * t.grievance.onset_response, t.grievance.memory_days);
            sim.set_clock(SOURCES[source], c, m, Hazard::with(base, term));
        }
    }
}

/// Fits the country's seats to parameters that have changed: how receptivity weighs among friends is in their factors.
pub(crate) fn refit(sim: &mut Sim, c: CountryId) {
    hazards(sim, c);
    let weight = |p: &Parameters| p.countries[c].peers.receptivity_weight;
    if sim.before().is_none_or(|before| weight(before) == weight(sim.p)) {
        return;
    }
    for n in positions(&sim.world.countries[c].neighbourhoods) {
        for m in sim.movements() {
            for (source, kind) in SOURCES.into_iter().enumerate() {
                let seat = sim.world.presences[sim.presence(n, m)].onset[source].handle;
                let stored = sim.world.clocks[sim.clock(kind, c, m)].factor(seat);
                if stored.is_some_and(|f| f != factor(sim, n, m, source)) {
                    reseat(sim, n, m, source);
                }
            }
        }
    }
}

/// The factor of a neighbourhood's seat in an onset clock.
pub(crate) fn factor(sim: &Sim, n: NeighbourhoodId, m: MovementId, source: usize) -> f64 {
    let place = &sim.world.neighbourhoods[n];
    match source {
        PEER => {
            sim.world.presences[sim.presence(n, m)].active.len() as f64
                * sim.p.countries[place.country].peers.receptivity(place.receptivity)
        }
        IN_PERSON => f64::from(place.recruiters[m]) * place.receptivity,
        _ => place.residents * place.receptivity,
    }
}

/// Fits a neighbourhood's seat to its present factor; the threshold left is kept.
pub(crate) fn reseat(sim: &mut Sim, n: NeighbourhoodId, m: MovementId, source: usize) {
    let factor = factor(sim, n, m, source);
    let c = sim.world.neighbourhoods[n].country;
    let clock = sim.clock(SOURCES[source], c, m);
    let now = sim.now;
    let here = sim.presence(n, m);
    let seat = sim.world.presences[here].onset[source];
    let waiting = seat.handle != Handle::NONE;
    match (waiting, factor > 0.0) {
        (true, true) => {
            if !sim.world.clocks[clock].set_factor(now, seat.handle, factor) {
                return;
            }
        }
        (true, false) => {
            let left = sim.world.clocks[clock].leave(now, seat.handle);
            let seat = &mut sim.world.presences[here].onset[source];
            seat.handle = Handle::NONE;
            seat.parked = left.unwrap_or(seat.parked);
        }
        (false, true) => {
            let handle = sim.world.clocks[clock].join(now, seat.key.bits(), n.0, seat.occasion, seat.parked, factor);
            sim.world.presences[here].onset[source].handle = handle;
        }
        (false, false) => return,
    }
    sim.touch(SOURCES[source], clock);
}

/// Fits the seats that depend on who is active in a neighbourhood.
pub(crate) fn reseat_peers(sim: &mut Sim, n: NeighbourhoodId, m: MovementId) {
    if !sim.seated {
        return;
    }
    reseat(sim, n, m, PEER);
}

/// Fits the seats that depend on in-person recruiters.
pub(crate) fn reseat_recruiters(sim: &mut Sim, n: NeighbourhoodId, m: MovementId) {
    reseat(sim, n, m, IN_PERSON);
}

/// The next recruit of a neighbourhood by one source.
pub(crate) fn handle(sim: &mut Sim, source: ClockKind, m: MovementId, n: NeighbourhoodId) {
    let Some(position) = SOURCES.iter().position(|own| *own == source) else { return };
    let here = sim.presence(n, m);
    let seat = sim.world.presences[here].onset[position];
    let next = seat.occasion + 1;
    let parked = sim.threshold(seat.key, Decision::Onset, next);
    {
        let seat = &mut sim.world.presences[here].onset[position];
        seat.handle = Handle::NONE;
        seat.occasion = next;
        seat.parked = parked;
    }
    reseat(sim, n, m, position);
    live!("onset");
    let place = &sim.world.neighbourhoods[n];
    let country = place.country;
    let left = place.left / place.residents;
    // Exact thinning: the clock runs as if nobody had left the counted residents.
    if place.left < 1.0 || !sim.chance(seat.key, Decision::OnsetThinned, next, left) {
        return;
    }
    sim.world.neighbourhoods[n].left -= 1.0;
    let key = seat.key.child(Decision::NameRecruit.number(), u64::from(next));
    let kind = FACTS[position];
    let share = sim.world.clocks[sim.clock(source, country, m)].decaying_share(sim.now);
    let id = people::new_person(sim, key, n, m);
    let person = &mut sim.world.persons[id];
    person.radicalised = sim.now as f32;
    person.by_grievance = libm::round(255.0 * share) as u8;
    sim.settle_with_friends(id, source);
    let fact = sim.person_fact(kind, id);
    let site = Site::person(&sim.world.persons[id]);
    sim.explain(FactKind::PersonSettled, fact, site, f64::from(n.0));
    let share = sim.p.countries[country].stages.fast_share;
    sim.become_sympathiser(id, share);
}

/// Seats every neighbourhood of every country in the clocks of its sources.
pub(crate) fn seed(sim: &mut Sim) {
    sim.seated = true;
    for c in sim.countries() {
        for n in positions(&sim.world.countries[c].neighbourhoods) {
            for m in sim.movements() {
                for source in 0..SOURCES.len() {
                    let here = sim.presence(n, m);
                    let parked = sim.threshold(sim.world.presences[here].onset[source].key, Decision::Onset, 0);
                    sim.world.presences[here].onset[source].parked = parked;
                    reseat(sim, n, m, source);
                }
            }
        }
    }
    debug_assert!(sim.world.persons.iter().all(|p| p.plot.is_none()));
}
