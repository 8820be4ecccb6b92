//! What a pattern comes to in each replication of a run, and the tables that patterns are read from.

use std::collections::BTreeSet;

use crate::montecarlo::pattern::{Expression, Tables as PatternTables, Years, calendar_years};
use crate::results::TableName;
use forestall_model::Table;

use super::{Run, StudyError};

/// The columns of a run that some expressions name, in the rows of one policy.
pub(super) struct Columns {
    monthly: Table,
    by_country: Table,
    replications: Table,
    plots: Table,
    years: Years,
}

impl Columns {
    /// Reads what the expressions name and nothing else.
    pub(super) fn read(run: &Run, expressions: &[&Expression], policy: &str) -> Result<Self, StudyError> {
        let read = |name: TableName, of: fn(&Expression) -> Vec<&str>| {
            let names: BTreeSet<&str> = expressions.iter().flat_map(|e| of(e)).collect();
            if names.is_empty() {
                return Ok(Table::new());
            }
            run.columns(name, &names.into_iter().collect::<Vec<_>>(), Some(policy))
        };
        Ok(Self {
            monthly: read(TableName::Monthly, Expression::of_months)?,
            by_country: read(TableName::ByCountry, Expression::of_countries)?,
            replications: read(TableName::Replications, Expression::of_runs)?,
            plots: read(TableName::Matched, Expression::of_plots)?,
            years: calendar_years(run.scenario().start, run.scenario().end),
        })
    }

    /// The tables as patterns take them.
    pub(super) fn tables(&self) -> PatternTables<'_> {
        PatternTables {
            replications: &self.replications,
            monthly: &self.monthly,
            by_country: &self.by_country,
            plots: &self.plots,
            years: &self.years,
        }
    }
}

/// The value of each expression in each replication of a policy; `None` inside where it is undefined there, an empty list
/// where a column is missing.
pub(super) fn values(run: &Run, expressions: &[Expression], policy: &str) -> Result<Vec<Vec<Option<f64>>>, StudyError> {
    let columns = Columns::read(run, &expressions.iter().collect::<Vec<_>>(), policy)?;
    let tables = columns.tables();
    let one = |expression: &Expression| -> Vec<Option<f64>> {
        let parts = expression.parts(&tables, policy).unwrap_or_default();
        let ratio = |part: Option<(f64, f64)>| part.filter(|p| p.1 != 0.0).map(|(top, bottom)| top / bottom);
        parts.into_iter().map(ratio).collect()
    };
    Ok(expressions.iter().map(one).collect())
}
