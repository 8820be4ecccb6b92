//! What did happen: the model's only output besides the plots themselves; one row a kind.
//!
//! A row says all that is known of a kind: its number, its class, what its value means, through which mechanism it
//! works, on what it depends, and the words for it. Counting, event logs and replay read the row and nothing else, so
//! a new kind is one more row. A number enters the identity of every fact of its kind: rows may move, numbers may not.

use crate::engine::key::Key;
use crate::model::state::{Channel, CountryId, FileStatus, Found, MovementId};

use super::dependence::{self, Rule};
use super::mechanism::Mechanism;

/// The identity of a fact; 0 stands for no fact.
pub type FactId = u64;

/// How a kind is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Something happened to somebody; counted in the month in which it happens.
    Happening,
    /// The program's own accounts; counted like a happening.
    Bookkeeping,
    /// A stock or a mean; stated at the end of a month and counted in the month that ends.
    Stock,
    /// How things stood when something happened or did not; told only to those who ask why, and never counted.
    Circumstance,
}

/// What a kind's value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing: it is 1.
    Nothing,
    /// How many.
    Number,
    /// How long, in days.
    Days,
    /// A factor on a rate.
    Factor,
    /// Log odds, or a difference of them.
    LogOdds,
    /// A share from 0 to 1.
    Share,
    /// Thousands of euros.
    Money,
    /// A position in a list, from 0.
    Position,
    /// Whether it was so.
    Truth,
    /// What led the service to it.
    Channel,
    /// How the service's file on the person stood.
    FileStatus,
    /// What a check of records found.
    Found,
}

/// A fact's value, as its kind means it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    Nothing,
    Number(f64),
    Days(f64),
    Factor(f64),
    LogOdds(f64),
    Share(f64),
    Money(f64),
    Position(usize),
    Truth(bool),
    Channel(Channel),
    FileStatus(FileStatus),
    Found(Found),
}

impl Payload {
    /// The value behind a number that [`Fact::value`] holds; the one place where numbers are read as anything else.
    fn decode(self, value: f64) -> Value {
        match self {
            Self::Nothing => Value::Nothing,
            Self::Number => Value::Number(value),
            Self::Days => Value::Days(value),
            Self::Factor => Value::Factor(value),
            Self::LogOdds => Value::LogOdds(value),
            Self::Share => Value::Share(value),
            Self::Money => Value::Money(value),
            Self::Position => Value::Position(value as usize),
            Self::Truth => Value::Truth(value != 0.0),
            Self::Channel => Value::Channel(Channel::of_code(value)),
            Self::FileStatus => Value::FileStatus(FileStatus::of_code(value)),
            Self::Found => Value::Found(Found::of_code(value)),
        }
    }
}

/// What replay must know of a kind beside its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// A step in a person's life: of two in the two arms, the one that comes first shuts out the other.
    StepOfLife,
    /// A clock brings it: the same one at another time says that an earlier fact moved the clock, and nothing more.
    ByClock,
    /// It repeats what another fact says, or matters to the chain of causes only: not told in a plot's life.
    Unspoken,
    /// The timeline leaves it to the text.
    TextOnly,
    /// Its value tells of the world around (teams in all, fragments in the pool, the status under which a sign was
    /// seen): two of them that differ in nothing else are the same happening.
    Aside,
}

/// All that is known of one kind.
#[derive(Debug)]
pub struct Row {
    /// The kind itself.
    pub kind: FactKind,
    /// Its name in event logs.
    pub name: &'static str,
    /// How it is counted.
    pub class: Class,
    /// What its value means.
    pub payload: Payload,
    /// The mechanism that a divergence at it speaks for.
    pub mechanism: Mechanism,
    /// On what it depends beside its cause.
    pub rule: &'static Rule,
    /// What replay must know of it.
    pub notes: &'static [Note],
    /// What happened, in a few words: `{who}`, `{place}`, `{kind}`, `{value}`, `{value.1}` for one decimal.
    pub phrase: &'static str,
}

