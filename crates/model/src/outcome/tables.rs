//! Rows of the result tables: one a replication, country, month and plot.

use jiff::civil::Date;

use crate::engine::draw::Draws;
use crate::engine::time::month_starts;
use crate::model::kinds::fact::FactKind;
use crate::model::mechanisms::measures::observation::{Observed, observe};
use crate::model::record::{BELIEF_EDGES, BeliefRecord, PlotRecord, Replication};
use crate::model::replication::Arm;
use crate::model::state::CountryId;
use crate::scenario::Plan;
use crate::table::{Column, Table};

use super::columns::{View, columns};
use super::tally::Tally;

/// Which run a row belongs to.
#[derive(Clone, Debug)]
pub struct RunName<'a> {
    /// The arm's name.
    pub arm: &'a str,
    /// The posterior draw, 0 without one.
    pub draw: i64,
    /// The replication.
    pub replication: i64,
}

/// The rows of one run in every table.
#[derive(Clone, Debug)]
pub struct Rows {
    /// One row.
    pub replications: Table,
    /// One row a month.
    pub monthly: Table,
    /// One row a country.
    pub by_country: Table,
    /// One row a plot.
    pub matched: Table,
    /// One row a bin of believed chance.
    pub beliefs: Table,
}

/// What tables need to know of a scenario besides the run.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Country codes by position.
    pub countries: Vec<String>,
    /// Movement codes by position.
    pub movements: Vec<String>,
    /// First dates of the counted months.
    pub months: Vec<Date>,
}

impl Labels {
    /// The names that a scenario gives.
    pub fn of(plan: &Plan) -> Self {
        Self {
            countries: plan.countries.iter().map(|c| c.code.clone()).collect(),
            movements: plan.movements.iter().map(|m| m.code.clone()).collect(),
            months: month_starts(plan.start, plan.end).into_iter().map(|m| m.1).collect(),
        }
    }
}

/// Writes the rows of one run.
pub fn tables(run: &RunName, labels: &Labels, arm: &Arm, tally: &Tally, outcome: &Replication) -> Rows {
    let parameters = arm.parameters_at(0.0);
    let draws = Draws::new(arm.seed(), run.replication as u64);
    let plots: Vec<(PlotRecord, Option<Observed>)> = outcome
        .plots
        .iter()
        .map(|p| {
            let counted = parameters.movements[p.movement].in_published_counts != 0.0;
            let seen = if counted { observe(&parameters.world.observation, &draws, p) } else { None };
            (p.clone(), seen)
        })
        .collect();
    let view = View {
        tally,
        plots: &plots,
        desks: &outcome.desks,
        files: &outcome.files,
        parameters,
        country: None,
        persons_stored: outcome.persons_stored,
        events: outcome.events,
    };
    let by_country: Vec<View> = (0..labels.countries.len()).map(|c| View { country: Some(c), ..view }).collect();
    Rows {
        replications: outcome_table(run, None, std::slice::from_ref(&view)),
        by_country: outcome_table(run, Some(&labels.countries), &by_country),
        monthly: monthly_table(run, labels, tally, &plots),
        matched: matched_table(run, labels, &plots),
        beliefs: beliefs_table(run, &outcome.beliefs),
    }
}

fn run_columns(run: &RunName, rows: usize) -> Table {
    let mut table = Table::new();
    table.push("arm", Column::Text(vec![run.arm.to_string(); rows]));
    table.push("draw", Column::Integer(vec![Some(run.draw); rows]));
    table.push("replication", Column::Integer(vec![Some(run.replication); rows]));
    table
}

/// What was believed of the files open at the end, and of how many it was true.
fn beliefs_table(run: &RunName, bins: &[BeliefRecord]) -> Table {
    let mut table = run_columns(run, bins.len());
    let from = std::iter::once(0.0).chain(BELIEF_EDGES);
    let to = BELIEF_EDGES.into_iter().chain([1.0]);
    table.push("chance_from", Column::Number(from.map(Some).collect()));
    table.push("chance_to", Column::Number(to.map(Some).collect()));
    table.push("files", Column::Integer(bins.iter().map(|b| Some(b.files.into())).collect()));
    table.push("believed", Column::Number(bins.iter().map(|b| Some(b.believed)).collect()));
    table.push("plotting", Column::Integer(bins.iter().map(|b| Some(b.plotting.into())).collect()));
    table
}

