//! Unit costs: what the levers cost, summed over the run.
//!
//! Rule: staff, programmes and measures cost so much a year while they are there; arrests, prosecutions, raids,
//! notices and warnings cost so much each when they happen. Money is in thousands of euros of 2015.
//! Accounting: changes no other number.
//! All assumed (round numbers near public-sector staff costs). Neutral: all 0.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::parameters::Tables;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::CountryId;

crate::parameters! {
    /// Unit costs in thousands of euros; accounting only.
    Costs = "costs", "costs", Country;
    neutral { analyst_per_year = 0.0, surveillance_officer_per_year = 0.0, case_officer_per_year = 0.0, persona_per_year = 0.0, border_inspection = 0.0, central_analyst_per_year = 0.0, reintegration_place_per_year = 0.0, prevention_per_million_reached_per_year = 0.0, takedown_full_per_year = 0.0, tip_programme_per_million_per_year = 0.0, strikes_full_rate_per_year = 0.0, pressure_full_per_year = 0.0, communications_access_full_per_year = 0.0, passport_ban_full_per_year = 0.0, pool_member_per_year = 0.0, notice = 0.0, warning = 0.0, arrest = 0.0, prosecution = 0.0, raid = 0.0 }
    /// One analyst.
    analyst_per_year: Number(0.0, 1e9) = 90.0, "thousand euros per year", "assumed";
    /// One surveillance officer.
    surveillance_officer_per_year: Number(0.0, 1e9) = 85.0, "thousand euros per year", "assumed";
    /// One case officer.
    case_officer_per_year: Number(0.0, 1e9) = 90.0, "thousand euros per year", "assumed";
    /// One undercover persona.
    persona_per_year: Number(0.0, 1e9) = 120.0, "thousand euros per year", "assumed";
    /// One thorough border inspection.
    border_inspection: Number(0.0, 1e9) = 0.1, "thousand euros", "assumed";
    /// One central analyst; the cost falls on the first country of the scenario.
    central_analyst_per_year: Number(0.0, 1e9) = 110.0, "thousand euros per year", "assumed";
    /// Membership in the pooled database at full contribution.
    pool_member_per_year: Number(0.0, 1e9) = 2_000.0, "thousand euros per year at full contribution", "assumed";
    /// One reintegration place.
    reintegration_place_per_year: Number(0.0, 1e9) = 25.0, "thousand euros per year", "assumed";
    /// Prevention that reaches everyone in a million residents.
    prevention_per_million_reached_per_year: Number(0.0, 1e9) = 1_000.0, "thousand euros per million per year", "assumed";
    /// Taking all propaganda down.
    takedown_full_per_year: Number(0.0, 1e9) = 10_000.0, "thousand euros per year", "assumed";
    /// Doubling public reports.
    tip_programme_per_million_per_year: Number(0.0, 1e9) = 50.0, "thousand euros per million per year", "assumed";
    /// Strikes that would remove every recruiter once a year; falls on the first country.
    strikes_full_rate_per_year: Number(0.0, 1e9) = 100_000.0, "thousand euros per year", "assumed";
    /// Full pressure on territory; falls on the first country.
    pressure_full_per_year: Number(0.0, 1e9) = 3_000_000.0, "thousand euros per year", "assumed";
    /// Full access to encrypted messages.
    communications_access_full_per_year: Number(0.0, 1e9) = 50_000.0, "thousand euros per year", "assumed";
    /// Travel bans on everyone who is known.
    passport_ban_full_per_year: Number(0.0, 1e9) = 2_000.0, "thousand euros per year", "assumed";
    /// One notice: issued, kept and answered for.
    notice: Number(0.0, 1e9) = 0.2, "thousand euros", "assumed";
    /// One warning of the transit partner that is acted on: the check and the interview.
    warning: Number(0.0, 1e9) = 1.0, "thousand euros", "assumed";
    /// One arrest, with searches and custody, beside the pay of the officers.
    arrest: Number(0.0, 1e9) = 10.0, "thousand euros", "assumed";
    /// One prosecution: the trial of somebody charged, or of a returned fighter, without the prison.
    prosecution: Number(0.0, 1e9) = 100.0, "thousand euros", "assumed";
    /// One raid after an attack, beside the pay of the officers.
    raid: Number(0.0, 1e9) = 10.0, "thousand euros", "assumed";
}

kept!(Costs: CostRates);

/// What a country's settings cost in a year.
fn per_year(t: &Tables, world: &Tables, residents: f64, first: bool) -> f64 {
    let (k, s) = (&t.costs, &t.services);
    if t.country.transit_partner != 0.0 {
        return 0.0;
    }
    let millions = residents / 1e6;
    let own = s.analysts * k.analyst_per_year
        + s.surveillance_officers * k.surveillance_officer_per_year
        + s.case_officers * k.case_officer_per_year
        + s.undercover_personas * k.persona_per_year
        + 12.0 * s.border_inspections_per_month * k.border_inspection
        + t.returnees.reintegration_places * k.reintegration_place_per_year
        + t.prevention.reach_share * millions * k.prevention_per_million_reached_per_year
        + t.onset.takedown_share * k.takedown_full_per_year
        + (t.leads.tip_programme_factor - 1.0).max(0.0) * millions * k.tip_programme_per_million_per_year
        + t.detection.communications_access_share * k.communications_access_full_per_year
        + t.travel.passport_ban_share * k.passport_ban_full_per_year
        + t.membership.pool_member * t.pool.contribution_share * k.pool_member_per_year;
    let common = if first {
        world.link_analysis.central_analysts * k.central_analyst_per_year
            + world.virtual_entrepreneurs.strikes_per_year * k.strikes_full_rate_per_year
            + world.territory.pressure * k.pressure_full_per_year
    } else {
        0.0
    };
    own + common
}

/// Books what one act costs; acts of the warm-up are not counted.
pub(crate) fn charge(sim: &mut Sim, c: CountryId, act: impl Fn(&Costs) -> f64) {
    live!("costs");
    if sim.now >= 0.0 {
        sim.world.cost[c] += act(&sim.p.countries[c].costs);
    }
}

/// Adds what has been spent since the last call, and sets the new rate.
pub(crate) fn accrue_costs(sim: &mut Sim) {
    live!("costs");
    let days = (sim.now - sim.world.cost_since.max(0.0)).max(0.0);
    for c in sim.countries() {
        sim.world.cost[c] += sim.world.cost_rate[c] * days / DAYS_PER_YEAR;
        let residents = sim.world.countries[c].residents;
        sim.world.cost_rate[c] = per_year(&sim.p.countries[c], &sim.p.world, residents, c == CountryId::default());
    }
    sim.world.cost_since = sim.now;
}

/// States the whole cost at the end.
pub(crate) fn state(sim: &mut Sim) {
    accrue_costs(sim);
    for c in sim.countries() {
        let (key, cost) = (sim.world.countries[c].key, sim.world.cost[c]);
        sim.fact(FactKind::Cost, 0, Site::country(c, key), cost);
    }
}
