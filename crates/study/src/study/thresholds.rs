//! The policies of a run that differ in the threshold of intervention alone, and where each stands on the curve.

use crate::montecarlo::operating::{COLUMNS, Setting};
use crate::montecarlo::operating_points;
use forestall_model::{BASELINE, Lone, Plan, Table, lone};

use super::RunPolicy;

/// The fewest thresholds that make a curve.
const FEWEST: usize = 3;
/// Thresholds nearer than this are one.
const NEAR: f64 = 1e-9;

/// What the settings of a curve are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThresholdScale {
    /// The threshold itself, in log odds.
    Threshold,
    /// What the threshold is moved by, where it is not the same everywhere.
    Shift,
}

/// One point a threshold: what is foiled, and who is detained though not plotting.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdCurve {
    /// The points, in ascending order of their settings.
    pub points: Table,
    /// What the settings are.
    pub scale: ThresholdScale,
}

/// The curve; `None` with fewer than three thresholds. `replications` gives columns of that table.
///
/// Of the policies with the same threshold the first stands for all: on the same draws they are the same runs. Policies
/// that differ in anything else are left out.
pub(super) fn curve(
    plan: &Plan,
    policies: &[RunPolicy],
    replications: &dyn Fn(&[&str]) -> Table,
) -> Option<ThresholdCurve> {
    let slot = plan.registry.slot("intervention", "threshold_log_odds")?;
    let baseline = plan.arm(None).ok()?;
    let alone = |policy: &RunPolicy| {
        if policy.name == BASELINE {
            return lone(&baseline, &baseline, slot);
        }
        lone(&baseline, &plan.arm(Some(&policy.name)).ok()?, slot)
    };
    let found: Vec<(&RunPolicy, Lone)> = policies.iter().filter_map(|policy| Some((policy, alone(policy)?))).collect();
    let values = distinct(&found, |l| l.value);
    let shifts = distinct(&found, |l| l.shift);
    let (settings, scale) = if values.len() >= shifts.len() {
        (values, ThresholdScale::Threshold)
    } else {
        (shifts, ThresholdScale::Shift)
    };
    let points = || operating_points(&replications(&COLUMNS), &settings);
    (settings.len() >= FEWEST).then(|| ThresholdCurve { points: points(), scale })
}

/// One place a setting, in ascending order.
fn distinct(found: &[(&RunPolicy, Lone)], of: impl Fn(&Lone) -> Option<f64>) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for (policy, lone) in found {
        let Some(value) = of(lone) else { continue };
        if policy.replications > 0 && !settings.iter().any(|s| (s.value - value).abs() < NEAR) {
            settings.push(Setting { arm: policy.name.clone(), label: policy.label.clone(), value });
        }
    }
    settings.sort_by(|a, b| a.value.total_cmp(&b.value));
    settings
}
