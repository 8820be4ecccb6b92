//! The mechanisms through which a policy averts or induces an attack: a small closed set, one for each parting.

use forestall_model::model::fact::FactKind as K;
use forestall_model::model::world::Cover;

use super::chain::{Chain, Root, Tracer};
use super::log::{At, Twins};

/// Families of mechanisms, for pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Who radicalises and who gives up.
    Radicalisation,
    /// Recruiters online, personas, other plots of the same people.
    Recruitment,
    /// Leaving, life abroad, dispatch and return.
    Fighters,
    /// Leads, files, watching and search.
    Detection,
    /// Pooled records, links, notices and answers.
    Sharing,
    /// Thresholds, officers, arrests, raids.
    Intervention,
    /// The plot's own work and luck.
    Work,
    /// Only times differ.
    Retiming,
}

impl Family {
    /// All families in order.
    pub const ALL: [Self; 8] = [
        Self::Radicalisation,
        Self::Recruitment,
        Self::Fighters,
        Self::Detection,
        Self::Sharing,
        Self::Intervention,
        Self::Work,
        Self::Retiming,
    ];

    /// What readers see.
    pub fn label(self) -> &'static str {
        match self {
            Self::Radicalisation => "radicalisation",
            Self::Recruitment => "recruiters and stings",
            Self::Fighters => "travel and fighters",
            Self::Detection => "detection",
            Self::Sharing => "sharing",
            Self::Intervention => "intervention",
            Self::Work => "work of the plot",
            Self::Retiming => "re-timing",
        }
    }
}

macro_rules! mechanisms {
    ($($name:ident = $text:literal, $family:ident, $meaning:literal;)*) => {
        /// Why a plot ends otherwise, by the kind of its parting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mechanism {
            $(#[doc = $meaning] $name,)*
        }

        impl Mechanism {
            /// All mechanisms in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in tables.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it means.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// Its family.
            pub fn family(self) -> Family {
                match self { $(Self::$name => Family::$family,)* }
            }
        }
    };
}

mechanisms! {
    Radicalisation = "radicalisation", Radicalisation, "A member radicalises, commits or is re-engaged in one arm only.";
    Desistance = "desistance", Radicalisation, "A member gives up in one arm.";
    Recruiter = "recruiter", Recruitment, "A recruiter is removed, is busy, or wins somebody else.";
    Sting = "sting", Recruitment, "A member meets an undercover persona in one arm.";
    OtherPlot = "other_plot", Recruitment, "A member is bound by, or survives, another plot.";
    Travel = "travel", Fighters, "A member is stopped on the way out in one arm and leaves in the other.";
    Abroad = "abroad", Fighters, "A member trains, dies or comes back otherwise.";
    Dispatch = "dispatch", Fighters, "The team is sent in one arm only.";
    Return = "return", Fighters, "A member is recognised on return, or handled otherwise after it, in one arm.";
    Lead = "lead", Detection, "A lead is received, or assessed in time, in one arm.";
    File = "file", Detection, "A file is opened, kept open or reopened in one arm.";
    Team = "team", Detection, "A surveillance team is free in one arm and none in the other.";
    Watching = "watching", Detection, "Watching, or signs of an open file, show a member in one arm; teams are not what differs first.";
    Search = "search", Detection, "Free teams find the plot by search in one arm.";
    Pool = "pool", Sharing, "A pooled record or a link of pooled fragments shows a member in one arm.";
    Notice = "notice", Sharing, "A notice or an answer from another service comes in one arm.";
    Threshold = "threshold", Intervention, "The same evidence suffices to intervene in one arm only.";
    Officers = "officers", Intervention, "Officers are free in one arm, so the intervention comes sooner.";
    Arrest = "arrest", Intervention, "A member is arrested, charged or released otherwise before the plot.";
    Aftermath = "aftermath", Intervention, "A raid or the follow-up of another plot reaches a member in one arm.";
    Start = "start", Work, "The plot is begun in one arm only, by the same person in the same state.";
    Pace = "pace", Work, "Work takes longer in one arm, though nobody disturbs it there alone.";
    Dissolution = "dissolution", Work, "The plot dissolves unaided in one arm.";
    Attempt = "attempt", Work, "The attempt fails in one arm.";
    Retiming = "retiming", Retiming, "All of it happens in both arms, only at other times.";
}

/// The mechanism of a chain's parting.
pub fn of(twins: &Twins, tracer: &Tracer, chain: &Chain) -> Mechanism {
    if chain.only_times {
        return Mechanism::Retiming;
    }
    let at = chain.steps[chain.parting];
    let found = by_kind(twins.fact(at).kind);
    match found {
        // What was seen, and under which cover.
        Mechanism::Lead if twins.fact(at).kind == K::SignatureSeen => by_cover(twins, tracer, at),
        // An arrest that ends the plot, where the decision was taken in both arms.
        Mechanism::Arrest if twins.fact(at).time == twins.fact(chain.steps[0]).time => Mechanism::Officers,
        Mechanism::Threshold if !threshold_changed(chain) => {
            let trigger = trigger(twins, at);
            trigger.map_or(Mechanism::Threshold, |t| match by_kind(twins.fact(t).kind) {
                Mechanism::Lead if twins.fact(t).kind == K::SignatureSeen => by_cover(twins, tracer, t),
                other => other,
            })
        }
        other => other,
    }
}

