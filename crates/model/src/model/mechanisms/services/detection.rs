//! M22: what services see: signs of work by status, background signs of everybody, and the search by free teams.
//!
//! Rule: a sign of a plot belongs to a member or helper and shows in the country of preparation, or with
//! a share in the owner's home or the target country. The service there sees it with a probability by
//! its status on the owner (watched, open, parked or closed, unknown), less for encrypted messages. Seen on an open
//! file it is evidence of weight ln(p₁ ⁄ p₀); on others it is a lead. Everyone with an open file leaves
//! background signs at p₀, which weigh the same: a low threshold is not free. Free teams also find a
//! plot by search at δ × free teams × pace: the detection law of the terror queue.
//! Sources: Kaplan (2010) for the search; F9, F13, F26; visibilities assumed. Neutral: visibilities 0, δ 0.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, plots, records, sight, staff};
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, FileId, MovementId, PersonId, PlotId};
use crate::model::state::{Channel, Ending, FileStatus, Group, SignChannel, State};

crate::parameters! {
    /// Visibility of signs, background signs, watching thresholds and search (M22).
    Detection = "detection", "M22", Country;
    neutral { visible_watched_share = 0.0, visible_open_share = 0.0, visible_closed_share = 0.0, visible_unknown_share = 0.0, search_per_team_per_day = 0.0 }
    /// Chance that a sign is seen if the owner is watched day and night.
    visible_watched_share: Share = 0.8, "share", "assumed";
    /// The same if the owner has an open file.
    visible_open_share: Share = 0.2, "share", "assumed";
    /// The same if only a closed file or a visible record exists, or if the open file is parked.
    visible_closed_share: Share = 0.06, "share", "assumed";
    /// The same if the service knows nothing of the owner.
    visible_unknown_share: Share = 0.03, "share", "assumed";
    /// Share of signs that show in the owner's home or the target country, not where the plot is prepared.
    elsewhere_share: Share = 0.3, "share", "assumed, after F16";
    /// p₀: signs that anybody with an open file leaves.
    background_per_year: Number(0.0, 1_000.0) = 0.6, "signs per person per year", "assumed";
    /// p₁: signs that the service expects of a plotter.
    plotter_reference_per_year: Number(1e-9, 1e6) = 10.0, "signs per person per year", "assumed";
    /// Lever: share of encrypted messages that services can read all the same.
    communications_access_share: Share = 0.1, "share", "lever, assumed";
    /// δ: search by one free team, per plot.
    search_per_team_per_day: Number(0.0, 1_000.0) = 0.00002, "per free team, plot and day", "assumed";
}

kept!(Detection: BackgroundClocks, PlotRates, CostRates);

impl Detection {
    /// ln(p₁ ⁄ p₀), what one sign weighs; at most 10 where p₀ is close to zero, nothing where nothing can be seen.
    pub(crate) fn weight(&self) -> f64 {
        let blind = self.visible_watched_share
            + self.visible_open_share
            + self.visible_closed_share
            + self.visible_unknown_share
            == 0.0;
        if blind {
            return 0.0;
        }
        if self.background_per_year <= 0.0 {
            return 10.0;
        }
        libm::log(self.plotter_reference_per_year / self.background_per_year).clamp(0.0, 10.0)
    }
}

// ---- background signs of open files --------------------------------------------------------------

/// Sets the country's clock of background signs.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("detection");
    let d = &sim.p.countries[c].detection;
    let rate = d.background_per_year * d.visible_open_share / DAYS_PER_YEAR;
    if sim.ever.grouped {
        // What each group of files shows is kept by effort.
        return;
    }
    sim.set_clock(ClockKind::Background, c, MovementId::default(), Hazard::constant(rate));
}

/// Fits the country's clock of background signs, and the files in it, to parameters that have changed.
pub(crate) fn refit(sim: &mut Sim, c: CountryId) {
    hazards(sim, c);
    let seen = |p: &Parameters| {
        let d = &p.countries[c].detection;
        (d.visible_watched_share, d.visible_open_share)
    };
    if sim.before().is_none_or(|before| seen(before) == seen(sim.p)) {
        return;
    }
    let clock = sim.clock(ClockKind::Background, c, MovementId::default());
    for d in 0..sim.world.dossiers.len() {
        let file = &sim.world.dossiers[FileId(d as u32)];
        if file.service != c || file.background == Handle::NONE {
            continue;
        }
        let (handle, factor) = (file.background, background_factor(sim, FileId(d as u32)));
        let stored = sim.world.clocks[clock].factor(handle);
        if stored.is_some_and(|f| f != factor) && sim.world.clocks[clock].set_factor(sim.now, handle, factor) {
            sim.touch(ClockKind::Background, clock);
        }
    }
}

