//! Any policy, outcome and country that a reader picks: the numbers as data of the page, and where its script draws them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Section;
use super::findings::Comparison;
use crate::chart::{self, Better, Measure, STACK, escape};
use forestall_model::Table;

/// What draws the picked effects.
pub(super) const SCRIPT: &str = include_str!("closer.js");
/// What is shown until something else is picked; the first outcome where a run does not have it.
const FIRST: &str = "attacks_completed";
/// Significant digits of numbers by country, of which there are tens of thousands.
const DIGITS: usize = 6;
/// Headings of the table, each with whether it holds numbers.
const HEADINGS: [(&str, bool); 10] = [
    ("Policy", false),
    ("Label", false),
    ("Country", false),
    ("Outcome", false),
    ("Pairs", true),
    ("Baseline mean", true),
    ("Policy mean", true),
    ("Effect", true),
    ("Low", true),
    ("High", true),
];

/// One effect: pairs of runs, the means of baseline and policy, the mean of policy − baseline, the ends of its interval.
type Effect = [Option<f64>; 6];
/// Their names in the data.
const PARTS: [&str; 6] = ["n", "baseline", "policy", "difference", "low", "high"];
/// Their columns in the table by country.
const COLUMNS: [&str; 6] = ["n", "baseline_mean", "policy_mean", "difference", "ci_low", "ci_high"];

/// The effects of all policies on one outcome.
#[derive(Default)]
struct Outcome {
    /// By policy.
    whole: Vec<Effect>,
    /// By policy, then by country; empty where the outcome has no numbers by country.
    by: Vec<Effect>,
}

/// The section; `None` where no policy is compared with the baseline.
pub(super) fn section(
    comparisons: &[Comparison],
    by_country: &Table,
    countries: &[(String, String)],
) -> Option<Section> {
    let mut policies: Vec<(&str, &str)> = Vec::new();
    for c in comparisons {
        if !policies.iter().any(|(name, _)| *name == c.policy) {
            policies.push((&c.policy, &c.label));
        }
    }
    if policies.is_empty() {
        return None;
    }
    let countries = if by_country.rows() > 0 { countries } else { &[] };
    let mut outcomes = of_the_whole(comparisons, &policies);
    let codes: Vec<&str> = countries.iter().map(|(code, _)| code.as_str()).collect();
    add_by_country(&mut outcomes, by_country, &policies, &codes);
    let mut outcomes: Vec<(Measure, Outcome)> =
        outcomes.into_iter().map(|(column, outcome)| (Measure::of(column), outcome)).collect();
    // Main outcomes in the order of their words, then the others by their names.
    outcomes.sort_by_key(|(measure, _)| (measure.place().unwrap_or(usize::MAX), measure.name.clone()));
    let first = outcomes.iter().position(|(measure, _)| measure.column == FIRST).unwrap_or(0);
    let title = format!("{}, by policy", chart::effect(&outcomes[first].0));
    Some(Section {
        id: "closer",
        heading: if countries.is_empty() {
            "Look closer: any policy and outcome"
        } else {
            "Look closer: any policy, outcome and country"
        },
        body: body(&title, !countries.is_empty(), &data(&policies, countries, &outcomes, first)),
    })
}

/// The effects on the whole by outcome.
fn of_the_whole<'a>(comparisons: &'a [Comparison], policies: &[(&str, &str)]) -> BTreeMap<&'a str, Outcome> {
    let mut outcomes: BTreeMap<&str, Outcome> = BTreeMap::new();
    for c in comparisons {
        let Some(policy) = policies.iter().position(|(name, _)| *name == c.policy) else { continue };
        let outcome = outcomes.entry(&c.outcome).or_default();
        outcome.whole.resize(policies.len(), [None; 6]);
        let (low, high) = (c.interval.map(|i| i.0), c.interval.map(|i| i.1));
        outcome.whole[policy] = [c.n, c.baseline, c.under_policy, c.difference, low, high];
    }
    outcomes
}

/// Adds the effects by country to the outcomes that the whole has too.
fn add_by_country(
    outcomes: &mut BTreeMap<&str, Outcome>,
    table: &Table,
    policies: &[(&str, &str)],
    countries: &[&str],
) {
    let (Some(names), Some(codes), Some(columns)) =
        (table.texts("policy"), table.texts("country"), table.texts("outcome"))
    else {
        return;
    };
    let numbers = COLUMNS.map(|name| table.column(name));
    for row in 0..table.rows() {
        let policy = policies.iter().position(|(name, _)| *name == names[row]);
        let country = countries.iter().position(|code| *code == codes[row]);
        let outcome = outcomes.get_mut(columns[row].as_str());
        if let (Some(policy), Some(country), Some(outcome)) = (policy, country, outcome) {
            outcome.by.resize(policies.len() * countries.len(), [None; 6]);
            let rounded = |value: f64| format!("{value:.*e}", DIGITS - 1).parse().ok();
            outcome.by[policy * countries.len() + country] =
                numbers.map(|column| column.and_then(|c| c.number(row)).and_then(rounded));
        }
    }
}

