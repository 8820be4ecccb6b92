//! A sheet to draw on in fractional pixels: plotters underneath, hover texts and sizes added to its SVG.

use std::cell::RefCell;
use std::fmt::Write as _;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::theme::Type;
use super::{ChartError, font, glyphs, theme};

/// plotters rounds to whole units, so everything is drawn this much larger and shown at the true size.
pub(super) const FINE: f64 = 10.0;

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Starts at the point.
    Left,
    /// Is centred on the point.
    Centre,
    /// Ends at the point.
    Right,
}

/// A rectangle in pixels, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    /// Left edge.
    pub(super) x: f64,
    /// Top edge.
    pub(super) y: f64,
    /// Width.
    pub(super) w: f64,
    /// Height.
    pub(super) h: f64,
}

impl Area {
    /// The right edge.
    pub(super) fn right(self) -> f64 {
        self.x + self.w
    }

    /// The bottom edge.
    pub(super) fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// The same area less these margins.
    pub(super) fn inset(self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { x: self.x + left, y: self.y + top, w: self.w - left - right, h: self.h - top - bottom }
    }
}

/// A place that shows `text` when pointed at.
struct Hover {
    place: Area,
    text: String,
}

/// The sheet.
pub(super) struct Canvas<'a> {
    sheet: DrawingArea<SVGBackend<'a>, Shift>,
    hovers: RefCell<Vec<Hover>>,
}

fn fine(x: f64, y: f64) -> (i32, i32) {
    ((x * FINE).round() as i32, (y * FINE).round() as i32)
}

fn pen(width: f64) -> u32 {
    (width * FINE).round().max(1.0) as u32
}

// `map_err` hands the error over by value.
#[allow(clippy::needless_pass_by_value)]
fn failed<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> ChartError {
    ChartError::Drawing(error.to_string())
}

impl Canvas<'_> {
    /// A line through `points`.
    pub(super) fn path(&self, points: &[(f64, f64)], colour: RGBColor, width: f64) -> Result<(), ChartError> {
        if points.len() < 2 {
            return Ok(());
        }
        let points: Vec<_> = points.iter().map(|&(x, y)| fine(x, y)).collect();
        self.sheet.draw(&PathElement::new(points, colour.stroke_width(pen(width)))).map_err(failed)
    }

    /// A straight line.
    pub(super) fn line(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        colour: RGBColor,
        width: f64,
    ) -> Result<(), ChartError> {
        self.path(&[from, to], colour, width)
    }

    /// A dashed straight line, horizontal or vertical.
    pub(super) fn dashes(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Result<(), ChartError> {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let along = |s: f64| {
            let t = if length > 0.0 { (s / length).min(1.0) } else { 0.0 };
            (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t)
        };
        let count = (length / 6.0).ceil() as usize;
        (0..count).try_for_each(|i| {
            let start = i as f64 * 6.0;
            self.line(along(start), along(start + 3.0), colour, 1.0)
        })
    }

    /// A filled shape; `alpha` 1 is solid.
    pub(super) fn shape(&self, points: &[(f64, f64)], colour: RGBColor, alpha: f64) -> Result<(), ChartError> {
        if points.len() < 3 {
            return Ok(());
        }
        let points: Vec<_> = points.iter().map(|&(x, y)| fine(x, y)).collect();
        self.sheet.draw(&Polygon::new(points, colour.mix(alpha).filled())).map_err(failed)
    }

    /// A filled rectangle.
    pub(super) fn bar(&self, area: Area, colour: RGBColor, alpha: f64) -> Result<(), ChartError> {
        let corners = [fine(area.x, area.y), fine(area.right(), area.bottom())];
        self.sheet.draw(&Rectangle::new(corners, colour.mix(alpha).filled())).map_err(failed)
    }

    /// A round mark, solid or open.
    pub(super) fn dot(&self, at: (f64, f64), radius: f64, colour: RGBColor, solid: bool) -> Result<(), ChartError> {
        let size = (radius * FINE).round() as i32;
        let centre = fine(at.0, at.1);
        let inside = if solid { colour } else { theme::PAPER };
        self.sheet.draw(&Circle::new(centre, size, inside.filled())).map_err(failed)?;
        self.sheet.draw(&Circle::new(centre, size, colour.stroke_width(pen(1.6)))).map_err(failed)
    }

    /// One line of text, its middle at `at.1`; control characters become spaces.
    pub(super) fn text(
        &self,
        at: (f64, f64),
        text: &str,
        kind: Type,
        colour: RGBColor,
        align: Align,
    ) -> Result<(), ChartError> {
        let text = glyphs::boxed(&clean(text));
        if text.trim().is_empty() {
            return Ok(());
        }
        let side = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = (font::FAMILY, font::plotters_size(kind.size) * FINE, font::style(kind))
            .into_font()
            .color(&colour)
            .pos(Pos::new(side, VPos::Center));
        // The backend centres on the height of an x; capitals and digits are a little taller.
        let place = fine(at.0, at.1 + kind.size * 0.085);
        self.sheet.draw(&Text::new(text.trim(), place, style)).map_err(failed)
    }

    /// Several lines of text, the first one's middle at `at.1`.
    pub(super) fn lines(
        &self,
        at: (f64, f64),
        lines: &[String],
        kind: Type,
        colour: RGBColor,
        align: Align,
    ) -> Result<(), ChartError> {
        lines
            .iter()
            .enumerate()
            .try_for_each(|(i, line)| self.text((at.0, at.1 + i as f64 * kind.leading()), line, kind, colour, align))
    }

    /// Shows `text` while the pointer is in `place`.
    pub(super) fn hover(&self, place: Area, text: impl Into<String>) {
        self.hovers.borrow_mut().push(Hover { place, text: text.into() });
    }
}

