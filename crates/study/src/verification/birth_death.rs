//! Queues with Poisson arrivals, exponential service and patience: Erlang-A, and M/M/c where nobody gives up.

use super::VerificationError;

/// The steady state of a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Queue {
    /// Share of arrivals that give up.
    pub abandon: f64,
    /// Mean number waiting.
    pub waiting: f64,
    /// Mean number of busy servers.
    pub busy: f64,
    /// Share of arrivals that have to wait.
    pub delayed: f64,
}

/// Smallest weight against the mode that still counts.
const NEGLIGIBLE: f64 = 1e-18;
/// Most states that are summed.
const MOST_STATES: usize = 50_000_000;

/// Erlang-A with `arrival` λ, `service` s by each of `servers` c, `patience` ϑ (Palm 1957; Mandelbaum and Zeltyn
/// 2007): p(j) ∝ ∏ λ ⁄ (min(i, c) s + (i − c)⁺ ϑ). Without patience rate (0) it is M/M/c.
///
/// # Errors
/// [`VerificationError::NoSteadyState`] if nobody gives up and the servers cannot keep up.
pub(crate) fn erlang_a(arrival: f64, service: f64, servers: u32, patience: f64) -> Result<Queue, VerificationError> {
    let c = f64::from(servers);
    if patience <= 0.0 && arrival >= c * service {
        return Err(VerificationError::NoSteadyState(format!(
            "the queue grows without end: {arrival} arrive a day and {servers} servers finish {} a day; give a \
             patience_per_day above 0, more servers or fewer arrivals",
            c * service
        )));
    }
    let out = |i: f64| i.min(c) * service + (i - c).max(0.0) * patience;
    // The likeliest state: below it weights rise, above it they fall.
    let mode = if arrival < c * service { arrival / service } else { c + (arrival - c * service) / patience };
    let mode = mode.floor();
    let mut sums = Sums::default();
    let (mut weight, mut i) = (1.0, mode);
    for _ in 0..MOST_STATES {
        sums.add(i, c, weight);
        i += 1.0;
        weight *= arrival / out(i);
        if weight < NEGLIGIBLE {
            break;
        }
    }
    let (mut weight, mut i) = (1.0, mode);
    while i >= 1.0 && weight >= NEGLIGIBLE {
        weight *= out(i) / arrival;
        i -= 1.0;
        sums.add(i, c, weight);
    }
    let total = sums.total;
    let waiting = sums.waiting / total;
    Ok(Queue { abandon: patience * waiting / arrival, waiting, busy: sums.busy / total, delayed: sums.delayed / total })
}

#[derive(Default)]
struct Sums {
    total: f64,
    waiting: f64,
    busy: f64,
    delayed: f64,
}

impl Sums {
    fn add(&mut self, i: f64, c: f64, weight: f64) {
        self.total += weight;
        self.waiting += weight * (i - c).max(0.0);
        self.busy += weight * i.min(c);
        self.delayed += if i >= c { weight } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erlang_a_matches_published_check_values() {
        let q = erlang_a(1.0, 0.25, 5, 0.1).expect("steady");
        for (found, wanted) in [q.abandon, q.waiting, q.busy, q.delayed].iter().zip([0.0704, 0.7044, 3.7182, 0.4285]) {
            assert!((found - wanted).abs() < 5e-5, "{found} against {wanted}");
        }
    }

    #[test]
    fn one_server_and_impatience_like_service_have_textbook_answers() {
        let q = erlang_a(0.5, 1.0, 1, 0.0).expect("steady");
        assert!((q.waiting - 0.5).abs() < 1e-12 && (q.delayed - 0.5).abs() < 1e-12);
        // With ϑ = s it is M/M/∞: Poisson with mean λ ⁄ s, whatever the number of servers.
        let q = erlang_a(6.0, 2.0, 2, 2.0).expect("steady");
        assert!((q.waiting + q.busy - 3.0).abs() < 1e-12);
        assert!((q.delayed - (1.0 - 4.0 * (-3.0_f64).exp())).abs() < 1e-12);
        // Erlang C for ten servers at 90 % load, from tables: 0.6687.
        let q = erlang_a(9.0, 1.0, 10, 0.0).expect("steady");
        assert!((q.delayed - 0.6687).abs() < 5e-5, "{}", q.delayed);
    }

    #[test]
    fn large_queues_neither_overflow_nor_vanish() {
        let q = erlang_a(5e4, 1.0, 40_000, 0.5).expect("steady");
        assert!((q.waiting / 2e4 - 1.0).abs() < 1e-9 && (q.abandon - 0.2).abs() < 1e-9);
        assert!(erlang_a(2.0, 1.0, 2, 0.0).is_err());
    }
}