macro_rules! facts {
    ($($number:literal $name:ident: $class:ident, $payload:ident, $mechanism:ident, $rule:ident,
       [$($note:ident),*], $phrase:literal;)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum FactKind {
            $($name = $number,)*
        }

        impl FactKind {
            /// All kinds, each at its number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }

        /// All rows, each at its kind's number.
        static ROWS: [Row; FactKind::COUNT] = [$(Row {
            kind: FactKind::$name,
            name: stringify!($name),
            class: Class::$class,
            payload: Payload::$payload,
            mechanism: Mechanism::$mechanism,
            rule: &dependence::$rule,
            notes: &[$(Note::$note),*],
            phrase: $phrase,
        }),*];

        /// The classes alone: counting looks at one for every fact.
        const CLASSES: [Class; FactKind::COUNT] = [$(Class::$class),*];
    };
}

facts! {
    // Radicalisation.
    0 OnsetSpontaneous: Happening, Nothing, Radicalisation, ONSET, [StepOfLife, ByClock], "{who} radicalises unprompted";
    1 OnsetOnline: Happening, Nothing, Radicalisation, ONSET, [StepOfLife, ByClock], "{who} radicalises through propaganda";
    2 OnsetPeer: Happening, Nothing, Radicalisation, ONSET, [StepOfLife, ByClock], "{who} radicalises through a friend";
    3 OnsetRecruiter: Happening, Nothing, Radicalisation, ONSET, [StepOfLife, ByClock], "{who} is won by a recruiter in person";
    4 Committed: Happening, Nothing, Radicalisation, STAGES, [StepOfLife, ByClock], "{who} commits";
    5 Desisted: Happening, Nothing, Desistance, STAGES, [StepOfLife, ByClock], "{who} gives up";
    6 Imprisoned: Happening, Nothing, Arrest, PRISON, [StepOfLife], "{who} goes to prison";
    7 Released: Happening, Nothing, Radicalisation, PRISON, [StepOfLife], "{who} is released from prison";
    8 Reengaged: Happening, Nothing, Radicalisation, PRISON, [StepOfLife], "{who} is committed again after prison";
    9 GrievanceRises: Happening, Number, Radicalisation, GRIEVANCE, [ByClock], "grievance rises after an attack in {place}";
    // Recruiters.
    10 RecruiterRemoved: Happening, Nothing, Recruiter, ENTREPRENEURS, [], "a strike removes the recruiter";
    11 RecruiterReplaced: Happening, Nothing, Recruiter, ENTREPRENEURS, [], "a successor of the recruiter begins";
    12 ContactMade: Happening, Nothing, Recruiter, CONTACT, [StepOfLife, ByClock], "a virtual entrepreneur contacts {who}";
    13 ContactLost: Happening, Nothing, Recruiter, GROOMING, [StepOfLife], "the contact with {who} is lost";
    14 Groomed: Happening, Nothing, Recruiter, GROOMING, [StepOfLife, ByClock], "the grooming of {who} ends";
    15 StingCase: Happening, Nothing, Sting, STINGS, [StepOfLife], "{who} meets an undercover persona";
    16 StingEnds: Happening, Nothing, Sting, STINGS, [StepOfLife], "the sting case against {who} ends";
    17 InPersonRemoved: Happening, Nothing, Radicalisation, IN_PERSON, [], "a recruiter in person is gone from {place}";
    18 InPersonReplaced: Happening, Nothing, Radicalisation, IN_PERSON, [], "a successor of a recruiter in person begins in {place}";
    // Fighters.
    19 TravelBlocked: Happening, Nothing, Travel, TRAVEL, [StepOfLife], "{who} is stopped on the way out";
    20 Departed: Happening, Nothing, Travel, TRAVEL, [StepOfLife, ByClock], "{who} leaves for held territory";
    21 DepartedWithinHalfYear: Happening, Nothing, Pace, NOTHING, [], "{kind} about {who}";
    22 DepartedWithinYear: Happening, Nothing, Pace, NOTHING, [], "{kind} about {who}";
    23 DiedAbroad: Happening, Nothing, Abroad, LIFE_ABROAD, [StepOfLife, ByClock], "{who} dies abroad";
    24 Trained: Happening, Nothing, Abroad, LIFE_ABROAD, [StepOfLife, ByClock], "{who} is trained and attached to operations outside";
    25 Returned: Happening, Nothing, Abroad, RETURN, [StepOfLife, ByClock], "{who} returns";
    26 ReturneeIdentified: Happening, Nothing, Return, RECOGNITION, [StepOfLife], "{who} is recognised as a returnee";
    27 ReturneeMissed: Happening, Nothing, Return, RECOGNITION, [StepOfLife], "{who} returns unrecognised";
    28 ReturneeProsecuted: Happening, Nothing, Return, RETURNEES, [StepOfLife], "{who} is prosecuted after the return";
    29 ReturneeWatched: Happening, Nothing, Return, RETURNEES, [StepOfLife], "a case is opened on {who} after the return";
    30 ReturneeReintegrated: Happening, Nothing, Return, RETURNEES, [StepOfLife], "{who} gets a place in reintegration";
    31 ReturneeRecorded: Happening, Nothing, Return, RETURNEES, [StepOfLife], "{who} is only recorded after the return";
    32 WarningReceived: Happening, Nothing, Return, RECOGNITION, [], "a transit partner warns of {who}";
    33 WarningIgnored: Happening, Nothing, Return, RECOGNITION, [], "the warning of {who} is not acted on";
    34 DispatchOrdered: Happening, Number, Dispatch, DISPATCH, [ByClock], "{who} is sent with a team of {value}";
    35 SentStopped: Happening, Nothing, Dispatch, RECOGNITION, [], "{who}, sent to attack, is stopped on the way";
    // Plots.
    36 PlotStarted: Happening, Number, Start, PLOT_START, [ByClock, TextOnly], "the plot begins, with {value} tasks before it";
    37 VeteranPlots: Happening, Nothing, Pace, NOTHING, [Unspoken], "{kind} about {who}";
    38 BlockedPlots: Happening, Nothing, Pace, NOTHING, [Unspoken], "{kind} about {who}";
    39 TaskDone: Happening, Number, Pace, WORK_PACE, [ByClock], "task {value} is done";
    40 SignatureSeen: Happening, FileStatus, Lead, SIGN, [ByClock, Aside], "{place} sees a sign of the plot (file status: {value})";
    41 PlotCompleted: Happening, Number, Attempt, WORK_END, [TextOnly], "the attack is completed";
    42 PlotFailed: Happening, Number, Attempt, WORK_END, [TextOnly], "the attempt fails";
    43 PlotFoiled: Happening, Channel, Pace, NOTHING, [TextOnly], "{place} foils the plot (channel: {value})";
    44 PlotDissolved: Happening, Nothing, Dissolution, WORK_END, [TextOnly], "the plot dissolves unaided";
    45 CellExposed: Happening, Nothing, Aftermath, SECRECY, [], "another cell of the design exposes this one";
    46 SurvivorHides: Happening, Nothing, OtherPlot, SURVIVORS, [StepOfLife], "{who} hides after the end of a plot";
    47 SurvivorFound: Happening, Nothing, Aftermath, SURVIVORS, [StepOfLife], "{who} is found by following the links of a plot";
    48 SurvivorPlots: Happening, Nothing, OtherPlot, SURVIVORS, [StepOfLife], "{who} plots again";
    49 PeopleHarmed: Happening, Number, Pace, NOTHING, [TextOnly], "{value} people are harmed";
    50 PeopleKilled: Happening, Number, Pace, NOTHING, [Unspoken], "{kind} about {who}";
    // Services.
    51 LeadReceived: Happening, Nothing, Lead, LEAD, [ByClock, TextOnly], "{place} receives a lead about {who}";
    52 LeadTrue: Happening, Nothing, Lead, LEAD, [Unspoken], "{kind} about {who}";
    53 LeadStale: Happening, Nothing, Lead, QUEUE, [], "a lead about {who} goes stale in {place}";
    54 LeadAssessed: Happening, Truth, Lead, ASSESSMENT, [Aside, TextOnly], "{place} assesses a lead about {who}";
    55 LeadWait: Happening, Days, Lead, NOTHING, [Unspoken, Aside], "{kind} about {who}";
    56 AssessedWithoutPlot: Happening, Number, Pace, NOTHING, [], "{kind} about {who}";
    57 CaseOpened: Happening, Nothing, File, CASE, [TextOnly], "{place} opens a file on {who}";
    58 CaseReopened: Happening, Nothing, File, CASE, [TextOnly], "{place} reopens the file on {who}";
    59 CaseClosed: Happening, Nothing, File, REVIEW, [], "{place} closes the file on {who}";
    60 CaseClosedForCapacity: Happening, Nothing, File, CAPACITY, [], "{place} closes the file on {who} for lack of staff";
    61 EvidenceSeen: Happening, Nothing, Watching, EVIDENCE_SEEN, [ByClock, TextOnly], "{place} sees something about {who}";
    62 WatchStarted: Happening, Nothing, Watching, WATCH, [], "a team of {place} begins to watch {who}";
    63 WatchEnded: Happening, Nothing, Team, WATCH_END, [TextOnly], "{place} stops watching {who}";
    64 WatchMoved: Happening, LogOdds, Team, TEAM_USE, [Aside], "{place} moves a team to {who}";
    65 WatchedWithoutPlot: Happening, Nothing, Pace, NOTHING, [Unspoken], "{kind} about {who}";
    66 FoundBySearch: Happening, Nothing, Search, SEARCH, [], "free teams of {place} find the plot by search";
    67 InterventionDecided: Happening, Nothing, Threshold, DECISION, [], "{place} decides to intervene against {who}";
    68 Arrested: Happening, Nothing, Arrest, ARREST, [StepOfLife], "{who} is arrested";
    69 Charged: Happening, Nothing, Arrest, PRISON, [StepOfLife], "{who} is charged";
    70 ReleasedUncharged: Happening, Nothing, Arrest, PRISON, [StepOfLife], "{who} is released without charge";
    71 SearchedWithoutPlot: Happening, Nothing, Pace, NOTHING, [], "{who} is searched, without a plot";
    72 HeldWithoutPlot: Happening, Nothing, Pace, NOTHING, [], "{who} is held, without a plot";
    73 Raid: Happening, Nothing, Aftermath, RAID, [], "{place} raids {who}";
    74 RaidFinds: Happening, Nothing, Aftermath, RAID, [], "the raid on {who} finds the plot";
    75 InvestigationOpened: Happening, Days, Team, NOTHING, [], "{place} investigates the plot for {value.0} days";
    76 InvestigationEnded: Happening, Nothing, Team, NOTHING, [], "{place} ends the investigation of the plot";
    // Sharing.
    77 NoticeIssued: Happening, Days, Notice, NOTICE, [], "{place} issues a notice on {who}, in force after {value.1} days";
    78 RecordPooled: Happening, Days, Pool, POOLING, [], "{place} pools its record of {who}, visible after {value.1} days";
    79 FragmentPooled: Happening, Number, Pool, POOLING, [Aside, TextOnly], "a fragment of {place} about {who} reaches the pool";
    80 LinkFound: Happening, LogOdds, Pool, LINKS, [Aside], "pooled fragments together point {place} to the plot";
    81 LinkMissed: Happening, LogOdds, Pool, LINKS, [Aside], "pooled fragments together do not suffice";
    82 LinkFalse: Happening, Nothing, Pool, LINKS, [], "a false pair in the pool is believed, and {who} gets a file";
    83 QueryAnswered: Happening, Nothing, Notice, QUERY, [], "{place} gets an answer about {who} from another service";
    84 DotNotConnected: Happening, LogOdds, Pace, NOTHING, [Aside, TextOnly], "the fragments together would have sufficed";
    85 ChanceMissedForStaff: Happening, Nothing, File, NOTHING, [TextOnly], "{place} misses a chance to see {who}, for lack of staff";
    86 ChanceMissedByJudgement: Happening, Nothing, File, NOTHING, [TextOnly], "{place} misses a chance to see {who}, having set the case aside";
    87 ChanceMissedBetween: Happening, Nothing, Notice, NOTHING, [TextOnly], "{place} misses a chance to see {who}, whom another service knows";
    88 InnocentFlagged: Happening, LogOdds, Pace, NOTHING, [Aside], "pooled files would have flagged {who}";
    // Measures and bookkeeping.
    89 EmergencyBegins: Happening, Days, Pace, NOTHING, [], "{kind} about {who}";
    90 EmergencyEnds: Happening, Nothing, Pace, NOTHING, [], "{kind} about {who}";
    91 ParametersChanged: Bookkeeping, Number, Pace, NOTHING, [], "{kind} about {who}";
    92 Cost: Bookkeeping, Money, Pace, NOTHING, [], "{kind} about {who}";
    // Stocks and time means at the end of a month.
    93 StockSympathisers: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    94 StockCommitted: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    95 StockAbroad: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    96 StockReturnees: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    97 StockOpenCases: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    98 StockQueue: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    99 StockRecruiters: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    100 StockPlots: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    101 StockTeams: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    102 MeanTeamUse: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    103 MeanTeamsFull: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    104 MeanAnalystUse: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    105 StockTerritory: Stock, Share, Pace, NOTHING, [], "{kind} about {who}";
    106 StockCentralQueue: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    107 StockParked: Stock, Number, Pace, NOTHING, [], "{kind} about {who}";
    // Circumstances: told only to those who ask why, and never counted.
    108 PersonSettled: Circumstance, Position, Radicalisation, NOTHING, [Unspoken], "{kind} about {who}";
    109 PlotJoined: Circumstance, Position, OtherPlot, NOTHING, [StepOfLife, ByClock, TextOnly], "{who} takes part";
    110 TempoChanged: Circumstance, Factor, Pace, WORK_PACE, [Unspoken], "the tempo is now {value.3}";
    111 SignLeft: Circumstance, FileStatus, Lead, NOTHING, [Unspoken], "a sign is left by {who} (file status in {place}: {value})";
    112 RecordMade: Circumstance, Nothing, File, RECORD, [Unspoken], "{place} makes a record of {who}";
    113 RecordChecked: Circumstance, Found, Return, RECORD_CHECK, [TextOnly], "{place} checks {who} and can see {value}";
    114 ContactBy: Circumstance, Nothing, Recruiter, NOTHING, [Unspoken], "the recruiter behind the contact";
    115 LeadTaken: Circumstance, Days, Lead, QUEUE, [Unspoken, Aside], "an analyst of {place} takes up the lead about {who} after {value.1} days";
    116 LeadDismissed: Circumstance, Nothing, Lead, NOTHING, [TextOnly], "{place} dismisses the lead about {who}";
    117 TeamMissing: Circumstance, Number, Team, TEAM_USE, [Aside], "{place} has no team free to watch {who} ({value} in all)";
    118 OfficersMissing: Circumstance, Number, Officers, OFFICERS_FREE, [Aside], "{place} has too few officers free for it ({value.1})";
    119 InterventionBegun: Circumstance, Days, Officers, OFFICERS_FREE, [TextOnly], "{place} prepares the arrest of {who}, {value.1} days ahead";
    // Belief that comes down, and hours.
    120 DecisionLapsed: Happening, LogOdds, Threshold, LAPSE, [], "{place} gives up its decision about {who}, of whom nothing is seen";
    121 CaseDropped: Happening, LogOdds, File, LAPSE, [], "{place} drops the case of {who}, of whom nothing is seen";
    122 StingDeclined: Happening, Nothing, Sting, STINGS, [], "no officer is free to take up {who}";
    123 MeanBlocked: Stock, Share, Pace, NOTHING, [], "{kind} about {who}";
    124 FilesJoined: Happening, LogOdds, Linking, JOINED, [], "analysts of {place} join what it holds on {who} and friends";
    125 FileMisjoined: Happening, Nothing, Linking, JOINED, [TextOnly], "analysts of {place} see a link to {who} where there is none";
    126 RecordCarried: Happening, LogOdds, Pool, CARRIED, [TextOnly], "what others hold on {who} tells {place} more";
    // The time before the first counted day.
    127 PlotUnderWay: Happening, Number, Start, PLOT_START, [TextOnly], "the plot of the time before is under way, with {value} tasks in all";
    // Rings of secrecy.
    128 PlotOrganised: Happening, Nothing, OtherPlot, SECRECY, [TextOnly], "{who} organises for the plot";
    129 SupplierFound: Happening, Nothing, Lead, SECRECY, [TextOnly], "{who}, who supplied without knowing, is found";
    130 SupplierLeads: Happening, Nothing, Lead, SECRECY, [], "a supplier who was found leads {place} on to the plot";
    // Kinds of notices, services outside, and checks at borders.
    131 RedNotice: Happening, Days, Notice, NOTICE, [], "{place} seeks the arrest of {who}, in force after {value.1} days";
    132 HeldAtBorder: Happening, Truth, Return, BORDER, [StepOfLife], "{who} is held at a border of {place} (wanted: {value})";
    133 LetGoAtBorder: Happening, Found, Return, BORDER, [], "{who} is checked at a border of {place} and let go, though it can see {value}";
    134 EntryRefused: Happening, Truth, Return, BORDER, [], "{place} does not let {who} in (on its list: {value})";
    135 FighterMet: Happening, Nothing, Return, OUTSIDE, [], "{place} comes to know of {who} abroad";
    136 Listed: Happening, Nothing, Return, OUTSIDE, [], "{place} puts {who} on its list of those not let in";
    137 ListTold: Happening, Nothing, Notice, OUTSIDE, [], "the service at home learns that {who} is on a list of {place}";
}

/// A new kind takes the next number: the tables are read by number.
const _: () = {
    let mut at = 0;
    while at < FactKind::COUNT {
        assert!(FactKind::ALL[at] as usize == at, "the rows stand in the order of their numbers, without a gap");
        at += 1;
    }
};

impl FactKind {
    /// How many kinds there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All that is known of the kind.
    #[inline]
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// How it is counted.
    #[inline]
    pub fn class(self) -> Class {
        CLASSES[self as usize]
    }

    /// Whether it says how things stood when something happened or did not, and not that something happened.
    pub fn circumstance(self) -> bool {
        self.class() == Class::Circumstance
    }

    /// Whether replay must know this of it.
    pub fn is(self, note: Note) -> bool {
        self.row().notes.contains(&note)
    }

    /// The kind's name in event logs.
    pub fn name(self) -> String {
        self.row().name.to_owned()
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
    /// The country.
    pub country: CountryId,
    /// The movement.
    pub movement: MovementId,
    /// The person, recruiter or country that it is about.
    pub subject: Key,
    /// The plot that it is about, or [`Key::NONE`].
    pub plot: Key,
    /// A count, an amount or a code that the kind explains.
    pub value: f64,
}

impl Fact {
    /// Its value as the kind means it.
    pub fn meant(&self) -> Value {
        self.kind.row().payload.decode(self.value)
    }
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
