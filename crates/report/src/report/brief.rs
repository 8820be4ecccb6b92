//! The first page, for an adviser: the answer in a sentence, the policies in a table of six columns, three caveats.

use std::fmt::Write as _;

use forestall_study::rooms::stats::normal_cdf;

use super::findings::Comparison;
use crate::chart::{Chart, escape, inline, together};

/// Half the width of a 95 % interval in standard errors.
const HALF: f64 = 1.959_964;

/// A policy as the first page explains it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BriefPolicy {
    /// Its name in the tables.
    pub name: String,
    /// What it is and from when, in a sentence.
    pub what: String,
    /// Whether it changes next to nothing: a null comparison, which is no policy.
    pub null: bool,
}

/// What the first page needs beside the comparisons.
#[derive(Clone, Debug, Default)]
pub struct Brief {
    /// Scenario, period and number of histories in a line.
    pub about: String,
    /// The policies in the order of the scenario.
    pub policies: Vec<BriefPolicy>,
    /// Attacks in a history of the baseline, mean.
    pub baseline: Option<f64>,
    /// Validation patterns that lie outside their target range, and how many there are.
    pub outside: Vec<String>,
    /// Validation patterns in all.
    pub patterns: usize,
    /// Parameters whose value is assumed, and how many there are.
    pub assumed: (usize, usize),
}

/// How probable it is that a policy prevents attacks, in words.
fn certainty(probability: f64) -> &'static str {
    match probability {
        p if p >= 0.99 => "almost certainly prevents",
        p if p >= 0.95 => "very likely prevents",
        p if p >= 0.8 => "likely prevents",
        p if p > 0.2 => "cannot be told",
        p if p > 0.05 => "likely brings more",
        p if p > 0.01 => "very likely brings more",
        _ => "almost certainly brings more",
    }
}

/// The effect of one policy on attacks, with what goes with it.
struct Row<'a> {
    policy: &'a BriefPolicy,
    label: &'a str,
    /// Attacks prevented: baseline minus policy.
    prevented: Option<f64>,
    interval: Option<(f64, f64)>,
    /// The probability that it prevents any, as far as chance goes.
    probability: Option<f64>,
    /// What it costs more, in euros.
    cost: Option<f64>,
    detained: Option<f64>,
    searched: Option<f64>,
    /// Whether the effect would be told if runs were not matched.
    unmatched: bool,
}

impl<'a> Row<'a> {
    fn of(policy: &'a BriefPolicy, all: &'a [Comparison]) -> Option<Self> {
        let find = |outcome: &str| all.iter().find(|c| c.policy == policy.name && c.outcome == outcome);
        let attacks = find("attacks_completed")?;
        let more = |outcome: &str| find(outcome).and_then(|c| c.difference);
        let prevented = attacks.difference.map(|d| if d == 0.0 { 0.0 } else { -d });
        let interval = attacks.interval.map(|(low, high)| (-high, -low));
        let error = interval.map(|(low, high)| (high - low) / 2.0 / HALF).filter(|e| *e > 0.0);
        let probability = prevented.zip(error).map(|(mean, error)| normal_cdf(mean / error));
        let wider = attacks.variance_reduction.map(|reduction| reduction.max(0.0).sqrt());
        let unmatched = prevented
            .zip(error)
            .zip(wider)
            .is_some_and(|((mean, error), wider)| mean.abs() > HALF * error * wider && wider.is_finite());
        Some(Self {
            policy,
            label: &attacks.label,
            prevented,
            interval,
            probability,
            cost: more("cost").map(|thousand| thousand * 1000.0),
            detained: more("held_without_plot"),
            searched: more("searched_without_plot"),
            unmatched,
        })
    }

