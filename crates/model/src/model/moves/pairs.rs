//! M29: what passes between each pair of countries, where a scenario lets pairs differ.
//!
//! Rule: what an owner issues and gives to the pool does not depend on pairs; a pair decides which reader
//! gets it, now. A notice shows a record to a reader if one of its owners has issued one, the pair lets
//! notices pass, and the reader reads, with the pair's chance or its own. A pooled record shows it if one of
//! its owners has given it, the pair lets the pool pass, and the reader is a member. When a pair opens, what
//! was issued and given before is there at once. A reader settles once for each person how it reads: a pair
//! with a greater chance shows all that a smaller one shows. Source: F5, F7; which pairs, assumed. Neutral: no
//! pairs, or pairs that let everything pass with the countries' own parameters; then no owner is told apart.

use crate::model::kinds::decision::Decision;
use crate::model::sim::{Sim, live};
use crate::model::state::Released;
use crate::model::state::ids::{CountryId, PersonId, Position};
use crate::scenario::pairs::Pair;

/// What an owner lets a reader have now.
pub(crate) fn between(sim: &Sim, owner: CountryId, reader: CountryId) -> Pair {
    sim.p.pairs.as_deref().map_or(Pair::OPEN, |pairs| *pairs.of(owner.place(), reader.place()))
}

/// Notes an owner's notice.
pub(crate) fn issued(sim: &mut Sim, id: PersonId, owner: CountryId, from: f32) {
    if sim.ever.pairs {
        let released = released(sim, id, owner);
        released.notice_from = released.notice_from.min(from);
    }
}

/// Notes an owner's record in the pool.
pub(crate) fn pooled(sim: &mut Sim, id: PersonId, owner: CountryId, from: f32) {
    if sim.ever.pairs {
        let released = released(sim, id, owner);
        released.pooled_from = released.pooled_from.min(from);
    }
}

fn released<'w>(sim: &'w mut Sim, id: PersonId, owner: CountryId) -> &'w mut Released {
    let nothing = Released { notice_from: f32::INFINITY, pooled_from: f32::INFINITY };
    sim.world.released.entry((id, owner)).or_insert(nothing)
}

/// Whether a service reads a notice on a person, where some owner's is out.
pub(crate) fn reads_any(sim: &Sim, reader: CountryId, id: PersonId) -> bool {
    let own = sim.p.countries[reader].notices.read_share;
    if sim.p.pairs.is_none() {
        return reads(sim, reader, id, own);
    }
    owners(sim, id).any(|(owner, released)| {
        let pair = between(sim, owner, reader);
        pair.notices
            && f64::from(released.notice_from) <= sim.now
            && reads(sim, reader, id, pair.read_share.unwrap_or(own))
    })
}

/// Whether a member sees a pooled record of a person, where some owner's is in.
pub(crate) fn sees_pooled(sim: &Sim, reader: CountryId, id: PersonId) -> bool {
    sim.p.pairs.is_none()
        || owners(sim, id)
            .any(|(owner, released)| f64::from(released.pooled_from) <= sim.now && between(sim, owner, reader).pool)
}

/// What each owner has released of a person's records, in the order of the scenario.
fn owners<'w>(sim: &'w Sim<'_>, id: PersonId) -> impl Iterator<Item = (CountryId, &'w Released)> {
    sim.world
        .released
        .range((id, CountryId(0))..=(id, CountryId(u8::MAX)))
        .map(|((_, owner), released)| (*owner, released))
}

/// Of the services that hold a record, those from whom anything on it can reach a reader: one bit each.
pub(crate) fn reachable(sim: &Sim, reader: CountryId, records: u64) -> u64 {
    let Some(pairs) = sim.p.pairs.as_deref() else { return records };
    let shut = |&owner: &CountryId| {
        let pair = pairs.of(owner.place(), reader.place());
        !pair.notices && !pair.pool
    };
    sim.countries().filter(shut).fold(records, |left, owner| left & !owner.bit())
}

/// Whether a service reads notices about this person, with this chance: settled once.
fn reads(sim: &Sim, c: CountryId, id: PersonId, share: f64) -> bool {
    live!("notices", false);
    let key = sim.world.persons[id].key;
    sim.chance(key, Decision::NoticeRead, sim.mark(c), share)
}

/// Whether any transit partner warns a service now.
pub(crate) fn transit_partner_warns(sim: &Sim, home: CountryId) -> bool {
    let mut all = sim.p.countries.with_ids();
    all.any(|(partner, t)| {
        t.country.transit_partner != 0.0 && t.membership.warns() && between(sim, partner, home).warnings
    })
}

/// The first owner who seeks the arrest of a person by a notice that a service reads; its own counts unread.
pub(crate) fn wanted_by(sim: &Sim, reader: CountryId, id: PersonId) -> Option<CountryId> {
    let own = sim.p.countries[reader].notices.read_share;
    let mut all = sim.world.wanted.range((id, CountryId(0))..=(id, CountryId(u8::MAX)));
    let reads = |owner: CountryId| {
        let pair = between(sim, owner, reader);
        pair.notices && reads(sim, reader, id, pair.read_share.unwrap_or(own))
    };
    all.find(|((_, owner), from)| **from <= sim.now && (*owner == reader || reads(*owner)))
        .map(|((_, owner), _)| *owner)
}

/// Whether two countries belong to one area of free movement (M12).
pub(crate) fn one_area(sim: &Sim, a: CountryId, b: CountryId) -> bool {
    let area = |c: CountryId| sim.p.countries[c].borders.area;
    a == b || (area(a) != 0.0 && area(a) == area(b))
}

/// How freely people cross between two countries: within an area its openness, otherwise that of the border of `to`.
pub(crate) fn openness(sim: &Sim, from: CountryId, to: CountryId) -> f64 {
    let t = &sim.p.countries[to];
    if from != to && one_area(sim, from, to) { t.borders.area_openness } else { t.country.border_openness }
}
