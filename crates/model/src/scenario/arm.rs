//! Arms: the values over time of the baseline or of one policy.

use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::time::{date_after, days_between};

use super::address::{Reach, Target};
use super::diagnostic::{Diagnostic, Diagnostics, Mark, Reports};
use super::held_pairs;
use super::nearest::did_you_mean;
use super::pairs::{Layers, Sharing};
use super::parameter::{Kind, Parameter};
use super::plan::{Assignment, Held, Operation, Plan, Policy, Stage};
use super::ramp::Ramp;
use super::registry::{ReadUntil, Slot};
use super::resolved::{Scenario, Snapshot, Values};
use super::stages::BASELINE;

/// Most periods of one arm.
const MOST_PERIODS: usize = 5_000;

impl Stage {
    /// How many steps the ramp has.
    fn steps(&self) -> u32 {
        Ramp::steps(self.ramp_days, self.ramp_step_days)
    }

    fn ramp(&self, start: Date) -> Ramp {
        Ramp::new(start, Some(self.from), self.until, self.ramp_days, self.ramp_step_days)
    }
}

impl Operation {
    /// The value after the operation, at a share of the whole effect.
    pub(super) fn apply(self, below: f64, kind: Kind, fraction: f64) -> f64 {
        let goal = match self {
            Self::Set(value) => value,
            Self::Times(factor) => below * factor,
            Self::Add(term) => below + term,
        };
        // At the full effect the goal itself, not a sum that could differ in the last digit.
        let value = if fraction >= 1.0 || !kind.continuous() { goal } else { below + fraction * (goal - below) };
        if matches!(kind, Kind::Count(..)) { libm::round(value) } else { value }
    }
}

/// Who sets something, for messages.
struct Owner<'p> {
    words: String,
    stages: &'p [Stage],
    sharing: &'p [Sharing],
}

/// Lays the stages of one owner on the values; reports values that leave their range.
fn lay(plan: &Plan, values: &mut Values, owner: &Owner<'_>, time: f64, reports: &Reports, told: &mut Vec<Mark>) {
    for stage in owner.stages {
        let Some(fraction) = stage.ramp(plan.start).fraction(time) else { continue };
        for assignment in &stage.set {
            let parameter = plan.registry.parameter(assignment.target.slot);
            let mut outside = None;
            let operation = assignment.operation;
            let operation = assignment.number.map_or(operation, |number| operation.with(values.changes[number]));
            assignment.target.each(values, |value| {
                let next = operation.apply(*value, parameter.kind, fraction);
                if parameter.kind.admits(next) {
                    *value = next;
                } else {
                    outside = Some((*value, next));
                }
            });
            if let Some((below, next)) = outside
                && !told.contains(&assignment.mark)
            {
                told.push(assignment.mark.clone());
                let date = date_after(plan.start, time);
                reports.add(out_of_range(owner, assignment, parameter, date, (below, next)));
            }
        }
    }
}

fn out_of_range(
    owner: &Owner<'_>,
    assignment: &Assignment,
    parameter: &Parameter,
    date: Date,
    (below, next): (f64, f64),
) -> Diagnostic {
    let message = format!("on {date}, {} takes `{}` out of its range", owner.words, assignment.path);
    Diagnostic::at(&assignment.mark, message)
        .found(format!("{next}, out of {below} on the level below"))
        .expected(parameter.kind.expectation())
}

fn owners<'p>(plan: &'p Plan, policy: Option<&'p Policy>) -> Vec<Owner<'p>> {
    let words = "a change of the baseline".into();
    let changes = Owner { words, stages: &plan.changes, sharing: &plan.sharing };
    let policy =
        policy.map(|p| Owner { words: format!("policy `{}`", p.name), stages: &p.stages, sharing: &p.sharing });
    std::iter::once(changes).chain(policy).collect()
}

