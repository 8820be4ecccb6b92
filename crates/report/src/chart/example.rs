//! Invented tables for the tests of charts and report.

use std::collections::BTreeMap;

use super::{Arm, BASELINE};
use forestall_model::{Column, Table};

/// A plain generator, so that the tests need no dependency and no seed.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Uniform in [0, 1).
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A count with about this mean.
    pub(crate) fn count(&mut self, mean: f64) -> f64 {
        let (limit, mut product, mut count) = ((-mean.min(500.0)).exp(), self.next(), 0.0);
        while product > limit {
            product *= self.next();
            count += 1.0;
        }
        count
    }
}

/// Comparisons of attacks completed: (policy, difference), interval ± 1.
pub(crate) fn comparisons(differences: &[(&str, f64)]) -> Table {
    let text = |f: &dyn Fn(&str) -> String| Column::Text(differences.iter().map(|(p, _)| f(p)).collect());
    let number = |f: &dyn Fn(f64) -> f64| Column::Number(differences.iter().map(|(_, d)| Some(f(*d))).collect());
    let mut table = Table::new();
    table.push("policy", text(&str::to_owned));
    table.push("label", text(&|p| format!("Policy {p}")));
    table.push("outcome", text(&|_| "attacks_completed".into()));
    table.push("n", Column::Integer(vec![Some(200); differences.len()]));
    table.push("baseline_mean", number(&|_| 10.0));
    table.push("policy_mean", number(&|d| 10.0 + d));
    table.push("difference", number(&|d| d));
    table.push("ci_low", number(&|d| d - 1.0));
    table.push("ci_high", number(&|d| d + 1.0));
    table.push("correlation", number(&|_| 0.8));
    table.push("variance_reduction", number(&|_| 4.0));
    table
}

/// The same table with `outcome` in every row.
pub(crate) fn with_outcome(table: &Table, outcome: &str) -> Table {
    rebuild(table, |name, column| match (name, column) {
        ("outcome", c) => Column::Text(vec![outcome.to_owned(); c.len()]),
        (_, c) => c.clone(),
    })
}

/// The same table with other labels.
pub(crate) fn with_labels(table: &Table, label: impl Fn(usize) -> String) -> Table {
    rebuild(table, |name, column| match (name, column) {
        ("label", c) => Column::Text((0..c.len()).map(&label).collect()),
        (_, c) => c.clone(),
    })
}

/// The same table with differences and means `factor` times as large.
pub(crate) fn scaled(table: &Table, factor: f64) -> Table {
    let numbers = ["baseline_mean", "policy_mean", "difference", "ci_low", "ci_high"];
    rebuild(table, |name, column| match column {
        Column::Number(v) if numbers.contains(&name) => {
            Column::Number(v.iter().map(|x| x.map(|x| x * factor)).collect())
        }
        c => c.clone(),
    })
}

fn rebuild(table: &Table, f: impl Fn(&str, &Column) -> Column) -> Table {
    let mut out = Table::new();
    table.columns().for_each(|(name, column)| out.push(name, f(name, column)));
    out
}

/// The rows of `a`, then those of `b`, which has the same columns.
pub(crate) fn stack(a: &Table, b: &Table) -> Table {
    rebuild(a, |name, column| match (column, b.column(name)) {
        (Column::Text(x), Some(Column::Text(y))) => Column::Text([x.as_slice(), y].concat()),
        (Column::Integer(x), Some(Column::Integer(y))) => Column::Integer([x.as_slice(), y].concat()),
        (Column::Number(x), Some(Column::Number(y))) => Column::Number([x.as_slice(), y].concat()),
        _ => panic!("tables to stack have the same columns"),
    })
}

