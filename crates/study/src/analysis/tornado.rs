//! How far the mean of the response moves where a factor lies at its lower or upper end, all others as they come.
//!
//! An end holds the runs whose value of the factor lies in the lowest or highest tenth of all runs, a fifth where there
//! are few blocks. Equal values are never parted: of a factor with few levels an end is its outermost level. The
//! difference of the end's mean from the mean of all has the standard error of two ratios over whole blocks:
//!
//! ```text
//! e_b = Σ over the runs i of block b:  [i in the end] (yᵢ − mean of the end) ÷ runs in the end − (yᵢ − mean) ÷ runs
//! se² = k ÷ (k − 1) Σ e_b²             k: blocks with a run in the end
//! ```
//!
//! and Student's t of k − 1 degrees of freedom. Two ends do not add up to an index: they are blind to what happens
//! between them.

use forestall_model::{Column, Table};
use serde_json::{Value, json};

use crate::design::{Design, Factor};
use crate::stats::mean;
use crate::stats::special::student_quantile;

use super::estimate::Estimate;
use super::given_data::Data;
use super::response::Response;

/// From so many blocks on an end is a tenth of the runs; below, a fifth.
const ENOUGH: usize = 200;
/// Two-sided 95 %.
const UPPER: f64 = 0.975;

/// The runs at one end of a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoEnd {
    /// The least and the greatest value in it.
    pub values: (f64, f64),
    /// The category, of a factor that has two.
    pub category: Option<String>,
    /// How many runs lie in it.
    pub runs: usize,
    /// Their mean less the mean of all runs.
    pub difference: Estimate,
}

/// Both ends of one factor.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoRow {
    /// The factor's name.
    pub parameter: String,
    /// Where the factor is low, and where it is high.
    pub ends: [TornadoEnd; 2],
}

impl TornadoRow {
    /// How far the ends lie apart.
    fn apart(&self) -> f64 {
        let [low, high] = self.ends.each_ref().map(|end| end.difference.estimate.unwrap_or(0.0));
        (high - low).abs()
    }
}

/// Both ends of every factor, those that lie farthest apart first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tornado {
    /// An end holds one of so many parts of the runs.
    pub parts: usize,
    /// The mean of all runs; `None` where there are too few to tell anything.
    pub mean: Option<f64>,
    /// How many runs have a value.
    pub runs: usize,
    /// What intervals are made over: `block` or `point`.
    pub unit: &'static str,
    /// One row a factor.
    pub rows: Vec<TornadoRow>,
    /// Factors without a lower and an upper end: three categories or more, or one value that nearly all runs have.
    pub left_out: Vec<String>,
}

impl Tornado {
    /// The ends of every factor of a design.
    pub(super) fn of(design: &Design, response: &Response) -> Self {
        let Ok(data) = Data::of(design, response) else { return Self::default() };
        let Some(centre) = mean(&data.y) else { return Self::default() };
        let mut found = Self {
            parts: if data.blocks < ENOUGH { 5 } else { 10 },
            mean: Some(centre),
            runs: data.y.len(),
            unit: data.unit,
            ..Self::default()
        };
        for (factor, values) in design.factors().iter().zip(&data.columns) {
            match row(&data, (factor, values), centre, found.parts) {
                Some(row) => found.rows.push(row),
                None => found.left_out.push(factor.name.clone()),
            }
        }
        found.rows.sort_by(|a, b| b.apart().total_cmp(&a.apart()));
        found
    }

    /// One line an end: `parameter, end, from, to, category, runs, difference, low, high`.
    pub fn table(&self) -> Table {
        let lines: Vec<(&str, &str, &TornadoEnd)> = self
            .rows
            .iter()
            .flat_map(|row| ["low", "high"].into_iter().zip(&row.ends).map(|(end, e)| (row.parameter.as_str(), end, e)))
            .collect();
        let number = |f: fn(&TornadoEnd) -> Option<f64>| Column::Number(lines.iter().map(|l| f(l.2)).collect());
        let mut table = Table::new();
        table.push("parameter", Column::Text(lines.iter().map(|l| l.0.to_owned()).collect()));
        table.push("end", Column::Text(lines.iter().map(|l| l.1.to_owned()).collect()));
        table.push("from", number(|e| Some(e.values.0)));
        table.push("to", number(|e| Some(e.values.1)));
        table.push("category", Column::Text(lines.iter().map(|l| l.2.category.clone().unwrap_or_default()).collect()));
        table.push("runs", Column::Integer(lines.iter().map(|l| Some(l.2.runs as i64)).collect()));
        table.push("difference", number(|e| e.difference.estimate));
        table.push("low", number(|e| e.difference.low));
        table.push("high", number(|e| e.difference.high));
        table
    }

