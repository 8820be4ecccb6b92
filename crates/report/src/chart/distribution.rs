//! Ridgeline: the distribution of one outcome over replications, one histogram an arm, with quantile marks.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Arm, BASELINE, Chart, ChartError, Measure, font, label, number, rows, theme};
use forestall_model::{Column, Table};
use forestall_study::rooms::stats::{Bins, attained_quantile};

/// The most bins across the width.
const MOST_BINS: usize = 44;
/// Height of one arm's row: histogram above, quantile mark below.
const ROW: f64 = 62.0;
/// Of which the histogram may use this much.
const RIDGE: f64 = 42.0;
const NUMBERS: &str = "Median (90 %)";

/// One arm's values.
struct Ridge<'a> {
    arm: &'a Arm,
    values: Vec<f64>,
    shares: Vec<f64>,
}

impl Ridge<'_> {
    fn quantile(&self, q: f64) -> f64 {
        attained_quantile(&self.values, q).unwrap_or_default()
    }

    fn written(&self) -> String {
        let n = number::together(&[self.quantile(0.5), self.quantile(0.05), self.quantile(0.95)]);
        format!("{} ({}–{})", n[0], n[1], n[2])
    }
}

/// How often each value of `measure` came out in each arm, from the replications table.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm` or the outcome.
pub fn distribution(replications: &Table, measure: &Measure, arms: &[Arm]) -> Result<Chart, ChartError> {
    let name = format!("distribution_{}", measure.column);
    let title = format!("{} in single runs, by policy", measure.heading());
    let (bins, ridges) = ridges(replications, &name, measure, arms)?;
    if ridges.is_empty() {
        return layout::no_data(&name, &title, "no replication of these policies has this outcome");
    }
    let counts: Vec<usize> = ridges.iter().map(|r| r.values.len()).collect();
    let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
    let most = number::counted(most, "replication");
    let size = if least == counts.iter().max().copied().unwrap_or(0) { most } else { format!("{least} to {most}") };
    let words = Words {
        subtitle:
            "Bars: share of runs; below them the median (circle), the middle 50 % (thick) and 90 % (thin) of runs"
                .into(),
        caption: format!(
            "{size} an arm, all bars on one scale (tallest: {} % of runs). The spread is chance between runs \
             and uncertain parameters together, not the precision of a mean.",
            number::fixed(tallest(&ridges) * 100.0, 0)
        ),
        alt: alt(&ridges, measure),
        name,
        title,
    };
    let data = data(&ridges);
    let height = 22.0 + ridges.len() as f64 * ROW + layout::FOOT;
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &bins, &ridges, measure))
}

fn tallest(ridges: &[Ridge]) -> f64 {
    ridges.iter().flat_map(|r| r.shares.iter().copied()).fold(0.0, f64::max)
}

fn alt(ridges: &[Ridge], measure: &Measure) -> String {
    let each: Vec<String> = ridges.iter().map(|r| format!("{}: {}", r.arm.label, r.written())).collect();
    format!("Distribution of {}; median and 90 % range by policy. {}.", measure.name, each.join(". "))
}

fn ridges<'a>(
    table: &Table,
    chart: &str,
    measure: &Measure,
    arms: &'a [Arm],
) -> Result<(Bins, Vec<Ridge<'a>>), ChartError> {
    if table.rows() == 0 {
        return Ok((Bins::over(&[], 1), Vec::new()));
    }
    let groups = rows::by_text(rows::column(table, chart, "arm")?);
    let values = rows::column(table, chart, &measure.column)?;
    let mut ridges: Vec<Ridge> = arms
        .iter()
        .filter_map(|arm| {
            let values = rows::numbers(values, groups.get(&arm.name)?);
            (!values.is_empty()).then_some(Ridge { arm, values, shares: Vec::new() })
        })
        .collect();
    let all: Vec<f64> = ridges.iter().flat_map(|r| r.values.iter().copied()).collect();
    let bins = Bins::over(&all, MOST_BINS);
    let count = bins.count(all.iter().copied().fold(f64::NEG_INFINITY, f64::max).max(bins.low));
    for ridge in &mut ridges {
        ridge.shares = bins.shares(&ridge.values, count);
    }
    Ok((bins, ridges))
}

