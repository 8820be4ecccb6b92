//! One running replication: the state with its agenda, draws and facts, and the moves that every mechanism shares.

use crate::engine::agenda::Agenda;
use crate::engine::draw::{Draws, mix};
use crate::engine::heap::{Handle, Tie};
use crate::engine::key::Key;

use super::ever::Ever;
use super::kinds::decision::Decision;
use super::kinds::event::{Event, EventKind};
use super::kinds::fact::{Fact, FactId, FactKind, FactSink};
use super::parameters::Parameters;
use super::state::ids::{
    CountryId, GroupId, LanguageId, List, MonthId, MovementId, NeighbourhoodId, PeriodId, PersonId, PlotId, Position,
    PresenceId,
};
use super::state::{Person, Plot, World};

mod clocks;

/// The running replication.
pub(crate) struct Sim<'s> {
    pub(crate) now: f64,
    pub(crate) draws: Draws,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) world: World,
    pub(crate) p: &'s Parameters,
    pub(crate) periods: &'s List<PeriodId, (f64, Parameters)>,
    /// The period in force.
    pub(crate) period: PeriodId,
    /// The booked beginning of the next period.
    pub(crate) next_period: Handle,
    pub(crate) ever: &'s Ever,
    /// When the run ends, with the last counted day and a moment more.
    pub(crate) end: f64,
    pub(crate) country_languages: &'s List<CountryId, Vec<(LanguageId, f64)>>,
    pub(crate) movement_keys: &'s List<MovementId, Key>,
    pub(crate) language_keys: &'s List<LanguageId, Key>,
    pub(crate) facts: &'s mut dyn FactSink,
    pub(crate) months: &'s List<MonthId, f64>,
    pub(crate) movement_count: usize,
    pub(crate) language_count: usize,
    /// Whether the neighbourhoods have their seats in the onset clocks.
    pub(crate) seated: bool,
    pub(crate) settled: bool,
    pub(crate) events: u64,
    /// What a test leaves out when all that is kept of parameters is computed anew.
    #[cfg(test)]
    pub(crate) left_out: Vec<super::kinds::kept::Kept>,
}