    /// The same as scripts read it.
    pub(super) fn json(&self) -> Value {
        let end = |e: &TornadoEnd| {
            json!({"from": e.values.0, "to": e.values.1, "category": e.category, "runs": e.runs,
                   "difference": e.difference})
        };
        let row = |r: &TornadoRow| json!({"parameter": r.parameter, "low": end(&r.ends[0]), "high": end(&r.ends[1])});
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        json!({"mean": self.mean, "runs": self.runs, "share": (self.parts > 0).then(|| 1.0 / self.parts as f64),
               "rows": rows, "left_out": self.left_out})
    }
}

/// Both ends of one factor; `None` where they cannot be told apart.
fn row(data: &Data, (factor, values): (&Factor, &[f64]), centre: f64, parts: usize) -> Option<TornadoRow> {
    if factor.categories().is_some_and(|names| names.len() != 2) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len().div_ceil(parts);
    let (low, high) = (*sorted.get(count.checked_sub(1)?)?, *sorted.get(sorted.len() - count)?);
    if low >= high {
        return None;
    }
    let one = |inside: &dyn Fn(f64) -> bool, outermost: f64, innermost: f64| {
        let own: Vec<usize> = (0..values.len()).filter(|&i| inside(values[i])).collect();
        let category = factor.categories().and_then(|names| names.get(outermost as usize)).cloned();
        let values = (outermost.min(innermost), outermost.max(innermost));
        TornadoEnd { values, category, runs: own.len(), difference: difference(data, &own, centre) }
    };
    let ends = [one(&|x| x <= low, sorted[0], low), one(&|x| x >= high, sorted[sorted.len() - 1], high)];
    Some(TornadoRow { parameter: factor.name.clone(), ends })
}

/// The mean of the runs `own` less the mean of all, with its interval.
fn difference(data: &Data, own: &[usize], centre: f64) -> Estimate {
    let values: Vec<f64> = own.iter().map(|&i| data.y[i]).collect();
    let Some(inner) = mean(&values) else { return Estimate::UNDEFINED };
    let (mut parts, mut there) = (vec![0.0; data.blocks], vec![false; data.blocks]);
    for (y, block) in data.y.iter().zip(&data.block) {
        parts[*block] -= (y - centre) / data.y.len() as f64;
    }
    for &i in own {
        parts[data.block[i]] += (data.y[i] - inner) / own.len() as f64;
        there[data.block[i]] = true;
    }
    let blocks = there.iter().filter(|yes| **yes).count() as f64;
    let reach = (blocks > 1.0).then(|| {
        let squares: f64 = parts.iter().map(|e| e * e).sum();
        student_quantile(UPPER, blocks - 1.0).map(|t| t * libm::sqrt(blocks / (blocks - 1.0) * squares))
    });
    let end = |sign: f64| reach.flatten().map(|reach| inner - centre + sign * reach);
    Estimate { low: end(-1.0), high: end(1.0), ..Estimate::bare(Some(inner - centre)) }
}

#[cfg(test)]
mod tests {
    use forestall_model::{Draws, Key};

    use super::*;
    use crate::design::Problem;
    use crate::stats::mean_interval;

    fn uniform(what: u64, i: usize) -> f64 {
        Draws::new(11, 0).uniform(Key::root("tornado").child(0, what), 0, i as u32)
    }

    /// The ends of factors with these values, each row with its replicates.
    fn given(columns: &[Vec<f64>], y: Vec<Vec<f64>>) -> Tornado {
        let name = |j: usize| format!("x{j}");
        let mut table = Table::new();
        for (j, values) in columns.iter().enumerate() {
            table.push(name(j), Column::Number(values.iter().map(|v| Some(*v)).collect()));
        }
        let factors = (0..columns.len()).map(|j| Factor::uniform(name(j), -10.0, 100.0)).collect();
        let design = Design::from_table(&Problem::new(factors).expect("sound"), &table).expect("a design");
        let y = y.into_iter().map(|row| row.into_iter().map(Some).collect()).collect();
        Tornado::of(&design, &Response::with_replicates(&design, "y", y).expect("rows"))
    }

    /// Every pair of twenty levels in the middle of twentieths of 0 to 1, and 2a − b there.
    fn grid() -> ([Vec<f64>; 2], Vec<f64>) {
        let level = |k: usize| (k as f64 + 0.5) / 20.0;
        let a: Vec<f64> = (0..400).map(|i| level(i / 20)).collect();
        let b: Vec<f64> = (0..400).map(|i| level(i % 20)).collect();
        let y = a.iter().zip(&b).map(|(a, b)| 2.0 * a - b).collect();
        ([b, a], y)
    }

    #[test]
    fn ends_of_a_linear_function_lie_where_they_must() {
        let (columns, y) = grid();
        let found = given(&columns, y.iter().map(|y| vec![*y]).collect());
        assert_eq!((found.parts, found.runs, found.left_out.len()), (10, 400, 0));
        assert!((found.mean.expect("defined") - 0.5).abs() < 1e-12);
        // A tenth are two levels with mean 0.05 or 0.95, 0.45 off the middle; the steeper factor stands first.
        let names: Vec<&str> = found.rows.iter().map(|row| row.parameter.as_str()).collect();
        assert_eq!(names, ["x1", "x0"]);
        for (row, slope) in found.rows.iter().zip([2.0, -1.0]) {
            for (end, off) in row.ends.iter().zip([-0.45, 0.45]) {
                assert!((end.difference.estimate.expect("defined") - slope * off).abs() < 1e-12, "{row:?}");
                assert_eq!(end.runs, 40);
            }
            assert_eq!((row.ends[0].values, row.ends[1].values), ((0.025, 0.075), (0.925, 0.975)));
        }
        assert_eq!(found.table().rows(), 4);
    }

