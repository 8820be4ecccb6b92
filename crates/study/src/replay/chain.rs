//! From a fact that stands in one arm only back, by causes and conditions that the logs keep, to what the policy changed.
//!
//! Rule: a fact without a twin goes back to its cause if that has no twin either. Otherwise its cause is in both arms
//! and a condition must differ: one that its kind depends on (`rules`), a step that the same person took first
//! in the other arm, or a parameter that the policy changed. The latest such fact is taken, and the search goes on from
//! there. It ends at parameters, or says that the log keeps no closer link.

use std::collections::BTreeSet;

use forestall_model::{Condition, Ending, Fact, FactKind, FileStatus, Key, Note, PARKED_FILES, Value, Where, Whose};

use super::levers::Difference;
use super::log::{At, Side, Twins};
use super::pair::Pair;

/// Most steps of a chain.
const LONGEST: usize = 80;

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// At parameters that the policy changed.
    Policy(Vec<Difference>),
    /// The log keeps nothing nearer that differs.
    NotKept,
}

/// The way back from an end to the policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Facts that stand in one arm only, from the end back in time; empty where the plot's end is the same.
    pub steps: Vec<At>,
    /// Which of them is the divergence: the earliest about this plot and its people that is missing in the other arm.
    pub divergence: usize,
    /// Whether nothing about this plot is missing in the other arm: all of it comes at another time.
    pub only_times: bool,
    /// Where it ends.
    pub root: Root,
}

enum Next {
    Fact(At),
    Root(Root),
}

/// Goes back from a plot's end.
pub(crate) struct Tracer<'t> {
    twins: &'t Twins,
    plot: Key,
    /// The plot, its people and those who recruited them.
    own: BTreeSet<Key>,
}

impl<'t> Tracer<'t> {
    /// For one plot.
    pub(crate) fn new(twins: &'t Twins, plot: Key) -> Self {
        let mut own: BTreeSet<Key> = [plot].into();
        for side in Side::BOTH {
            let log = twins.log(side);
            for person in log.people(plot) {
                own.insert(person);
                // Who recruited somebody is named by a circumstance of the contact.
                for &place in log.about(person) {
                    let contact = &log.facts()[place];
                    if contact.kind == FactKind::ContactMade {
                        let by = log.facts()[place..]
                            .iter()
                            .find(|f| f.cause == contact.id && f.kind == FactKind::ContactBy);
                        own.extend(by.map(|f| f.subject));
                    }
                }
            }
        }
        Self { twins, plot, own }
    }

    /// Whether a fact is about the plot, its people or their recruiters.
    pub(crate) fn is_own(&self, at: At) -> bool {
        let fact = self.twins.fact(at);
        self.own.contains(&fact.subject) || fact.plot == self.plot
    }

    /// Places of all facts about the plot and its people in one arm, in order of time.
    pub(crate) fn own_facts(&self, side: Side) -> Vec<usize> {
        let log = self.twins.log(side);
        let about = self.own.iter().flat_map(|key| log.about(*key).iter().copied());
        let places: BTreeSet<usize> = about.chain(log.beside(self.plot).iter().copied()).collect();
        places.into_iter().collect()
    }

    /// Places of the facts about a plot and its people in one arm; about this one where no other is named.
    fn facts_of_plot(&self, side: Side, plot: Key) -> Vec<usize> {
        if plot == Key::NONE || plot == self.plot {
            return self.own_facts(side);
        }
        let log = self.twins.log(side);
        let people = log.people(plot);
        let about = people.iter().chain([&plot]).flat_map(|key| log.about(*key).iter().copied());
        let places: BTreeSet<usize> = about.chain(log.beside(plot).iter().copied()).collect();
        places.into_iter().collect()
    }

    /// The chain that explains why the plot of `pair` ends otherwise; `None` if it does not.
    pub(crate) fn trace(&self, pair: &Pair) -> Option<Chain> {
        let end = self.end_to_explain(pair)?;
        let mut seen: BTreeSet<At> = [end].into();
        let mut steps = vec![end];
        let mut at = end;
        let root = loop {
            if steps.len() >= LONGEST {
                break Root::NotKept;
            }
            match self.next(at, &seen) {
                Next::Root(root) => break root,
                Next::Fact(next) => {
                    seen.insert(next);
                    steps.push(next);
                    at = next;
                }
            }
        };
        let (divergence, only_times) = self.divergence(&steps);
        Some(Chain { steps, divergence, only_times, root })
    }

