//! The whole page: self-contained, escaped, its headings in order, its ids unique.

use std::collections::BTreeSet;

use super::{Brief, BriefPolicy, ReportInput, findings, findings_list, html};
use crate::chart::{self, Chart, Measure, example};
use forestall_model::{Column, Table};

const NASTY: &str = "</script><img src=x onerror=alert(1)> & \"quotes\" 'single'";

fn text_table(columns: &[&str], rows: &[&[&str]]) -> Table {
    let mut table = Table::new();
    for (i, name) in columns.iter().enumerate() {
        table.push(*name, Column::Text(rows.iter().map(|r| r[i].to_owned()).collect()));
    }
    table
}

fn charts() -> (Vec<Chart>, Table) {
    let arms = example::arms(4, 30, true);
    let mut comparisons = example::comparisons_of(&arms, 1.0);
    for (i, outcome) in ["assessed", "watched", "searched", "held"].iter().enumerate() {
        let differences: Vec<(&str, f64)> =
            arms.iter().skip(1).map(|a| (a.name.as_str(), i as f64 * 2.0 - 3.0)).collect();
        let table = example::with_outcome(&example::comparisons(&differences), &format!("{outcome}_without_plot"));
        let table = example::with_labels(&table, |row| arms[row + 1].label.clone());
        comparisons = example::stack(&comparisons, &table);
    }
    for (i, reason) in ["for_staff", "between", "by_judgement"].iter().enumerate() {
        let differences: Vec<(&str, f64)> = arms.iter().skip(1).map(|a| (a.name.as_str(), i as f64)).collect();
        let table = example::with_outcome(&example::comparisons(&differences), &format!("chances_missed_{reason}"));
        comparisons = example::stack(&comparisons, &table);
    }
    let attacks = Measure::of("attacks_completed");
    let monthly = example::monthly(&arms, 36, 1.0);
    let charts = [
        chart::forest(&comparisons, &attacks),
        chart::distribution(&example::replications(&arms, 1.0), &attacks, &arms),
        chart::fan(&monthly, &attacks, &arms[..2]),
        chart::services(&monthly, &arms),
        chart::pathway_outcome(&example::endings(&arms), &arms),
        chart::countries(&example::by_country(&arms, 6, 1.0), &arms[..2], &[]),
        chart::harm_cost(&comparisons),
    ];
    (charts.map(Result::unwrap).into(), comparisons)
}

fn substitution() -> Table {
    let mut table = text_table(
        &["policy", "label", "measure", "group", "response"],
        &[
            &["p", NASTY, "plots_started", "inspired", "middle"],
            &["p", NASTY, "attacks_completed_most", NASTY, "middle"],
        ],
    );
    table.push("n", Column::Integer(vec![Some(30); 2]));
    for name in ["value", "ci_low", "ci_high"] {
        table.push(name, Column::Number(vec![Some(-1.0), None]));
    }
    table
}

/// Effects by country of the first policy of a comparisons table.
fn by_country(comparisons: &Table) -> Table {
    let policy = comparisons.texts("policy").expect("policies")[0].clone();
    let mut table = text_table(
        &["policy", "country", "outcome"],
        &[&[&policy, "AA", "attacks_completed"], &[&policy, "BB", "attacks_completed"]],
    );
    table.push("n", Column::Integer(vec![Some(30); 2]));
    for name in ["baseline_mean", "policy_mean", "difference", "ci_low", "ci_high"] {
        table.push(name, Column::Number(vec![Some(-1.0), None]));
    }
    table
}

fn page() -> String {
    let (charts, comparisons) = charts();
    let mut sentences = findings(&comparisons, "January 2014 to December 2016");
    sentences.push(NASTY.into());
    html(&ReportInput {
        title: format!("Would sharing watch lists have prevented attacks? {NASTY}"),
        brief: Brief {
            about: format!("Europe 2014–2016 {NASTY}"),
            policies: vec![BriefPolicy { name: "shared".into(), what: NASTY.into(), null: false }],
            baseline: Some(18.0),
            outside: vec![NASTY.into()],
            patterns: 3,
            assumed: (5, 9),
        },
        findings: sentences,
        charts: charts.iter().collect(),
        by_country: by_country(&comparisons),
        countries: [("AA", NASTY), ("BB", "Beta")].map(|(code, name)| (code.into(), name.into())).into(),
        comparisons,
        fit: text_table(
            &["pattern", "fact", "simulated", "verdict"],
            &[&["Attacks a year", "17", "12 to 21", "inside"], &[NASTY, "0.6", "0.3 to 0.5", "outside"]],
        ),
        substitution: substitution(),
        alternatives: Table::new(),
        responses: Table::new(),
        robustness: text_table(&["check", "answer", "rests on"], &[&["Other codings?", NASTY, "the same runs"]]),
        parameters: text_table(
            &["parameter", "value", "unit", "evidence"],
            &[&["services.analysts", "120", "people", "B"], &["plots.duration_days", "90", "days", NASTY]],
        ),
        provenance: vec![("Version".into(), "0.1.0".into()), ("Command".into(), NASTY.into())],
        limits: vec![NASTY.into()],
    })
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let page = page();
    for outside in ["http://", "https://", "src=\"", "<link", "@import", "url(/", "<iframe"] {
        assert!(!page.contains(outside), "the page contains {outside}");
    }
    assert!(page.match_indices("url(").all(|(at, _)| page[at..].starts_with("url(data:font/ttf;base64,")));
}

