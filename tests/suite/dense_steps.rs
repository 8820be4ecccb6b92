//! A second opinion on the whole engine: the same small world in plain steps over every resident, whose answer must
//! approach the engine's as the step shrinks.

use crate::plain_steps::{Coin, Means, apart, extrapolated, means};
use crate::worlds::{outcome, rows, try_plan};

/// Rates per day of one neighbourhood with contagion, commitment, plots and searching teams.
#[derive(Clone, Copy)]
struct World {
    residents: u32,
    /// Sympathisers on the first day.
    first: u32,
    days: f64,
    spontaneous: f64,
    introductions: f64,
    desist: f64,
    commit: f64,
    start: f64,
    tasks: u32,
    task: f64,
    teams: u32,
    search: f64,
    execute: f64,
}

const WORLD: World = World {
    residents: 2_000,
    first: 100,
    days: 120.0,
    spontaneous: 1e-4,
    introductions: 0.08,
    desist: 0.04,
    commit: 0.02,
    start: 0.02,
    tasks: 2,
    task: 0.1,
    teams: 3,
    search: 0.02,
    execute: 0.1,
};

/// What is compared.
const COLUMNS: [&str; 5] = ["residents_radicalised", "desisted", "attacks_completed", "plots_foiled", "sympathisers"];

#[derive(Clone, Copy, PartialEq)]
enum Person {
    Resident,
    Sympathiser,
    Committed,
    Plotting { tasks: u32, detected: bool },
    Gone,
}

/// One run in steps: everybody is asked at every step, by the state at its beginning.
fn stepped(w: &World, step: f64, seed: u64) -> [f64; 5] {
    let mut coin = Coin::of(seed);
    let mut people = vec![Person::Resident; w.residents as usize];
    people[..w.first as usize].fill(Person::Sympathiser);
    let (mut onsets, mut desisted, mut completed, mut foiled) = (0, 0, 0, 0);
    let steps = (w.days / step).round() as u32;
    for _ in 0..steps {
        let active = people.iter().filter(|p| matches!(p, Person::Sympathiser | Person::Committed)).count() as f64;
        let mut free =
            w.teams - people.iter().filter(|p| matches!(p, Person::Plotting { detected: true, .. })).count() as u32;
        let search = w.search * f64::from(free);
        let onset = -(-(w.spontaneous + w.introductions * active / f64::from(w.residents)) * step).exp_m1();
        for person in &mut people {
            match *person {
                Person::Resident => {
                    if coin.unit() < onset {
                        onsets += 1;
                        *person = Person::Sympathiser;
                    }
                }
                Person::Sympathiser => match coin.race(w.desist, w.commit, step) {
                    Some(true) => {
                        desisted += 1;
                        *person = Person::Gone;
                    }
                    Some(false) => *person = Person::Committed,
                    None => {}
                },
                Person::Committed => match coin.race(w.desist, w.start, step) {
                    Some(true) => {
                        desisted += 1;
                        *person = Person::Gone;
                    }
                    Some(false) => *person = Person::Plotting { tasks: 0, detected: false },
                    None => {}
                },
                Person::Plotting { tasks, detected: false } => match coin.race(w.task, search, step) {
                    Some(true) if tasks + 1 == w.tasks => {
                        completed += 1;
                        *person = Person::Gone;
                    }
                    Some(true) => *person = Person::Plotting { tasks: tasks + 1, detected: false },
                    Some(false) if free > 0 => {
                        free -= 1;
                        *person = Person::Plotting { tasks, detected: true };
                    }
                    _ => {}
                },
                Person::Plotting { detected: true, .. } => {
                    if coin.race(w.execute, 0.0, step).is_some() {
                        foiled += 1;
                        *person = Person::Gone;
                    }
                }
                Person::Gone => {}
            }
        }
    }
    let left = people.iter().filter(|p| **p == Person::Sympathiser).count();
    [f64::from(onsets), f64::from(desisted), f64::from(completed), f64::from(foiled), left as f64]
}

