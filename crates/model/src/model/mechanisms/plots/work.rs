//! M15: the work of a plot: tasks, tempo, signs, and its own ends.
//!
//! Rule: a plot of n tasks does them one after another, each a unit-rate exponential run at the rate
//! tempo ⁄ task days, so that the life of an undisturbed plot is gamma with shape n. Tempo =
//! (1 + a·e^(−age ⁄ τ)) · (1 + timing reaction), and shrinks while the plot is watched. Signs come at a
//! rate per task done, member and helper: they follow work, not the calendar. Command style adds
//! tasks; hurry leaves tasks undone. The attempt completes with logit⁻¹(b₀ + b₁·ln members − b₂·ln
//! months of preparation + b₃·veteran + b₄·trained + b₅·ln tasks done − cost of hurry): who ordered it plays no part of
//! its own. Plots dissolve unaided at a rate.
//! Sources: F24 (gamma life, shape 2), F25 (short preparation and more people raise success), F9, F28, F29, F33.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, plots};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::{Ending, FileStatus, Plot};

use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, MovementId, PlotId};

crate::parameters! {
    /// Tasks, tempo, signs, completion and dissolution of plots (M15).
    Work = "work", "M15", Country;
    neutral { watched_tempo_factor = 1.0, tempo_boost_at_start = 0.0, signs_per_task_and_person = 0.0, dissolve_per_year = 0.0, completion_size_effect = 0.0, completion_haste_effect = 0.0, completion_veteran_effect = 0.0, completion_training_effect = 0.0, completion_preparation_effect = 0.0, command_extra_tasks = 0.0 }
    /// Tasks of an inspired plot.
    tasks_inspired: Count(1.0, 1_000.0) = 2.0, "tasks", "F24, F9";
    /// Tasks of a networked plot.
    tasks_networked: Count(1.0, 1_000.0) = 4.0, "tasks", "assumed, after F9";
    /// Tasks of an online-directed plot.
    tasks_online_directed: Count(1.0, 1_000.0) = 3.0, "tasks", "assumed, after F29";
    /// Tasks of a dispatched plot.
    tasks_dispatched: Count(1.0, 1_000.0) = 5.0, "tasks", "assumed, after F9";
    /// Tasks that a network of pure command adds to a directed plot.
    command_extra_tasks: Count(0.0, 1_000.0) = 5.0, "tasks", "assumed, after F9";
    /// Mean time for one task at tempo 1.
    task_days: Number(0.01, 10_000.0) = 60.0, "days", "assumed, after F24";
    /// Raised tempo of a fresh plot: a.
    tempo_boost_at_start: Number(0.0, 100.0) = 0.0, "factor", "assumed";
    /// How fast that passes: τ.
    tempo_boost_days: Number(0.1, 10_000.0) = 30.0, "days", "assumed";
    /// Tempo of a plot that is watched or about to be ended, against its own.
    watched_tempo_factor: Share = 0.5, "share", "assumed";
    /// Signs that one member leaves for each task of the plot.
    signs_per_task_and_person: Number(0.0, 1_000.0) = 1.5, "signs per task and person", "assumed";
    /// Signs of a helper against those of a member.
    helper_sign_factor: Number(0.0, 10.0) = 0.3, "factor", "assumed";
    /// Rate at which plots dissolve unaided.
    dissolve_per_year: Number(0.0, 100.0) = 0.35, "per year", "assumed, after F28";
    /// b₀: log odds that the attempt of one person after one month completes.
    completion_log_odds: Number(-50.0, 50.0) = 1.2, "log odds", "assumed";
    /// b₁: effect of ln members.
    completion_size_effect: Number(-10.0, 10.0) = 0.4, "log odds per ln(members)", "F25, size assumed";
    /// b₂: effect of ln months of preparation.
    completion_haste_effect: Number(-10.0, 10.0) = 0.2, "log odds per ln(months)", "F25, size assumed";
    /// b₃: log odds that a returned or sent fighter among the members adds.
    completion_veteran_effect: Number(-10.0, 10.0) = 0.0, "log odds", "F33, contested; F29";
    /// b₄: log odds that somebody adds who has been trained to the end.
    completion_training_effect: Number(-10.0, 10.0) = 0.0, "log odds", "assumed, after F6";
    /// b₅: effect of ln tasks done.
    completion_preparation_effect: Number(-10.0, 10.0) = 0.0, "log odds per ln(tasks)", "assumed, after F9";
    /// Share of tasks left undone when a hurried plot starts late; lowers its chance to complete.
    hurry_deficit_share: Share = 0.3, "share", "assumed";
    /// Log odds that a hurried start costs.
    completion_hurry_cost: Number(0.0, 50.0) = 0.8, "log odds", "assumed, after F11";
}

