//! What will happen: the entries of the agenda.

use crate::engine::heap::Tie;
use crate::engine::key::Key;

/// The kinds of event; among events of equal time the earlier kind comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum EventKind {
    Parameters,
    MonthEnd,
    Clock,
    RecruiterRemoved,
    RecruiterReplaced,
    GroomingEnds,
    InPersonRemoved,
    InPersonReplaced,
    StingEnds,
    TrainingEnds,
    Dispatch,
    ReturneePlots,
    Release,
    Task,
    Signature,
    Dissolve,
    Search,
    PlotAgain,
    FalseLead,
    AnalystFree,
    LeadServed,
    LeadStale,
    Execution,
    Raid,
    InvestigationEnds,
    FragmentPooled,
    LinkServed,
    QueryAnswered,
    EmergencyEnds,
    Shift,
}

/// One entry of the agenda.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// What kind of event.
    pub kind: EventKind,
    /// The index of what it happens to, in the list that the kind implies.
    pub subject: u32,
    /// The stable key of what it happens to, which orders ties.
    pub key: Key,
    /// The occasion, which orders ties of the same key.
    pub occasion: u32,
}

impl Tie for Event {
    fn tie(&self) -> (u16, u64, u32) {
        (self.kind as u16, self.key.bits(), self.occasion)
    }
}
