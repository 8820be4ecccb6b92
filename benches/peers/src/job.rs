//! The job `contagion_queue`: its law in full, and what a run of it answers.

/// Residents of a neighbourhood; they stand on a ring.
pub(crate) const NEIGHBOURHOOD: u32 = 100;
/// A sympathiser's contacts are the residents up to so many places away on either side.
pub(crate) const REACH: u32 = 4;
/// Rate at which a resident becomes a sympathiser unasked, a day.
pub(crate) const SPONTANEOUS: f64 = 1e-6;
/// Rate at which a sympathiser desists, a day.
pub(crate) const DESIST: f64 = 0.02;
/// Rate at which a sympathiser starts a plot, and is no sympathiser from then on, a day.
pub(crate) const START: f64 = 5e-4;
/// Rate at which a plot is completed, a day.
pub(crate) const MATURE: f64 = 1.0 / 60.0;
/// Rate at which the officer who watches a plot foils it, a day.
pub(crate) const FOIL: f64 = 1.0 / 15.0;

/// One setting of the job. Nobody is a sympathiser on the first day; nobody becomes one twice. A plot is watched from
/// its start if an officer is free, and otherwise waits, first come, first served; it may be completed while it waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    /// Residents, a multiple of [`NEIGHBOURHOOD`].
    pub residents: u32,
    /// Officers; each watches one plot at a time.
    pub officers: usize,
    /// Rate at which a sympathiser makes a sympathiser of one contact who has not been one, a day.
    pub contact: f64,
    /// Days of the run.
    pub days: f64,
}

impl Job {
    /// A year of the job.
    pub(crate) fn year(residents: u32, officers: usize) -> Self {
        Self { residents, officers, contact: 0.01, days: 365.0 }
    }

    /// Rate at which a resident becomes a sympathiser unasked, all residents together, a day.
    pub(crate) fn spontaneous(&self) -> f64 {
        SPONTANEOUS * f64::from(self.residents)
    }

    /// Rate of all contacts of a sympathiser together, a day.
    pub(crate) fn contacts(&self) -> f64 {
        self.contact * f64::from(2 * REACH)
    }
}

/// The `which`-th contact of a resident, `which` below twice [`REACH`].
#[inline]
pub(crate) fn contact_of(resident: u32, which: u32) -> u32 {
    let place = resident % NEIGHBOURHOOD;
    let step = if which < REACH { NEIGHBOURHOOD - REACH + which } else { which - REACH + 1 };
    resident - place + (place + step) % NEIGHBOURHOOD
}

/// What a run counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Residents who became sympathisers.
    pub radicalised: u64,
    /// Sympathisers who desisted.
    pub desisted: u64,
    /// Plots started.
    pub started: u64,
    /// Plots foiled.
    pub foiled: u64,
    /// Plots completed.
    pub completed: u64,
    /// Plots that wait for an officer on the last day.
    pub waiting: u64,
}

impl Answer {
    /// The counts with their names.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 6] {
        [
            ("radicalised", self.radicalised),
            ("desisted", self.desisted),
            ("plots started", self.started),
            ("plots foiled", self.foiled),
            ("plots completed", self.completed),
            ("plots waiting", self.waiting),
        ]
    }
}
