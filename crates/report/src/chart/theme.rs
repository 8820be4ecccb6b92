//! The look of every chart: colours, type sizes and margins, in pixels at scale 1.

use plotters::style::RGBColor;

/// Text and marks that matter most.
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
/// Subtitles, captions and axis numbers; 7:1 contrast on white.
pub(super) const MUTED: RGBColor = RGBColor(85, 85, 85);
/// Grid lines and row separators.
pub(super) const GRID: RGBColor = RGBColor(226, 226, 226);
/// Axis and zero lines.
pub(super) const AXIS: RGBColor = RGBColor(120, 120, 120);
/// The paper.
pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);
/// Cases still open, leftovers.
pub(super) const PALE: RGBColor = RGBColor(205, 205, 205);

// Okabe and Ito (2008), without its yellow, which vanishes on white.
/// Okabe–Ito blue.
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
/// Okabe–Ito vermilion.
pub(super) const VERMILION: RGBColor = RGBColor(213, 94, 0);
/// Okabe–Ito bluish green.
pub(super) const GREEN: RGBColor = RGBColor(0, 158, 115);
/// Okabe–Ito orange.
pub(super) const ORANGE: RGBColor = RGBColor(230, 159, 0);
/// Okabe–Ito sky blue.
pub(super) const SKY: RGBColor = RGBColor(86, 180, 233);
/// Okabe–Ito reddish purple.
pub(super) const PURPLE: RGBColor = RGBColor(204, 121, 167);

/// The baseline is always this dark grey, whatever the chart.
pub(super) const BASELINE: RGBColor = RGBColor(70, 70, 70);
/// Policies in the order of the file; more than these share a grey.
pub(super) const POLICIES: [RGBColor; 6] = [BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY];

/// The colour of policy number `index`, counted from 0.
pub(super) fn policy(index: usize) -> RGBColor {
    POLICIES.get(index).copied().unwrap_or(PALE)
}

/// How solid a quantile band is.
pub(super) const BAND: f64 = 0.18;

/// Chart width.
pub(super) const WIDTH: f64 = 900.0;
/// White space around everything.
pub(super) const MARGIN: f64 = 24.0;

/// A text size (pixels an em) and weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    /// Pixels an em.
    pub(super) size: f64,
    /// Bold rather than regular.
    pub(super) bold: bool,
}

impl Type {
    /// The distance from one line to the next.
    pub(super) fn leading(self) -> f64 {
        self.size * 1.32
    }
}

/// The chart's title.
pub(super) const TITLE: Type = Type { size: 17.0, bold: true };
/// The line below the title.
pub(super) const SUBTITLE: Type = Type { size: 12.5, bold: false };
/// Row and direct labels.
pub(super) const LABEL: Type = Type { size: 12.0, bold: false };
/// Headings of columns and panels.
pub(super) const HEADING: Type = Type { size: 11.5, bold: true };
/// Axis numbers and axis titles.
pub(super) const SMALL: Type = Type { size: 11.0, bold: false };
/// The note at the foot.
pub(super) const CAPTION: Type = Type { size: 10.5, bold: false };
