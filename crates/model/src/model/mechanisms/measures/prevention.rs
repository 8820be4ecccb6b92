//! Community prevention: less onset and more desistance among those it reaches.
//!
//! Rule: onset × (1 − reach × cut), desistance of sympathisers × (1 + reach × gain). Sizes assumed; no
//! robust evidence of effect sizes exists, so treat results as if-then statements. Neutral: reach 0.

use crate::model::kinds::kept::kept;
use crate::model::sim::live;

crate::parameters! {
    /// Community prevention (lever).
    Prevention = "prevention", "lever", Country;
    neutral { reach_share = 0.0 }
    /// Share of people whom programmes reach.
    reach_share: Share = 0.0, "share", "lever";
    /// Share of onset that a programme prevents among those reached.
    onset_cut_share: Share = 0.2, "share", "assumed";
    /// Rise of the desistance rate among those reached.
    desistance_gain: Number(0.0, 100.0) = 0.3, "factor", "assumed";
}

kept!(Prevention: OnsetClocks, StageClocks, CostRates);

impl Prevention {
    /// The factor on onset.
    pub(crate) fn onset_factor(&self) -> f64 {
        live!("prevention", 1.0);
        1.0 - self.reach_share * self.onset_cut_share
    }

    /// The factor on desistance.
    pub(crate) fn desistance_factor(&self) -> f64 {
        live!("prevention", 1.0);
        1.0 + self.reach_share * self.desistance_gain
    }
}
