//! How the other side answers policies: substitution of pathway and of country; off, middle or high.
//!
//! Rule: at level a (0, ½, 1), people whose recruiter was removed plot alone with chance a × share, and
//! the weight of a target country falls with its recent foils, 1 ⁄ (1 + a × avoidance × foils).
//! Sizes assumed; reports compare the levels. Neutral: off.

use crate::model::kinds::kept::kept;
use crate::model::sim::live;

crate::parameters! {
    /// Answers of the other side (model document, section 7c rule 9).
    Adaptation = "adaptation", "7c.9", World;
    neutral { response = 0.0 }
    /// How strongly the other side answers.
    response: Choice(&["off", "middle", "high"]) = 1.0, "choice", "assumed";
    /// Of those whose recruiter is removed, the share who plot alone under a high response.
    alone_share: Share = 0.1, "share", "assumed";
    /// How strongly recent foils lower a country's weight as a target under a high response.
    avoidance: Number(0.0, 100.0) = 0.2, "per recent foil", "assumed";
}

kept!(Adaptation:);

impl Adaptation {
    fn level(&self) -> f64 {
        live!("adaptation", 0.0);
        0.5 * self.response
    }

    /// Chance that a contact whose recruiter is removed plots alone.
    pub(crate) fn self_start_share(&self) -> f64 {
        self.level() * self.alone_share
    }

    /// How strongly recent foils turn plots away.
    pub(crate) fn turned_away(&self) -> f64 {
        self.level() * self.avoidance
    }
}
