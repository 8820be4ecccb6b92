//! What every mechanism can do with people: name them, find them and their friends, take them out of a state.

use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::clock::Place;
use crate::model::kinds::decision::Decision;
use crate::model::overrun::Overrun;
use crate::model::sim::Sim;
use crate::model::state::ids::{
    CircleId, CountryId, FileId, LanguageId, MovementId, NeighbourhoodId, PersonId, PlotId, Position,
};
use crate::model::state::{NO_TICKET, Person, State};

/// Most people whom one run names; a run that comes here has taken 1.9 gigabytes. Countries have tens of thousands in
/// reality; people join faster than they leave here, and the run would go on until no memory is left.
#[cfg(not(test))]
const NAMED_MOST: usize = 10_000_000;
#[cfg(test)]
const NAMED_MOST: usize = 300_000;

/// Gives the run up. Apart, so that naming people does not carry the making of words.
#[cold]
#[inline(never)]
fn overrun(now: f64) -> ! {
    std::panic::panic_any(Overrun(format!(
        "day {now:.0}: more than {NAMED_MOST} people are active or were: they join faster than they leave; lower \
         peers.introductions_per_year or what [onset] and [start] set, or raise stages.desist_sympathiser_per_year"
    )))
}

/// A new named person in a neighbourhood, in no state yet; attributes are functions of the name.
///
/// # Panics
/// With [`Overrun`] where more people would be named than memory can be hoped to hold.
pub(crate) fn new_person(sim: &mut Sim, key: Key, n: NeighbourhoodId, m: MovementId) -> PersonId {
    let country = sim.world.neighbourhoods[n].country;
    let id = sim.world.persons.next();
    if id.place() >= NAMED_MOST {
        overrun(sim.now);
    }
    sim.world.persons.add(Person {
        key,
        state: State::Resident,
        country,
        movement: m,
        online_only: false,
        veteran: false,
        trained: false,
        attached: false,
        blocked: false,
        identified: false,
        marks: 0,
        by_grievance: 0,
        neighbourhood: n,
        circle: CircleId::NONE,
        plot: PlotId::NONE,
        entries: 0,
        tips: 0,
        leads: 0,
        arrests: 0,
        reintegrating: false,
        plots_made: 0,
        cause: 0,
        tickets: [NO_TICKET; Place::COUNT],
        tickets_drawn: NO_TICKET,
        friend_before: PersonId::NONE,
        timer: Handle::NONE,
        records: 0,
        notice_from: f32::INFINITY,
        pooled_from: f32::INFINITY,
        first_dossier: FileId::NONE,
        radicalised: f32::NEG_INFINITY,
    });
    id
}

/// The language that a person reads, by position: a function of the name.
pub(crate) fn language(sim: &Sim, id: PersonId) -> LanguageId {
    let person = &sim.world.persons[id];
    let spoken = &sim.country_languages[person.country];
    if spoken.len() == 1 {
        return spoken[0].0;
    }
    let u = sim.draws.uniform(person.key, Decision::Language.number(), 0);
    let mut below = 0.0;
    for &(language, share) in spoken {
        below += share;
        if u < below {
            return language;
        }
    }
    spoken.last().map_or(LanguageId::default(), |l| l.0)
}

/// Leaves the present state: its clocks, its place among the active, its counts.
pub(crate) fn leave_state(sim: &mut Sim, id: PersonId) {
    sim.leave_all(id);
    let timer = std::mem::replace(&mut sim.world.persons[id].timer, Handle::NONE);
    sim.agenda.cancel(timer);
    let person = &sim.world.persons[id];
    let (state, c, n, m) = (person.state, person.country, person.neighbourhood, person.movement);
    let key = person.key;
    match state {
        State::Sympathiser => sim.world.countries[c].sympathisers -= 1,
        State::Committed => sim.world.countries[c].committed -= 1,
        State::Abroad => {
            sim.world.countries[c].abroad -= 1;
            sim.world.branches[m].trained.remove(&(key, id));
            sim.ties_changed(c);
        }
        State::Returnee => {
            sim.world.countries[c].returnees -= 1;
            sim.world.neighbourhoods[n].returnees -= 1;
            if std::mem::take(&mut sim.world.persons[id].reintegrating) {
                sim.world.countries[c].reintegrating -= 1;
            }
        }
        State::Resident
        | State::Groomed
        | State::InSting
        | State::Plotter
        | State::Dispatched
        | State::Prison
        | State::Disengaged
        | State::Dead => {}
    }
    if matches!(state, State::Sympathiser | State::Committed) {
        let here = sim.presence(n, m);
        sim.world.presences[here].active.remove(key, id);
        sim.neighbours_changed(n, m);
    }
    let person = &mut sim.world.persons[id];
    person.state = State::Disengaged;
    person.entries += 1;
}

/// Takes a place among the active of the neighbourhood, as a sympathiser or as committed: country, movement, and the
/// number of this stay.
pub(crate) fn activate(sim: &mut Sim, id: PersonId, state: State) -> (CountryId, MovementId, u32) {
    let person = &mut sim.world.persons[id];
    person.state = state;
    person.entries += 1;
    let (key, c, n, m, entry) = (person.key, person.country, person.neighbourhood, person.movement, person.entries);
    let here = sim.presence(n, m);
    sim.world.presences[here].active.insert(key, id);
    sim.neighbours_changed(n, m);
    (c, m, entry)
}

/// A neighbourhood of a country drawn with weight receptivity, by inversion over the cumulative weights.
pub(crate) fn neighbourhood(sim: &Sim, c: CountryId, key: Key) -> NeighbourhoodId {
    let range = &sim.world.countries[c].neighbourhoods;
    let places = sim.world.neighbourhoods.part(range);
    let total = places.last().map_or(0.0, |p| p.up_to);
    let u = sim.draws.uniform(key, Decision::StockNeighbourhood.number(), 0) * total;
    let within = places.partition_point(|p| p.up_to <= u).min(places.len().saturating_sub(1));
    NeighbourhoodId::at(range.start.place() + within)
}

/// The members of a circle, the person alone if there is none.
pub(crate) fn members<'a>(sim: &'a Sim<'_>, id: PersonId) -> impl Iterator<Item = PersonId> + use<'a> {
    let persons = &sim.world.persons;
    let circle = persons[id].circle;
    let first = if circle.is_none() { id } else { sim.world.circles[circle].last };
    std::iter::successors(Some(first), move |&p| {
        let before = persons[p].friend_before;
        (circle.is_some() && before.is_some()).then_some(before)
    })
}

/// A person's friends who are in `state` now, ordered by key.
pub(crate) fn friends(sim: &Sim, id: PersonId, state: State) -> Vec<PersonId> {
    let mut list: Vec<PersonId> =
        members(sim, id).filter(|&f| f != id && sim.world.persons[f].state == state).collect();
    list.sort_by_key(|&f| sim.world.persons[f].key);
    list
}
