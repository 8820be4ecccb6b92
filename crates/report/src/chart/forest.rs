//! Forest plot: the effect of each policy on one outcome, with its interval.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::{Better, Measure};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, rows, theme};
use forestall_model::{Column, Table};

/// One policy's effect, positive = prevented where less is better.
struct Effect {
    policy: String,
    label: String,
    n: f64,
    value: Option<f64>,
    interval: Option<(f64, f64)>,
}

impl Effect {
    /// Whether the interval leaves zero out.
    fn is_shown(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// The effect of every policy on `measure`, sorted from largest to smallest, from the comparisons table.
///
/// Where less is better the chart shows baseline − policy, so that attacks prevented are positive.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not the columns of a comparison.
pub fn forest(comparisons: &Table, measure: &Measure) -> Result<Chart, ChartError> {
    let name = format!("effect_{}", measure.column);
    let effects = effects(comparisons, &name, measure)?;
    let title = title(measure);
    if effects.is_empty() {
        return layout::no_data(&name, &title, "there is no policy to compare with the baseline");
    }
    let smallest = effects.iter().map(|e| e.n).fold(f64::INFINITY, f64::min);
    let shown = effects.iter().filter(|e| e.is_shown()).count();
    let words = Words {
        subtitle: format!(
            "{} (lines: 95 % intervals; open circle: the interval includes no difference)",
            unit(measure)
        ),
        caption: format!(
            "Mean of paired differences over {} a policy; 95 % intervals of the mean.",
            number::counted(smallest as usize, "replication")
        ),
        alt: alt(&effects, measure, shown),
        name,
        title,
    };
    let layout = Layout::of(&effects);
    let height = layout.heights.iter().sum::<f64>() + HEAD + layout::FOOT;
    let data = data(&effects, measure);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &effects, &layout, measure))
}

/// Space above the first row for column headings.
const HEAD: f64 = 26.0;

fn title(measure: &Measure) -> String {
    format!("{}, by policy", effect(measure))
}

/// What an effect on an outcome is called: "Attacks prevented", "Change in plots foiled".
pub(crate) fn effect(measure: &Measure) -> String {
    match measure.better {
        Better::Lower if measure.column == "attacks_completed" => "Attacks prevented".to_owned(),
        Better::Lower => format!("Reduction in {}", measure.name),
        _ => format!("Change in {}", measure.name),
    }
}

/// Which way an effect is counted, and its unit.
pub(crate) fn unit(measure: &Measure) -> String {
    let unit =
        if measure.unit.is_empty() { String::new() } else { format!(", {} per simulated history", measure.unit) };
    match measure.better {
        Better::Lower => format!("Baseline minus policy{unit}"),
        _ => format!("Policy minus baseline{unit}"),
    }
}

fn alt(effects: &[Effect], measure: &Measure, shown: usize) -> String {
    let best = effects.first().and_then(|e| e.value.map(|v| (e, v)));
    let best = best.map_or(String::new(), |(e, v)| format!(" Largest effect: {} with {}.", e.label, number::short(v)));
    format!(
        "Effect of {} policies on {}; for {shown} of them the interval leaves out zero.{best}",
        effects.len(),
        measure.name
    )
}

/// The comparisons of one outcome, largest effect first, undefined ones last.
fn effects(table: &Table, chart: &str, measure: &Measure) -> Result<Vec<Effect>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, chart, name);
    let (outcome, policy, n) = (get("outcome")?, get("policy")?, get("n")?);
    let (difference, low, high) = (get("difference")?, get("ci_low")?, get("ci_high")?);
    let label = table.column("label").unwrap_or(policy);
    let sign = measure.sign();
    let mut effects: Vec<Effect> = (0..table.rows())
        .filter(|&row| outcome.text(row) == measure.column)
        .map(|row| {
            let ends = rows::finite(low, row).zip(rows::finite(high, row)).map(|(a, b)| (sign * a, sign * b));
            Effect {
                policy: policy.text(row),
                label: label.text(row),
                n: n.number(row).unwrap_or(0.0),
                // Adding zero turns −0 into 0.
                value: rows::finite(difference, row).map(|d| sign * d + 0.0),
                interval: ends.map(|(a, b)| (a.min(b) + 0.0, a.max(b) + 0.0)),
            }
        })
        .collect();
    effects.sort_by(|a, b| {
        let key = |e: &Effect| e.value.unwrap_or(f64::NEG_INFINITY);
        key(b).total_cmp(&key(a))
    });
    Ok(effects)
}

