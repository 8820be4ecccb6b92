//! The verdict: finalists on replications that no search has used, with intervals and chances by bootstrap.
//!
//! Whole replications are drawn with replacement, the same for all finalists, since they share their draws (Efron and
//! Tibshirani 1993). The chance of being on the front is the share of resamples in which a finalist meets the limits
//! and no other one that does is better.

use rayon::prelude::*;

use crate::stats::{Interval, mean_interval, quantile, ratio_of_means};
use forestall_model::{Draws, Key};

use super::dominance::Standing;
use super::hypervolume::Frame;
use super::noise::{ResponsePart, RunResponse};
use super::problem::{OutcomeLimit, SearchProblem};

/// Confidence of all intervals.
pub(super) const CONFIDENCE: f64 = 0.95;
/// A finalist with a smaller chance of being on the front is said not to be.
const LEAST_CHANCE: f64 = 0.05;

/// Whether the limits are met, by the intervals of the outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// Every interval lies on the right side of its limit.
    Yes,
    /// Some interval holds its limit.
    Undecided,
    /// Some interval lies on the wrong side.
    No,
}

/// Where a finalist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontStatus {
    /// By its means it meets the limits and none is better.
    Front,
    /// Not by its means, but noise may be the reason.
    Perhaps,
    /// Another one is better, beyond noise.
    Dominated,
    /// It misses a limit, beyond noise.
    Infeasible,
    /// It could not be simulated, or an outcome is undefined.
    Undefined,
}

impl FrontStatus {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Perhaps => "perhaps",
            Self::Dominated => "dominated",
            Self::Infeasible => "infeasible",
            Self::Undefined => "undefined",
        }
    }
}

impl Met {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Undecided => "undecided",
            Self::No => "no",
        }
    }
}

/// What the fresh replications say of one finalist.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Estimates of the responses with their intervals, where those are defined.
    pub responses: Vec<Option<(f64, Option<Interval>)>>,
    /// Chance of being on the front.
    pub chance_front: f64,
    /// Chance of meeting the limits.
    pub chance_feasible: f64,
    /// Whether the limits are met, by intervals.
    pub met: Met,
    /// Where it stands.
    pub status: FrontStatus,
}

/// A hypervolume with its interval by bootstrap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume {
    /// From the means.
    pub value: f64,
    /// Percentile interval over resamples.
    pub interval: Interval,
}

/// The estimate and interval of one response over replications.
pub(crate) fn estimate(parts: &[Option<ResponsePart>]) -> Option<(f64, Option<Interval>)> {
    let defined: Vec<ResponsePart> = parts.iter().copied().flatten().collect();
    let (tops, bottoms): (Vec<f64>, Vec<f64>) = defined.iter().map(|p| (p.0, p.1)).unzip();
    let value = ratio(defined.iter().map(|p| (*p, 1)))?;
    let interval = if bottoms.iter().all(|b| *b == 1.0) {
        mean_interval(&tops, CONFIDENCE).map(|m| m.interval)
    } else {
        ratio_of_means(&tops, &bottoms, CONFIDENCE).and_then(|r| r.interval)
    };
    Some((value, interval))
}

/// Sum of numerators over sum of denominators, each counted so many times; `None` where that is undefined.
fn ratio(parts: impl Iterator<Item = (ResponsePart, u32)>) -> Option<f64> {
    let sums = parts.fold((0.0, 0.0), |s, (p, n)| (s.0 + f64::from(n) * p.0, s.1 + f64::from(n) * p.1));
    let value = sums.0 / sums.1;
    value.is_finite().then_some(value)
}

/// How often each replication is drawn in a resample.
fn times(draws: &Draws, resample: usize, replications: usize) -> Vec<u32> {
    let key = Key::root("optimization verdict").child(0, resample as u64);
    let mut times = vec![0_u32; replications];
    for i in 0..replications {
        let drawn = (draws.uniform(key, 0, i as u32) * replications as f64) as usize;
        times[drawn.min(replications - 1)] += 1;
    }
    times
}

