//! Moves of plots: who answers what a new plot asks, and what else must happen as it goes on and ends.

use crate::engine::key::Key;
use crate::model::kinds::fact::FactId;
use crate::model::mechanisms::measures::emergency;
use crate::model::mechanisms::plots::{harm, pathways, place, secrecy, survivors, work};
use crate::model::mechanisms::population::{grievance, in_progress};
use crate::model::mechanisms::services::{aftermath, detection, investigations, leads, linking};
use crate::model::mechanisms::sharing::{borders, dots};
use crate::model::moves::plots::Sites;
use crate::model::sim::Sim;
use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, MovementId, PersonId, PlotId};

/// Sets the clocks of all plots prepared in a country.
pub(super) fn follow_all(sim: &mut Sim, c: CountryId) {
    let all: Vec<PlotId> = sim.world.countries[c].plots.iter().map(|p| p.1).collect();
    for plot in all {
        sim.follow_plot(plot);
    }
}

impl Sim<'_> {
    /// A committed person starts a plot unprompted.
    pub(crate) fn start_alone(&mut self, id: PersonId) {
        pathways::self_started(self, id);
    }

    /// A contact is instructed to plot.
    pub(crate) fn start_instructed(&mut self, id: PersonId, cause: FactId) {
        pathways::instructed(self, id, cause);
    }

    /// A dormant returnee plots.
    pub(crate) fn start_as_returnee(&mut self, id: PersonId) {
        pathways::returnee_starts(self, id);
    }

    /// A plot of the time before is under way.
    pub(crate) fn start_under_way(&mut self, team: Vec<PersonId>, pathway: Pathway) {
        pathways::under_way(self, team, pathway);
    }

    /// How far a plot of the time before is, and how old.
    pub(crate) fn progress_under_way(&self, plot: Key, preparation: CountryId, tasks: u32) -> (u32, f64) {
        in_progress::progress(self, plot, preparation, tasks)
    }

    /// A team that was sent arrives.
    pub(crate) fn arrive_team(&mut self, team: &[PersonId], hurried: bool, cause: FactId) {
        pathways::dispatched(self, team, hurried, cause);
    }

    /// How many cells a design has.
    pub(crate) fn cells_of_design(&self, leader: Key, occasion: u32, people: usize, m: MovementId) -> usize {
        secrecy::cells(self, leader, occasion, people, m)
    }

    /// Where a plot is prepared, and where it aims.
    pub(crate) fn sites_of_plot(&self, plot: Key, pathway: Pathway, home: CountryId) -> Sites {
        place::choose(self, plot, pathway, home)
    }

    /// Where its people can get to.
    pub(crate) fn admitted(&mut self, members: &[PersonId], plot: Key, sites: Sites) -> Sites {
        borders::admitted(self, members, plot, sites)
    }

    /// The people of a new plot go to where it is prepared.
    pub(crate) fn go_to_preparation(&mut self, plot: PlotId) {
        borders::to_preparation(self, plot);
    }

    /// The people of a plot go to its target; whether it is still to be carried out.
    pub(crate) fn go_to_target(&mut self, plot: PlotId) -> bool {
        borders::to_target(self, plot)
    }

    /// How many tasks a new plot has.
    pub(crate) fn tasks_of_plot(&self, home: CountryId, pathway: Pathway, m: MovementId, hurried: bool) -> u32 {
        work::tasks(self, home, pathway, m, hurried)
    }

    /// Who helps with a new plot.
    pub(crate) fn helpers_of_plot(&self, plot: Key, founder: PersonId, pathway: Pathway) -> Vec<PersonId> {
        secrecy::helpers(self, plot, founder, pathway)
    }

    /// A new plot may have an organiser.
    pub(crate) fn organise_plot(&mut self, plot: PlotId) {
        secrecy::organise(self, plot);
    }

    /// Somebody has supplied for a task that is done.
    pub(crate) fn task_supplied(&mut self, plot: PlotId, task: u32) {
        secrecy::supplied(self, plot, task);
    }

    /// A plot begins: its own clocks, and the search for it.
    pub(crate) fn plot_begins(&mut self, plot: PlotId) {
        work::begin(self, plot);
        detection::begin(self, plot);
        linking::begin(self, plot);
    }

    /// What services do about a plot, or its tempo, has changed: all its clocks follow.
    pub(crate) fn follow_plot(&mut self, plot: PlotId) {
        work::update_rates(self, plot);
        detection::update_search_rate(self, plot);
    }

    /// A plot leaves a sign.
    pub(crate) fn sign_left(&mut self, plot: PlotId, count: u32) {
        detection::sign(self, plot, count);
    }

    /// The attempt begins.
    pub(crate) fn attempt_begins(&mut self, plot: PlotId) {
        dots::at_launch(self, plot);
    }

    /// The chance that the attempt completes.
    pub(crate) fn completion_chance(&self, plot: PlotId) -> f64 {
        work::completion_chance(self, plot)
    }

    /// Whether the attempt completes, by that chance.
    pub(crate) fn attempt_completes(&self, plot: PlotId, chance: f64) -> bool {
        work::completes(self, plot, chance)
    }

    /// The harm of a completed attack.
    pub(crate) fn inflict_harm(&mut self, plot: PlotId) {
        harm::inflict(self, plot);
    }

    /// What a completed attack brings to the target country and beyond.
    pub(crate) fn attack_completed(&mut self, target: CountryId, movement: MovementId, harmed: f64, attack: FactId) {
        grievance::after_attack(self, target, movement, harmed, attack);
        leads::after_attack(self, target, harmed);
        emergency::after_attack(self, target, harmed, attack);
    }

    /// What an attempt brings, whether or not it was completed.
    pub(crate) fn attempt_over(&mut self, plot: PlotId, target: CountryId, attempt: FactId) {
        aftermath::after_launch(self, plot, attempt);
        investigations::open(self, plot, target, attempt);
        survivors::after_end(self, plot, attempt);
    }

    /// A service has ended a plot.
    pub(crate) fn plot_foiled(&mut self, plot: PlotId, service: CountryId, end: FactId) {
        investigations::open(self, plot, service, end);
        secrecy::expose_siblings(self, plot, end);
    }

    /// The helpers of an ended plot are left over.
    pub(crate) fn helpers_left(&mut self, plot: PlotId, cause: FactId) {
        survivors::after_end(self, plot, cause);
    }

    /// A member gets away.
    pub(crate) fn hide_survivor(&mut self, id: PersonId, plot: PlotId, cause: FactId) {
        if !borders::escapes(self, id, plot) {
            survivors::hide(self, id, plot, cause);
        }
    }
}
