//! What did happen: the model's only output besides the plots themselves.

use crate::engine::key::Key;

/// The identity of a fact; 0 stands for no fact.
pub type FactId = u64;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum FactKind {
    // Radicalisation.
    OnsetSpontaneous,
    OnsetOnline,
    OnsetPeer,
    OnsetRecruiter,
    Committed,
    Desisted,
    Imprisoned,
    Released,
    Reengaged,
    GrievanceRises,
    // Recruiters.
    RecruiterRemoved,
    RecruiterReplaced,
    ContactMade,
    ContactLost,
    Groomed,
    StingCase,
    StingEnds,
    InPersonRemoved,
    InPersonReplaced,
    // Fighters.
    TravelBlocked,
    Departed,
    DepartedWithinHalfYear,
    DepartedWithinYear,
    DiedAbroad,
    Trained,
    Returned,
    ReturneeIdentified,
    ReturneeMissed,
    ReturneeProsecuted,
    ReturneeWatched,
    ReturneeReintegrated,
    ReturneeRecorded,
    WarningReceived,
    WarningIgnored,
    DispatchOrdered,
    SentStopped,
    // Plots.
    PlotStarted,
    VeteranPlots,
    BlockedPlots,
    TaskDone,
    SignatureSeen,
    PlotCompleted,
    PlotFailed,
    PlotFoiled,
    PlotDissolved,
    CellExposed,
    SurvivorHides,
    SurvivorFound,
    SurvivorPlots,
    PeopleHarmed,
    PeopleKilled,
    // Services.
    LeadReceived,
    LeadTrue,
    LeadStale,
    LeadAssessed,
    LeadWait,
    AssessedWithoutPlot,
    CaseOpened,
    CaseReopened,
    CaseClosed,
    CaseClosedForCapacity,
    EvidenceSeen,
    WatchStarted,
    WatchEnded,
    WatchMoved,
    WatchedWithoutPlot,
    FoundBySearch,
    InterventionDecided,
    Arrested,
    Charged,
    ReleasedUncharged,
    SearchedWithoutPlot,
    HeldWithoutPlot,
    Raid,
    RaidFinds,
    InvestigationOpened,
    InvestigationEnded,
    // Sharing.
    NoticeIssued,
    RecordPooled,
    FragmentPooled,
    LinkFound,
    LinkMissed,
    LinkFalse,
    QueryAnswered,
    DotNotConnected,
    ChanceMissedForStaff,
    ChanceMissedByJudgement,
    ChanceMissedBetween,
    InnocentFlagged,
    // Measures and bookkeeping.
    EmergencyBegins,
    EmergencyEnds,
    ParametersChanged,
    Cost,
    // Stocks and time means at the end of a month.
    StockSympathisers,
    StockCommitted,
    StockAbroad,
    StockReturnees,
    StockOpenCases,
    StockQueue,
    StockRecruiters,
    StockPlots,
    StockTeams,
    MeanTeamUse,
    MeanTeamsFull,
    MeanAnalystUse,
    StockTerritory,
    StockCentralQueue,
    StockParked,
    // Circumstances: told only to those who ask why, and never counted.
    PersonSettled,
    PlotJoined,
    TempoChanged,
    SignLeft,
    RecordMade,
    RecordChecked,
    ContactBy,
    LeadTaken,
    LeadDismissed,
    TeamMissing,
    OfficersMissing,
    InterventionBegun,
}

impl FactKind {
    /// The last kind that is counted; after it come circumstances.
    pub const LAST: Self = Self::StockParked;
    /// The first of the kinds that state a stock or a mean at the end of a month.
    pub const FIRST_STOCK: Self = Self::StockSympathisers;

    /// Whether it says how things stood when something happened or did not, and not that something happened.
    pub fn circumstance(self) -> bool {
        self > Self::LAST
    }

    /// The kind's name in event logs.
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// One fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// Its identity: a function of what, who and when, so that other entities cannot shift it.
    pub id: FactId,
    /// The fact that led to it, 0 if none did.
    pub cause: FactId,
    /// Days from the start; negative in the warm-up.
    pub time: f64,
    /// What happened.
    pub kind: FactKind,
    /// The country, by position in the scenario.
    pub country: u8,
    /// The movement, by position in the scenario.
    pub movement: u8,
    /// The person, recruiter or country that it is about.
    pub subject: Key,
    /// The plot that it is about, or [`Key::NONE`].
    pub plot: Key,
    /// A count, an amount or a code that the kind explains.
    pub value: f64,
}

/// Receives facts as they happen.
///
/// What happens to counted false leads comes twice: as one fact that speaks for all of a shift, to be counted,
/// and, to a sink that asks for it, one by one, to be kept.
pub trait FactSink {
    /// Takes one fact.
    fn take(&mut self, fact: &Fact);

    /// Takes one fact that speaks for so many happenings; its value is the sum over them.
    fn count(&mut self, _fact: &Fact, _number: u32) {}

    /// Whether it wants the happenings of counted leads one by one.
    fn keeps_each(&self) -> bool {
        false
    }

    /// Takes one happening that is also counted.
    fn keep(&mut self, _fact: &Fact) {}

    /// Whether it wants circumstances: who took part, how a service stood towards somebody, what was missing.
    fn explains(&self) -> bool {
        false
    }

    /// Takes one circumstance.
    fn explain(&mut self, _fact: &Fact) {}
}

/// Puts facts in order of time. What happened to counted leads is told when a desk is looked at, and so after
/// facts that are later; equal times keep their order, so that a cause stays before what it led to.
pub fn in_order(facts: &mut [Fact]) {
    facts.sort_by(|a, b| a.time.total_cmp(&b.time));
}

impl FactSink for Vec<Fact> {
    fn take(&mut self, fact: &Fact) {
        self.push(*fact);
    }

    fn keeps_each(&self) -> bool {
        true
    }

    fn keep(&mut self, fact: &Fact) {
        self.push(*fact);
    }
}
