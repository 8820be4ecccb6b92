//! A chart as part of a page that prints its title and caption itself.

use super::Chart;
use super::canvas::{FINE, escape};

/// The picture without its title and caption, labelled by the page's element `label_id`.
///
/// The drawing has no ids of its own, so any number of charts can share a page.
pub(crate) fn inline(chart: &Chart, label_id: &str) -> String {
    let (top, bottom) = chart.picture;
    // The page has margins of its own; a little is left for lines that end on the edge.
    let side = super::theme::MARGIN - 4.0;
    let width = super::theme::WIDTH - 2.0 * side;
    let head = format!(
        "<svg viewBox=\"{} {} {} {}\" width=\"{width}\" height=\"{}\" role=\"img\" aria-labelledby=\"{}\" \
         font-family=\"{}\" stroke-linejoin=\"round\">",
        side * FINE,
        top * FINE,
        width * FINE,
        (bottom - top) * FINE,
        bottom - top,
        escape(label_id),
        super::font::STACK,
    );
    // The title and caption lie outside the view box; their text would still be found by a page search.
    let body = chart.svg.split_once('>').map_or("", |(_, rest)| rest);
    let mut out = head;
    for line in body.lines() {
        if !is_outside(line, top * FINE, bottom * FINE) {
            out.push('\n');
            out.push_str(line);
        }
    }
    out
}

/// Whether `line` is a text element above `top` or below `bottom`.
fn is_outside(line: &str, top: f64, bottom: f64) -> bool {
    let y = line.strip_prefix("<text").and_then(|l| l.split_once(" y=\"")).and_then(|(_, l)| l.split_once('"'));
    y.and_then(|(y, _)| y.parse::<f64>().ok()).is_some_and(|y| y < top || y > bottom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Measure, example, forest};

    #[test]
    fn title_and_caption_are_left_to_the_page() {
        let table = example::comparisons(&[("a", -2.0)]);
        let chart = forest(&table, &Measure::of("attacks_completed")).unwrap();
        let text = inline(&chart, "figure-1");
        assert!(text.contains(">Policy a</text>"));
        assert!(!text.contains(">Attacks prevented, by policy</text>") && !text.contains("paired differences"));
        assert!(!text.contains(" id=") && !text.contains("http"));
        assert!(text.trim_end().ends_with("</svg>"));
    }
}