fn data(effects: &[Effect], measure: &Measure) -> Table {
    let mut table = Table::new();
    let text = |f: fn(&Effect) -> String| Column::Text(effects.iter().map(f).collect());
    let numbers = |f: fn(&Effect) -> Option<f64>| Column::Number(effects.iter().map(f).collect());
    table.push("policy", text(|e| e.policy.clone()));
    table.push("label", text(|e| e.label.clone()));
    table.push("outcome", Column::Text(vec![measure.column.clone(); effects.len()]));
    table.push("replications", Column::Integer(effects.iter().map(|e| Some(e.n as i64)).collect()));
    table.push("effect", numbers(|e| e.value));
    table.push("low", numbers(|e| e.interval.map(|i| i.0)));
    table.push("high", numbers(|e| e.interval.map(|i| i.1)));
    table
}

/// Wrapped labels, printed numbers and row heights.
struct Layout {
    labels: Vec<Vec<String>>,
    numbers: Vec<String>,
    heights: Vec<f64>,
    label_width: f64,
    number_width: f64,
}

const NUMBERS: &str = "Mean [95 % interval]";

impl Layout {
    fn of(effects: &[Effect]) -> Self {
        let labels: Vec<Vec<String>> =
            effects.iter().map(|e| label::wrap_to(&e.label, theme::LABEL, 240.0, 3)).collect();
        let numbers: Vec<String> = effects.iter().map(written).collect();
        let heights = labels.iter().map(|l| (l.len() as f64 * theme::LABEL.leading() + 12.0).max(30.0)).collect();
        let label_width = layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL);
        let number_width =
            layout::widest(numbers.iter().map(String::as_str), theme::LABEL).max(font::width(NUMBERS, theme::HEADING));
        Self { labels, numbers, heights, label_width, number_width }
    }
}

/// "3.2 [1.1, 5.4]"
fn written(effect: &Effect) -> String {
    match (effect.value, effect.interval) {
        (Some(value), Some((low, high))) => {
            let all = number::together(&[value, low, high]);
            format!("{} [{}, {}]", all[0], all[1], all[2])
        }
        (Some(value), None) => format!("{} [undefined]", number::short(value)),
        _ => "undefined".to_owned(),
    }
}

fn paint(
    canvas: &Canvas,
    body: Area,
    effects: &[Effect],
    layout: &Layout,
    measure: &Measure,
) -> Result<(), ChartError> {
    let plot = body.inset(layout.label_width + 24.0, HEAD, layout.number_width + 28.0, layout::FOOT);
    let ends = effects.iter().flat_map(|e| e.interval.map(|(a, b)| [a, b]).into_iter().flatten().chain(e.value));
    let scale = Scale::round(ends.chain([0.0]), 6.0).onto(plot.x + 6.0, plot.right() - 6.0);
    headings(canvas, body, plot, &scale, measure)?;
    let mut top = plot.y;
    for (i, &height) in layout.heights.iter().enumerate() {
        let middle = top + height / 2.0;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        let first = middle - (layout.labels[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &layout.labels[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), middle), &layout.numbers[i], theme::LABEL, theme::INK, Align::Right)?;
        top += height;
    }
    canvas.line((scale.at(0.0), plot.y), (scale.at(0.0), plot.bottom()), theme::AXIS, 1.2)?;
    let mut top = plot.y;
    for (i, effect) in effects.iter().enumerate() {
        let middle = top + layout.heights[i] / 2.0;
        mark(canvas, effect, &scale, middle)?;
        let place = Area { x: body.x, y: top, w: body.w, h: layout.heights[i] };
        canvas.hover(place, format!("{}: {}", effect.label, layout.numbers[i]));
        top += layout.heights[i];
    }
    layout::foot_axis(canvas, plot, &scale, &unit(measure))
}

