//! What every mechanism can ask of a service's files: who has one, what is believed, whether anybody works it.

use std::ops::Bound;

use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::event::EventKind;
use crate::model::sim::{Sim, live};
use crate::model::state::silence::Descent;
use crate::model::state::{Dossier, FileStatus, Group};

use super::{sight, staff};
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

/// Whether any service holds search and plot back by what it has decided: as soon as it has, or once it acts on it.
pub(crate) fn under_decision(sim: &Sim, id: PersonId) -> bool {
    each(sim, id).any(|d| {
        let file = &sim.world.dossiers[d];
        file.deciding && (file.execution != Handle::NONE || sim.p.countries[file.service].intervention.waiting_holds())
    })
}

/// Believed log odds of a file now.
#[inline]
pub(crate) fn belief(sim: &Sim, d: FileId) -> f64 {
    let file = &sim.world.dossiers[d];
    let prior = sim.p.countries[file.service].subjects.prior_log_odds;
    prior + weight_now(file, sim.p.world.evidence.decay_per_day(), sim.now) + beyond(sim, file)
}

/// What a file holds for and against, beside the prior.
pub(crate) fn held(sim: &Sim, d: FileId) -> f64 {
    let file = &sim.world.dossiers[d];
    weight_now(file, sim.p.world.evidence.decay_per_day(), sim.now) + beyond(sim, file)
}

/// What a file holds that is kept for years.
pub(crate) fn lasting(sim: &Sim, file: &Dossier) -> f64 {
    let memory = &sim.p.world.evidence;
    if file.lasting == 0.0 { 0.0 } else { file.lasting * libm::exp(-memory.lasting_decay() * (sim.now - file.anchor)) }
}

/// What belief owes to anything but fading signs: lasting evidence, less what silence takes; 0 where nothing does.
#[inline]
fn beyond(sim: &Sim, file: &Dossier) -> f64 {
    if !sim.ever.grouped {
        return 0.0;
    }
    lasting(sim, file) - below(sim, file) - silence(sim, file.service, file.group)
}

/// What silence took below the prior before the file came into its group.
fn below(sim: &Sim, file: &Dossier) -> f64 {
    let decay = sim.p.world.evidence.decay_per_day();
    if file.below == 0.0 { 0.0 } else { file.below * libm::exp(-decay * (sim.now - file.anchor)) }
}

/// What silence has taken from the files of a group.
fn silence(sim: &Sim, c: CountryId, group: Group) -> f64 {
    sim.world.countries[c].silence[group as usize].at(sim.now, sim.p.world.evidence.decay_per_day())
}

/// Brings a file into another group: what is believed stays, what its silence takes from now on does not.
pub(crate) fn regroup(sim: &mut Sim, d: FileId, group: Group) {
    // Where all show the same, nobody has a group, and all wait in one clock.
    if !sim.ever.grouped || sim.world.dossiers[d].group == group {
        return;
    }
    let file = &sim.world.dossiers[d];
    let c = file.service;
    let decay = sim.p.world.evidence.decay_per_day();
    let fading = weight_now(file, decay, sim.now) - silence(sim, c, file.group);
    let (lasting, below) = (lasting(sim, file), below(sim, file));
    let inside = fading + silence(sim, c, group);
    reorder(sim, d, |file, now| {
        file.group = group;
        file.anchor = now;
        file.lasting = lasting;
        // The order of files is by what fades, and that is not below nothing: the rest is kept apart.
        file.below = below + (-inside).max(0.0);
        file.score = if inside > 0.0 { libm::log(inside) + decay * now } else { f64::NEG_INFINITY };
    });
}

/// Adds evidence that is kept for years.
pub(crate) fn add_lasting(sim: &mut Sim, d: FileId, weight: f64) {
    let file = &sim.world.dossiers[d];
    let (lasting, below, first) = (lasting(sim, file), below(sim, file), file.lasting == 0.0);
    reorder(sim, d, |file, now| {
        file.anchor = now;
        file.below = below;
        file.lasting = lasting + weight;
    });
    if first && weight != 0.0 {
        let c = sim.world.dossiers[d].service;
        sim.world.countries[c].lasting.push(d);
    }
}

