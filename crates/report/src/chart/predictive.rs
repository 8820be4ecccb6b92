//! Posterior-predictive check: what the calibrated model shows, pattern by pattern, against the facts' intervals.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "predictive";
/// Height of one pattern's row.
const ROW: f64 = 30.0;
/// Half widths of the fact's interval that the chart shows to each side of its middle.
const REACH: f64 = 4.0;
const SIMULATED: &str = "Simulated (90 %)";
const FACT: &str = "Fact";

/// One pattern.
struct Row {
    pattern: String,
    fact: String,
    verdict: String,
    held_out: bool,
    low: f64,
    high: f64,
    /// 5 %, 50 %, 95 %; `None` where undefined.
    simulated: Option<[f64; 3]>,
}

impl Row {
    /// Where a value stands, in half widths from the middle of the fact's interval.
    fn place(&self, value: f64) -> f64 {
        (value - f64::midpoint(self.low, self.high)) / ((self.high - self.low) / 2.0)
    }

    fn simulated_text(&self) -> String {
        self.simulated.map_or_else(
            || "undefined".into(),
            |q| {
                let n = number::together(&[q[1], q[0], q[2]]);
                format!("{} ({}–{})", n[0], n[1], n[2])
            },
        )
    }

    fn fact_text(&self) -> String {
        number::together(&[self.low, self.high]).join("–")
    }
}

/// Every pattern from a table `pattern, fact, low, high, simulated_low, simulated_median, simulated_high, verdict,
/// held_out`; `sample` says on how much they rest.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn predictive(patterns: &Table, sample: &str) -> Result<Chart, ChartError> {
    let title = "Validation: the calibrated model beside the facts";
    let rows = read(patterns)?;
    if rows.is_empty() {
        return layout::no_data(NAME, title, "there are no patterns");
    }
    let within = rows.iter().filter(|r| r.verdict == "hit").count();
    let held = rows.iter().any(|r| r.held_out);
    let words = Words {
        name: NAME.to_owned(),
        title: title.to_owned(),
        subtitle: format!(
            "Grey band: the fact's interval. Circle and line: median and 90 % of single runs. {within} of {} medians lie \
             within the target range",
            rows.len()
        ),
        caption: format!(
            "{sample} Each row on its own scale, in half widths of the fact's interval; arrows point beyond the picture.{}",
            if held { " Open circles: facts kept out of the fit." } else { "" }
        ),
        alt: rows
            .iter()
            .map(|r| {
                let verdict = if r.verdict == "hit" { "within" } else { "outside" };
                format!("{}: simulated {}, fact {}, {verdict}", r.pattern, r.simulated_text(), r.fact_text())
            })
            .collect::<Vec<_>>()
            .join(". "),
    };
    let height = 26.0 + rows.len() as f64 * ROW + layout::FOOT;
    layout::compose(words, patterns.clone(), height, |canvas, body| paint(canvas, body, &rows))
}

fn read(table: &Table) -> Result<Vec<Row>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (pattern, fact, verdict, held) = (get("pattern")?, get("fact")?, get("verdict")?, get("held_out")?);
    let (low, high) = (get("low")?, get("high")?);
    let (a, b, c) = (get("simulated_low")?, get("simulated_median")?, get("simulated_high")?);
    let row = |row: usize| {
        let (low, high) = (rows::finite(low, row)?, rows::finite(high, row)?);
        let simulated = rows::finite(a, row).zip(rows::finite(b, row)).zip(rows::finite(c, row));
        Some(Row {
            pattern: pattern.text(row),
            fact: fact.text(row),
            verdict: verdict.text(row),
            held_out: held.text(row) == "yes",
            low,
            high,
            simulated: simulated.map(|((a, b), c)| [a, b, c]),
        })
    };
    Ok((0..table.rows()).filter_map(row).collect())
}

fn paint(canvas: &Canvas, body: Area, rows: &[Row]) -> Result<(), ChartError> {
    let labels: Vec<String> =
        rows.iter().map(|r| label::wrap_to(&r.pattern, theme::LABEL, 330.0, 1).concat()).collect();
    let (simulated, facts): (Vec<String>, Vec<String>) =
        rows.iter().map(|r| (r.simulated_text(), r.fact_text())).unzip();
    let wide = |texts: &[String], heading: &str| {
        layout::widest(texts.iter().map(String::as_str), theme::LABEL).max(layout::widest([heading], theme::HEADING))
    };
    let (side, left, right) = (
        layout::widest(labels.iter().map(String::as_str), theme::LABEL),
        wide(&simulated, SIMULATED),
        wide(&facts, FACT),
    );
    let plot = body.inset(side + 20.0, 26.0, left + right + 40.0, layout::FOOT);
    let scale = Scale::exact(-REACH, REACH, 8.0).onto(plot.x, plot.right());
    let edge = body.right() - right - 18.0;
    canvas.text((body.right(), body.y + 7.0), FACT, theme::HEADING, theme::INK, Align::Right)?;
    canvas.text((edge, body.y + 7.0), SIMULATED, theme::HEADING, theme::INK, Align::Right)?;
    let band = Area { x: scale.at(-1.0), y: plot.y, w: scale.at(1.0) - scale.at(-1.0), h: plot.h };
    canvas.bar(band, theme::PALE, 0.45)?;
    for (i, row) in rows.iter().enumerate() {
        let y = plot.y + (i as f64 + 0.5) * ROW;
        canvas.text((body.x, y), &labels[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), y), &facts[i], theme::LABEL, theme::MUTED, Align::Right)?;
        canvas.text((edge, y), &simulated[i], theme::LABEL, theme::INK, Align::Right)?;
        canvas.line((plot.x, y + ROW / 2.0), (plot.right(), y + ROW / 2.0), theme::GRID, 1.0)?;
        mark(canvas, row, &scale, plot, y)?;
        let words =
            format!("{} ({}): simulated {}, fact {}, {}", row.pattern, row.fact, simulated[i], facts[i], row.verdict);
        canvas.hover(Area { x: body.x, y: y - ROW / 2.0, w: body.w, h: ROW }, words);
    }
    layout::foot_axis(canvas, plot, &scale, "Half widths of the fact's interval from its middle")
}

fn mark(canvas: &Canvas, row: &Row, scale: &Scale, plot: Area, y: f64) -> Result<(), ChartError> {
    let Some(quantiles) = row.simulated else { return Ok(()) };
    let colour = if row.verdict == "hit" { theme::BLUE } else { theme::VERMILION };
    let places = quantiles.map(|q| row.place(q));
    let at = places.map(|p| scale.at(p.clamp(-REACH, REACH)));
    canvas.line((at[0], y), (at[2], y), colour, 2.0)?;
    let arrow = |x: f64, way: f64| canvas.shape(&[(x, y - 4.5), (x, y + 4.5), (x + way * 7.0, y)], colour, 1.0);
    if places[0] < -REACH {
        arrow(plot.x, -1.0)?;
    }
    if places[2] > REACH {
        arrow(plot.right(), 1.0)?;
    }
    if places[1].abs() <= REACH { canvas.dot((at[1], y), 4.2, colour, !row.held_out) } else { Ok(()) }
}
