//! Pathway by outcome: how many plots of each kind arise a run, and how they end.

use std::collections::BTreeMap;

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::{Arm, Chart, ChartError, font, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "pathway_outcome";
/// The title; with one arm there is nothing to compare.
fn title(arms: &[Arm]) -> &'static str {
    if arms.len() > 1 { "How plots of each kind end, by policy" } else { "How plots of each kind end" }
}

/// Value in the table, words, colour; neighbours differ in lightness so that grey prints stay readable.
const OUTCOMES: [(&str, &str, RGBColor); 5] = [
    ("completed", "attack carried out", theme::VERMILION),
    ("failed", "attack failed by itself", theme::ORANGE),
    ("foiled", "foiled by the services", theme::BLUE),
    ("dissolved", "dissolved", theme::SKY),
    ("in_progress", "in progress at the end", theme::PALE),
];

/// Value in the table, heading. Pathways not listed here follow under their own name.
const PATHWAYS: [(&str, &str); 5] = [
    ("inspired", "Inspired"),
    ("networked", "Networked"),
    ("online_directed", "Directed online"),
    ("dispatched", "Dispatched"),
    ("sting", "Sting case"),
];

/// Plots a run by arm, pathway and outcome.
struct Counts {
    pathways: Vec<(String, String)>,
    /// `means[arm][pathway][outcome]`
    means: Vec<Vec<[f64; 5]>>,
}

/// Mean number of plots a run by pathway and outcome in every arm, from the numbers of plots by arm, pathway and outcome.
///
/// Means divide by each arm's number of finished replications, so that runs without a plot count as zero.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm`, `pathway`, `outcome` or `plots`.
pub fn pathway_outcome(endings: &Table, arms: &[Arm]) -> Result<Chart, ChartError> {
    let Some(counts) = count(endings, arms)? else {
        return layout::no_data(NAME, title(arms), "no plot arose in any run");
    };
    let least = arms.iter().map(|a| a.replications).min().unwrap_or(0);
    let words = Words {
        name: NAME.into(),
        title: title(arms).into(),
        subtitle: "Mean number of plots per simulated history, split by how they ended; the number is the total".into(),
        caption: format!(
            "Means over at least {} an arm. One plot is equally long in every panel. Plots are counted where they were \
             founded.",
            number::counted(least, "replication")
        ),
        alt: alt(&counts, arms),
    };
    let labels: Vec<Vec<String>> = arms.iter().map(|a| label::wrap_to(&a.label, theme::LABEL, 190.0, 3)).collect();
    let heights: Vec<f64> = labels.iter().map(|l| (l.len() as f64 * theme::LABEL.leading() + 10.0).max(28.0)).collect();
    let height = HEAD + heights.iter().sum::<f64>() + 22.0;
    let data = data(&counts, arms);
    layout::compose(words, data, height, |canvas, body| {
        legend(canvas, body)?;
        paint(canvas, body, &counts, (arms, &labels, &heights))
    })
}

/// Space for the key and the panel headings.
const HEAD: f64 = 62.0;

fn alt(counts: &Counts, arms: &[Arm]) -> String {
    let first = arms.first().map_or("", |a| a.label.as_str());
    let totals = counts.pathways.iter().enumerate().map(|(p, (_, heading))| {
        let cell = counts.means[0][p];
        format!("{heading} {} of which {} carried out", number::short(cell.iter().sum()), number::short(cell[0]))
    });
    format!(
        "Mean plots per simulated history by pathway and outcome. {first}: {}.",
        totals.collect::<Vec<_>>().join(", ")
    )
}

fn count(endings: &Table, arms: &[Arm]) -> Result<Option<Counts>, ChartError> {
    if endings.rows() == 0 || arms.is_empty() {
        return Ok(None);
    }
    let column = |name| rows::column(endings, NAME, name);
    let (arm, pathway, outcome, plots) = (column("arm")?, column("pathway")?, column("outcome")?, column("plots")?);
    let by_pathway = rows::by_text(pathway);
    let known =
        PATHWAYS.iter().filter(|(p, _)| by_pathway.contains_key(*p)).map(|(p, h)| (p.to_string(), h.to_string()));
    let others = by_pathway.keys().filter(|p| PATHWAYS.iter().all(|(k, _)| k != p));
    let pathways: Vec<(String, String)> =
        known.chain(others.map(|p| (p.clone(), super::measure::capital(&p.replace('_', " "))))).collect();
    let arm_index: BTreeMap<&str, usize> = arms.iter().enumerate().map(|(i, a)| (a.name.as_str(), i)).collect();
    let mut means = vec![vec![[0.0; 5]; pathways.len()]; arms.len()];
    for (p, (name, _)) in pathways.iter().enumerate() {
        for &row in &by_pathway[name] {
            let place = arm_index.get(arm.text(row).as_str());
            let ending = OUTCOMES.iter().position(|(o, ..)| *o == outcome.text(row));
            if let Some((&a, o)) = place.zip(ending) {
                // One by one: the same sum, to the last bit, however the plots were counted.
                let one = 1.0 / arms[a].replications.max(1) as f64;
                (0..plots.number(row).unwrap_or(0.0) as u64).for_each(|_| means[a][p][o] += one);
            }
        }
    }
    Ok(Some(Counts { pathways, means }))
}

