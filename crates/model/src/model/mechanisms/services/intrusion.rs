//! M25: people who never plotted but were assessed, watched, searched or held: the price beside money.
//!
//! Rule: each such act is counted; the intrusion index is their weighted sum. The weights are a value
//! judgement that belongs to the user. An accounting mechanism: neutral weights are 0 and change no
//! other number. Source: F45; weights assumed.

use std::collections::BTreeSet;

use crate::engine::key::Key;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::record::FileRecord;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{List, PersonId};
use crate::model::state::{Person, World, mark};

crate::parameters! {
    /// Weights of the intrusion index (M25); accounting only.
    Intrusion = "intrusion", "M25", World;
    neutral { assessed_weight = 0.0, watched_weight = 0.0, searched_weight = 0.0, held_weight = 0.0 }
    /// One person assessed.
    assessed_weight: Number(0.0, 1e6) = 0.01, "points", "assumed";
    /// One person watched day and night.
    watched_weight: Number(0.0, 1e6) = 1.0, "points", "assumed";
    /// One person searched.
    searched_weight: Number(0.0, 1e6) = 1.0, "points", "assumed";
    /// One person held.
    held_weight: Number(0.0, 1e6) = 3.0, "points", "assumed";
}

kept!(Intrusion:);

/// So many residents have been assessed.
pub(crate) fn assessed_many(sim: &mut Sim, c: usize, who: Key, number: u32) {
    live!("intrusion");
    sim.count_facts(FactKind::AssessedWithoutPlot, Site::country(c, who), number, f64::from(number));
}

/// One of them, for those who keep each.
pub(crate) fn keep_assessed(sim: &mut Sim, c: usize, who: Key) {
    live!("intrusion");
    sim.keep_fact(FactKind::AssessedWithoutPlot, Site::country(c, who), 1.0);
}

/// Someone who was not plotting has been assessed.
pub(crate) fn assessed(sim: &mut Sim, c: usize, who: Key) {
    live!("intrusion");
    sim.fact(FactKind::AssessedWithoutPlot, 0, Site::country(c, who), 1.0);
}

/// Someone who was not plotting is held.
pub(crate) fn held(sim: &mut Sim, id: PersonId, cause: FactId, site: Site) {
    sim.fact(FactKind::HeldWithoutPlot, cause, site, 1.0);
    if sim.now >= 0.0 {
        sim.world.persons[id].marks |= mark::HELD;
    }
}

/// A file on the person is open now.
pub(crate) fn note_file(sim: &mut Sim, id: PersonId) {
    if sim.now >= 0.0 {
        note(&mut sim.world.persons, &mut sim.world.filed, id);
    }
}

fn note(persons: &mut List<PersonId, Person>, filed: &mut Vec<PersonId>, id: PersonId) {
    if persons[id].marks & mark::FILED == 0 {
        persons[id].marks |= mark::FILED;
        filed.push(id);
    }
}

/// The counted period begins: files opened before and still open count in it.
pub(crate) fn note_open_files(sim: &mut Sim) {
    let World { countries, dossiers, persons, filed, .. } = &mut sim.world;
    for place in countries.iter().flat_map(|c| &c.files) {
        note(persons, filed, dossiers[place.2].person);
    }
}

/// By country, the people with an open file in the counted period who have been in no plot so far.
pub(crate) fn files_without_plot(sim: &Sim) -> Vec<FileRecord> {
    let plotted: BTreeSet<PersonId> = sim.world.plots.iter().flat_map(|p| &p.members).copied().collect();
    let mut records = vec![FileRecord::default(); sim.countries()];
    for id in sim.world.filed.iter().filter(|id| !plotted.contains(id)) {
        let person = &sim.world.persons[*id];
        let record = &mut records[usize::from(person.country)];
        record.people += 1;
        record.held += u32::from(person.marks & mark::HELD != 0);
    }
    records
}
