//! Words, charts and page of a search for where an outcome happens.

use crate::chart::{self, Chart, ChartError, Measure};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{Column, Table, registry};
use forestall_study::{Cases, Discovered, Leaf, Limit, Provenance, Region, Step};

use super::words::{Next, counted, names, origin, texts};

/// A restriction whose quasi-p is above this may be chance.
const DOUBTFUL: f64 = 0.05;

/// Where the outcome happens, most important first: the first sentence is the answer.
pub fn discovery_words(found: &Discovered, inside: &str) -> Vec<String> {
    let (sample, all) = (&found.sample, found.sample.len());
    let share = sample.of_interest() as f64 / all.max(1) as f64;
    let mut out = Vec::new();
    match found.boxes.first().map(forestall_study::Discovery::region) {
        None => out.push(format!("No box was found in which `{inside}` is denser than elsewhere.")),
        Some(step) if step.restricted.is_empty() => {
            out.push(format!("Nothing tells the rows with `{inside}` from the others: no limit on any factor helps."));
        }
        Some(step) => out.push(format!(
            "`{inside}` holds in {} of the rows where {}, against {} of all rows; that is {} of all rows in which it holds{}.",
            percent(step.density),
            names(&limit_words(&step.region, &step.restricted)),
            percent(share),
            percent(step.coverage),
            if doubtful(step).len() == step.restricted.len() { "; every limit may be chance" } else { "" }
        )),
    }
    out.push(format!("{} of {} are of interest ({}).", sample.of_interest(), counted(all, "row"), percent(share)));
    for (i, discovery) in found.boxes.iter().enumerate().skip(1) {
        let step = discovery.region();
        out.push(format!(
            "Box {}, among the rows that are left: density {}, coverage {}, where {}.",
            i + 1,
            percent(step.density),
            percent(step.coverage),
            names(&limit_words(&step.region, &step.restricted))
        ));
    }
    let doubtful: Vec<String> = found.boxes.iter().flat_map(|d| doubtful(d.region())).collect();
    if !doubtful.is_empty() {
        out.push(format!("May be chance (quasi-p above {DOUBTFUL}): {}.", names(&doubtful)));
    }
    out
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn doubtful(step: &Step) -> Vec<String> {
    let all = step.restricted.iter().zip(&step.quasi_p);
    let doubt = |p: &(Option<f64>, Option<f64>)| [p.0, p.1].into_iter().flatten().any(|p| p > DOUBTFUL);
    all.filter(|(_, p)| doubt(p)).map(|(&j, _)| format!("the limit on {}", step.region.limits[j].parameter)).collect()
}

fn limit_words(region: &Region, restricted: &[usize]) -> Vec<String> {
    restricted.iter().map(|&j| one_limit(&region.limits[j])).collect()
}

fn one_limit(limit: &Limit) -> String {
    match (limit.categories(), limit.range()) {
        (Some(words), _) => format!("{} is {}", limit.parameter, words.join(" or ")),
        (None, Some((low, high))) => {
            let ends = chart::together(&[low, high]);
            format!("{} is {} to {}", limit.parameter, ends[0], ends[1])
        }
        (None, None) => limit.parameter.clone(),
    }
}

/// Of each box the way to it, its limits, and the cases that it tells apart.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn discovery_charts(found: &Discovered) -> Result<Vec<Chart>, ChartError> {
    let mut charts = Vec::new();
    for (i, discovery) in found.boxes.iter().enumerate() {
        let step = discovery.region();
        let rest = format!(
            "{} rows, {} of interest. The box: coverage {:.2}, density {:.2}, {} rows.",
            found.sample.len(),
            found.sample.of_interest(),
            step.coverage,
            step.density,
            step.points
        );
        charts.push(chart::trade_off(&discovery.table(), i + 1, &rest)?);
        charts.push(chart::limits(&discovery.limits_table(&found.sample), i + 1, &rest)?);
        let cases = Cases::of(&found.boxes, i, &found.sample);
        let units: Vec<String> = cases.axes.iter().map(|axis| unit(&axis.parameter)).collect();
        let worth = chart::BoxWorth { coverage: step.coverage, density: step.density };
        charts.push(chart::cases(&cases, i + 1, worth, &units)?);
    }
    Ok(charts)
}

