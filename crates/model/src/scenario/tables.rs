//! The mechanisms' tables: common defaults, and what differs in one country, movement or language.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::address::Place;
use super::entries::{ENTRY_KEYS, Listed};
use super::parameter::{Scope, TableInfo};
use super::plan::{Level, Origin};
use super::reading::{Entry, Marked, Reading, entries, short};
use super::registry::Slot;
use super::resolved::Values;

/// The base values and their origins, while files are read into them.
pub(super) struct Base {
    /// The values.
    pub values: Values,
    /// The origins of those that are not defaults.
    pub origins: BTreeMap<(Place, Slot), Origin>,
}

/// Keys at the top of a file that are not mechanisms' tables.
pub(super) const TOP_KEYS: &[&str] = &[
    "schema_version",
    "extends",
    "scenario",
    "countries",
    "movements",
    "languages",
    "changes",
    "sharing",
    "policies",
    "alternatives",
    "held",
    "uncertain",
    "calibrated",
    "experiment",
    "optimize",
    "adversary",
    "fit",
];

/// How the tables of a list or of policies are headed.
fn headed(all: &str) -> &'static str {
    if all == "policies" { "[policies.NAME]" } else { "[[countries]] with a `code`" }
}

fn parameter_of(r: Reading<'_>, info: &TableInfo, table: usize, entry: &Entry<'_, '_>, place: &str) -> Option<Slot> {
    let position = info.parameters.iter().position(|p| p.name == entry.key);
    if position.is_none() {
        let names: Vec<&str> = info.parameters.iter().map(|p| p.name).collect();
        r.unknown_key(entry, place, &names);
    }
    position.map(|parameter| Slot { table, parameter })
}

fn origin(r: Reading<'_>, level: Level, entry: &Entry<'_, '_>, marked: &Marked) -> Origin {
    Origin { level, mark: r.mark(&entry.span()), evidence: marked.evidence.clone(), note: marked.note.clone() }
}

impl Base {
    /// Takes in the tables at the top of one file; they hold for every country.
    pub(super) fn read_common(&mut self, r: Reading<'_>, level: Level, tree: &DeTable<'_>) {
        for top in entries(tree) {
            if TOP_KEYS.contains(&top.key) {
                continue;
            }
            let Some((table, info)) = r.registry.table(top.key) else {
                Self::unknown_top(r, &top);
                continue;
            };
            let Some(values) = r.table(top.node, top.key) else { continue };
            for entry in entries(values) {
                let place = format!("[{}]", info.name);
                let Some(slot) = parameter_of(r, info, table, &entry, &place) else { continue };
                let path = format!("{}.{}", info.name, entry.key);
                if let Some(marked) = r.marked(entry.node, r.registry.parameter(slot), &path) {
                    self.values.set_all(slot, marked.value);
                    self.origins.insert((Place::Common, slot), origin(r, level, &entry, &marked));
                }
            }
        }
    }

    fn unknown_top(r: Reading<'_>, top: &Entry<'_, '_>) {
        let tables = r.registry.tables();
        let known = TOP_KEYS.iter().copied().chain(tables.iter().map(|t| t.name));
        // A parameter written above the first table is a likely slip.
        let owner = tables.iter().find(|t| t.parameters.iter().any(|p| p.name == top.key));
        // What is said of one of them in other formats is no letter or two away.
        let plural = [("policy", "policies"), ("country", "countries")].iter().find(|one| one.0 == top.key);
        let help = plural
            .map(|(_, all)| format!("did you mean `{all}`? Write {}", headed(all)))
            .or_else(|| r.advice(top.key, known))
            .or_else(|| owner.map(|t| format!("`{}` belongs into the table [{}]", top.key, t.name)))
            .unwrap_or_else(|| "`forestall list` shows all tables and parameters".into());
        let diagnostic = r.at(&top.span(), format!("there is no table `{}`", short(top.key)));
        r.report(diagnostic.help(help));
    }

    /// Takes in what the entries of one list say: `level_of` and `reading_of` know the files.
    pub(super) fn read_entries<'a>(
        &mut self,
        scope: Scope,
        listed: &[Listed<'_, '_>],
        reading_of: impl Fn(usize) -> (Reading<'a>, Level),
    ) {
        for (position, one) in listed.iter().enumerate() {
            let place = match scope {
                Scope::MovementEntry => Place::Movement(position),
                Scope::LanguageEntry => Place::Language(position),
                Scope::World | Scope::Country | Scope::CountryEntry => Place::Country(position),
            };
            for (file, table) in &one.tables {
                let (r, level) = reading_of(*file);
                for entry in entries(table) {
                    self.read_entry(r, level, scope, place, &one.code, &entry);
                }
            }
        }
    }

    fn read_entry(
        &mut self,
        r: Reading<'_>,
        level: Level,
        scope: Scope,
        place: Place,
        code: &str,
        entry: &Entry<'_, '_>,
    ) {
        let country = scope == Scope::CountryEntry;
        let fixed = &ENTRY_KEYS[..if country { 3 } else { 2 }];
        let Some((table, info)) = r.registry.entry_table(scope) else { return };
        if fixed.contains(&entry.key) {
            return;
        }
        if info.parameters.iter().all(|p| p.name != entry.key)
            && country
            && let Some((inner, inner_info)) = r.registry.table(entry.key)
        {
            self.read_override(r, level, place, code, entry, (inner, inner_info));
            return;
        }
        let Some(parameter) = info.parameters.iter().position(|p| p.name == entry.key) else {
            let mut known: Vec<&str> = fixed.to_vec();
            known.extend(info.parameters.iter().map(|p| p.name));
            if country {
                let tables = r.registry.tables().iter();
                known.extend(tables.filter(|t| t.scope == Scope::Country).map(|t| t.name));
            }
            r.unknown_key(entry, &format!("[[{}]]", info.name), &known);
            return;
        };
        let slot = Slot { table, parameter };
        let path = format!("{}.{code}.{}", info.name, entry.key);
        if let Some(marked) = r.marked(entry.node, r.registry.parameter(slot), &path) {
            match place {
                Place::Movement(m) => self.values.movements[m][parameter] = marked.value,
                Place::Language(l) => self.values.languages[l][parameter] = marked.value,
                Place::Country(c) => self.values.countries[c][table][parameter] = marked.value,
                Place::Common => {}
            }
            self.origins.insert((place, slot), origin(r, level, entry, &marked));
        }
    }

    fn read_override(
        &mut self,
        r: Reading<'_>,
        level: Level,
        place: Place,
        code: &str,
        entry: &Entry<'_, '_>,
        (table, info): (usize, &TableInfo),
    ) {
        if info.scope != Scope::Country {
            let diagnostic = r.at(&entry.span(), format!("`{}` cannot differ from country to country", info.name));
            r.report(diagnostic.help(format!("write [{}] at the top of the file", info.name)));
            return;
        }
        let Some(values) = r.table(entry.node, entry.key) else { return };
        for entry in entries(values) {
            let where_ = format!("`{}` of country {code}", info.name);
            let Some(slot) = parameter_of(r, info, table, &entry, &where_) else { continue };
            let path = format!("countries.{code}.{}.{}", info.name, entry.key);
            if let (Some(marked), Place::Country(c)) = (r.marked(entry.node, r.registry.parameter(slot), &path), place)
            {
                self.values.countries[c][slot.table][slot.parameter] = marked.value;
                self.origins.insert((place, slot), origin(r, level, &entry, &marked));
            }
        }
    }
}
