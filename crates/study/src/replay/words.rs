//! Facts in words.

use std::collections::BTreeMap;

use forestall_model::{CountryId, Fact, Key, Value};

/// Names for the countries and for the people of one plot.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    countries: Vec<String>,
    people: BTreeMap<Key, String>,
}

impl Names {
    /// Country codes by position, and the plot's people, the founder first.
    pub(crate) fn new(countries: &[String], people: &[Key]) -> Self {
        let name = |i: usize| if i == 0 { "the founder".to_owned() } else { format!("member {}", i + 1) };
        let people = people.iter().enumerate().map(|(i, key)| (*key, name(i))).collect();
        Self { countries: countries.to_vec(), people }
    }

    /// A country's code.
    pub(crate) fn country(&self, country: CountryId) -> &str {
        self.countries.get(usize::from(country)).map_or("?", String::as_str)
    }

    /// Who it is: a role in the plot, or somebody else by the first digits of the key.
    pub(crate) fn who(&self, key: Key) -> String {
        self.people.get(&key).cloned().unwrap_or_else(|| format!("person {}", &hex(key.bits())[..6]))
    }
}

/// A key or identity as files write it.
pub(crate) fn hex(bits: u64) -> String {
    format!("{bits:016x}")
}

/// What happened, in a few words without date and country: the phrase of the kind with its places filled in.
pub(crate) fn words(fact: &Fact, names: &Names) -> String {
    let mut text = String::new();
    let mut rest = fact.kind.row().phrase;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        text += before;
        text += &filled(place, fact, names);
        rest = after;
    }
    text + rest
}

/// What stands in one place of a phrase.
fn filled(place: &str, fact: &Fact, names: &Names) -> String {
    let decimals = place.strip_prefix("value.").and_then(|digits| digits.parse().ok());
    match place {
        "who" => names.who(fact.subject),
        "place" => names.country(fact.country).to_owned(),
        "kind" => fact.kind.name(),
        _ => value(fact.meant(), decimals),
    }
}

/// A value in words or figures.
fn value(value: Value, decimals: Option<usize>) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Number(x)
        | Value::Days(x)
        | Value::Factor(x)
        | Value::LogOdds(x)
        | Value::Share(x)
        | Value::Money(x) => decimals.map_or_else(|| x.to_string(), |d| format!("{x:.d$}")),
        Value::Position(at) => at.to_string(),
        Value::Truth(so) => if so { "yes" } else { "no" }.into(),
        Value::Channel(channel) => channel.name().into(),
        Value::FileStatus(status) => status.words().into(),
        Value::Found(found) => found.words().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::{FactKind, Payload};

    #[test]
    fn every_phrase_names_places_that_can_be_filled() {
        for kind in FactKind::ALL {
            let row = kind.row();
            for place in row.phrase.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default()) {
                let value =
                    place == "value" || place.strip_prefix("value.").is_some_and(|d| d.parse::<usize>().is_ok());
                assert!(value || ["who", "place", "kind"].contains(&place), "{kind:?}: {{{place}}}");
                assert!(!value || row.payload != Payload::Nothing, "{kind:?} has no value to tell");
            }
        }
    }

    #[test]
    fn a_phrase_is_filled_in() {
        let names = Names::new(&["AA".into()], &[Key::from_bits(7)]);
        let fact = |kind, value| Fact {
            id: 1,
            cause: 0,
            time: 0.0,
            kind,
            country: CountryId::default(),
            movement: forestall_model::MovementId::default(),
            subject: Key::from_bits(7),
            plot: Key::NONE,
            value,
        };
        assert_eq!(words(&fact(FactKind::TaskDone, 3.0), &names), "task 3 is done");
        assert_eq!(words(&fact(FactKind::TempoChanged, 0.5), &names), "the tempo is now 0.500");
        let sign = fact(FactKind::SignLeft, 2.0);
        assert_eq!(
            words(&sign, &names),
            "a sign is left by the founder (file status in AA: an open file that is parked)"
        );
        assert_eq!(
            words(&fact(FactKind::RecordChecked, 3.0), &names),
            "AA checks the founder and can see a pooled record"
        );
        assert_eq!(words(&fact(FactKind::PlotFoiled, 8.0), &names), "AA foils the plot (channel: search)");
    }
}
