//! Which rows are of interest: a comparison such as `y==1`, several joined by `&&`.

use forestall_model::{Column, Table, did_you_mean};

use super::error::AnalysisError;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    AtMost,
    AtLeast,
    Below,
    Above,
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// A condition on the columns of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicate {
    terms: Vec<(String, Comparison, String)>,
}

impl Predicate {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`AnalysisError::Request`] where it is none.
    pub fn parse(text: &str) -> Result<Self, AnalysisError> {
        let wrong = || {
            AnalysisError::request(format!(
                "`{text}` is no condition; write a column, a comparison (==, !=, <=, >=, <, >) and a value, such as \
                 'y==1' or 'attacks<=10 && cost<5e6'"
            ))
        };
        let term = |part: &str| {
            let at = part.find(['=', '!', '<', '>'])?;
            let (sign, comparison) = SIGNS.into_iter().find(|(sign, _)| part[at..].starts_with(sign))?;
            let (name, value) = (part[..at].trim(), part[at + sign.len()..].trim());
            let value = value.trim_matches(['"', '\'']);
            let clean = !name.is_empty() && !value.is_empty() && !value.starts_with('=');
            clean.then(|| (name.to_owned(), comparison, value.to_owned()))
        };
        let terms: Option<Vec<_>> = text.split("&&").map(term).collect();
        Ok(Self { terms: terms.ok_or_else(wrong)? })
    }

    /// The columns it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|t| t.0.as_str())
    }

    /// Whether each row fulfils it; `None` where a value is undefined.
    ///
    /// # Errors
    /// [`AnalysisError::Request`] where a column is missing, or a text is compared by size.
    pub fn rows(&self, table: &Table) -> Result<Vec<Option<bool>>, AnalysisError> {
        let mut all = vec![Some(true); table.rows()];
        for (name, comparison, value) in &self.terms {
            let column = table.column(name).ok_or_else(|| {
                let names: Vec<&str> = table.columns().map(|c| c.0).collect();
                let help = did_you_mean(name, names.iter().copied()).unwrap_or_default();
                AnalysisError::request(format!(
                    "there is no column `{name}`; the columns are {} {help}",
                    names.join(", ")
                ))
            })?;
            // Tables hold true and false as 1 and 0.
            let number = match value.to_ascii_lowercase().as_str() {
                "true" => Some(1.0),
                "false" => Some(0.0),
                other => other.parse::<f64>().ok().filter(|v| v.is_finite()),
            };
            let test = |row: usize| -> Option<bool> {
                match (column, number) {
                    (Column::Text(texts), _) if texts[row].trim().is_empty() => None,
                    (Column::Text(texts), _) => match comparison {
                        Comparison::Equal => Some(texts[row] == *value),
                        _ => Some(texts[row] != *value),
                    },
                    (_, Some(number)) => column.number(row).map(|x| comparison.holds(x, number)),
                    (_, None) => None,
                }
            };
            let sized = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
            if matches!(column, Column::Text(_)) && sized {
                return Err(AnalysisError::request(format!("`{name}` holds text; compare it by == or !=")));
            }
            if !matches!(column, Column::Text(_)) && number.is_none() {
                return Err(AnalysisError::request(format!("`{name}` holds numbers, and `{value}` is none")));
            }
            for (row, so_far) in all.iter_mut().enumerate() {
                *so_far = so_far.zip(test(row)).map(|(a, b)| a && b);
            }
        }
        Ok(all)
    }
}

impl Comparison {
    fn holds(self, x: f64, y: f64) -> bool {
        match self {
            Self::Equal => x == y,
            Self::Unequal => x != y,
            Self::AtMost => x <= y,
            Self::AtLeast => x >= y,
            Self::Below => x < y,
            Self::Above => x > y,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new();
        table.push("y", Column::Number(vec![Some(1.0), Some(0.0), None]));
        table.push("policy", Column::Text(vec!["a".into(), "b".into(), "a".into()]));
        table
    }

    fn rows(text: &str) -> Vec<Option<bool>> {
        Predicate::parse(text).unwrap().rows(&table()).unwrap()
    }

    #[test]
    fn conditions_are_read_and_undefined_stays_undefined() {
        assert_eq!(rows("y==1"), [Some(true), Some(false), None]);
        assert_eq!(rows(" y <= 0.5 "), [Some(false), Some(true), None]);
        assert_eq!(rows("policy == a"), [Some(true), Some(false), Some(true)]);
        assert_eq!(rows("y>0 && policy!='b'"), [Some(true), Some(false), None]);
    }

    #[test]
    fn what_is_no_condition_is_told() {
        for text in ["", "y", "y=1", "==1", "y==", "y===1"] {
            assert!(Predicate::parse(text).is_err(), "{text}");
        }
        let told = |text: &str| Predicate::parse(text).unwrap().rows(&table()).unwrap_err().to_string();
        assert!(told("z==1").contains("y, policy"));
        assert!(told("policy<1").contains("=="));
        assert!(told("y==one").contains("`one`"));
    }
}
