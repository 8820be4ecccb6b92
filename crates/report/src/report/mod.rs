//! The HTML report: tables and charts in, one self-contained page out.

mod alternatives;
mod analysis;
mod branching;
mod brief;
mod closer;
mod findings;
mod grid;
mod responses;
mod robustness;
mod substitution;
mod typeface;
mod views;

#[cfg(test)]
mod tests;

pub use analysis::{AnalysisPage, Next, Part, analysis_page};
pub use brief::{Brief, BriefPolicy};
pub use findings::findings;
pub use robustness::{AdaptationRun, Checked, Drawn, REPLICATION_COLUMNS, robustness_checks};

use std::fmt::Write as _;

use crate::chart::{Chart, escape, inline};
use forestall_model::Table;
use grid::Grid;

/// The most rows of a chart's data that the page repeats.
const MOST_ROWS: usize = 400;

/// What the program is for and what it is not; stands at the top of every report.
const SCOPE: &str = "Aggregate, defensive policy research: how many attack plots do policies prevent, and at what cost? \
                     Not for scoring, selecting or predicting individuals: every person here is invented. The model holds \
                     nothing about weapons, methods or targets, and it says nothing about how to carry out or to hide an \
                     attack.";

/// Everything the report says.
#[derive(Clone, Debug, Default)]
pub struct ReportInput<'a> {
    /// The page's title: the question that the scenario asks, or its name.
    pub title: String,
    /// What the first page needs beside the comparisons.
    pub brief: Brief,
    /// Plain-language sentences, most important first; [`findings`] writes them from a comparisons table.
    pub findings: Vec<String>,
    /// The charts in reading order.
    pub charts: Vec<&'a Chart>,
    /// The comparisons table: one row a policy and outcome.
    pub comparisons: Table,
    /// The same by country, as [`forestall_study::Run::country_effects`] gives it; empty where there is one country.
    pub by_country: Table,
    /// Code and name of each country, in the order of the scenario.
    pub countries: Vec<(String, String)>,
    /// How far the baseline stands from the facts: columns such as pattern, fact, simulated, verdict.
    pub fit: Table,
    /// What the other side does instead: one row a policy, measure, group and setting of its answers.
    pub substitution: Table,
    /// The effect of each policy under each alternative of the scenario; empty where none was run.
    pub alternatives: Table,
    /// What policies are worth against a side that answers; empty where it was not asked.
    pub responses: Table,
    /// What a careful reader would hold against the run, with its answers; [`robustness_checks`] writes them.
    pub robustness: Table,
    /// Parameters with unit, value and grade of evidence.
    pub parameters: Table,
    /// Version, commit, command, seed, hash, replications: name and value.
    pub provenance: Vec<(String, String)>,
    /// What this scenario cannot tell; the limits every run has are added by the page.
    pub limits: Vec<String>,
}

/// What no run of this model can tell.
const LIMITS: [&str; 6] = [
    "An interval shows chance between runs under this model and these parameters. It does not show whether the model is \
     right.",
    "Each interval stands for its own comparison. Among many comparisons, about one in twenty intervals misses by chance \
     alone.",
    "“No difference could be shown” is not “no difference”: more replications may show one.",
    "Numbers for parameters with weak evidence are assumptions. A conclusion that turns on one of them is an assumption as \
     well.",
    "Facts on foiled plots come from what became public; plots that nobody noticed are in no record.",
    "Costs and burdens outside the listed outcomes, among them trust, fear and rights, are not counted.",
];

/// One section of the page.
struct Section {
    id: &'static str,
    heading: &'static str,
    body: String,
}

/// The whole report as one HTML document that needs no other file and no network.
pub fn html(input: &ReportInput) -> String {
    let title = if input.title.is_empty() { "Report" } else { &input.title };
    let comparisons = findings::comparisons(&input.comparisons);
    let forest = input.charts.iter().copied().find(|chart| chart.name == "effect_attacks_completed");
    let answer = brief::answer(&input.brief, &comparisons);
    let first = brief::section(&input.brief, &comparisons, forest);
    document(
        &Head {
            title,
            about: &input.brief.about,
            answer: &answer,
            first: &first,
            script: closer::SCRIPT,
            ..Head::default()
        },
        &sections(input),
        &annex(input),
    )
}

