//! The levers of an explorer: which parameters can be moved, how, and over which stretch.

use std::collections::BTreeMap;

use forestall_model::{Kind, Operation, Parameter, Plan, Policy, Scope, Stage, Target, Values, days_between};
use serde::Serialize;

use super::ExploreError;

/// What every service can do, whatever the scenario: shown first, beside what the scenario's own policies set.
const STANDARD: [&str; 20] = [
    "services.analysts",
    "services.surveillance_officers",
    "services.case_officers",
    "services.undercover_personas",
    "services.border_inspections_per_month",
    "leads.tip_programme_factor",
    "detection.communications_access_share",
    "intervention.threshold_log_odds",
    "subjects.watch_log_odds",
    "membership.pool_member",
    "pooled_database.contribution_share",
    "pooled_database.lag_days",
    "link_analysis.central_analysts",
    "notices.issue_share",
    "returns.warning_share",
    "virtual_entrepreneurs.strikes_per_year",
    "travel.passport_ban_share",
    "travel.exit_check_share",
    "returnees.prosecute_share",
    "prevention.reach_share",
];
/// Tables that no policy reads: the world on its first day, and how acts against people are weighed.
const NO_LEVERS: [&str; 4] = ["start", "plots_at_start", "observation", "intrusion"];
/// Steps of a slider from one end to the other, about.
const STEPS: f64 = 200.0;
/// Times the present value that a slider reaches.
const REACH: f64 = 4.0;
/// What a slider reaches where the present value is 0 and says nothing of the size.
const FROM_NOTHING: f64 = 10.0;
/// Two numbers are one if they differ by less than this share: a product and its factors.
const ROUNDING: f64 = 1e-9;

/// What is done to the value that a lever finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Replaces it.
    Set,
    /// Multiplies it.
    Times,
    /// Adds to it.
    Add,
}

/// Whose lever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LeverGroup {
    /// A policy of the scenario, or its `[optimize]` table, sets it.
    Scenario,
    /// A lever that every scenario has.
    Standard,
    /// A parameter of the world: to move it compares two worlds, not two policies.
    World,
}

/// One parameter that can be moved.
#[derive(Clone, Debug)]
pub struct ExploreLever {
    /// Its path.
    pub path: String,
    /// What it does to the value that it finds.
    pub act: Act,
    /// Whose lever it is.
    pub group: LeverGroup,
    /// What the parameter may be.
    pub kind: Kind,
    /// The unit of the parameter.
    pub unit: &'static str,
    /// What it means.
    pub meaning: String,
    /// The ends of the slider, and its step.
    pub slider: [f64; 3],
    /// The least and greatest number that may be typed.
    pub bounds: [f64; 2],
    /// Where the slider stands while nothing is moved.
    pub neutral: f64,
    /// The baseline's values on the first day in force, by country; one without a name where all have the same.
    pub baseline: Vec<(String, f64)>,
    target: Target,
}

impl ExploreLever {
    /// What it does at this value.
    pub(super) fn operation(&self, value: f64) -> Operation {
        match self.act {
            Act::Set => Operation::Set(value),
            Act::Times => Operation::Times(value),
            Act::Add => Operation::Add(value),
        }
    }

    /// What the path means.
    pub(super) fn target(&self) -> Target {
        self.target
    }

    /// That the lever can stand at this value.
    pub(super) fn admit(&self, value: f64) -> Result<(), ExploreError> {
        let [least, most] = self.bounds;
        let fits = match self.act {
            Act::Set => self.kind.admits(value),
            Act::Times | Act::Add => value.is_finite() && value >= least && value <= most,
        };
        let expected = match self.act {
            Act::Set => self.kind.expectation(),
            Act::Times => format!("a factor from {least} to {most}"),
            Act::Add => format!("a number from {least} to {most}"),
        };
        if fits {
            return Ok(());
        }
        Err(ExploreError::OutOfRange { lever: self.path.clone(), found: value.to_string(), expected })
    }

    /// The value that an operation of a policy gives it; `None` where the lever does another thing.
    pub(super) fn value_of(&self, operation: Operation) -> Option<f64> {
        match (self.act, operation) {
            (Act::Set, Operation::Set(value))
            | (Act::Times, Operation::Times(value))
            | (Act::Add, Operation::Add(value)) => Some(value),
            _ => None,
        }
    }
}

/// The first day in force, and the rest that all levers share.
pub(super) fn frame(plan: &Plan) -> Stage {
    let from = plan.optimize.as_ref().and_then(|optimize| optimize.from).unwrap_or(plan.start);
    Stage { name: None, from, until: None, ramp_days: 0, ramp_step_days: 7, note: String::new(), set: Vec::new() }
}

