//! ABC-SMC: generations of particles under a falling tolerance, each weighted by prior over proposal.
//!
//! Sisson, Fan and Tanaka (2007, corrected 2009); Toni et al. (2009); weights and kernel after Beaumont et al.
//! (2009). The next tolerance is a quantile of the accepted distances (Del Moral, Doucet and Jasra 2012), and
//! always strictly lower, so that distances on a grid go on falling. Point `k` of a generation depends on the seed,
//! the generation and `k` alone, and a generation is its first N accepted points by number, not by time: threads
//! and interruptions change nothing, and quick simulations have no advantage over slow ones.

use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::design::Factor;
use forestall_model::{Draws, Key};

use super::error::CalibrationError;
use super::kernel::Kernel;
use super::state::{FitEnd, FitGeneration, Particle, State};

/// Falls of the tolerance below this share count as none.
const LEAST_FALL: f64 = 0.01;
/// So many of them in a row end the fit.
const MOST_FLAT: usize = 3;

/// How a fit is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FitSettings {
    /// Particles of each generation.
    pub particles: usize,
    /// The next tolerance is this quantile of the accepted distances, above 0 and below 1.
    pub quantile: f64,
    /// The fit stalls where a smaller share of points is accepted.
    pub least_acceptance: f64,
    /// The tolerance at which the fit is done.
    pub goal: f64,
    /// Most points tried in all.
    pub most_points: u64,
    /// Points evaluated together; does not alter results.
    pub batch: usize,
    /// Seed of proposals, below 2⁴⁰.
    pub seed: u64,
}

impl FitSettings {
    fn check(&self, factors: &[Factor]) -> Result<(), CalibrationError> {
        let wrong = |text: &str| Err(CalibrationError::request(text));
        if factors.is_empty() {
            return wrong("there is nothing to calibrate: write the parameters and their priors under [uncertain]");
        }
        if self.particles < 2 || self.batch == 0 {
            return wrong("a fit needs at least 2 particles");
        }
        if !(self.quantile > 0.0 && self.quantile < 1.0) {
            return wrong("the quantile for the next tolerance must be above 0 and below 1, such as 0.5");
        }
        if !(self.least_acceptance > 0.0 && self.least_acceptance < 1.0) {
            return wrong("the least acceptance must be above 0 and below 1, such as 0.03");
        }
        if self.goal.is_nan() || self.goal < 0.0 {
            return wrong("the tolerance asked for must be 0 or above");
        }
        Ok(())
    }

    /// Points after which a generation counts as stalled.
    pub(super) fn patience(&self) -> u64 {
        (self.particles as f64 / self.least_acceptance) as u64
    }
}

/// Whose draws the points are.
const ROOT: &str = "calibration";

/// A point to be simulated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FitPoint {
    /// Generation, from 0.
    pub generation: u32,
    /// Number among all points of the fit; the streams of a simulation should hang on it.
    pub serial: u64,
    /// The values of the parameters.
    pub values: Vec<f64>,
}

/// What a simulation came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evaluation {
    /// Distance from the targets, finite and at least 0.
    pub distance: f64,
    /// The simulated patterns.
    pub summaries: Vec<Option<f64>>,
}

/// What came of a point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// It was simulated.
    Done(Evaluation),
    /// It has no distance, for a reason in words; the point is rejected and counted.
    Failed(String),
    /// The user asked to stop; the batch is given up and tried again when the fit goes on.
    Stopped,
}

