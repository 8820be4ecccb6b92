//! Two sides with opposite interests and finitely many choices: what the game is worth, and the mixtures that secure it.
//!
//! The rows are the choices of the side that wants little, the columns those of the side that wants much. By von Neumann's
//! theorem both have mixtures that secure one value against whatever the other does; they are the solutions of a pair of
//! dual linear programs (Dantzig 1951), found here by the simplex method with Bland's rule, which cannot cycle.

/// A solved game.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixGame {
    /// What both sides can secure: in the unit of the payoffs.
    pub value: f64,
    /// With which probability the side that wants little takes each row.
    pub rows: Vec<f64>,
    /// With which probability the side that wants much takes each column.
    pub columns: Vec<f64>,
}

/// Below this a reduced cost counts as none; payoffs are scaled to lie from 1 to 2.
const SMALL: f64 = 1e-12;

/// Solves a game; `None` for one without rows or columns, with rows of unequal length, or with a payoff that is not finite.
pub(crate) fn solve(payoffs: &[Vec<f64>]) -> Option<MatrixGame> {
    let columns = payoffs.first()?.len();
    let all = || payoffs.iter().flatten().copied();
    if columns == 0 || payoffs.iter().any(|row| row.len() != columns) || !all().all(f64::is_finite) {
        return None;
    }
    let (low, high) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    // Scaled, so that one measure of "small" serves every unit, and above 0, so that the value is.
    let scale = if high > low { high - low } else { 1.0 };
    let scaled: Vec<Vec<f64>> =
        payoffs.iter().map(|row| row.iter().map(|x| 1.0 + (x - low) / scale).collect()).collect();
    let (sum, first, second) = Tableau::new(&scaled, columns).solve();
    let share = |x: Vec<f64>| x.into_iter().map(|x| x.max(0.0) / sum).collect();
    Some(MatrixGame { value: low + scale * (1.0 / sum - 1.0), rows: share(first), columns: share(second) })
}

/// Most sum x with Σᵢ xᵢ bᵢⱼ ≤ 1 for every column j, x ≥ 0: feasible at 0, and bounded since b is above 0.
struct Tableau {
    /// One line a constraint: coefficients of x, of the slacks, and the right side.
    lines: Vec<Vec<f64>>,
    /// Reduced costs, and less the sum so far.
    costs: Vec<f64>,
    /// Which variable each line solves for.
    basis: Vec<usize>,
    rows: usize,
}

impl Tableau {
    fn new(b: &[Vec<f64>], columns: usize) -> Self {
        let rows = b.len();
        let line = |j: usize| {
            let slack = (0..columns).map(|k| f64::from(u8::from(j == k)));
            b.iter().map(|row| row[j]).chain(slack).chain([1.0]).collect()
        };
        let costs = std::iter::repeat_n(1.0, rows).chain(std::iter::repeat_n(0.0, columns + 1)).collect();
        Self { lines: (0..columns).map(line).collect(), costs, basis: (rows..rows + columns).collect(), rows }
    }

    /// The greatest sum, the x that has it, and the multipliers of the constraints.
    fn solve(mut self) -> (f64, Vec<f64>, Vec<f64>) {
        let last = self.costs.len() - 1;
        while let Some(enters) = (0..last).find(|&v| self.costs[v] > SMALL) {
            let ratio = |line: &Vec<f64>| line[last] / line[enters];
            let leaves = (0..self.lines.len()).filter(|&j| self.lines[j][enters] > SMALL).min_by(|&a, &b| {
                ratio(&self.lines[a]).total_cmp(&ratio(&self.lines[b])).then(self.basis[a].cmp(&self.basis[b]))
            });
            // The program is bounded, so a line limits every variable that is worth raising.
            let Some(leaves) = leaves else { break };
            self.pivot(leaves, enters);
        }
        let mut x = vec![0.0; self.rows];
        for (line, &variable) in self.lines.iter().zip(&self.basis) {
            if let Some(place) = x.get_mut(variable) {
                *place = line[last];
            }
        }
        let multipliers = self.costs[self.rows..last].iter().map(|c| 0.0 - c).collect();
        (0.0 - self.costs[last], x, multipliers)
    }

