//! The job in the engine's own primitives: draws at addresses, lazy clocks for people, the agenda for the rest.

use std::collections::VecDeque;

use forestall_model::{Agenda, Draws, Hazard, Key, LazyClock, Tie};

use crate::job::{Answer, DESIST, FOIL, Job, MATURE, REACH, START, contact_of};

/// The questions; no two have one number.
const ONSET: u16 = 1;
const WHO: u16 = 2;
const CONTACT: u16 = 3;
const WHOM: u16 = 4;
const LEAVE: u16 = 5;
const BEGIN: u16 = 6;
const COMPLETE: u16 = 7;
const DETECT: u16 = 8;
/// Names of residents and plots.
const NAME: u16 = 9;
const PLOT: u16 = 10;

#[derive(Clone, Copy)]
enum What {
    Onset,
    Matures(u32),
    Foils(u32),
}

impl Tie for What {
    fn tie(&self) -> (u16, u64, u32) {
        match *self {
            Self::Onset => (0, 0, 0),
            Self::Matures(plot) => (1, u64::from(plot), 0),
            Self::Foils(plot) => (2, u64::from(plot), 0),
        }
    }
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    Contact,
    Desist,
    Start,
    Agenda,
}

/// Somebody who has become a sympathiser.
struct Person {
    key: Key,
    resident: u32,
    contacts: u32,
    sympathises: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Watched,
    Over,
}

struct Plot {
    key: Key,
    state: State,
}

struct World {
    job: Job,
    draws: Draws,
    country: Key,
    now: f64,
    agenda: Agenda<What>,
    contact: LazyClock,
    desist: LazyClock,
    start: LazyClock,
    onsets: u32,
    touched: Vec<bool>,
    people: Vec<Person>,
    plots: Vec<Plot>,
    queue: VecDeque<u32>,
    free: usize,
    answer: Answer,
}

/// One run.
pub(crate) fn run(job: Job, seed: u64, replication: u64) -> Answer {
    let clock = |rate: f64| {
        let mut clock = LazyClock::new(0.0);
        clock.set_hazard(0.0, Hazard::constant(rate));
        clock
    };
    let mut world = World {
        job,
        draws: Draws::new(seed, replication),
        country: Key::root("country"),
        now: 0.0,
        agenda: Agenda::default(),
        contact: clock(job.contacts()),
        desist: clock(DESIST),
        start: clock(START),
        onsets: 0,
        touched: vec![false; job.residents as usize],
        people: Vec::new(),
        plots: Vec::new(),
        queue: VecDeque::new(),
        free: job.officers,
        answer: Answer::default(),
    };
    world.await_onset();
    while world.step() {}
    world.answer.waiting =
        world.queue.iter().filter(|&&p| world.plots[p as usize].state == State::Waiting).count() as u64;
    world.answer
}

/// Seats a person in a clock, unless it would ring after the last day.
#[inline]
fn seat(clock: &mut LazyClock, now: f64, left: f64, who: u32, threshold: f64) {
    if threshold < clock.hazard().base * left {
        clock.join(now, who, 0, threshold, 1.0);
    }
}

impl World {
    /// The next event happens; false at the end of the run.
    fn step(&mut self) -> bool {
        let mut next = (self.agenda.next_time().unwrap_or(f64::INFINITY), Next::Agenda);
        for other in
            [(self.contact.due(), Next::Contact), (self.desist.due(), Next::Desist), (self.start.due(), Next::Start)]
        {
            if other.0 < next.0 {
                next = other;
            }
        }
        if next.0 >= self.job.days {
            return false;
        }
        self.now = next.0;
        match next.1 {
            Next::Contact => self.meet(),
            Next::Desist => self.desist(),
            Next::Start => self.start(),
            Next::Agenda => self.happen(),
        }
        true
    }

    fn await_onset(&mut self) {
        let wait = self.draws.exponential(self.country, ONSET, self.onsets) / self.job.spontaneous();
        self.agenda.schedule(self.now + wait, What::Onset);
    }