/// Reports held values that a change or the policy sets too, unless they are marked.
fn check_held(plan: &Plan, owners: &[Owner<'_>], reports: &Reports) {
    for held in plan.held.iter().filter(|held| !held.over) {
        for owner in owners {
            let mut all = owner.stages.iter().flat_map(|stage| &stage.set);
            if let Some(other) = all.find(|a| a.target.overlaps(&held.target)) {
                reports.add(conflict(held, owner, other));
            }
        }
    }
    let entries = || owners.iter().flat_map(|owner| owner.sharing.iter().map(|entry| (owner.words.as_str(), entry)));
    held_pairs::check(&plan.held_pairs, entries, reports);
    held_pairs::check_acts(&plan.held_pairs, entries, plan.countries.len(), reports);
}

fn conflict(held: &Held, owner: &Owner<'_>, other: &Assignment) -> Diagnostic {
    let message = format!("`{}` is held at one value, and {} sets it too", held.path, owner.words);
    let help = if held.mark.line == 0 {
        format!("write `--set '{}!={}'` to hold it all the same", held.path, held.value)
    } else {
        format!("write `\"{}!\" = …` to hold it all the same", held.path)
    };
    let place = format!("`{}` in {}:{}", other.path, other.mark.file, other.mark.line);
    Diagnostic::at(&held.mark, message).found(place).help(help)
}

/// Reports what is set after the first simulated day of a parameter that is read on that day alone.
fn check_first_day(plan: &Plan, owners: &[Owner<'_>], reports: &Reports) {
    for owner in owners {
        for stage in owner.stages {
            for assignment in &stage.set {
                let Some(until) = plan.registry.read_until(assignment.target.slot) else { continue };
                let (last, words) = match until {
                    ReadUntil::FirstSimulated => (0.0 - plan.warm_up_days, "simulated"),
                    ReadUntil::FirstCounted => (0.0, "counted"),
                };
                let late = days_between(plan.start, stage.from) > last;
                if !late && stage.steps() == 1 {
                    continue;
                }
                let message = format!(
                    "{} sets `{}` too late: it is read on the first {words} day and never after",
                    owner.words, assignment.path
                );
                let day = date_after(plan.start, last);
                let found = if late { format!("from {}", stage.from) } else { "a ramp".into() };
                let diagnostic = Diagnostic::at(&assignment.mark, message).found(found);
                let help = "set it in its own table, or compare two scenarios with `compare`";
                reports.add(diagnostic.expected(format!("{day} or before, without a ramp")).help(help));
            }
        }
    }
}

/// The times at which values may change, the first before the warm-up's end or at the start.
fn breakpoints(plan: &Plan, owners: &[Owner<'_>], reports: &Reports) -> Vec<f64> {
    let first = 0.0 - plan.warm_up_days;
    let end = days_between(plan.start, plan.end);
    let stages = owners.iter().flat_map(|owner| owner.stages);
    let mut times: Vec<f64> = stages.flat_map(|stage| stage.ramp(plan.start).times()).collect();
    times.extend(owners.iter().flat_map(|owner| owner.sharing).flat_map(|entry| entry.times(plan.start)));
    times.retain(|t| *t > first && *t < end);
    times.push(first);
    times.sort_by(f64::total_cmp);
    times.dedup();
    if times.len() > MOST_PERIODS {
        let mark = Mark { file: plan.file.clone(), ..Mark::default() };
        let diagnostic = Diagnostic::at(&mark, "values change too often").found(format!("{} times", times.len()));
        reports.add(diagnostic.expected(format!("at most {MOST_PERIODS}")).help("make `ramp_step_days` longer"));
        times.truncate(1);
    }
    times
}

/// What a reader's own parameters say where no entry speaks of the share that it reads and the days that it waits.
fn own_pair<'v>(plan: &Plan, values: &'v Values) -> impl Fn(usize) -> (f64, f64) + use<'v> {
    let slot = |name: &str| plan.registry.slot("notices", name);
    let (read, answer) = (slot("read_share"), slot("answer_days"));
    move |reader| {
        let value = |slot: Option<Slot>| slot.map_or(0.0, |s| values.countries[reader][s.table][s.parameter]);
        (value(read), value(answer))
    }
}

fn snapshots(plan: &Plan, base: &Values, policy: Option<&Policy>, reports: &Reports) -> Vec<Snapshot> {
    let all = owners(plan, policy);
    check_held(plan, &all, reports);
    check_first_day(plan, &all, reports);
    laid(plan, base, policy, reports)
}

/// The snapshots without a word on what holds a value against changes and policies.
fn laid(plan: &Plan, base: &Values, policy: Option<&Policy>, reports: &Reports) -> Vec<Snapshot> {
    let owners = owners(plan, policy);
    let mut told = Vec::new();
    let mut all: Vec<Snapshot> = Vec::new();
    let mut layers = Layers::new(plan.start, plan.countries.len(), owners.iter().map(|owner| owner.sharing));
    for time in breakpoints(plan, &owners, reports) {
        let mut values = base.clone();
        // The number of a change is held before the change acts, all else after it.
        let (numbers, others): (Vec<&Held>, Vec<&Held>) =
            plan.held.iter().partition(|held| matches!(held.target.reach, Reach::Change { .. }));
        for held in numbers {
            held.target.each(&mut values, |value| *value = held.value);
        }
        for owner in &owners {
            lay(plan, &mut values, owner, time, reports, &mut told);
        }
        for held in others {
            held.target.each(&mut values, |value| *value = held.value);
        }
        let laid = layers.at(time, &own_pair(plan, &values));
        values.pairs = held_pairs::lay(&plan.held_pairs, laid, plan.countries.len());
        if all.last().is_none_or(|last| *last.values != values) {
            all.push(Snapshot { time, values: Arc::new(values) });
        }
    }
    all
}

/// Builds every arm once, so that a mistake in any policy is told before the first run.
pub(super) fn check_all(plan: &Plan, reports: &Reports) {
    if let Some(diagnostic) = too_much(plan) {
        reports.add(diagnostic);
        return;
    }
    for other in &plan.alternatives {
        other.lay(plan, &mut plan.base.clone(), reports);
    }
    let base = &plan.under_alternative(&plan.base, &Reports::default());
    let baseline = snapshots(plan, base, None, reports);
    let same = |a: &[Snapshot], b: &[Snapshot]| {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.time == y.time && x.values == y.values)
    };
    let held = !plan.held.is_empty() || !plan.held_pairs.is_empty();
    let without = held.then(|| Plan { held: Vec::new(), held_pairs: Vec::new(), ..plan.clone() });
    for policy in &plan.policies {
        // A held value that one policy sets matters only if that policy is run.
        let own = Reports::default();
        let free = snapshots(without.as_ref().unwrap_or(plan), base, Some(policy), &own);
        let broken = own.any_error();
        own.split().0.into_iter().for_each(|error| reports.add(error));
        let held = || laid(plan, base, Some(policy), &Reports::default());
        if !broken && same(&if without.is_some() { held() } else { free }, &baseline) {
            let message = format!("policy `{}` changes nothing within the run", policy.name);
            let help = "it is run as a placebo: any difference from the baseline would be an error";
            reports.add(Diagnostic::at(&policy.mark, message).help(help).as_warning());
        }
    }
}