/// What stands above the sections of a page.
#[derive(Default)]
struct Head<'a> {
    title: &'a str,
    question: &'a str,
    /// Scenario, period and size in a line.
    about: &'a str,
    answer: &'a str,
    /// A first page as HTML.
    first: &'a str,
    /// What the page runs beside the script of all pages.
    script: &'a str,
}

/// A page of sections in the style of the report; the answer, where there is one, stands above them, and below them an
/// annex of what is looked up.
fn document(head: &Head, sections: &[Section], annex: &[Section]) -> String {
    let Head { question, about, answer, first, script, .. } = *head;
    let title = escape(head.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\" class=\"no-script\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the findings</a>\n<div class=\"page\">\n<header>\n<h1>{title}</h1>\n",
        typeface::rules(),
        include_str!("page.css"),
    );
    if !question.is_empty() {
        let _ = writeln!(out, "<p class=\"question\">{}</p>", analysis::worded(question));
    }
    if !answer.is_empty() {
        let _ = writeln!(out, "<p class=\"answer\">{}</p>", analysis::worded(answer));
    }
    if !about.is_empty() {
        let _ = writeln!(out, "<p class=\"about\">{}</p>", escape(about));
    }
    out.push_str(first);
    let _ = writeln!(out, "<p class=\"scope\">{SCOPE}</p>\n</header>");
    out.push_str("<nav aria-label=\"Contents\">\n<ol>\n");
    for section in sections.iter().chain(annex) {
        let _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, section.heading);
    }
    out.push_str("</ol>\n</nav>\n<main id=\"main\" tabindex=\"-1\">\n");
    let each = |out: &mut String, sections: &[Section]| {
        for Section { id, heading, body } in sections {
            let _ =
                writeln!(out, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>\n{body}</section>");
        }
    };
    each(&mut out, sections);
    if !annex.is_empty() {
        out.push_str("<div class=\"annex\">\n<p class=\"annex\">Annex: every chart and table</p>\n");
        each(&mut out, annex);
        out.push_str("</div>\n");
    }
    let _ = write!(out, "</main>\n</div>\n<script>\n{}{script}</script>\n</body>\n</html>\n", include_str!("page.js"));
    out
}

/// The charts that a reader wants first; the others are looked up.
const FIRST_CHARTS: usize = 3;

/// What is read: what was found, the first charts, burdens, doubts and limits.
fn sections(input: &ReportInput) -> Vec<Section> {
    let comparisons = findings::comparisons(&input.comparisons);
    let first = input.charts.len().min(FIRST_CHARTS);
    let mut sections = vec![
        Section { id: "findings", heading: "What was found", body: findings_list(&input.findings) },
        Section { id: "charts", heading: "Charts", body: figures(&input.charts[..first], 0) },
    ];
    if let Some(grid) = views::burdens(&comparisons) {
        let body = format!(
            "<p>What each policy prevents, beside what it costs and what it asks of people who never plotted.</p>\n{}",
            grid.html()
        );
        sections.push(Section { id: "people", heading: "Burden on people who never plotted, and cost", body });
    }
    if let Some(grid) = views::missed_chances(&comparisons) {
        let body = format!(
            "<p>Signs of plots and leads on plotters that came to nothing, though a service with the staff, or with what \
             another one knew, would have seen them. Bad luck is not counted.</p>\n{}",
            grid.html()
        );
        sections.push(Section { id: "missed-chances", heading: "Why plots were not seen", body });
    }
    if let Some(body) = responses::section(&input.responses) {
        sections.push(Section {
            id: "responses",
            heading: "What each policy is worth against a side that answers",
            body,
        });
    }
    if let Some(body) = alternatives::section(&input.alternatives) {
        sections.push(Section { id: "alternatives", heading: "How each effect moves with the rules", body });
    }
    if input.robustness.rows() > 0 {
        let grid =
            Grid::of(&input.robustness, "robustness", "Robustness checks, and what this run answers", usize::MAX);
        sections.push(Section { id: "robustness-checks", heading: "Robustness checks", body: grid.html() });
    }
    sections.push(Section { id: "limits", heading: "What this cannot tell you", body: limits(&input.limits) });
    sections
}