    /// Whether chance alone is no explanation of its effect.
    fn told(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// Euros in a readable unit, with two digits: no assumption behind a price carries more.
fn euros(value: f64) -> String {
    let size = value.abs();
    let (scale, unit) = match size {
        s if s >= 0.995e9 => (1e9, " bn"),
        s if s >= 0.995e6 => (1e6, " m"),
        s if s >= 0.995e3 => (1e3, " k"),
        _ => (1.0, ""),
    };
    let scaled = size / scale;
    let digits = usize::from(scaled < 9.95 && !unit.is_empty());
    let rounded = if scaled >= 99.5 { (scaled / 10.0).round() * 10.0 } else { scaled };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}€ {rounded:.digits$}{unit}")
}

fn signed(value: Option<f64>) -> String {
    value.map_or_else(
        || "undefined".into(),
        |v| {
            let size = together(&[v.abs()]).remove(0);
            let nothing = size.chars().all(|c| matches!(c, '0' | '.'));
            let sign = if nothing {
                ""
            } else if v < 0.0 {
                "−"
            } else {
                "+"
            };
            format!("{sign}{size}")
        },
    )
}

fn with_interval(value: f64, interval: Option<(f64, f64)>) -> String {
    let minus = |text: &String, value: f64| if value < 0.0 { format!("−{text}") } else { text.clone() };
    match interval {
        None => format!("{} [no interval]", minus(&together(&[value.abs()])[0], value)),
        Some((low, high)) => {
            let n = together(&[value.abs(), low.abs(), high.abs()]);
            format!("{} [{}, {}]", minus(&n[0], value), minus(&n[1], low), minus(&n[2], high))
        }
    }
}

/// The rows of all policies that are one, those that prevent most first.
fn ranked<'a>(brief: &'a Brief, all: &'a [Comparison]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> =
        brief.policies.iter().filter(|p| !p.null).filter_map(|policy| Row::of(policy, all)).collect();
    let size = |row: &Row| row.prevented.unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
    rows
}

/// The question's answer in one sentence or two.
pub(super) fn answer(brief: &Brief, all: &[Comparison]) -> String {
    let rows = ranked(brief, all);
    let attacks = |value: f64| together(&[value]).remove(0);
    let baseline = brief.baseline.map_or(String::new(), |mean| format!(" of {}", attacks(mean)));
    if brief.baseline == Some(0.0) {
        return "Nothing happened: no attack was completed in any simulated history of the baseline, so no policy can be \
                seen to prevent any."
            .into();
    }
    let Some(best) = rows.first() else {
        return match brief.baseline {
            Some(mean) => {
                format!("No policy was compared. A simulated history of the baseline has {} attacks.", attacks(mean))
            }
            None => "Nothing was simulated.".into(),
        };
    };
    let (Some(prevented), Some((low, high))) = (best.prevented, best.interval) else {
        return "Too few simulated histories for an answer: no difference has an interval.".into();
    };
    let many = rows.len() > 1;
    if !(best.told() && prevented > 0.0) {
        let who = if many { format!("None of the {} policies", rows.len()) } else { best.label.to_owned() };
        let verb = if many { "is shown to prevent attacks" } else { "is not shown to prevent attacks" };
        return format!(
            "{who} {verb}: the most is {}{baseline} in a simulated history.",
            with_interval(prevented, best.interval)
        );
    }
    let n = together(&[prevented, low, high]);
    let most = if many { " prevents most" } else { " prevents attacks" };
    let mut out = format!(
        "{}{most}: {}{baseline} attacks in a simulated history, between {} and {} with 95 % confidence.",
        best.label, n[0], n[1], n[2]
    );
    let near: Vec<&str> =
        rows[1..].iter().filter(|row| row.interval.is_some_and(|(_, high)| high >= low)).map(|row| row.label).collect();
    match near.as_slice() {
        [] => {}
        [one] => _ = write!(out, " {one} may prevent as many."),
        some => _ = write!(out, " {} others may prevent as many.", some.len()),
    }
    let worse = rows.iter().filter(|row| row.interval.is_some_and(|(_, high)| high < 0.0)).count();
    if worse > 0 {
        let word = if worse == 1 { "policy" } else { "policies" };
        let _ = write!(out, " {worse} {word} brought more attacks.");
    }
    out
}