/// Goes on with a fit until it ends, `evaluate` answers [`Answer::Stopped`], or `observe` breaks.
///
/// `observe` sees the state after every batch. Without an end in [`State::end`] the state can be handed in again
/// and gives the same result as without the stop.
///
/// # Errors
/// [`CalibrationError::Request`] for impossible settings, [`CalibrationError::NoStart`] where too few points of the prior
/// have a distance.
pub(crate) fn fit(
    factors: &[Factor],
    settings: &FitSettings,
    mut state: State,
    evaluate: &(dyn Fn(&FitPoint) -> Answer + Sync),
    observe: &mut dyn FnMut(&State) -> ControlFlow<()>,
) -> Result<State, CalibrationError> {
    settings.check(factors)?;
    while state.end.is_none() {
        if !batch(factors, settings, &mut state, evaluate) {
            break;
        }
        if state.accepted.len() == settings.particles {
            finish(settings, &mut state);
        } else {
            give_up(settings, &mut state)?;
        }
        if observe(&state).is_break() {
            break;
        }
    }
    Ok(state)
}

/// A point of the prior by its number among those of the first generation, which accepts all.
pub(crate) fn prior_point(factors: &[Factor], seed: u64, number: u64) -> FitPoint {
    let ranks = prior_ranks(factors, seed, number);
    let values = factors.iter().zip(&ranks).map(|(f, r)| f.value(*r)).collect();
    FitPoint { generation: 0, serial: number, values }
}

/// Where that point lies, as ranks under the prior.
fn prior_ranks(factors: &[Factor], seed: u64, number: u64) -> Vec<f64> {
    let (draws, key) = (Draws::new(seed, 0), Key::root(ROOT).child(0, number));
    (0..factors.len()).map(|j| draws.uniform(key, 0, j as u32)).collect()
}

/// Evaluates the next points; false if asked to stop, with the state as before.
fn batch(
    factors: &[Factor],
    settings: &FitSettings,
    state: &mut State,
    evaluate: &(dyn Fn(&FitPoint) -> Answer + Sync),
) -> bool {
    let generation = state.generations.len() as u32;
    let draws = Draws::new(settings.seed, 0);
    let root = Key::root(ROOT);
    let before = state.tried_before();
    let missing = settings.particles - state.accepted.len();
    // Where all are accepted, more points than missing would be thrown away.
    let size = if generation == 0 { settings.batch.min(missing) } else { settings.batch };
    let kernel = (generation > 0).then(|| Kernel::of(&state.particles));
    let first = state.tried;
    let tolerance = state.tolerance.unwrap_or(f64::INFINITY);
    let answers: Vec<(u64, Vec<f64>, f64, Answer)> = (0..size)
        .into_par_iter()
        .with_max_len(1)
        .map(|place| {
            let number = first + place as u64;
            let key = root.child(generation as u16, number);
            let ranks: Vec<f64> = match &kernel {
                Some(kernel) => kernel.propose(&draws, key),
                None => prior_ranks(factors, settings.seed, number),
            };
            let values = factors.iter().zip(&ranks).map(|(f, r)| f.value(*r)).collect();
            let answer = evaluate(&FitPoint { generation, serial: before + number, values });
            let inside = matches!(&answer, Answer::Done(found) if found.distance <= tolerance);
            let weight = kernel.as_ref().filter(|_| inside).map_or(1.0, |kernel| 1.0 / kernel.density(&ranks));
            (number, ranks, weight, answer)
        })
        .collect();
    if answers.iter().any(|(_, _, _, answer)| *answer == Answer::Stopped) {
        return false;
    }
    for (number, ranks, weight, answer) in answers {
        state.tried = number + 1;
        match answer {
            Answer::Done(found) if found.distance.is_finite() => {
                if found.distance <= tolerance {
                    let (distance, summaries) = (found.distance, found.summaries);
                    state.accepted.push(Particle { number, ranks, weight, distance, summaries });
                }
            }
            Answer::Failed(reason) => fail(state, reason),
            _ => fail(state, "the distance is not finite".into()),
        }
        if state.accepted.len() == settings.particles {
            break;
        }
    }
    true
}

fn fail(state: &mut State, reason: String) {
    state.failed += 1;
    state.first_failure.get_or_insert(reason);
}

