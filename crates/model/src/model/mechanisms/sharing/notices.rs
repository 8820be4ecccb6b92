//! M27: notices, which work only if the owner takes the initiative and the other side reads.
//!
//! Rule: the owner of a record issues a notice with a chance, after an exponential delay; each other
//! service reads or checks it with a chance of its own, settled once per person and service. A service
//! that opens a file on a person whom another knows may ask one of those who know for more; the
//! answer takes an exponential time that grows with the other side's load, and brings evidence. Whether
//! notices and answers pass, a pair may say (M29).
//! Sources: F5, F7, F44 (a query of March answered after the attack); chances assumed. Neutral: shares 0.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, live};
use crate::model::state::{Channel, FileStatus};

use crate::model::moves::{files, pairs, records, staff};
use crate::model::state::ids::{CountryId, FileId, PersonId};

crate::parameters! {
    /// Notices and queries between services (M27).
    Notices = "notices", "M27", Country;
    neutral { issue_share = 0.0, query_share = 0.0, red_share = 0.0 }
    /// Chance that the owner of a record issues a notice.
    issue_share: Share = 0.25, "share", "assumed, after F5";
    /// Mean time until it is issued.
    issue_delay_days: Number(0.0, 10_000.0) = 60.0, "days", "assumed, after F5, F7";
    /// Chance that another service reads a notice when it matters.
    read_share: Share = 0.4, "share", "assumed, after F5";
    /// Chance that a service that opens a file asks those who know the person.
    query_share: Share = 0.3, "share", "assumed";
    /// Mean time until an answer at no load.
    answer_days: Number(0.0, 10_000.0) = 40.0, "days", "F44, size assumed";
    /// How much full load of the answering service lengthens it, as a factor.
    answer_load_factor: Number(0.0, 1_000.0) = 3.0, "factor", "assumed, after F44";
    /// Evidence that an answer adds.
    answer_evidence: Number(0.0, 50.0) = 1.0, "log odds", "assumed";
    /// How far an answer says what the other service holds, and not the same about anybody.
    answer_held_share: Share = 0.0, "share", "assumed: the same about anybody";
    /// Share of notices that seek an arrest (Red), among those on people known to have left; all others locate (Blue).
    red_share: Share = 0.0, "share", "F5 has both kinds; share assumed: none";
    /// Chance that a check that finds somebody and reads that an arrest is sought arrests there and then.
    red_arrest_share: Share = 0.8, "share", "assumed, after F5";
}

kept!(Notices:);

/// The owner of a record may issue a notice.
pub(crate) fn issue(sim: &mut Sim, id: PersonId, c: CountryId, old: bool, fighter: bool) {
    live!("notices");
    let n = sim.p.countries[c].notices.clone();
    let key = sim.world.persons[id].key;
    if !sim.chance(key, Decision::NoticeIssue, sim.mark(c), n.issue_share) {
        return;
    }
    let delay = if old { 0.0 } else { sim.delay(key, Decision::NoticeDelay, sim.mark(c), n.issue_delay_days) };
    let from = (sim.now + delay) as f32;
    pairs::issued(sim, id, c, from);
    let person = &mut sim.world.persons[id];
    if from < person.notice_from {
        person.notice_from = from;
        records::tell(sim, FactKind::NoticeIssued, id, c, delay);
        sim.charge(c, |k| k.notice);
    }
    if fighter {
        seek(sim, id, c, delay);
    }
}

/// A notice seeks an arrest after a delay, with the share of those that do.
fn seek(sim: &mut Sim, id: PersonId, c: CountryId, delay: f64) {
    let (key, share) = (sim.world.persons[id].key, sim.p.countries[c].notices.red_share);
    if sim.world.wanted.contains_key(&(id, c)) || !sim.chance(key, Decision::NoticeRed, sim.mark(c), share) {
        return;
    }
    sim.world.wanted.insert((id, c), sim.now + delay);
    records::tell(sim, FactKind::RedNotice, id, c, delay);
}

/// An owner that has a record now knows of a stay abroad: one who issues notices may seek an arrest.
pub(crate) fn ground_found(sim: &mut Sim, id: PersonId, c: CountryId) {
    live!("notices");
    let n = &sim.p.countries[c].notices;
    let (key, share, mean) = (sim.world.persons[id].key, n.issue_share, n.issue_delay_days);
    if n.red_share > 0.0 && sim.chance(key, Decision::NoticeIssue, sim.mark(c), share) {
        let delay = sim.delay(key, Decision::NoticeRedDelay, sim.mark(c), mean);
        seek(sim, id, c, delay);
    }
}

/// Somebody is in prison: nobody seeks the arrest any more.
pub(crate) fn fulfilled(sim: &mut Sim, id: PersonId) {
    if !sim.world.wanted.is_empty() {
        sim.world.wanted.retain(|(who, _), _| *who != id);
    }
}

/// A service that has opened a file asks another that knows the person.
pub(crate) fn query(sim: &mut Sim, d: FileId) {
    live!("notices");
    let file = &sim.world.dossiers[d];
    let (c, id, key, opening) = (file.service, file.person, file.key, file.openings);
    let others = sim.world.persons[id].records & !c.bit();
    if others == 0 {
        return;
    }
    let asked = sim.countries().filter(|&o| others & o.bit() != 0 && pairs::between(sim, o, c).notices);
    let asked: Vec<CountryId> = asked.collect();
    let keys = asked.iter().map(|&o| (sim.world.countries[o].key, 1.0));
    let occasion = key.bits() as u32 ^ opening;
    let Some(won) = sim.draws.choose(Decision::QueryAsked.number(), occasion, keys) else { return };
    let other = asked[won];
    let n = sim.p.countries[c].notices.clone();
    if !sim.chance(key, Decision::QueryMade, opening, n.query_share) {
        return;
    }
    let load = load(sim, other);
    let answer_days = pairs::between(sim, other, c).answer_days.unwrap_or(n.answer_days);
    let mean = answer_days * (1.0 + n.answer_load_factor * load);
    let wait = sim.delay(key, Decision::QueryDelay, opening, mean);
    sim.schedule(sim.now + wait, EventKind::QueryAnswered(d), key, opening << 8 | u32::from(other.0));
}

/// The load of a service: open files against what its officers can carry, at most 1.
fn load(sim: &Sim, c: CountryId) -> f64 {
    let room = staff::free_case_officers(sim, c) * sim.p.countries[c].subjects.cases_per_officer;
    if room <= 0.0 { 1.0 } else { (f64::from(sim.world.countries[c].open_cases) / room).min(1.0) }
}

/// An answer arrives from a service.
pub(crate) fn answered(sim: &mut Sim, d: FileId, other: CountryId) {
    live!("notices");
    let file = &sim.world.dossiers[d];
    if file.status < FileStatus::Open {
        return;
    }
    let (c, id) = (file.service, file.person);
    records::tell(sim, FactKind::QueryAnswered, id, c, 1.0);
    let n = &sim.p.countries[c].notices;
    let (evidence, share) = (n.answer_evidence, n.answer_held_share);
    let evidence = if share > 0.0 {
        let held = files::dossier(sim, other, id).map_or(0.0, |theirs| files::held(sim, theirs).max(0.0));
        (1.0 - share) * evidence + share * held
    } else {
        evidence
    };
    sim.add_evidence(d, evidence, Channel::Partner);
}
