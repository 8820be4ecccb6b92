//! Facts in words.

use std::collections::BTreeMap;

use forestall_model::engine::key::Key;
use forestall_model::model::fact::{Fact, FactKind as K};
use forestall_model::model::world::Channel;

/// Names for the countries and for the people of one plot.
#[derive(Clone, Debug)]
pub struct Names {
    countries: Vec<String>,
    people: BTreeMap<Key, String>,
}

impl Names {
    /// Country codes by position, and the plot's people, the founder first.
    pub fn new(countries: &[String], people: &[Key]) -> Self {
        let name = |i: usize| if i == 0 { "the founder".to_owned() } else { format!("member {}", i + 1) };
        let people = people.iter().enumerate().map(|(i, key)| (*key, name(i))).collect();
        Self { countries: countries.to_vec(), people }
    }

    /// A country's code.
    pub fn country(&self, country: u8) -> &str {
        self.countries.get(usize::from(country)).map_or("?", String::as_str)
    }

    /// Who it is: a role in the plot, or somebody else by the first digits of the key.
    pub fn who(&self, key: Key) -> String {
        self.people.get(&key).cloned().unwrap_or_else(|| format!("person {}", &hex(key.bits())[..6]))
    }
}

/// A key or identity as files write it.
pub fn hex(bits: u64) -> String {
    format!("{bits:016x}")
}

/// A channel by its number.
pub fn channel(value: f64) -> &'static str {
    const ALL: [Channel; 12] = [
        Channel::None,
        Channel::Public,
        Channel::Communications,
        Channel::Informants,
        Channel::Border,
        Channel::Partner,
        Channel::Prison,
        Channel::LinkAnalysis,
        Channel::Search,
        Channel::Raid,
        Channel::Sting,
        Channel::FollowUp,
    ];
    ALL.iter().find(|c| **c as u8 == value as u8).map_or("none", |c| c.name())
}

fn cover(value: f64) -> &'static str {
    ["unknown", "a closed file", "an open file that is parked", "an open file", "watched"][(value as usize).min(4)]
}

