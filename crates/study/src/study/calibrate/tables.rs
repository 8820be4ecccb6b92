//! Tables of a calibration: draws, particles, parameters, patterns, ridges, generations, screening.

use crate::calibration::{FitGeneration, ParameterRow, Particle, PatternRow, Ridge, Screened, TruthRow};
use crate::design::Factor;
use forestall_model::{Column, Table};

fn numbers<T>(rows: &[T], f: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| f(row).filter(|x| x.is_finite())).collect())
}

fn texts<T>(rows: &[T], f: impl Fn(&T) -> String) -> Column {
    Column::Text(rows.iter().map(f).collect())
}

/// The draws that `[calibrated]` reads.
pub(super) fn draws_table(free: &[Factor], drawn: &[&Particle]) -> Table {
    let mut table = Table::new();
    table.push("draw", Column::Integer((0..drawn.len() as i64).map(Some).collect()));
    for (j, factor) in free.iter().enumerate() {
        table.push(factor.name.clone(), numbers(drawn, |p| Some(factor.value(p.ranks[j]))));
    }
    table
}

pub(super) fn particle_table(free: &[Factor], particles: &[Particle]) -> Table {
    let mut table = Table::new();
    table.push("weight", numbers(particles, |p| Some(p.weight)));
    table.push("distance", numbers(particles, |p| Some(p.distance)));
    for (j, factor) in free.iter().enumerate() {
        table.push(factor.name.clone(), numbers(particles, |p| Some(factor.value(p.ranks[j]))));
    }
    table
}

pub(super) fn rank_table(free: &[Factor], particles: &[Particle]) -> Table {
    let mut table = Table::new();
    table.push("weight", numbers(particles, |p| Some(p.weight)));
    for (j, factor) in free.iter().enumerate() {
        table.push(factor.name.clone(), numbers(particles, |p| Some(p.ranks[j])));
    }
    table
}

pub(super) fn parameter_table(rows: &[ParameterRow]) -> Table {
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

pub(super) fn pattern_table(rows: &[PatternRow]) -> Table {
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
    table.push("published", numbers(rows, |r| r.published));
    table.push("pit", numbers(rows, |r| r.pit));
    table
}

pub(super) fn ridge_table(rows: &[Ridge]) -> Table {
    let mut table = Table::new();
    table.push("first", texts(rows, |r| r.parameters[0].clone()));
    table.push("second", texts(rows, |r| r.parameters[1].clone()));
    table.push("correlation", numbers(rows, |r| Some(r.correlation)));
    table
}

pub(super) fn generation_table(rows: &[FitGeneration]) -> Table {
    let whole = |f: &dyn Fn(&FitGeneration) -> u64| Column::Integer(rows.iter().map(|g| Some(f(g) as i64)).collect());
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

pub(super) fn screening_table(rows: &[Screened]) -> Table {
    let mut table = Table::new();
    table.push("parameter", texts(rows, |r| r.parameter.clone()));
    table.push("mu_star", numbers(rows, |r| r.mu_star));
    table.push("free", texts(rows, |r| yes(r.kept)));
    table
}

pub(super) fn truth_table(rows: &[TruthRow]) -> Table {
    let whole = |f: &dyn Fn(&TruthRow) -> usize| Column::Integer(rows.iter().map(|r| Some(f(r) as i64)).collect());
    let mut table = Table::new();
    table.push("parameter", texts(rows, |r| r.parameter.clone()));
    table.push("explained_share", numbers(rows, |r| Some(r.explained)));
    table.push("truths", whole(&|r| r.ranks.iter().sum()));
    table.push("inside_50", whole(&|r| r.inside_50));
    table.push("inside_90", whole(&|r| r.inside_90));
    table.push("uniformity_probability", numbers(rows, |r| Some(r.probability)));
    let bins = rows.first().map_or(0, |r| r.ranks.len());
    for bin in 0..bins {
        table.push(format!("ranks_{bin:02}"), whole(&|r| r.ranks[bin]));
    }
    table
}
