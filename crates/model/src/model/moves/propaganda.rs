//! How much online propaganda a country hears in its languages.

use crate::model::parameters::Parameters;
use crate::model::sim::Sim;
use crate::model::state::ids::{CountryId, LanguageId};

/// The volume of propaganda in the languages that a country speaks, against its own level.
pub(crate) fn heard(sim: &Sim, c: CountryId) -> f64 {
    // Not a sum of shares where every language has the same: rounding would move each recruit a little.
    let volume = |language: LanguageId| sim.p.languages.get(language).map_or(1.0, |l| l.propaganda_factor);
    let spoken = &sim.country_languages[c];
    let first = spoken.first().map_or(1.0, |s| volume(s.0));
    if spoken.iter().all(|s| volume(s.0) == first) {
        return first;
    }
    let whole: f64 = spoken.iter().map(|s| s.1).sum();
    spoken.iter().map(|s| volume(s.0) * s.1).sum::<f64>() / whole
}

/// The greatest volume of propaganda in any language: no country hears more.
pub(crate) fn loudest(p: &Parameters) -> f64 {
    p.languages.iter().map(|l| l.propaganda_factor).reduce(f64::max).unwrap_or(1.0)
}
