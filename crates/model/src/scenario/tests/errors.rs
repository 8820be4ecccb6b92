//! Every mistake, with its place and the helpful part of its message.

use super::super::{Diagnostic, LoadOptions};
use super::{HEAD, load_files, load_text, registry};

/// Loads the head, country A and `rest`, which begins on line 8, and finds exactly one error there.
#[track_caller]
fn one(rest: &str, line: usize, column: usize, parts: &[&str]) {
    let text = format!("{HEAD}code = \"A\"\n{rest}");
    place(&text, line, column, parts);
}

/// Loads `text` and finds exactly one error at this place with these parts of its message.
#[track_caller]
pub(super) fn place(text: &str, line: usize, column: usize, parts: &[&str]) {
    let all = load_text(text).map(|_| ()).expect_err("the text should not load");
    let shown = super::super::Diagnostics(all.clone()).to_string();
    assert_eq!(all.len(), 1, "{shown}");
    assert_eq!((all[0].line, all[0].column), (line, column), "{shown}");
    assert_eq!(all[0].file, "dir/main.toml");
    assert_eq!(all[0].source_line, text.lines().nth(line - 1).unwrap_or_default());
    for part in parts {
        assert!(shown.contains(part), "`{part}` is missing in\n{shown}");
    }
}

#[test]
fn unknown_names_bring_the_nearest_known() {
    one("[services]\nanalists = 3\n", 9, 1, &["unknown key in [services]", "did you mean `analysts`?"]);
    one("[servics]\nanalysts = 3\n", 8, 2, &["there is no table `servics`", "did you mean `services`?"]);
    one("residnts = 3\n", 8, 1, &["unknown key in [[countries]]", "did you mean `residents`?"]);
    one("services = { analyst = 3 }\n", 8, 14, &["`services` of country A", "did you mean `analysts`?"]);
    one("[scenario.x]\n", 8, 11, &["unknown key in [scenario]", "`x`"]);
    one("[[movements]]\ncode = \"m\"\ncomand_style = 1\n", 10, 1, &["did you mean `command_style`?"]);
    one("[services]\nanalysts = { value = 3, evidnce = \"F1\" }\n", 9, 25, &["did you mean `evidence`?"]);
    place(&format!("analysts = 3\n{HEAD}code = \"A\"\n"), 1, 1, &["belongs into the table [services]"]);
}

#[test]
fn paths_are_checked() {
    let policy = |path: &str| format!("[policies.p]\nset = {{ \"{path}\" = 1 }}\n");
    one(&policy("services.analists"), 9, 9, &["`services` has no parameter `analists`", "did you mean `analysts`?"]);
    one(&policy("service.analysts"), 9, 9, &["there is no table `service`", "did you mean `services`?"]);
    one(&policy("countries.AA.services.analysts"), 9, 9, &["`AA` is not in the scenario's countries", "one of A"]);
    one(&policy("countries.A.territory.level"), 9, 9, &["cannot differ from country to country", "`territory.level`"]);
    one(&policy("movements.trans.command_style"), 9, 9, &["one of transnational"]);
    one(&policy("analysts"), 9, 9, &["is no path to a parameter", "did you mean `services.analysts`?"]);
    one(&policy("services..analysts"), 9, 9, &["is no path to a parameter"]);
    one(&policy("services.analysts.x"), 9, 9, &["too many parts"]);
    one(&policy("countries.A"), 9, 9, &["names no parameter"]);
}

