//! M30, plots in progress on the first counted day: how far they are, that counts balance, and that nothing is an
//! artefact of the start.

use forestall_model::{Ending, FactKind as K, Pathway, Plan};

use super::{HOLDS, binomial, expect, mean, number, told, until};
use crate::worlds;

/// Plots start, work, dissolve and are found at constant rates; who is found is taken at once.
const STEADY: [&str; 17] = [
    "pathways.sudden_per_million_per_year=30",
    "work.tasks_inspired=4",
    "work.task_days=60",
    "work.dissolve_per_year=0.36525",
    "work.completion_log_odds=50",
    "services.surveillance_officers=50",
    "services.officers_per_team=1",
    "services.case_officers=100000",
    "services.other_work_share=0",
    "detection.search_per_team_per_day=0.0001",
    "subjects.files_kept=true",
    "subjects.watch_log_odds=50",
    "subjects.cases_per_officer=0",
    "subjects.review_per_year=0",
    "intervention.threshold_log_odds=0",
    "intervention.execute_per_day=1000",
    "intervention.officers_per_intervention=0",
];

/// Tasks a day, plots found a day, plots dissolved a day, of a plot in that world.
const RATES: (f64, f64, f64) = (1.0 / 60.0, 0.005, 0.001);

/// Mean number of plots in progress: the rate of starts by the mean life.
fn in_balance() -> f64 {
    let (work, found, dissolved) = RATES;
    let stays = work / (work + found + dissolved);
    let life = (1.0 - stays.powi(4)) / (found + dissolved);
    30.0 / 365.25 * life
}

/// The share of plots foiled among foiled and launched, in any year of a world without beginning.
fn balanced_share() -> f64 {
    let (work, found, dissolved) = RATES;
    let launched = (work / (work + found + dissolved)).powi(4);
    let foiled = found / (found + dissolved) * (1.0 - launched);
    foiled / (foiled + launched)
}

/// The steady world for three years, with so many plots on its first day.
fn steady(plots: f64) -> Plan {
    let (stock, found) = (format!("plots_at_start.inspired={plots}"), "plots_at_start.found_per_year=1.82625");
    until("2012-12-31", "", &[&STEADY[..], &[stock.as_str(), found]].concat())
}

/// Foiled and ended (foiled or launched) by the year of the end, over many replications.
fn by_year_of_end(plan: &Plan, replications: u64) -> [(usize, usize); 3] {
    let mut years = [(0, 0); 3];
    for r in 0..replications {
        for plot in told(plan, r).1.plots.iter().filter(|p| p.ending != Ending::InProgress) {
            let year = &mut years[((plot.ended / 365.25) as usize).min(2)];
            year.0 += usize::from(plot.ending == Ending::Foiled);
            year.1 += usize::from(plot.ending != Ending::Dissolved);
        }
    }
    years
}

#[test]
fn m30_plots_at_start_leave_no_artefact_in_the_foiled_share_by_year_of_end() {
    let years = by_year_of_end(&steady(in_balance()), 150);
    for (year, (foiled, ended)) in years.into_iter().enumerate() {
        binomial(&format!("foiled in year {year}"), foiled, ended, balanced_share());
    }
    // A world that begins with no plots in progress shows many foiled at first: those that are foiled live shorter. By
    // far more than the four standard errors that are allowed above.
    let (foiled, ended) = by_year_of_end(&steady(0.0), 150)[0];
    let (share, n) = (balanced_share(), ended as f64);
    let off = (foiled as f64 / n - share) / (share * (1.0 - share) / n).sqrt();
    assert!(off > 6.0, "without plots at the start the first year is off by {off} standard errors");
}

