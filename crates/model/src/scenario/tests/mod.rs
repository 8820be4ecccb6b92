//! Tests of the room as a whole, against a small registry of their own.

mod alternatives;
mod arms;
mod differences;
mod errors;
mod numbers;
mod posterior;
mod safety;
mod sharing;
mod texts;

use std::collections::BTreeMap;

use super::parameter::ParameterTable;
use super::registry::Registry;
use super::resolved::{Row, Scenario};
use super::{Diagnostic, LoadOptions, Plan, load};

crate::parameters! {
    /// Countries.
    Countries = "countries", "M1", CountryEntry;
    neutral {}
    /// Residents.
    residents: Number(0.0, 2e9) = 1_000_000.0, "people", "assumed";
    /// Openness of borders.
    border_openness: Share = 1.0, "share", "F16";
}

crate::parameters! {
    /// Movements.
    Movements = "movements", "M5", MovementEntry;
    neutral {}
    /// Style.
    command_style: Share = 0.2, "share", "F9";
}

crate::parameters! {
    /// Languages.
    Languages = "languages", "M7", LanguageEntry;
    neutral {}
    /// Recruiters.
    virtual_entrepreneurs: Count(0.0, 100.0) = 0.0, "recruiters", "F37";
}

crate::parameters! {
    /// Territory.
    Territory = "territory", "M11", World;
    neutral {}
    /// Level.
    level: Share = 1.0, "share", "F11";
    /// Response.
    response: Choice(&["off", "middle", "high"]) = 1.0, "choice", "assumed";
}

crate::parameters! {
    /// Services.
    Services = "services", "M19", Country;
    neutral {}
    /// Analysts.
    analysts: Count(0.0, 10_000.0) = 20.0, "analysts", "F41";
    /// Work that is not counter-terrorism.
    other_work_share: Share = 0.25, "share", "assumed";
    /// A rate.
    pace_per_year: Number(0.0, 10.0) = 2.0, "per year", "assumed";
    /// Membership.
    pool_member: Switch = 0.0, "switch", "F5";
}

/// The small registry.
pub(super) fn registry() -> Registry {
    Registry::new(vec![Countries::INFO, Movements::INFO, Languages::INFO, Territory::INFO, Services::INFO])
}

/// Lines that every example begins with; the next line is line 7.
pub(super) const HEAD: &str = "schema_version = 1\n[scenario]\nstart = 2014-01-01\nend = 2014-12-31\n\n[[countries]]\n";

/// Loads `text` as `main.toml`, with other files beside it.
pub(super) fn load_files(text: &str, others: &[(&str, &str)], options: &LoadOptions) -> Result<Plan, Vec<Diagnostic>> {
    let mut files: BTreeMap<&str, &str> = others.iter().copied().collect();
    files.insert("dir/main.toml", text);
    let read = |path: &str| files.get(path).map(|t| (*t).to_owned()).ok_or_else(|| "no such file".to_owned());
    load(&registry(), "dir/main.toml", &read, options).map_err(|d| d.0)
}

/// Loads `text` alone.
pub(super) fn load_text(text: &str) -> Result<Plan, Vec<Diagnostic>> {
    load_files(text, &[], &LoadOptions::default())
}

/// A plan that must load: the head, one country A, another B, and `rest`.
pub(super) fn plan(rest: &str) -> Plan {
    let text = format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n{rest}");
    load_text(&text).unwrap_or_else(|all| panic!("{}", super::Diagnostics(all)))
}

/// The values of `services.PARAMETER` by snapshot: time, common, A, B.
pub(super) fn services(scenario: &Scenario, parameter: &str) -> Vec<(f64, f64, f64, f64)> {
    let slot = registry().slot("services", parameter).unwrap();
    let of = |tables: &[Row]| tables[slot.table][slot.parameter];
    let snapshots = scenario.snapshots.iter();
    snapshots.map(|s| (s.time, of(&s.values.world), of(&s.values.countries[0]), of(&s.values.countries[1]))).collect()
}
