//! Paths: which values `services.analysts` or `countries.FR.services.analysts` means.

use super::nearest::did_you_mean;
use super::parameter::{Kind, Scope, TableInfo};
use super::registry::{Registry, Slot};
use super::resolved::Values;

/// Whose value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The world's, or the common default of all countries.
    Common,
    /// One country's, by position.
    Country(usize),
    /// One movement's, by position.
    Movement(usize),
    /// One language's, by position.
    Language(usize),
}

/// How far a path reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The world, or every country.
    Everywhere,
    /// Every entry of a list: all countries, all movements, all languages.
    EveryEntry(Scope),
    /// One place.
    One(Place),
    /// The number of one line of a named change: a value, a factor or a term.
    Change {
        /// Its position in [`Values::changes`].
        index: usize,
        /// Whether it is a factor or a term, and so has not the parameter's own range.
        relative: bool,
    },
}

/// What a path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Which parameter.
    pub slot: Slot,
    /// Whose.
    pub reach: Reach,
}

impl Target {
    /// Whether two targets share a value.
    pub fn overlaps(&self, other: &Self) -> bool {
        let same = match (self.reach, other.reach) {
            (Reach::One(a), Reach::One(b)) => a == b,
            (Reach::Change { index: a, .. }, Reach::Change { index: b, .. }) => a == b,
            (Reach::Change { .. }, _) | (_, Reach::Change { .. }) => false,
            _ => true,
        };
        self.slot == other.slot && same
    }

    /// Whether it names one country, movement or language.
    pub fn is_particular(&self) -> bool {
        matches!(self.reach, Reach::One(_))
    }

    /// What may stand there.
    pub fn kind(&self, registry: &Registry) -> Kind {
        match self.reach {
            Reach::Change { relative: true, .. } => RELATIVE,
            Reach::Everywhere | Reach::EveryEntry(_) | Reach::One(_) | Reach::Change { .. } => {
                registry.parameter(self.slot).kind
            }
        }
    }

    /// Calls `change` with every value that the target means.
    pub fn each(&self, values: &mut Values, mut change: impl FnMut(&mut f64)) {
        let Slot { table, parameter } = self.slot;
        match self.reach {
            Reach::Everywhere => {
                change(&mut values.world[table][parameter]);
                values.countries.iter_mut().for_each(|c| change(&mut c[table][parameter]));
            }
            Reach::EveryEntry(Scope::MovementEntry) => {
                values.movements.iter_mut().for_each(|m| change(&mut m[parameter]));
            }
            Reach::EveryEntry(Scope::LanguageEntry) => {
                values.languages.iter_mut().for_each(|l| change(&mut l[parameter]));
            }
            Reach::EveryEntry(_) => values.countries.iter_mut().for_each(|c| change(&mut c[table][parameter])),
            Reach::Change { index, .. } => change(&mut values.changes[index]),
            Reach::One(Place::Common) => change(&mut values.world[table][parameter]),
            Reach::One(Place::Country(c)) => change(&mut values.countries[c][table][parameter]),
            Reach::One(Place::Movement(m)) => change(&mut values.movements[m][parameter]),
            Reach::One(Place::Language(l)) => change(&mut values.languages[l][parameter]),
        }
    }
}

/// What a factor or a term of a change may be; what it makes of a value is checked where it acts.
const RELATIVE: Kind = Kind::Number(-1e12, 1e12);

/// Why a path means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong.
    pub message: String,
    /// What may stand there.
    pub expected: Option<String>,
    /// The nearest known name.
    pub help: Option<String>,
}

impl PathError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), expected: None, help: None }
    }
}

/// The codes of a scenario's lists, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Codes {
    /// Countries.
    pub countries: Vec<String>,
    /// Movements.
    pub movements: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// The numbers of named changes: `NAME.PATH`, and what it means.
    pub numbers: Vec<(String, Target)>,
}

impl Codes {
    /// What `path` means.
    ///
    /// # Errors
    /// If the path names no parameter, or a country, movement or language that the scenario has not.
    pub fn target(&self, registry: &Registry, path: &str) -> Result<Target, PathError> {
        self.resolve(registry, path, true)
    }

    /// Whether `path` means something.
    pub(super) fn knows(&self, registry: &Registry, path: &str) -> bool {
        self.resolve(registry, path, false).is_ok()
    }