    fn happen(&mut self) {
        match self.agenda.take_next() {
            Some((_, What::Onset)) => {
                let share = self.draws.uniform(self.country, WHO, self.onsets);
                self.onsets += 1;
                self.await_onset();
                self.radicalise((share * f64::from(self.job.residents)) as u32);
            }
            Some((_, What::Matures(plot))) if self.plots[plot as usize].state != State::Over => {
                self.answer.completed += 1;
                self.end(plot);
            }
            Some((_, What::Foils(plot))) if self.plots[plot as usize].state != State::Over => {
                self.answer.foiled += 1;
                self.end(plot);
            }
            Some((_, What::Matures(_) | What::Foils(_))) | None => {}
        }
    }

    fn radicalise(&mut self, resident: u32) {
        if std::mem::replace(&mut self.touched[resident as usize], true) {
            return;
        }
        let (who, key) = (self.people.len() as u32, self.country.child(NAME, u64::from(resident)));
        self.people.push(Person { key, resident, contacts: 0, sympathises: true });
        self.answer.radicalised += 1;
        let left = self.job.days - self.now;
        seat(&mut self.contact, self.now, left, who, self.draws.exponential(key, CONTACT, 0));
        seat(&mut self.desist, self.now, left, who, self.draws.exponential(key, LEAVE, 0));
        seat(&mut self.start, self.now, left, who, self.draws.exponential(key, BEGIN, 0));
    }

    fn meet(&mut self) {
        let people = &mut self.people;
        let Some((who, _)) = self.contact.ring(|who| people[who as usize].key.bits()) else { return };
        let person = &mut people[who as usize];
        if !person.sympathises {
            return;
        }
        let which = self.draws.uniform(person.key, WHOM, person.contacts) * f64::from(2 * REACH);
        person.contacts += 1;
        let other = contact_of(person.resident, which as u32);
        let threshold = self.draws.exponential(person.key, CONTACT, person.contacts);
        seat(&mut self.contact, self.now, self.job.days - self.now, who, threshold);
        self.radicalise(other);
    }

    fn desist(&mut self) {
        let people = &mut self.people;
        let Some((who, _)) = self.desist.ring(|who| people[who as usize].key.bits()) else { return };
        if std::mem::replace(&mut people[who as usize].sympathises, false) {
            self.answer.desisted += 1;
        }
    }

    fn start(&mut self) {
        let people = &mut self.people;
        let Some((who, _)) = self.start.ring(|who| people[who as usize].key.bits()) else { return };
        let person = &mut people[who as usize];
        if !std::mem::replace(&mut person.sympathises, false) {
            return;
        }
        let (plot, key) = (self.plots.len() as u32, person.key.child(PLOT, 0));
        self.plots.push(Plot { key, state: State::Waiting });
        self.answer.started += 1;
        let wait = self.draws.exponential(key, COMPLETE, 0) / MATURE;
        self.agenda.schedule(self.now + wait, What::Matures(plot));
        if self.free > 0 {
            self.free -= 1;
            self.watch(plot);
        } else {
            self.queue.push_back(plot);
        }
    }

    fn watch(&mut self, plot: u32) {
        let entry = &mut self.plots[plot as usize];
        entry.state = State::Watched;
        let wait = self.draws.exponential(entry.key, DETECT, 0) / FOIL;
        self.agenda.schedule(self.now + wait, What::Foils(plot));
    }

    /// A plot ends; its officer, if it has one, takes the first that still waits.
    fn end(&mut self, plot: u32) {
        let before = std::mem::replace(&mut self.plots[plot as usize].state, State::Over);
        if before != State::Watched {
            return;
        }
        while let Some(next) = self.queue.pop_front() {
            if self.plots[next as usize].state == State::Waiting {
                return self.watch(next);
            }
        }
        self.free += 1;
    }
}
