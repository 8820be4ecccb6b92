//! PNG pictures, made from the same SVG with the same typeface.

use resvg::{tiny_skia, usvg};

use super::{Chart, ChartError, font};

/// The chart as a PNG file, `scale` pixels to one SVG pixel (2 suits print at column width).
///
/// # Errors
/// [`ChartError::Size`] for a scale outside 0.1–10, [`ChartError::Svg`] where the drawing cannot be read back.
pub fn png(chart: &Chart, scale: f64) -> Result<Vec<u8>, ChartError> {
    let wrong_size = || ChartError::Size { chart: chart.name.clone(), scale };
    if !(0.1..=10.0).contains(&scale) {
        return Err(wrong_size());
    }
    let invalid = |reason: String| ChartError::Svg { chart: chart.name.clone(), reason };
    let tree = parse(&chart.svg).map_err(|e| invalid(e.to_string()))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = scale as f32;
    let mut pixels =
        tiny_skia::Pixmap::new((width * scale).ceil() as u32, (height * scale).ceil() as u32).ok_or_else(wrong_size)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| invalid(e.to_string()))
}

/// Reads an SVG with the embedded typeface only.
pub(super) fn parse(svg: &str) -> Result<usvg::Tree, usvg::Error> {
    let options =
        usvg::Options { font_family: font::FAMILY.into(), fontdb: font::database(), ..usvg::Options::default() };
    usvg::Tree::from_str(svg, &options)
}
