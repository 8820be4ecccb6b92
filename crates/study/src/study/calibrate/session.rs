//! One session of a calibration: screening if need be, then the fit, each batch kept as it finishes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::calibration::{
    Answer, CalibrationError, Evaluation, FitEnd, FitPoint, FitSettings, Screened, State, Targets, distance, fit,
    screen,
};
use crate::design::Factor;
use crate::montecarlo::Progress;
use crate::results::sealed;

use super::simulated::{Patterns, Simulated};
use super::{CalibrationEvent, CalibrationRequest, FitMethod, Monitor};

/// Points evaluated together; an interruption loses at most these.
pub(super) const BATCH: usize = 32;
/// A table is kept after so many hundredths of it at most, since what is kept is written whole.
const PARTS: usize = 100;

/// Whether a state holds all points that a request wants.
pub(super) fn fitted(request: &CalibrationRequest, state: &State) -> bool {
    match request.method {
        FitMethod::Generations => state.end.is_some(),
        FitMethod::Regression { .. } => !state.generations.is_empty(),
    }
}

/// What is kept between sessions.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// Each parameter's effect and whether it stays free; `None` before or without screening.
    screened: Option<Vec<(String, Option<f64>, bool)>>,
    pub state: State,
}

impl Kept {
    /// What screening found, if it was needed.
    pub(super) fn screened(&self) -> Option<Vec<Screened>> {
        let row =
            |row: &(String, Option<f64>, bool)| Screened { parameter: row.0.clone(), mu_star: row.1, kept: row.2 };
        self.screened.as_ref().map(|rows| rows.iter().map(row).collect())
    }
}

/// Whether a text is what is kept between sessions.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn readable(text: &[u8]) -> bool {
    sealed::parse::<Kept>(text).is_ok()
}

