//! The memory that running a scenario takes at once, estimated from its stocks before anything is allocated.

use forestall_model::{DAYS_PER_YEAR, Plan, Policy, Values, days_between};

use super::Study;

/// Bytes of one person held by name with all that refers to them, as measured over two years of `quickstart` with 10 and
/// 100 times its stocks: 170 on the first day, 240 at the end.
const PERSON: f64 = 240.0;
/// Bytes of one neighbourhood for one movement, as measured with 280,000 and 2.8 million of them.
const NEIGHBOURHOOD: f64 = 360.0;
/// Worlds that a thread holds at once where several policies share a past: the one that is shared, the one that goes on,
/// and the room of those that have ended. Measured: 1.8 to 2.1.
const WORLDS: f64 = 2.0;
/// Bytes for all else: the program, tables, charts and page.
const REST: f64 = 50e6;

/// What running a scenario is expected to hold in memory at most; right within a factor of two where people or
/// neighbourhoods make most of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryNeed {
    /// People held by name in one run: the stocks of the first day, and residents who become sympathisers by the rates of
    /// `onset`. What friends, recruiters and policies add is not known before.
    pub people: f64,
    /// Neighbourhoods, times movements.
    pub neighbourhoods: f64,
    /// Bytes in all.
    pub bytes: f64,
}

impl Study {
    /// The memory that so many threads need to run the baseline and so many policies, each thread at a replication of its
    /// own.
    pub fn memory_need(&self, threads: usize, policies: usize) -> MemoryNeed {
        let plan = self.scenario();
        let first = first_days(plan);
        let most =
            |count: fn(&Plan, &Values) -> f64| first.iter().map(|values| count(plan, values)).fold(0.0, f64::max);
        let (people, neighbourhoods) = (most(people), most(neighbourhoods));
        let worlds = if policies == 0 { 1.0 } else { WORLDS };
        let runs = plan.replications.saturating_mul(policies as u64 + 1);
        let at_once = (threads as u64).min(runs).max(1) as f64;
        let world = people * PERSON + neighbourhoods * NEIGHBOURHOOD;
        MemoryNeed { people, neighbourhoods, bytes: REST + at_once * worlds * world }
    }
}

/// The values on the first day: of the baseline, and of each policy that sets what the estimate asks for.
fn first_days(plan: &Plan) -> Vec<Values> {
    let asked = |policy: &&Policy| {
        let mut set = policy.stages.iter().flat_map(|stage| &stage.set);
        set.any(|a| ["start.", "onset.", "countries."].iter().any(|table| a.path.starts_with(table)))
    };
    let arms = std::iter::once(None).chain(plan.policies.iter().filter(asked).take(100).map(|p| Some(p.name.as_str())));
    // An arm that cannot be made is told where it is run.
    arms.filter_map(|name| Some(plan.arm(name).ok()?.initial().clone())).collect()
}

/// The value of a parameter of one country; 0 where there is none of this name.
fn of_country(plan: &Plan, values: &Values, country: usize, table: &str, name: &str) -> f64 {
    plan.registry.slot(table, name).map_or(0.0, |slot| values.countries[country][slot.table][slot.parameter])
}

fn people(plan: &Plan, values: &Values) -> f64 {
    let scale = plan.registry.slot("movements", "stock_scale");
    let scales: f64 = values.movements.iter().map(|m| scale.map_or(1.0, |slot| m[slot.parameter])).sum();
    let days = days_between(plan.start, plan.end) + plan.warm_up_days;
    let one = |country: usize| {
        let start = |name: &str| of_country(plan, values, country, "start", name);
        let onset = |name: &str| of_country(plan, values, country, "onset", name);
        let residents = of_country(plan, values, country, "countries", "residents");
        let stocks =
            (start("sympathisers") + start("committed")) * scales + start("fighters_abroad") + start("returnees");
        let online = onset("online_per_million_per_year") * onset("propaganda_level") * (1.0 - onset("takedown_share"));
        let a_year = residents * (onset("spontaneous_per_million_per_year") + online) / 1e6;
        stocks + (a_year * scales * days / DAYS_PER_YEAR).min(residents * scales)
    };
    (0..plan.countries.len()).map(one).sum()
}

fn neighbourhoods(plan: &Plan, values: &Values) -> f64 {
    let one = |country: usize| {
        let of = |name: &str| of_country(plan, values, country, "countries", name);
        (of("residents") / of("neighbourhood_residents").max(1.0)).ceil()
    };
    (0..plan.countries.len()).map(one).sum::<f64>() * plan.movements.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Overrides;

    fn need(sets: &[&str], threads: usize) -> MemoryNeed {
        let text = include_str!("../../../../scenarios/quickstart.toml");
        let overrides = Overrides { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
        Study::from_text(text, overrides).unwrap_or_else(|e| panic!("{e}")).memory_need(threads, 0)
    }

    #[test]
    fn a_shipped_scenario_needs_little() {
        let small = need(&[], 2);
        assert!(small.people > 5_000.0 && small.people < 20_000.0, "{small:?}");
        assert_eq!(small.neighbourhoods, 112.0);
        assert!(small.bytes < 1e8, "{small:?}");
    }

    #[test]
    fn people_neighbourhoods_and_threads_count() {
        let crowd = need(&["start.sympathisers=10000000"], 1);
        assert!(crowd.people > 2e7 && crowd.bytes > 4e9, "{crowd:?}");
        assert!(need(&["start.sympathisers=10000000"], 2).bytes > 1.9 * crowd.bytes);
        let cut = need(&["countries.neighbourhood_residents=1"], 1);
        assert!(cut.neighbourhoods == 2.8e7 && cut.bytes > 1e10, "{cut:?}");
        let inflow = need(&["onset.spontaneous_per_million_per_year=1000000"], 1);
        assert!(inflow.people > 2.7e7, "{inflow:?}");
    }
}