/// How much faster a file is fed by background signs than one that is open and not watched.
pub(crate) fn background_factor(sim: &Sim, d: FileId) -> f64 {
    let file = &sim.world.dossiers[d];
    let p = &sim.p.countries[file.service].detection;
    if sim.ever.grouped {
        // Each group has a clock of its own.
        return 1.0;
    }
    if file.status == FileStatus::Watched && p.visible_open_share > 0.0 && p.visible_watched_share > 0.0 {
        p.visible_watched_share / p.visible_open_share
    } else {
        1.0
    }
}

/// An open file begins to be fed by background signs.
pub(crate) fn await_background(sim: &mut Sim, d: FileId, occasion: u32) {
    if !sim.ever.background_signs {
        return;
    }
    let file = &sim.world.dossiers[d];
    let (c, key, kind) = (file.service, file.key, sight::clock_of(file.group));
    let factor = background_factor(sim, d);
    let clock = sim.clock(kind, c, MovementId::default());
    let threshold = sim.threshold(key, Decision::Background, occasion);
    let handle = sim.world.clocks[clock].join(sim.now, key.bits(), d.0, occasion, threshold, factor);
    sim.world.dossiers[d].background = handle;
    sim.touch(kind, clock);
}

/// A file's status has changed: its background signs, and the tempo of a plot that notices.
pub(crate) fn status_changed(sim: &mut Sim, d: FileId) {
    let (c, handle, id) = {
        let file = &sim.world.dossiers[d];
        (file.service, file.background, file.person)
    };
    let factor = background_factor(sim, d);
    let clock = sim.clock(ClockKind::Background, c, MovementId::default());
    if !sim.ever.grouped && handle != Handle::NONE && sim.world.clocks[clock].set_factor(sim.now, handle, factor) {
        sim.touch(ClockKind::Background, clock);
    }
    follow(sim, id);
}

/// What services do about a person has changed: the plot's clocks follow.
pub(crate) fn follow(sim: &mut Sim, id: PersonId) {
    let plot = sim.world.persons[id].plot;
    if plot.is_some() {
        sim.follow_plot(plot);
    }
}

/// A background sign on an open file.
pub(crate) fn background(sim: &mut Sim, d: FileId) {
    let file = &mut sim.world.dossiers[d];
    file.background = Handle::NONE;
    file.seen += 1;
    let (c, id, key, seen, cause) = (file.service, file.person, file.key, file.seen, file.cause);
    let openings = sim.world.dossiers[d].openings;
    await_background(sim, d, openings << 16 | seen & 0xFFFF);
    live!("detection");
    if passes_parked(sim, d, seen) {
        return;
    }
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::EvidenceSeen, cause, site, 1.0);
    sim.world.dossiers[d].cause = fact;
    let weight = sim.p.countries[c].detection.weight();
    let name = key.child(Decision::NameFragment.number(), u64::from(seen));
    sim.contribute_fragment(c, id, PlotId::NONE, name, fact);
    let channel = background_channel(sim, d, seen);
    sim.add_evidence(d, weight, channel);
    sim.innocent_seen(d);
}

/// By what a background sign was seen: where signs have channels, by one of those that show on such a file.
fn background_channel(sim: &Sim, d: FileId, seen: u32) -> Channel {
    if sim.p.world.sign_channels.apart == 0.0 {
        return Channel::Informants;
    }
    let file = &sim.world.dossiers[d];
    let weights = sight::seen_in(sim, file.service, file.group);
    let all: f64 = weights.iter().sum();
    let at = sim.draws.uniform(file.key, Decision::BackgroundChannel.number(), seen) * all;
    let mut reached = 0.0;
    for (channel, weight) in SignChannel::ALL.into_iter().zip(weights) {
        reached += weight;
        if at < reached {
            return channel.label();
        }
    }
    Channel::Informants
}

/// Whether a background sign goes by unseen because nobody works the file: the clock runs as if somebody did.
fn passes_parked(sim: &Sim, d: FileId, occasion: u32) -> bool {
    let file = &sim.world.dossiers[d];
    if file.status == FileStatus::Watched || !files::parked(sim, d) {
        return false;
    }
    let p = &sim.p.countries[file.service].detection;
    let seen = (p.visible_closed_share / p.visible_open_share).min(1.0);
    !sim.chance(file.key, Decision::ParkedSign, occasion, seen)
}

