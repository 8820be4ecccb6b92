//! An in-memory table of named, typed columns: the one shape that files, charts and JSON share.

/// One column's values; `None` is an undefined value and becomes null, never 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// UTF-8 text.
    Text(Vec<String>),
    /// Signed 64-bit integers.
    Integer(Vec<Option<i64>>),
    /// Double-precision numbers; a non-finite number is not allowed.
    Number(Vec<Option<f64>>),
}

impl Column {
    /// How many values the column holds.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(v) => v.len(),
            Self::Integer(v) => v.len(),
            Self::Number(v) => v.len(),
        }
    }

    /// Whether the column holds no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in row `row` as a number; `None` where it is undefined or text.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Text(_) => None,
            Self::Integer(v) => v[row].map(|x| x as f64),
            Self::Number(v) => v[row],
        }
    }

    /// The value in row `row` as text; numbers are written in their shortest exact form.
    pub fn text(&self, row: usize) -> String {
        match self {
            Self::Text(v) => v[row].clone(),
            Self::Integer(v) => v[row].map(|x| x.to_string()).unwrap_or_default(),
            Self::Number(v) => v[row].map(|x| x.to_string()).unwrap_or_default(),
        }
    }
}

/// Named columns of equal length, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<(String, Column)>,
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column at the right.
    ///
    /// # Panics
    /// If its length differs from the columns already there: a defect of the caller, not of a user's input.
    pub fn push(&mut self, name: impl Into<String>, column: Column) {
        assert!(self.columns.is_empty() || self.rows() == column.len(), "columns of one table have one length");
        self.columns.push((name.into(), column));
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| c.len())
    }

    /// The columns in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(n, c)| (n.as_str(), c))
    }

    /// The column called `name`, if there is one.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, c)| c)
    }

    /// The numbers of column `name` in the rows for which `keep` holds, undefined ones left out.
    pub fn numbers_where(&self, name: &str, keep: impl Fn(usize) -> bool) -> Vec<f64> {
        let Some(column) = self.column(name) else { return Vec::new() };
        (0..column.len()).filter(|&row| keep(row)).filter_map(|row| column.number(row)).collect()
    }
}

/// Whole-row operations that writing, sorting and merging need.
impl Table {
    /// The same columns without rows.
    #[must_use]
    pub fn empty_like(&self) -> Self {
        self.take(&[])
    }

    /// Only these columns, in this order; one that is not there is left out.
    #[must_use]
    pub fn select(&self, names: &[&str]) -> Self {
        let found = names.iter().filter_map(|name| self.columns.iter().find(|(known, _)| known == name));
        Self { columns: found.cloned().collect() }
    }

    /// The rows at the given places, in that order.
    ///
    /// # Panics
    /// If a place is not below [`Self::rows`]: a defect of the caller.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|(name, column)| {
            let taken = match column {
                Column::Text(v) => Column::Text(rows.iter().map(|&row| v[row].clone()).collect()),
                Column::Integer(v) => Column::Integer(rows.iter().map(|&row| v[row]).collect()),
                Column::Number(v) => Column::Number(rows.iter().map(|&row| v[row]).collect()),
            };
            (name.clone(), taken)
        });
        Self { columns: columns.collect() }
    }

    /// Adds the rows of `other` in the given range at the bottom.
    ///
    /// # Panics
    /// If the columns differ (see [`Self::column_difference`]) or the range is outside: a defect of the caller.
    pub fn append_rows(&mut self, other: &Self, range: std::ops::Range<usize>) {
        assert!(self.column_difference(other).is_none(), "appended tables have the same columns");
        for ((_, into), (_, from)) in self.columns.iter_mut().zip(&other.columns) {
            match (into, from) {
                (Column::Text(into), Column::Text(from)) => into.extend_from_slice(&from[range.clone()]),
                (Column::Integer(into), Column::Integer(from)) => into.extend_from_slice(&from[range.clone()]),
                (Column::Number(into), Column::Number(from)) => into.extend_from_slice(&from[range.clone()]),
                _ => {}
            }
        }
    }

    /// Adds all rows of `other` at the bottom, without a copy of what is there.
    ///
    /// # Panics
    /// If the columns differ (see [`Self::column_difference`]): a defect of the caller.
    pub fn append(&mut self, other: Self) {
        assert!(self.column_difference(&other).is_none(), "appended tables have the same columns");
        for ((_, into), (_, from)) in self.columns.iter_mut().zip(other.columns) {
            match (into, from) {
                (Column::Text(into), Column::Text(mut from)) => into.append(&mut from),
                (Column::Integer(into), Column::Integer(mut from)) => into.append(&mut from),
                (Column::Number(into), Column::Number(mut from)) => into.append(&mut from),
                _ => {}
            }
        }
    }

    /// Cuts off the rows from `row` on.
    ///
    /// # Panics
    /// If `row` is beyond the last: a defect of the caller.
    #[must_use]
    pub fn split_off(&mut self, row: usize) -> Self {
        let columns = self.columns.iter_mut().map(|(name, column)| {
            let rest = match column {
                Column::Text(v) => Column::Text(v.split_off(row)),
                Column::Integer(v) => Column::Integer(v.split_off(row)),
                Column::Number(v) => Column::Number(v.split_off(row)),
            };
            (name.clone(), rest)
        });
        Self { columns: columns.collect() }
    }

    /// The first difference in names, types or number of columns, in words; `None` if they agree.
    pub fn column_difference(&self, other: &Self) -> Option<String> {
        if self.columns.len() != other.columns.len() {
            return Some(format!("{} columns against {}", self.columns.len(), other.columns.len()));
        }
        let mut pairs = self.columns.iter().zip(&other.columns);
        let differs = |a: &(String, Column), b: &(String, Column)| a.0 != b.0 || a.1.kind() != b.1.kind();
        pairs
            .find(|(a, b)| differs(a, b))
            .map(|(a, b)| format!("column {} ({}) against {} ({})", a.0, a.1.kind(), b.0, b.1.kind()))
    }

    /// The values of text column `name`.
    pub fn texts(&self, name: &str) -> Option<&[String]> {
        if let Column::Text(values) = self.column(name)? { Some(values) } else { None }
    }

    /// The values of integer column `name`.
    pub fn integers(&self, name: &str) -> Option<&[Option<i64>]> {
        if let Column::Integer(values) = self.column(name)? { Some(values) } else { None }
    }
}

impl Column {
    /// The type in a word: `text`, `integer` or `number`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) => "integer",
            Self::Number(_) => "number",
        }
    }
}