/// Words, pickers, an empty drawing with its caption and table, and the data.
fn body(title: &str, by_country: bool, data: &str) -> String {
    let country = if by_country { "<label>Country <select id=\"closer-country\"></select></label>\n" } else { "" };
    let note = if by_country { "<p class=\"note\" id=\"closer-note\" role=\"status\"></p>\n" } else { "" };
    let and_country = if by_country { ", in the whole or in one country" } else { "" };
    let elsewhere = if by_country { ", and by country in <code>results/by_country.parquet</code>" } else { "" };
    let mut heads = String::new();
    for (heading, number) in HEADINGS {
        let class = if number { " class=\"number\"" } else { "" };
        let _ = write!(heads, "<th scope=\"col\"{class}>{heading}</th>");
    }
    let font = escape(STACK);
    let title = escape(title);
    format!(
        "<p>The effect of one policy or of all on any outcome{and_country}. What is picked among so many is picked after the \
         fact: of twenty intervals that one looks at, about one leaves zero out by chance alone.</p>\n\
         <p class=\"without-script\">Picking needs scripts, which are off. The same numbers stand in the table of every \
         outcome below{elsewhere}.</p>\n\
         <div class=\"closer\">\n<div class=\"pickers\">\n<label>Policy <select id=\"closer-policy\"></select></label>\n\
         <label>Outcome <select id=\"closer-outcome\"></select></label>\n{country}</div>\n{note}\
         <h3 id=\"closer-title\" aria-live=\"polite\">{title}</h3>\n\
         <figure id=\"closer-figure\" aria-describedby=\"closer-caption\" data-chart=\"closer\">\n\
         <div class=\"sheet\"><svg role=\"img\" aria-labelledby=\"closer-title\" font-family=\"{font}\"></svg></div>\n\
         <figcaption id=\"closer-caption\"></figcaption>\n\
         <details><summary>In words and numbers</summary>\n<p class=\"note\" id=\"closer-words\"></p>\n\
         <div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-labelledby=\"closer-words\">\
         <table class=\"sortable\" aria-labelledby=\"closer-words\">\n<thead><tr>{heads}</tr></thead>\n<tbody></tbody></table>\
         </div>\n</details>\n</figure>\n</div>\n<script type=\"application/json\" id=\"closer-data\">{data}</script>\n"
    )
}

/// Everything that can be picked, as JSON.
fn data(
    policies: &[(&str, &str)],
    countries: &[(String, String)],
    outcomes: &[(Measure, Outcome)],
    first: usize,
) -> String {
    let policy = |&(name, label): &(&str, &str)| format!("{{\"name\":{},\"label\":{}}}", text(name), text(label));
    let country = |(code, name): &(String, String)| format!("{{\"code\":{},\"name\":{}}}", text(code), text(name));
    let outcome = |(measure, outcome): &(Measure, Outcome)| {
        format!(
            "{{\"column\":{},\"name\":{},\"effect\":{},\"unit\":{},\"sign\":{},\"favours\":{},\"main\":{},\"whole\":{},\"by\":{}}}",
            text(&measure.column),
            text(&measure.heading()),
            text(&chart::effect(measure)),
            text(&chart::unit(measure)),
            measure.sign(),
            measure.better != Better::Neither,
            measure.place().is_some(),
            parts(&outcome.whole, 1),
            if outcome.by.is_empty() { "null".to_owned() } else { parts(&outcome.by, countries.len()) }
        )
    };
    format!(
        "{{\"first\":{first},\"policies\":[{}],\"countries\":[{}],\"outcomes\":[\n{}]}}",
        policies.iter().map(policy).collect::<Vec<_>>().join(","),
        countries.iter().map(country).collect::<Vec<_>>().join(","),
        outcomes.iter().map(outcome).collect::<Vec<_>>().join(",\n")
    )
}

/// Effects by policy, and in each by so many places, as one list a part.
fn parts(effects: &[Effect], places: usize) -> String {
    let part = |(i, name): (usize, &&str)| {
        let values: Vec<Option<f64>> = effects.iter().map(|effect| effect[i]).collect();
        format!("\"{name}\":{}", packed(&values, places))
    };
    format!("{{{}}}", PARTS.iter().enumerate().map(part).collect::<Vec<_>>().join(","))
}

/// A list; of one policy if all have the same, and the value alone if it is one everywhere.
fn packed(values: &[Option<f64>], places: usize) -> String {
    if values.iter().all(|value| *value == values[0]) {
        return number(values[0]);
    }
    let one = &values[..places];
    let values = if values.chunks(places).all(|other| other == one) { one } else { values };
    format!("[{}]", values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(","))
}

/// The shorter way to write a number so that it reads back the same.
fn number(value: Option<f64>) -> String {
    let Some(value) = value.filter(|v| v.is_finite()) else { return "null".into() };
    // Adding zero turns −0 into 0.
    let (plain, powers) = (format!("{}", value + 0.0), format!("{:e}", value + 0.0));
    if powers.len() < plain.len() { powers } else { plain }
}

