//! Belief is what it says it is: of the files believed at a chance b, the share that plots is b.

use crate::model::kinds::fact::{Fact, FactSink};
use crate::model::record::BELIEF_EDGES;
use crate::model::registry;
use crate::model::replication::{Arm, begin, step};
use crate::model::wiring;
use crate::scenario::{LoadOptions, load};

/// Hears nothing.
struct Deaf;

impl FactSink for Deaf {
    fn take(&mut self, _: &Fact) {}
}

/// Four hundred people with open files, of whom twenty plot all the time, and services that know how much
/// plotters and others show. Signs can be seen from the day on by which all twenty have begun.
fn world(seed: u64, sets: &[&str]) -> Arm {
    let text = format!(
        r#"
schema_version = 1
extends = "neutral-world.toml"

[scenario]
name = "calibrated-belief"
question = "Is belief what it says it is?"
start = 2010-01-01
end = 2011-06-30
seed = {seed}

[start]
sympathisers = 380
committed = 20
open_cases = 400
file_odds = 1.0

[pathways]
self_start_per_committed_per_year = 100

[work]
tasks_inspired = 1000
task_days = 100
signs_per_task_and_person = 9.0349

[subjects]
files_kept = true
prior_log_odds = {prior}
cases_per_officer = 0
review_per_year = 0
watch_log_odds = -1.5

[services]
case_officers = 40
surveillance_officers = 140
officers_per_team = 20
other_work_share = 0

[detection]
visible_open_share = 0
visible_watched_share = 0
elsewhere_share = 0
background_per_year = 3.6525
plotter_reference_per_year = 36.6525

[effort]
silence_share = 1
weight_per_hour = 1
hours_per_officer_per_day = 5
hot_log_odds = -2.5
hot_factor = 4

[[changes]]
from = 2010-07-01
set = {{ "detection.visible_open_share" = 0.6, "detection.visible_watched_share" = 0.9 }}
"#,
        prior = (20.0_f64 / 380.0).ln()
    );
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/");
    let read = |name: &str| match name {
        "test.toml" => Ok(text.clone()),
        other => std::fs::read_to_string(format!("{root}{other}")).map_err(|e| e.to_string()),
    };
    let options = LoadOptions { sets: sets.iter().map(ToString::to_string).collect(), ..LoadOptions::default() };
    let plan = load(&registry(), "test.toml", &read, &options).unwrap_or_else(|d| panic!("{d}"));
    Arm::new(&plan.arm(None).unwrap_or_else(|d| panic!("{d}")))
}

/// By bin of believed chance: files, the sum of the chances, and how many truly plot.
fn reliability(sets: &[&str], days: f64) -> Vec<(f64, f64, f64)> {
    let mut found = vec![(0.0, 0.0, 0.0); BELIEF_EDGES.len() + 1];
    for replication in 0..60 {
        let arm = world(7, sets);
        let mut sink = Deaf;
        let mut sim = begin(&arm, replication, &mut sink);
        wiring::seed(&mut sim);
        while sim.next().is_some_and(|(time, _)| time <= days) && step(&mut sim, days) {}
        sim.now = days;
        for (sum, bin) in found.iter_mut().zip(wiring::beliefs(&sim)) {
            sum.0 += f64::from(bin.files);
            sum.1 += bin.believed;
            sum.2 += f64::from(bin.plotting);
        }
    }
    found
}

/// How far each bin is from what is believed, in standard errors of a sum of trials; bins of few files apart.
fn gaps(bins: &[(f64, f64, f64)]) -> Vec<f64> {
    let gap = |b: &(f64, f64, f64)| (b.2 - b.1) / (b.1 * (1.0 - b.1 / b.0)).sqrt();
    bins.iter().filter(|b| b.0 >= 40.0).map(gap).collect()
}

#[test]
fn belief_is_calibrated_where_services_know_what_plotters_and_others_show() {
    // From the first of July on, which is day 181: a fortnight, two months and half a year later.
    for days in [195.0, 241.0, 365.0] {
        let bins = reliability(&[], days);
        let gaps = gaps(&bins);
        // The bins are those of the runs' own table, wide around one in twenty: after a fortnight three are filled.
        assert!(gaps.len() >= 3, "belief has spread: {bins:?}");
        // Four standard errors over a dozen bins: a false alarm in 1,300; seeds are fixed. Exactly twenty of each
        // four hundred plot, so that the true spread is a little less.
        assert!(gaps.iter().all(|z| z.abs() < 4.0), "day {days}: {gaps:?} of {bins:?}");
    }
}

#[test]
fn belief_that_leaves_silence_out_is_not_calibrated() {
    let gaps = gaps(&reliability(&["effort.silence_share=0"], 365.0));
    assert!(gaps.iter().any(|z| *z < -8.0), "too much is believed: {gaps:?}");
}