/// Ends a full generation, sets the next tolerance, and the end of the fit where it is due.
fn finish(settings: &FitSettings, state: &mut State) {
    let mut particles = std::mem::take(&mut state.accepted);
    let whole: f64 = particles.iter().map(|p| p.weight).sum();
    // Weights are 1 ÷ density of the proposals, so their sum over all points tried is the prior's mass accepted.
    let scale = if state.particles.is_empty() {
        1.0
    } else {
        let kernel = Kernel::of(&state.particles);
        kernel.inside(
            &Draws::new(settings.seed, 0),
            Key::root("calibration inside").child(state.generations.len() as u16, 0),
        ) / kernel.constant()
    };
    let evidence = scale * whole / state.tried as f64;
    for particle in &mut particles {
        particle.weight /= whole;
    }
    let mut distances: Vec<f64> = particles.iter().map(|p| p.distance).collect();
    distances.sort_by(f64::total_cmp);
    let at = |share: f64| distances[((share * distances.len() as f64) as usize).min(distances.len() - 1)];
    let done = FitGeneration {
        number: state.generations.len() as u32,
        tolerance: state.tolerance,
        tried: state.tried,
        failed: state.failed,
        accepted: particles.len() as u64,
        effective: effective_size(&particles),
        median_distance: at(0.5),
        evidence,
    };
    let (now, worst) = (state.tolerance, distances[distances.len() - 1]);
    let below = |limit: f64| distances.iter().rev().copied().find(|d| *d < limit);
    let quantile = at(settings.quantile);
    let next = if quantile < now.unwrap_or(f64::INFINITY).min(worst) { Some(quantile) } else { below(worst) };
    let acceptance = done.acceptance();
    state.generations.push(done);
    state.particles = particles;
    (state.tried, state.failed) = (0, 0);
    state.end = if worst <= settings.goal {
        Some(FitEnd::Reached)
    } else if acceptance < settings.least_acceptance {
        let (tolerance, last) = (now.unwrap_or(worst), &state.generations[state.generations.len() - 1]);
        Some(FitEnd::Stalled { tolerance, tried: last.tried, accepted: last.accepted })
    } else if flat(&state.generations) || next.is_none() {
        Some(FitEnd::Settled { tolerance: now.unwrap_or(worst) })
    } else if state.tried_before() >= settings.most_points {
        Some(FitEnd::Spent)
    } else {
        None
    };
    state.tolerance = next.map(|t| t.max(settings.goal));
}

/// (Σw)² ÷ Σw².
fn effective_size(particles: &[Particle]) -> f64 {
    let (sum, squares) = particles.iter().fold((0.0, 0.0), |(s, q), p| (s + p.weight, q + p.weight * p.weight));
    sum * sum / squares
}

/// Whether the tolerance has hardly fallen for some generations.
fn flat(generations: &[FitGeneration]) -> bool {
    let tolerances: Vec<f64> = generations.iter().filter_map(|g| g.tolerance).collect();
    let hardly = |pair: &[f64]| pair[1] > pair[0] * (1.0 - LEAST_FALL);
    tolerances.len() > MOST_FLAT && tolerances.windows(2).rev().take(MOST_FLAT).all(hardly)
}

/// Gives up a generation that takes too many points.
fn give_up(settings: &FitSettings, state: &mut State) -> Result<(), CalibrationError> {
    let stalled = state.tried >= settings.patience();
    let spent = state.tried_in_all() >= settings.most_points;
    if !stalled && !spent {
        return Ok(());
    }
    if state.particles.is_empty() {
        let reason = state.first_failure.clone().unwrap_or_else(|| "raise --simulations".into());
        return Err(CalibrationError::NoStart { accepted: state.accepted.len(), tried: state.tried, reason });
    }
    let accepted = state.accepted.len() as u64;
    state.end = Some(match state.tolerance {
        Some(tolerance) if stalled => FitEnd::Stalled { tolerance, tried: state.tried, accepted },
        _ => FitEnd::Spent,
    });
    Ok(())
}
