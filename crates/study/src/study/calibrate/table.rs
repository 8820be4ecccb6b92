//! Tables of points of finished fits, held against other facts.
//!
//! What a history shows does not depend on the facts, so a fit to fewer of them, such as those that were known by the end
//! of a year, need not simulate again, and rival rules can be weighed by any of them. Point k depends on seed and k alone:
//! the result is that of the plain command.

use std::path::{Path, PathBuf};

use crate::calibration::{CalibrationError, Particle, Targets, distance};
use crate::montecarlo::pattern::Known;
use crate::results::{ResultsFolder, bounded, sealed};
use forestall_model::{Plan, UsePosterior};

use super::session::Kept;
use super::{CalibrationRequest, known, table_hash};
use crate::study::{Overrides, Study};

/// A fit by regression as it is kept in its folder.
pub(super) struct Fitted {
    folder: PathBuf,
    study: Study,
    targets: Targets,
    kept: Kept,
    /// Its facts as they were written.
    pub text: String,
    /// Its seed.
    pub seed: u64,
}

impl Fitted {
    /// Opens the folder of a fit.
    ///
    /// # Errors
    /// If it is none by regression of this version of results, or is not finished.
    pub(super) fn open(folder: &Path) -> Result<Self, CalibrationError> {
        let fitted = Self::read(folder)?;
        if fitted.kept.state.generations.is_empty() {
            return Err(fitted.wrong("is not finished; run its command again, which goes on where it stopped"));
        }
        Ok(fitted)
    }

    /// Reads a fit, finished or not.
    fn read(folder: &Path) -> Result<Self, CalibrationError> {
        let wrong = |what: String| CalibrationError::request(format!("{}: {what}", folder.display()));
        if !folder.join("targets.toml").exists() {
            return Err(wrong("is no calibration: it has no targets.toml; make one with `forestall calibrate`".into()));
        }
        let results = ResultsFolder::open(folder)?;
        let overrides = Overrides { posterior: Some(UsePosterior::None), ..Overrides::default() };
        let study = Study::open(results.resolved_scenario(), overrides).map_err(|error| wrong(error.to_string()))?;
        let plan = study.scenario();
        let file = folder.join("targets.toml");
        let text = bounded::text(&file, bounded::TEXT).map_err(|error| wrong(format!("targets.toml, {error}")))?;
        // The hash says how the fit was made: the points of generations are no draws of the prior.
        if results.manifest()?.hash != table_hash(plan, &text) {
            return Err(wrong(
                "is no fit by regression of this version of results; fit anew by --method regression".into(),
            ));
        }
        let targets = Targets::parse(&file.display().to_string(), &text, &known(plan))?;
        let Some(kept) = sealed::read::<Kept>(&folder.join("state.json"))? else {
            return Err(wrong("holds no state.json".into()));
        };
        let seed = plan.seed;
        Ok(Self { folder: folder.to_owned(), targets, kept, text, seed, study })
    }

    fn wrong(&self, what: &str) -> CalibrationError {
        CalibrationError::request(format!("{}: {what}", self.folder.display()))
    }

    /// The file of its facts.
    pub(super) fn file(&self) -> String {
        self.folder.join("targets.toml").display().to_string()
    }

    /// What facts may name.
    pub(super) fn known(&self) -> Known {
        known(self.study.scenario())
    }

    /// The label of the alternative in force, or the scenario's name.
    pub(super) fn name(&self) -> String {
        let plan = self.study.scenario();
        plan.alternative().map_or_else(|| plan.name.clone(), |other| other.label.clone())
    }

    /// Its points with the patterns of these facts.
    ///
    /// # Errors
    /// If it lacks an outcome that the facts name.
    pub(super) fn points(&self, targets: &Targets) -> Result<Vec<Particle>, CalibrationError> {
        let places = self.places(targets)?;
        let turned = |particle: &Particle| Particle { summaries: at(particle, &places), ..particle.clone() };
        Ok(self.kept.state.particles.iter().map(turned).collect())
    }

    /// Where its own facts have the outcomes of these.
    fn places(&self, targets: &Targets) -> Result<Vec<usize>, CalibrationError> {
        let place = |target: &crate::calibration::Target| {
            self.targets.0.iter().position(|known| known.expression == target.expression).ok_or_else(|| {
                let pattern = &target.pattern;
                self.wrong(&format!(
                    "knows no outcome like that of `{pattern}`; leave the fact out, or fit anew with it"
                ))
            })
        };
        targets.0.iter().map(place).collect()
    }
}

fn at(particle: &Particle, places: &[usize]) -> Vec<Option<f64>> {
    places.iter().map(|&at| particle.summaries.get(at).copied().flatten()).collect()
}

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
    let wrong = |error: CalibrationError| match error {
        CalibrationError::Request(what) => CalibrationError::request(format!("--table {what}")),
        error => error,
    };
    let mut fitted = Fitted::read(other).map_err(wrong)?;
    let theirs = fitted.study.scenario();
    if theirs.fingerprint_text() != plan.fingerprint_text() || theirs.seed != plan.seed {
        let what = "is a fit of another scenario, other priors or another seed; fit it anew without --table";
        return Err(wrong(fitted.wrong(what)));
    }
    let places = fitted.places(targets).map_err(wrong)?;
    let turned = |particle: Particle| {
        let summaries = at(&particle, &places);
        let distance = distance(&targets.0, &summaries, request.combine)?;
        Some(Particle { distance, summaries, ..particle })
    };
    let all = |points: Vec<Particle>| points.into_iter().filter_map(turned).collect::<Vec<_>>();
    fitted.kept.state.particles = all(std::mem::take(&mut fitted.kept.state.particles));
    fitted.kept.state.accepted = all(std::mem::take(&mut fitted.kept.state.accepted));
    Ok(sealed::write(path, &fitted.kept)?)
}
