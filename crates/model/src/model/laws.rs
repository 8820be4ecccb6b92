//! Laws that hold after every event of every scenario, watched from outside in worlds drawn at random.
//!
//! The state is counted again in another way than mechanisms count it, each step is held against the last, and what
//! happened to people and plots is held against the facts that were told of it.

mod files;
mod world;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proptest::prelude::*;

use super::kinds::fact::{Fact, FactKind, FactSink, Value};
use super::moves::staff;
use super::replication::{Arm, begin, close, step};
use super::sim::Sim;
use super::state::ids::{CountryId, List, PersonId, PlotId, Position};
use super::state::{Ending, FileStatus, Found, Group, Stage, State};
use super::wiring;
use crate::engine::key::Key;
use world::{Regime, world};

/// Most events of one world: some values make it as busy as a year of a large country.
const MOST_EVENTS: u64 = 60_000;
/// Room for the rounding of sums of officers, and of times kept in 32 bits.
const ROUNDING: f64 = 1e-6;

// ---- what is told -----------------------------------------------------------------------------------

/// Facts as they are told, and circumstances, for those who watch.
#[derive(Clone, Default)]
struct Told(Rc<RefCell<Vec<Fact>>>);

impl FactSink for Told {
    fn take(&mut self, fact: &Fact) {
        self.0.borrow_mut().push(*fact);
    }

    fn explains(&self) -> bool {
        true
    }

    fn explain(&mut self, fact: &Fact) {
        self.0.borrow_mut().push(*fact);
    }
}

// ---- the laws ---------------------------------------------------------------------------------------

/// Where somebody can come from and go to, at one event.
fn may_follow(from: State, to: State) -> bool {
    use State::*;
    match from {
        // Nobody comes back from the dead; who was sent is in a plot by the same event; a plain resident with a file by
        // mistake, and who has left for good, stay what they are.
        Dead | Dispatched | Resident | Disengaged => false,
        Sympathiser => matches!(to, Committed | Disengaged | Plotter),
        Committed => matches!(to, Disengaged | Groomed | InSting | Plotter | Abroad | Prison),
        Groomed => matches!(to, Committed | Plotter | Prison | Abroad),
        // A service that never intervenes lets the person go.
        InSting => matches!(to, Prison | Committed),
        Plotter => matches!(to, Committed | Prison | Dead),
        Abroad => matches!(to, Dead | Returnee | Prison | Plotter),
        Returnee => matches!(to, Plotter | Prison),
        Prison => matches!(to, Disengaged | Committed),
    }
}

/// How a plot stood.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Stood {
    done: u32,
    stage: Stage,
    ending: Ending,
    ended: f64,
}

/// What the watcher knows from the steps before.
struct Watcher {
    told: Told,
    states: Vec<State>,
    /// Each person's coming into the present state.
    entries: Vec<u32>,
    plots: Vec<Stood>,
    /// Analysts, teams and officers at work and there, by country.
    staff: Vec<([u32; 3], [f64; 3])>,
    /// When somebody's record first reached others, by notice and by pool, as told.
    notices: BTreeMap<Key, f64>,
    pooled: BTreeMap<Key, f64>,
    stock: bool,
    /// Facts told of each kind, and steps seen that each kind must speak for.
    facts: BTreeMap<u8, u64>,
    /// The same of the counted period.
    counted: BTreeMap<u8, u64>,
    seen: BTreeMap<u8, u64>,
}

fn fail(sim: &Sim, law: &str, what: &str) -> ! {
    panic!("day {}: {law}: {what}", sim.now)
}