/// How every finalist stands when replications count so many times.
fn standings(problem: &SearchProblem, finalists: &[Vec<RunResponse>], times: &[u32]) -> Vec<Standing> {
    let one = |runs: &Vec<RunResponse>| {
        let value = |r: usize| ratio(runs.iter().zip(times).filter_map(|(run, n)| Some((run.get(r).copied()??, *n))));
        problem.standing(&(0..problem.responses()).map(value).collect::<Vec<_>>())
    };
    finalists.iter().map(one).collect()
}

fn beaten(all: &[Standing], i: usize) -> bool {
    all.iter().any(|other| other.feasible() && other.beats(&all[i]))
}

/// Judges finalists on their replications: `finalists[i][r]` is what finalist `i` gave in replication `r`, the same
/// replications for all. An empty list says that it could not be simulated.
pub(crate) fn judge(
    problem: &SearchProblem,
    finalists: &[Vec<RunResponse>],
    resamples: usize,
    seed: u64,
) -> Vec<Judged> {
    let replications = finalists.iter().map(Vec::len).max().unwrap_or(0);
    let draws = Draws::new(seed, 0);
    let hits: Vec<Vec<(bool, bool)>> = (0..resamples)
        .into_par_iter()
        .map(|resample| {
            let all = standings(problem, finalists, &times(&draws, resample, replications));
            (0..all.len()).map(|i| (all[i].feasible(), all[i].feasible() && !beaten(&all, i))).collect()
        })
        .collect();
    let share = |count: usize| count as f64 / resamples.max(1) as f64;
    let means = standings(problem, finalists, &vec![1; replications]);
    let one = |i: usize| {
        let column = |r: usize| finalists[i].iter().map(|run| run.get(r).copied().flatten()).collect::<Vec<_>>();
        let responses: Vec<_> = (0..problem.responses()).map(|r| estimate(&column(r))).collect();
        let met = met(&responses[problem.goals.len()..], &problem.limits);
        let chance_front = share(hits.iter().filter(|hit| hit[i].1).count());
        let status = if means[i].violation.is_infinite() {
            FrontStatus::Undefined
        } else if met == Met::No {
            FrontStatus::Infeasible
        } else if means[i].feasible() && !beaten(&means, i) {
            FrontStatus::Front
        } else if chance_front >= LEAST_CHANCE {
            FrontStatus::Perhaps
        } else {
            FrontStatus::Dominated
        };
        Judged {
            responses,
            chance_front,
            chance_feasible: share(hits.iter().filter(|hit| hit[i].0).count()),
            met,
            status,
        }
    };
    (0..finalists.len()).map(one).collect()
}

fn met(found: &[Option<(f64, Option<Interval>)>], limits: &[OutcomeLimit]) -> Met {
    let mut all = Met::Yes;
    for (found, limit) in found.iter().zip(limits) {
        let Some((value, interval)) = found else { return Met::Undecided };
        let ends = interval.map_or([*value; 2], |i| [i.low, i.high]);
        let misses = ends.iter().filter(|&&end| limit.missed_by(end) > 0.0).count();
        match misses {
            0 => {}
            1 => all = Met::Undecided,
            _ => return Met::No,
        }
    }
    all
}

/// Hypervolumes of groups of finalists on their replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Volumes {
    /// The box, in objectives that are minimised, less those of the baseline.
    pub frame: Frame,
    /// What the baseline comes to in each objective, minimised.
    pub baseline: Vec<f64>,
    /// The hypervolume of each group, as a share of the box.
    pub groups: Vec<Volume>,
    /// For each group: the second group's hypervolume less this one's.
    pub gains: Vec<Volume>,
}