/// Whether the chain ends at once at parameters, so that the threshold itself is what differs.
fn threshold_changed(chain: &Chain) -> bool {
    chain.parting + 1 == chain.steps.len() && matches!(chain.root, Root::Policy(_))
}

/// The evidence that came in at the moment of a decision.
fn trigger(twins: &Twins, at: At) -> Option<At> {
    let fact = twins.fact(at);
    let facts = twins.log(at.side).facts();
    let before = facts[..at.place].iter().enumerate().rev().take_while(|(_, f)| f.time == fact.time);
    let mut evidence = before.filter(|(_, f)| {
        let mine = f.subject == fact.subject || f.plot != forestall_model::engine::key::Key::NONE;
        mine && matches!(
            f.kind,
            K::SignatureSeen
                | K::EvidenceSeen
                | K::LeadAssessed
                | K::QueryAnswered
                | K::LinkFound
                | K::FoundBySearch
                | K::CellExposed
                | K::SurvivorFound
        )
    });
    evidence.next().map(|(place, _)| At { side: at.side, place })
}

fn by_cover(twins: &Twins, tracer: &Tracer, at: At) -> Mechanism {
    let stood = |cover: Cover| f64::from(cover as u8);
    match tracer.sign_left(at).map(|left| twins.fact(left).value) {
        Some(cover) if cover == stood(Cover::Watched) => Mechanism::Watching,
        Some(cover) if cover >= stood(Cover::Parked) => Mechanism::File,
        _ => Mechanism::Lead,
    }
}

fn by_kind(kind: K) -> Mechanism {
    match kind {
        K::OnsetSpontaneous
        | K::OnsetOnline
        | K::OnsetPeer
        | K::OnsetRecruiter
        | K::PersonSettled
        | K::Committed
        | K::Released
        | K::Reengaged
        | K::GrievanceRises
        | K::InPersonRemoved
        | K::InPersonReplaced => Mechanism::Radicalisation,
        K::Desisted => Mechanism::Desistance,
        K::RecruiterRemoved | K::RecruiterReplaced | K::ContactMade | K::ContactLost | K::Groomed | K::ContactBy => {
            Mechanism::Recruiter
        }
        K::StingCase | K::StingEnds => Mechanism::Sting,
        K::PlotJoined | K::SurvivorHides | K::SurvivorPlots => Mechanism::OtherPlot,
        K::TravelBlocked | K::Departed => Mechanism::Travel,
        K::DiedAbroad | K::Trained | K::Returned => Mechanism::Abroad,
        K::DispatchOrdered | K::SentStopped => Mechanism::Dispatch,
        K::ReturneeIdentified
        | K::ReturneeMissed
        | K::ReturneeProsecuted
        | K::ReturneeWatched
        | K::ReturneeReintegrated
        | K::ReturneeRecorded
        | K::WarningReceived
        | K::WarningIgnored
        | K::RecordChecked => Mechanism::Return,
        K::LeadReceived
        | K::LeadTrue
        | K::LeadStale
        | K::LeadAssessed
        | K::LeadTaken
        | K::LeadDismissed
        | K::LeadWait
        | K::SignatureSeen
        | K::SignLeft => Mechanism::Lead,
        K::CaseOpened
        | K::CaseReopened
        | K::CaseClosed
        | K::CaseClosedForCapacity
        | K::RecordMade
        | K::ChanceMissedForStaff
        | K::ChanceMissedByJudgement => Mechanism::File,
        K::TeamMissing | K::WatchEnded | K::WatchMoved | K::InvestigationOpened | K::InvestigationEnded => {
            Mechanism::Team
        }
        K::WatchStarted | K::EvidenceSeen => Mechanism::Watching,
        K::FoundBySearch => Mechanism::Search,
        K::RecordPooled | K::FragmentPooled | K::LinkFound | K::LinkMissed | K::LinkFalse => Mechanism::Pool,
        K::NoticeIssued | K::QueryAnswered | K::ChanceMissedBetween => Mechanism::Notice,
        K::InterventionDecided => Mechanism::Threshold,
        K::InterventionBegun | K::OfficersMissing => Mechanism::Officers,
        K::Arrested | K::Charged | K::ReleasedUncharged | K::Imprisoned => Mechanism::Arrest,
        K::Raid | K::RaidFinds | K::CellExposed | K::SurvivorFound => Mechanism::Aftermath,
        K::PlotStarted => Mechanism::Start,
        K::PlotDissolved => Mechanism::Dissolution,
        K::PlotCompleted | K::PlotFailed => Mechanism::Attempt,
        _ => Mechanism::Pace,
    }
}
