//! M30: the world on the first day of the run, stocked from facts, then carried through a stated warm-up.
//!
//! Rule: each country starts with stocks of sympathisers, committed, fighters abroad, returnees, open
//! and closed files. They are placed in neighbourhoods by receptivity and in circles by the share who
//! know each other. Plots, queues and watch lists are empty at the start of the warm-up and reach
//! their own level before the first counted day. Neutral: all stocks 0.
//! Sources: F4, F30, F31 (fighters), F41 (files); stocks of sympathisers are of F41's order, assumed.

use crate::engine::key::Key;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, live};
use crate::model::state::State;

use crate::model::moves::people;
use crate::model::state::ids::{CountryId, MovementId, NeighbourhoodId, PersonId};

crate::parameters! {
    /// Stocks on the first simulated day (M30), before the warm-up.
    Start = "start", "M30", Country;
    neutral { sympathisers = 0.0, committed = 0.0, fighters_abroad = 0.0, returnees = 0.0, open_cases = 0.0, closed_cases = 0.0 }
    first_day { sympathisers, committed, fighters_abroad, returnees, open_cases, closed_cases, file_odds, abroad_known_share }
    /// Sympathisers of the first movement; other movements have this times their stock scale.
    sympathisers: Count(0.0, 1e7) = 0.0, "people", "assumed, after F41";
    /// Committed people of the first movement; other movements have this times their stock scale.
    committed: Count(0.0, 1e6) = 0.0, "people", "assumed";
    /// Fighters abroad.
    fighters_abroad: Count(0.0, 1e6) = 0.0, "people", "F4, F30";
    /// Returned fighters.
    returnees: Count(0.0, 1e6) = 0.0, "people", "F31";
    /// Open cases, spread over sympathisers, committed and returnees.
    open_cases: Count(0.0, 1e6) = 0.0, "files", "F41";
    /// Closed files, spread likewise.
    closed_cases: Count(0.0, 1e6) = 0.0, "files", "F41";
    /// How much likelier a committed person or returnee is to have a file than a sympathiser.
    file_odds: Number(0.0, 1_000.0) = 4.0, "factor", "assumed, after F27";
    /// Share of fighters abroad whom the own service knows to have left.
    abroad_known_share: Share = 0.7, "share", "assumed, after F43";
}

kept!(Start:);

/// Makes room for the people and files that a run usually comes to; both grow beyond it at need. Room that is not used
/// takes no memory.
pub(crate) fn reserve(sim: &mut Sim) {
    let stocks = sim.p.countries.iter().map(|t| &t.start);
    let (people, files) = stocks.fold((0.0, 0.0), |(people, files), s| {
        let all = s.sympathisers + s.committed + s.fighters_abroad + s.returnees;
        (people + all, files + s.open_cases + s.closed_cases)
    });
    sim.world.persons.reserve(3 * people as usize);
    sim.world.dossiers.reserve(4 * files as usize);
}

/// Stocks one country.
pub(crate) fn seed(sim: &mut Sim, c: CountryId) {
    live!("start");
    let stocks = sim.p.countries[c].start.clone();
    let fast_share = fast_share(sim, c);
    let mut at_home: Vec<PersonId> = Vec::new();
    for m in sim.movements() {
        let scale = sim.p.movements[m].stock_scale;
        for (index, (count, state)) in
            [(stocks.sympathisers * scale, State::Sympathiser), (stocks.committed * scale, State::Committed)]
                .into_iter()
                .enumerate()
        {
            for i in 0..libm::round(count) as u64 {
                let id = place_person(sim, c, m, index as u64, i);
                if state == State::Sympathiser {
                    sim.become_sympathiser(id, fast_share);
                } else {
                    sim.become_committed(id);
                }
                at_home.push(id);
            }
        }
    }
    for m in sim.movements() {
        let scale = fighters_scale(sim, m);
        for i in 0..libm::round(stocks.fighters_abroad * scale) as u64 {
            let id = place_person(sim, c, m, 2, i);
            let key = sim.world.persons[id].key;
            if sim.chance(key, Decision::StockRecord, 0, stocks.abroad_known_share) {
                sim.stock_fighters_record(id, c);
            }
            sim.arrive_abroad(id);
        }
        for i in 0..libm::round(stocks.returnees * scale) as u64 {
            let id = place_person(sim, c, m, 3, i);
            sim.stock_returnee(id);
            at_home.push(id);
        }
    }
    open_files(sim, c, &at_home, &stocks);
}

