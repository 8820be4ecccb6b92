//! From the first step to the attack: how many reach each stage in the baseline, and under each policy.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Arm, BASELINE, Chart, ChartError, font, legend, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "pipeline";
const TITLE: &str = "From the first step to the attack";
/// The columns of the table of replications that the chart reads.
pub const COLUMNS: [&str; 6] =
    ["arm", "residents_radicalised", "committed", "plots_started", "attacks_failed", "attacks_completed"];
const ROW: f64 = 44.0;

/// One stage: its words, and how many reach it in each arm.
struct Stage {
    words: &'static str,
    unit: &'static str,
    means: Vec<f64>,
}

/// Mean numbers a history at each stage, on an axis by powers of ten, one bar for the baseline and a mark a policy.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not [`COLUMNS`].
pub fn pipeline(replications: &Table, arms: &[Arm]) -> Result<Chart, ChartError> {
    let stages = read(replications, arms)?;
    if stages.iter().all(|stage| stage.means.first().is_none_or(|mean| *mean <= 0.0)) {
        return layout::no_data(NAME, TITLE, "nobody took a first step in any run");
    }
    let least = arms.iter().map(|a| a.replications).min().unwrap_or(0);
    let told = |stage: &Stage| format!("{}: {} {}", stage.words, number::short(stage.means[0]), stage.unit);
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: if arms.len() > 1 {
            "Mean number per simulated history: the baseline, and each policy as a share of it".into()
        } else {
            "Mean number per simulated history".into()
        },
        caption: format!(
            "Means over at least {} a policy run. Each stage counts what reaches it within the period, so a stage is no \
             subset of the one above. Plots may have several members.",
            number::counted(least, "replication")
        ),
        alt: format!("{TITLE}, baseline: {}.", stages.iter().map(told).collect::<Vec<_>>().join("; ")),
    };
    let policies = if arms.len() > 1 { legend::Legend::of(&arms[1..]).height() + 8.0 } else { 0.0 };
    let height = policies + ROW * stages.len() as f64 + layout::FOOT + 6.0;
    layout::compose(words, data(&stages, arms), height, |canvas, body| paint(canvas, body, &stages, arms, policies))
}

fn read(table: &Table, arms: &[Arm]) -> Result<Vec<Stage>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let groups = rows::by_text(get("arm")?);
    let mean = |column: &Column, arm: &Arm| {
        let values = groups.get(&arm.name).map(|own| rows::numbers(column, own)).unwrap_or_default();
        if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
    };
    let (failed, completed) = (get("attacks_failed")?, get("attacks_completed")?);
    let stage = |words, unit, of: &dyn Fn(&Arm) -> f64| Stage { words, unit, means: arms.iter().map(of).collect() };
    let (first, committed, started) = (get("residents_radicalised")?, get("committed")?, get("plots_started")?);
    Ok(vec![
        stage("became sympathisers", "people", &|arm| mean(first, arm)),
        stage("committed", "people", &|arm| mean(committed, arm)),
        stage("plots begun", "plots", &|arm| mean(started, arm)),
        stage("attacks attempted", "attempts", &|arm| mean(failed, arm) + mean(completed, arm)),
        stage("attacks completed", "attacks", &|arm| mean(completed, arm)),
    ])
}

fn data(stages: &[Stage], arms: &[Arm]) -> Table {
    let mut table = Table::new();
    let all =
        || stages.iter().flat_map(|stage| arms.iter().zip(&stage.means).map(move |(arm, mean)| (stage, arm, mean)));
    table.push("stage", Column::Text(all().map(|(stage, ..)| stage.words.to_owned()).collect()));
    table.push("arm", Column::Text(all().map(|(_, arm, _)| arm.name.clone()).collect()));
    table.push("mean", Column::Number(all().map(|(.., mean)| Some(*mean)).collect()));
    table
}

fn paint(canvas: &Canvas, body: Area, stages: &[Stage], arms: &[Arm], head: f64) -> Result<(), ChartError> {
    if head > 0.0 {
        legend::Legend::of(&arms[1..]).draw(canvas, body)?;
    }
    let side = layout::widest(stages.iter().map(|s| s.words), theme::LABEL) + 16.0;
    let printed: Vec<String> = stages.iter().map(|stage| number::short(stage.means[0])).collect();
    let steps: Vec<String> = (0..stages.len()).map(|i| step(stages, i)).collect();
    let numbers = layout::widest(printed.iter().chain(&steps).map(String::as_str), theme::SMALL) + 18.0;
    let whole = body.w - side - numbers;
    let bars = if arms.len() > 1 { 0.5 * whole } else { whole };
    let plot = Area { x: body.x + side, y: body.y + head, w: bars, h: ROW * stages.len() as f64 };
    bars_of(canvas, plot, stages)?;
    for (i, stage) in stages.iter().enumerate() {
        let middle = plot.y + ROW * (i as f64 + 0.5);
        canvas.line((body.x, middle + 0.5 * ROW), (body.right(), middle + 0.5 * ROW), theme::GRID, 1.0)?;
        canvas.text((body.x, middle), stage.words, theme::LABEL, theme::INK, Align::Left)?;
        canvas.text(
            (plot.right() + numbers - 6.0, middle - 7.0),
            &printed[i],
            theme::SMALL,
            theme::INK,
            Align::Right,
        )?;
        canvas.text(
            (plot.right() + numbers - 6.0, middle + 7.0),
            &steps[i],
            theme::SMALL,
            theme::MUTED,
            Align::Right,
        )?;
        let words = format!("{}: {} {} a history", stage.words, number::short(stage.means[0]), stage.unit);
        canvas.hover(Area { x: plot.x, y: middle - 0.5 * ROW, w: plot.w, h: ROW }, words);
    }
    if arms.len() > 1 {
        let ratios = Area { x: plot.right() + numbers + 14.0, w: body.right() - plot.right() - numbers - 30.0, ..plot };
        ratios_of(canvas, ratios, stages, arms)?;
    }
    Ok(())
}

