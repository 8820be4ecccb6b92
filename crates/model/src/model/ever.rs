//! Which processes run at all in an arm, so that the others need no clocks.

use super::parameters::{Parameters, Tables};
use super::sim::Sim;
use super::state::ids::{GroupId, List};
use super::wiring;

/// Which processes run at all in some country at some time of the run; the others need no clocks.
/// Found once an arm: to look through every period for each person would cost more than all else.
///
/// A process that runs at no time leaves no trace, whether or not its clocks are there. Only recruiters and the plots
/// of the time before do, which are there or not: [`Ever::alike`].
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Ever {
    pub(crate) self_starts: bool,
    pub(crate) sudden_plots: bool,
    pub(crate) reviews: bool,
    pub(crate) background_signs: bool,
    pub(crate) searches: bool,
    pub(crate) false_leads: bool,
    pub(crate) reports: bool,
    pub(crate) personas: bool,
    pub(crate) contacts: bool,
    pub(crate) travels: bool,
    pub(crate) plots_at_start: bool,
    /// Whether what passes ever differs from pair to pair, so that owners' records must be told apart.
    pub(crate) pairs: bool,
    /// Whether groups of files show differently, so that each has a clock and a silence of its own.
    pub(crate) grouped: bool,
    /// Whether a decision lapses or a case is dropped at a level of belief.
    pub(crate) falls: bool,
    /// Whether analysts join files.
    pub(crate) links: bool,
    /// The greatest hazard a day that each clock of people comes to; infinite where it does not follow parameters
    /// alone. A moment more than it is, so that rounding never makes anybody late.
    pub(crate) ceilings: List<GroupId, f64>,
}

/// What the greatest hazards are raised by.
const MORE: f64 = 1.0 + 1e-9;

impl Ever {
    /// `languages` as [`Sim::clock_count`] takes them.
    pub(crate) fn of(periods: &[(f64, Parameters)], languages: usize) -> Self {
        let any = |test: fn(&Tables) -> f64| periods.iter().any(|(_, p)| p.countries.iter().any(|t| test(t) > 0.0));
        Self {
            self_starts: any(|t| t.pathways.self_start_per_committed_per_year),
            sudden_plots: any(|t| t.pathways.sudden_per_million_per_year),
            reviews: any(|t| t.subjects.review_per_year),
            background_signs: any(|t| t.detection.background_per_year * t.detection.visible_open_share),
            searches: any(|t| t.detection.search_per_team_per_day),
            false_leads: any(|t| t.leads.false_per_million_per_year),
            reports: any(|t| t.leads.sympathiser_per_year + t.leads.committed_per_year + t.leads.returnee_per_year),
            personas: any(|t| t.stings.contact_per_persona_per_year * t.services.undercover_personas),
            contacts: periods.iter().any(|(_, p)| p.world.virtual_entrepreneurs.contact_per_year > 0.0),
            travels: any(|t| t.travel.per_year),
            plots_at_start: any(|t| t.plots_at_start.all()),
            pairs: periods.iter().any(|(_, p)| p.pairs.is_some()),
            grouped: grouped(periods),
            falls: any(|t| {
                f64::from(u8::from(t.intervention.lapses_at().is_some() || t.subjects.dropped_at().is_some()))
            }),
            links: any(|t| t.linking.analysts_share * t.services.analysts),
            ceilings: ceilings(periods, languages),
        }
    }

    /// Whether two arms may share their past: what is there before anything happens is the same.
    pub(crate) fn alike(&self, other: &Self) -> bool {
        self.contacts == other.contacts && self.plots_at_start == other.plots_at_start && self.grouped == other.grouped
    }

    /// The processes that run in either of two arms.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            self_starts: self.self_starts || other.self_starts,
            sudden_plots: self.sudden_plots || other.sudden_plots,
            reviews: self.reviews || other.reviews,
            background_signs: self.background_signs || other.background_signs,
            searches: self.searches || other.searches,
            false_leads: self.false_leads || other.false_leads,
            reports: self.reports || other.reports,
            personas: self.personas || other.personas,
            contacts: self.contacts || other.contacts,
            travels: self.travels || other.travels,
            plots_at_start: self.plots_at_start || other.plots_at_start,
            pairs: self.pairs || other.pairs,
            grouped: self.grouped || other.grouped,
            falls: self.falls || other.falls,
            links: self.links || other.links,
            ceilings: self.ceilings.iter().zip(&other.ceilings).map(|(a, b)| a.max(*b)).collect(),
        }
    }
}

/// Whether hours, silence, lasting evidence, channels or parts of teams make files of one service show differently.
fn grouped(periods: &[(f64, Parameters)]) -> bool {
    periods.iter().any(|(_, p)| {
        let memory = &p.world.evidence;
        let lasting = memory.lasting_share > 0.0 || memory.conviction_log_odds > 0.0;
        let service =
            |t: &Tables| t.effort.weight_per_hour > 0.0 || t.effort.silence_share > 0.0 || t.services.part_teams != 0.0;
        lasting || p.world.sign_channels.apart != 0.0 || p.countries.iter().any(service)
    })
}

fn ceilings(periods: &[(f64, Parameters)], languages: usize) -> List<GroupId, f64> {
    let Some((_, first)) = periods.first() else { return List::default() };
    let (countries, movements) = (first.countries.len(), first.movements.len());
    let mut found = List::of(f64::INFINITY, Sim::clock_count(countries, movements, languages));
    for c in first.countries.ids() {
        for m in first.movements.ids() {
            for (kind, _) in wiring::steady_rates(first, c, m) {
                found[Sim::clock_of(kind, (c, m), countries, movements)] = 0.0;
            }
            for (_, p) in periods {
                for (kind, rate) in wiring::steady_rates(p, c, m) {
                    let ceiling = &mut found[Sim::clock_of(kind, (c, m), countries, movements)];
                    *ceiling = ceiling.max(rate * MORE);
                }
            }
        }
    }
    found
}
