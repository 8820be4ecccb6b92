//! Morris screening: μ, μ* and σ of elementary effects along trajectories.
//!
//! Morris (1991); μ* by Campolongo, Cariboni and Saltelli (2007). An elementary effect is the change of the response
//! divided by the step, as a share of the factor's range. Groups have μ* alone: their factors move both
//! ways at once, so a sign has no meaning.

use crate::design::{Design, Method};
use crate::stats::{mean, variance};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::response::Response;
use super::sensitivity::{ConvergenceStep, IndexRow, Sensitivity, common_notes};
use super::tornado::Tornado;

/// Fewer trajectories than this call for a warning.
const FEW: usize = 8;

/// Elementary effects.
///
/// # Errors
/// [`AnalysisError::Request`] where the design has no trajectories.
pub fn morris(design: &Design, response: &Response, resampling: Resampling) -> Result<Sensitivity, AnalysisError> {
    if !matches!(design.method(), Method::Morris { .. }) {
        return Err(AnalysisError::request(format!(
            "elementary effects need the trajectories of --design morris, and this is a design of {}",
            design.method().name()
        )));
    }
    let moves = design.moves()?;
    let groups = design.groups();
    let blocks = response.blocks(design.block_rows());
    let constant = response.is_constant();
    // effects[trajectory][group]
    let mut effects: Vec<Vec<f64>> = Vec::new();
    for (walk, copies) in moves.iter().zip(&blocks) {
        if copies.is_empty() {
            continue;
        }
        let at = |k: usize| copies.iter().map(|c| c[k]).sum::<f64>() / copies.len() as f64;
        let mut one = vec![0.0; groups.len()];
        walk.iter().enumerate().for_each(|(k, step)| one[step.group] = (at(k + 1) - at(k)) / step.step);
        effects.push(one);
    }
    let single: Vec<bool> = groups.iter().map(|g| g.members.len() == 1).collect();
    let names: Vec<&str> = groups.iter().map(|g| g.name.as_str()).collect();
    let rows = |count: usize, resampling: Resampling| rows(&effects[..count], &names, &single, constant, resampling);
    let indices = rows(effects.len(), resampling);
    let dropped = moves.len() - effects.len();
    let mut notes = common_notes(effects.len(), dropped, response, "trajectory", constant);
    if !constant && effects.len() < FEW {
        notes.push(format!("only {} trajectories: intervals are rough below about {FEW}", effects.len()));
    }
    let mut sizes: Vec<usize> =
        std::iter::successors(Some(4), |n| Some(n * 2)).take_while(|n| *n < effects.len()).collect();
    sizes.push(effects.len());
    let fewer = Resampling { resamples: resampling.resamples.min(400), ..resampling };
    let step = |&blocks: &usize| ConvergenceStep { blocks, indices: rows(blocks, fewer) };
    let noise = if constant { Estimate::UNDEFINED } else { response.noise_from_replicates() };
    let found = Sensitivity {
        method: "morris",
        outcome: response.name.clone(),
        design: design.id().to_owned(),
        blocks: effects.len(),
        unit: "trajectory",
        blocks_dropped: dropped,
        rows_failed: response.failed_rows(),
        noise,
        noise_from: noise.estimate.map(|_| "replicates"),
        convergence: sizes.iter().filter(|n| **n > 0).map(step).collect(),
        indices,
        pairs: Vec::new(),
        tornado: Tornado::of(design, response),
        notes,
    };
    Ok(found.without_constant(&design.constant_groups()))
}

/// μ, μ* and σ of one group; `None` where undefined.
fn statistics(effects: &[f64]) -> [Option<f64>; 3] {
    let sizes: Vec<f64> = effects.iter().map(|e| e.abs()).collect();
    [mean(effects), mean(&sizes), variance(effects).map(f64::sqrt)]
}

fn rows(
    effects: &[Vec<f64>],
    names: &[&str],
    single: &[bool],
    constant: bool,
    resampling: Resampling,
) -> Vec<IndexRow> {
    let of = |g: usize, times: Option<&[u32]>| -> Vec<f64> {
        let all = effects.iter().enumerate();
        all.flat_map(|(t, e)| std::iter::repeat_n(e[g], times.map_or(1, |times| times[t] as usize))).collect()
    };
    let resamples = if effects.len() > 1 { resampling.resamples } else { 0 };
    let resampled: Vec<Vec<[Option<f64>; 3]>> = Resampling { resamples, ..resampling }
        .run(effects.len(), |times| (0..names.len()).map(|g| statistics(&of(g, Some(times)))).collect());
    let row = |g: usize| {
        let found = statistics(&of(g, None));
        let one = |k: usize| {
            let column: Vec<Option<f64>> = resampled.iter().map(|r| r[g][k]).collect();
            // A group has no sign; a constant response has no effects to speak of.
            if constant || (!single[g] && k != 1) {
                Estimate::UNDEFINED
            } else {
                Estimate::percentile(found[k], &column)
            }
        };
        let values = vec![("mu", one(0)), ("mu_star", one(1)), ("sigma", one(2))];
        IndexRow { parameter: names[g].to_owned(), values }
    };
    (0..names.len()).map(row).collect()
}
