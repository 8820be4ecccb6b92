//! What all charts have around the picture: title, subtitle, axes and the note at the foot.

use super::canvas::{Align, Area, Canvas, draw};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, theme};
use forestall_model::Table;

/// The words around and about a chart.
pub(super) struct Words {
    /// File stem.
    pub(super) name: String,
    /// What is shown.
    pub(super) title: String,
    /// How to read it, with units.
    pub(super) subtitle: String,
    /// Sample size and interval.
    pub(super) caption: String,
    /// The picture in words.
    pub(super) alt: String,
}

/// Lays out the words around a picture of `height` pixels and paints it.
pub(super) fn compose(
    words: Words,
    data: Table,
    height: f64,
    paint: impl FnOnce(&Canvas, Area) -> Result<(), ChartError>,
) -> Result<Chart, ChartError> {
    let inner = theme::WIDTH - 2.0 * theme::MARGIN;
    // A viewer without the typeface may set long lines a little wider.
    let long = inner * 0.96;
    let title = label::wrap(&words.title, theme::TITLE, long);
    let subtitle = label::wrap(&words.subtitle, theme::SUBTITLE, long);
    let caption = label::wrap(&words.caption, theme::CAPTION, long);
    let block = |lines: &[String], kind: theme::Type| lines.len() as f64 * kind.leading();
    let subtitle_top = theme::MARGIN + block(&title, theme::TITLE);
    let body_top = subtitle_top + block(&subtitle, theme::SUBTITLE) + 18.0;
    let caption_top = body_top + height + 16.0;
    let sheet = (theme::WIDTH, (caption_top + block(&caption, theme::CAPTION) + theme::MARGIN * 0.75).ceil());
    let body = Area { x: theme::MARGIN, y: body_top, w: inner, h: height };
    let middle = |top: f64, kind: theme::Type| (theme::MARGIN, top + kind.leading() / 2.0);
    let svg = draw(sheet, &words.title, &words.alt, |canvas| {
        let (ink, muted) = (theme::INK, theme::MUTED);
        canvas.lines(middle(theme::MARGIN, theme::TITLE), &title, theme::TITLE, ink, Align::Left)?;
        canvas.lines(middle(subtitle_top, theme::SUBTITLE), &subtitle, theme::SUBTITLE, muted, Align::Left)?;
        canvas.lines(middle(caption_top, theme::CAPTION), &caption, theme::CAPTION, muted, Align::Left)?;
        paint(canvas, body)
    })?;
    Ok(Chart {
        name: words.name,
        title: words.title,
        svg,
        data,
        caption: words.caption,
        alt: words.alt,
        // A page that prints title and caption itself shows only the part between them.
        picture: (subtitle_top - 4.0, caption_top - 4.0),
    })
}

/// A chart that says that there is nothing to show, and why.
pub(super) fn no_data(name: &str, title: &str, why: &str) -> Result<Chart, ChartError> {
    let words = Words {
        name: name.to_owned(),
        title: title.to_owned(),
        subtitle: String::new(),
        caption: format!("No data: {why}."),
        alt: format!("Empty chart: {why}."),
    };
    compose(words, Table::new(), 120.0, |canvas, body| {
        let at = (body.x + body.w / 2.0, body.y + body.h / 2.0);
        canvas.text(at, "No data", theme::SUBTITLE, theme::MUTED, Align::Centre)
    })
}

/// Light level lines across `plot` with their values at the left.
pub(super) fn level_lines(canvas: &Canvas, plot: Area, scale: &Scale) -> Result<(), ChartError> {
    bare_level_lines(canvas, plot, scale)?;
    scale.ticks().into_iter().try_for_each(|(value, text)| {
        canvas.text((plot.x - 8.0, scale.at(value)), &text, theme::SMALL, theme::MUTED, Align::Right)
    })
}

/// Light level lines without values, for a panel that shares its neighbour's axis.
pub(super) fn bare_level_lines(canvas: &Canvas, plot: Area, scale: &Scale) -> Result<(), ChartError> {
    scale.ticks().into_iter().try_for_each(|(value, _)| {
        let colour = if value == 0.0 { theme::AXIS } else { theme::GRID };
        canvas.line((plot.x, scale.at(value)), (plot.right(), scale.at(value)), colour, 1.0)
    })
}

/// An axis along the foot of `plot` with short ticks, values, and its title below.
pub(super) fn foot_axis(canvas: &Canvas, plot: Area, scale: &Scale, title: &str) -> Result<(), ChartError> {
    canvas.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), theme::AXIS, 1.0)?;
    let mut free_from = f64::NEG_INFINITY;
    for (value, text) in scale.ticks() {
        let x = scale.at(value);
        canvas.line((x, plot.bottom()), (x, plot.bottom() + 4.0), theme::AXIS, 1.0)?;
        let half = font::width(&text, theme::SMALL) / 2.0;
        if x - half > free_from {
            canvas.text((x, plot.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
            free_from = x + half + 8.0;
        }
    }
    let at = (plot.x + plot.w / 2.0, plot.bottom() + 31.0);
    canvas.text(at, title, theme::SMALL, theme::INK, Align::Centre)
}

/// The height that [`foot_axis`] needs below the plot.
pub(super) const FOOT: f64 = 40.0;

/// The widest of some texts.
pub(super) fn widest<'t>(texts: impl IntoIterator<Item = &'t str>, kind: theme::Type) -> f64 {
    texts.into_iter().map(|t| font::width(t, kind)).fold(0.0, f64::max)
}
