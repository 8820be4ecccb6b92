//! Kaplan's terror queue, solved as a Markov chain, with or without false leads that take agents' time.

use super::VerificationError;
use super::chain::{Move, stationary};

/// The rates of the chain (Kaplan, Operations Research 58(4), 2010), per day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TerrorQueue {
    /// α: plots that begin.
    pub arrival: f64,
    /// μ: attack of one undetected plot.
    pub attack: f64,
    /// f: agents.
    pub agents: u32,
    /// δ: detection of one undetected plot by one free agent.
    pub detection: f64,
    /// ρ: interdiction of one detected plot; a false lead is cleared at the same rate.
    pub interdiction: f64,
    /// φ: false leads, each of which takes a free agent, or waits for one, until it is cleared.
    pub false_leads: f64,
}

/// What the chain says in its steady state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Steady {
    /// E\[X\]: undetected plots.
    pub undetected: f64,
    /// E\[Y\]: detected plots that are not ended yet.
    pub detected: f64,
    /// Agents with a plot or a false lead.
    pub busy: f64,
    /// θ: share of plots prevented, ρ E\[Y\] ⁄ α.
    pub prevented: f64,
}

/// A range of states of one count.
#[derive(Clone, Copy, Debug)]
struct Window {
    low: usize,
    high: usize,
}

impl Window {
    fn around(mean: f64, sd: f64, least: usize, most: usize) -> Self {
        let (low, high) = ((mean - sd).floor().max(0.0) as usize, (mean + sd).ceil() as usize);
        Self { low: low.clamp(least, most), high: high.clamp(least, most) }
    }

    fn count(self) -> usize {
        self.high - self.low + 1
    }
}

/// Probability that may lie outside a window before it is made wider.
const OUTSIDE: f64 = 1e-11;
/// Most multiplications that a solution may take; some seconds.
const MOST_WORK: f64 = 3e9;
/// Most numbers that it may hold at a time.
const MOST_NUMBERS: f64 = 4e7;

impl TerrorQueue {
    /// Solves the chain; the states kept are widened until what is left out does not matter.
    ///
    /// # Errors
    /// [`VerificationError::TooLarge`] if the states that matter are too many.
    pub(crate) fn solve(&self) -> Result<Steady, VerificationError> {
        // X never exceeds, in law, the plots that there would be without detection: Poisson with mean α ⁄ μ.
        let fluid = self.arrival / self.attack;
        let most = (fluid + 9.0 * fluid.sqrt() + 30.0) as usize;
        let agents = self.agents as usize;
        let false_mean = self.false_leads / self.interdiction;
        let v = if self.false_leads > 0.0 {
            Window::around(false_mean, 8.0 * false_mean.sqrt() + 10.0, 0, usize::MAX)
        } else {
            Window { low: 0, high: 0 }
        };
        let (mean_x, mean_y) = self.balance(false_mean);
        let mut x = Window::around(mean_x, 8.0 * mean_x.sqrt() + 20.0, 0, most);
        let mut y = Window::around(mean_y, 8.0 * mean_y.sqrt() + 10.0, 0, agents);
        loop {
            let (steady, edges) = self.within(x, y, v)?;
            let too_narrow = [
                x.low > 0 && edges[0] > OUTSIDE,
                x.high < most && edges[1] > OUTSIDE,
                y.low > 0 && edges[2] > OUTSIDE,
                y.high < agents && edges[3] > OUTSIDE,
            ];
            if too_narrow == [false; 4] {
                return Ok(steady);
            }
            let (wider_x, wider_y) = (x.count() / 2 + 1, y.count() / 2 + 1);
            if too_narrow[0] {
                x.low = x.low.saturating_sub(wider_x);
            }
            if too_narrow[1] {
                x.high = (x.high + wider_x).min(most);
            }
            if too_narrow[2] {
                y.low = y.low.saturating_sub(wider_y);
            }
            if too_narrow[3] {
                y.high = (y.high + wider_y).min(agents);
            }
        }
    }

    /// The fluid limit: α = μx + ρy and δx(f − y) = ρy; only a place to begin.
    fn balance(&self, false_mean: f64) -> (f64, f64) {
        let agents = (f64::from(self.agents) - false_mean).max(0.0);
        let (mut low, mut high) = (0.0, agents.min(self.arrival / self.interdiction));
        for _ in 0..200 {
            let y = 0.5 * (low + high);
            let x = (self.arrival - self.interdiction * y) / self.attack;
            if self.detection * x * (agents - y) > self.interdiction * y { low = y } else { high = y }
        }
        (((self.arrival - self.interdiction * low) / self.attack).max(0.0), low)
    }

