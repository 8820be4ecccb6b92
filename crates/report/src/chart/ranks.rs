//! Ranks of known truths: whether posteriors are as wide as they should be, all parameters in one plot.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::named;
use super::scale::Scale;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "ranks";
const TITLE: &str = "Does the method find truths that are known?";
const HEIGHT: f64 = 360.0;
/// Kolmogorov's distance that one even sample stays within in 95 of 100, times the root of its size.
const ONE: f64 = 1.358;
/// Parameters named beside their lines.
const NAMED: usize = 6;

/// One parameter's line: shares of the truths below each edge, less what is even.
struct Line {
    name: String,
    /// At 0, one twentieth, … 1.
    steps: Vec<f64>,
    probability: f64,
}

/// The ranks of known truths of a calibration (columns `parameter, truths, uniformity_probability` and `ranks_00` on);
/// `sample` says on how much they rest.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn ranks(table: &Table, sample: &str) -> Result<Chart, ChartError> {
    let (lines, truths) = read(table)?;
    if lines.is_empty() || truths == 0.0 {
        return layout::no_data(NAME, TITLE, "the method was tried on no truths");
    }
    // For one line, and for all of them together: Kolmogorov's tail at a twentieth over their number.
    let all = (-(0.05 / lines.len() as f64 / 2.0).ln() / 2.0).sqrt();
    let bands = [ONE, all.max(ONE)].map(|width| width / truths.sqrt());
    let out = lines.iter().filter(|l| farthest(l) > bands[1]).count();
    let verdict = match out {
        0 => "No parameter leaves the band for all: no sign that posteriors are too wide or too narrow.".to_owned(),
        n => format!(
            "{} the band for all: there posteriors are not as wide as they should be.",
            match n {
                1 => "1 parameter leaves".to_owned(),
                n => format!("{n} parameters leave"),
            }
        ),
    };
    let words = Words {
        name: NAME.to_owned(),
        title: TITLE.to_owned(),
        subtitle: "Share of the truths below each rank in their posterior, less the even share; one line a parameter"
            .to_owned(),
        caption: format!(
            "{sample} Rising early and falling late, as an arch and a dip: too narrow; a dip and an arch: too wide; one \
             arch or dip: to one side. Dark band: 95 % of even lines; pale band: 95 % of the widest of {}. {verdict}",
            number::counted(lines.len(), "line")
        ),
        alt: format!(
            "Largest distance of a line from even: {}. {verdict}",
            number::fixed(lines.iter().map(farthest).fold(0.0, f64::max), 3)
        ),
    };
    let data = data(&lines);
    layout::compose(words, data, HEIGHT, |canvas, body| paint(canvas, body, &lines, bands))
}

fn farthest(line: &Line) -> f64 {
    line.steps.iter().fold(0.0, |most, s| f64::max(most, s.abs()))
}

