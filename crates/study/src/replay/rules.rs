//! On what each kind of fact depends beside its cause: conditions that the log keeps, and tables of parameters.

use forestall_model::model::fact::FactKind::{self, self as K};

use super::levers::SHARING;

/// Whose facts can be the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
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
pub(super) enum Where {
    /// In the arm of the fact that is to be explained.
    Here,
    /// In the other arm.
    There,
    /// In either.
    Either,
}

/// A condition: the latest fact of these kinds that stands in one arm only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition {
    pub(super) whose: Whose,
    pub(super) arm: Where,
    pub(super) kinds: &'static [FactKind],
    /// Only at the very time of the fact.
    pub(super) at_once: bool,
}

fn of(whose: Whose, arm: Where, kinds: &'static [FactKind]) -> Condition {
    Condition { whose, arm, kinds, at_once: false }
}

fn now(whose: Whose, arm: Where, kinds: &'static [FactKind]) -> Condition {
    Condition { whose, arm, kinds, at_once: true }
}

/// What one kind depends on, in the order in which it is looked at: near conditions, parameters, far conditions.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) near: Vec<Condition>,
    pub(super) tables: &'static [&'static str],
    pub(super) far: Vec<Condition>,
}

/// What decides which files officers work: how hot this one is, how many officers are free, and what else is open.
pub(super) fn for_parked_files() -> Rule {
    Rule {
        near: vec![of(Whose::File, Where::Either, EVIDENCE)],
        tables: &[
            "services.case_officers",
            "services.other_work_share",
            "subjects.worked_per_officer",
            "investigations",
            "intervention.officers_per_intervention",
        ],
        far: vec![of(Whose::Country, Where::Either, OFFICERS), of(Whose::Country, Where::Either, EVIDENCE)],
    }
}

/// What makes a service believe more about a person.
const EVIDENCE: &[FactKind] = &[
    K::SignatureSeen,
    K::EvidenceSeen,
    K::LeadAssessed,
    K::QueryAnswered,
    K::LinkFound,
    K::FoundBySearch,
    K::CellExposed,
    K::SurvivorFound,
    K::ReturneeWatched,
    K::CaseOpened,
    K::CaseReopened,
];
/// What gives a service closer cover on a person.
const COVER_UP: &[FactKind] = &[K::WatchStarted, K::CaseOpened, K::CaseReopened, K::NoticeIssued, K::RecordPooled];
/// What takes cover away.
const COVER_DOWN: &[FactKind] = &[K::WatchEnded, K::CaseClosed, K::CaseClosedForCapacity];
/// What makes a record visible.
const RECORDS: &[FactKind] = &[K::RecordPooled, K::NoticeIssued, K::RecordMade];
/// What makes a plot work slower or faster.
const PACE: &[FactKind] = &[K::InterventionDecided, K::WatchStarted, K::WatchEnded];
/// What binds or frees teams.
const TEAMS: &[FactKind] = &[K::WatchStarted, K::WatchEnded, K::InvestigationOpened, K::InvestigationEnded];
/// What binds or frees case officers.
const OFFICERS: &[FactKind] = &[
    K::InterventionBegun,
    K::Raid,
    K::StingCase,
    K::StingEnds,
    K::Arrested,
    K::InvestigationOpened,
    K::InvestigationEnded,
];
/// What takes a person out of a service's reach, or brings one into it; files close with it without a fact of their own.
const STANDING: &[FactKind] = &[
    K::OnsetSpontaneous,
    K::OnsetOnline,
    K::OnsetPeer,
    K::OnsetRecruiter,
    K::Committed,
    K::Desisted,
    K::Imprisoned,
    K::Released,
    K::Reengaged,
    K::ContactMade,
    K::ContactLost,
    K::StingCase,
    K::TravelBlocked,
    K::Departed,
    K::Returned,
    K::Arrested,
    K::PlotJoined,
];
/// What changes who is abroad.
const ABROAD: &[FactKind] = &[K::Departed, K::Returned, K::DiedAbroad];

