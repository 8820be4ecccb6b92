//! M1: countries at full size, cut into neighbourhoods of unequal receptivity.
//!
//! Rule: a country of N residents has ⌈N / n⌉ equal neighbourhoods; the j-th has receptivity
//! proportional to (j + 1)^(−skew), scaled so that the mean is 1. Residents in no special state are
//! counted, not stored. Neutral: skew 0 (all neighbourhoods alike).
//! Source: F2 (a few districts carry much of the recruiting); the size of a neighbourhood is assumed.

use crate::model::kinds::kept::kept;
use crate::model::sim::live;

crate::parameters! {
    /// Attributes of one country (M1, M18): residents, neighbourhoods, borders, part in the campaign.
    CountryEntry = "countries", "M1", CountryEntry;
    neutral { receptivity_skew = 0.0 }
    first_day { residents, neighbourhood_residents, receptivity_skew }
    /// Residents on the first day.
    residents: Number(1.0, 2e9) = 1_000_000.0, "people", "F-residents";
    /// Residents of one neighbourhood.
    neighbourhood_residents: Number(1.0, 1e9) = 250_000.0, "people", "assumed";
    /// How unequal neighbourhoods are: the exponent of receptivity by rank; 0 makes them alike.
    receptivity_skew: Number(0.0, 3.0) = 0.6, "exponent", "assumed, after F2";
    /// How freely people cross the borders with other countries; multiplies plots prepared or aimed abroad.
    border_openness: Share = 1.0, "share", "F16";
    /// Part in the military campaign: the weight as a target of directed plots.
    campaign_weight: Number(0.0, 100.0) = 0.1, "weight", "F15";
    /// Share of those who come back from abroad who enter by this country's external border.
    entry_weight: Number(0.0, 100.0) = 1.0, "weight", "assumed";
    /// A transit partner has no plots and no service here; it can warn of people passing through.
    transit_partner: Switch = 0.0, "switch", "F7";
}

kept!(CountryEntry: CostRates);

impl CountryEntry {
    /// The share of mean receptivity that each of `count` neighbourhoods has.
    pub(crate) fn receptivities(&self, count: usize) -> Vec<f64> {
        live!("countries", vec![1.0; count]);
        receptivities(count, self.receptivity_skew)
    }
}

fn receptivities(count: usize, skew: f64) -> Vec<f64> {
    let raw: Vec<f64> = (0..count).map(|j| libm::pow(j as f64 + 1.0, -skew)).collect();
    let mean = raw.iter().sum::<f64>() / count.max(1) as f64;
    raw.iter().map(|x| x / mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receptivity_has_mean_one_and_falls_with_rank() {
        let even = receptivities(7, 0.0);
        assert!(even.iter().all(|r| *r == 1.0));
        let skewed = receptivities(100, 0.8);
        assert!((skewed.iter().sum::<f64>() / 100.0 - 1.0).abs() < 1e-12);
        assert!(skewed.windows(2).all(|w| w[0] > w[1]));
    }
}
