//! M3: friends bring friends, and groups of friends stay together.
//!
//! Rule: each active person introduces residents of the neighbourhood at a rate (fully scaled by
//! receptivity it would run away in the most receptive places, so only a weight w of it counts); the introducer of a
//! recruit is the winner of a keyed race among a few who stand next to the recruit on a ring of keys,
//! so that a newcomer can only take the place; the recruit joins the introducer's circle while it has
//! room. People recruited online only have no circle. Friends of one circle travel and plot together.
//! Sources: F14, F35. Neutral: introductions 0 and circles of one.

use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, live};
use crate::model::state::Circle;
use crate::model::state::ids::{MovementId, NeighbourhoodId, PersonId};

crate::parameters! {
    /// Introductions by friends, and circles of friends (M3).
    Peers = "peers", "M3", Country;
    neutral { introductions_per_year = 0.0, circle_size_most = 1.0, known_before_share = 0.0 }
    /// Residents whom one active person introduces, where receptivity is average.
    introductions_per_year: Number(0.0, 100.0) = 0.2, "people per active person per year", "assumed, after F35";
    /// w: how much receptivity changes introductions; those active already stand where receptivity is high.
    receptivity_weight: Share = 0.05, "share", "assumed";
    /// Most friends in one circle.
    circle_size_most: Count(1.0, 100.0) = 8.0, "people", "assumed, after F35";
    /// Of those recruited through propaganda or unprompted, the share who join friends all the same.
    known_before_share: Share = 0.5, "share", "F35";
    /// Of those recruited online, the share who stay alone.
    online_only_share: Share = 0.3, "share", "F35";
}

kept!(Peers: OnsetClocks);

impl Peers {
    /// Introductions per active person and year.
    pub(crate) fn rate_per_year(&self) -> f64 {
        live!("peers", 0.0);
        self.introductions_per_year
    }

    /// The factor of a neighbourhood's receptivity on introductions in it.
    pub(crate) fn receptivity(&self, receptivity: f64) -> f64 {
        let w = self.receptivity_weight;
        1.0 - w + w * receptivity
    }
}

/// Candidates next to the recruit's place on the ring; a few suffice to even out its arcs.
const CANDIDATES: usize = 3;

/// Gives a new recruit an introducer's circle, or a circle of their own.
pub(crate) fn place_in_circle(sim: &mut Sim, id: PersonId, source: ClockKind) {
    live!("peers");
    let person = &sim.world.persons[id];
    let (key, n, m) = (person.key, person.neighbourhood, person.movement);
    let p = &sim.p.countries[person.country].peers;
    if p.circle_size_most <= 1.0 {
        return;
    }
    let online = source == ClockKind::Online;
    if online && sim.chance(key, Decision::OnlineOnly, 0, p.online_only_share) {
        sim.world.persons[id].online_only = true;
        return;
    }
    let introduced = matches!(source, ClockKind::Peer | ClockKind::InPerson)
        || sim.chance(key, Decision::StockIntroduced, 0, p.known_before_share);
    if !introduced {
        return;
    }
    let room = p.circle_size_most as usize;
    if let Some(friend) = introducer(sim, key, n, m) {
        join_circle(sim, id, friend, room);
    }
}

fn introducer(sim: &Sim, key: crate::engine::key::Key, n: NeighbourhoodId, m: MovementId) -> Option<PersonId> {
    let active = &sim.world.presences[sim.presence(n, m)].active;
    if active.is_empty() {
        return None;
    }
    let occasion = (key.bits() >> 32) as u32;
    let mut near = active.from(key).take(CANDIDATES);
    let winner = sim.draws.choose_evenly(Decision::Introducer.number(), occasion, near.clone().map(|c| c.0))?;
    near.nth(winner).map(|c| c.1)
}

/// Puts a person into a friend's circle if it has room.
pub(crate) fn join_circle(sim: &mut Sim, id: PersonId, friend: PersonId, room: usize) {
    let mut circle = sim.world.persons[friend].circle;
    if circle.is_none() {
        circle = sim.world.circles.next();
        sim.world.circles.add(Circle { last: friend, size: 1 });
        sim.world.persons[friend].circle = circle;
    }
    let members = &mut sim.world.circles[circle];
    if (members.size as usize) < room {
        let before = std::mem::replace(&mut members.last, id);
        members.size += 1;
        let person = &mut sim.world.persons[id];
        (person.circle, person.friend_before) = (circle, before);
    }
}
