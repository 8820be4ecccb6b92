//! The life of an undisturbed plot: gamma.

use super::super::case::{Case, CaseKey, Quantity, Values};
use super::super::measure::{lives, mean};
use super::{SHORT, per_million_per_year, setting, spans};

/// Plots that nobody looks for.
pub(super) static PLOT_LIFE: Case = Case {
    name: "plot-life",
    question: "Is the life of an undisturbed plot gamma with as many phases as tasks?",
    source: "sum of exponential stages: gamma; number in progress M/G/∞",
    keys: &[
        CaseKey::rate("arrival_per_day", 0.5, (0.01, 2_000.0), "plots that begin, per day"),
        CaseKey::whole("tasks", 2.0, (1.0, 100.0), "tasks of a plot"),
        CaseKey::rate("task_days", 20.0, (0.01, 2_000.0), "mean time for a task, in days"),
    ],
    quantities: &[
        Quantity::mean("life_mean", "mean life, in days", |r, v| lives(r, watched_days(v), |x| x)),
        Quantity::mean("life_square_mean", "mean of its square", |r, v| lives(r, watched_days(v), |x| x * x)),
        Quantity::mean("plots_mean", "mean number of plots in progress", |r, _| mean(r, "plots_in_progress_mean")),
    ],
    replications: 32,
    facts: false,
    expected: |v| {
        let (n, days) = (v.get("tasks"), v.get("task_days"));
        Ok(vec![n * days, n * (n + 1.0) * days * days, v.get("arrival_per_day") * n * days])
    },
    scenario: |v| {
        let (arrival, days) = (v.get("arrival_per_day"), v.get("task_days"));
        let body = format!(
            "\n[pathways]\nsudden_per_million_per_year = {:?}\n\n[work]\ntasks_inspired = {}\ntask_days = {days:?}\n\n\
             [detection]\nsearch_per_team_per_day = 0\n",
            per_million_per_year(arrival, 1e6),
            v.get("tasks") as u32,
        );
        let (warm_up, watched) = spans(arrival, 1.0 / longest(v) * super::FORGOTTEN, SHORT)?;
        Ok(setting("terror-queue.toml", (warm_up, watched + longest(v).ceil() as u32), body))
    },
};

/// A time that hardly any life reaches: with n tasks the tail beyond n + 12 √n + 25 tasks' time is below 10⁻¹¹.
fn longest(v: &Values) -> f64 {
    let n = v.get("tasks");
    (n + 12.0 * n.sqrt() + 25.0) * v.get("task_days")
}

/// Plots that begin so early that their end is seen.
fn watched_days(v: &Values) -> f64 {
    (PLOT_LIFE.scenario)(v).map_or(0.0, |s| f64::from(s.days) - longest(v).ceil())
}