fn read(table: &Table) -> Result<(Vec<Line>, f64), ChartError> {
    if table.rows() == 0 {
        return Ok((Vec::new(), 0.0));
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (parameter, truths, probability) = (get("parameter")?, get("truths")?, get("uniformity_probability")?);
    let bins: Vec<&Column> = table.columns().filter(|(n, _)| n.starts_with("ranks_")).map(|(_, c)| c).collect();
    let mut lines = Vec::new();
    let mut most = 0.0;
    for row in 0..table.rows() {
        let count = rows::finite(truths, row).unwrap_or(0.0);
        most = f64::max(most, count);
        let (mut sum, mut steps) = (0.0, vec![0.0]);
        for (i, bin) in bins.iter().enumerate() {
            sum += rows::finite(bin, row).unwrap_or(0.0);
            steps.push(sum / count.max(1.0) - (i + 1) as f64 / bins.len() as f64);
        }
        let probability = rows::finite(probability, row).unwrap_or(1.0);
        lines.push(Line { name: parameter.text(row), steps, probability });
    }
    Ok((lines, most))
}

fn data(lines: &[Line]) -> Table {
    let mut table = Table::new();
    let each = || lines.iter().flat_map(|l| l.steps.iter().enumerate().map(move |(i, s)| (l, i, *s)));
    table.push("parameter", Column::Text(each().map(|(l, _, _)| l.name.clone()).collect()));
    let edges = |l: &Line| (l.steps.len() - 1) as f64;
    table.push("rank", Column::Number(each().map(|(l, i, _)| Some(i as f64 / edges(l))).collect()));
    table.push("share_less_even", Column::Number(each().map(|(_, _, s)| Some(s)).collect()));
    table.push("uniformity_probability", Column::Number(each().map(|(l, _, _)| Some(l.probability)).collect()));
    table
}

fn paint(canvas: &Canvas, body: Area, lines: &[Line], [one, all]: [f64; 2]) -> Result<(), ChartError> {
    let mut out: Vec<&Line> = lines.iter().filter(|l| farthest(l) > all).collect();
    out.sort_by(|a, b| farthest(b).total_cmp(&farthest(a)));
    out.truncate(NAMED);
    let side = if out.is_empty() { 16.0 } else { 250.0 };
    let most = lines.iter().map(farthest).fold(all * 1.1, f64::max);
    let y = Scale::round([-most, most], 5.0);
    let axis = layout::widest(y.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = body.inset(axis + 12.0, 24.0, side, layout::FOOT);
    let y = y.onto(plot.bottom(), plot.y);
    let x = Scale::exact(0.0, 1.0, 5.0).onto(plot.x, plot.right());
    canvas.text(
        (body.x, body.y + 7.0),
        "Share of the truths below, less the even share",
        theme::SMALL,
        theme::INK,
        Align::Left,
    )?;
    for (width, alpha) in [(all, 0.35), (one, 0.6)] {
        let edge = |sign: f64| (0..=40).map(move |i| f64::from(i) / 40.0).map(move |u| (u, sign * width));
        let around: Vec<(f64, f64)> = edge(1.0).chain(edge(-1.0).rev()).map(|(u, v)| (x.at(u), y.at(v))).collect();
        canvas.shape(&around, theme::PALE, alpha)?;
    }
    layout::level_lines(canvas, plot, &y)?;
    layout::foot_axis(canvas, plot, &x, "Rank of the truth in its posterior, from 0 to 1")?;
    let place = |line: &Line| out.iter().position(|o| o.name == line.name);
    for line in lines.iter().filter(|l| place(l).is_none()).chain(out.iter().rev().copied()) {
        let edges = (line.steps.len() - 1) as f64;
        let path: Vec<(f64, f64)> =
            line.steps.iter().enumerate().map(|(i, s)| (x.at(i as f64 / edges), y.at(*s))).collect();
        let (colour, width) = place(line).map_or((theme::BLUE, 0.7), |i| (theme::policy(i + 1), 2.0));
        canvas.path(&path, colour, width)?;
        for ((px, py), s) in path.iter().zip(&line.steps) {
            let words = format!("{}: {}", named(&line.name), number::fixed(*s, 3));
            canvas.hover(Area { x: px - 4.0, y: py - 4.0, w: 8.0, h: 8.0 }, words);
        }
    }
    let end =
        |line: &Line| line.steps.iter().copied().fold(0.0, |far: f64, s| if s.abs() > far.abs() { s } else { far });
    let wished: Vec<(f64, f64)> = out.iter().map(|l| (y.at(end(l)), 2.0 * theme::SMALL.leading())).collect();
    for (i, (line, at)) in out.iter().zip(label::spread(&wished, plot.y, plot.bottom())).enumerate() {
        let words = label::wrap_to(&named(&line.name), theme::SMALL, side - 16.0, 2);
        canvas.lines((plot.right() + 10.0, at), &words, theme::SMALL, theme::policy(i + 1), Align::Left)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bins: &[[i64; 4]]) -> Table {
        let mut table = Table::new();
        table.push("parameter", Column::Text((0..bins.len()).map(|i| format!("p{i}")).collect()));
        table.push("truths", Column::Integer(bins.iter().map(|b| Some(b.iter().sum())).collect()));
        table.push("uniformity_probability", Column::Number(bins.iter().map(|_| Some(0.5)).collect()));
        for bin in 0..4 {
            table.push(format!("ranks_{bin:02}"), Column::Integer(bins.iter().map(|b| Some(b[bin])).collect()));
        }
        table
    }

    #[test]
    fn even_ranks_lie_on_the_line_and_uneven_ones_are_counted() {
        let even = ranks(&table(&[[50, 50, 50, 50]]), "200 truths.").unwrap();
        assert!(even.caption.contains("No parameter leaves"), "{}", even.caption);
        assert_eq!(even.data.numbers_where("share_less_even", |_| true), [0.0; 5]);
        let narrow = ranks(&table(&[[50, 50, 50, 50], [98, 2, 2, 98]]), "200 truths.").unwrap();
        assert!(narrow.caption.contains("1 parameter leaves"), "{}", narrow.caption);
        assert!(ranks(&Table::new(), "").unwrap().caption.contains("No data"));
    }
}
