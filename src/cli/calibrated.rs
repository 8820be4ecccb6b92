//! What a calibration leaves behind: draws, tables, charts, and the words about them.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde_json::json;

use forestall_model::scenario::Plan;
use forestall_model::table::{Column, Table};
use forestall_report::chart::{self, Chart};
use forestall_study::calibration::{
    Generation, ParameterRow, Particle, PatternRow, Ridge, Screened, State, Targets, parameters, patterns, resample,
    ridges,
};
use forestall_study::design::Factor;
use forestall_study::results::{Manifest, ResultsFolder, Status, atomic, csv, manifest};

use super::calibrate::end_words;
use super::options::Common;
use super::outcome::{Exit, Failure};
use super::simulated::{CHECK, Patterns};
use super::terminal::print;
use super::terminal::{columns, number};

/// Pixels per unit of the drawing in PNG files.
const PNG_SCALE: f64 = 2.0;

/// A finished fit.
pub struct Fitted<'a> {
    /// The scenario.
    pub plan: &'a Plan,
    /// The facts.
    pub targets: &'a Targets,
    /// The parameters that were free.
    pub free: &'a [Factor],
    /// What screening found, if it was needed.
    pub screened: Option<Vec<Screened>>,
    /// The end of the fit.
    pub state: &'a State,
}

/// One generation in a line.
pub fn generation_line(g: &Generation) -> String {
    format!(
        "generation {}: tolerance {}, accepted {} of {} ({:.0} %), effective sample {:.0}, median distance {:.2}",
        g.number,
        g.tolerance.map_or_else(|| "none".into(), |t| format!("{t:.3}")),
        g.accepted,
        g.tried,
        100.0 * g.acceptance(),
        g.effective,
        g.median_distance
    )
}

/// Checks the posterior on fresh streams, writes everything, and prints the tables.
pub fn publish(
    fitted: &Fitted,
    model: &Patterns,
    draws: usize,
    folder: &ResultsFolder,
    mut record: Manifest,
    common: &Common,
    stop: &AtomicBool,
) -> Result<Exit, Failure> {
    let state = fitted.state;
    let drawn = resample(&state.particles, draws, fitted.plan.seed);
    let Some(simulated) = predict(fitted, model, &drawn, stop) else {
        record.status = Status::Interrupted;
        record.save(&folder.manifest_path())?;
        common.say("stopped early; the fit is kept, and running the same command goes on");
        return Ok(Exit::Stopped);
    };
    let rows = parameters(fitted.free, &state.particles);
    let pairs = ridges(fitted.free, &state.particles);
    let found = patterns(&fitted.targets.0, &simulated);
    let effective = state.generations.last().map_or(0.0, |g| g.effective);
    let sample = format!("{} particles, effective sample size {effective:.0}.", state.particles.len());
    let checked = format!("{} draws from the posterior, one replication each, on fresh streams.", simulated.len());
    let (parameter_table, pattern_table) = (parameter_table(&rows), pattern_table(&found));
    let mut tables = vec![
        ("posterior.csv", draws_table(fitted.free, &drawn)),
        ("particles.csv", particle_table(fitted.free, &state.particles)),
        ("parameters.csv", parameter_table.clone()),
        ("patterns.csv", pattern_table.clone()),
        ("ridges.csv", ridge_table(&pairs)),
        ("generations.csv", generation_table(&state.generations)),
    ];
    tables.extend(fitted.screened.as_ref().map(|rows| ("screening.csv", screening_table(rows))));
    record.files.clear();
    for (name, table) in &tables {
        let sum = atomic::write(&folder.path().join(name), csv::to_text(table).as_bytes())?;
        record.files.insert((*name).into(), sum);
    }
    let ranks = rank_table(fitted.free, &state.particles);
    let charts = [chart::posterior(&parameter_table, &ranks, &sample)?, chart::predictive(&pattern_table, &checked)?];
    charts.iter().try_for_each(|chart| draw(folder, chart))?;
    record.status = Status::Complete;
    record.finished = Some(manifest::now());
    record.save(&folder.manifest_path())?;
    if common.json {
        print(&format!("{:#}", json(folder, state, &rows, &pairs, &found)));
    } else {
        print(&text(fitted, folder, &rows, &pairs, &found));
    }
    Ok(Exit::Done)
}

/// One replication of every draw, on streams that the fit has not seen; `None` if asked to stop.
fn predict(fitted: &Fitted, model: &Patterns, drawn: &[&Particle], stop: &AtomicBool) -> Option<Vec<Vec<Option<f64>>>> {
    drawn
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(|(i, particle)| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let point: Vec<(&str, f64)> =
                fitted.free.iter().zip(&particle.ranks).map(|(f, r)| (f.name.as_str(), f.value(*r))).collect();
            // A draw that cannot be simulated leaves its patterns undefined.
            Some(model.at(&point, CHECK + i as u64, 1).unwrap_or_else(|_| vec![None; fitted.targets.0.len()]))
        })
        .collect()
}

