//! Whatever parameter changes in mid-run, what is kept of it is what a rebuild from scratch gives, bit for bit.
//!
//! Each parameter of every table, in every scope, is changed while a busy world runs. The change computes anew only
//! what the changed table declares. Then a copy of the world has all kept values spoilt, and everything is computed
//! anew in it: whatever the declarations forget, or nobody computes at all, differs. At the end all facts of this run
//! must be those of a run that computes everything anew.

use std::collections::BTreeSet;

use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::fact::Fact;
use crate::model::kinds::kept::Kept;
use crate::model::mechanisms::population::onset;
use crate::model::mechanisms::services::detection;
use crate::model::parameters::Parameters;
use crate::model::registry;
use crate::model::replication::{Arm, begin, step};
use crate::model::sim::Sim;
use crate::model::state::Ending;
use crate::model::state::ids::{FileId, MovementId, PeriodId};
use crate::model::test_world::{busy, change, slots};
use crate::model::wiring;
use crate::scenario::registry::Slot;
use crate::scenario::resolved::{Scenario, Snapshot};

/// The day of the change, when the world has long been busy, and the day on which the runs are compared.
const CHANGE: f64 = 60.0;
const END: f64 = 120.0;

/// What no rule gives.
const SPOILT: f64 = 0.123_456_789;

/// The busy world in which one parameter changes.
fn changed(scenario: &Scenario, slot: Slot) -> Scenario {
    let registry = registry();
    let mut values = (*scenario.snapshots[0].values).clone();
    change(&mut values, slot, registry.tables()[slot.table].scope, registry.parameter(slot).kind);
    let mut scenario = scenario.clone();
    scenario.snapshots.push(Snapshot { time: CHANGE, values: values.into() });
    scenario
}

/// Every kept value with its name. Whatever is not computed anew keeps what `spoil` put there.
fn kept_values(sim: &Sim) -> Vec<(String, [u64; 3])> {
    let mut all: Vec<(String, [u64; 3])> = Vec::new();
    let number = |x: f64| [x.to_bits(), 0, 0];
    let hazard = |h: Hazard| [h.base.to_bits(), h.integral(sim.now, sim.now + 7.0).to_bits(), 0];
    for clock in sim.world.clocks.ids() {
        let kind = sim.kind_of(clock);
        // Files, and analysts, wait in the clock of the first movement; groups of files are there where they are told apart.
        let by_group = matches!(kind, ClockKind::BackgroundHot | ClockKind::BackgroundWatched);
        let of_service = by_group || matches!(kind, ClockKind::Review | ClockKind::Background | ClockKind::Misjoined);
        let elsewhere = of_service && sim.country_and_movement(clock).1 != MovementId::default();
        if elsewhere || (by_group && !sim.ever.grouped) {
            continue;
        }
        let own = if kind.waiting().by_ticket() {
            sim.world.lazy_clocks[clock].hazard()
        } else {
            sim.world.clocks[clock].hazard()
        };
        all.push((format!("clock {kind:?} {clock:?}"), hazard(own)));
    }
    for (i, r) in sim.world.in_person.iter().enumerate().filter(|(_, r)| r.alive) {
        all.push((format!("removal in person {i}"), hazard(r.removal.hazard())));
    }
    for (i, r) in sim.world.recruiters.iter().enumerate().filter(|(_, r)| r.alive) {
        all.push((format!("strike {i}"), hazard(r.removal.hazard())));
    }
    for (i, p) in sim.world.plots.iter().enumerate().filter(|(_, p)| p.ending == Ending::InProgress) {
        all.push((format!("work {i}"), hazard(p.work.hazard())));
        all.push((format!("signs {i}"), hazard(p.signs.hazard())));
        if p.search_at != Handle::NONE {
            all.push((format!("search {i}"), hazard(p.search.hazard())));
        }
    }
    for (m, branch) in sim.world.branches.iter().enumerate() {
        all.push((format!("dispatch {m}"), hazard(branch.dispatch.hazard())));
    }
    for (language, free) in sim.world.free_span.iter().enumerate() {
        all.push((format!("free span {language}"), number(*free)));
    }
    for (c, state) in sim.world.countries.with_ids() {
        let cohort = &state.desk.cohort;
        if cohort.seeded {
            all.push((format!("false leads {c:?}"), hazard(cohort.clock.hazard())));
            all.push((format!("false leads that open a file {c:?}"), hazard(cohort.opening.hazard())));
            all.push((format!("assessments {c:?}"), number(cohort.assessment.per_day)));
        }
        all.push((format!("analysts {c:?}"), number(f64::from(state.desk.analysts))));
        all.push((format!("expectation of leads {c:?}"), number(state.desk.prior_log_odds)));
        all.push((format!("teams {c:?}"), number(f64::from(state.teams))));
        all.push((format!("teams bound {c:?}"), number(f64::from(state.teams_bound))));
        all.push((format!("cost rate {c:?}"), number(sim.world.cost_rate[c])));
    }
    all
}

