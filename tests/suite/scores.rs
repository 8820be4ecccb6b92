//! `score` as users meet it: rows as documented, plain forecasts beside, mistakes told.

use serde_json::Value;

use crate::cli::{Scratch, forestall, run_folder, small, text};

fn rows(scratch: &Scratch, arguments: &[&str]) -> Vec<Value> {
    let out = forestall(scratch, arguments);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let value: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    value.as_array().expect("an array of rows").clone()
}

#[test]
fn rows_of_a_table_of_draws_are_as_documented() {
    let scratch = Scratch::new("score-draws");
    scratch.file("d.csv", "attacks,share,gap\n1,0.1,\n2,0.2,4\n2,0.4,5\n5,0.7,6\n");
    scratch.file("o.csv", "quantity,observed,expert\nattacks,2,4\nshare,0.3,\ngap,,1\n");
    let rows = rows(&scratch, &["score", "--draws", "d.csv", "--observed", "o.csv", "--json"]);
    let attacks = &rows[0];
    // By hand: mean |x − 2| = 1; ½ mean |x − x′| = ½ · (2 (1 + 1 + 4 + 0 + 3 + 3)) ÷ 16.
    assert_eq!(attacks["crps"].as_f64(), Some(1.0 - 12.0 / 16.0));
    assert_eq!((attacks["pit"].as_f64(), attacks["inside_90"].as_bool()), (Some(0.5), Some(true)));
    assert_eq!(attacks["naive"][0]["crps"].as_f64(), Some(2.0));
    assert_eq!(attacks["naive"][0]["skill"].as_f64(), Some(1.0 - 0.25 / 2.0));
    assert!(attacks["log_score"].as_f64().is_some_and(|x| x > 0.0));
    assert_eq!(rows[1]["naive"].as_array().map(Vec::len), Some(0), "an expert without a word has no forecast");
    let gap = &rows[2];
    for name in ["observed", "crps", "log_score", "pit", "inside_90"] {
        assert!(gap[name].is_null(), "{name} of a quantity that nobody observed");
    }
    assert_eq!((gap["draws"].as_u64(), gap["undefined"].as_u64()), (Some(3), Some(1)));
}

#[test]
fn a_series_and_a_page_stand_beside_the_draws() {
    let scratch = Scratch::new("score-history");
    scratch.file("d.csv", "attacks\n8\n9\n11\n12\n10\n");
    scratch.file("o.csv", "quantity,observed,year\nattacks,9,2012\n");
    scratch.file("h.csv", "year,count\n2004,2\n2005,0\n2006,3\n2007,5\n2008,4\n2009,8\n2010,6\n2011,9\n2012,50\n");
    let arguments = ["score", "--draws", "d.csv", "--observed", "o.csv", "--history", "h.csv", "--json", "--out", "s"];
    let rows = rows(&scratch, &arguments);
    let naive = rows[0]["naive"].as_array().expect("forecasts");
    let names: Vec<&str> = naive.iter().filter_map(|n| n["forecast"].as_str()).collect();
    assert_eq!(names, ["last year", "mean of three", "local level", "INGARCH"]);
    assert_eq!(naive[0]["mean"].as_f64(), Some(9.0), "the count of 2012 itself was not known");
    assert!(naive[3]["log_score"].as_f64().is_some_and(f64::is_finite));
    let page = std::fs::read_to_string(scratch.0.join("s/scores.html")).expect("a page");
    assert!(page.contains("Beside plain forecasts") && page.contains("<svg") && !page.contains("http://localhost"));
    for file in ["scores.csv", "scores.json", "charts/pit.svg", "charts/forecasts.png"] {
        assert!(scratch.0.join("s").join(file).exists(), "{file}");
    }
}

#[test]
fn replications_of_a_run_are_draws_of_its_patterns() {
    let scratch = Scratch::new("score-run");
    scratch.file("small.toml", &small());
    let out = forestall(&scratch, &["run", "small.toml", "--policies", ""]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let folder = run_folder(&scratch, "output").display().to_string();
    scratch.file("o.csv", "quantity,observed\nattacks_completed,1\nplots_foiled@2015,2\n");
    let found = rows(&scratch, &["score", &folder, "--observed", "o.csv", "--json"]);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|row| row["draws"].as_u64() == Some(12) && row["crps"].as_f64().is_some()));
    let target =
        "[[targets]]\npattern = \"Attacks\"\nfact = \"F1\"\noutcome = \"attacks_completed\"\nlow = 0.5\nhigh = 1.5\n";
    scratch.file("t.toml", target);
    let fact = rows(&scratch, &["score", &folder, "--observed", "t.toml", "--json"]);
    assert_eq!(fact[0]["crps"], found[0]["crps"], "what came is the middle of the fact's range");
    assert_eq!(fact[0]["fact"][1].as_f64(), Some(1.5));
    scratch.file("o.csv", "quantity,observed\nattacks_complete,1\n");
    let out = forestall(&scratch, &["score", &folder, "--observed", "o.csv"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("did you mean `attacks_completed`"), "{}", text(&out.stderr));
}

#[test]
fn mistakes_in_tables_are_told() {
    let scratch = Scratch::new("score-mistakes");
    scratch.file("d.csv", "a,b\n1,2\n3,inf\n");
    scratch.file("none.csv", "a\n");
    scratch.file("h.csv", "year,count\n2004,2\n2006,3\n");
    for (observed, draws, history, part) in [
        ("quantity,observed\nc,1\n", "d.csv", None, "no column `c`"),
        ("quantity,observed\nb,1\n", "d.csv", None, "row 2 of column `b`"),
        ("quantity,observed\na,inf\n", "d.csv", None, "is infinite"),
        ("quantity,observed\na,1\na,2\n", "d.csv", None, "rows 1 and 2"),
        ("quantity,observed\na,much\n", "d.csv", None, "one of words, such as `much`"),
        ("name,observed\na,1\n", "d.csv", None, "no column `quantity`"),
        ("quantity,seen\na,1\n", "d.csv", None, "no column `observed`"),
        ("quantity,observed\na,1\n", "none.csv", None, "has no draws"),
        ("quantity,observed\na,1\n", "d.csv", Some("h.csv"), "in 2005"),
        ("quantity,observed\na,1\n", "lost.csv", None, "there is no file lost.csv"),
    ] {
        scratch.file("o.csv", observed);
        let mut arguments = vec!["score", "--draws", draws, "--observed", "o.csv"];
        arguments.extend(history.iter().flat_map(|h| ["--history", h]));
        let out = forestall(&scratch, &arguments);
        let said = text(&out.stderr);
        assert!(matches!(out.status.code(), Some(2 | 5)) && said.contains(part), "{part}: {:?} {said}", out.status);
    }
}