/// A JSON string that cannot end the script it stands in.
fn text(words: &str) -> String {
    let mut out = String::from("\"");
    for c in words.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '<' | '>' | '&' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    const NASTY: &str = "</script><b>\"\\\n";

    fn comparison(policy: &str, outcome: &str, difference: Option<f64>) -> Comparison {
        Comparison {
            policy: policy.into(),
            label: format!("Policy {policy} {NASTY}"),
            outcome: outcome.into(),
            n: Some(40.0),
            baseline: Some(2.0),
            under_policy: difference.map(|d| 2.0 + d),
            difference,
            interval: difference.map(|d| (d - 0.25, d + 0.25)),
            correlation: None,
            variance_reduction: None,
        }
    }

    fn by_country(rows: &[(&str, &str, &str, Option<f64>)]) -> Table {
        let mut table = Table::new();
        for (name, at) in [("policy", 0), ("country", 1), ("outcome", 2)] {
            table.push(name, Column::Text(rows.iter().map(|r| [r.0, r.1, r.2][at].to_owned()).collect()));
        }
        table.push("n", Column::Integer(vec![Some(40); rows.len()]));
        for (name, by) in
            [("baseline_mean", 0.0), ("policy_mean", 0.0), ("difference", 0.0), ("ci_low", -0.1), ("ci_high", 0.1)]
        {
            table.push(name, Column::Number(rows.iter().map(|r| r.3.map(|d| d + by)).collect()));
        }
        table
    }

    fn places() -> Vec<(String, String)> {
        [("FR", "France"), ("DE", NASTY)].map(|(code, name)| (code.to_owned(), name.to_owned())).to_vec()
    }

    fn whole() -> Vec<Comparison> {
        vec![
            comparison("a", "attacks_averted", Some(1.0)),
            comparison("a", "zeppelins", Some(0.0)),
            comparison("a", "attacks_completed", Some(-1.5)),
            comparison("b", "attacks_completed", Some(1.0 / 3.0)),
        ]
    }

    #[test]
    fn numbers_of_the_whole_are_exact_and_those_by_country_to_six_digits() {
        let table = by_country(&[
            ("a", "FR", "attacks_completed", Some(-2.0 / 3.0)),
            ("a", "DE", "attacks_completed", Some(0.0)),
            ("b", "DE", "attacks_completed", Some(12_345_678.0)),
        ]);
        let html = section(&whole(), &table, &places()).expect("a section").body;
        assert!(html.contains("\"whole\":{\"n\":40,\"baseline\":2,\"policy\":[0.5,2.3333333333333335],"), "{html}");
        assert!(html.contains("\"difference\":[-1.5,0.3333333333333333],"), "{html}");
        assert!(html.contains("\"difference\":[-0.666667,0,null,12345700],"), "{html}");
        assert!(html.contains("\"column\":\"attacks_averted\"") && html.contains("\"by\":null"), "{html}");
    }

    #[test]
    fn main_outcomes_stand_first_and_attacks_are_shown_first() {
        let html = section(&whole(), &Table::new(), &[]).expect("a section").body;
        let at = |name: &str| html.find(&format!("\"column\":\"{name}\"")).expect("an outcome");
        assert!(at("attacks_completed") < at("attacks_averted") && at("attacks_averted") < at("zeppelins"));
        assert!(html.contains("{\"first\":0,") && html.contains(">Attacks prevented, by policy</h3>"));
        assert!(html.contains("\"column\":\"zeppelins\",\"name\":\"Zeppelins\",\"effect\":\"Change in zeppelins\""));
        assert!(!html.contains("closer-country") && html.contains("\"countries\":[]"));
    }

    #[test]
    fn words_of_users_cannot_end_the_script() {
        let html =
            section(&whole(), &by_country(&[("a", "DE", "attacks_completed", None)]), &places()).expect("some").body;
        assert_eq!(html.matches("</script>").count(), 1);
        assert!(!html.contains("<b>"));
        assert!(html.contains("\"label\":\"Policy a \\u003c/script\\u003e\\u003cb\\u003e\\\"\\\\\\u000a\""), "{html}");
    }

    #[test]
    fn nothing_compared_is_no_section_and_undefined_stays_undefined() {
        assert!(section(&[], &Table::new(), &places()).is_none());
        let html = section(&[comparison("a", "attacks_completed", None)], &Table::new(), &[]).expect("some").body;
        assert!(html.contains("\"difference\":null,\"low\":null,\"high\":null"), "{html}");
    }

    #[test]
    fn lists_are_as_short_as_they_can_be() {
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(packed(&some(&[2.0, 2.0, 2.0, 2.0]), 2), "2");
        assert_eq!(packed(&some(&[1.0, 2.0, 1.0, 2.0]), 2), "[1,2]");
        assert_eq!(packed(&some(&[1.0, 2.0, 1.0, 3.0]), 2), "[1,2,1,3]");
        assert_eq!(
            (number(Some(-0.0)), number(Some(1.5e-7)), number(Some(2e21))),
            ("0".into(), "1.5e-7".into(), "2e21".into())
        );
    }
}