kept!(Work: PlotRates);

/// The number of tasks of a new plot.
pub(crate) fn tasks(sim: &Sim, home: CountryId, pathway: Pathway, m: MovementId, hurried: bool) -> u32 {
    live!("work", 1);
    let w = &sim.p.countries[home].work;
    let base = match pathway {
        Pathway::Inspired => w.tasks_inspired,
        Pathway::Networked => w.tasks_networked,
        Pathway::OnlineDirected => w.tasks_online_directed,
        Pathway::Dispatched => w.tasks_dispatched,
    };
    let style = if pathway.directed() || sim.p.movements[m].holds_territory == 0.0 {
        sim.p.movements[m].style() * w.command_extra_tasks
    } else {
        0.0
    };
    let all = libm::round(base + style);
    let cut = if hurried { all * w.hurry_deficit_share } else { 0.0 };
    (all - libm::floor(cut)).max(1.0) as u32
}

/// How much of the normal tempo a plot keeps: less while it is watched or about to be ended.
fn held_back(sim: &Sim, plot: &Plot) -> f64 {
    let w = &sim.p.countries[plot.preparation].work;
    let watched = plot.members.iter().any(|&id| files::best_status(sim, id) == FileStatus::Watched);
    let pursued = || plot.members.iter().any(|&id| files::under_decision(sim, id));
    if watched || pursued() { w.watched_tempo_factor } else { 1.0 }
}

/// Starts work, signs and the chance to dissolve.
pub(crate) fn begin(sim: &mut Sim, index: PlotId) {
    let plot = &sim.world.plots[index];
    let (key, done, c) = (plot.key, plot.done, plot.preparation);
    let work = Countdown::start(sim.now, sim.threshold(key, Decision::Task, done), Hazard::ZERO);
    let work_at = sim.schedule(f64::INFINITY, EventKind::Task(index), key, done);
    let w = &sim.p.countries[c].work;
    let (signs, signs_at) = if w.signs_per_task_and_person > 0.0 {
        (
            Countdown::start(sim.now, sim.threshold(key, Decision::Signature, 0), Hazard::ZERO),
            sim.schedule(f64::INFINITY, EventKind::Signature(index), key, 0),
        )
    } else {
        (Countdown::start(sim.now, 1.0, Hazard::ZERO), Handle::NONE)
    };
    let dissolve_at = if w.dissolve_per_year > 0.0 {
        let wait = sim.threshold(key, Decision::Dissolve, 0) * DAYS_PER_YEAR / w.dissolve_per_year;
        sim.schedule(sim.now + wait, EventKind::Dissolve(index), key, 0)
    } else {
        Handle::NONE
    };
    let plot = &mut sim.world.plots[index];
    plot.work = work;
    plot.work_at = work_at;
    plot.signs = signs;
    plot.signs_at = signs_at;
    plot.dissolve_at = dissolve_at;
    update_rates(sim, index);
}