impl Watcher {
    fn new(told: Told) -> Self {
        Self {
            told,
            states: Vec::new(),
            entries: Vec::new(),
            plots: Vec::new(),
            staff: Vec::new(),
            notices: BTreeMap::new(),
            pooled: BTreeMap::new(),
            stock: true,
            facts: BTreeMap::new(),
            counted: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    fn saw(&mut self, kind: FactKind) {
        *self.seen.entry(kind as u8).or_default() += 1;
    }

    fn look(&mut self, sim: &Sim) {
        self.listen(sim);
        self.people(sim);
        self.plots(sim);
        self.staff(sim);
        self.stock = false;
    }

    /// People: nobody vanishes, everybody goes where a rule leads, and countries count right.
    fn people(&mut self, sim: &Sim) {
        if sim.world.persons.len() < self.states.len() {
            fail(sim, "nobody vanishes", &format!("{} of {}", sim.world.persons.len(), self.states.len()));
        }
        for (id, person) in sim.world.persons.with_ids() {
            let i = id.place();
            if i == self.states.len() {
                self.states.push(person.state);
                self.entries.push(person.entries);
                continue;
            }
            let (from, to) = (self.states[i], person.state);
            if person.entries == self.entries[i] && from == to {
                continue;
            }
            if person.entries < self.entries[i] {
                fail(sim, "stays are counted upwards", &format!("person {i}"));
            }
            if from != to && !may_follow(from, to) {
                fail(sim, "nobody goes where no rule leads", &format!("person {i}: {from:?} to {to:?}"));
            }
            if from != to {
                self.flow(from, to);
            }
            (self.states[i], self.entries[i]) = (to, person.entries);
        }
    }

    /// What a step must have been told as, where one kind of fact speaks for it alone.
    fn flow(&mut self, from: State, to: State) {
        match (from, to) {
            (_, State::Abroad) => self.saw(FactKind::Departed),
            (State::Abroad, State::Dead) => self.saw(FactKind::DiedAbroad),
            (_, State::Prison) => self.saw(FactKind::Imprisoned),
            (State::Prison, _) => self.saw(FactKind::Released),
            (_, State::InSting) => self.saw(FactKind::StingCase),
            (_, State::Groomed) => self.saw(FactKind::ContactMade),
            _ => {}
        }
    }

    /// Countries' own counts against a recount.
    fn counts(sim: &Sim) {
        let mut found: List<CountryId, [u32; 6]> = List::of([0; 6], sim.world.countries.len());
        for person in &sim.world.persons {
            let place = match person.state {
                State::Sympathiser => 0,
                State::Committed => 1,
                State::Abroad => 2,
                State::Returnee => 3,
                State::InSting => 4,
                State::Resident
                | State::Groomed
                | State::Plotter
                | State::Dispatched
                | State::Prison
                | State::Disengaged
                | State::Dead => continue,
            };
            found[person.country][place] += 1;
            found[person.country][5] += u32::from(person.reintegrating);
        }
        for (c, state) in sim.world.countries.with_ids() {
            let counted = [
                state.sympathisers,
                state.committed,
                state.abroad,
                state.returnees,
                state.desk.stings,
                state.reintegrating,
            ];
            if counted != found[c] {
                fail(
                    sim,
                    "a country counts its people",
                    &format!("{c:?} counts {counted:?}, there are {:?}", found[c]),
                );
            }
            let (mut open, mut watched, mut hot) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            for (d, file) in sim.world.dossiers.with_ids().filter(|(_, file)| file.service == c) {
                files::in_its_group(sim, d);
                if file.group == Group::Hot && file.status == FileStatus::Open {
                    hot.insert(d);
                }
                if file.status >= FileStatus::Open {
                    open.insert(d);
                }
                if file.status == FileStatus::Watched {
                    watched.insert(d);
                }
            }
            let files: BTreeSet<_> = state.files.iter().map(|f| f.2).collect();
            let teams: BTreeSet<_> = state.watched.iter().map(|f| f.2).collect();
            let hottest: BTreeSet<_> = state.hot.iter().map(|f| f.2).collect();
            if files != open || teams != watched || hottest != hot {
                fail(sim, "a service counts its files", &format!("{c:?}: {} of {}", files.len(), open.len()));
            }
            let plots: BTreeSet<PlotId> = state.plots.iter().map(|p| p.1).collect();
            let here = sim.world.plots.with_ids();
            let here =
                here.filter(|(_, p)| p.ending == Ending::InProgress && p.preparation == c).map(|p| p.0).collect();
            if plots != here {
                fail(sim, "plots in progress are counted where they are prepared", &format!("{c:?}"));
            }
        }
    }

    /// Plots: forwards only, an end is an end, and who is in one is in one.
    fn plots(&mut self, sim: &Sim) {
        for (id, plot) in sim.world.plots.with_ids() {
            let now = Stood { done: plot.done, stage: plot.stage(), ending: plot.ending, ended: plot.ended };
            if now.done > plot.tasks {
                fail(sim, "no more tasks are done than there are", &format!("{id:?}: {} of {}", now.done, plot.tasks));
            }
            match self.plots.get(id.place()).copied() {
                None => {
                    let before = plot.started < sim.now;
                    self.saw(if before { FactKind::PlotUnderWay } else { FactKind::PlotStarted });
                    self.plots.push(now);
                    if now.ending != Ending::InProgress {
                        self.ended(now.ending);
                    }
                }
                Some(before) => {
                    if now.done < before.done || now.stage < before.stage {
                        fail(sim, "stages go forwards only", &format!("{id:?}: {before:?} to {now:?}"));
                    }
                    if before.ending != Ending::InProgress && now != before {
                        fail(sim, "a plot that has ended stays as it ended", &format!("{id:?}: {before:?} to {now:?}"));
                    }
                    if before.ending == Ending::InProgress && now.ending != Ending::InProgress {
                        self.ended(now.ending);
                    }
                    self.plots[id.place()] = now;
                }
            }
        }
    }

    fn ended(&mut self, ending: Ending) {
        match ending {
            Ending::InProgress => {}
            Ending::Completed => self.saw(FactKind::PlotCompleted),
            Ending::Failed => self.saw(FactKind::PlotFailed),
            Ending::Foiled => self.saw(FactKind::PlotFoiled),
            Ending::Dissolved => self.saw(FactKind::PlotDissolved),
        }
    }

    /// Members of plots and their plots know of each other.
    fn members(sim: &Sim) {
        let mut inside: BTreeMap<PersonId, PlotId> = BTreeMap::new();
        for (id, plot) in sim.world.plots.with_ids().filter(|(_, p)| p.ending == Ending::InProgress) {
            for &member in &plot.members {
                let person = &sim.world.persons[member];
                if person.plot != id || !matches!(person.state, State::Plotter | State::Dispatched) {
                    fail(sim, "a member is a plotter", &format!("{id:?}: {member:?} is {:?}", person.state));
                }
                if inside.insert(member, id).is_some() {
                    fail(sim, "nobody is in two plots", &format!("{member:?}"));
                }
            }
        }
        for (id, _) in sim.world.persons.with_ids().filter(|(_, p)| p.state == State::Plotter) {
            if !inside.contains_key(&id) {
                fail(sim, "a plotter is in a plot", &format!("{id:?}"));
            }
        }
    }

    /// Staff: whoever is put to work is there.
    fn staff(&mut self, sim: &Sim) {
        for (c, state) in sim.world.countries.with_ids() {
            let p = &sim.p.countries[c];
            let officers = p.services.officers_at_work();
            let per = staff::officers_per_intervention(sim, c);
            let bound = f64::from(state.executing) * per;
            let at_work = [state.desk.busy, state.watched.len() as u32, state.executing];
            let in_use = [f64::from(at_work[0]), f64::from(at_work[1]), bound];
            let there = [f64::from(state.desk.analysts), f64::from(state.teams), officers];
            let parts = p.services.part_teams != 0.0;
            let total = f64::from(state.teams + state.teams_bound);
            let right = if parts {
                let all = p.services.teams_in_part();
                let bound = p.investigations.part_of_teams_bound(state.investigations, all);
                (state.teams_exact - (all - bound)).abs() < ROUNDING && f64::from(state.teams) < state.teams_exact + 1.0
            } else {
                total == f64::from(p.services.teams())
            };
            if !right {
                fail(sim, "teams are those of the staff", &format!("{c:?}: {total}, {} in parts", state.teams_exact));
            }
            let (before, were) = self.staff.get(c.place()).copied().unwrap_or_default();
            for (k, name) in ["analysts", "teams", "officers"].into_iter().enumerate() {
                // Those who were at work when staff was cut finish what they do, and an investigation may bind a team
                // in the event that sent it; the daily shift calls it back.
                if at_work[k] > before[k] && in_use[k] > there[k].max(were[k]) + ROUNDING {
                    fail(sim, "nobody works who is not there", &format!("{c:?}: {} {name} of {}", in_use[k], there[k]));
                }
            }
            match self.staff.get_mut(c.place()) {
                Some(known) => *known = (at_work, there),
                None => self.staff.push((at_work, there)),
            }
        }
        let central = sim.p.world.link_analysis.central_analysts;
        let busy = f64::from(sim.world.pool.busy);
        if busy > central && busy > f64::from(sim.world.pool.jobs.len() as u32) {
            fail(sim, "central analysts work on jobs", &format!("{busy} of {central}"));
        }
    }

    /// Facts: counted, and each sight of a record held against what its owners had released.
    fn listen(&mut self, sim: &Sim) {
        for fact in self.told.0.take() {
            *self.facts.entry(fact.kind as u8).or_default() += 1;
            if fact.time >= 0.0 {
                *self.counted.entry(fact.kind as u8).or_default() += 1;
            }
            let first = |map: &mut BTreeMap<Key, f64>, days: f64| {
                let from = map.entry(fact.subject).or_insert(f64::INFINITY);
                *from = from.min(fact.time + days);
            };
            match (fact.kind, fact.meant()) {
                (FactKind::NoticeIssued, Value::Days(days)) => first(&mut self.notices, days),
                (FactKind::RecordPooled, Value::Days(days)) => first(&mut self.pooled, days),
                (FactKind::RecordChecked, Value::Found(found)) => self.record_seen(sim, &fact, found),
                _ => {}
            }
        }
    }

    fn record_seen(&self, sim: &Sim, fact: &Fact, found: Found) {
        let person = sim.world.persons.iter().find(|p| p.key == fact.subject);
        let Some(person) = person else { fail(sim, "a check is of somebody", &format!("{:?}", fact.subject)) };
        let c = fact.country;
        let known = |map: &BTreeMap<Key, f64>, kept: f32| {
            // The stock of the first day comes with its notices, and tells none.
            map.get(&fact.subject).copied().unwrap_or(f64::INFINITY).min(f64::from(kept))
        };
        let (allowed, why) = match found {
            Found::Nothing => (true, String::new()),
            Found::Own => (person.records & c.bit() != 0, "it holds no record".into()),
            Found::Notice => {
                let from = known(&self.notices, person.notice_from);
                let reads = sim.p.pairs.is_some() || sim.p.countries[c].notices.read_share > 0.0;
                let others = person.records & !c.bit() != 0;
                (from <= fact.time + 1e-3 && reads && others, format!("the first notice is in force from {from}"))
            }
            Found::Pool => {
                let from = known(&self.pooled, person.pooled_from);
                let member = sim.p.countries[c].membership.pool_member != 0.0;
                let others = person.records & !c.bit() != 0;
                (from <= fact.time + 1e-3 && member && others, format!("member: {member}, pooled from {from}"))
            }
        };
        if !allowed {
            fail(sim, "nobody sees a record that does not reach it", &format!("{c:?} sees {found:?}: {why}"));
        }
    }

    /// Every step was told, and nothing was told that did not happen.
    fn balance(&self, sim: &Sim) {
        let kinds = [
            FactKind::Departed,
            FactKind::DiedAbroad,
            FactKind::Imprisoned,
            FactKind::Released,
            FactKind::StingCase,
            FactKind::PlotStarted,
            FactKind::PlotUnderWay,
            FactKind::PlotCompleted,
            FactKind::PlotFailed,
            FactKind::PlotFoiled,
            FactKind::PlotDissolved,
        ];
        for kind in kinds {
            let of = |map: &BTreeMap<u8, u64>| map.get(&(kind as u8)).copied().unwrap_or(0);
            if of(&self.facts) != of(&self.seen) {
                let what = format!("{}: {} told, {} seen", kind.name(), of(&self.facts), of(&self.seen));
                fail(sim, "what happens is told once", &what);
            }
        }
    }
}

impl Watcher {
    /// Plots in progress at the start and those that start are those that end and those in progress at the end.
    fn plots_balance(&self, sim: &Sim) {
        let counted = |kind: FactKind| self.counted.get(&(kind as u8)).copied().unwrap_or(0);
        let at_start = sim.world.plots.iter().filter(|p| p.started < 0.0 && p.ended >= 0.0).count() as u64;
        let at_end = sim.world.plots.iter().filter(|p| p.ending == Ending::InProgress).count() as u64;
        let ends =
            [FactKind::PlotCompleted, FactKind::PlotFailed, FactKind::PlotFoiled, FactKind::PlotDissolved].map(counted);
        let (begun, over) = (at_start + counted(FactKind::PlotStarted), ends.iter().sum::<u64>() + at_end);
        if begun != over {
            let what = format!("{at_start} at the start, {begun} begun in all, {ends:?} ended, {at_end} at the end");
            fail(sim, "plots balance", &what);
        }
    }
}

/// Runs a world under the watcher's eyes; how many events it had.
fn watch(arm: &Arm, replication: u64) -> u64 {
    let told = Told::default();
    let mut sink = told.clone();
    let mut watcher = Watcher::new(told);
    let mut sim = begin(arm, replication, &mut sink);
    wiring::seed(&mut sim);
    watcher.look(&sim);
    while sim.events < MOST_EVENTS {
        let going = step(&mut sim, arm.days());
        watcher.look(&sim);
        if sim.events.is_multiple_of(64) {
            Watcher::counts(&sim);
            Watcher::members(&sim);
        }
        if !going {
            break;
        }
    }
    Watcher::counts(&sim);
    Watcher::members(&sim);
    let events = sim.events;
    let left = close(&mut sim);
    watcher.listen(&sim);
    watcher.balance(&sim);
    watcher.plots_balance(&sim);
    // What is left of plots accounts for each of them.
    let ended_before = sim.world.plots.iter().filter(|p| p.ending != Ending::InProgress && p.ended < 0.0).count();
    let real = left.plots.iter().filter(|p| !p.sting).count();
    assert_eq!(real + ended_before, sim.world.plots.len(), "every plot is left or had ended before the first day");
    events
}

#[test]
fn the_plain_world_keeps_every_law_and_has_much_to_keep() {
    let events = watch(&world(None, &[]), 0);
    assert!(events > 2_000, "{events} events");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Some parameters at other values, bounds among them, from before the warm-up, in it, at the start or later.
    #[test]
    fn every_world_keeps_every_law(
        changes in prop::collection::vec(
            (0_usize..10_000, 0_u32..6, 0_usize..5, prop::sample::select(vec![-100.0, -100.0, -20.0, 0.0, 13.5, 40.0])),
            0..40,
        ),
        regime in prop::option::of((0_u8..8, 0_usize..3, 0_usize..3, 0_usize..2)),
        replication in 0_u64..1000,
    ) {
        const SHARES: [f64; 3] = [1.0, 0.0, 0.5];
        let regime = regime.map(|(members, pooled, issued, read)| {
            Regime { members, pooled: SHARES[pooled], issued: SHARES[issued], read: SHARES[read] }
        });
        watch(&world(regime, &changes), replication);
    }
}

/// Worlds that are drawn; more of them by `FORESTALL_CASES`.
fn cases() -> u32 {
    std::env::var("FORESTALL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64)
}
