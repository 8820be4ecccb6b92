//! Writing a plan down: the resolved scenario file, and the canonical text that is hashed.

use std::fmt::Write as _;

use super::address::{Place, Reach};
use super::parameter::{Scope, TableInfo};
use super::plan::{Assignment, Distribution, Level, Operation, Plan, Stage};
use super::registry::Slot;
use super::sharing;

/// A text as TOML writes it, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A finite number as TOML writes it, exactly.
pub(super) fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A distribution as a scenario file writes it.
pub(super) fn distribution(d: &Distribution) -> String {
    let n = |x: f64| number(x);
    match *d {
        Distribution::Uniform { low, high } => format!("uniform = {{ low = {}, high = {} }}", n(low), n(high)),
        Distribution::Normal { mean, sd } => format!("normal = {{ mean = {}, sd = {} }}", n(mean), n(sd)),
        Distribution::Lognormal { median, sigma } => {
            format!("lognormal = {{ median = {}, sigma = {} }}", n(median), n(sigma))
        }
        Distribution::Triangular { low, mode, high } => {
            format!("triangular = {{ low = {}, mode = {}, high = {} }}", n(low), n(mode), n(high))
        }
        Distribution::Beta { a, b, low, high } => {
            format!("beta = {{ a = {}, b = {}, low = {}, high = {} }}", n(a), n(b), n(low), n(high))
        }
    }
}

impl Plan {
    /// The whole scenario as one file, every value with its origin; loading it gives the same scenario.
    pub fn resolved_toml(&self) -> String {
        let mut out = String::from("#:schema forestall.schema.json\n");
        let _ = writeln!(out, "# Resolved from {}: every value, with its origin.", one_line(&self.file));
        let _ = writeln!(out, "# Order: default < extended file < file < calibrated < design point < policy < --set.");
        out.push_str("schema_version = 1\n");
        self.write_heading(&mut out);
        self.write_lists(&mut out);
        for (table, info) in self.registry.tables().iter().enumerate() {
            if matches!(info.scope, Scope::World | Scope::Country) {
                let _ = writeln!(out, "\n[{}]  # {}", info.name, info.mechanism);
                self.write_table(&mut out, table, info, Place::Common, |parameter| {
                    Some(self.base.world[table][parameter])
                });
            }
        }
        for change in &self.changes {
            out.push_str("\n[[changes]]\n");
            self.write_stage(&mut out, change);
        }
        let codes = self.codes();
        for entry in &self.sharing {
            out.push_str("\n[[sharing]]\n");
            sharing::write(&mut out, entry, &codes, true);
        }
        for policy in &self.policies {
            let _ = writeln!(out, "\n[policies.{}]", policy.name);
            let _ = writeln!(out, "label = {}\ndescription = {}", quoted(&policy.label), quoted(&policy.description));
            for (position, stage) in policy.stages.iter().enumerate() {
                // Its sharing must not take over dates that only a first stage has.
                if position > 0 || !policy.sharing.is_empty() {
                    let _ = writeln!(out, "\n[[policies.{}.also]]", policy.name);
                }
                self.write_stage(&mut out, stage);
            }
            for entry in &policy.sharing {
                let _ = writeln!(out, "\n[[policies.{}.sharing]]", policy.name);
                sharing::write(&mut out, entry, &codes, true);
            }
        }
        self.write_alternatives(&mut out);
        self.write_rest(&mut out);
        out
    }

    fn write_heading(&self, out: &mut String) {
        let last = |day: jiff::civil::Date| day.yesterday().unwrap_or(day);
        let _ = writeln!(out, "\n[scenario]\nname = {}\nquestion = {}", quoted(&self.name), quoted(&self.question));
        let _ = writeln!(out, "start = {}\nend = {}", self.start, last(self.full_end));
        if self.end != self.full_end {
            let _ = writeln!(out, "until = {}", last(self.end));
        }
        let _ = writeln!(out, "seed = {}\nreplications = {}", self.seed, self.replications);
        let _ = writeln!(out, "warm_up_days = {}", self.warm_up_days);
        if let Some(name) = &self.alternative {
            let _ = writeln!(out, "alternative = {}", quoted(name));
        }
    }

