//! One replication again: which plots end otherwise under a policy, and the life of one beside its twin.

use crate::montecarlo::events::events_table;
use crate::replay::narrative::{End, Lever, Narrative, Narrator, mechanism};
use crate::replay::words::hex;
use crate::replay::{Pair, ReplayArms, Side, Twins, pair, pairs, picture, tell};
use crate::results::RunKey;
use forestall_model::{BASELINE, Key, Labels, Table, days_between, did_you_mean};

use super::{Replay, ReplayError};

/// Plots that a message names at most.
const NAMED: usize = 8;

/// One replication under the baseline and some policies.
pub struct Replayed<'a> {
    source: &'a Replay,
    /// The positions of the policies.
    chosen: Vec<usize>,
    twins: Vec<Twins>,
    countries: Vec<String>,
    /// The replication.
    pub replication: u64,
    /// The draw of the parameters that it takes.
    pub draw: u64,
}

/// What a policy changes in one replication.
#[derive(Clone, Debug)]
pub struct DivergingPlots {
    /// The policy.
    pub policy: String,
    /// Its name for readers.
    pub label: String,
    /// How many plots end alike.
    pub alike: usize,
    /// The parameters that it changes.
    pub levers: Vec<Lever>,
    /// The plots that end otherwise.
    pub plots: Vec<PlotInBoth>,
}

/// One plot that ends otherwise.
#[derive(Clone, Debug)]
pub struct PlotInBoth {
    /// Its name.
    pub plot: String,
    /// `averted`, `induced` or `other`.
    pub effect: &'static str,
    /// Code of its country.
    pub country: Option<String>,
    /// How it came about.
    pub pathway: Option<&'static str>,
    /// Its end in the baseline; `None` where it is not there.
    pub baseline: Option<End>,
    /// Its end under the policy.
    pub policy: Option<End>,
    /// The mechanism of the divergence; empty where none is found.
    pub mechanism: &'static str,
}

/// One plot's life beside its twin.
#[derive(Clone, Debug)]
pub struct ToldPlot {
    /// The policy.
    pub policy: String,
    /// Its name for readers.
    pub label: String,
    /// The two lives, where they diverge, and why.
    pub told: Narrative,
    /// The same as rows for a picture.
    pub picture: Table,
}

impl Replay {
    /// Simulates a replication again under the baseline and the policies at these positions; with `events` every fact is
    /// kept for [`Replayed::events`].
    ///
    /// # Errors
    /// [`ReplayError::Mismatch`] if the plots are not those that the folder holds.
    pub fn replicate(&self, chosen: &[usize], replication: u64, events: bool) -> Result<Replayed<'_>, ReplayError> {
        let cast = ReplayArms::new(&self.plan, &self.policies)?;
        let mut found: Vec<(usize, Twins)> = Vec::new();
        cast.twins(chosen, replication, events, |place, twins| found.push((place, twins)))?;
        found.sort_by_key(|(place, _)| *place);
        let twins: Vec<Twins> = found.into_iter().map(|(_, twins)| twins).collect();
        let replayed = Replayed {
            source: self,
            chosen: chosen.to_vec(),
            twins,
            countries: self.plan.countries.iter().map(|c| c.code.clone()).collect(),
            replication,
            draw: cast.draw(replication),
        };
        replayed.check_saved()?;
        Ok(replayed)
    }
}