fn draw(folder: &ResultsFolder, chart: &Chart) -> Result<(), Failure> {
    atomic::write(&folder.chart(&chart.name, "svg"), chart.svg.as_bytes())?;
    atomic::write(&folder.chart(&chart.name, "png"), &chart::png(chart, PNG_SCALE)?)?;
    atomic::write(&folder.chart(&chart.name, "csv"), csv::to_text(&chart.data).as_bytes())?;
    Ok(())
}

fn numbers<T>(rows: &[T], f: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| f(row).filter(|x| x.is_finite())).collect())
}

fn texts<T>(rows: &[T], f: impl Fn(&T) -> String) -> Column {
    Column::Text(rows.iter().map(f).collect())
}

/// The draws that `[calibrated]` reads.
fn draws_table(free: &[Factor], drawn: &[&Particle]) -> Table {
    let mut table = Table::new();
    table.push("draw", Column::Integer((0..drawn.len() as i64).map(Some).collect()));
    for (j, factor) in free.iter().enumerate() {
        table.push(factor.name.clone(), numbers(drawn, |p| Some(factor.value(p.ranks[j]))));
    }
    table
}

fn particle_table(free: &[Factor], particles: &[Particle]) -> Table {
    let mut table = Table::new();
    table.push("weight", numbers(particles, |p| Some(p.weight)));
    table.push("distance", numbers(particles, |p| Some(p.distance)));
    for (j, factor) in free.iter().enumerate() {
        table.push(factor.name.clone(), numbers(particles, |p| Some(factor.value(p.ranks[j]))));
    }
    table
}

fn rank_table(free: &[Factor], particles: &[Particle]) -> Table {
    let mut table = Table::new();
    table.push("weight", numbers(particles, |p| Some(p.weight)));
    for (j, factor) in free.iter().enumerate() {
        table.push(factor.name.clone(), numbers(particles, |p| Some(p.ranks[j])));
    }
    table
}

fn parameter_table(rows: &[ParameterRow]) -> Table {
    let mut table = Table::new();
    table.push("parameter", texts(rows, |r| r.parameter.clone()));
    table.push("prior_low", numbers(rows, |r| Some(r.prior.0)));
    table.push("prior_median", numbers(rows, |r| Some(r.prior_median)));
    table.push("prior_high", numbers(rows, |r| Some(r.prior.1)));
    table.push("posterior_low", numbers(rows, |r| Some(r.posterior.0)));
    table.push("median", numbers(rows, |r| Some(r.median)));
    table.push("mean", numbers(rows, |r| Some(r.mean)));
    table.push("posterior_high", numbers(rows, |r| Some(r.posterior.1)));
    table.push("width_ratio", numbers(rows, |r| r.width_ratio));
    table.push("verdict", texts(rows, |r| r.verdict().into()));
    table
}

fn yes(is: bool) -> String {
    if is { "yes".into() } else { "no".into() }
}

fn pattern_table(rows: &[PatternRow]) -> Table {
    let mut table = Table::new();
    table.push("pattern", texts(rows, |r| r.pattern.clone()));
    table.push("fact", texts(rows, |r| r.fact.clone()));
    table.push("low", numbers(rows, |r| Some(r.interval.0)));
    table.push("high", numbers(rows, |r| Some(r.interval.1)));
    for (name, place) in [("simulated_low", 0), ("simulated_median", 1), ("simulated_high", 2)] {
        table.push(name, numbers(rows, |r| r.simulated.map(|q| q[place])));
    }
    table.push("verdict", texts(rows, |r| r.verdict().into()));
    table.push("overlap", texts(rows, |r| r.overlaps().map_or_else(|| "undefined".into(), yes)));
    table.push("held_out", texts(rows, |r| yes(r.held_out)));
    table.push("runs_defined", Column::Integer(rows.iter().map(|r| Some(r.defined as i64)).collect()));
    table
}

fn ridge_table(rows: &[Ridge]) -> Table {
    let mut table = Table::new();
    table.push("first", texts(rows, |r| r.parameters[0].clone()));
    table.push("second", texts(rows, |r| r.parameters[1].clone()));
    table.push("correlation", numbers(rows, |r| Some(r.correlation)));
    table
}

