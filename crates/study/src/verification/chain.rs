//! The stationary law of a finite Markov chain whose level moves by at most one, by block elimination.

/// Where a state can go: the change of level, the phase there, the rate.
pub(super) type Move = (i8, usize, f64);

/// Probabilities by level and phase, `levels × phases` long.
///
/// Levels are eliminated from the top (linear level reduction; Gaver, Jacobs and Latouche 1984, Advances in
/// Applied Probability 16, 715–731); the censored chain on the lowest level is solved by the algorithm of
/// Grassmann, Taksar and Heyman (1985, Operations Research 33, 1107–1116). No step subtracts: a level's way out is
/// its way down, since who goes up comes back, and this takes the place of diagonals. Plain elimination loses all
/// digits where the chain drifts upwards. Moves out of the levels given are dropped, as if the chain were reflected
/// there. From every phase of every level but the lowest some way must lead down, and phase 0 of the lowest level must be
/// reachable from every state.
pub(super) fn stationary(levels: usize, phases: usize, moves: impl Fn(usize, usize, &mut Vec<Move>)) -> Vec<f64> {
    let m = phases;
    let mut down_from_above: Entries = Vec::new();
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); levels];
    let mut within = vec![0.0; m * m];
    let mut above: Vec<f64> = Vec::new();
    for level in (0..levels).rev() {
        let (up, down) = fill(level, levels, m, &moves, &mut within);
        if level + 1 < levels {
            // R = up · (−S above)⁻¹; then the rates within this level, those by way of the levels above included.
            let mut ratio = vec![0.0; m * m];
            for &(from, to, rate) in &up {
                for j in 0..m {
                    ratio[from * m + j] += rate * above[to * m + j];
                }
            }
            for i in 0..m {
                for &(from, to, rate) in &down_from_above {
                    within[i * m + to] += ratio[i * m + from] * rate;
                }
            }
            ratios[level + 1] = ratio;
        }
        if level > 0 {
            let mut exits = vec![0.0; m];
            for &(from, _, rate) in &down {
                exits[from] += rate;
            }
            above = inverse(&mut within, &mut exits, m);
        }
        down_from_above = down;
    }
    spread(&grassmann(&mut within, m), &ratios, levels, m)
}

type Entries = Vec<(usize, usize, f64)>;

/// The rates within a level, its way up and its way down.
fn fill(
    level: usize,
    levels: usize,
    m: usize,
    moves: &impl Fn(usize, usize, &mut Vec<Move>),
    within: &mut [f64],
) -> (Entries, Entries) {
    within.fill(0.0);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    let mut list = Vec::new();
    for phase in 0..m {
        list.clear();
        moves(level, phase, &mut list);
        for &(step, to, rate) in &list {
            match step {
                1 if level + 1 < levels => up.push((phase, to, rate)),
                -1 if level > 0 => down.push((phase, to, rate)),
                0 => within[phase * m + to] += rate,
                _ => {}
            }
        }
    }
    (up, down)
}

/// Inverts diag(exits + row sums) − rates, given the rates between states and the rates out of all of them
/// (the triplet form of Alfa, Xue and Ye 2002, Mathematics of Computation 71, 217–236: nothing is subtracted).
fn inverse(rates: &mut [f64], exits: &mut [f64], m: usize) -> Vec<f64> {
    let mut pivots = vec![0.0; m];
    for k in 0..m {
        pivots[k] = exits[k] + rates[k * m + k + 1..(k + 1) * m].iter().sum::<f64>();
        let (done, rest) = rates.split_at_mut((k + 1) * m);
        let row = &done[k * m..];
        for (i, other) in (k + 1..m).zip(rest.chunks_exact_mut(m)) {
            let share = other[k] / pivots[k];
            other[k] = share;
            if share > 0.0 {
                for (x, r) in other[k + 1..].iter_mut().zip(&row[k + 1..]) {
                    *x += share * r;
                }
                exits[i] += share * exits[k];
            }
        }
    }
    // Forward and back substitution for all unit vectors at once, row by row.
    let mut out = vec![0.0; m * m];
    for i in 0..m {
        let (done, rest) = out.split_at_mut(i * m);
        rest[i] = 1.0;
        for (j, from) in done.chunks_exact(m).enumerate() {
            add(&mut rest[..m], from, rates[i * m + j]);
        }
    }
    for i in (0..m).rev() {
        let (head, tail) = out.split_at_mut((i + 1) * m);
        let row = &mut head[i * m..];
        for (j, from) in tail.chunks_exact(m).enumerate() {
            add(row, from, rates[i * m + i + 1 + j]);
        }
        for x in row {
            *x /= pivots[i];
        }
    }
    out
}

