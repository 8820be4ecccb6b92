//! The job in ixa: people are entities with a property, what comes is a plan, officers and plots stand in a data plugin.

use std::collections::VecDeque;

use ixa::prelude::*;
use rand::RngExt;

use crate::job::{Answer, DESIST, FOIL, Job, MATURE, REACH, START, contact_of};

define_entity!(Person);
define_property!(
    enum Stance {
        Never,
        Sympathiser,
        NoLonger,
    },
    Person,
    default_const = Stance::Never
);
define_rng!(Chance);

#[derive(Clone, Copy, PartialEq)]
enum Plot {
    Waiting,
    Watched,
    Over,
}

struct State {
    job: Job,
    people: Vec<PersonId>,
    plots: Vec<Plot>,
    queue: VecDeque<usize>,
    free: usize,
    answer: Answer,
}

define_data_plugin!(
    Service,
    State,
    State {
        job: Job::year(0, 0),
        people: Vec::new(),
        plots: Vec::new(),
        queue: VecDeque::new(),
        free: 0,
        answer: Answer::default(),
    }
);

/// One run.
pub(crate) fn run(job: Job, seed: u64, replication: u64) -> Answer {
    let mut context = Context::new();
    context.init_random(seed << 32 | replication);
    let people =
        (0..job.residents).map(|_| context.add_entity(with!(Person)).expect("a resident needs no value")).collect();
    let state = context.get_data_mut(Service);
    (state.job, state.people, state.free) = (job, people, job.officers);
    await_onset(&mut context);
    context.execute();
    let state = context.get_data_mut(Service);
    state.answer.waiting = state.queue.iter().filter(|&&plot| state.plots[plot] == Plot::Waiting).count() as u64;
    state.answer
}

/// Plans what comes at a rate, unless it comes after the last day.
fn after(context: &mut Context, rate: f64, then: impl FnOnce(&mut Context) + 'static) {
    let wait = context.sample(Chance, |rng| -(1.0 - rng.random::<f64>()).ln()) / rate;
    let time = context.get_current_time() + wait;
    if time < context.get_data(Service).job.days {
        context.add_plan(time, then);
    }
}

fn await_onset(context: &mut Context) {
    let job = context.get_data(Service).job;
    after(context, job.spontaneous(), move |context| {
        await_onset(context);
        let resident = context.sample_range(Chance, 0..job.residents);
        radicalise(context, resident);
    });
}

fn sympathises(context: &Context, person: PersonId) -> bool {
    context.get_property::<Person, Stance>(person) == Stance::Sympathiser
}

fn radicalise(context: &mut Context, resident: u32) {
    let person = context.get_data(Service).people[resident as usize];
    if context.get_property::<Person, Stance>(person) != Stance::Never {
        return;
    }
    context.set_property(person, Stance::Sympathiser);
    context.get_data_mut(Service).answer.radicalised += 1;
    await_contact(context, resident, person);
    after(context, DESIST, move |context| {
        if sympathises(context, person) {
            context.set_property(person, Stance::NoLonger);
            context.get_data_mut(Service).answer.desisted += 1;
        }
    });
    after(context, START, move |context| {
        if sympathises(context, person) {
            context.set_property(person, Stance::NoLonger);
            start(context);
        }
    });
}

fn await_contact(context: &mut Context, resident: u32, person: PersonId) {
    let rate = context.get_data(Service).job.contacts();
    after(context, rate, move |context| {
        if sympathises(context, person) {
            await_contact(context, resident, person);
            let which = context.sample_range(Chance, 0..2 * REACH);
            radicalise(context, contact_of(resident, which));
        }
    });
}

fn start(context: &mut Context) {
    let state = context.get_data_mut(Service);
    let plot = state.plots.len();
    state.plots.push(Plot::Waiting);
    state.answer.started += 1;
    let watched = state.free > 0;
    if watched {
        state.free -= 1;
    } else {
        state.queue.push_back(plot);
    }
    after(context, MATURE, move |context| {
        if context.get_data(Service).plots[plot] != Plot::Over {
            context.get_data_mut(Service).answer.completed += 1;
            end(context, plot);
        }
    });
    if watched {
        watch(context, plot);
    }
}

fn watch(context: &mut Context, plot: usize) {
    context.get_data_mut(Service).plots[plot] = Plot::Watched;
    after(context, FOIL, move |context| {
        if context.get_data(Service).plots[plot] != Plot::Over {
            context.get_data_mut(Service).answer.foiled += 1;
            end(context, plot);
        }
    });
}

/// A plot ends; its officer, if it has one, takes the first that still waits.
fn end(context: &mut Context, plot: usize) {
    let state = context.get_data_mut(Service);
    let before = std::mem::replace(&mut state.plots[plot], Plot::Over);
    if before != Plot::Watched {
        return;
    }
    while let Some(next) = state.queue.pop_front() {
        if state.plots[next] == Plot::Waiting {
            return watch(context, next);
        }
    }
    state.free += 1;
}
