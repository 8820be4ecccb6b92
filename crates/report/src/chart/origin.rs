//! Where a picture comes from, written into it below all else, for whoever meets it apart from its page.

use super::{Chart, canvas, label, theme};

impl Chart {
    /// The same with a line below the caption that says where it comes from. The sheet grows by it; what a page cuts out
    /// of it stays where it was.
    #[must_use]
    pub fn with_origin(mut self, origin: &str) -> Self {
        let lines = label::wrap(origin, theme::CAPTION, 0.96 * (theme::WIDTH - 2.0 * theme::MARGIN));
        let found = self.svg.split_once("height=\"").and_then(|(_, rest)| rest.split_once('"'));
        let Some(height) = found.and_then(|(height, _)| height.parse::<u32>().ok()) else { return self };
        let added = (lines.len() as f64 * theme::CAPTION.leading()).ceil();
        let taller = height + added as u32;
        // The sheet is drawn in tenths of a pixel.
        for (old, new) in [
            (format!("height=\"{height}\""), format!("height=\"{taller}\"")),
            (format!(" {height}0\""), format!(" {taller}0\"")),
            (format!("height=\"{height}0\""), format!("height=\"{taller}0\"")),
        ] {
            self.svg = self.svg.replacen(&old, &new, 1);
        }
        let mut texts = String::new();
        for (place, line) in lines.iter().enumerate() {
            let top = f64::from(height) - theme::MARGIN * 0.75 + 4.0 + place as f64 * theme::CAPTION.leading();
            let (x, y) = (10.0 * theme::MARGIN, 10.0 * (top + theme::CAPTION.leading() / 2.0));
            let (size, fill) =
                (10.0 * theme::CAPTION.size, format!("rgb({},{},{})", theme::MUTED.0, theme::MUTED.1, theme::MUTED.2));
            let text = canvas::escape(line);
            texts += &format!(
                "<text x=\"{x:.0}\" y=\"{y:.0}\" dy=\"0.5ex\" text-anchor=\"start\" font-size=\"{size:.0}\" \
                 fill=\"{fill}\">{text}</text>\n"
            );
        }
        if let Some(end) = self.svg.rfind("</svg>") {
            self.svg.insert_str(end, &texts);
        }
        self
    }
}
