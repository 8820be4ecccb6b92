//! On what each kind of fact depends beside its cause: conditions that a log of facts keeps, and tables of parameters.

#[allow(clippy::enum_glob_use, reason = "this file is a table of kinds")]
use super::fact::FactKind::{self, *};

/// The name under which a rule means what passes between pairs of countries.
pub const SHARING: &str = "sharing";

/// Whose facts can be the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The same person's (or recruiter's).
    Person,
    /// The same person's with the same service.
    File,
    /// The plot's or its people's.
    Plot,
    /// The same country's.
    Country,
    /// Anybody's.
    World,
}

/// In which arm the condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the arm of the fact that is to be explained.
    Here,
    /// In the other arm.
    There,
    /// In either.
    Either,
}

/// A condition: the latest fact of these kinds that stands in one arm only.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// Whose facts.
    pub whose: Whose,
    /// In which arm.
    pub arm: Where,
    /// Of which kinds.
    pub kinds: &'static [FactKind],
    /// Only at the very time of the fact.
    pub at_once: bool,
}

const fn of(whose: Whose, arm: Where, kinds: &'static [FactKind]) -> Condition {
    Condition { whose, arm, kinds, at_once: false }
}

const fn now(whose: Whose, arm: Where, kinds: &'static [FactKind]) -> Condition {
    Condition { whose, arm, kinds, at_once: true }
}

/// What one kind depends on, in the order in which it is looked at: near conditions, parameters, far conditions.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Conditions near by.
    pub near: &'static [Condition],
    /// Tables (`leads`) and parameters (`services.analysts`).
    pub tables: &'static [&'static str],
    /// Conditions far off.
    pub far: &'static [Condition],
}

/// What makes a service believe more about a person.
const EVIDENCE: &[FactKind] = &[
    SignatureSeen,
    EvidenceSeen,
    LeadAssessed,
    QueryAnswered,
    LinkFound,
    FoundBySearch,
    CellExposed,
    SupplierLeads,
    SurvivorFound,
    ReturneeWatched,
    CaseOpened,
    CaseReopened,
    FilesJoined,
    FileMisjoined,
    RecordCarried,
];
/// What gives a service closer file status on a person.
const STATUS_UP: &[FactKind] = &[WatchStarted, CaseOpened, CaseReopened, NoticeIssued, RecordPooled];
/// What lowers the status again.
const STATUS_DOWN: &[FactKind] = &[WatchEnded, CaseClosed, CaseClosedForCapacity, CaseDropped];
/// What makes a record visible.
const RECORDS: &[FactKind] = &[RecordPooled, NoticeIssued, RecordMade];
/// What makes a plot work slower or faster.
const PACE: &[FactKind] = &[InterventionDecided, InterventionBegun, DecisionLapsed, WatchStarted, WatchEnded];
/// What binds or frees teams.
const TEAMS: &[FactKind] = &[WatchStarted, WatchEnded, InvestigationOpened, InvestigationEnded];
/// What binds or frees case officers.
const OFFICERS: &[FactKind] =
    &[InterventionBegun, Raid, StingCase, StingEnds, Arrested, InvestigationOpened, InvestigationEnded];
/// What takes a person out of a service's reach, or brings one into it; files close with it without a fact of their own.
const STANDING: &[FactKind] = &[
    OnsetSpontaneous,
    OnsetOnline,
    OnsetPeer,
    OnsetRecruiter,
    Committed,
    Desisted,
    Imprisoned,
    Released,
    Reengaged,
    ContactMade,
    ContactLost,
    StingCase,
    TravelBlocked,
    Departed,
    Returned,
    Arrested,
    PlotJoined,
];
/// What changes who is abroad.
const WHO_IS_ABROAD: &[FactKind] = &[Departed, Returned, DiedAbroad];

/// Kinds that have no rule: their cause says all, or nobody asks.
pub(crate) const NOTHING: Rule = Rule { near: &[], tables: &[], far: &[] };

/// What decides which files officers work: how hot this one is, how many officers are free, and what else is open.
pub const PARKED_FILES: Rule = Rule {
    near: &[of(Whose::File, Where::Either, EVIDENCE)],
    tables: &[
        "services.case_officers",
        "services.other_work_share",
        "subjects.worked_per_officer",
        "investigations",
        "intervention.officers_per_intervention",
    ],
    far: &[of(Whose::Country, Where::Either, OFFICERS), of(Whose::Country, Where::Either, EVIDENCE)],
};

/// `OnsetSpontaneous`, `OnsetOnline`, `OnsetPeer`, `OnsetRecruiter`.
pub(crate) const ONSET: Rule = Rule {
    near: &[],
    tables: &["onset", "peers", "in_person_recruiters", "prevention", "grievance", "movements"],
    far: &[
        of(Whose::Country, Where::Either, &[InPersonRemoved, InPersonReplaced]),
        of(Whose::World, Where::Either, &[GrievanceRises]),
        of(Whose::Country, Where::Either, &[SearchedWithoutPlot]),
    ],
};

