//! The values of a plan as rows for readers: path, value, unit, evidence, origin.

use super::address::Place;
use super::parameter::Scope;
use super::plan::Plan;
use super::registry::Slot;

/// One value in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRow {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// The value before changes and policies.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// A row of the evidence table, or `assumed`.
    pub evidence: String,
    /// Which level gave it.
    pub origin: String,
}

impl Plan {
    /// Every common value, and every value that one country, movement or language has of its own.
    pub fn parameter_rows(&self) -> Vec<ValueRow> {
        let mut rows = Vec::new();
        for (table, info) in self.registry.tables().iter().enumerate() {
            for parameter in 0..info.parameters.len() {
                let slot = Slot { table, parameter };
                if matches!(info.scope, Scope::World | Scope::Country) {
                    rows.push(self.row(Place::Common, slot, self.base.world[table][parameter]));
                }
                let own = |place: Place| self.origins.contains_key(&(place, slot));
                match info.scope {
                    Scope::World => {}
                    Scope::Country | Scope::CountryEntry => {
                        for c in (0..self.countries.len()).filter(|&c| own(Place::Country(c))) {
                            rows.push(self.row(Place::Country(c), slot, self.base.countries[c][table][parameter]));
                        }
                    }
                    Scope::MovementEntry => {
                        for m in 0..self.movements.len() {
                            rows.push(self.row(Place::Movement(m), slot, self.base.movements[m][parameter]));
                        }
                    }
                    Scope::LanguageEntry => {
                        for l in 0..self.languages.len() {
                            rows.push(self.row(Place::Language(l), slot, self.base.languages[l][parameter]));
                        }
                    }
                }
            }
        }
        rows
    }

    fn row(&self, place: Place, slot: Slot, value: f64) -> ValueRow {
        let parameter = self.registry.parameter(slot);
        let origin = self.origin_of(place, slot);
        ValueRow {
            path: self.codes().path(&self.registry, place, slot),
            value: parameter.kind.write(value),
            unit: parameter.unit.into(),
            evidence: origin.evidence.clone().unwrap_or_else(|| "assumed".into()),
            origin: origin.words(),
        }
    }
}