/// `text` without characters that XML forbids or that would break a line.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}

/// `text` safe between XML tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Draws on a sheet of `width` by `height` pixels and returns its SVG, described by `title` and `alt`.
pub(super) fn draw(
    (width, height): (f64, f64),
    title: &str,
    alt: &str,
    paint: impl FnOnce(&Canvas) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    font::register();
    let height = height.ceil();
    let mut raw = String::new();
    let hovers = {
        let size = ((width * FINE) as u32, (height * FINE) as u32);
        let sheet = SVGBackend::with_string(&mut raw, size).into_drawing_area();
        sheet.fill(&theme::PAPER).map_err(failed)?;
        let canvas = Canvas { sheet, hovers: RefCell::new(Vec::new()) };
        paint(&canvas)?;
        canvas.sheet.present().map_err(failed)?;
        canvas.hovers.into_inner()
    };
    Ok(finish(&raw, (width, height), title, alt, &hovers))
}

/// Replaces the head of plotters' SVG, joins its text lines and appends the hover places.
fn finish(raw: &str, (width, height): (f64, f64), title: &str, alt: &str, hovers: &[Hover]) -> String {
    let mut out = String::with_capacity(raw.len() + 512);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         role=\"img\" aria-label=\"{}\" font-family=\"{}\" stroke-linejoin=\"round\">",
        width * FINE,
        height * FINE,
        escape(title),
        font::STACK,
    );
    let _ = writeln!(out, "<desc>{}</desc>", escape(alt));
    let family = format!(" font-family=\"{}\"", font::FAMILY);
    for line in raw.lines().skip(1).filter(|l| !l.starts_with("</svg")) {
        if line.starts_with("<text") {
            out.push_str(&line.replace(&family, ""));
        } else {
            out.push_str(line);
            if line.starts_with('<') {
                out.push('\n');
            }
        }
    }
    for Hover { place, text } in hovers {
        let ((x, y), (right, bottom)) = (fine(place.x, place.y), fine(place.right(), place.bottom()));
        let (w, h) = ((right - x).max(1), (bottom - y).max(1));
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"none\" pointer-events=\"all\"><title>{}</title></rect>",
            escape(text)
        );
    }
    out.push_str("</svg>\n");
    out
}
