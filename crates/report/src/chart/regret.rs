//! Regret heat map: how far each policy falls behind the best one, future by future.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::Measure;
use super::{Chart, ChartError, font, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "regret";
const ROW: f64 = 30.0;
const HEAD: f64 = 26.0;
/// Colour scale and axis below the cells.
const BELOW: f64 = 66.0;

struct Map {
    policies: Vec<String>,
    futures: Vec<String>,
    /// By policy and future, both as ordered.
    regret: Vec<Vec<Option<f64>>>,
}

/// Regret in `outcome` from lines `policy, future, regret`: policies with the smallest largest regret on top, futures from
/// the least to the most regretted.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn regret(table: &Table, outcome: &str) -> Result<Chart, ChartError> {
    let title = format!("Regret in {}, policy by future", Measure::of(outcome).name);
    if table.rows() == 0 {
        return layout::no_data(NAME, &title, "there is no policy with a future");
    }
    let map = read(table)?;
    let largest = |p: usize| map.regret[p].iter().flatten().copied().fold(0.0, f64::max);
    let words = Words {
        name: NAME.to_owned(),
        title,
        subtitle: "Distance to the best policy of the same future: white is the best, dark the worst".to_owned(),
        caption: format!(
            "{} policies in {}, ordered by their mean regret. At the right the largest regret of each policy.",
            map.policies.len(),
            number::counted(map.futures.len(), "future")
        ),
        alt: format!("Least regretted: {}, at most {}.", map.policies[0], number::short(largest(0))),
    };
    let height = HEAD + ROW * map.policies.len() as f64 + BELOW;
    let data = data(&map);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &map))
}

fn read(table: &Table) -> Result<Map, ChartError> {
    let get = |name: &str| rows::column(table, NAME, name);
    let (policy, future, regret) = (get("policy")?, get("future")?, get("regret")?);
    let by_policy = rows::by_text(policy);
    let by_future = rows::by_text(future);
    let values = |of: &[usize]| rows::numbers(regret, of);
    let ordered = |groups: &std::collections::BTreeMap<String, Vec<usize>>, key: fn(&[f64]) -> f64| {
        let mut names: Vec<(f64, String)> = groups.iter().map(|(n, of)| (key(&values(of)), n.clone())).collect();
        names.sort_by(|a, b| a.0.total_cmp(&b.0));
        names.into_iter().map(|n| n.1).collect::<Vec<String>>()
    };
    let policies = ordered(&by_policy, |v| v.iter().copied().fold(0.0, f64::max));
    let futures = ordered(&by_future, |v| v.iter().sum::<f64>() / v.len().max(1) as f64);
    let place: std::collections::BTreeMap<&String, usize> = futures.iter().enumerate().map(|(i, f)| (f, i)).collect();
    let row = |p: &String| {
        let mut cells = vec![None; futures.len()];
        for &r in &by_policy[p] {
            cells[place[&future.text(r)]] = rows::finite(regret, r);
        }
        cells
    };
    let regret = policies.iter().map(row).collect();
    Ok(Map { policies, futures, regret })
}

fn data(map: &Map) -> Table {
    let cells = || (0..map.policies.len()).flat_map(|p| (0..map.futures.len()).map(move |f| (p, f)));
    let mut table = Table::new();
    table.push("policy", Column::Text(cells().map(|c| map.policies[c.0].clone()).collect()));
    table.push("future", Column::Text(cells().map(|c| map.futures[c.1].clone()).collect()));
    table.push("regret", Column::Number(cells().map(|c| map.regret[c.0][c.1]).collect()));
    table
}

/// White for none, dark blue for all; the lightness falls evenly, so it reads in grey.
fn shade(share: f64) -> RGBColor {
    let share = share.clamp(0.0, 1.0);
    let mix = |from: f64, to: f64| (from + (to - from) * share).round() as u8;
    RGBColor(mix(250.0, 8.0), mix(250.0, 48.0), mix(252.0, 107.0))
}

fn paint(canvas: &Canvas, body: Area, map: &Map) -> Result<(), ChartError> {
    let names: Vec<String> = map.policies.iter().map(|p| label::wrap_to(p, theme::LABEL, 300.0, 1).concat()).collect();
    let side = layout::widest(names.iter().map(String::as_str), theme::LABEL);
    let largest: Vec<f64> = map.regret.iter().map(|r| r.iter().flatten().copied().fold(0.0, f64::max)).collect();
    let texts = number::together(&largest);
    let right =
        layout::widest(texts.iter().map(String::as_str), theme::LABEL).max(font::width("Largest", theme::HEADING));
    let plot = body.inset(side + 14.0, HEAD, right + 18.0, BELOW);
    let most = largest.iter().copied().fold(0.0, f64::max);
    let wide = plot.w / map.futures.len() as f64;
    canvas.text((body.x, body.y + 8.0), "Policy", theme::HEADING, theme::INK, Align::Left)?;
    canvas.text((body.right(), body.y + 8.0), "Largest", theme::HEADING, theme::INK, Align::Right)?;
    // A gap between cells only where they are wide enough to keep their colour.
    let gap = if wide > 8.0 { 1.0 } else { 0.0 };
    for (p, cells) in map.regret.iter().enumerate() {
        let top = plot.y + p as f64 * ROW;
        let middle = top + ROW / 2.0;
        canvas.text((body.x, middle), &names[p], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), middle), &texts[p], theme::LABEL, theme::INK, Align::Right)?;
        for (f, cell) in cells.iter().enumerate() {
            let place = Area { x: plot.x + f as f64 * wide, y: top + 1.5, w: wide - gap, h: ROW - 3.0 };
            let Some(regret) = *cell else { continue };
            canvas.bar(place, shade(if most > 0.0 { regret / most } else { 0.0 }), 1.0)?;
            if map.futures.len() <= 60 {
                canvas.hover(place, format!("{} in {}: {}", map.policies[p], map.futures[f], number::short(regret)));
            }
        }
        canvas.path(
            &[
                (plot.x, top + 1.0),
                (plot.right(), top + 1.0),
                (plot.right(), top + ROW - 1.0),
                (plot.x, top + ROW - 1.0),
                (plot.x, top + 1.0),
            ],
            theme::GRID,
            0.8,
        )?;
    }
    scale(canvas, plot, most)
}

/// The direction of the futures and the colour scale.
fn scale(canvas: &Canvas, plot: Area, most: f64) -> Result<(), ChartError> {
    let y = plot.bottom() + 12.0;
    canvas.text((plot.x, y), "← futures with little regret", theme::SMALL, theme::MUTED, Align::Left)?;
    canvas.text((plot.right(), y), "with much →", theme::SMALL, theme::MUTED, Align::Right)?;
    let (steps, wide, top) = (60, 240.0, y + 18.0);
    for k in 0..steps {
        let share = f64::from(k) / f64::from(steps - 1);
        let x = plot.x + f64::from(k) * wide / f64::from(steps);
        canvas.bar(Area { x, y: top, w: wide / f64::from(steps) + 0.3, h: 11.0 }, shade(share), 1.0)?;
    }
    canvas.text((plot.x, top + 21.0), "0", theme::SMALL, theme::MUTED, Align::Left)?;
    canvas.text((plot.x + wide, top + 21.0), &number::short(most), theme::SMALL, theme::MUTED, Align::Right)?;
    canvas.text((plot.x + wide + 14.0, top + 5.5), "Regret", theme::SMALL, theme::INK, Align::Left)
}