/// The baseline and `policies` policies; `long` labels have forty characters.
pub(crate) fn arms(policies: usize, replications: usize, long: bool) -> Vec<Arm> {
    let name = |i: usize| if i == 0 { BASELINE.to_owned() } else { format!("p{i}") };
    let label = |i: usize| match (i, long) {
        (0, _) => "Baseline".to_owned(),
        (_, true) => format!("Pooled watch lists & <shared> staff no. {i:02}"),
        _ => format!("Policy {i}"),
    };
    (0..=policies).map(|i| Arm { name: name(i), label: label(i), replications }).collect()
}

/// Comparisons of attacks, harm and cost for these arms.
pub(crate) fn comparisons_of(arms: &[Arm], factor: f64) -> Table {
    let mut noise = Noise::new(7);
    let mut whole: Option<Table> = None;
    for (outcome, size) in [("attacks_completed", 6.0), ("people_harmed", 90.0), ("cost", 4e7)] {
        let differences: Vec<(&str, f64)> =
            arms.iter().skip(1).map(|a| (a.name.as_str(), (0.3 - noise.next()) * size)).collect();
        let table = scaled(&with_outcome(&comparisons(&differences), outcome), factor);
        let table = with_labels(&table, |row| arms[row + 1].label.clone());
        whole = Some(whole.map_or_else(|| table.clone(), |w| stack(&w, &table)));
    }
    whole.unwrap_or_default()
}

/// A count as a table holds it.
fn whole(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}

/// One row a replication: attacks, foiled share and cost.
pub(crate) fn replications(arms: &[Arm], factor: f64) -> Table {
    let mut noise = Noise::new(3);
    let (mut arm, mut index, mut attacks, mut share) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (k, a) in arms.iter().enumerate() {
        for r in 0..a.replications {
            arm.push(a.name.clone());
            index.push(whole(r));
            let mean = 9.0 - 6.0 * k as f64 / arms.len() as f64;
            attacks.push(Some((noise.count(mean) * factor) as i64));
            share.push(Some((0.4 + 0.3 * noise.next()) * factor));
        }
    }
    let mut table = Table::new();
    table.push("draw", Column::Integer(vec![Some(0); arm.len()]));
    table.push("arm", Column::Text(arm));
    table.push("replication", Column::Integer(index));
    table.push("attacks_completed", Column::Integer(attacks));
    table.push("foiled_share", Column::Number(share));
    table
}

