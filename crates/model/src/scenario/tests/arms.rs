//! Precedence, dated changes, ramps, countries of their own, extended files.

use super::super::plan::Level;
use super::super::resolved::Scenario;
use super::super::{Diagnostics, LoadOptions, Plan};
use super::{HEAD, load_files, plan, services};

fn arm(plan: &Plan, policy: &str) -> Scenario {
    plan.arm(Some(policy)).unwrap_or_else(|all| panic!("{all}"))
}

fn options(sets: &[&str]) -> LoadOptions {
    LoadOptions { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..LoadOptions::default() }
}

#[test]
fn an_empty_scenario_has_the_defaults() {
    let plan = plan("");
    let scenario = plan.arm(None).unwrap();
    assert_eq!(services(&scenario, "analysts"), [(0.0, 20.0, 20.0, 20.0)]);
    assert_eq!((scenario.days(), scenario.seed, plan.replications), (365.0, 1, 200));
    assert_eq!((scenario.name.as_str(), scenario.movements[0].code.as_str()), ("main", "transnational"));
    assert_eq!(scenario.languages, ["common"]);
    assert_eq!(plan.origin("services.analysts").unwrap().level, Level::Default);
}

#[test]
fn a_country_beats_the_common_default() {
    let plan = plan("services = { analysts = { value = 5, evidence = \"F99\" } }\n[services]\nanalysts = 50\n");
    assert_eq!(services(&plan.arm(None).unwrap(), "analysts"), [(0.0, 50.0, 50.0, 5.0)]);
    let origin = plan.origin("countries.B.services.analysts").unwrap();
    assert_eq!((origin.level, origin.mark.line, origin.evidence.as_deref()), (Level::File, 10, Some("F99")));
    assert_eq!(plan.origin("countries.A.services.analysts").unwrap().mark.line, 12);
}

#[test]
fn levels_beat_one_another_in_order() {
    let base = "schema_version = 1\n[[countries]]\ncode = \"A\"\nname = \"Aland\"\n[services]\nanalysts = 30\nother_work_share = 0.5\n\
                [calibrated]\n\"services.pace_per_year\" = 3\n";
    let text = "schema_version = 1\nextends = \"../base.toml\"\n[scenario]\nstart = 2014-01-01\nend = 2014-12-31\n[services]\nanalysts = 40\n\
                [[countries]]\ncode = \"B\"\n[policies.p]\nset = { \"services.analysts\" = { times = 2 } }\n";
    let files = [("base.toml", base)];
    let plan = load_files(text, &files, &LoadOptions::default()).unwrap();
    assert_eq!(plan.countries[0].name, "Aland");
    assert_eq!(services(&plan.arm(None).unwrap(), "analysts"), [(0.0, 40.0, 40.0, 40.0)]);
    assert_eq!(services(&plan.arm(None).unwrap(), "pace_per_year"), [(0.0, 3.0, 3.0, 3.0)]);
    assert_eq!(plan.origin("services.other_work_share").unwrap().level, Level::Extends);
    assert_eq!(plan.origin("services.analysts").unwrap().level, Level::File);
    assert_eq!(plan.origin("services.pace_per_year").unwrap().level, Level::Calibrated);
    assert_eq!(services(&arm(&plan, "p"), "analysts"), [(0.0, 80.0, 80.0, 80.0)]);
    let designed = plan.arm_with(Some("p"), &[("services.analysts", 100.0)]).unwrap();
    assert_eq!(services(&designed, "analysts"), [(0.0, 200.0, 200.0, 200.0)]);
    let held = load_files(text, &files, &options(&["services.analysts!=7"])).unwrap();
    let scenario = held.arm_with(Some("p"), &[("services.analysts", 100.0)]).unwrap();
    assert_eq!(services(&scenario, "analysts"), [(0.0, 7.0, 7.0, 7.0)]);
    assert_eq!(held.origin("services.analysts").unwrap().words(), "--set services.analysts!=7");
}

