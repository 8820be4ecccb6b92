//! M5: several movements, each between command and influence, that load the same services.
//!
//! Rule: a movement scales the rates of its own people and plots; its command style c adds
//! c × `work.command_extra_tasks` tasks, c × `work.command_extra_members` people and c ×
//! `secrecy.cells_mean` further cells to its directed plots. Only a movement that holds territory has
//! fighters abroad and virtual entrepreneurs; several may, each with fighters, a branch that sends them (M11) and
//! recruiters in person of its own. Every scale can change by date. Neutral: a second movement with zero scales.
//! Source: F9 (command: large, slow, many pieces; influence: small, quick), F10 (other movements).

use crate::model::kinds::kept::kept;
use crate::model::sim::live;

crate::parameters! {
    /// Attributes of one movement (M5): organisational style and scales against the first movement.
    MovementEntry = "movements", "M5", MovementEntry;
    neutral { onset_scale = 0.0, stock_scale = 0.0, plot_scale = 0.0, tip_scale = 0.0, recruiter_scale = 0.0, dispatch_scale = 0.0 }
    first_day { recruiter_scale, fighters_scale }
    counted_day { stock_scale }
    /// Between a network of influence (0) and a network of command (1).
    command_style: Share = 0.2, "share", "F9";
    /// Whether it holds territory: fighters, training and virtual entrepreneurs exist only then.
    holds_territory: Switch = 1.0, "switch", "F13";
    /// Multiplies every onset rate.
    onset_scale: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Multiplies the first-day stocks of sympathisers and committed.
    stock_scale: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Multiplies the rate at which the committed start plots.
    plot_scale: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Multiplies the rate at which its people are reported.
    tip_scale: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Multiplies the recruiters in person of the first day.
    recruiter_scale: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Multiplies the dispatch of its trained people.
    dispatch_scale: Number(0.0, 100.0) = 1.0, "factor", "assumed, after F9";
    /// Fighters abroad and returnees of the stock of a further movement that holds territory, against the first that does.
    fighters_scale: Number(0.0, 100.0) = 0.0, "factor", "assumed, after F9";
    /// Whether the published plot counts that facts are taken from cover it.
    in_published_counts: Switch = 1.0, "switch", "F20";
}

kept!(MovementEntry: OnsetClocks, TravelClocks, SelfStartClocks, LeadClocks, DispatchClock);

impl MovementEntry {
    /// How strongly the movement is led by command, from 0 to 1.
    pub(crate) fn style(&self) -> f64 {
        live!("movements", 0.0);
        self.command_style
    }

    /// The factor on the movement's onset.
    pub(crate) fn onset_factor(&self) -> f64 {
        live!("movements", 1.0);
        self.onset_scale
    }
}
