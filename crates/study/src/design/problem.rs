//! The problem file: factors as a user writes them for a model of their own.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use forestall_model::{Diagnostic, Diagnostics, Distribution, Source, did_you_mean};

use super::error::DesignError;
use super::factor::{Factor, Levels};

/// Factors in the order of their columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The factors; names differ.
    pub factors: Vec<Factor>,
}

/// Names of distributions and their numbers, as in `[uncertain]` of a scenario.
const DISTRIBUTIONS: [(&str, &[&str]); 5] = [
    ("uniform", &["low", "high"]),
    ("normal", &["mean", "sd"]),
    ("lognormal", &["median", "sigma"]),
    ("triangular", &["low", "mode", "high"]),
    ("beta", &["a", "b", "low", "high"]),
];

/// Keys of a `[[parameters]]` entry besides the distributions.
const KEYS: [&str; 7] = ["name", "low", "high", "group", "categories", "whole", "distribution"];

type Node<'i> = Spanned<DeValue<'i>>;

impl Problem {
    /// A problem of these factors.
    ///
    /// # Errors
    /// [`DesignError::Request`] where there is none, two have one name, or one cannot be sampled.
    pub fn new(factors: Vec<Factor>) -> Result<Self, DesignError> {
        if factors.is_empty() {
            return Err(DesignError::request("a design needs at least one factor"));
        }
        for (i, factor) in factors.iter().enumerate() {
            if factors[..i].iter().any(|other| other.name == factor.name) {
                return Err(DesignError::request(format!("two factors are called `{}`", factor.name)));
            }
            if let Some((found, right)) = factor.flaw() {
                return Err(DesignError::request(format!("factor `{}`: {found}; expected {right}", factor.name)));
            }
        }
        Ok(Self { factors })
    }

    /// Reads a problem file: `[[parameters]]` with `name` and `low`/`high`, a distribution or `categories`.
    ///
    /// # Errors
    /// [`DesignError::Problem`] with every mistake and its place.
    pub fn parse(file: &str, text: &str) -> Result<Self, DesignError> {
        let mut reader = Reader { source: Source::new(file, text.to_owned()), found: Vec::new() };
        let (tree, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            reader.report(&span, format!("this is not valid TOML: {}", error.message()), |d| d);
        }
        let factors = if errors.is_empty() { reader.factors(tree.get_ref()) } else { Vec::new() };
        if reader.found.is_empty() { Self::new(factors) } else { Err(DesignError::Problem(Diagnostics(reader.found))) }
    }
}

impl Problem {
    /// The problem file; reading it gives the same factors.
    pub fn write(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut out = String::new();
        for factor in &self.factors {
            out += &format!("[[parameters]]\nname = {}\n", quoted(&factor.name));
            if let Some(group) = &factor.group {
                out += &format!("group = {}\n", quoted(group));
            }
            match &factor.levels {
                Levels::Category(names) => {
                    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                    out += &format!("categories = [{}]\n", names.join(", "));
                }
                Levels::Number { distribution, least, most, whole } => {
                    let (name, numbers) = parts(distribution);
                    let keys = DISTRIBUTIONS.iter().find(|d| d.0 == name).map_or(&[][..], |d| d.1);
                    let pairs: Vec<String> = keys.iter().zip(numbers).map(|(k, x)| format!("{k} = {x:?}")).collect();
                    out += &format!("{name} = {{ {} }}\n", pairs.join(", "));
                    for (key, end) in [("low", least), ("high", most)] {
                        if end.is_finite() {
                            out += &format!("{key} = {end:?}\n");
                        }
                    }
                    if *whole {
                        out += "whole = true\n";
                    }
                }
            }
            out.push('\n');
        }
        out
    }
}

/// A distribution's name and its numbers, in the order of [`DISTRIBUTIONS`].
fn parts(distribution: &Distribution) -> (&'static str, Vec<f64>) {
    match *distribution {
        Distribution::Uniform { low, high } => ("uniform", vec![low, high]),
        Distribution::Normal { mean, sd } => ("normal", vec![mean, sd]),
        Distribution::Lognormal { median, sigma } => ("lognormal", vec![median, sigma]),
        Distribution::Triangular { low, mode, high } => ("triangular", vec![low, mode, high]),
        Distribution::Beta { a, b, low, high } => ("beta", vec![a, b, low, high]),
    }
}