fn outcome_table(run: &RunName, countries: Option<&[String]>, views: &[View]) -> Table {
    let mut table = run_columns(run, views.len());
    if let Some(codes) = countries {
        table.push("country", Column::Text(codes.to_vec()));
    }
    for column in columns() {
        let values = views.iter().map(|v| (column.value)(v));
        let values = if column.whole {
            Column::Integer(values.map(|x| x.map(|x| x as i64)).collect())
        } else {
            Column::Number(values.map(|x| x.filter(|x| x.is_finite())).collect())
        };
        table.push(column.name, values);
    }
    table
}

/// Monthly columns that count facts of some kinds.
const MONTHLY_COUNTS: [(&str, &[FactKind]); 17] = [
    ("plots_started", &[FactKind::PlotStarted]),
    ("attacks_completed", &[FactKind::PlotCompleted]),
    ("attacks_failed", &[FactKind::PlotFailed]),
    ("plots_foiled", &[FactKind::PlotFoiled]),
    ("plots_dissolved", &[FactKind::PlotDissolved]),
    ("fighters_departed", &[FactKind::Departed]),
    ("fighters_returned", &[FactKind::Returned]),
    ("returnees_identified", &[FactKind::ReturneeIdentified]),
    ("leads_received", &[FactKind::LeadReceived]),
    ("leads_stale", &[FactKind::LeadStale]),
    ("subjects_opened", &[FactKind::CaseOpened, FactKind::CaseReopened]),
    ("subjects_closed_for_capacity", &[FactKind::CaseClosedForCapacity]),
    ("sting_cases", &[FactKind::StingCase]),
    ("dispatches", &[FactKind::DispatchOrdered]),
    ("searched_without_plot", &[FactKind::SearchedWithoutPlot]),
    ("held_without_plot", &[FactKind::HeldWithoutPlot]),
    ("arrests", &[FactKind::Arrested]),
];

/// Monthly columns that state a stock at the end of the month.
const MONTHLY_STOCKS: [(&str, FactKind); 11] = [
    ("queue_length", FactKind::StockQueue),
    ("subjects_open", FactKind::StockOpenCases),
    ("subjects_parked", FactKind::StockParked),
    ("fighters_abroad", FactKind::StockAbroad),
    ("returnees", FactKind::StockReturnees),
    ("sympathisers", FactKind::StockSympathisers),
    ("committed", FactKind::StockCommitted),
    ("plots_in_progress", FactKind::StockPlots),
    ("recruiters_alive", FactKind::StockRecruiters),
    ("surveillance_teams", FactKind::StockTeams),
    ("central_queue", FactKind::StockCentralQueue),
];

/// Names of the numeric columns of the monthly table.
pub fn monthly_columns() -> Vec<&'static str> {
    let counts = MONTHLY_COUNTS.iter().map(|c| c.0);
    let stocks = MONTHLY_STOCKS.iter().map(|c| c.0);
    let rest = [
        "people_harmed",
        "surveillance_use_share",
        "surveillance_full_share",
        "territory",
        "observed_launched",
        "observed_foiled",
    ];
    counts.chain(stocks).chain(rest).collect()
}

