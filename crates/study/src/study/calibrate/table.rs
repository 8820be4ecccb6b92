//! A table of another fit as the beginning of this one: the same points and histories, held against other facts.
//!
//! What a history shows does not depend on the facts, so a fit to fewer of them, such as those that were known by the end
//! of a year, need not simulate again. Point k depends on seed and k alone: the result is that of the plain command.

use std::path::Path;

use crate::calibration::{CalibrationError, Particle, Targets, distance};
use crate::results::{ResultsFolder, bounded, sealed};
use forestall_model::{Plan, UsePosterior};

use super::session::Kept;
use super::{CalibrationRequest, hash, known};
use crate::study::{Overrides, Study};

/// Copies the points of the fit in `other` to `path`, with the patterns of `targets`; nothing where `path` is there.
///
/// # Errors
/// If it is a fit of another scenario, seed, prior or method, or lacks an outcome that the facts name.
pub(super) fn begin(
    request: &CalibrationRequest,
    other: &Path,
    (plan, targets): (&Plan, &Targets),
    path: &Path,
) -> Result<(), CalibrationError> {
    if path.exists() {
        return Ok(());
    }
    let wrong = |what: String| CalibrationError::request(format!("--table {}: {what}", other.display()));
    let folder = ResultsFolder::open(other)?;
    let overrides = Overrides { posterior: Some(UsePosterior::None), ..Overrides::default() };
    let theirs = Study::open(folder.resolved_scenario(), overrides).map_err(|error| wrong(error.to_string()))?;
    let theirs = theirs.scenario();
    if theirs.fingerprint_text() != plan.fingerprint_text() || theirs.seed != plan.seed {
        return Err(wrong(
            "is a fit of another scenario, other priors or another seed; fit it anew without --table".into(),
        ));
    }
    let file = other.join("targets.toml");
    let text = bounded::text(&file, bounded::TEXT).map_err(|error| wrong(error.to_string()))?;
    // The hash says how the fit was made: the points of generations are no draws of the prior.
    if folder.manifest()?.hash != hash(request, theirs, &text) {
        return Err(wrong("is no fit by regression of this version of results; fit anew without --table".into()));
    }
    let old = Targets::parse(&file.display().to_string(), &text, &known(theirs))?;
    let place = |target: &crate::calibration::Target| {
        old.0.iter().position(|known| known.expression == target.expression).ok_or_else(|| {
            let pattern = &target.pattern;
            wrong(format!("knows no outcome like that of `{pattern}`; leave the fact out, or fit anew without --table"))
        })
    };
    let places: Vec<usize> = targets.0.iter().map(place).collect::<Result<_, _>>()?;
    let Some(mut kept) = sealed::read::<Kept>(&other.join("state.json"))? else {
        return Err(wrong("holds no state.json".into()));
    };
    let turned = |particle: Particle| {
        let summaries: Vec<Option<f64>> =
            places.iter().map(|&at| particle.summaries.get(at).copied().flatten()).collect();
        let distance = distance(&targets.0, &summaries, request.combine)?;
        Some(Particle { distance, summaries, ..particle })
    };
    let all = |points: Vec<Particle>| points.into_iter().filter_map(turned).collect::<Vec<_>>();
    kept.state.particles = all(std::mem::take(&mut kept.state.particles));
    kept.state.accepted = all(std::mem::take(&mut kept.state.accepted));
    Ok(sealed::write(path, &kept)?)
}
