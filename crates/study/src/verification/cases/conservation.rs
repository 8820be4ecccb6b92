//! Nobody is lost: people counted out of one state are counted into another.

use super::super::VerificationError;
use super::super::case::{Case, CaseKey, Quantity, Setting, Values};
use super::super::measure::{at_end, outcome, over_time};
use super::{per_million_per_year, per_year, setting};

/// Onset, contagion, commitment, desistance, travel, death and return, all at once.
pub(super) static PEOPLE: Case = Case {
    name: "conservation",
    question: "Is everybody who enters a state found in a state again?",
    source: "an identity: what goes in is in or has gone out",
    keys: &[
        CaseKey::rate("onset_per_day", 1.0, (0.0, 100.0), "residents who become sympathisers, per day"),
        CaseKey::rate("leave_per_day", 0.02, (0.0, 0.27), "every way out of every state, per day"),
        CaseKey::whole("first_sympathisers", 100.0, (0.0, 100_000.0), "sympathisers on the first day"),
    ],
    quantities: &[
        Quantity::exact("home_unaccounted", "sympathisers and committed people who are nowhere", |r, v| {
            // Whose plot dissolves is committed from then on; these plotters are alone and were nothing before.
            let came =
                v.get("first_sympathisers") + outcome(r, "residents_radicalised") + outcome(r, "plots_dissolved");
            let left = outcome(r, "desisted") + outcome(r, "fighters_departed");
            over_time(r, (came - left - outcome(r, "sympathisers") - at_end(r, "committed")).abs())
        }),
        Quantity::exact("abroad_unaccounted", "fighters who are nowhere", |r, _| {
            let left = outcome(r, "fighters_died") + outcome(r, "fighters_returned");
            over_time(r, (outcome(r, "fighters_departed") - left - outcome(r, "fighters_abroad")).abs())
        }),
        Quantity::exact("plots_unaccounted", "plots that are nowhere", |r, _| {
            let ended = outcome(r, "attacks_completed")
                + outcome(r, "attacks_failed")
                + outcome(r, "plots_foiled")
                + outcome(r, "plots_dissolved");
            over_time(r, (outcome(r, "plots_started") - ended - outcome(r, "plots_in_progress")).abs())
        }),
    ],
    replications: 16,
    facts: false,
    expected: |_| Ok(vec![0.0; 3]),
    scenario,
};

fn scenario(v: &Values) -> Result<Setting, VerificationError> {
    let rate = per_year(v.get("leave_per_day"));
    let body = format!(
        "\n[[movements]]\ncode = \"only\"\nname = \"Only movement\"\nholds_territory = true\n\n[start]\n\
         sympathisers = {}\n\n[onset]\nspontaneous_per_million_per_year = {:?}\n\n[peers]\n\
         introductions_per_year = {:?}\ncircle_size_most = 4\n\n[stages]\nfast_share = 0.5\n\
         fast_commit_per_year = {rate:?}\nslow_commit_per_year = {:?}\ndesist_sympathiser_per_year = {rate:?}\n\
         desist_committed_per_year = {rate:?}\n\n[travel]\nper_year = {rate:?}\n\n[abroad]\ndeath_per_year = {rate:?}\n\n\
         [returns]\nper_year = {rate:?}\n\n[pathways]\nsudden_per_million_per_year = 50\n\n[work]\n\
         dissolve_per_year = 1\ncompletion_log_odds = 0\n",
        v.get("first_sympathisers") as u32,
        per_million_per_year(v.get("onset_per_day"), 1e6),
        0.3 * rate,
        0.2 * rate,
    );
    Ok(setting("neutral-world.toml", (0, 730), body))
}
