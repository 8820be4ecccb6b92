//! Belief and effort: the sequential test of two Poisson rates, and Koopman's law of search.

use std::collections::BTreeMap;

use forestall_model::{DAYS_PER_YEAR, FactKind};

use super::super::VerificationError;
use super::super::case::{Case, CaseKey, Quantity, Setting, Values};
use super::super::measure::{Pair, Reading, share};
use super::super::sequential::{Ends, SequentialTest};
use super::{MOST_DAYS, per_year, setting};

/// People on whom a file is opened in each replication, plotters and others.
const FILES: u32 = 500;
/// Mean times to a decision after which hardly any file is left: what is left of an exponential tail is e^−30.
const LONG: f64 = 30.0;
/// Places of the two countries of the scenario.
const PLOTTERS: usize = 0;
const OTHERS: usize = 1;

/// Belief as a likelihood ratio, signs and silence both.
pub(super) static SEQUENTIAL_TEST: Case = Case {
    name: "sequential-test",
    question: "Is the belief of a file the sequential test of two Poisson rates?",
    source: "Wald (1947); Dvoretzky, Kiefer and Wolfowitz (1953): exact shares and times, not Wald's approximation",
    keys: &[
        CaseKey::rate("sign_plotter_per_day", 0.2, (1e-4, 100.0), "signs of somebody who plots, per day"),
        CaseKey::rate("sign_background_per_day", 0.02, (1e-5, 100.0), "signs of anybody else, per day; fewer"),
        CaseKey::rate("decide_log_odds", 2.0, (1e-3, 40.0), "belief above which it is decided to intervene, log odds"),
        CaseKey::rate("drop_log_odds", -2.0, (-40.0, -1e-3), "belief at which the case is dropped, log odds"),
    ],
    quantities: &[
        Quantity::mean("false_alarm_share", "share of others against whom it is decided to intervene", |r, _| {
            decided(&lives(r, OTHERS))
        }),
        Quantity::mean("miss_share", "share of plotters whose case is dropped", |r, _| {
            let (part, whole) = decided(&lives(r, PLOTTERS));
            (whole - part, whole)
        }),
        Quantity::mean("days_plotter_mean", "mean time until either of a plotter's case, in days", |r, _| {
            days(&lives(r, PLOTTERS))
        }),
        Quantity::mean("days_background_mean", "mean time until either of others' cases, in days", |r, _| {
            days(&lives(r, OTHERS))
        }),
    ],
    replications: 32,
    facts: true,
    expected: |v| {
        let (plotters, others) = ends(v)?;
        Ok(vec![1.0 - others.dropped, plotters.dropped, plotters.days, others.days])
    },
    scenario: sequential,
};

fn test(v: &Values) -> Result<SequentialTest, VerificationError> {
    let (plotter, background) = (v.get("sign_plotter_per_day"), v.get("sign_background_per_day"));
    if plotter <= background {
        return Err(VerificationError::NoSteadyState(format!(
            "sign_plotter_per_day ({plotter}) must be above sign_background_per_day ({background}): a sign would speak \
             against a plot"
        )));
    }
    let (decide, drop) = (v.get("decide_log_odds"), v.get("drop_log_odds"));
    Ok(SequentialTest { plotter, background, decide, drop })
}

/// How the test ends for plotters and for others.
fn ends(v: &Values) -> Result<(Ends, Ends), VerificationError> {
    let test = test(v)?;
    let solved = |rate| {
        test.ends(rate).filter(|e| e.days.is_finite()).ok_or_else(|| {
            VerificationError::TooLarge(
                "with these values a decision takes millions of signs: move the two rates apart, or the two levels \
                 closer"
                    .into(),
            )
        })
    };
    Ok((solved(test.plotter)?, solved(test.background)?))
}

/// Plotters in one country and others in the other, each with an open file that shows every sign.
fn sequential(v: &Values) -> Result<Setting, VerificationError> {
    let (test, (plotters, others)) = (test(v)?, ends(v)?);
    let days = (LONG * plotters.days.max(others.days)).ceil() + 2.0;
    if days > MOST_DAYS {
        return Err(VerificationError::TooLarge(format!(
            "with these values decisions take {:.0} days on average, more than a run of {MOST_DAYS} days can show; \
             multiply both rates by the same factor (only the unit of time changes)",
            plotters.days.max(others.days)
        )));
    }
    // Signs of the plot come on top of those that anybody leaves. The plot has a thousand tasks and does not end.
    let more = test.plotter - test.background;
    let task_days = (999.0 / more).min(10_000.0);
    let body = format!(
        "\n[[countries]]\ncode = \"A\"\nname = \"Plotters\"\npathways = {{ sudden_per_million_per_year = {plots:?} }}\n\
         leads = {{ committed_per_year = 36 }}\n\n[[countries]]\ncode = \"B\"\nname = \"Others\"\n\
         residents = 1_000_000\nneighbourhood_residents = 1_000_000\nreceptivity_skew = 0\n\
         start = {{ sympathisers = {FILES}, open_cases = {FILES} }}\n\n[[changes]]\nfrom = 2000-01-02\n\
         note = \"All plots begin on the first day, and are reported by then.\"\n\
         set = {{ \"countries.A.pathways.sudden_per_million_per_year\" = 0, \"countries.A.leads.committed_per_year\" = 0 }}\n\n[leads]\nplotter_factor = 1000\n\
         sign_share_plotter = 0\n\n[work]\ntasks_inspired = 1000\ntask_days = {task_days:?}\n\
         signs_per_task_and_person = {signs:?}\n\n[services]\ncase_officers = 100_000\nother_work_share = 0\n\n\
         [subjects]\nfiles_kept = true\nprior_log_odds = 0\ncases_per_officer = 0\nreview_per_year = 0\n\
         drop_log_odds = {drop:?}\n\n[detection]\nvisible_open_share = 1\nvisible_watched_share = 1\n\
         elsewhere_share = 0\nbackground_per_year = {background:?}\nplotter_reference_per_year = {plotter:?}\n\n\
         [effort]\nsilence_share = 1\n\n[intervention]\nthreshold_log_odds = {decide:?}\nexecute_per_day = 1000000\n\
         officers_per_intervention = 0\n",
        plots = f64::from(FILES) * DAYS_PER_YEAR,
        signs = more * task_days,
        drop = test.drop,
        background = per_year(test.background),
        plotter = per_year(test.plotter),
        decide = test.decide,
    );
    Ok(setting("neutral-world.toml", (0, days as u32), body))
}