/// What happened, in a few words without date and country.
pub fn words(fact: &Fact, names: &Names) -> String {
    let who = names.who(fact.subject);
    let place = names.country(fact.country);
    match fact.kind {
        K::OnsetSpontaneous => format!("{who} radicalises unprompted"),
        K::OnsetOnline => format!("{who} radicalises through propaganda"),
        K::OnsetPeer => format!("{who} radicalises through a friend"),
        K::OnsetRecruiter => format!("{who} is won by a recruiter in person"),
        K::Committed => format!("{who} commits"),
        K::Desisted => format!("{who} gives up"),
        K::Imprisoned => format!("{who} goes to prison"),
        K::Released => format!("{who} is released from prison"),
        K::Reengaged => format!("{who} is committed again after prison"),
        K::GrievanceRises => format!("grievance rises after an attack in {place}"),
        K::RecruiterRemoved => "a strike removes the recruiter".into(),
        K::RecruiterReplaced => "a successor of the recruiter begins".into(),
        K::ContactMade => format!("a virtual entrepreneur contacts {who}"),
        K::ContactBy => "the recruiter behind the contact".into(),
        K::ContactLost => format!("the contact with {who} is lost"),
        K::Groomed => format!("the grooming of {who} ends"),
        K::StingCase => format!("{who} meets an undercover persona"),
        K::StingEnds => format!("the sting case against {who} ends"),
        K::InPersonRemoved => format!("a recruiter in person is gone from {place}"),
        K::InPersonReplaced => format!("a successor of a recruiter in person begins in {place}"),
        K::TravelBlocked => format!("{who} is stopped on the way out"),
        K::Departed => format!("{who} leaves for held territory"),
        K::DiedAbroad => format!("{who} dies abroad"),
        K::Trained => format!("{who} is trained and attached to operations outside"),
        K::Returned => format!("{who} returns"),
        K::ReturneeIdentified => format!("{who} is recognised as a returnee"),
        K::ReturneeMissed => format!("{who} returns unrecognised"),
        K::ReturneeProsecuted => format!("{who} is prosecuted after the return"),
        K::ReturneeWatched => format!("a case is opened on {who} after the return"),
        K::ReturneeReintegrated => format!("{who} gets a place in reintegration"),
        K::ReturneeRecorded => format!("{who} is only recorded after the return"),
        K::WarningReceived => format!("a transit partner warns of {who}"),
        K::WarningIgnored => format!("the warning of {who} is not acted on"),
        K::DispatchOrdered => format!("{who} is sent with a team of {}", fact.value),
        K::SentStopped => format!("{who}, sent to attack, is stopped on the way"),
        K::PlotStarted => format!("the plot begins, with {} tasks before it", fact.value),
        K::PlotJoined => format!("{who} takes part"),
        K::TaskDone => format!("task {} is done", fact.value),
        K::TempoChanged => format!("the tempo is now {:.3}", fact.value),
        K::SignLeft => format!("a sign is left by {who}, who is {} to {place}", cover(fact.value)),
        K::SignatureSeen => format!("{place} sees a sign of the plot (cover: {})", cover(fact.value)),
        K::PlotCompleted => "the attack is completed".into(),
        K::PlotFailed => "the attempt fails".into(),
        K::PlotFoiled => format!("{place} foils the plot (channel: {})", channel(fact.value)),
        K::PlotDissolved => "the plot dissolves unaided".into(),
        K::PeopleHarmed => format!("{} people are harmed", fact.value),
        K::CellExposed => "another cell of the design exposes this one".into(),
        K::SurvivorHides => format!("{who} hides after the end of a plot"),
        K::SurvivorFound => format!("{who} is found by following the links of a plot"),
        K::SurvivorPlots => format!("{who} plots again"),
        K::LeadReceived => format!("{place} receives a lead about {who}"),
        K::LeadTaken => format!("an analyst of {place} takes up the lead about {who} after {:.1} days", fact.value),
        K::LeadAssessed => format!("{place} assesses a lead about {who}"),
        K::LeadDismissed => format!("{place} dismisses the lead about {who}"),
        K::LeadStale => format!("a lead about {who} goes stale in {place}"),
        K::CaseOpened => format!("{place} opens a file on {who}"),
        K::CaseReopened => format!("{place} reopens the file on {who}"),
        K::CaseClosed => format!("{place} closes the file on {who}"),
        K::CaseClosedForCapacity => format!("{place} closes the file on {who} for lack of staff"),
        K::EvidenceSeen => format!("{place} sees something about {who}"),
        K::WatchStarted => format!("a team of {place} begins to watch {who}"),
        K::WatchEnded => format!("{place} stops watching {who}"),
        K::WatchMoved => format!("{place} moves a team to {who}"),
        K::TeamMissing => format!("{place} has no team free to watch {who} ({} in all)", fact.value),
        K::FoundBySearch => format!("free teams of {place} find the plot by search"),
        K::InterventionDecided => format!("{place} decides to intervene against {who}"),
        K::OfficersMissing => format!("{place} has too few officers free for it ({:.1})", fact.value),
        K::InterventionBegun => format!("{place} prepares the arrest of {who}, {:.1} days ahead", fact.value),
        K::Arrested => format!("{who} is arrested"),
        K::Charged => format!("{who} is charged"),
        K::ReleasedUncharged => format!("{who} is released without charge"),
        K::SearchedWithoutPlot => format!("{who} is searched, without a plot"),
        K::HeldWithoutPlot => format!("{who} is held, without a plot"),
        K::Raid => format!("{place} raids {who}"),
        K::InvestigationOpened => format!("{place} investigates the plot for {:.0} days", fact.value),
        K::InvestigationEnded => format!("{place} ends the investigation of the plot"),
        K::RaidFinds => format!("the raid on {who} finds the plot"),
        K::RecordMade => format!("{place} makes a record of {who}"),
        K::RecordChecked => {
            let found = ["nothing", "its own record", "a notice", "a pooled record"][(fact.value as usize).min(3)];
            format!("{place} checks {who} and can see {found}")
        }
        K::NoticeIssued => format!("{place} issues a notice on {who}, in force after {:.1} days", fact.value),
        K::RecordPooled => format!("{place} pools its record of {who}, visible after {:.1} days", fact.value),
        K::FragmentPooled => format!("a fragment of {place} about {who} reaches the pool"),
        K::LinkFound => format!("pooled fragments together point {place} to the plot"),
        K::LinkFalse => format!("a false pair in the pool is believed, and {who} gets a file"),
        K::LinkMissed => "pooled fragments together do not suffice".into(),
        K::QueryAnswered => format!("{place} gets an answer about {who} from another service"),
        K::DotNotConnected => "the fragments together would have sufficed".into(),
        K::ChanceMissedForStaff => format!("{place} misses a chance to see {who}, for lack of staff"),
        K::ChanceMissedByJudgement => format!("{place} misses a chance to see {who}, having set the case aside"),
        K::ChanceMissedBetween => format!("{place} misses a chance to see {who}, whom another service knows"),
        K::InnocentFlagged => format!("pooled files would have flagged {who}"),
        other => format!("{} about {who}", other.name()),
    }
}
