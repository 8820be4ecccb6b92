//! People who have a name of their own, where each stands, and the friends they came with.

use super::ids::{CircleId, CountryId, FileId, MovementId, NeighbourhoodId, PersonId, PlotId};
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::clock::Place;
use crate::model::kinds::fact::FactId;

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A plain resident on whom a file was opened by mistake.
    Resident,
    /// Someone on whom a service could plausibly open a file.
    Sympathiser,
    /// Ready to travel or to plot.
    Committed,
    /// In contact with a virtual entrepreneur.
    Groomed,
    /// In contact with an undercover persona.
    InSting,
    /// A member of a plot in progress.
    Plotter,
    /// A fighter abroad.
    Abroad,
    /// Sent on the way to an attack.
    Dispatched,
    /// Back from abroad.
    Returnee,
    /// In prison.
    Prison,
    /// Left for good.
    Disengaged,
    /// Dead.
    Dead,
}

/// The ticket of somebody who, or of a file that, does not wait.
pub(crate) const NO_TICKET: u32 = 0;

/// What accounts note of a person: bits of [`Person`]'s marks.
pub(crate) mod mark {
    /// A service had an open file on the person in the counted period.
    pub(crate) const FILED: u8 = 1;
    /// The person was held in the counted period while in no plot.
    pub(crate) const HELD: u8 = 2;
    /// Pooled files would have flagged the person, who was not plotting.
    pub(crate) const FLAGGED: u8 = 4;
}

/// A person who has a name of their own: anyone who was ever in a special state.
///
/// Two cache lines and no more: a run stores tens of thousands of people and meets them in no order. What every
/// coming and going needs stands in the first line, in the order written here.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Person {
    pub(crate) key: Key,
    pub(crate) cause: FactId,
    /// Tickets for the group clocks in which the person waits, by place.
    pub(crate) tickets: [u32; Place::COUNT],
    pub(crate) tickets_drawn: u32,
    pub(crate) entries: u32,
    pub(crate) neighbourhood: NeighbourhoodId,
    pub(crate) state: State,
    pub(crate) country: CountryId,
    pub(crate) movement: MovementId,
    pub(crate) reintegrating: bool,
    pub(crate) timer: Handle,
    /// The services that hold a record, one bit each.
    pub(crate) records: u64,
    pub(crate) circle: CircleId,
    /// The friend who came into the circle before.
    pub(crate) friend_before: PersonId,
    pub(crate) plot: PlotId,
    pub(crate) tips: u32,
    pub(crate) leads: u32,
    pub(crate) first_dossier: FileId,
    pub(crate) notice_from: f32,
    pub(crate) pooled_from: f32,
    /// When the person became a sympathiser; before all time for the stock of the first day.
    pub(crate) radicalised: f32,
    pub(crate) plots_made: u16,
    pub(crate) arrests: u16,
    pub(crate) online_only: bool,
    pub(crate) veteran: bool,
    pub(crate) trained: bool,
    pub(crate) attached: bool,
    pub(crate) blocked: bool,
    pub(crate) identified: bool,
    /// What was noted of the person for accounts, one bit each ([`mark`]).
    pub(crate) marks: u8,
    /// What part of the hazard grievance was when the person radicalised, in 255ths: the room is for one byte.
    pub(crate) by_grievance: u8,
}

const _: () = assert!(size_of::<Person>() == 128);

/// Friends who came to it together: the last of them, and how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circle {
    pub(crate) last: PersonId,
    pub(crate) size: u32,
}
