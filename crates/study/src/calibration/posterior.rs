//! What a fit has taught: each parameter's posterior against its prior, ridges, draws, and patterns against facts.

use crate::design::Factor;
use forestall_model::{Draws, Key};

use super::distance::excess;
use super::kernel::covariance;
use super::state::Particle;
use super::targets::Target;

/// Above this ratio of widths a parameter counts as unidentified.
pub(crate) const UNIDENTIFIED: f64 = 0.9;
/// Below this ratio a parameter counts as identified; between the two as weakly identified.
pub(crate) const IDENTIFIED: f64 = 0.5;
/// Two parameters with an absolute correlation from here on form a ridge.
pub(crate) const RIDGE: f64 = 0.5;
/// Tails cut from the intervals: 90 % remain.
const TAIL: f64 = 0.05;

/// One parameter's prior and posterior; intervals hold 90 %.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterRow {
    /// Its path.
    pub parameter: String,
    /// Lower and upper end of the prior interval.
    pub prior: (f64, f64),
    /// Prior median.
    pub prior_median: f64,
    /// Lower and upper end of the posterior interval.
    pub posterior: (f64, f64),
    /// Posterior median.
    pub median: f64,
    /// Posterior mean.
    pub mean: f64,
    /// Width of the posterior interval over that of the prior interval; `None` for a prior without width.
    pub width_ratio: Option<f64>,
}

impl ParameterRow {
    /// Whether the facts have told anything about it, in words.
    pub fn verdict(&self) -> &'static str {
        match self.width_ratio {
            None => "undefined",
            Some(ratio) if ratio > UNIDENTIFIED => "unidentified",
            Some(ratio) if ratio > IDENTIFIED => "weakly identified",
            Some(_) => "identified",
        }
    }
}

/// Two parameters that the facts know only together.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// Their paths.
    pub parameters: [String; 2],
    /// Weighted correlation of their ranks under the prior, from −1 to 1.
    pub correlation: f64,
}

/// The value below which the share `q` of the weight lies.
pub(super) fn quantile(mut values: Vec<(f64, f64)>, q: f64) -> Option<f64> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let whole: f64 = values.iter().map(|v| v.1).sum();
    let mut sum = 0.0;
    for (value, weight) in &values {
        sum += weight;
        if sum >= q * whole {
            return Some(*value);
        }
    }
    values.last().map(|v| v.0)
}

/// Prior against posterior, parameter by parameter.
pub(crate) fn parameters(factors: &[Factor], particles: &[Particle]) -> Vec<ParameterRow> {
    let row = |(j, factor): (usize, &Factor)| {
        let weighted: Vec<(f64, f64)> = particles.iter().map(|p| (factor.value(p.ranks[j]), p.weight)).collect();
        let at = |q| quantile(weighted.clone(), q).unwrap_or(f64::NAN);
        let prior = (factor.value(TAIL), factor.value(1.0 - TAIL));
        let posterior = (at(TAIL), at(1.0 - TAIL));
        let whole: f64 = weighted.iter().map(|v| v.1).sum();
        ParameterRow {
            parameter: factor.name.clone(),
            prior,
            prior_median: factor.value(0.5),
            posterior,
            median: at(0.5),
            mean: weighted.iter().map(|(v, w)| v * w).sum::<f64>() / whole,
            width_ratio: (prior.1 > prior.0).then(|| (posterior.1 - posterior.0) / (prior.1 - prior.0)),
        }
    };
    factors.iter().enumerate().map(row).collect()
}

/// Pairs of parameters whose ranks are strongly correlated, the strongest first.
pub(crate) fn ridges(factors: &[Factor], particles: &[Particle]) -> Vec<Ridge> {
    let matrix = covariance(particles);
    let mut found = Vec::new();
    for i in 0..factors.len() {
        for j in 0..i {
            let spread = libm::sqrt(matrix[i][i] * matrix[j][j]);
            let correlation = matrix[i][j] / spread;
            if correlation.is_finite() && correlation.abs() >= RIDGE {
                found.push(Ridge { parameters: [factors[j].name.clone(), factors[i].name.clone()], correlation });
            }
        }
    }
    found.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
    found
}

