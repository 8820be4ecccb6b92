//! What a parameter is: its name, kind, range, unit, default, evidence and meaning.

/// How a parameter is written in a scenario file, and which values it may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A real number between two bounds, both allowed.
    Number(f64, f64),
    /// A number between 0 and 1.
    Share,
    /// A whole number between two bounds, both allowed.
    Count(f64, f64),
    /// `true` or `false`.
    Switch,
    /// One of these words; the number inside is its position.
    Choice(&'static [&'static str]),
}

impl Kind {
    /// The least and greatest number allowed.
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Self::Number(low, high) | Self::Count(low, high) => (*low, *high),
            Self::Share | Self::Switch => (0.0, 1.0),
            Self::Choice(words) => (0.0, words.len() as f64 - 1.0),
        }
    }

    /// Whether `value` is allowed.
    pub fn admits(&self, value: f64) -> bool {
        let (low, high) = self.bounds();
        let whole = !matches!(self, Self::Count(..) | Self::Switch | Self::Choice(_)) || value == libm::round(value);
        value.is_finite() && value >= low && value <= high && whole
    }

    /// What a scenario file may hold here, in words.
    pub fn expectation(&self) -> String {
        match self {
            Self::Number(low, high) => format!("a number from {low} to {high}"),
            Self::Share => "a share from 0 to 1".into(),
            Self::Count(low, high) => format!("a whole number from {low} to {high}"),
            Self::Switch => "true or false".into(),
            Self::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
                format!("one of {}", quoted.join(", "))
            }
        }
    }

    /// Whether a ramp can pass through the values between two settings; counts pass in whole numbers.
    pub fn continuous(&self) -> bool {
        matches!(self, Self::Number(..) | Self::Share | Self::Count(..))
    }

    /// A value as a scenario file writes it.
    pub fn write(&self, value: f64) -> String {
        match self {
            Self::Switch => (value != 0.0).to_string(),
            Self::Choice(words) => {
                words.get(value as usize).map_or_else(|| value.to_string(), |word| format!("\"{word}\""))
            }
            Self::Count(..) => format!("{value:.0}"),
            Self::Number(..) | Self::Share => {
                let text = format!("{value:?}");
                if text.contains("inf") { "inf".into() } else { text }
            }
        }
    }
}

/// Everything that `list`, `schema`, `check` and the documents say about one parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name inside its table; the unit is part of the name.
    pub name: &'static str,
    /// Its kind and range.
    pub kind: Kind,
    /// Its value where a scenario says nothing.
    pub default: f64,
    /// The unit in words.
    pub unit: &'static str,
    /// A row of the evidence table (`F12`), or `assumed`.
    pub evidence: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Where a table's values live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One value for the world.
    World,
    /// One value for each country, with a common default.
    Country,
    /// An attribute of each `[[countries]]` entry.
    CountryEntry,
    /// An attribute of each `[[movements]]` entry.
    MovementEntry,
    /// An attribute of each `[[languages]]` entry.
    LanguageEntry,
}

/// A table of parameters, as one mechanism declares it.
#[derive(Clone, Copy, Debug)]
pub struct TableInfo {
    /// The table's name in the scenario file.
    pub name: &'static str,
    /// The mechanism's number in the model document, such as `M2`.
    pub mechanism: &'static str,
    /// What the mechanism does, in one sentence.
    pub meaning: &'static str,
    /// Where its values live.
    pub scope: Scope,
    /// Its parameters in order.
    pub parameters: &'static [Parameter],
    /// The setting that switches the mechanism off exactly.
    pub neutral: &'static [(&'static str, f64)],
    /// Parameters that are read on the first simulated day and never after.
    pub first_day: &'static [&'static str],
    /// Parameters that are read up to the first counted day, after the warm-up, and never after.
    pub counted_day: &'static [&'static str],
}

/// A typed view of a table's values.
pub(crate) trait ParameterTable: Clone {
    /// The table's description.
    const INFO: TableInfo;

    /// The typed values, from numbers in the order of `INFO.parameters`.
    fn read(values: &[f64]) -> Self;
}

/// Declares a mechanism's parameters once: the typed struct, its documentation, the defaults and
/// ranges, and what `list`, `schema` and the documents show, all come from here.
macro_rules! parameters {
    (
        $(#[doc = $doc:literal])+
        $name:ident = $table:literal, $mechanism:literal, $scope:ident;
        neutral { $($neutral:ident = $neutral_value:expr),* $(,)? }
        $(first_day { $($first:ident),* $(,)? })?
        $(counted_day { $($counted:ident),* $(,)? })?
        $(
            $(#[doc = $field_doc:literal])+
            $field:ident: $kind:ident $(($($bound:expr),+ $(,)?))? = $default:expr, $unit:literal, $evidence:literal;
        )+
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        // Names of parameters are for users, who read them with their table.
        #[allow(missing_copy_implementations, unreachable_pub, clippy::struct_field_names)]
        pub struct $name {
            $($(#[doc = $field_doc])+ #[doc = ""] #[doc = concat!("Unit: ", $unit, ". Evidence: ", $evidence, ".")] pub $field: f64,)+
        }

        impl $crate::scenario::parameter::ParameterTable for $name {
            const INFO: $crate::scenario::parameter::TableInfo = $crate::scenario::parameter::TableInfo {
                name: $table,
                mechanism: $mechanism,
                meaning: concat!($($doc, " "),+),
                scope: $crate::scenario::parameter::Scope::$scope,
                parameters: &[$($crate::scenario::parameter::Parameter {
                    name: stringify!($field),
                    kind: $crate::scenario::parameter::Kind::$kind $(($($bound),+))?,
                    default: $default,
                    unit: $unit,
                    evidence: $evidence,
                    meaning: concat!($($field_doc, " "),+),
                }),+],
                neutral: &[$((stringify!($neutral), $neutral_value)),*],
                first_day: &[$($(stringify!($first)),*)?],
                counted_day: &[$($(stringify!($counted)),*)?],
            };

            fn read(values: &[f64]) -> Self {
                let mut next = values.iter().copied();
                // The registry hands over exactly as many numbers as the table has parameters.
                Self { $($field: next.next().unwrap_or($default)),+ }
            }
        }
    };
}
pub(crate) use parameters;
