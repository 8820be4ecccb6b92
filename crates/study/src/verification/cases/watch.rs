//! Files that wait for finite teams: M/M/c.

use super::super::birth_death::erlang_a;
use super::super::case::{Case, CaseKey, Quantity};
use super::super::measure::{mean, month_ends, over_time};
use super::{MONTHS, per_million_per_year, setting, spans};

/// Files on people in front of teams; nobody gives up.
pub(super) static SURVEILLANCE: Case = Case {
    name: "surveillance",
    question: "Are files in front of surveillance teams the M/M/c queue?",
    source: "Erlang (1917); M/M/c",
    keys: &[
        CaseKey::rate("arrival_per_day", 1.0, (0.01, 2_000.0), "files that are opened, per day"),
        CaseKey::rate("service_per_day", 0.3, (1e-4, 1e6), "files that one team finishes, per day"),
        CaseKey::whole("teams", 4.0, (1.0, 10_000.0), "teams, each with the officers to finish what it watches"),
    ],
    quantities: &[
        Quantity::mean("busy_mean", "mean number of teams that watch", |r, _| mean(r, "teams_busy_mean")),
        Quantity::mean("files_mean", "mean number of open files, at the ends of months", |r, _| {
            over_time(r, month_ends(r, "subjects_open", |x| x))
        }),
    ],
    replications: 32,
    facts: false,
    expected: |v| {
        let q = erlang_a(v.get("arrival_per_day"), v.get("service_per_day"), v.get("teams") as u32, 0.0)?;
        Ok(vec![q.busy, q.busy + q.waiting])
    },
    scenario: |v| {
        let (arrival, service, teams) = (v.get("arrival_per_day"), v.get("service_per_day"), v.get("teams"));
        let forgets = service.min(((teams * service).sqrt() - arrival.sqrt()).powi(2));
        // As many files can be acted on at a time as there are teams.
        let body = format!(
            "\n[pathways]\nsudden_per_million_per_year = 0\n\n[leads]\nfalse_per_million_per_year = {:?}\n\n[triage]\n\
             specificity = 0\nresident_file_share = 1\n\n[services]\nsurveillance_officers = {}\ncase_officers = {}\n\n\
             [intervention]\nthreshold_log_odds = -10\nexecute_per_day = {service:?}\nofficers_per_intervention = 1\n",
            per_million_per_year(arrival, 1e6),
            teams as u32,
            teams as u32,
        );
        Ok(setting("terror-queue.toml", spans(arrival, forgets, MONTHS)?, body))
    },
};