    fn pivot(&mut self, leaves: usize, enters: usize) {
        let by = self.lines[leaves][enters];
        self.lines[leaves].iter_mut().for_each(|x| *x /= by);
        let solved = self.lines[leaves].clone();
        let others = self.lines.iter_mut().enumerate().filter(|(j, _)| *j != leaves).map(|(_, line)| line);
        for line in others.chain([&mut self.costs]) {
            let times = line[enters];
            line.iter_mut().zip(&solved).for_each(|(x, s)| *x -= times * s);
        }
        self.basis[leaves] = enters;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::{Draws, Key};

    fn near(found: &[f64], right: &[f64]) {
        assert_eq!(found.len(), right.len());
        for (a, b) in found.iter().zip(right) {
            assert!((a - b).abs() < 1e-9, "{found:?} {right:?}");
        }
    }

    #[test]
    fn games_with_known_solutions() {
        let pennies = solve(&[vec![1.0, -1.0], vec![-1.0, 1.0]]).unwrap();
        near(&[pennies.value], &[0.0]);
        near(&pennies.rows, &[0.5, 0.5]);
        near(&pennies.columns, &[0.5, 0.5]);
        // Rock, paper, scissors in which paper wins twice as much: mixtures by hand.
        let scissors = solve(&[vec![0.0, 2.0, -1.0], vec![-2.0, 0.0, 1.0], vec![1.0, -1.0, 0.0]]).unwrap();
        near(&[scissors.value], &[0.0]);
        near(&scissors.rows, &[0.25, 0.25, 0.5]);
        // A saddle point: both have one choice that is best.
        let saddle = solve(&[vec![4.0, 2.0], vec![3.0, 1.0]]).unwrap();
        near(&[saddle.value], &[3.0]);
        near(&saddle.rows, &[0.0, 1.0]);
        near(&saddle.columns, &[1.0, 0.0]);
        // Units and origin do not matter.
        let large = solve(&[vec![1e7 + 1e6, 1e7 - 1e6], vec![1e7 - 1e6, 1e7 + 1e6]]).unwrap();
        assert!((large.value - 1e7).abs() < 1e-3);
    }

    #[test]
    fn guards_are_spread_so_that_no_place_is_better_than_another() {
        // One guard, places worth v: an attack on a guarded place fails. Guarded with probability 1 − V/v, V set so that these
        // sum to 1 over the places that are worth guarding.
        let worth = [10.0, 6.0, 3.0];
        let game: Vec<Vec<f64>> =
            (0..3).map(|guarded| (0..3).map(|j| if j == guarded { 0.0 } else { worth[j] }).collect()).collect();
        let found = solve(&game).unwrap();
        let value = 2.0 / worth.iter().map(|v| 1.0 / v).sum::<f64>();
        // With all three guarded the cheapest would need a probability below 0, so two share the guard.
        assert!(value > worth[2]);
        let two = 1.0 / (1.0 / worth[0] + 1.0 / worth[1]);
        near(&[found.value], &[two]);
        near(&found.rows, &[1.0 - two / worth[0], 1.0 - two / worth[1], 0.0]);
    }

    #[test]
    fn both_mixtures_secure_the_value_of_any_game() {
        let draws = Draws::new(11, 0);
        for trial in 0..300_u64 {
            let at = |tag: u16, i: usize| draws.uniform(Key::root("games").child(tag, trial), 0, i as u32);
            let (rows, columns) = (1 + (at(0, 0) * 7.0) as usize, 1 + (at(0, 1) * 7.0) as usize);
            // Every third game is full of ties.
            let round = |x: f64| if trial % 3 == 0 { (3.0 * x).floor() } else { 200.0 * x - 50.0 };
            let game: Vec<Vec<f64>> =
                (0..rows).map(|i| (0..columns).map(|j| round(at(1, i * columns + j))).collect()).collect();
            let found = solve(&game).unwrap();
            let size = 1e-8 * game.iter().flatten().fold(1.0_f64, |m, x| m.max(x.abs()));
            assert!((found.rows.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!((found.columns.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for j in 0..columns {
                let paid: f64 = found.rows.iter().zip(&game).map(|(share, row)| share * row[j]).sum();
                assert!(paid <= found.value + size, "{trial}");
            }
            for row in &game {
                let got: f64 = row.iter().zip(&found.columns).map(|(x, p)| x * p).sum();
                assert!(got >= found.value - size, "{trial}");
            }
        }
    }

    #[test]
    fn what_is_no_game_has_no_solution() {
        assert_eq!(solve(&[]), None);
        assert_eq!(solve(&[vec![]]), None);
        assert_eq!(solve(&[vec![1.0], vec![1.0, 2.0]]), None);
        assert_eq!(solve(&[vec![f64::NAN]]), None);
        assert_eq!(solve(&[vec![3.0]]).map(|g| g.value), Some(3.0));
    }
}
