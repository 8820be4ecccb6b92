//! What a scenario says to no effect, or to less than it seems: ramps that outlast the run, dates that it never reaches,
//! languages that nothing else uses. Each is a warning: the scenario runs all the same.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::engine::time::{date_after, days_between};

use super::diagnostic::{Diagnostic, Mark, Reports};
use super::entries::Lists;
use super::nearest::did_you_mean;
use super::pairs::Sharing;
use super::plan::{Plan, Stage};
use super::ramp::Ramp;
use super::reading::Reading;

/// The dates of a change, a stage of a policy or an entry of sharing, and where it stands.
struct Dated<'p> {
    from: Option<Date>,
    until: Option<Date>,
    ramp_days: u32,
    ramp_step_days: u32,
    mark: &'p Mark,
}

impl<'p> Dated<'p> {
    fn stage(stage: &'p Stage) -> Option<Self> {
        let &Stage { from, until, ramp_days, ramp_step_days, .. } = stage;
        let mark = &stage.set.first()?.mark;
        Some(Self { from: Some(from), until, ramp_days, ramp_step_days, mark })
    }

    fn sharing(entry: &'p Sharing) -> Self {
        let &Sharing { from, until, ramp_days, ramp_step_days, .. } = entry;
        Self { from, until, ramp_days, ramp_step_days, mark: &entry.mark }
    }
}

/// Warns of changes and policies whose dates take effect away from them.
pub(super) fn dates(plan: &Plan, reports: &Reports) {
    let all = |stages: &[Stage], sharing: &[Sharing], owner: &str| {
        let stages = stages.iter().filter_map(Dated::stage);
        stages.chain(sharing.iter().map(Dated::sharing)).for_each(|dated| one(plan, owner, &dated, reports));
    };
    all(&plan.changes, &[], "this change");
    all(&[], &plan.sharing, "this entry of [[sharing]]");
    for policy in &plan.policies {
        all(&policy.stages, &policy.sharing, &format!("policy `{}`", policy.name));
    }
}

fn one(plan: &Plan, owner: &str, dated: &Dated<'_>, reports: &Reports) {
    let ramp = Ramp::new(plan.start, dated.from, dated.until, dated.ramp_days, dated.ramp_step_days);
    let (first, end) = (0.0 - plan.warm_up_days, days_between(plan.start, plan.end));
    let day = |time: f64| date_after(plan.start, time);
    if ramp.from >= end || ramp.until <= first {
        let words = [("from", dated.from), ("until", dated.until)];
        let found: Vec<String> = words.iter().filter_map(|(word, day)| Some(format!("{word} {}", (*day)?))).collect();
        let message = format!("{owner} is in force on no day of the run and does nothing");
        let expected = format!("days from {} to {}", day(first), day(end - 1.0));
        reports.add(Diagnostic::at(dated.mark, message).found(found.join(" ")).expected(expected).as_warning());
        return;
    }
    let steps = f64::from(Ramp::steps(dated.ramp_days, dated.ramp_step_days));
    let full = ramp.from + (steps - 1.0) * f64::from(dated.ramp_step_days.max(1));
    let close = end.min(ramp.until);
    if steps > 1.0 && full >= close {
        let reached = ramp.fraction(close - 1.0).unwrap_or(0.0) * 100.0;
        let message = format!("the ramp of {owner} is longer than the time it has: its full effect is never reached");
        let found =
            format!("full effect on {}; on {}, the last day, {reached:.0} % of it", day(full), day(close - 1.0));
        let help = "begin earlier, shorten `ramp_days`, or run longer";
        reports.add(Diagnostic::at(dated.mark, message).found(found).help(help).as_warning());
    }
}

