//! Fighters abroad: M/M/∞.

use super::super::case::{Case, CaseKey, Quantity};
use super::super::measure::{month_ends, outcome, over_time, share};
use super::{MONTHS, per_million_per_year, per_year, setting, spans};

/// People who leave, stay for an exponential time, and die or come back.
pub(super) static FIGHTERS: Case = Case {
    name: "fighters-abroad",
    question: "Is the number of fighters abroad M/M/∞?",
    source: "M/M/∞: Poisson with mean λ ⁄ (death + return)",
    keys: &[
        CaseKey::rate("arrival_per_day", 0.5, (0.01, 2_000.0), "people who set out, per day"),
        CaseKey::rate("death_per_day", 0.01, (0.0, 0.27), "death of one fighter, per day"),
        CaseKey::rate("return_per_day", 0.02, (0.0, 0.27), "return of one fighter, per day"),
    ],
    quantities: &[
        Quantity::mean("abroad_mean", "mean number abroad, at the ends of months", |r, _| {
            over_time(r, month_ends(r, "fighters_abroad", |x| x))
        }),
        Quantity::mean("abroad_square_mean", "mean of its square", |r, _| {
            over_time(r, month_ends(r, "fighters_abroad", |x| x * x))
        }),
        Quantity::mean("returned_share", "share that returns", |r, _| {
            let returned = outcome(r, "fighters_returned");
            share(returned, returned + outcome(r, "fighters_died"))
        }),
    ],
    replications: 32,
    facts: false,
    expected: |v| {
        let (death, back) = (v.get("death_per_day"), v.get("return_per_day"));
        let mean = v.get("arrival_per_day") / (death + back);
        Ok(vec![mean, mean + mean * mean, back / (death + back)])
    },
    scenario: |v| {
        let (arrival, death, back) = (v.get("arrival_per_day"), v.get("death_per_day"), v.get("return_per_day"));
        // So many residents that those who have left are not missed; stages before leaving are short, and a Poisson
        // stream stays one when each person is delayed independently.
        let body = format!(
            "\n[[countries]]\ncode = \"A\"\nname = \"Country A\"\nresidents = 2_000_000_000\n\
             neighbourhood_residents = 1_000_000_000\nreceptivity_skew = 0\n\n[[movements]]\ncode = \"only\"\n\
             name = \"Only movement\"\nholds_territory = true\n\n[onset]\nspontaneous_per_million_per_year = {:?}\n\n\
             [stages]\nfast_share = 1\nfast_commit_per_year = 100\n\n[travel]\nper_year = 100\nfriend_joins_share = 0\n\
             family_tip_share = 0\npassport_ban_share = 0\nexit_check_share = 0\n\n[abroad]\ndeath_per_year = {:?}\n\n\
             [returns]\nper_year = {:?}\n",
            per_million_per_year(arrival, 2e9),
            per_year(death),
            per_year(back),
        );
        Ok(setting("neutral-world.toml", spans(arrival, (death + back).min(0.1), MONTHS)?, body))
    },
};