impl Replayed<'_> {
    fn teller(&self) -> Narrator<'_> {
        Narrator { start: self.source.plan.start, countries: &self.countries }
    }

    fn name(&self, place: usize) -> &str {
        &self.source.policies[self.chosen[place]]
    }

    /// The replay must give the plots that the folder holds.
    fn check_saved(&self) -> Result<(), ReplayError> {
        let Some(matched) = self.source.saved(self.draw, self.replication)? else { return Ok(()) };
        let (Some(arms), Some(numbers), Some(plots), Some(outcomes)) =
            (matched.column("arm"), matched.column("replication"), matched.column("plot"), matched.column("outcome"))
        else {
            return Ok(());
        };
        let replication = self.replication;
        let saved = |arm: &str| {
            let rows =
                (0..matched.rows()).filter(|&r| numbers.number(r) == Some(replication as f64) && arms.text(r) == arm);
            let mut all: Vec<(String, String)> = rows.map(|r| (plots.text(r), outcomes.text(r))).collect();
            all.sort();
            all
        };
        let again = |twins: &Twins, side| {
            let plots = twins.log(side).plots().iter();
            let mut all: Vec<(String, String)> =
                plots.map(|p| (hex(p.key.bits()), p.ending.name().to_owned())).collect();
            all.sort();
            all
        };
        let base = self.twins.first().map(|t| (BASELINE, again(t, Side::Baseline)));
        let others = self.twins.iter().enumerate().map(|(place, t)| (self.name(place), again(t, Side::Policy)));
        for (arm, plots) in base.into_iter().chain(others) {
            let there = saved(arm);
            if there != plots {
                return Err(ReplayError::Mismatch(format!(
                    "replication {replication} of {arm} does not come out as the folder holds it: {} plots now, {} there; \
                     the folder was made by another version of the program; run the scenario again",
                    plots.len(),
                    there.len()
                )));
            }
        }
        Ok(())
    }

    /// Every fact of the replication under the baseline and the policies, one a row.
    pub fn events(&self) -> Table {
        let labels = Labels::of(&self.source.plan);
        let key = |arm: &str| RunKey { draw: self.draw, replication: self.replication, arm: arm.to_owned() };
        let table = |arm: &str, twins: &Twins, side| events_table(&labels, &key(arm), twins.log(side).facts());
        let mut all = Table::new();
        for (place, twins) in self.twins.iter().enumerate() {
            if place == 0 {
                all = table(BASELINE, twins, Side::Baseline);
            }
            let part = table(self.name(place), twins, Side::Policy);
            all.append_rows(&part, 0..part.rows());
        }
        all
    }

    /// The plots that end otherwise, policy by policy.
    pub fn diverging(&self) -> Vec<DivergingPlots> {
        let teller = self.teller();
        let one = |(place, twins): (usize, &Twins)| {
            let (baseline, policy) = (twins.log(Side::Baseline), twins.log(Side::Policy));
            let found = pairs(baseline, policy);
            DivergingPlots {
                policy: self.name(place).to_owned(),
                label: self.source.label(self.name(place)),
                alike: pair::all(baseline, policy).len() - found.len(),
                levers: teller.levers(&twins.levers.all()),
                plots: found.iter().map(|pair| self.plot(twins, pair)).collect(),
            }
        };
        self.twins.iter().enumerate().map(one).collect()
    }

    fn plot(&self, twins: &Twins, pair: &Pair) -> PlotInBoth {
        let (record, teller) = (pair.any(), self.teller());
        PlotInBoth {
            plot: hex(pair.plot.bits()),
            effect: pair.effect(),
            country: record.map(|r| self.countries[usize::from(r.home)].clone()),
            pathway: record.map(|r| r.pathway.name()),
            baseline: pair.record(Side::Baseline).map(|r| teller.end(r)),
            policy: pair.record(Side::Policy).map(|r| teller.end(r)),
            mechanism: mechanism(twins, pair).map_or("", |m| m.0.name()),
        }
    }

    /// Tells the life of the plot that a name or the first digits of it mean, under the first policy.
    ///
    /// # Errors
    /// [`ReplayError::Request`] where no plot or several are meant.
    pub fn tell(&self, id: &str) -> Result<ToldPlot, ReplayError> {
        let Some(twins) = self.twins.first() else {
            return Err(ReplayError::Request("there is no policy to compare with the baseline".into()));
        };
        let (pair, teller) = (find(twins, id)?, self.teller());
        let last = days_between(self.source.plan.start, self.source.plan.end);
        Ok(ToldPlot {
            policy: self.name(0).to_owned(),
            label: self.source.label(self.name(0)),
            picture: picture::table(twins, &pair, &teller, last),
            told: tell(twins, &pair, &teller),
        })
    }
}

/// The plot that a name or the first digits of it mean.
fn find(twins: &Twins, id: &str) -> Result<Pair, ReplayError> {
    let (baseline, policy) = (twins.log(Side::Baseline), twins.log(Side::Policy));
    let all = pair::all(baseline, policy);
    let wanted = id.trim().to_lowercase();
    let name = |p: &Pair| hex(p.plot.bits());
    let fits: Vec<&Pair> = all.iter().filter(|p| !wanted.is_empty() && name(p).starts_with(&wanted)).collect();
    match fits.as_slice() {
        [one] => return Ok((*one).clone()),
        [] => {}
        several => {
            let list: Vec<String> = several.iter().take(NAMED).map(|p| name(p)).collect();
            let message = format!("`{id}` begins the name of several plots: {}", list.join(", "));
            return Err(ReplayError::Request(message));
        }
    }
    let names: Vec<String> = all.iter().map(name).collect();
    let near = did_you_mean(&wanted, names.iter().map(String::as_str)).map_or(String::new(), |n| format!("; {n}"));
    let told: Vec<String> =
        pairs(baseline, policy).iter().take(NAMED).map(|p| format!("{} ({})", name(p), p.effect())).collect();
    let list = if told.is_empty() {
        "no plot ends otherwise under this policy".to_owned()
    } else {
        format!("plots that end otherwise: {}", told.join(", "))
    };
    let is_key = u64::from_str_radix(&wanted, 16).is_ok_and(|bits| Key::from_bits(bits) != Key::NONE);
    let kind = if is_key { "" } else { " (names are hexadecimal digits)" };
    Err(ReplayError::Request(format!("no plot of this replication is called `{id}`{kind}{near}; {list}")))
}
