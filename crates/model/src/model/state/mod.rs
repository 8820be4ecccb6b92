//! The state of one replication: countries, people, plots, files; nothing here decides anything.

use std::collections::BTreeMap;

use crate::engine::clock::{Clock, Countdown};
use crate::engine::hazard::Hazard;
use crate::engine::lazy_clock::LazyClock;
use crate::engine::tournament::Tournament;

use super::record::PlotRecord;
use ids::{
    CircleId, FileId, GroupId, InPersonId, LanguageId, LeadId, List, NeighbourhoodId, PersonId, PlotId, PresenceId,
    RecruiterId,
};
pub use ids::{CountryId, MovementId};

pub(crate) mod branch;
pub(crate) mod country;
pub(crate) mod desk;
pub(crate) mod file;
pub(crate) mod ids;
pub(crate) mod lead;
pub(crate) mod neighbourhood;
pub(crate) mod over_time;
pub(crate) mod person;
pub(crate) mod plot;
pub(crate) mod pool;
pub(crate) mod recruiter;
pub(crate) mod ring;
pub(crate) mod silence;

pub(crate) use branch::{Branch, Organiser};
pub(crate) use country::{CountryState, Hours};
pub(crate) use desk::Desk;
pub use file::{Channel, FileStatus, Found};
pub(crate) use file::{Dossier, SignChannel};
pub(crate) use lead::Lead;
pub(crate) use neighbourhood::{Neighbourhood, OnsetSeat, Presence};
pub(crate) use over_time::{Reaction, TimeMean};
pub(crate) use person::{Circle, NO_TICKET, Person, State, mark};
pub use plot::{Ending, MissedChances, Pathway, Stage};
pub(crate) use plot::{Fragment, Plot};
pub(crate) use pool::{LinkJob, Pool, Released};
pub(crate) use recruiter::{InPerson, Recruiter};
pub(crate) use silence::Group;

/// Everything.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) countries: List<CountryId, CountryState>,
    pub(crate) neighbourhoods: List<NeighbourhoodId, Neighbourhood>,
    /// Movements in neighbourhoods, those of one neighbourhood together ([`crate::model::sim::Sim::presence`]).
    pub(crate) presences: List<PresenceId, Presence>,
    pub(crate) persons: List<PersonId, Person>,
    /// Those on whom a service had an open file in the counted period.
    pub(crate) filed: Vec<PersonId>,
    pub(crate) circles: List<CircleId, Circle>,
    pub(crate) plots: List<PlotId, Plot>,
    pub(crate) stings: Vec<PlotRecord>,
    pub(crate) leads: List<LeadId, Lead>,
    pub(crate) free_leads: Vec<LeadId>,
    pub(crate) dossiers: List<FileId, Dossier>,
    pub(crate) recruiters: List<RecruiterId, Recruiter>,
    pub(crate) in_person: List<InPersonId, InPerson>,
    /// Group clocks by number; of each pair one is used, by who waits in it.
    pub(crate) clocks: List<GroupId, Clock>,
    pub(crate) lazy_clocks: List<GroupId, LazyClock>,
    /// When each group clock rings next.
    pub(crate) rings: Tournament,
    /// When each country's desk has an analyst free for a lead that presses, by rank of the country.
    pub(crate) wakes: Tournament,
    /// The countries by rank.
    pub(crate) by_key: Vec<CountryId>,
    pub(crate) free_span: List<LanguageId, f64>,
    pub(crate) alive_recruiters: u32,
    /// The branches of operations outside, one a movement.
    pub(crate) branches: List<MovementId, Branch>,
    /// People of support nodes, with the plots that they work for.
    pub(crate) organisers: Vec<Organiser>,
    pub(crate) pool: Pool,
    /// Notices and pooled records by person and owner; only filled where pairs of countries differ (M29).
    pub(crate) released: BTreeMap<(PersonId, CountryId), Released>,
    /// From when an owner seeks the arrest of a person; only filled where notices are of two kinds (M27).
    pub(crate) wanted: BTreeMap<(PersonId, CountryId), f64>,
    pub(crate) cost_rate: List<CountryId, f64>,
    pub(crate) cost_since: f64,
    pub(crate) cost: List<CountryId, f64>,
}

/// The long lists of a world: most of its memory.
#[derive(Debug, Default)]
pub(crate) struct Long {
    persons: List<PersonId, Person>,
    dossiers: List<FileId, Dossier>,
}

impl Long {
    fn clone_from(&mut self, other: &Self) {
        self.persons.clone_from(&other.persons);
        self.dossiers.clone_from(&other.dossiers);
    }
}

impl World {
    /// A copy, whose long lists take the room of others that are not needed any more.
    pub(crate) fn copy(&mut self, mut room: Long) -> Self {
        let long = self.take_long();
        room.clone_from(&long);
        let copy = Self { persons: room.persons, dossiers: room.dossiers, ..self.clone() };
        (self.persons, self.dossiers) = (long.persons, long.dossiers);
        copy
    }

    /// Takes the long lists away.
    pub(crate) fn take_long(&mut self) -> Long {
        Long { persons: std::mem::take(&mut self.persons), dossiers: std::mem::take(&mut self.dossiers) }
    }

    /// A countdown that never rings.
    pub(crate) fn never() -> Countdown {
        Countdown::start(0.0, 1.0, Hazard::ZERO)
    }
}
