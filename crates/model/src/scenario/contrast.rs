//! In what two arms differ: one parameter and nothing else, and what it is set to.

use super::registry::Slot;
use super::resolved::{Scenario, Values};

/// Two settings are one if they differ by less: what is left of adding and taking away again.
const ROUNDING: f64 = 1e-9;

/// One parameter of an arm that has everything else in common with the baseline, over the counted period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lone {
    /// Its value, where it is the same in all countries and at all times.
    pub value: Option<f64>,
    /// Its value less the baseline's, where that is the same in all countries and at all times.
    pub shift: Option<f64>,
}

/// What `arm` sets the parameter to; `None` where the two differ in anything else at any time, the warm-up included.
pub fn lone(baseline: &Scenario, arm: &Scenario, slot: Slot) -> Option<Lone> {
    let mut times: Vec<f64> = baseline.snapshots.iter().chain(&arm.snapshots).map(|s| s.time).collect();
    times.push(0.0);
    times.sort_by(f64::total_cmp);
    times.dedup();
    let (mut values, mut shifts) = (Vec::new(), Vec::new());
    for time in times {
        let (base, own) = (at(baseline, time), at(arm, time));
        if !alike_but_for(base, own, slot) {
            return None;
        }
        if time >= 0.0 {
            values.extend(settings(own, slot));
            shifts.extend(settings(own, slot).zip(settings(base, slot)).map(|(own, base)| own - base));
        }
    }
    Some(Lone { value: common(&values), shift: common(&shifts) })
}

fn at(scenario: &Scenario, time: f64) -> &Values {
    let place = scenario.snapshots.iter().rposition(|s| s.time <= time).unwrap_or(0);
    &scenario.snapshots[place].values
}

fn settings(values: &Values, slot: Slot) -> impl Iterator<Item = f64> {
    values.countries.iter().map(move |c| c[slot.table][slot.parameter])
}

fn alike_but_for(base: &Values, own: &Values, slot: Slot) -> bool {
    let mut levelled = own.clone();
    levelled.world[slot.table][slot.parameter] = base.world[slot.table][slot.parameter];
    for (country, other) in levelled.countries.iter_mut().zip(&base.countries) {
        country[slot.table][slot.parameter] = other[slot.table][slot.parameter];
    }
    levelled == *base
}

fn common(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    values.iter().all(|v| (v - first).abs() < ROUNDING).then_some(first)
}
