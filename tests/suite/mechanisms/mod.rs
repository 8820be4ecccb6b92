//! Every mechanism alone on a tiny world: an exact sequence of events, and a law that it must obey.
//!
//! The worlds extend the neutral world and switch on one mechanism with what it needs. Rates are so large,
//! or shares 0 or 1, that the rule alone says what must happen and in which order. Because every process
//! is a unit-rate clock run at its hazard, a hazard twice as large halves every time exactly; where a law
//! is a share or a mean instead, it must hold within four standard errors (a false alarm in 16,000; the
//! seeds are fixed).

mod at_start;
mod belief;
mod borders;
mod channels;
mod fighters;
mod investigations;
mod leads;
mod measures;
mod organisations;
mod pairs;
mod parked;
mod plots;
mod population;
mod pressed;
mod recruiters;
mod rings;
mod services;
mod sharing;

use forestall_model::{Class, Fact, FactKind, Plan, Replication};

use crate::worlds::{self, try_plan};

/// A second country, for what passes between countries.
pub const TWO: &str = r#"
[[countries]]
code = "B"
name = "Country B"
residents = 1_000_000
neighbourhood_residents = 1_000_000
receptivity_skew = 0
"#;

/// Somebody of A who left comes back by B, which holds no record of its own: only what others share can show it.
pub const BACK_BY_B: [&str; 9] = [
    "start.committed=0",
    "countries.A.start.committed=1",
    "countries.A.entry_weight=0",
    "countries.B.entry_weight=1",
    "returns.per_year=10",
    "returns.learnt_later_share=0",
    "services.border_inspections_per_month=1000000000",
    "records.check_finds_share=1",
    "notices.issue_delay_days=0",
];

/// A transit partner.
pub const TRANSIT: &str = r#"
[[countries]]
code = "T"
name = "Transit"
transit_partner = true
"#;

/// A second movement like the first.
pub const OTHER: &str = r#"
[[movements]]
code = "other"
name = "Other movement"
command_style = 0
holds_territory = false
"#;

/// One language with one virtual entrepreneur.
pub const LANGUAGE: &str = r#"
[[countries]]
code = "A"
languages = ["a"]

[[languages]]
code = "a"
name = "A"
virtual_entrepreneurs = 1
"#;

/// A movement that holds territory.
pub const HOLDS: &str = "movements.only.holds_territory=true";
/// A self-start within days.
pub const AT_ONCE: &str = "pathways.self_start_per_committed_per_year=100";

/// The neutral world with more entries and other settings, for ten years.
pub fn tiny(entries: &str, sets: &[&str]) -> Plan {
    until("2019-12-31", entries, sets)
}

/// The same up to a last day.
pub fn until(end: &str, entries: &str, sets: &[&str]) -> Plan {
    let text = format!(
        "schema_version = 1\nextends = \"neutral-world.toml\"\n\n[scenario]\nname = \"tiny\"\n\
         question = \"What does one mechanism do?\"\nstart = 2010-01-01\nend = {end}\n{entries}"
    );
    let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
    try_plan(&text, &sets).unwrap_or_else(|d| panic!("{d}"))
}

/// What happened in one replication, without stocks, costs and changes of parameters.
pub fn told(plan: &Plan, replication: u64) -> (Vec<Fact>, Replication) {
    let (mut facts, run) = worlds::facts(plan, None, replication);
    facts.retain(|f| f.kind.class() == Class::Happening);
    (facts, run)
}

/// What happened in the first replication of a tiny world.
pub fn story(entries: &str, sets: &[&str]) -> Vec<Fact> {
    told(&tiny(entries, sets), 0).0
}

/// The kinds of the first facts.
pub fn kinds(facts: &[Fact]) -> Vec<FactKind> {
    facts.iter().map(|f| f.kind).collect()
}

/// Asserts the exact kinds of the first facts (of all, if `whole`), and the position of each one's cause.
pub fn expect(facts: &[Fact], whole: bool, steps: &[(FactKind, Option<usize>)]) {
    let wanted: Vec<FactKind> = steps.iter().map(|s| s.0).collect();
    let many = if whole { facts.len() } else { facts.len().min(wanted.len()) };
    assert_eq!(kinds(&facts[..many]), wanted);
    for (i, (kind, cause)) in steps.iter().enumerate() {
        let expected = cause.map_or(0, |at| facts[at].id);
        assert_eq!(facts[i].cause, expected, "the cause of {kind:?} at place {i}");
    }
    assert!(facts.windows(2).all(|w| w[0].time <= w[1].time), "facts come in order of time");
}

/// Asserts that two times agree to a billionth.
pub fn same(what: &str, found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: found {found}, expected {expected}");
}

/// The times of the facts of one kind.
pub fn times(facts: &[Fact], kind: FactKind) -> Vec<f64> {
    facts.iter().filter(|f| f.kind == kind).map(|f| f.time).collect()
}

/// The time of the first fact of a kind.
pub fn first(facts: &[Fact], kind: FactKind) -> f64 {
    times(facts, kind).first().copied().unwrap_or_else(|| panic!("no {kind:?}"))
}

/// How many facts of one kind.
pub fn number(facts: &[Fact], kind: FactKind) -> usize {
    worlds::count(facts, kind)
}

/// Who the facts of one kind are about.
pub fn subjects(facts: &[Fact], kind: FactKind) -> std::collections::BTreeSet<u64> {
    facts.iter().filter(|f| f.kind == kind).map(|f| f.subject.bits()).collect()
}

/// Asserts that `hits` of `n` agree with a share: within four standard errors of the binomial.
pub fn binomial(what: &str, hits: usize, n: usize, share: f64) {
    let error = (share * (1.0 - share) / n as f64).sqrt();
    let found = hits as f64 / n as f64;
    assert!(n >= 100, "{what}: only {n} trials say little");
    assert!((found - share).abs() < 4.0 * error, "{what}: {hits} of {n}, expected a share of {share}");
}

/// Asserts that the mean of values agrees with an expectation: within four standard errors.
pub fn mean(what: &str, values: &[f64], expected: f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(error > 0.0, "{what}: no spread at all");
    assert!((mean - expected).abs() < 4.0 * error, "{what}: {mean} with error {error}, expected {expected}");
}

/// Asserts that the k-th time of one list is `factor` times that of another, for all of the shorter list.
pub fn scaled(what: &str, found: &[f64], base: &[f64], factor: f64) {
    let n = found.len().min(base.len());
    assert!(n > 0, "{what}: nothing to compare");
    for i in 0..n {
        same(what, found[i], base[i] * factor);
    }
}