fn generation_table(rows: &[Generation]) -> Table {
    let whole = |f: &dyn Fn(&Generation) -> u64| Column::Integer(rows.iter().map(|g| Some(f(g) as i64)).collect());
    let mut table = Table::new();
    table.push("generation", whole(&|g| u64::from(g.number)));
    table.push("tolerance", numbers(rows, |g| g.tolerance));
    table.push("tried", whole(&|g| g.tried));
    table.push("failed", whole(&|g| g.failed));
    table.push("accepted", whole(&|g| g.accepted));
    table.push("acceptance", numbers(rows, |g| Some(g.acceptance())));
    table.push("effective_sample", numbers(rows, |g| Some(g.effective)));
    table.push("median_distance", numbers(rows, |g| Some(g.median_distance)));
    table.push("evidence", numbers(rows, |g| Some(g.evidence)));
    table
}

fn screening_table(rows: &[Screened]) -> Table {
    let mut table = Table::new();
    table.push("parameter", texts(rows, |r| r.parameter.clone()));
    table.push("mu_star", numbers(rows, |r| r.mu_star));
    table.push("free", texts(rows, |r| yes(r.kept)));
    table
}

fn text(
    fitted: &Fitted,
    folder: &ResultsFolder,
    rows: &[ParameterRow],
    pairs: &[Ridge],
    found: &[PatternRow],
) -> String {
    let n = |x: f64| number(Some(x));
    let mut out = format!("{}\n\n", end_words(fitted.state));
    let mut lines =
        vec![["parameter", "prior 90 %", "posterior 90 %", "median", "width", "verdict"].map(String::from).to_vec()];
    for r in rows {
        lines.push(vec![
            r.parameter.clone(),
            format!("{} to {}", n(r.prior.0), n(r.prior.1)),
            format!("{} to {}", n(r.posterior.0), n(r.posterior.1)),
            n(r.median),
            number(r.width_ratio),
            r.verdict().into(),
        ]);
    }
    out += &columns(&lines);
    for pair in pairs {
        out += &format!(
            "ridge: {} and {}, correlation {:.2}: known together only\n",
            pair.parameters[0], pair.parameters[1], pair.correlation
        );
    }
    if let Some(screened) = &fitted.screened {
        let fixed: Vec<&str> = screened.iter().filter(|s| !s.kept).map(|s| s.parameter.as_str()).collect();
        out += &format!("left at the scenario's value after screening: {}\n", fixed.join(", "));
    }
    let mut lines =
        vec![["pattern", "fact", "interval", "simulated 90 %", "median", "verdict"].map(String::from).to_vec()];
    for r in found {
        let q = r.simulated;
        lines.push(vec![
            format!("{}{}", r.pattern, if r.held_out { " (held out)" } else { "" }),
            r.fact.clone(),
            format!("{} to {}", n(r.interval.0), n(r.interval.1)),
            q.map_or_else(|| "undefined".into(), |q| format!("{} to {}", n(q[0]), n(q[2]))),
            number(q.map(|q| q[1])),
            r.verdict().into(),
        ]);
    }
    out += &format!("\n{}\n", columns(&lines));
    let draws = folder.path().join("posterior.csv");
    out += &format!(
        "Put this into a scenario to run on the posterior (the path is relative to the scenario's file):\n\n\
         [calibrated]\ndraws = \"{}\"\nreplaces_file = true\n\n{}",
        draws.display(),
        folder.path().display()
    );
    out
}

fn json(
    folder: &ResultsFolder,
    state: &State,
    rows: &[ParameterRow],
    pairs: &[Ridge],
    found: &[PatternRow],
) -> serde_json::Value {
    let parameters: Vec<_> = rows
        .iter()
        .map(|r| {
            json!({"parameter": r.parameter, "prior": [r.prior.0, r.prior.1],
                   "posterior": [r.posterior.0, r.posterior.1], "median": r.median, "mean": r.mean,
                   "width_ratio": r.width_ratio, "verdict": r.verdict()})
        })
        .collect();
    let patterns: Vec<_> = found
        .iter()
        .map(|r| {
            json!({"pattern": r.pattern, "fact": r.fact, "interval": [r.interval.0, r.interval.1],
                   "simulated": r.simulated, "held_out": r.held_out, "hit": r.hit(), "overlap": r.overlaps()})
        })
        .collect();
    let ridges: Vec<_> =
        pairs.iter().map(|r| json!({"parameters": r.parameters, "correlation": r.correlation})).collect();
    let generations: Vec<_> = state
        .generations
        .iter()
        .map(|g| {
            json!({"generation": g.number, "tolerance": g.tolerance, "tried": g.tried, "accepted": g.accepted,
                   "effective_sample": g.effective})
        })
        .collect();
    json!({"folder": folder.path(), "draws": folder.path().join("posterior.csv"), "end": end_words(state),
           "generations": generations, "parameters": parameters, "ridges": ridges, "patterns": patterns})
}
