//! No parameter is idle: the paired effect of a large change of each one, in a page that a test writes and checks.

use std::fmt::Write as _;

use forestall_model::{Arm, Kind, Labels, Parameter, Plan, RunName, Scope, Tally, registry, simulate, tables};
use rayon::prelude::*;

use crate::worlds::{BUSY, try_plan};

/// What is measured for each parameter: `parameter | outcome | other settings | low | high | replications | reason`.
const CHOICES: &str = include_str!("effects_choices.txt");

/// The first replication; outcomes were chosen on replications below this.
const FIRST: u64 = 1_000;

/// The least size of |z| that counts as an effect.
const LEAST: f64 = 4.0;

/// One line of the choices, complete.
struct Choice {
    parameter: String,
    outcome: String,
    settings: Vec<String>,
    low: String,
    high: String,
    replications: u64,
    reason: String,
}

/// What a change of one parameter does to one outcome.
struct Effect {
    difference: f64,
    error: f64,
}

impl Effect {
    fn z(&self) -> f64 {
        if self.difference == 0.0 { 0.0 } else { self.difference / self.error }
    }
}

/// The low and the high value of a parameter by the rule that the page states.
fn by_rule(p: &Parameter) -> (f64, f64) {
    let (least, most) = p.kind.bounds();
    match p.kind {
        Kind::Switch => (0.0, 1.0),
        Kind::Choice(words) => (0.0, words.len() as f64 - 1.0),
        Kind::Share => (0.1, 0.9),
        Kind::Number(..) | Kind::Count(..) => {
            let (low, high) = if p.default == 0.0 { (0.0, 3.0) } else { (p.default / 3.0, p.default * 3.0) };
            let whole = |x: f64| if matches!(p.kind, Kind::Count(..)) { libm::round(x) } else { x };
            (whole(low.min(high)).clamp(least, most), whole(high.max(low)).clamp(least, most))
        }
    }
}

/// Every parameter: the path under which a test sets it, and its description.
fn parameters() -> Vec<(String, Parameter)> {
    let mut all = Vec::new();
    for table in registry().tables() {
        for p in table.parameters {
            let name = match table.scope {
                Scope::CountryEntry => format!("countries.AA.{}", p.name),
                Scope::MovementEntry => format!("movements.domestic.{}", p.name),
                Scope::LanguageEntry => format!("languages.a.{}", p.name),
                // The busy world gives every country its own staff.
                Scope::Country if table.name == "services" => format!("countries.AA.services.{}", p.name),
                _ => format!("{}.{}", table.name, p.name),
            };
            all.push((name, *p));
        }
    }
    all
}

fn choices() -> Vec<Choice> {
    let described = parameters();
    let lines = CHOICES.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split('|').map(str::trim).collect();
            assert_eq!(parts.len(), 7, "seven cells: {line}");
            let (_, p) =
                described.iter().find(|(name, _)| name == parts[0]).unwrap_or_else(|| panic!("no parameter: {line}"));
            let (low, high) = by_rule(p);
            let or = |text: &str, value: f64| {
                if text.is_empty() { p.kind.write(value) } else { text.to_string() }
            };
            Choice {
                parameter: parts[0].into(),
                outcome: parts[1].into(),
                settings: parts[2].split_whitespace().map(String::from).collect(),
                low: or(parts[3], low),
                high: or(parts[4], high),
                replications: if parts[5].is_empty() { 20 } else { parts[5].parse().expect("a number") },
                reason: parts[6].into(),
            }
        })
        .collect()
}

fn labels(plan: &Plan) -> Labels {
    Labels {
        countries: plan.countries.iter().map(|c| c.code.clone()).collect(),
        movements: plan.movements.iter().map(|m| m.code.clone()).collect(),
        months: forestall_model::month_starts(plan.start, plan.end).into_iter().map(|m| m.1).collect(),
    }
}

/// The values of outcomes over replications of the busy world under some settings.
fn values(settings: &[String], outcomes: &[&str], replications: std::ops::Range<u64>) -> Vec<Vec<f64>> {
    // Investigations take the staff that other rows are about; they bind nobody unless a row is about them.
    let free = ["investigations.teams_each=0", "investigations.officers_each=0"].map(String::from);
    let about_them = settings.iter().any(|s| s.starts_with("investigations."));
    let settings = &if about_them { settings.to_vec() } else { [&free[..], settings].concat() };
    let plan = try_plan(BUSY, settings).unwrap_or_else(|d| panic!("{settings:?}\n{d}"));
    let arm = Arm::new(&plan.arm(None).unwrap_or_else(|d| panic!("{d}")));
    let labels = labels(&plan);
    replications
        .map(|r| {
            let mut tally = Tally::new(plan.countries.len(), arm.months());
            let run = simulate(&arm, r, &mut tally);
            let name = RunName { arm: "baseline", draw: 0, replication: r.cast_signed() };
            let rows = tables(&name, &labels, &arm, &tally, &run);
            // `column` for the whole, `column@AA` for one country.
            let value = |outcome: &&str| {
                let (column, country) = outcome.split_once('@').unwrap_or((outcome, ""));
                let at = labels.countries.iter().position(|c| c == country);
                let table = if at.is_some() { &rows.by_country } else { &rows.replications };
                let column = table.column(column).unwrap_or_else(|| panic!("no outcome {outcome}"));
                column.number(at.unwrap_or(0)).unwrap_or(f64::NAN)
            };
            outcomes.iter().map(value).collect()
        })
        .collect()
}