/// All levers by path, in the order in which they are shown.
pub(super) fn levers(plan: &Plan) -> Result<Vec<ExploreLever>, ExploreError> {
    let baseline = plan.arm(None)?;
    let first = days_between(plan.start, frame(plan).from);
    let values = baseline.snapshots.iter().rev().find(|snapshot| snapshot.time <= first);
    let values = values.map_or_else(|| baseline.initial(), |snapshot| &snapshot.values);
    let declared = declared(plan);
    let mut all: Vec<(String, LeverGroup)> = declared.keys().map(|path| (path.clone(), LeverGroup::Scenario)).collect();
    all.extend(STANDARD.iter().map(|path| ((*path).to_owned(), LeverGroup::Standard)));
    for info in plan.registry.tables() {
        let own = matches!(info.scope, Scope::World | Scope::Country) && !NO_LEVERS.contains(&info.name);
        for parameter in info.parameters.iter().filter(|_| own) {
            let lever = info.mechanism == "lever" || parameter.evidence == "lever";
            let group = if lever { LeverGroup::Standard } else { LeverGroup::World };
            all.push((format!("{}.{}", info.name, parameter.name), group));
        }
    }
    let mut levers: Vec<ExploreLever> = Vec::new();
    for (path, group) in all {
        let Ok(target) = plan.target(&path) else { continue };
        let held = plan.held.iter().any(|held| held.target.overlaps(&target));
        // What is read on the first day alone is no lever.
        let read_once = plan.registry.read_until(target.slot).is_some();
        if held || read_once || levers.iter().any(|lever| lever.path == path) {
            continue;
        }
        let said = declared.get(&path).copied().unwrap_or_default();
        levers.push(lever(plan, values, (path, target), group, &said));
    }
    levers.sort_by_key(|lever| lever.group);
    Ok(levers)
}

/// What the scenario says of a lever: what it does, and between which ends.
#[derive(Clone, Copy, Debug, Default)]
struct Declared {
    act: Option<Act>,
    ends: Option<[f64; 2]>,
    /// The furthest values that policies set.
    reached: Option<[f64; 2]>,
}

/// What `[optimize]` and the policies say of levers, by path.
fn declared(plan: &Plan) -> BTreeMap<String, Declared> {
    let mut all: BTreeMap<String, Declared> = BTreeMap::new();
    let lines = plan.optimize.iter().flat_map(|optimize| &optimize.levers);
    for line in lines {
        let signs = [("*=", Act::Times), ("+=", Act::Add), ("=", Act::Set)];
        let Some((path, range, act)) = signs.iter().find_map(|(sign, act)| {
            let (path, range) = line.text.split_once(sign)?;
            Some((path.trim(), range.trim(), *act))
        }) else {
            continue;
        };
        let ends = range.split_once("..").and_then(|(low, high)| {
            let ends = [low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?];
            (ends[0].is_finite() && ends[1].is_finite() && ends[0] < ends[1]).then_some(ends)
        });
        all.insert(path.to_owned(), Declared { act: Some(act), ends, reached: None });
    }
    for assignment in plan.policies.iter().flat_map(|p| &p.stages).flat_map(|stage| &stage.set) {
        let (act, value) = match assignment.operation {
            Operation::Set(value) => (Act::Set, value),
            Operation::Times(value) => (Act::Times, value),
            Operation::Add(value) => (Act::Add, value),
        };
        let said = all.entry(assignment.path.clone()).or_default();
        if *said.act.get_or_insert(act) == act {
            let [low, high] = said.reached.unwrap_or([value; 2]);
            said.reached = Some([low.min(value), high.max(value)]);
        }
    }
    all
}

fn lever(
    plan: &Plan,
    values: &Values,
    (path, target): (String, Target),
    group: LeverGroup,
    said: &Declared,
) -> ExploreLever {
    let parameter = plan.registry.parameter(target.slot);
    let baseline = present(plan, values, target);
    let uniform = baseline.len() == 1;
    let act = match said.act {
        Some(act) => act,
        None if uniform || !parameter.kind.continuous() => Act::Set,
        None => Act::Times,
    };
    let (slider, bounds) = stretch(parameter, act, &baseline, said);
    let neutral = match act {
        Act::Set => baseline.first().map_or(parameter.default, |first| first.1),
        Act::Times => 1.0,
        Act::Add => 0.0,
    };
    ExploreLever {
        act,
        group,
        kind: parameter.kind,
        unit: parameter.unit,
        meaning: parameter.meaning.split_whitespace().collect::<Vec<_>>().join(" "),
        slider,
        bounds,
        neutral,
        baseline,
        target,
        path,
    }
}

