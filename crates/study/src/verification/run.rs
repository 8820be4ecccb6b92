//! Runs a case: from values of its keys to a scenario, to replications, to a verdict.

use jiff::civil::date;
use rayon::prelude::*;

use crate::montecarlo::{NamedArm, replicate};
use forestall_model::{Arm, BASELINE, Labels, LoadOptions, Plan, date_after, load, month_starts, registry};

use super::judge::{Finding, SMALLEST_ELASTICITY, elasticities, judge, visible_errors};
use super::measure::Reading;
use super::{Case, Values, VerificationError};

/// The error in a rate that must be seen where a quantity depends on it.
const ERROR_TO_SEE: f64 = 0.05;
/// How many times the first replications an own choice of effort may take.
const MOST_TIMES: u64 = 32;

/// How much is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effort {
    /// So many replications; without it, as many as show an error of 5 % in every rate on which some quantity
    /// depends with an elasticity of 0.3 or more, up to a limit.
    pub replications: Option<u64>,
    /// The seed.
    pub seed: u64,
}

/// What replications say: for each quantity one (part, whole) a replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// By quantity, then by replication.
    pub pairs: Vec<Vec<(f64, f64)>>,
}

/// A case's verdict.
#[derive(Clone, Debug)]
pub struct CaseReport {
    /// The case.
    pub case: &'static str,
    /// The values checked.
    pub values: Values,
    /// Replications made.
    pub replications: u64,
    /// Days counted in each.
    pub days: u32,
    /// One a quantity.
    pub findings: Vec<Finding>,
    /// By key and quantity.
    pub elasticities: Vec<Vec<Option<f64>>>,
    /// By key: the smallest relative error that would have been seen.
    pub visible: Vec<Option<f64>>,
    /// What was simulated.
    pub samples: Samples,
}

/// The scenario of a case as text, as a user could run it beside the shipped scenarios.
///
/// # Errors
/// Where the values have no steady state that a run can reach.
pub fn scenario(case: &Case, values: &Values) -> Result<String, VerificationError> {
    let setting = (case.scenario)(values)?;
    let start = date(2000, 1, 1);
    let last = date_after(start, f64::from(setting.days) - 1.0);
    Ok(format!(
        "# {}\nschema_version = 1\nextends = \"{}\"\n\n[scenario]\nname = \"verify-{}\"\nquestion = \"{}\"\n\
         start = {start}\nend = {last}\nwarm_up_days = {}\nreplications = {}\n{}",
        case.source, setting.extends, case.name, case.question, setting.warm_up_days, case.replications, setting.body
    ))
}

/// What theory says, one number a quantity.
///
/// # Errors
/// Where it has no answer.
pub(super) fn expected(case: &Case, values: &Values) -> Result<Vec<f64>, VerificationError> {
    (case.expected)(values)
}

/// Reads the case's scenario as `run` reads a file.
fn plan(case: &Case, values: &Values, seed: u64) -> Result<Plan, VerificationError> {
    let text = scenario(case, values)?;
    let read = |name: &str| match name {
        "verify.toml" => Ok(text.clone()),
        "neutral-world.toml" => Ok(include_str!("../../../../scenarios/neutral-world.toml").to_owned()),
        "terror-queue.toml" => Ok(include_str!("../../../../scenarios/terror-queue.toml").to_owned()),
        "erlang-a.toml" => Ok(include_str!("../../../../scenarios/erlang-a.toml").to_owned()),
        other => Err(format!("{other} is not among the scenarios of verification")),
    };
    let options = LoadOptions { seed: Some(seed), ..LoadOptions::default() };
    load(&registry(), "verify.toml", &read, &options)
        .map_err(|diagnostics| VerificationError::Scenario { case: values.case(), diagnostics })
}

/// A case made ready for replications.
struct Bench<'a> {
    case: &'static str,
    parts: &'a Case,
    values: &'a Values,
    arm: NamedArm,
    labels: Labels,
}

