//! A service's file on a person: how it stands, what led to it, what is believed.

use super::ids::{CountryId, FileId, PersonId};
use super::silence::Group;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::fact::FactId;

/// Writes an enum into the value of a fact, and reads it from there.
macro_rules! coded {
    ($kind:ident) => {
        impl $kind {
            /// The number that stands for it in a fact's value.
            pub(crate) fn code(self) -> f64 {
                f64::from(self as u8)
            }

            /// What a number stands for; the last where it stands for none.
            pub(crate) fn of_code(code: f64) -> Self {
                Self::ALL[(code as usize).min(Self::ALL.len() - 1)]
            }
        }
    };
}

/// How a file stands with the service that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileStatus {
    /// No file.
    Unknown,
    /// A closed file or a bare record.
    Closed,
    /// An open file that nobody works at this moment; how a file stands for the moment, never kept with it.
    Parked,
    /// An open case.
    Open,
    /// Watched day and night.
    Watched,
}

impl FileStatus {
    /// All in order, the closest last.
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Closed, Self::Parked, Self::Open, Self::Watched];

    /// How it stands, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Closed => "a closed file",
            Self::Parked => "an open file that is parked",
            Self::Open => "an open file",
            Self::Watched => "watched",
        }
    }
}

/// The channel in which a sign shows, in the abstract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum SignChannel {
    /// What is written or said at a distance.
    Messages,
    /// What somebody does.
    Conduct,
    /// What people near by see and tell.
    People,
}

impl SignChannel {
    /// All in order.
    pub(crate) const ALL: [Self; 3] = [Self::Messages, Self::Conduct, Self::People];

    /// What leads a service to somebody by such a sign.
    pub(crate) fn label(self) -> Channel {
        match self {
            Self::Messages => Channel::Communications,
            Self::Conduct => Channel::Surveillance,
            Self::People => Channel::Informants,
        }
    }
}

/// What a check of records finds about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// Nothing that this service can see.
    Nothing,
    /// The service's own record.
    Own,
    /// A notice of another service.
    Notice,
    /// A pooled record.
    Pool,
}

impl Found {
    /// All in order.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Own, Self::Notice, Self::Pool];

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Own => "its own record",
            Self::Notice => "a notice",
            Self::Pool => "a pooled record",
        }
    }
}

/// What led a service to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Channel {
    None,
    Public,
    Communications,
    Informants,
    Border,
    Partner,
    Prison,
    LinkAnalysis,
    Search,
    Raid,
    Sting,
    FollowUp,
    Surveillance,
}

impl Channel {
    /// All channels in order.
    pub const ALL: [Self; 13] = [
        Self::None,
        Self::Public,
        Self::Communications,
        Self::Informants,
        Self::Border,
        Self::Partner,
        Self::Prison,
        Self::LinkAnalysis,
        Self::Search,
        Self::Raid,
        Self::Sting,
        Self::FollowUp,
        Self::Surveillance,
    ];

    /// The channel's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Public => "public",
            Self::Communications => "communications",
            Self::Informants => "informants",
            Self::Border => "border",
            Self::Partner => "partner",
            Self::Prison => "prison",
            Self::LinkAnalysis => "link_analysis",
            Self::Search => "search",
            Self::Raid => "raid",
            Self::Sting => "sting",
            Self::FollowUp => "follow_up",
            Self::Surveillance => "surveillance",
        }
    }
}

coded!(FileStatus);
coded!(Found);
coded!(Channel);

/// One service's file on one person; what background signs, reviews and lookups need stands in the first cache line.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Dossier {
    pub(crate) key: Key,
    /// Evidence as a logarithm in units that do not decay: its present weight is `exp(score − λ t)`.
    pub(crate) score: f64,
    /// The same with what is kept for years as it was when the file was last touched: by this files are in order.
    pub(crate) order: f64,
    pub(crate) cause: FactId,
    pub(crate) background: Handle,
    pub(crate) person: PersonId,
    pub(crate) next: FileId,
    /// The ticket under which the file waits for review.
    pub(crate) review: u32,
    pub(crate) openings: u32,
    pub(crate) seen: u32,
    pub(crate) watches: u32,
    pub(crate) service: CountryId,
    pub(crate) status: FileStatus,
    pub(crate) channel: Channel,
    pub(crate) deciding: bool,
    /// Closed for lack of staff, and not opened again since.
    pub(crate) closed_for_staff: bool,
    /// The group whose silence the file shares.
    pub(crate) group: Group,
    pub(crate) executions: u32,
    pub(crate) raids: u32,
    pub(crate) execution: Handle,
    pub(crate) blind_until: f64,
    /// When belief falls to the next level that matters.
    pub(crate) fall: Handle,
    /// Log odds that are kept for years, as they were at `anchor`.
    pub(crate) lasting: f64,
    /// What silence took from belief below the prior before the file came into its group, as it was at `anchor`.
    pub(crate) below: f64,
    pub(crate) anchor: f64,
}

const _: () = assert!(size_of::<Dossier>() == 128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        assert!(Channel::ALL.iter().all(|&c| Channel::of_code(c.code()) == c));
        assert!(FileStatus::ALL.iter().all(|&s| FileStatus::of_code(s.code()) == s));
        assert!(Found::ALL.iter().all(|&f| Found::of_code(f.code()) == f));
    }
}
