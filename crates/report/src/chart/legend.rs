//! Which colour is which arm, for charts whose lines cannot be labelled where they end.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::{Arm, BASELINE, ChartError, font, label, theme};

/// The height of one row of entries.
const ROW: f64 = 19.0;

/// The colour of each arm, in order: baseline dark grey, policies in the palette's order.
pub(super) fn colours(arms: &[Arm]) -> Vec<RGBColor> {
    let mut policies = 0;
    arms.iter()
        .map(|arm| {
            if arm.name == BASELINE {
                return theme::BASELINE;
            }
            policies += 1;
            theme::policy(policies - 1)
        })
        .collect()
}

/// The order in which to draw arms: those without a colour of their own first, the baseline last and on top.
pub(super) fn drawing_order(arms: &[Arm]) -> Vec<usize> {
    let colours = colours(arms);
    let mut order: Vec<usize> = (0..arms.len()).rev().collect();
    order.sort_by_key(|&k| (arms[k].name == BASELINE, colours[k] != theme::PALE));
    order
}

/// Entries that flow over as many rows as they need.
pub(super) struct Legend {
    /// Label, colour, left and top of each entry.
    entries: Vec<(String, RGBColor, f64, f64)>,
}

impl Legend {
    /// One entry an arm; the policies beyond the palette share one.
    pub(super) fn of(arms: &[Arm]) -> Self {
        let mut labels = Vec::new();
        let mut others = 0;
        for (arm, colour) in arms.iter().zip(colours(arms)) {
            if colour == theme::PALE {
                others += 1;
            } else {
                labels.push((label::wrap_to(&arm.label, theme::LABEL, 330.0, 1).concat(), colour));
            }
        }
        if others > 0 {
            let further =
                if others == 1 { "1 further policy".to_owned() } else { format!("{others} further policies") };
            labels.push((further, theme::PALE));
        }
        let width = theme::WIDTH - 2.0 * theme::MARGIN;
        let (mut x, mut y) = (0.0, 0.0);
        let place = |(label, colour): (String, RGBColor)| {
            let wide = 24.0 + font::width(&label, theme::LABEL);
            if x > 0.0 && x + wide > width {
                (x, y) = (0.0, y + ROW);
            }
            let entry = (label, colour, x, y);
            x += wide + 24.0;
            entry
        };
        Self { entries: labels.into_iter().map(place).collect() }
    }

    /// The height of all rows.
    pub(super) fn height(&self) -> f64 {
        self.entries.last().map_or(0.0, |e| e.3 + ROW)
    }

    /// Draws the entries from the top left of `body`.
    pub(super) fn draw(&self, canvas: &Canvas, body: Area) -> Result<(), ChartError> {
        self.entries.iter().try_for_each(|(label, colour, x, y)| {
            let (x, y) = (body.x + x, body.y + y + 6.0);
            canvas.line((x, y), (x + 18.0, y), *colour, 2.5)?;
            canvas.text((x + 24.0, y), label, theme::LABEL, theme::INK, Align::Left)
        })
    }
}