fn data(ridges: &[Ridge]) -> Table {
    let mut table = Table::new();
    table.push("arm", Column::Text(ridges.iter().map(|r| r.arm.name.clone()).collect()));
    table.push("label", Column::Text(ridges.iter().map(|r| r.arm.label.clone()).collect()));
    table.push("replications", Column::Integer(ridges.iter().map(|r| i64::try_from(r.values.len()).ok()).collect()));
    for (name, level) in [("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)] {
        table.push(name, Column::Number(ridges.iter().map(|r| Some(r.quantile(level))).collect()));
    }
    table
}

fn paint(canvas: &Canvas, body: Area, bins: &Bins, ridges: &[Ridge], measure: &Measure) -> Result<(), ChartError> {
    let labels: Vec<Vec<String>> =
        ridges.iter().map(|r| label::wrap_to(&r.arm.label, theme::LABEL, 190.0, 3)).collect();
    let numbers: Vec<String> = ridges.iter().map(Ridge::written).collect();
    let side = layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL);
    let figures =
        layout::widest(numbers.iter().map(String::as_str), theme::LABEL).max(font::width(NUMBERS, theme::HEADING));
    let plot = body.inset(side + 20.0, 22.0, figures + 24.0, layout::FOOT);
    let high = bins.low + bins.width * ridges[0].shares.len() as f64;
    let scale = Scale::exact(bins.low, high, 7.0).onto(plot.x, plot.right());
    canvas.text((body.right(), body.y + 7.0), NUMBERS, theme::HEADING, theme::INK, Align::Right)?;
    let tallest = tallest(ridges).max(f64::MIN_POSITIVE);
    for (i, ridge) in ridges.iter().enumerate() {
        let foot = plot.y + i as f64 * ROW + RIDGE + 4.0;
        let middle = foot - RIDGE / 2.0 + 4.0;
        let first = middle - (labels[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &labels[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), middle), &numbers[i], theme::LABEL, theme::INK, Align::Right)?;
        histogram(canvas, bins, ridge, &scale, foot, RIDGE / tallest)?;
        quantile_mark(canvas, ridge, &scale, foot + 8.0)?;
        canvas.line((plot.x, foot), (plot.right(), foot), theme::GRID, 1.0)?;
        let place = Area { x: body.x, y: foot - RIDGE, w: plot.x - body.x, h: ROW };
        canvas.hover(place, format!("{}: median and 90 % range {}", ridge.arm.label, numbers[i]));
    }
    let unit = if measure.unit.is_empty() || measure.name.contains(&measure.unit) {
        measure.heading()
    } else {
        format!("{} ({})", measure.heading(), measure.unit)
    };
    layout::foot_axis(canvas, plot, &scale, &format!("{unit} in one run"))
}

fn colour(arm: &Arm) -> plotters::style::RGBColor {
    if arm.name == BASELINE { theme::BASELINE } else { theme::BLUE }
}

fn histogram(
    canvas: &Canvas,
    bins: &Bins,
    ridge: &Ridge,
    scale: &Scale,
    foot: f64,
    pixels: f64,
) -> Result<(), ChartError> {
    for (bin, share) in ridge.shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
        let low = bins.low + bin as f64 * bins.width;
        let (a, b) = (scale.at(low), scale.at(low + bins.width));
        let gap = ((b - a) * 0.08).min(1.0);
        let place = Area { x: a + gap, y: foot - share * pixels, w: b - a - 2.0 * gap, h: share * pixels };
        canvas.bar(place, colour(ridge.arm), 0.62)?;
        let range = if bins.of_counts() {
            number::fixed(low + 0.5, 0)
        } else {
            number::together(&[low, low + bins.width]).join(" to ")
        };
        let reach = Area { y: foot - RIDGE, h: RIDGE, ..place };
        canvas.hover(reach, format!("{} – {range}: {} % of runs", ridge.arm.label, number::short(share * 100.0)));
    }
    Ok(())
}

fn quantile_mark(canvas: &Canvas, ridge: &Ridge, scale: &Scale, y: f64) -> Result<(), ChartError> {
    let at = |q: f64| scale.at(ridge.quantile(q));
    canvas.line((at(0.05), y), (at(0.95), y), colour(ridge.arm), 1.4)?;
    canvas.line((at(0.25), y), (at(0.75), y), colour(ridge.arm), 4.5)?;
    canvas.dot((at(0.5), y), 3.6, theme::INK, false)
}
