//! What `list` shows of every parameter.

use super::parameter::Scope;
use super::registry::Registry;

/// One parameter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterRow {
    /// Its table in the scenario file.
    pub table: String,
    /// The mechanism's number in the model document.
    pub mechanism: String,
    /// Whose values they are: the world's, or each country's, movement's or language's.
    pub scope: &'static str,
    /// Its name.
    pub parameter: String,
    /// Its unit.
    pub unit: String,
    /// Its value where a scenario says nothing, as a scenario file writes it.
    pub default: String,
    /// What it may be.
    pub range: String,
    /// A row of the evidence table, or `assumed`.
    pub evidence: String,
    /// What it means.
    pub meaning: String,
}

/// A scope in one word.
pub(super) fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::World => "world",
        Scope::Country | Scope::CountryEntry => "country",
        Scope::MovementEntry => "movement",
        Scope::LanguageEntry => "language",
    }
}

/// A documentation comment as one line.
pub(super) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every parameter, in the registry's order.
pub fn parameter_rows(registry: &Registry) -> Vec<ParameterRow> {
    let tables = registry.tables().iter();
    tables
        .flat_map(|table| {
            table.parameters.iter().map(|p| ParameterRow {
                table: table.name.into(),
                mechanism: table.mechanism.into(),
                scope: scope_word(table.scope),
                parameter: p.name.into(),
                unit: p.unit.into(),
                default: p.kind.write(p.default),
                range: p.kind.expectation(),
                evidence: p.evidence.into(),
                meaning: tidy(p.meaning),
            })
        })
        .collect()
}