/// The rule of a kind.
pub(super) fn rule(kind: FactKind) -> Rule {
    let mut rule = Rule::default();
    match kind {
        K::OnsetSpontaneous | K::OnsetOnline | K::OnsetPeer | K::OnsetRecruiter => {
            rule.tables = &["onset", "peers", "in_person_recruiters", "prevention", "grievance", "movements"];
            rule.far = vec![
                of(Whose::Country, Where::Either, &[K::InPersonRemoved, K::InPersonReplaced]),
                of(Whose::World, Where::Either, &[K::GrievanceRises]),
                of(Whose::Country, Where::Either, &[K::SearchedWithoutPlot]),
            ];
        }
        K::Committed | K::Desisted => rule.tables = &["stages", "prevention"],
        K::Released | K::Reengaged | K::Imprisoned | K::Charged | K::ReleasedUncharged => {
            rule.tables = &["stages", "intervention", "returnees"];
        }
        K::ContactMade => {
            rule.tables = &["virtual_entrepreneurs", "languages"];
            rule.far = vec![
                of(Whose::World, Where::Either, &[K::RecruiterRemoved, K::RecruiterReplaced]),
                of(Whose::World, Where::Either, &[K::ContactMade, K::ContactLost, K::Groomed]),
                of(Whose::Country, Where::Either, ABROAD),
            ];
        }
        K::Groomed | K::ContactLost => {
            rule.near = vec![now(Whose::World, Where::Here, &[K::RecruiterRemoved])];
            rule.tables = &["virtual_entrepreneurs", "territory"];
        }
        K::RecruiterRemoved | K::RecruiterReplaced => rule.tables = &["virtual_entrepreneurs", "territory"],
        K::InPersonRemoved | K::InPersonReplaced => rule.tables = &["in_person_recruiters"],
        K::StingCase | K::StingEnds => rule.tables = &["stings", "services.undercover_personas"],
        K::RecordChecked => {
            rule.near = vec![of(Whose::Person, Where::Either, RECORDS)];
            rule.tables = &["membership", "notices", "pooled_database", SHARING];
        }
        K::RecordMade => rule.tables = &["subjects", "triage", "travel"],
        K::TravelBlocked | K::Departed => {
            rule.near = vec![now(Whose::Person, Where::Here, &[K::RecordChecked])];
            rule.tables = &["travel", "territory"];
            rule.far = vec![now(Whose::World, Where::Either, &[K::Departed, K::TravelBlocked])];
        }
        K::DiedAbroad | K::Trained => rule.tables = &["abroad", "territory"],
        K::Returned => rule.tables = &["returns", "territory"],
        K::ReturneeIdentified | K::ReturneeMissed | K::WarningReceived | K::WarningIgnored | K::SentStopped => {
            rule.near = vec![now(Whose::Person, Where::Here, &[K::RecordChecked])];
            rule.tables =
                &["returns", "services.border_inspections_per_month", "records", "membership.warns_partners", SHARING];
            rule.far = vec![of(Whose::World, Where::Either, &[K::Returned, K::DispatchOrdered])];
        }
        K::ReturneeProsecuted | K::ReturneeWatched | K::ReturneeReintegrated | K::ReturneeRecorded => {
            rule.tables = &["returnees"];
            rule.far = vec![of(Whose::Country, Where::Either, &[K::ReturneeProsecuted, K::ReturneeReintegrated])];
        }
        K::DispatchOrdered => {
            rule.tables = &["territory"];
            rule.far =
                vec![of(Whose::World, Where::Either, &[K::DispatchOrdered, K::Trained, K::DiedAbroad, K::Returned])];
        }
        K::PlotStarted => {
            rule.near = vec![now(Whose::Plot, Where::Here, &[K::ContactLost, K::TravelBlocked, K::SentStopped])];
            rule.tables = &["pathways", "travel.blocked_plot_factor", "returnees", "adaptation", "work", "movements"];
            rule.far = vec![of(Whose::Plot, Where::Here, STANDING)];
        }
        K::TaskDone | K::TempoChanged => {
            rule.near = vec![of(Whose::Plot, Where::Either, PACE)];
            rule.tables = &["work", "movements"];
            rule.far = vec![of(Whose::World, Where::Either, &[K::GrievanceRises])];
        }
        K::PlotDissolved | K::PlotCompleted | K::PlotFailed => rule.tables = &["work"],
        K::SignatureSeen => {
            rule.near = vec![
                of(Whose::Plot, Where::Here, COVER_UP),
                of(Whose::Plot, Where::There, COVER_DOWN),
                of(Whose::Plot, Where::Either, PACE),
            ];
            rule.tables = &["detection", "virtual_entrepreneurs.encryption_share", "work", "secrecy", SHARING];
            rule.far = vec![of(Whose::World, Where::Either, &[K::GrievanceRises])];
        }
        K::LeadReceived | K::LeadTrue => {
            rule.tables = &["leads", "detection"];
            rule.far = vec![of(Whose::Person, Where::Either, STANDING)];
        }
        K::LeadAssessed => {
            rule.near =
                vec![of(Whose::File, Where::Here, &[K::LeadTaken]), of(Whose::File, Where::There, &[K::LeadStale])];
            rule.tables = &["triage"];
        }
        K::LeadTaken | K::LeadStale => {
            rule.tables = &["services.analysts", "services.other_work_share", "triage", "leads"];
            rule.far = vec![of(Whose::Country, Where::Either, &[K::LeadTaken, K::LeadReceived])];
        }
        K::CaseOpened | K::CaseReopened => {
            rule.near = vec![
                now(Whose::Person, Where::Here, &[K::RecordChecked]),
                of(Whose::File, Where::Either, &[K::CaseClosed, K::CaseClosedForCapacity, K::CaseOpened]),
            ];
            rule.tables = &["triage", "subjects"];
            rule.far = vec![of(Whose::Person, Where::Either, STANDING)];
        }
        K::CaseClosed => rule.tables = &["subjects"],
        K::CaseClosedForCapacity => {
            rule.tables = &[
                "services.case_officers",
                "services.other_work_share",
                "subjects.cases_per_officer",
                "investigations",
            ];
            rule.far = vec![of(
                Whose::Country,
                Where::Either,
                &[K::CaseOpened, K::CaseReopened, K::InterventionBegun, K::InvestigationOpened],
            )];
        }
        K::WatchStarted => {
            rule.near = vec![of(Whose::File, Where::There, &[K::TeamMissing]), now(Whose::File, Where::Here, EVIDENCE)];
            rule.tables = &[
                "services.surveillance_officers",
                "services.officers_per_team",
                "subjects",
                "evidence",
                "investigations",
            ];
            rule.far = vec![
                now(Whose::Country, Where::Here, &[K::WatchEnded]),
                now(Whose::Country, Where::Here, &[K::InvestigationEnded]),
                of(Whose::File, Where::Either, EVIDENCE),
                of(Whose::Person, Where::Either, STANDING),
                of(Whose::Country, Where::Either, TEAMS),
            ];
        }
        K::TeamMissing | K::WatchEnded | K::WatchMoved => {
            if kind == K::WatchEnded {
                rule.near =
                    vec![now(Whose::Person, Where::Here, STANDING), now(Whose::Country, Where::Here, &[K::WatchMoved])];
            }
            rule.tables = &[
                "services.surveillance_officers",
                "services.officers_per_team",
                "services.other_work_share",
                "subjects",
                "investigations",
            ];
            rule.far = vec![of(Whose::Country, Where::Either, TEAMS)];
        }
        K::EvidenceSeen => {
            rule.near = vec![of(Whose::File, Where::Either, COVER_UP), of(Whose::File, Where::Either, COVER_DOWN)];
            rule.tables = &["detection"];
            rule.far = vec![of(Whose::Person, Where::Either, STANDING)];
        }
        K::FoundBySearch => {
            rule.near = vec![of(Whose::Plot, Where::Either, PACE)];
            rule.tables = &["detection.search_per_team_per_day", "services.surveillance_officers", "investigations"];
            rule.far = vec![of(Whose::Country, Where::Either, TEAMS)];
        }
        K::InterventionDecided => {
            rule.near = vec![now(Whose::File, Where::Here, EVIDENCE), now(Whose::Plot, Where::Here, EVIDENCE)];
            rule.tables = &["intervention.threshold_log_odds", "emergency_powers", "evidence", "subjects"];
            rule.far = vec![
                of(Whose::File, Where::Here, EVIDENCE),
                of(Whose::File, Where::There, COVER_DOWN),
                of(Whose::Person, Where::Either, STANDING),
            ];
        }
        K::Arrested => {
            // The arrest is told of the person's home, its preparation of the service.
            rule.near = vec![of(Whose::Person, Where::Here, &[K::InterventionBegun])];
            rule.tables = &["intervention"];
        }
        K::InterventionBegun | K::OfficersMissing => {
            rule.near =
                vec![of(Whose::File, Where::There, &[K::OfficersMissing]), of(Whose::Person, Where::Either, RECORDS)];
            rule.tables = &[
                "services.case_officers",
                "services.other_work_share",
                "intervention",
                "subjects.locate_per_officer_per_day",
                SHARING,
                "stings.officers_per_case",
                "aftermath",
                "investigations",
            ];
            rule.far = vec![of(Whose::Country, Where::Either, OFFICERS)];
        }
        K::Raid | K::RaidFinds => {
            // Raids go to the files that are hottest on the day of an attack.
            rule.near = vec![of(Whose::File, Where::Either, EVIDENCE), of(Whose::File, Where::Either, COVER_DOWN)];
            rule.tables = &["aftermath", "emergency_powers"];
            rule.far = vec![of(Whose::Country, Where::Either, &[K::PlotCompleted, K::CaseOpened, K::CaseClosed])];
        }
        K::CellExposed => rule.tables = &["secrecy"],
        K::NoticeIssued => rule.tables = &["notices"],
        K::QueryAnswered => rule.tables = &["notices", SHARING],
        K::RecordPooled | K::FragmentPooled => rule.tables = &["membership", "pooled_database"],
        K::LinkFound | K::LinkMissed | K::LinkFalse => {
            rule.near = vec![of(Whose::Plot, Where::Either, &[K::FragmentPooled])];
            rule.tables =
                &["membership", "pooled_database", "link_analysis", "intervention.threshold_log_odds", SHARING];
            rule.far = vec![of(Whose::World, Where::Either, &[K::FragmentPooled])];
        }
        K::SurvivorFound | K::SurvivorHides | K::SurvivorPlots => rule.tables = &["survivors"],
        K::GrievanceRises => rule.tables = &["grievance"],
        _ => {}
    }
    rule
}

