//! Contagion among peers: a linear birth–death process from one ancestor.

use super::super::VerificationError;
use super::super::branching::Family;
use super::super::case::{Case, CaseKey, Quantity, Setting, Values};
use super::super::measure::countries;
use super::{per_year, setting};

/// Countries with one first sympathiser each, so that one replication watches many families.
const FAMILIES: usize = 50;
/// Largest mean size that a run can carry.
const MOST_MEAN: f64 = 1_000.0;

/// One sympathiser among very many residents.
pub(super) static CONTAGION: Case = Case {
    name: "contagion",
    question: "Is contagion from one sympathiser the linear birth-death process while residents abound?",
    source: "Kendall (1948); the branching limit of contagion in a neighbourhood",
    keys: &[
        CaseKey::rate("introductions_per_day", 0.06, (0.0, 0.27), "residents whom one sympathiser introduces, per day"),
        CaseKey::rate("desist_per_day", 0.04, (0.0, 0.27), "desistance of one sympathiser, per day"),
        CaseKey::whole("days", 60.0, (1.0, 3_650.0), "days watched"),
    ],
    quantities: &[
        Quantity::mean("sympathisers_mean", "mean size of a family at the end", |r, _| {
            countries(r, "sympathisers", |x| x)
        }),
        Quantity::mean("onsets_mean", "mean number of people introduced", |r, _| {
            countries(r, "residents_radicalised", |x| x)
        }),
        Quantity::mean("extinct_share", "share of families that have died out", |r, _| {
            countries(r, "sympathisers", |x| f64::from(u8::from(x == 0.0)))
        }),
    ],
    replications: 300,
    facts: false,
    expected: |v| {
        let family = family(v)?;
        Ok(vec![family.mean(), family.births(), family.extinct()])
    },
    scenario,
};

fn family(v: &Values) -> Result<Family, VerificationError> {
    let family = Family { birth: v.get("introductions_per_day"), death: v.get("desist_per_day"), days: v.get("days") };
    if family.mean() > MOST_MEAN || family.births() > MOST_MEAN {
        return Err(VerificationError::TooLarge(format!(
            "a family would have {:.0} members and {:.0} introductions on average, more than the {MOST_MEAN} that a run \
             can carry; lower introductions_per_day or days",
            family.mean(),
            family.births()
        )));
    }
    Ok(family)
}

fn scenario(v: &Values) -> Result<Setting, VerificationError> {
    family(v)?;
    let mut body = String::new();
    for i in 0..FAMILIES {
        let code = if i == 0 { "A".to_owned() } else { format!("F{i}") };
        body += &format!(
            "\n[[countries]]\ncode = \"{code}\"\nname = \"Family {i}\"\nresidents = 1_000_000_000\n\
             neighbourhood_residents = 1_000_000_000\nreceptivity_skew = 0\n"
        );
    }
    body += &format!(
        "\n[start]\nsympathisers = 1\n\n[peers]\nintroductions_per_year = {:?}\n\n[stages]\nfast_share = 0\n\
         desist_sympathiser_per_year = {:?}\n",
        per_year(v.get("introductions_per_day")),
        per_year(v.get("desist_per_day"))
    );
    Ok(setting("neutral-world.toml", (0, v.get("days") as u32), body))
}
