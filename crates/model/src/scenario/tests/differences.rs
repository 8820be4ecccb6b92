//! Two plans side by side: nothing where nothing differs, and every setting that does, with its place.

use super::super::Plan;
use super::plan;

/// Path, first and second of each difference; what a plan lacks is a dash.
fn told(first: &Plan, second: &Plan) -> Vec<String> {
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let found = first.differences(second);
    found.iter().map(|d| format!("{} {} {}", d.path, cell(&d.first), cell(&d.second))).collect()
}

const RICH: &str = "[services]\nanalysts = 5\n[[changes]]\nfrom = 2014-03-01\nset = { \"services.analysts\" = 7 }\n\
                    [[sharing]]\nbetween = [\"A\", \"B\"]\nregime = \"none\"\n\
                    [policies.p]\nset = { \"services.analysts\" = { times = 2.0 } }\n\
                    [uncertain]\n\"services.pace_per_year\" = { uniform = { low = 1.0, high = 2.0 } }\n";

#[test]
fn the_same_scenario_differs_in_nothing_and_words_alter_nothing() {
    assert_eq!(told(&plan(RICH), &plan(RICH)), Vec::<String>::new());
    let worded = RICH.replace("[policies.p]\n", "[policies.p]\nlabel = \"P\"\ndescription = \"words\"\n");
    assert_eq!(told(&plan(RICH), &plan(&worded)), Vec::<String>::new());
}

#[test]
fn every_kind_of_setting_is_told_with_its_place() {
    let base = plan(RICH);
    for (from, to, expected) in [
        ("analysts = 5", "analysts = 6", vec!["services.analysts 5 6"]),
        ("\" = 7", "\" = 8", vec!["changes from 2014-03-01.services.analysts 7 8"]),
        ("times = 2.0", "times = 3.0", vec!["policies.p.services.analysts times 2.0 times 3.0"]),
        ("times = 2.0", "add = 2.0", vec!["policies.p.services.analysts times 2.0 plus 2.0"]),
        (
            "regime = \"none\"",
            "regime = \"pool\"",
            vec![
                "sharing: between = [\"A\", \"B\"] regime = \"none\", warnings = false regime = \"pool\", warnings = true",
            ],
        ),
        (
            "high = 2.0",
            "high = 3.0",
            vec![
                "uncertain: services.pace_per_year uniform = { low = 1.0, high = 2.0 } uniform = { low = 1.0, high = 3.0 }",
            ],
        ),
        ("[policies.p]", "[policies.q]", vec!["policies.p there –", "policies.q – there"]),
    ] {
        let other = plan(&RICH.replace(from, to));
        let found: Vec<String> = told(&base, &other);
        if from.starts_with("regime") {
            assert!(found.len() == 1 && found[0].contains("regime = \"pool\""), "{found:?}");
        } else {
            assert_eq!(found, expected, "{from} → {to}");
        }
        assert_eq!(told(&other, &base).len(), found.len(), "the other way round");
    }
}

#[test]
fn a_countrys_own_value_is_told_where_the_common_one_does_not_explain_it() {
    let common = |value: u32, own: &str| {
        let text = format!("{own}[services]\nanalysts = {value}\n");
        plan(&text)
    };
    assert_eq!(told(&common(5, ""), &common(6, "")), ["services.analysts 5 6"], "said once for all countries");
    let own = "services = { analysts = 9 }\n";
    assert_eq!(told(&common(5, ""), &common(5, own)), ["countries.B.services.analysts 5 9"]);
    assert_eq!(told(&common(5, own), &common(6, own)), ["services.analysts 5 6"], "B has its own in both");
    let found = told(&common(5, ""), &common(6, own));
    assert_eq!(found, ["services.analysts 5 6", "countries.B.services.analysts 5 9"]);
}

#[test]
fn what_one_scenario_lacks_is_told_once() {
    let more = plan("[[countries]]\ncode = \"C\"\n");
    let found = told(&plan(""), &more);
    assert!(found.contains(&"countries.C – there".to_owned()), "{found:?}");
    assert!(found.iter().all(|line| line.starts_with("countries.C")), "{found:?}");
}