/// Kinds that are steps in a person's life: of two in the two arms, the one that comes first shuts out the other.
pub(super) fn step_of_life(kind: FactKind) -> bool {
    kind <= K::Reengaged
        || matches!(
            kind,
            K::ContactMade
                | K::ContactLost
                | K::Groomed
                | K::StingCase
                | K::StingEnds
                | K::TravelBlocked
                | K::Departed
                | K::DiedAbroad
                | K::Trained
                | K::Returned
                | K::ReturneeIdentified
                | K::ReturneeMissed
                | K::ReturneeProsecuted
                | K::ReturneeWatched
                | K::ReturneeReintegrated
                | K::ReturneeRecorded
                | K::Arrested
                | K::Charged
                | K::ReleasedUncharged
                | K::SurvivorFound
                | K::SurvivorHides
                | K::SurvivorPlots
                | K::PlotJoined
        )
}

/// Kinds that a clock brings: the same one at another time says that an earlier fact moved the clock, and nothing more.
pub(super) fn brought_by_a_clock(kind: FactKind) -> bool {
    kind <= K::Desisted
        || matches!(
            kind,
            K::ContactMade
                | K::Groomed
                | K::Departed
                | K::Returned
                | K::Trained
                | K::DiedAbroad
                | K::DispatchOrdered
                | K::PlotStarted
                | K::PlotJoined
                | K::TaskDone
                | K::SignatureSeen
                | K::LeadReceived
                | K::EvidenceSeen
                | K::GrievanceRises
        )
}