/// What is looked up: any effect that is picked, all other charts, every outcome, displacement, facts, parameters, origin.
fn annex(input: &ReportInput) -> Vec<Section> {
    let comparisons = findings::comparisons(&input.comparisons);
    let mut annex = Vec::new();
    annex.extend(closer::section(&comparisons, &input.by_country, &input.countries));
    if input.charts.len() > FIRST_CHARTS {
        let body = figures(&input.charts[FIRST_CHARTS..], FIRST_CHARTS);
        annex.push(Section { id: "more-charts", heading: "Further charts", body });
    }
    annex.push(Section {
        id: "outcomes",
        heading: "Every outcome compared",
        body: views::every_outcome(&comparisons).html(),
    });
    if let Some(body) = substitution::section(&input.substitution) {
        annex.push(Section { id: "substitution", heading: "Displacement: what comes instead", body });
    }
    let fit = Grid::of(&input.fit, "fit", "Patterns of the baseline beside the facts", usize::MAX);
    let fit = if input.fit.rows() == 0 {
        "<p>This run was not compared with facts. Its absolute numbers carry no weight of their own; differences between \
         policies may.</p>\n"
            .into()
    } else {
        format!(
            "<p>The baseline’s patterns beside what is on record, within the target range and outside it alike.</p>\n{}",
            fit.html()
        )
    };
    annex.push(Section { id: "facts", heading: "Validation: the baseline beside the facts", body: fit });
    let mut parameters = Grid::of(&input.parameters, "parameters", "Parameters and how well each is known", usize::MAX);
    parameters.filter = true;
    annex.push(Section { id: "evidence", heading: "Parameters and their evidence", body: parameters.html() });
    annex.push(Section { id: "origin", heading: "Where this comes from", body: provenance(&input.provenance) });
    annex
}

fn list(class: &str, items: impl Iterator<Item = String>) -> String {
    let mut out = format!("<ul{class}>\n");
    items.for_each(|item| {
        let _ = writeln!(out, "<li>{}</li>", escape(&item));
    });
    out.push_str("</ul>\n");
    out
}

fn findings_list(findings: &[String]) -> String {
    if findings.is_empty() {
        return "<p>No policy was compared with the baseline.</p>\n".into();
    }
    let items = |some: &[String]| list(" class=\"findings\"", some.iter().cloned());
    let Some(between) = findings.len().checked_sub(FIRST + LAST).filter(|between| *between > 1) else {
        return items(findings);
    };
    // Many policies: those that lower attacks most and those that do so least, or raise them, stay on the page and in a
    // print; what lies between unfolds.
    let (first, rest) = findings.split_at(FIRST);
    let (middle, last) = rest.split_at(between);
    let fold = format!(
        "<details>\n<summary>{between} policies between, in the same order</summary>\n{}</details>\n",
        items(middle)
    );
    items(first) + &fold + &items(last)
}

/// Findings that are shown at once where there are many: from the top, the overview among them, and from the end.
const FIRST: usize = 9;
const LAST: usize = 3;

fn limits(own: &[String]) -> String {
    list("", own.iter().cloned().chain(LIMITS.map(String::from)))
}

/// Charts as figures, numbered after so many that stand before.
fn figures(charts: &[&Chart], before: usize) -> String {
    if charts.is_empty() {
        return "<p>No chart was asked for.</p>\n".into();
    }
    let mut out = String::new();
    for (index, chart) in charts.iter().enumerate() {
        let (number, id) = (before + index + 1, format!("figure-{}", before + index + 1));
        let _ = write!(
            out,
            "<h3 id=\"{id}\">Figure {number}. {}</h3>\n<figure aria-describedby=\"{id}-caption\" data-chart=\"{}\">\n\
             <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figure {number}\">\
             <div class=\"sheet\">\n{}</div></div>\n<figcaption id=\"{id}-caption\">{}</figcaption>\n",
            escape(&chart.title),
            escape(&chart.name),
            inline(chart, &id),
            escape(&chart.caption),
        );
        if chart.data.rows() > 0 {
            let caption = format!("Numbers of figure {number}");
            let grid = Grid::of(&chart.data, &format!("{id}-data"), &caption, MOST_ROWS);
            let _ = writeln!(
                out,
                "<details><summary>In words and numbers</summary>\n<p class=\"note\">{}</p>\n{}</details>",
                escape(&chart.alt),
                grid.html()
            );
        }
        out.push_str("</figure>\n");
    }
    out
}

fn provenance(pairs: &[(String, String)]) -> String {
    let mut out = String::from("<dl>\n");
    for (name, value) in pairs {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    out.push_str("</dl>\n");
    out
}
