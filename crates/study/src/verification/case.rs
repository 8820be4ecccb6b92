//! What a case is: keys that a user may set, quantities that theory and model both state.

use forestall_model::did_you_mean;

use super::VerificationError;
use super::measure::Reading;

/// A number that a user may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CaseKey {
    /// Its name in `--set`.
    pub name: &'static str,
    /// The shipped value.
    pub default: f64,
    /// Least value allowed.
    pub low: f64,
    /// Greatest value allowed.
    pub high: f64,
    /// Whether it is a whole number.
    pub whole: bool,
    /// What it is, with its unit.
    pub meaning: &'static str,
}

impl CaseKey {
    pub(super) const fn rate(name: &'static str, default: f64, (low, high): (f64, f64), meaning: &'static str) -> Self {
        Self { name, default, low, high, whole: false, meaning }
    }

    pub(super) const fn whole(
        name: &'static str,
        default: f64,
        (low, high): (f64, f64),
        meaning: &'static str,
    ) -> Self {
        Self { name, default, low, high, whole: true, meaning }
    }

    fn right(&self) -> String {
        format!("{} from {} to {}", if self.whole { "a whole number" } else { "a number" }, self.low, self.high)
    }
}

/// A quantity that theory and model both state.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// Its name.
    pub name: &'static str,
    /// What it is, with its unit.
    pub meaning: &'static str,
    /// Whether it must hold without any error: an identity, not a mean.
    pub exact: bool,
    /// What one replication says of it: the estimate is the sum of first numbers over the sum of second ones.
    pub(super) measure: fn(&Reading, &Values) -> (f64, f64),
}

impl Quantity {
    pub(super) const fn mean(
        name: &'static str,
        meaning: &'static str,
        measure: fn(&Reading, &Values) -> (f64, f64),
    ) -> Self {
        Self { name, meaning, exact: false, measure }
    }

    pub(super) const fn exact(
        name: &'static str,
        meaning: &'static str,
        measure: fn(&Reading, &Values) -> (f64, f64),
    ) -> Self {
        Self { name, meaning, exact: true, measure }
    }
}

/// One closed form and the scenario that must reproduce it.
#[derive(Debug)]
pub struct Case {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is compared, in a sentence.
    pub question: &'static str,
    /// Where the closed form comes from.
    pub source: &'static str,
    /// What a user may set.
    pub keys: &'static [CaseKey],
    /// What is compared.
    pub quantities: &'static [Quantity],
    /// Replications to begin with; more follow where the precision asks for them.
    pub(super) replications: u64,
    /// Whether quantities are read from facts too, not from rows alone.
    pub(super) facts: bool,
    /// What theory says, one number a quantity; not a number where it says nothing for these values.
    pub(super) expected: fn(&Values) -> Result<Vec<f64>, VerificationError>,
    /// The scenario's text without its heading, and how long it runs.
    pub(super) scenario: fn(&Values) -> Result<Setting, VerificationError>,
}

/// A scenario's body and its spans of time.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// A shipped scenario that the text extends.
    pub(super) extends: &'static str,
    /// Tables in TOML.
    pub(super) body: String,
    /// Days before counting begins.
    pub(super) warm_up_days: u32,
    /// Days counted.
    pub(super) days: u32,
}

/// Values of a case's keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    case: &'static str,
    keys: &'static [CaseKey],
    numbers: Vec<f64>,
}

impl Values {
    /// The shipped values.
    pub fn shipped(case: &Case) -> Self {
        Self { case: case.name, keys: case.keys, numbers: case.keys.iter().map(|k| k.default).collect() }
    }

    /// Takes in `key=value`.
    ///
    /// # Errors
    /// If the text is no assignment, the case has no such key, or the key cannot have this value.
    pub fn assign(&mut self, text: &str) -> Result<(), VerificationError> {
        let (name, value) = text.split_once('=').ok_or_else(|| VerificationError::NotAnAssignment(text.to_owned()))?;
        let (name, value) = (name.trim(), value.trim());
        let names = || self.keys.iter().map(|k| k.name);
        let Some(at) = self.keys.iter().position(|k| k.name == name) else {
            let all = || format!("there are {}", names().collect::<Vec<_>>().join(", "));
            let help = did_you_mean(name, names()).unwrap_or_else(all);
            return Err(VerificationError::UnknownKey { case: self.case, key: name.to_owned(), help });
        };
        let key = &self.keys[at];
        let number = value
            .replace('_', "")
            .parse::<f64>()
            .ok()
            .filter(|x| x.is_finite() && (key.low..=key.high).contains(x) && (!key.whole || x.fract() == 0.0));
        let Some(number) = number else {
            return Err(VerificationError::Value {
                case: self.case,
                key: key.name,
                found: value.to_owned(),
                right: key.right(),
            });
        };
        self.numbers[at] = number;
        Ok(())
    }

    /// The value of a key that the case has; of any other, not a number, so that nothing can agree with it.
    pub fn get(&self, name: &str) -> f64 {
        self.find(name).unwrap_or(f64::NAN)
    }

    /// The value of a key that only some cases of a family have.
    pub fn find(&self, name: &str) -> Option<f64> {
        self.keys.iter().position(|k| k.name == name).map(|at| self.numbers[at])
    }

    /// The same with one key multiplied, its limits left aside: for derivatives and planted errors.
    #[must_use]
    pub fn scaled(&self, key: usize, factor: f64) -> Self {
        let mut other = self.clone();
        other.numbers[key] *= factor;
        other
    }

    /// Names and values in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.keys.iter().map(|k| k.name).zip(self.numbers.iter().copied())
    }

    pub(super) fn case(&self) -> &'static str {
        self.case
    }
}