/// Collects factors and mistakes.
struct Reader {
    source: Source,
    found: Vec<Diagnostic>,
}

impl Reader {
    fn report(&mut self, span: &Range<usize>, message: impl Into<String>, more: impl FnOnce(Diagnostic) -> Diagnostic) {
        let mark = self.source.mark(span);
        self.found.push(more(Diagnostic::at(&mark, message)));
    }

    fn factors(&mut self, tree: &DeTable<'_>) -> Vec<Factor> {
        for (key, _) in tree.iter().filter(|(key, _)| key.get_ref() != "parameters") {
            let help = did_you_mean(key.get_ref(), ["parameters"]);
            self.report(&key.span(), format!("unknown key `{}` in a problem file", key.get_ref()), |d| {
                d.expected("entries headed [[parameters]]").maybe_help(help)
            });
        }
        let example = "[[parameters]]\nname = \"x1\"\nlow = 0\nhigh = 1";
        let Some(list) = tree.get("parameters") else {
            if self.found.is_empty() {
                self.report(&(0..0), "there are no [[parameters]]", |d| d.expected(example.replace('\n', "; ")));
            }
            return Vec::new();
        };
        let Some(items) = list.get_ref().as_array() else {
            self.report(&list.span(), "`parameters` is no list", |d| d.expected("entries headed [[parameters]]"));
            return Vec::new();
        };
        let mut factors: Vec<Factor> = Vec::new();
        for item in items {
            let Some(table) = item.get_ref().as_table() else {
                self.report(&item.span(), "this is no table", |d| d.expected("an entry headed [[parameters]]"));
                continue;
            };
            if let Some(factor) = self.factor(item, table) {
                if factors.iter().any(|other| other.name == factor.name) {
                    self.report(&item.span(), format!("two parameters are called `{}`", factor.name), |d| {
                        d.expected("a name of its own for each")
                    });
                }
                factors.push(factor);
            }
        }
        factors
    }

