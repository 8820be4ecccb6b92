//! The embedded typeface: registered once for drawing, measured for layout, handed to the rasteriser.

use std::sync::{Once, OnceLock};

use plotters::style::{FontStyle, IntoFont, register_font};
use resvg::usvg::fontdb;

use super::theme::Type;

/// The family name inside the font files.
pub(super) const FAMILY: &str = "DejaVu Sans";
/// What a viewer without the font falls back to, widest first so that nothing grows.
pub(crate) const STACK: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

static REGULAR: &[u8] = include_bytes!("../../../../assets/DejaVuSans.ttf");
static BOLD: &[u8] = include_bytes!("../../../../assets/DejaVuSans-Bold.ttf");

/// plotters writes a font size of `size / 1.24`.
const PLOTTERS_SIZE: f64 = 1.24;
/// Ascent minus descent in ems, from the font's own header; plotters measures with this as its unit.
const LINE_BOX: f64 = 2384.0 / 2048.0;

/// Makes the embedded faces known to plotters; needed before anything is drawn or measured.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The files are compiled in, so a failure here would fail every test of this room as well.
        let _ = register_font(FAMILY, FontStyle::Normal, REGULAR);
        let _ = register_font(FAMILY, FontStyle::Bold, BOLD);
    });
}

/// The size plotters must be given for `pixels` an em.
pub(super) fn plotters_size(pixels: f64) -> f64 {
    pixels * PLOTTERS_SIZE
}

/// The weight as plotters names it.
pub(super) fn style(kind: Type) -> FontStyle {
    if kind.bold { FontStyle::Bold } else { FontStyle::Normal }
}

/// The width of `text` in pixels; 0 where a text cannot be measured.
pub(super) fn width(text: &str, kind: Type) -> f64 {
    // plotters rounds down to whole units: measuring a hundred times larger makes that harmless.
    const ENLARGED: f64 = 100.0;
    register();
    let font = (FAMILY, plotters_size(kind.size) * ENLARGED, style(kind)).into_font();
    let Ok(((left, _), (right, _))) = font.layout_box(text) else { return 0.0 };
    f64::from(right - left) / ENLARGED * LINE_BOX / PLOTTERS_SIZE
}

/// A font database with the embedded faces and no others, so that every machine draws the same pixels.
pub(super) fn database() -> std::sync::Arc<fontdb::Database> {
    static DATABASE: OnceLock<std::sync::Arc<fontdb::Database>> = OnceLock::new();
    DATABASE
        .get_or_init(|| {
            let mut database = fontdb::Database::new();
            database.load_font_data(REGULAR.to_vec());
            database.load_font_data(BOLD.to_vec());
            database.set_sans_serif_family(FAMILY);
            std::sync::Arc::new(database)
        })
        .clone()
}

/// The two faces as (weight, bytes), for embedding in a page.
pub(crate) fn faces() -> [(u16, &'static [u8]); 2] {
    [(400, REGULAR), (700, BOLD)]
}
