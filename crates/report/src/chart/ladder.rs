//! Ladders of policies: what an outcome gains or loses as the same parameters are multiplied by more and more.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::{Measure, named};
use super::scale::Scale;
use super::{Chart, ChartError, capital, font, label, number, rows, theme};
use forestall_model::{Column, Table};

/// Steps aside between the bars of ladders at one factor, in pixels.
const ASIDE: f64 = 7.0;

/// One policy's place: by how much it multiplies, and the difference from the baseline with its interval.
struct Rung {
    policy: String,
    factor: f64,
    difference: [f64; 3],
}

/// One ladder.
struct Ladder {
    label: String,
    rungs: Vec<Rung>,
}

/// The difference of an outcome from the baseline by factor, one line a ladder: `ladders` has rows of `ladder`, `policy`
/// and `factor`, `comparisons` one row a policy and outcome.
///
/// # Errors
/// [`ChartError::MissingColumn`] where a table has rows but not what is drawn.
pub fn ladder(ladders: &Table, comparisons: &Table, measure: &Measure) -> Result<Chart, ChartError> {
    let name = format!("ladder_{}", measure.column);
    let title = format!("{} by how much there is", capital(&measure.name));
    let (found, runs) = read(ladders, comparisons, &name, &measure.column)?;
    if found.is_empty() {
        return layout::no_data(&name, &title, "no policies multiply the same parameters by different factors");
    }
    let words = Words {
        name,
        title: title.clone(),
        subtitle: format!(
            "{}, policy − baseline, against the factor; bars: 95 % intervals",
            if measure.unit.is_empty() { capital(&measure.name) } else { capital(&measure.unit) }
        ),
        caption: format!(
            "At factor 1 stands the baseline. Paired differences over {} a policy; bars of different lines stand beside each \
             other so that they can be told apart.",
            number::counted(runs as usize, "replication")
        ),
        alt: alt(&title, &found),
    };
    layout::compose(words, data(&found), 380.0, |canvas, body| paint(canvas, body, &found))
}

fn read(ladders: &Table, comparisons: &Table, chart: &str, outcome: &str) -> Result<(Vec<Ladder>, f64), ChartError> {
    let (mut found, mut runs): (Vec<Ladder>, f64) = (Vec::new(), f64::INFINITY);
    if ladders.rows() == 0 || comparisons.rows() == 0 {
        return Ok((found, 0.0));
    }
    let of = |name: &str| rows::column(ladders, chart, name);
    let (label, policy, factor) = (of("ladder")?, of("policy")?, of("factor")?);
    let get = |name: &str| rows::column(comparisons, chart, name);
    let (arm, about, n) = (get("policy")?, get("outcome")?, get("n")?);
    let (middle, low, high) = (get("difference")?, get("ci_low")?, get("ci_high")?);
    for rung in 0..ladders.rows() {
        let own = policy.text(rung);
        let Some(row) = (0..comparisons.rows()).find(|&r| arm.text(r) == own && about.text(r) == outcome) else {
            continue;
        };
        let (Some(factor), Some(value)) = (rows::finite(factor, rung), rows::finite(middle, row)) else { continue };
        let end = |column: &Column| rows::finite(column, row).unwrap_or(value);
        runs = runs.min(n.number(row).unwrap_or(runs));
        let rung_of = Rung { policy: own, factor, difference: [value, end(low), end(high)] };
        let name = named(&label.text(rung));
        match found.iter_mut().find(|ladder| ladder.label == name) {
            Some(ladder) => ladder.rungs.push(rung_of),
            None => found.push(Ladder { label: name, rungs: vec![rung_of] }),
        }
    }
    Ok((found, if runs.is_finite() { runs } else { 0.0 }))
}

fn data(found: &[Ladder]) -> Table {
    let all = || found.iter().flat_map(|ladder| ladder.rungs.iter().map(move |rung| (ladder, rung)));
    let mut table = Table::new();
    table.push("ladder", Column::Text(all().map(|(ladder, _)| ladder.label.clone()).collect()));
    table.push("policy", Column::Text(all().map(|(_, rung)| rung.policy.clone()).collect()));
    table.push("factor", Column::Number(all().map(|(_, rung)| Some(rung.factor)).collect()));
    for (place, name) in ["difference", "ci_low", "ci_high"].into_iter().enumerate() {
        table.push(name, Column::Number(all().map(|(_, rung)| Some(rung.difference[place])).collect()));
    }
    table
}

fn alt(title: &str, found: &[Ladder]) -> String {
    let one = |ladder: &Ladder| {
        let rung = |r: &Rung| format!("{} at ×{}", number::short(r.difference[0]), number::short(r.factor));
        format!("{}: {}", ladder.label, ladder.rungs.iter().map(rung).collect::<Vec<_>>().join(", "))
    };
    format!("{title}. {}.", found.iter().map(one).collect::<Vec<_>>().join("; "))
}

