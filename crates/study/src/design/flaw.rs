//! What makes a factor impossible: found when a design is planned, not after its points have been run.

use forestall_model::LEAST_MASS;

use super::factor::{Factor, Levels};

/// Columns of a response that have a meaning of their own.
const RESERVED: [&str; 3] = ["row", "replicate", "design"];
/// Whole numbers beyond this have no exact double.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;
/// Ranks at which values are looked at.
const PROBES: [f64; 9] = [0.0, 1e-6, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0 - 1e-6, 1.0];

/// What was found and what would be right.
pub(crate) type Flaw = (String, String);

impl Factor {
    /// What is wrong with its name or its values, and what would be right; `None` if nothing is.
    pub(crate) fn flaw(&self) -> Option<Flaw> {
        name_flaw(&self.name).or_else(|| match &self.levels {
            Levels::Category(names) if names.len() < 2 => {
                Some((format!("there are {} categories", names.len()), "two or more different texts".into()))
            }
            Levels::Category(names) => names.iter().enumerate().find_map(|(i, name)| category_flaw(name, &names[..i])),
            Levels::Number { .. } => self.range_flaw(),
        })
    }

    fn range_flaw(&self) -> Option<Flaw> {
        let Levels::Number { least, most, whole, .. } = self.levels else { return None };
        let flaw = |message: String, expected: &str| Some((message, expected.to_owned()));
        if least >= most {
            return flaw("`low` is not below `high`".into(), "low < high");
        }
        let finite = "a range whose values are finite numbers";
        if self.width().is_some_and(|width| !width.is_finite()) {
            return flaw("the range is wider than any number".into(), finite);
        }
        let mass = self.mass();
        if mass.is_nan() || mass < LEAST_MASS {
            let message = format!("`low` and `high` leave {mass:.1e} of the distribution");
            return Some((message, format!("a cut that leaves {LEAST_MASS:e} or more")));
        }
        if let Some((first, last)) = self.whole_ends()
            && last - first < 1.0
        {
            let found = if last < first { "no whole number".into() } else { format!("no whole number but {first}") };
            return flaw(format!("there is {found} in the range"), "a range with two or more whole numbers");
        }
        let values = PROBES.map(|rank| self.value(rank));
        if let Some(value) = values.iter().find(|v| !v.is_finite()) {
            return flaw(format!("the distribution reaches {value}"), finite);
        }
        if let Some(value) = values.iter().find(|v| whole && v.abs() > LARGEST_WHOLE) {
            return flaw(format!("the distribution reaches {value:e}"), "whole numbers up to 9007199254740992 in size");
        }
        if values[0] >= values[values.len() - 1] {
            return flaw("the range holds one number alone".into(), "a wider range");
        }
        None
    }
}

/// Names stand in the header of a table, which other programs read and write.
fn name_flaw(name: &str) -> Option<Flaw> {
    let told = |found: &str, right: &str| {
        Some((format!("the name `{}` {found}", name.escape_debug()), format!("a name {right}")))
    };
    match name {
        _ if name.trim().is_empty() => told("is blank", "with letters or digits"),
        _ if name.trim() != name => told("begins or ends with a blank", "without blanks at its ends"),
        _ if odd(name) => told("holds a character that cannot be seen", "of visible characters"),
        _ if RESERVED.contains(&name) => told("is that of a column with a meaning in a response", "of its own"),
        _ => None,
    }
}

fn category_flaw(name: &str, before: &[String]) -> Option<Flaw> {
    let shown = name.escape_debug();
    if name.trim().is_empty() {
        return Some((format!("the category `{shown}` is blank"), "a word for each category".into()));
    }
    if odd(name) {
        let message = format!("the category `{shown}` holds a character that cannot be seen");
        return Some((message, "visible characters, blanks, tabs and line ends".into()));
    }
    let again = before.iter().any(|other| other == name);
    again.then(|| (format!("the category `{shown}` is there twice"), "different categories".into()))
}