/// The mean of paired differences and its standard error; pairs without a value are left out.
fn effect(low: &[Vec<f64>], high: &[Vec<f64>], at: usize) -> Effect {
    let differences: Vec<f64> = low.iter().zip(high).map(|(l, h)| h[at] - l[at]).filter(|d| d.is_finite()).collect();
    let n = differences.len() as f64;
    let difference = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - difference).powi(2)).sum::<f64>() / (n - 1.0);
    Effect { difference, error: (variance / n).sqrt() }
}

fn arms(c: &Choice) -> [Vec<String>; 2] {
    [&c.low, &c.high].map(|value| {
        let mut sets = c.settings.clone();
        sets.push(format!("{}={value}", c.parameter));
        sets
    })
}

fn measure(c: &Choice) -> Effect {
    let [low, high] = arms(c).map(|sets| values(&sets, &[&c.outcome], FIRST..FIRST + c.replications));
    effect(&low, &high, 0)
}

/// A number with four significant digits.
fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let digits = (3 - libm::floor(libm::log10(x.abs())) as i32).clamp(0, 9) as usize;
    format!("{x:.digits$}")
}

fn row(c: &Choice, e: &Effect) -> String {
    let scenario = if c.settings.is_empty() { "busy".into() } else { format!("busy, `{}`", c.settings.join(" ")) };
    // Nothing but rounding is left of the spread where the difference is 10⁹ times it.
    let exact = e.z().abs() > 1e9;
    let (error, z) = if exact { (0.0, "exact".into()) } else { (e.error, format!("{:.1}", e.z())) };
    format!(
        "| `{}` | {} → {} | {scenario} | `{}` | {} | {} | {z} | {} | {} |",
        c.parameter,
        c.low,
        c.high,
        c.outcome,
        short(e.difference),
        short(error),
        c.replications,
        c.reason
    )
}

const HEAD: &str = "# What every parameter does

Each row changes one parameter from a low to a high value and states the paired difference in one outcome: the
mean over replications of (high − low) on the same draws, its standard error, and z, the one over the other.
The values follow a rule: a share goes from 0.1 to 0.9, a switch from off to on, a choice from its first to its
last word, any other number from a third of its default to three times its default, from 0 to 3 if the default
is 0, within its bounds. Where the rule would miss what the parameter is for, the row states other values. The
scenario is the busy world of the tests: two countries with a service each and a transit partner, in which
every mechanism has something to do within a year; the settings beside it make the parameter matter.

An effect counts if |z| is at least 4. A parameter that does nothing has a difference of exactly 0, because both
runs use the same draws; one that acts without moving the outcome reaches 4 by chance in fewer than one row of a
thousand (t with 19 degrees of freedom or more). Outcomes were chosen on replications other than those shown
here. *Exact* means that the difference is the same in every replication; `column@AA` is an outcome in country AA
alone. A parameter whose row stays below 4 needs a reason.

The page is written by a test: `FORESTALL_BLESS=1 cargo test --release --test suite effects` (with
`FORESTALL_ROWS=triage,work.` only rows of parameters that contain one of the texts). Without that variable the
test checks that the page lists every parameter, that every row shows an effect or a reason, and that a sample
of rows comes out the same again. The page is about whether and in which direction a parameter acts in that
world. It says nothing about the size of an effect in any real country.

| parameter | low → high | scenario | outcome | difference | standard error | z | replications | reason |
|---|---|---|---|---:|---:|---:|---:|---|
";

fn page_path() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/docs/effects.md").into()
}

#[test]
fn every_parameter_has_one_row_in_the_order_of_the_registry() {
    let wanted: Vec<String> = parameters().into_iter().map(|p| p.0).collect();
    let chosen: Vec<String> = choices().into_iter().map(|c| c.parameter).collect();
    assert_eq!(chosen, wanted);
}