    fn write_lists(&self, out: &mut String) {
        for (c, country) in self.countries.iter().enumerate() {
            let shares: Vec<String> =
                country.languages.iter().map(|(l, s)| format!("{} = {}", self.languages[*l].0, number(*s))).collect();
            let _ =
                writeln!(out, "\n[[countries]]\ncode = {}\nname = {}", quoted(&country.code), quoted(&country.name));
            let _ = writeln!(out, "languages = {{ {} }}", shares.join(", "));
            self.write_entry(out, Scope::CountryEntry, Place::Country(c));
            for (table, info) in self.registry.tables().iter().enumerate().filter(|(_, t)| t.scope == Scope::Country) {
                let mut body = String::new();
                self.write_table(&mut body, table, info, Place::Country(c), |parameter| {
                    let value = self.base.countries[c][table][parameter];
                    let own = self.origins.contains_key(&(Place::Country(c), Slot { table, parameter }));
                    (own || value != self.base.world[table][parameter]).then_some(value)
                });
                if !body.is_empty() {
                    let _ = write!(out, "[countries.{}]\n{body}", info.name);
                }
            }
        }
        for (m, movement) in self.movements.iter().enumerate() {
            let _ =
                writeln!(out, "\n[[movements]]\ncode = {}\nname = {}", quoted(&movement.code), quoted(&movement.name));
            self.write_entry(out, Scope::MovementEntry, Place::Movement(m));
        }
        for (l, (code, name)) in self.languages.iter().enumerate() {
            let _ = writeln!(out, "\n[[languages]]\ncode = {}\nname = {}", quoted(code), quoted(name));
            self.write_entry(out, Scope::LanguageEntry, Place::Language(l));
        }
    }

    fn write_entry(&self, out: &mut String, scope: Scope, place: Place) {
        let Some((table, info)) = self.registry.entry_table(scope) else { return };
        self.write_table(out, table, info, place, |parameter| {
            Some(match place {
                Place::Country(c) => self.base.countries[c][table][parameter],
                Place::Movement(m) => self.base.movements[m][parameter],
                Place::Language(l) => self.base.languages[l][parameter],
                Place::Common => self.base.world[table][parameter],
            })
        });
    }

    fn write_table(
        &self,
        out: &mut String,
        table: usize,
        info: &TableInfo,
        place: Place,
        value_of: impl Fn(usize) -> Option<f64>,
    ) {
        for (parameter, about) in info.parameters.iter().enumerate() {
            let Some(value) = value_of(parameter) else { continue };
            let slot = Slot { table, parameter };
            let origin = self.origin_of(place, slot);
            let mut written = about.kind.write(value);
            if origin.level != Level::Default && (origin.evidence.is_some() || origin.note.is_some()) {
                let mark = |key: &str, text: &Option<String>| {
                    text.as_ref().map_or_else(String::new, |text| format!(", {key} = {}", quoted(text)))
                };
                let (evidence, note) = (mark("evidence", &origin.evidence), mark("note", &origin.note));
                written = format!("{{ value = {written}{evidence}{note} }}");
            }
            let own = super::address::Target { slot, reach: Reach::One(place) };
            let held = self.held.iter().rev().find(|h| h.target.overlaps(&own));
            let held = held.map_or_else(String::new, |h| format!("; held at {}", about.kind.write(h.value)));
            let _ = writeln!(out, "{} = {written}  # {}{held}", about.name, one_line(&origin.words()));
        }
    }

    fn write_stage(&self, out: &mut String, stage: &Stage) {
        if let Some(name) = &stage.name {
            let _ = writeln!(out, "name = {}", quoted(name));
        }
        let _ = writeln!(out, "from = {}", stage.from);
        if let Some(until) = stage.until {
            let _ = writeln!(out, "until = {until}");
        }
        if stage.ramp_days > 0 {
            let _ = writeln!(out, "ramp_days = {}\nramp_step_days = {}", stage.ramp_days, stage.ramp_step_days);
        }
        if !stage.note.is_empty() {
            let _ = writeln!(out, "note = {}", quoted(&stage.note));
        }
        self.write_set(out, &stage.set);
    }

    pub(super) fn write_set(&self, out: &mut String, set: &[Assignment]) {
        let lines: Vec<String> = set
            .iter()
            .map(|a| {
                let value = match a.operation {
                    Operation::Set(value) => a.target.kind(&self.registry).write(value),
                    Operation::Times(factor) => format!("{{ times = {} }}", number(factor)),
                    Operation::Add(term) => format!("{{ add = {} }}", number(term)),
                };
                format!("{} = {value}", quoted(&a.path))
            })
            .collect();
        let _ = writeln!(out, "set = {{ {} }}", lines.join(", "));
    }

    fn write_rest(&self, out: &mut String) {
        if !self.held.is_empty() || !self.held_pairs.is_empty() {
            out.push_str("\n[held]\n");
            for held in &self.held {
                let path = quoted(&format!("{}{}", held.path, if held.over { "!" } else { "" }));
                let _ = writeln!(out, "{path} = {}", held.target.kind(&self.registry).write(held.value));
            }
            for held in &self.held_pairs {
                let path = quoted(&format!("{}{}", held.path, if held.over { "!" } else { "" }));
                let _ = writeln!(out, "{path} = {}", held.kind().write(held.value));
            }
        }
        if !self.uncertain.is_empty() {
            out.push_str("\n[uncertain]\n");
            for u in &self.uncertain {
                let evidence = u.evidence.as_ref().map_or_else(String::new, |e| format!(", evidence = {}", quoted(e)));
                let _ = writeln!(out, "{} = {{ {}{evidence} }}", quoted(&u.path), distribution(&u.distribution));
            }
        }
        if let Some(posterior) = &self.posterior {
            out.push_str("\n[calibrated]\nreplaces_file = true\n\n[calibrated.draws]\n");
            out.push_str(&posterior.lines());
        }
        for row in &self.fit {
            let _ = writeln!(out, "\n[[fit]]\npattern = {}\nfact = {}", quoted(&row.pattern), quoted(&row.fact));
            let _ = writeln!(out, "outcome = {}\nlow = {}", quoted(&row.outcome), number(row.low));
            let _ = writeln!(out, "high = {}\nnote = {}", number(row.high), quoted(&row.note));
        }
        let outcomes: Vec<String> = self.outcomes.iter().map(|o| quoted(o)).collect();
        let _ = writeln!(out, "\n[experiment]\nevent_log_replications = {:?}", self.event_log_replications);
        let _ = writeln!(out, "outcomes = [{}]", outcomes.join(", "));
        if let Some(optimize) = &self.optimize {
            optimize.write(out);
        }
        if let Some(adversary) = &self.adversary {
            adversary.write(out);
        }
    }

