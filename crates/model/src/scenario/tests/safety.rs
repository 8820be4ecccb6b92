//! Texts that nobody vouches for: labels, files that are no scenario, and how much is read of one.

use super::super::{Diagnostics, LoadOptions};
use super::{HEAD, load_files, load_text, plan};

/// The label of policy `one`, and the warnings.
fn labelled(label: &str) -> (String, Vec<String>) {
    let plan = plan(&format!("[policies.one-more]\nlabel = {label}\nset = {{ \"services.analysts\" = 1 }}\n"));
    (plan.policies[0].label.clone(), plan.warnings.iter().map(|w| w.message.clone()).collect())
}

#[test]
fn labels_are_one_visible_line() {
    assert_eq!(labelled("\"Ünïcode ×2 共\""), ("Ünïcode ×2 共".into(), vec![]));
    assert_eq!(labelled("\"two\\nlines\\t and  blanks\""), ("two lines and blanks".into(), vec![]));
    for blank in ["\"\"", "\" \\t\\n\""] {
        let (label, warnings) = labelled(blank);
        assert_eq!(label, "one more");
        assert!(warnings[0].contains("`label` is blank"), "{warnings:?}");
    }
    let (label, warnings) = labelled("\"a\\u001b[2J\\u202eb\\u0000\"");
    assert_eq!(label, "a [2J b");
    assert!(warnings[0].contains("signs that cannot be seen"), "{warnings:?}");
    // Letters that need a mark of direction keep it.
    assert_eq!(labelled("\"א\\u200f!\"").0, "א\u{200f}!");
}

#[test]
fn long_texts_are_refused() {
    let with = |label: usize| {
        let label = "é".repeat(label);
        load_text(&format!(
            "{HEAD}code = \"A\"\n[policies.p]\nlabel = \"{label}\"\nset = {{ \"services.analysts\" = 1 }}\n"
        ))
    };
    assert!(with(200).is_ok());
    let told = Diagnostics(with(201).expect_err("too long")).to_string();
    assert!(told.contains("a text of at most 200 characters"), "{told}");
}

#[test]
fn what_a_file_extends_is_found_however_it_is_written() {
    let base = format!("{HEAD}code = \"A\"\n");
    for head in [
        "schema_version = 1\nextends = \"base.toml\"\n",
        "schema_version = 1\nextends = \"base.toml\"\n[services]\nanalysts = 3\n",
        "extends = \"\"\"base.toml\"\"\"\nschema_version = 1\r\n[[changes]]\nfrom = 2014-05-01\nset = { \"services.analysts\" = 1 }\n",
        "\"extends\" = 'base.toml'\n# [a remark]\nschema_version = 1",
    ] {
        let loaded = load_files(head, &[("dir/base.toml", &base)], &LoadOptions::default());
        assert!(loaded.is_ok(), "{head}: {:?}", loaded.map(|_| ()));
    }
    let late = "schema_version = 1\n[services]\nanalysts = 3\nextends = \"base.toml\"\n";
    let told = Diagnostics(load_files(late, &[("dir/base.toml", &base)], &LoadOptions::default()).expect_err("late"));
    assert!(told.to_string().contains("unknown key in [services]"), "{told}");
}

#[test]
fn a_file_that_is_something_else_is_named_and_not_shown() {
    for (text, line) in [("root:x:0:0\n", 1), ("# a remark\n\na: SECRET\n", 3), ("", 0), ("password = \"SECRET\"\n", 0)]
    {
        let all = load_text(text).expect_err("no scenario");
        assert_eq!((all.len(), all[0].line, all[0].source_line.as_str()), (1, line, ""), "{text:?}");
        let told = Diagnostics(all).to_string();
        assert!(told.contains("dir/main.toml") && told.contains("this file is no scenario"), "{told}");
        assert!(!told.contains("SECRET") && !told.contains("root"), "{told}");
    }
}

#[test]
fn a_place_far_to_the_right_takes_no_longer() {
    let lines: String = (0..9_000).map(|i| format!("\"services.analists{i}\" = 1, ")).collect();
    let began = std::time::Instant::now();
    let all =
        load_text(&format!("{HEAD}code = \"A\"\n[policies.p]\nset = {{ {lines} }}\n")).expect_err("unknown names");
    assert_eq!(all.len(), 9_000);
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    assert!(all.iter().all(|d| d.line == 9 && d.source_line.chars().count() <= 200));
}

#[test]
fn later_entries_of_a_name_take_the_place_of_earlier_ones() {
    let policy =
        |name: &str, analysts: u32| format!("[policies.{name}]\nset = {{ \"services.analysts\" = {analysts} }}\n");
    let base = format!("{HEAD}code = \"A\"\n{}{}", policy("a", 1), policy("b", 2));
    let text = format!("schema_version = 1\nextends = \"base.toml\"\n{}{}", policy("c", 3), policy("a", 4));
    let plan = load_files(&text, &[("dir/base.toml", &base)], &LoadOptions::default()).expect("loads");
    let names: Vec<&str> = plan.policies.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(plan.policies[0].mark.file, "dir/main.toml");
}
