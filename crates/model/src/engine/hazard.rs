//! Hazards that are a constant plus decaying exponentials, with exact integrals and inverses.

/// One decaying part: `amplitude · exp(−(t − reference)·decay)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Hazard per day at the reference time, ≥ 0.
    pub amplitude: f64,
    /// Decay per day, > 0.
    pub decay: f64,
    /// The time (days) at which the amplitude holds. Naming it keeps an unchanged hazard equal bit for bit.
    pub reference: f64,
}

impl Term {
    /// A part that is always zero.
    pub const ZERO: Self = Self { amplitude: 0.0, decay: 1.0, reference: 0.0 };

    fn between(&self, from: f64, to: f64) -> f64 {
        if self.amplitude == 0.0 {
            return 0.0;
        }
        let start = libm::exp(-(from - self.reference) * self.decay);
        let span = -fade(-(to - from) * self.decay);
        self.amplitude / self.decay * start * span
    }

    fn at(&self, time: f64) -> f64 {
        if self.amplitude == 0.0 { 0.0 } else { self.amplitude * libm::exp(-(time - self.reference) * self.decay) }
    }
}

/// A hazard per day between two breakpoints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hazard {
    /// The constant part per day, ≥ 0.
    pub base: f64,
    /// The decaying parts.
    pub terms: [Term; 3],
}

impl Hazard {
    /// The hazard of what never happens.
    pub const ZERO: Self = Self::constant(0.0);

    /// A constant hazard.
    pub const fn constant(base: f64) -> Self {
        Self { base, terms: [Term::ZERO; 3] }
    }

    /// A constant with one decaying part.
    pub const fn with(base: f64, term: Term) -> Self {
        Self { base, terms: [term, Term::ZERO, Term::ZERO] }
    }

    /// Whether two hazards have the same bits, so that moving an anchor would be idle.
    pub fn same_bits(&self, other: &Self) -> bool {
        let bits = |h: &Self| {
            let t = h.terms;
            (h.base.to_bits(), t.map(|x| (x.amplitude.to_bits(), x.decay.to_bits(), x.reference.to_bits())))
        };
        bits(self) == bits(other)
    }

    pub(super) fn decays(&self) -> bool {
        self.terms.iter().any(|t| t.amplitude != 0.0)
    }

    /// The part of the hazard at `time` that is decaying, 0 to 1; 0 without a hazard.
    pub fn decaying_share(&self, time: f64) -> f64 {
        let whole = self.at(time);
        if self.decays() && whole > 0.0 { 1.0 - self.base / whole } else { 0.0 }
    }

    /// The hazard at `time`.
    pub fn at(&self, time: f64) -> f64 {
        self.base + self.terms.iter().map(|t| t.at(time)).sum::<f64>()
    }

    /// The integral from `from` to `to`, exact up to rounding.
    #[inline]
    pub fn integral(&self, from: f64, to: f64) -> f64 {
        let steady = self.base * (to - from);
        if self.decays() { steady + self.terms.iter().map(|t| t.between(from, to)).sum::<f64>() } else { steady }
    }

    /// The time at which the integral from `from` reaches `amount`; infinity if it never does.
    pub fn reach(&self, from: f64, amount: f64) -> f64 {
        if amount <= 0.0 {
            return from;
        }
        if !self.decays() {
            return if self.base > 0.0 { from + amount / self.base } else { f64::INFINITY };
        }
        let left: f64 = self.terms.iter().map(|t| if t.amplitude == 0.0 { 0.0 } else { t.at(from) / t.decay }).sum();
        if self.base == 0.0 && left <= amount {
            return f64::INFINITY;
        }
        self.solve(from, amount, left)
    }

    /// Newton's method kept inside a bracket; the integral is increasing and concave, so it converges.
    fn solve(&self, from: f64, amount: f64, left: f64) -> f64 {
        let mut decaying = self.terms.iter().filter(|t| t.amplitude != 0.0);
        if let (Some(term), None, true) = (decaying.next(), decaying.next(), self.base > 0.0) {
            return from + solve_one(self.base, term.at(from), term.decay, amount);
        }
        let mut low = from + amount / self.at(from);
        let mut high = if self.base > 0.0 { from + amount / self.base } else { f64::INFINITY };
        if !high.is_finite() {
            let slowest =
                self.terms.iter().filter(|t| t.amplitude > 0.0).map(|t| t.decay).fold(f64::INFINITY, f64::min);
            high = from + libm::log(left / (left - amount)).max(1.0) / slowest;
            while self.integral(from, high) < amount && high < 1e12 {
                high = from + 2.0 * (high - from);
            }
        }
        let mut time = low;
        for _ in 0..64 {
            let excess = self.integral(from, time) - amount;
            if excess > 0.0 {
                high = time;
            } else {
                low = time;
            }
            let step = time - excess / self.at(time);
            let next = if step > low && step < high { step } else { 0.5 * (low + high) };
            if next == time || (next - time).abs() <= 1e-13 * time.abs().max(1.0) {
                return next;
            }
            time = next;
        }
        time
    }
}

/// e^x − 1; next to zero, where most spans between two events lie, by the first terms of its series.
#[inline]
fn fade(x: f64) -> f64 {
    // What is left out is below 10⁻¹⁷ of the whole.
    if x.abs() > 1.0 / 64.0 {
        return libm::expm1(x);
    }
    let sixth = 1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0))));
    x * (1.0 + x * (0.5 + x * sixth))
}

/// The span in which `base · s + a ⁄ d · (1 − e^(−d s))` reaches `amount`, for base > 0: the common case, with
/// one exponential an iteration. From below, Newton's steps on a concave function never overshoot.
fn solve_one(base: f64, amplitude: f64, decay: f64, amount: f64) -> f64 {
    let whole = amplitude / decay;
    let most = amount / base;
    let mut span = amount / (base + amplitude);
    for _ in 0..64 {
        let fade = fade(-decay * span);
        let missing = amount - (base * span - whole * fade);
        let next = (span + missing / (base + amplitude * (1.0 + fade))).min(most);
        if next <= span || next - span <= 1e-14 * next {
            return next.max(span);
        }
        span = next;
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_series_agrees_with_the_library() {
        for i in -40_000..40_000 {
            let x = f64::from(i) * 0.5e-6;
            assert!((fade(x) - libm::expm1(x)).abs() <= 3e-16 * x.abs(), "{x}");
        }
    }

    proptest! {
        #[test]
        fn reach_inverts_the_integral(base in 0.0..0.5_f64, a in 0.0..3.0_f64, b in 0.0..3.0_f64,
                                      from in -300.0..2000.0_f64, amount in 1e-6..20.0_f64) {
            let hazard = Hazard { base, terms: [
                Term { amplitude: a, decay: 1.0 / 180.0, reference: from - 40.0 },
                Term { amplitude: b, decay: 1.0 / 7.0, reference: from - 1.0 },
                Term::ZERO,
            ] };
            let time = hazard.reach(from, amount);
            if time.is_finite() {
                // Rounding of the integral itself, a few units in the last place of the time's size.
                prop_assert!((hazard.integral(from, time) - amount).abs() < 1e-8 * amount.max(1.0));
            } else {
                prop_assert!(hazard.integral(from, 1e9) <= amount * (1.0 + 1e-12));
            }
        }
    }
}