/// One session of a calibration.
pub(super) struct Session<'a> {
    request: &'a CalibrationRequest,
    monitor: &'a Monitor<'a, CalibrationEvent>,
    patterns: &'a Patterns<'a>,
    targets: &'a Targets,
    path: PathBuf,
    /// Points of a table that shards have simulated, by number.
    there: BTreeMap<u64, Simulated>,
    /// Runs simulated so far.
    pub runs: AtomicU64,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        request: &'a CalibrationRequest,
        monitor: &'a Monitor<'a, CalibrationEvent>,
        patterns: &'a Patterns<'a>,
        targets: &'a Targets,
        path: PathBuf,
    ) -> Self {
        Self { request, monitor, patterns, targets, path, there: BTreeMap::new(), runs: AtomicU64::new(0) }
    }

    /// The same with points of a table that are there already.
    pub(super) fn with(self, there: BTreeMap<u64, Simulated>) -> Self {
        Self { there, ..self }
    }

    /// Screens if need be, fits, and gives back what is kept with the free parameters.
    pub(super) fn go(&self, all: &[Factor]) -> Result<(Kept, Vec<Factor>), CalibrationError> {
        let mut kept: Kept = sealed::read(&self.path)?.unwrap_or_default();
        let most = match self.request.method {
            FitMethod::Generations => self.request.most_parameters,
            FitMethod::Regression { .. } => all.len(),
        };
        if all.len() > most && kept.screened.is_none() {
            self.monitor.tell(CalibrationEvent::Screening { of: all.len(), most });
            let evaluate = |point: &FitPoint| self.evaluate(all, point);
            let seed = self.patterns.plan().seed;
            let Some(found) = screen(all, self.request.trajectories, most, &self.request.keep, seed, &evaluate)? else {
                return Ok((kept, Vec::new()));
            };
            kept.screened = Some(found.into_iter().map(|s| (s.parameter, s.mu_star, s.kept)).collect());
            sealed::write(&self.path, &kept)?;
        }
        let free: Vec<Factor> = match &kept.screened {
            None => all.to_vec(),
            Some(rows) => all.iter().filter(|f| rows.iter().any(|r| r.2 && r.0 == f.name)).cloned().collect(),
        };
        let state = self.fit(&mut kept, &free)?;
        Ok((Kept { screened: kept.screened, state }, free))
    }

    fn fit(&self, kept: &mut Kept, free: &[Factor]) -> Result<State, CalibrationError> {
        let mut state = std::mem::take(&mut kept.state);
        let table = matches!(self.request.method, FitMethod::Regression { .. });
        if table && state.generations.len() == 1 && (state.particles.len() as u64) < self.request.simulations {
            reopen(&mut state);
        }
        if table && !state.generations.is_empty() {
            return Ok(state);
        }
        let most_points = self.request.simulations / self.request.replications;
        if state.end == Some(FitEnd::Spent) && state.tried_in_all() < most_points {
            state.end = None;
        }
        // Told after the screening, which must not spoil the rate.
        self.monitor.tell(CalibrationEvent::Begins(self.request.simulations));
        let evaluate = |point: &FitPoint| self.evaluate(free, point);
        let mut told = state.generations.len();
        let mut failed = None;
        let mut observe = |state: &State| {
            let snapshot = Kept { screened: kept.screened.clone(), state: state.clone() };
            if let Err(error) = sealed::write(&self.path, &snapshot) {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            for generation in state.generations.iter().skip(told) {
                self.monitor.tell(CalibrationEvent::Generation(generation.clone()));
            }
            told = state.generations.len();
            let done = state.tried_in_all() * self.request.replications;
            let all = self.request.simulations.max(done);
            self.monitor.tell(CalibrationEvent::Progress(Progress { done, all }));
            let done = table && !state.generations.is_empty();
            if done || self.monitor.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let ended = fit(free, &self.settings(most_points), state, &evaluate, &mut observe);
        self.monitor.tell(CalibrationEvent::Ends);
        let state = ended?;
        failed.map_or(Ok(state), |error| Err(error.into()))
    }

    fn settings(&self, most_points: u64) -> FitSettings {
        if matches!(self.request.method, FitMethod::Regression { .. }) {
            let points = self.request.simulations as usize;
            return FitSettings {
                particles: points,
                quantile: 0.5,
                least_acceptance: 0.1,
                goal: 0.0,
                // Points without a pattern are made good, up to ten times as many.
                most_points: u64::MAX,
                batch: BATCH.max(points / PARTS),
                seed: self.patterns.plan().seed,
            };
        }
        FitSettings {
            particles: self.request.particles,
            quantile: self.request.quantile,
            least_acceptance: self.request.least_acceptance,
            goal: self.request.goal,
            most_points,
            batch: BATCH,
            seed: self.patterns.plan().seed,
        }
    }

    fn evaluate(&self, factors: &[Factor], point: &FitPoint) -> Answer {
        if self.monitor.cancelled() {
            return Answer::Stopped;
        }
        let there = if point.generation == 0 { self.there.get(&point.serial) } else { None };
        let simulated = there.cloned().unwrap_or_else(|| {
            let simulated = self.patterns.of(factors, point, self.request.replications);
            self.runs.fetch_add(self.request.replications, Ordering::Relaxed);
            simulated
        });
        match simulated {
            Err(reason) => Answer::Failed(reason),
            Ok(summaries) => match distance(&self.targets.0, &summaries, self.request.combine) {
                Some(distance) => Answer::Done(Evaluation { distance, summaries }),
                None => Answer::Failed(self.undefined(&summaries)),
            },
        }
    }

    fn undefined(&self, summaries: &[Option<f64>]) -> String {
        let pattern = self.targets.0.iter().zip(summaries).find(|(t, s)| s.is_none() && !t.held_out);
        pattern.map_or_else(|| "no distance".into(), |(t, _)| format!("`{}` is undefined", t.pattern))
    }
}

/// A table that is to have more points goes on where it ended.
fn reopen(state: &mut State) {
    if let Some(done) = state.generations.pop() {
        (state.tried, state.failed) = (done.tried, done.failed);
        state.accepted = std::mem::take(&mut state.particles);
        state.accepted.iter_mut().for_each(|p| p.weight = 1.0);
        (state.tolerance, state.end) = (None, None);
    }
}
