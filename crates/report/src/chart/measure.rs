//! Outcomes in plain words: their name, unit and which direction is better.

/// Which direction of an outcome is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better: attacks, harm, cost.
    Lower,
    /// More is better: foiled share.
    Higher,
    /// Neither by itself.
    Neither,
}

/// One outcome column in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The column's name in the tables.
    pub column: String,
    /// What readers see, lower case.
    pub name: String,
    /// The unit as an axis title shows it; empty where the name says it all.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
}

use Better::{Higher, Lower, Neither};

/// Column, name, unit, better.
const KNOWN: &[(&str, &str, &str, Better)] = &[
    ("attacks_completed", "attacks carried out", "attacks", Lower),
    ("attacks_expected", "attacks expected of all attempts", "attacks", Lower),
    ("attacks_failed", "attacks that failed by themselves", "attacks", Neither),
    ("plots_started", "plots started", "plots", Lower),
    ("plots_inspired", "inspired plots", "plots", Lower),
    ("plots_networked", "networked plots", "plots", Lower),
    ("plots_online_directed", "plots directed online", "plots", Lower),
    ("plots_dispatched", "dispatched plots", "plots", Lower),
    ("plots_foiled", "plots foiled", "plots", Neither),
    ("plots_dissolved", "plots that dissolved", "plots", Neither),
    ("plots_in_progress", "plots in progress at the end", "plots", Neither),
    ("sting_cases", "sting cases", "cases", Neither),
    ("foiled_share", "share of plots foiled", "share", Higher),
    ("people_harmed", "people harmed", "people", Lower),
    ("people_killed", "people killed", "people", Lower),
    ("cost", "cost", "thousand euros", Lower),
    ("arrests", "arrests", "arrests", Neither),
    ("assessed_without_plot", "people assessed though not plotting", "people", Lower),
    ("watched_without_plot", "people watched though not plotting", "people", Lower),
    ("searched_without_plot", "people searched though not plotting", "people", Lower),
    ("held_without_plot", "people detained though not plotting", "people", Lower),
    ("filed_never_plotted", "people with a file who never plotted", "people", Neither),
    ("filed_never_plotted_held", "people with a file who never plotted and were detained", "people", Lower),
    ("leads_received", "leads received", "leads", Neither),
    ("leads_true", "leads that were true", "leads", Neither),
    ("leads_stale", "leads gone stale unread", "leads", Lower),
    ("queue_length", "leads waiting", "leads", Lower),
    ("surveillance_use_share", "share of surveillance teams in use", "share", Neither),
    ("surveillance_full_share", "share of time with every team in use", "share", Neither),
    ("triage_wait_days_mean", "mean wait for triage", "days", Lower),
    ("subjects_open", "open subjects", "subjects", Neither),
    ("subjects_opened", "subjects opened", "subjects", Neither),
    ("subjects_closed_for_capacity", "subjects closed for lack of capacity", "subjects", Lower),
    ("fighters_abroad", "fighters abroad", "people", Lower),
    ("fighters_departed", "fighters departed", "people", Lower),
    ("fighters_returned", "fighters returned", "people", Neither),
    ("fighters_died", "fighters died abroad", "people", Neither),
    ("returnees_identified", "returnees identified", "people", Neither),
    ("returnees_plotting", "returnees who plotted", "people", Lower),
    ("travel_blocked", "departures blocked", "people", Neither),
    ("blocked_plotting", "blocked travellers who plotted", "people", Lower),
    ("recruiters_alive", "recruiters at large", "people", Lower),
    ("recruiters_removed", "recruiters removed", "people", Neither),
    ("residents_radicalised", "residents radicalised", "people", Lower),
    ("sympathisers", "sympathisers", "people", Lower),
    ("committed", "committed people", "people", Lower),
    ("desisted", "people who desisted", "people", Neither),
    ("imprisoned", "people imprisoned", "people", Neither),
    ("attackers_known_own_share", "attackers known to their own country’s services", "share", Neither),
    ("attackers_known_any_share", "attackers known to any service", "share", Neither),
    ("dots_not_connected", "attacks where known facts were not connected", "attacks", Lower),
    ("files_parked", "open files that nobody works", "files", Neither),
    ("subjects_parked", "open subjects whom nobody works", "subjects", Neither),
    ("chances_missed_for_staff", "chances missed for lack of staff", "chances", Lower),
    ("chances_missed_between", "chances missed between services", "chances", Lower),
    ("chances_missed_by_judgement", "chances missed by judgement", "chances", Lower),
    ("attacks_averted", "attacks removed (matched)", "attacks", Neither),
    ("attacks_induced", "attacks added (matched)", "attacks", Neither),
];

impl Measure {
    /// The words for a column; an unknown one is named after itself and has no better direction.
    pub fn of(column: &str) -> Self {
        let known = KNOWN.iter().find(|(c, ..)| *c == column);
        let (name, unit, better) = known.map_or_else(
            || (column.replace('_', " "), if column.ends_with("_share") { "share" } else { "" }, Neither),
            |&(_, name, unit, better)| (name.to_owned(), unit, better),
        );
        Self { column: column.to_owned(), name, unit: unit.to_owned(), better }
    }

    /// The place of its words among those of all outcomes, main ones first; `None` where it is named after its column.
    pub(crate) fn place(&self) -> Option<usize> {
        KNOWN.iter().position(|(column, ..)| *column == self.column)
    }

    /// The name with a capital first letter.
    pub fn heading(&self) -> String {
        capital(&self.name)
    }

    /// The sign that turns policy − baseline into the effect that charts show: prevented harm counts as positive.
    pub fn sign(&self) -> f64 {
        if self.better == Lower { -1.0 } else { 1.0 }
    }
}

/// `text` with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A parameter for readers: of a path its table and what it is of it, a name of several words as words, a single word or
/// a sentence as it is. What holds in one country begins with it, and the number of a named change ends with that name.
pub(super) fn named(parameter: &str) -> String {
    if let Some((path, how @ ("times" | "plus"))) = parameter.split_once(' ') {
        return format!("{}, {how}", named(path));
    }
    if parameter.contains(char::is_whitespace) || !parameter.contains(['.', '_']) {
        return parameter.to_owned();
    }
    let plain = |part: &str| part.replace('_', " ");
    match parameter.split('.').collect::<Vec<_>>().as_slice() {
        ["changes", change, rest @ ..] if !rest.is_empty() => format!("{} ({change})", named(&rest.join("."))),
        ["countries", country, rest @ ..] if !rest.is_empty() => {
            format!("{country}, {}", rest.iter().map(|part| plain(part)).collect::<Vec<_>>().join(": "))
        }
        parts => capital(&parts.iter().map(|part| plain(part)).collect::<Vec<_>>().join(": ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_words_and_a_short_name_stays() {
        assert_eq!(named("services.case_officers"), "Services: case officers");
        assert_eq!(named("countries.FR.services.analysts"), "FR, services: analysts");
        assert_eq!(named("changes.road-narrows.travel.pull"), "Travel: pull (road-narrows)");
        assert_eq!(named("services.analysts times"), "Services: analysts, times");
        assert_eq!(named("what all 3 say. And_more"), "what all 3 say. And_more");
        assert_eq!((named("a"), named("contact_per_day")), ("a".to_owned(), "Contact per day".to_owned()));
    }

    #[test]
    fn fewer_attacks_count_as_a_positive_effect() {
        assert_eq!(Measure::of("attacks_completed").sign(), -1.0);
        assert_eq!(Measure::of("foiled_share").sign(), 1.0);
        assert_eq!(Measure::of("something_new").name, "something new");
    }
}