    #[test]
    fn an_end_that_is_far_from_all_has_nearly_the_interval_of_its_own_mean() {
        // The response is 0 but in the highest tenth, so that of all others nothing is uncertain.
        let x: Vec<f64> = (0..400).map(f64::from).collect();
        let y: Vec<f64> = (0..400).map(|i| if i < 360 { 0.0 } else { f64::from(i * 37 % 11) }).collect();
        let found = given(&[x], y.iter().map(|y| vec![*y]).collect());
        let own = mean_interval(&y[360..], 0.95).expect("defined").half_width();
        let end = found.rows[0].ends[1].difference;
        let half = 0.5 * (end.high.expect("high") - end.low.expect("low"));
        // The end is a tenth of all, so nine tenths of its own error are left; the rest is between end and others.
        assert!(half > 0.85 * own && half < 1.15 * own, "{half} against {own}");
    }

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let (n, trials) = (250, 400);
        let mut held = 0.0;
        for trial in 0..trials {
            let column = |what: u64| -> Vec<f64> { (0..n).map(|i| uniform(1000 * what + trial, i)).collect() };
            let (a, b, noise) = (column(1), column(2), column(3));
            let y = (0..n).map(|i| vec![2.0 * a[i] - b[i] + 3.0 * noise[i]]).collect();
            let found = given(&[a, b], y);
            let row = found.rows.iter().find(|row| row.parameter == "x0").expect("a row");
            // The mean of the 25 smallest of 250 even values is 13 ÷ 251.
            let truth = 2.0 * (13.0 / 251.0 - 0.5);
            let end = row.ends[0].difference;
            held += f64::from(u8::from(end.low.expect("low") <= truth && truth <= end.high.expect("high")));
        }
        // Four standard errors of a share of 0.95 in 400 are 0.044; which runs are smallest adds little.
        let share = held / trials as f64;
        assert!((share - 0.95).abs() < 0.044, "{share}");
    }

    #[test]
    fn the_same_run_twice_is_no_more_than_once_and_order_plays_no_part() {
        let x: Vec<f64> = (0..300).map(|i| uniform(7, i)).collect();
        let y: Vec<f64> = (0..300).map(|i| x[i] + uniform(8, i)).collect();
        let once = given(std::slice::from_ref(&x), y.iter().map(|y| vec![*y]).collect());
        let twice = given(std::slice::from_ref(&x), y.iter().map(|y| vec![*y, *y]).collect());
        let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let turned = given(&[back(&x)], back(&y).iter().map(|y| vec![*y]).collect());
        assert_eq!(once, turned);
        for (a, b) in once.rows[0].ends.iter().zip(&twice.rows[0].ends) {
            assert_eq!((a.runs * 2, a.values), (b.runs, b.values));
            let all = |e: &Estimate| [e.estimate, e.low, e.high].map(|v| v.expect("defined"));
            for (a, b) in all(&a.difference).into_iter().zip(all(&b.difference)) {
                assert!((a - b).abs() < 1e-12, "{a} and {b}");
            }
        }
    }

    #[test]
    fn levels_are_not_parted_and_what_has_no_ends_is_named() {
        // Three levels; a value that all runs but two share; few runs, so ends are fifths.
        let levels: Vec<f64> = (0..60).map(|i| f64::from(i % 3)).collect();
        let nearly: Vec<f64> = (0..60).map(|i| f64::from(u8::from(i > 57))).collect();
        let y: Vec<Vec<f64>> = levels.iter().map(|x| vec![*x]).collect();
        let found = given(&[levels, nearly], y);
        assert_eq!((found.parts, found.left_out.as_slice()), (5, &["x1".to_owned()][..]));
        assert_eq!(found.rows[0].ends.each_ref().map(|e| (e.values, e.runs)), [((0.0, 0.0), 20), ((2.0, 2.0), 20)]);
        assert_eq!(found.rows[0].ends.each_ref().map(|e| e.difference.estimate), [Some(-1.0), Some(1.0)]);
        // Too few runs to tell anything, and a response that does not vary.
        assert_eq!(given(&[vec![0.0, 1.0]], vec![vec![1.0]; 2]), Tornado::default());
        let flat = given(&[(0..30).map(f64::from).collect()], vec![vec![4.0]; 30]);
        assert_eq!(flat.rows[0].ends[0].difference, Estimate { estimate: Some(0.0), low: Some(0.0), high: Some(0.0) });
    }
}