#[test]
fn set_conflicts_only_with_the_policy_that_is_run() {
    let text = format!(
        "{HEAD}code = \"A\"\n[policies.p]\nset = {{ \"services.analysts\" = 3 }}\n[policies.q]\nset = {{ \"territory.level\" = 0.5 }}\n"
    );
    let plan = load_files(&text, &[], &options(&["countries.A.services.analysts=7"])).unwrap();
    assert!(plan.arm(None).is_ok() && plan.arm(Some("q")).is_ok());
    let message = plan.arm(Some("p")).unwrap_err().to_string();
    assert!(message.contains("policy `p` sets it too") && message.contains("!=7"), "{message}");
}

#[test]
fn times_and_add_act_on_each_countrys_own_value() {
    let rest = "services = { analysts = 7, pace_per_year = 1 }\n[policies.p]\nfrom = 2014-02-01\nuntil = 2014-02-28\n\
                set = { \"services.analysts\" = { times = 1.5 }, \"services.pace_per_year\" = { add = 0.5 } }\n";
    let plan = plan(rest);
    let p = arm(&plan, "p");
    let analysts = services(&p, "analysts");
    assert_eq!(analysts, [(0.0, 20.0, 20.0, 7.0), (31.0, 30.0, 30.0, 11.0), (59.0, 20.0, 20.0, 7.0)]);
    assert_eq!(services(&p, "pace_per_year")[1], (31.0, 2.5, 2.5, 1.5));
    assert_eq!(plan.arm(None).unwrap().snapshots.len(), 1);
}

#[test]
fn the_particular_acts_after_the_general_however_they_are_ordered() {
    let rest = "[policies.p]\nset = { \"countries.A.services.analysts\" = { add = 1 }, \"services.analysts\" = 10 }\n";
    assert_eq!(services(&arm(&plan(rest), "p"), "analysts"), [(0.0, 10.0, 11.0, 10.0)]);
}