    /// The fact whose presence in one arm is to be explained.
    ///
    /// An end that comes before the attack of the other arm is explained itself. Where the attack of the other arm would
    /// have come first, the plot was slower here, and the first task done sooner there is explained.
    fn end_to_explain(&self, pair: &Pair) -> Option<At> {
        if !pair.ends_otherwise() {
            return None;
        }
        let ended = |side: Side| pair.record(side).map_or(f64::INFINITY, |p| p.ended);
        let first = if pair.completed(Side::Baseline) {
            Side::Baseline
        } else if pair.completed(Side::Policy) || ended(Side::Policy) < ended(Side::Baseline) {
            Side::Policy
        } else {
            Side::Baseline
        };
        let second = first.other();
        let Some(other) = pair.record(second) else { return self.plot_fact(first, &[FactKind::PlotStarted]) };
        if pair.record(first).is_none() {
            return self.plot_fact(second, &[FactKind::PlotStarted]);
        }
        let ends = &[FactKind::PlotFoiled, FactKind::PlotFailed, FactKind::PlotDissolved, FactKind::PlotCompleted];
        if other.ending != Ending::InProgress && (ended(second) < ended(first) || other.ending == Ending::Failed) {
            return self.plot_fact(second, ends);
        }
        if pair.completed(first) { self.first_task_sooner(first) } else { None }
            .or_else(|| self.plot_fact(first, ends))
            .or_else(|| self.plot_fact(second, ends))
    }

    fn plot_fact(&self, side: Side, kinds: &[FactKind]) -> Option<At> {
        let log = self.twins.log(side);
        let places = log.about(self.plot).iter();
        places.copied().find(|&p| kinds.contains(&log.facts()[p].kind)).map(|place| At { side, place })
    }

    /// The first task that this arm does sooner than the other, or alone.
    fn first_task_sooner(&self, side: Side) -> Option<At> {
        let tasks = |side: Side| {
            let log = self.twins.log(side);
            let done = log.about(self.plot).iter().copied();
            done.filter(move |&p| log.facts()[p].kind == FactKind::TaskDone).collect::<Vec<_>>()
        };
        let (here, there) = (tasks(side), tasks(side.other()));
        let log = self.twins.log(side.other());
        let sooner = here.iter().copied().find(|&place| {
            let own = self.twins.fact(At { side, place });
            let twin = there.iter().map(|&p| &log.facts()[p]).find(|f| f.value == own.value);
            twin.is_none_or(|f| f.time > own.time)
        });
        sooner.map(|place| At { side, place })
    }

    fn next(&self, at: At, seen: &BTreeSet<At>) -> Next {
        let twins = self.twins;
        if let Some(cause) = twins.cause(at).filter(|c| !twins.shared(*c) && !seen.contains(c)) {
            return Next::Fact(cause);
        }
        let fact = twins.fact(at);
        let rule = if self.parked(at) { &PARKED_FILES } else { fact.kind.row().rule };
        let found = |conditions: &[Condition]| {
            conditions.iter().filter(|c| self.can_matter(at, c)).find_map(|c| self.latest(at, c, seen))
        };
        if let Some(near) = found(rule.near).or_else(|| self.rival(at, seen)) {
            return Next::Fact(near);
        }
        let levers = twins.levers.differences(rule.tables, usize::from(fact.country), fact.time);
        if !levers.is_empty() {
            return Next::Root(Root::Policy(levers));
        }
        found(rule.far).map_or(Next::Root(Root::NotKept), Next::Fact)
    }

    /// Whether a condition can be what differs: not where a circumstance says that it stood alike in both arms.
    fn can_matter(&self, at: At, condition: &Condition) -> bool {
        let fact = self.twins.fact(at);
        if fact.kind == FactKind::SignatureSeen {
            let Some(left) = self.sign_left(at) else { return true };
            let pace = condition.kinds.contains(&FactKind::InterventionDecided);
            return match self.twins.twin(left) {
                // Left at the same time: cover decides, if it was not the same.
                Some(_) => !pace && !self.twins.shared(left) && condition.whose != Whose::World,
                None => pace || condition.whose == Whose::World,
            };
        }
        true
    }

    /// Whether a sign was seen in one arm, and the file of its owner was parked in either.
    fn parked(&self, at: At) -> bool {
        if self.twins.fact(at).kind != FactKind::SignatureSeen {
            return false;
        }
        let Some(left) = self.sign_left(at) else { return false };
        let stood = [Some(left), self.twins.twin(left)].into_iter().flatten();
        stood.map(|l| self.twins.fact(l).meant()).any(|v| v == Value::FileStatus(FileStatus::Parked))
    }

