//! Values given on the command line: `--set path=VALUE`.

use super::address::Codes;
use super::diagnostic::{Diagnostic, Mark, Reports};
use super::nearest::did_you_mean;
use super::parameter::Kind;
use super::plan::Held;
use super::registry::Registry;

/// Reads every `--set`.
pub(super) fn sets(registry: &Registry, codes: &Codes, sets: &[String], reports: &Reports) -> Vec<Held> {
    sets.iter().filter_map(|text| one(registry, codes, text, reports)).collect()
}

fn one(registry: &Registry, codes: &Codes, text: &str, reports: &Reports) -> Option<Held> {
    let short: String = text.chars().take(100).collect();
    let mark = Mark { file: format!("--set {short}"), ..Mark::default() };
    let Some((path, value)) = text.split_once('=') else {
        let diagnostic = Diagnostic::at(&mark, "this `--set` has no `=`");
        reports.add(diagnostic.expected("`path=VALUE`, such as services.analysts=120"));
        return None;
    };
    let over = path.trim_end().ends_with('!');
    let path = path.trim().trim_end_matches('!');
    let target = match codes.target(registry, path) {
        Ok(target) => target,
        Err(error) => {
            let mut diagnostic = Diagnostic::at(&mark, error.message).maybe_help(error.help);
            diagnostic.expected = error.expected;
            reports.add(diagnostic);
            return None;
        }
    };
    let kind = registry.parameter(target.slot).kind;
    let word = value.trim().trim_matches('"');
    let number = match kind {
        Kind::Switch => word.parse::<bool>().ok().map(|on| f64::from(u8::from(on))),
        Kind::Choice(words) => words.iter().position(|known| *known == word).map(|position| position as f64),
        Kind::Number(..) | Kind::Share | Kind::Count(..) => word.replace('_', "").parse::<f64>().ok(),
    };
    let Some(value) = number.filter(|v| kind.admits(*v)) else {
        let hint = if let Kind::Choice(words) = kind { did_you_mean(word, words.iter().copied()) } else { None };
        let diagnostic = Diagnostic::at(&mark, format!("`{path}` cannot have this value"));
        let found: String = word.chars().take(40).collect();
        reports.add(diagnostic.found(format!("`{found}`")).expected(kind.expectation()).maybe_help(hint));
        return None;
    };
    Some(Held { path: path.to_owned(), target, value, over, mark })
}
