//! One ancestor in a linear birth–death process: mean, births and extinction by a given time.

/// Births β and deaths γ per head, watched for a time t (Kendall 1948; Karlin and Taylor 1975, chapter 4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Family {
    /// β: births per head and day.
    pub birth: f64,
    /// γ: deaths per head and day.
    pub death: f64,
    /// t: days.
    pub days: f64,
}

impl Family {
    /// Mean size: e^((β − γ) t).
    pub(crate) fn mean(&self) -> f64 {
        libm::exp((self.birth - self.death) * self.days)
    }

    /// Mean number of births: β (e^((β − γ) t) − 1) ⁄ (β − γ).
    pub(crate) fn births(&self) -> f64 {
        let rate = self.birth - self.death;
        let exposure = if rate == 0.0 { self.days } else { libm::expm1(rate * self.days) / rate };
        self.birth * exposure
    }

    /// Probability that nobody is left: γ (E − 1) ⁄ (β E − γ) with E = e^((β − γ) t).
    pub(crate) fn extinct(&self) -> f64 {
        let rate = self.birth - self.death;
        if self.death == 0.0 {
            return 0.0;
        }
        if rate == 0.0 {
            return self.birth * self.days / (1.0 + self.birth * self.days);
        }
        // β E − γ = rate + β (E − 1): no difference of like numbers.
        let grown = libm::expm1(rate * self.days);
        self.death * grown / (rate + self.birth * grown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        // In the long run a growing family dies out with probability γ ⁄ β, a shrinking one surely.
        let grows = Family { birth: 0.06, death: 0.04, days: 1e4 };
        assert!((grows.extinct() - 2.0 / 3.0).abs() < 1e-12);
        let shrinks = Family { birth: 0.04, death: 0.06, days: 1e4 };
        assert!((shrinks.extinct() - 1.0).abs() < 1e-12 && (shrinks.births() - 2.0).abs() < 1e-12);
        // Pure death, pure birth, and the critical family as the limit of its neighbours.
        let dies = Family { birth: 0.0, death: 0.1, days: 7.0 };
        assert!((dies.extinct() - (1.0 - (-0.7_f64).exp())).abs() < 1e-12);
        assert_eq!(Family { death: 0.0, ..grows }.extinct(), 0.0);
        let critical = Family { birth: 0.05, death: 0.05, days: 40.0 };
        let near = Family { birth: 0.05 * (1.0 + 1e-9), ..critical };
        assert!((critical.extinct() - near.extinct()).abs() < 1e-6);
        assert!((critical.births() - 2.0).abs() < 1e-12 && (critical.mean() - 1.0).abs() < 1e-12);
    }
}
