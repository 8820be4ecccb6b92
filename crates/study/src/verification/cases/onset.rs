//! Onset without peers: a Poisson process.

use super::super::case::{Case, CaseKey, Quantity, Values};
use super::super::measure::{Reading, monthly, outcome, share};
use super::{MONTHS, per_million_per_year, setting, spans};
use forestall_model::month_starts;

/// Residents who become sympathisers unprompted.
pub(super) static POISSON_ONSET: Case = Case {
    name: "poisson-onset",
    question: "Is onset without peers a Poisson process?",
    source: "pure birth at a constant rate: counts are Poisson",
    keys: &[CaseKey::rate("onset_per_day", 1.0, (0.01, 2_000.0), "residents who become sympathisers, per day")],
    quantities: &[
        Quantity::mean("onset_per_day", "onsets per day", |r, v| {
            share(outcome(r, "residents_radicalised"), f64::from(days(v)))
        }),
        Quantity::mean("dispersion", "squared deviation of a month's onsets from their mean ÷ that mean", dispersion),
    ],
    replications: 32,
    facts: false,
    expected: |v| Ok(vec![v.get("onset_per_day"), 1.0]),
    scenario: |v| {
        let body = format!(
            "\n[[countries]]\ncode = \"A\"\nname = \"Country A\"\nresidents = 2_000_000_000\n\
             neighbourhood_residents = 1_000_000_000\nreceptivity_skew = 0\n\n[onset]\n\
             spontaneous_per_million_per_year = {:?}\n",
            per_million_per_year(v.get("onset_per_day"), 2e9)
        );
        // Nothing leaves, so there is no start to forget.
        let (_, days) = spans(v.get("onset_per_day"), 1.0, MONTHS)?;
        Ok(setting("neutral-world.toml", (0, days), body))
    },
};

fn days(v: &Values) -> u32 {
    (POISSON_ONSET.scenario)(v).map_or(0, |s| s.days)
}

/// By the known mean, so that months of unequal length do no harm.
fn dispersion(rows: &Reading, v: &Values) -> (f64, f64) {
    let start = jiff::civil::date(2000, 1, 1);
    let end = f64::from(days(v));
    let mut starts: Vec<f64> =
        month_starts(start, forestall_model::date_after(start, end)).into_iter().map(|m| m.0).collect();
    starts.push(end);
    let stock = monthly(rows, "sympathisers");
    let (mut before, mut sum) = (0.0, 0.0);
    for (month, &now) in stock.iter().enumerate() {
        let mean = v.get("onset_per_day") * (starts[month + 1] - starts[month]);
        sum += (now - before - mean).powi(2) / mean;
        before = now;
    }
    (sum, stock.len() as f64)
}