    /// The circumstance that tells of the sign behind a fact that it was seen.
    pub(crate) fn sign_left(&self, at: At) -> Option<At> {
        let (log, fact) = (self.twins.log(at.side), self.twins.fact(at));
        let mut signs = log.beside(fact.plot).iter().copied();
        let place = signs.find(|&p| {
            let f = &log.facts()[p];
            f.kind == FactKind::SignLeft && f.time == fact.time && f.country == fact.country
        })?;
        Some(At { side: at.side, place })
    }

    /// The latest fact that fulfils a condition, stands in one arm only and comes before.
    fn latest(&self, at: At, condition: &Condition, seen: &BTreeSet<At>) -> Option<At> {
        let fact = self.twins.fact(at);
        let sides: &[Side] = match condition.arm {
            Where::Here => &[at.side],
            Where::There => &[at.side.other()],
            Where::Either => &[at.side, at.side.other()],
        };
        let mut best: Option<At> = None;
        for &side in sides {
            let log = self.twins.log(side);
            let fits = |&place: &usize| {
                let (candidate, here) = (&log.facts()[place], At { side, place });
                condition.kinds.contains(&candidate.kind)
                    && (!condition.at_once || candidate.time == fact.time)
                    && candidate.time <= fact.time
                    && (side != at.side || place < at.place)
                    && Self::belongs(condition.whose, candidate, fact)
                    && !seen.contains(&here)
                    && !self.twins.shared(here)
            };
            let found = match condition.whose {
                Whose::Person | Whose::File => log.about(fact.subject).iter().rev().copied().find(fits),
                Whose::Plot => self.facts_of_plot(side, fact.plot).into_iter().rev().find(fits),
                Whose::Country | Whose::World => {
                    let only = self.twins.only(side);
                    let until = only.partition_point(|&p| log.facts()[p].time <= fact.time);
                    only[..until].iter().rev().copied().find(fits)
                }
            };
            let found = found.map(|place| At { side, place });
            if let Some(found) = found
                && best.is_none_or(|b| self.twins.fact(b).time < self.twins.fact(found).time)
            {
                best = Some(found);
            }
        }
        best
    }

    fn belongs(whose: Whose, candidate: &Fact, fact: &Fact) -> bool {
        match whose {
            Whose::Person | Whose::World | Whose::Plot => true,
            Whose::File | Whose::Country => candidate.country == fact.country,
        }
    }

    /// The first step that the same person took in the other arm, and not here, since their ways were one.
    fn rival(&self, at: At, seen: &BTreeSet<At>) -> Option<At> {
        let fact = self.twins.fact(at);
        let person = if fact.kind == FactKind::PlotStarted {
            *self.twins.log(at.side).people(fact.plot).first()?
        } else if fact.kind.is(Note::StepOfLife) {
            fact.subject
        } else {
            return None;
        };
        let since = self.twins.cause(at).map_or(f64::NEG_INFINITY, |c| self.twins.fact(c).time);
        let side = at.side.other();
        let log = self.twins.log(side);
        let place = log.about(person).iter().copied().find(|&place| {
            let (other, here) = (&log.facts()[place], At { side, place });
            other.kind.is(Note::StepOfLife)
                && other.kind != fact.kind
                && other.time >= since
                && other.time <= fact.time
                && !seen.contains(&here)
                && !self.twins.shared(here)
        })?;
        Some(At { side, place })
    }

    /// Which step is the divergence, and whether all steps about the plot only come at another time.
    fn divergence(&self, steps: &[At]) -> (usize, bool) {
        let own = steps.iter().take_while(|&&at| self.is_own(at)).count().max(1);
        let last = own - 1;
        let ends = [
            FactKind::PlotFoiled,
            FactKind::Arrested,
            FactKind::InterventionBegun,
            FactKind::PlotCompleted,
            FactKind::PlotFailed,
            FactKind::PlotDissolved,
        ];
        for at in (0..own).rev() {
            let kind = self.twins.fact(steps[at]).kind;
            if at != last && ends.contains(&kind) {
                continue;
            }
            // The first link may be moved by its own clock only; what follows it is moved with it.
            let moved = (at != last || self.clock_moved_it(steps[at])) && self.twins.happens_at_another_time(steps[at]);
            if !moved {
                return (at, false);
            }
        }
        (last, true)
    }

    fn clock_moved_it(&self, at: At) -> bool {
        let kind = self.twins.fact(at).kind;
        let seen_once =
            kind == FactKind::SignatureSeen && self.sign_left(at).is_some_and(|left| self.twins.twin(left).is_some());
        kind.is(Note::ByClock) && !seen_once
    }
}
