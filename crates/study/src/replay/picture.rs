//! A plot's life in both arms as a table from which a timeline is drawn.

use std::collections::BTreeMap;

use forestall_model::{Column, CountryId, FactKind as K, Note, PlotRecord, Table};

use super::life::life;
use super::log::{At, Side, Twins};
use super::narrative::{Narrator, mechanism, people};
use super::pair::Pair;
use super::words::{Names, words};

#[derive(Default)]
struct Rows {
    arm: Vec<String>,
    what: Vec<String>,
    from: Vec<Option<f64>>,
    to: Vec<Option<f64>>,
    date: Vec<String>,
    text: Vec<String>,
    only: Vec<String>,
}

impl Rows {
    fn push(&mut self, side: Side, what: &str, (from, to): (f64, f64), date: String, text: String, only: bool) {
        self.arm.push(side.name().into());
        self.what.push(what.into());
        self.from.push(Some(from));
        self.to.push(Some(to));
        self.date.push(date);
        self.text.push(text);
        self.only.push(if only { "yes" } else { "no" }.into());
    }

    fn table(self) -> Table {
        let mut table = Table::new();
        table.push("arm", Column::Text(self.arm));
        table.push("what", Column::Text(self.what));
        table.push("from_day", Column::Number(self.from));
        table.push("to_day", Column::Number(self.to));
        table.push("date", Column::Text(self.date));
        table.push("text", Column::Text(self.text));
        table.push("only", Column::Text(self.only));
        table
    }
}

/// What a fact is on the timeline; `None` for what the timeline leaves to the text.
fn what(kind: K) -> Option<&'static str> {
    if kind == K::TaskDone {
        Some("task")
    } else if kind == K::SignatureSeen {
        Some("sign")
    } else if kind.is(Note::TextOnly) {
        None
    } else {
        Some("step")
    }
}

/// The columns that the timeline takes: `arm`, `what`, `from_day`, `to_day`, `date`, `text`, `only`.
///
/// `last` is the last day of the run; plots in progress and open files reach to it.
pub(crate) fn table(twins: &Twins, pair: &Pair, narrator: &Narrator, last: f64) -> Table {
    let names = Names::new(narrator.countries, &people(twins, pair.plot));
    let moments = life(twins, pair);
    let mut rows = Rows::default();
    for side in Side::BOTH {
        let record = pair.record(side);
        if let Some(record) = record {
            rows.push(side, "plot", span(record, last), end_date(record, narrator), record.ending.name().into(), false);
        }
        let end = record.map_or(last, |r| r.ended.min(last));
        files(&mut rows, twins, pair, narrator, (side, end), &names);
        for moment in &moments {
            // A shared fact is told once and drawn in both lanes.
            let at = if moment.both {
                twins.twin(moment.at).filter(|t| t.side == side).unwrap_or(moment.at)
            } else {
                moment.at
            };
            let fact = twins.fact(at);
            if let Some(what) = what(fact.kind).filter(|_| at.side == side) {
                let (day, text) = (fact.time, words(fact, &names));
                rows.push(side, what, (day, day), narrator.date(day), text, !moment.both);
            }
        }
    }
    if let Some((_, chain)) = mechanism(twins, pair) {
        let fact = twins.fact(chain.steps[chain.divergence]);
        let arm = chain.steps[chain.divergence].side;
        let place = if arm == Side::Policy { "under the policy only" } else { "in the baseline only" };
        let text = format!("{}, {place}", words(fact, &names));
        rows.push(arm, "parting", (fact.time, fact.time), narrator.date(fact.time), text, true);
    }
    rows.table()
}

fn span(record: &PlotRecord, last: f64) -> (f64, f64) {
    (record.started, record.ended.min(last))
}

fn end_date(record: &PlotRecord, narrator: &Narrator) -> String {
    if record.ended.is_finite() { narrator.date(record.ended) } else { "at the end".into() }
}

/// Times during which a service has an open file on one of the people, or watches one.
fn files(rows: &mut Rows, twins: &Twins, pair: &Pair, narrator: &Narrator, (side, end): (Side, f64), names: &Names) {
    let log = twins.log(side);
    for person in people(twins, pair.plot) {
        let mut since: BTreeMap<(&str, CountryId), At> = BTreeMap::new();
        let close = |rows: &mut Rows,
                     what: &'static str,
                     service: CountryId,
                     until: f64,
                     since: &mut BTreeMap<(&str, CountryId), At>| {
            if let Some(at) = since.remove(&(what, service)) {
                let fact = twins.fact(at);
                let to = until.min(end).max(fact.time);
                rows.push(side, what, (fact.time, to), narrator.date(fact.time), words(fact, names), !twins.shared(at));
            }
        };
        for &place in log.about(person) {
            let (fact, at) = (&log.facts()[place], At { side, place });
            if fact.time > end {
                break;
            }
            if matches!(fact.kind, K::CaseOpened | K::CaseReopened) {
                since.entry(("open", fact.country)).or_insert(at);
            } else if fact.kind == K::WatchStarted {
                since.insert(("watched", fact.country), at);
            } else if fact.kind == K::WatchEnded {
                close(rows, "watched", fact.country, fact.time, &mut since);
            } else if matches!(fact.kind, K::CaseClosed | K::CaseClosedForCapacity) {
                close(rows, "watched", fact.country, fact.time, &mut since);
                close(rows, "open", fact.country, fact.time, &mut since);
            } else if matches!(fact.kind, K::Imprisoned | K::Departed | K::StingCase) {
                let open: Vec<(&str, CountryId)> = since.keys().copied().collect();
                for (what, service) in open {
                    let what = if what == "open" { "open" } else { "watched" };
                    close(rows, what, service, fact.time, &mut since);
                }
            }
        }
        let open: Vec<(&str, CountryId)> = since.keys().copied().collect();
        for (what, service) in open {
            let what = if what == "open" { "open" } else { "watched" };
            close(rows, what, service, end, &mut since);
        }
    }
}
