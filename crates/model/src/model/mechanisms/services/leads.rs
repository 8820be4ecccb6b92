//! M19: leads, from the public and families, from messages, borders, partners and prison; most are false.
//!
//! Rule: residents produce false leads in bulk, a Poisson process per country that is counted, not
//! stored; its volume jumps after an attack and decays. Named people are reported at a rate by stage,
//! plotters more; the prison service may report a release; signs of a plot by an unknown person are leads too (M22). A tip programme multiplies
//! both kinds. Sources: F42 (volumes, jumps), F26, F45; rates by stage assumed. Neutral: rates 0.

use crate::engine::hazard::Hazard;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::kept::kept;
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, live};
use crate::model::state::desk::FalseLeads;
use crate::model::state::ids::{CountryId, PersonId};
use crate::model::state::{Channel, State};

crate::parameters! {
    /// Leads that reach the service (M19).
    Leads = "leads", "M19", Country;
    neutral { false_per_million_per_year = 0.0, sympathiser_per_year = 0.0, committed_per_year = 0.0, returnee_per_year = 0.0, release_report_share = 0.0 }
    /// False leads that residents produce.
    false_per_million_per_year: Number(0.0, 1e6) = 80.0, "leads per million residents per year", "F42";
    /// Reports about one sympathiser.
    sympathiser_per_year: Number(0.0, 1_000.0) = 0.12, "per person per year", "assumed, after F41";
    /// Reports about one committed person.
    committed_per_year: Number(0.0, 1_000.0) = 0.35, "per person per year", "assumed";
    /// Reports about one returnee.
    returnee_per_year: Number(0.0, 1_000.0) = 0.3, "per person per year", "assumed";
    /// How much more often a plotter is reported than another committed person.
    plotter_factor: Number(0.0, 1_000.0) = 2.0, "factor", "F26, size assumed";
    /// Share of reports about a plotter that name a sign of work.
    sign_share_plotter: Share = 0.7, "share", "assumed, after F26";
    /// Share of reports about anybody else that name what looks like one.
    sign_share_other: Share = 0.05, "share", "assumed, after F42";
    /// Share of those released from prison on whom the prison service reports.
    release_report_share: Share = 0.0, "share", "assumed: none";
    /// Lever: a public tip programme multiplies all reports.
    tip_programme_factor: Number(0.0, 100.0) = 1.0, "factor", "lever";
    /// Share of reports about named people that come from family and the public; the rest from informants and messages.
    public_share: Share = 0.6, "share", "F26";
    /// Rise of the volume of false leads just after an attack with ln(1 + harm) = 1.
    after_attack_factor: Number(0.0, 100.0) = 1.0, "factor", "F42";
    /// How fast that passes.
    after_attack_days: Number(0.1, 10_000.0) = 30.0, "days", "assumed, after F42";
}

kept!(Leads: LeadClocks, CostRates);

fn false_streams(sim: &Sim, c: usize) -> FalseLeads {
    let l = &sim.p.countries[c].leads;
    let state = &sim.world.countries[c];
    let all = l.false_per_million_per_year * l.tip_programme_factor * state.residents / 1e6 / DAYS_PER_YEAR;
    let of = |base: f64| Hazard::with(base, state.alarm.term(base, l.after_attack_days));
    let share = sim.p.countries[c].triage.mistaken_file_share();
    FalseLeads { idle: of(all * (1.0 - share)), opening: of(all * share) }
}

/// Books the country's first false lead.
pub(crate) fn seed(sim: &mut Sim, c: usize) {
    live!("leads");
    if sim.ever.false_leads {
        let streams = false_streams(sim, c);
        sim.seed_false_leads(c, streams);
    }
}

/// Sets the country's lead clocks to the parameters and the alarm in force.
pub(crate) fn hazards(sim: &mut Sim, c: usize) {
    live!("leads");
    let streams = false_streams(sim, c);
    sim.set_false_leads(c, streams);
    for m in 0..sim.movements {
        sim.set_steady(rates(sim.p, c, m), c, m);
    }
}

