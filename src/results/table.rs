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
