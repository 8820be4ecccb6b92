//! The points that a box was looked for among, over the parameters that limit it most: what a scatter of cases shows.

use forestall_model::{Column, Table};

use super::prim::Discovery;
use super::regions::{Region, Sample, Span, Values};

/// Most axes of a scatter.
const AXES: usize = 2;

/// One parameter of a scatter.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseAxis {
    /// Its name.
    pub parameter: String,
    /// Its value at each point; of categories the place in `categories`.
    pub values: Vec<f64>,
    /// The smallest and the largest number that the box allows; `None` for categories.
    pub range: Option<(f64, f64)>,
    /// Each category, and whether the box allows it.
    pub categories: Vec<(String, bool)>,
}

/// The points of a scatter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cases {
    /// The parameters whose limits keep out most points, at most two, the strictest first.
    pub axes: Vec<CaseAxis>,
    /// Which points are of interest.
    pub of_interest: Vec<bool>,
    /// Which points lie in the box, by the limits on all parameters.
    pub in_box: Vec<bool>,
    /// How many parameters the box limits.
    pub limited: usize,
}

impl Cases {
    /// The points among which the box at `place` of `found` was looked for: those that earlier boxes left.
    pub fn of(found: &[Discovery], place: usize, sample: &Sample) -> Self {
        let Some(discovery) = found.get(place) else { return Self::default() };
        let mut left: Vec<usize> = (0..sample.len()).collect();
        for earlier in &found[..place] {
            let taken = sample.points_in(&earlier.region().region, &left);
            left.retain(|i| taken.binary_search(i).is_err());
        }
        let (step, whole) = (discovery.region(), sample.whole());
        let own = sample.points_in(&step.region, &left);
        let mut strictest: Vec<(usize, usize)> = step
            .restricted
            .iter()
            .map(|&j| (kept_out(sample, (&step.region, &whole), j, &left, own.len()), j))
            .collect();
        // Of equals the first in the sample stays first.
        strictest.sort_by_key(|limit| std::cmp::Reverse(limit.0));
        Self {
            axes: strictest.iter().take(AXES).map(|&(_, j)| axis(sample, &step.region, j, &left)).collect(),
            of_interest: left.iter().map(|&i| sample.inside[i]).collect(),
            in_box: left.iter().map(|i| own.binary_search(i).is_ok()).collect(),
            limited: step.restricted.len(),
        }
    }

    /// One line a point: a column a parameter, `of_interest` and `in_box`.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        for axis in &self.axes {
            let name = |value: &f64| axis.categories.get(*value as usize).map(|c| c.0.clone()).unwrap_or_default();
            let column = match axis.range {
                Some(_) => Column::Number(axis.values.iter().map(|v| Some(*v)).collect()),
                None => Column::Text(axis.values.iter().map(name).collect()),
            };
            table.push(axis.parameter.clone(), column);
        }
        let marks = |all: &[bool]| Column::Integer(all.iter().map(|yes| Some(i64::from(*yes))).collect());
        table.push("of_interest", marks(&self.of_interest));
        table.push("in_box", marks(&self.in_box));
        table
    }
}

/// How many points the limit on factor `j` alone keeps out of a box that holds `inside` points.
fn kept_out(sample: &Sample, (own, whole): (&Region, &Region), j: usize, left: &[usize], inside: usize) -> usize {
    let mut without = own.clone();
    without.limits[j] = whole.limits[j].clone();
    sample.points_in(&without, left).len() - inside
}

fn axis(sample: &Sample, region: &Region, j: usize, left: &[usize]) -> CaseAxis {
    let limit = &region.limits[j];
    let values = match &sample.values[j] {
        Values::Number(all) => left.iter().map(|&i| all[i]).collect(),
        Values::Category(codes, _) => left.iter().map(|&i| codes[i] as f64).collect(),
    };
    let categories = match &limit.span {
        Span::Between(..) => Vec::new(),
        Span::Among(names, allowed) => names.iter().cloned().zip(allowed.iter().copied()).collect(),
    };
    CaseAxis { parameter: limit.parameter.clone(), values, range: limit.range(), categories }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Predicate, PrimOptions, discover};

    /// 20 × 20 points, a setting, and a label.
    fn found(label: impl Fn(usize, usize, bool) -> bool) -> (Sample, Vec<Discovery>) {
        let points = || (0..20_usize).flat_map(|a| (0..20_usize).map(move |b| (a, b, (7 * a + 3 * b) % 2 == 0)));
        let mut table = Table::new();
        table.push("a", Column::Number(points().map(|p| Some(p.0 as f64)).collect()));
        table.push("b", Column::Number(points().map(|p| Some(p.1 as f64)).collect()));
        let words = points().map(|p| if p.2 { "open".to_owned() } else { "shut".to_owned() });
        table.push("c", Column::Text(words.collect()));
        table.push("y", Column::Integer(points().map(|p| Some(i64::from(label(p.0, p.1, p.2)))).collect()));
        let condition = Predicate::parse("y==1").expect("a condition");
        let sample = Sample::from_table(&table, "y", &condition, None).expect("a sample");
        let boxes = discover(&sample, &PrimOptions::default()).expect("boxes");
        (sample, boxes)
    }

    #[test]
    fn the_strictest_limits_are_the_axes_and_marks_agree_with_the_box() {
        // The setting keeps out half, b a quarter, a a tenth.
        let (sample, boxes) = found(|a, b, open| a >= 2 && b < 15 && open);
        let cases = Cases::of(&boxes, 0, &sample);
        assert_eq!(cases.axes.iter().map(|axis| axis.parameter.as_str()).collect::<Vec<_>>(), ["c", "b"]);
        assert_eq!((cases.limited, cases.axes[0].range), (3, None));
        assert_eq!(cases.axes[0].categories, [("open".to_owned(), true), ("shut".to_owned(), false)]);
        assert!(cases.axes[1].range.is_some_and(|(low, high)| low == 0.0 && (14.0..15.0).contains(&high)));
        let inside = cases.in_box.iter().filter(|yes| **yes).count();
        let hits = cases.in_box.iter().zip(&cases.of_interest).filter(|(a, b)| **a && **b).count();
        let step = boxes[0].region();
        assert_eq!((inside, hits as f64 / inside as f64), (step.points, step.density));
        let table = cases.table();
        assert_eq!((table.rows(), table.texts("c").map(|c| c[0].as_str())), (400, Some("open")));
    }

    #[test]
    fn a_further_box_is_shown_among_the_points_that_are_left() {
        let (sample, boxes) = found(|a, b, open| (a < 7 && b < 10) || (a > 13 && open));
        assert!(boxes.len() > 1, "two planted boxes");
        let second = Cases::of(&boxes, 1, &sample);
        assert_eq!(second.of_interest.len(), 400 - boxes[0].region().points);
        assert_eq!(Cases::of(&boxes, 9, &sample), Cases::default());
    }
}
