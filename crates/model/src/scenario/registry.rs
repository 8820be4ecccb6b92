//! The registry: every parameter table that a scenario may set, in a fixed order.

use super::parameter::{Parameter, Scope, TableInfo};

/// The position of a parameter: which table, which entry in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Index of the table in the registry.
    pub table: usize,
    /// Index of the parameter in the table.
    pub parameter: usize,
}

/// The last day on which a parameter is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadUntil {
    /// The first simulated day, before the warm-up.
    FirstSimulated,
    /// The first counted day, after the warm-up.
    FirstCounted,
}

/// The tables, as the model hands them to the scenario reader.
#[derive(Clone, Debug)]
pub struct Registry {
    tables: Vec<TableInfo>,
}

impl Registry {
    /// A registry of these tables.
    pub fn new(tables: Vec<TableInfo>) -> Self {
        Self { tables }
    }

    /// All tables in order.
    pub fn tables(&self) -> &[TableInfo] {
        &self.tables
    }

    /// The table called `name`.
    pub fn table(&self, name: &str) -> Option<(usize, &TableInfo)> {
        self.tables.iter().enumerate().find(|(_, t)| t.name == name)
    }

    /// The slot of `parameter` in `table`.
    pub fn slot(&self, table: &str, parameter: &str) -> Option<Slot> {
        let (index, info) = self.table(table)?;
        let position = info.parameters.iter().position(|p| p.name == parameter)?;
        Some(Slot { table: index, parameter: position })
    }

    /// The description of the parameter in `slot`.
    pub fn parameter(&self, slot: Slot) -> &Parameter {
        &self.tables[slot.table].parameters[slot.parameter]
    }

    /// The last day on which the parameter in `slot` is read, where it is not read throughout.
    pub fn read_until(&self, slot: Slot) -> Option<ReadUntil> {
        let (info, name) = (&self.tables[slot.table], &self.parameter(slot).name);
        let first = info.first_day.contains(name).then_some(ReadUntil::FirstSimulated);
        first.or_else(|| info.counted_day.contains(name).then_some(ReadUntil::FirstCounted))
    }

    /// The table that holds the attributes of entries of this scope.
    pub fn entry_table(&self, scope: Scope) -> Option<(usize, &TableInfo)> {
        self.tables.iter().enumerate().find(|(_, t)| t.scope == scope)
    }
}
