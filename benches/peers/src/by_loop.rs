//! The job as a loop written by hand for it alone: a heap of events, a byte a resident, a small generator in sequence.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::job::{Answer, DESIST, FOIL, Job, MATURE, REACH, START, contact_of};

#[derive(Clone, Copy, PartialEq)]
enum What {
    Onset,
    Contact(u32),
    Desist(u32),
    Start(u32),
    Matures(u32),
    Foils(u32),
}

#[derive(Clone, Copy, PartialEq)]
struct Event {
    time: f64,
    what: What,
}

impl Eq for Event {}

impl Ord for Event {
    // The standard heap gives the greatest first, and the earliest is wanted.
    fn cmp(&self, other: &Self) -> Ordering {
        other.time.total_cmp(&self.time)
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const NEVER: u8 = 0;
const SYMPATHISER: u8 = 1;
const NO_LONGER: u8 = 2;

#[derive(Clone, Copy, PartialEq)]
enum Plot {
    Waiting,
    Watched,
    Over,
}

struct World {
    job: Job,
    rng: SmallRng,
    now: f64,
    events: BinaryHeap<Event>,
    residents: Vec<u8>,
    plots: Vec<Plot>,
    queue: VecDeque<u32>,
    free: usize,
    answer: Answer,
}

/// One run.
pub(crate) fn run(job: Job, seed: u64, replication: u64) -> Answer {
    let mut world = World {
        job,
        rng: SmallRng::seed_from_u64(seed << 32 | replication),
        now: 0.0,
        events: BinaryHeap::new(),
        residents: vec![NEVER; job.residents as usize],
        plots: Vec::new(),
        queue: VecDeque::new(),
        free: job.officers,
        answer: Answer::default(),
    };
    world.after(job.spontaneous(), What::Onset);
    while let Some(event) = world.events.pop() {
        world.now = event.time;
        world.happen(event.what);
    }
    world.answer.waiting =
        world.queue.iter().filter(|&&plot| world.plots[plot as usize] == Plot::Waiting).count() as u64;
    world.answer
}

impl World {
    /// Books an event that comes at a rate, unless it comes after the last day.
    fn after(&mut self, rate: f64, what: What) {
        let time = self.now - (1.0 - self.rng.random::<f64>()).ln() / rate;
        if time < self.job.days {
            self.events.push(Event { time, what });
        }
    }

    fn happen(&mut self, what: What) {
        match what {
            What::Onset => {
                self.after(self.job.spontaneous(), what);
                let resident = self.rng.random_range(0..self.job.residents);
                self.radicalise(resident);
            }
            What::Contact(resident) if self.residents[resident as usize] == SYMPATHISER => {
                self.after(self.job.contacts(), what);
                let which = self.rng.random_range(0..2 * REACH);
                self.radicalise(contact_of(resident, which));
            }
            What::Desist(resident) if self.residents[resident as usize] == SYMPATHISER => {
                self.residents[resident as usize] = NO_LONGER;
                self.answer.desisted += 1;
            }
            What::Start(resident) if self.residents[resident as usize] == SYMPATHISER => {
                self.residents[resident as usize] = NO_LONGER;
                self.start();
            }
            What::Matures(plot) if self.plots[plot as usize] != Plot::Over => {
                self.answer.completed += 1;
                self.end(plot);
            }
            What::Foils(plot) if self.plots[plot as usize] != Plot::Over => {
                self.answer.foiled += 1;
                self.end(plot);
            }
            What::Contact(_) | What::Desist(_) | What::Start(_) | What::Matures(_) | What::Foils(_) => {}
        }
    }

    fn radicalise(&mut self, resident: u32) {
        let state = &mut self.residents[resident as usize];
        if *state == NEVER {
            *state = SYMPATHISER;
            self.answer.radicalised += 1;
            self.after(self.job.contacts(), What::Contact(resident));
            self.after(DESIST, What::Desist(resident));
            self.after(START, What::Start(resident));
        }
    }

    fn start(&mut self) {
        let plot = self.plots.len() as u32;
        self.plots.push(Plot::Waiting);
        self.answer.started += 1;
        self.after(MATURE, What::Matures(plot));
        if self.free > 0 {
            self.free -= 1;
            self.watch(plot);
        } else {
            self.queue.push_back(plot);
        }
    }

    fn watch(&mut self, plot: u32) {
        self.plots[plot as usize] = Plot::Watched;
        self.after(FOIL, What::Foils(plot));
    }

    /// A plot ends; its officer, if it has one, takes the first that still waits.
    fn end(&mut self, plot: u32) {
        let before = std::mem::replace(&mut self.plots[plot as usize], Plot::Over);
        if before != Plot::Watched {
            return;
        }
        while let Some(next) = self.queue.pop_front() {
            if self.plots[next as usize] == Plot::Waiting {
                return self.watch(next);
            }
        }
        self.free += 1;
    }
}
