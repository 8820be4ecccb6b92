//! What second opinions in plain steps share: a generator of their own, and means held against the engine's.

/// A plain generator: nothing of the engine is used here (Steele, Lea and Flood 2014).
pub(crate) struct Coin(u64);

impl Coin {
    /// The generator of one run.
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_F491_4F6C_DD1D))
    }

    /// A number from 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Which of two competing events happens within a step, if any.
    pub(crate) fn race(&mut self, first: f64, second: f64, step: f64) -> Option<bool> {
        let all = first + second;
        (self.unit() < -(-all * step).exp_m1()).then(|| self.unit() * all < first)
    }
}

/// Means and their standard errors.
pub(crate) type Means<const N: usize> = [(f64, f64); N];

pub(crate) fn means<const N: usize>(runs: &[[f64; N]]) -> Means<N> {
    let n = runs.len() as f64;
    std::array::from_fn(|i| {
        let mean = runs.iter().map(|r| r[i]).sum::<f64>() / n;
        let variance = runs.iter().map(|r| (r[i] - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, (variance / n).sqrt())
    })
}

/// What steps of nothing would give, from two small steps: the error of first order cancels.
pub(crate) fn extrapolated<const N: usize>(half: &Means<N>, quarter: &Means<N>) -> Means<N> {
    std::array::from_fn(|i| (2.0 * quarter[i].0 - half[i].0, (4.0 * quarter[i].1.powi(2) + half[i].1.powi(2)).sqrt()))
}

/// The greatest distance of two sets of means in standard errors.
pub(crate) fn apart<const N: usize>(a: &Means<N>, b: &Means<N>) -> f64 {
    (0..N).map(|i| (a[i].0 - b[i].0).abs() / (a[i].1.powi(2) + b[i].1.powi(2)).sqrt()).fold(0.0, f64::max)
}
