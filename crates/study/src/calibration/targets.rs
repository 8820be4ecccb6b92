//! The targets file: facts with intervals, each with the pattern of result columns that should meet it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::montecarlo::pattern::{Expression, Known};
use forestall_model::{Diagnostic, Diagnostics, Source, did_you_mean};

use super::error::CalibrationError;

/// A fact and the pattern that should meet it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What is compared, in words.
    pub pattern: String,
    /// The row of the evidence table.
    pub fact: String,
    /// The expression over result columns, as written.
    pub outcome: String,
    /// The expression, parsed.
    pub expression: Expression,
    /// Least value that agrees.
    pub low: f64,
    /// Greatest value that agrees, above `low`.
    pub high: f64,
    /// The value as published, between the two (a count may be an end); without one the middle.
    pub value: f64,
    /// Whether the file states that value.
    pub stated: bool,
    /// Whether it is a count of one source, to be compared with a count: chance in it is the model's own.
    pub count: bool,
    /// How much it counts in the distance.
    pub weight: f64,
    /// Kept out of the distance, to test the posterior on something that it has not seen.
    pub held_out: bool,
    /// A remark.
    pub note: String,
}

#[cfg(test)]
impl Target {
    /// A target for tests.
    pub(super) fn example() -> Self {
        Self {
            pattern: "Arrests".into(),
            fact: "F46".into(),
            outcome: "arrests".into(),
            expression: Expression::parse("arrests").unwrap(),
            low: 0.0,
            high: 1.0,
            value: 0.5,
            stated: true,
            count: false,
            weight: 1.0,
            held_out: false,
            note: String::new(),
        }
    }
}

/// All targets, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets(pub Vec<Target>);

const KEYS: [&str; 10] = ["pattern", "fact", "outcome", "low", "high", "value", "count", "weight", "held_out", "note"];

type Node<'i> = Spanned<DeValue<'i>>;

impl Targets {
    /// Reads a targets file: `[[targets]]` with `pattern`, `fact`, `outcome`, `low`, `high`.
    ///
    /// # Errors
    /// [`CalibrationError::Targets`] with every mistake and its place.
    pub fn parse(file: &str, text: &str, known: &Known) -> Result<Self, CalibrationError> {
        let mut reader = Reader { source: Source::new(file, text.to_owned()), found: Vec::new() };
        let (tree, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            reader.report(reader.at(&span, format!("this is not valid TOML: {}", error.message())));
        }
        let targets = if errors.is_empty() { reader.targets(tree.get_ref(), known) } else { Vec::new() };
        if !reader.found.is_empty() {
            return Err(CalibrationError::Targets(Diagnostics(reader.found)));
        }
        if targets.iter().all(|t| t.held_out) {
            let reason = if targets.is_empty() { "holds no [[targets]]" } else { "holds out every target" };
            return Err(CalibrationError::request(format!("{file} {reason}: there is nothing to fit")));
        }
        Ok(Self(targets))
    }
}

/// Collects targets and mistakes.
struct Reader {
    source: Source,
    found: Vec<Diagnostic>,
}

impl Reader {
    fn at(&self, span: &std::ops::Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.source.mark(span), message)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    fn targets(&mut self, tree: &DeTable<'_>, known: &Known) -> Vec<Target> {
        for (key, _) in tree.iter().filter(|(key, _)| key.get_ref() != "targets") {
            let near = did_you_mean(key.get_ref(), ["targets"]);
            let diagnostic = self.at(&key.span(), format!("unknown key `{}` in a targets file", key.get_ref()));
            self.report(diagnostic.expected("rows headed [[targets]]").maybe_help(near));
        }
        let Some(node) = tree.get("targets") else { return Vec::new() };
        let Some(items) = node.get_ref().as_array() else {
            let diagnostic = self.at(&node.span(), "`targets` is no list");
            self.report(diagnostic.expected("rows headed [[targets]]"));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.target(item, known)).collect()
    }