#[test]
fn the_page_shows_an_effect_or_a_reason_for_every_parameter() {
    let choices = choices();
    if std::env::var_os("FORESTALL_BLESS").is_some() {
        // FORESTALL_ROWS=<text> measures only parameters that contain the text; all others keep their row.
        let only = std::env::var("FORESTALL_ROWS").unwrap_or_default();
        let old = std::fs::read_to_string(page_path()).unwrap_or_default();
        let kept = |c: &Choice| old.lines().find(|l| l.starts_with(&format!("| `{}` |", c.parameter)));
        let fresh = |c: &Choice| match kept(c) {
            Some(line) if !only.split(',').any(|o| c.parameter.contains(o)) => line.to_string(),
            _ => row(c, &measure(c)),
        };
        let rows: Vec<String> = choices.par_iter().map(fresh).collect();
        let mut page = String::from(HEAD);
        for row in rows {
            let _ = writeln!(page, "{row}");
        }
        std::fs::write(page_path(), page).expect("page written");
    }
    let page = std::fs::read_to_string(page_path()).expect("page");
    let rows: Vec<&str> = page.lines().filter(|l| l.starts_with("| `")).collect();
    assert_eq!(rows.len(), choices.len(), "one row a parameter; write it anew with FORESTALL_BLESS=1");
    let mut idle = Vec::new();
    for (line, choice) in rows.iter().zip(&choices) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[1], format!("`{}`", choice.parameter));
        let seen = cells[7] == "exact" || cells[7].parse::<f64>().is_ok_and(|z| z.abs() >= LEAST);
        if !seen && cells[9].is_empty() {
            idle.push(*line);
        }
    }
    assert!(idle.is_empty(), "neither an effect nor a reason:\n{}", idle.join("\n"));
}

#[test]
fn a_sample_of_rows_comes_out_the_same_again() {
    let page = std::fs::read_to_string(page_path()).expect("page");
    let cheap: Vec<Choice> = choices().into_iter().filter(|c| c.replications <= 20).collect();
    let step = cheap.len() / 12;
    let sample: Vec<&Choice> = cheap.iter().step_by(step.max(1)).take(12).collect();
    assert_eq!(sample.len(), 12);
    let wrong: Vec<String> =
        sample.par_iter().map(|c| row(c, &measure(c))).filter(|row| !page.lines().any(|l| l == row)).collect();
    assert!(wrong.is_empty(), "not as on the page:\n{}", wrong.join("\n"));
}

/// What each lever must do first, whatever follows: the outcome that it moves, and in which direction.
const LEVERS: [(&str, &str, f64); 23] = [
    ("countries.AA.services.analysts", "analysts_busy_mean", 1.0),
    ("countries.AA.services.surveillance_officers", "teams_busy_mean", 1.0),
    ("countries.AA.services.case_officers", "foiled_share", 1.0),
    ("countries.AA.services.undercover_personas", "sting_cases", 1.0),
    ("countries.AA.services.border_inspections_per_month", "returnees_identified", 1.0),
    ("notices.issue_share", "notices_issued", 1.0),
    ("notices.read_share", "returnees_identified", 1.0),
    ("membership.pool_member", "records_pooled", 1.0),
    ("pooled_database.contribution_share", "records_pooled", 1.0),
    ("pooled_database.lag_days", "links_found", -1.0),
    ("link_analysis.central_analysts", "links_found", 1.0),
    ("membership.warns_partners", "warnings_received", 1.0),
    ("leads.tip_programme_factor", "leads_true", 1.0),
    ("detection.communications_access_share", "signs_seen", 1.0),
    ("onset.takedown_share", "onset_online", -1.0),
    ("virtual_entrepreneurs.strikes_per_year", "recruiter_contacts", -1.0),
    ("territory.pressure", "fighters_abroad", -1.0),
    ("travel.passport_ban_share", "fighters_departed", -1.0),
    ("returnees.reintegration_places", "returnees_plotting", -1.0),
    ("prevention.reach_share", "onset_spontaneous", -1.0),
    ("returnees.prosecute_share", "imprisoned", 1.0),
    ("intervention.threshold_log_odds", "released_uncharged", -1.0),
    ("emergency_powers.enacted", "released_uncharged", 1.0),
];

#[test]
fn every_lever_first_does_what_it_is_for() {
    let page = std::fs::read_to_string(page_path()).expect("page");
    for (lever, outcome, sign) in LEVERS {
        let line = page.lines().find(|l| l.starts_with(&format!("| `{lever}` |"))).expect(lever);
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[4], format!("`{outcome}`"), "{lever}");
        let difference: f64 = cells[5].parse().expect("a number");
        assert!(difference * sign > 0.0, "{lever} moves {outcome} by {difference}");
    }
}
