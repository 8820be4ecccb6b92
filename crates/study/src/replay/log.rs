//! The log of one replication in each of two arms, found by identity, by subject and by plot.

use std::collections::BTreeMap;
use std::sync::Arc;

use forestall_model::{
    Arm, Class, Fact, FactId, FactKind, FactSink, Key, Note, PlotRecord, Replication, in_order, simulate, simulate_each,
};

use super::levers::Levers;

/// One of the two arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Without the policy.
    Baseline,
    /// Under the policy.
    Policy,
}

impl Side {
    /// Both, the baseline first.
    pub const BOTH: [Self; 2] = [Self::Baseline, Self::Policy];

    /// The other arm.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Baseline => Self::Policy,
            Self::Policy => Self::Baseline,
        }
    }

    /// `baseline` or `policy`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Policy => "policy",
        }
    }
}

/// The place of a fact: which arm's log, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The arm.
    pub side: Side,
    /// Position in the log.
    pub place: usize,
}

/// Keeps facts and circumstances; false leads that nobody names stay counted.
#[derive(Clone, Default)]
struct Keeper {
    facts: Vec<Fact>,
    each: bool,
}

impl FactSink for Keeper {
    fn take(&mut self, fact: &Fact) {
        self.facts.push(*fact);
    }

    fn keeps_each(&self) -> bool {
        self.each
    }

    fn keep(&mut self, fact: &Fact) {
        self.facts.push(*fact);
    }

    fn explains(&self) -> bool {
        true
    }

    fn explain(&mut self, fact: &Fact) {
        self.facts.push(*fact);
    }
}

/// Everything that happened in one arm, with the circumstances, in order of time.
#[derive(Clone, Debug)]
pub struct Log {
    facts: Vec<Fact>,
    by_id: BTreeMap<FactId, usize>,
    by_subject: BTreeMap<Key, Vec<usize>>,
    by_plot: BTreeMap<Key, Vec<usize>>,
    plots: Vec<PlotRecord>,
}

impl Log {
    /// Simulates one replication; `each` also keeps the happenings of false leads that are otherwise counted.
    pub fn simulate(arm: &Arm, replication: u64, each: bool) -> Self {
        let mut keeper = Keeper { facts: Vec::new(), each };
        let outcome = simulate(arm, replication, &mut keeper);
        Self::of(keeper, outcome)
    }

    /// Simulates one replication of several arms, which share their past, and hands each over when it is done, by its
    /// position; the first arm first.
    pub fn simulate_each(arms: &[&Arm], replication: u64, each: bool, mut done: impl FnMut(usize, Self)) {
        let keeper = Keeper { facts: Vec::new(), each };
        simulate_each(arms, replication, &keeper, |arm, keeper, outcome| done(arm, Self::of(keeper, outcome)));
    }

    fn of(keeper: Keeper, outcome: Replication) -> Self {
        let mut facts = keeper.facts;
        in_order(&mut facts);
        let (mut by_id, mut by_subject, mut by_plot) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (place, fact) in facts.iter().enumerate() {
            by_id.entry(fact.id).or_insert(place);
            if fact.subject != Key::NONE {
                by_subject.entry(fact.subject).or_insert_with(Vec::new).push(place);
            }
            if fact.plot != Key::NONE && fact.plot != fact.subject {
                by_plot.entry(fact.plot).or_insert_with(Vec::new).push(place);
            }
        }
        Self { facts, by_id, by_subject, by_plot, plots: outcome.plots }
    }

    /// All facts in order of time.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The plots that were open or ended in the counted period, by key.
    pub fn plots(&self) -> &[PlotRecord] {
        &self.plots
    }

    /// The plot of this name.
    pub fn plot(&self, key: Key) -> Option<&PlotRecord> {
        self.plots.binary_search_by_key(&key, |p| p.key).ok().map(|at| &self.plots[at])
    }

    /// The place of the fact with this identity.
    pub fn find(&self, id: FactId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Places of all facts with this identity: two services can do the same at the same moment.
    fn all(&self, id: FactId) -> impl Iterator<Item = usize> + '_ {
        let first = self.find(id);
        let time = first.map(|place| self.facts[place].time);
        let from = first.unwrap_or(self.facts.len());
        let same = self.facts[from..].iter().enumerate().take_while(move |(_, f)| Some(f.time) == time);
        same.filter(move |(_, f)| f.id == id).map(move |(at, _)| from + at)
    }

