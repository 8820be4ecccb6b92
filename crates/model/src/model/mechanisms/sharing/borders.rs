//! M12: borders between countries, where a check can know somebody, and hold, refuse or let go.
//!
//! Rule: countries with the same number of `area` are one area of free movement. Whoever crosses into a country from
//! its own area is checked with `area_check_share`, from elsewhere with `outer_check_share`. A check that meets a
//! visible record finds it with `records.check_finds_share`. One whose arrest a readable notice seeks is held with
//! `notices.red_arrest_share` (M27); one of another country who is on the list of this one is refused (M26); of the
//! others known a share is held, and the rest is let go, of whom the service now has a record. From outside the area
//! a person of another country also needs to be let in without a visa, settled once. People cross when a plot is
//! prepared away from home, when it is carried out elsewhere than prepared, when an attacker escapes homewards, and
//! when a fighter has come in by another country's border. An arrest ends the plot; a refusal keeps it where it is.
//! Neutral: shares of checks 0, no areas, nobody needs a visa. Sources: F7, F16; sizes assumed.

use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::pairs;
use crate::model::moves::plots::Sites;
use crate::model::moves::records::{self, Crossing};
use crate::model::sim::{Sim, live};
use crate::model::state::ids::{CountryId, PersonId, PlotId};
use crate::model::state::{Channel, Ending, Found};

crate::parameters! {
    /// Borders between countries: areas of free movement, checks and what they lead to (M12).
    Borders = "borders", "M12", Country;
    neutral { area = 0.0, area_check_share = 0.0, outer_check_share = 0.0, visa_free_share = 1.0 }
    /// Area of free movement to which the country belongs, by number; 0 stands for none.
    area: Count(0.0, 1_000.0) = 0.0, "number", "F16";
    /// How freely people cross from another country of the same area, in place of the country's border openness.
    area_openness: Share = 1.0, "share", "F16";
    /// Chance that somebody who comes from another country of the same area is checked.
    area_check_share: Share = 0.0, "share", "assumed: none; F7 shows one check";
    /// Chance that somebody who comes from any other country is checked.
    outer_check_share: Share = 0.0, "share", "assumed: none";
    /// Chance that somebody whom a check finds known, and whose arrest nobody seeks, is held all the same.
    known_held_share: Share = 0.0, "share", "F7: let go";
    /// Share of people from outside the area who can come without a visa, or get one.
    visa_free_share: Share = 1.0, "share", "assumed: all";
}

kept!(Borders:);

/// What a check at the border leads to, if there is one; the same journey always has the same answer.
pub(crate) fn crossing(sim: &Sim, id: PersonId, (from, to): (CountryId, CountryId), journey: u32) -> Crossing {
    live!("borders", Crossing::Free);
    if from == to {
        return Crossing::Free;
    }
    let person = &sim.world.persons[id];
    let (key, mark) = (person.key, sim.mark(to));
    let t = &sim.p.countries[to];
    let within = pairs::one_area(sim, from, to);
    let foreign = person.country != to && !pairs::one_area(sim, person.country, to);
    if foreign && !sim.chance(key, Decision::VisaFree, mark, t.borders.visa_free_share) {
        return Crossing::Refused { listed: false };
    }
    let occasion = mark ^ journey;
    let checked = if within { t.borders.area_check_share } else { t.borders.outer_check_share };
    if !sim.chance(key, Decision::BorderCheck, occasion, checked) {
        return Crossing::Free;
    }
    let found = records::found(sim, to, id);
    if found == Found::Nothing || !sim.chance(key, Decision::BorderFinds, occasion, t.records.check_finds_share) {
        return Crossing::Free;
    }
    if let Some(owner) = records::held_as_wanted(sim, to, id, occasion) {
        Crossing::Held { court: owner, wanted: true }
    } else if !within && records::listed(sim, to, id) {
        Crossing::Refused { listed: true }
    } else if sim.chance(key, Decision::KnownHeld, occasion, t.borders.known_held_share) {
        Crossing::Held { court: to, wanted: false }
    } else {
        Crossing::LetGo { found }
    }
}