/// How the first case of a person went.
#[derive(Clone, Copy, Debug)]
struct Life {
    opened: f64,
    ended: f64,
    decided: bool,
}

/// The first cases of a country's people that have ended. Cases of the stock have been open since the first moment.
fn lives(reading: &Reading, country: usize) -> Vec<Life> {
    let mut lives: BTreeMap<u64, Life> = BTreeMap::new();
    for fact in reading.facts.iter().filter(|f| usize::from(f.country) == country) {
        let open = || Life { opened: 0.0, ended: f64::NAN, decided: false };
        let key = fact.subject.bits();
        if fact.kind == FactKind::CaseOpened {
            lives.entry(key).or_insert(Life { opened: fact.time, ..open() });
        } else if fact.kind == FactKind::InterventionDecided || fact.kind == FactKind::CaseDropped {
            let life = lives.entry(key).or_insert_with(open);
            if life.ended.is_nan() {
                life.ended = fact.time;
                life.decided = fact.kind == FactKind::InterventionDecided;
            }
        }
    }
    lives.into_values().filter(|life| !life.ended.is_nan()).collect()
}

fn decided(lives: &[Life]) -> Pair {
    share(lives.iter().filter(|life| life.decided).count() as f64, lives.len() as f64)
}

fn days(lives: &[Life]) -> Pair {
    (lives.iter().map(|life| life.ended - life.opened).sum(), lives.len() as f64)
}

/// What open files show for the hours that they get.
pub(super) static SEARCH_EFFORT: Case = Case {
    name: "search-effort",
    question: "Do open files show what officer hours find, by the law of random search?",
    source: "Koopman (1956): 1 − exp(−effort × weight)",
    keys: &[
        CaseKey::whole("officers", 20.0, (0.0, 1e6), "case officers who work on files"),
        CaseKey::whole("files", 100.0, (1.0, 20_000.0), "open files"),
        CaseKey::rate("hours_per_officer_per_day", 5.0, (0.0, 24.0), "hours on files of one officer, per day"),
        CaseKey::rate("effort_weight", 0.5, (0.0, 1_000.0), "how fast hours find, per hour a day"),
        CaseKey::rate("sign_per_day", 0.5, (1e-4, 1_000.0), "signs of one person with a file, per day"),
        CaseKey::whole("days", 365.0, (1.0, 20_000.0), "days"),
    ],
    quantities: &[Quantity::mean("seen_share", "share of signs that are seen", |r, v| {
        let seen = r.facts.iter().filter(|f| f.kind == FactKind::EvidenceSeen && f.time >= 0.0).count() as f64;
        share(seen, v.get("files") * v.get("sign_per_day") * v.get("days"))
    })],
    replications: 32,
    facts: true,
    expected: |v| {
        let hours = v.get("officers") * v.get("hours_per_officer_per_day") / v.get("files");
        Ok(vec![-libm::expm1(-v.get("effort_weight") * hours)])
    },
    scenario: |v| {
        let (files, days) = (v.get("files"), v.get("days"));
        let signs = files * days * v.get("sign_per_day");
        if signs > 5e6 {
            return Err(VerificationError::TooLarge(format!(
                "with these values a replication has {signs:.0} signs; lower files, days or sign_per_day"
            )));
        }
        // With weight 0 hours would make no difference at all; the least weight makes them make none.
        let body = format!(
            "\n[start]\nsympathisers = {files:?}\nopen_cases = {files:?}\n\n[services]\ncase_officers = {}\n\
             other_work_share = 0\n\n[subjects]\nfiles_kept = true\ncases_per_officer = 0\nreview_per_year = 0\n\n\
             [detection]\nvisible_open_share = 1\nbackground_per_year = {:?}\n\n[effort]\nweight_per_hour = {:?}\n\
             hours_per_officer_per_day = {:?}\n",
            v.get("officers"),
            per_year(v.get("sign_per_day")),
            v.get("effort_weight").max(1e-300),
            v.get("hours_per_officer_per_day"),
        );
        Ok(setting("neutral-world.toml", (0, days as u32), body))
    },
};