/// The unit of a parameter of this program, by its path; empty for a column of a model of the user's own.
fn unit(parameter: &str) -> String {
    let parts: Vec<&str> = parameter.split('.').collect();
    let [.., table, name] = parts.as_slice() else { return String::new() };
    let registry = registry();
    registry.slot(table, name).map_or_else(String::new, |slot| registry.parameter(slot).unit.to_owned())
}

/// The page of a search for boxes.
pub fn discovery_page(
    found: &Discovered,
    (outcome, inside): (&str, &str),
    charts: &[Chart],
    next: &[Next],
    provenance: &Provenance,
) -> String {
    let mut notes: Vec<String> = found.notes.iter().map(|n| format!("Note: {n}.")).collect();
    for (count, why) in [(found.sample.dropped, "undefined"), (found.sample.infinite, "infinite")] {
        if count > 0 {
            notes.push(format!("Note: {} left out: a value in them is {why}.", counted(count, "row")));
        }
    }
    notes.extend(found.sample.left_out.iter().map(|(name, why)| format!("Note: column {name} left out: it {why}.")));
    analysis_page(&AnalysisPage {
        title: format!("Where {} is of interest", Measure::of(outcome).name),
        question: format!("Where among the factors does `{inside}` happen?"),
        findings: discovery_words(found, inside).into_iter().chain(notes).collect(),
        charts: charts.iter().collect(),
        parts: vec![
            Part {
                id: "boxes",
                heading: "The limits of each box",
                lead: "A box is limits on few factors within which cases of interest are dense. Quasi-p: how likely a limit \
                       is to be as sharp by chance alone."
                    .into(),
                caption: "One row a limit".into(),
                table: boxes(found),
            },
            Part {
                id: "tree",
                heading: "A tree over the same rows, for comparison",
                lead: "Where boxes and tree agree, the finding does not hang on the method.".into(),
                caption: "The leaves of a classification tree, the densest first".into(),
                table: leaves(&found.tree),
            },
        ],
        limits: vec![
            "A box describes these rows; other ranges or other points may give another.".into(),
            "Cases outside the box happen too: coverage says how many are inside.".into(),
            "A limit says where, not why: factors that go together can stand in for each other.".into(),
            "Quasi-p is of each limit as if it alone had been looked for.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}

fn boxes(found: &Discovered) -> Table {
    struct Row {
        number: usize,
        limit: String,
        p: (Option<f64>, Option<f64>),
        density: f64,
        coverage: f64,
    }
    let mut rows = Vec::new();
    for (i, discovery) in found.boxes.iter().enumerate() {
        let step = discovery.region();
        rows.extend(step.restricted.iter().zip(&step.quasi_p).map(|(&j, p)| Row {
            number: i + 1,
            limit: one_limit(&step.region.limits[j]),
            p: *p,
            density: step.density,
            coverage: step.coverage,
        }));
    }
    let number = |f: &dyn Fn(&Row) -> Option<f64>| Column::Number(rows.iter().map(f).collect());
    let mut table = Table::new();
    table.push("box", Column::Integer(rows.iter().map(|r| Some(r.number as i64)).collect()));
    table.push("where", texts(&rows, |r| r.limit.clone()));
    table.push("quasi-p low", number(&|r| r.p.0));
    table.push("quasi-p high", number(&|r| r.p.1));
    table.push("density", number(&|r| Some(r.density)));
    table.push("coverage", number(&|r| Some(r.coverage)));
    table
}

fn leaves(tree: &[Leaf]) -> Table {
    let number = |f: &dyn Fn(&Leaf) -> f64| Column::Number(tree.iter().map(|leaf| Some(f(leaf))).collect());
    let mut table = Table::new();
    table.push(
        "where",
        texts(tree, |leaf| match limit_words(&leaf.region, &leaf.restricted) {
            words if words.is_empty() => "anywhere".into(),
            words => names(&words),
        }),
    );
    table.push("density", number(&|leaf| leaf.density));
    table.push("coverage", number(&|leaf| leaf.coverage));
    table.push("mass", number(&|leaf| leaf.mass));
    table
}