/// How fast people of a movement are reported, a day.
pub(crate) fn rates(p: &Parameters, c: usize, m: usize) -> [(ClockKind, f64); 3] {
    let l = &p.countries[c].leads;
    let (factor, scale) = (l.tip_programme_factor / DAYS_PER_YEAR, p.movements[m].tip_scale);
    [
        (ClockKind::TipSympathiser, l.sympathiser_per_year * factor * scale),
        (ClockKind::TipCommitted, l.committed_per_year * factor * scale),
        (ClockKind::TipReturnee, l.returnee_per_year * factor * scale),
    ]
}

/// After an attack the public reports more of everything.
pub(crate) fn after_attack(sim: &mut Sim, country: CountryId, harmed: f64) {
    live!("leads");
    let c = usize::from(country);
    let l = &sim.p.countries[c].leads;
    let rise = l.after_attack_factor * libm::log1p(harmed);
    if rise > 0.0 {
        let now = sim.now;
        sim.world.countries[c].alarm.kick(now, l.after_attack_days, rise);
        hazards(sim, c);
    }
}

/// A person begins to be open to reports.
pub(crate) fn await_tip(sim: &mut Sim, id: PersonId, kind: ClockKind, factor: f64) {
    if !sim.ever.reports || factor <= 0.0 {
        return;
    }
    let person = &mut sim.world.persons[id];
    person.tips += 1;
    let (c, m, occasion) = (usize::from(person.country), usize::from(person.movement), person.tips);
    sim.join(id, (kind, c, m), Decision::Tip, occasion, factor);
}

/// A plotter is reported more often than the committed.
pub(crate) fn await_tip_as_plotter(sim: &mut Sim, id: PersonId) {
    let c = usize::from(sim.world.persons[id].country);
    let factor = sim.p.countries[c].leads.plotter_factor;
    await_tip(sim, id, ClockKind::TipCommitted, factor);
}

/// Somebody leaves prison: the prison service may report to the service of the country.
pub(crate) fn after_release(sim: &mut Sim, id: PersonId) {
    let person = &sim.world.persons[id];
    let (country, key, entry, cause) = (person.country, person.key, person.entries, person.cause);
    let share = sim.p.countries[usize::from(country)].leads.release_report_share;
    live!("leads");
    if sim.chance(key, Decision::PrisonReport, entry, share) {
        sim.lead_arrives(country, id, Channel::Prison, 0.0, cause);
    }
}

/// ln(p₁ ⁄ p₀) of a sign named in a report; at most 10, nothing if plotters are not named more often.
fn sign_weight(l: &Leads) -> f64 {
    libm::log(l.sign_share_plotter / l.sign_share_other.max(1e-9)).clamp(0.0, 10.0)
}

/// A named person is reported.
pub(crate) fn tip(sim: &mut Sim, id: PersonId, kind: ClockKind) {
    let person = &sim.world.persons[id];
    let (country, state, tips, key, plot, cause) =
        (person.country, person.state, person.tips, person.key, person.plot, person.cause);
    let l = &sim.p.countries[usize::from(country)].leads;
    let factor = if state == State::Plotter { l.plotter_factor } else { 1.0 };
    let public = sim.chance(key, Decision::Assessment, tips, l.public_share);
    await_tip(sim, id, kind, factor);
    live!("leads");
    let channel = if public { Channel::Public } else { Channel::Informants };
    // Plotters and others are judged by the same sign with the same weight: only how often it is named differs.
    let share = if plot.is_none() { l.sign_share_other } else { l.sign_share_plotter };
    let named = sim.chance(key, Decision::TipSign, tips, share);
    let weight = if named { sign_weight(l) } else { 0.0 };
    sim.lead_arrives(country, id, channel, weight, cause);
}