    /// Places of the facts about a person, recruiter, country or plot, in order of time.
    pub fn about(&self, subject: Key) -> &[usize] {
        self.by_subject.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// Places of the facts that name a plot beside another subject, in order of time.
    pub fn beside(&self, plot: Key) -> &[usize] {
        self.by_plot.get(&plot).map_or(&[], Vec::as_slice)
    }

    /// The people of a plot, the founder first.
    pub fn people(&self, plot: Key) -> Vec<Key> {
        let joined = self.beside(plot).iter().map(|&i| &self.facts[i]);
        joined.filter(|f| f.kind == FactKind::PlotJoined).map(|f| f.subject).collect()
    }
}

/// One replication in both arms.
pub struct Twins {
    baseline: Arc<Log>,
    policy: Arc<Log>,
    /// Places of the facts that stand in one log only, bookkeeping apart, by arm and in order of time.
    only: [Vec<usize>; 2],
    /// What the policy changed.
    pub levers: Levers,
}

impl Twins {
    /// Two logs of the same replication.
    pub fn new(baseline: Arc<Log>, policy: Arc<Log>, levers: Levers) -> Self {
        let mut twins = Self { baseline, policy, only: [Vec::new(), Vec::new()], levers };
        twins.only = Side::BOTH.map(|side| {
            let facts = twins.log(side).facts().iter().enumerate();
            let places = facts.filter(|(_, f)| counts(f.kind)).map(|(place, _)| place);
            places.filter(|&place| !twins.shared(At { side, place })).collect()
        });
        twins
    }

    /// Places of the facts that stand in this arm only, bookkeeping apart, in order of time.
    pub fn only(&self, side: Side) -> &[usize] {
        &self.only[side as usize]
    }

    /// The log of an arm.
    pub fn log(&self, side: Side) -> &Log {
        match side {
            Side::Baseline => &self.baseline,
            Side::Policy => &self.policy,
        }
    }

    /// The fact at a place.
    pub fn fact(&self, at: At) -> &Fact {
        &self.log(at.side).facts[at.place]
    }

    /// Whether the very same fact stands in the other log: same kind, time, subject, plot and country, and the same
    /// value where the value says what happened and not only how things stood around it.
    pub fn shared(&self, at: At) -> bool {
        let side = at.side.other();
        self.log(side).all(self.fact(at).id).any(|place| self.alike(at, At { side, place }))
    }

    /// Whether two facts of one identity say the same.
    fn alike(&self, one: At, other: At) -> bool {
        let (a, b) = (self.fact(one), self.fact(other));
        a.country == b.country && (a.kind.is(Note::Aside) || a.value.to_bits() == b.value.to_bits())
    }

    /// The fact of the same kind, time, subject and plot in the other log, one that says the same if there is one.
    pub fn twin(&self, at: At) -> Option<At> {
        let side = at.side.other();
        let log = self.log(side);
        let id = self.fact(at).id;
        let alike = log.all(id).map(|place| At { side, place }).find(|&twin| self.alike(at, twin));
        alike.or_else(|| log.find(id).map(|place| At { side, place }))
    }

    /// The fact that led to one, if the log keeps it.
    pub fn cause(&self, at: At) -> Option<At> {
        let cause = self.fact(at).cause;
        let place = if cause == 0 { None } else { self.log(at.side).find(cause) };
        place.map(|place| At { side: at.side, place })
    }

    /// Whether the same thing happens in the other arm at another time (or with another value).
    pub fn happens_at_another_time(&self, at: At) -> bool {
        let fact = self.fact(at);
        let side = at.side.other();
        let log = self.log(side);
        log.about(fact.subject).iter().any(|&place| {
            let other = &log.facts[place];
            other.kind == fact.kind && other.plot == fact.plot && !self.shared(At { side, place })
        })
    }

    /// The first fact that stands in one log only, bookkeeping apart.
    pub fn first_difference(&self) -> Option<At> {
        let first = |side: Side| self.only(side).first().map(|&place| At { side, place });
        let found: Vec<At> = Side::BOTH.into_iter().filter_map(first).collect();
        found.into_iter().min_by(|a, b| self.fact(*a).time.total_cmp(&self.fact(*b).time))
    }
}

/// Whether a kind says something that happened to somebody; stocks, money and dates of parameters do not.
pub(super) fn counts(kind: FactKind) -> bool {
    matches!(kind.class(), Class::Happening | Class::Circumstance)
}