/// Committed, Desisted.
pub(crate) const STAGES: Rule = Rule { near: &[], tables: &["stages", "prevention"], far: &[] };

/// Released, Reengaged, Imprisoned, Charged, `ReleasedUncharged`.
pub(crate) const PRISON: Rule = Rule { near: &[], tables: &["stages", "intervention", "returnees"], far: &[] };

/// `ContactMade`.
pub(crate) const CONTACT: Rule = Rule {
    near: &[],
    tables: &["virtual_entrepreneurs", "languages"],
    far: &[
        of(Whose::World, Where::Either, &[RecruiterRemoved, RecruiterReplaced]),
        of(Whose::World, Where::Either, &[ContactMade, ContactLost, Groomed]),
        of(Whose::Country, Where::Either, WHO_IS_ABROAD),
    ],
};

/// Groomed, `ContactLost`.
pub(crate) const GROOMING: Rule = Rule {
    near: &[now(Whose::World, Where::Here, &[RecruiterRemoved])],
    tables: &["virtual_entrepreneurs", "territory"],
    far: &[],
};

/// `RecruiterRemoved`, `RecruiterReplaced`.
pub(crate) const ENTREPRENEURS: Rule = Rule { near: &[], tables: &["virtual_entrepreneurs", "territory"], far: &[] };

/// `InPersonRemoved`, `InPersonReplaced`.
pub(crate) const IN_PERSON: Rule = Rule { near: &[], tables: &["in_person_recruiters"], far: &[] };

/// `StingCase`, `StingEnds`.
pub(crate) const STINGS: Rule = Rule { near: &[], tables: &["stings", "services.undercover_personas"], far: &[] };

/// `RecordChecked`.
pub(crate) const RECORD_CHECK: Rule = Rule {
    near: &[of(Whose::Person, Where::Either, RECORDS)],
    tables: &["membership", "notices", "pooled_database", SHARING],
    far: &[],
};

/// `RecordMade`.
pub(crate) const RECORD: Rule = Rule { near: &[], tables: &["subjects", "triage", "travel"], far: &[] };

/// `TravelBlocked`, Departed.
pub(crate) const TRAVEL: Rule = Rule {
    near: &[now(Whose::Person, Where::Here, &[RecordChecked])],
    tables: &["travel", "territory"],
    far: &[now(Whose::World, Where::Either, &[Departed, TravelBlocked])],
};

/// `DiedAbroad`, Trained.
pub(crate) const LIFE_ABROAD: Rule = Rule { near: &[], tables: &["abroad", "territory"], far: &[] };

/// Returned.
pub(crate) const RETURN: Rule = Rule { near: &[], tables: &["returns", "territory"], far: &[] };

/// `ReturneeIdentified`, `ReturneeMissed`, `WarningReceived`, `WarningIgnored`, `SentStopped`.
pub(crate) const RECOGNITION: Rule = Rule {
    near: &[now(Whose::Person, Where::Here, &[RecordChecked])],
    tables: &["returns", "services.border_inspections_per_month", "records", "membership.warns_partners", SHARING],
    far: &[of(Whose::World, Where::Either, &[Returned, DispatchOrdered])],
};

/// `HeldAtBorder`, `LetGoAtBorder`, `EntryRefused`.
pub(crate) const BORDER: Rule = Rule {
    near: &[now(Whose::Person, Where::Here, &[RecordChecked]), of(Whose::Person, Where::Either, &[RedNotice, Listed])],
    tables: &["borders", "records", "notices", "partners", SHARING],
    far: &[],
};

/// `FighterMet`, Listed, `ListTold`.
pub(crate) const OUTSIDE: Rule = Rule { near: &[], tables: &["partners"], far: &[] };

/// `ReturneeProsecuted`, `ReturneeWatched`, `ReturneeReintegrated`, `ReturneeRecorded`.
pub(crate) const RETURNEES: Rule = Rule {
    near: &[],
    tables: &["returnees"],
    far: &[of(Whose::Country, Where::Either, &[ReturneeProsecuted, ReturneeReintegrated])],
};

/// `DispatchOrdered`.
pub(crate) const DISPATCH: Rule = Rule {
    near: &[],
    tables: &["territory"],
    far: &[of(Whose::World, Where::Either, &[DispatchOrdered, Trained, DiedAbroad, Returned])],
};

