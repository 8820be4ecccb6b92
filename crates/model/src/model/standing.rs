//! How a replication stands between two events: with an arm, all that is still to happen follows from it.

use crate::engine::agenda::Agenda;
use crate::engine::draw::Draws;
use crate::engine::heap::Handle;

use super::empty;
use super::ever::Ever;
use super::kinds::event::Event;
use super::kinds::fact::FactSink;
use super::replication::Arm;
use super::sim::Sim;
use super::state::ids::PeriodId;
use super::state::{Long, World};
use super::wiring;

/// A replication between two events, under no arm in particular.
#[derive(Debug)]
pub(super) struct Standing {
    now: f64,
    draws: Draws,
    agenda: Agenda<Event>,
    world: World,
    period: PeriodId,
    next_period: Handle,
    seated: bool,
    settled: bool,
    events: u64,
}

impl Standing {
    /// The empty world at the start of the warm-up.
    pub(super) fn first(arm: &Arm, replication: u64) -> Self {
        let (frame, period) = (&arm.frame, arm.first_period());
        let begin = -frame.warm_up_days;
        let world = empty::world(&frame.codes, &frame.movement_keys, frame.languages, &arm.periods[period].1, begin);
        Self {
            now: begin,
            draws: Draws::new(frame.seed, replication),
            agenda: Agenda::default(),
            world,
            period,
            next_period: Handle::NONE,
            seated: false,
            settled: false,
            events: 0,
        }
    }

    /// A copy, whose long lists take the room of others that are not needed any more.
    pub(super) fn copy(&mut self, room: Long) -> Self {
        Self {
            now: self.now,
            draws: self.draws,
            agenda: self.agenda.clone(),
            world: self.world.copy(room),
            period: self.period,
            next_period: self.next_period,
            seated: self.seated,
            settled: self.settled,
            events: self.events,
        }
    }

    /// The period in force.
    pub(super) fn period(&self) -> PeriodId {
        self.period
    }

    /// Goes on under an arm; `ever` names at least the processes that run in it at some time.
    pub(super) fn under<'s>(self, arm: &'s Arm, ever: &'s Ever, facts: &'s mut dyn FactSink) -> Sim<'s> {
        let frame = &arm.frame;
        Sim {
            now: self.now,
            draws: self.draws,
            agenda: self.agenda,
            world: self.world,
            p: &arm.periods[self.period].1,
            periods: &arm.periods,
            period: self.period,
            next_period: self.next_period,
            ever,
            end: arm.days() * (1.0 + 1e-9) + 1e-6,
            country_languages: &frame.country_languages,
            movement_keys: &frame.movement_keys,
            language_keys: &frame.language_keys,
            facts,
            months: &frame.months,
            movement_count: frame.movements,
            language_count: frame.languages,
            seated: self.seated,
            settled: self.settled,
            events: self.events,
            #[cfg(test)]
            left_out: Vec::new(),
        }
    }

    /// Goes on under an arm that has been the same so far and has another future.
    pub(super) fn turn<'s>(self, arm: &'s Arm, ever: &'s Ever, facts: &'s mut dyn FactSink) -> Sim<'s> {
        let mut sim = self.under(arm, ever, facts);
        wiring::book_next_period(&mut sim);
        sim
    }

    /// Stops a replication between two events.
    pub(super) fn of(sim: Sim) -> Self {
        Self {
            now: sim.now,
            draws: sim.draws,
            agenda: sim.agenda,
            world: sim.world,
            period: sim.period,
            next_period: sim.next_period,
            seated: sim.seated,
            settled: sim.settled,
            events: sim.events,
        }
    }
}
