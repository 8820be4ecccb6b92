//! From a table of points of the prior to a posterior by regression, and to the check of the method on known truths.

use crate::calibration::{
    CalibrationError, FitEnd, Particle, Reference, State, Target, Truths, particles, standings, truths,
};
use crate::design::Factor;

/// The state after adjusting to the facts, and how the method fares on known truths.
///
/// # Errors
/// If the table has too few points, or the facts are all held out.
pub(super) fn adjust(
    state: &State,
    targets: &[Target],
    free: &[Factor],
    (accept, tried): (f64, usize),
    seed: u64,
) -> Result<(State, Truths), CalibrationError> {
    let (rows, patterns) = standings(targets, &state.particles, seed);
    let table: Vec<&Particle> = rows.iter().map(|row| &state.particles[*row]).collect();
    let ranks: Vec<&[f64]> = table.iter().map(|p| p.ranks.as_slice()).collect();
    let width = patterns.first().map_or(0, Vec::len);
    let reference = Reference::new(&ranks, patterns, accept)?;
    let found = reference
        .posterior(&vec![0.0; width], None)
        .ok_or_else(|| CalibrationError::request("no point of the table is near the facts; raise --simulations"))?;
    let names: Vec<String> = free.iter().map(|f| f.name.clone()).collect();
    let checked = truths(&reference, &names, tried, found.radius);
    let near = particles(&found, &table);
    let mut generations = state.generations.clone();
    if let Some(last) = generations.last_mut() {
        last.effective = 1.0 / near.iter().map(|p| p.weight * p.weight).sum::<f64>();
    }
    let end = FitEnd::Adjusted {
        points: table.len() as u64,
        near: near.len() as u64,
        telling: reference.telling().count() as u64,
    };
    Ok((State { generations, particles: near, end: Some(end), ..State::default() }, checked))
}
