//! Placing words: wrapping them to a width and moving stacked labels apart.

use super::font;
use super::theme::Type;

/// `text` broken into lines no wider than `width` pixels; a word too long for a line is cut.
pub(super) fn wrap(text: &str, kind: Type, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let candidate = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if font::width(&candidate, kind) <= width {
            line = candidate;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if line.chars().count() > 1 && font::width(&line, kind) > width {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// At most `most` lines of `text`, of about equal length; what does not fit ends in "…".
pub(super) fn wrap_to(text: &str, kind: Type, width: f64, most: usize) -> Vec<String> {
    let mut lines = wrap(text, kind, width);
    if lines.len() > 1 && lines.len() <= most {
        // The narrowest column that needs no further line avoids a last line of one short word.
        let words = text.split_whitespace().map(|w| font::width(w, kind)).fold(0.0, f64::max).min(width);
        let (mut low, mut high) = (words, width);
        for _ in 0..8 {
            let middle = f64::midpoint(low, high);
            if wrap(text, kind, middle).len() > lines.len() { low = middle } else { high = middle }
        }
        return wrap(text, kind, high);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && font::width(&format!("{last}…"), kind) > width {
                last.pop();
            }
            last.push('…');
        }
    }
    lines
}

/// Moves label centres apart until each has its height, as near to the wished places as can be, within `low..high`.
///
/// `wished` are centres and heights in any order; the centres come back in the same order.
pub(super) fn spread(wished: &[(f64, f64)], low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|&a, &b| wished[a].0.total_cmp(&wished[b].0));
    let mut centres = vec![0.0; wished.len()];
    let mut floor = low;
    for &i in &order {
        let half = wished[i].1 / 2.0;
        centres[i] = wished[i].0.max(floor + half);
        floor = centres[i] + half;
    }
    let mut ceiling = high;
    for &i in order.iter().rev() {
        let half = wished[i].1 / 2.0;
        centres[i] = centres[i].min(ceiling - half);
        ceiling = centres[i] - half;
    }
    centres
}

/// As [`spread`], for labels at `edge` that lines lead to from `points`; labels change places where lines would cross.
///
/// `points` are places and heights of labels in any order; the centres come back in the same order.
pub(super) fn untangled(points: &[((f64, f64), f64)], edge: f64, low: f64, high: f64) -> Vec<f64> {
    let mut wished: Vec<(f64, f64)> = points.iter().map(|(at, height)| (at.1, *height)).collect();
    let mut centres = spread(&wished, low, high);
    // Each change takes away a crossing of neighbours; the bound is that of sorting by neighbours.
    for _ in 0..points.len() * points.len() {
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|&a, &b| centres[a].total_cmp(&centres[b]));
        let tangled = order
            .windows(2)
            .find(|pair| crossing(points[pair[0]].0, points[pair[1]].0, edge, (centres[pair[0]], centres[pair[1]])));
        let Some(&[above, below]) = tangled else { break };
        // The two wishes, and with them the two places; equal ones are told apart by a hair.
        let hair = if wished[above].0 < wished[below].0 { 0.0 } else { 1e-6 };
        (wished[above].0, wished[below].0) = (wished[below].0 + hair, wished[above].0 - hair);
        let again = spread(&wished, low, high);
        if again[above] <= again[below] {
            break;
        }
        centres = again;
    }
    centres
}

/// Whether the line from `first` to the upper of two labels meets that from `second` to the lower.
fn crossing(first: (f64, f64), second: (f64, f64), edge: f64, (upper, lower): (f64, f64)) -> bool {
    // Where both lines are there, from the later beginning on, the first must not begin below the second.
    let from = first.0.max(second.0);
    let at = |(x, y): (f64, f64), end: f64| if edge > x { y + (end - y) * (from - x) / (edge - x) } else { end };
    at(first, upper) > at(second, lower) + 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::theme;

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let text = "Share watch lists across borders and Donaudampfschifffahrtsgesellschaftskapitänsmützen";
        let lines = wrap(text, theme::LABEL, 120.0);
        assert!(lines.iter().all(|l| font::width(l, theme::LABEL) <= 120.0), "{lines:?}");
        let squeezed = |s: &str| s.replace(' ', "");
        assert_eq!(squeezed(&lines.concat()), squeezed(text));
    }

    #[test]
    fn lines_to_labels_do_not_cross() {
        // Labels of four points far to the left push each other down, past the point near the edge.
        let points = [40.0, 41.0, 42.0, 49.0].map(|y| ((0.0, y), 14.0));
        let points = [points.as_slice(), &[((80.0, 50.0), 14.0)]].concat();
        let met = |centres: &[f64]| {
            let pairs = (0..points.len()).flat_map(|a| (0..points.len()).map(move |b| (a, b)));
            pairs
                .filter(|&(a, b)| centres[a] < centres[b])
                .filter(|&(a, b)| crossing(points[a].0, points[b].0, 100.0, (centres[a], centres[b])))
                .count()
        };
        let wished: Vec<(f64, f64)> = points.iter().map(|(at, height)| (at.1, *height)).collect();
        let plain = spread(&wished, 0.0, 200.0);
        assert!(met(&plain) > 0);
        let centres = untangled(&points, 100.0, 0.0, 200.0);
        assert_eq!(met(&centres), 0, "{centres:?}");
        let mut sorted = centres.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|w| w[1] - w[0] >= 14.0 - 1e-9), "{centres:?}");
    }

    #[test]
    fn spread_labels_do_not_overlap_and_stay_inside() {
        let wished = [(50.0, 14.0), (50.0, 14.0), (51.0, 28.0), (99.0, 14.0), (98.0, 14.0)];
        let centres = spread(&wished, 0.0, 100.0);
        let mut spans: Vec<(f64, f64)> =
            centres.iter().zip(&wished).map(|(c, (_, h))| (c - h / 2.0, c + h / 2.0)).collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(spans.windows(2).all(|w| w[0].1 <= w[1].0 + 1e-9), "{spans:?}");
        assert!(spans[0].0 >= 0.0 && spans[4].1 <= 100.0);
    }
}