/// Equally likely draws from the weighted particles: systematic resampling, the order shuffled.
///
/// One uniform number places a comb of `count` teeth on the cumulative weights, so a particle of weight w comes
/// ⌊count·w⌋ or ⌈count·w⌉ times; the shuffle makes the first draws a sample too.
pub(crate) fn resample<'a>(particles: &'a [Particle], count: usize, seed: u64) -> Vec<&'a Particle> {
    let draws = Draws::new(seed, 0);
    let key = Key::root("calibration draws");
    let whole: f64 = particles.iter().map(|p| p.weight).sum();
    let offset = draws.uniform(key, 0, 0);
    let (mut chosen, mut sum, mut at): (Vec<&'a Particle>, f64, usize) = (Vec::new(), 0.0, 0);
    for tooth in 0..count {
        let place = (tooth as f64 + offset) / count as f64 * whole;
        while at + 1 < particles.len() && sum + particles[at].weight < place {
            sum += particles[at].weight;
            at += 1;
        }
        chosen.extend(particles.get(at));
    }
    for i in (1..chosen.len()).rev() {
        let other = (draws.uniform(key, 1, i as u32) * (i + 1) as f64) as usize;
        chosen.swap(i, other.min(i));
    }
    chosen
}

/// One pattern against its fact.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternRow {
    /// What is compared, in words.
    pub pattern: String,
    /// The row of the evidence table.
    pub fact: String,
    /// The fact's interval.
    pub interval: (f64, f64),
    /// Whether it was kept out of the fit.
    pub held_out: bool,
    /// 5 %, 50 % and 95 % quantile of single replications at draws from the posterior; `None` where undefined.
    pub simulated: Option<[f64; 3]>,
    /// The published value, where one is stated.
    pub published: Option<f64>,
    /// Share of these replications below the published value, half of those at it counted: near 0 or 1 where the model
    /// hardly shows such a value (probability integral transform).
    pub pit: Option<f64>,
    /// Replications in which it was defined.
    pub defined: usize,
}

impl PatternRow {
    /// Whether the median lies within the fact's interval; `None` where undefined.
    pub fn hit(&self) -> Option<bool> {
        self.simulated.map(|q| excess(q[1], self.interval.0, self.interval.1) == 0.0)
    }

    /// Whether the published value lies in the central 90 % of what is simulated; `None` where undefined.
    pub fn inside_90(&self) -> Option<bool> {
        self.pit.map(|u| u > TAIL && u < 1.0 - TAIL)
    }

    /// Whether the simulated 90 % and the fact's interval have a value in common; `None` where undefined.
    pub fn overlaps(&self) -> Option<bool> {
        self.simulated.map(|q| q[0] <= self.interval.1 && q[2] >= self.interval.0)
    }

    /// `hit`, `miss`, or `undefined`.
    pub fn verdict(&self) -> &'static str {
        match self.hit() {
            Some(true) => "hit",
            Some(false) => "miss",
            None => "undefined",
        }
    }
}