/// Control characters, but for those that a quoted field holds well, and marks of byte order.
fn odd(text: &str) -> bool {
    text.chars().any(|c| c == '\u{feff}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Distribution;

    fn told(distribution: Distribution, least: f64, most: f64, whole: bool) -> Option<String> {
        let levels = Levels::Number { distribution, least, most, whole };
        Factor { name: "x".into(), group: None, levels }.flaw().map(|(message, _)| message)
    }

    #[test]
    fn ranges_without_mass_or_end_are_told() {
        let free = (f64::NEG_INFINITY, f64::INFINITY);
        let normal = Distribution::Normal { mean: 0.0, sd: 1.0 };
        let lognormal = |sigma| Distribution::Lognormal { median: 1.0, sigma };
        let uniform = |low, high| Distribution::Uniform { low, high };
        for (distribution, least, most) in [
            (normal, 9.0, free.1),
            (normal, 8.0, free.1),
            (normal, 5.0, free.1),
            (normal, free.0, -6.0),
            (uniform(0.0, 1.0), 2.0, free.1),
            (uniform(0.0, 1.0), 1.0 - 1e-8, free.1),
            (lognormal(0.5), free.0, 0.0),
            (lognormal(0.5), free.0, -3.0),
            (Distribution::Beta { a: 2.0, b: 2.0, low: 0.0, high: 1.0 }, 1.5, 2.0),
            (Distribution::Triangular { low: 0.0, mode: 0.0, high: 1.0 }, 0.9999, 2.0),
        ] {
            let message = told(distribution, least, most, false).expect("refused");
            assert!(message.contains("of the distribution"), "{distribution:?}: {message}");
        }
        for distribution in [
            uniform(-1e308, 1e308),
            lognormal(500.0),
            Distribution::Normal { mean: 1e308, sd: 1e308 },
            Distribution::Triangular { low: -1e200, mode: 0.0, high: 1e200 },
            Distribution::Beta { a: 2.0, b: 2.0, low: -1e308, high: 1e308 },
        ] {
            let message = told(distribution, free.0, free.1, false).expect("refused");
            assert!(message.contains("reaches") || message.contains("wider"), "{distribution:?}: {message}");
        }
        assert_eq!(told(normal, 4.5, free.1, false), None, "3.4e-6 of the distribution is left");
        assert_eq!(told(lognormal(5.0), free.0, free.1, false), None);
        assert_eq!(told(uniform(1e300, 1.1e300), free.0, free.1, false), None);
    }

    #[test]
    fn whole_numbers_need_two_of_them() {
        let uniform = |low, high| told(Distribution::Uniform { low, high }, f64::NEG_INFINITY, f64::INFINITY, true);
        assert!(uniform(0.2, 0.8).expect("none").contains("no whole number in"));
        assert!(uniform(0.5, 1.5).expect("one").contains("but 1 in"));
        assert_eq!((uniform(0.0, 1.0), uniform(-3.0, -1.5)), (None, None));
        assert!(uniform(0.0, 1e17).expect("too large").contains("reaches 2.5e16"));
        let normal = Distribution::Normal { mean: 0.5, sd: 1.0 };
        assert!(told(normal, 0.1, 0.9, true).expect("none").contains("no whole number in"));
        assert_eq!(told(normal, 0.0, f64::INFINITY, true), None);
    }

    #[test]
    fn names_that_a_table_cannot_hold_are_told() {
        let name = |name: &str| Factor::uniform(name, 0.0, 1.0).flaw().map(|(message, _)| message);
        for (bad, words) in
            [(" ", "blank"), (" a", "blank"), ("a\u{0}", "seen"), ("row", "meaning"), ("\u{feff}a", "seen")]
        {
            assert!(name(bad).expect("refused").contains(words), "{bad:?}");
        }
        for good in ["1", "a b", "a,\"b\"", "a\nb", "#a", "a;b", "ß", "true", "nan", "Unnamed: 0"] {
            assert_eq!(name(good), None, "{good}");
        }
        let categories = |names: &[&str]| {
            Factor::category("c", names.iter().map(|n| (*n).to_owned()).collect()).flaw().map(|(message, _)| message)
        };
        assert!(categories(&["a"]).expect("refused").contains("1 categories"));
        assert!(categories(&["a", "a"]).expect("refused").contains("twice"));
        assert!(categories(&["a", ""]).expect("refused").contains("blank"));
        assert!(categories(&["a", "\u{0}"]).expect("refused").contains("seen"));
        assert_eq!(categories(&[" a", "a ", "NA", "true", "01", "1", "1.0", "a\r\nb"]), None);
    }
}
