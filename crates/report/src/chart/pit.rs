//! Histogram of the probability integral transform: flat where forecasts are as wide as they should be.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, number, theme};
use forestall_model::{Column, Table};

const NAME: &str = "pit";
const TITLE: &str = "Where the observations fell in their forecasts";
const HEIGHT: f64 = 300.0;

/// Shares of equal bins from 0 to 1 of the transforms of `quantities` observations; `test` says how flat they are.
///
/// # Errors
/// If it cannot be drawn.
pub fn pit(shares: &[f64], quantities: usize, test: &str) -> Result<Chart, ChartError> {
    if shares.is_empty() || quantities == 0 {
        return layout::no_data(NAME, TITLE, "no observation has a forecast");
    }
    let (even, bins) = (1.0 / shares.len() as f64, shares.len() as f64);
    // An even histogram of so few observations would still lie within this: twice the binomial standard error.
    let band = 2.0 * (even * (1.0 - even) / quantities as f64).sqrt();
    let mut data = Table::new();
    data.push("from", Column::Number((0..shares.len()).map(|i| Some(i as f64 / bins)).collect()));
    data.push("to", Column::Number((1..=shares.len()).map(|i| Some(i as f64 / bins)).collect()));
    data.push("share", Column::Number(shares.iter().map(|s| Some(*s)).collect()));
    let each: Vec<String> = shares.iter().map(|s| number::fixed(*s, 2)).collect();
    let words = Words {
        name: NAME.to_owned(),
        title: TITLE.to_owned(),
        subtitle:
            "Flat: forecasts as wide as they should be; heaped at both ends: too narrow; heaped in the middle: too \
                   wide"
                .to_owned(),
        caption: format!(
            "{}. Dashed: the even share; grey: twice its standard error. {test}",
            number::counted(quantities, "observation")
        ),
        alt: format!("Shares of the bins from 0 to 1: {}.", each.join(", ")),
    };
    layout::compose(words, data, HEIGHT, |canvas, body| paint(canvas, body, shares, (even, band)))
}

fn paint(canvas: &Canvas, body: Area, shares: &[f64], (even, band): (f64, f64)) -> Result<(), ChartError> {
    let top = shares.iter().copied().fold(even + band, f64::max).min(1.0);
    let rising = Scale::round([0.0, top], 5.0);
    let axis = layout::widest(rising.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = body.inset(axis + 12.0, 24.0, 4.0, layout::FOOT);
    let y = rising.onto(plot.bottom(), plot.y + 4.0);
    let x = Scale::exact(0.0, 1.0, 5.0).onto(plot.x, plot.right());
    canvas.text((body.x, body.y + 7.0), "Share of the observations", theme::SMALL, theme::INK, Align::Left)?;
    let (low, high) = (y.at((even - band).max(0.0)), y.at(even + band));
    canvas.bar(Area { x: plot.x, y: high, w: plot.w, h: low - high }, theme::PALE, 0.45)?;
    layout::level_lines(canvas, plot, &y)?;
    let wide = plot.w / shares.len() as f64;
    for (i, share) in shares.iter().enumerate() {
        let place =
            Area { x: plot.x + i as f64 * wide + 1.0, y: y.at(*share), w: wide - 2.0, h: y.at(0.0) - y.at(*share) };
        canvas.bar(place, theme::BLUE, 0.85)?;
        let (from, to) = (i as f64 / shares.len() as f64, (i + 1) as f64 / shares.len() as f64);
        let words = format!("{} to {}: {}", number::fixed(from, 1), number::fixed(to, 1), number::fixed(*share, 3));
        canvas.hover(Area { x: place.x, y: plot.y, w: place.w, h: plot.h }, words);
    }
    canvas.dashes((plot.x, y.at(even)), (plot.right(), y.at(even)), theme::INK)?;
    layout::foot_axis(canvas, plot, &x, "Probability that the forecast gave to less than what came (PIT)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_drawn_and_nothing_is_said_to_be_nothing() {
        let chart = pit(&[0.5, 0.0, 0.5], 4, "").unwrap();
        assert_eq!(chart.data.numbers_where("share", |_| true), [0.5, 0.0, 0.5]);
        assert!(pit(&[], 0, "").unwrap().caption.contains("No data"));
    }
}
