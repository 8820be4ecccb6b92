//! What silence takes from the belief of all files of a group: a constant fall that fades as evidence does.

/// The integral `∫ fall · e^(−λ (t − s)) ds` of a fall that is constant from one change to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Silence {
    taken: f64,
    since: f64,
    fall: f64,
}

impl Silence {
    /// What has been taken away by now; exactly 0 where nothing ever fell.
    #[inline]
    pub(crate) fn at(&self, now: f64, decay: f64) -> f64 {
        if self.taken == 0.0 && self.fall == 0.0 {
            return 0.0;
        }
        let days = now - self.since;
        let fresh = if decay > 0.0 { -libm::expm1(-decay * days) / decay } else { days };
        self.taken * libm::exp(-decay * days) + self.fall * fresh
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
        true
    }

    /// Takes in what has fallen so far, before the decay changes.
    pub(crate) fn settle(&mut self, now: f64, decay: f64) {
        self.taken = self.at(now, decay);
        self.since = now;
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

/// When the evidence of a file comes down to a level, if nothing is seen and nothing else changes.
///
/// `fading` decays at `fade`, pulled down by `fall` a day; `lasting` decays at `last`. The first time from now on at
/// which `fading + lasting ≤ level`, at most `most` days away; infinity if it is not reached by then.
pub(crate) fn days_to(level: f64, fading: (f64, f64, f64), lasting: (f64, f64), most: f64) -> f64 {
    let (value, fade, fall) = fading;
    let above = |days: f64| {
        let fresh = if fade > 0.0 { -libm::expm1(-fade * days) / fade } else { days };
        value * libm::exp(-fade * days) - fall * fresh + lasting.0 * libm::exp(-lasting.1 * days) - level
    };
    if above(0.0) <= 0.0 {
        return 0.0;
    }
    if lasting.0 == 0.0 {
        // Without anything that fades otherwise, by logarithms: level = value · e^(−λ t) − fall · (1 − e^(−λ t)) ⁄ λ.
        let days = if fade == 0.0 {
            (value - level) / fall
        } else if level + fall / fade > 0.0 {
            libm::log1p((value - level) / (level + fall / fade)) / fade
        } else {
            f64::INFINITY
        };
        return if days <= most { days } else { f64::INFINITY };
    }
    let (mut low, mut high) = (0.0, 1.0_f64.min(most));
    while above(high) > 0.0 {
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
        if above(middle) > 0.0 { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

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