/// Most values that all arms together may lay: about two seconds of work.
const MOST_WORK: u64 = 60_000_000;

/// What building every arm takes, in values laid: periods times tables and lines, summed over arms.
fn work(plan: &Plan) -> u64 {
    let countries = plan.countries.len() as u64 + 1;
    let rows = countries * plan.registry.tables().len() as u64;
    let lines = |stages: &[Stage]| stages.iter().map(|s| 1 + countries * s.set.len() as u64).sum::<u64>();
    let times = |stages: &[Stage], sharing: &[Sharing]| {
        stages.iter().map(|s| u64::from(s.steps()) + 1).sum::<u64>()
            + sharing.iter().map(|s| u64::from(s.steps()) + 1).sum::<u64>()
    };
    let below = (times(&plan.changes, &plan.sharing), lines(&plan.changes) + countries * plan.held.len() as u64);
    // Values change at the beginning of days only.
    let days = (days_between(plan.start, plan.end) + plan.warm_up_days) as u64 + 1;
    let one = |times: u64, lines: u64| {
        let periods = (below.0 + times + 1).min(days).min(MOST_PERIODS as u64);
        below.0 + times + periods * (rows + below.1 + lines)
    };
    plan.policies.iter().fold(one(0, 0), |sum, p| sum + one(times(&p.stages, &p.sharing), lines(&p.stages)))
}

fn too_much(plan: &Plan) -> Option<Diagnostic> {
    let work = work(plan);
    if work <= MOST_WORK {
        return None;
    }
    let mark = Mark { file: plan.file.clone(), ..Mark::default() };
    let found = format!("{work} settings: dates × values, over {} policies", plan.policies.len());
    let diagnostic = Diagnostic::at(&mark, "policies and changes set too many values on too many dates").found(found);
    Some(diagnostic.expected(format!("at most {MOST_WORK}")).help("split the policies over several files"))
}

impl Plan {
    /// The arm of a policy, or the baseline.
    ///
    /// # Errors
    /// If there is no such policy, or it cannot be had with the values held by `--set`.
    pub fn arm(&self, policy: Option<&str>) -> Result<Scenario, Diagnostics> {
        self.arm_with(policy, &[])
    }