    /// What `path` means; errors have the nearest name and what may stand there only if `advise`, since both take time.
    pub(super) fn resolve(&self, registry: &Registry, path: &str, advise: bool) -> Result<Target, PathError> {
        let parts: Vec<&str> = path.split('.').map(str::trim).collect();
        if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) {
            let mut error = PathError::new(format!("`{}` is no path to a parameter", shown(path)));
            error.expected = Some("`table.parameter`, or `countries.CODE.table.parameter`".into());
            error.help = registry
                .tables()
                .iter()
                .find(|t| t.parameters.iter().any(|p| p.name == parts[0]))
                .map(|t| format!("did you mean `{}.{}`?", t.name, parts[0]));
            return Err(error);
        }
        if parts[0] == "changes" {
            return self.number(&parts[1..].join("."), advise);
        }
        let (table, info) = find_table(registry, parts[0], advise)?;
        let entry = matches!(info.scope, Scope::CountryEntry | Scope::MovementEntry | Scope::LanguageEntry);
        match (entry, parts.as_slice()) {
            (false, [_, name]) => Ok(Target { slot: find(info, table, name, advise)?, reach: Reach::Everywhere }),
            (true, [_, name]) => {
                // `countries.FR` alone is a likelier slip than a misspelt attribute.
                if self.list(info.scope).iter().any(|code| code == name) {
                    let mut error = PathError::new(format!("`{}` names no parameter", shown(path)));
                    error.expected = Some(format!("`{}.{name}.PARAMETER`", info.name));
                    return Err(error);
                }
                Ok(Target { slot: find(info, table, name, advise)?, reach: Reach::EveryEntry(info.scope) })
            }
            (true, [_, code, name]) => {
                let place = self.place(info, code, advise)?;
                Ok(Target { slot: find(info, table, name, advise)?, reach: Reach::One(place) })
            }
            (true, [_, code, inner, name]) if info.scope == Scope::CountryEntry => {
                let place = self.place(info, code, advise)?;
                let (table, info) = find_table(registry, inner, advise)?;
                let slot = find(info, table, name, advise)?;
                if info.scope == Scope::Country {
                    return Ok(Target { slot, reach: Reach::One(place) });
                }
                let mut error = PathError::new(format!("`{inner}` cannot differ from country to country"));
                error.help = Some(format!("write `{}.{name}`: it holds for the whole world", info.name));
                Err(error)
            }
            _ => {
                let mut error = PathError::new(format!("`{}` has too many parts", shown(path)));
                error.expected = Some(if entry {
                    format!("`{}.CODE.PARAMETER`", info.name)
                } else {
                    format!("`{}.PARAMETER`", info.name)
                });
                Err(error)
            }
        }
    }

    /// What `NAME.PATH` means among the numbers of named changes.
    fn number(&self, rest: &str, advise: bool) -> Result<Target, PathError> {
        if let Some((_, target)) = self.numbers.iter().find(|known| known.0 == rest) {
            return Ok(*target);
        }
        let mut error = PathError::new(format!("`changes.{}` names no number of a change", shown(rest)));
        if advise {
            let known = || self.numbers.iter().map(|known| known.0.as_str());
            error.expected = Some(match self.numbers.len() {
                0 => "a change with a name: `name = \"…\"` under [[changes]]".into(),
                1..=12 => format!("one of {}", known().map(|k| format!("changes.{k}")).collect::<Vec<_>>().join(", ")),
                _ => "`changes.NAME.PATH`, with the name of a change and a path that it sets to a number".into(),
            });
            error.help = did_you_mean(rest, known()).map(|help| help.replacen('`', "`changes.", 1));
        }
        Err(error)
    }

    fn list(&self, scope: Scope) -> &[String] {
        match scope {
            Scope::MovementEntry => &self.movements,
            Scope::LanguageEntry => &self.languages,
            Scope::World | Scope::Country | Scope::CountryEntry => &self.countries,
        }
    }

    fn place(&self, info: &TableInfo, code: &str, advise: bool) -> Result<Place, PathError> {
        let codes = self.list(info.scope);
        let Some(position) = codes.iter().position(|known| known == code) else {
            let mut error = PathError::new(format!("`{}` is not in the scenario's {}", shown(code), info.name));
            if advise {
                error.expected = Some(format!("one of {}", codes.join(", ")));
                error.help = did_you_mean(code, codes.iter().map(String::as_str));
            }
            return Err(error);
        };
        Ok(match info.scope {
            Scope::MovementEntry => Place::Movement(position),
            Scope::LanguageEntry => Place::Language(position),
            Scope::World | Scope::Country | Scope::CountryEntry => Place::Country(position),
        })
    }

    /// The path of one value.
    pub fn path(&self, registry: &Registry, place: Place, slot: Slot) -> String {
        let info = &registry.tables()[slot.table];
        let name = info.parameters[slot.parameter].name;
        match place {
            Place::Common => format!("{}.{name}", info.name),
            Place::Country(c) if info.scope == Scope::CountryEntry => {
                format!("{}.{}.{name}", info.name, self.countries[c])
            }
            Place::Country(c) => format!("countries.{}.{}.{name}", self.countries[c], info.name),
            Place::Movement(m) => format!("{}.{}.{name}", info.name, self.movements[m]),
            Place::Language(l) => format!("{}.{}.{name}", info.name, self.languages[l]),
        }
    }
}

/// A path short enough for a message.
fn shown(path: &str) -> String {
    path.chars().take(80).collect()
}

fn find_table<'r>(registry: &'r Registry, name: &str, advise: bool) -> Result<(usize, &'r TableInfo), PathError> {
    registry.table(name).ok_or_else(|| {
        let mut error = PathError::new(format!("there is no table `{}`", shown(name)));
        if advise {
            error.help = did_you_mean(name, registry.tables().iter().map(|t| t.name))
                .or_else(|| Some("`forestall list` shows all tables and parameters".into()));
        }
        error
    })
}

fn find(info: &TableInfo, table: usize, name: &str, advise: bool) -> Result<Slot, PathError> {
    let position = info.parameters.iter().position(|p| p.name == name);
    position.map(|parameter| Slot { table, parameter }).ok_or_else(|| {
        let mut error = PathError::new(format!("`{}` has no parameter `{}`", info.name, shown(name)));
        if advise {
            let names: Vec<&str> = info.parameters.iter().map(|p| p.name).collect();
            error.expected = Some(format!("one of {}", names.join(", ")));
            error.help = did_you_mean(name, names);
        }
        error
    })
}
