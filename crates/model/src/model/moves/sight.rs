//! What a service sees of signs: by the group of the file, the hours that it gets, the channel and the code of messages.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::sim::Sim;
use crate::model::state::ids::CountryId;
use crate::model::state::{Group, SignChannel};

use super::staff;

/// Share of messages that services can read.
pub(crate) fn readable_share(sim: &Sim, c: CountryId) -> f64 {
    let closed = sim.p.world.virtual_entrepreneurs.encryption_share
        * (1.0 - sim.p.countries[c].detection.communications_access_share);
    1.0 - closed
}

/// Works out what the hours of files show: at the shift that shares them out, and when parameters change.
pub(crate) fn show_by_hours(sim: &mut Sim, c: CountryId) {
    let (d, effort) = (&sim.p.countries[c].detection, &sim.p.countries[c].effort);
    let most = d.visible_open_share - d.visible_closed_share;
    let at = |hours: f64| d.visible_closed_share + most * effort.part(hours);
    let messages = effort.messages_share;
    let of = |given: f64| [at(given), at(given * messages), at(given * (1.0 - messages))];
    let hours = &sim.world.countries[c].hours;
    let shown = [of(hours.open), of(hours.hot)];
    sim.world.countries[c].hours.shown = shown;
}

/// The chance that a sign in a channel is seen on an open file of a group, encryption apart.
pub(crate) fn visible(sim: &Sim, c: CountryId, group: Group, channel: Option<SignChannel>) -> f64 {
    let [whole, messages, rest] = sim.world.countries[c].hours.shown[usize::from(group != Group::Open)];
    let by_officers = match channel {
        None => whole,
        Some(SignChannel::Messages) => messages,
        Some(SignChannel::Conduct | SignChannel::People) => rest,
    };
    // A team sees what people do; it reads no messages, and nobody tells it more.
    let by_team = match channel {
        None | Some(SignChannel::Conduct) => sim.p.countries[c].detection.visible_watched_share.max(by_officers),
        Some(SignChannel::Messages | SignChannel::People) => by_officers,
    };
    if group == Group::Watched {
        by_officers + (by_team - by_officers) * staff::watched_part(sim, c)
    } else {
        by_officers
    }
}

/// The chance that a sign of somebody of whom nothing is known beside the file is seen, over all channels.
pub(crate) fn visible_in_all(sim: &Sim, c: CountryId, group: Group) -> f64 {
    if sim.p.world.sign_channels.apart == 0.0 {
        return visible(sim, c, group, None);
    }
    let mix = sim.p.world.sign_channels.mix(false);
    let part = |channel: SignChannel| {
        let readable = if channel == SignChannel::Messages { readable_share(sim, c) } else { 1.0 };
        mix[channel as usize] * readable * visible(sim, c, group, Some(channel))
    };
    SignChannel::ALL.into_iter().map(part).sum()
}

/// In which channel a background sign that was seen on a file of this group was: the weights of the three.
pub(crate) fn seen_in(sim: &Sim, c: CountryId, group: Group) -> [f64; 3] {
    let mix = sim.p.world.sign_channels.mix(false);
    SignChannel::ALL.map(|channel| {
        let readable = if channel == SignChannel::Messages { readable_share(sim, c) } else { 1.0 };
        mix[channel as usize] * readable * visible(sim, c, group, Some(channel))
    })
}

/// The clock in which files of a group wait for background signs.
pub(crate) fn clock_of(group: Group) -> ClockKind {
    match group {
        Group::Closed | Group::Open => ClockKind::Background,
        Group::Hot => ClockKind::BackgroundHot,
        Group::Watched => ClockKind::BackgroundWatched,
    }
}

/// What silence takes from log odds a day for each share of signs that would be seen.
pub(crate) fn fall_of_all(sim: &Sim, c: CountryId) -> f64 {
    let (d, effort) = (&sim.p.countries[c].detection, &sim.p.countries[c].effort);
    effort.silence_share * ((d.plotter_reference_per_year - d.background_per_year) / DAYS_PER_YEAR).max(0.0)
}

/// The most that silence can take in a day, whatever hours and teams there are.
pub(crate) fn fastest_fall(sim: &Sim, c: CountryId) -> f64 {
    let d = &sim.p.countries[c].detection;
    fall_of_all(sim, c) * d.visible_open_share.max(d.visible_closed_share).max(d.visible_watched_share)
}