#[test]
fn values_of_the_wrong_kind_say_what_is_right() {
    one(
        "[services]\nanalysts = \"3\"\n",
        9,
        12,
        &["found: the text \"3\"", "a whole number from 0 to 10000", "without quotes"],
    );
    one("[services]\nanalysts = 3.5\n", 9, 12, &["found: the number 3.5", "a whole number"]);
    one(
        "[services]\nother_work_share = 1.2\n",
        9,
        20,
        &["a share from 0 to 1", "if 1.2 percent is meant, write 0.012"],
    );
    one("[services]\nother_work_share = -0.1\n", 9, 20, &["a share from 0 to 1"]);
    one("[services]\npace_per_year = 11\n", 9, 17, &["a number from 0 to 10"]);
    one("[services]\npool_member = 1\n", 9, 15, &["true or false"]);
    one("[services]\npace_per_year = nan\n", 9, 17, &["a number from 0 to 10"]);
    one("[services]\npace_per_year = inf\n", 9, 17, &["a number from 0 to 10"]);
    one("[services]\nanalysts = 99999999999999999999999\n", 9, 12, &["a whole number"]);
    one("[territory]\nresponse = \"midle\"\n", 9, 12, &["\"off\", \"middle\", \"high\"", "did you mean `middle`?"]);
    one("services = 3\n", 8, 12, &["found: the number 3", "expected: a table"]);
    one("services = { analysts = { evidence = \"F1\" } }\n", 8, 25, &["{ value ="]);
    one("territory = { level = 1 }\n", 8, 1, &["cannot differ from country to country", "[territory]"]);
}

#[test]
fn the_heading_is_checked() {
    let body = "[[countries]]\ncode = \"A\"\n";
    let with = |heading: &str| format!("schema_version = 1\n[scenario]\n{heading}\n{body}");
    place(&with("start = 2014-01-01"), 2, 1, &["`end` is missing", "without quotes"]);
    place(&with("start = 2014-01-01\nend = 2013-01-01"), 4, 7, &["ends before it starts", "2014-01-01"]);
    place(&with("start = \"2014-01-01\"\nend = 2014-02-01"), 3, 9, &["write it without quotes: 2014-01-01"]);
    place(&with("start = 2014-01-01T00:00:00Z\nend = 2014-02-01"), 3, 9, &["without a time"]);
    let dated = "start = 2014-01-01\nend = 2014-02-01\n";
    place(&with(&format!("{dated}seed = 1099511627776")), 5, 8, &["a whole number from 0 to 1099511627775"]);
    place(&with(&format!("{dated}seed = -1")), 5, 8, &["a whole number"]);
    place(&with(&format!("{dated}seed = 99999999999999999999")), 5, 8, &["a whole number"]);
    place(&with(&format!("{dated}replications = 0")), 5, 16, &["from 1 to"]);
    place(&with(&format!("{dated}name = \"a/b\"")), 5, 8, &["letters, digits"]);
    place(&with(&format!("{dated}until = 2015-01-01")), 5, 9, &["`until` is outside the scenario"]);
    let text = format!("[scenario]\n{dated}{body}");
    place(&text, 1, 1, &["`schema_version` is missing", "schema_version = 1"]);
    place(&format!("schema_version = 2\n[scenario]\n{dated}{body}"), 1, 18, &["found: the number 2", "expected: 1"]);
}

#[test]
fn lists_are_checked() {
    place("schema_version = 1\n[scenario]\nstart = 2014-01-01\nend = 2014-02-01\n", 1, 1, &["has no country"]);
    one("[[countries]]\ncode = \"A\"\n", 9, 8, &["`A` stands twice"]);
    one("[[countries]]\nname = \"B\"\n", 8, 1, &["no `code`"]);
    one("[[countries]]\ncode = \"B B\"\n", 9, 8, &["letters, digits"]);
    one("languages = { fr = 0.4, nl = 0.5 }\n", 8, 13, &["do not sum to 1"]);
    one("languages = \"fr\"\n", 8, 13, &["[\"fr\", \"nl\"]"]);
    one("languages = []\n", 8, 13, &["a list such as"]);
    let many: String = (0..60).map(|i| format!("[[countries]]\ncode = \"C{i}\"\n")).collect();
    one(&many, 6, 1, &["too many countries", "found: 61", "at most 60"]);
}