/// Sets a plot's clocks to its present tempo.
pub(crate) fn update_rates(sim: &mut Sim, index: PlotId) {
    let plot = &sim.world.plots[index];
    if plot.ending != Ending::InProgress {
        return;
    }
    let w = &sim.p.countries[plot.preparation].work;
    let rate = 1.0 / w.task_days;
    let people = plot.members.len() as f64 + w.helper_sign_factor * plot.helpers.len() as f64;
    let held = held_back(sim, plot);
    let work = plots::at_tempo(sim, plot, rate, held);
    let signs = plots::at_tempo(sim, plot, rate * w.signs_per_task_and_person * people, held);
    let now = sim.now;
    let plot = &mut sim.world.plots[index];
    let moved_work = plot.work.set(now, work);
    let moved_signs = plot.signs.set(now, signs);
    let (work_at, work_due) = (plot.work_at, plot.work.due());
    let (signs_at, signs_due) = (plot.signs_at, plot.signs.due());
    if moved_work {
        sim.rebook(work_at, work_due);
        tell_tempo(sim, index, held);
    }
    if moved_signs {
        sim.rebook(signs_at, signs_due);
    }
}

/// The tempo from now on, against 1.
fn tell_tempo(sim: &mut Sim, index: PlotId, held: f64) {
    if sim.explains() {
        let plot = &sim.world.plots[index];
        let c = plot.preparation;
        let memory = sim.p.countries[c].grievance.timing_memory_days;
        let tempo = held * (1.0 + sim.world.countries[c].timing.at(sim.now, memory));
        let (cause, site) = (plot.cause, Site::plot(plot, plot.preparation));
        sim.explain(FactKind::TempoChanged, cause, site, tempo);
    }
}

/// A task is done.
pub(crate) fn task_done(sim: &mut Sim, index: PlotId) {
    let plot = &mut sim.world.plots[index];
    plot.done += 1;
    let (key, done, tasks, cause, home) = (plot.key, plot.done, plot.tasks, plot.cause, plot.preparation);
    sim.plot_fact(FactKind::TaskDone, index, cause, home, f64::from(done));
    sim.task_supplied(index, done);
    if done >= tasks {
        plots::launch(sim, index);
        return;
    }
    let threshold = sim.threshold(key, Decision::Task, done);
    let handle = sim.schedule(f64::INFINITY, EventKind::Task(index), key, done);
    let now = sim.now;
    let plot = &mut sim.world.plots[index];
    plot.work = Countdown::start(now, threshold, Hazard::ZERO);
    plot.work_at = handle;
    update_rates(sim, index);
}

/// A sign is left; the next one is booked.
pub(crate) fn sign_left(sim: &mut Sim, index: PlotId) {
    let plot = &mut sim.world.plots[index];
    plot.sign_count += 1;
    let (key, count) = (plot.key, plot.sign_count);
    let threshold = sim.threshold(key, Decision::Signature, count);
    let handle = sim.schedule(f64::INFINITY, EventKind::Signature(index), key, count);
    let now = sim.now;
    let plot = &mut sim.world.plots[index];
    plot.signs = Countdown::start(now, threshold, Hazard::ZERO);
    plot.signs_at = handle;
    update_rates(sim, index);
    sim.sign_left(index, count);
}

/// The chance that the attempt completes.
pub(crate) fn completion_chance(sim: &Sim, index: PlotId) -> f64 {
    live!("work", 1.0);
    let plot = &sim.world.plots[index];
    let w = &sim.p.countries[plot.target].work;
    let months = ((sim.now - plot.started) * 12.0 / DAYS_PER_YEAR).max(0.1);
    let members = plot.members.len().max(1) as f64;
    let hurry = if plot.hurried { w.completion_hurry_cost } else { 0.0 };
    let odds = w.completion_log_odds + w.completion_size_effect * libm::log(members)
        - w.completion_haste_effect * libm::log(months)
        - hurry
        + if plot.veteran { w.completion_veteran_effect } else { 0.0 }
        + if plots::trained(sim, plot) { w.completion_training_effect } else { 0.0 }
        + w.completion_preparation_effect * libm::log(f64::from(plot.done.max(1)));
    let share = 1.0 / (1.0 + libm::exp(-odds));
    // Log odds beyond any doubt mean certainty, so that a neutral setting needs no draw.
    if odds >= 40.0 { 1.0 } else { share }
}

/// Whether the attempt completes, by that chance.
pub(crate) fn completes(sim: &Sim, index: PlotId, chance: f64) -> bool {
    sim.chance(sim.world.plots[index].key, Decision::Completes, 0, chance)
}
