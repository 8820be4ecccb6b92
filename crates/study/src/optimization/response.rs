//! The best that one side can do within its freedom, when every setting is seen through noise.
//!
//! A race (successive halving; Karnin, Koren and Somekh 2013): settings spread over the freedom are run on the same
//! replications as what the side does anyway, the better half goes on to fresh replications, twice as many, until few are
//! left. Then a race of settings near those, in narrower rounds. What counts is the mean difference from what it does
//! anyway, on common random numbers. The winner's own mean is too high by luck, so it is only used to choose: what it is
//! worth must be measured on replications that no race has used.

use forestall_model::{Draws, Key};

use super::error::OptimizationError;
use super::problem::SearchProblem;
use super::search::{Ask, Runner};
use super::variation::spread_out;

/// How many are left when a race ends.
const LEFT: usize = 4;
/// How far settings of the second round lie from those that were left, as a share of the range; half of it in each next.
const REACH: f64 = 0.2;

/// How a best response is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ResponseSettings {
    /// Settings of the first race; half as many new ones in each later race.
    pub candidates: usize,
    /// Replications of the first look at each.
    pub replications: u64,
    /// Races.
    pub rounds: u32,
    /// Seed of proposals.
    pub seed: u64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct BestResponse {
    /// The setting; empty where nothing looked better than what the side does anyway.
    pub values: Vec<f64>,
    /// By how much it looked better in the races, which is too much.
    pub seen: f64,
    /// Settings tried.
    pub tried: usize,
    /// Settings that could not be simulated, with the first reason.
    pub failed: Option<(usize, String)>,
}

/// One setting with what it gained over what the side does anyway, replication by replication.
struct Candidate {
    ranks: Vec<f64>,
    values: Vec<f64>,
    gains: f64,
    looks: u64,
}

impl Candidate {
    fn mean(&self) -> f64 {
        if self.looks == 0 { f64::NEG_INFINITY } else { self.gains / self.looks as f64 }
    }
}

/// Runs done for the fixed behaviour and for all of `pool` on some replications, added to what is known of each.
struct Races<'r, 'a> {
    run: Runner<'r>,
    next: u64,
    failed: &'a mut Option<(usize, String)>,
}

impl Races<'_, '_> {
    /// Looks at all of `pool` on `count` replications that no look has used; `None` if interrupted.
    fn look(&mut self, pool: &mut Vec<Candidate>, count: u64) -> Option<()> {
        let replications = self.next..self.next + count;
        self.next += count;
        let fixed: Vec<Ask> = replications.clone().map(|replication| Ask { values: &[], replication }).collect();
        let own =
            pool.iter().flat_map(|c| replications.clone().map(|replication| Ask { values: &c.values, replication }));
        let asks: Vec<Ask> = fixed.into_iter().chain(own).collect();
        let payoffs: Vec<Result<Option<f64>, String>> = (self.run)(&asks)?
            .into_iter()
            .map(|outcome| outcome.map(|r| r.first().copied().flatten().map(|part| part.0)))
            .collect();
        let (base, rest) = payoffs.split_at(count as usize);
        let mut kept = Vec::with_capacity(pool.len());
        for (mut candidate, own) in pool.drain(..).zip(rest.chunks(count as usize)) {
            if let Some(Err(why)) = own.iter().find(|payoff| payoff.is_err()) {
                let (count, _) = self.failed.get_or_insert((0, why.clone()));
                *count += 1;
                continue;
            }
            for (own, base) in own.iter().zip(base) {
                if let (Ok(Some(own)), Ok(Some(base))) = (own, base) {
                    candidate.gains += own - base;
                    candidate.looks += 1;
                }
            }
            kept.push(candidate);
        }
        *pool = kept;
        Some(())
    }

    /// One race; those that are left, the best first.
    fn race(&mut self, mut pool: Vec<Candidate>, replications: u64) -> Option<Vec<Candidate>> {
        let mut count = replications;
        loop {
            self.look(&mut pool, count)?;
            // The first of equals stays first, so nothing hangs on the order of work.
            pool.sort_by(|a, b| b.mean().total_cmp(&a.mean()));
            if pool.len() <= LEFT {
                return Some(pool);
            }
            pool.truncate(pool.len().div_ceil(2).max(LEFT));
            count *= 2;
        }
    }
}

