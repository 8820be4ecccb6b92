//! M7: virtual entrepreneurs in held territory, who find, groom and instruct people by encrypted message.
//!
//! Rule: each speaks one language and carries at most `span` contacts at once. A committed person meets one at the
//! hazard rate × (free span of that language) × tie, where tie = a / (a + half) and a is the fighters abroad per
//! million residents of the person's country. Who of the free recruiters wins is a keyed race. After an exponential
//! grooming time the contact is instructed (an online-directed plot), brought to travel, or lost. Loss of territory
//! and pressure multiply the share who are instructed by the drive D = 1 + a · (1 − level) + b · pressure of M11,
//! which collapse ends. Strikes remove recruiters at a rate, and with them their contacts; a successor comes after
//! a lag with a chance that shrinks with territory. Sources: F2, F3 (few ties, few contacts), F13, F37, F39; rates
//! are assumed. Neutral: no recruiters.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, LanguageId, MovementId, PersonId, RecruiterId};
use crate::model::state::{Recruiter, State};

crate::parameters! {
    /// Attributes of one language (M2, M7).
    LanguageEntry = "languages", "M7", LanguageEntry;
    neutral { virtual_entrepreneurs = 0.0, propaganda_factor = 1.0 }
    first_day { virtual_entrepreneurs }
    /// Virtual entrepreneurs who work in this language on the first day.
    virtual_entrepreneurs: Count(0.0, 10_000.0) = 0.0, "recruiters", "F37";
    /// Volume of online propaganda in this language; each country hears its languages by their shares.
    propaganda_factor: Number(0.0, 100.0) = 1.0, "factor", "assumed";
}

kept!(LanguageEntry: OnsetClocks, SelfStartClocks);

crate::parameters! {
    /// Virtual entrepreneurs: contact, grooming, instruction, removal by strikes (M7).
    VirtualEntrepreneurs = "virtual_entrepreneurs", "M7", World;
    neutral { contact_per_year = 0.0 }
    /// Contacts that one recruiter carries at once.
    span: Count(1.0, 1_000.0) = 4.0, "contacts", "assumed";
    /// Contact of one committed person per free place of span, at full tie.
    contact_per_year: Number(0.0, 1_000.0) = 0.008, "per committed person, free place and year", "assumed, after F2";
    /// Fighters abroad per million residents at which ties reach half their strength.
    tie_half_per_million: Number(1e-6, 1e6) = 4.0, "fighters per million residents", "assumed, after F3";
    /// Mean time from first contact to the result.
    grooming_days: Number(0.0, 10_000.0) = 60.0, "days", "assumed";
    /// Share of groomed contacts who are instructed to plot.
    instruct_share: Share = 0.12, "share", "assumed, after F2";
    /// How much loss of territory raises that share: a.
    instruct_loss_factor: Number(0.0, 100.0) = 0.0, "factor", "assumed, after F11 and F39";
    /// How much full pressure raises it: b.
    instruct_pressure_factor: Number(0.0, 100.0) = 0.0, "factor", "assumed, after F11 and F39";
    /// Share of groomed contacts who are brought to travel.
    travel_share: Share = 0.3, "share", "assumed";
    /// Share of messages that services cannot read.
    encryption_share: Share = 0.7, "share", "assumed, after F13";
    /// Rate at which strikes remove one recruiter.
    strikes_per_year: Number(0.0, 1_000.0) = 0.35, "per recruiter per year", "F37, rate assumed";
    /// Mean time until a successor works.
    replacement_days: Number(0.0, 100_000.0) = 150.0, "days", "assumed";
    /// Chance of a successor where territory is whole; it shrinks with territory.
    replacement_share: Share = 0.8, "share", "assumed";
}

kept!(VirtualEntrepreneurs: BackgroundClocks, ContactClocks, CostRates);

/// Recruiters who work in a language on the first day.
fn first_recruiters(sim: &Sim, language: LanguageId) -> u64 {
    live!("languages", 0);
    sim.p.languages[language].virtual_entrepreneurs as u64
}

/// Creates the first recruiters of every language.
pub(crate) fn seed(sim: &mut Sim) {
    live!("virtual_entrepreneurs");
    if !sim.ever.contacts {
        return;
    }
    for language in sim.languages() {
        let number = first_recruiters(sim, language);
        for i in 0..number {
            let root = sim.language_keys[language];
            let key = root.child(Decision::NameRecruiter.number(), i);
            begin(sim, key, language);
        }
    }
}

fn strike_hazard(sim: &Sim) -> Hazard {
    let v = &sim.p.world.virtual_entrepreneurs;
    Hazard::constant(v.strikes_per_year / DAYS_PER_YEAR)
}

