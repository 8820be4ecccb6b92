//! CART as a second view: a classification tree whose leaves are boxes.
//!
//! Breiman et al. (1984): each split is the one that lowers the Gini impurity most; splitting ends at the smallest
//! mass, at the largest depth, and where nothing is gained. Unlike PRIM it cuts all of the space into boxes.

use super::regions::{Region, Sample, Span, Values};

/// When a tree stops growing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CartOptions {
    /// Smallest share of all points in a leaf.
    pub least_mass: f64,
    /// Most splits above a leaf.
    pub depth: usize,
}

impl Default for CartOptions {
    fn default() -> Self {
        Self { least_mass: 0.05, depth: 4 }
    }
}

/// One leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The box.
    pub region: Region,
    /// Share of all cases of interest that lie in it.
    pub coverage: f64,
    /// Share of its points that are of interest.
    pub density: f64,
    /// Share of all points that lie in it.
    pub mass: f64,
    /// Places of its limited factors.
    pub restricted: Vec<usize>,
}

/// The leaves of a tree, the densest first.
pub fn cart(sample: &Sample, options: &CartOptions) -> Vec<Leaf> {
    let whole = sample.whole();
    let mut leaves = Vec::new();
    grow(sample, options, whole.clone(), (0..sample.len()).collect(), options.depth, &mut |region, points| {
        let hits = sample.hits(&points) as f64;
        leaves.push(Leaf {
            restricted: region.restricted(&whole),
            region,
            coverage: hits / sample.of_interest() as f64,
            density: hits / points.len() as f64,
            mass: points.len() as f64 / sample.len() as f64,
        });
    });
    leaves.sort_by(|a, b| b.density.total_cmp(&a.density).then(b.coverage.total_cmp(&a.coverage)));
    leaves
}

/// A way to cut a box in two.
struct Split {
    gain: f64,
    factor: usize,
    left: Span,
    right: Span,
}

fn grow(
    sample: &Sample,
    options: &CartOptions,
    region: Region,
    points: Vec<usize>,
    depth: usize,
    leaf: &mut dyn FnMut(Region, Vec<usize>),
) {
    let least = ((options.least_mass * sample.len() as f64).ceil() as usize).max(1);
    let split = if depth == 0 { None } else { best_split(sample, &region, &points, least) };
    let Some(split) = split else { return leaf(region, points) };
    for span in [split.left, split.right] {
        let mut part = region.clone();
        part.limits[split.factor].span = span;
        let inside = sample.points_in(&part, &points);
        grow(sample, options, part, inside, depth - 1, leaf);
    }
}

/// Twice the Gini impurity of so many points, times their number.
fn impurity(hits: f64, points: f64) -> f64 {
    if points > 0.0 { hits * (points - hits) / points } else { 0.0 }
}

fn best_split(sample: &Sample, region: &Region, points: &[usize], least: usize) -> Option<Split> {
    let all = (sample.hits(points) as f64, points.len() as f64);
    let mut best: Option<Split> = None;
    for (factor, values) in sample.values.iter().enumerate() {
        let found = match (values, &region.limits[factor].span) {
            (Values::Number(v), Span::Between(low, high)) => numeric(sample, points, v, least)
                .map(|(gain, at, next)| (gain, Span::Between(*low, at), Span::Between(next, *high))),
            (Values::Category(codes, _), Span::Among(names, allowed)) => {
                category(sample, points, codes, allowed, least).map(|(gain, left, right)| {
                    (gain, Span::Among(names.clone(), left), Span::Among(names.clone(), right))
                })
            }
            _ => None,
        };
        if let Some((gain, left, right)) = found
            && best.as_ref().is_none_or(|b| gain > b.gain)
        {
            best = Some(Split { gain, factor, left, right });
        }
    }
    // Rounding must not pass for a gain.
    best.filter(|b| b.gain > 1e-9 * impurity(all.0, all.1).max(1e-9))
}

/// The fall of impurity, the largest value of the lower part and the smallest of the upper one.
fn numeric(sample: &Sample, points: &[usize], v: &[f64], least: usize) -> Option<(f64, f64, f64)> {
    let mut order = points.to_vec();
    order.sort_by(|&a, &b| v[a].total_cmp(&v[b]));
    let (hits, n) = (sample.hits(points) as f64, points.len());
    let whole = impurity(hits, n as f64);
    let mut below = 0.0;
    let mut best: Option<(f64, f64, f64)> = None;
    for k in 1..n {
        below += f64::from(u8::from(sample.inside[order[k - 1]]));
        let (low, high) = (v[order[k - 1]], v[order[k]]);
        if k < least || n - k < least || low == high {
            continue;
        }
        let gain = whole - impurity(below, k as f64) - impurity(hits - below, (n - k) as f64);
        if best.is_none_or(|b| gain > b.0) {
            best = Some((gain, low, high));
        }
    }
    best
}

/// Categories in the order of their density; the best cut of two classes lies between two of them (Breiman et al.).
fn category(
    sample: &Sample,
    points: &[usize],
    codes: &[usize],
    allowed: &[bool],
    least: usize,
) -> Option<(f64, Vec<bool>, Vec<bool>)> {
    let mut counts = vec![(0.0, 0.0); allowed.len()];
    for &i in points {
        counts[codes[i]].0 += f64::from(u8::from(sample.inside[i]));
        counts[codes[i]].1 += 1.0;
    }
    let mut present: Vec<usize> = (0..allowed.len()).filter(|&c| counts[c].1 > 0.0).collect();
    present.sort_by(|&a, &b| (counts[a].0 / counts[a].1).total_cmp(&(counts[b].0 / counts[b].1)));
    let (hits, n) = (sample.hits(points) as f64, points.len() as f64);
    let mut below = (0.0, 0.0);
    let mut best: Option<(f64, Vec<bool>, Vec<bool>)> = None;
    for k in 1..present.len() {
        let own = counts[present[k - 1]];
        below = (below.0 + own.0, below.1 + own.1);
        if below.1 < least as f64 || n - below.1 < least as f64 {
            continue;
        }
        let gain = impurity(hits, n) - impurity(below.0, below.1) - impurity(hits - below.0, n - below.1);
        if best.as_ref().is_none_or(|b| gain > b.0) {
            let left: Vec<bool> = (0..allowed.len()).map(|c| present[..k].contains(&c)).collect();
            let right: Vec<bool> = (0..allowed.len()).map(|c| present[k..].contains(&c)).collect();
            best = Some((gain, left, right));
        }
    }
    best
}
