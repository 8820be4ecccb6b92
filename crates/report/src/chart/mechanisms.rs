//! Through what each policy averts and induces attacks: stacked bars, averted to the right, induced to the left.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "mechanisms";
const TITLE: &str = "Through what each policy averts and induces attacks";

/// Families as the table names them, in order, with colours whose neighbours differ in lightness.
const FAMILIES: [(&str, RGBColor); 8] = [
    ("radicalisation", theme::PURPLE),
    ("recruiters and stings", theme::BASELINE),
    ("travel and fighters", theme::ORANGE),
    ("detection", theme::BLUE),
    ("sharing", theme::SKY),
    ("intervention", theme::GREEN),
    ("work of the plot", theme::VERMILION),
    ("re-timing", theme::PALE),
];

/// One policy: attacks a replication by family.
struct Row {
    label: Vec<String>,
    averted: [f64; 8],
    induced: [f64; 8],
}

impl Row {
    fn sums(&self) -> (f64, f64) {
        (self.averted.iter().sum(), self.induced.iter().sum())
    }

    fn height(&self) -> f64 {
        (self.label.len() as f64 * theme::LABEL.leading() + 10.0).max(30.0)
    }
}

/// Attacks averted and induced a replication by family of mechanism, from the table of counts by policy and mechanism.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but lacks a column.
pub fn mechanisms(counts: &Table, replications: u64) -> Result<Chart, ChartError> {
    if counts.rows() == 0 {
        return layout::no_data(NAME, TITLE, "no policy averts or induces an attack");
    }
    let found = read(counts)?;
    let each = |row: &Row| {
        let (averted, induced) = row.sums();
        format!("{}: {} removed, {} added", row.label.join(" "), number::short(averted), number::short(induced))
    };
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle:
            "Attacks a replication by the mechanism of the first parting: induced left, averted right; net at the \
                   right edge"
                .into(),
        caption: format!(
            "Means over {}. Averted minus induced is the paired difference. Only the net does not depend on how runs are \
             paired; a placebo shows the noise of the parts.",
            number::counted(replications as usize, "replication")
        ),
        alt: format!("{}.", found.iter().map(each).collect::<Vec<_>>().join("; ")),
    };
    let height = KEY + found.iter().map(Row::height).sum::<f64>() + layout::FOOT + 8.0;
    layout::compose(words, counts.clone(), height, |canvas, body| {
        legend(canvas, body)?;
        paint(canvas, body, &found)
    })
}

/// Space for two lines of key and a gap.
const KEY: f64 = 52.0;

fn read(table: &Table) -> Result<Vec<Row>, ChartError> {
    let column = |name| rows::column(table, NAME, name);
    let (policy, labels, family) = (column("policy")?, column("label")?, column("family")?);
    let (averted, induced) = (column("averted_a_replication")?, column("induced_a_replication")?);
    let mut found: Vec<(String, Row)> = Vec::new();
    for row in 0..table.rows() {
        let name = policy.text(row);
        if found.last().is_none_or(|last| last.0 != name) {
            let label = label::wrap_to(&labels.text(row), theme::LABEL, 180.0, 3);
            found.push((name, Row { label, averted: [0.0; 8], induced: [0.0; 8] }));
        }
        let place = FAMILIES.iter().position(|f| f.0 == family.text(row));
        if let (Some(place), Some((_, last))) = (place, found.last_mut()) {
            last.averted[place] += rows::finite(averted, row).unwrap_or(0.0);
            last.induced[place] += rows::finite(induced, row).unwrap_or(0.0);
        }
    }
    Ok(found.into_iter().map(|f| f.1).collect())
}

fn legend(canvas: &Canvas, body: Area) -> Result<(), ChartError> {
    let (mut x, mut y) = (body.x, body.y + 7.0);
    for (words, colour) in FAMILIES {
        let wide = 17.0 + font::width(words, theme::SMALL) + 20.0;
        if x + wide > body.right() {
            (x, y) = (body.x, y + 18.0);
        }
        canvas.bar(Area { x, y: y - 6.0, w: 12.0, h: 12.0 }, colour, 1.0)?;
        canvas.text((x + 17.0, y), words, theme::SMALL, theme::INK, Align::Left)?;
        x += wide;
    }
    Ok(())
}

fn paint(canvas: &Canvas, body: Area, found: &[Row]) -> Result<(), ChartError> {
    let side = layout::widest(found.iter().flat_map(|r| r.label.iter().map(String::as_str)), theme::LABEL) + 18.0;
    let nets: Vec<f64> = found.iter().map(|r| r.sums().0 - r.sums().1).collect();
    let texts: Vec<String> = number::together(&nets);
    let right = layout::widest(texts.iter().map(String::as_str), theme::SMALL) + 16.0;
    let height: f64 = found.iter().map(Row::height).sum();
    let plot = Area { x: body.x + side, y: body.y + KEY, w: body.w - side - right, h: height };
    let reach = found.iter().flat_map(|r| [r.sums().0, -r.sums().1]).chain([0.0]);
    let scale = Scale::round(reach, 6.0).onto(plot.x, plot.right());
    let zero = scale.at(0.0);
    let mut top = plot.y;
    for (row, net) in found.iter().zip(&texts) {
        let tall = row.height();
        let middle = top + tall / 2.0;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        let first = middle - (row.label.len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &row.label, theme::LABEL, theme::INK, Align::Left)?;
        for (parts, sign) in [(&row.averted, 1.0), (&row.induced, -1.0)] {
            let mut from = 0.0;
            for ((_, colour), part) in FAMILIES.iter().zip(parts) {
                let (a, b) = (scale.at(sign * from), scale.at(sign * (from + part)));
                from += part;
                let wide = (b - a).abs();
                if wide > 0.05 {
                    let hair = if wide > 3.0 { 0.7 } else { 0.0 };
                    canvas.bar(Area { x: a.min(b), y: middle - 8.0, w: wide - hair, h: 16.0 }, *colour, 1.0)?;
                }
            }
        }
        canvas.text((body.right(), middle), net, theme::SMALL, theme::INK, Align::Right)?;
        canvas.hover(Area { x: plot.x, y: top, w: plot.w, h: tall }, hover(row));
        top += tall;
    }
    canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
    canvas.line((zero, plot.y), (zero, plot.bottom()), theme::INK, 1.0)?;
    layout::foot_axis(canvas, plot, &scale, "attacks per simulated history: added (left of 0), removed (right of 0)")
}

fn hover(row: &Row) -> String {
    let part = |parts: &[f64; 8]| {
        let each = FAMILIES.iter().zip(parts).filter(|(_, p)| **p > 0.0);
        each.map(|((f, _), p)| format!("{f} {}", number::short(*p))).collect::<Vec<_>>().join(", ")
    };
    format!("{} – removed: {}; added: {}", row.label.join(" "), part(&row.averted), part(&row.induced))
}