#[test]
fn text_of_users_is_escaped_everywhere() {
    let page = page();
    assert!(!page.contains("<img"));
    assert_eq!(page.matches("</script>").count(), 2, "that of the page, and the data of picked effects");
    assert!(page.matches("&lt;img src=x").count() >= 6);
    assert!(!page.contains("<shared>"), "labels in charts are escaped too");
}

#[test]
fn a_page_with_policies_tells_displacement() {
    assert!(page().contains("id=\"substitution\">Displacement: what comes instead</h2>"));
    assert!(!html(&ReportInput::default()).contains("substitution"));
}

#[test]
fn effects_can_be_picked_where_policies_are_compared() {
    let page = page();
    let section = page.find("Look closer: any policy, outcome and country</h2>").expect("the section");
    assert!(page.find("Annex: every chart").expect("the annex") < section);
    assert!(section < page.find("Every outcome compared</h2>").expect("the tables"));
    assert!(page[section..].contains("<p class=\"without-script\">"));
    let alone = html(&ReportInput::default());
    assert!(!alone.contains("Look closer") && !alone.contains("application/json"));
}

#[test]
fn ids_are_unique_and_every_link_has_its_target() {
    let page = page();
    let mut ids = BTreeSet::new();
    for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.insert(id), "the id {id} occurs twice");
    }
    for attribute in ["href=\"#", "aria-labelledby=\"", "aria-describedby=\"", "data-filter=\""] {
        for target in page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(target), "{attribute}{target}\" has no target");
        }
    }
}

#[test]
fn headings_descend_one_level_at_a_time() {
    let page = page();
    let levels: Vec<u32> = page
        .match_indices("<h")
        .filter_map(|(at, _)| page[at + 2..].chars().next().and_then(|c| c.to_digit(10)))
        .collect();
    assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1);
    assert_eq!(levels[0], 1);
    assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
}

#[test]
fn opened_and_closed_tags_balance() {
    let page = page();
    for tag in ["section", "table", "tr", "td", "th", "figure", "details", "div", "ul", "ol", "li", "svg", "p", "dl"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
}

#[test]
fn an_empty_report_still_says_what_it_is() {
    let page = html(&ReportInput::default());
    assert!(page.contains("No policy was compared") && page.contains("Not for scoring"));
    assert!(page.contains("was not compared with facts"));
}

#[test]
fn missed_chances_stand_by_reason_and_arm() {
    let page = page();
    let section = &page[page.find("Why plots were not seen</h2>").expect("the section")..];
    let table = &section[..section.find("</table>").expect("its table")];
    assert!(table.contains("Share for lack of staff"));
    assert_eq!(table.matches("<tr>").count(), 1 + example::arms(4, 30, true).len(), "a heading, then all arms");
    assert!(!html(&ReportInput::default()).contains("Why plots were not seen"), "nothing compared, nothing said");
}

#[test]
fn of_many_findings_those_between_unfold_and_none_is_lost() {
    let findings = |number: usize| (0..number).map(|i| format!("finding {i}.")).collect::<Vec<_>>();
    for number in [1, 12, 13] {
        let shown = findings_list(&findings(number));
        assert!(!shown.contains("<details>") && shown.matches("<li>").count() == number, "{number}");
    }
    let shown = findings_list(&findings(40));
    assert_eq!(shown.matches("<li>").count(), 40);
    let (before, rest) = shown.split_once("<details>").unwrap();
    let (between, after) = rest.split_once("</details>").unwrap();
    assert!(before.ends_with("<li>finding 8.</li>\n</ul>\n") && after.contains("<li>finding 37.</li>"), "{shown}");
    assert!(between.contains("28 policies between") && between.matches("<li>").count() == 28);
}