/// Changes what a file's place in the order rests on, in every list that holds it.
pub(crate) fn reorder(sim: &mut Sim, d: FileId, change: impl FnOnce(&mut Dossier, f64)) {
    let now = sim.now;
    let file = &mut sim.world.dossiers[d];
    let (c, old) = (file.service, rank(file, d));
    change(file, now);
    let order = order(sim, &sim.world.dossiers[d]);
    let file = &mut sim.world.dossiers[d];
    file.order = order;
    let new = rank(file, d);
    if old == new {
        return;
    }
    let state = &mut sim.world.countries[c];
    for list in [&mut state.files, &mut state.hot, &mut state.watched, &mut state.deciding] {
        if list.remove(&old) {
            list.insert(new);
        }
    }
}

/// The group to which an open file belongs by what is believed, a team apart.
pub(crate) fn group_at_work(sim: &Sim, d: FileId) -> Group {
    let c = sim.world.dossiers[d].service;
    let effort = &sim.p.countries[c].effort;
    if effort.tells_hot() && belief(sim, d) >= effort.hot_log_odds { Group::Hot } else { Group::Open }
}

/// When to look whether belief has fallen to a level: at the very moment if that comes before the next shift, which may
/// change what is seen; otherwise not before it could come at the earliest, and after the shift.
fn falls_at(sim: &Sim, file: &Dossier, level: f64) -> f64 {
    let (c, memory) = (file.service, &sim.p.world.evidence);
    let silence = &sim.world.countries[c].silence[file.group as usize];
    let decay = memory.decay_per_day();
    let now = sim.now;
    let slow = Descent {
        level: level - sim.p.countries[c].subjects.prior_log_odds,
        fading: weight_now(file, decay, now) - below(sim, file) - silence.at(now, decay),
        fade: decay,
        fall: silence.fall(),
        lasting: lasting(sim, file),
        last: memory.lasting_decay(),
    };
    let fast = Descent { fall: sight::fastest_fall(sim, c).max(slow.fall), ..slow };
    look_at(now, (sim.end - now).max(0.0), &slow, &fast)
}

/// A moment, in days: what is further apart is told apart by any rounding of times.
const MOMENT: f64 = 1e-6;

/// The time at which to look, from now on and at most so many days away, if belief falls as now and as fast as it can.
fn look_at(now: f64, most: f64, slow: &Descent, fast: &Descent) -> f64 {
    let shift = libm::floor(now) + 1.0;
    let after = |descent: &Descent| now + descent.days(most);
    // The very moment is asked for only where it counts: it is dear.
    if fast.fall > slow.fall && slow.surely_after(shift - now + MOMENT) {
        if shift - now <= most && fast.surely_before(shift - now - MOMENT) {
            return shift;
        }
        let earliest = fast.days(most);
        let look = (now + earliest).max(shift);
        return if slow.surely_after(earliest.min(most) + MOMENT) { look } else { look.min(after(slow)) };
    }
    let exact = after(slow);
    if exact <= shift { exact } else { exact.min(after(fast).max(shift)) }
}

/// Books when belief falls to the next level that matters to the file: a decision lapses, or a case is dropped.
pub(crate) fn book_fall(sim: &mut Sim, d: FileId) {
    if !sim.ever.falls {
        return;
    }
    let file = &sim.world.dossiers[d];
    let (c, key, old) = (file.service, file.key, file.fall);
    let t = &sim.p.countries[c];
    let level = if file.deciding {
        t.intervention.lapses_at()
    } else if file.status >= FileStatus::Open {
        t.subjects.dropped_at()
    } else {
        None
    };
    let at = level.map_or(f64::INFINITY, |level| falls_at(sim, file, level));
    match (old != Handle::NONE, at < f64::INFINITY) {
        (true, true) => sim.rebook(old, at),
        (true, false) => {
            sim.agenda.cancel(old);
            sim.world.dossiers[d].fall = Handle::NONE;
        }
        (false, true) => sim.world.dossiers[d].fall = sim.schedule(at, EventKind::BeliefFalls(d), key, 0),
        (false, false) => {}
    }
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
    (sortable(file.order), file.key, d)
}