/// The same world as a scenario for the engine.
fn text(w: &World) -> String {
    let year = |rate: f64| rate * 365.25;
    format!(
        r#"
schema_version = 1
extends = "neutral-world.toml"

[scenario]
name = "dense-steps"
question = "Does the engine agree with plain steps?"
start = 2001-01-01
end = 2001-04-30

[[countries]]
code = "A"
name = "Country A"
residents = {residents}
neighbourhood_residents = {residents}
receptivity_skew = 0

[onset]
spontaneous_per_million_per_year = {spontaneous}

[start]
sympathisers = {first}

[peers]
introductions_per_year = {introductions}

[stages]
fast_share = 0
slow_commit_per_year = {commit}
desist_sympathiser_per_year = {desist}
desist_committed_per_year = {desist}
sentence_years_mean = 100

[pathways]
self_start_per_committed_per_year = {start}

[work]
tasks_inspired = {tasks}
task_days = {task_days}
completion_log_odds = 50
watched_tempo_factor = 0

[services]
surveillance_officers = {teams}
officers_per_team = 1
case_officers = 100_000
other_work_share = 0

[detection]
search_per_team_per_day = {search}

[subjects]
files_kept = true
watch_log_odds = -20
move_days = 0
cases_per_officer = 0
review_per_year = 0

[intervention]
threshold_log_odds = 0
execute_per_day = {execute}
officers_per_intervention = 0
member_found_share = 1
charge_intercept = 50
"#,
        residents = w.residents,
        first = w.first,
        spontaneous = year(w.spontaneous) * 1e6,
        introductions = year(w.introductions),
        commit = year(w.commit),
        desist = year(w.desist),
        start = year(w.start),
        tasks = w.tasks,
        task_days = 1.0 / w.task,
        teams = w.teams,
        search = w.search,
        execute = w.execute,
    )
}

fn engine(w: &World, replications: u64) -> Means<5> {
    let plan = try_plan(&text(w), &[]).unwrap_or_else(|d| panic!("{d}"));
    let one = |r| {
        let rows = rows(&plan, None, r);
        COLUMNS.map(|c| outcome(&rows, c))
    };
    means(&(0..replications).map(one).collect::<Vec<_>>())
}

fn in_steps(w: &World, step: f64, runs: u64) -> Means<5> {
    let seeds = (step * 1e6) as u64;
    means(&(0..runs).map(|r| stepped(w, step, seeds * 1_000_003 + r + 1)).collect::<Vec<_>>())
}

#[test]
fn plain_steps_approach_the_engine_as_they_shrink() {
    let exact = engine(&WORLD, 1_500);
    let steps = [2.0, 1.0, 0.5, 0.25].map(|step| in_steps(&WORLD, step, 500));
    for (i, column) in COLUMNS.iter().enumerate() {
        eprintln!("{column}: engine {:?}; steps {:?}", exact[i], steps.map(|s| s[i]));
    }
    // Five comparisons at four standard errors: a false alarm once in 3,000 seeds, and seeds are fixed.
    let limit = extrapolated(&steps[2], &steps[3]);
    assert!(apart(&exact, &limit) < 4.0, "engine {exact:?}, steps extrapolated {limit:?}");
    // The test sees what it should: coarse steps are plainly wrong, ...
    assert!(apart(&exact, &steps[0]) > 8.0, "steps of two days are not told from the engine");
    // ... their error shrinks about in proportion to the step (2 for first order, give or take what chance and the
    // second order add) where it stands out from chance, ...
    for i in 0..5 {
        let error = |s: &Means<5>| s[i].0 - exact[i].0;
        let noise = (steps[1][i].1.powi(2) + exact[i].1.powi(2)).sqrt();
        if error(&steps[1]).abs() > 8.0 * noise {
            let ratio = error(&steps[0]) / error(&steps[1]);
            assert!((1.5..2.7).contains(&ratio), "{}: error ratio {ratio}", COLUMNS[i]);
        }
    }
    // ... and one wrong rate in the engine is seen.
    for wrong in [
        World { introductions: WORLD.introductions * 1.1, ..WORLD },
        World { start: WORLD.start * 1.25, ..WORLD },
        World { execute: WORLD.execute * 1.25, ..WORLD },
    ] {
        assert!(apart(&engine(&wrong, 700), &limit) > 4.0, "a wrong rate went unseen");
    }
}
