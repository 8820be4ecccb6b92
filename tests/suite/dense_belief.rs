//! A second opinion on belief, hours and files: the same files in plain steps, whose answer must approach the engine's as
//! the step shrinks.
//!
//! Open files on people who never plot are fed by background signs, lose belief by silence and by age, share the hours of
//! the officers, are dropped where belief falls low enough, and end in an arrest where it rises high enough. The plain
//! program knows the rules from their pages alone, and nothing of the engine.

use crate::plain_steps::{Coin, Means, apart, extrapolated, means};
use crate::worlds::{outcome, rows, try_plan};

/// The world: rates per day, belief in log odds.
#[derive(Clone, Copy)]
struct World {
    files: u32,
    days: u32,
    officers: f64,
    hours: f64,
    weight: f64,
    most: f64,
    background: f64,
    plotter: f64,
    silence: f64,
    prior: f64,
    half_life: f64,
    drop: f64,
    decide: f64,
}

const WORLD: World = World {
    files: 300,
    days: 240,
    officers: 40.0,
    hours: 4.0,
    weight: 1.5,
    most: 0.7,
    background: 0.02,
    plotter: 0.11,
    silence: 0.8,
    prior: -2.0,
    half_life: 90.0,
    drop: -4.0,
    decide: 1.0,
};

/// What is compared.
const COLUMNS: [&str; 3] = ["cases_dropped", "held_without_plot", "open_cases"];

/// One run in steps of a whole part of a day.
fn stepped(w: &World, steps_a_day: u32, seed: u64) -> [f64; 3] {
    let mut coin = Coin::of(seed);
    let step = 1.0 / f64::from(steps_a_day);
    let fade = std::f64::consts::LN_2 / w.half_life;
    let keep = (-fade * step).exp();
    let sign = (w.plotter / w.background).ln();
    // What signs and silence have said, beside the prior.
    let mut open: Vec<f64> = vec![0.0; w.files as usize];
    let (mut dropped, mut held) = (0, 0);
    for _ in 0..w.days {
        // The hours are shared out once a day.
        let share = w.officers * w.hours / (open.len() as f64).max(1.0);
        let seen = w.most * -(-w.weight * share).exp_m1();
        let arrives = -(-w.background * seen * step).exp_m1();
        let fall = w.silence * (w.plotter - w.background) * seen;
        for _ in 0..steps_a_day {
            open.retain_mut(|said| {
                *said = *said * keep - fall * (1.0 - keep) / fade;
                if coin.unit() < arrives {
                    *said += sign;
                }
                let belief = w.prior + *said;
                dropped += i32::from(belief < w.drop);
                held += i32::from(belief > w.decide);
                belief >= w.drop && belief <= w.decide
            });
        }
    }
    [f64::from(dropped), f64::from(held), open.len() as f64]
}

/// The same world as a scenario for the engine.
fn text(w: &World) -> String {
    let year = |rate: f64| rate * 365.25;
    let end = jiff::civil::date(2001, 1, 1).checked_add(jiff::Span::new().days(i64::from(w.days) - 1)).unwrap();
    format!(
        r#"
schema_version = 1
extends = "neutral-world.toml"

[scenario]
name = "dense-belief"
question = "Does the engine agree with plain steps?"
start = 2001-01-01
end = {end}

[[countries]]
code = "A"
name = "Country A"
residents = 1_000_000

[start]
committed = {files}
open_cases = {files}

[stages]
desist_committed_per_year = 0
sentence_years_mean = 100

[services]
case_officers = {officers}
other_work_share = 0

[detection]
visible_open_share = {most}
background_per_year = {background}
plotter_reference_per_year = {plotter}

[effort]
weight_per_hour = {weight}
hours_per_officer_per_day = {hours}
hot_factor = 1
silence_share = {silence}

[evidence]
half_life_days = {half_life}

[subjects]
files_kept = true
prior_log_odds = {prior}
cases_per_officer = 0
review_per_year = 0
watch_log_odds = 50
drop_log_odds = {drop}

[intervention]
threshold_log_odds = {decide}
execute_per_day = 1000
officers_per_intervention = 0
charge_without_plot_share = 1
"#,
        files = w.files,
        officers = w.officers,
        most = w.most,
        background = year(w.background),
        plotter = year(w.plotter),
        weight = w.weight,
        hours = w.hours,
        silence = w.silence,
        half_life = w.half_life,
        prior = w.prior,
        drop = w.drop,
        decide = w.decide,
    )
}

fn engine(w: &World, replications: u64) -> Means<3> {
    let plan = try_plan(&text(w), &[]).unwrap_or_else(|d| panic!("{d}"));
    let one = |r| {
        let rows = rows(&plan, None, r);
        COLUMNS.map(|c| outcome(&rows, c))
    };
    means(&(0..replications).map(one).collect::<Vec<_>>())
}

fn in_steps(w: &World, steps_a_day: u32, runs: u64) -> Means<3> {
    let seed = u64::from(steps_a_day) * 1_000_003;
    means(&(0..runs).map(|r| stepped(w, steps_a_day, seed + r + 1)).collect::<Vec<_>>())
}

#[test]
fn plain_steps_of_belief_approach_the_engine() {
    let exact = engine(&WORLD, 400);
    let (half, quarter) = (in_steps(&WORLD, 4, 400), in_steps(&WORLD, 8, 400));
    for (i, column) in COLUMNS.iter().enumerate() {
        eprintln!("{column}: engine {:?}; steps {:?} {:?}", exact[i], half[i], quarter[i]);
        assert!(exact[i].0 > 5.0, "{column} hardly happens, and the comparison says nothing of it");
    }
    // Three comparisons at four standard errors: a false alarm once in 5,000 seeds, and seeds are fixed.
    let limit = extrapolated(&half, &quarter);
    assert!(apart(&exact, &limit) < 4.0, "engine {exact:?}, steps extrapolated {limit:?}");
    // One wrong number in the engine is seen, of each rule that takes part.
    for (what, wrong) in [
        ("silence", World { silence: WORLD.silence * 1.1, ..WORLD }),
        ("hours", World { weight: WORLD.weight * 1.25, ..WORLD }),
        ("age", World { half_life: WORLD.half_life * 1.25, ..WORLD }),
        ("signs", World { background: WORLD.background * 1.1, ..WORLD }),
        ("drop", World { drop: WORLD.drop - 0.1, ..WORLD }),
        ("decision", World { decide: WORLD.decide + 0.2, ..WORLD }),
    ] {
        assert!(apart(&engine(&wrong, 400), &limit) > 4.0, "a wrong number in {what} went unseen");
    }
}
