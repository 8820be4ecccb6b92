//! What is planned can be read: any problem goes through its file, its table and back, or is refused when planned.

use proptest::prelude::*;

use super::{Design, DesignRequest, Factor, Levels, Method, Problem, Sidecar, plan};
use crate::results::csv;
use crate::results::outside::{self, Reading};
use forestall_model::Distribution;

/// Names that other readers of tables trip over.
const NASTY: [&str; 40] = [
    "true",
    "false",
    "True",
    "01",
    "02",
    "1",
    "2",
    "1.0",
    "2.0",
    "1e3",
    "1000",
    "none",
    "na",
    "NA",
    "nan",
    "NaN",
    "null",
    "inf",
    " a",
    "b ",
    "a b",
    "a,b",
    "a;b",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "say \"no\"",
    "\"",
    "'",
    "#a",
    "# a",
    "sep=;",
    "Unnamed: 0",
    "ß→界",
    "0x1F",
    "-",
    "y",
    "column 1",
    "\u{202e}a",
    "12345678901234567890",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(&NASTY[..]).prop_map(str::to_owned),
        1 => ".{0,8}",
        2 => "[a-z]{1,4}",
    ]
}

fn factor() -> impl Strategy<Value = Factor> {
    let number = (name(), -1e6..1e6_f64, 1e-3..1e6_f64, any::<bool>()).prop_map(|(name, low, width, whole)| {
        let distribution = Distribution::Uniform { low, high: low + width };
        let (least, most) = (f64::NEG_INFINITY, f64::INFINITY);
        Factor { name, group: None, levels: Levels::Number { distribution, least, most, whole } }
    });
    let category = (name(), prop::collection::vec(name(), 2..6)).prop_map(|(name, mut names)| {
        names.sort();
        names.dedup();
        Factor::category(name, names)
    });
    prop_oneof![number, category]
}

/// The design as `sensitivity` reads it from the text of `design.csv`.
fn read(problem: &Problem, text: &str) -> Result<Design, String> {
    let known: Vec<String> = problem.factors.iter().map(|f| f.name.clone()).collect();
    let names: Vec<String> =
        problem.factors.iter().filter(|f| f.categories().is_some()).map(|f| f.name.clone()).collect();
    let reading = Reading { known: &known, names: &names, used: Some(&known), ..Reading::default() };
    let table = outside::parse(text, &reading).map_err(|flaw| flaw.0)?;
    Design::from_table(problem, &table).map_err(|e| e.to_string())
}

fn goes_round(problem: &Problem, method: Method) -> Result<(), TestCaseError> {
    prop_assert_eq!(&Problem::parse("own.toml", &problem.write()).expect("own file"), problem);
    let request = DesignRequest { method, base: 12, seed: 3 };
    let design = plan(problem, &request).expect("planned");
    let text = csv::to_text(&design.table());
    let back = read(problem, &text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    let attached = Sidecar::attach(&Sidecar::of(&design, &request).write(), back);
    prop_assert_eq!(attached.map_err(|e| TestCaseError::fail(e.to_string()))?, design);
    Ok(())
}

proptest! {
    #[test]
    fn what_is_planned_is_read_again(
        factors in prop::collection::vec(factor(), 1..4),
        method in prop::sample::select(vec![
            Method::Lhs { maximin: false }, Method::Sobol, Method::Grid { levels: 2 },
            Method::Saltelli { second_order: false }, Method::Morris { levels: 4 },
        ]),
    ) {
        // Refused when planned, or read: never refused after the user's model has run.
        if let Ok(problem) = Problem::new(factors) {
            goes_round(&problem, method)?;
        }
    }
}

#[test]
fn names_that_look_like_something_else_are_planned_and_read() {
    for pair in NASTY.chunks(2) {
        let names: Vec<String> = pair.iter().map(|n| (*n).to_owned()).collect();
        let categories = vec![Factor::category("p", names.clone()), Factor::uniform("q", 0.0, 1.0)];
        let problem = Problem::new(categories).expect("categories may be anything that can be seen");
        goes_round(&problem, Method::Lhs { maximin: false }).expect("read");
        goes_round(&Problem::new(vec![Factor::category("p", names)]).expect("alone"), Method::Sobol).expect("read");
    }
    for names in [["1", "2"], ["true", "NA"], ["a b", "a,b"], ["#a", "sep=;"], ["nan", "inf"], ["Unnamed: 0", "y"]] {
        let factors = names.map(|name| Factor::uniform(name, 0.0, 1.0)).to_vec();
        goes_round(&Problem::new(factors).expect("names may be numbers"), Method::Sobol).expect("read");
        let alone = vec![Factor::uniform(names[0], 0.0, 1.0)];
        goes_round(&Problem::new(alone).expect("alone"), Method::Sobol).expect("read");
    }
}
