//! What is kept of parameters: computed once, used often, and computed anew when they change.
//!
//! Each table says beside its declaration what follows from it; a table without an answer does not compile. When
//! parameters change everything is computed anew, whether or not its tables have changed; that the answers are
//! complete, and that nothing else is kept, is what the tests of this file hold.

/// One thing that is kept; [`super::wiring::recompute`] says how it is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kept {
    /// Strikes on recruiters, free span by language, first contact.
    ContactClocks,
    /// The four sources of onset.
    OnsetClocks,
    /// Commitment and desistance.
    StageClocks,
    /// The removal of recruiters in person.
    InPersonClocks,
    /// First contact with personas.
    PersonaClocks,
    /// Journeys.
    TravelClocks,
    /// Death abroad.
    DeathClocks,
    /// Return from abroad.
    ReturnClocks,
    /// Plots that nobody orders.
    SelfStartClocks,
    /// False leads, their assessment, and reports about named people.
    LeadClocks,
    /// Review of open files.
    ReviewClocks,
    /// Background signs of open files.
    BackgroundClocks,
    /// Teams that can watch, and those that investigations bind.
    Teams,
    /// Analysts at the desk, and what they expect of a lead.
    Desk,
    /// Work, signs and search of the plots in progress.
    PlotRates,
    /// The dispatch of teams from held territory.
    DispatchClock,
    /// What the settings cost; what has been spent so far is added up first.
    CostRates,
}

impl Kept {
    /// All, in the order in which they are computed.
    pub(crate) const ALL: &'static [Self] = &[
        Self::ContactClocks,
        Self::OnsetClocks,
        Self::StageClocks,
        Self::InPersonClocks,
        Self::PersonaClocks,
        Self::TravelClocks,
        Self::DeathClocks,
        Self::ReturnClocks,
        Self::SelfStartClocks,
        Self::LeadClocks,
        Self::ReviewClocks,
        Self::BackgroundClocks,
        Self::Teams,
        Self::Desk,
        Self::PlotRates,
        Self::DispatchClock,
        Self::CostRates,
    ];
}

/// A table of parameters, and what is kept of it.
pub(crate) trait OnParameters {
    /// What must be computed anew when a parameter of this table changes; nothing where all are read when needed.
    const KEPT: &'static [Kept];
}

/// Declares what is kept of a table, beside the table.
macro_rules! kept {
    ($table:ident: $($kept:ident),*) => {
        impl $crate::model::kept::OnParameters for $table {
            const KEPT: &'static [$crate::model::kept::Kept] = &[$($crate::model::kept::Kept::$kept),*];
        }
    };
}
pub(crate) use kept;
