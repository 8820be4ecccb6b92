//! Two plans side by side: every setting that alters results and is not the same in both.

use super::address::Place;
use super::parameter::Scope;
use super::plan::{Assignment, Operation, Plan, Stage};
use super::registry::Slot;
use super::sharing;
use super::write::{distribution, number};

/// What a country, movement, language or policy is, in the scenario that has it.
const THERE: &str = "there";

/// A setting that two scenarios do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingDifference {
    /// Where it stands, as scenario files write it: `services.analysts`, `policies.more-analysts.services.analysts`.
    pub path: String,
    /// Its unit; empty where it has none.
    pub unit: String,
    /// In the first scenario; `None` where it has no such setting.
    pub first: Option<String>,
    /// In the second.
    pub second: Option<String>,
}

/// Paths with their values, each path once.
#[derive(Default)]
struct Lines(Vec<(String, String)>);

impl Lines {
    /// Adds a line; a path that is taken gets a number.
    fn push(&mut self, path: String, value: String) {
        let taken = |path: &str| self.0.iter().any(|line| line.0 == path);
        let mut free = path;
        if taken(&free) {
            let mut number = 2;
            while taken(&format!("{free} ({number})")) {
                number += 1;
            }
            free = format!("{free} ({number})");
        }
        self.0.push((free, value));
    }

    /// What stands in one of the two or otherwise in the other, in the order of the first, then of the second.
    fn against(&self, other: &Self, found: &mut Vec<SettingDifference>) {
        let value = |lines: &Self, path: &str| lines.0.iter().find(|line| line.0 == path).map(|line| line.1.clone());
        let own = self.0.iter().map(|line| &line.0);
        let more = other.0.iter().map(|line| &line.0).filter(|path| value(self, path).is_none());
        for path in own.chain(more) {
            let (first, second) = (value(self, path), value(other, path));
            if first != second {
                found.push(SettingDifference { path: path.clone(), unit: String::new(), first, second });
            }
        }
    }
}

impl Plan {
    /// Every setting that alters results and is not the same in `other`: dates, seed, values, changes, sharing, policies,
    /// held values, priors, draws. The number of replications, names, remarks and marks of evidence alter none.
    pub fn differences(&self, other: &Self) -> Vec<SettingDifference> {
        let mut found = Vec::new();
        self.heading_lines().against(&other.heading_lines(), &mut found);
        self.value_differences(other, &mut found);
        self.change_lines().against(&other.change_lines(), &mut found);
        let names = |plan: &Self| -> Lines {
            Lines(plan.policies.iter().map(|p| (format!("policies.{}", p.name), THERE.to_owned())).collect())
        };
        names(self).against(&names(other), &mut found);
        for policy in &self.policies {
            if other.policy(&policy.name).is_some() {
                self.policy_lines(&policy.name).against(&other.policy_lines(&policy.name), &mut found);
            }
        }
        self.rest_lines().against(&other.rest_lines(), &mut found);
        found
    }

    fn heading_lines(&self) -> Lines {
        let mut lines = Lines::default();
        let mut push = |path: &str, value: String| lines.push(path.to_owned(), value);
        push("scenario.start", self.start.to_string());
        push("scenario.end", self.end.yesterday().unwrap_or(self.end).to_string());
        push("scenario.warm_up_days", number(self.warm_up_days));
        push("scenario.seed", self.seed.to_string());
        for country in &self.countries {
            push(&format!("countries.{}", country.code), THERE.to_owned());
            let shares = country.languages.iter().map(|(l, s)| format!("{} = {}", self.languages[*l].0, number(*s)));
            push(&format!("countries.{}.languages", country.code), shares.collect::<Vec<_>>().join(", "));
        }
        self.movements.iter().for_each(|m| push(&format!("movements.{}", m.code), THERE.to_owned()));
        self.languages.iter().for_each(|l| push(&format!("languages.{}", l.0), THERE.to_owned()));
        lines
    }