/// `PlotStarted`.
pub(crate) const PLOT_START: Rule = Rule {
    near: &[now(Whose::Plot, Where::Here, &[ContactLost, TravelBlocked, SentStopped])],
    tables: &[
        "pathways",
        "travel.blocked_plot_factor",
        "returnees",
        "adaptation",
        "work",
        "movements",
        "onset",
        "languages.propaganda_factor",
        "territory",
    ],
    far: &[of(Whose::Plot, Where::Here, STANDING)],
};

/// `TaskDone`, `TempoChanged`.
pub(crate) const WORK_PACE: Rule = Rule {
    near: &[of(Whose::Plot, Where::Either, PACE)],
    tables: &["work", "movements"],
    far: &[of(Whose::World, Where::Either, &[GrievanceRises])],
};

/// `PlotDissolved`, `PlotCompleted`, `PlotFailed`.
pub(crate) const WORK_END: Rule = Rule { near: &[], tables: &["work"], far: &[] };

/// `SignatureSeen`.
pub(crate) const SIGN: Rule = Rule {
    near: &[
        of(Whose::Plot, Where::Here, STATUS_UP),
        of(Whose::Plot, Where::There, STATUS_DOWN),
        of(Whose::Plot, Where::Either, PACE),
    ],
    tables: &["detection", "virtual_entrepreneurs.encryption_share", "work", "secrecy", SHARING],
    far: &[of(Whose::World, Where::Either, &[GrievanceRises])],
};

/// `LeadReceived`, `LeadTrue`.
pub(crate) const LEAD: Rule =
    Rule { near: &[], tables: &["leads", "detection"], far: &[of(Whose::Person, Where::Either, STANDING)] };

/// `LeadAssessed`.
pub(crate) const ASSESSMENT: Rule = Rule {
    near: &[of(Whose::File, Where::Here, &[LeadTaken]), of(Whose::File, Where::There, &[LeadStale])],
    tables: &["triage"],
    far: &[],
};

/// `LeadTaken`, `LeadStale`.
pub(crate) const QUEUE: Rule = Rule {
    near: &[],
    tables: &["services.analysts", "services.other_work_share", "triage", "leads"],
    far: &[of(Whose::Country, Where::Either, &[LeadTaken, LeadReceived])],
};

/// `CaseOpened`, `CaseReopened`.
pub(crate) const CASE: Rule = Rule {
    near: &[
        now(Whose::Person, Where::Here, &[RecordChecked]),
        of(Whose::File, Where::Either, &[CaseClosed, CaseClosedForCapacity, CaseOpened]),
    ],
    tables: &["triage", "subjects"],
    far: &[of(Whose::Person, Where::Either, STANDING)],
};

/// `CaseClosed`.
pub(crate) const REVIEW: Rule = Rule { near: &[], tables: &["subjects"], far: &[] };

/// `CaseClosedForCapacity`.
pub(crate) const CAPACITY: Rule = Rule {
    near: &[],
    tables: &["services.case_officers", "services.other_work_share", "subjects.cases_per_officer", "investigations"],
    far: &[of(Whose::Country, Where::Either, &[CaseOpened, CaseReopened, InterventionBegun, InvestigationOpened])],
};

/// `WatchStarted`.
pub(crate) const WATCH: Rule = Rule {
    near: &[of(Whose::File, Where::There, &[TeamMissing]), now(Whose::File, Where::Here, EVIDENCE)],
    tables: &["services.surveillance_officers", "services.officers_per_team", "subjects", "evidence", "investigations"],
    far: &[
        now(Whose::Country, Where::Here, &[WatchEnded]),
        now(Whose::Country, Where::Here, &[InvestigationEnded]),
        of(Whose::File, Where::Either, EVIDENCE),
        of(Whose::Person, Where::Either, STANDING),
        of(Whose::Country, Where::Either, TEAMS),
    ],
};

/// `WatchEnded`.
pub(crate) const WATCH_END: Rule = Rule {
    near: &[now(Whose::Person, Where::Here, STANDING), now(Whose::Country, Where::Here, &[WatchMoved])],
    tables: &[
        "services.surveillance_officers",
        "services.officers_per_team",
        "services.other_work_share",
        "subjects",
        "investigations",
    ],
    far: &[of(Whose::Country, Where::Either, TEAMS)],
};

/// `TeamMissing`, `WatchEnded`, `WatchMoved`.
pub(crate) const TEAM_USE: Rule = Rule {
    near: &[],
    tables: &[
        "services.surveillance_officers",
        "services.officers_per_team",
        "services.other_work_share",
        "subjects",
        "investigations",
    ],
    far: &[of(Whose::Country, Where::Either, TEAMS)],
};

/// `EvidenceSeen`.
pub(crate) const EVIDENCE_SEEN: Rule = Rule {
    near: &[of(Whose::File, Where::Either, STATUS_UP), of(Whose::File, Where::Either, STATUS_DOWN)],
    tables: &["detection"],
    far: &[of(Whose::Person, Where::Either, STANDING)],
};