fn add(into: &mut [f64], from: &[f64], factor: f64) {
    if factor != 0.0 {
        for (x, y) in into.iter_mut().zip(from) {
            *x += factor * y;
        }
    }
}

/// The stationary law of a small chain from the rates between its states, by elimination without subtraction.
fn grassmann(a: &mut [f64], m: usize) -> Vec<f64> {
    for k in (1..m).rev() {
        let out: f64 = a[k * m..k * m + k].iter().sum();
        for i in 0..k {
            let share = a[i * m + k] / out;
            a[i * m + k] = share;
            if share > 0.0 {
                for j in (0..k).filter(|&j| j != i) {
                    a[i * m + j] += share * a[k * m + j];
                }
            }
        }
    }
    let mut p = vec![0.0; m];
    p[0] = 1.0;
    for k in 1..m {
        p[k] = (0..k).map(|i| p[i] * a[i * m + k]).sum();
    }
    p
}

/// From the lowest level upwards, kept in range however far the levels lie apart in probability.
fn spread(lowest: &[f64], ratios: &[Vec<f64>], levels: usize, m: usize) -> Vec<f64> {
    let mut all = vec![0.0; levels * m];
    all[..m].copy_from_slice(lowest);
    for level in 1..levels {
        let (done, rest) = all.split_at_mut(level * m);
        let below = &done[(level - 1) * m..];
        let here = &mut rest[..m];
        for (i, &p) in below.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            for (x, r) in here.iter_mut().zip(&ratios[level][i * m..(i + 1) * m]) {
                *x += p * r;
            }
        }
        let size: f64 = here.iter().sum();
        if size > 1e200 {
            for x in &mut all[..(level + 1) * m] {
                *x /= size;
            }
        }
    }
    let total: f64 = all.iter().sum();
    for x in &mut all {
        *x /= total;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tandem_of_two_queues_has_its_product_form() {
        // Jackson's network cut off far out: π(i, j) ∝ (λ/a)^i (λ/b)^j.
        let (arrival, first, second) = (1.0, 2.0, 4.0);
        let n = 60;
        let p = stationary(n, n, |i, j, out| {
            out.push((1, j, arrival));
            if i > 0 && j + 1 < n {
                out.push((-1, j + 1, first));
            }
            if j > 0 {
                out.push((0, j - 1, second));
            }
        });
        for (i, j) in [(0, 0), (1, 0), (0, 3), (5, 2)] {
            let wanted = 0.5_f64.powi(i as i32) * 0.5 * 0.25_f64.powi(j as i32) * 0.75;
            assert!((p[i * n + j] - wanted).abs() < 1e-12, "{i} {j}: {} against {wanted}", p[i * n + j]);
        }
    }

    #[test]
    fn levels_far_apart_in_probability_stay_in_range() {
        // M/M/∞ with mean 2,000: the lowest level has probability e^−2000.
        let p = stationary(2_600, 1, |i, _, out| out.extend([(1, 0, 2_000.0), (-1, 0, i as f64)]));
        let mean: f64 = p.iter().enumerate().map(|(i, p)| i as f64 * p).sum();
        assert!((mean - 2_000.0).abs() < 1e-6, "{mean}");
    }
}