fn begin(sim: &mut Sim, key: Key, language: LanguageId) {
    let index = sim.world.recruiters.next();
    let threshold = sim.threshold(key, Decision::RecruiterRemoval, 0);
    let removal = Countdown::start(sim.now, threshold, strike_hazard(sim));
    let removal_at = sim.schedule(removal.due(), EventKind::RecruiterRemoved(index), key, 0);
    sim.world.recruiters.add(Recruiter {
        key,
        language,
        alive: true,
        contacts: Vec::new(),
        contact_count: 0,
        removal,
        removal_at,
    });
    sim.world.alive_recruiters += 1;
    spans_changed(sim, language);
}

/// Follows a change of parameters.
pub(crate) fn hazards(sim: &mut Sim) {
    let hazard = strike_hazard(sim);
    for index in sim.world.recruiters.ids() {
        let now = sim.now;
        let r = &mut sim.world.recruiters[index];
        if r.alive && r.removal.set(now, hazard) {
            let (at, due) = (r.removal_at, r.removal.due());
            sim.rebook(at, due);
        }
    }
    for language in sim.languages() {
        spans_changed(sim, language);
    }
}

/// Recounts the free span of a language and sets the contact clocks of all who speak it.
fn spans_changed(sim: &mut Sim, language: LanguageId) {
    let span = sim.p.world.virtual_entrepreneurs.span;
    let free: f64 = sim
        .world
        .recruiters
        .iter()
        .filter(|r| r.alive && r.language == language)
        .map(|r| (span - r.contacts.len() as f64).max(0.0))
        .sum();
    sim.world.free_span[language] = free;
    for c in sim.countries() {
        set_contact_clock(sim, c, language);
    }
}

/// The tie of a country's residents to its people abroad, from 0 to 1.
fn tie(sim: &Sim, c: CountryId) -> f64 {
    let millions = sim.world.countries[c].residents / 1e6;
    if millions <= 0.0 {
        return 0.0;
    }
    let per_million = f64::from(sim.world.countries[c].abroad) / millions;
    per_million / (per_million + sim.p.world.virtual_entrepreneurs.tie_half_per_million)
}

fn set_contact_clock(sim: &mut Sim, c: CountryId, language: LanguageId) {
    live!("virtual_entrepreneurs");
    let rate = sim.p.world.virtual_entrepreneurs.contact_per_year / DAYS_PER_YEAR;
    let hazard = rate * sim.world.free_span[language] * tie(sim, c);
    let clock = sim.contact_clock(c, language);
    sim.set_hazard(ClockKind::Contact, clock, Hazard::constant(hazard));
}

/// The number of a country's fighters abroad has changed, and with it the ties.
pub(crate) fn ties_changed(sim: &mut Sim, c: CountryId) {
    if sim.world.free_span.iter().all(|f| *f == 0.0) {
        return;
    }
    for language in sim.languages() {
        if sim.world.free_span[language] > 0.0 {
            set_contact_clock(sim, c, language);
        }
    }
}

/// A committed person begins to wait for contact.
pub(crate) fn await_contact(sim: &mut Sim, id: PersonId, entry: u32) {
    let person = &sim.world.persons[id];
    let (c, m) = (person.country, person.movement);
    if sim.p.movements[m].holds_territory == 0.0 || !sim.ever.contacts {
        return;
    }
    let language = people::language(sim, id);
    let clock = sim.contact_clock(c, language);
    sim.take_seat(id, (ClockKind::Contact, clock), Decision::Contact, entry, 1.0);
}

/// First contact: the free recruiters of the language race for the person.
pub(crate) fn contact(sim: &mut Sim, id: PersonId) {
    live!("virtual_entrepreneurs");
    let person = &sim.world.persons[id];
    let (key, entry, language) = (person.key, person.entries, people::language(sim, id));
    let span = sim.p.world.virtual_entrepreneurs.span;
    let free: Vec<(RecruiterId, Key, f64)> = sim
        .world
        .recruiters
        .ids()
        .map(|i| (i, &sim.world.recruiters[i]))
        .filter(|(_, r)| r.alive && r.language == language && (r.contacts.len() as f64) < span)
        .map(|(i, r)| (i, r.key, span - r.contacts.len() as f64))
        .collect();
    let occasion = (key.bits() >> 32) as u32 ^ entry;
    let Some(won) = sim.draws.choose(Decision::ContactChoice.number(), occasion, free.iter().map(|f| (f.1, f.2)))
    else {
        return;
    };
    let index = free[won].0;
    people::leave_state(sim, id);
    sim.world.persons[id].state = State::Groomed;
    sim.world.recruiters[index].contacts.push(id);
    sim.world.recruiters[index].contact_count += 1;
    let fact = sim.person_fact(FactKind::ContactMade, id);
    let (recruiter, person) = (sim.world.recruiters[index].key, &sim.world.persons[id]);
    let site = Site { subject: recruiter, ..Site::person(person) };
    sim.explain(FactKind::ContactBy, fact, site, 1.0);
    let entry = sim.world.persons[id].entries;
    let days = sim.p.world.virtual_entrepreneurs.grooming_days;
    let wait = sim.delay(key, Decision::Grooming, entry, days);
    let timer = sim.schedule(sim.now + wait, EventKind::GroomingEnds(id), key, entry);
    sim.world.persons[id].timer = timer;
    spans_changed(sim, language);
}

