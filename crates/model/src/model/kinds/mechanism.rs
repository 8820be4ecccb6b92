//! The mechanisms through which a policy prevents or adds an attack: a small closed set, one for each divergence.

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
        /// Why a plot ends otherwise, by the kind of its divergence.
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
    Linking = "linking", Detection, "Analysts join what a service holds on the members in one arm.";
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
