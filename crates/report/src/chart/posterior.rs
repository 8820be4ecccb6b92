//! Posterior against prior: one histogram a calibrated parameter, on the scale where the prior is flat.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::named;
use super::scale::Scale;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "posterior";
/// Height of one parameter's row.
const ROW: f64 = 58.0;
/// Of which the histogram may use this much.
const RIDGE: f64 = 44.0;
/// Bars across the prior.
const BINS: usize = 20;
const NUMBERS: &str = "Median (90 %), width against prior";

/// One parameter.
struct Row {
    name: String,
    text: String,
    verdict: String,
    /// Share of the posterior in each twentieth of the prior.
    shares: [f64; BINS],
    /// 5 %, 50 % and 95 % quantile of the posterior as ranks under the prior.
    marks: [f64; 3],
}

/// Posterior of every parameter from its `parameters` (columns `parameter, posterior_low, median, posterior_high,
/// width_ratio, verdict`) and weighted `ranks` under the prior (columns `weight` and one a parameter); `sample` says
/// on how much they rest.
///
/// # Errors
/// [`ChartError::MissingColumn`] where a table has rows but not these columns.
pub fn posterior(parameters: &Table, ranks: &Table, sample: &str) -> Result<Chart, ChartError> {
    let title = "What the facts say about the calibrated parameters";
    let rows = read(parameters, ranks)?;
    if rows.is_empty() {
        return layout::no_data(NAME, title, "no parameter was calibrated");
    }
    let words = Words {
        name: NAME.to_owned(),
        title: title.to_owned(),
        subtitle: "Bars: posterior in each twentieth of the prior; horizontal line: the prior itself. Grey: not constrained by the data"
            .to_owned(),
        caption: format!(
            "{sample} Circle: median; line: 90 %. Width: that of the posterior's 90 % interval over the prior's; above \
             0.9 a parameter counts as not constrained by the data, below 0.5 as constrained."
        ),
        alt: rows.iter().map(|r| format!("{}: {}, {}", r.name, r.text, r.verdict)).collect::<Vec<_>>().join(". "),
    };
    let height = 26.0 + rows.len() as f64 * ROW + layout::FOOT;
    let data = data(&rows);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &rows))
}

fn read(parameters: &Table, ranks: &Table) -> Result<Vec<Row>, ChartError> {
    if parameters.rows() == 0 || ranks.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(parameters, NAME, name);
    let (names, verdicts, ratios) = (get("parameter")?, get("verdict")?, get("width_ratio")?);
    let (low, median, high) = (get("posterior_low")?, get("median")?, get("posterior_high")?);
    let weights = rows::column(ranks, NAME, "weight")?;
    (0..parameters.rows())
        .map(|row| {
            let name = names.text(row);
            let column = rows::column(ranks, NAME, &name)?;
            let mut weighted: Vec<(f64, f64)> =
                (0..ranks.rows()).filter_map(|i| rows::finite(column, i).zip(rows::finite(weights, i))).collect();
            weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
            let whole: f64 = weighted.iter().map(|w| w.1).sum::<f64>().max(f64::MIN_POSITIVE);
            let mut shares = [0.0; BINS];
            for (rank, weight) in &weighted {
                shares[((rank * BINS as f64) as usize).min(BINS - 1)] += weight / whole;
            }
            let mark = |q: f64| {
                let mut sum = 0.0;
                let reached = |(_, w): &&(f64, f64)| {
                    sum += w;
                    sum >= q * whole
                };
                weighted.iter().find(reached).or(weighted.last()).map_or(0.5, |w| w.0)
            };
            let value = |column: &Column| rows::finite(column, row);
            let text = match (value(median), value(low), value(high)) {
                (Some(m), Some(a), Some(b)) => {
                    let n = number::together(&[m, a, b]);
                    let ratio = value(ratios).map_or_else(|| "undefined".into(), number::short);
                    format!("{} ({}–{}), {ratio}", n[0], n[1], n[2])
                }
                _ => "undefined".into(),
            };
            Ok(Row { name, text, verdict: verdicts.text(row), shares, marks: [0.05, 0.5, 0.95].map(mark) })
        })
        .collect()
}

fn data(rows: &[Row]) -> Table {
    let each = |f: &dyn Fn(&Row, usize) -> Option<f64>| {
        Column::Number(rows.iter().flat_map(|r| (0..BINS).map(move |b| f(r, b))).collect())
    };
    let mut table = Table::new();
    let names = rows.iter().flat_map(|r| std::iter::repeat_n(r.name.clone(), BINS)).collect();
    table.push("parameter", Column::Text(names));
    table.push("prior_rank_low", each(&|_, b| Some(b as f64 / BINS as f64)));
    table.push("prior_rank_high", each(&|_, b| Some((b + 1) as f64 / BINS as f64)));
    table.push("posterior_share", each(&|r, b| Some(r.shares[b])));
    table
}

fn paint(canvas: &Canvas, body: Area, rows: &[Row]) -> Result<(), ChartError> {
    let labels: Vec<Vec<String>> =
        rows.iter().map(|r| label::wrap_to(&named(&r.name), theme::LABEL, 200.0, 3)).collect();
    let side = layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL);
    let figures = layout::widest(rows.iter().map(|r| r.text.as_str()), theme::LABEL)
        .max(layout::widest([NUMBERS], theme::HEADING));
    let plot = body.inset(side + 20.0, 26.0, figures + 24.0, layout::FOOT);
    let scale = Scale::exact(0.0, 1.0, 4.0).onto(plot.x, plot.right());
    canvas.text((body.right(), body.y + 7.0), NUMBERS, theme::HEADING, theme::INK, Align::Right)?;
    let tallest = rows.iter().flat_map(|r| r.shares).fold(2.0 / BINS as f64, f64::max);
    for (i, row) in rows.iter().enumerate() {
        let foot = plot.y + i as f64 * ROW + RIDGE;
        let middle = foot - RIDGE / 2.0 + 3.0;
        let colour = if row.verdict == "unidentified" { theme::AXIS } else { theme::BLUE };
        let first = middle - (labels[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &labels[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), middle - 8.0), &row.text, theme::LABEL, theme::INK, Align::Right)?;
        canvas.text((body.right(), middle + 8.0), &row.verdict, theme::SMALL, theme::MUTED, Align::Right)?;
        for (bin, share) in row.shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
            let (a, b) = (scale.at(bin as f64 / BINS as f64), scale.at((bin + 1) as f64 / BINS as f64));
            let height = share / tallest * RIDGE;
            canvas.bar(Area { x: a + 0.5, y: foot - height, w: b - a - 1.0, h: height }, colour, 0.55)?;
        }
        let prior = foot - RIDGE / tallest / BINS as f64;
        canvas.dashes((plot.x, prior), (plot.right(), prior), theme::INK)?;
        canvas.line((plot.x, foot), (plot.right(), foot), theme::GRID, 1.0)?;
        canvas.line((scale.at(row.marks[0]), foot + 6.0), (scale.at(row.marks[2]), foot + 6.0), colour, 2.2)?;
        canvas.dot((scale.at(row.marks[1]), foot + 6.0), 3.4, theme::INK, false)?;
        let place = Area { x: body.x, y: foot - RIDGE, w: body.w, h: ROW };
        canvas.hover(place, format!("{}: {}, {}", row.name, row.text, row.verdict));
    }
    layout::foot_axis(canvas, plot, &scale, "Rank under the prior (0: its lowest value, 1: its highest)")
}
