//! What sting cases would have come to without personas: stacked bars, one an arm.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "stings";
const TITLE: &str = "What sting cases would have come to without personas";

/// Labels as the table names them, what readers see, and colours whose neighbours differ in lightness.
const LABELS: [(&str, &str, RGBColor); 4] = [
    ("recruiter", "plot instructed by a recruiter", theme::VERMILION),
    ("self_starter", "plot of their own or of friends", theme::BLUE),
    ("travelled", "travel", theme::SKY),
    ("nothing", "nothing by the end of the run", theme::PALE),
];

/// One arm: cases a replication by label, and sums over all replications.
struct Row {
    label: Vec<String>,
    means: [f64; 4],
    cases: f64,
    attacks: f64,
}

impl Row {
    fn mean(&self) -> f64 {
        self.means.iter().sum()
    }

    /// The share of cases that would have led to an attack, as text.
    fn share(&self) -> String {
        if self.cases > 0.0 { format!("{} %", number::short(100.0 * self.attacks / self.cases)) } else { "–".into() }
    }

    fn height(&self) -> f64 {
        (self.label.len() as f64 * theme::LABEL.leading() + 10.0).max(30.0)
    }
}

/// Sting cases a replication by label and arm, from the table that `replay --stings` writes.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but lacks a column.
pub fn stings(labelled: &Table) -> Result<Chart, ChartError> {
    if labelled.rows() == 0 {
        return layout::no_data(NAME, TITLE, "no policy run has undercover personas");
    }
    let found = read(labelled)?;
    let replications = rows::column(labelled, NAME, "replications")?;
    let least = (0..labelled.rows()).filter_map(|row| rows::finite(replications, row)).fold(f64::INFINITY, f64::min);
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle:
            "Sting cases a replication, by what the same person does in the same arm without personas; at the right \
                   their number, and the share whose person would have taken part in an attack carried out"
                .into(),
        caption: format!(
            "Means over {} a policy run. A case counts as nothing also where the person is still waiting when the run ends.",
            number::counted(least as usize, "replication")
        ),
        alt: format!("{}.", found.iter().map(hover).collect::<Vec<_>>().join("; ")),
    };
    let height = KEY + found.iter().map(Row::height).sum::<f64>() + layout::FOOT + 8.0;
    layout::compose(words, labelled.clone(), height, |canvas, body| {
        legend(canvas, body)?;
        paint(canvas, body, &found)
    })
}

/// Space for the key, the headings of the numbers and a gap.
const KEY: f64 = 50.0;
/// Where the headings of the numbers stand.
const HEADINGS: f64 = 36.0;

fn read(table: &Table) -> Result<Vec<Row>, ChartError> {
    let column = |name| rows::column(table, NAME, name);
    let (policy, words, labels) = (column("policy")?, column("policy_label")?, column("label")?);
    let (means, cases, attacks) = (column("cases_a_replication")?, column("cases")?, column("cases_in_attack")?);
    let mut found: Vec<(String, Row)> = Vec::new();
    for row in 0..table.rows() {
        let name = policy.text(row);
        if found.last().is_none_or(|last| last.0 != name) {
            let label = label::wrap_to(&words.text(row), theme::LABEL, 180.0, 3);
            found.push((name, Row { label, means: [0.0; 4], cases: 0.0, attacks: 0.0 }));
        }
        let place = LABELS.iter().position(|l| l.0 == labels.text(row));
        if let (Some(place), Some((_, last))) = (place, found.last_mut()) {
            last.means[place] += rows::finite(means, row).unwrap_or(0.0);
            last.cases += rows::finite(cases, row).unwrap_or(0.0);
            last.attacks += rows::finite(attacks, row).unwrap_or(0.0);
        }
    }
    Ok(found.into_iter().map(|f| f.1).collect())
}

fn legend(canvas: &Canvas, body: Area) -> Result<(), ChartError> {
    let mut x = body.x;
    for (_, words, colour) in LABELS {
        let y = body.y + 7.0;
        canvas.bar(Area { x, y: y - 6.0, w: 12.0, h: 12.0 }, colour, 1.0)?;
        canvas.text((x + 17.0, y), words, theme::SMALL, theme::INK, Align::Left)?;
        x += 17.0 + font::width(words, theme::SMALL) + 20.0;
    }
    Ok(())
}

fn paint(canvas: &Canvas, body: Area, found: &[Row]) -> Result<(), ChartError> {
    let side = layout::widest(found.iter().flat_map(|r| r.label.iter().map(String::as_str)), theme::LABEL) + 18.0;
    let totals = number::together(&found.iter().map(Row::mean).collect::<Vec<f64>>());
    let shares: Vec<String> = found.iter().map(Row::share).collect();
    let wide = |texts: &[String], head: &str| {
        layout::widest(texts.iter().map(String::as_str), theme::SMALL).max(font::width(head, theme::HEADING)) + 16.0
    };
    let (cases, attacks) = (wide(&totals, "cases"), wide(&shares, "attacks"));
    let height: f64 = found.iter().map(Row::height).sum();
    let plot = Area { x: body.x + side, y: body.y + KEY, w: body.w - side - cases - attacks, h: height };
    for (at, words) in [(body.right() - attacks, "cases"), (body.right(), "attacks")] {
        canvas.text((at, body.y + HEADINGS), words, theme::HEADING, theme::INK, Align::Right)?;
    }
    let scale = Scale::round(found.iter().map(Row::mean).chain([0.0]), 6.0).onto(plot.x, plot.right());
    let mut top = plot.y;
    for (row, (total, share)) in found.iter().zip(totals.iter().zip(&shares)) {
        let tall = row.height();
        let middle = top + tall / 2.0;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        let first = middle - (row.label.len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &row.label, theme::LABEL, theme::INK, Align::Left)?;
        let mut from = 0.0;
        for ((_, _, colour), part) in LABELS.iter().zip(row.means) {
            let (left, right) = (scale.at(from), scale.at(from + part));
            from += part;
            let wide = right - left;
            if wide > 0.05 {
                let hair = if wide > 3.0 { 0.7 } else { 0.0 };
                canvas.bar(Area { x: left, y: middle - 8.0, w: wide - hair, h: 16.0 }, *colour, 1.0)?;
            }
        }
        canvas.text((body.right() - attacks, middle), total, theme::SMALL, theme::INK, Align::Right)?;
        canvas.text((body.right(), middle), share, theme::SMALL, theme::INK, Align::Right)?;
        canvas.hover(Area { x: plot.x, y: top, w: plot.w, h: tall }, hover(row));
        top += tall;
    }
    canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
    canvas.line((scale.at(0.0), plot.y), (scale.at(0.0), plot.bottom()), theme::INK, 1.0)?;
    layout::foot_axis(canvas, plot, &scale, "sting cases a replication")
}

fn hover(row: &Row) -> String {
    let each = LABELS.iter().zip(row.means).map(|((_, words, _), mean)| format!("{words} {}", number::short(mean)));
    let parts = each.collect::<Vec<_>>().join(", ");
    let (mean, attacks) = (number::short(row.mean()), number::short(row.attacks));
    format!("{} – {mean} cases: {parts}; {attacks} of {} in an attack", row.label.join(" "), number::short(row.cases))
}
