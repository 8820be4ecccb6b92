//! M28: the pooled database: records for hits, fragments for central link analysis.
//!
//! Rule: a member contributes a record, or a fragment (a sign that it saw), with its own chance after an
//! exponential lag. A pooled record is visible to all members at once. A pooled fragment makes one true
//! candidate pair and Poisson(n × false-match rate) false ones, n being the fragments in the pool: pairs
//! grow as n². Each pair costs a central analyst the same time; jobs queue in order of arrival. When a
//! job is done, what the pool holds on the plot is added up with duplicates removed, and if it crosses
//! the threshold the service of the country of preparation is told; fragments of owners whose pair with
//! it keeps the pool shut do not count (M29). Of the false pairs a share is believed and opens files on
//! residents. More sharing without analysts raises
//! "known to someone", not foiled plots. Sources: F5, F43; rates assumed. Neutral: contribution 0.

use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, pairs, people, plots, records, staff};
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, FileId, JobId, MovementId, PersonId, PlotId};
use crate::model::state::{Channel, Ending, LinkJob};

crate::parameters! {
    /// Contribution, lag and central link analysis (M28).
    PooledDatabase = "pooled_database", "M28", Country;
    neutral { contribution_share = 0.0 }
    /// Chance that a member contributes a record or a fragment.
    contribution_share: Share = 0.05, "share", "F43";
    /// Mean lag until it is in the pool.
    lag_days: Number(0.0, 10_000.0) = 60.0, "days", "assumed, after F43";
    /// How much of what its owner holds now a pooled record tells a member that opens a file.
    carried_share: Share = 0.0, "share", "assumed: none; a record only makes visible";
}

kept!(PooledDatabase: CostRates);

crate::parameters! {
    /// The central desk that links fragments (M28).
    LinkAnalysis = "link_analysis", "M28", World;
    neutral { central_analysts = 0.0 }
    /// Central analysts.
    central_analysts: Count(0.0, 1e6) = 4.0, "analysts", "assumed";
    /// Candidate pairs that one central analyst checks in a day.
    pairs_per_analyst_per_day: Number(1e-6, 1e9) = 20.0, "pairs per analyst per day", "assumed";
    /// Chance that two unrelated fragments look like a pair.
    false_match_share: Share = 0.01, "share", "assumed";
    /// Time since it was seen after which a fragment that waits is dropped; 0: never.
    expiry_days: Number(0.0, 10_000.0) = 0.0, "days", "assumed: never";
    /// Whether analysts take fragments of those of whom most is believed first, and not the oldest.
    by_belief: Switch = 0.0, "switch", "assumed: in order of arrival";
    /// Chance that a false pair is believed once it is checked, and opens a file on somebody who has nothing to do with it.
    false_believed_share: Share = 0.0, "share", "assumed: none";
}

kept!(LinkAnalysis: CostRates);

/// A record may go into the pool.
pub(crate) fn contribute_record(sim: &mut Sim, id: PersonId, c: CountryId) {
    live!("pooled_database");
    if !sim.p.countries[c].membership.member() {
        return;
    }
    let p = sim.p.countries[c].pool.clone();
    let key = sim.world.persons[id].key;
    let mark = sim.mark(c);
    if !sim.chance(key, Decision::Contribution, mark, p.contribution_share) {
        return;
    }
    let lag = sim.delay(key, Decision::ContributionLag, mark, p.lag_days);
    let from = (sim.now + lag) as f32;
    pairs::pooled(sim, id, c, from);
    let person = &mut sim.world.persons[id];
    if from < person.pooled_from {
        person.pooled_from = from;
        sim.world.pool.records += 1;
        records::tell(sim, FactKind::RecordPooled, id, c, lag);
    }
}