#[test]
fn policies_are_checked() {
    let set = "set = { \"services.analysts\" = 1 }\n";
    one(&format!("[policies.p]\nfrom = 2015-01-01\n{set}"), 9, 8, &["begins outside the scenario", "to 2014-12-31"]);
    one(&format!("[policies.p]\nfrom = 2013-12-31\n{set}"), 9, 8, &["policy `p` begins outside"]);
    one(&format!("[policies.p]\nfrom = 2014-05-01\nuntil = 2014-04-01\n{set}"), 10, 9, &["ends before it begins"]);
    one(&format!("[policies.p]\nfrom = \"2014-05-01\"\n{set}"), 9, 8, &["without quotes: 2014-05-01"]);
    one(&format!("[policies.baseline]\n{set}"), 8, 11, &["cannot be called `baseline`"]);
    one("[policies.p]\nset = {}\n", 9, 7, &["the `set` of policy `p` is empty"]);
    one("[policies.p]\nlabel = \"P\"\n", 8, 1, &["policy `p` has no `set`"]);
    one("[policies.p]\nset = { \"services.analysts\" = { tims = 2 } }\n", 9, 33, &["did you mean `times`?"]);
    one("[policies.p]\nset = { \"services.pool_member\" = { times = 2 } }\n", 9, 36, &["`times` cannot act on it"]);
    one("[policies.p]\nset = { \"services.analysts\" = { times = 2, add = 1 } }\n", 9, 31, &["exactly one of"]);
    one("[policies.p]\nset = { \"services.pace_per_year\" = { times = inf } }\n", 9, 46, &["a finite number"]);
    one(&format!("[policies.p]\nramp_days = 5000\nramp_step_days = 1\n{set}"), 9, 13, &["too many steps"]);
    one(&format!("[[changes]]\n{set}"), 8, 1, &["this change has no `from`"]);
    one(&format!("[policies.p]\nlabl = \"x\"\n{set}"), 9, 1, &["did you mean `label`?"]);
}

#[test]
fn values_that_leave_their_range_name_policy_date_and_value() {
    let rest = "[policies.p]\nfrom = 2014-03-01\nset = { \"services.other_work_share\" = { times = 5 } }\n";
    one(rest, 10, 9, &["on 2014-03-01, policy `p` takes", "found: 1.25, out of 0.25", "a share from 0 to 1"]);
    let rest = "[[changes]]\nfrom = 2014-03-01\nset = { \"services.analysts\" = { add = -21 } }\n";
    one(rest, 10, 9, &["a change of the baseline takes", "found: -1, out of 20"]);
}

#[test]
fn uncertain_parameters_are_checked() {
    let line = |law: &str| format!("[uncertain]\n\"services.pace_per_year\" = {law}\n");
    one(&line("{ uniform = { low = 3, high = 2 } }"), 9, 40, &["`low` is not below `high`"]);
    one(&line("{ uniform = { low = 3, high = 20 } }"), 9, 40, &["leaves the range", "from 0 to 10"]);
    one(&line("{ normal = { mean = 3, sd = 0 } }"), 9, 39, &["`sd` must be above 0"]);
    one(&line("{ triangular = { low = 1, mode = 5, high = 4 } }"), 9, 43, &["`mode` is not between"]);
    one(&line("{ beta = { a = 0, b = 1, low = 0, high = 1 } }"), 9, 37, &["above 0"]);
    one(&line("{ uniform = { low = 3 } }"), 9, 40, &["`uniform` needs `high`"]);
    one(&line("{ unifrm = { low = 1, high = 3 } }"), 9, 30, &["did you mean `uniform`?"]);
    one(&line("3"), 9, 28, &["a distribution such as"]);
    one(&line("{ normal = { mean = 3, sd = 1e9 } }"), 9, 39, &["next to nothing", "1e-6"]);
    one(&line("{ normal = { mean = 3, sd = 1e308 } }"), 9, 39, &["next to nothing"]);
    let count = |law: &str| format!("[uncertain]\n\"services.analysts\" = {law}\n");
    one(&count("{ uniform = { low = 0.2, high = 0.8 } }"), 9, 35, &["two whole numbers", "a whole number from"]);
    one(&count("{ uniform = { low = 0.2, high = 1.8 } }"), 9, 35, &["two whole numbers"]);
    one("[uncertain]\n\"services.pool_member\" = { uniform = { low = 0, high = 1 } }\n", 9, 1, &["is no number"]);
}

