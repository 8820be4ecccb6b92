//! The only list of result columns: name, unit, meaning, and how each follows from facts and plots.

use crate::model::kinds::fact::FactKind;
use crate::model::mechanisms::measures::observation::Observed;
use crate::model::parameters::Parameters;
use crate::model::record::{DeskRecord, FileRecord, PlotRecord};
use crate::model::state::Ending;
use crate::model::state::Pathway;

use super::tally::Tally;

/// What a column is computed from: one replication, as a whole or in one country.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The counts.
    pub tally: &'a Tally,
    /// The plots, with what the public record shows of each.
    pub plots: &'a [(PlotRecord, Option<Observed>)],
    /// The desks by country.
    pub desks: &'a [DeskRecord],
    /// People with a file who never plotted, by country.
    pub files: &'a [FileRecord],
    /// The parameters in force on the first counted day.
    pub parameters: &'a Parameters,
    /// One country by position, or all.
    pub country: Option<usize>,
    /// Persons stored, for the whole replication.
    pub persons_stored: u64,
    /// Events handled, for the whole replication.
    pub events: u64,
}

impl View<'_> {
    fn number(&self, kinds: &[FactKind]) -> Option<f64> {
        Some(kinds.iter().map(|&k| self.tally.count(k, self.country).number).sum())
    }

    fn sum(&self, kind: FactKind) -> Option<f64> {
        Some(self.tally.count(kind, self.country).sum)
    }

    fn plots(&self) -> impl Iterator<Item = &(PlotRecord, Option<Observed>)> {
        // A plot belongs to the country that it aims at, as in published counts.
        self.plots.iter().filter(|(p, _)| self.country.is_none_or(|c| usize::from(p.target) == c))
    }

    fn real(&self) -> impl Iterator<Item = &PlotRecord> {
        self.plots().map(|(p, _)| p).filter(|p| !p.sting)
    }

    fn started(&self, pathway: Option<Pathway>) -> Option<f64> {
        let counts = |p: &&PlotRecord| p.started >= 0.0 && pathway.is_none_or(|w| p.pathway == w);
        Some(self.real().filter(counts).count() as f64)
    }

    fn ended(&self, ending: Ending) -> Option<f64> {
        Some(self.real().filter(|p| p.ending == ending).count() as f64)
    }

    fn observed(&self, test: impl Fn(&Observed) -> bool) -> Option<f64> {
        Some(self.plots().filter(|(_, o)| o.as_ref().is_some_and(&test)).count() as f64)
    }

    fn attackers(&self, part: impl Fn(&PlotRecord) -> u32) -> Option<f64> {
        let all: u32 = self.real().map(|p| p.attackers).sum();
        share(self.real().map(&part).sum::<u32>().into(), all.into())
    }

    fn desks(&self, part: impl Fn(&DeskRecord) -> f64) -> f64 {
        match self.country {
            Some(c) => part(&self.desks[c]),
            None => self.desks.iter().map(part).sum(),
        }
    }

    fn files(&self, part: impl Fn(&FileRecord) -> u32) -> f64 {
        match self.country {
            Some(c) => part(&self.files[c]).into(),
            None => self.files.iter().map(|f| f64::from(part(f))).sum(),
        }
    }

    /// Stocks at the end of the run: known for the whole from the last month, for a country from its sums.
    fn last_stock(&self, kind: FactKind) -> Option<f64> {
        match (self.country, self.tally.months()) {
            (None, n) if n > 0 => Some(self.tally.in_month(kind, n - 1).sum),
            (Some(c), n) if n > 0 => Some(self.tally.last(kind, c)),
            _ => None,
        }
    }

    /// The mean over the run of a quantity that is stated as a mean for each month.
    fn mean_over_months(&self, kind: FactKind) -> Option<f64> {
        if let Some(c) = self.country {
            return Some(self.tally.count(kind, Some(c)).sum / self.tally.months().max(1) as f64);
        }
        let days: f64 = (0..self.tally.months()).map(|m| self.tally.month_days(m)).sum();
        let sum: f64 =
            (0..self.tally.months()).map(|m| self.tally.in_month(kind, m).sum * self.tally.month_days(m)).sum();
        share(sum, days)
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// One result column.
#[derive(Clone, Copy)]
pub struct OutcomeColumn {
    /// Its name in files.
    pub name: &'static str,
    /// The unit in words.
    pub unit: &'static str,
    /// What it counts.
    pub meaning: &'static str,
    /// Whether its values are whole numbers.
    pub whole: bool,
    /// Its value; `None` where there is nothing to divide.
    pub value: fn(&View) -> Option<f64>,
}

macro_rules! column {
    ($name:literal, $unit:literal, $meaning:literal, $value:expr) => {
        OutcomeColumn { name: $name, unit: $unit, meaning: $meaning, whole: true, value: $value }
    };
    (real $name:literal, $unit:literal, $meaning:literal, $value:expr) => {
        OutcomeColumn { name: $name, unit: $unit, meaning: $meaning, whole: false, value: $value }
    };
}

use FactKind as F;

/// All columns after `arm`, `draw` and `replication`, in their fixed order.
pub fn columns() -> &'static [OutcomeColumn] {
    COLUMNS
}