/// The first page below the answer: the forest plot, the table, the caveats.
pub(super) fn section(brief: &Brief, all: &[Comparison], forest: Option<&Chart>) -> String {
    let rows = ranked(brief, all);
    let mut out = String::new();
    if let Some(chart) = forest.filter(|_| !rows.is_empty()) {
        let _ = write!(
            out,
            "<figure class=\"first\" aria-label=\"{}\">\n<div class=\"scroll\" id=\"brief-forest\" tabindex=\"0\" \
             role=\"region\" aria-label=\"Attacks prevented by policy\"><div class=\"sheet\">\n{}</div></div>\n</figure>\n",
            escape(&chart.title),
            inline(chart, "brief-forest"),
        );
    }
    if !rows.is_empty() {
        out += &table(&rows);
    }
    out += "<h2>Before you quote a number</h2>\n<ol class=\"caveats\">\n";
    for caveat in caveats(brief, &rows) {
        let _ = writeln!(out, "<li>{}</li>", escape(&caveat));
    }
    out += "</ol>\n";
    out
}

const HEADINGS: [&str; 6] = [
    "Policy",
    "Attacks prevented",
    "Costs more by",
    "Detained, searched though not plotting",
    "Euros an attack prevented",
    "How sure",
];

fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "<table class=\"brief\">\n<caption class=\"note\">Means for one simulated history, policy against baseline. In brackets: 95 % \
         interval. How sure: the probability that the policy prevents any attack at all, as far as chance between runs \
         goes.</caption>\n<thead><tr>",
    );
    for heading in HEADINGS {
        let _ = write!(out, "<th scope=\"col\">{heading}</th>");
    }
    out += "</tr></thead>\n<tbody>\n";
    for row in rows {
        let prevented = row.prevented.map_or_else(|| "undefined".into(), |p| with_interval(p, row.interval));
        let each = match (row.prevented, row.cost) {
            (Some(prevented), Some(cost)) if row.told() && prevented > 0.0 => {
                if cost <= 0.0 {
                    "saves money".to_owned()
                } else {
                    euros(cost / prevented)
                }
            }
            _ => "—".to_owned(),
        };
        let sure = match row.probability {
            Some(p) => {
                let shown = if p > 0.995 {
                    "&gt; 99\u{a0}%".into()
                } else if p < 0.005 {
                    "&lt; 1\u{a0}%".into()
                } else {
                    format!("{:.0}\u{a0}%", 100.0 * p)
                };
                format!("{} ({shown})", certainty(p))
            }
            None if row.prevented == Some(0.0) => "changes no attack".into(),
            None => "no interval".into(),
        };
        let burden = format!("{}, {}", signed(row.detained), signed(row.searched));
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}<span class=\"what\">{}</span></th>",
            escape(row.label),
            escape(&row.policy.what)
        );
        let cost = row.cost.map_or_else(|| "undefined".into(), euros);
        for (heading, cell) in HEADINGS[1..].iter().zip([escape(&prevented), cost, burden, each, sure]) {
            let _ = write!(out, "<td data-label=\"{heading}\">{cell}</td>");
        }
        out += "</tr>\n";
    }
    out += "</tbody>\n</table>\n";
    out
}

