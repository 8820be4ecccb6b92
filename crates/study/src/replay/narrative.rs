//! One plot's life told: its facts in both arms, the divergence, and the chain of causes back to the policy.

use jiff::civil::Date;
use serde::Serialize;

use forestall_model::{Key, PlotRecord, date_after};

use super::chain::{Root, Tracer};
use super::life::life;
use super::log::{At, Side, Twins};
use super::mechanism;
use super::pair::Pair;
use super::words::{Names, hex, words};
use forestall_model::Mechanism;

/// One fact as it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its identity in the log.
    pub id: String,
    /// The identity of its cause; `None` if it has none.
    pub cause: Option<String>,
    /// Days from the start; negative in the warm-up.
    pub day: f64,
    /// The date.
    pub date: String,
    /// `both`, `baseline` or `policy`.
    pub arm: &'static str,
    /// The kind of fact.
    pub fact: String,
    /// Code of the country.
    pub country: String,
    /// What happened, in words.
    pub words: String,
}

/// How a plot ends in one arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// Days from the start at which it begins.
    pub start_day: f64,
    /// The date.
    pub start: String,
    /// `completed`, `failed`, `foiled`, `dissolved` or `in_progress`.
    pub outcome: &'static str,
    /// Days from the start at which it ends; `None` while in progress.
    pub end_day: Option<f64>,
    /// The date.
    pub end: Option<String>,
    /// What led the service to it, if it was foiled.
    pub channel: Option<&'static str>,
    /// Code of the service that foiled it.
    pub foiled_by: Option<String>,
}

/// A parameter that the policy changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lever {
    /// Its path.
    pub parameter: String,
    /// Value in the baseline.
    pub baseline: String,
    /// Value under the policy.
    pub policy: String,
    /// First day on which they differ; `None` from the first simulated day on.
    pub since: Option<String>,
}

/// Why the ends differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// The mechanism's name.
    pub mechanism: &'static str,
    /// What that means.
    pub meaning: &'static str,
    /// The first fact about the plot and its people that stands in one arm only, whether or not it matters.
    pub first_difference: Option<Line>,
    /// Where the two lives diverge: the earliest fact of the chain about this plot that the other arm lacks.
    #[serde(rename = "parting")]
    pub divergence: Line,
    /// From the end back in time.
    pub chain: Vec<Line>,
    /// Whether the chain ends at parameters that the policy changed.
    pub reaches_policy: bool,
    /// Those parameters; where the chain does not reach them, all that the policy changed.
    pub levers: Vec<Lever>,
}

/// One plot in both arms.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Narrative {
    /// Its name.
    pub plot: String,
    /// How it came about.
    pub pathway: &'static str,
    /// `averted`, `induced` or `other`.
    pub effect: &'static str,
    /// Its end in the baseline; `None` where it is not there.
    pub baseline: Option<End>,
    /// Its end under the policy.
    pub policy: Option<End>,
    /// All facts of its life in both arms.
    pub life: Vec<Line>,
    /// Why it ends otherwise; `None` where it does not.
    pub why: Option<Why>,
}

/// Dates and names for telling.
#[derive(Clone, Debug)]
pub struct Narrator<'a> {
    /// First day of the outcomes.
    pub start: Date,
    /// Codes of the countries.
    pub countries: &'a [String],
}

impl Narrator<'_> {
    /// A date from days since the start.
    pub fn date(&self, day: f64) -> String {
        date_after(self.start, day).to_string()
    }

    /// How a plot ends.
    pub fn end(&self, record: &PlotRecord) -> End {
        let ended = record.ended.is_finite();
        End {
            start_day: record.started,
            start: self.date(record.started),
            outcome: record.ending.name(),
            end_day: ended.then_some(record.ended),
            end: ended.then(|| self.date(record.ended)),
            channel: record.foiled_by.map(|_| record.channel.name()),
            foiled_by: record.foiled_by.map(|c| self.countries[usize::from(c)].clone()),
        }
    }

    fn line(&self, twins: &Twins, at: At, both: bool, names: &Names) -> Line {
        let fact = twins.fact(at);
        Line {
            id: hex(fact.id),
            cause: (fact.cause != 0).then(|| hex(fact.cause)),
            day: fact.time,
            date: self.date(fact.time),
            arm: if both { "both" } else { at.side.name() },
            fact: fact.kind.name(),
            country: names.country(fact.country).into(),
            words: words(fact, names),
        }
    }

    /// Parameters in words.
    pub fn levers(&self, differences: &[super::levers::Difference]) -> Vec<Lever> {
        let lever = |d: &super::levers::Difference| Lever {
            parameter: d.path.clone(),
            baseline: d.baseline.clone(),
            policy: d.policy.clone(),
            since: d.since.map(|day| self.date(day)),
        };
        differences.iter().map(lever).collect()
    }
}

/// The people of a plot in either arm, the founder first.
pub fn people(twins: &Twins, plot: Key) -> Vec<Key> {
    let mut all = twins.log(Side::Baseline).people(plot);
    for person in twins.log(Side::Policy).people(plot) {
        if !all.contains(&person) {
            all.push(person);
        }
    }
    all
}

/// Why a plot ends otherwise: the mechanism of its divergence; `None` where it ends alike.
pub fn mechanism(twins: &Twins, pair: &Pair) -> Option<(Mechanism, super::Chain)> {
    let tracer = Tracer::new(twins, pair.plot);
    let chain = tracer.trace(pair)?;
    Some((mechanism::of(twins, &tracer, &chain), chain))
}

/// Tells one plot's life beside its twin.
pub fn tell(twins: &Twins, pair: &Pair, narrator: &Narrator) -> Narrative {
    let names = Names::new(narrator.countries, &people(twins, pair.plot));
    let moments = life(twins, pair);
    let line = |at: At| narrator.line(twins, at, twins.shared(at), &names);
    let first = moments.iter().find(|m| !m.both).map(|m| line(m.at));
    let why = mechanism(twins, pair).map(|(mechanism, chain)| Why {
        mechanism: mechanism.name(),
        meaning: mechanism.meaning(),
        first_difference: first,
        divergence: line(chain.steps[chain.divergence]),
        reaches_policy: matches!(chain.root, Root::Policy(_)),
        levers: match &chain.root {
            Root::Policy(found) => narrator.levers(found),
            Root::NotKept => narrator.levers(&twins.levers.all()),
        },
        chain: chain.steps.iter().map(|&at| line(at)).collect(),
    });
    Narrative {
        plot: hex(pair.plot.bits()),
        pathway: pair.any().map_or("", |p| p.pathway.name()),
        effect: pair.effect(),
        baseline: pair.baseline.as_ref().map(|p| narrator.end(p)),
        policy: pair.policy.as_ref().map(|p| narrator.end(p)),
        life: moments.iter().map(|m| line(m.at)).collect(),
        why,
    }
}