    /// The arm of a policy, or the baseline, at a design point: base values replaced by path.
    ///
    /// # Errors
    /// If the policy or a path is not known, or a value leaves its range.
    pub fn arm_with(&self, policy: Option<&str>, point: &[(&str, f64)]) -> Result<Scenario, Diagnostics> {
        let reports = Reports::default();
        let chosen = policy.filter(|name| *name != BASELINE).and_then(|name| self.find(name, &reports));
        let mut base = self.base.clone();
        for (path, value) in point {
            if let Some((target, value)) = self.point(path, *value, &reports) {
                target.each(&mut base, |v| *v = value);
            }
        }
        self.arm_of(&base, chosen, reports)
    }

    /// The arm of a policy, or the baseline, at one draw from the posterior; later draws begin anew.
    ///
    /// Without a posterior it is the arm itself.
    ///
    /// # Errors
    /// If the policy is not known, or takes a value of this draw out of its range.
    pub fn arm_at_draw(&self, policy: Option<&str>, draw: u64) -> Result<Scenario, Diagnostics> {
        let reports = Reports::default();
        let chosen = policy.filter(|name| *name != BASELINE).and_then(|name| self.find(name, &reports));
        let mut base = self.base.clone();
        if let Some(posterior) = &self.posterior {
            posterior.lay(draw, &mut base);
        }
        self.arm_of(&base, chosen, reports)
    }

    /// The arm of a policy that no file holds, at one draw from the posterior where there is one.
    ///
    /// # Errors
    /// If the policy takes a value out of its range.
    pub fn arm_under(&self, policy: &Policy, draw: u64) -> Result<Scenario, Diagnostics> {
        let mut base = self.base.clone();
        if let Some(posterior) = &self.posterior {
            posterior.lay(draw, &mut base);
        }
        self.arm_of(&base, Some(policy), Reports::default())
    }

    fn arm_of(&self, base: &Values, policy: Option<&Policy>, reports: Reports) -> Result<Scenario, Diagnostics> {
        let snapshots = snapshots(self, &self.under_alternative(base, &reports), policy, &reports);
        if reports.any_error() {
            return Err(Diagnostics(reports.split().0));
        }
        Ok(Scenario {
            name: self.name.clone(),
            start: self.start,
            end: self.end,
            warm_up_days: self.warm_up_days,
            seed: self.seed,
            countries: self.countries.clone(),
            languages: self.languages.iter().map(|l| l.0.clone()).collect(),
            movements: self.movements.clone(),
            snapshots,
        })
    }

    /// Base values as the alternative in force has them.
    fn under_alternative(&self, base: &Values, reports: &Reports) -> Values {
        let mut values = base.clone();
        if let Some(alternative) = self.alternative() {
            alternative.lay(self, &mut values, reports);
        }
        values
    }

    fn find(&self, name: &str, reports: &Reports) -> Option<&Policy> {
        let found = self.policy(name);
        if found.is_none() {
            let names: Vec<&str> = self.policies.iter().map(|p| p.name.as_str()).collect();
            let mark = Mark { file: self.file.clone(), ..Mark::default() };
            let known = if names.is_empty() { "no policy at all".into() } else { names.join(", ") };
            let diagnostic = Diagnostic::at(&mark, format!("the scenario has no policy `{name}`"));
            reports.add(diagnostic.expected(known).maybe_help(did_you_mean(name, names)));
        }
        found
    }

    /// What a coordinate of a design point means; counts are rounded.
    fn point(&self, path: &str, value: f64, reports: &Reports) -> Option<(Target, f64)> {
        let mark = Mark { file: format!("design point {path} = {value}"), ..Mark::default() };
        let target = match self.target(path) {
            Ok(target) => target,
            Err(error) => {
                let mut diagnostic = Diagnostic::at(&mark, error.message).maybe_help(error.help);
                diagnostic.expected = error.expected;
                reports.add(diagnostic);
                return None;
            }
        };
        let kind = target.kind(&self.registry);
        let value = if matches!(kind, Kind::Count(..)) { libm::round(value) } else { value };
        if kind.admits(value) {
            return Some((target, value));
        }
        let diagnostic = Diagnostic::at(&mark, format!("`{path}` cannot have this value"));
        reports.add(diagnostic.found(value.to_string()).expected(kind.expectation()));
        None
    }
}
