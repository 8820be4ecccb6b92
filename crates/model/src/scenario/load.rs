//! Loading: from the text of a scenario file to a checked [`Plan`], or to all that is wrong with it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use toml::de::DeTable;

use super::address::Codes;
use super::adversary::{self, Adversary};
use super::alternatives::Alternative;
use super::diagnostic::{Diagnostic, Diagnostics, Mark, Reports};
use super::entries::Lists;
use super::extras::{self, Experiment};
use super::heading::{Heading, MOST_REPLICATIONS, SEED_LIMIT};
use super::held_pairs::HeldPair;
use super::optimize::{self, Optimize};
use super::pairs::Sharing;
use super::parameter::Scope;
use super::plan::{Held, Level, Plan, Policy, Stage, Uncertain};
use super::posterior::{self, Posterior};
use super::reading::Reading;
use super::registry::Registry;
use super::resolved::Values;
use super::source::{Source, chain, parse};
use super::tables::Base;
use super::{alternatives, given, idle, numbers, sharing, stages};

/// What the command line adds to a scenario file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadOptions {
    /// Values held over the whole time: `path=VALUE`, or `path!=VALUE` above changes and policies.
    pub sets: Vec<String>,
    /// Another seed.
    pub seed: Option<u64>,
    /// Another number of replications.
    pub replications: Option<u64>,
    /// Another last day, not after the scenario's own.
    pub until: Option<Date>,
    /// One of the scenario's alternatives, by name; an empty name takes none.
    pub alternative: Option<String>,
}

/// Reads the scenario `name`, and all that it extends, through `read`; checks everything.
///
/// # Errors
/// All that is wrong, with places and advice.
pub fn load(
    registry: &Registry,
    name: &str,
    read: &dyn Fn(&str) -> Result<String, String>,
    options: &LoadOptions,
) -> Result<Plan, Diagnostics> {
    let reports = Reports::default();
    let sources = chain(name, read, &reports);
    let plan = if reports.any_error() { None } else { build(registry, &sources, read, options, &reports) };
    if let Some(plan) = &plan
        && !reports.any_error()
    {
        super::arm::check_all(plan, &reports);
        idle::dates(plan, &reports);
    }
    let (errors, warnings) = reports.split();
    match plan {
        Some(mut plan) if errors.is_empty() => {
            plan.warnings = warnings;
            Ok(plan)
        }
        _ => {
            let mut all = errors;
            all.extend(warnings);
            all.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
            Err(Diagnostics(all))
        }
    }
}

/// The trees of all files with what reading them needs.
struct Files<'a, 'i> {
    registry: &'a Registry,
    sources: &'a [Source],
    reports: &'a Reports,
    trees: Vec<DeTable<'i>>,
}

impl<'a, 'i> Files<'a, 'i> {
    fn reading(&self, file: usize) -> Reading<'a> {
        Reading { registry: self.registry, source: &self.sources[file], reports: self.reports }
    }

    fn level(&self, file: usize) -> Level {
        if file + 1 == self.sources.len() { Level::File } else { Level::Extends }
    }

    fn each(&self) -> impl Iterator<Item = (usize, Reading<'a>, &DeTable<'i>)> {
        self.trees.iter().enumerate().map(|(file, tree)| (file, self.reading(file), tree))
    }

    fn last(&self) -> usize {
        self.trees.len() - 1
    }
}

/// What the files say about dates, after the command line had its word.
fn heading(files: &Files<'_, '_>, options: &LoadOptions) -> Heading {
    let mut heading = Heading::default();
    for (_, r, tree) in files.each() {
        heading.read(r, tree);
    }
    let flag = |name: &str, value: String| Mark { file: format!("{name} {value}"), ..Mark::default() };
    if let Some(until) = options.until {
        heading.until = Some((until, flag("--until", until.to_string())));
    }
    if let Some(seed) = options.seed {
        if seed >= SEED_LIMIT {
            let diagnostic = Diagnostic::at(&flag("--seed", seed.to_string()), "this seed is too large");
            files.reports.add(diagnostic.expected(format!("a whole number from 0 to {}", SEED_LIMIT - 1)));
        }
        heading.seed = Some(seed);
    }
    if let Some(name) = &options.alternative {
        heading.alternative =
            (!name.trim().is_empty()).then(|| (name.trim().to_owned(), flag("--alternative", name.clone())));
    }
    if let Some(number) = options.replications {
        if !(1..=MOST_REPLICATIONS).contains(&number) {
            let mark = flag("--replications", number.to_string());
            let diagnostic = Diagnostic::at(&mark, "this number of replications cannot be run");
            files.reports.add(diagnostic.expected(format!("a whole number from 1 to {MOST_REPLICATIONS}")));
        }
        heading.replications = Some(number);
    }
    heading
}

fn base(files: &Files<'_, '_>, lists: &Lists<'_, '_>) -> Base {
    let (countries, movements, languages) = (lists.countries.len(), lists.movements.len(), lists.languages.len());
    let values = Values::defaults(files.registry, countries, movements, languages);
    let mut base = Base { values, origins: BTreeMap::new() };
    for (file, r, tree) in files.each() {
        base.read_common(r, files.level(file), tree);
    }
    let reading_of = |file: usize| (files.reading(file), files.level(file));
    base.read_entries(Scope::CountryEntry, &lists.countries, reading_of);
    base.read_entries(Scope::MovementEntry, &lists.movements, reading_of);
    base.read_entries(Scope::LanguageEntry, &lists.languages, reading_of);
    base
}

