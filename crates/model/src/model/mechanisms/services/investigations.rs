//! M24, the investigation of a plot that has ended: accomplices are looked for, and teams and officers are bound.
//!
//! Rule: every attempt opens an investigation in the target country, and every plot foiled one in the
//! service that foiled it. It lasts an exponential time and binds teams and case officers until it
//! ends; together investigations bind at most a share of a service's teams and officers. Plots are
//! thus what uses a service up: more of them leave less to find the next with.
//! Sources: F8 (accomplices at large months later), F44 (inquiries suspended as staff was moved to
//! attacks), Kaplan (2010): agents are bound by plots found. Sizes assumed. Neutral: nobody bound.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, live};
use crate::model::state::ids::{CountryId, PlotId};

crate::parameters! {
    /// Investigations of plots that have ended (M24).
    Investigations = "investigations", "M24", Country;
    neutral { teams_each = 0.0, officers_each = 0.0 }
    /// Surveillance teams that the investigation of one plot binds.
    teams_each: Number(0.0, 1_000.0) = 0.0, "teams", "assumed: none; F8 and F44 show that there are some";
    /// Case officers whom the investigation of one plot binds.
    officers_each: Number(0.0, 10_000.0) = 0.0, "officers", "assumed: none; F44 shows that there are some";
    /// Mean length of an investigation.
    days_mean: Number(0.0, 10_000.0) = 120.0, "days", "assumed, after F8: months";
    /// Most of the teams, and of the case officers, that investigations can bind at once.
    share_most: Share = 0.5, "share", "assumed";
}

kept!(Investigations: Teams);

/// Opens the investigation of a plot that has ended, in one service.
pub(crate) fn open(sim: &mut Sim, index: PlotId, service: CountryId, cause: FactId) {
    let i = &sim.p.countries[service].investigations;
    let days = i.days_mean;
    live!("investigations");
    if (i.teams_each == 0.0 && i.officers_each == 0.0) || days == 0.0 {
        return;
    }
    let key = sim.world.plots[index].key;
    let wait = sim.delay(key, Decision::InvestigationTime, 0, days);
    sim.schedule(sim.now + wait, EventKind::InvestigationEnds(index), key, u32::from(service.0));
    let fact = sim.plot_fact(FactKind::InvestigationOpened, index, cause, service, wait);
    // The plot has ended and nothing else of it follows: its next fact is the end of the investigation.
    sim.world.plots[index].cause = fact;
    sim.world.countries[service].investigations += 1;
    sim.update_teams(service);
}

/// An investigation has ended: whom it bound is free again.
pub(crate) fn end(sim: &mut Sim, index: PlotId, service: CountryId) {
    sim.world.countries[service].investigations -= 1;
    let cause = sim.world.plots[index].cause;
    sim.plot_fact(FactKind::InvestigationEnded, index, cause, service, 1.0);
    sim.update_teams(service);
    sim.reuse_teams(service);
    sim.begin_interventions(service);
}

impl Investigations {
    /// Of so many teams, those that so many investigations bind.
    pub(crate) fn teams_bound(&self, running: u32, teams: u32) -> u32 {
        let wanted = f64::from(running) * self.teams_each;
        let most = f64::from(teams) * self.share_most;
        libm::floor(wanted.min(most) + 1e-9) as u32
    }

    /// The same where a part of a team counts.
    pub(crate) fn part_of_teams_bound(&self, running: u32, teams: f64) -> f64 {
        (f64::from(running) * self.teams_each).min(teams * self.share_most)
    }

    /// Of so many case officers at work, those whom so many investigations bind.
    pub(crate) fn officers_bound(&self, running: u32, staff: f64) -> f64 {
        (f64::from(running) * self.officers_each).min(staff * self.share_most)
    }
}