static COLUMNS: &[OutcomeColumn] = &[
    column!("residents_radicalised", "people", "Residents who became sympathisers.", |v| v.number(&[
        F::OnsetSpontaneous,
        F::OnsetOnline,
        F::OnsetPeer,
        F::OnsetRecruiter
    ])),
    column!("committed", "people", "Sympathisers who committed.", |v| v.number(&[F::Committed])),
    column!("desisted", "people", "People who gave up.", |v| v.number(&[F::Desisted])),
    column!("imprisoned", "people", "People sent to prison.", |v| v.number(&[F::Imprisoned])),
    column!("plots_started", "plots", "Plots begun, sting cases apart.", |v| v.started(None)),
    column!("plots_inspired", "plots", "Inspired plots begun.", |v| v.started(Some(Pathway::Inspired))),
    column!("plots_networked", "plots", "Networked plots begun.", |v| v.started(Some(Pathway::Networked))),
    column!("plots_online_directed", "plots", "Plots begun under online instruction.", |v| v
        .started(Some(Pathway::OnlineDirected))),
    column!("plots_dispatched", "plots", "Plots begun by people sent.", |v| v.started(Some(Pathway::Dispatched))),
    column!("sting_cases", "cases", "Seekers who met an undercover persona.", |v| v.number(&[F::StingCase])),
    column!("attacks_completed", "attacks", "Plots that ended in a completed attack.", |v| v.ended(Ending::Completed)),
    column!("attacks_failed", "attacks", "Attempts that failed.", |v| v.ended(Ending::Failed)),
    column!(real "attacks_expected", "attacks", "Chances to complete of all attempts, summed: the mean of attacks_completed with \
        less random variation.", |v| v.sum_by_target(|p| p.completion_chance)),
    column!("plots_foiled", "plots", "Plots that a service ended, sting cases apart.", |v| v.ended(Ending::Foiled)),
    column!("plots_dissolved", "plots", "Plots that dissolved unaided.", |v| v.ended(Ending::Dissolved)),
    column!("plots_in_progress", "plots", "Plots in progress at the end.", |v| v.ended(Ending::InProgress)),
    column!(real "foiled_share", "share", "Foiled over foiled and launched.", |v| {
        let foiled = v.ended(Ending::Foiled)?;
        share(foiled, foiled + v.ended(Ending::Completed)? + v.ended(Ending::Failed)?)
    }),
    column!("people_harmed", "people", "People harmed by completed attacks.", |v| v.sum_by_target(|p| p.harmed)),
    column!(real "attackers_known_own_share", "share", "Attackers of whom the service at home or in the target country had a record.", |v| v.attackers(|p| p.known_own)),
    column!(real "attackers_known_any_share", "share", "Attackers of whom any service had a record.", |v| v.attackers(|p| p.known_any)),
    column!(
        "dots_not_connected",
        "plots",
        "Launched plots whose fragments together would have crossed the threshold.",
        |v| v.number(&[F::DotNotConnected])
    ),
    column!("fighters_departed", "people", "People who left for held territory.", |v| v.number(&[F::Departed])),
    column!("travel_blocked", "people", "People stopped on the way out.", |v| v.number(&[F::TravelBlocked])),
    column!("fighters_died", "people", "Fighters who died abroad.", |v| v.number(&[F::DiedAbroad])),
    column!("fighters_abroad", "people", "Fighters abroad at the end.", |v| v.last_stock(F::StockAbroad)),
    column!("fighters_returned", "people", "Fighters who came back.", |v| v.number(&[F::Returned])),
    column!("returnees_identified", "people", "Returnees recognised or learnt of.", |v| v
        .number(&[F::ReturneeIdentified])),
    column!("returnees_plotting", "plots", "Plots begun with a returned fighter, dispatched ones apart.", |v| v
        .number(&[F::VeteranPlots])),
    column!("blocked_plotting", "plots", "Plots begun with somebody who had been stopped from travelling.", |v| v
        .number(&[F::BlockedPlots])),
    column!("recruiters_removed", "recruiters", "Virtual entrepreneurs removed by strikes.", |v| v
        .number(&[F::RecruiterRemoved])),
    column!("leads_received", "leads", "Leads received.", |v| v.number(&[F::LeadReceived])),
    column!("leads_true", "leads", "Leads about people committed or beyond.", |v| v.number(&[F::LeadTrue])),
    column!("leads_stale", "leads", "Leads that went stale unserved.", |v| v.number(&[F::LeadStale])),
    column!("subjects_opened", "files", "Files opened or reopened.", |v| v.number(&[F::CaseOpened, F::CaseReopened])),
    column!("subjects_closed_for_capacity", "files", "Open files closed for lack of staff.", |v| v
        .number(&[F::CaseClosedForCapacity])),
    column!(real "surveillance_use_share", "share", "Mean share of surveillance teams in use.", |v| share(v.mean_over_months(F::MeanTeamUse)?, v.mean_over_months(F::StockTeams)?)),
    column!(real "triage_wait_days_mean", "days", "Mean wait of leads taken up.", |v| share(v.desks(|d| d.served_wait_days), v.desks(|d| f64::from(d.served)))),
    column!("assessed_without_plot", "people", "Leads assessed about people who were not plotting.", |v| v
        .number(&[F::AssessedWithoutPlot])),
    column!("watched_without_plot", "people", "People watched day and night who were not plotting.", |v| v
        .number(&[F::WatchedWithoutPlot])),
    column!("searched_without_plot", "people", "People searched who were not plotting.", |v| v
        .number(&[F::SearchedWithoutPlot])),
    column!("held_without_plot", "people", "People held who were not plotting.", |v| v.number(&[F::HeldWithoutPlot])),
    column!(real "cost", "thousand euros", "What staff and measures cost.", |v| v.sum(F::Cost)),
    column!("people_killed", "people", "People killed by completed attacks.", |v| v.sum_by_target(|p| p.killed)),
    column!("arrests", "people", "Arrests.", |v| v.number(&[F::Arrested])),
    column!("observed_launched", "plots", "Attempts in the published counts.", |v| v.observed(|o| o.launched)),
    column!("observed_foiled", "plots", "Foiled plots in the published counts.", |v| v.observed(|o| !o.launched)),
    column!("observed_inspired", "plots", "Published plots counted as inspired.", |v| v
        .observed(|o| o.pathway == Pathway::Inspired)),
    column!("observed_networked", "plots", "Published plots counted as networked.", |v| v
        .observed(|o| o.pathway == Pathway::Networked)),
    column!("observed_online_directed", "plots", "Published plots counted as directed online.", |v| v
        .observed(|o| o.pathway == Pathway::OnlineDirected)),
    column!("observed_dispatched", "plots", "Published plots counted as dispatched.", |v| v
        .observed(|o| o.pathway == Pathway::Dispatched)),
    column!(
        "persons_stored",
        "people",
        "People with an entry of their own (whole run; a country's row repeats it).",
        |v| Some(v.persons_stored as f64)
    ),
    column!("events", "events", "Events handled, warm-up included (whole run; a country's row repeats it).", |v| Some(
        v.events as f64
    )),
    column!(real "observed_foiled_share", "share", "Foiled share in the published counts.", |v| {
        let foiled = v.observed(|o| !o.launched)?;
        share(foiled, foiled + v.observed(|o| o.launched)?)
    }),
    column!("observed_stings", "plots", "Sting cases in the published counts, as foiled plots.", |v| Some(
        v.plots().filter(|(p, o)| p.sting && o.is_some()).count() as f64
    )),
    column!("plots_other_movements", "plots", "Plots begun by movements outside the published counts.", |v| Some(
        v.real().filter(|p| p.started >= 0.0 && !v.counted(p)).count() as f64
    )),
    column!(
        "attacks_other_movements",
        "attacks",
        "Completed attacks by movements outside the published counts.",
        |v| Some(v.real().filter(|p| p.ending == Ending::Completed && !v.counted(p)).count() as f64)
    ),
    column!("plots_prepared_abroad", "plots", "Plots begun whose country of preparation is not the target.", |v| Some(
        v.real().filter(|p| p.started >= 0.0 && p.preparation != p.target).count() as f64
    )),
    column!("onset_spontaneous", "people", "Residents who became sympathisers unprompted.", |v| v
        .number(&[F::OnsetSpontaneous])),
    column!("onset_online", "people", "… through propaganda.", |v| v.number(&[F::OnsetOnline])),
    column!("onset_peer", "people", "… through friends.", |v| v.number(&[F::OnsetPeer])),
    column!("onset_recruiter", "people", "… through a recruiter in person.", |v| v.number(&[F::OnsetRecruiter])),
    column!(
        "departed_within_half_year",
        "people",
        "Of those who left, those who had become sympathisers at most half a year before; the first day's stock counts \
         as longer.",
        |v| v.number(&[F::DepartedWithinHalfYear])
    ),
    column!("departed_within_year", "people", "… at most a year before.", |v| v.number(&[F::DepartedWithinYear])),
    column!("recruiter_contacts", "contacts", "First contacts with virtual entrepreneurs.", |v| v
        .number(&[F::ContactMade])),
    column!("dispatches", "teams", "Teams sent from abroad.", |v| v.number(&[F::DispatchOrdered])),
    column!("survivor_plots", "plots", "Plots begun by survivors of earlier plots.", |v| v.number(&[F::SurvivorPlots])),
    column!("cells_exposed", "plots", "Cells exposed through another cell of their design.", |v| v
        .number(&[F::CellExposed])),
    column!("signs_seen", "signs", "Signs of plots that services saw.", |v| v.number(&[F::SignatureSeen])),
    column!("found_by_search", "plots", "Plots found by free teams.", |v| v.number(&[F::FoundBySearch])),
    column!("watches_started", "watches", "Watches begun.", |v| v.number(&[F::WatchStarted])),
    column!("watches_moved", "watches", "Teams moved to somebody hotter.", |v| v.number(&[F::WatchMoved])),
    column!("interventions_decided", "interventions", "Decisions to intervene.", |v| v
        .number(&[F::InterventionDecided])),
    column!("released_uncharged", "people", "People arrested and released without charge.", |v| v
        .number(&[F::ReleasedUncharged])),
    column!("raids", "raids", "Raids after attacks.", |v| v.number(&[F::Raid])),
    column!("warnings_received", "warnings", "Warnings from the transit partner.", |v| v.number(&[F::WarningReceived])),
    column!("notices_issued", "notices", "Notices issued.", |v| v.number(&[F::NoticeIssued])),
    column!("records_pooled", "records", "Records put into the pooled database.", |v| v.number(&[F::RecordPooled])),
    column!("fragments_pooled", "fragments", "Fragments put into the pooled database.", |v| v
        .number(&[F::FragmentPooled])),
    column!("links_found", "links", "Plots that central link analysis pointed out.", |v| v.number(&[F::LinkFound])),
    column!("innocents_flagged", "people", "People who never plotted whom pooled files would have flagged.", |v| v
        .number(&[F::InnocentFlagged])),
    column!("open_cases", "files", "Open files at the end.", |v| v.last_stock(F::StockOpenCases)),
    column!("sympathisers", "people", "Sympathisers at the end.", |v| v.last_stock(F::StockSympathisers)),
    column!(real "plots_in_progress_mean", "plots", "Mean number of plots in progress.", |v| share(v.real().map(|p| (p.ended.min(v.tally.days()) - p.started.max(0.0)).max(0.0)).sum(), v.tally.days())),
    column!(real "teams_busy_mean", "teams", "Mean number of surveillance teams in use.", |v| v.mean_over_months(F::MeanTeamUse)),
    column!(real "analysts_busy_mean", "analysts", "Mean number of analysts at work on a lead.", |v| v.mean_over_months(F::MeanAnalystUse)),
    column!(real "triage_queue_mean", "leads", "Mean number of leads that wait, by Little's law.", |v| share(v.desks(|d| d.waited_days), v.tally.days())),
    column!(real "leads_waited_share", "share", "Leads that waited, read at last or gone stale, over leads received; above 1 where some of them came before the first day.", |v| share(v.tally.count(F::LeadWait, v.country).number + v.tally.count(F::LeadStale, v.country).number, v.tally.count(F::LeadReceived, v.country).number)),
    column!(real "intrusion", "points", "Weighted sum of acts against people who were not plotting.", |v| {
        let i = &v.parameters.world.intrusion;
        Some(
            i.assessed_weight * v.number(&[F::AssessedWithoutPlot])?
                + i.watched_weight * v.number(&[F::WatchedWithoutPlot])?
                + i.searched_weight * v.number(&[F::SearchedWithoutPlot])?
                + i.held_weight * v.number(&[F::HeldWithoutPlot])?,
        )
    }),
    column!(
        "links_false",
        "files",
        "Files opened on residents through false pairs in the pool that were believed.",
        |v| v.number(&[F::LinkFalse])
    ),
    column!("sent_stopped", "people", "People sent to attack who were arrested on the way.", |v| v
        .number(&[F::SentStopped])),
    column!(
        real "attacks_after_grievance",
        "attacks",
        "Expected number of the completed attacks whose founder would not have radicalised without the grievance of earlier \
         attacks and searches; over all completed attacks it is the branching ratio.",
        |v| Some(v.real().filter(|p| p.ending == Ending::Completed).map(|p| p.by_grievance).sum())
    ),
    column!(
        "filed_never_plotted",
        "people",
        "People with an open file in the period who were in no plot up to its end.",
        |v| Some(v.files(|f| f.people))
    ),
    column!("filed_never_plotted_held", "people", "Of these, people who were held.", |v| Some(v.files(|f| f.held))),
    column!(real "surveillance_full_share", "share", "Mean share of time in which a service has every surveillance team in use, services weighed by their teams.", |v| share(v.mean_over_months(F::MeanTeamsFull)?, v.mean_over_months(F::StockTeams)?)),
    column!("files_parked", "files", "Open files at the end that nobody works.", |v| v.last_stock(F::StockParked)),
    column!(
        "chances_missed_for_staff",
        "chances",
        "Signs and leads on plotters that came to nothing because a file was parked or closed for lack of staff, or a \
         lead went stale.",
        |v| v.number(&[F::ChanceMissedForStaff])
    ),
    column!(
        "chances_missed_by_judgement",
        "chances",
        "… because the file had been closed after review, there was only a record, or the lead was dismissed.",
        |v| v.number(&[F::ChanceMissedByJudgement])
    ),
    column!(
        "chances_missed_between",
        "chances",
        "… because another service knew of the person and this one did not.",
        |v| v.number(&[F::ChanceMissedBetween])
    ),
    column!(real "intervention_blocked_share", "share", "Mean share of days on which a service has too few officers free to begin an intervention, all services alike.", |v| v.blocked_share()),
    column!("decisions_lapsed", "decisions", "Decisions to intervene that lapsed because nothing was seen.", |v| v
        .number(&[F::DecisionLapsed])),
    column!("cases_dropped", "files", "Open cases dropped because nothing was seen.", |v| v.number(&[F::CaseDropped])),
    column!("stings_declined", "seekers", "Seekers whom no officer was free to take up.", |v| v
        .number(&[F::StingDeclined])),
    column!("files_joined", "plots", "Plots on whose members analysts joined what their service held.", |v| v
        .number(&[F::FilesJoined])),
    column!(
        "plots_in_progress_at_start",
        "plots",
        "Plots in progress on the first counted day: with those begun they are those that ended, each way, and those in \
         progress at the end.",
        |v| Some(v.real().filter(|p| p.started < 0.0).count() as f64)
    ),
    column!(
        "suppliers_found",
        "people",
        "Suppliers of plots who were found; they did not know what they supplied for.",
        |v| v.number(&[F::SupplierFound])
    ),
    column!("plots_organised", "plots", "Plots begun through an organiser.", |v| v.number(&[F::PlotOrganised])),
    column!("red_notices", "notices", "Notices that seek an arrest.", |v| v.number(&[F::RedNotice])),
    column!("held_at_borders", "people", "People arrested by a check at a border, as wanted or as known.", |v| v
        .number(&[F::HeldAtBorder])),
    column!("held_as_wanted", "people", "Of these, those whose arrest a notice sought.", |v| v.sum(F::HeldAtBorder)),
    column!(
        "let_go_at_borders",
        "people",
        "People known to the service that checked them between countries, and let go.",
        |v| v.number(&[F::LetGoAtBorder])
    ),
    column!("entries_refused", "people", "People on the way to a plot who were not let into a country.", |v| v
        .number(&[F::EntryRefused])),
    column!(
        "fighters_met",
        "people",
        "Fighters of other countries of whom services came to know while they were abroad.",
        |v| v.number(&[F::FighterMet])
    ),
    column!("listed", "people", "People of other countries put on a list of those not let in.", |v| v
        .number(&[F::Listed])),
];

impl View<'_> {
    fn sum_by_target(&self, part: impl Fn(&PlotRecord) -> f64) -> Option<f64> {
        Some(self.real().map(part).sum())
    }

    /// Of one service, or the mean over those that have residents.
    fn blocked_share(&self) -> Option<f64> {
        let all = self.mean_over_months(F::MeanBlocked)?;
        if self.country.is_some() {
            return Some(all);
        }
        let services = self.parameters.countries.iter().filter(|t| t.country.transit_partner == 0.0).count();
        share(all, services as f64)
    }

    fn counted(&self, plot: &PlotRecord) -> bool {
        self.parameters.movements[plot.movement].in_published_counts != 0.0
    }
}