/// Simulated patterns, one row a replication, against the facts.
pub(crate) fn patterns(targets: &[Target], simulated: &[Vec<Option<f64>>]) -> Vec<PatternRow> {
    let row = |(j, target): (usize, &Target)| {
        let values: Vec<(f64, f64)> =
            simulated.iter().filter_map(|row| row.get(j).copied().flatten()).map(|v| (v, 1.0)).collect();
        let at = |q| quantile(values.clone(), q);
        let quantiles = at(TAIL).zip(at(0.5)).zip(at(1.0 - TAIL)).map(|((a, b), c)| [a, b, c]);
        let below: f64 = values
            .iter()
            .map(|(v, _)| f64::from(u8::from(*v < target.value)) + 0.5 * f64::from(u8::from(*v == target.value)))
            .sum();
        PatternRow {
            pattern: target.pattern.clone(),
            fact: target.fact.clone(),
            interval: (target.low, target.high),
            held_out: target.held_out,
            simulated: quantiles,
            published: target.stated.then_some(target.value),
            pit: (target.stated && !values.is_empty()).then(|| below / values.len() as f64),
            defined: values.len(),
        }
    };
    targets.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn particle(ranks: &[f64], weight: f64) -> Particle {
        Particle { number: 0, ranks: ranks.to_vec(), weight, distance: 0.0, summaries: Vec::new() }
    }

    #[test]
    fn an_unchanged_parameter_is_called_unidentified_and_a_narrow_one_identified() {
        let factors = [Factor::uniform("flat", 0.0, 2.0), Factor::uniform("narrow", 0.0, 2.0)];
        let even = |i: usize| (i as f64 + 0.5) / 1000.0;
        let particles: Vec<Particle> =
            (0..1000).map(|i| particle(&[even(i * 7 % 1000), 0.5 + 0.1 * even(i * 3 % 1000)], 1.0)).collect();
        let rows = parameters(&factors, &particles);
        assert_eq!((rows[0].verdict(), rows[1].verdict()), ("unidentified", "identified"));
        assert!((rows[0].width_ratio.unwrap() - 1.0).abs() < 0.01);
        assert!((rows[1].width_ratio.unwrap() - 0.1).abs() < 0.001);
        assert!((rows[1].mean - 1.1).abs() < 0.001);
        assert!(ridges(&factors, &particles).is_empty());
    }

    #[test]
    fn a_ridge_is_shown_as_a_pair() {
        let factors = [Factor::uniform("a", 0.0, 1.0), Factor::uniform("b", 0.0, 1.0), Factor::uniform("c", 0.0, 1.0)];
        let points: Vec<Particle> = (0..100)
            .map(|i| {
                let t = f64::from(i) / 100.0;
                particle(&[t, f64::from(i * 37 % 100) / 100.0, 1.0 - t], 1.0)
            })
            .collect();
        let found = ridges(&factors, &points);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].parameters, ["a", "c"]);
        assert!((found[0].correlation + 1.0).abs() < 1e-9);
    }

    #[test]
    fn resampling_keeps_the_weights() {
        let particles: Vec<Particle> =
            [0.5, 0.25, 0.2, 0.05].iter().enumerate().map(|(i, w)| particle(&[i as f64], *w)).collect();
        let drawn = resample(&particles, 100, 3);
        let count = |i: f64| drawn.iter().filter(|p| p.ranks[0] == i).count();
        assert_eq!([0.0, 1.0, 2.0, 3.0].map(count), [50, 25, 20, 5]);
        // The first half is a sample as well, not the first particles alone.
        assert!(drawn[..50].iter().any(|p| p.ranks[0] == 1.0) && drawn[..50].iter().any(|p| p.ranks[0] == 2.0));
    }

    #[test]
    fn patterns_are_hits_misses_or_undefined() {
        let mut targets = vec![Target { low: 4.0, high: 6.0, value: 3.0, ..Target::example() }; 3];
        targets[2].held_out = true;
        targets.push(Target { stated: false, ..targets[0].clone() });
        let simulated: Vec<Vec<Option<f64>>> =
            (0..11).map(|i| vec![Some(f64::from(i)), Some(f64::from(i) + 4.0), None, Some(1.0)]).collect();
        let rows = patterns(&targets, &simulated);
        assert_eq!(rows.iter().map(PatternRow::verdict).collect::<Vec<_>>(), ["hit", "miss", "undefined", "miss"]);
        assert_eq!((rows[1].overlaps(), rows[2].overlaps()), (Some(true), None));
        assert_eq!(rows[0].simulated, Some([0.0, 5.0, 10.0]));
        // Three of eleven values lie below the published 3, and one is it.
        assert!((rows[0].pit.unwrap() - 3.5 / 11.0).abs() < 1e-12);
        assert_eq!((rows[1].pit, rows[1].inside_90()), (Some(0.0), Some(false)));
        assert_eq!((rows[2].pit, rows[2].inside_90()), (None, None));
        assert_eq!((rows[3].published, rows[3].pit), (None, None), "the middle of an interval is no publication");
    }
}
