//! Numbers of named changes: their paths, what may be done with them, what is refused.

use super::super::{LoadOptions, Plan};
use super::errors::place;
use super::{HEAD, load_files, load_text, plan, services};

const CHANGE: &str = "[[changes]]\nname = \"after\"\nfrom = 2014-06-01\nset = { \"services.analysts\" = { times = 2.0 }, \
                      \"services.pace_per_year\" = 3.0, \"countries.B.services.other_work_share\" = { add = 0.1 }, \
                      \"services.pool_member\" = true }\n";

fn with(rest: &str) -> Plan {
    plan(&format!("{CHANGE}{rest}"))
}

#[test]
fn a_number_of_a_change_is_a_coordinate_like_any_other() {
    let plan = with("");
    let values = |point: &[(&str, f64)]| {
        let arm = plan.arm_with(None, point).unwrap();
        (services(&arm, "analysts")[1], services(&arm, "pace_per_year")[1], services(&arm, "other_work_share")[1])
    };
    let plain = values(&[]);
    assert_eq!((plain.0.1, plain.1.1, plain.2.3), (40.0, 3.0, 0.35));
    let other = values(&[
        ("changes.after.services.analysts", 0.5),
        ("changes.after.services.pace_per_year", 4.0),
        ("changes.after.countries.B.services.other_work_share", 0.2),
    ]);
    assert_eq!((other.0.1, other.1.1, other.2.3), (10.0, 4.0, 0.45));
    // The base of the same name is another value, and both act.
    let both = values(&[("services.analysts", 30.0), ("changes.after.services.analysts", 3.0)]);
    assert_eq!(both.0.1, 90.0);
}

#[test]
fn priors_draws_and_held_values_take_it() {
    let plan = with(
        "[uncertain]\n\"changes.after.services.pace_per_year\" = { uniform = { low = 1.0, high = 5.0 } }\n\
         [calibrated.draws]\n\"changes.after.services.analysts\" = [1.0, 4.0]\n",
    );
    assert_eq!(plan.uncertain[0].path, "changes.after.services.pace_per_year");
    let analysts = |draw| services(&plan.arm_at_draw(None, draw).unwrap(), "analysts")[1].1;
    assert_eq!((analysts(0), analysts(1), analysts(2)), (20.0, 80.0, 20.0));
    // A calibrated factor has not the range of the share that it acts on.
    let one = with("[calibrated]\n\"changes.after.countries.B.services.other_work_share\" = -0.1\n");
    assert_eq!(services(&one.arm(None).unwrap(), "other_work_share")[1].3, 0.15);
    let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n{CHANGE}");
    let options =
        LoadOptions { sets: vec!["changes.after.services.pace_per_year=1.5".into()], ..LoadOptions::default() };
    let held = load_files(&text, &[], &options).unwrap();
    assert_eq!(services(&held.arm(None).unwrap(), "pace_per_year")[1].1, 1.5);
    // The resolved file says the same.
    for plan in [plan, held] {
        let again = load_text(&plan.resolved_toml()).unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)));
        assert_eq!(again.fingerprint_text(), plan.fingerprint_text());
        let (a, b) = (again.arm_at_draw(None, 1).unwrap(), plan.arm_at_draw(None, 1).unwrap());
        assert_eq!(services(&a, "pace_per_year"), services(&b, "pace_per_year"));
        assert_eq!(services(&a, "analysts"), services(&b, "analysts"));
    }
}

#[test]
fn a_named_change_takes_the_place_of_its_namesake_below() {
    let below = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n{CHANGE}");
    let above = "schema_version = 1\nextends = \"below.toml\"\n[[changes]]\nname = \"after\"\nfrom = 2014-09-01\nset = { \
                 \"services.analysts\" = 7 }\n";
    let plan = load_files(above, &[("dir/below.toml", &below)], &LoadOptions::default()).unwrap();
    assert_eq!(plan.changes.len(), 1);
    assert_eq!(services(&plan.arm(None).unwrap(), "analysts")[1].1, 7.0);
}

#[test]
fn mistakes_have_their_place() {
    let told = |rest: &str, column: usize, parts: &[&str]| {
        place(&format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n{CHANGE}{rest}"), 15, column, parts);
    };
    let uncertain = |path: &str, high: f64| {
        format!("[uncertain]\n\"changes.after.services.{path}\" = {{ uniform = {{ low = 0, high = {high:?} }} }}\n")
    };
    let unknown = "names no number of a change";
    told(&uncertain("analyst", 2.0), 1, &[unknown, "changes.after.services.analysts"]);
    told(&uncertain("pool_member", 1.0), 1, &[unknown]);
    // A value has the parameter's own range; a factor has not, but what it makes of the value has.
    told(&uncertain("pace_per_year", 20.0), 54, &["from 0 to 10"]);
    told(
        "[policies.p]\nset = { \"changes.after.services.analysts\" = 2.0 }\n",
        9,
        &["cannot set the number of a change"],
    );
    let bad = |name: &str| {
        format!(
            "{HEAD}code = \"A\"\n[[changes]]\nname = \"{name}\"\nfrom = 2014-06-01\nset = {{ \"services.analysts\" = 2 }}\n"
        )
    };
    place(&bad("a b"), 9, 8, &["no name"]);
    let twice = format!("{}{}", bad("a"), &bad("a")[HEAD.len() + 11..]);
    place(&twice, 13, 8, &["two changes are called `a`"]);
    let outside = with("").arm_with(None, &[("changes.after.countries.B.services.other_work_share", 5.0)]);
    assert!(format!("{}", outside.unwrap_err()).contains("out of its range"));
}
