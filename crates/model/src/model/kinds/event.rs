//! What will happen: the entries of the agenda; one row a kind, with whom it happens to.
//!
//! Events of equal time come out by (number, key, occasion), never by the order in which they were put in. A row's
//! number is therefore part of the results: rows may move, numbers may not. Two rows share a number where they are
//! the same happening to two kinds of subject.

use crate::engine::heap::Tie;
use crate::engine::key::Key;
use crate::model::state::ids::{
    CountryId, FileId, GroupId, InPersonId, JobId, LeadId, MonthId, MovementId, PeriodId, PersonId, PlotId, RecruiterId,
};

macro_rules! events {
    ($($number:literal $name:ident $(($subject:ident))?: $meaning:literal;)*) => {
        /// The kinds of event, each with its subject.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum EventKind {
            $(#[doc = $meaning] $name $(($subject))?,)*
        }

        impl EventKind {
            /// Among events of equal time the smaller number comes first.
            pub(crate) const fn number(self) -> u16 {
                match self {
                    $(Self::$name { .. } => $number,)*
                }
            }
        }

        /// Every row's number and name.
        #[cfg(test)]
        const ROWS: &[(u16, &str)] = &[$(($number, stringify!($name))),*];
    };
}

events! {
    0 Parameters(PeriodId): "The parameters of another period come into force.";
    1 MonthEnd(MonthId): "A month ends: stocks and means are stated.";
    2 Clock(GroupId): "A group clock rings for its first member.";
    3 RecruiterRemoved(RecruiterId): "A strike removes a virtual entrepreneur.";
    4 RecruiterReplaced(RecruiterId): "A successor of a virtual entrepreneur begins.";
    5 GroomingEnds(PersonId): "The grooming of a contact ends.";
    6 InPersonRemoved(InPersonId): "A recruiter in person is gone.";
    7 InPersonReplaced(InPersonId): "A successor of a recruiter in person begins.";
    8 StingEnds(PersonId): "A sting case ends in an arrest.";
    9 TrainingEnds(PersonId): "The training of a fighter abroad ends.";
    10 Dispatch(MovementId): "A team of a movement is sent from held territory.";
    11 ReturneePlots(PersonId): "A dormant returnee begins to plot.";
    12 Release(PersonId): "A sentence is served.";
    13 Task(PlotId): "A task of a plot is done.";
    14 Signature(PlotId): "A plot leaves a sign.";
    15 Dissolve(PlotId): "A plot dissolves unaided.";
    16 Search(PlotId): "Free teams find a plot.";
    17 PlotAgain(PersonId): "A survivor plots again; the occasion is the former plot.";
    18 FalseLead(CountryId): "A false lead arrives that will open a file on a resident.";
    19 AnalystFree(CountryId): "An analyst becomes free for a lead that presses.";
    20 LeadServed(LeadId): "A lead about a named person has been assessed.";
    20 FalseLeadServed(CountryId): "A false lead that opens a file has been assessed; the occasion counts them.";
    21 LeadStale(LeadId): "A lead about a named person has waited too long.";
    22 Execution(FileId): "A decided intervention is carried out.";
    23 Raid(FileId): "One of the raids after an attack.";
    24 InvestigationEnds(PlotId): "The investigation of a plot ends; the occasion is the service.";
    25 FragmentPooled(JobId): "A fragment reaches the pool.";
    26 LinkServed(JobId): "Central analysts have finished with a fragment.";
    27 QueryAnswered(FileId): "An answer from another service arrives.";
    28 EmergencyEnds(CountryId): "Emergency powers may lapse.";
    29 Shift(CountryId): "The daily shift allocates staff.";
    30 BeliefFalls(FileId): "Belief has come down to a level that matters.";
    31 TeamInPlace(FileId): "A team that moved sees again; the occasion is the watch.";
    32 FilesJoined(PlotId): "Analysts join what their service holds on a plot.";
    33 Count(CountryId): "Counting begins: the plots of the time before are there.";
    34 FighterMet(PersonId): "A service outside comes to know of a fighter; the occasion is the service.";
}

/// One entry of the agenda.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Event {
    /// What happens, and to whom.
    pub kind: EventKind,
    /// The stable key of what it happens to, which orders ties.
    pub key: Key,
    /// The occasion, which orders ties of the same key.
    pub occasion: u32,
}

const _: () = assert!(size_of::<Event>() == 24);

impl Tie for Event {
    fn tie(&self) -> (u16, u64, u32) {
        (self.kind.number(), self.key.bits(), self.occasion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::agenda::Agenda;

    #[test]
    fn ties_come_out_by_number_and_numbers_are_what_they_were() {
        let order: Vec<&str> = ROWS.iter().map(|r| r.1).collect();
        assert!(ROWS.windows(2).all(|w| w[0].0 <= w[1].0), "{order:?} stand in the order of their numbers");
        assert_eq!(ROWS.iter().map(|r| r.0).collect::<std::collections::BTreeSet<_>>().len(), 35);
        // A change of any of these changes which of two simultaneous events comes first.
        let at = |name: &str| ROWS.iter().find(|r| r.1 == name).map(|r| r.0);
        assert_eq!(at("Parameters"), Some(0));
        assert_eq!(at("Clock"), Some(2));
        assert_eq!((at("LeadServed"), at("FalseLeadServed")), (Some(20), Some(20)));
        assert_eq!(at("Shift"), Some(29));
    }

    #[test]
    fn events_of_one_time_come_out_by_number_then_key_then_occasion() {
        let event = |kind, key: u64, occasion| Event { kind, key: Key::from_bits(key), occasion };
        let wanted = [
            event(EventKind::Parameters(PeriodId::default()), 9, 9),
            event(EventKind::Dispatch(MovementId::default()), 1, 0),
            event(EventKind::FalseLeadServed(CountryId::default()), 2, 0),
            event(EventKind::LeadServed(LeadId::default()), 2, 1),
            event(EventKind::LeadServed(LeadId::default()), 3, 0),
            event(EventKind::Shift(CountryId::default()), 0, 0),
        ];
        let mut agenda = Agenda::default();
        for event in wanted.iter().rev() {
            agenda.schedule(1.0, *event);
        }
        let out: Vec<Event> = std::iter::from_fn(|| agenda.take_next().map(|e| e.1)).collect();
        assert_eq!(out, wanted);
    }
}