    fn factor(&mut self, item: &Node<'_>, table: &DeTable<'_>) -> Option<Factor> {
        let before = self.found.len();
        let known: Vec<&str> = KEYS.into_iter().chain(DISTRIBUTIONS.map(|d| d.0)).collect();
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let help = did_you_mean(key.get_ref(), known.iter().copied());
            self.report(&key.span(), format!("unknown key `{}` in [[parameters]]", key.get_ref()), |d| {
                d.expected(format!("one of {}", known.join(", "))).maybe_help(help)
            });
        }
        let name = self.text(table, "name");
        if table.get("name").is_none() {
            self.report(&item.span(), "this parameter has no `name`", |d| d.expected("name = \"x1\""));
        }
        let group = self.text(table, "group");
        let levels = self.levels(item, table);
        if self.found.len() > before {
            return None;
        }
        let factor = Factor { name: name?, group, levels: levels? };
        if let Some((message, expected)) = factor.flaw() {
            self.report(&item.span(), message, |d| d.expected(expected));
            return None;
        }
        Some(factor)
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let node = table.get(key)?;
        let text = node.get_ref().as_str().filter(|t| !t.trim().is_empty());
        if text.is_none() {
            self.report(&node.span(), format!("`{key}` is no text"), |d| d.expected("text in quotes"));
        }
        text.map(str::to_owned)
    }

    fn number(&mut self, table: &DeTable<'_>, key: &str) -> Option<f64> {
        let node = table.get(key)?;
        let value = match node.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok().map(|n| n as f64),
            DeValue::Float(n) => n.as_str().parse().ok(),
            _ => None,
        };
        let value = value.filter(|v: &f64| v.is_finite());
        if value.is_none() {
            self.report(&node.span(), format!("`{key}` is no number"), |d| d.expected("a finite number"));
        }
        value
    }

    fn levels(&mut self, item: &Node<'_>, table: &DeTable<'_>) -> Option<Levels> {
        if let Some(node) = table.get("categories") {
            return self.categories(node, table);
        }
        let whole = match table.get("whole").map(|node| (node, node.get_ref().as_bool())) {
            Some((node, None)) => {
                self.report(&node.span(), "`whole` is neither true nor false", |d| d.expected("true or false"));
                return None;
            }
            Some((_, Some(yes))) => yes,
            None => false,
        };
        // `distribution = { normal = { … } }` and `normal = { … }` mean the same.
        let holder = table.get("distribution").and_then(|node| node.get_ref().as_table()).unwrap_or(table);
        let named: Vec<_> = DISTRIBUTIONS.iter().filter(|d| holder.get(d.0).is_some()).collect();
        let (low, high) = (self.number(table, "low"), self.number(table, "high"));
        let right =
            "low and high, a distribution such as normal = { mean = 0, sd = 1 }, or categories = [\"a\", \"b\"]";
        let distribution = match named.as_slice() {
            [] if table.get("distribution").is_some() || low.is_none() || high.is_none() => {
                self.report(&item.span(), "this parameter has no range", |d| d.expected(right));
                return None;
            }
            [] => Distribution::Uniform { low: low?, high: high? },
            [(name, keys)] => self.distribution(holder.get(*name)?, name, keys)?,
            _ => {
                self.report(&item.span(), "this parameter has several distributions", |d| d.expected(right));
                return None;
            }
        };
        if let Some((message, expected)) = flaw(&distribution) {
            self.report(&item.span(), message, |d| d.expected(expected));
            return None;
        }
        // Beside a named distribution, `low` and `high` cut it.
        let cut =
            |end: Option<f64>, otherwise: f64| if named.is_empty() { otherwise } else { end.unwrap_or(otherwise) };
        let (least, most) = (cut(low, f64::NEG_INFINITY), cut(high, f64::INFINITY));
        Some(Levels::Number { distribution, least, most, whole })
    }

    fn categories(&mut self, node: &Node<'_>, table: &DeTable<'_>) -> Option<Levels> {
        let names: Option<Vec<String>> = node
            .get_ref()
            .as_array()
            .and_then(|items| items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect());
        let Some(names) = names.filter(|names| names.len() >= 2) else {
            self.report(&node.span(), "these are no categories", |d| d.expected("two or more different texts"));
            return None;
        };
        let other = ["low", "high", "whole", "distribution"].into_iter().chain(DISTRIBUTIONS.map(|d| d.0));
        if let Some(key) = other.into_iter().find(|key| table.get(*key).is_some()) {
            self.report(&node.span(), format!("a parameter with categories has no range, and no `{key}`"), |d| {
                d.expected("either categories, or low and high")
            });
            return None;
        }
        Some(Levels::Category(names))
    }

    fn distribution(&mut self, node: &Node<'_>, name: &str, keys: &[&str]) -> Option<Distribution> {
        let Some(table) = node.get_ref().as_table() else {
            let expected =
                format!("{name} = {{ {} }}", keys.iter().map(|k| format!("{k} = 1")).collect::<Vec<_>>().join(", "));
            self.report(&node.span(), format!("`{name}` is no table"), |d| d.expected(expected));
            return None;
        };
        let numbers: Vec<Option<f64>> = keys.iter().map(|key| self.number(table, key)).collect();
        if let Some(missing) = keys.iter().find(|key| table.get(**key).is_none()) {
            self.report(&node.span(), format!("`{name}` needs `{missing}`"), |d| d.expected(keys.join(", ")));
        }
        let numbers: Vec<f64> = numbers.into_iter().collect::<Option<_>>()?;
        match (name, numbers.as_slice()) {
            ("uniform", &[low, high]) => Some(Distribution::Uniform { low, high }),
            ("normal", &[mean, sd]) => Some(Distribution::Normal { mean, sd }),
            ("lognormal", &[median, sigma]) => Some(Distribution::Lognormal { median, sigma }),
            ("triangular", &[low, mode, high]) => Some(Distribution::Triangular { low, mode, high }),
            ("beta", &[a, b, low, high]) => Some(Distribution::Beta { a, b, low, high }),
            _ => None,
        }
    }
}