/// Looks for the setting with the greatest mean of the first response; `None` if interrupted.
///
/// # Errors
/// [`OptimizationError`] for settings that make no race.
pub(crate) fn best_response(
    problem: &SearchProblem,
    settings: &ResponseSettings,
    run: Runner<'_>,
) -> Result<Option<BestResponse>, OptimizationError> {
    check_response(settings)?;
    let levers = problem.factors.len();
    let draws = Draws::new(settings.seed, 0);
    let values = |ranks: &[f64]| (0..levers).map(|i| problem.value(i, ranks[i])).collect::<Vec<f64>>();
    let new = |ranks: Vec<f64>| Candidate { values: values(&ranks), ranks, gains: 0.0, looks: 0 };
    let mut failed = None;
    let mut tried = 0;
    let mut races = Races { run, next: 0, failed: &mut failed };
    let mut left: Vec<Candidate> = Vec::new();
    for round in 0..settings.rounds {
        let key = Key::root("best response").child(0, u64::from(round));
        let proposals: Vec<Vec<f64>> = if left.is_empty() {
            spread_out(&draws, key, settings.candidates, levers)
        } else {
            let reach = REACH * 0.5_f64.powi(round as i32 - 1);
            (0..settings.candidates.div_ceil(2))
                .map(|i| near(&draws, key, i, &left[i % left.len()].ranks, reach))
                .collect()
        };
        let mut pool: Vec<Candidate> = std::mem::take(&mut left);
        for candidate in proposals.into_iter().map(new) {
            if pool.iter().all(|known| known.values != candidate.values) {
                tried += 1;
                pool.push(candidate);
            }
        }
        let Some(found) = races.race(pool, settings.replications) else { return Ok(None) };
        left = found;
        if left.is_empty() {
            break;
        }
    }
    let best = left.into_iter().max_by(|a, b| a.mean().total_cmp(&b.mean())).filter(|best| best.mean() > 0.0);
    let (values, seen) = best.map_or((Vec::new(), 0.0), |best| (best.values.clone(), best.mean()));
    Ok(Some(BestResponse { values, seen, tried, failed }))
}

/// Checks that there is a race.
///
/// # Errors
/// If not.
pub(crate) fn check_response(settings: &ResponseSettings) -> Result<(), OptimizationError> {
    if settings.candidates < 2 || settings.replications == 0 || settings.rounds == 0 {
        let message = "a best response needs --candidates of 2 or more, --replications and --rounds of 1 or more";
        return Err(OptimizationError::request(message));
    }
    Ok(())
}