    /// Values before changes and policies: the common ones, then those of one entry that the common ones do not explain.
    fn value_differences(&self, other: &Self, found: &mut Vec<SettingDifference>) {
        let codes = self.codes();
        for (table, info) in self.registry.tables().iter().enumerate() {
            for (parameter, about) in info.parameters.iter().enumerate() {
                let slot = Slot { table, parameter };
                let mut tell = |place: Place, first: f64, second: f64| {
                    if first != second {
                        found.push(SettingDifference {
                            path: codes.path(&self.registry, place, slot),
                            unit: about.unit.to_owned(),
                            first: Some(about.kind.write(first)),
                            second: Some(about.kind.write(second)),
                        });
                    }
                };
                let common = |plan: &Self| plan.base.world[table][parameter];
                let both = (common(self), common(other));
                if matches!(info.scope, Scope::World | Scope::Country) {
                    tell(Place::Common, both.0, both.1);
                }
                if matches!(info.scope, Scope::Country | Scope::CountryEntry) {
                    for (c, country) in self.countries.iter().enumerate() {
                        let twin = other.countries.iter().position(|known| known.code == country.code);
                        let Some(twin) = twin else { continue };
                        let own =
                            (self.base.countries[c][table][parameter], other.base.countries[twin][table][parameter]);
                        if info.scope == Scope::CountryEntry || own != both {
                            tell(Place::Country(c), own.0, own.1);
                        }
                    }
                }
                if info.scope == Scope::MovementEntry {
                    for (m, movement) in self.movements.iter().enumerate() {
                        if let Some(twin) = other.movements.iter().position(|known| known.code == movement.code) {
                            let value = |plan: &Self, m: usize| plan.base.movements[m][parameter];
                            tell(Place::Movement(m), value(self, m), value(other, twin));
                        }
                    }
                }
                if info.scope == Scope::LanguageEntry {
                    for (l, language) in self.languages.iter().enumerate() {
                        if let Some(twin) = other.languages.iter().position(|known| known.0 == language.0) {
                            let value = |plan: &Self, l: usize| plan.base.languages[l][parameter];
                            tell(Place::Language(l), value(self, l), value(other, twin));
                        }
                    }
                }
            }
        }
    }

    fn change_lines(&self) -> Lines {
        let mut lines = Lines::default();
        for change in &self.changes {
            let prefix = match &change.name {
                Some(name) => format!("changes.{name}"),
                None => format!("changes from {}", change.from),
            };
            self.stage_lines(&prefix, change, &mut lines);
        }
        self.sharing.iter().for_each(|entry| self.sharing_line("", entry, &mut lines));
        lines
    }

    fn policy_lines(&self, name: &str) -> Lines {
        let mut lines = Lines::default();
        let Some(policy) = self.policy(name) else { return lines };
        for (position, stage) in policy.stages.iter().enumerate() {
            let prefix =
                if position == 0 { format!("policies.{name}") } else { format!("policies.{name}.also[{position}]") };
            self.stage_lines(&prefix, stage, &mut lines);
        }
        policy.sharing.iter().for_each(|entry| self.sharing_line(&format!("policies.{name}."), entry, &mut lines));
        lines
    }

    fn stage_lines(&self, prefix: &str, stage: &Stage, lines: &mut Lines) {
        lines.push(format!("{prefix}.from"), stage.from.to_string());
        if let Some(until) = stage.until {
            lines.push(format!("{prefix}.until"), until.to_string());
        }
        if stage.ramp_days > 0 {
            lines.push(format!("{prefix}.ramp_days"), stage.ramp_days.to_string());
            lines.push(format!("{prefix}.ramp_step_days"), stage.ramp_step_days.to_string());
        }
        self.set_lines(prefix, &stage.set, lines);
    }

    fn set_lines(&self, prefix: &str, set: &[Assignment], lines: &mut Lines) {
        for assignment in set {
            let value = match assignment.operation {
                Operation::Set(value) => assignment.target.kind(&self.registry).write(value),
                Operation::Times(factor) => format!("times {}", number(factor)),
                Operation::Add(term) => format!("plus {}", number(term)),
            };
            lines.push(format!("{prefix}.{}", assignment.path), value);
        }
    }

    fn sharing_line(&self, prefix: &str, entry: &super::pairs::Sharing, lines: &mut Lines) {
        let mut text = String::new();
        sharing::write(&mut text, entry, &self.codes(), false);
        let (who, what): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| ["between", "owner", "reader", "from"].iter().any(|k| line.starts_with(k)));
        lines.push(format!("{prefix}sharing: {}", who.join(", ")), what.join(", "));
    }

    fn rest_lines(&self) -> Lines {
        let mut lines = Lines::default();
        if let Some(alternative) = self.alternative() {
            lines.push("scenario.alternative".into(), alternative.name.clone());
            self.set_lines(&format!("alternatives.{}", alternative.name), &alternative.set, &mut lines);
        }
        for held in &self.held {
            lines.push(format!("held: {}", held.path), held.target.kind(&self.registry).write(held.value));
        }
        for held in &self.held_pairs {
            lines.push(format!("held: {}", held.path), held.kind().write(held.value));
        }
        for prior in &self.uncertain {
            lines.push(format!("uncertain: {}", prior.path), distribution(&prior.distribution));
        }
        if let Some(posterior) = &self.posterior {
            lines.push("calibrated.draws".into(), posterior.draws.to_string());
            for drawn in &posterior.parameters {
                let values: Vec<String> = drawn.values.iter().map(|value| number(*value)).collect();
                lines.push(format!("calibrated.draws.{}", drawn.path), values.join(", "));
            }
        }
        if !self.event_log_replications.is_empty() {
            lines.push("experiment.event_log_replications".into(), format!("{:?}", self.event_log_replications));
        }
        lines
    }
}
