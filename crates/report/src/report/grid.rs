//! Tables as HTML: sortable headers, right-aligned numbers, an optional text filter, in a box that scrolls.

use std::fmt::Write as _;

use crate::chart::{capital, escape, short, together};
use forestall_model::{Column, Table};

/// One cell: what is read, and for numbers what it sorts by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// A number and how it is written; `None` is undefined.
    Number(Option<f64>, String),
}

impl Cell {
    /// A number to about three digits.
    pub(super) fn short(value: Option<f64>) -> Self {
        Self::Number(value, value.map_or_else(|| "undefined".into(), short))
    }

    /// "3.2 [1.1, 5.4]", sorted by the number before the bracket.
    pub(super) fn with_interval(value: Option<f64>, interval: Option<(f64, f64)>) -> Self {
        let Some(middle) = value else { return Self::short(None) };
        let text = match interval {
            Some((low, high)) => {
                let n = together(&[middle, low, high]);
                format!("{} [{}, {}]", n[0], n[1], n[2])
            }
            None => format!("{} [undefined]", together(&[middle])[0]),
        };
        Self::Number(value, text)
    }
}

/// A table ready for the page.
pub(super) struct Grid {
    /// Unique on the page.
    pub(super) id: String,
    /// What the table shows.
    pub(super) caption: String,
    /// Column headings.
    pub(super) headings: Vec<String>,
    /// Rows of as many cells.
    pub(super) rows: Vec<Vec<Cell>>,
    /// Whether a text filter stands above it.
    pub(super) filter: bool,
}

impl Grid {
    /// A table as it is, at most `most` rows of it.
    pub(super) fn of(table: &Table, id: &str, caption: &str, most: usize) -> Self {
        let cell = |column: &Column, row: usize| match column {
            Column::Text(v) => Cell::Text(v[row].clone()),
            Column::Integer(v) => {
                Cell::Number(v[row].map(|x| x as f64), v[row].map_or_else(|| "undefined".into(), |x| x.to_string()))
            }
            Column::Number(v) => Cell::short(v[row]),
        };
        let shown = table.rows().min(most);
        let mut caption = caption.to_owned();
        if shown < table.rows() {
            let _ = write!(caption, " (the first {shown} of {} rows; the chart’s own CSV file has all)", table.rows());
        }
        Self {
            id: id.to_owned(),
            caption,
            headings: table.columns().map(|(name, _)| capital(&name.replace('_', " "))).collect(),
            rows: (0..shown).map(|row| table.columns().map(|(_, column)| cell(column, row)).collect()).collect(),
            filter: false,
        }
    }

    /// The HTML of the table with its scrolling box and filter.
    pub(super) fn html(&self) -> String {
        if self.rows.is_empty() {
            return "<p class=\"note\">No rows.</p>\n".into();
        }
        let mut out = String::new();
        let (id, caption) = (escape(&self.id), escape(&self.caption));
        if self.filter {
            let _ = writeln!(
                out,
                "<label>Show rows that contain<input type=\"search\" data-filter=\"{id}\" autocomplete=\"off\"> \
                 <output></output></label>"
            );
        }
        let tall = if self.rows.len() > 24 { " tall" } else { "" };
        // The box takes the keyboard's focus so that it can be scrolled without a mouse.
        let _ = write!(
            out,
            "<p class=\"note\" id=\"{id}-caption\">{caption}</p>\n<div class=\"scroll{tall}\" tabindex=\"0\" role=\"region\" \
             aria-labelledby=\"{id}-caption\"><table class=\"sortable\" id=\"{id}\" aria-labelledby=\"{id}-caption\">\n\
             <thead><tr>"
        );
        for (column, heading) in self.headings.iter().enumerate() {
            let class = if self.is_number(column) { " class=\"number\"" } else { "" };
            let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape(heading));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for cell in row {
                match cell {
                    Cell::Text(text) => {
                        // Short words need no room to wrap; long ones need enough to stay readable.
                        let class = if text.chars().count() > 14 { "text" } else { "short" };
                        let _ = write!(out, "<td class=\"{class}\">{}</td>", escape(text));
                    }
                    Cell::Number(value, text) => {
                        let value = value.map(|v| v.to_string()).unwrap_or_default();
                        let _ = write!(out, "<td class=\"number\" data-value=\"{value}\">{}</td>", escape(text));
                    }
                }
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div>\n");
        out
    }

    fn is_number(&self, column: usize) -> bool {
        self.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(..))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped_and_undefined_is_said() {
        let mut table = Table::new();
        table.push("name", Column::Text(vec!["<b>&\"'".into(), "plain".into()]));
        table.push("value", Column::Number(vec![None, Some(1234.5)]));
        let html = Grid::of(&table, "t", "A table", 10).html();
        assert!(html.contains("&lt;b&gt;&amp;&quot;&#39;") && !html.contains("<b>"));
        assert!(html.contains("data-value=\"\">undefined<") && html.contains("data-value=\"1234.5\""));
    }

    #[test]
    fn a_long_table_says_what_it_leaves_out() {
        let mut table = Table::new();
        table.push("i", Column::Integer((0..50).map(Some).collect()));
        let grid = Grid::of(&table, "t", "Numbers", 20);
        assert_eq!(grid.rows.len(), 20);
        assert!(grid.caption.contains("first 20 of 50"));
    }
}
