//! The triage desk: Erlang-A, and Little's law on desk and plots.

use super::super::VerificationError;
use super::super::birth_death::erlang_a;
use super::super::case::{Case, CaseKey, Quantity, Setting, Values};
use super::super::measure::{mean, month_ends, outcome, share};
use super::{MONTHS, per_million_per_year, setting, spans};

const ARRIVAL: CaseKey = CaseKey::rate("arrival_per_day", 1.0, (0.01, 2_000.0), "leads that arrive, per day");
const SERVICE: CaseKey =
    CaseKey::rate("service_per_day", 0.25, (1e-4, 1e6), "leads that one analyst assesses, per day");
const SERVERS: CaseKey = CaseKey::whole("servers", 5.0, (1.0, 100_000.0), "analysts");
const PATIENCE: CaseKey =
    CaseKey::rate("patience_per_day", 0.1, (0.0, 1e6), "rate at which a waiting lead goes stale, per day");

/// Leads that give up, in front of analysts.
pub(super) static ERLANG_A: Case = Case {
    name: "erlang-a",
    question: "Is the triage of leads the Erlang-A queue?",
    source: "Palm (1957); Mandelbaum and Zeltyn (2007)",
    keys: &[ARRIVAL, SERVICE, SERVERS, PATIENCE],
    quantities: &[
        Quantity::mean("abandon_share", "share of leads that go stale", |r, _| {
            share(outcome(r, "leads_stale"), outcome(r, "leads_received"))
        }),
        Quantity::mean("queue_mean", "mean number of leads that wait", |r, _| mean(r, "triage_queue_mean")),
        Quantity::mean("busy_mean", "mean number of busy analysts", |r, _| mean(r, "analysts_busy_mean")),
        Quantity::mean("wait_share", "share of leads that have to wait", |r, _| {
            let leads = outcome(r, "leads_received");
            share(outcome(r, "leads_waited_share") * leads, leads)
        }),
    ],
    replications: 32,
    facts: false,
    expected: |v| {
        let q = queue(v)?;
        Ok(vec![q.abandon, q.waiting, q.busy, q.delayed])
    },
    scenario: |v| desk(v, ""),
};

/// Number in the system against arrivals × time in it, counted apart.
pub(super) static LITTLES_LAW: Case = Case {
    name: "littles-law",
    question: "Is the mean number in a queue the arrivals times the mean stay?",
    source: "Little (1961): L = λ W, without any assumption on the law of stays",
    // As many arrive as can be served, so that the queue is seldom empty and its mean soon known.
    keys: &[ARRIVAL, SERVICE, CaseKey { default: 4.0, ..SERVERS }, PATIENCE],
    quantities: &[
        Quantity::mean("queue_ratio", "leads that wait at the ends of months ÷ sum of waits per day", |r, _| {
            share(month_ends(r, "queue_length", |x| x), outcome(r, "triage_queue_mean"))
        }),
        Quantity::mean("busy_ratio", "busy analysts over time ÷ (leads served per day × mean assessment)", |r, v| {
            let served = outcome(r, "leads_received") - outcome(r, "leads_stale");
            let days = f64::from(desk(v, "").map_or(0, |s| s.days));
            share(outcome(r, "analysts_busy_mean"), served / days / v.get("service_per_day"))
        }),
        Quantity::mean("plots_ratio", "plots in progress at the ends of months ÷ sum of lives per day", |r, _| {
            share(month_ends(r, "plots_in_progress", |x| x), outcome(r, "plots_in_progress_mean"))
        }),
    ],
    replications: 200,
    facts: false,
    expected: |v| {
        queue(v)?;
        Ok(vec![1.0; 3])
    },
    // Plots of three tasks run beside the desk, undisturbed.
    scenario: |v| {
        desk(
            v,
            "\n[pathways]\nsudden_per_million_per_year = 365.25\n\n[work]\ntasks_inspired = 3\ntask_days = 5\n\
             completion_log_odds = 50\n\n[grievance]\nonset_response = 0\n",
        )
    },
};

fn queue(v: &Values) -> Result<super::super::birth_death::Queue, VerificationError> {
    let (arrival, service) = (v.get("arrival_per_day"), v.get("service_per_day"));
    erlang_a(arrival, service, v.get("servers") as u32, v.get("patience_per_day"))
}

fn desk(v: &Values, more: &str) -> Result<Setting, VerificationError> {
    queue(v)?;
    let (arrival, service) = (v.get("arrival_per_day"), v.get("service_per_day"));
    let (servers, patience) = (v.get("servers"), v.get("patience_per_day"));
    // With impatience every lead leaves at least at the smaller rate. Without, the queue forgets its start at the
    // rate of the busiest queue, (√(c s) − √λ)².
    let forgets = if patience > 0.0 {
        service.min(patience)
    } else {
        service.min(((servers * service).sqrt() - arrival.sqrt()).powi(2))
    };
    let body = format!(
        "\n[leads]\nfalse_per_million_per_year = {:?}\nafter_attack_factor = 0\n\n[triage]\ndiscrimination = 0\n\
         assessments_per_analyst_per_day = {service:?}\nstale_per_day = {patience:?}\nspecificity = 1\n\n[services]\n\
         analysts = {}\nother_work_share = 0\n{more}",
        per_million_per_year(arrival, 1e6),
        servers as u32,
    );
    Ok(setting("erlang-a.toml", spans(arrival, forgets, MONTHS)?, body))
}