// ---- signs of plots --------------------------------------------------------------------------------

/// Books the search for a new plot.
pub(crate) fn begin(sim: &mut Sim, index: PlotId) {
    if !sim.ever.searches {
        return;
    }
    let key = sim.world.plots[index].key;
    let search = Countdown::start(sim.now, sim.threshold(key, Decision::Search, 0), Hazard::ZERO);
    let at = sim.schedule(f64::INFINITY, EventKind::Search(index), key, 0);
    let plot = &mut sim.world.plots[index];
    plot.search = search;
    plot.search_at = at;
    update_search_rate(sim, index);
}

/// Sets the search clock of a plot to the teams that are free.
pub(crate) fn update_search_rate(sim: &mut Sim, index: PlotId) {
    live!("detection");
    let plot = &sim.world.plots[index];
    if plot.search_at == Handle::NONE || plot.ending != Ending::InProgress {
        return;
    }
    let c = plot.preparation;
    let found = plot.searched || plot.members.iter().any(|&id| files::under_decision(sim, id));
    let rate =
        if found { 0.0 } else { sim.p.countries[c].detection.search_per_team_per_day * staff::searching_teams(sim, c) };
    let hazard = if rate > 0.0 { plots::at_tempo(sim, &sim.world.plots[index], rate, 1.0) } else { Hazard::ZERO };
    let now = sim.now;
    let plot = &mut sim.world.plots[index];
    if plot.search.set(now, hazard) {
        let (at, due) = (plot.search_at, plot.search.due());
        sim.rebook(at, due);
    }
}

/// Sets the search clocks of all plots prepared in a country.
pub(crate) fn update_search_rates(sim: &mut Sim, c: CountryId) {
    if sim.p.countries[c].detection.search_per_team_per_day == 0.0 {
        return;
    }
    let plots: Vec<PlotId> = sim.world.countries[c].plots.iter().map(|p| p.1).collect();
    for index in plots {
        update_search_rate(sim, index);
    }
}

/// Free teams have found a plot.
pub(crate) fn found(sim: &mut Sim, index: PlotId) {
    let plot = &mut sim.world.plots[index];
    plot.searched = true;
    let (cause, service) = (plot.cause, plot.preparation);
    let fact = sim.plot_fact(FactKind::FoundBySearch, index, cause, service, 1.0);
    plots::reveal(sim, index, service, Channel::Search, fact);
    update_search_rate(sim, index);
}

/// A plot has left a sign: whose, where, and whether it is seen.
pub(crate) fn sign(sim: &mut Sim, index: PlotId, count: u32) {
    live!("detection");
    let plot = &sim.world.plots[index];
    let (key, pathway, cause) = (plot.key, plot.pathway, plot.cause);
    let helper_weight = sim.p.countries[plot.preparation].work.helper_sign_factor;
    let people: Vec<(PersonId, f64)> = plot
        .members
        .iter()
        .map(|&m| (m, 1.0))
        .chain(plot.helpers.iter().filter(|&&h| active(sim, h)).map(|&h| (h, helper_weight)))
        .collect();
    let keys = people.iter().map(|&(id, w)| (sim.world.persons[id].key, w));
    let Some(won) = sim.draws.choose(Decision::SignatureOwner.number(), count ^ key.bits() as u32, keys) else {
        return;
    };
    let mut owner = people[won].0;
    let place = sign_place(sim, index, owner, count);
    if sim.p.countries[place].country.transit_partner != 0.0 {
        return;
    }
    if won >= plot.members.len() {
        if !sim.chance(key, Decision::HelperLeak, count, sim.p.world.secrecy.leak_share()) {
            return;
        }
        owner = plot.members[0];
    }
    let status = effective_status(sim, place, owner);
    let channel = sign_channel(sim, key, pathway, count);
    let share = seen_share(sim, place, owner, status, (pathway, channel));
    if sim.explains() {
        let standing = files::dossier(sim, place, owner).map_or(0, |d| sim.world.dossiers[d].cause);
        let site = Site { country: place, plot: key, ..Site::person(&sim.world.persons[owner]) };
        sim.explain(FactKind::SignLeft, standing, site, status.code());
    }
    if !sim.chance(key, Decision::SignatureSeen, count, share) {
        sim.sign_missed(index, place, owner, status, |sim, status| {
            let share = seen_share(sim, place, owner, status, (pathway, channel));
            sim.chance(key, Decision::SignatureSeen, count, share)
        });
        return;
    }
    let fact = sim.plot_fact(FactKind::SignatureSeen, index, cause, place, status.code());
    let weight = sim.p.countries[place].detection.weight();
    let name = key.child(Decision::NameFragment.number(), u64::from(count));
    plots::credit(sim, index, place, owner, weight, name, fact);
    let (by, lead_by) = match channel {
        Some(channel) => (channel.label(), channel.label()),
        None if pathway == Pathway::OnlineDirected => (Channel::Communications, Channel::Communications),
        None => (Channel::Informants, Channel::Communications),
    };
    let open = files::dossier(sim, place, owner).filter(|&d| sim.world.dossiers[d].status >= FileStatus::Open);
    match open {
        Some(d) => {
            sim.world.dossiers[d].cause = fact;
            sim.add_evidence(d, weight, by);
        }
        None => sim.lead_arrives(place, owner, lead_by, weight, fact),
    }
}