fn data(counts: &Counts, arms: &[Arm]) -> Table {
    let cells = || {
        arms.iter().zip(&counts.means).flat_map(|(arm, of_arm)| {
            counts.pathways.iter().zip(of_arm).map(move |((name, _), cell)| (arm, name, cell))
        })
    };
    let mut table = Table::new();
    table.push("arm", Column::Text(cells().map(|(a, ..)| a.name.clone()).collect()));
    table.push("pathway", Column::Text(cells().map(|(_, p, _)| p.clone()).collect()));
    for (slot, (name, ..)) in OUTCOMES.iter().enumerate() {
        table.push(*name, Column::Number(cells().map(|(.., c)| Some(c[slot])).collect()));
    }
    table
}

/// The outcomes' colours, above the panels.
fn legend(canvas: &Canvas, body: Area) -> Result<(), ChartError> {
    let mut x = body.x;
    for (_, words, colour) in OUTCOMES {
        canvas.bar(Area { x, y: body.y + 1.0, w: 12.0, h: 12.0 }, colour, 1.0)?;
        canvas.text((x + 17.0, body.y + 7.0), words, theme::SMALL, theme::INK, Align::Left)?;
        x += 17.0 + font::width(words, theme::SMALL) + 18.0;
    }
    Ok(())
}

/// Where each pathway's panel starts, how many pixels a plot takes, and the totals as printed.
struct Columns {
    starts: Vec<f64>,
    headings: Vec<Vec<String>>,
    /// `totals[pathway][arm]`
    totals: Vec<Vec<String>>,
    pixels: f64,
}

impl Columns {
    /// Shares `width` so that one plot is equally long in every panel and no panel is wider than its longest bar needs.
    fn fit(counts: &Counts, left: f64, width: f64) -> Self {
        const GAP: f64 = 16.0;
        let sums = |p: usize| counts.means.iter().map(move |of_arm| of_arm[p].iter().sum::<f64>());
        let count = counts.pathways.len();
        let most_heading = (width / count as f64 - GAP).max(40.0);
        let headings: Vec<Vec<String>> =
            counts.pathways.iter().map(|(_, h)| label::wrap_to(h, theme::HEADING, most_heading, 2)).collect();
        let totals: Vec<Vec<String>> = (0..count).map(|p| number::together(&sums(p).collect::<Vec<_>>())).collect();
        let longest: Vec<f64> = (0..count).map(|p| sums(p).fold(0.0, f64::max)).collect();
        let figures: Vec<f64> =
            totals.iter().map(|t| layout::widest(t.iter().map(String::as_str), theme::SMALL) + 6.0).collect();
        let least: Vec<f64> =
            headings.iter().map(|h| layout::widest(h.iter().map(String::as_str), theme::HEADING)).collect();
        let needed = |pixels: f64| -> Vec<f64> {
            (0..count).map(|p| (longest[p] * pixels + figures[p]).max(least[p]) + GAP).collect()
        };
        // The needed width grows with the length of one plot: halve the range until it just fits.
        let (mut low, mut high) = (0.0, width / longest.iter().copied().fold(1e-300, f64::max));
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if needed(middle).iter().sum::<f64>() > width { high = middle } else { low = middle }
        }
        let mut x = left;
        let starts = needed(low)
            .into_iter()
            .map(|wide| {
                x += wide;
                x - wide
            })
            .collect();
        Self { starts, headings, totals, pixels: low }
    }
}

fn paint(
    canvas: &Canvas,
    body: Area,
    counts: &Counts,
    (arms, labels, heights): (&[Arm], &[Vec<String>], &[f64]),
) -> Result<(), ChartError> {
    let side = layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL) + 18.0;
    let columns = Columns::fit(counts, body.x + side, body.w - side);
    for (heading, &x) in columns.headings.iter().zip(&columns.starts) {
        let first = body.y + HEAD - 14.0 - (heading.len() as f64 - 1.0) * theme::HEADING.leading();
        canvas.lines((x, first), heading, theme::HEADING, theme::INK, Align::Left)?;
    }
    let mut top = body.y + HEAD;
    for (a, arm) in arms.iter().enumerate() {
        let middle = top + heights[a] / 2.0;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        let first = middle - (labels[a].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &labels[a], theme::LABEL, theme::INK, Align::Left)?;
        for (p, (_, heading)) in counts.pathways.iter().enumerate() {
            let x = columns.starts[p];
            let cell = counts.means[a][p];
            let end = stack(canvas, (x, middle), cell, columns.pixels)?;
            canvas.text((end + 5.0, middle), &columns.totals[p][a], theme::SMALL, theme::MUTED, Align::Left)?;
            let right = columns.starts.get(p + 1).copied().unwrap_or(body.right());
            let place = Area { x, y: top, w: right - x, h: heights[a] };
            canvas.hover(place, format!("{}, {}: {}", arm.label, heading.to_lowercase(), in_words(cell)));
        }
        top += heights[a];
    }
    canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)
}

fn in_words(cell: [f64; 5]) -> String {
    let parts = OUTCOMES.iter().zip(cell).map(|((_, words, _), mean)| format!("{words} {}", number::short(mean)));
    parts.collect::<Vec<_>>().join(", ")
}

/// One stacked bar, its outcomes side by side; gives back where it ends.
fn stack(canvas: &Canvas, (x, middle): (f64, f64), cell: [f64; 5], pixels: f64) -> Result<f64, ChartError> {
    let mut end = x;
    for ((.., colour), mean) in OUTCOMES.iter().zip(cell) {
        let wide = mean * pixels;
        if wide > 0.05 {
            // A hair of paper parts neighbours where both are wide enough to lose it.
            let hair = if wide > 3.0 { 0.7 } else { 0.0 };
            canvas.bar(Area { x: end, y: middle - 8.0, w: wide - hair, h: 16.0 }, *colour, 1.0)?;
        }
        end += wide;
    }
    Ok(end)
}