impl<'a> Bench<'a> {
    fn new(case: &'a Case, values: &'a Values, seed: u64) -> Result<Self, VerificationError> {
        let plan = plan(case, values, seed)?;
        let arm =
            plan.arm(None).map_err(|diagnostics| VerificationError::Scenario { case: values.case(), diagnostics })?;
        let labels = Labels {
            countries: plan.countries.iter().map(|c| c.code.clone()).collect(),
            movements: plan.movements.iter().map(|m| m.code.clone()).collect(),
            months: month_starts(plan.start, plan.end).into_iter().map(|m| m.1).collect(),
        };
        let arm = NamedArm { name: BASELINE.into(), arm: Arm::new(&arm) };
        Ok(Self { case: values.case(), parts: case, values, arm, labels })
    }

    /// Adds the replications of a range to the samples.
    fn add(&self, range: std::ops::Range<u64>, samples: &mut Samples) -> Result<(), VerificationError> {
        let one = |replication: u64| {
            let (rows, facts) = replicate(&self.arm, &self.labels, replication, self.parts.facts)
                .map_err(|message| VerificationError::Replication { case: self.case, replication, message })?;
            let reading = Reading { rows, facts, days: self.arm.arm.days() };
            Ok(self.parts.quantities.iter().map(|q| (q.measure)(&reading, self.values)).collect::<Vec<_>>())
        };
        let all: Result<Vec<_>, VerificationError> =
            range.collect::<Vec<_>>().into_par_iter().with_max_len(1).map(one).collect();
        for of_replication in all? {
            for (into, pair) in samples.pairs.iter_mut().zip(of_replication) {
                into.push(pair);
            }
        }
        Ok(())
    }
}

/// Simulates a case with `values`, without judging it.
///
/// # Errors
/// Where the values have no steady state that a run can reach, or a replication fails.
pub fn simulate(case: &Case, values: &Values, seed: u64, replications: u64) -> Result<Samples, VerificationError> {
    let mut samples = Samples { pairs: vec![Vec::new(); case.quantities.len()] };
    Bench::new(case, values, seed)?.add(0..replications, &mut samples)?;
    Ok(samples)
}

/// Simulates a case and compares it with theory.
///
/// # Errors
/// Where values have no steady state that a run can reach, theory has no answer, or a replication fails. A
/// disagreement is no error: see [`Finding::passed`].
pub fn check(case: &'static Case, values: &Values, effort: Effort) -> Result<CaseReport, VerificationError> {
    // Theory first: it costs little and says at once what has no answer.
    let elasticities = elasticities(case, values)?;
    let bench = Bench::new(case, values, effort.seed)?;
    let mut samples = Samples { pairs: vec![Vec::new(); case.quantities.len()] };
    let mut done = 0;
    let mut wanted = effort.replications.unwrap_or(case.replications);
    loop {
        bench.add(done..wanted, &mut samples)?;
        done = wanted;
        let findings = judge(case, values, &samples)?;
        let visible = visible_errors(&elasticities, &findings);
        let more = if effort.replications.is_some() { done } else { needed(case, done, &elasticities, &visible) };
        if more <= done {
            let days = (case.scenario)(values)?.days;
            let values = values.clone();
            return Ok(CaseReport {
                case: case.name,
                values,
                replications: done,
                days,
                findings,
                elasticities,
                visible,
                samples,
            });
        }
        wanted = more;
    }
}

/// Replications after which an error of the size to be seen would be seen; it follows from the spread alone, not
/// from how near model and theory came to each other.
fn needed(case: &Case, done: u64, elasticities: &[Vec<Option<f64>>], visible: &[Option<f64>]) -> u64 {
    let matters = |of_key: &[Option<f64>]| of_key.iter().flatten().any(|e| e.abs() >= SMALLEST_ELASTICITY);
    let worst =
        elasticities.iter().zip(visible).filter(|(e, _)| matters(e)).filter_map(|(_, v)| *v).fold(0.0, f64::max);
    if worst <= ERROR_TO_SEE {
        return done;
    }
    let times = (worst / ERROR_TO_SEE).powi(2) * 1.1;
    ((done as f64 * times).ceil() as u64).min(case.replications * MOST_TIMES)
}