/// Fighters belong to the first movement that holds territory, or to the first of all; others that hold some have their
/// scale of them.
fn fighters_scale(sim: &Sim, m: MovementId) -> f64 {
    let first = sim.movements().find(|&m| sim.p.movements[m].holds_territory != 0.0).unwrap_or_default();
    if m == first {
        1.0
    } else if sim.p.movements[m].holds_territory != 0.0 {
        sim.p.movements[m].fighters_scale
    } else {
        0.0
    }
}

/// Those who commit fast have mostly done so: among a stock in balance they are rarer than among
/// recruits, or the run would begin with a burst of commitments.
fn fast_share(sim: &Sim, c: CountryId) -> f64 {
    let s = &sim.p.countries[c].stages;
    let stay = |share: f64, commit: f64| share / (s.desist_sympathiser_per_year + commit).max(1e-9);
    let fast = stay(s.fast_share, s.fast_commit_per_year);
    let slow = stay(1.0 - s.fast_share, s.slow_commit_per_year);
    if fast + slow > 0.0 { fast / (fast + slow) } else { 0.0 }
}

fn place_person(sim: &mut Sim, c: CountryId, m: MovementId, list: u64, i: u64) -> PersonId {
    let country = sim.world.countries[c].key;
    let key = country
        .child(Decision::NameStock.number(), sim.movement_keys[m].bits() ^ list)
        .child(Decision::NameStock.number(), i);
    let n = people::neighbourhood(sim, c, key);
    let id = people::new_person(sim, key, n, m);
    sim.world.neighbourhoods[n].left = (sim.world.neighbourhoods[n].left - 1.0).max(0.0);
    // Stocked people know each other as recruits by friends do.
    sim.settle_with_friends(id, ClockKind::Peer);
    id
}

/// Seats a bystander in the clocks of the first country: present in every count of the groups, never due.
pub(crate) fn bystander(sim: &mut Sim) {
    let key = Key::root("bystander");
    let id = people::new_person(sim, key, NeighbourhoodId::default(), MovementId::default());
    sim.world.persons[id].state = State::Sympathiser;
    sim.world.countries[CountryId::default()].sympathisers += 1;
    for kind in [ClockKind::DesistSympathiser, ClockKind::CommitSlow, ClockKind::TipSympathiser] {
        let clock = sim.clock(kind, CountryId::default(), MovementId::default());
        // A threshold that no run reaches.
        sim.world.lazy_clocks[clock].join(sim.now, id.0, 1, 1e12, 1.0);
    }
}

/// Opens and closes the files of the first day: a keyed race with odds, so that one person more
/// takes one place at most.
fn open_files(sim: &mut Sim, c: CountryId, people: &[PersonId], stocks: &Start) {
    let open = stocks.open_cases as usize;
    let closed = stocks.closed_cases as usize;
    if open + closed == 0 {
        return;
    }
    let mut race: Vec<(f64, Key, PersonId)> = people
        .iter()
        .map(|&id| {
            let person = &sim.world.persons[id];
            let odds = if person.state == State::Sympathiser { 1.0 } else { stocks.file_odds };
            (sim.threshold(person.key, Decision::StockRecord, 1) / odds.max(1e-9), person.key, id)
        })
        .collect();
    let order = |a: &(f64, Key, PersonId), b: &(f64, Key, PersonId)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    // Most come nowhere near a file: only the first are put in order.
    if open + closed < race.len() {
        race.select_nth_unstable_by(open + closed, order);
        race.truncate(open + closed);
    }
    race.sort_unstable_by(order);
    for (rank, &(_, _, id)) in race.iter().enumerate() {
        sim.stock_file(c, id, rank < open);
    }
}
