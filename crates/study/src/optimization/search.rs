//! The search: generations of candidates, each looked at on few replications, survivors again on fresh ones.
//!
//! Children are run on the replications on which their parents were looked at last, so that both met the same draws.
//! Those that would stay are then run, with the parents that stay, on replications that nobody has seen, and only then
//! is it decided who stays. A candidate that got in by luck is thus looked at anew in every generation, and its luck is
//! averaged away. Random search goes the same way with points from anywhere in place of children.

use std::collections::BTreeSet;

use forestall_model::{Draws, Key};

use super::belief::Belief;
use super::crowding::{Kept, keep};
use super::dominance::Standing;
use super::error::OptimizationError;
use super::noise::{Estimator, RunResponse, Runs};
use super::problem::SearchProblem;
use super::variation::{anywhere, child, spread_out};

/// Tries for a child that has not been there before, and as many for a point from anywhere.
const TRIES: u64 = 20;
/// The question which two meet in a tournament; beyond those of variation.
const TOURNAMENT: u16 = 100;

/// Where new candidates come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proposal {
    /// From parents, by crossover and mutation.
    Parents,
    /// From anywhere: random search, to compare with.
    Anywhere,
}

/// How a search is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SearchSettings {
    /// Candidates that stay from one generation to the next, and children of each generation.
    pub population: usize,
    /// Replications of one look at a candidate.
    pub replications: u64,
    /// Most runs in all; no generation is begun that could exceed them.
    pub most_runs: u64,
    /// Most generations after the first.
    pub most_generations: u32,
    /// Seed of proposals, below 2⁴⁰.
    pub seed: u64,
    /// Look at survivors again. Off only to show what happens without.
    pub look_again: bool,
    /// Where new candidates come from.
    pub proposal: Proposal,
}

/// One run to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ask<'a> {
    /// The values of the levers; empty for the reference, which sets none.
    pub values: &'a [f64],
    /// The replication.
    pub replication: u64,
}

/// What came of a run: responses in the order of the problem, or why there are none.
pub(crate) type Outcome = Result<RunResponse, String>;

/// Does runs, in the order asked for; `None` if the user asked to stop.
pub(super) type Runner<'r> = &'r mut dyn FnMut(&[Ask]) -> Option<Vec<Outcome>>;

/// One setting of the levers.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its place in the unit cube.
    pub ranks: Vec<f64>,
    /// The values of the levers.
    pub values: Vec<f64>,
    /// The generation that proposed it.
    pub generation: u32,
    /// What its replications gave.
    pub runs: Runs,
    /// Why it cannot be simulated.
    pub failed: Option<String>,
}

/// A finished generation in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchGeneration {
    /// Number from 0.
    pub number: u32,
    /// Runs until its end.
    pub runs: u64,
    /// Objectives of the feasible candidates that stay, as the search sees them, minimised, less the reference's own.
    pub outcomes: Vec<Vec<f64>>,
    /// Candidates that stay.
    pub population: usize,
    /// Of these, candidates that meet the limits, as the search sees them.
    pub feasible: usize,
    /// Of these, candidates that none of the others beats.
    pub front: usize,
}

/// What a search came to.
#[derive(Clone, Debug)]
pub struct Found {
    /// All candidates in the order of proposal.
    pub candidates: Vec<Candidate>,
    /// Places of those that stayed, best front first.
    pub population: Vec<usize>,
    /// Estimates of the responses of those that stayed, in the same order: the search's own, with its luck.
    pub estimates: Vec<Vec<Option<f64>>>,
    /// Generations in numbers.
    pub generations: Vec<SearchGeneration>,
    /// Runs in all.
    pub runs: u64,
}

/// Searches; `observe` sees every finished generation. `None` if the runner was asked to stop.
///
/// The same problem, settings and responses give the same result; a greater number of runs only goes on further.
///
/// # Errors
/// [`OptimizationError::Request`] for impossible settings, [`OptimizationError::NoStart`] where no setting can be run.
pub(crate) fn search(
    problem: &SearchProblem,
    settings: &SearchSettings,
    run: Runner,
    observe: &mut dyn FnMut(&SearchGeneration),
) -> Result<Option<Found>, OptimizationError> {
    check_search(problem, settings)?;
    let found = Found {
        candidates: Vec::new(),
        population: Vec::new(),
        estimates: Vec::new(),
        generations: Vec::new(),
        runs: 0,
    };
    let draws = Draws::new(settings.seed, 0);
    let mut state =
        State { problem, settings, draws, known: BTreeSet::new(), reference: Runs::new(), kept: Vec::new(), found };
    if state.first(run)?.is_none() {
        return Ok(None);
    }
    observe(&state.found.generations[0]);
    for number in 1..=settings.most_generations {
        if state.found.runs + generation_runs(settings) > settings.most_runs {
            break;
        }
        if state.next(number, run).is_none() {
            return Ok(None);
        }
        observe(&state.found.generations[number as usize]);
    }
    Ok(Some(state.found))
}

