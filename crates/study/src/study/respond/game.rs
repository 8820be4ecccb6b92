//! What policies are worth against what the other side does anyway, against its best, and as a game between two.

use crate::montecarlo::paired_difference;
use crate::optimization::{MatrixGame, solve_game};
use crate::stats::{Interval, Paired, mean, quantile};
use forestall_model::{Draws, Key};

use super::found::Payoffs;

/// Tail left out at each end of an interval.
const TAIL: f64 = 0.025;

/// What one policy prevents against each way in which the other side may act; differences from the baseline.
#[derive(Clone, Debug)]
pub struct PolicyWorth {
    /// The policy's name.
    pub policy: String,
    /// Its label.
    pub label: String,
    /// Attacks prevented where the other side does what it does anyway.
    pub fixed: Option<Paired>,
    /// Attacks prevented where it answers its best to the policy, and to the baseline.
    pub responding: Option<Paired>,
    /// The second less the first.
    pub change: Option<Paired>,
}

/// What the other side gains by answering to one policy or to the baseline.
#[derive(Clone, Debug)]
pub struct Exploited {
    /// The policy's name, or the baseline's.
    pub policy: String,
    /// Its label.
    pub label: String,
    /// The behaviour with the greatest mean against it, by place.
    pub best: usize,
    /// What it gains of what it wants, over what it does anyway: chosen on one half, measured on the other.
    pub gain: Option<Paired>,
}

/// The game between the policies and the behaviours that were found, in what the other side wants.
#[derive(Clone, Debug)]
pub struct GameEstimate {
    /// The solution of the mean payoffs: rows are policies with the baseline first, columns behaviours.
    pub solution: MatrixGame,
    /// 95 % interval of the value over resampled replications, or draws where there are some.
    pub interval: Option<Interval>,
}

/// Which half a replication belongs to: both replications of a draw to the same.
fn half(place: usize) -> usize {
    place / 2 % 2
}

/// The behaviour with the greatest mean on the replications that `of` takes; the first of equals.
fn best(columns: &[Payoffs], of: impl Fn(usize) -> bool) -> usize {
    let value = |payoffs: &Payoffs| {
        let taken: Vec<f64> = (0..payoffs.wanted.len()).filter(|&i| of(i)).filter_map(|i| payoffs.wanted[i]).collect();
        mean(&taken).unwrap_or(f64::NEG_INFINITY)
    };
    let values: Vec<f64> = columns.iter().map(value).collect();
    (0..values.len()).rev().max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0)
}

/// Which behaviour is played on each replication: that which is best on the other half, so that no luck is in it.
fn played(columns: &[Payoffs]) -> [usize; 2] {
    [0, 1].map(|own| best(columns, |i| half(i) != own))
}

/// Draw, first and second value where both are known.
fn pairs(
    draws: &[i64],
    first: impl Fn(usize) -> Option<f64>,
    second: impl Fn(usize) -> Option<f64>,
) -> Vec<(i64, f64, f64)> {
    (0..draws.len()).filter_map(|i| Some((draws[i], first(i)?, second(i)?))).collect()
}

/// The worth of every policy; `payoffs` by policy, the baseline first, and behaviour, the fixed one first.
pub(super) fn worths(payoffs: &[Vec<Payoffs>], labels: &[(String, String)]) -> Vec<PolicyWorth> {
    let Some(base) = payoffs.first() else { return Vec::new() };
    let against_base = played(base);
    let one = |(own, (policy, label)): (&Vec<Payoffs>, &(String, String))| {
        let against = played(own);
        let draws = &own[0].draws;
        let fixed = |i: usize| Some(base[0].attacks[i]? - own[0].attacks[i]?);
        let responding = |i: usize| Some(base[against_base[half(i)]].attacks[i]? - own[against[half(i)]].attacks[i]?);
        let nothing = |_: usize| Some(0.0);
        PolicyWorth {
            policy: policy.clone(),
            label: label.clone(),
            fixed: paired_difference(&pairs(draws, nothing, fixed)),
            responding: paired_difference(&pairs(draws, nothing, responding)),
            change: paired_difference(&pairs(draws, fixed, responding)),
        }
    };
    payoffs.iter().zip(labels).skip(1).map(one).collect()
}

/// What answering gains against the baseline and each policy.
pub(super) fn exploited(payoffs: &[Vec<Payoffs>], labels: &[(String, String)]) -> Vec<Exploited> {
    let one = |(own, (policy, label)): (&Vec<Payoffs>, &(String, String))| {
        let against = played(own);
        let gain = pairs(&own[0].draws, |i| own[0].wanted[i], |i| own[against[half(i)]].wanted[i]);
        Exploited {
            policy: policy.clone(),
            label: label.clone(),
            best: best(own, |_| true),
            gain: paired_difference(&gain),
        }
    };
    payoffs.iter().zip(labels).map(one).collect()
}