/// A service that opens a file sees what pooled records hold on the person, by the evidence of their owners as it is now.
pub(crate) fn carried(sim: &mut Sim, d: FileId) {
    let file = &sim.world.dossiers[d];
    let (c, id) = (file.service, file.person);
    let share = sim.p.countries[c].pool.carried_share;
    live!("pooled_database");
    let pooled = f64::from(sim.world.persons[id].pooled_from) <= sim.now;
    if share == 0.0 || !pooled || !sim.p.countries[c].membership.member() || !pairs::sees_pooled(sim, c, id) {
        return;
    }
    let told = |d: &FileId| {
        let owner = sim.world.dossiers[*d].service;
        owner != c && sim.p.countries[owner].membership.member() && pairs::between(sim, owner, c).pool
    };
    let most = files::each(sim, id).filter(told).map(|d| files::held(sim, d)).fold(0.0, f64::max);
    if most > 0.0 {
        let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
        let cause = sim.world.dossiers[d].cause;
        let fact = sim.fact(FactKind::RecordCarried, cause, site, share * most);
        sim.world.dossiers[d].cause = fact;
        sim.add_evidence(d, share * most, Channel::Partner);
    }
}

/// Whether a country has joined or changed its contribution, so that its records go in now.
pub(crate) fn contributes_anew(sim: &Sim, old: &Parameters, c: CountryId) -> bool {
    let (before, after) = (&old.countries[c], &sim.p.countries[c]);
    before.membership != after.membership || before.pool.contribution_share != after.pool.contribution_share
}

/// Those of whom services of a set hold records, by service: found in one pass over all people.
pub(crate) fn stocks(sim: &Sim, services: &[CountryId]) -> Vec<Vec<PersonId>> {
    let mut stocks = vec![Vec::new(); services.len()];
    let any = services.iter().fold(0, |all, c| all | c.bit());
    for id in sim.world.persons.ids() {
        let records = sim.world.persons[id].records;
        if records & any != 0 {
            let holders = services.iter().zip(&mut stocks).filter(|(c, _)| records & c.bit() != 0);
            holders.for_each(|(_, stock)| stock.push(id));
        }
    }
    stocks
}

/// The records of a country that contributes anew go in.
pub(crate) fn contribute_stock(sim: &mut Sim, c: CountryId, stock: &[PersonId]) {
    for &id in stock {
        contribute_record(sim, id, c);
    }
}

/// A fragment may go into the pool; `plot` is the truth behind it, unknown to those who match.
pub(crate) fn contribute(sim: &mut Sim, c: CountryId, person: PersonId, plot: PlotId, name: Key, cause: FactId) {
    live!("pooled_database");
    if !sim.p.countries[c].membership.member() {
        return;
    }
    let p = sim.p.countries[c].pool.clone();
    let key = name;
    if !sim.chance(key, Decision::Contribution, 0, p.contribution_share) {
        return;
    }
    let lag = sim.delay(key, Decision::ContributionLag, 0, p.lag_days);
    let job = sim.world.pool.jobs.next();
    sim.world.pool.jobs.add(LinkJob {
        person,
        plot,
        seen: sim.now,
        service: c,
        key,
        cause,
        others: 0.0,
        false_pairs: 0,
    });
    sim.schedule(sim.now + lag, EventKind::FragmentPooled(job), key, 0);
}

/// A fragment reaches the pool and joins the central queue.
pub(crate) fn fragment_arrives(sim: &mut Sim, job: JobId) {
    let before = sim.world.pool.fragments;
    sim.world.pool.fragments += 1.0;
    let j = &mut sim.world.pool.jobs[job];
    j.others = before;
    let (person, service, cause) = (j.person, j.service, j.cause);
    let site = Site { country: service, ..Site::person(&sim.world.persons[person]) };
    sim.fact(FactKind::FragmentPooled, cause, site, before);
    sim.world.pool.waiting.push_back(job);
    serve_next(sim);
}

/// Free central analysts take the oldest jobs.
pub(crate) fn serve_next(sim: &mut Sim) {
    live!("link_analysis");
    live!("pooled_database");
    while f64::from(sim.world.pool.busy) < sim.p.world.link_analysis.central_analysts {
        let Some(job) = take(sim) else { return };
        sim.world.pool.busy += 1;
        let (key, others) = {
            let j = &sim.world.pool.jobs[job];
            (j.key, j.others)
        };
        let p = &sim.p.world.link_analysis;
        let false_pairs =
            sim.draws.poisson(key, Decision::FalseMatches.number(), 0, others * p.false_match_share) as f64;
        let days = (1.0 + false_pairs) / p.pairs_per_analyst_per_day;
        sim.world.pool.jobs[job].false_pairs = false_pairs as u32;
        sim.schedule(sim.now + days, EventKind::LinkServed(job), key, 0);
    }
}