/// The values that a path has in the baseline: one where all countries have the same.
fn present(plan: &Plan, values: &Values, target: Target) -> Vec<(String, f64)> {
    let mut all = Vec::new();
    target.each(&mut values.clone(), |value| all.push(*value));
    // The common default stands before the countries' own values, which are what a run reads.
    let own = all.len().checked_sub(plan.countries.len()).filter(|before| *before == 1);
    if own.is_some() && plan.registry.tables()[target.slot.table].scope != Scope::World {
        all.remove(0);
    }
    if all.len() != plan.countries.len() || all.iter().all(|value| *value == all[0]) {
        return all.first().map(|value| (String::new(), *value)).into_iter().collect();
    }
    plan.countries.iter().map(|country| country.code.clone()).zip(all).collect()
}

/// The ends and the step of a slider, and what may be typed beside it.
fn stretch(parameter: &Parameter, act: Act, baseline: &[(String, f64)], said: &Declared) -> ([f64; 3], [f64; 2]) {
    let (least, most) = parameter.kind.bounds();
    let highest = baseline.iter().map(|b| b.1).fold(f64::NEG_INFINITY, f64::max);
    let lowest = baseline.iter().map(|b| b.1).fold(f64::INFINITY, f64::min);
    let (bounds, mut ends) = match act {
        Act::Set if parameter.kind == Kind::Share => ([least, most], [least, most]),
        Act::Set => {
            let size = highest.abs().max(lowest.abs()).max(parameter.default.abs());
            let far = if size > 0.0 { REACH * size } else { FROM_NOTHING };
            let low = if least >= 0.0 { least } else { lowest - far };
            ([least, most], [low, if least >= 0.0 { far } else { highest + far }])
        }
        Act::Times => {
            let from = if lowest > 0.0 { (least / lowest).max(0.0) } else { 0.0 };
            let to = if highest > 0.0 { most / highest } else { f64::MAX };
            ([from, to], [from, REACH])
        }
        Act::Add => {
            let far = REACH * highest.abs().max(lowest.abs()).max(1.0);
            ([least - lowest, most - highest], [-far, far])
        }
    };
    if let Some([low, high]) = said.reached {
        ends = [ends[0].min(low), ends[1].max(high)];
    }
    let [low, high] = said.ends.unwrap_or(ends);
    let (low, high) = (low.max(bounds[0]), high.min(bounds[1]));
    let whole = act == Act::Set && !matches!(parameter.kind, Kind::Number(..) | Kind::Share);
    let step = round_step((high - low) / STEPS);
    ([low, high, if whole { step.max(1.0) } else { step }], bounds)
}

/// The greatest of 1, 2 and 5 times a power of ten that is not above `step`.
fn round_step(step: f64) -> f64 {
    if step.is_nan() || step <= 0.0 {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(step)));
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|times| times * power)
        .find(|found| *found <= step * (1.0 + ROUNDING))
        .unwrap_or(power)
}

/// Where the levers stand under a policy, if they can say all of it.
pub(super) fn standing(policy: &Policy, levers: &[ExploreLever], frame: &Stage) -> Option<Vec<(String, f64)>> {
    let [stage] = policy.stages.as_slice() else { return None };
    let same = stage.from == frame.from && stage.until.is_none() && stage.ramp_days == 0;
    if !same || !policy.sharing.is_empty() {
        return None;
    }
    let found: Vec<(String, f64)> = stage
        .set
        .iter()
        .map(|assignment| {
            let lever = levers.iter().find(|lever| lever.path == assignment.path)?;
            Some((lever.path.clone(), lever.value_of(assignment.operation)?))
        })
        .collect::<Option<_>>()?;
    // A path that is set twice acts twice; levers stand at one value.
    let twice = found.iter().enumerate().any(|(i, one)| found[..i].iter().any(|other| other.0 == one.0));
    (!twice).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (step, expected) in [(0.013, 0.01), (0.02, 0.02), (7.0, 5.0), (240.0, 200.0), (0.0, 1.0)] {
            assert!((round_step(step) - expected).abs() < 1e-12 * expected, "{step}: {}", round_step(step));
        }
    }

    #[test]
    fn the_standard_levers_are_parameters() {
        let registry = forestall_model::registry();
        for path in STANDARD {
            let (table, name) = path.split_once('.').expect("a path");
            assert!(registry.slot(table, name).is_some(), "{path}");
        }
        for table in NO_LEVERS {
            assert!(registry.table(table).is_some(), "{table}");
        }
    }
}
