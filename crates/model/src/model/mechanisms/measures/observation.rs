//! M31: what the public record would show of what happened.
//!
//! Rule: an attempt is always published; a foiled plot with a chance. A published plot counts as directed
//! online or dispatched only if the link is found in time, otherwise as inspired; the group's claim can
//! make an inspired one look directed. A sting case is published as a foiled, inspired (lone) plot with a
//! chance. A dataset includes a published plot in its category with a chance. Only movements that the
//! counts cover are counted. Accounting: changes no other number. Sources: F3, F20–F22, F28; shares
//! assumed. Neutral: everything is published as it is (shares 1, claims and stings 0).

use crate::engine::draw::Draws;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::kept::kept;
use crate::model::record::PlotRecord;
use crate::model::sim::live;
use crate::model::state::Ending;
use crate::model::state::Pathway;

crate::parameters! {
    /// How the public record departs from what happened (M31); accounting only.
    Observation = "observation", "M31", World;
    neutral { foiled_published_share = 1.0, link_found_share = 1.0, claimed_share = 0.0, sting_counted_lone_share = 0.0, included_share = 1.0 }
    /// Chance that a foiled plot is published.
    foiled_published_share: Share = 0.75, "share", "assumed, after F28";
    /// Chance that a link to those who directed a plot is found.
    link_found_share: Share = 0.85, "share", "assumed, after F3";
    /// Chance that an inspired attack is claimed and counted as directed online.
    claimed_share: Share = 0.1, "share", "assumed";
    /// Chance that a sting case is published as a foiled lone plot.
    sting_counted_lone_share: Share = 0.5, "share", "F3, size assumed";
    /// Chance that a dataset's definition includes a published plot.
    included_share: Share = 0.85, "share", "F22, size assumed";
}

kept!(Observation:);

/// A plot as the public record shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Whether an attempt was seen; otherwise it was foiled.
    pub launched: bool,
    /// The pathway that it is counted under.
    pub pathway: Pathway,
}

/// What the record shows of a plot; `None` if it shows nothing.
pub(crate) fn observe(p: &Observation, draws: &Draws, plot: &PlotRecord) -> Option<Observed> {
    live!("observation", None);
    let launched = matches!(plot.ending, Ending::Completed | Ending::Failed);
    let share = match plot.ending {
        Ending::Completed | Ending::Failed => 1.0,
        Ending::Foiled if plot.sting => p.sting_counted_lone_share,
        Ending::Foiled => p.foiled_published_share,
        Ending::InProgress | Ending::Dissolved => return None,
    };
    let decides = |decision: Decision, share: f64| draws.chance(plot.key, decision.number(), 0, share);
    if !decides(Decision::Reported, share) || !decides(Decision::CategoryIncluded, p.included_share) {
        return None;
    }
    let directed = plot.pathway != Pathway::Inspired;
    let unlinked = plot.sting || (directed && !decides(Decision::LinkPublished, p.link_found_share));
    let pathway = if unlinked {
        Pathway::Inspired
    } else if !directed && launched && decides(Decision::Claimed, p.claimed_share) {
        Pathway::OnlineDirected
    } else {
        plot.pathway
    };
    Some(Observed { launched, pathway })
}