    fn target(&mut self, item: &Node<'_>, known: &Known) -> Option<Target> {
        let Some(table) = item.get_ref().as_table() else {
            let diagnostic = self.at(&item.span(), "a target is a table");
            self.report(diagnostic.expected("a row headed [[targets]]"));
            return None;
        };
        for (key, _) in table.iter().filter(|(key, _)| !KEYS.contains(&key.get_ref().as_ref())) {
            let near = did_you_mean(key.get_ref(), KEYS);
            let diagnostic = self.at(&key.span(), format!("unknown key `{}` in a target", key.get_ref()));
            self.report(diagnostic.expected(KEYS.join(", ")).maybe_help(near));
        }
        for key in ["pattern", "fact", "outcome", "low", "high"] {
            if table.get(key).is_none() {
                let diagnostic = self.at(&item.span(), format!("this target has no `{key}`"));
                self.report(diagnostic.expected("pattern, fact, outcome, low and high"));
            }
        }
        let (low, high, weight) = (self.number(table, "low"), self.number(table, "high"), self.number(table, "weight"));
        let (pattern, fact, note) = (self.text(table, "pattern"), self.text(table, "fact"), self.text(table, "note"));
        let (held_out, count) = (self.switch(table, "held_out"), self.switch(table, "count"));
        let value = self.number(table, "value");
        let expression = self.expression(table, known);
        let (low, high, (outcome, expression)) = (low?, high?, expression?);
        if low >= high {
            let diagnostic = self.at(&item.span(), "`low` is not below `high`").found(format!("{low} and {high}"));
            self.report(diagnostic.expected("an interval: how far off the fact itself may be"));
        }
        let outside = |v: f64| if count == Some(true) { v < low || v > high } else { v <= low || v >= high };
        if low < high && value.is_some_and(outside) {
            let diagnostic = self.at(&item.span(), "`value` does not lie between `low` and `high`");
            let found = format!("{} in {low} to {high}", value.unwrap_or_default());
            self.report(diagnostic.found(found).expected("the value as published, inside its interval"));
        }
        if count == Some(true) && value.is_none_or(|v| v < 0.0 || v.fract() != 0.0) {
            let diagnostic = self.at(&item.span(), "a target with `count = true` has no whole `value`");
            self.report(diagnostic.expected("the published count as `value`, such as 12"));
        }
        if weight.is_some_and(|w| w <= 0.0) {
            let diagnostic = self.at(&item.span(), "`weight` must be above 0");
            self.report(diagnostic.help("write `held_out = true` for a target that must not count"));
        }
        Some(Target {
            pattern: pattern?,
            fact: fact?,
            outcome,
            expression,
            low,
            high,
            value: value.unwrap_or_else(|| f64::midpoint(low, high)),
            stated: value.is_some(),
            count: count.unwrap_or(false),
            weight: weight.unwrap_or(1.0),
            held_out: held_out.unwrap_or(false),
            note: note.unwrap_or_default(),
        })
    }

    fn wrong(&mut self, node: &Node<'_>, key: &str, expected: &str) {
        let diagnostic = self.at(&node.span(), format!("`{key}` cannot have this value"));
        self.report(diagnostic.found(format!("a value of type {}", node.get_ref().type_str())).expected(expected));
    }