/// Whether a helper is still there to help.
fn active(sim: &Sim, id: PersonId) -> bool {
    matches!(sim.world.persons[id].state, State::Sympathiser | State::Committed)
}

fn sign_place(sim: &Sim, index: PlotId, owner: PersonId, count: u32) -> CountryId {
    let plot = &sim.world.plots[index];
    let share = sim.p.countries[plot.preparation].detection.elsewhere_share;
    let home = sim.world.persons[owner].country;
    let (preparation, target) = (plot.preparation, plot.target);
    if home == preparation && target == preparation {
        return preparation;
    }
    let u = sim.draws.uniform(plot.key, Decision::SignaturePlace.number(), count);
    if u >= share {
        preparation
    } else if u < 0.5 * share {
        home
    } else {
        target
    }
}

/// The status of a file as it works now: a moving team is blind, and a record that is visible from elsewhere counts as closed.
fn effective_status(sim: &Sim, c: CountryId, id: PersonId) -> FileStatus {
    match files::dossier(sim, c, id) {
        Some(d) => {
            let file = &sim.world.dossiers[d];
            let blind = file.status == FileStatus::Watched && sim.now < file.blind_until;
            let status = if blind { FileStatus::Open } else { file.status };
            if status == FileStatus::Open && files::parked(sim, d) { FileStatus::Parked } else { status }
        }
        None if records::visible(sim, c, id) => FileStatus::Closed,
        None => FileStatus::Unknown,
    }
}

/// In which channel a sign of a plot shows, where signs have channels.
fn sign_channel(sim: &Sim, plot: Key, pathway: Pathway, count: u32) -> Option<SignChannel> {
    live!("sign_channels", None);
    let channels = &sim.p.world.sign_channels;
    if channels.apart == 0.0 {
        return None;
    }
    let [messages, conduct, _] = channels.mix(pathway == Pathway::OnlineDirected);
    let u = sim.draws.uniform(plot, Decision::SignChannel.number(), count);
    Some(if u < messages {
        SignChannel::Messages
    } else if u < messages + conduct {
        SignChannel::Conduct
    } else {
        SignChannel::People
    })
}

/// The chance that a sign is seen under a status of the file.
fn seen_share(
    sim: &Sim,
    c: CountryId,
    owner: PersonId,
    status: FileStatus,
    (pathway, channel): (Pathway, Option<SignChannel>),
) -> f64 {
    let coded = channel.map_or(pathway == Pathway::OnlineDirected, |channel| channel == SignChannel::Messages);
    let readable = if coded { sight::readable_share(sim, c) } else { 1.0 };
    visibility(sim, c, owner, status, channel) * readable
}

fn visibility(sim: &Sim, c: CountryId, owner: PersonId, status: FileStatus, channel: Option<SignChannel>) -> f64 {
    let d = &sim.p.countries[c].detection;
    let plain = match status {
        FileStatus::Watched => d.visible_watched_share,
        FileStatus::Open => d.visible_open_share,
        FileStatus::Closed | FileStatus::Parked => d.visible_closed_share,
        FileStatus::Unknown => d.visible_unknown_share,
    };
    if status < FileStatus::Open || !sim.ever.grouped {
        return plain;
    }
    let group = files::dossier(sim, c, owner).map_or(Group::Open, |d| sim.world.dossiers[d].group);
    let group = match status {
        FileStatus::Watched => Group::Watched,
        // What it would have shown with the hours of an open file, or while a team is on its way.
        FileStatus::Open if group == Group::Hot => Group::Hot,
        FileStatus::Unknown | FileStatus::Closed | FileStatus::Parked | FileStatus::Open => Group::Open,
    };
    sight::visible(sim, c, group, channel)
}