/// The next job: the oldest, or the one whose owner is believed most; those that have waited too long are dropped.
fn take(sim: &mut Sim) -> Option<JobId> {
    let desk = &sim.p.world.link_analysis;
    let (expiry, by_belief) = (desk.expiry_days, desk.by_belief != 0.0);
    if expiry > 0.0 {
        let since = sim.now - expiry;
        let pool = &mut sim.world.pool;
        let jobs = &pool.jobs;
        pool.waiting.retain(|&job| jobs[job].seen >= since);
    }
    if !by_belief {
        return sim.world.pool.waiting.pop_front();
    }
    let belief = |job: JobId| {
        let j = &sim.world.pool.jobs[job];
        files::dossier(sim, j.service, j.person).map_or(f64::NEG_INFINITY, |d| files::belief(sim, d))
    };
    // Of equals the oldest, which stands first.
    let waiting = sim.world.pool.waiting.iter().map(|&job| belief(job)).enumerate();
    let (at, _) = waiting.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    sim.world.pool.waiting.remove(at)
}

/// A job is done: what the pool holds together is weighed.
pub(crate) fn link_served(sim: &mut Sim, job: JobId) {
    sim.world.pool.busy -= 1;
    let job = sim.world.pool.jobs[job];
    if job.plot.is_some() {
        weigh(sim, &job);
    }
    mislead(sim, &job);
    serve_next(sim);
}

/// False pairs that are believed: each opens a file, with the weight of a sign, on a resident of the country whose
/// service saw the fragment.
fn mislead(sim: &mut Sim, job: &LinkJob) {
    let share = sim.p.world.link_analysis.false_believed_share;
    let c = job.service;
    if share == 0.0 || sim.world.countries[c].neighbourhoods.is_empty() {
        return;
    }
    let weight = sim.p.countries[c].detection.weight();
    for pair in 0..job.false_pairs {
        if !sim.chance(job.key, Decision::FalsePairBelieved, pair, share) {
            continue;
        }
        let name = job.key.child(Decision::NameResident.number(), u64::from(pair));
        let n = people::neighbourhood(sim, c, name);
        let id = people::new_person(sim, name, n, MovementId::default());
        let site = Site { country: job.service, ..Site::person(&sim.world.persons[id]) };
        let fact = sim.fact(FactKind::LinkFalse, job.cause, site, 1.0);
        sim.open_file(job.service, id, Channel::LinkAnalysis, weight, fact);
    }
}

fn weigh(sim: &mut Sim, job: &LinkJob) {
    let plot = &mut sim.world.plots[job.plot];
    for f in &mut plot.fragments {
        if f.time == job.seen && f.service == job.service && f.person == job.person {
            f.pooled = true;
        }
    }
    if plot.ending != Ending::InProgress || sim.p.countries[plot.preparation].subjects.files_kept == 0.0 {
        return;
    }
    let decay = sim.p.world.evidence.decay_per_day();
    let plot = &sim.world.plots[job.plot];
    let service = plot.preparation;
    let told = |owner: CountryId| owner == service || pairs::between(sim, owner, service).pool;
    let sum: f64 = plot
        .fragments
        .iter()
        .filter(|f| f.pooled && told(f.service))
        .map(|f| f.weight * libm::exp(-decay * (sim.now - f.time)))
        .sum();
    let site = Site::plot(plot, service);
    let belief = sim.p.countries[service].subjects.prior_log_odds + sum;
    if belief > staff::threshold(sim, service) {
        let fact = sim.fact(FactKind::LinkFound, job.cause, site, belief);
        plots::reveal(sim, job.plot, service, Channel::LinkAnalysis, fact);
    } else {
        sim.fact(FactKind::LinkMissed, job.cause, site, belief);
    }
}