    /// Everything that alters results, in a canonical form; the number of replications is left out.
    pub fn fingerprint_text(&self) -> String {
        let mut out = String::from("forestall scenario 1\n");
        let _ = writeln!(out, "start {} end {} warm-up {} seed {}", self.start, self.end, self.warm_up_days, self.seed);
        for country in &self.countries {
            let _ = writeln!(out, "country {} {:?}", country.code, country.languages);
        }
        let codes = self.codes();
        let _ = writeln!(out, "movements {:?}\nlanguages {:?}", codes.movements, codes.languages);
        for (table, info) in self.registry.tables().iter().enumerate() {
            for parameter in 0..info.parameters.len() {
                self.fingerprint_value(&mut out, &codes, info.scope, Slot { table, parameter });
            }
        }
        let named = self.names_matter();
        for stage in &self.changes {
            out.push_str("change ");
            let name = stage.name.clone().filter(|_| named);
            self.write_stage(&mut out, &Stage { name, ..unremarked(stage) });
        }
        for entry in &self.sharing {
            out.push_str("sharing ");
            sharing::write(&mut out, entry, &codes, false);
        }
        for policy in &self.policies {
            for stage in &policy.stages {
                let _ = write!(out, "policy {} ", policy.name);
                self.write_stage(&mut out, &unremarked(stage));
            }
            for entry in &policy.sharing {
                let _ = write!(out, "policy {} sharing ", policy.name);
                sharing::write(&mut out, entry, &codes, false);
            }
        }
        if let Some(alternative) = self.alternative() {
            out.push_str("alternative ");
            self.write_set(&mut out, &alternative.set);
        }
        for held in &self.held {
            let _ = writeln!(out, "held {} {} {}", held.path, number(held.value), held.over);
        }
        for held in &self.held_pairs {
            let _ = writeln!(out, "held {} {} {}", held.path, number(held.value), held.over);
        }
        for u in &self.uncertain {
            let _ = writeln!(out, "uncertain {} {}", u.path, distribution(&u.distribution));
        }
        if let Some(posterior) = &self.posterior {
            let _ = write!(out, "posterior draws\n{}", posterior.lines());
        }
        let _ = writeln!(out, "event logs {:?}", self.event_log_replications);
        out
    }

    /// Whether anything that alters results reaches the number of a change by its name.
    fn names_matter(&self) -> bool {
        let held = self.held.iter().map(|held| held.target);
        let uncertain = self.uncertain.iter().map(|u| u.target);
        let drawn = self.posterior.iter().flat_map(|p| p.parameters.iter().map(|drawn| drawn.target));
        let other = self.alternative().into_iter().flat_map(|a| a.set.iter().map(|line| line.target));
        held.chain(uncertain).chain(drawn).chain(other).any(|target| matches!(target.reach, Reach::Change { .. }))
    }

    fn fingerprint_value(&self, out: &mut String, codes: &super::address::Codes, scope: Scope, slot: Slot) {
        let Slot { table, parameter } = slot;
        let mut line = |place: Place, value: f64| {
            let _ = writeln!(out, "{} {}", codes.path(&self.registry, place, slot), number(value));
        };
        let common = self.base.world[table][parameter];
        if matches!(scope, Scope::World | Scope::Country) {
            line(Place::Common, common);
        }
        for (c, tables) in self.base.countries.iter().enumerate() {
            let value = tables[table][parameter];
            if scope == Scope::CountryEntry || (scope == Scope::Country && value != common) {
                line(Place::Country(c), value);
            }
        }
        if scope == Scope::MovementEntry {
            self.base.movements.iter().enumerate().for_each(|(m, v)| line(Place::Movement(m), v[parameter]));
        }
        if scope == Scope::LanguageEntry {
            self.base.languages.iter().enumerate().for_each(|(l, v)| line(Place::Language(l), v[parameter]));
        }
    }
}

/// A stage without its remark, which alters no result.
fn unremarked(stage: &Stage) -> Stage {
    Stage { note: String::new(), ..stage.clone() }
}

/// Text that cannot end a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
