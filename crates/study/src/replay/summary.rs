//! Through which mechanism each policy averts and induces what it does: counts of divergences over replications.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

use crate::montecarlo::Progress;
use forestall_model::{Column, Table};

use super::chain::Root;
use super::log::{Side, Twins};
use super::narrative::mechanism;
use super::pair::pairs;
use super::replay_arms::ReplayArms;
use super::words::hex;
use forestall_model::Mechanism;

/// One attack that a policy averts or induces, with its divergence.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The policy.
    pub policy: String,
    /// The draw of the parameters.
    pub draw: u64,
    /// The replication.
    pub replication: u64,
    /// The plot's name.
    pub plot: String,
    /// Whether the attack is averted; otherwise it is induced.
    pub averted: bool,
    /// The mechanism of the divergence.
    pub mechanism: Mechanism,
    /// The arm in which the divergence fact stands: `baseline` or `policy`.
    pub arm: &'static str,
    /// Identity of the divergence fact.
    pub id: String,
    /// Its kind.
    pub fact: String,
    /// Its time in days from the start.
    pub day: f64,
    /// Facts in the chain from the end to the policy.
    pub steps: usize,
    /// Whether the chain ends at parameters that the policy changed.
    pub reaches_policy: bool,
}

/// The attacks that a policy averts and induces in one replication.
pub fn cases(twins: &Twins, policy: &str, draw: u64, replication: u64) -> Vec<Case> {
    let differing = pairs(twins.log(Side::Baseline), twins.log(Side::Policy));
    let of = |pair: &super::Pair| {
        let (mechanism, chain) = mechanism(twins, pair)?;
        let at = chain.steps[chain.divergence];
        let fact = twins.fact(at);
        Some(Case {
            policy: policy.to_owned(),
            draw,
            replication,
            plot: hex(pair.plot.bits()),
            averted: pair.averted(),
            mechanism,
            arm: at.side.name(),
            id: hex(fact.id),
            fact: fact.kind.name(),
            day: fact.time,
            steps: chain.steps.len(),
            reaches_policy: matches!(chain.root, Root::Policy(_)),
        })
    };
    differing.iter().filter(|p| p.averted() || p.induced()).filter_map(of).collect()
}

/// What watches and can stop the work.
pub struct Watch<'a> {
    /// Called after each replication.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Set to stop.
    pub stop: &'a AtomicBool,
}

/// Replays replications, each under the policies named with it, in parallel; `None` if it was stopped.
///
/// The order of the cases does not depend on the number of threads.
///
/// # Errors
/// In words, where an arm's values at a draw leave their range.
pub fn replay(arms: &ReplayArms, todo: &[(u64, Vec<usize>)], watch: &Watch) -> Result<Option<Vec<Case>>, String> {
    let (all, done) = (todo.len() as u64, AtomicU64::new(0));
    let found: Vec<Option<Result<Vec<Case>, String>>> = todo
        .par_iter()
        .with_max_len(1)
        .map(|(replication, policies)| {
            if watch.stop.load(Ordering::Relaxed) {
                return None;
            }
            let draw = arms.draw(*replication);
            let mut found = Vec::new();
            let told = arms.twins(policies, *replication, false, |place, twins| {
                found.extend(cases(&twins, &arms.policies()[policies[place]], draw, *replication));
            });
            let found = told.map(|()| found).map_err(|e| e.to_string());
            (watch.progress)(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all });
            Some(found)
        })
        .collect();
    let mut out = Vec::new();
    for part in found {
        match part {
            None => return Ok(None),
            Some(part) => out.extend(part?),
        }
    }
    let place = |name: &str| arms.policies().iter().position(|p| p == name);
    out.sort_by(|a, b| {
        let key = |c: &Case| (place(&c.policy), c.draw, c.replication, !c.averted, c.plot.clone());
        key(a).cmp(&key(b))
    });
    Ok(Some(out))
}

/// One row a case.
pub fn cases_table(cases: &[Case]) -> Table {
    let text = |f: &dyn Fn(&Case) -> String| Column::Text(cases.iter().map(f).collect());
    let whole = |f: &dyn Fn(&Case) -> i64| Column::Integer(cases.iter().map(|c| Some(f(c))).collect());
    let mut table = Table::new();
    table.push("policy", text(&|c| c.policy.clone()));
    table.push("draw", whole(&|c| c.draw as i64));
    table.push("replication", whole(&|c| c.replication as i64));
    table.push("plot", text(&|c| c.plot.clone()));
    table.push("effect", text(&|c| if c.averted { "averted".into() } else { "induced".into() }));
    table.push("mechanism", text(&|c| c.mechanism.name().into()));
    table.push("parting_arm", text(&|c| c.arm.into()));
    table.push("parting_fact", text(&|c| c.fact.clone()));
    table.push("parting_id", text(&|c| c.id.clone()));
    table.push("parting_day", Column::Number(cases.iter().map(|c| Some(c.day)).collect()));
    table.push("chain_steps", whole(&|c| c.steps as i64));
    table.push("reaches_policy", text(&|c| if c.reaches_policy { "yes".into() } else { "no".into() }));
    table
}

/// One row a policy and mechanism that occurs: attacks averted and induced in all replications, and a replication.
///
/// `policies` holds names and labels in order; a policy without any differing attack has one row, with the mechanism
/// `none` and zeros.
pub fn counts_table(cases: &[Case], policies: &[(String, String)], replications: u64) -> Table {
    let mut counts: BTreeMap<(usize, Option<Mechanism>), [i64; 2]> = BTreeMap::new();
    for case in cases {
        if let Some(place) = policies.iter().position(|p| p.0 == case.policy) {
            counts.entry((place, Some(case.mechanism))).or_default()[usize::from(!case.averted)] += 1;
        }
    }
    for place in 0..policies.len() {
        if counts.keys().all(|k| k.0 != place) {
            counts.insert((place, None), [0, 0]);
        }
    }
    let rows: Vec<_> = counts.into_iter().collect();
    let mut table = Table::new();
    let text = |f: &dyn Fn(usize, Option<Mechanism>) -> String| {
        Column::Text(rows.iter().map(|((p, m), _)| f(*p, *m)).collect())
    };
    table.push("policy", text(&|p, _| policies[p].0.clone()));
    table.push("label", text(&|p, _| policies[p].1.clone()));
    table.push("mechanism", text(&|_, m| m.map_or("none", Mechanism::name).into()));
    table.push("family", text(&|_, m| m.map_or("none", |m| m.family().label()).into()));
    table.push("replications", Column::Integer(vec![Some(replications as i64); rows.len()]));
    table.push("averted", Column::Integer(rows.iter().map(|(_, c)| Some(c[0])).collect()));
    table.push("induced", Column::Integer(rows.iter().map(|(_, c)| Some(c[1])).collect()));
    let mean = |x: i64| (replications > 0).then(|| x as f64 / replications as f64);
    table.push("averted_a_replication", Column::Number(rows.iter().map(|(_, c)| mean(c[0])).collect()));
    table.push("induced_a_replication", Column::Number(rows.iter().map(|(_, c)| mean(c[1])).collect()));
    table
}
