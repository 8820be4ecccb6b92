//! What is kept of parameters, and what else must happen when they change.

use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::Kept;
use crate::model::mechanisms::fighters::{abroad, returns, territory, travel};
use crate::model::mechanisms::measures::costs;
use crate::model::mechanisms::plots::pathways;
use crate::model::mechanisms::population::{onset, stages};
use crate::model::mechanisms::recruiters::{in_person, stings, virtual_entrepreneurs};
use crate::model::mechanisms::services::triage::{self, cohort};
use crate::model::mechanisms::services::{detection, effort, intervention, leads, linking, subjects, surveillance};
use crate::model::mechanisms::sharing::pool;
use crate::model::moves::propaganda;
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site};
use crate::model::state::ids::{CountryId, MovementId, PeriodId};

use super::plots;

/// Computes anew all that is kept of parameters.
pub(in crate::model) fn recompute_all(sim: &mut Sim) {
    for &kept in Kept::ALL {
        #[cfg(test)]
        if sim.left_out.contains(&kept) {
            continue;
        }
        recompute(sim, kept);
    }
}

/// Computes anew one of the things that are kept of parameters.
fn recompute(sim: &mut Sim, kept: Kept) {
    let each: fn(&mut Sim, CountryId) = match kept {
        Kept::ContactClocks => return virtual_entrepreneurs::hazards(sim),
        Kept::DispatchClock => return territory::dispatch_hazard(sim),
        Kept::CostRates => return costs::accrue_costs(sim),
        Kept::OnsetClocks => onset::refit,
        Kept::StageClocks => stages::hazards,
        Kept::InPersonClocks => in_person::hazards,
        Kept::PersonaClocks => stings::hazards,
        Kept::TravelClocks => travel::hazards,
        Kept::DeathClocks => abroad::hazards,
        Kept::ReturnClocks => returns::hazards,
        Kept::SelfStartClocks => pathways::hazards,
        Kept::LeadClocks => leads::hazards,
        Kept::ReviewClocks => subjects::hazards,
        Kept::BackgroundClocks if sim.ever.grouped => effort::set_groups,
        Kept::BackgroundClocks => detection::refit,
        Kept::LinkingClocks => linking::hazards,
        Kept::Teams => surveillance::update_staff,
        Kept::Desk => triage::update_staff,
        Kept::PlotRates => plots::follow_all,
    };
    for c in sim.countries() {
        each(sim, c);
    }
}

/// Books the beginning of the period after the one in force; a beginning that was booked before is taken back.
pub(in crate::model) fn book_next_period(sim: &mut Sim) {
    let next = sim.period.next();
    sim.agenda.cancel(sim.next_period);
    sim.next_period = match sim.periods.get(next) {
        Some((time, _)) => sim.schedule(*time, EventKind::Parameters(next), Key::NONE, 0),
        None => Handle::NONE,
    };
}

/// The clocks of people whose hazards follow parameters alone, with their hazards a day in one country and movement.
pub(in crate::model) fn steady_rates(
    p: &Parameters,
    c: CountryId,
    m: MovementId,
) -> impl Iterator<Item = (ClockKind, f64)> {
    let (life, leads) = (stages::rates(p, c), leads::rates(p, c, m));
    // Where what is heard depends on the country's languages: no more than in the loudest.
    let (plots, personas) = (pathways::rates(p, (c, m), propaganda::loudest(p)), stings::rates(p, c));
    let fighters = travel::rates(p, c, m).into_iter().chain(abroad::rates(p, c)).chain(returns::rates(p, c));
    life.into_iter().chain(leads).chain(plots).chain(personas).chain(fighters)
}

/// The parameters of another period come into force.
pub(super) fn change(sim: &mut Sim, period: PeriodId) {
    // What has happened so far happened under the old parameters.
    for c in sim.countries() {
        cohort::catch_up(sim, c);
    }
    let old = sim.p;
    let periods = sim.periods;
    sim.p = &periods[period].1;
    sim.period = period;
    book_next_period(sim);
    sim.fact(FactKind::ParametersChanged, 0, Site::country(CountryId::default(), Key::NONE), f64::from(period.0));
    // Before anything is computed anew: what has been believed so far was believed with the old memory.
    subjects::change_memory(sim, &old.world.evidence);
    recompute_all(sim);
    // A record that is made from here on is contributed where it is made.
    let anew: Vec<CountryId> = sim.countries().filter(|&c| pool::contributes_anew(sim, old, c)).collect();
    let stocks = if anew.is_empty() { Vec::new() } else { pool::stocks(sim, &anew) };
    let mut stocks = anew.iter().zip(&stocks).peekable();
    for c in sim.countries() {
        if threshold_fell(sim, old, c) {
            subjects::reconsider(sim, c);
        }
        if let Some((_, stock)) = stocks.next_if(|(contributor, _)| **contributor == c) {
            pool::contribute_stock(sim, c, stock);
        }
        effort::rebook(sim, c);
        surveillance::reuse(sim, c);
        intervention::begin_waiting(sim, c);
        triage::next(sim, c);
    }
    pool::serve_next(sim);
}

/// Whether the threshold of intervention has fallen.
fn threshold_fell(sim: &Sim, old: &Parameters, c: CountryId) -> bool {
    sim.p.countries[c].intervention.threshold_log_odds < old.countries[c].intervention.threshold_log_odds
}