/// Column headings, and which side of zero is good.
fn headings(canvas: &Canvas, body: Area, plot: Area, scale: &Scale, measure: &Measure) -> Result<(), ChartError> {
    let y = body.y + 8.0;
    canvas.text((body.x, y), "Policy", theme::HEADING, theme::INK, Align::Left)?;
    canvas.text((body.right(), y), NUMBERS, theme::HEADING, theme::INK, Align::Right)?;
    let (left, right) = match measure.better {
        Better::Neither => ("← less", "more →"),
        _ => ("← favours baseline", "favours policy →"),
    };
    let zero = scale.at(0.0);
    if zero + 8.0 + font::width(right, theme::SMALL) <= plot.right() + 8.0 {
        canvas.text((zero + 8.0, y), right, theme::SMALL, theme::MUTED, Align::Left)?;
    }
    if zero - 8.0 - font::width(left, theme::SMALL) >= plot.x - 8.0 {
        canvas.text((zero - 8.0, y), left, theme::SMALL, theme::MUTED, Align::Right)?;
    }
    Ok(())
}

fn mark(canvas: &Canvas, effect: &Effect, scale: &Scale, y: f64) -> Result<(), ChartError> {
    let Some(value) = effect.value else { return Ok(()) };
    let colour = match (effect.is_shown(), value > 0.0) {
        (false, _) => theme::MUTED,
        (true, true) => theme::BLUE,
        (true, false) => theme::VERMILION,
    };
    if let Some((low, high)) = effect.interval {
        let (a, b) = (scale.at(low), scale.at(high));
        canvas.line((a, y), (b, y), colour, 2.0)?;
        for end in [a, b] {
            canvas.line((end, y - 4.0), (end, y + 4.0), colour, 1.5)?;
        }
    }
    canvas.dot((scale.at(value), y), 4.5, colour, effect.is_shown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::example;

    #[test]
    fn fewer_attacks_are_positive_and_sorted_first() {
        let table = example::comparisons(&[("worse", 2.0), ("better", -3.0), ("same", 0.0)]);
        let chart = forest(&table, &Measure::of("attacks_completed")).unwrap();
        let effect = chart.data.column("effect").unwrap();
        let policy = chart.data.column("policy").unwrap();
        let order: Vec<_> = (0..3).map(|r| (policy.text(r), effect.number(r).unwrap())).collect();
        assert_eq!(order, [("better".to_owned(), 3.0), ("same".to_owned(), 0.0), ("worse".to_owned(), -2.0)]);
    }

    #[test]
    fn flipping_the_sign_keeps_the_interval_in_order() {
        let table = example::comparisons(&[("better", -3.0)]);
        let chart = forest(&table, &Measure::of("attacks_completed")).unwrap();
        let at = |name: &str| chart.data.column(name).unwrap().number(0).unwrap();
        assert!(at("low") < at("effect") && at("effect") < at("high"));
        assert_eq!((at("low"), at("high")), (2.0, 4.0));
    }

    #[test]
    fn more_foiled_is_not_flipped() {
        let mut table = example::comparisons(&[("p", 0.1)]);
        table = example::with_outcome(&table, "foiled_share");
        let chart = forest(&table, &Measure::of("foiled_share")).unwrap();
        assert_eq!(chart.data.column("effect").unwrap().number(0), Some(0.1));
    }

    #[test]
    fn a_table_without_the_columns_is_named() {
        let mut table = Table::new();
        table.push("policy", Column::Text(vec!["a".into()]));
        let error = forest(&table, &Measure::of("attacks_completed")).unwrap_err();
        assert!(error.to_string().contains("`outcome`"), "{error}");
    }
}
