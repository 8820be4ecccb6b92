//! What every mechanism can ask of a service's files: who has one, what is believed, whether anybody works it.

use std::ops::Bound;

use crate::engine::key::Key;
use crate::model::sim::{Sim, live};
use crate::model::state::{Dossier, FileStatus};

use super::staff;
use crate::model::state::ids::{CountryId, FileId, PersonId};

/// The file that a service has on a person.
#[inline]
pub(crate) fn dossier(sim: &Sim, c: CountryId, id: PersonId) -> Option<FileId> {
    let mut at = sim.world.persons[id].first_dossier;
    while at.is_some() {
        let d = &sim.world.dossiers[at];
        if d.service == c {
            return Some(at);
        }
        at = d.next;
    }
    None
}

/// All files on a person.
pub(crate) fn each<'a>(sim: &'a Sim<'_>, id: PersonId) -> impl Iterator<Item = FileId> + use<'a> {
    let dossiers = &sim.world.dossiers;
    let first = sim.world.persons[id].first_dossier;
    std::iter::successors((first.is_some()).then_some(first), move |&d| {
        let next = dossiers[d].next;
        (next.is_some()).then_some(next)
    })
}

/// The closest status that any service has on a person.
pub(crate) fn best_status(sim: &Sim, id: PersonId) -> FileStatus {
    each(sim, id).map(|d| sim.world.dossiers[d].status).max().unwrap_or(FileStatus::Unknown)
}

/// Whether any service has decided to intervene.
pub(crate) fn under_decision(sim: &Sim, id: PersonId) -> bool {
    each(sim, id).any(|d| sim.world.dossiers[d].deciding)
}

/// Believed log odds of a file now.
#[inline]
pub(crate) fn belief(sim: &Sim, d: FileId) -> f64 {
    let file = &sim.world.dossiers[d];
    let prior = sim.p.countries[file.service].subjects.prior_log_odds;
    prior + weight_now(file, sim.p.world.evidence.decay_per_day(), sim.now)
}

/// The weight that a file's evidence has now.
#[inline]
pub(crate) fn weight_now(file: &Dossier, decay: f64, now: f64) -> f64 {
    libm::exp(file.score - decay * now)
}

/// ln(e^a + e^b) without overflow, however long the run and short the memory.
pub(crate) fn log_sum(a: f64, b: f64) -> f64 {
    let (low, high) = (a.min(b), a.max(b));
    if low == f64::NEG_INFINITY { high } else { high + libm::log1p(libm::exp(low - high)) }
}

/// Bits that sort as the numbers do, negative ones too.
fn sortable(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The place of a file in its service's order, coldest first; it does not change while nothing is seen.
#[inline]
pub(crate) fn rank(file: &Dossier, d: FileId) -> (u64, Key, FileId) {
    (sortable(file.score), file.key, d)
}

/// Open files that the free officers can work at this moment; `None` stands for any number.
fn worked_at_once(sim: &Sim, c: CountryId) -> Option<usize> {
    live!("subjects", None);
    let each = sim.p.countries[c].subjects.worked_per_officer;
    (each > 0.0).then(|| libm::floor(staff::free_case_officers(sim, c) * each + 1e-9) as usize)
}

/// Open files that nobody works at this moment.
pub(crate) fn parked_files(sim: &Sim, c: CountryId) -> usize {
    let open = sim.world.countries[c].open_cases as usize;
    worked_at_once(sim, c).map_or(0, |room| open.saturating_sub(room))
}

/// Whether nobody works this open file at this moment: as many hotter ones take all the officers there are.
pub(crate) fn parked(sim: &Sim, d: FileId) -> bool {
    let file = &sim.world.dossiers[d];
    let c = file.service;
    let Some(room) = worked_at_once(sim, c) else { return false };
    let files = &sim.world.countries[c].files;
    let hotter = (Bound::Excluded(rank(file, d)), Bound::Unbounded);
    sim.world.countries[c].open_cases as usize > room && files.range(hotter).take(room).count() == room
}

#[cfg(test)]
mod tests {
    use super::{log_sum, sortable};

    #[test]
    fn evidence_adds_up_on_its_scale_and_sorts() {
        assert!((log_sum(2.0_f64.ln(), 3.0_f64.ln()) - 5.0_f64.ln()).abs() < 1e-15);
        assert_eq!(log_sum(f64::NEG_INFINITY, 1.5), 1.5);
        assert!((log_sum(5000.0, 5000.0) - 5000.0 - std::f64::consts::LN_2).abs() < 1e-12);
        let rising = [f64::NEG_INFINITY, -3.0, -1e-9, 0.0, 1e-9, 4.0, 5000.0];
        assert!(rising.windows(2).all(|w| sortable(w[0]) < sortable(w[1])));
    }
}
