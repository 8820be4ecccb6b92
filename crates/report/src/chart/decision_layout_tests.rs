//! Charts of scores and decisions on awkward inputs, held to what all charts are.

use super::layout_tests::check;
use super::{Chart, IntervalRow, IntervalWords, Mark, example};
use forestall_model::{Column, Table};

/// Scores and decisions with names and values that are hard to set.
fn decisions(count: usize, long: bool, factor: f64) -> Vec<Chart> {
    let mut noise = example::Noise::new(count as u64 + 3);
    let tail = if long { " of an uncommonly long and winding name that no sheet holds" } else { "" };
    let names = |times: usize| Column::Text((0..count * times).map(|i| format!("thing {}{tail}", i % count)).collect());
    let mut number = |times: usize, by: f64| {
        Column::Number((0..count * times).map(|_| Some(factor * (by + noise.next()))).collect())
    };
    let mut scores = Table::new();
    scores.push("quantity", names(1));
    for (name, by) in [("observed", -0.5), ("mean", 0.5), ("low", 0.0), ("high", 1.0)] {
        scores.push(name, number(1, by));
    }
    let mut information = Table::new();
    information.push("what", names(1));
    let kinds = ["all", "parameter", "group", "study"];
    information.push("kind", Column::Text((0..count).map(|i| kinds[i % 4].to_owned()).collect()));
    for (name, by) in [("estimate", 0.5), ("low", 0.0), ("high", 1.5)] {
        information.push(name, number(1, by));
    }
    let mut curves = Table::new();
    curves.push("value", Column::Number((0..count * 9).map(|i| Some(factor * (i / count) as f64)).collect()));
    curves.push("option", names(9));
    curves.push("probability", Column::Number(vec![Some(1.0 / count as f64); count * 9]));
    curves.push(
        "best",
        Column::Integer((0..count * 9).map(|i| Some(i64::from(i % count == i / count % count))).collect()),
    );
    let mut cloud = Table::new();
    cloud.push("option", names(30));
    cloud.push("effect", number(30, -0.2));
    cloud.push("cost", number(30, 0.1));
    let reference = format!("nothing{tail}");
    let rows: Vec<IntervalRow> = (0..count)
        .map(|i| {
            let mark =
                |at: f64| Mark { value: Some(factor * at), interval: Some((factor * (at - 0.3), factor * (at + 0.4))) };
            let marks = vec![mark(i as f64 - 1.0), mark(0.5), Mark::default()];
            IntervalRow { label: format!("thing {i}{tail}"), printed: marks[i % 3].words(), marks }
        })
        .collect();
    let words = IntervalWords {
        name: "intervals".into(),
        title: format!("Things{tail}, twice"),
        subtitle: "Means".into(),
        axis: "Things per simulated history".into(),
        rows: "Policy".into(),
        series: vec![format!("first{tail}{tail}"), "second".into(), "third".into()],
        printed: "Second − first [95 %]".into(),
        caption: "Means with 95 % intervals.".into(),
    };
    vec![
        super::intervals(&rows, &words).unwrap(),
        super::forecasts(&scores).unwrap(),
        super::information(&information, "euros").unwrap(),
        super::acceptability(&curves, "euros").unwrap(),
        super::plane(&cloud, &reference, Some(0.5), "euros").unwrap(),
        super::pit(&[0.1; 10], count, "Test of evenness: p = 0.50.").unwrap(),
    ]
}

#[test]
fn charts_of_scores_and_decisions_keep_their_texts_apart() {
    for (count, long, factor) in [(3, false, 1.0), (12, true, 1.0), (50, true, 4e7), (2, false, 3e-6), (1, false, 0.0)]
    {
        for chart in decisions(count, long, factor) {
            assert!(check(&chart, &format!("{count} things")) >= 2);
        }
    }
    let empty = Table::new();
    for chart in [
        super::forecasts(&empty),
        super::information(&empty, "euros"),
        super::acceptability(&empty, "euros"),
        super::plane(&empty, "none", None, "euros"),
        super::pit(&[], 0, ""),
    ] {
        assert!(chart.unwrap().svg.contains(">No data</text>"));
    }
}