/// Which validation patterns fail, what is assumed, and which effects survive without matched runs.
fn caveats(brief: &Brief, rows: &[Row]) -> Vec<String> {
    let validation = match (brief.patterns, brief.outside.as_slice()) {
        (0, _) => "The baseline was held against no facts: read differences between policies, not levels.".to_owned(),
        (all, []) => format!("All {all} validation patterns of the baseline lie within their target range."),
        (all, outside) => {
            let shown: Vec<&str> = outside.iter().take(4).map(String::as_str).collect();
            let rest = outside.len() - shown.len();
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!(
                "{} of {all} validation patterns of the baseline lie outside their target range: {}{more}.",
                outside.len(),
                shown.join("; ")
            )
        }
    };
    let (assumed, all) = brief.assumed;
    let mut out = vec![validation];
    if all > 0 {
        out.push(format!(
            "{assumed} of {all} parameters are assumed, prices among them. Intervals show chance between runs, not whether \
             these are right."
        ));
    }
    let told: Vec<&Row> = rows.iter().filter(|row| row.told()).collect();
    if !told.is_empty() {
        let survive: Vec<&str> = told.iter().filter(|row| row.unmatched).map(|row| row.label).collect();
        out.push(match survive.len() {
            0 => "No effect would be told from chance in as many runs that are not matched by common random numbers."
                .into(),
            n if n == told.len() => {
                "Every effect that is told would be told in as many runs without common random numbers too.".into()
            }
            n => format!(
                "Of {} effects that are told, {n} would be told in as many runs without common random numbers: {}.",
                told.len(),
                survive.join(", ")
            ),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(policy: &str, outcome: &str, difference: f64, half: f64) -> Comparison {
        Comparison {
            policy: policy.into(),
            label: policy.to_uppercase(),
            outcome: outcome.into(),
            n: Some(200.0),
            baseline: Some(18.0),
            under_policy: Some(18.0 + difference),
            difference: Some(difference),
            interval: Some((difference - half, difference + half)),
            correlation: None,
            variance_reduction: Some(9.0),
        }
    }

    fn brief(names: &[&str]) -> Brief {
        let one = |name: &&str| BriefPolicy {
            name: (*name).into(),
            what: format!("{name} from 2014-01-01"),
            null: *name == "placebo",
        };
        Brief { policies: names.iter().map(one).collect(), baseline: Some(18.0), ..Brief::default() }
    }

    #[test]
    fn the_answer_names_the_best_policy_and_who_may_be_as_good() {
        let all = [
            comparison("strikes", "attacks_completed", -1.8, 0.5),
            comparison("teams", "attacks_completed", -1.5, 0.5),
            comparison("bans", "attacks_completed", 4.0, 1.0),
            comparison("placebo", "attacks_completed", -9.0, 1.0),
            comparison("strikes", "cost", 240_400.0, 10.0),
        ];
        let brief = brief(&["bans", "teams", "strikes", "placebo"]);
        let text = answer(&brief, &all);
        assert!(text.starts_with("STRIKES prevents most: 1.8 of 18"), "{text}");
        assert!(text.contains("TEAMS may prevent as many.") && text.contains("1 policy brought more"), "{text}");
        let page = section(&brief, &all, None);
        assert!(!page.contains("PLACEBO"), "a null comparison is no policy");
        assert!(page.find("STRIKES").unwrap() < page.find("BANS").unwrap(), "most first");
        assert!(page.contains("€ 130 m") && page.contains("€ 240 m"), "{page}");
        assert!(page.contains("almost certainly prevents (&gt; 99\u{a0}%)"), "{page}");
        // Half widths times three without pairing: 1.8 against 1.5 is told, 1.5 against 1.5 is not, 4 against 3 is.
        assert!(page.contains("Of 3 effects that are told, 2 would be told in as many runs"), "{page}");
    }

    #[test]
    fn little_and_nothing_are_said_to_be_so() {
        let none = brief(&[]);
        assert!(answer(&none, &[]).starts_with("No policy was compared. A simulated history of the baseline has 18"));
        let quiet = Brief { baseline: Some(0.0), ..brief(&["teams"]) };
        assert!(answer(&quiet, &[]).starts_with("Nothing happened"));
        let small = [comparison("teams", "attacks_completed", -0.2, 0.5)];
        let text = answer(&brief(&["teams"]), &small);
        assert!(text.starts_with("TEAMS is not shown to prevent attacks: the most is 0.2"), "{text}");
        let mut lone = comparison("teams", "attacks_completed", -1.0, 0.5);
        lone.interval = None;
        assert!(answer(&brief(&["teams"]), &[lone.clone()]).starts_with("Too few simulated histories"));
        assert!(section(&brief(&["teams"]), &[lone], None).contains("no interval"));
    }

    #[test]
    fn money_has_no_more_digits_than_prices_carry() {
        for (value, text) in [
            (1_234_567_890.0, "€ 1.2 bn"),
            (240_400_000.0, "€ 240 m"),
            (31_373_000.0, "€ 31 m"),
            (999_999.0, "€ 1.0 m"),
            (-1_500.0, "−€ 1.5 k"),
            (12.0, "€ 12"),
            (0.0, "€ 0"),
        ] {
            assert_eq!(euros(value), text);
        }
    }
}
