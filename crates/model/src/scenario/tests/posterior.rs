//! Draws from a posterior: reading, choosing, and writing down again.

use super::super::posterior::UsePosterior;
use super::super::{LoadOptions, Plan};
use super::{HEAD, load_files, load_text, services};

const DRAWS: &str = "draw,services.analysts,countries.B.services.pace_per_year\n0,3,0.1\n1,5,0.30000000000000004\n";

fn calibrated(rest: &str) -> Plan {
    let text = format!(
        "{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n[services]\nanalysts = 9\n\
         [calibrated]\ndraws = \"p/draws.csv\"\nreplaces_file = true\n{rest}"
    );
    load_files(&text, &[("dir/p/draws.csv", DRAWS)], &LoadOptions::default())
        .unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)))
}

fn at(plan: &Plan, draw: u64, parameter: &str) -> (f64, f64, f64) {
    let found = services(&plan.arm_at_draw(None, draw).unwrap(), parameter);
    (found[0].1, found[0].2, found[0].3)
}

#[test]
fn each_draw_replaces_its_values_and_begins_anew_after_the_last() {
    let plan = calibrated("");
    assert_eq!(plan.draws(), 2);
    assert_eq!(at(&plan, 0, "analysts"), (3.0, 3.0, 3.0));
    assert_eq!(at(&plan, 1, "analysts"), (5.0, 5.0, 5.0));
    assert_eq!(at(&plan, 2, "analysts"), (3.0, 3.0, 3.0));
    assert_eq!(at(&plan, 1, "pace_per_year"), (2.0, 2.0, 0.1 + 0.2));
    // Without a draw the values are the means.
    assert_eq!(services(&plan.arm(None).unwrap(), "analysts")[0].1, 4.0);
    assert!(plan.origin("services.analysts").unwrap().words().starts_with("calibrated"));
}

#[test]
fn policies_and_held_values_stand_above_a_draw() {
    let plan = calibrated(
        "[policies.p]\nset = { \"services.analysts\" = { times = 2.0 } }\n[held]\n\"services.pace_per_year\" = 7\n",
    );
    let arm = plan.arm_at_draw(Some("p"), 1).unwrap();
    assert_eq!(services(&arm, "analysts")[0].1, 10.0);
    assert_eq!(services(&arm, "pace_per_year")[0].3, 7.0);
}

#[test]
fn a_posterior_can_be_left_aside_or_taken_at_its_mean() {
    let mut plan = calibrated("");
    plan.use_posterior(UsePosterior::Mean);
    assert_eq!((plan.draws(), at(&plan, 1, "analysts").0), (0, 4.0));
    let mut plan = calibrated("");
    plan.use_posterior(UsePosterior::None);
    assert_eq!((plan.draws(), at(&plan, 1, "analysts").0), (0, 9.0));
    assert!(plan.origin("services.analysts").unwrap().words().starts_with("file"));
}

#[test]
fn the_resolved_text_holds_the_draws_themselves() {
    let plan = calibrated("");
    let again = load_text(&plan.resolved_toml()).unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)));
    assert_eq!(again.fingerprint_text(), plan.fingerprint_text());
    for draw in 0..2 {
        assert_eq!(at(&again, draw, "pace_per_year"), at(&plan, draw, "pace_per_year"));
        assert_eq!(at(&again, draw, "analysts"), at(&plan, draw, "analysts"));
    }
    let mut plain = calibrated("");
    plain.use_posterior(UsePosterior::None);
    assert_ne!(plain.fingerprint_text(), plan.fingerprint_text());
}

#[test]
fn lists_of_unequal_length_and_doubled_paths_are_refused() {
    let refuse = |draws: &str, part: &str| {
        let text = format!("{HEAD}code = \"A\"\n[calibrated.draws]\n{draws}");
        let found = super::super::Diagnostics(load_text(&text).unwrap_err()).to_string();
        assert!(found.contains(part), "{part} is missing from\n{found}");
    };
    refuse("\"services.analysts\" = [1, 2]\n\"services.pace_per_year\" = [1]\n", "one value a draw");
    refuse("\"services.analysts\" = [1]\n\"countries.A.services.analysts\" = [1]\n", "drawn twice");
    refuse("\"services.analysts\" = 3\n", "a list of numbers");
    refuse("\"services.analysts\" = [1.5]\n", "cannot have this value");
}
