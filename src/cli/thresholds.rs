//! The arms of a run that differ in the threshold of intervention alone, and where each stands on the curve.

use forestall_model::scenario::Plan;
use forestall_model::scenario::contrast::{Lone, lone};
use forestall_model::table::Table;
use forestall_report::chart::{Arm, BASELINE, Setting};
use forestall_study::montecarlo::operating::Setting as Place;
use forestall_study::montecarlo::operating_points;

/// The fewest thresholds that make a curve.
const FEWEST: usize = 3;
/// Thresholds nearer than this are one.
const NEAR: f64 = 1e-9;

/// The points of the curve, and what their settings are; `None` with fewer than three thresholds.
///
/// Of the arms with the same threshold the first stands for all: on the same draws they are the same runs. Arms that differ
/// in anything else are left out.
pub(super) fn curve(plan: &Plan, arms: &[Arm], replications: &Table) -> Option<(Table, Setting)> {
    let slot = plan.registry.slot("intervention", "threshold_log_odds")?;
    let baseline = plan.arm(None).ok()?;
    let alone = |arm: &Arm| {
        if arm.name == BASELINE {
            return lone(&baseline, &baseline, slot);
        }
        lone(&baseline, &plan.arm(Some(&arm.name)).ok()?, slot)
    };
    let found: Vec<(&Arm, Lone)> = arms.iter().filter_map(|arm| Some((arm, alone(arm)?))).collect();
    let values = distinct(&found, |l| l.value);
    let shifts = distinct(&found, |l| l.shift);
    let (places, setting) =
        if values.len() >= shifts.len() { (values, Setting::Threshold) } else { (shifts, Setting::Shift) };
    (places.len() >= FEWEST).then(|| (operating_points(replications, &places), setting))
}

/// One place a setting, in ascending order.
fn distinct(found: &[(&Arm, Lone)], of: impl Fn(&Lone) -> Option<f64>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (arm, lone) in found {
        let Some(value) = of(lone) else { continue };
        if arm.replications > 0 && !places.iter().any(|p| (p.value - value).abs() < NEAR) {
            places.push(Place { arm: arm.name.clone(), label: arm.label.clone(), value });
        }
    }
    places.sort_by(|a, b| a.value.total_cmp(&b.value));
    places
}
