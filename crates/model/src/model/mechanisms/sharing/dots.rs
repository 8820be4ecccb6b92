//! Dots not connected: fragments that together would have crossed the threshold, but in no single service did.
//!
//! Rule: at launch, the fragments seen up to a stated time before are added up with their decay. If the
//! sum over all services passes the threshold and no single service's sum for one person does, the plot
//! is a dot not connected. Beside it: innocent people whom the same pooled rule would have flagged,
//! counted once each. Accounting: changes no other number. Neutral: lookback so long that nothing is left.

use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, people, staff};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{FileId, PlotId};
use crate::model::state::{FileStatus, Fragment, mark};

crate::parameters! {
    /// The rule for dots not connected (model document, section 7); accounting only.
    Dots = "dots", "M28", World;
    neutral { lookback_days = 1e6 }
    /// Time before launch at which the fragments must have been there.
    lookback_days: Number(0.0, 1e6) = 7.0, "days", "assumed";
}

kept!(Dots:);

/// A lookback so long that nothing can be older switches the accounting off.
fn off(sim: &Sim) -> bool {
    sim.p.world.dots.lookback_days >= 1e6
}

/// Judges a plot at its launch.
pub(crate) fn at_launch(sim: &mut Sim, index: PlotId) {
    live!("dots");
    if off(sim) {
        return;
    }
    let decay = sim.p.world.evidence.decay_per_day();
    let plot = &sim.world.plots[index];
    let by = sim.now - sim.p.world.dots.lookback_days;
    let c = plot.preparation;
    if sim.p.countries[c].subjects.files_kept == 0.0 {
        return;
    }
    let threshold = staff::threshold(sim, c);
    let prior = sim.p.countries[c].subjects.prior_log_odds;
    let weigh = |f: &Fragment| f.weight * libm::exp(-decay * (by - f.time));
    let early: Vec<_> = plot.fragments.iter().filter(|f| f.time <= by).collect();
    let together: f64 = early.iter().map(|f| weigh(f)).sum();
    if prior + together <= threshold {
        return;
    }
    let alone = early.iter().any(|f| {
        let own: f64 = early.iter().filter(|g| g.service == f.service && g.person == f.person).map(|g| weigh(g)).sum();
        prior + own > threshold
    });
    if !alone {
        let (cause, target) = (plot.cause, plot.target);
        sim.world.plots[index].dot = true;
        sim.plot_fact(FactKind::DotNotConnected, index, cause, target, together);
    }
}

/// Judges somebody who is not plotting and on whom a sign was seen: with friends' files put together.
pub(crate) fn innocent(sim: &mut Sim, d: FileId) {
    live!("dots");
    if off(sim) {
        return;
    }
    let file = &sim.world.dossiers[d];
    let (c, id, cause) = (file.service, file.person, file.cause);
    let person = &sim.world.persons[id];
    if person.plot.is_some() || person.marks & mark::FLAGGED != 0 {
        return;
    }
    let (decay, now) = (sim.p.world.evidence.decay_per_day(), sim.now);
    let mut together = 0.0;
    for friend in people::members(sim, id) {
        for other in files::each(sim, friend) {
            if sim.world.dossiers[other].status >= FileStatus::Open {
                together += files::weight_now(&sim.world.dossiers[other], decay, now);
            }
        }
    }
    let threshold = staff::threshold(sim, c);
    let prior = sim.p.countries[c].subjects.prior_log_odds;
    if prior + together > threshold && files::belief(sim, d) <= threshold {
        let site = Site { country: c, ..Site::person(person) };
        sim.world.persons[id].marks |= mark::FLAGGED;
        sim.fact(FactKind::InnocentFlagged, cause, site, together);
    }
}
