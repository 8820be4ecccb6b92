//! Every chart on awkward inputs: text stays on the sheet, texts do not overlap, nothing is NaN.

use resvg::usvg;

use super::{Arm, Chart, Measure, example, font, png};
use forestall_model::{Column, Table};

/// What every chart is drawn from.
struct Case {
    name: &'static str,
    arms: Vec<Arm>,
    factor: f64,
    months: usize,
    countries: usize,
}

fn cases() -> Vec<Case> {
    let case = |name, policies, replications, long, factor, months, countries| Case {
        name,
        arms: example::arms(policies, replications, long),
        factor,
        months,
        countries,
    };
    vec![
        case("ordinary", 4, 40, false, 1.0, 36, 8),
        case("twelve arms with long labels", 12, 12, true, 1.0, 60, 30),
        case("a single replication", 3, 1, false, 1.0, 12, 3),
        case("all zero", 3, 5, true, 0.0, 24, 4),
        case("huge values", 5, 6, true, 4e7, 130, 5),
        case("tiny values", 5, 6, true, 3e-6, 24, 5),
        case("one month, one policy", 1, 4, true, 1.0, 1, 1),
        case("the baseline alone", 0, 10, false, 1.0, 24, 2),
    ]
}

fn charts(case: &Case) -> Vec<Chart> {
    let arms = &case.arms;
    let few = &arms[..arms.len().min(2)];
    let comparisons = example::comparisons_of(arms, case.factor);
    let replications = example::replications(arms, case.factor);
    let monthly = example::monthly(arms, case.months, case.factor);
    let attacks = Measure::of("attacks_completed");
    let mut charts = vec![
        super::forest(&comparisons, &attacks),
        super::forest(&comparisons, &Measure::of("cost")),
        super::distribution(&replications, &attacks, arms),
        super::distribution(&replications, &Measure::of("foiled_share"), arms),
        super::fan(&monthly, &attacks, few),
        super::cumulative(&monthly, &attacks, few),
        super::fan(&monthly, &Measure::of("queue_length"), &arms[..1]),
        super::services(&monthly, arms),
        super::pathway_outcome(&example::endings(arms), arms),
        super::countries(&example::by_country(arms, case.countries, case.factor), few, &[]),
        super::harm_cost(&comparisons),
        super::ecdf(&replications, &attacks, arms),
        super::share_over_time(&monthly, arms),
        super::share_by_start(&example::foiled_by_start(arms), arms),
        super::pipeline(&example::stages(arms, case.factor), arms),
        super::plot_lives(&example::lives(case.months), super::BASELINE),
        super::mechanisms(&example::mechanisms(arms, case.factor), 40),
        super::stings(&example::stings(arms, case.factor)),
        super::roc(
            &example::operating_points(&settings(arms.len()), case.factor.min(1.0)),
            if case.months > 24 { super::Setting::Threshold } else { super::Setting::Shift },
        ),
        super::twin_lives(&example::twin_lives(30.0 * case.months as f64), &twin_words(&arms[arms.len() - 1].label)),
    ];
    charts.drain(..).map(|c| c.unwrap_or_else(|e| panic!("{}: {e}", case.name))).collect()
}

#[test]
fn the_columns_that_a_chart_names_are_all_that_it_reads() {
    for case in cases() {
        let arms = &case.arms;
        let monthly = example::monthly(arms, case.months, case.factor);
        let by_country = example::by_country(arms, case.countries, case.factor);
        let drawn = |chart: Result<Chart, super::ChartError>| chart.expect("drawn");
        for (chart, table, columns) in [
            (super::services as fn(&_, &_) -> _, &monthly, &super::SERVICES_COLUMNS[..]),
            (super::share_over_time, &monthly, &super::SHARE_COLUMNS),
            (|table, arms| super::countries(table, arms, &[]), &by_country, &super::COUNTRIES_COLUMNS),
        ] {
            assert_eq!(drawn(chart(&table.select(columns), arms)), drawn(chart(table, arms)), "{}", case.name);
        }
    }
}

/// So many settings, the first two far apart and the rest ever closer.
fn settings(number: usize) -> Vec<f64> {
    (0..number).map(|i| 4.0 - 9.0 * (1.0 - 0.6_f64.powi(i as i32))).collect()
}

fn twin_words(policy: &str) -> super::TwinWords {
    super::TwinWords {
        title: "Plot 0123456789abcdef in replication 12: an attack removed".into(),
        caption: "Mechanism: team. A surveillance team is free in one arm and none in the other.".into(),
        policy: policy.into(),
    }
}

