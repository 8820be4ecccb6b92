//! M8: undercover personas compete with real recruiters for the same seekers.
//!
//! Rule: a committed person meets a persona at the hazard rate × personas of the own service. The first
//! of recruiter and persona to come takes the seeker. A sting case runs for an exponential time and
//! ends in an arrest; it is a plot that the police held from the start and is counted apart.
//! Source: F3 (given there as a possible reason, not a finding); rates are assumed. Neutral: no personas.

use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{people, staff};
use crate::model::parameters::Parameters;
use crate::model::record::PlotRecord;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, PersonId};
use crate::model::state::{Channel, Ending, MissedChances, Stage, State};

crate::parameters! {
    /// Undercover personas that seekers take for recruiters (M8).
    Stings = "stings", "M8", Country;
    neutral { contact_per_persona_per_year = 0.0 }
    /// Contact of one committed person per persona.
    contact_per_persona_per_year: Number(0.0, 1_000.0) = 0.01, "per committed person, persona and year", "assumed, after F3";
    /// Mean length of a sting case.
    case_days: Number(0.0, 10_000.0) = 120.0, "days", "assumed";
    /// Case officers whom one running sting case binds.
    officers_per_case: Number(0.0, 1_000.0) = 4.0, "officers", "assumed";
    /// Most of the case officers that sting cases bind at once; without a free officer none is opened. 0: no limit.
    officers_share_most: Share = 0.0, "share", "assumed: no limit";
}

kept!(Stings: PersonaClocks);

/// Sets the country's persona clocks to the parameters in force.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("stings");
    for m in sim.movements() {
        sim.set_steady(rates(sim.p, c), c, m);
    }
}

/// How fast seekers meet a persona, a day.
pub(crate) fn rates(p: &Parameters, c: CountryId) -> [(ClockKind, f64); 1] {
    let t = &p.countries[c];
    let rate = t.stings.contact_per_persona_per_year * t.services.undercover_personas / DAYS_PER_YEAR;
    [(ClockKind::Persona, rate)]
}

/// A committed person begins to be open to personas.
pub(crate) fn await_persona(sim: &mut Sim, id: PersonId, entry: u32) {
    let person = &sim.world.persons[id];
    let (c, m) = (person.country, person.movement);
    if !sim.ever.personas {
        return;
    }
    sim.join(id, (ClockKind::Persona, c, m), Decision::PersonaContact, entry, 1.0);
}

/// Whether a service has the officers for one case more.
fn officers_for_one_more(sim: &Sim, c: CountryId) -> bool {
    let s = &sim.p.countries[c].stings;
    if s.officers_share_most == 0.0 {
        return true;
    }
    let running = sim.world.countries[c].desk.stings;
    let most = s.officers_share_most * sim.p.countries[c].services.officers_at_work();
    s.officers_bound(running + 1) <= most + 1e-9 && s.officers_per_case <= staff::free_case_officers(sim, c) + 1e-9
}

/// A seeker takes a persona for a recruiter.
pub(crate) fn contact(sim: &mut Sim, id: PersonId) {
    live!("stings");
    if !officers_for_one_more(sim, sim.world.persons[id].country) {
        // Nobody can take the seeker up, who is not met again during this stay.
        let person = &sim.world.persons[id];
        let (cause, site) = (person.cause, Site::person(person));
        sim.fact(FactKind::StingDeclined, cause, site, 1.0);
        return;
    }
    sim.drop_files(id);
    people::leave_state(sim, id);
    let person = &mut sim.world.persons[id];
    person.state = State::InSting;
    let (key, entry, country) = (person.key, person.entries, person.country);
    sim.person_fact(FactKind::StingCase, id);
    sim.make_record(id, country);
    sim.world.countries[country].desk.stings += 1;
    let days = sim.p.countries[country].stings.case_days;
    let wait = sim.delay(key, Decision::StingLength, entry, days);
    let timer = sim.schedule(sim.now + wait, EventKind::StingEnds(id), key, entry);
    sim.world.persons[id].timer = timer;
    let case = case_record(sim, id, key.child(Decision::NamePlot.number(), 1 << 40 | u64::from(entry)));
    sim.world.stings.push(case);
}

/// The case as it stands beside plots in tables.
fn case_record(sim: &Sim, id: PersonId, key: Key) -> PlotRecord {
    let person = &sim.world.persons[id];
    PlotRecord {
        key,
        design: person.key,
        pathway: Pathway::Inspired,
        sting: true,
        movement: person.movement,
        home: person.country,
        preparation: person.country,
        target: person.country,
        started: sim.now,
        ended: f64::INFINITY,
        ending: Ending::InProgress,
        channel: Channel::None,
        foiled_by: None,
        stage: Stage::Forming,
        members: 1,
        helpers: 0,
        tasks: 0,
        completion_chance: 0.0,
        harmed: 0.0,
        killed: 0.0,
        attackers: 0,
        known_own: 0,
        known_any: 0,
        signs_seen: 0,
        dot: false,
        missed: MissedChances::default(),
        by_grievance: f64::from(person.by_grievance) / 255.0,
    }
}

/// The case ends in an arrest; the person goes to court like any other.
pub(crate) fn ends(sim: &mut Sim, id: PersonId) {
    let country = sim.world.persons[id].country;
    sim.person_fact(FactKind::StingEnds, id);
    sim.arrest(id, country, Channel::Sting, f64::INFINITY);
}

/// The person of a running case is arrested: the case is closed, the officers are free again.
pub(crate) fn leave_case(sim: &mut Sim, id: PersonId) {
    let person = &sim.world.persons[id];
    if person.state != State::InSting {
        return;
    }
    let (country, key, now) = (person.country, person.key, sim.now);
    sim.world.countries[country].desk.stings -= 1;
    if let Some(case) = sim.world.stings.iter_mut().rev().find(|s| s.design == key) {
        case.ended = now;
        case.ending = Ending::Foiled;
        case.channel = Channel::Sting;
        case.foiled_by = Some(country);
    }
    people::leave_state(sim, id);
}

impl Stings {
    /// Case officers whom so many running sting cases bind.
    pub(crate) fn officers_bound(&self, running: u32) -> f64 {
        f64::from(running) * self.officers_per_case
    }
}
