//! Numbers and variances in words, as page and terminal show them.

use forestall_study::Provenance;
use forestall_study::rooms::stats::TwoLevel;

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