fn empty_charts() -> Vec<Chart> {
    let (empty, arms) = (Table::new(), example::arms(2, 0, false));
    let attacks = Measure::of("attacks_completed");
    [
        super::forest(&empty, &attacks),
        super::distribution(&empty, &attacks, &arms),
        super::fan(&empty, &attacks, &arms),
        super::services(&empty, &arms),
        super::pathway_outcome(&empty, &arms),
        super::pipeline(&empty, &arms),
        super::plot_lives(&empty, super::BASELINE),
        super::countries(&empty, &arms, &[]),
        super::harm_cost(&empty),
        super::ecdf(&empty, &attacks, &arms),
        super::share_over_time(&empty, &arms),
        super::share_by_start(&empty, &arms),
        super::mechanisms(&empty, 0),
        super::stings(&empty),
        super::roc(&empty, super::Setting::Threshold),
        super::twin_lives(&empty, &twin_words("Policy")),
    ]
    .map(Result::unwrap)
    .into()
}

/// The inked boxes of all texts, in canvas pixels, and where they are anchored.
fn texts(group: &usvg::Group, found: &mut Vec<(String, usvg::Rect, usvg::TextAnchor)>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => texts(group, found),
            usvg::Node::Text(text) => {
                let words = text.chunks().iter().map(usvg::TextChunk::text).collect();
                let anchor = text.chunks()[0].anchor();
                found.push((words, text.flattened().abs_bounding_box(), anchor));
            }
            _ => {}
        }
    }
}

/// Asserts the layout of one chart; gives back how many texts it has.
pub(super) fn check(chart: &Chart, case: &str) -> usize {
    let place = format!("{} ({case})", chart.name);
    assert!(!chart.svg.contains("NaN") && !chart.svg.contains("inf,"), "{place} has an undefined coordinate");
    let tree = png::parse(&chart.svg).unwrap_or_else(|e| panic!("{place}: {e}"));
    let (width, height) = (tree.size().width(), tree.size().height());
    let mut found = Vec::new();
    texts(tree.root(), &mut found);
    for (words, area, anchor) in &found {
        let inside =
            area.left() >= 4.0 && area.top() >= 4.0 && area.right() <= width - 4.0 && area.bottom() <= height - 4.0;
        // A viewer without the typeface may set the words a little wider.
        let wider = area.width() * 0.05;
        let (left, right) = match anchor {
            usvg::TextAnchor::Start => (0.0, wider),
            usvg::TextAnchor::Middle => (wider / 2.0, wider / 2.0),
            usvg::TextAnchor::End => (wider, 0.0),
        };
        let inside = inside && area.left() >= left && area.right() + right <= width;
        assert!(inside, "{place}: “{words}” leaves the sheet: {area:?} in {width}×{height}");
    }
    for (i, (a_words, a, _)) in found.iter().enumerate() {
        for (b_words, b, _) in &found[i + 1..] {
            let apart =
                a.right() <= b.left() || b.right() <= a.left() || a.bottom() <= b.top() || b.bottom() <= a.top();
            assert!(apart, "{place}: “{a_words}” and “{b_words}” overlap: {a:?} {b:?}");
        }
    }
    found.len()
}

