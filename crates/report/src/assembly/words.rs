//! Numbers, variances and lists in words, as page and terminal show them.

use crate::chart;
use forestall_model::Column;
use forestall_study::rooms::stats::TwoLevel;
use forestall_study::{Estimate, Provenance};

pub use crate::report::Next;

/// A number with as many digits as a reader can use.
pub fn number(x: f64) -> String {
    let size = x.abs();
    if size >= 100.0 || x == libm::trunc(x) {
        let digits = format!("{size:.0}");
        let mut out = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        if x < 0.0 { format!("−{out}") } else { out }
    } else if size >= 10.0 {
        format!("{x:.1}")
    } else {
        format!("{x:.2}")
    }
}

/// Random variation and parameter uncertainty in words.
pub fn variance_words(variance: Option<&TwoLevel>) -> String {
    match variance.map(|v| (v, v.ignorance_share)) {
        None => "undefined".into(),
        Some((_, None)) => "no variance".into(),
        Some((v, Some(share))) => format!(
            "{} = {} random variation + {} parameter uncertainty ({:.0} % parameter uncertainty)",
            number(v.chance_variance + v.ignorance_variance),
            number(v.chance_variance),
            number(v.ignorance_variance),
            100.0 * share
        ),
    }
}

/// Where an analysis comes from, name and value.
pub(super) fn origin(provenance: &Provenance) -> Vec<(String, String)> {
    vec![
        ("Program".into(), format!("forestall {}", env!("CARGO_PKG_VERSION"))),
        ("Commit".into(), provenance.git_commit.clone().unwrap_or_else(|| "not known".into())),
        ("Command".into(), format!("forestall {}", provenance.arguments.join(" "))),
    ]
}

/// "1.2 M [0.9 M, 1.5 M]"; an end that is not known is a dash.
pub fn with_interval(e: &Estimate) -> String {
    let Some(estimate) = e.estimate else { return "undefined".into() };
    if e.low.is_none() && e.high.is_none() {
        return chart::short(estimate);
    }
    let known: Vec<f64> = [Some(estimate), e.low, e.high].into_iter().flatten().collect();
    let mut texts = chart::together(&known).into_iter();
    let mut next = |value: Option<f64>| value.and_then(|_| texts.next()).unwrap_or_else(|| "–".into());
    let (middle, low, high) = (next(Some(estimate)), next(e.low), next(e.high));
    format!("{middle} [{low}, {high}]")
}

/// "1 outcome", "12 outcomes".
pub(super) fn counted(count: usize, thing: &str) -> String {
    chart::counted(count, thing)
}

/// Names in a sentence: "a", "a and b", "a, b and c".
pub(super) fn names(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A column of words.
pub(super) fn texts<T>(rows: &[T], f: impl Fn(&T) -> String) -> Column {
    Column::Text(rows.iter().map(f).collect())
}

/// A column of numbers; what is not finite is undefined.
pub(super) fn numbers<T>(rows: &[T], f: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| f(row).filter(|x| x.is_finite())).collect())
}