/// Later ones with the same key replace earlier ones in their place; others are added.
fn merge<T, K: Ord>(all: &mut Vec<T>, more: Vec<T>, key: impl Fn(&T) -> K) {
    let mut places: BTreeMap<K, usize> = all.iter().map(&key).zip(0..).collect();
    for one in more {
        let place = *places.entry(key(&one)).or_insert(all.len());
        if place < all.len() {
            all[place] = one;
        } else {
            all.push(one);
        }
    }
}

/// The dated changes of all files; a named one takes the place of its namesake in an extended file.
fn changes(files: &Files<'_, '_>, codes: &Codes, bounds: stages::Bounds) -> Vec<Stage> {
    let mut all: Vec<Stage> = Vec::new();
    for (_, r, tree) in files.each() {
        for change in stages::changes(r, codes, tree, bounds) {
            match all.iter_mut().find(|known| known.name.is_some() && known.name == change.name) {
                Some(known) => *known = change,
                None => all.push(change),
            }
        }
    }
    all
}

fn build(
    registry: &Registry,
    sources: &[Source],
    read: &dyn Fn(&str) -> Result<String, String>,
    options: &LoadOptions,
    reports: &Reports,
) -> Option<Plan> {
    let trees: Vec<DeTable<'_>> = sources.iter().filter_map(|source| parse(source, reports)).collect();
    if trees.is_empty() || trees.len() != sources.len() {
        return None;
    }
    let files = Files { registry, sources, reports, trees };
    let heading = heading(&files, options);
    let last = files.reading(files.last());
    let dates = heading.dates(last);
    let bounds = dates.map(|(start, end, _)| (start, end));
    let mut lists = Lists::default();
    for (file, r, tree) in files.each() {
        lists.read(r, file, tree);
    }
    if !lists.complete(last, &files.trees[files.last()]) {
        return None;
    }
    idle::languages(&lists, |file| files.reading(file), reports);
    let mut codes = lists.codes();
    let mut base = base(&files, &lists);
    let mut changes = changes(&files, &codes, bounds);
    base.values.changes = numbers::place(registry, &mut changes).into();
    codes.numbers = numbers::named(&changes);
    let (mut policies, mut held, mut held_pairs) = (Vec::<Policy>::new(), Vec::<Held>::new(), Vec::<HeldPair>::new());
    let (mut pairs, mut alternatives) = (Vec::<Sharing>::new(), Vec::<Alternative>::new());
    let (mut uncertain, mut fit, mut experiment) = (Vec::<Uncertain>::new(), Vec::new(), Experiment::default());
    let (mut posterior, mut levers): (Option<Posterior>, Option<Optimize>) = (None, None);
    let mut other_side: Option<Adversary> = None;
    for (_, r, tree) in files.each() {
        extras::calibrated(r, &codes, tree, &mut base);
        posterior::read(r, &codes, tree, &mut base, &mut posterior, read);
        // An entry takes the place of its like in an extended file; twice in one file is a mistake.
        let own = sharing::base(r, &codes, tree, bounds);
        pairs.retain(|old| !own.iter().any(|new| new.replaces(old)));
        pairs.extend(own);
        merge(&mut policies, stages::policies(r, &codes, tree, bounds), |policy| policy.name.clone());
        merge(&mut alternatives, alternatives::read(r, &codes, tree), |known| known.name.clone());
        let (own, own_pairs) = extras::held(r, &codes, tree);
        merge(&mut held, own, |held| held.path.clone());
        merge(&mut held_pairs, own_pairs, |held| held.path.clone());
        merge(&mut uncertain, extras::uncertain(r, &codes, tree), |uncertain| uncertain.target);
        fit.extend(extras::fit(r, tree));
        experiment.read(r, tree);
        levers = optimize::read(r, tree, bounds).or(levers);
        other_side = adversary::read(r, tree, bounds).or(other_side);
    }
    sharing::check_twice(&pairs, &codes, reports);
    let alternative = alternatives::chosen(&alternatives, heading.alternative.as_ref(), reports);
    let (given, given_pairs) = given::sets(registry, &codes, &options.sets, reports);
    merge(&mut held, given, |held| held.target);
    merge(&mut held_pairs, given_pairs, |held| held.path.clone());
    let (start, end, until) = dates?;
    Some(Plan {
        registry: registry.clone(),
        file: sources.last()?.file.clone(),
        name: heading.name.clone().unwrap_or_else(|| stem(&sources[files.last()].file)),
        question: heading.question.clone().unwrap_or_default(),
        start,
        full_end: end.tomorrow().ok()?,
        end: until.tomorrow().ok()?,
        seed: heading.seed.unwrap_or(1),
        replications: heading.replications.unwrap_or(200),
        warm_up_days: heading.warm_up_days.unwrap_or(0) as f64,
        countries: lists.countries(),
        movements: lists.movements(),
        languages: lists.languages.iter().map(|l| (l.code.clone(), l.shown_name())).collect(),
        base: base.values,
        origins: base.origins,
        changes,
        sharing: pairs,
        policies,
        alternatives,
        alternative,
        held,
        held_pairs,
        uncertain,
        posterior,
        fit,
        event_log_replications: experiment.event_log_replications.unwrap_or_default(),
        outcomes: experiment.outcomes.unwrap_or_default(),
        optimize: levers,
        adversary: other_side,
        warnings: Vec::new(),
    })
}

/// A name for a scenario that has none: its file's, without ending, in plain letters.
fn stem(file: &str) -> String {
    let last = file.rsplit('/').next().unwrap_or("");
    let stem = last.strip_suffix(".toml").unwrap_or(last);
    let plain: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take(64)
        .collect();
    if plain.is_empty() { "scenario".into() } else { plain }
}