/// Names and values that are hard to set: many, long, tiny, huge, undefined.
fn analyses(count: usize, long: bool, factor: f64, undefined: bool) -> Vec<Chart> {
    let mut noise = example::Noise::new(count as u64);
    let name = |i: usize| {
        let tail = if long { " of a service with an uncommonly long and winding name" } else { "" };
        format!("parameter_{i}{tail}")
    };
    let mut lines: Vec<(String, &str, Option<f64>)> = Vec::new();
    for i in 0..count {
        for index in ["first", "total", "mu_star", "sigma", "median"] {
            let value = (!undefined || index == "mu_star").then(|| factor * noise.next());
            lines.push((name(i), index, value));
        }
    }
    let table = |wanted: &[&str]| {
        let own: Vec<&(String, &str, Option<f64>)> = lines.iter().filter(|l| wanted.contains(&l.1)).collect();
        let shifted = |by: f64| Column::Number(own.iter().map(|l| l.2.map(|v| v + by * factor)).collect());
        let mut table = Table::new();
        table.push("parameter", Column::Text(own.iter().map(|l| l.0.clone()).collect()));
        table.push("with", Column::Text(vec![String::new(); own.len()]));
        table.push("index", Column::Text(own.iter().map(|l| l.1.to_owned()).collect()));
        table.push("estimate", shifted(0.0));
        table.push("low", shifted(-0.1));
        table.push("high", shifted(0.1));
        table
    };
    let mut path = Table::new();
    let shares: Vec<f64> = (0..40).map(|i| f64::from(i) / 39.0).collect();
    path.push("coverage", Column::Number(shares.iter().map(|s| Some(1.0 - s * s)).collect()));
    path.push("density", Column::Number(shares.iter().map(|s| Some(0.1 + 0.9 * s)).collect()));
    path.push("restricted", Column::Integer((0..40).map(|i| Some(i * count as i64 / 40)).collect()));
    path.push("chosen", Column::Integer((0..40).map(|i| Some(i64::from(i == count as i64 % 40))).collect()));
    let mut limits = Table::new();
    let number = |f: &dyn Fn(f64) -> f64| {
        Column::Number((0..count).map(|i| Some(factor * f(i as f64 / count as f64))).collect())
    };
    limits.push("parameter", Column::Text((0..count).map(name).collect()));
    limits.push("low", number(&|s| s * 0.9));
    limits.push("high", number(&|s| s * 0.9 + 0.02));
    limits.push("least", number(&|_| 0.0));
    limits.push("most", number(&|_| 1.0));
    limits.push("categories", Column::Text(vec![String::new(); count]));
    limits.push("quasi_p_low", Column::Number(vec![Some(0.5); count]));
    limits.push("quasi_p_high", Column::Number(vec![Some(1e-9); count]));
    let futures = count * 7;
    let mut regret = Table::new();
    let cells = || (0..count).flat_map(|p| (0..futures).map(move |f| (p, f)));
    regret.push("policy", Column::Text(cells().map(|c| name(c.0)).collect()));
    regret.push("future", Column::Text(cells().map(|c| c.1.to_string()).collect()));
    regret.push("regret", Column::Number(cells().map(|c| Some(factor * (c.0 * c.1 % 11) as f64)).collect()));
    let sample = "1,024 blocks; intervals by resampling whole blocks.";
    vec![
        super::sensitivity(&table(&["first", "total"]), "attacks_completed", sample).unwrap(),
        super::sensitivity(&table(&["median"]), "attacks_completed", sample).unwrap(),
        super::morris(&table(&["mu_star", "sigma"]), "attacks_completed", sample).unwrap(),
        super::trade_off(&path, 1, sample).unwrap(),
        super::limits(&limits, 1, sample).unwrap(),
        super::regret(&regret, "attacks_completed").unwrap(),
    ]
}

#[test]
fn charts_of_analyses_keep_their_texts_apart() {
    for (count, long, factor, undefined) in [
        (5, false, 1.0, false),
        (60, true, 1.0, false),
        (3, true, 4e7, true),
        (4, false, 3e-6, false),
        (1, false, 0.0, false),
    ] {
        for chart in analyses(count, long, factor, undefined) {
            assert!(check(&chart, &format!("{count} parameters")) >= 2);
        }
    }
    let empty = Table::new();
    for chart in [
        super::sensitivity(&empty, "y", ""),
        super::morris(&empty, "y", ""),
        super::trade_off(&empty, 1, ""),
        super::limits(&empty, 1, ""),
        super::regret(&empty, "y"),
    ] {
        assert!(chart.unwrap().svg.contains(">No data</text>"));
    }
}

