//! What is kept of parameters: computed once, used often, and computed anew when they change.
//!
//! Each table says beside its declaration what follows from it; a table without an answer does not compile. When
//! parameters change everything is computed anew, whether or not its tables have changed; that the answers are
//! complete, and that nothing else is kept, is what the tests of this file hold.

macro_rules! kept_things {
    ($($name:ident: $meaning:literal;)*) => {
        /// One thing that is kept; [`crate::model::wiring`] says how it is computed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kept {
            $(#[doc = $meaning] $name,)*
        }

        impl Kept {
            /// All, in the order in which they are computed.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

kept_things! {
    ContactClocks: "Strikes on recruiters, free span by language, first contact.";
    OnsetClocks: "The four sources of onset.";
    StageClocks: "Commitment and desistance.";
    InPersonClocks: "The removal of recruiters in person.";
    PersonaClocks: "First contact with personas.";
    TravelClocks: "Journeys.";
    DeathClocks: "Death abroad.";
    ReturnClocks: "Return from abroad.";
    SelfStartClocks: "Plots that nobody orders.";
    LeadClocks: "False leads, their assessment, and reports about named people.";
    ReviewClocks: "Review of open files.";
    BackgroundClocks: "Background signs of open files.";
    LinkingClocks: "Links that analysts see where there is none.";
    Teams: "Teams that can watch, and those that investigations bind.";
    Desk: "Analysts at the desk, and what they expect of a lead.";
    PlotRates: "Work, signs and search of the plots in progress.";
    DispatchClock: "The dispatch of teams from held territory.";
    CostRates: "What the settings cost; what has been spent so far is added up first.";
}

/// A table of parameters, and what is kept of it.
pub(crate) trait OnParameters {
    /// What must be computed anew when a parameter of this table changes; nothing where all are read when needed.
    const KEPT: &'static [Kept];
}

/// Declares what is kept of a table, beside the table.
macro_rules! kept {
    ($table:ident: $($kept:ident),*) => {
        impl $crate::model::kinds::kept::OnParameters for $table {
            const KEPT: &'static [$crate::model::kinds::kept::Kept] = &[$($crate::model::kinds::kept::Kept::$kept),*];
        }
    };
}
pub(crate) use kept;

#[cfg(test)]
mod tests;
