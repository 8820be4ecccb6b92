//! The same policies with the adversary's adaptation off, middle and high, for the checks of robustness.

use crate::calibration::factors;
use crate::calibration::posterior::UNIDENTIFIED;
use crate::montecarlo::Stop;
use crate::results::{ResultsFolder, spreadsheet};
use crate::stats::quantile;
use forestall_model::{DrawnParameter, Plan, Table};

use super::shelf::{self, Request, Setting};
use super::{Monitor, RunEvent, StudyError};

/// The settings of `adaptation.response`.
const STRENGTHS: [&str; 3] = ["off", "middle", "high"];
/// Tails cut from the intervals whose widths are compared.
const TAIL: f64 = 0.05;

/// A finished run of the same policies at one strength of adaptation.
#[derive(Clone, Debug)]
pub struct AtStrength {
    /// The strength: off, middle or high.
    pub strength: String,
    /// Its comparisons.
    pub comparisons: Table,
    /// Its displacement; empty where it was not written.
    pub displacement: Table,
}

/// A calibrated parameter with its value in each draw.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibratedParameter {
    /// Its path.
    pub path: String,
    /// Its value by number of the draw.
    pub values: Vec<f64>,
    /// Whether the data do not constrain it: its posterior is about as wide as its prior; `None` where no prior is known.
    pub unconstrained: Option<bool>,
}

/// Runs every policy at each strength into the folder of the run; what is already there is kept.
pub(super) fn run(request: &Request, folder: &ResultsFolder, monitor: &Monitor<RunEvent>) -> Result<Stop, StudyError> {
    for strength in STRENGTHS {
        let mut overrides = request.study.overrides().clone();
        overrides.sets.retain(|set| !set.trim_start().starts_with("adaptation.response"));
        overrides.sets.push(format!("adaptation.response!={strength}"));
        overrides.replications = Some(request.replications);
        let study = request.study.with(overrides)?;
        monitor.tell(RunEvent::Adaptation(strength));
        let setting = Setting { shelf: format!("adaptation-{strength}"), told: format!("{strength} (trust)") };
        if shelf::run(study.scenario(), request, folder, &setting, monitor)? == Stop::Interrupted {
            return Ok(Stop::Interrupted);
        }
    }
    Ok(Stop::Finished)
}

/// The finished runs at each strength that stand beside a run.
pub(super) fn read(folder: &ResultsFolder) -> Result<Vec<AtStrength>, StudyError> {
    let mut found = Vec::new();
    for strength in STRENGTHS {
        for beside in shelf::finished(folder, &format!("adaptation-{strength}"))? {
            let comparisons = spreadsheet::read(&beside.comparisons())?;
            let written = beside.substitution();
            let displacement = if written.exists() { spreadsheet::read(&written)? } else { Table::new() };
            found.push(AtStrength { strength: strength.into(), comparisons, displacement });
        }
    }
    Ok(found)
}

/// How strongly the adversary adapts on the first counted day, in the scenario's word.
pub(super) fn strength(plan: &Plan) -> String {
    let word = || {
        let slot = plan.registry.slot("adaptation", "response")?;
        let arm = plan.arm(None).ok()?;
        let first = arm.snapshots.iter().rev().find(|s| s.time <= 0.0)?;
        Some(plan.registry.parameter(slot).kind.write(first.values.world[slot.table][slot.parameter]))
    };
    word().map(|w| w.trim_matches('"').to_owned()).unwrap_or_default()
}

/// The draws that runs take, each parameter marked where the data left it about as wide as its prior.
pub(super) fn calibrated(plan: &Plan) -> Vec<CalibratedParameter> {
    let priors = factors(plan);
    let Some(posterior) = &plan.posterior else { return Vec::new() };
    let one = |p: &DrawnParameter| {
        let prior = priors.iter().find(|f| f.name == p.path).map(|f| f.value(1.0 - TAIL) - f.value(TAIL));
        let width = quantile(&p.values, 1.0 - TAIL).zip(quantile(&p.values, TAIL)).map(|(high, low)| high - low);
        let unconstrained = prior.filter(|w| *w > 0.0).zip(width).map(|(prior, width)| width / prior > UNIDENTIFIED);
        CalibratedParameter { path: p.path.clone(), values: p.values.clone(), unconstrained }
    };
    posterior.parameters.iter().map(one).collect()
}