/// Parameters and patterns of a calibration that are hard to set.
fn calibration(count: usize, long: bool, factor: f64, undefined: bool) -> [Chart; 2] {
    let name = |i: usize| {
        let tail = if long { "_of_an_uncommonly_long_and_winding_mechanism_per_year" } else { "" };
        format!("table.parameter_{i}{tail}")
    };
    let number = |f: &dyn Fn(usize) -> f64| Column::Number((0..count).map(|i| Some(factor * f(i))).collect());
    let maybe = |value: f64| Column::Number(vec![(!undefined).then_some(value * factor); count]);
    let words = |word: &str| Column::Text(vec![word.to_owned(); count]);
    let mut parameters = Table::new();
    parameters.push("parameter", Column::Text((0..count).map(name).collect()));
    parameters.push("posterior_low", number(&|i| 0.1 * i as f64));
    parameters.push("median", number(&|i| 0.3 * i as f64));
    parameters.push("posterior_high", number(&|i| 0.7 * i as f64));
    parameters.push("width_ratio", maybe(0.95));
    parameters.push("verdict", words("unidentified"));
    let mut ranks = Table::new();
    let even = |shift: usize| Column::Number((0..50).map(|k| Some(((k + shift) % 50) as f64 / 50.0)).collect());
    ranks.push("weight", Column::Number(vec![Some(0.02); 50]));
    (0..count).for_each(|i| ranks.push(name(i), even(i)));
    let mut patterns = Table::new();
    patterns.push("pattern", Column::Text((0..count).map(|i| name(i).replace('_', " ")).collect()));
    patterns.push("fact", words("F20"));
    patterns.push("low", number(&|i| i as f64));
    patterns.push("high", number(&|i| 1.0 + 2.0 * i as f64));
    patterns.push("simulated_low", maybe(-40.0));
    patterns.push("simulated_median", maybe(1.2));
    patterns.push("simulated_high", maybe(90.0));
    patterns.push("verdict", words("miss"));
    patterns.push("held_out", words("yes"));
    [
        super::posterior(&parameters, &ranks, "300 particles.").unwrap(),
        super::predictive(&patterns, "100 draws.").unwrap(),
    ]
}

#[test]
fn charts_of_calibrations_keep_their_texts_apart() {
    for (count, long, factor, undefined) in
        [(3, false, 1.0, false), (30, true, 1.0, false), (4, true, 4e7, true), (1, false, 3e-6, false)]
    {
        for chart in calibration(count, long, factor, undefined) {
            assert!(check(&chart, &format!("{count} parameters")) >= 2);
        }
    }
    let empty = Table::new();
    for chart in [super::posterior(&empty, &empty, ""), super::predictive(&empty, "")] {
        assert!(chart.unwrap().svg.contains(">No data</text>"));
    }
}

/// A front whose names, levers and values are hard to set.
fn optimization(count: usize, levers: usize, long: bool, factor: f64, objectives: usize) -> [Chart; 3] {
    let mut noise = example::Noise::new(count as u64 + 1);
    let tail = if long { "_of_an_uncommonly_long_and_winding_mechanism_per_year" } else { "" };
    let objectives: Vec<String> =
        ["attacks_completed", "cost", "intrusion"].iter().take(objectives).map(|o| format!("{o}{tail}")).collect();
    let mut table = Table::new();
    let name = |i: usize| if i == count { "baseline".to_owned() } else { format!("front-{:02}", i + 1) };
    table.push("name", Column::Text((0..=count).map(name).collect()));
    let status = |i: usize| {
        if i == count {
            "baseline"
        } else if i % 4 == 3 {
            "perhaps"
        } else {
            "front"
        }
        .to_owned()
    };
    table.push("status", Column::Text((0..=count).map(status).collect()));
    for objective in &objectives {
        let values: Vec<f64> = (0..=count).map(|_| factor * noise.next()).collect();
        let moved = |by: f64| Column::Number(values.iter().map(|v| Some(v + by * factor)).collect());
        table.push(objective.clone(), moved(0.0));
        table.push(format!("{objective}_low"), moved(-0.1));
        table.push(format!("{objective}_high"), moved(0.1));
    }
    let mut along = table.clone();
    let mut axes = Vec::new();
    for i in 0..levers {
        let column = format!("services.lever_{i}{tail} times");
        along.push(column.clone(), Column::Number((0..=count).map(|_| Some(factor * noise.next())).collect()));
        axes.push(super::Lever { column, low: (0.0, "0".into()), high: (factor, format!("{}", 1234.5 * factor)) });
    }
    let mut volumes = Table::new();
    let line = |i: usize| match i {
        80 => ("fresh", "start"),
        81 => ("fresh", "optimize"),
        82 => ("fresh", "random"),
        i if i < 40 => ("search", "optimize"),
        _ => ("search", "random"),
    };
    volumes.push("stage", Column::Text((0..83).map(|i| line(i).0.to_owned()).collect()));
    volumes.push("by", Column::Text((0..83).map(|i| line(i).1.to_owned()).collect()));
    let run = |i: usize| match i {
        ..80 => (i % 40 + 1) * 200,
        80 => 200,
        _ => 8000,
    };
    volumes.push("runs", Column::Integer((0..83).map(|i| Some(run(i) as i64)).collect()));
    volumes.push("hypervolume", Column::Number((0..83).map(|i| Some(factor * (i % 40) as f64)).collect()));
    volumes.push("low", Column::Number((0..83).map(|i| (i > 79).then_some(0.0)).collect()));
    volumes.push("high", Column::Number((0..83).map(|i| (i > 79).then_some(factor * 50.0)).collect()));
    [
        super::pareto(&table, &objectives, "100 replications.").unwrap(),
        super::levers(&along, &axes, &objectives, "100 replications.").unwrap(),
        super::convergence(&volumes, "Reference point: attacks_completed 3.4.").unwrap(),
    ]
}