/// Hypervolumes of groups of finalists; a finalist may be in several.
///
/// Objectives are measured from the baseline's on the same replications, so that easy and hard ones move all alike, and
/// the resamples are the same for all groups, so that differences have intervals of their own. The box holds all that
/// are in a group and meet the limits by their means. `None` if there is none.
pub(crate) fn volumes(
    problem: &SearchProblem,
    finalists: &[Vec<RunResponse>],
    baseline: &[RunResponse],
    groups: &[Vec<usize>],
    resamples: usize,
    seed: u64,
) -> Option<Volumes> {
    let draws = Draws::new(seed, 0);
    let goals = problem.goals.len();
    let from = |times: &[u32]| -> Vec<f64> {
        let own = standings(problem, &[baseline.to_vec()], times).remove(0).objectives;
        // A baseline that is undefined moves nothing.
        own.into_iter().map(|x| if x.is_finite() { x } else { 0.0 }).collect()
    };
    let moved = |times: &[u32]| -> Vec<Option<Vec<f64>>> {
        let base = from(times);
        let one = |s: Standing| s.feasible().then(|| s.objectives.iter().zip(&base).map(|(x, b)| x - b).collect());
        standings(problem, finalists, times).into_iter().map(one).collect()
    };
    let once = vec![1; baseline.len()];
    let means = moved(&once);
    let shown: Vec<Vec<f64>> = groups.iter().flatten().filter_map(|&i| means[i].clone()).collect();
    let frame = Frame::around(&shown)?;
    let measure = |all: &[Option<Vec<f64>>]| -> Vec<f64> {
        let of = |group: &Vec<usize>| frame.share(&group.iter().filter_map(|&i| all[i].clone()).collect::<Vec<_>>());
        groups.iter().map(of).collect()
    };
    let found: Vec<Vec<f64>> =
        (0..resamples).into_par_iter().map(|r| measure(&moved(&times(&draws, r, baseline.len())))).collect();
    let own = measure(&means);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    let volume = |of: &dyn Fn(&[f64]) -> f64| {
        let values: Vec<f64> = found.iter().map(|v| of(v)).collect();
        let interval = Interval { low: quantile(&values, tail)?, high: quantile(&values, 1.0 - tail)? };
        Some(Volume { value: of(&own), interval })
    };
    let all = 0..groups.len();
    let mut baseline = from(&once);
    baseline.truncate(goals);
    Some(Volumes {
        frame: frame.clone(),
        baseline,
        groups: all.clone().map(|g| volume(&|v: &[f64]| v[g])).collect::<Option<_>>()?,
        gains: all.map(|g| volume(&|v: &[f64]| v[1.min(v.len() - 1)] - v[g])).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Factor;
    use crate::optimization::Goal;

    fn problem(limits: Vec<OutcomeLimit>) -> SearchProblem {
        let goals = vec![Goal { maximise: false }; 2];
        SearchProblem { factors: vec![Factor::uniform("x", 0.0, 1.0)], decimals: Vec::new(), goals, limits }
    }

    /// 60 replications around these means, with common and own noise.
    fn noisy(means: &[f64], own: f64, who: u16) -> Vec<RunResponse> {
        let draws = Draws::new(8, 0);
        let key = |r: u64| Key::root("verdict").child(0, r);
        let part = |r: u64, d: usize, mean: f64| {
            mean + draws.normal(key(r), 500, d as u32) + own * draws.normal(key(r), who, d as u32)
        };
        (0..60)
            .map(|r| means.iter().enumerate().map(|(d, m)| Some(ResponsePart(part(r, d, *m), 1.0))).collect())
            .collect()
    }

    #[test]
    fn clear_cases_are_clear_and_ties_are_shared() {
        let finalists = [
            noisy(&[1.0, 5.0], 0.1, 1),
            noisy(&[5.0, 1.0], 0.1, 2),
            noisy(&[6.0, 6.0], 0.1, 3),
            noisy(&[1.0, 5.0], 0.1, 4),
        ];
        let found = judge(&problem(Vec::new()), &finalists, 400, 1);
        assert_eq!(found[1].status, FrontStatus::Front);
        assert_eq!((found[2].status, found[2].chance_front), (FrontStatus::Dominated, 0.0));
        assert_eq!(found[1].chance_front, 1.0);
        // The twins differ by noise alone: whichever its means put behind, it may be on the front.
        for twin in [&found[0], &found[3]] {
            assert!(
                matches!(twin.status, FrontStatus::Front | FrontStatus::Perhaps) && twin.chance_front > 0.05,
                "{twin:?}"
            );
        }
    }

    #[test]
    fn limits_are_judged_by_intervals() {
        let limit = |value: f64| vec![OutcomeLimit { at_most: true, value }];
        let finalists = [noisy(&[1.0, 1.0, 10.0], 0.5, 1)];
        let judged = |value: f64| judge(&problem(limit(value)), &finalists, 200, 1)[0].clone();
        let mean = judged(0.0).responses[2].unwrap().0;
        assert_eq!((judged(mean + 2.0).met, judged(mean + 2.0).status), (Met::Yes, FrontStatus::Front));
        assert_eq!((judged(mean - 2.0).met, judged(mean - 2.0).status), (Met::No, FrontStatus::Infeasible));
        let close = judged(mean - 1e-6);
        assert_eq!((close.met, close.status), (Met::Undecided, FrontStatus::Perhaps));
        assert!((close.chance_feasible - 0.5).abs() < 0.15, "{close:?}");
    }

    #[test]
    fn undefined_finalists_are_said_to_be_so_and_beat_nobody() {
        let finalists = [noisy(&[1.0, 1.0], 0.1, 1), Vec::new(), vec![vec![None, Some(ResponsePart(0.0, 1.0))]; 60]];
        let found = judge(&problem(Vec::new()), &finalists, 100, 1);
        let words: Vec<&str> = found.iter().map(|f| f.status.word()).collect();
        assert_eq!(words, ["front", "undefined", "undefined"]);
        assert_eq!(found[1].responses, [None, None]);
    }

    #[test]
    fn the_difference_of_volumes_is_paired() {
        // The second group is the first one moved by −1, the third is its corner of the box; common noise goes out of
        // all, as the baseline has it too.
        let finalists = [noisy(&[4.0, 4.0], 0.05, 1), noisy(&[3.0, 3.0], 0.05, 2), noisy(&[9.0, 9.0], 0.05, 3)];
        let baseline = noisy(&[5.0, 5.0], 0.05, 4);
        let groups = [vec![0], vec![1], vec![2, 0]];
        let found = volumes(&problem(Vec::new()), &finalists, &baseline, &groups, 400, 1).unwrap();
        // The box goes from −2 to 4 + 0.6 below and above the baseline: (5.6 ÷ 6.6)², 1, and as the first.
        let expected = [(5.6_f64 / 6.6).powi(2), 1.0, (5.6_f64 / 6.6).powi(2)];
        for (volume, expected) in found.groups.iter().zip(expected) {
            // Means of 60 have a standard error of 0.07 × √2 ÷ √60 = 0.01; in shares of the box a thousandth or two.
            assert!((volume.value - expected).abs() < 0.012, "{found:?}");
            assert!(volume.interval.high - volume.interval.low < 0.02, "{found:?}");
        }
        assert!(found.gains[0].interval.low > 0.2 && found.gains[1].value == 0.0, "{found:?}");
        assert_eq!(volumes(&problem(Vec::new()), &[], &baseline, &[vec![], vec![]], 100, 1), None);
    }

    #[test]
    fn chances_agree_with_theory_for_one_noisy_objective() {
        // Two candidates that differ in the first objective alone, by one standard error of the paired difference:
        // the worse is on the front where the resampled difference changes sign.
        let base: Vec<RunResponse> =
            (0..100).map(|_| vec![Some(ResponsePart(0.0, 1.0)), Some(ResponsePart(0.0, 1.0))]).collect();
        let draws = Draws::new(21, 0);
        let raw: Vec<f64> = (0..100).map(|r| draws.normal(Key::root("one").child(0, r), 0, 0)).collect();
        let mean = raw.iter().sum::<f64>() / 100.0;
        let sd = (raw.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 100.0).sqrt();
        let worse: Vec<RunResponse> = raw
            .iter()
            .map(|x| vec![Some(ResponsePart((x - mean) / sd * 10.0 + 1.0, 1.0)), Some(ResponsePart(0.0, 1.0))])
            .collect();
        let found = judge(&problem(Vec::new()), &[base, worse], 4000, 1);
        // Φ(−1) = 0.159; four standard errors of a share of 4,000 are 0.023, and 0.01 for the skew of the sample.
        assert!((found[1].chance_front - 0.159).abs() < 0.033, "{}", found[1].chance_front);
        assert_eq!(found[1].status, FrontStatus::Perhaps);
    }
}
