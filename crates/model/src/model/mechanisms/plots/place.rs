//! M18: where a plot is prepared and where it aims; the two can differ.
//!
//! Rule: a directed plot aims abroad with a chance × the openness of the home border; the target is then
//! a keyed race among countries by weight in the campaign, which recent foils lower if the other side
//! adapts. Dispatched plots always take that race. Plots that aim abroad may be prepared in a third
//! country. With a share, a plot that is prepared outside its target is where people can house and hide it: a race
//! among all countries but the target by committed people (survivors among them) and returnees × the openness of the
//! border. Inspired plots stay at home. Neutral: shares 0 (dispatched plots then aim at home).
//! Sources: F15, F16; shares assumed.

use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::kept::kept;
use crate::model::moves::pairs;
use crate::model::moves::plots::{FOIL_MEMORY_DAYS, Sites};
use crate::model::sim::{Sim, live};

use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, Position};

crate::parameters! {
    /// Preparation country and target country (M18).
    Place = "place", "M18", World;
    neutral { online_abroad_share = 0.0, dispatched_abroad_share = 0.0, preparation_abroad_share = 0.0, preparation_by_people_share = 0.0 }
    /// Chance that an online-directed plot aims abroad.
    online_abroad_share: Share = 0.1, "share", "assumed";
    /// Chance that a dispatched plot chooses its target by campaign, not by home.
    dispatched_abroad_share: Share = 0.7, "share", "assumed, after F15";
    /// Chance that a directed plot is prepared outside the target country.
    preparation_abroad_share: Share = 0.4, "share", "assumed, after F16";
    /// Of plots prepared outside the target, those prepared where people live who can house and hide them.
    preparation_by_people_share: Share = 0.0, "share", "assumed, after F16";
}

kept!(Place:);

/// The country of preparation and the target country.
pub(crate) fn choose(sim: &Sim, plot: Key, pathway: Pathway, home: CountryId) -> Sites {
    live!("place", Sites { preparation: home, target: home });
    let p = &sim.p.world.place;
    let abroad = match pathway {
        Pathway::OnlineDirected => p.online_abroad_share,
        Pathway::Dispatched => p.dispatched_abroad_share,
        Pathway::Inspired | Pathway::Networked => 0.0,
    } * sim.p.countries[home].country.border_openness;
    let target = if sim.chance(plot, Decision::TargetAbroad, 0, abroad) {
        race(sim, plot, Decision::TargetCountry).unwrap_or(home)
    } else {
        home
    };
    let open = pairs::openness(sim, home, target);
    let away =
        pathway.directed() && sim.chance(plot, Decision::PreparationAbroad, 0, p.preparation_abroad_share * open);
    let by_people = away && sim.chance(plot, Decision::PreparationByPeople, 0, p.preparation_by_people_share);
    let preparation = if by_people {
        hosts(sim, plot, target).unwrap_or(home)
    } else if away {
        if target == home { race(sim, plot, Decision::PreparationCountry).unwrap_or(home) } else { home }
    } else {
        target
    };
    Sites { preparation, target }
}

/// Where a plot can be housed and hidden outside its target: by the people who live there, and the way to them.
fn hosts(sim: &Sim, plot: Key, target: CountryId) -> Option<CountryId> {
    let weights = sim.countries().map(|c| {
        let state = &sim.world.countries[c];
        let people = f64::from(state.committed + state.returnees);
        let weight = if c == target { 0.0 } else { people * sim.p.countries[c].country.border_openness };
        (state.key, weight)
    });
    let occasion = (plot.bits() >> 32) as u32;
    sim.draws.choose(Decision::HostCountry.number(), occasion, weights).map(CountryId::at)
}

fn race(sim: &Sim, plot: Key, decision: Decision) -> Option<CountryId> {
    let adapt = sim.p.world.adaptation.turned_away();
    let weights = sim.countries().map(|c| {
        let t = &sim.p.countries[c].country;
        let foils = sim.world.countries[c].recent_foils.at(sim.now, FOIL_MEMORY_DAYS);
        let weight = if t.transit_partner == 0.0 { t.campaign_weight / (1.0 + adapt * foils) } else { 0.0 };
        (sim.world.countries[c].key, weight)
    });
    let occasion = (plot.bits() >> 32) as u32;
    sim.draws.choose(decision.number(), occasion, weights).map(CountryId::at)
}