/// What makes a distribution impossible, and what would be right.
fn flaw(distribution: &Distribution) -> Option<(&'static str, &'static str)> {
    match *distribution {
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Beta { low, high, .. }
            if low >= high =>
        {
            Some(("`low` is not below `high`", "low < high"))
        }
        Distribution::Triangular { low, mode, high } if !(low..=high).contains(&mode) => {
            Some(("`mode` is not between `low` and `high`", "low <= mode <= high"))
        }
        Distribution::Beta { a, b, .. } if a <= 0.0 || b <= 0.0 => {
            Some(("`a` and `b` must be above 0", "a > 0 and b > 0"))
        }
        Distribution::Normal { sd, .. } if sd <= 0.0 => Some(("`sd` must be above 0", "sd > 0")),
        Distribution::Lognormal { median, sigma } if median <= 0.0 || sigma <= 0.0 => {
            Some(("`median` and `sigma` must be above 0", "median > 0 and sigma > 0"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        Problem::parse("p.toml", text).expect_err("a mistake").to_string()
    }

    #[test]
    fn every_kind_of_parameter_is_read() {
        let text = r#"
[[parameters]]
name = "rate"
low = 0
high = 1e1
group = "g"
[[parameters]]
name = "effect"
normal = { mean = 0.5, sd = 1 }
low = 0
[[parameters]]
name = "share"
distribution = { beta = { a = 2, b = 3, low = 0, high = 1 } }
[[parameters]]
name = "policy"
categories = ["none", "pool"]
[[parameters]]
name = "officers"
low = 5
high = 50
whole = true
"#;
        let problem = Problem::parse("p.toml", text).expect("sound");
        let names: Vec<&str> = problem.factors.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["rate", "effect", "share", "policy", "officers"]);
        assert_eq!(problem.factors[0].clone(), Factor::uniform("rate", 0.0, 10.0).in_group("g"));
        assert!(matches!(problem.factors[1].levels, Levels::Number { least: 0.0, most: f64::INFINITY, .. }));
        assert_eq!(problem.factors[3].categories().map(<[String]>::len), Some(2));
        assert!(matches!(problem.factors[4].levels, Levels::Number { whole: true, .. }));
        assert_eq!(Problem::parse("again.toml", &problem.write()).expect("own text"), problem);
    }

    #[test]
    fn mistakes_are_told_with_their_place_and_all_at_once() {
        let text = "[[parameters]]\nname = \"x\"\nlow = 3\nhigh = 1\n[[parameters]]\nname = \"y\"\nhihg = 1\nlow = 0\n";
        let told = wrong(text);
        assert!(told.contains("`low` is not below `high`") && told.contains("p.toml:1:1"), "{told}");
        assert!(told.contains("unknown key `hihg`") && told.contains("p.toml:7:1"), "{told}");
        assert!(told.contains("high"), "{told}");
        assert!(wrong("").contains("there are no [[parameters]]"));
        assert!(wrong("a = = 1").contains("not valid TOML"));
        assert!(wrong("[[parameters]]\nlow = 0\nhigh = 1\n").contains("no `name`"));
        let twice = "[[parameters]]\nname = \"x\"\nlow = 0\nhigh = 1\n";
        assert!(wrong(&twice.repeat(2)).contains("two parameters are called `x`"));
        assert!(wrong("[[parameters]]\nname = \"x\"\nnormal = { mean = 0 }\n").contains("needs `sd`"));
        assert!(wrong("[[parameters]]\nname = \"x\"\nlow = \"a\"\nhigh = 1\n").contains("no number"));
        for number in ["nan", "inf", "-inf", "1e400", "99999999999999999999"] {
            let told = wrong(&format!("[[parameters]]\nname = \"x\"\nlow = 0\nhigh = {number}\n"));
            assert!(told.contains("`high` is no number") || told.contains("not valid TOML"), "{number}: {told}");
        }
    }

    #[test]
    fn ranges_that_cannot_be_sampled_are_told_with_their_place() {
        for (range, words) in [
            ("normal = { mean = 0, sd = 1 }\nlow = 9", "of the distribution"),
            ("uniform = { low = 0, high = 1 }\nlow = 2", "of the distribution"),
            ("lognormal = { median = 1, sigma = 0.5 }\nhigh = 0", "of the distribution"),
            ("low = -1e308\nhigh = 1e308", "wider than any number"),
            ("lognormal = { median = 1, sigma = 500 }", "reaches inf"),
            ("low = 0.2\nhigh = 0.8\nwhole = true", "no whole number"),
            ("categories = [\"a\", \"a\"]", "twice"),
            ("categories = [\"a\", \"b\"]\nwhole = true", "no `whole`"),
        ] {
            let good = "[[parameters]]\nname = \"q\"\nlow = 0\nhigh = 1\n";
            let told = wrong(&format!("{good}[[parameters]]\nname = \"p\"\n{range}\n"));
            assert!(told.contains(words) && told.contains("p.toml:"), "{range}: {told}");
            assert!(!told.contains("p.toml:1:"), "the other parameter is sound: {told}");
        }
    }
}
