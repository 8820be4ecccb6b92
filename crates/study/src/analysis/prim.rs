//! PRIM: boxes in which cases of interest are dense, found by peeling and pasting.
//!
//! Friedman and Fisher (1999); for scenario discovery Bryant and Lempert (2010). Each step takes the share `peel` of
//! the points off one side of one factor, the side with the largest gain of density for each point lost (the
//! lenient criterion of Kwakkel and Jaxa-Rozen 2016); pasting then gives points back while density rises.
//! Quasi-p: the probability of a density as high, were the limit lifted and nothing else changed (one-sided binomial).

use crate::stats::special::incomplete_beta;
use forestall_model::{Column, Table};

use super::error::AnalysisError;
use super::regions::{Limit, Region, Sample, Span, Values};

/// How boxes are searched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrimOptions {
    /// Share of points peeled off in one step, above 0 and below 0.5.
    pub peel: f64,
    /// Share of points pasted in one step, above 0 and below 0.5.
    pub paste: f64,
    /// Smallest share of all points in a box, above 0 and below 1.
    pub least_mass: f64,
    /// Most boxes.
    pub boxes: usize,
}

impl Default for PrimOptions {
    fn default() -> Self {
        Self { peel: 0.05, paste: 0.05, least_mass: 0.05, boxes: 3 }
    }
}

/// One box on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The box.
    pub region: Region,
    /// Share of all cases of interest that lie in it.
    pub coverage: f64,
    /// Share of its points that are of interest.
    pub density: f64,
    /// Share of all points that lie in it.
    pub mass: f64,
    /// How many points lie in it.
    pub points: usize,
    /// Places of its limited factors.
    pub restricted: Vec<usize>,
    /// Quasi-p of the lower and upper limit of each limited factor; `None` where that side has no limit. A set of
    /// categories has the first only.
    pub quasi_p: Vec<(Option<f64>, Option<f64>)>,
}

/// The way to one box, and the box chosen on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovery {
    /// From all points to the smallest box.
    pub trade_off: Vec<Step>,
    /// The place of the chosen box: the largest harmonic mean of coverage and density.
    pub chosen: usize,
}

impl Discovery {
    /// The chosen box.
    pub fn region(&self) -> &Step {
        &self.trade_off[self.chosen]
    }

    /// One line a box on the way: `step, coverage, density, mass, points, restricted, chosen`.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        let number = |f: fn(&Step) -> f64| Column::Number(self.trade_off.iter().map(|s| Some(f(s))).collect());
        let whole = |f: &dyn Fn(usize) -> usize| {
            Column::Integer((0..self.trade_off.len()).map(|i| Some(f(i) as i64)).collect())
        };
        table.push("step", whole(&|i| i));
        table.push("coverage", number(|s| s.coverage));
        table.push("density", number(|s| s.density));
        table.push("mass", number(|s| s.mass));
        table.push("points", whole(&|i| self.trade_off[i].points));
        table.push("restricted", whole(&|i| self.trade_off[i].restricted.len()));
        table.push("chosen", whole(&|i| usize::from(i == self.chosen)));
        table
    }

    /// One line a limited parameter of the chosen box: `parameter, low, high, least, most, categories, quasi_p_low,
    /// quasi_p_high`; `least` and `most` are those of all points of `sample`.
    pub fn limits_table(&self, sample: &Sample) -> Table {
        let (step, whole) = (self.region(), sample.whole());
        let limits = || step.restricted.iter().map(|&j| (&step.region.limits[j], &whole.limits[j]));
        let end = |f: &dyn Fn(&Limit, &Limit) -> Option<f64>| {
            Column::Number(limits().map(|(own, all)| f(own, all)).collect())
        };
        let mut table = Table::new();
        table.push("parameter", Column::Text(limits().map(|(own, _)| own.parameter.clone()).collect()));
        table.push("low", end(&|own, _| own.range().map(|r| r.0)));
        table.push("high", end(&|own, _| own.range().map(|r| r.1)));
        table.push("least", end(&|_, all| all.range().map(|r| r.0)));
        table.push("most", end(&|_, all| all.range().map(|r| r.1)));
        let names = |limit: &Limit| limit.categories().map(|names| names.join(", ")).unwrap_or_default();
        table.push("categories", Column::Text(limits().map(|(own, _)| names(own)).collect()));
        table.push("quasi_p_low", Column::Number(step.quasi_p.iter().map(|p| p.0).collect()));
        table.push("quasi_p_high", Column::Number(step.quasi_p.iter().map(|p| p.1).collect()));
        table
    }
}

/// A further box must cover this share of the cases of interest and reach this share of the first one's density.
const LEAST_COVERAGE: f64 = 0.1;
const LEAST_DENSITY: f64 = 0.5;