/// The game of the mean payoffs, with an interval of its value; `None` where a mean is undefined.
pub(super) fn game(payoffs: &[Vec<Payoffs>], seed: u64, resamples: usize) -> Option<GameEstimate> {
    let draws = &payoffs.first()?.first()?.draws;
    let means = |counts: &[u32]| -> Option<MatrixGame> {
        let cell = |p: &Payoffs| {
            let known = || (0..counts.len()).filter_map(|i| Some((f64::from(counts[i]), p.wanted[i]?)));
            let n: f64 = known().map(|(n, _)| n).sum();
            (n > 0.0).then(|| known().map(|(n, x)| n * x).sum::<f64>() / n)
        };
        let rows: Option<Vec<Vec<f64>>> = payoffs.iter().map(|row| row.iter().map(cell).collect()).collect();
        solve_game(&rows?)
    };
    let solution = means(&vec![1; draws.len()])?;
    // Replications of one draw hang together and are taken together.
    let mut names: Vec<i64> = draws.clone();
    names.dedup();
    let alone = names.len() < 2;
    let groups = if alone { draws.len() } else { names.len() };
    let group = |i: usize| if alone { i } else { names.iter().position(|d| *d == draws[i]).unwrap_or(0) };
    let places: Vec<usize> = (0..draws.len()).map(group).collect();
    let random = Draws::new(seed, 0);
    let values: Vec<f64> = (0..resamples as u64)
        .filter_map(|sample| {
            let mut times = vec![0_u32; groups];
            for g in 0..groups {
                let at = random.uniform(Key::root("game resample").child(0, sample), 0, g as u32);
                times[((at * groups as f64) as usize).min(groups - 1)] += 1;
            }
            let counts: Vec<u32> = places.iter().map(|&g| times[g]).collect();
            means(&counts).map(|game| game.value)
        })
        .collect();
    let interval = quantile(&values, TAIL).zip(quantile(&values, 1.0 - TAIL)).map(|(low, high)| Interval { low, high });
    Some(GameEstimate { solution, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Payoffs with these means and a noise that all share, `n` replications of two a draw.
    fn payoffs(means: &[[f64; 3]; 3], n: usize, own: f64) -> Vec<Vec<Payoffs>> {
        let draws = Draws::new(5, 0);
        let normal =
            |name: &str, at: u64| (0..12).map(|k| draws.uniform(Key::root(name).child(0, at), 0, k)).sum::<f64>() - 6.0;
        let cell = |row: usize, column: usize| {
            let value = |i: usize| {
                let at = ((i * 16 + row * 4) + column) as u64;
                Some(means[row][column] + 3.0 * normal("common", i as u64) + own * normal("own", at))
            };
            let wanted: Vec<Option<f64>> = (0..n).map(value).collect();
            Payoffs { draws: (0..n).map(|i| (i / 2) as i64).collect(), attacks: wanted.clone(), wanted }
        };
        (0..3).map(|row| (0..3).map(|column| cell(row, column)).collect()).collect()
    }

    fn labels() -> Vec<(String, String)> {
        ["baseline", "a", "b"].map(|n| (n.to_owned(), n.to_uppercase())).to_vec()
    }

    #[test]
    fn a_guard_that_can_be_gone_around_is_worth_less_against_a_side_that_answers() {
        // Columns: as it is, around guard a, around guard b. Policy a prevents 4 of 20 unless gone around; b prevents 3 and
        // cannot be gone around by more than one.
        let found = payoffs(&[[20.0, 18.0, 18.0], [16.0, 18.0, 15.0], [17.0, 16.0, 18.0]], 400, 0.5);
        let worth = worths(&found, &labels());
        let value = |p: &Option<Paired>| p.as_ref().map(|p| (p.difference, p.low, p.high)).unwrap();
        let inside = |p: &Option<Paired>, right: f64| {
            let (found, low, high) = value(p);
            assert!(low <= right + 0.1 && high >= right - 0.1, "{found} [{low}, {high}] {right}");
        };
        inside(&worth[0].fixed, 4.0);
        inside(&worth[0].responding, 2.0);
        inside(&worth[0].change, -2.0);
        inside(&worth[1].responding, 2.0);
        let gains = exploited(&found, &labels());
        assert_eq!(gains.iter().map(|g| g.best).collect::<Vec<_>>(), [0, 1, 2]);
        inside(&gains[1].gain, 2.0);
        inside(&gains[0].gain, 0.0);
        // The game by hand: a and b against going around each: [[18, 15], [16, 18]] and the first column [16, 17] is no
        // better for the other side; the mixture of a is 2/5, the value 16.8.
        let game = game(&found, 1, 200).unwrap();
        assert!((game.solution.value - 16.8).abs() < 0.6, "{}", game.solution.value);
        let interval = game.interval.unwrap();
        assert!(interval.low < 16.8 && interval.high > 16.8 && interval.high - interval.low < 1.5, "{interval:?}");
        assert!(game.solution.rows[0] < 0.05 && (game.solution.rows[1] - 0.4).abs() < 0.1);
    }

    #[test]
    fn no_luck_is_in_what_answering_gains() {
        // All behaviours are equal: the best of three looks better by luck, the measured gain does not. Over 60 samples the
        // mean gain is within three of its standard errors of nothing, while that of the luckiest is far beyond.
        let (mut measured, mut lucky) = (Vec::new(), Vec::new());
        for start in 0..60 {
            let all = payoffs(&[[5.0; 3]; 3], 4_800, 1.0);
            let cut = |p: &Payoffs| Payoffs {
                draws: p.draws[80 * start..80 * (start + 1)].to_vec(),
                attacks: p.attacks[80 * start..80 * (start + 1)].to_vec(),
                wanted: p.wanted[80 * start..80 * (start + 1)].to_vec(),
            };
            let sample: Vec<Vec<Payoffs>> = all.iter().map(|row| row.iter().map(cut).collect()).collect();
            measured.push(exploited(&sample, &labels())[1].gain.as_ref().unwrap().difference);
            let mean_of = |p: &Payoffs| mean(&p.wanted.iter().flatten().copied().collect::<Vec<_>>()).unwrap();
            lucky.push(sample[1].iter().map(mean_of).fold(f64::NEG_INFINITY, f64::max) - mean_of(&sample[1][0]));
        }
        let error = (crate::stats::variance(&measured).unwrap() / 60.0).sqrt();
        let (measured, lucky) = (mean(&measured).unwrap(), mean(&lucky).unwrap());
        assert!(measured.abs() < 3.0 * error, "{measured} {error}");
        assert!(lucky > 3.0 * error, "{lucky} {error}");
    }
}