/// By what a file is in order among those of its service: its evidence as it stands, in units that do not decay.
pub(crate) fn order(sim: &Sim, file: &Dossier) -> f64 {
    let lasting = lasting(sim, file);
    if lasting <= 0.0 {
        return file.score;
    }
    log_sum(file.score, libm::log(lasting) + sim.p.world.evidence.decay_per_day() * sim.now)
}

/// The hottest open files of a service, the hottest first.
pub(crate) fn hottest(sim: &Sim, c: CountryId, number: usize) -> Vec<FileId> {
    let state = &sim.world.countries[c];
    if !sim.ever.grouped {
        return state.files.iter().rev().take(number).map(|f| f.2).collect();
    }
    // Files of one group are in order; those of the other groups are few.
    let others = state.hot.len() + state.watched.len();
    let mut all: Vec<(u64, Key, FileId)> = state
        .files
        .iter()
        .rev()
        .take(number.saturating_add(others))
        .chain(&state.hot)
        .chain(&state.watched)
        .copied()
        .collect();
    for place in &mut all {
        place.0 = sortable(belief(sim, place.2));
    }
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    all.truncate(number);
    all.into_iter().map(|f| f.2).collect()
}

/// The hottest open file that nobody watches, among those that pass a test.
pub(crate) fn hottest_unwatched(sim: &Sim, c: CountryId, passes: impl Fn(FileId) -> bool) -> Option<FileId> {
    let state = &sim.world.countries[c];
    if !sim.ever.grouped {
        // Both lists are in the same order: those watched are passed over without a look at their files.
        let mut watched = state.watched.iter().rev().peekable();
        let unwatched = |file: &&(u64, Key, FileId)| watched.next_if_eq(file).is_none() && passes(file.2);
        return state.files.iter().rev().find(unwatched).map(|file| file.2);
    }
    let ordinary = state.files.iter().rev().map(|f| f.2).find(|&d| {
        let file = &sim.world.dossiers[d];
        file.status == FileStatus::Open && file.group == Group::Open && passes(d)
    });
    let hot = state.hot.iter().rev().map(|f| f.2).find(|&d| passes(d));
    match (ordinary, hot) {
        (Some(a), Some(b)) => Some(if belief(sim, a) > belief(sim, b) { a } else { b }),
        (a, b) => a.or(b),
    }
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
    use super::{Descent, log_sum, look_at, sortable};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn asking_for_the_very_moment_only_where_it_counts_changes_no_bit(
            now in -400.0..1_500.0_f64, most in 0.0..1_500.0_f64,
            fading in -2.0..8.0_f64, fade in 1e-3..0.1_f64, fall in 0.0..0.05_f64, more in prop_oneof![Just(0.0), 0.0..0.2_f64],
            lasting in prop_oneof![Just(0.0), 1e-6..3.0_f64], down in prop_oneof![1e-9..1e-3_f64, 1e-3..6.0_f64],
        ) {
            let slow = Descent { level: fading + lasting - down, fading, fade, fall, lasting, last: 0.0005 };
            let fast = Descent { fall: fall + more, ..slow };
            let (exact, shift) = (now + slow.days(most), now.floor() + 1.0);
            let plain = if exact <= shift { exact } else { exact.min((now + fast.days(most)).max(shift)) };
            prop_assert_eq!(look_at(now, most, &slow, &fast).to_bits(), plain.to_bits());
        }
    }

    #[test]
    fn evidence_adds_up_on_its_scale_and_sorts() {
        assert!((log_sum(2.0_f64.ln(), 3.0_f64.ln()) - 5.0_f64.ln()).abs() < 1e-15);
        assert_eq!(log_sum(f64::NEG_INFINITY, 1.5), 1.5);
        assert!((log_sum(5000.0, 5000.0) - 5000.0 - std::f64::consts::LN_2).abs() < 1e-12);
        let rising = [f64::NEG_INFINITY, -3.0, -1e-9, 0.0, 1e-9, 4.0, 5000.0];
        assert!(rising.windows(2).all(|w| sortable(w[0]) < sortable(w[1])));
    }
}
