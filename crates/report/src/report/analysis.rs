//! The page of an analysis: what was found in words, its charts, its tables, what it cannot tell.

use std::fmt::Write as _;

use super::grid::Grid;
use super::{Head, Section, document, figures, provenance};
use crate::chart::{Chart, escape};
use forestall_model::Table;

/// The most rows of a table that the page shows.
const MOST_ROWS: usize = 2_000;

/// A table with its section.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Its anchor on the page.
    pub id: &'static str,
    /// The section's heading.
    pub heading: &'static str,
    /// A paragraph above.
    pub lead: String,
    /// What the table shows, in a line.
    pub caption: String,
    /// The table.
    pub table: Table,
}

impl Part {
    /// A table under a heading, with a paragraph above and a line on what it shows.
    pub fn new(id: &'static str, heading: &'static str, lead: &str, caption: &str, table: Table) -> Self {
        Self { id, heading, lead: lead.into(), caption: caption.into(), table }
    }
}

/// A command that a reader may want to give next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// The command line, ready to copy.
    pub command: String,
    /// What it does, as the end of a sentence.
    pub does: String,
}

/// Everything the page says.
#[derive(Clone, Debug, Default)]
pub struct AnalysisPage<'a> {
    /// The page's title.
    pub title: String,
    /// The question that the analysis answers.
    pub question: String,
    /// Sentences, most important first; the first is the answer.
    pub findings: Vec<String>,
    /// The charts in reading order.
    pub charts: Vec<&'a Chart>,
    /// The tables in reading order; those without rows are left out.
    pub parts: Vec<Part>,
    /// What this analysis cannot tell.
    pub limits: Vec<String>,
    /// What to do with the answer.
    pub next: Vec<Next>,
    /// Name and value.
    pub provenance: Vec<(String, String)>,
}

/// The page as one HTML document that needs no other file and no network.
pub fn analysis_page(page: &AnalysisPage) -> String {
    let (answer, rest) = page.findings.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let mut sections = Vec::new();
    if !rest.is_empty() {
        let body = list(" class=\"findings\"", rest);
        sections.push(Section { id: "findings", heading: "What was found", body });
    }
    if !page.charts.is_empty() {
        sections.push(Section { id: "charts", heading: "Charts", body: figures(&page.charts, 0) });
    }
    for part in page.parts.iter().filter(|part| part.table.rows() > 0) {
        let mut body = String::new();
        if !part.lead.is_empty() {
            let _ = writeln!(body, "<p>{}</p>", worded(&part.lead));
        }
        body += &Grid::of(&part.table, &format!("{}-table", part.id), &part.caption, MOST_ROWS).html();
        sections.push(Section { id: part.id, heading: part.heading, body });
    }
    sections.push(Section { id: "limits", heading: "What this cannot tell you", body: list("", &page.limits) });
    if !page.next.is_empty() {
        sections.push(Section { id: "next", heading: "Next", body: commands(&page.next) });
    }
    sections.push(Section { id: "origin", heading: "Where this comes from", body: provenance(&page.provenance) });
    document(&Head { title: &page.title, question: &page.question, answer, ..Head::default() }, &sections, &[])
}

/// Sentences as items of a list.
fn list(class: &str, items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>\n", worded(item))).collect();
    format!("<ul{class}>\n{items}</ul>\n")
}

/// A sentence as HTML: what stands between backticks is code.
pub(super) fn worded(text: &str) -> String {
    let text = escape(text);
    if text.matches('`').count() % 2 == 1 {
        return text;
    }
    let pieces = text.split('`').enumerate();
    pieces.map(|(i, piece)| if i % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() }).collect()
}

/// Commands with what they do, each on lines of its own, to be copied whole.
fn commands(next: &[Next]) -> String {
    let mut out = String::new();
    for Next { command, does } in next {
        let _ =
            writeln!(out, "<p>{}:</p>\n<pre class=\"command\"><code>{}</code></pre>", escape(does), escape(command));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &str = "</script><img src=x onerror=alert(1)>";

    #[test]
    fn the_first_finding_is_the_answer_and_commands_are_whole() {
        let page = analysis_page(&AnalysisPage {
            title: format!("Title {NASTY}"),
            findings: vec![format!("The answer is `a` {NASTY}."), "More.".into()],
            limits: vec!["A limit.".into()],
            next: vec![Next { command: format!("forestall run 'a b' {NASTY}"), does: "Run it".into() }],
            ..AnalysisPage::default()
        });
        assert!(page.contains("<p class=\"answer\">The answer is <code>a</code> &lt;/script&gt;"), "{page}");
        assert!(page.contains("<li>More.</li>") && !page.contains("<li>The answer"));
        assert!(page.contains("<pre class=\"command\"><code>forestall run &#39;a b&#39; &lt;/script&gt;"));
        assert!(!page.contains("<img") && page.matches("</script>").count() == 1);
        assert!(!page.contains("id=\"charts\""), "no chart, no section");
        let alone = analysis_page(&AnalysisPage { findings: vec!["Only this.".into()], ..AnalysisPage::default() });
        assert!(alone.contains("Only this.") && !alone.contains("id=\"findings\"") && !alone.contains("id=\"next\""));
    }

    #[test]
    fn an_odd_backtick_is_a_backtick() {
        assert_eq!(worded("a `b` c"), "a <code>b</code> c");
        assert_eq!(worded("a ` c"), "a ` c");
    }
}
