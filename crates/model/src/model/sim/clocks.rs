//! The group clocks of a simulation: which one it is, at what hazard it runs, who takes a seat in it and who leaves.

use crate::engine::clock::Member;
use crate::engine::hazard::Hazard;
use crate::model::kinds::clock::{BY_MOVEMENT, ClockKind, Place, Waiting};
use crate::model::kinds::decision::Decision;
use crate::model::state::ids::{CountryId, FileId, GroupId, LanguageId, MovementId, PersonId, Position};
use crate::model::state::{NO_TICKET, World};

use super::Sim;

impl Sim<'_> {
    pub(crate) fn clock_count(countries: usize, movements: usize, languages: usize) -> usize {
        BY_MOVEMENT * countries * movements + countries * languages
    }

    /// The clock of a kind that comes by movement.
    #[inline]
    pub(crate) fn clock(&self, kind: ClockKind, country: CountryId, movement: MovementId) -> GroupId {
        debug_assert!(kind != ClockKind::Contact);
        Self::clock_of(kind, (country, movement), self.country_count(), self.movement_count)
    }

    /// The clock in which residents who read a language wait for contact.
    #[inline]
    pub(crate) fn contact_clock(&self, country: CountryId, language: LanguageId) -> GroupId {
        let first = BY_MOVEMENT * self.country_count() * self.movement_count;
        GroupId::at(first + country.place() * self.language_count + language.place())
    }

    /// The clock of a kind that comes by movement, in a country and for a movement.
    #[inline]
    pub(crate) fn clock_of(
        kind: ClockKind,
        (c, m): (CountryId, MovementId),
        countries: usize,
        movements: usize,
    ) -> GroupId {
        GroupId::at((kind as usize * countries + c.place()) * movements + m.place())
    }

    /// Of what kind a clock is.
    #[inline]
    pub(crate) fn kind_of(&self, clock: GroupId) -> ClockKind {
        ClockKind::ALL[(clock.place() / (self.country_count() * self.movement_count)).min(BY_MOVEMENT)]
    }

    /// The country and the movement of a clock whose kind comes by movement.
    #[inline]
    pub(crate) fn country_and_movement(&self, clock: GroupId) -> (CountryId, MovementId) {
        let at = clock.place() % (self.country_count() * self.movement_count);
        (CountryId::at(at / self.movement_count), MovementId::at(at % self.movement_count))
    }

    /// Sets the hazard of a clock by country and movement.
    pub(crate) fn set_clock(&mut self, kind: ClockKind, country: CountryId, movement: MovementId, hazard: Hazard) {
        self.set_hazard(kind, self.clock(kind, country, movement), hazard);
    }

    /// Sets the hazard of a clock of this kind.
    pub(crate) fn set_hazard(&mut self, kind: ClockKind, clock: GroupId, hazard: Hazard) {
        let changed = if kind.waiting().by_ticket() {
            self.world.lazy_clocks[clock].set_hazard(self.now, hazard)
        } else {
            self.world.clocks[clock].set_hazard(self.now, hazard)
        };
        if changed {
            self.touch(kind, clock);
        }
    }

    /// Sets clocks of people whose hazards follow parameters alone.
    pub(crate) fn set_steady<const N: usize>(
        &mut self,
        rates: [(ClockKind, f64); N],
        country: CountryId,
        movement: MovementId,
    ) {
        for (kind, rate) in rates {
            debug_assert!(rate <= self.ever.ceilings[self.clock(kind, country, movement)], "{kind:?} runs too fast");
            self.set_clock(kind, country, movement, Hazard::constant(rate));
        }
    }

    /// Notes when a group clock rings next.
    #[inline]
    pub(crate) fn touch(&mut self, kind: ClockKind, clock: GroupId) {
        if !self.settled {
            return;
        }
        let due = if kind.waiting().by_ticket() {
            self.world.lazy_clocks[clock].due()
        } else {
            self.world.clocks[clock].due()
        };
        // Infinity, where it never rings, stays what it is.
        self.world.rings.set(clock.place(), due.max(self.now));
    }

    /// Seats a person in a group clock by country and movement.
    #[inline]
    pub(crate) fn join(
        &mut self,
        id: PersonId,
        (kind, country, movement): (ClockKind, CountryId, MovementId),
        decision: Decision,
        occasion: u32,
        factor: f64,
    ) {
        debug_assert!(self.world.persons[id].country == country);
        self.take_seat(id, (kind, self.clock(kind, country, movement)), decision, occasion, factor);
    }

    /// Seats a person in a group clock of this kind.
    #[inline]
    pub(crate) fn take_seat(
        &mut self,
        id: PersonId,
        (kind, clock): (ClockKind, GroupId),
        decision: Decision,
        occasion: u32,
        factor: f64,
    ) {
        let Waiting::People(place) = kind.waiting() else { unreachable!("{kind:?} is no clock of people") };
        let at = place as usize;
        let now = self.now;
        let person = &mut self.world.persons[id];
        debug_assert_eq!(person.tickets[at], NO_TICKET);
        person.tickets_drawn += 1;
        let (key, ticket) = (person.key, person.tickets_drawn);
        person.tickets[at] = ticket;
        let threshold = self.threshold(key, decision, occasion);
        // Most people wait for something that comes after the end of the run: whoever cannot ring by then, however
        // fast the clock may come to run, need not take a seat.
        if threshold > self.ever.ceilings[clock] * (self.end - now) * factor {
            return;
        }
        if self.world.lazy_clocks[clock].join(now, id.0, ticket, threshold, factor) {
            self.touch(kind, clock);
        }
    }

    /// Takes out the member for whom a clock has rung.
    pub(crate) fn next_member(&mut self, kind: ClockKind, clock: GroupId) -> Option<Member> {
        debug_assert!(kind.waiting() == Waiting::Members);
        self.world.clocks[clock].ring()
    }

    /// The person for whom a clock has rung, who no longer waits in it; none if it rang for somebody who left long ago.
    pub(crate) fn next_person(&mut self, kind: ClockKind, clock: GroupId) -> Option<PersonId> {
        debug_assert!(matches!(kind.waiting(), Waiting::People(_)));
        let World { lazy_clocks, persons, .. } = &mut self.world;
        let (id, ticket) = lazy_clocks[clock].ring(|who| persons[PersonId(who)].key.bits())?;
        let id = PersonId(id);
        let tickets = &mut persons[id].tickets;
        if let Some(at) = tickets.iter().position(|&held| held == ticket) {
            tickets[at] = NO_TICKET;
            return Some(id);
        }
        // Nothing happened.
        self.events -= 1;
        None
    }

    /// The same for a file.
    pub(crate) fn next_file(&mut self, kind: ClockKind, clock: GroupId) -> Option<FileId> {
        debug_assert!(kind.waiting() == Waiting::Files);
        let World { lazy_clocks, dossiers, .. } = &mut self.world;
        let (file, ticket) = lazy_clocks[clock].ring(|which| dossiers[FileId(which)].key.bits())?;
        let file = FileId(file);
        let held = &mut dossiers[file].review;
        if *held == ticket {
            *held = NO_TICKET;
            return Some(file);
        }
        self.events -= 1;
        None
    }

    /// Takes a person out of every group clock.
    #[inline]
    pub(crate) fn leave_all(&mut self, id: PersonId) {
        self.world.persons[id].tickets = [NO_TICKET; Place::COUNT];
    }
}
