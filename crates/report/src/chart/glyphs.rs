//! Which signs the embedded typeface can draw, from its own table of characters.

use super::font;

/// Whether both faces have a picture of every sign of `text`; blanks need none.
pub fn drawable(text: &str) -> bool {
    text.chars().all(has)
}

/// `text` with a box in place of every sign that cannot be drawn, so that it is seen that something stands there.
pub(super) fn boxed(text: &str) -> String {
    text.chars().map(|c| if has(c) { c } else { '\u{25a0}' }).collect()
}

fn has(c: char) -> bool {
    c.is_whitespace() || font::faces().iter().all(|(_, face)| glyph(face, c).is_some_and(|glyph| glyph != 0))
}

/// The number of a sign's picture in a font with a table of format 4 for the basic plane; `None` where the sign or the
/// table is not there.
fn glyph(font: &[u8], c: char) -> Option<u16> {
    let code = u16::try_from(u32::from(c)).ok()?;
    let table = basic_plane(font)?;
    let twice = usize::from(word(table, 6)?);
    let (ends, starts) = (14, 16 + twice);
    let (deltas, offsets) = (starts + twice, starts + 2 * twice);
    let segment = (0..twice).step_by(2).find(|at| word(table, ends + at).is_some_and(|end| end >= code))?;
    let (start, delta) = (word(table, starts + segment)?, word(table, deltas + segment)?);
    if start > code {
        return None;
    }
    match word(table, offsets + segment)? {
        0 => Some(code.wrapping_add(delta)),
        offset => {
            let place = offsets + segment + usize::from(offset) + 2 * usize::from(code - start);
            word(table, place).map(|found| if found == 0 { 0 } else { found.wrapping_add(delta) })
        }
    }
}

/// The part of the font that maps Unicode's basic plane.
fn basic_plane(font: &[u8]) -> Option<&[u8]> {
    let count = usize::from(word(font, 4)?);
    let record = (0..count).map(|i| 12 + 16 * i).find(|&at| font.get(at..at + 4) == Some(b"cmap"))?;
    let cmap = font.get(long(font, record + 8)?..)?;
    let count = usize::from(word(cmap, 2)?);
    let tables = (0..count).filter_map(|i| cmap.get(long(cmap, 8 + 8 * i)?..));
    tables.into_iter().find(|table| word(table, 0) == Some(4))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::theme;

    #[test]
    fn latin_is_drawn_and_other_scripts_are_not() {
        for text in ["Überwachung ×2 – größer", "Øyenvitner på Ærø", "“…” 50 % −1", "", "a b"] {
            assert!(drawable(text), "{text}");
            assert_eq!(boxed(text), text);
        }
        for text in [
            "Контроль границ",
            "مراقبة الحدود",
            "שיתוף רשומות",
            "共享",
            "国境の監視",
            "국경",
            "सीमा",
            "🙂",
            "bell\u{7}x",
        ] {
            assert!(!drawable(text), "{text}");
        }
        assert_eq!(boxed("a共b 🙂"), "a\u{25a0}b \u{25a0}");
        assert!(has('\u{25a0}'));
    }

    #[test]
    fn a_broken_font_has_nothing() {
        for length in [0, 3, 5, 40, 400] {
            assert_eq!(glyph(&font::faces()[0].1[..length], 'a'), None);
        }
    }

    #[test]
    fn what_is_drawn_has_a_width() {
        for c in ('!'..'\u{2800}').filter(|c| has(*c) && !c.is_whitespace()) {
            assert!(font::width(&c.to_string(), theme::LABEL) > 0.0, "{c:?}");
        }
    }
}
