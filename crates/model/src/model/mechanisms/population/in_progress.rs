//! M30: the plots in progress on the first counted day that the history before it implies.
//!
//! Rule: when counting begins, each country has Poisson(mean) plots of each pathway beside those that the warm-up
//! has begun. They stand as in a world that has gone on for ever: with tasks at rate λ and all other ends at rate r
//! (those that dissolve, and those that services of the time before found), k of n tasks are done with a chance in
//! proportion to (λ ⁄ (λ + r))^k, and the age is a sum of k + 1 exponentials of rate λ + r. Their people are others
//! than those of the stocks; nothing is known of them on the first day. Self-started plots are of the first
//! movement, and of others by their stock scale; directed ones of the first that holds territory, or of the first
//! of all. Source: F47 (launched and foiled a year, 2001 to 2013), F24 (about three in progress at any time); sizes
//! are assumed. Neutral: all means 0.

use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::sim::{Sim, live};
use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, MovementId, PersonId};

crate::parameters! {
    /// Plots in progress on the first counted day, beside those that the warm-up has begun (M30).
    PlotsAtStart = "plots_at_start", "M30", Country;
    neutral { inspired = 0.0, networked = 0.0, online_directed = 0.0, dispatched = 0.0 }
    counted_day { inspired, networked, online_directed, dispatched, found_per_year }
    /// Inspired plots, on average.
    inspired: Number(0.0, 1_000.0) = 0.0, "plots", "F47, F24";
    /// Networked plots, on average.
    networked: Number(0.0, 1_000.0) = 0.0, "plots", "F47, F24";
    /// Plots instructed online, on average.
    online_directed: Number(0.0, 1_000.0) = 0.0, "plots", "assumed";
    /// Plots of people sent, on average.
    dispatched: Number(0.0, 1_000.0) = 0.0, "plots", "assumed";
    /// Rate at which services ended a plot in the time before.
    found_per_year: Number(0.0, 100.0) = 0.7, "per plot per year", "assumed, after F24 and F47";
}

kept!(PlotsAtStart:);

impl PlotsAtStart {
    /// The mean number of plots of a pathway.
    fn mean(&self, pathway: Pathway) -> f64 {
        match pathway {
            Pathway::Inspired => self.inspired,
            Pathway::Networked => self.networked,
            Pathway::OnlineDirected => self.online_directed,
            Pathway::Dispatched => self.dispatched,
        }
    }

    /// Plots of all pathways, on average.
    pub(crate) fn all(&self) -> f64 {
        Pathway::ALL.into_iter().map(|pathway| self.mean(pathway)).sum()
    }
}

/// Counting begins: the plots of the time before are there.
pub(crate) fn begin(sim: &mut Sim, c: CountryId) {
    live!("plots_at_start");
    let led = sim.movements().find(|&m| sim.p.movements[m].holds_territory != 0.0).unwrap_or_default();
    for m in sim.movements() {
        for (at, pathway) in Pathway::ALL.into_iter().enumerate() {
            let scale = match (pathway.directed(), m == led) {
                (true, true) => 1.0,
                (true, false) => 0.0,
                (false, _) => sim.p.movements[m].stock_scale,
            };
            let mean = sim.p.countries[c].plots_at_start.mean(pathway) * scale;
            let root = sim.world.countries[c].key.child(Decision::NameStockPlot.number(), sim.movement_keys[m].bits());
            let number = sim.draws.poisson(root, Decision::PlotsAtStart.number(), at as u32, mean);
            for i in 0..number {
                stock(sim, root.child(Decision::NameStockPlot.number(), i << 2 | at as u64), (c, m, pathway));
            }
        }
    }
}

/// One plot with people of its own.
fn stock(sim: &mut Sim, name: Key, (c, m, pathway): (CountryId, MovementId, Pathway)) {
    let sent = pathway == Pathway::Dispatched;
    let more = if sent { sim.p.world.territory.companions_mean } else { 0.0 };
    let size = 1 + sim.draws.poisson(name, Decision::StockTeam.number(), 0, more);
    let mut team: Vec<PersonId> = Vec::new();
    for i in 0..size {
        let key = name.child(Decision::NameStock.number(), i);
        let n = people::neighbourhood(sim, c, key);
        let id = people::new_person(sim, key, n, m);
        let place = &mut sim.world.neighbourhoods[n];
        place.left = (place.left - 1.0).max(0.0);
        sim.settle_with_friends(id, ClockKind::Peer);
        let person = &mut sim.world.persons[id];
        (person.veteran, person.trained) = (sent, sent);
        team.push(id);
    }
    sim.start_under_way(team, pathway);
}

/// How many of its tasks a plot under way has done, and how old it is: as in a world that has gone on for ever.
pub(crate) fn progress(sim: &Sim, plot: Key, c: CountryId, tasks: u32) -> (u32, f64) {
    let (work, history) = (&sim.p.countries[c].work, &sim.p.countries[c].plots_at_start);
    let rate = 1.0 / work.task_days;
    let lost = (work.dissolve_per_year + history.found_per_year) / DAYS_PER_YEAR;
    let stays = rate / (rate + lost);
    let all: f64 = (0..tasks).map(|k| libm::pow(stays, f64::from(k))).sum();
    let mut left = sim.draws.uniform(plot, Decision::StockProgress.number(), 0) * all;
    let mut done = 0;
    while done + 1 < tasks && left >= libm::pow(stays, f64::from(done)) {
        left -= libm::pow(stays, f64::from(done));
        done += 1;
    }
    let age = (0..=done).map(|k| sim.threshold(plot, Decision::StockAge, k)).sum::<f64>() / (rate + lost);
    (done, age)
}