impl Sim<'_> {
    /// All countries.
    /// The parameters of the period before the one in force; `None` in the first.
    pub(crate) fn before(&self) -> Option<&Parameters> {
        let last = self.period.place().checked_sub(1)?;
        Some(&self.periods[PeriodId::at(last)].1)
    }

    #[inline]
    pub(crate) fn countries(&self) -> impl Iterator<Item = CountryId> + use<> {
        self.world.countries.ids()
    }

    #[inline]
    fn country_count(&self) -> usize {
        self.world.countries.len()
    }

    /// All movements.
    #[inline]
    pub(crate) fn movements(&self) -> impl Iterator<Item = MovementId> + use<> {
        (0..self.movement_count).map(MovementId::at)
    }

    /// All languages, one at least.
    #[inline]
    pub(crate) fn languages(&self) -> impl Iterator<Item = LanguageId> + use<> {
        (0..self.language_count).map(LanguageId::at)
    }

    /// Where what a movement has in a neighbourhood is kept.
    #[inline]
    pub(crate) fn presence(&self, neighbourhood: NeighbourhoodId, movement: MovementId) -> PresenceId {
        PresenceId::at(neighbourhood.place() * self.movement_count + movement.place())
    }

    /// Draws for a person's present stay in a state.
    #[inline]
    pub(crate) fn threshold(&self, key: Key, decision: Decision, occasion: u32) -> f64 {
        self.draws.exponential(key, decision.number(), occasion)
    }

    #[inline]
    pub(crate) fn chance(&self, key: Key, decision: Decision, occasion: u32, share: f64) -> bool {
        self.draws.chance(key, decision.number(), occasion, share)
    }

    /// A key for a question that one person puts to another.
    pub(crate) fn between(&self, answers: PersonId, asks: PersonId) -> Key {
        let persons = &self.world.persons;
        persons[answers].key.child(Decision::NamePair.number(), persons[asks].key.bits())
    }

    /// A number for a country in a draw's address that does not depend on its place in the file.
    pub(crate) fn mark(&self, country: CountryId) -> u32 {
        self.world.countries[country].key.bits() as u32
    }

    /// A delay with the given mean; no draw when the mean is zero.
    pub(crate) fn delay(&self, key: Key, decision: Decision, occasion: u32, mean: f64) -> f64 {
        if mean > 0.0 { mean * self.threshold(key, decision, occasion) } else { 0.0 }
    }

    /// What happens next, and when; taken off what is booked by [`Sim::take_next`].
    #[inline]
    pub(crate) fn next(&mut self) -> Option<(f64, Event)> {
        let booked = self.agenda.next_time().unwrap_or(f64::INFINITY);
        let (ring, wake) = (self.world.rings.least(), self.world.wakes.least());
        if booked < ring && booked < wake {
            return self.agenda.peek();
        }
        if ring < booked && ring < wake {
            return Some((ring, self.ring()));
        }
        if wake < booked && wake < ring {
            return Some((wake, self.wake()));
        }
        self.first_of_equals(booked, ring, wake)
    }

    fn wake(&self) -> Event {
        let country = self.world.by_key[self.world.wakes.first()];
        let key = self.world.countries[country].key;
        Event { kind: EventKind::AnalystFree(country), key, occasion: 0 }
    }

    fn ring(&self) -> Event {
        let clock = GroupId::at(self.world.rings.first());
        Event { kind: EventKind::Clock(clock), key: Key::from_bits(u64::from(clock.0)), occasion: 0 }
    }

    /// The same where several things happen at the very same time, or nothing does.
    #[cold]
    fn first_of_equals(&mut self, booked: f64, ring: f64, wake: f64) -> Option<(f64, Event)> {
        let booked = if booked <= ring && booked <= wake { self.agenda.peek() } else { None };
        let ring = (ring <= wake && ring < f64::INFINITY).then(|| (ring, self.ring()));
        let wake = (wake < f64::INFINITY).then(|| (wake, self.wake()));
        let all = [booked, ring, wake].into_iter().flatten();
        all.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.tie().cmp(&b.1.tie())))
    }

    /// Takes what happens next, if it happens by `end`.
    #[inline]
    pub(crate) fn take_next(&mut self, end: f64) -> Option<(f64, Event)> {
        let (time, event) = self.next().filter(|(time, _)| *time <= end)?;
        // A clock and a desk say when they come next once they have been seen to.
        if !matches!(event.kind, EventKind::Clock(_) | EventKind::AnalystFree(_)) {
            self.agenda.take_next();
        }
        Some((time, event))
    }

    pub(crate) fn schedule(&mut self, time: f64, kind: EventKind, key: Key, occasion: u32) -> Handle {
        self.agenda.schedule(time, Event { kind, key, occasion })
    }

    /// Moves a lone clock's event to where its clock now says.
    pub(crate) fn rebook(&mut self, handle: Handle, due: f64) {
        self.agenda.reschedule(handle, due);
    }

    // ---- facts ----------------------------------------------------------------------------------

    #[inline]
    fn statement(&self, kind: FactKind, cause: FactId, at: Site, value: f64) -> Fact {
        // The country is in it: on one instant the same can be said of one person in two countries.
        let country = self.world.countries[at.country].key.bits().rotate_left(42);
        let about = at.subject.bits() ^ at.plot.bits().rotate_left(21) ^ country;
        let id = mix(mix(self.now.to_bits() ^ (kind as u64) << 56) ^ about);
        Fact {
            id,
            cause,
            time: self.now,
            kind,
            country: at.country,
            movement: at.movement,
            subject: at.subject,
            plot: at.plot,
            value,
        }
    }

    #[inline]
    pub(crate) fn fact(&mut self, kind: FactKind, cause: FactId, at: Site, value: f64) -> FactId {
        let fact = self.statement(kind, cause, at, value);
        self.facts.take(&fact);
        fact.id
    }

    /// One fact that speaks for many happenings.
    pub(crate) fn count_facts(&mut self, kind: FactKind, at: Site, number: u32, value: f64) {
        let fact = self.statement(kind, 0, at, value);
        self.facts.count(&fact, number);
    }

    /// A happening that will be counted with others, for those who keep each.
    pub(crate) fn keep_fact(&mut self, kind: FactKind, at: Site, value: f64) {
        if self.facts.keeps_each() {
            let fact = self.statement(kind, 0, at, value);
            self.facts.keep(&fact);
        }
    }

    /// A circumstance, for those who ask why; it is no cause of anything and costs nothing where nobody asks.
    pub(crate) fn explain(&mut self, kind: FactKind, cause: FactId, at: Site, value: f64) {
        if self.facts.explains() {
            let fact = self.statement(kind, cause, at, value);
            self.facts.explain(&fact);
        }
    }

    /// Whether anybody asks why.
    pub(crate) fn explains(&self) -> bool {
        self.facts.explains()
    }

    /// A fact about a person, which becomes the cause of what the person does next.
    #[inline]
    pub(crate) fn person_fact(&mut self, kind: FactKind, id: PersonId) -> FactId {
        let person = &self.world.persons[id];
        let fact = self.fact(kind, person.cause, Site::person(person), 1.0);
        self.world.persons[id].cause = fact;
        fact
    }

    /// A fact about a plot, which becomes the cause of what follows in it.
    pub(crate) fn plot_fact(
        &mut self,
        kind: FactKind,
        plot: PlotId,
        cause: FactId,
        country: CountryId,
        value: f64,
    ) -> FactId {
        let site = Site::plot(&self.world.plots[plot], country);
        let fact = self.fact(kind, cause, site, value);
        self.world.plots[plot].cause = fact;
        fact
    }
}

/// What a fact is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub(crate) country: CountryId,
    pub(crate) movement: MovementId,
    pub(crate) subject: Key,
    pub(crate) plot: Key,
}

impl Site {
    pub(crate) fn person(person: &Person) -> Self {
        Self { country: person.country, movement: person.movement, subject: person.key, plot: Key::NONE }
    }

    pub(crate) fn plot(plot: &Plot, country: CountryId) -> Self {
        Self { country, movement: plot.movement, subject: plot.key, plot: plot.key }
    }

    pub(crate) fn country(country: CountryId, key: Key) -> Self {
        Self { country, movement: MovementId::default(), subject: key, plot: Key::NONE }
    }
}

/// Whether a test asked for this mechanism's handler to be empty (feature `silence`).
#[cfg(feature = "silence")]
pub(crate) fn silenced(mechanism: &str) -> bool {
    static SILENT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    SILENT.get_or_init(|| std::env::var("FORESTALL_SILENCE").unwrap_or_default()) == mechanism
}

/// Empties the surrounding handler when a test asked for it; otherwise nothing at all.
macro_rules! live {
    ($mechanism:literal $(, $instead:expr)?) => {
        #[cfg(feature = "silence")]
        if $crate::model::sim::silenced($mechanism) {
            return $($instead)?;
        }
    };
}
pub(crate) use live;