/// Finds boxes one after the other, each among the points that the earlier ones left.
///
/// # Errors
/// [`AnalysisError::Request`] where a share is out of range.
pub fn discover(sample: &Sample, options: &PrimOptions) -> Result<Vec<Discovery>, AnalysisError> {
    for (name, share, most) in
        [("--peel", options.peel, 0.5), ("--paste", options.paste, 0.5), ("--mass", options.least_mass, 1.0)]
    {
        if !(share > 0.0 && share < most) {
            return Err(AnalysisError::request(format!("{name} is {share}; it must be above 0 and below {most}")));
        }
    }
    let mut left: Vec<usize> = (0..sample.len()).collect();
    let mut found: Vec<Discovery> = Vec::new();
    while found.len() < options.boxes.max(1) && sample.hits(&left) > 0 {
        let search = Search { sample, options, left: &left, whole: sample.whole() };
        let discovery = search.run();
        let one = discovery.region();
        if let Some(first) = found.first() {
            let worth = one.coverage >= LEAST_COVERAGE && one.density >= LEAST_DENSITY * first.region().density;
            if !worth || one.restricted.is_empty() {
                break;
            }
        }
        let taken = sample.points_in(&one.region, &left);
        left.retain(|i| taken.binary_search(i).is_err());
        found.push(discovery);
    }
    Ok(found)
}

/// The search for one box.
struct Search<'s> {
    sample: &'s Sample,
    options: &'s PrimOptions,
    left: &'s [usize],
    whole: Region,
}

/// A box with its points.
struct Candidate {
    region: Region,
    points: Vec<usize>,
}

