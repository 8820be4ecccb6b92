//! What the policy changed: values of parameters that differ between the two arms, and since when.

use forestall_model::{Pair, Registry, SHARING, Scenario, Scope, Slot, Values};

/// One parameter that the policy changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its path, as a scenario file writes it.
    pub path: String,
    /// Its unit.
    pub unit: &'static str,
    /// Its value in the baseline, as a scenario file writes it.
    pub baseline: String,
    /// Its value under the policy.
    pub policy: String,
    /// Days from the start since when the arms differ; `None` from the first simulated day on.
    pub since: Option<f64>,
}

/// The values of both arms over time.
#[derive(Clone, Debug)]
pub struct Levers {
    registry: Registry,
    baseline: Scenario,
    policy: Scenario,
}

impl Levers {
    /// The values of two arms of one scenario.
    pub fn new(registry: &Registry, baseline: Scenario, policy: Scenario) -> Self {
        Self { registry: registry.clone(), baseline, policy }
    }

    /// First days of periods of either arm up to a time, in order.
    fn times(&self, until: f64) -> Vec<f64> {
        let all = self.baseline.snapshots.iter().chain(&self.policy.snapshots).map(|s| s.time);
        let mut times: Vec<f64> = all.filter(|t| *t <= until).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }

    /// What differs in these tables (`leads`) or parameters (`services.analysts`), for a country, by `until` (days
    /// from the start); each path once, with its latest values. `sharing` means what pairs let the country have.
    pub fn differences(&self, tables: &[&str], country: usize, until: f64) -> Vec<Difference> {
        let mut found = Vec::new();
        for name in tables {
            if *name == SHARING {
                found.extend(self.shared_with(country, until));
            }
            let (name, only) = name.split_once('.').map_or((*name, None), |(table, one)| (table, Some(one)));
            let Some((table, info)) = self.registry.table(name) else { continue };
            for parameter in 0..info.parameters.len() {
                if only.is_some_and(|one| info.parameters[parameter].name != one) {
                    continue;
                }
                found.extend(self.difference(Slot { table, parameter }, info.scope, country, until));
            }
        }
        found
    }

    /// All that differs anywhere in the run, for the first country in which it does.
    pub fn all(&self) -> Vec<Difference> {
        let names: Vec<&str> = self.registry.tables().iter().map(|t| t.name).chain([SHARING]).collect();
        let mut found: Vec<Difference> = Vec::new();
        for country in 0..self.baseline.countries.len() {
            for difference in self.differences(&names, country, f64::INFINITY) {
                let tail = |path: &str| path.rsplit('.').take(2).collect::<Vec<_>>().join(".");
                if found.iter().all(|d| tail(&d.path) != tail(&difference.path)) {
                    found.push(difference);
                }
            }
        }
        found
    }

    /// What differs of what others let a country have; owners with the same difference together.
    fn shared_with(&self, reader: usize, until: f64) -> Vec<Difference> {
        let speaks = |scenario: &Scenario| scenario.snapshots.iter().any(|s| s.values.pairs.is_some());
        if !speaks(&self.baseline) && !speaks(&self.policy) {
            return Vec::new();
        }
        let countries = &self.baseline.countries;
        let mut found: Vec<(Vec<&str>, Difference)> = Vec::new();
        for owner in (0..countries.len()).filter(|owner| *owner != reader) {
            let (mut since, mut last) = (None, None);
            for time in self.times(until) {
                let pair = |scenario| at(scenario, time).pairs.as_deref().map_or(Pair::OPEN, |p| *p.of(owner, reader));
                let (before, after) = (pair(&self.baseline), pair(&self.policy));
                if before != after {
                    since = since.or(Some(time));
                    last = Some((before.words(), after.words()));
                }
            }
            let Some((baseline, policy)) = last else { continue };
            let since = since.filter(|t| *t > -self.baseline.warm_up_days);
            let own = Difference { path: String::new(), unit: "", baseline, policy, since };
            match found.iter_mut().find(|(_, known)| *known == own) {
                Some((owners, _)) => owners.push(&countries[owner].code),
                None => found.push((vec![&countries[owner].code], own)),
            }
        }
        let path = |owners: &[&str]| format!("{SHARING} from {} to {}", owners.join(", "), countries[reader].code);
        found.into_iter().map(|(owners, own)| Difference { path: path(&owners), ..own }).collect()
    }

    fn difference(&self, slot: Slot, scope: Scope, country: usize, until: f64) -> Option<Difference> {
        let mut since = None;
        let mut last = None;
        for time in self.times(until) {
            let (b, p) = (at(&self.baseline, time), at(&self.policy, time));
            if let Some((entry, before, after)) = differ(b, p, slot, scope, country) {
                since = since.or(Some(time));
                last = Some((entry, before, after));
            }
        }
        let (entry, before, after) = last?;
        let info = &self.registry.tables()[slot.table];
        let p = self.registry.parameter(slot);
        let code = match scope {
            Scope::Country | Scope::CountryEntry => format!("countries.{}.", self.baseline.countries[country].code),
            Scope::MovementEntry => format!("movements.{}.", self.baseline.movements[entry].code),
            Scope::LanguageEntry => format!("languages.{}.", self.baseline.languages[entry]),
            Scope::World => String::new(),
        };
        let own = matches!(scope, Scope::Country | Scope::World);
        let path = if own { format!("{code}{}.{}", info.name, p.name) } else { format!("{code}{}", p.name) };
        let begin = -self.baseline.warm_up_days;
        Some(Difference {
            path,
            unit: p.unit,
            baseline: p.kind.write(before),
            policy: p.kind.write(after),
            since: since.filter(|t| *t > begin),
        })
    }
}

/// The values in force at a time.
fn at(scenario: &Scenario, time: f64) -> &Values {
    let place = scenario.snapshots.iter().rposition(|s| s.time <= time).unwrap_or(0);
    &scenario.snapshots[place].values
}

/// The first entry in which two sets of values differ in a slot, with both values.
fn differ(a: &Values, b: &Values, slot: Slot, scope: Scope, country: usize) -> Option<(usize, f64, f64)> {
    let Slot { table, parameter } = slot;
    let of = |x: f64, y: f64, entry: usize| (x != y).then_some((entry, x, y));
    match scope {
        Scope::World => of(a.world[table][parameter], b.world[table][parameter], 0),
        Scope::Country | Scope::CountryEntry => {
            of(a.countries[country][table][parameter], b.countries[country][table][parameter], country)
        }
        Scope::MovementEntry => {
            (0..a.movements.len()).find_map(|m| of(a.movements[m][parameter], b.movements[m][parameter], m))
        }
        Scope::LanguageEntry => {
            (0..a.languages.len()).find_map(|l| of(a.languages[l][parameter], b.languages[l][parameter], l))
        }
    }
}
