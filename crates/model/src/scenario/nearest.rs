//! The nearest known name to a misspelt one.

/// Damerau–Levenshtein distance (optimal string alignment) in characters.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// The name nearest to `word`, if it is near enough to be meant; the first of equals.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words cannot be near any name, and would cost time.
    if word.len() > 200 {
        return None;
    }
    let folded = word.to_lowercase().replace('-', "_");
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        let away = distance(&folded, &name.to_lowercase().replace('-', "_"));
        if best.is_none_or(|(least, _)| away < least) {
            best = Some((away, name));
        }
    }
    let (away, name) = best?;
    let allowed = (name.chars().count().max(word.chars().count()) / 3).max(1);
    (away <= allowed).then_some(name)
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
        assert_eq!(distance("analysts", "analysts"), 0);
        assert_eq!(distance("anaylsts", "analysts"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn only_near_names_are_proposed() {
        let known = ["analysts", "case_officers", "surveillance_officers"];
        assert_eq!(nearest("analists", known), Some("analysts"));
        assert_eq!(nearest("Case-Officer", known), Some("case_officers"));
        assert_eq!(nearest("budget", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
        assert_eq!(nearest("", []), None);
    }
}
