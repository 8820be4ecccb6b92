//! The world before anybody is in it: counted residents, empty desks, clocks that stand still.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::clock::Clock;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::engine::lazy_clock::LazyClock;
use crate::engine::tournament::Tournament;

use super::kinds::decision::Decision;
use super::parameters::Parameters;
use super::sim::Sim;
use super::state::ids::{CountryId, List, NeighbourhoodId};
use super::state::ring::Ring;
use super::state::{
    Branch, CountryState, Desk, Hours, Neighbourhood, OnsetSeat, Pool, Presence, Reaction, TimeMean, World,
};

/// Countries and neighbourhoods with nobody named in them yet, at the start of the warm-up.
pub(super) fn world(
    codes: &List<CountryId, Key>,
    movement_keys: &[Key],
    languages: usize,
    p: &Parameters,
    begin: f64,
) -> World {
    let movements = movement_keys.len();
    let mut neighbourhoods = List::<NeighbourhoodId, Neighbourhood>::default();
    let mut presences = List::default();
    let mut states = List::default();
    for (c, &key) in codes.with_ids() {
        let entry = &p.countries[c].country;
        let first = neighbourhoods.next();
        let at_home = entry.transit_partner == 0.0;
        let residents = if at_home { entry.residents } else { 0.0 };
        let count = libm::ceil(residents / entry.neighbourhood_residents) as usize;
        let receptivity = entry.receptivities(count);
        let mut up_to = 0.0;
        for (j, receptivity) in receptivity.into_iter().enumerate() {
            let own = key.child(Decision::NameNeighbourhood.number(), j as u64);
            for &movement in movement_keys {
                presences.add(presence(own, movement));
            }
            let mut place = neighbourhood(c, residents / count as f64, receptivity, movements);
            up_to += receptivity;
            place.up_to = up_to;
            neighbourhoods.add(place);
        }
        let state = country(key, residents, first..neighbourhoods.next(), movements);
        states.add(CountryState { rank: rank(codes, key), at_home, ..state });
    }
    let clocks = Sim::clock_count(codes.len(), movements, languages);
    let countries = codes.len();
    World {
        countries: states,
        neighbourhoods,
        presences,
        persons: List::default(),
        filed: Vec::new(),
        circles: List::default(),
        plots: List::default(),
        stings: Vec::new(),
        leads: List::default(),
        free_leads: Vec::new(),
        dossiers: List::default(),
        recruiters: List::default(),
        in_person: List::default(),
        clocks: List::of(Clock::new(begin), clocks),
        lazy_clocks: List::of(LazyClock::new(begin), clocks),
        rings: Tournament::new(clocks),
        wakes: Tournament::new(countries),
        by_key: by_key(codes),
        free_span: List::of(0.0, languages),
        alive_recruiters: 0,
        branches: List::of(branch(), movements),
        organisers: Vec::new(),
        pool: Pool::default(),
        released: BTreeMap::new(),
        wanted: BTreeMap::new(),
        cost_rate: List::of(0.0, countries),
        cost_since: begin,
        cost: List::of(0.0, countries),
    }
}

/// A branch that sends nobody.
fn branch() -> Branch {
    Branch { trained: BTreeSet::new(), dispatch: World::never(), dispatch_at: Handle::NONE, dispatches: 0 }
}

/// How many keys come before one.
fn rank(keys: &[Key], key: Key) -> usize {
    keys.iter().filter(|k| **k < key).count()
}

/// Countries in the order of their keys.
fn by_key(keys: &List<CountryId, Key>) -> Vec<CountryId> {
    let mut order: Vec<CountryId> = keys.ids().collect();
    order.sort_by_key(|&c| keys[c]);
    order
}

fn neighbourhood(country: CountryId, residents: f64, receptivity: f64, movements: usize) -> Neighbourhood {
    Neighbourhood {
        country,
        residents,
        receptivity,
        up_to: 0.0,
        left: residents,
        recruiters: List::of(0, movements),
        returnees: 0,
    }
}

fn presence(key: Key, movement: Key) -> Presence {
    let seat = |source: u64| OnsetSeat {
        handle: Handle::NONE,
        key: key.child(Decision::NameSource.number(), movement.bits() ^ source),
        occasion: 0,
        parked: 0.0,
    };
    Presence { active: Ring::default(), onset: [seat(0), seat(1), seat(2), seat(3)] }
}

fn country(
    key: Key,
    residents: f64,
    neighbourhoods: std::ops::Range<NeighbourhoodId>,
    movements: usize,
) -> CountryState {
    CountryState {
        key,
        rank: 0,
        at_home: true,
        residents,
        neighbourhoods,
        onset_grievance: List::of(Reaction::default(), movements),
        timing: Reaction::default(),
        alarm: Reaction::default(),
        abroad: 0,
        departed: 0,
        returnees: 0,
        sympathisers: 0,
        committed: 0,
        plots: BTreeSet::new(),
        desk: Desk::default(),
        files: BTreeSet::new(),
        hot: BTreeSet::new(),
        watched: BTreeSet::new(),
        silence: Default::default(),
        hours: Hours::default(),
        lasting: Vec::new(),
        blocked: TimeMean::default(),
        teams_exact: 0.0,
        teams: 0,
        teams_bound: 0,
        investigations: 0,
        team_use: TimeMean::default(),
        team_full: TimeMean::default(),
        deciding: BTreeSet::new(),
        executing: 0,
        raids_open: 0,
        emergency_until: f64::NEG_INFINITY,
        court_used: 0.0,
        court_since: 0.0,
        reintegrating: 0,
        traffic: Reaction::default(),
        open_cases: 0,
        recent_foils: Reaction::default(),
        in_person: Vec::new(),
    }
}