/// Warns of languages that are listed and spoken nowhere, and of those that a country names and nothing else does.
pub(super) fn languages<'a>(lists: &Lists<'_, '_>, reading: impl Fn(usize) -> Reading<'a>, reports: &Reports) {
    let mut spoken: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, country) in lists.countries.iter().enumerate() {
        for (code, share) in country.languages.iter().flatten() {
            if *share > 0.0 {
                spoken.entry(code).or_default().push(place);
            }
        }
    }
    let listed = |code: &str| lists.languages.iter().any(|l| l.code == code && !l.tables.is_empty());
    let any_listed = lists.languages.iter().any(|l| !l.tables.is_empty());
    let codes = || lists.languages.iter().map(|l| l.code.as_str());
    let at = |tables: &[(usize, &toml::de::DeTable<'_>)], key: &str| -> Mark {
        let place = tables.iter().rev().find_map(|(file, table)| Some((*file, table.get(key)?.span())));
        place.map_or_else(Mark::default, |(file, span)| reading(file).mark(&span))
    };
    for language in lists.languages.iter().filter(|l| !l.tables.is_empty() && !spoken.contains_key(l.code.as_str())) {
        let message = format!("no country speaks the language `{}`, so nothing uses it", language.code);
        let near = did_you_mean(&language.code, spoken.keys().copied());
        let help = near.unwrap_or_else(|| "name it in `languages` of a country, or leave the entry out".into());
        reports.add(Diagnostic::at(&at(&language.tables, "code"), message).help(help).as_warning());
    }
    // Where no language is listed their codes only say who understands whom.
    for (code, places) in spoken.iter().filter(|(code, _)| any_listed && !listed(code)) {
        let [place] = places.as_slice() else { continue };
        let country = &lists.countries[*place];
        let share = country.languages.iter().flatten().find(|spoken| spoken.0 == **code).map_or(0.0, |spoken| spoken.1);
        // Any two short codes are alike.
        let near = did_you_mean(code, codes().filter(|other| other != code)).filter(|_| code.len() >= LONG);
        if near.is_none() && share < MOST {
            continue;
        }
        let message = format!("nothing but country {} uses the language `{code}`", country.code);
        let help = near.unwrap_or_else(|| format!("list it under [[languages]] with code = \"{code}\" if it is meant"));
        reports.add(Diagnostic::at(&at(&country.tables, "languages"), message).help(help).as_warning());
    }
}

/// Signs of a code from which on likeness to another says something.
const LONG: usize = 4;
/// Share of a country's residents from which on a language of their own keeps the country apart.
const MOST: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::super::LoadOptions;
    use super::super::tests::{HEAD, load_files, load_text};

    fn warned(rest: &str) -> Vec<String> {
        let plan = load_text(&format!("{HEAD}code = \"A\"\n{rest}"));
        let plan = plan.unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)));
        plan.warnings.iter().map(ToString::to_string).collect()
    }

    const SET: &str = "set = { \"services.analysts\" = 40 }\n";

    #[test]
    fn a_ramp_that_outlasts_the_run_is_told_with_what_it_reaches() {
        let ramp = |from: &str, days: u32| {
            warned(&format!("[policies.p]\nfrom = {from}\nramp_days = {days}\nramp_step_days = 10\n{SET}"))
        };
        // The last of ten steps of ten days is the 90th day from the first.
        assert!(ramp("2014-10-02", 100).is_empty(), "the last step on the last day");
        let told = ramp("2014-10-03", 100);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("never reached") && told[0].contains("2014-12-31, the last day, 90 %"), "{}", told[0]);
        assert!(told[0].contains("main.toml:12:9"), "{}", told[0]);
        let ended = format!("[[changes]]\nfrom = 2014-03-01\nuntil = 2014-04-01\nramp_days = 90\n{SET}");
        assert!(warned(&ended)[0].contains("the ramp of this change"));
    }

    #[test]
    fn what_is_in_force_on_no_day_is_told() {
        let before = warned(&format!("[[changes]]\nfrom = 2013-01-01\nuntil = 2013-12-31\n{SET}"));
        assert!(before[0].contains("this change is in force on no day of the run"), "{before:?}");
        assert!(
            before[0].contains("from 2013-01-01 until 2013-12-31") && before[0].contains("2014-01-01 to 2014-12-31")
        );
        let text = format!("{HEAD}code = \"A\"\n[[changes]]\nfrom = 2014-08-01\n{SET}");
        let until = LoadOptions { until: Some(jiff::civil::date(2014, 7, 31)), ..LoadOptions::default() };
        assert_eq!(load_files(&text, &[], &until).unwrap().warnings.len(), 1);
        let until = LoadOptions { until: Some(jiff::civil::date(2014, 8, 1)), ..LoadOptions::default() };
        assert!(load_files(&text, &[], &until).unwrap().warnings.is_empty());
    }

    #[test]
    fn languages_that_nothing_else_uses_are_told() {
        let listed = "languages = [\"french\"]\n[[languages]]\ncode = \"frnech\"\n";
        let told = warned(listed);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("no country speaks the language `frnech`") && told[0].contains("mean `french`"));
        assert!(told[1].contains("nothing but country A uses the language `french`"), "{}", told[1]);
        assert!(told[1].contains("did you mean `frnech`?") && told[1].contains("main.toml:8:13"), "{}", told[1]);
        assert!(
            warned("languages = [\"fr\", \"nl\"]\n").is_empty(),
            "without a list codes only say who understands whom"
        );
        assert!(warned("languages = [\"fr\"]\n[[languages]]\ncode = \"fr\"\n").is_empty());
    }
}