#[test]
fn charts_of_optimizations_keep_their_texts_apart() {
    for (count, levers, long, factor, objectives) in [
        (8, 4, false, 1.0, 3),
        (60, 12, true, 1.0, 3),
        (5, 2, true, 4e7, 2),
        (1, 1, false, 3e-6, 3),
        (12, 3, false, 0.0, 3),
    ] {
        for chart in optimization(count, levers, long, factor, objectives) {
            assert!(check(&chart, &format!("{count} settings, {levers} levers")) >= 2);
        }
    }
    let empty = Table::new();
    let none = ["a".to_owned(), "b".to_owned()];
    for chart in
        [super::pareto(&empty, &none, ""), super::levers(&empty, &[], &none, ""), super::convergence(&empty, "")]
    {
        assert!(chart.unwrap().svg.contains(">No data</text>"));
    }
}

#[test]
fn texts_stay_on_the_sheet_and_apart_on_awkward_inputs() {
    for case in cases() {
        for chart in charts(&case) {
            assert!(check(&chart, case.name) >= 2);
        }
    }
}

#[test]
fn an_empty_table_gives_a_chart_that_says_so() {
    for chart in empty_charts() {
        check(&chart, "empty");
        assert!(chart.svg.contains(">No data</text>"), "{}", chart.name);
    }
}

#[test]
fn undefined_effects_are_said_and_not_drawn() {
    let mut table = Table::new();
    for (name, column) in example::comparisons(&[("a", -2.0), ("b", 1.0)]).columns() {
        let undefined = matches!(name, "difference" | "ci_low" | "ci_high");
        table.push(name, if undefined { Column::Number(vec![None, Some(1.0)]) } else { column.clone() });
    }
    let chart = super::forest(&table, &Measure::of("attacks_completed")).unwrap();
    check(&chart, "undefined");
    assert!(chart.svg.contains(">undefined</text>"));
    assert_eq!(chart.data.column("effect").unwrap().number(1), None, "the undefined effect stands last");
    let cost = example::with_outcome(&table, "cost");
    check(&super::harm_cost(&example::stack(&table, &cost)).unwrap(), "undefined");
}

#[test]
fn the_check_of_texts_can_fail() {
    let mut chart = charts(&cases()[0]).remove(0);
    chart.svg =
        chart.svg.replacen("</svg>", "<text x=\"8500\" y=\"100\" font-size=\"170\">A text too long</text></svg>", 1);
    assert!(std::panic::catch_unwind(|| check(&chart, "spoilt")).is_err());
}

#[test]
fn the_same_input_gives_the_same_bytes_and_a_readable_png() {
    let chart = charts(&cases()[0]).remove(0);
    assert_eq!(chart.svg, charts(&cases()[0]).remove(0).svg);
    let bytes = super::png(&chart, 1.5).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 1350);
    assert!(super::png(&chart, 0.0).is_err());
}

#[test]
fn measured_widths_agree_with_the_rasteriser() {
    let chart = charts(&cases()[0]).remove(0);
    let tree = png::parse(&chart.svg).unwrap();
    let mut found = Vec::new();
    texts(tree.root(), &mut found);
    let (title, area, _) = &found[0];
    let width = font::width(title, super::theme::TITLE);
    assert!((width - f64::from(area.width())).abs() < 4.0, "measured {width}, drawn {}", area.width());
}

#[test]
fn a_chart_says_where_it_comes_from_below_all_else() {
    let case = &cases()[0];
    for chart in charts(case) {
        let (before, name) = (png::parse(&chart.svg).unwrap().size().height(), chart.name.clone());
        let told = chart.with_origin("Scenario <a & b>, 2014-01-01 to 2016-12-31.");
        let after = png::parse(&told.svg).unwrap_or_else(|e| panic!("{name}: {e}")).size().height();
        assert!(told.svg.contains("Scenario &lt;a &amp; b&gt;, 2014-01-01") && after > before + 10.0, "{name}");
        assert!(told.svg.contains(&format!("viewBox=\"0 0 9000 {after}0\"")), "{name}: {}", &told.svg[..200]);
    }
}
