//! The nearest known name to a misspelt one.

use strsim::osa_distance;

/// The name nearest to `word`, if it is near enough to be meant; the first of equals.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words cannot be near any name, and would cost time.
    if word.len() > 200 {
        return None;
    }
    let folded = word.to_lowercase().replace('-', "_");
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        let away = osa_distance(&folded, &name.to_lowercase().replace('-', "_"));
        if best.is_none_or(|(least, _)| away < least) {
            best = Some((away, name));
        }
    }
    let (away, name) = best?;
    let allowed = (name.chars().count().max(word.chars().count()) / 3).max(1);
    // Two names of one letter are never alike.
    (away <= allowed && away < word.chars().count().max(name.chars().count())).then_some(name)
}

/// "did you mean …?", if a known name is near enough.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_count_once() {
        assert_eq!(nearest("naly", ["anly"]), Some("anly"));
        assert_eq!(nearest("anaylsts", ["analysts"]), Some("analysts"));
        // Two swaps in a name of four letters are one too many.
        assert_eq!(nearest("bdac", ["abcd"]), None);
    }

    #[test]
    fn only_near_names_are_proposed() {
        let known = ["analysts", "case_officers", "surveillance_officers"];
        assert_eq!(nearest("analists", known), Some("analysts"));
        assert_eq!(nearest("Case-Officer", known), Some("case_officers"));
        assert_eq!(nearest("budget", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
        assert_eq!(nearest("", []), None);
        assert_eq!(nearest("b", ["a", "pq"]), None);
        assert_eq!(nearest("A", ["b", "a"]), Some("a"));
    }
}
