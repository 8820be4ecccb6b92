//! M22, linking: analysts join what their own service already holds on people who belong together.
//!
//! Rule: a share of a service's analysts goes through its files. A plot prepared in the country of which the
//! service has files or records on two members or more is joined at the hazard analysts × files a day × (known
//! members − 1) ⁄ open files: random search, so that more files take longer (Koopman), and once. What the files on its
//! members hold in favour is then added up in the hottest, of which the others are opened if they were not. The
//! rate follows staff and files at the daily shift. Analysts err: at a rate each they see a link where there is
//! none, and a file taken at random gains the weight of a sign. Sources: F44 (what was held and never put
//! together), F6; rates assumed. Neutral: share 0.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::files;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, FileId, MovementId, PersonId, PlotId};
use crate::model::state::{Channel, Ending, FileStatus};

crate::parameters! {
    /// Analysts who join what the service holds (M22).
    Linking = "linking", "M22", Country;
    neutral { analysts_share = 0.0 }
    /// Share of the analysts that joins files and does not assess leads.
    analysts_share: Share = 0.0, "share", "lever, assumed: none";
    /// Files that one of them goes through in a day.
    files_per_analyst_per_day: Number(0.0, 1e6) = 5.0, "files per analyst and day", "assumed";
    /// Links that one of them sees where there is none.
    mistakes_per_analyst_per_year: Number(0.0, 1e6) = 2.0, "per analyst and year", "assumed, after F42";
}

kept!(Linking: Desk, LinkingClocks);

/// Analysts who join files.
fn analysts(sim: &Sim, c: CountryId) -> f64 {
    sim.p.countries[c].linking.analysts_share * sim.p.countries[c].services.analysts_in_full()
}

/// Sets the clock of mistaken links to the staff in force.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("linking");
    let rate = analysts(sim, c) * sim.p.countries[c].linking.mistakes_per_analyst_per_year / DAYS_PER_YEAR;
    sim.set_clock(ClockKind::Misjoined, c, MovementId::default(), Hazard::constant(rate));
}

/// Books the country's next mistaken link.
pub(crate) fn await_mistake(sim: &mut Sim, c: CountryId, occasion: u32) {
    if !sim.ever.links {
        return;
    }
    let key = sim.world.countries[c].key.child(Decision::NameSource.number(), 128);
    let threshold = sim.threshold(key, Decision::Misjoined, occasion);
    let clock = sim.clock(ClockKind::Misjoined, c, MovementId::default());
    sim.world.clocks[clock].join(sim.now, key.bits(), u32::from(c.0), occasion, threshold, 1.0);
    sim.touch(ClockKind::Misjoined, clock);
}

/// Analysts see a link where there is none: a file taken at random gains the weight of a sign.
pub(crate) fn misjoined(sim: &mut Sim, c: CountryId, occasion: u32) {
    await_mistake(sim, c, occasion + 1);
    live!("linking");
    let files = &sim.world.countries[c].files;
    let keys = files.iter().map(|f| f.1);
    let Some(won) = sim.draws.choose_evenly(Decision::MisjoinedFile.number(), occasion, keys) else { return };
    let Some(d) = files.iter().nth(won).map(|f| f.2) else { return };
    let file = &sim.world.dossiers[d];
    let (id, cause) = (file.person, file.cause);
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::FileMisjoined, cause, site, 1.0);
    sim.world.dossiers[d].cause = fact;
    let weight = sim.p.countries[c].detection.weight();
    sim.add_evidence(d, weight, Channel::LinkAnalysis);
}

/// A plot begins: nothing of it can be joined yet.
pub(crate) fn begin(sim: &mut Sim, index: PlotId) {
    if !sim.ever.links {
        return;
    }
    let key = sim.world.plots[index].key;
    let threshold = sim.threshold(key, Decision::Joined, 0);
    let at = sim.schedule(f64::INFINITY, EventKind::FilesJoined(index), key, 0);
    let now = sim.now;
    let plot = &mut sim.world.plots[index];
    plot.joining = Countdown::start(now, threshold, Hazard::ZERO);
    plot.joining_at = at;
}

/// The members of a plot of whom a service has a file or a record of its own.
fn known(sim: &Sim, index: PlotId, c: CountryId) -> Vec<PersonId> {
    let known = |&id: &PersonId| files::dossier(sim, c, id).is_some() || sim.world.persons[id].records & c.bit() != 0;
    sim.world.plots[index].members.iter().copied().filter(known).collect()
}

/// The daily shift: how fast analysts join what they hold on each plot, at today's staff and files.
pub(crate) fn shift(sim: &mut Sim, c: CountryId) {
    if !sim.ever.links {
        return;
    }
    live!("linking");
    let (staff, each) = (analysts(sim, c), sim.p.countries[c].linking.files_per_analyst_per_day);
    let open = f64::from(sim.world.countries[c].open_cases).max(1.0);
    let plots: Vec<PlotId> = sim.world.countries[c].plots.iter().map(|p| p.1).collect();
    for index in plots {
        let pairs = known(sim, index, c).len().saturating_sub(1) as f64;
        let now = sim.now;
        let plot = &mut sim.world.plots[index];
        if plot.joining_at != Handle::NONE && plot.joining.set(now, Hazard::constant(staff * each * pairs / open)) {
            let (at, due) = (plot.joining_at, plot.joining.due());
            sim.rebook(at, due);
        }
    }
}

/// Analysts have joined what the service holds on the members of a plot.
pub(crate) fn joined(sim: &mut Sim, index: PlotId) {
    let plot = &mut sim.world.plots[index];
    plot.joining_at = Handle::NONE;
    let (c, ending) = (plot.preparation, plot.ending);
    live!("linking");
    if ending != Ending::InProgress {
        return;
    }
    let known = known(sim, index, c);
    for &id in &known {
        let cause = sim.world.plots[index].cause;
        sim.open_file(c, id, Channel::LinkAnalysis, 0.0, cause);
    }
    let files: Vec<FileId> = known
        .iter()
        .filter_map(|&id| files::dossier(sim, c, id))
        .filter(|&d| sim.world.dossiers[d].status >= FileStatus::Open)
        .collect();
    let hottest = files.iter().copied().reduce(|a, b| if files::held(sim, b) > files::held(sim, a) { b } else { a });
    let Some(hottest) = hottest else { return };
    let others: f64 = files.iter().filter(|&&d| d != hottest).map(|&d| files::held(sim, d).max(0.0)).sum();
    let file = &sim.world.dossiers[hottest];
    let (id, cause) = (file.person, file.cause);
    let plot = sim.world.plots[index].key;
    let site = Site { country: c, plot, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::FilesJoined, cause, site, others);
    sim.world.dossiers[hottest].cause = fact;
    sim.add_evidence(hottest, others, Channel::LinkAnalysis);
}
