//! What a pattern comes to in each replication of a run.

use std::collections::BTreeSet;

use crate::montecarlo::pattern::{Expression, Tables as PatternTables, calendar_years};
use crate::results::TableName;
use forestall_model::Table;

use super::{Run, StudyError};

/// The value of each expression in each replication of a policy; `None` inside where it is undefined there, an empty list
/// where a column is missing.
pub(super) fn values(run: &Run, expressions: &[Expression], policy: &str) -> Result<Vec<Vec<Option<f64>>>, StudyError> {
    let read = |name: TableName, of: fn(&Expression) -> Vec<&str>| {
        let names: BTreeSet<&str> = expressions.iter().flat_map(of).collect();
        if names.is_empty() {
            return Ok(Table::new());
        }
        run.columns(name, &names.into_iter().collect::<Vec<_>>(), Some(policy))
    };
    let monthly = read(TableName::Monthly, Expression::of_months)?;
    let by_country = read(TableName::ByCountry, Expression::of_countries)?;
    let replications = read(TableName::Replications, Expression::of_runs)?;
    let plots = read(TableName::Matched, Expression::of_plots)?;
    let years = calendar_years(run.scenario().start, run.scenario().end);
    let tables = PatternTables {
        replications: &replications,
        monthly: &monthly,
        by_country: &by_country,
        plots: &plots,
        years: &years,
    };
    let one = |expression: &Expression| -> Vec<Option<f64>> {
        let parts = expression.parts(&tables, policy).unwrap_or_default();
        let ratio = |part: Option<(f64, f64)>| part.filter(|p| p.1 != 0.0).map(|(top, bottom)| top / bottom);
        parts.into_iter().map(ratio).collect()
    };
    Ok(expressions.iter().map(one).collect())
}