/// Puts into every kept value what no rule gives.
fn spoil(sim: &mut Sim) {
    let (now, wrong) = (sim.now, Hazard::constant(SPOILT));
    for clock in sim.world.clocks.ids() {
        sim.world.clocks[clock].set_hazard(now, wrong);
        sim.world.lazy_clocks[clock].set_hazard(now, wrong);
    }
    sim.world.in_person.iter_mut().for_each(|r| _ = r.removal.set(now, wrong));
    sim.world.recruiters.iter_mut().for_each(|r| _ = r.removal.set(now, wrong));
    for plot in &mut sim.world.plots {
        for clock in [&mut plot.work, &mut plot.signs, &mut plot.search] {
            clock.set(now, wrong);
        }
    }
    sim.world.branches.iter_mut().for_each(|b| _ = b.dispatch.set(now, wrong));
    sim.world.free_span.fill(SPOILT);
    sim.world.cost_rate.fill(SPOILT);
    for state in &mut sim.world.countries {
        let cohort = &mut state.desk.cohort;
        cohort.clock.set(now, wrong);
        cohort.opening.set(now, wrong);
        cohort.assessment.per_day = SPOILT;
        (state.desk.analysts, state.desk.prior_log_odds) = (9_999, SPOILT);
        (state.teams, state.teams_bound) = (9_999, 9_999);
    }
}

/// Kept values that are not what a rebuild from scratch gives; the run goes on as if nobody had looked.
fn stale(sim: &mut Sim) -> Vec<String> {
    let kept = kept_values(sim);
    let (world, agenda, left_out) = (sim.world.clone(), sim.agenda.clone(), std::mem::take(&mut sim.left_out));
    spoil(sim);
    wiring::recompute_all(sim);
    let fresh = kept_values(sim);
    (sim.world, sim.agenda, sim.left_out) = (world, agenda, left_out);
    assert_eq!(kept.len(), fresh.len());
    let differ = kept.into_iter().zip(fresh).filter(|(a, b)| a.1 != b.1).map(|(a, _)| a.0);
    differ.chain(stale_factors(sim)).collect()
}

/// Factors of members, which a rebuild cannot reach one by one: against the rule that gives them.
fn stale_factors(sim: &Sim) -> Vec<String> {
    let mut found = Vec::new();
    for (n, place) in sim.world.neighbourhoods.with_ids() {
        let c = place.country;
        for m in sim.movements() {
            for (source, kind) in onset::SOURCES.into_iter().enumerate() {
                let seat = sim.world.presences[sim.presence(n, m)].onset[source];
                let stored = sim.world.clocks[sim.clock(kind, c, m)].factor(seat.handle);
                if stored.is_some_and(|f| f != onset::factor(sim, n, m, source)) {
                    found.push(format!("seat {n:?} {m:?} {kind:?}"));
                }
            }
        }
    }
    for (d, file) in sim.world.dossiers.iter().enumerate() {
        let clock = sim.clock(ClockKind::Background, file.service, MovementId::default());
        let stored = sim.world.clocks[clock].factor(file.background);
        if stored.is_some_and(|f| f != detection::background_factor(sim, FileId(d as u32))) {
            found.push(format!("background factor {d}"));
        }
    }
    found
}

