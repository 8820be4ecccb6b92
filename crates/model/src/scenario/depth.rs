//! How deep a text nests, seen before it is parsed: what nests deeper than any scenario is not parsed at all.

/// Most parts of one dotted key or heading.
pub(super) const MOST_PARTS: usize = 32;
/// Most brackets and braces within one another.
pub(super) const MOST_BRACKETS: usize = 48;

/// What nests too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooDeep {
    /// A key of too many parts begins to be too long at this byte.
    Key(usize),
    /// The bracket at this byte stands within too many others.
    Bracket(usize),
}

/// The first place at which `text` nests too deep. A text that is no TOML may be taken for deep; none that is deep is
/// taken for shallow.
pub(super) fn too_deep(text: &str) -> Option<TooDeep> {
    let bytes = text.as_bytes();
    let (mut at, mut brackets, mut parts) = (0, 0_usize, 1_usize);
    while let Some(&byte) = bytes.get(at) {
        let mut next = at + 1;
        match byte {
            b'#' => next = at + until(&bytes[at..], b'\n'),
            b'"' | b'\'' => next = at + quoted(&bytes[at..], byte),
            b'.' => parts += 1,
            b'[' | b'{' => (brackets, parts) = (brackets + 1, 1),
            b']' | b'}' => (brackets, parts) = (brackets.saturating_sub(1), 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b' ' | b'\t' => {}
            _ => parts = 1,
        }
        if parts > MOST_PARTS {
            return Some(TooDeep::Key(at));
        }
        if brackets > MOST_BRACKETS {
            return Some(TooDeep::Bracket(at));
        }
        at = next;
    }
    None
}

/// Bytes before `end`, or all.
fn until(bytes: &[u8], end: u8) -> usize {
    bytes.iter().position(|byte| *byte == end).unwrap_or(bytes.len())
}

/// Bytes of the quoted text that begins here; one that does not end reaches to the end of its line, or of the text.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let lines = bytes.starts_with(&[quote; 3]);
    let mut at = if lines { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !lines => return at,
            _ if byte == quote && !lines => return at + 1,
            _ if lines && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scenario_needs_is_not_deep() {
        let list = "1.5, ".repeat(1_000);
        let text = format!(
            "# {}\nx = \"{}\"\ny = [{list}]\n[a.b.'c.d'.\"e\"]\nf.g = {{ h.i = [[1.0]] }}\n",
            "a.".repeat(99),
            "b.[".repeat(99)
        );
        assert_eq!(too_deep(&text), None);
        assert_eq!(
            too_deep(&format!("x = '''\n{}\n'''\ny = \"\"\"\\\"{}\"\"\"\n", "[".repeat(99), "{".repeat(99))),
            None
        );
        assert_eq!(too_deep(&"[a]\n".repeat(1_000)), None);
        assert_eq!(too_deep(""), None);
    }

    #[test]
    fn deep_keys_and_brackets_are_found_where_they_go_too_far() {
        assert_eq!(too_deep(&format!("{}a = 1\n", "a.".repeat(1_000_000))), Some(TooDeep::Key(2 * MOST_PARTS - 1)));
        assert_eq!(too_deep(&format!("[{}a]\n", "a . ".repeat(99))), Some(TooDeep::Key(4 * MOST_PARTS - 1)));
        assert_eq!(too_deep(&format!("{}a = 1\n", "'a'.".repeat(99))), Some(TooDeep::Key(4 * MOST_PARTS - 1)));
        assert_eq!(too_deep(&"[".repeat(99)), Some(TooDeep::Bracket(MOST_BRACKETS)));
        assert!(matches!(too_deep(&format!("x = {}", "{a=".repeat(99))), Some(TooDeep::Bracket(_))));
        // A quote that does not end hides no more than its line.
        assert!(matches!(too_deep(&format!("x = \"\n{}", "[".repeat(99))), Some(TooDeep::Bracket(_))));
    }
}