    /// Solves on the states given; also the probabilities of the lowest and highest x and y.
    fn within(&self, x: Window, y: Window, v: Window) -> Result<(Steady, [f64; 4]), VerificationError> {
        // Either count can be the level; the other one, with the false leads, makes the phases.
        let by_x = x.count() >= y.count();
        let (level, inner) = if by_x { (x, y) } else { (y, x) };
        let (levels, wide) = (level.count(), v.count());
        let phases = inner.count() * wide;
        let (numbers, size) = ((levels * phases) as f64 * phases as f64, phases as f64);
        if numbers > MOST_NUMBERS || numbers * size > MOST_WORK {
            return Err(VerificationError::TooLarge(format!(
                "the chain of the terror queue has about {} states that matter, too many to solve exactly; lower \
                 arrival_per_day against attack_per_day and interdiction_per_day, or lower agents",
                levels * phases
            )));
        }
        let state = |l: usize, phase: usize| {
            let (outer, within) = (level.low + l, inner.low + phase / wide);
            let (x, y) = if by_x { (outer, within) } else { (within, outer) };
            (x, y, v.low + phase % wide)
        };
        let place = |dx: i8, dy: i8, dv: i8, phase: usize| -> Option<(i8, usize)> {
            let (step, move_inner) = if by_x { (dx, dy) } else { (dy, dx) };
            let within = (phase / wide).checked_add_signed(isize::from(move_inner))?;
            let false_leads = (phase % wide).checked_add_signed(isize::from(dv))?;
            (within < inner.count() && false_leads < wide).then(|| (step, within * wide + false_leads))
        };
        let p = stationary(levels, phases, |l, phase, out: &mut Vec<Move>| {
            let (x, y, v) = state(l, phase);
            let free = (self.agents as usize).saturating_sub(y + v);
            let rates = [
                (1, 0, 0, self.arrival),
                (-1, 0, 0, self.attack * x as f64),
                (-1, 1, 0, self.detection * x as f64 * free as f64),
                (0, -1, 0, self.interdiction * y as f64),
                (0, 0, 1, self.false_leads),
                (0, 0, -1, self.interdiction * v as f64),
            ];
            for (dx, dy, dv, rate) in rates {
                if rate > 0.0
                    && let Some((step, to)) = place(dx, dy, dv, phase)
                {
                    out.push((step, to, rate));
                }
            }
        });
        let mut sums = [0.0; 3];
        let mut edges = [0.0; 4];
        for (i, &p) in p.iter().enumerate() {
            let (i_x, i_y, i_v) = state(i / phases, i % phases);
            sums[0] += p * i_x as f64;
            sums[1] += p * i_y as f64;
            sums[2] += p * (i_y + i_v).min(self.agents as usize) as f64;
            for (edge, hit) in edges.iter_mut().zip([i_x == x.low, i_x == x.high, i_y == y.low, i_y == y.high]) {
                *edge += if hit { p } else { 0.0 };
            }
        }
        let [undetected, detected, busy] = sums;
        Ok((Steady { undetected, detected, busy, prevented: self.interdiction * detected / self.arrival }, edges))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(arrival: f64, attack: f64, agents: u32, detection: f64, interdiction: f64) -> TerrorQueue {
        TerrorQueue { arrival, attack, agents, detection, interdiction, false_leads: 0.0 }
    }

    #[test]
    fn check_values_of_the_chain() {
        let rows = [
            (queue(1.0 / 3.0, 0.2 / 9.0, 10, 0.8 / 82.8, 1.0 / 3.0), [3.0042, 0.7997, 0.7997]),
            (queue(1.0, 0.1, 5, 0.05, 0.25), [4.3332, 2.2667, 0.5667]),
        ];
        for (queue, wanted) in rows {
            let found = queue.solve().expect("small");
            for (found, wanted) in [found.undetected, found.detected, found.prevented].iter().zip(wanted) {
                assert!((found - wanted).abs() < 5e-5, "{found} against {wanted}");
            }
        }
    }

    #[test]
    fn every_plot_that_begins_ends() {
        // α = μE[X] + ρE[Y] in every regime: idle, in balance, deep saturation, one agent, none, many.
        for (arrival, attack, agents, detection, interdiction) in [
            (0.01, 1.0, 3, 1e-4, 5.0),
            (5.0, 0.01, 4, 0.5, 0.2),
            (50.0, 0.05, 20, 0.01, 0.5),
            (1.0, 0.1, 1, 10.0, 0.01),
            (1.0, 0.1, 0, 0.5, 0.1),
            (1.0, 0.1, 5, 0.0, 0.1),
            (30.0, 0.5, 300, 0.02, 0.2),
        ] {
            let q = queue(arrival, attack, agents, detection, interdiction);
            let s = q.solve().expect("small enough");
            let out = attack * s.undetected + interdiction * s.detected;
            assert!((out / arrival - 1.0).abs() < 1e-8, "{q:?}: {out} against {arrival}");
            assert!(s.detected <= f64::from(agents) && s.prevented <= 1.0);
        }
    }

    #[test]
    fn one_agent_and_no_attack_in_time_is_a_single_server() {
        // With μ → 0 and δ → ∞ every free agent takes a plot at once: busy = α ⁄ ρ.
        let s = queue(0.5, 1e-3, 1, 1e3, 1.0).solve().expect("small");
        assert!((s.detected - 0.5).abs() < 2e-3, "{}", s.detected);
    }

    #[test]
    fn false_leads_that_fill_all_agents_prevent_nothing() {
        let plain = TerrorQueue { false_leads: 0.0, ..queue(0.5, 0.1, 3, 0.2, 0.5) };
        let flooded = TerrorQueue { false_leads: 20.0, ..plain };
        assert!(plain.solve().expect("small").prevented > 0.5);
        let s = flooded.solve().expect("small");
        assert!(s.prevented < 1e-6 && (s.busy - 3.0).abs() < 1e-6, "{s:?}");
        // A few of them: fewer plots prevented, never more; their own number is Poisson whatever the plots do.
        let few = TerrorQueue { false_leads: 0.5, ..plain }.solve().expect("small");
        assert!(few.prevented < plain.solve().expect("small").prevented);
    }
}