/// The baseline's means on an axis by powers of ten.
fn bars_of(canvas: &Canvas, plot: Area, stages: &[Stage]) -> Result<(), ChartError> {
    let seen = || stages.iter().map(|stage| stage.means[0]).filter(|mean| *mean > 0.0);
    let low = seen().fold(f64::INFINITY, f64::min).log10().floor();
    let high = seen().fold(f64::NEG_INFINITY, f64::max).log10().ceil().max(low + 1.0);
    let x = Scale::exact(low, high, 12.0).onto(plot.x, plot.right());
    let every = ((high - low) / 6.0).ceil().max(1.0);
    let mut free_from = f64::NEG_INFINITY;
    for i in 0..=((high - low) / every) as i32 {
        let power = low + every * f64::from(i);
        canvas.line((x.at(power), plot.y), (x.at(power), plot.bottom()), theme::GRID, 1.0)?;
        let text = number::short(10_f64.powf(power));
        let half = 0.5 * font::width(&text, theme::SMALL);
        if x.at(power) - half > free_from {
            canvas.text((x.at(power), plot.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
            free_from = x.at(power) + half + 6.0;
        }
    }
    for (i, stage) in stages.iter().enumerate().filter(|(_, stage)| stage.means[0] > 0.0) {
        let wide = x.at(stage.means[0].log10().clamp(low, high)) - plot.x;
        let top = plot.y + ROW * (i as f64 + 0.5) - 11.0;
        canvas.bar(Area { x: plot.x, y: top, w: wide.max(1.0), h: 22.0 }, theme::BLUE, 0.8)?;
    }
    canvas.line((plot.x, plot.y), (plot.x, plot.bottom()), theme::AXIS, 1.0)?;
    let foot = (plot.x + 0.5 * plot.w, plot.bottom() + 31.0);
    canvas.text(foot, "Baseline, number by powers of ten", theme::SMALL, theme::INK, Align::Centre)
}

/// Each policy's means over the baseline's.
fn ratios_of(canvas: &Canvas, plot: Area, stages: &[Stage], arms: &[Arm]) -> Result<(), ChartError> {
    let of = |stage: &Stage, k: usize| (stage.means[0] > 0.0).then(|| 100.0 * stage.means[k] / stage.means[0]);
    let all = stages.iter().flat_map(|stage| (1..arms.len()).filter_map(move |k| of(stage, k)));
    let x = Scale::round(all.chain([90.0, 110.0]), 4.0).onto(plot.x, plot.right());
    for (value, text) in x.ticks() {
        let colour = if value == 100.0 { theme::AXIS } else { theme::GRID };
        canvas.line((x.at(value), plot.y), (x.at(value), plot.bottom()), colour, 1.0)?;
        canvas.text((x.at(value), plot.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
    }
    let colours = legend::colours(arms);
    for (i, stage) in stages.iter().enumerate() {
        let middle = plot.y + ROW * (i as f64 + 0.5);
        for k in legend::drawing_order(arms).into_iter().filter(|&k| arms[k].name != BASELINE) {
            if let Some(ratio) = of(stage, k) {
                // Ticks of equal length would hide each other where policies are alike.
                let half = 14.0 - 8.0 * (k as f64 - 1.0) / arms.len() as f64;
                canvas.line((x.at(ratio), middle - half), (x.at(ratio), middle + half), colours[k], 2.2)?;
            }
        }
        let each = (1..arms.len()).filter_map(|k| Some(format!("{} {:.0} %", arms[k].label, of(stage, k)?)));
        let words = format!("{}, of the baseline: {}", stage.words, each.collect::<Vec<_>>().join(", "));
        canvas.hover(Area { x: plot.x, y: middle - 0.5 * ROW, w: plot.w, h: ROW }, words);
    }
    let foot = (plot.x + 0.5 * plot.w, plot.bottom() + 31.0);
    canvas.text(foot, "Policies, % of the baseline", theme::SMALL, theme::INK, Align::Centre)
}

/// How many of the stage above there are for one of this.
fn step(stages: &[Stage], place: usize) -> String {
    let Some(above) = place.checked_sub(1).map(|above| stages[above].means[0]) else { return String::new() };
    let own = stages[place].means[0];
    if own <= 0.0 || above <= 0.0 {
        return String::new();
    }
    format!("1 for {} above", number::short(above / own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::example;

    #[test]
    fn means_of_each_stage_are_told() {
        let arms = example::arms(2, 3, false);
        let table = stages(&arms);
        let chart = pipeline(&table, &arms).unwrap();
        assert!(chart.alt.contains("became sympathisers: 2,000 people"), "{}", chart.alt);
        assert!(chart.alt.contains("attacks attempted: 5 attempts; attacks completed: 4 attacks"), "{}", chart.alt);
        assert!(pipeline(&Table::new(), &arms).unwrap().caption.contains("No data"));
    }

    /// The same numbers in every replication and arm.
    fn stages(arms: &[Arm]) -> Table {
        let names: Vec<String> = arms.iter().flat_map(|arm| vec![arm.name.clone(); arm.replications]).collect();
        let mut table = Table::new();
        for (name, value) in COLUMNS[1..].iter().zip([2000.0, 300.0, 20.0, 1.0, 4.0]) {
            table.push(*name, Column::Number(vec![Some(value); names.len()]));
        }
        table.push("arm", Column::Text(names));
        table
    }
}
