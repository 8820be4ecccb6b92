//! How a search came on: hypervolume by runs, beside random search, and both on fresh replications at the end.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "convergence";
const TITLE: &str = "How much of the outcomes' range the search has won";
/// Who searches: the word in the table, the word for readers.
const SEARCHES: [(&str, &str); 2] = [("optimize", "Search"), ("random", "Random search")];

/// One search.
struct Series {
    label: &'static str,
    colour: plotters::style::RGBColor,
    line: Vec<(f64, f64)>,
    /// Value and interval on fresh replications.
    last: Option<[f64; 3]>,
}

/// Hypervolume from lines `stage` (`search` or `fresh`), `by` (`optimize` or `random`), `runs`, `hypervolume`, `low`,
/// `high`; `reference` says against what it is measured.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn convergence(table: &Table, reference: &str) -> Result<Chart, ChartError> {
    let series = if table.rows() == 0 { Vec::new() } else { series(table)? };
    if series.iter().all(|s| s.line.is_empty()) {
        return layout::no_data(NAME, TITLE, "no generation was finished");
    }
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: "Lines: hypervolume as the search sees it, luck included. Circles: the same settings on fresh \
                   replications, with 95 % intervals"
            .into(),
        caption: format!(
            "Hypervolume: share of the box between the best values of all settings that were checked and the reference \
             point that settings within the limits dominate. {reference} Open circle: the first generation."
        ),
        alt: series.iter().map(alt).collect::<Vec<_>>().join(". "),
    };
    let start = fresh(table, "start")?.first().copied();
    layout::compose(words, table.clone(), 380.0, |canvas, body| paint(canvas, body, &series, start))
}

fn alt(s: &Series) -> String {
    let last = s.line.last().map_or_else(|| "no value".into(), |l| number::fixed(l.1, 2));
    let fresh = s.last.map_or_else(|| "not measured".into(), |l| number::fixed(l[0], 2));
    format!("{}: {last} at the end of the search, {fresh} on fresh replications", s.label)
}

/// Runs, value and interval on fresh replications.
fn fresh(table: &Table, who: &str) -> Result<Vec<(f64, [f64; 3])>, ChartError> {
    let get = |name: &str| rows::column(table, NAME, name);
    let (stage, by, runs) = (get("stage")?, get("by")?, get("runs")?);
    let (value, low, high) = (get("hypervolume")?, get("low")?, get("high")?);
    let one = |row: usize| {
        let value = rows::finite(value, row)?;
        let ends = [value, rows::finite(low, row).unwrap_or(value), rows::finite(high, row).unwrap_or(value)];
        Some((rows::finite(runs, row)?, ends))
    };
    let own = (0..table.rows()).filter(|&row| by.text(row) == who && stage.text(row) == "fresh");
    Ok(own.filter_map(one).collect())
}

fn series(table: &Table) -> Result<Vec<Series>, ChartError> {
    let get = |name: &str| rows::column(table, NAME, name);
    let (stage, by, runs, value) = (get("stage")?, get("by")?, get("runs")?, get("hypervolume")?);
    let mut all = Vec::new();
    for ((word, label), colour) in SEARCHES.into_iter().zip([theme::BLUE, theme::AXIS]) {
        let own = (0..table.rows()).filter(|&row| by.text(row) == word && stage.text(row) == "search");
        let line: Vec<(f64, f64)> =
            own.filter_map(|row| Some((rows::finite(runs, row)?, rows::finite(value, row)?))).collect();
        if !line.is_empty() {
            all.push(Series { label, colour, line, last: fresh(table, word)?.first().map(|f| f.1) });
        }
    }
    Ok(all)
}

fn paint(canvas: &Canvas, body: Area, series: &[Series], start: Option<(f64, [f64; 3])>) -> Result<(), ChartError> {
    let labels: Vec<String> = series
        .iter()
        .map(|s| s.last.map_or_else(|| s.label.to_owned(), |l| format!("{} {}", s.label, number::fixed(l[0], 2))))
        .collect();
    let right = layout::widest(labels.iter().map(String::as_str), theme::LABEL) * 1.05 + 70.0;
    let values = series.iter().flat_map(|s| s.line.iter().map(|l| l.1).chain(s.last.into_iter().flatten()));
    let y = Scale::round(values.chain(start.into_iter().flat_map(|s| s.1)).chain([0.0]), 5.0);
    let side = layout::widest(y.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = body.inset(side + 14.0, 24.0, right, layout::FOOT);
    let y = y.onto(plot.bottom(), plot.y);
    let most = series.iter().flat_map(|s| s.line.iter().map(|l| l.0)).fold(0.0, f64::max);
    let x = Scale::exact(0.0, most, 6.0).onto(plot.x, plot.right());
    canvas.text((body.x, body.y + 8.0), "Hypervolume", theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    layout::foot_axis(canvas, plot, &x, "Runs")?;
    for s in series {
        let path: Vec<(f64, f64)> = s.line.iter().map(|&(runs, v)| (x.at(runs), y.at(v))).collect();
        canvas.path(&path, s.colour, 2.2)?;
        for ((px, py), (runs, value)) in path.iter().zip(&s.line) {
            let words = format!("{}: {} after {} runs", s.label, number::fixed(*value, 3), number::fixed(*runs, 0));
            canvas.hover(Area { x: px - 5.0, y: py - 5.0, w: 10.0, h: 10.0 }, words);
        }
    }
    if let Some((runs, [value, low, high])) = start {
        canvas.line((x.at(runs), y.at(low)), (x.at(runs), y.at(high)), theme::INK, 1.6)?;
        canvas.dot((x.at(runs), y.at(value)), 4.0, theme::INK, false)?;
    }
    let ends = series.iter().map(|s| s.last.map_or(s.line[s.line.len() - 1].1, |l| l[0]));
    let wished: Vec<(f64, f64)> = ends.map(|v| (y.at(v), theme::LABEL.leading())).collect();
    let centres = label::spread(&wished, plot.y, plot.bottom());
    for (i, (s, centre)) in series.iter().zip(centres).enumerate() {
        // Beside each other, so that intervals that overlap can both be read.
        let at = plot.right() + 26.0 + i as f64 * 16.0;
        if let Some([value, low, high]) = s.last {
            canvas.line((at, y.at(low)), (at, y.at(high)), s.colour, 2.2)?;
            canvas.dot((at, y.at(value)), 4.0, s.colour, true)?;
        }
        canvas.text((plot.right() + 60.0, centre), &labels[i], theme::LABEL, s.colour, Align::Left)?;
    }
    Ok(())
}
