//! Alternatives: what they act on, what acts on them, what is refused.

use super::super::{LoadOptions, Plan};
use super::errors::place;
use super::{HEAD, load_files, load_text, services};

const WORLD: &str = "[services]\nanalysts = 10\n[[changes]]\nname = \"later\"\nfrom = 2014-06-01\nset = { \
                     \"services.pace_per_year\" = 4.0 }\n[policies.p]\nset = { \"services.analysts\" = { times = 2.0 } }\n\
                     [alternatives.few]\nlabel = \"Few\"\ndescription = \"Half.\"\nset = { \"services.analysts\" = { times = 0.5 }, \
                     \"changes.later.services.pace_per_year\" = 8.0 }\n[alternatives.other]\nset = { \
                     \"services.other_work_share\" = 0.5 }\n";

fn under(rest: &str, alternative: Option<&str>) -> Plan {
    let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n{WORLD}{rest}");
    let options = LoadOptions { alternative: alternative.map(str::to_owned), ..LoadOptions::default() };
    load_files(&text, &[], &options).unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)))
}

/// Analysts of the first country before and after the change, and the last pace.
fn values(plan: &Plan, policy: Option<&str>) -> (f64, f64) {
    let arm = plan.arm(policy).unwrap();
    (services(&arm, "analysts")[0].2, services(&arm, "pace_per_year").last().unwrap().2)
}

#[test]
fn it_acts_below_changes_and_policies_and_on_their_numbers() {
    let plain = under("", None);
    assert_eq!((values(&plain, None), values(&plain, Some("p"))), ((10.0, 4.0), (20.0, 4.0)));
    let few = under("", Some("few"));
    assert_eq!((values(&few, None), values(&few, Some("p"))), ((5.0, 8.0), (10.0, 8.0)));
    assert_eq!(few.alternative().unwrap().label, "Few");
    // The file can name one itself, and the command line another or none.
    let named = |options: LoadOptions| {
        let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n{WORLD}");
        let text = text.replace("[scenario]\n", "[scenario]\nalternative = \"few\"\n");
        load_files(&text, &[], &options).unwrap()
    };
    assert_eq!(values(&named(LoadOptions::default()), None), (5.0, 8.0));
    let none = LoadOptions { alternative: Some(String::new()), ..LoadOptions::default() };
    assert_eq!(values(&named(none), None), (10.0, 4.0));
}

#[test]
fn it_acts_on_each_draw() {
    let draws = "[calibrated]\nreplaces_file = true\n[calibrated.draws]\n\"services.analysts\" = [20.0, 40.0]\n";
    let few = under(draws, Some("few"));
    let analysts = |draw| services(&few.arm_at_draw(None, draw).unwrap(), "analysts")[0].2;
    assert_eq!((analysts(0), analysts(1)), (10.0, 20.0));
}

#[test]
fn it_is_part_of_what_alters_results_where_it_is_in_force() {
    let (plain, few) = (under("", None), under("", Some("few")));
    assert_ne!(plain.fingerprint_text(), few.fingerprint_text());
    // One that is not in force alters nothing.
    let more = under("[alternatives.third]\nset = { \"services.analysts\" = 3 }\n", None);
    assert_eq!(plain.fingerprint_text(), more.fingerprint_text());
    let again = load_text(&few.resolved_toml()).unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)));
    assert_eq!((values(&again, None), again.fingerprint_text()), ((5.0, 8.0), few.fingerprint_text()));
    assert_eq!(again.alternatives.len(), 2);
}

#[test]
fn mistakes_have_their_place() {
    let told = |rest: &str, line: usize, column: usize, parts: &[&str]| {
        place(&format!("{HEAD}code = \"A\"\n{rest}"), line, column, parts);
    };
    told("[alternatives.a]\nset = { \"services.analist\" = 1 }\n", 9, 9, &["no parameter `analist`"]);
    told("[alternatives.a]\nlabel = \"x\"\n", 8, 1, &["has no `set`"]);
    told("[alternatives.a]\nset = { \"services.analysts\" = 1 }\nfrom = 2014-02-01\n", 10, 1, &["unknown key"]);
    told("[alternatives.\"a b\"]\nset = { \"services.analysts\" = 1 }\n", 8, 15, &["no name for an alternative"]);
    let out = "[alternatives.a]\nset = { \"services.other_work_share\" = { times = 9.0 } }\n";
    told(out, 9, 9, &["alternative `a` takes", "a share from 0 to 1"]);
    let text = format!("{HEAD}code = \"A\"\n");
    place(&text.replace("[scenario]\n", "[scenario]\nalternative = \"b\"\n"), 3, 15, &["no alternative `b`"]);
}