fn monthly_table(run: &RunName, labels: &Labels, tally: &Tally, plots: &[(PlotRecord, Option<Observed>)]) -> Table {
    let months = tally.months();
    let mut table = run_columns(run, months);
    table.push("month", Column::Integer((0..months as i64).map(Some).collect()));
    table.push("month_start", Column::Text(labels.months.iter().map(ToString::to_string).collect()));
    for (name, kinds) in MONTHLY_COUNTS {
        let count = |m| kinds.iter().map(|&k| tally.in_month(k, m).number).sum::<f64>() as i64;
        table.push(name, Column::Integer((0..months).map(|m| Some(count(m))).collect()));
    }
    let harmed = |m| tally.in_month(FactKind::PeopleHarmed, m).sum as i64;
    table.push("people_harmed", Column::Integer((0..months).map(|m| Some(harmed(m))).collect()));
    for (name, kind) in MONTHLY_STOCKS {
        let stock = |m| tally.in_month(kind, m).sum as i64;
        table.push(name, Column::Integer((0..months).map(|m| Some(stock(m))).collect()));
    }
    let of_teams = |kind, m| {
        let teams = tally.in_month(FactKind::StockTeams, m).sum;
        (teams > 0.0).then(|| tally.in_month(kind, m).sum / teams)
    };
    for (name, kind) in
        [("surveillance_use_share", FactKind::MeanTeamUse), ("surveillance_full_share", FactKind::MeanTeamsFull)]
    {
        table.push(name, Column::Number((0..months).map(|m| of_teams(kind, m)).collect()));
    }
    let held = |m| Some(tally.in_month(FactKind::StockTerritory, m).sum);
    table.push("territory", Column::Number((0..months).map(held).collect()));
    let seen = |m: usize, launched: bool| {
        let within = |p: &PlotRecord| p.ended >= tally.month_start(m) && p.ended < tally.month_start(m + 1);
        let count = plots.iter().filter(|(p, o)| within(p) && o.is_some_and(|o| o.launched == launched)).count();
        Some(count as i64)
    };
    table.push("observed_launched", Column::Integer((0..months).map(|m| seen(m, true)).collect()));
    table.push("observed_foiled", Column::Integer((0..months).map(|m| seen(m, false)).collect()));
    table
}

fn matched_table(run: &RunName, labels: &Labels, plots: &[(PlotRecord, Option<Observed>)]) -> Table {
    let mut table = run_columns(run, plots.len());
    let text = |f: &dyn Fn(&PlotRecord) -> String| Column::Text(plots.iter().map(|(p, _)| f(p)).collect());
    let whole = |f: &dyn Fn(&PlotRecord) -> Option<i64>| Column::Integer(plots.iter().map(|(p, _)| f(p)).collect());
    let real = |f: &dyn Fn(&PlotRecord) -> f64| {
        Column::Number(plots.iter().map(|(p, _)| Some(f(p)).filter(|x| x.is_finite())).collect())
    };
    let country = |c: CountryId| labels.countries[usize::from(c)].clone();
    table.push("plot", text(&|p| format!("{:016x}", p.key.bits())));
    table.push("design", text(&|p| format!("{:016x}", p.design.bits())));
    table.push("pathway", text(&|p| if p.sting { "sting".into() } else { p.pathway.name().into() }));
    table.push("movement", text(&|p| labels.movements[usize::from(p.movement)].clone()));
    table.push("outcome", text(&|p| p.ending.name().into()));
    table.push("channel", text(&|p| p.channel.name().into()));
    table.push("stage", text(&|p| p.stage.name().into()));
    table.push("country", text(&|p| country(p.home)));
    table.push("preparation_country", text(&|p| country(p.preparation)));
    table.push("target_country", text(&|p| country(p.target)));
    table.push("foiled_by", text(&|p| p.foiled_by.map(country).unwrap_or_default()));
    table.push("start_day", real(&|p| p.started));
    table.push("end_day", real(&|p| p.ended));
    table.push("members", whole(&|p| Some(i64::from(p.members))));
    table.push("helpers", whole(&|p| Some(i64::from(p.helpers))));
    table.push("tasks", whole(&|p| Some(i64::from(p.tasks))));
    table.push("people_harmed", whole(&|p| Some(p.harmed as i64)));
    table.push("people_killed", whole(&|p| Some(p.killed as i64)));
    table.push("attackers", whole(&|p| Some(i64::from(p.attackers))));
    table.push("attackers_known_own", whole(&|p| Some(i64::from(p.known_own))));
    table.push("attackers_known_any", whole(&|p| Some(i64::from(p.known_any))));
    table.push("signs_seen", whole(&|p| Some(i64::from(p.signs_seen))));
    table.push("dot_not_connected", whole(&|p| Some(i64::from(p.dot))));
    table.push("missed_for_staff", whole(&|p| Some(i64::from(p.missed.for_staff))));
    table.push("missed_by_judgement", whole(&|p| Some(i64::from(p.missed.by_judgement))));
    table.push("missed_between", whole(&|p| Some(i64::from(p.missed.between))));
    table.push("founder_by_grievance", real(&|p| p.by_grievance));
    let observed = plots.iter().map(|(_, o)| {
        o.map_or(String::new(), |o| format!("{}_{}", o.pathway.name(), if o.launched { "launched" } else { "foiled" }))
    });
    table.push("observed", Column::Text(observed.collect()));
    table
}
