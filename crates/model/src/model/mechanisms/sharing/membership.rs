//! M29: who is a member of the pooled database, from when, and whether a transit partner warns.
//!
//! Rule: membership is a switch per country that dated changes set; a country that joins brings its
//! records in, after the lag. A transit partner warns while its switch is on. Neutral: nobody is a member.
//! Source: F5 (a named working group from September 2014), F7.

use crate::model::kinds::kept::kept;
use crate::model::sim::live;

crate::parameters! {
    /// Members of the pooled database and warning partners (M29).
    Membership = "membership", "M29", Country;
    neutral { pool_member = 0.0, warns_partners = 0.0 }
    /// Whether the country is a member of the pooled database.
    pool_member: Switch = 0.0, "switch", "F5";
    /// Whether the country, as a transit partner, warns of people passing through.
    warns_partners: Switch = 0.0, "switch", "F7";
}

kept!(Membership: CostRates);

impl Membership {
    /// Whether the service is a member now.
    pub(crate) fn member(&self) -> bool {
        live!("membership", false);
        self.pool_member != 0.0
    }

    /// Whether the country, as a transit partner, warns now.
    pub(crate) fn warns(&self) -> bool {
        live!("membership", false);
        self.warns_partners != 0.0
    }
}