/// A place within `reach` of another, reflected at the ends of the freedom.
fn near(draws: &Draws, key: Key, number: usize, ranks: &[f64], reach: f64) -> Vec<f64> {
    let step = |d: usize| reach * (2.0 * draws.uniform(key.child(1, number as u64), 0, d as u32) - 1.0);
    let one = |(d, rank): (usize, &f64)| {
        let moved = (rank + step(d)).abs();
        if moved > 1.0 { 2.0 - moved } else { moved }
    };
    ranks.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Factor;
    use crate::optimization::{Goal, ResponsePart};

    fn problem(levers: usize) -> SearchProblem {
        SearchProblem {
            factors: (0..levers).map(|_| Factor::uniform("x", 0.0, 1.0)).collect(),
            decimals: Vec::new(),
            goals: vec![Goal { maximise: true }],
            limits: Vec::new(),
        }
    }

    fn settings(seed: u64) -> ResponseSettings {
        ResponseSettings { candidates: 32, replications: 4, rounds: 2, seed }
    }

    /// Searches with payoffs of `mean` and noise: `common` to all on a replication, `own` of each.
    fn search(levers: usize, seed: u64, noise: (f64, f64), mean: impl Fn(&[f64]) -> f64) -> BestResponse {
        let draws = Draws::new(seed, 1);
        let mut run = |asks: &[Ask]| {
            let one = |(i, ask): (usize, &Ask)| {
                let normal = |name: &str, at: u64| {
                    let key = Key::root(name).child(0, at);
                    (0..12).map(|k| draws.uniform(key, 0, k)).sum::<f64>() - 6.0
                };
                let at = ask.values.iter().fold(i as u64, |a, v| a.rotate_left(9) ^ v.to_bits());
                let payoff = if ask.values.is_empty() { mean(&vec![0.5; levers]) } else { mean(ask.values) };
                let noisy = payoff
                    + noise.0 * normal("common", ask.replication)
                    + noise.1 * normal("own", at ^ ask.replication);
                Ok(vec![Some(ResponsePart(noisy, 1.0))])
            };
            Some(asks.iter().enumerate().map(one).collect())
        };
        best_response(&problem(levers), &settings(seed), &mut run).unwrap().unwrap()
    }

    #[test]
    fn the_unguarded_place_is_found() {
        // An attack on the first place succeeds with probability 1 − p, on the second with 1 − q; the lever is the share of
        // attacks on the first. Twenty attacks: the best response goes to the place that is guarded less.
        for (p, q, right) in [(0.6, 0.2, 0.0), (0.1, 0.5, 1.0)] {
            for seed in 1..=5 {
                let payoff = |v: &[f64]| 20.0 * (v[0] * (1.0 - p) + (1.0 - v[0]) * (1.0 - q));
                let found = search(1, seed, (5.0, 1.0), payoff);
                let most = 20.0 * (p.max(q) - p.min(q)) / 2.0;
                let gained = payoff(&found.values) - payoff(&[0.5]);
                assert!(gained > 0.9 * most, "{right} {:?} {gained} {most}", found.values);
            }
        }
    }

    #[test]
    fn a_hill_inside_the_freedom_is_climbed() {
        let hill = |v: &[f64]| 10.0 - 20.0 * v.iter().zip([0.8, 0.3, 0.6]).map(|(x, c)| (x - c) * (x - c)).sum::<f64>();
        for seed in 1..=5 {
            let found = search(3, seed, (5.0, 0.5), hill);
            // What is done anyway is 2.8 below the top.
            assert!(hill(&found.values) > 10.0 - 0.8, "{:?}", found.values);
        }
    }

    #[test]
    fn noise_alone_gains_what_the_races_see_and_nothing_more() {
        let seen: Vec<f64> = (1..=20).map(|seed| search(2, seed, (5.0, 1.0), |_| 7.0).seen).collect();
        let mean = seen.iter().sum::<f64>() / 20.0;
        assert!(mean > 0.05, "the best of many looks better than it is: {mean}");
    }

    #[test]
    fn what_cannot_be_simulated_is_left_behind_and_counted() {
        let mut run = |asks: &[Ask]| {
            let one = |ask: &Ask| match ask.values.first() {
                Some(x) if *x > 0.5 => Err("too much".to_owned()),
                Some(x) => Ok(vec![Some(ResponsePart(*x, 1.0))]),
                None => Ok(vec![Some(ResponsePart(0.0, 1.0))]),
            };
            Some(asks.iter().map(one).collect())
        };
        let found = best_response(&problem(1), &settings(3), &mut run).unwrap().unwrap();
        assert!(found.values[0] > 0.45 && found.values[0] <= 0.5, "{:?}", found.values);
        let (count, why) = found.failed.unwrap();
        assert!(count >= 16 && why == "too much");
        let mut all = |asks: &[Ask]| Some(asks.iter().map(|_| Err("never".to_owned())).collect());
        let none = best_response(&problem(1), &settings(3), &mut all).unwrap().unwrap();
        assert!(none.values.is_empty() && none.seen == 0.0);
        let mut stops = |_: &[Ask]| None;
        assert!(best_response(&problem(1), &settings(3), &mut stops).unwrap().is_none());
        assert!(check_response(&ResponseSettings { candidates: 1, ..settings(1) }).is_err());
    }
}
