//! The group clocks: those who wait for the same thing at the same hazard; one row a kind.
//!
//! Clocks are numbered by the order of the rows. The number orders ties between two clocks that ring at the very same
//! time: a new kind goes before `Contact`, which alone comes by language.

/// A person waits in at most one clock of each place at a time, and holds one ticket for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Desistance at home, death abroad.
    Desist,
    /// Commitment, then travel; return when abroad.
    Commit,
    /// Starting a plot unprompted.
    Plot,
    /// First contact with a virtual entrepreneur.
    Contact,
    /// First contact with an undercover persona.
    Persona,
    /// Being reported to a service.
    Tip,
}

impl Place {
    /// How many places there are.
    pub(crate) const COUNT: usize = Self::Tip as usize + 1;
}

/// Who waits in a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Neighbourhoods, countries or files: whoever leaves is taken out.
    Members,
    /// People, by a ticket for a place: whoever leaves is forgotten, and the ring that comes all the same is passed
    /// over.
    People(Place),
    /// Files, by ticket.
    Files,
}

impl Waiting {
    /// Whether those who leave are forgotten and not taken out.
    #[inline]
    pub(crate) const fn by_ticket(self) -> bool {
        matches!(self, Self::People(_) | Self::Files)
    }
}

macro_rules! clocks {
    ($($name:ident: $waiting:ident $(($place:ident))?, $meaning:literal;)*) => {
        /// The kinds of group clock; each country has one of each for every movement (`Contact`: for every language).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum ClockKind {
            $(#[doc = $meaning] $name,)*
        }

        impl ClockKind {
            /// All kinds in order.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Who waits.
            #[inline]
            pub(crate) const fn waiting(self) -> Waiting {
                const WAITING: &[Waiting] = &[$(Waiting::$waiting $((Place::$place))?),*];
                WAITING[self as usize]
            }
        }
    };
}

clocks! {
    Spontaneous: Members, "A neighbourhood's next recruit, unprompted.";
    Online: Members, "A neighbourhood's next recruit through propaganda.";
    Peer: Members, "A neighbourhood's next recruit by friends.";
    InPerson: Members, "A neighbourhood's next recruit by recruiters in person.";
    DesistSympathiser: People(Desist), "A sympathiser gives up.";
    CommitFast: People(Commit), "A sympathiser of those who commit fast commits.";
    CommitSlow: People(Commit), "A sympathiser of the others commits.";
    DesistCommitted: People(Desist), "A committed person gives up.";
    SelfStart: People(Plot), "A committed person starts a plot unprompted.";
    SelfStartBlocked: People(Plot), "The same of those who were stopped from travelling.";
    Travel: People(Commit), "A committed person tries to leave.";
    Persona: People(Persona), "A committed person meets an undercover persona.";
    TipSympathiser: People(Tip), "A sympathiser is reported.";
    TipCommitted: People(Tip), "A committed person, or a plotter, is reported.";
    TipReturnee: People(Tip), "A returnee is reported.";
    Death: People(Desist), "A fighter dies.";
    Return: People(Commit), "A fighter returns.";
    Review: Files, "An open file is reviewed.";
    Sudden: Members, "A country's next plot out of the blue.";
    Background: Members, "An open file shows a background sign.";
    BackgroundHot: Members, "A hot file shows a background sign.";
    BackgroundWatched: Members, "A watched file shows a background sign, where groups of files are told apart.";
    Misjoined: Members, "Analysts of a country see a link where there is none.";
    Contact: People(Contact), "A committed person meets a virtual entrepreneur; one clock for each country and language.";
}

/// How many kinds come in one clock for each country and movement.
pub(crate) const BY_MOVEMENT: usize = ClockKind::Contact as usize;

const _: () = assert!(BY_MOVEMENT + 1 == ClockKind::ALL.len(), "the kind that comes by language is the last");
