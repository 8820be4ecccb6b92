//! One replication of several arms, which share their past up to their first difference.
//!
//! Arms of one scenario draw alike, so that until their parameters differ for the first time they are one and the
//! same run. It is computed once; where arms part, how things stand is copied and each goes on under its own
//! parameters. An arm leaves the same bytes alone or beside others: what is shared is the computation, never a draw.

use super::ever::Ever;
use super::kinds::fact::FactSink;
use super::record::Replication;
use super::replication::{Arm, begin_with, close, step};
use super::standing::Standing;
use super::state::Long;
use super::state::ids::{PeriodId, positions};
use super::wiring;

/// Runs one replication of each arm, with a copy of `sink` for each; in the order of the arms.
///
/// Each arm's facts and outcome are those that [`super::simulate`] gives for it alone.
pub fn simulate_together<S: FactSink + Clone>(arms: &[&Arm], replication: u64, sink: &S) -> Vec<(S, Replication)> {
    let mut found: Vec<Option<(S, Replication)>> = arms.iter().map(|_| None).collect();
    let done = |arm: usize, sink, outcome| found[arm] = Some((sink, outcome));
    begin_all(arms, replication, sink, Last::Most, done);
    found.into_iter().flatten().collect()
}

/// The same where each arm, by position, is handed over as soon as it is done, the first arm first; so whoever keeps
/// much of each need not keep all at once.
pub fn simulate_each<S: FactSink + Clone>(
    arms: &[&Arm],
    replication: u64,
    sink: &S,
    done: impl FnMut(usize, S, Replication),
) {
    begin_all(arms, replication, sink, Last::Late, done);
}

fn begin_all<S: FactSink + Clone>(
    arms: &[&Arm],
    replication: u64,
    sink: &S,
    last: Last,
    mut done: impl FnMut(usize, S, Replication),
) {
    for group in alike(arms, &(0..arms.len()).collect::<Vec<_>>()) {
        let lead = arms[group[0]];
        let ever = group[1..].iter().fold(lead.ever.clone(), |ever, &arm| ever.or(&arms[arm].ever));
        let mut sink = sink.clone();
        let mut sim = begin_with(lead, &ever, replication, &mut sink);
        wiring::seed(&mut sim);
        let standing = Standing::of(sim);
        go_on(&Shared { arms, ever: &ever, last }, standing, sink, group, &mut Vec::new(), &mut done);
    }
}

/// Which arms go on after all others where they part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// The largest group: then few copies are there at a time, however often arms part.
    Most,
    /// Those that come late in the list: then the first arm is done first.
    Late,
}

struct Shared<'a> {
    arms: &'a [&'a Arm],
    ever: &'a Ever,
    last: Last,
}

/// The arms in groups that begin alike.
fn alike(arms: &[&Arm], all: &[usize]) -> Vec<Vec<usize>> {
    groups(all, |a, b| {
        let (a, b) = (arms[a], arms[b]);
        let first = a.first_period();
        a.frame == b.frame
            && a.ever.alike(&b.ever)
            && first == b.first_period()
            && a.periods.get(first) == b.periods.get(first)
    })
}

/// Members in groups of equals, each in the order given.
fn groups(all: &[usize], equal: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for &member in all {
        match found.iter_mut().find(|group| equal(group[0], member)) {
            Some(group) => group.push(member),
            None => found.push(vec![member]),
        }
    }
    found
}

/// Runs a group of arms that have been the same so far, to the end; `rooms` are long lists of runs that have ended.
fn go_on<S: FactSink + Clone>(
    shared: &Shared,
    mut standing: Standing,
    mut sink: S,
    mut group: Vec<usize>,
    rooms: &mut Vec<Long>,
    done: &mut impl FnMut(usize, S, Replication),
) {
    let arms = shared.arms;
    loop {
        let lead = arms[group[0]];
        let next = first_difference(arms, &group, standing.period().next());
        let mut sim = standing.turn(lead, shared.ever, &mut sink);
        let mut more = true;
        while more && next.is_none_or(|(_, time)| sim.next().is_some_and(|(t, _)| t < time)) {
            more = step(&mut sim, lead.days());
        }
        let Some((period, _)) = next.filter(|_| more) else {
            let outcome = close(&mut sim);
            rooms.push(sim.world.take_long());
            drop(sim);
            let (last, others) = group.split_last().unwrap_or((&0, &[]));
            for &member in others {
                done(member, sink.clone(), outcome.clone());
            }
            done(*last, sink, outcome);
            return;
        };
        standing = Standing::of(sim);
        let mut parts = groups(&group, |a, b| arms[a].periods.get(period) == arms[b].periods.get(period));
        let last = match shared.last {
            Last::Most => (0..parts.len()).max_by_key(|&part| parts[part].len()).unwrap_or(0),
            Last::Late => parts.len() - 1,
        };
        group = parts.remove(last);
        for part in parts {
            let copy = standing.copy(rooms.pop().unwrap_or_default());
            go_on(shared, copy, sink.clone(), part, rooms, done);
        }
    }
}

/// The first period from `from` on in which the arms are not all alike, and when the first of them enters it.
fn first_difference(arms: &[&Arm], group: &[usize], from: PeriodId) -> Option<(PeriodId, f64)> {
    let lead = arms[*group.first()?];
    let others = &group[1..];
    let last = group.iter().map(|&arm| arms[arm].periods.next()).max()?;
    let parts = |&at: &PeriodId| others.iter().any(|&arm| arms[arm].periods.get(at) != lead.periods.get(at));
    let period = positions(&(from..last)).find(parts)?;
    let times = group.iter().filter_map(|&arm| arms[arm].periods.get(period).map(|p| p.0));
    Some((period, times.fold(f64::INFINITY, f64::min)))
}

#[cfg(test)]
mod tests;