    fn number(&mut self, table: &DeTable<'_>, key: &str) -> Option<f64> {
        let node = table.get(key)?;
        let number = match node.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok().map(|whole| whole as f64),
            DeValue::Float(n) => n.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|x: &f64| x.is_finite());
        if number.is_none() {
            self.wrong(node, key, "a finite number");
        }
        number
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let node = table.get(key)?;
        let text = node.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(node, key, "a text in double quotes");
        }
        text
    }

    fn switch(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let node = table.get(key)?;
        let yes = node.get_ref().as_bool();
        if yes.is_none() {
            self.wrong(node, key, "true or false");
        }
        yes
    }

    fn expression(&mut self, table: &DeTable<'_>, known: &Known) -> Option<(String, Expression)> {
        let text = self.text(table, "outcome")?;
        let parsed = Expression::parse(&text).and_then(|e| e.check(known).map(|()| e));
        match parsed {
            Ok(expression) => Some((text, expression)),
            Err(reason) => {
                let span = table.get("outcome").map_or(0..0, Spanned::span);
                let diagnostic = self.at(&span, reason);
                self.report(
                    diagnostic.help("write a sum of columns, or a ratio of two sums, as in docs/calibration.md"),
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Targets, CalibrationError> {
        let known = Known { countries: vec!["FR".into(), "DE".into()], years: vec!["2014".into(), "2015".into()] };
        Targets::parse("t.toml", text, &known)
    }

    const ROW: &str = "[[targets]]\npattern = \"Arrests\"\nfact = \"F46\"\nlow = 1\nhigh = 2\n";

    #[test]
    fn a_row_is_read() {
        let text = format!("{ROW}outcome = \"FR:arrests\"\nweight = 2.5\nheld_out = false\nnote = \"of a year\"\n");
        let found = parse(&text).unwrap().0.remove(0);
        assert_eq!((found.low, found.high, found.weight, found.held_out), (1.0, 2.0, 2.5, false));
        assert_eq!(found.outcome, "FR:arrests");
        assert_eq!((found.value, found.stated, found.count), (1.5, false, false));
        let counted = parse(&format!("{ROW}outcome = \"arrests\"\ncount = true\nvalue = 1\n")).unwrap().0.remove(0);
        assert_eq!((counted.value, counted.stated, counted.count), (1.0, true, true));
    }

    #[test]
    fn mistakes_are_told_all_at_once_with_their_places() {
        let text = "[[targets]]\npattern = \"A\"\nfact = \"F1\"\noutcome = \"arests\"\nlow = 3\nhigh = 2\n\n[[targets]]\n\
                    patern = \"B\"\nfact = 7\noutcome = \"DE:arrests\"\nlow = 0\nhigh = \"x\"\n\n[[target]]\n";
        let error = parse(text).unwrap_err().to_string();
        for part in [
            "t.toml:4:11",
            "no column is called `arests`",
            "did you mean `arrests`",
            "t.toml:9:1",
            "unknown key `patern`",
            "t.toml:10:8",
            "t.toml:13:8",
            "unknown key `target` in a targets file",
            "this target has no `pattern`",
        ] {
            assert!(error.contains(part), "{part} is missing from\n{error}");
        }
    }

    #[test]
    fn intervals_places_and_weights_are_checked() {
        for (more, part) in [
            ("outcome = \"SE:arrests\"", "`SE` is no country of the run"),
            ("outcome = \"observed_foiled@2019\"", "`2019` is no year of the run"),
            ("outcome = \"cost@2014\"", "no column is called `cost`"),
            ("outcome = \"arrests / arrests / arrests\"", "more than one `/`"),
            ("outcome = \"arrests\"\nweight = 0", "`weight` must be above 0"),
            ("outcome = \"arrests\"\nvalue = 3", "`value` does not lie between `low` and `high`"),
            ("outcome = \"arrests\"\nvalue = 1", "`value` does not lie between `low` and `high`"),
            ("outcome = \"arrests\"\ncount = true", "a target with `count = true` has no whole `value`"),
            ("outcome = \"arrests\"\ncount = true\nvalue = 1.5", "has no whole `value`"),
        ] {
            let error = parse(&format!("{ROW}{more}\n")).unwrap_err().to_string();
            assert!(error.contains(part), "{part} is missing from\n{error}");
        }
        let error =
            parse("[[targets]]\npattern = \"A\"\nfact = \"\"\noutcome = \"arrests\"\nlow = 2\nhigh = 2\n").unwrap_err();
        assert!(error.to_string().contains("`low` is not below `high`"));
    }

    #[test]
    fn nonsense_and_nothing_are_refused() {
        assert!(parse("").unwrap_err().to_string().contains("nothing to fit"));
        assert!(parse("targets = 3").unwrap_err().to_string().contains("no list"));
        assert!(parse("{{{").unwrap_err().to_string().contains("t.toml:1:"));
        let held = format!("{ROW}outcome = \"arrests\"\nheld_out = true\n");
        assert!(parse(&held).unwrap_err().to_string().contains("holds out every target"));
    }
}
