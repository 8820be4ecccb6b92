//! Values given on the command line: `--set path=VALUE`.

use super::address::{Codes, PathError};
use super::diagnostic::{Diagnostic, Mark, Reports};
use super::held_pairs::{HeldPair, PairPath};
use super::near_miss::written_right;
use super::nearest::did_you_mean;
use super::parameter::Kind;
use super::plan::Held;
use super::registry::Registry;

/// Reads every `--set`: values of parameters, and settings of pairs of countries.
pub(super) fn sets(
    registry: &Registry,
    codes: &Codes,
    sets: &[String],
    reports: &Reports,
) -> (Vec<Held>, Vec<HeldPair>) {
    let (mut held, mut pairs) = (Vec::new(), Vec::new());
    for text in sets {
        match one(registry, codes, text, reports) {
            Some(Given::Parameter(one)) => held.push(one),
            Some(Given::Pair(one)) => pairs.push(one),
            None => {}
        }
    }
    (held, pairs)
}

enum Given {
    Parameter(Held),
    Pair(HeldPair),
}

fn one(registry: &Registry, codes: &Codes, text: &str, reports: &Reports) -> Option<Given> {
    let short: String = text.chars().take(100).collect();
    let mark = Mark { file: format!("--set {short}"), ..Mark::default() };
    let Some((path, value)) = text.split_once('=') else {
        let diagnostic = Diagnostic::at(&mark, "this `--set` has no `=`");
        reports.add(diagnostic.expected("`path=VALUE`, such as services.analysts=120"));
        return None;
    };
    let over = path.trim_end().ends_with('!');
    let path = path.trim().trim_end_matches('!');
    let told = |error: PathError| {
        let mut diagnostic = Diagnostic::at(&mark, error.message).maybe_help(error.help);
        diagnostic.expected = error.expected;
        reports.add(diagnostic);
    };
    if PairPath::is_one(path) {
        let pair = PairPath::read(codes, path).map_err(told).ok()?;
        let value = value_of(pair.parameter().kind, path, value, &mark, reports)?;
        return Some(Given::Pair(pair.hold(path, value, over, mark)));
    }
    let target = codes.target(registry, path).map_err(told).ok()?;
    let value = value_of(target.kind(registry), path, value, &mark, reports)?;
    Some(Given::Parameter(Held { path: path.to_owned(), target, value, over, mark }))
}

/// A value as the command line writes it; `None` after a report.
fn value_of(kind: Kind, path: &str, value: &str, mark: &Mark, reports: &Reports) -> Option<f64> {
    let word = value.trim().trim_matches('"');
    let number = match kind {
        Kind::Switch => word.parse::<bool>().ok().map(|on| f64::from(u8::from(on))),
        Kind::Choice(words) => words.iter().position(|known| *known == word).map(|position| position as f64),
        Kind::Number(..) | Kind::Share | Kind::Count(..) => word.replace('_', "").parse::<f64>().ok(),
    };
    let number = number.filter(|v| kind.admits(*v));
    if number.is_none() {
        let hint = match kind {
            Kind::Choice(words) => did_you_mean(word, words.iter().copied()),
            Kind::Switch => None,
            Kind::Number(..) | Kind::Share | Kind::Count(..) => written_right(word),
        };
        let diagnostic = Diagnostic::at(mark, format!("`{path}` cannot have this value"));
        let found: String = word.chars().take(40).collect();
        reports.add(diagnostic.found(format!("`{found}`")).expected(kind.expectation()).maybe_help(hint));
    }
    number
}