/// Most runs of a generation after the first, those of the reference included.
fn generation_runs(settings: &SearchSettings) -> u64 {
    let looks = if settings.look_again { 2 } else { 1 };
    (looks * settings.population as u64 + 1) * settings.replications
}

/// Whether a search can be done at all.
///
/// # Errors
/// [`OptimizationError::Request`], naming what is wrong.
pub(crate) fn check_search(problem: &SearchProblem, settings: &SearchSettings) -> Result<(), OptimizationError> {
    problem.check()?;
    if settings.population < 4 || settings.replications == 0 {
        return Err(OptimizationError::request(
            "a search needs a population of at least 4 and at least 1 replication a look",
        ));
    }
    let first = (settings.population as u64 + 1) * settings.replications;
    let least = first + generation_runs(settings);
    if settings.most_runs < least {
        return Err(OptimizationError::request(format!(
            "{} runs are too few: two generations take {least} ({} candidates, {} replications a look)",
            settings.most_runs, settings.population, settings.replications
        )));
    }
    Ok(())
}

/// Estimates of a candidate, its objectives as they are believed to be.
fn believed(candidate: &Candidate, estimator: &Estimator, beliefs: &[Option<Belief>]) -> Vec<Option<f64>> {
    let mut all = estimator.estimates(&candidate.runs);
    for (estimate, belief) in all.iter_mut().zip(beliefs) {
        if let (Some(value), Some(belief)) = (estimate.as_mut(), belief) {
            *value = belief.of(&candidate.ranks, *value, candidate.runs.len());
        }
    }
    all
}

struct State<'a> {
    problem: &'a SearchProblem,
    settings: &'a SearchSettings,
    draws: Draws,
    /// Values of all candidates, so that none is proposed twice.
    known: BTreeSet<Vec<u64>>,
    reference: Runs,
    kept: Vec<Kept>,
    found: Found,
}