/// `FoundBySearch`.
pub(crate) const SEARCH: Rule = Rule {
    near: &[of(Whose::Plot, Where::Either, PACE)],
    tables: &["detection.search_per_team_per_day", "services.surveillance_officers", "investigations"],
    far: &[of(Whose::Country, Where::Either, TEAMS)],
};

/// `InterventionDecided`.
pub(crate) const DECISION: Rule = Rule {
    near: &[now(Whose::File, Where::Here, EVIDENCE), now(Whose::Plot, Where::Here, EVIDENCE)],
    tables: &["intervention.threshold_log_odds", "emergency_powers", "evidence", "subjects"],
    far: &[
        of(Whose::File, Where::Here, EVIDENCE),
        of(Whose::File, Where::There, STATUS_DOWN),
        of(Whose::Person, Where::Either, STANDING),
    ],
};

/// `DecisionLapsed`, `CaseDropped`.
pub(crate) const LAPSE: Rule = Rule {
    near: &[of(Whose::File, Where::There, EVIDENCE), of(Whose::File, Where::Here, STATUS_UP)],
    tables: &["effort", "detection", "evidence", "intervention.lapse_log_odds", "subjects.drop_log_odds"],
    far: &[of(Whose::Country, Where::Either, OFFICERS), of(Whose::Country, Where::Either, TEAMS)],
};

/// `FilesJoined`, `FileMisjoined`.
pub(crate) const JOINED: Rule = Rule {
    near: &[of(Whose::Plot, Where::Either, EVIDENCE), of(Whose::Plot, Where::Either, STATUS_UP)],
    tables: &["linking", "services.analysts", "services.other_work_share"],
    far: &[of(Whose::Country, Where::Either, EVIDENCE)],
};

/// `RecordCarried`.
pub(crate) const CARRIED: Rule = Rule {
    near: &[of(Whose::Person, Where::Either, RECORDS), of(Whose::Person, Where::Either, EVIDENCE)],
    tables: &["pooled_database", "notices", "membership", SHARING],
    far: &[],
};

/// Arrested: the arrest is told of the person's home, its preparation of the service.
pub(crate) const ARREST: Rule =
    Rule { near: &[of(Whose::Person, Where::Here, &[InterventionBegun])], tables: &["intervention"], far: &[] };

/// `InterventionBegun`, `OfficersMissing`.
pub(crate) const OFFICERS_FREE: Rule = Rule {
    near: &[of(Whose::File, Where::There, &[OfficersMissing]), of(Whose::Person, Where::Either, RECORDS)],
    tables: &[
        "services.case_officers",
        "services.other_work_share",
        "intervention",
        "subjects.locate_per_officer_per_day",
        SHARING,
        "stings.officers_per_case",
        "aftermath",
        "investigations",
    ],
    far: &[of(Whose::Country, Where::Either, OFFICERS)],
};

/// Raid, `RaidFinds`: raids go to the files that are hottest on the day of an attack.
pub(crate) const RAID: Rule = Rule {
    near: &[of(Whose::File, Where::Either, EVIDENCE), of(Whose::File, Where::Either, STATUS_DOWN)],
    tables: &["aftermath", "emergency_powers"],
    far: &[of(Whose::Country, Where::Either, &[PlotCompleted, CaseOpened, CaseClosed])],
};

/// `CellExposed`, `PlotOrganised`, `SupplierFound`, `SupplierLeads`.
pub(crate) const SECRECY: Rule = Rule { near: &[], tables: &["secrecy"], far: &[] };

/// `NoticeIssued`.
pub(crate) const NOTICE: Rule = Rule { near: &[], tables: &["notices"], far: &[] };

/// `QueryAnswered`.
pub(crate) const QUERY: Rule = Rule { near: &[], tables: &["notices", SHARING], far: &[] };

/// `RecordPooled`, `FragmentPooled`.
pub(crate) const POOLING: Rule = Rule { near: &[], tables: &["membership", "pooled_database"], far: &[] };

/// `LinkFound`, `LinkMissed`, `LinkFalse`.
pub(crate) const LINKS: Rule = Rule {
    near: &[of(Whose::Plot, Where::Either, &[FragmentPooled])],
    tables: &["membership", "pooled_database", "link_analysis", "intervention.threshold_log_odds", SHARING],
    far: &[of(Whose::World, Where::Either, &[FragmentPooled])],
};

/// `SurvivorFound`, `SurvivorHides`, `SurvivorPlots`.
pub(crate) const SURVIVORS: Rule = Rule { near: &[], tables: &["survivors"], far: &[] };

/// `GrievanceRises`.
pub(crate) const GRIEVANCE: Rule = Rule { near: &[], tables: &["grievance"], far: &[] };