#[test]
fn m30_plots_at_start_stand_as_in_a_world_without_beginning() {
    let plan = steady(in_balance());
    let (mut numbers, mut ages, mut progress) = (Vec::new(), Vec::new(), [0_usize; 4]);
    let (work, found, dissolved) = RATES;
    for r in 0..200 {
        let (facts, run) = told(&plan, r);
        let stock: Vec<_> = run.plots.iter().filter(|p| p.started < 0.0).collect();
        assert_eq!(stock.len(), number(&facts, K::PlotUnderWay));
        numbers.push(stock.len() as f64);
        ages.extend(stock.iter().map(|p| -p.started));
        for plot in &stock {
            // The first task that is done afterwards tells how many were done before.
            let next = facts.iter().find(|f| f.kind == K::TaskDone && f.plot == plot.key);
            if let Some(task) = next {
                progress[task.value as usize - 1] += 1;
            }
        }
    }
    mean("plots in progress", &numbers, in_balance());
    let stays = work / (work + found + dissolved);
    // Ages: Σ over k of P(k) (k + 1) ⁄ (λ + r).
    let weights: Vec<f64> = (0..4).map(|k| stays.powi(k)).collect();
    let all: f64 = weights.iter().sum();
    let age: f64 =
        weights.iter().zip(1..).map(|(w, k)| w / all * f64::from(k)).sum::<f64>() / (work + found + dissolved);
    mean("ages", &ages, age);
    let seen: usize = progress.iter().sum();
    for (k, weight) in weights.iter().enumerate() {
        binomial(&format!("{k} tasks done"), progress[k], seen, weight / all);
    }
}

#[test]
fn m30_plots_at_start_balance_with_those_that_start_and_end_in_the_columns_too() {
    let plan = steady(in_balance());
    for r in 0..5 {
        let rows = worlds::rows(&plan, None, r);
        let of = |column: &str| worlds::outcome(&rows, column);
        let ends = ["attacks_completed", "attacks_failed", "plots_foiled", "plots_dissolved", "plots_in_progress"];
        let ended: f64 = ends.into_iter().map(of).sum();
        assert_eq!(of("plots_in_progress_at_start") + of("plots_started"), ended);
        let (facts, _) = told(&plan, r);
        assert_eq!(of("plots_in_progress_at_start"), number(&facts, K::PlotUnderWay) as f64, "there is no warm-up");
        assert_eq!(of("plots_started"), number(&facts, K::PlotStarted) as f64);
    }
}

#[test]
fn m30_plots_at_start_are_of_each_pathway_and_begin_with_their_people() {
    let world = |stock: &[&str]| {
        let sets = ["work.task_days=30", "work.completion_log_odds=50", HOLDS, "territory.companions_mean=3"];
        let sets = [&sets[..], &["plots_at_start.found_per_year=0", "work.dissolve_per_year=0"], stock].concat();
        until("2019-12-31", "", &sets)
    };
    for (name, pathway) in [
        ("inspired", Pathway::Inspired),
        ("networked", Pathway::Networked),
        ("online_directed", Pathway::OnlineDirected),
        ("dispatched", Pathway::Dispatched),
    ] {
        let (facts, run) = told(&world(&[&format!("plots_at_start.{name}=20")]), 0);
        assert!(run.plots.len() > 5 && run.plots.iter().all(|p| p.pathway == pathway), "{name}");
        assert!(run.plots.iter().all(|p| p.started < 0.0 && p.ending == Ending::Completed));
        let people: u32 = run.plots.iter().map(|p| p.members).sum();
        let alone = people as usize == run.plots.len();
        assert_eq!(alone, pathway != Pathway::Dispatched, "{name}: {people} people");
        assert_eq!(number(&facts, K::VeteranPlots), 0, "nothing begins in the counted period");
    }
    assert!(told(&world(&[]), 0).0.is_empty(), "none, no facts");
    let (facts, _) = told(&world(&["plots_at_start.inspired=1", "work.tasks_inspired=1"]), 0);
    expect(&facts, false, &[(K::PlotUnderWay, None), (K::TaskDone, Some(0)), (K::PlotCompleted, Some(1))]);
}