impl State<'_> {
    fn first(&mut self, run: Runner) -> Result<Option<()>, OptimizationError> {
        let levers = self.problem.factors.len();
        let points = spread_out(&self.draws, Key::root("optimization start"), self.settings.population, levers);
        for ranks in points {
            self.admit(ranks, 0);
        }
        let all: Vec<usize> = (0..self.found.candidates.len()).collect();
        if self.look(&all, 0, run).is_none() {
            return Ok(None);
        }
        if self.found.candidates.iter().all(|c| c.failed.is_some()) {
            let reason = self.found.candidates[0].failed.clone().unwrap_or_default();
            return Err(OptimizationError::NoStart { tried: all.len(), reason });
        }
        let (standings, _) = self.standings(&all);
        if !standings.iter().any(|s| s.objectives.iter().all(|x| x.is_finite())) {
            let reason = "an objective is undefined in every replication".into();
            return Err(OptimizationError::NoStart { tried: all.len(), reason });
        }
        self.stay(&all);
        self.count(0);
        Ok(Some(()))
    }

    fn next(&mut self, number: u32, run: Runner) -> Option<()> {
        let fresh = u64::from(number);
        let parents = self.found.population.clone();
        let children = self.propose(number);
        let mut pool = parents;
        pool.extend(&children);
        if self.settings.look_again {
            self.look(&children, fresh - 1, run)?;
            self.stay(&pool);
            let stayed = self.found.population.clone();
            self.look(&stayed, fresh, run)?;
        } else {
            self.look(&children, fresh, run)?;
        }
        self.stay(&pool);
        self.count(number);
        Some(())
    }

    /// Takes in a candidate unless its values have been there; its place.
    fn admit(&mut self, ranks: Vec<f64>, generation: u32) -> Option<usize> {
        let values: Vec<f64> = ranks.iter().enumerate().map(|(lever, rank)| self.problem.value(lever, *rank)).collect();
        if !self.known.insert(values.iter().map(|v| v.to_bits()).collect()) {
            return None;
        }
        self.found.candidates.push(Candidate { ranks, values, generation, runs: Runs::new(), failed: None });
        Some(self.found.candidates.len() - 1)
    }

    /// New candidates; fewer than the population where the levers have few settings left.
    fn propose(&mut self, number: u32) -> Vec<usize> {
        let root = Key::root(match self.settings.proposal {
            Proposal::Parents => "optimization children",
            Proposal::Anywhere => "optimization anywhere",
        });
        let generation = root.child(0, u64::from(number));
        let mut children = Vec::new();
        for place in 0..self.settings.population as u64 {
            let found = (0..2 * TRIES).find_map(|attempt| {
                let key = generation.child(1, place * 2 * TRIES + attempt);
                let ranks = if self.settings.proposal == Proposal::Parents && attempt < TRIES {
                    let [a, b] = [0, 1].map(|parent| self.tournament(key, parent));
                    child(&self.draws, key, &self.found.candidates[a].ranks, &self.found.candidates[b].ranks)
                } else {
                    anywhere(&self.draws, key, self.problem.factors.len())
                };
                self.admit(ranks, number)
            });
            children.extend(found);
        }
        children
    }

    /// The better of two of the population.
    fn tournament(&self, key: Key, parent: u32) -> usize {
        let count = self.kept.len();
        let pick = |which: u32| {
            let u = self.draws.uniform(key, TOURNAMENT, 2 * parent + which);
            self.kept[((u * count as f64) as usize).min(count - 1)]
        };
        let (a, b) = (pick(0), pick(1));
        if b.wins(&a) { b.place } else { a.place }
    }

    /// Runs candidates, and the reference, on one block of replications.
    fn look(&mut self, who: &[usize], block: u64, run: Runner) -> Option<()> {
        let numbers = block * self.settings.replications..(block + 1) * self.settings.replications;
        let mut places: Vec<Option<usize>> = Vec::new();
        if !self.reference.contains_key(&numbers.start) {
            places.push(None);
        }
        places.extend(who.iter().filter(|&&i| self.found.candidates[i].failed.is_none()).map(|&i| Some(i)));
        let asks: Vec<(Option<usize>, Ask)> = places
            .iter()
            .flat_map(|&place| {
                let values = place.map_or(&[][..], |i| self.found.candidates[i].values.as_slice());
                numbers.clone().map(move |replication| (place, Ask { values, replication }))
            })
            .collect();
        let only: Vec<Ask> = asks.iter().map(|a| a.1).collect();
        let outcomes = run(&only)?;
        let done: Vec<(Option<usize>, u64)> = asks.iter().map(|a| (a.0, a.1.replication)).collect();
        self.found.runs += done.len() as u64;
        for ((place, replication), outcome) in done.into_iter().zip(outcomes) {
            match (place, outcome) {
                (Some(i), Ok(response)) => {
                    self.found.candidates[i].runs.insert(replication, response);
                }
                (Some(i), Err(reason)) => {
                    self.found.candidates[i].failed.get_or_insert(reason);
                }
                (None, Ok(response)) => {
                    self.reference.insert(replication, response);
                }
                // A replication that the reference cannot do serves as no control.
                (None, Err(_)) => {
                    self.reference.insert(replication, Vec::new());
                }
            }
        }
        Some(())
    }

    fn standings(&self, who: &[usize]) -> (Vec<Standing>, Vec<Vec<Option<f64>>>) {
        let candidates = &self.found.candidates;
        let pool = who.iter().map(|&i| &candidates[i].runs);
        let responses = self.problem.responses();
        let estimator = Estimator::new(&self.reference, &pool, responses);
        let tried: Vec<(&[f64], &Runs)> = candidates
            .iter()
            .filter(|c| c.failed.is_none() && !c.runs.is_empty())
            .map(|c| (c.ranks.as_slice(), &c.runs))
            .collect();
        let beliefs: Vec<Option<Belief>> =
            (0..self.problem.goals.len()).map(|goal| Belief::fitted(&estimator, &tried, goal)).collect();
        let estimates: Vec<Vec<Option<f64>>> = who
            .iter()
            .map(|&i| match candidates[i].failed {
                Some(_) => vec![None; responses],
                None => believed(&candidates[i], &estimator, &beliefs),
            })
            .collect();
        (estimates.iter().map(|e| self.problem.standing(e)).collect(), estimates)
    }

    /// Decides who stays of a pool.
    fn stay(&mut self, pool: &[usize]) {
        let (standings, estimates) = self.standings(pool);
        let kept = keep(&standings, self.settings.population);
        self.found.population = kept.iter().map(|k| pool[k.place]).collect();
        self.found.estimates = kept.iter().map(|k| estimates[k.place].clone()).collect();
        self.kept = kept.iter().map(|k| Kept { place: pool[k.place], ..*k }).collect();
    }

    /// What the reference comes to in each objective, minimised; 0 where it is undefined.
    fn reference(&self) -> Vec<f64> {
        let own = Estimator::new(&self.reference, &std::iter::empty(), self.problem.responses()).reference();
        own.iter().zip(&self.problem.goals).map(|(e, g)| e.map_or(0.0, |v| g.minimised(v))).collect()
    }

    fn count(&mut self, number: u32) {
        let standings: Vec<Standing> = self.found.estimates.iter().map(|e| self.problem.standing(e)).collect();
        let feasible: Vec<Vec<f64>> = standings.iter().filter(|s| s.feasible()).map(|s| s.objectives.clone()).collect();
        let reference = self.reference();
        let best = self.kept.iter().zip(&standings).filter(|(k, s)| k.front == 0 && s.feasible());
        self.found.generations.push(SearchGeneration {
            number,
            runs: self.found.runs,
            outcomes: feasible.iter().map(|o| o.iter().zip(&reference).map(|(x, r)| x - r).collect()).collect(),
            population: standings.len(),
            feasible: feasible.len(),
            front: best.count(),
        });
    }
}