/// One row a month, replication and arm.
pub(crate) fn monthly(arms: &[Arm], months: usize, factor: f64) -> Table {
    let series: [(&str, f64); 9] = [
        ("attacks_completed", 1.5),
        ("attacks_failed", 0.5),
        ("plots_foiled", 2.5),
        ("queue_length", 60.0),
        ("leads_stale", 15.0),
        ("surveillance_use_share", 0.8),
        ("surveillance_full_share", 0.5),
        ("subjects_closed_for_capacity", 4.0),
        ("subjects_open", 150.0),
    ];
    let mut noise = Noise::new(11);
    let (mut names, mut runs, mut numbers, mut starts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut values: Vec<Vec<Option<f64>>> = vec![Vec::new(); series.len()];
    for (k, arm) in arms.iter().enumerate() {
        for r in 0..arm.replications {
            for m in 0..months {
                names.push(arm.name.clone());
                runs.push(whole(r));
                numbers.push(whole(m));
                starts.push(format!("{}-{:02}-01", 2014 + m / 12, m % 12 + 1));
                let wave = (1.0 + 0.5 * (m as f64 / 7.0).sin()) * (1.0 - 0.06 * k as f64);
                for (slot, (name, mean)) in values.iter_mut().zip(series) {
                    let share = name.ends_with("_share");
                    let value = if share { (mean * wave * noise.next()).min(1.0) } else { noise.count(mean * wave) };
                    slot.push(Some(value * factor));
                }
            }
        }
    }
    let mut table = Table::new();
    table.push("draw", Column::Integer(vec![Some(0); names.len()]));
    table.push("arm", Column::Text(names));
    table.push("replication", Column::Integer(runs));
    table.push("month", Column::Integer(numbers));
    table.push("month_start", Column::Text(starts));
    for ((name, _), column) in series.into_iter().zip(values) {
        table.push(name, Column::Number(column));
    }
    table
}

/// What becomes of plots by arm and the year in which they begin, those begun before the first day without a year.
pub(crate) fn foiled_by_start(arms: &[Arm]) -> Table {
    let mut noise = Noise::new(6);
    let years = [None, Some(2014), Some(2015), Some(2016)];
    let rows: Vec<(String, Option<i64>, f64)> = arms
        .iter()
        .filter(|a| a.replications > 0)
        .flat_map(|a| years.map(|year| (a.name.clone(), year, 0.4 + 0.3 * noise.next())))
        .collect();
    let mut table = Table::new();
    table.push("arm", Column::Text(rows.iter().map(|r| r.0.clone()).collect()));
    table.push("year", Column::Integer(rows.iter().map(|r| r.1).collect()));
    table.push("foiled_in_the_end", Column::Number(rows.iter().map(|r| Some(r.2)).collect()));
    table.push("launched_in_the_end", Column::Number(rows.iter().map(|r| Some(0.9 - r.2)).collect()));
    table
}

/// Numbers at each stage from the first step to the attack, one row a replication and arm.
pub(crate) fn stages(arms: &[Arm], factor: f64) -> Table {
    let mut noise = Noise::new(8);
    let names: Vec<String> = arms.iter().flat_map(|arm| vec![arm.name.clone(); arm.replications]).collect();
    let mut table = Table::new();
    for (name, mean) in super::PIPELINE_COLUMNS[1..].iter().zip([9000.0, 700.0, 40.0, 2.0, 9.0]) {
        let values = names.iter().map(|_| Some(factor * noise.count(mean)));
        table.push(*name, Column::Number(values.collect()));
    }
    table.push("arm", Column::Text(names));
    table
}

/// How plots of the baseline end by age, followed for so many months.
pub(crate) fn lives(months: usize) -> Table {
    let ages: Vec<f64> = (0..3 * months).map(|i| 10.0 * i as f64).collect();
    let ended = |age: f64| 1.0 - (-age / 150.0).exp();
    let column = |f: &dyn Fn(f64) -> f64| Column::Number(ages.iter().map(|age| Some(f(*age))).collect());
    let mut table = Table::new();
    table.push("arm", Column::Text(vec![super::BASELINE.to_owned(); ages.len()]));
    table.push("age_days", column(&|age| age));
    table.push("at_risk", column(&|age| 3e6 * (1.0 - ended(age))));
    table.push("in_progress", column(&|age| 1.0 - ended(age)));
    table.push("foiled", column(&|age| 0.6 * ended(age)));
    table.push("launched", column(&|age| 0.39 * ended(age)));
    table.push("dissolved", column(&|age| 0.01 * ended(age)));
    table
}

/// Numbers of plots by arm, pathway and outcome.
pub(crate) fn endings(arms: &[Arm]) -> Table {
    let mut noise = Noise::new(5);
    let pathways =
        [("inspired", 6.0), ("networked", 4.0), ("online_directed", 2.0), ("dispatched", 0.4), ("sting", 1.0)];
    let outcomes = ["completed", "failed", "foiled", "dissolved", "in_progress"];
    let mut plots: BTreeMap<[&str; 3], i64> = BTreeMap::new();
    for a in arms {
        for _ in 0..a.replications {
            for (name, mean) in pathways {
                for _ in 0..noise.count(mean) as usize {
                    let outcome = outcomes[(noise.next() * noise.next() * 5.0) as usize];
                    *plots.entry([&a.name, name, outcome]).or_default() += 1;
                }
            }
        }
    }
    let mut table = Table::new();
    for (place, name) in ["arm", "pathway", "outcome"].into_iter().enumerate() {
        table.push(name, Column::Text(plots.keys().map(|key| key[place].to_owned()).collect()));
    }
    table.push("plots", Column::Integer(plots.into_values().map(Some).collect()));
    table
}

/// One row a country, replication and arm.
pub(crate) fn by_country(arms: &[Arm], countries: usize, factor: f64) -> Table {
    let mut noise = Noise::new(13);
    let (mut arm, mut country, mut attacks, mut foiled) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for a in arms {
        for _ in 0..a.replications {
            for c in 0..countries {
                arm.push(a.name.clone());
                country.push(format!("C{c:02}"));
                attacks.push(Some(noise.count(3.0 / (1.0 + c as f64)) * factor));
                foiled.push(Some(noise.count(5.0 / (1.0 + c as f64)) * factor));
            }
        }
    }
    let mut table = Table::new();
    table.push("arm", Column::Text(arm));
    table.push("country", Column::Text(country));
    table.push("attacks_completed", Column::Number(attacks));
    table.push("plots_foiled", Column::Number(foiled));
    table
}

/// One row a country, as a run gives rates: the second and every further other one has an effect that is not sure, and
/// Turkey has none.
pub(crate) fn country_rates(codes: &[&str], factor: f64) -> Table {
    let rates: Vec<Option<[f64; 2]>> = codes
        .iter()
        .enumerate()
        .map(|(i, code)| (*code != "TR").then_some([factor / (1.0 + i as f64), factor * (0.4 - 0.35 * (i % 2) as f64)]))
        .collect();
    let number =
        |place: usize, by: f64| Column::Number(rates.iter().map(|r| r.map(|r| r[place] + by * factor)).collect());
    let mut table = Table::new();
    table.push("country", Column::Text(codes.iter().map(|c| (*c).to_owned()).collect()));
    table.push("name", Column::Text(codes.iter().map(|c| format!("Country {c}")).collect()));
    table.push("residents", Column::Number(vec![Some(1e7); codes.len()]));
    for (place, name) in ["rate", "prevented"].into_iter().enumerate() {
        table.push(name, number(place, 0.0));
        table.push(format!("{name}_low"), number(place, -0.1));
        table.push(format!("{name}_high"), number(place, 0.1));
    }
    table
}

/// One row a policy and mechanism, as a replay counts them.
pub(crate) fn mechanisms(arms: &[Arm], factor: f64) -> Table {
    let mut noise = Noise::new(17);
    let families = ["radicalisation", "recruiters and stings", "detection", "sharing", "intervention", "re-timing"];
    let (mut policy, mut label, mut family) = (Vec::new(), Vec::new(), Vec::new());
    let (mut averted, mut induced) = (Vec::new(), Vec::new());
    for arm in arms.iter().skip(1) {
        for name in families {
            policy.push(arm.name.clone());
            label.push(arm.label.clone());
            family.push(name.to_owned());
            averted.push(Some(noise.count(2.0) * factor));
            induced.push(Some(noise.count(1.0) * factor));
        }
    }
    let mut table = Table::new();
    table.push("policy", Column::Text(policy));
    table.push("label", Column::Text(label));
    table.push("family", Column::Text(family));
    table.push("averted_a_replication", Column::Number(averted));
    table.push("induced_a_replication", Column::Number(induced));
    table
}

/// Four rows an arm, as a replay labels sting cases.
pub(crate) fn stings(arms: &[Arm], factor: f64) -> Table {
    let mut noise = Noise::new(23);
    let (mut policy, mut words, mut label) = (Vec::new(), Vec::new(), Vec::new());
    let (mut replications, mut cases, mut means, mut attacks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for arm in arms {
        for (name, usual) in [("recruiter", 2.0), ("self_starter", 1.0), ("travelled", 4.0), ("nothing", 20.0)] {
            let mean = noise.count(usual) * factor;
            let sum = libm::round(mean * 40.0) as i64;
            policy.push(arm.name.clone());
            words.push(arm.label.clone());
            label.push(name.to_owned());
            replications.push(Some(40));
            cases.push(Some(sum));
            means.push(Some(mean));
            attacks.push(Some(if name == "nothing" { 0 } else { sum / 5 }));
        }
    }
    let mut table = Table::new();
    table.push("policy", Column::Text(policy));
    table.push("policy_label", Column::Text(words));
    table.push("label", Column::Text(label));
    table.push("replications", Column::Integer(replications));
    table.push("cases", Column::Integer(cases));
    table.push("cases_a_replication", Column::Number(means));
    table.push("cases_in_attack", Column::Integer(attacks));
    table
}

/// One row a setting of the threshold, the baseline first, as a run gives them; a lower one holds and foils more.
pub(crate) fn operating_points(settings: &[f64], factor: f64) -> Table {
    let arm = |i: usize| if i == 0 { BASELINE.to_owned() } else { format!("p{i}") };
    let share = |f: &dyn Fn(f64) -> f64| Column::Number(settings.iter().map(|s| Some(factor * f(*s))).collect());
    let curve = |s: f64| 1.0 / (1.0 + s.exp());
    let mut table = Table::new();
    table.push("arm", Column::Text((0..settings.len()).map(arm).collect()));
    table.push("label", Column::Text(settings.iter().map(|s| format!("Threshold {s}")).collect()));
    table.push("setting", Column::Number(settings.iter().map(|s| Some(*s)).collect()));
    table.push("replications", Column::Integer(vec![Some(60); settings.len()]));
    table.push("held_share", share(&|s| 0.2 * curve(s)));
    table.push("held_share_low", share(&|s| 0.19 * curve(s)));
    table.push("held_share_high", share(&|s| 0.21 * curve(s)));
    table.push("foiled_share", share(&|s| 0.5 + 0.3 * curve(s)));
    table.push("foiled_share_low", share(&|s| 0.47 + 0.3 * curve(s)));
    table.push("foiled_share_high", share(&|s| 0.53 + 0.3 * curve(s)));
    table
}

/// The life of one plot in two arms, crowded with steps over so many days.
pub(crate) fn twin_lives(days: f64) -> Table {
    type Row = (&'static str, &'static str, f64, f64, &'static str);
    let mut rows: Vec<Row> = vec![
        ("baseline", "plot", 0.1, 0.95, "completed"),
        ("policy", "plot", 0.1, 0.99, "in_progress"),
        (
            "policy",
            "parting",
            0.9,
            0.9,
            "AA decides to intervene against the founder (under the policy only) after long doubt",
        ),
        ("baseline", "open", 0.0, 0.5, "AA opens a file on the founder"),
        ("baseline", "watched", 0.2, 0.4, "a team of AA begins to watch the founder"),
    ];
    for i in 0..14 {
        let at = f64::from(i) / 14.0;
        let arm = if i % 3 == 0 { "baseline" } else { "policy" };
        rows.push((arm, "step", at, at, "AA has no team free to watch member 2 (7 in all)"));
        rows.push((arm, "task", at, at, "a task is done"));
        rows.push((arm, "sign", at, at, "AA sees a sign of the plot"));
    }
    let text = |f: &dyn Fn(&Row) -> String| Column::Text(rows.iter().map(f).collect());
    let mut table = Table::new();
    table.push("arm", text(&|r| r.0.into()));
    table.push("what", text(&|r| r.1.into()));
    table.push("from_day", Column::Number(rows.iter().map(|r| Some(r.2 * days)).collect()));
    table.push("to_day", Column::Number(rows.iter().map(|r| Some(r.3 * days)).collect()));
    let start = jiff::civil::date(2015, 1, 1);
    table.push("date", text(&|r| forestall_model::date_after(start, r.2 * days).to_string()));
    table.push("text", text(&|r| r.4.into()));
    table.push("only", text(&|r| if r.0 == "policy" { "yes".into() } else { "no".into() }));
    table
}
