//! What silence takes from the belief of all files of a group: a constant fall that fades as evidence does.

use std::cell::Cell;

/// The integral `∫ fall · e^(−λ (t − s)) ds` of a fall that is constant from one change to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Silence {
    taken: f64,
    since: f64,
    fall: f64,
    /// What was last asked for, by days since and decay: many files of a group are looked at in one moment.
    asked: Cell<(f64, f64, f64)>,
}

impl Silence {
    /// What has been taken away by now; exactly 0 where nothing ever fell.
    #[inline]
    pub(crate) fn at(&self, now: f64, decay: f64) -> f64 {
        if self.taken == 0.0 && self.fall == 0.0 {
            return 0.0;
        }
        let days = now - self.since;
        let asked = self.asked.get();
        if (asked.0, asked.1) == (days, decay) {
            return asked.2;
        }
        let fresh = if decay > 0.0 { -libm::expm1(-decay * days) / decay } else { days };
        let taken = self.taken * libm::exp(-decay * days) + self.fall * fresh;
        self.asked.set((days, decay, taken));
        taken
    }

    /// What falls a day.
    pub(crate) fn fall(&self) -> f64 {
        self.fall
    }

    /// Falls at another rate from now on; returns whether anything changed.
    pub(crate) fn set(&mut self, now: f64, decay: f64, fall: f64) -> bool {
        if self.fall.to_bits() == fall.to_bits() {
            return false;
        }
        self.settle(now, decay);
        self.fall = fall;
        // Nothing has fallen at the new rate yet.
        self.asked.set((0.0, decay, self.taken));
        true
    }

    /// Takes in what has fallen so far, before the decay changes.
    pub(crate) fn settle(&mut self, now: f64, decay: f64) {
        self.taken = self.at(now, decay);
        self.since = now;
        self.asked.set((0.0, decay, self.taken));
    }
}

/// The groups of open files that show the same, and so lose the same by silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Group {
    /// Not open: nothing is looked for, and silence says nothing.
    #[default]
    Closed,
    /// Open, with the hours of an ordinary file.
    Open,
    /// Open, and hot enough for more hours.
    Hot,
    /// Watched day and night, the team in place.
    Watched,
}

impl Group {
    /// Those in which files are looked at.
    pub(crate) const SEEN: [Self; 3] = [Self::Open, Self::Hot, Self::Watched];

    /// How many there are.
    pub(crate) const COUNT: usize = 4;
}

/// How the evidence of a file comes down towards a level, if nothing is seen and nothing else changes.
///
/// `fading` decays at `fade`, pulled down by `fall` a day; `lasting` decays at `last`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descent {
    pub(crate) level: f64,
    pub(crate) fading: f64,
    pub(crate) fade: f64,
    pub(crate) fall: f64,
    pub(crate) lasting: f64,
    pub(crate) last: f64,
}

/// The rounding of [`Descent::above`], as a part of the sum of all its terms: some six roundings of 1.1 · 10⁻¹⁶ each,
/// taken three times.
const ROUNDING: f64 = 2e-15;

impl Descent {
    /// How far evidence stands above the level so many days from now.
    fn above(&self, days: f64) -> f64 {
        let fresh = if self.fade > 0.0 { -libm::expm1(-self.fade * days) / self.fade } else { days };
        let fading = self.fading * libm::exp(-self.fade * days) - self.fall * fresh;
        fading + self.lasting * libm::exp(-self.last * days) - self.level
    }

    /// The same at this moment.
    fn above_now(&self) -> f64 {
        self.fading + self.lasting - self.level
    }

    /// Whether evidence only falls, more slowly with time, so that what holds at one day holds before or after it.
    fn only_falls(&self) -> bool {
        self.fade > 0.0 && self.lasting >= 0.0 && self.last >= 0.0 && self.fading + self.fall / self.fade > 0.0
    }

    /// A distance from the level beyond which no rounding changes the sign, here or on the far side of here.
    fn doubt(&self) -> f64 {
        2.0 * ROUNDING * (self.fading.abs() + self.fall / self.fade + self.lasting.abs() + self.level.abs())
    }