impl Search<'_> {
    fn run(&self) -> Discovery {
        let mut current = Candidate { region: self.whole.clone(), points: self.left.to_vec() };
        let mut trade_off = vec![self.step(&current)];
        while let Some(next) = self.peel(&current) {
            trade_off.push(self.step(&next));
            current = next;
        }
        while let Some(next) = self.paste(&current) {
            trade_off.push(self.step(&next));
            current = next;
        }
        let balance = |s: &Step| {
            if s.coverage + s.density > 0.0 { 2.0 * s.coverage * s.density / (s.coverage + s.density) } else { 0.0 }
        };
        let mut chosen = 0;
        for place in 1..trade_off.len() {
            if balance(&trade_off[place]) > balance(&trade_off[chosen]) {
                chosen = place;
            }
        }
        Discovery { trade_off, chosen }
    }

    fn density(&self, points: &[usize]) -> f64 {
        if points.is_empty() { 0.0 } else { self.sample.hits(points) as f64 / points.len() as f64 }
    }

    fn mass(&self, points: &[usize]) -> f64 {
        points.len() as f64 / self.sample.len() as f64
    }

    /// Gain of density for each point lost or won.
    fn gain(&self, from: &[usize], to: &[usize]) -> f64 {
        let (before, after) = (self.density(from), self.density(to));
        if before == after { 0.0 } else { (after - before) / from.len().abs_diff(to.len()) as f64 }
    }

    /// Takes a candidate if its gain is larger; of equals the one with fewer limits, then the first.
    fn consider(&self, current: &Candidate, candidate: Candidate, best: &mut Option<(f64, usize, Candidate)>) {
        let gain = self.gain(&current.points, &candidate.points);
        if best.as_ref().is_some_and(|(g, _, _)| gain < *g) {
            return;
        }
        let limits = candidate.region.restricted(&self.whole).len();
        if best.as_ref().is_none_or(|(g, l, _)| gain > *g || (gain == *g && limits < *l)) {
            *best = Some((gain, limits, candidate));
        }
    }

    fn peel(&self, current: &Candidate) -> Option<Candidate> {
        let mut best = None;
        for (j, values) in self.sample.values.iter().enumerate() {
            match (values, &current.region.limits[j].span) {
                (Values::Number(v), Span::Between(low, high)) => {
                    let own: Vec<f64> = current.points.iter().map(|&i| v[i]).collect();
                    let top = edge(&own, 1.0 - self.options.peel);
                    let bottom = edge(&own, self.options.peel);
                    let keep = |test: &dyn Fn(f64) -> bool| -> Vec<usize> {
                        current.points.iter().copied().filter(|&i| test(v[i])).collect()
                    };
                    let made = |span, points| Candidate { region: with(&current.region, j, span), points };
                    self.consider(current, made(Span::Between(*low, top), keep(&|x| x <= top)), &mut best);
                    self.consider(current, made(Span::Between(bottom, *high), keep(&|x| x >= bottom)), &mut best);
                }
                (Values::Category(codes, _), Span::Among(names, allowed)) => {
                    if allowed.iter().filter(|yes| **yes).count() < 2 {
                        continue;
                    }
                    for code in (0..names.len()).filter(|&c| allowed[c]) {
                        let mut fewer = allowed.clone();
                        fewer[code] = false;
                        let points = current.points.iter().copied().filter(|&i| codes[i] != code).collect();
                        let region = with(&current.region, j, Span::Among(names.clone(), fewer));
                        self.consider(current, Candidate { region, points }, &mut best);
                    }
                }
                _ => {}
            }
        }
        let (gain, _, next) = best?;
        let smaller = next.points.len() < current.points.len();
        (gain > 0.0 && smaller && self.mass(&next.points) >= self.options.least_mass).then_some(next)
    }

    fn paste(&self, current: &Candidate) -> Option<Candidate> {
        let mut best = None;
        for j in current.region.restricted(&self.whole) {
            match (&self.sample.values[j], &current.region.limits[j].span, &self.whole.limits[j].span) {
                (Values::Number(v), Span::Between(low, high), Span::Between(least, most)) => {
                    let beside = |from: f64, to: f64| -> Vec<f64> {
                        let region = with(&current.region, j, Span::Between(from, to));
                        self.sample.points_in(&region, self.left).into_iter().map(|i| v[i]).collect()
                    };
                    let (below, above) = (beside(*least, *low), beside(*high, *most));
                    let low_new = if below.is_empty() { *least } else { edge(&below, 1.0 - self.options.paste) };
                    let high_new = if above.is_empty() { *most } else { edge(&above, self.options.paste) };
                    for span in [Span::Between(low_new, *high), Span::Between(*low, high_new)] {
                        self.consider(current, self.pasted(current, j, span), &mut best);
                    }
                }
                (Values::Category(..), Span::Among(names, allowed), _) => {
                    for code in (0..names.len()).filter(|&c| !allowed[c]) {
                        let mut more = allowed.clone();
                        more[code] = true;
                        self.consider(current, self.pasted(current, j, Span::Among(names.clone(), more)), &mut best);
                    }
                }
                _ => {}
            }
        }
        let (gain, _, next) = best?;
        let denser = self.density(&next.points) > self.density(&current.points);
        let larger = next.points.len() > current.points.len();
        (gain > 0.0 && denser && larger && self.mass(&next.points) >= self.options.least_mass).then_some(next)
    }

    fn pasted(&self, current: &Candidate, j: usize, span: Span) -> Candidate {
        let region = with(&current.region, j, span);
        let points = self.sample.points_in(&region, self.left);
        Candidate { region, points }
    }

    fn step(&self, candidate: &Candidate) -> Step {
        let hits = self.sample.hits(&candidate.points);
        let restricted = candidate.region.restricted(&self.whole);
        let quasi_p = restricted.iter().map(|&j| self.quasi_p(candidate, hits, j)).collect();
        Step {
            coverage: hits as f64 / self.sample.of_interest() as f64,
            density: self.density(&candidate.points),
            mass: self.mass(&candidate.points),
            points: candidate.points.len(),
            restricted,
            quasi_p,
            region: candidate.region.clone(),
        }
    }

    /// The probability of so many hits in the box, were it as dense as it is without this limit.
    fn quasi_p(&self, candidate: &Candidate, hits: usize, j: usize) -> (Option<f64>, Option<f64>) {
        let without = |span: Span| {
            let region = with(&candidate.region, j, span);
            let density = self.density(&self.sample.points_in(&region, self.left));
            at_least(hits, candidate.points.len(), density)
        };
        match (&candidate.region.limits[j].span, &self.whole.limits[j].span) {
            (Span::Between(low, high), Span::Between(least, most)) => (
                if low == least { None } else { without(Span::Between(*least, *high)) },
                if high == most { None } else { without(Span::Between(*low, *most)) },
            ),
            (_, whole) => (without(whole.clone()), None),
        }
    }
}

/// P(X ≥ hits) of a binomial X.
fn at_least(hits: usize, trials: usize, share: f64) -> Option<f64> {
    if hits == 0 {
        return Some(1.0);
    }
    incomplete_beta(hits as f64, (trials - hits) as f64 + 1.0, share)
}

/// The same box with another limit on factor `j`.
fn with(region: &Region, j: usize, span: Span) -> Region {
    let mut other = region.clone();
    other.limits[j].span = span;
    other
}

/// Where the share `p` of the values is cut off: between two different values, so that equal ones stay together.
fn edge(values: &[f64], p: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() - 1) as f64 * p;
    let (mut lower, mut higher) = (at.floor() as usize, at.ceil() as usize);
    if p > 0.5 {
        while sorted[lower] == sorted[higher] && lower > 0 {
            lower -= 1;
        }
    } else {
        while sorted[lower] == sorted[higher] && higher < sorted.len() - 1 {
            higher += 1;
        }
    }
    f64::midpoint(sorted[lower], sorted[higher])
}