fn paint(canvas: &Canvas, body: Area, found: &[Ladder]) -> Result<(), ChartError> {
    let labels: Vec<Vec<String>> = found.iter().map(|l| label::wrap_to(&l.label, theme::LABEL, 190.0, 2)).collect();
    let side = layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL);
    let plot = body.inset(52.0, 8.0, side + 52.0, 44.0);
    let ends = found.iter().flat_map(|l| l.rungs.iter().flat_map(|r| r.difference));
    let y = Scale::round(ends.chain([0.0]), 6.0).onto(plot.bottom(), plot.y);
    layout::level_lines(canvas, plot, &y)?;
    let mut factors: Vec<f64> = found.iter().flat_map(|l| l.rungs.iter().map(|r| r.factor)).chain([1.0]).collect();
    factors.sort_by(f64::total_cmp);
    factors.dedup();
    let log = |factor: f64| factor.log2();
    let (first, last) = (log(factors[0]), log(factors[factors.len() - 1]));
    let margin = 24.0 + ASIDE * found.len() as f64 / 2.0;
    let x = |factor: f64| plot.x + margin + (plot.w - 2.0 * margin) * (log(factor) - first) / (last - first).max(1e-9);
    // Where many rungs stand close together, some go without a number: that of the baseline and the last come first.
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let order = [1.0, factors[factors.len() - 1], factors[0]].into_iter().chain(factors.iter().copied());
    for factor in order {
        let text = format!("×{}", number::short(factor));
        let half = font::width(&text, theme::SMALL) / 2.0 + 5.0;
        let (from, to) = (x(factor) - half, x(factor) + half);
        if taken.iter().all(|&(a, b)| to <= a || from >= b) {
            canvas.text((x(factor), plot.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
            taken.push((from, to));
        }
    }
    let centre = f64::midpoint(plot.x, plot.right());
    let foot = "times what the baseline has";
    canvas.text((centre, plot.bottom() + 32.0), foot, theme::SMALL, theme::MUTED, Align::Centre)?;
    let mut last_points = Vec::new();
    for (k, ladder) in found.iter().enumerate() {
        let colour = theme::policy(k);
        let aside = ASIDE * (k as f64 - (found.len() as f64 - 1.0) / 2.0);
        let mut stops: Vec<(f64, Option<&Rung>)> = ladder.rungs.iter().map(|r| (r.factor, Some(r))).collect();
        if !stops.iter().any(|(factor, _)| *factor == 1.0) {
            stops.push((1.0, None));
        }
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at =
            |(factor, rung): &(f64, Option<&Rung>)| (x(*factor) + aside, y.at(rung.map_or(0.0, |r| r.difference[0])));
        let points: Vec<_> = stops.iter().map(at).collect();
        canvas.path(&points, colour, 2.0)?;
        for (&at, (_, rung)) in points.iter().zip(&stops) {
            let Some(rung) = rung else { continue };
            canvas.line((at.0, y.at(rung.difference[1])), (at.0, y.at(rung.difference[2])), colour, 1.6)?;
            canvas.dot(at, 3.6, colour, true)?;
            let [value, low, high] = rung.difference.map(number::short);
            let text = format!("{} ×{}: {value} [{low}, {high}]", ladder.label, number::short(rung.factor));
            canvas.hover(Area { x: at.0 - 8.0, y: at.1 - 8.0, w: 16.0, h: 16.0 }, text);
        }
        last_points.extend(points.last().map(|&at| (k, at)));
    }
    let height = |lines: &[String]| lines.len() as f64 * theme::LABEL.leading() + 4.0;
    let wished: Vec<_> = last_points.iter().map(|&(k, at)| (at.1, height(&labels[k]))).collect();
    let centres = label::spread(&wished, plot.y - 8.0, plot.bottom() + 8.0);
    for (&(k, at), centre) in last_points.iter().zip(centres) {
        let edge = plot.right() + 14.0;
        canvas.path(&[(at.0 + 6.0, at.1), (edge, centre), (edge + 8.0, centre)], theme::policy(k), 0.9)?;
        let first = centre - (labels[k].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((edge + 12.0, first), &labels[k], theme::LABEL, theme::INK, Align::Left)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_has_a_line_and_no_ladder_says_so() {
        let mut ladders = Table::new();
        ladders.push("ladder", Column::Text(vec!["Analysts".into(); 2]));
        ladders.push("policy", Column::Text(vec!["a".into(), "b".into()]));
        ladders.push("factor", Column::Number(vec![Some(0.5), Some(2.0)]));
        let mut comparisons = Table::new();
        comparisons.push("policy", Column::Text(vec!["a".into(), "b".into()]));
        comparisons.push("outcome", Column::Text(vec!["attacks_completed".into(); 2]));
        comparisons.push("n", Column::Integer(vec![Some(9), Some(8)]));
        for (name, values) in [("difference", [1.0, -1.0]), ("ci_low", [0.5, -2.0]), ("ci_high", [1.5, 0.0])] {
            comparisons.push(name, Column::Number(values.map(Some).to_vec()));
        }
        let measure = Measure::of("attacks_completed");
        let chart = ladder(&ladders, &comparisons, &measure).unwrap();
        assert!(chart.svg.contains("×0.5") && chart.svg.contains("Analysts"), "{}", chart.svg);
        assert!(
            chart.caption.contains("8 replications") && chart.alt.contains("-1.0 at ×2") | chart.alt.contains("−1")
        );
        assert_eq!(chart.data.rows(), 2);
        let none = ladder(&Table::new(), &comparisons, &measure).unwrap();
        assert!(none.svg.contains("no policies multiply"));
    }
}