fn free_from_recruiter(sim: &mut Sim, id: PersonId) {
    let language = people::language(sim, id);
    for r in &mut sim.world.recruiters {
        r.contacts.retain(|&c| c != id);
    }
    spans_changed(sim, language);
}

/// A person in contact is taken away by something else (an arrest, say).
pub(crate) fn drop_contact(sim: &mut Sim, id: PersonId) {
    if sim.world.persons[id].state == State::Groomed {
        free_from_recruiter(sim, id);
    }
}

/// The grooming ends: instructed, brought to travel, or lost.
pub(crate) fn groomed(sim: &mut Sim, id: PersonId) {
    free_from_recruiter(sim, id);
    let person = &sim.world.persons[id];
    let (key, entry) = (person.key, person.entries);
    let v = &sim.p.world.virtual_entrepreneurs;
    // A journey needs territory to go to, and somebody who has not been stopped before.
    let (person_blocked, open_road) = (person.blocked, sim.p.world.territory.held());
    let u = sim.draws.uniform(key, Decision::GroomingResult.number(), entry);
    let drive = sim.p.world.territory.drive(v.instruct_loss_factor, v.instruct_pressure_factor);
    let instruct = v.instruct_share * drive;
    let travel = instruct + v.travel_share;
    let cause = sim.person_fact(FactKind::Groomed, id);
    if u < instruct {
        sim.start_instructed(id, cause);
    } else if u < travel && !person_blocked && sim.chance(key, Decision::Journey, entry, open_road) {
        people::leave_state(sim, id);
        sim.become_committed(id);
        sim.try_to_travel(id);
    } else {
        sim.person_fact(FactKind::ContactLost, id);
        people::leave_state(sim, id);
        sim.become_committed(id);
    }
}

/// A strike removes a recruiter; contacts are lost, and a successor may follow.
pub(crate) fn removed(sim: &mut Sim, index: RecruiterId) {
    live!("virtual_entrepreneurs");
    let r = &mut sim.world.recruiters[index];
    r.alive = false;
    let (key, language) = (r.key, r.language);
    let mut contacts = std::mem::take(&mut r.contacts);
    sim.world.alive_recruiters -= 1;
    let site = Site { country: CountryId::default(), movement: MovementId::default(), subject: key, plot: Key::NONE };
    let cause = sim.fact(FactKind::RecruiterRemoved, 0, site, 1.0);
    contacts.sort_by_key(|&id| sim.world.persons[id].key);
    for id in contacts {
        sim.person_fact(FactKind::ContactLost, id);
        let person = &sim.world.persons[id];
        let (person_key, entry, c) = (person.key, person.entries, person.country);
        let share = sim.p.world.adaptation.self_start_share();
        let alone = sim.chance(person_key, Decision::ContactLostPlots, entry, share);
        if alone && sim.p.countries[c].pathways.self_start_per_committed_per_year > 0.0 {
            sim.world.persons[id].cause = cause;
            sim.start_alone(id);
        } else {
            people::leave_state(sim, id);
            sim.become_committed(id);
        }
    }
    spans_changed(sim, language);
    let v = &sim.p.world.virtual_entrepreneurs;
    let chance = v.replacement_share * sim.p.world.territory.held();
    let days = v.replacement_days;
    if sim.chance(key, Decision::RecruiterReplaced, 0, chance) {
        let lag = sim.delay(key, Decision::RecruiterReplacement, 0, days);
        sim.schedule(sim.now + lag, EventKind::RecruiterReplaced(index), key, 0);
    }
}

/// A successor begins, named after the one replaced.
pub(crate) fn replaced(sim: &mut Sim, index: RecruiterId) {
    let (key, language) = {
        let r = &sim.world.recruiters[index];
        (r.key, r.language)
    };
    let successor = key.child(Decision::NameRecruiter.number(), 0);
    let site =
        Site { country: CountryId::default(), movement: MovementId::default(), subject: successor, plot: Key::NONE };
    sim.fact(FactKind::RecruiterReplaced, 0, site, 1.0);
    begin(sim, successor, language);
}