#[test]
fn ramps_rise_in_steps_and_switches_turn_at_once() {
    let rest = "[policies.p]\nfrom = 2014-01-11\nuntil = 2014-02-09\nramp_days = 20\nramp_step_days = 5\n\
                set = { \"services.pace_per_year\" = 4, \"services.analysts\" = 25, \"services.pool_member\" = true }\n";
    let p = arm(&plan(rest), "p");
    let pace: Vec<(f64, f64)> = services(&p, "pace_per_year").iter().map(|s| (s.0, s.2)).collect();
    assert_eq!(pace, [(0.0, 2.0), (10.0, 2.5), (15.0, 3.0), (20.0, 3.5), (25.0, 4.0), (40.0, 2.0)]);
    let analysts: Vec<f64> = services(&p, "analysts").iter().map(|s| s.2).collect();
    assert_eq!(analysts, [20.0, 21.0, 23.0, 24.0, 25.0, 20.0]);
    let member: Vec<f64> = services(&p, "pool_member").iter().map(|s| s.2).collect();
    assert_eq!(member, [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
}

#[test]
fn changes_come_in_file_order_below_policies() {
    let rest = "[[changes]]\nfrom = 2013-06-01\nset = { \"territory.level\" = 0.8 }\n\
                [[changes]]\nfrom = 2014-03-01\nset = { territory = { level = { times = 0.5 } } }\n\
                [policies.p]\nlabel = \"P\"\nfrom = 2014-03-01\nset = { \"territory.level\" = { add = 0.1 } }\n\
                also = [{ from = 2014-07-01, set = { \"territory.level\" = 0 } }]\n";
    let plan = plan(rest);
    let slot = plan.registry.slot("territory", "level").unwrap();
    let of = |s: &Scenario| -> Vec<(f64, f64)> {
        s.snapshots.iter().map(|x| (x.time, x.values.world[slot.table][slot.parameter])).collect()
    };
    assert_eq!(of(&plan.arm(None).unwrap()), [(0.0, 0.8), (59.0, 0.4)]);
    assert_eq!(of(&arm(&plan, "p")), [(0.0, 0.8), (59.0, 0.5), (181.0, 0.0)]);
}

#[test]
fn the_warm_up_comes_before_any_policy() {
    let text = HEAD.replace("\n\n", "\nwarm_up_days = 100\nseed = 5\n\n")
        + "code = \"A\"\n[[countries]]\ncode=\"B\"\n[policies.p]\nset = { \"services.analysts\" = 1 }\n";
    let plan = load_files(&text, &[], &LoadOptions { seed: Some(9), replications: Some(3), ..options(&[]) }).unwrap();
    let p = arm(&plan, "p");
    assert_eq!((p.seed, plan.replications, p.warm_up_days), (9, 3, 100.0));
    assert_eq!(services(&p, "analysts"), [(-100.0, 20.0, 20.0, 20.0), (0.0, 1.0, 1.0, 1.0)]);
}

#[test]
fn until_cuts_the_run_and_leaves_later_policies_idle() {
    let text = format!("{HEAD}code = \"A\"\n[policies.p]\nfrom = 2014-09-01\nset = {{ \"services.analysts\" = 1 }}\n");
    let until = Some(jiff::civil::date(2014, 3, 31));
    let plan = load_files(&text, &[], &LoadOptions { until, ..options(&[]) }).unwrap();
    assert_eq!(arm(&plan, "p").days(), 90.0);
    // What it does, and why.
    let told: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("changes nothing within the run") && told[1].contains("on no day of the run"), "{told:?}");
}

#[test]
fn a_placebo_warns_and_runs() {
    let plan = plan("[policies.p]\nset = { \"services.analysts\" = { times = 1.0 } }\n");
    assert_eq!(arm(&plan, "p").snapshots.len(), 1);
    assert!(plan.warnings[0].to_string().contains("policy `p` changes nothing"));
    assert_eq!((plan.warnings[0].line, plan.warnings[0].column), (10, 11));
}

#[test]
fn lists_can_be_set_by_code_and_all_at_once() {
    let rest = "languages = { fr = 0.4, nl = 0.6 }\n[[movements]]\ncode = \"m\"\ncommand_style = 0.5\n[[languages]]\ncode = \"nl\"\nvirtual_entrepreneurs = 3\n\
                [policies.p]\nset = { \"countries.border_openness\" = 0.3, \"movements.m.command_style\" = 1, \"languages.fr.virtual_entrepreneurs\" = 2, \"countries.B.residents\" = 5 }\n";
    let plan = plan(rest);
    let p = arm(&plan, "p");
    assert_eq!(p.languages, ["nl", "common", "fr"]);
    assert_eq!(p.countries[1].languages, [(2, 0.4), (0, 0.6)]);
    let last = &p.snapshots[0].values;
    assert_eq!((last.countries[0][0][1], last.countries[1][0][1]), (0.3, 0.3));
    assert_eq!((last.countries[0][0][0], last.countries[1][0][0]), (1e6, 5.0));
    assert_eq!((last.movements[0][0], last.languages[2][0], last.languages[0][0]), (1.0, 2.0, 3.0));
}

#[test]
fn an_unknown_policy_or_coordinate_is_named() {
    let plan = plan("[policies.more]\nset = { \"services.analysts\" = 1 }\n");
    let said = |result: Result<Scenario, Diagnostics>| result.unwrap_err().to_string();
    assert!(said(plan.arm(Some("mre"))).contains("did you mean `more`?"));
    assert!(said(plan.arm_with(None, &[("services.analist", 1.0)])).contains("did you mean `analysts`?"));
    assert!(said(plan.arm_with(None, &[("services.other_work_share", 1.5)])).contains("a share from 0 to 1"));
    assert!(plan.arm_with(None, &[("services.analysts", 30.4)]).is_ok());
    assert!(plan.arm(Some("baseline")).is_ok());
}