    /// Whether evidence is above the level on all days up to this one, beyond any rounding.
    fn surely_above(&self, days: f64) -> bool {
        self.only_falls() && self.above(days) > self.doubt()
    }

    /// Whether evidence is below the level on all days from this one on, beyond any rounding.
    fn surely_below(&self, days: f64) -> bool {
        self.only_falls() && self.above(days) < -self.doubt()
    }

    /// Whether the level is reached after so many days, found at less cost than the day itself; if in doubt, no.
    /// `days` has to be further from the day than any rounding of it.
    pub(crate) fn surely_after(&self, days: f64) -> bool {
        if self.lasting != 0.0 {
            return self.surely_above(days);
        }
        // ln(1 + x) is at least x ⁄ (1 + x).
        let after = |x: f64| x > 0.0 && x > days * self.fade * (1.0 + x);
        self.fade > 0.0 && self.above_now() > 0.0 && self.ratio().is_none_or(after)
    }

    /// Whether the level is reached before so many days.
    pub(crate) fn surely_before(&self, days: f64) -> bool {
        if self.lasting != 0.0 {
            return self.surely_below(days);
        }
        // ln(1 + x) is at most x.
        self.fade > 0.0 && self.ratio().is_some_and(|x| x < days * self.fade)
    }

    /// The first time from now on at which `fading + lasting ≤ level`, at most `most` days away; infinity if it is
    /// not reached by then.
    pub(crate) fn days(&self, most: f64) -> f64 {
        if self.above_now() <= 0.0 {
            return 0.0;
        }
        if self.lasting == 0.0 {
            let days = self.days_of_one();
            return if days <= most { days } else { f64::INFINITY };
        }
        if self.surely_above(most) {
            return f64::INFINITY;
        }
        let (before, after) = self.around();
        // Only between the two a sign must be looked at; outside it is known, and what comes out is the same.
        let is_above = |days: f64| days <= before || (days < after && self.above(days) > 0.0);
        let (mut low, mut high) = (0.0, 1.0_f64.min(most));
        while is_above(high) {
            if high >= most {
                return f64::INFINITY;
            }
            low = high;
            high = (2.0 * high).min(most);
        }
        // Halving until the bits are used up: about fifty steps, and the same on every machine.
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if is_above(middle) { low = middle } else { high = middle }
        }
        high
    }

    /// Without anything that fades otherwise, by logarithms: level = value · e^(−λ t) − fall · (1 − e^(−λ t)) ⁄ λ.
    fn days_of_one(&self) -> f64 {
        if self.fade == 0.0 {
            return (self.fading - self.level) / self.fall;
        }
        self.ratio().map_or(f64::INFINITY, |x| libm::log1p(x) / self.fade)
    }

    /// e^(λ t) − 1 of the day t on which what fades reaches the level; none if it never does.
    fn ratio(&self) -> Option<f64> {
        let room = self.level + self.fall / self.fade;
        (room > 0.0).then(|| (self.fading - self.level) / room)
    }

    /// A day until which evidence is above the level and one from which on it is not, both beyond any rounding and as
    /// near to each other as they are easily found; 0 and infinity where they are not.
    fn around(&self) -> (f64, f64) {
        let unknown = (0.0, f64::INFINITY);
        if !self.only_falls() {
            return unknown;
        }
        // A falling curve that bends upwards: Newton's steps from above the level never pass it.
        let (whole, floor) = (self.fading + self.fall / self.fade, self.level + self.fall / self.fade);
        let (mut days, mut slope) = (0.0, 0.0);
        for _ in 0..24 {
            let (one, other) = (whole * libm::exp(-self.fade * days), self.lasting * libm::exp(-self.last * days));
            slope = one * self.fade + other * self.last;
            let step = (one + other - floor) / slope;
            days += step;
            if step.is_nan() || step < 1e-9 * days {
                break;
            }
        }
        let width = 4.0 * self.doubt() / slope + 4.0 * f64::EPSILON * days;
        let (before, after) = (days - width, days + width);
        if before > 0.0 && self.surely_above(before) && self.surely_below(after) { (before, after) } else { unknown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn silence_is_the_integral_of_a_fall_that_fades() {
        let mut silence = Silence::default();
        assert_eq!(silence.at(3.0, 0.1), 0.0);
        silence.set(1.0, 0.1, 0.5);
        silence.set(4.0, 0.1, 0.2);
        // By hand, in small steps from the middle of each.
        let (mut by_hand, step) = (0.0, 1e-4);
        for i in 0..90_000 {
            let at = 1.0 + (f64::from(i) + 0.5) * step;
            let fall = if at < 4.0 { 0.5 } else { 0.2 };
            by_hand += fall * (-0.1 * (10.0 - at)).exp() * step;
        }
        assert!((silence.at(10.0, 0.1) - by_hand).abs() < 1e-8, "{} {by_hand}", silence.at(10.0, 0.1));
        let mut forgets_nothing = Silence::default();
        forgets_nothing.set(0.0, 0.0, 0.25);
        assert_eq!(forgets_nothing.at(8.0, 0.0), 2.0);
    }

    fn days_to(level: f64, (fading, fade, fall): (f64, f64, f64), (lasting, last): (f64, f64), most: f64) -> f64 {
        Descent { level, fading, fade, fall, lasting, last }.days(most)
    }

    /// Bit for bit what comes out when every sign is looked at.
    fn by_looking_everywhere(descent: &Descent, most: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0_f64.min(most));
        while descent.above(high) > 0.0 {
            if high >= most {
                return f64::INFINITY;
            }
            (low, high) = (high, (2.0 * high).min(most));
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if descent.above(middle) > 0.0 { low = middle } else { high = middle }
        }
        high
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn looking_only_where_signs_are_in_doubt_changes_no_bit(
            fading in -4.0..8.0_f64, fade in prop_oneof![Just(0.0), 1e-4..0.2_f64], fall in 0.0..0.3_f64,
            lasting in prop_oneof![-1.0..0.0_f64, 1e-6..4.0_f64, 0.01..4.0_f64], last in 1e-5..0.01_f64,
            down in prop_oneof![1e-9..1e-3_f64, 1e-3..6.0_f64], most in 0.0..3_000.0_f64,
        ) {
            let descent = Descent { level: fading + lasting - down, fading, fade, fall, lasting, last };
            prop_assume!(descent.above_now() > 0.0);
            let (fast, slow) = (descent.days(most), by_looking_everywhere(&descent, most));
            prop_assert_eq!(fast.to_bits(), slow.to_bits());
            if slow < f64::INFINITY {
                prop_assert!(!descent.surely_above(slow) && !descent.surely_below(slow * (1.0 - f64::EPSILON)));
            }
        }
    }

    #[test]
    fn a_level_is_reached_when_it_should_be() {
        // No memory lost: a straight line.
        assert!((days_to(1.0, (3.0, 0.0, 0.5), (0.0, 0.0), 100.0) - 4.0).abs() < 1e-12);
        // Fading alone: an exponential.
        assert!((days_to(1.0, (3.0, 0.1, 0.0), (0.0, 0.0), 100.0) - 10.0 * 3f64.ln()).abs() < 1e-9);
        // A level below where silence leads is never reached; nor is one beyond the horizon.
        assert_eq!(days_to(-6.0, (3.0, 0.1, 0.5), (0.0, 0.0), 1e6), f64::INFINITY);
        assert_eq!(days_to(1.0, (3.0, 0.0, 0.5), (0.0, 0.0), 3.9), f64::INFINITY);
        assert_eq!(days_to(5.0, (3.0, 0.0, 0.5), (0.0, 0.0), 10.0), 0.0);
        // Lasting evidence holds it up.
        let days = days_to(1.0, (3.0, 0.1, 0.2), (0.8, 0.001), 1e4);
        let left = 3.0 * (-0.1 * days).exp() - 2.0 * (1.0 - (-0.1 * days).exp()) + 0.8 * (-0.001 * days).exp();
        assert!((left - 1.0).abs() < 1e-9, "{days} {left}");
    }
}