#[test]
fn syntax_errors_keep_the_readers_span() {
    one("residents = = 3\n", 8, 13, &["not valid TOML"]);
    one("residents = 1\nresidents = 2\n", 9, 1, &["not valid TOML", "duplicate key"]);
    let all = load_text(&"x".repeat(5_000_000)).map(|_| ()).unwrap_err();
    assert!(all[0].message.contains("too large"));
}

#[test]
fn extended_files_are_checked() {
    let extends = |file: &str| format!("extends = \"{file}\"\n{HEAD}code = \"A\"\n");
    let load = |text: &str, others: &[(&str, &str)]| -> Vec<Diagnostic> {
        load_files(text, others, &LoadOptions::default()).map(|_| ()).unwrap_err()
    };
    let missing = load(&extends("no.toml"), &[]);
    assert_eq!((missing.len(), missing[0].line, missing[0].column), (1, 1, 11));
    assert!(missing[0].message.contains("cannot read `dir/no.toml`: no such file"));
    let circle = load(&extends("b.toml"), &[("dir/b.toml", "schema_version = 1\nextends = \"main.toml\"\n")]);
    assert_eq!((circle[0].file.as_str(), circle[0].line), ("dir/b.toml", 2));
    assert_eq!(circle[0].found.as_deref(), Some("dir/main.toml -> dir/b.toml -> dir/main.toml"));
    let inner = load(&extends("b.toml"), &[("dir/b.toml", "schema_version = 1\n[services]\nanalists = 1\n")]);
    assert_eq!((inner[0].file.as_str(), inner[0].line), ("dir/b.toml", 3));
    let wrong = load(&HEAD.replace("schema_version = 1", "schema_version = 1\nextends = 3"), &[]);
    assert!(wrong[0].to_string().contains("`extends` names no file"));
}

#[test]
fn the_command_line_is_checked() {
    let text = format!("{HEAD}code = \"A\"\n[[changes]]\nfrom = 2014-03-01\nset = {{ \"territory.level\" = 0.5 }}\n");
    let said = |set: &str| {
        let options = LoadOptions { sets: vec![set.to_owned()], ..LoadOptions::default() };
        match load_files(&text, &[], &options) {
            Ok(_) => String::new(),
            Err(all) => super::super::Diagnostics(all).to_string(),
        }
    };
    assert!(said("services.analists=3").contains("--> --set services.analists=3\n"));
    assert!(said("services.analists=3").contains("did you mean `analysts`?"));
    assert!(said("services.analysts").contains("has no `=`"));
    assert!(said("services.analysts=many").contains("a whole number from 0 to 10000"));
    assert!(said("territory.response=midle").contains("did you mean `middle`?"));
    assert!(said("territory.level=0.3").contains("a change of the baseline sets it too"));
    assert_eq!(said("territory.level!=0.3"), "");
    assert_eq!(said("services.pool_member=true"), "");
    let seed = LoadOptions { seed: Some(1 << 40), ..LoadOptions::default() };
    assert!(load_files(&text, &[], &seed).map(|_| ()).unwrap_err()[0].message.contains("seed is too large"));
}

#[test]
fn a_calibrated_value_does_not_silently_replace_one_of_the_file() {
    let rest = "[services]\nanalysts = 3\n[calibrated]\n\"services.analysts\" = 4\n";
    one(rest, 11, 1, &["would silently replace", "dir/main.toml:9 states it too", "replaces_file = true"]);
    let rest = "[services]\nanalysts = 3\n[calibrated]\n\"services.analysts\" = { value = 4, replaces_file = true }\n";
    let plan = load_text(&format!("{HEAD}code = \"A\"\n{rest}")).unwrap();
    let slot = registry().slot("services", "analysts").unwrap();
    assert_eq!(plan.base.countries[0][slot.table][slot.parameter], 4.0);
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = format!(
        "{HEAD}code = \"A\"\nresidents = -1\n[services]\nanalysts = true\n[policies.p]\nset = {{ \"x.y\" = 1 }}\n[[fit]]\npattern = 3\n"
    );
    let all = load_text(&text).map(|_| ()).unwrap_err();
    let lines: Vec<usize> = all.iter().map(|d| d.line).collect();
    assert_eq!(lines, [8, 10, 12, 13, 13, 13, 14]);
}