/// Where a plot can be prepared: at home, if one of its people cannot get into the country that was meant.
pub(crate) fn admitted(sim: &mut Sim, members: &[PersonId], plot: Key, sites: Sites) -> Sites {
    let away = |sim: &Sim, id: &PersonId| {
        let home = sim.world.persons[*id].country;
        refused(sim, *id, (home, sites.preparation), plot)
    };
    let Some((id, listed)) = members.iter().find_map(|id| away(sim, id).map(|listed| (*id, listed))) else {
        return sites;
    };
    tell_refusal(sim, id, sites.preparation, listed);
    let home = sim.world.persons[members[0]].country;
    let target = if sites.target == sites.preparation { home } else { sites.target };
    Sites { preparation: home, target }
}

/// Whether somebody is not let in, and if so whether by the list.
fn refused(sim: &Sim, id: PersonId, way: (CountryId, CountryId), plot: Key) -> Option<bool> {
    match crossing(sim, id, way, journey(plot)) {
        Crossing::Refused { listed } => Some(listed),
        Crossing::Free | Crossing::LetGo { .. } | Crossing::Held { .. } => None,
    }
}

/// The number of a plot's journeys among those of its people.
fn journey(plot: Key) -> u32 {
    (plot.bits() >> 16) as u32
}

/// The people of a new plot go to where it is prepared.
pub(crate) fn to_preparation(sim: &mut Sim, index: PlotId) {
    let to = sim.world.plots[index].preparation;
    let members = sim.world.plots[index].members.clone();
    for id in members {
        let home = sim.world.persons[id].country;
        pass(sim, id, (home, to), index);
        if sim.world.plots[index].ending != Ending::InProgress {
            return;
        }
    }
}

/// The people of a plot go to its target; whether it is still to be carried out.
pub(crate) fn to_target(sim: &mut Sim, index: PlotId) -> bool {
    let plot = &sim.world.plots[index];
    let (key, way, members) = (plot.key, (plot.preparation, plot.target), plot.members.clone());
    let barred = members.iter().find_map(|id| refused(sim, *id, way, key).map(|listed| (*id, listed)));
    if let Some((id, listed)) = barred {
        tell_refusal(sim, id, way.1, listed);
        sim.world.plots[index].target = way.0;
        return true;
    }
    for id in members {
        pass(sim, id, way, index);
        if sim.world.plots[index].ending != Ending::InProgress {
            return false;
        }
    }
    true
}

/// A member of a plot passes a border, or is arrested there, which ends the plot.
fn pass(sim: &mut Sim, id: PersonId, way: (CountryId, CountryId), index: PlotId) {
    let plot = sim.world.plots[index].key;
    match crossing(sim, id, way, journey(plot)) {
        Crossing::Free | Crossing::Refused { .. } => {}
        Crossing::LetGo { found } => records::let_go(sim, id, way.1, found),
        // A service that never intervenes holds nobody on the way to a plot.
        Crossing::Held { .. } if sim.p.countries[way.1].intervention.never() => {}
        Crossing::Held { wanted, .. } => {
            records::tell_held(sim, id, way.1, wanted);
            sim.arrest(id, way.1, Channel::Border, f64::INFINITY);
        }
    }
}

/// An attacker on the way home from an attempt abroad; whether he is held on it.
pub(crate) fn escapes(sim: &mut Sim, id: PersonId, index: PlotId) -> bool {
    let plot = &sim.world.plots[index];
    let (key, target) = (plot.key, plot.target);
    let attacked = matches!(plot.ending, Ending::Completed | Ending::Failed);
    let home = sim.world.persons[id].country;
    if !attacked {
        return false;
    }
    match crossing(sim, id, (target, home), journey(key)) {
        Crossing::Free | Crossing::Refused { .. } => false,
        Crossing::LetGo { found } => {
            records::let_go(sim, id, home, found);
            false
        }
        Crossing::Held { court, wanted } => {
            records::hold(sim, id, home, court, wanted);
            true
        }
    }
}

fn tell_refusal(sim: &mut Sim, id: PersonId, place: CountryId, listed: bool) {
    records::tell_at_border(sim, FactKind::EntryRefused, id, place, f64::from(u8::from(listed)));
}