/// What a run computes anew at the change.
enum Mode<'a> {
    /// Everything, as a run does.
    All,
    /// What the changed tables declare.
    Declared,
    /// All but this.
    Without(&'a Kept),
}

/// What the tables that differ say is kept of them.
fn declared(old: &Parameters, new: &Parameters) -> BTreeSet<Kept> {
    let mut all: BTreeSet<Kept> = old.world.kept_of_changes(&new.world).into_iter().collect();
    for (before, after) in old.countries.iter().zip(&new.countries) {
        all.extend(before.kept_of_changes(after));
    }
    all.extend(old.kept_of_entries(new));
    all
}

/// Runs through the change to a day: what is stale just after it, and all facts; to the change only, where so wanted.
fn run(scenario: &Scenario, mode: &Mode, end: f64) -> (Vec<String>, Vec<Fact>) {
    let arm = Arm::new(scenario);
    let mut facts: Vec<Fact> = Vec::new();
    let mut found = Vec::new();
    {
        let mut sim = begin(&arm, 0, &mut facts);
        wiring::seed(&mut sim);
        while sim.next().is_some_and(|(t, _)| t < CHANGE) && step(&mut sim, end) {}
        let (old, new) = (sim.p, &sim.periods[sim.period.next()].1);
        let declared = declared(old, new);
        sim.left_out = match mode {
            Mode::All => Vec::new(),
            Mode::Declared => Kept::ALL.iter().copied().filter(|k| !declared.contains(k)).collect(),
            Mode::Without(kept) => vec![**kept],
        };
        while std::ptr::eq(sim.p, old) && step(&mut sim, end) {}
        assert!(!std::ptr::eq(sim.p, old), "the change came");
        found.extend(stale(&mut sim));
        while end > CHANGE && step(&mut sim, end) {}
    }
    (found, facts)
}

#[test]
fn whatever_changes_in_mid_run_what_is_kept_follows() {
    let scenario = busy();
    let registry = registry();
    let mut wrong = Vec::new();
    let mut changes = 0;
    for slot in slots() {
        let (table, name) = (registry.tables()[slot.table].name, registry.parameter(slot).name);
        let scenario = changed(&scenario, slot);
        let (stale, facts) = run(&scenario, &Mode::Declared, END);
        wrong.extend(stale.iter().map(|s| format!("{table}.{name}: {s}")));
        let (_, all) = run(&scenario, &Mode::All, END);
        if facts != all {
            wrong.push(format!("{table}.{name}: other facts than where everything is computed anew"));
        }
        changes += 1;
    }
    assert!(changes > 200, "{changes} parameters were changed");
    assert!(wrong.is_empty(), "kept values that do not follow:\n{}", wrong.join("\n"));
}

/// The test can fail: whatever one thing is left out, the change of some parameter that it depends on shows it.
#[test]
fn whatever_is_left_out_is_noticed() {
    let scenario = busy();
    let changes: Vec<Scenario> = slots().into_iter().map(|slot| changed(&scenario, slot)).collect();
    for kept in Kept::ALL {
        let depends = |s: &&Scenario| {
            let periods = Parameters::periods(s);
            declared(&periods[PeriodId::default()].1, &periods[PeriodId::default().next()].1).contains(kept)
        };
        let notices = |s: &Scenario| !run(s, &Mode::Without(kept), CHANGE).0.is_empty();
        assert!(changes.iter().filter(depends).any(notices), "{kept:?} was left out, and nothing noticed");
    }
}
