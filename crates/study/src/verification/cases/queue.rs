//! The terror queue: plain, with false leads, and with hazards that change over a plot's life.

use super::super::VerificationError;
use super::super::case::{Case, CaseKey, Quantity, Setting, Values};
use super::super::measure::{Reading, mean, outcome, over_time, share};
use super::super::terror_queue::{Steady, TerrorQueue};
use super::{SHORT, per_million_per_year, setting, spans};
use forestall_model::{FactKind, Rows};

const SOURCE: &str = "Kaplan, Operations Research 58(4), 2010; the chain is solved numerically";

const ARRIVAL: (f64, f64) = (0.01, 2_000.0);
const ATTACK: (f64, f64) = (1e-4, 100.0);
const DETECTION: (f64, f64) = (0.0, 1_000.0);
const INTERDICTION: (f64, f64) = (1e-4, 1e6);
const AGENTS: (f64, f64) = (0.0, 10_000.0);

const ARRIVAL_MEANING: &str = "plots that begin, per day";
const ATTACK_MEANING: &str = "attack of one undetected plot, per day";
const AGENTS_MEANING: &str = "agents who search";
const DETECTION_MEANING: &str = "detection of one undetected plot by one free agent, per day";
const INTERDICTION_MEANING: &str = "interdiction of one detected plot, per day";

const UNDETECTED: Quantity = Quantity::mean("undetected_mean", "mean number of undetected plots", |r, _| {
    over_time(r, outcome(r, "plots_in_progress_mean") - outcome(r, "teams_busy_mean"))
});
const DETECTED: Quantity =
    Quantity::mean("detected_mean", "mean number of detected plots", |r, _| mean(r, "teams_busy_mean"));
const PREVENTED: Quantity = Quantity::mean("prevented_share", "share of plots prevented", |r, _| prevented(r));

fn prevented(rows: &Rows) -> (f64, f64) {
    let foiled = outcome(rows, "plots_foiled");
    share(foiled, foiled + outcome(rows, "attacks_completed") + outcome(rows, "attacks_failed"))
}

/// Where nothing but plots takes agents' time.
pub(super) static TERROR_QUEUE: Case = Case {
    name: "terror-queue",
    question: "Are plots and agents the terror queue?",
    source: SOURCE,
    keys: &[
        CaseKey::rate("arrival_per_day", 1.0 / 3.0, ARRIVAL, ARRIVAL_MEANING),
        CaseKey::rate("attack_per_day", 0.2 / 9.0, ATTACK, ATTACK_MEANING),
        CaseKey::whole("agents", 10.0, AGENTS, AGENTS_MEANING),
        CaseKey::rate("detection_per_day", 0.8 / 82.8, DETECTION, DETECTION_MEANING),
        CaseKey::rate("interdiction_per_day", 1.0 / 3.0, INTERDICTION, INTERDICTION_MEANING),
    ],
    quantities: &[UNDETECTED, DETECTED, PREVENTED],
    replications: 32,
    facts: false,
    expected: |v| {
        let s = steady(v)?;
        Ok(vec![s.undetected, s.detected, s.prevented])
    },
    scenario: |v| plots(v, ""),
};

/// Where residents' false leads take agents' time too.
pub(super) static FALSE_LEADS: Case = Case {
    name: "terror-queue-false-leads",
    question: "Are plots, agents and the false leads that bind them the terror queue?",
    source: SOURCE,
    keys: &[
        CaseKey::rate("arrival_per_day", 0.5, ARRIVAL, ARRIVAL_MEANING),
        CaseKey::rate("attack_per_day", 0.1, ATTACK, ATTACK_MEANING),
        CaseKey::whole("agents", 4.0, AGENTS, AGENTS_MEANING),
        CaseKey::rate("detection_per_day", 0.08, DETECTION, DETECTION_MEANING),
        CaseKey::rate("interdiction_per_day", 0.4, INTERDICTION, "interdiction, or clearing of a false lead, per day"),
        CaseKey::rate("false_lead_per_day", 0.5, (0.0, 2_000.0), "false leads that bind an agent each, per day"),
    ],
    quantities: &[
        Quantity::mean("plots_mean", "mean number of plots, detected or not", |r, _| mean(r, "plots_in_progress_mean")),
        Quantity::mean("busy_mean", "mean number of agents bound", |r, _| mean(r, "teams_busy_mean")),
        PREVENTED,
    ],
    replications: 32,
    facts: false,
    expected: |v| {
        let s = steady(v)?;
        Ok(vec![s.undetected + s.detected, s.busy, s.prevented])
    },
    scenario: |v| {
        // Every false lead is believed at once, opens a file, and is acted on like a detected plot.
        let leads = per_million_per_year(v.get("false_lead_per_day"), 1e6);
        let more = format!(
            "\n[leads]\nfalse_per_million_per_year = {leads:?}\nafter_attack_factor = 0\n\n[triage]\nspecificity = 0\n\
             resident_file_share = 1\n"
        );
        plots(v, &more)
    },
};

/// Where attack and detection share a hazard that changes with the age of a plot.
pub(super) static PROPORTIONAL_HAZARDS: Case = Case {
    name: "proportional-hazards",
    question: "Do attack and detection keep their odds where both speed up and slow down together?",
    source: SOURCE,
    keys: &[
        CaseKey::rate("arrival_per_day", 1.0, ARRIVAL, ARRIVAL_MEANING),
        CaseKey::rate("attack_per_day", 0.1, ATTACK, ATTACK_MEANING),
        CaseKey::whole("agents", 300.0, AGENTS, AGENTS_MEANING),
        CaseKey::rate("detection_per_day", 0.0006, DETECTION, DETECTION_MEANING),
        CaseKey::rate("interdiction_per_day", 0.25, INTERDICTION, INTERDICTION_MEANING),
        CaseKey::rate("boost", 4.0, (0.0, 100.0), "by how much both hazards are raised at the start of a plot"),
        CaseKey::rate("boost_days", 10.0, (0.1, 10_000.0), "how fast the boost passes, in days"),
    ],
    quantities: &[
        Quantity::mean("arrival_per_day", "plots that begin, per day", |r, _| {
            share(outcome(r, "plots_started"), r.days)
        }),
        Quantity::mean("detection_odds", "plots detected ÷ sum of free agents over attacks", detection_odds),
        Quantity::mean("interdiction_per_day", "plots ended ÷ time that they were detected", |r, _| {
            share(outcome(r, "plots_foiled"), outcome(r, "teams_busy_mean") * r.days)
        }),
        Quantity::mean("detected_mean", "mean number of detected plots, where agents are never short", |r, _| {
            mean(r, "teams_busy_mean")
        }),
        Quantity::mean("prevented_share", "share of plots prevented, where agents are never short", |r, _| {
            prevented(r)
        }),
    ],
    replications: 32,
    facts: true,
    expected: |v| {
        let s = steady(v)?;
        // With constant hazards it is the chain. Else the share follows from μ and δ (f − Y) alone only if Y is as
        // good as constant beside f: its spread is about √E[Y].
        let steady_search = s.detected.sqrt() <= 0.01 * (v.get("agents") - s.detected);
        let (detected, prevented) =
            if v.get("boost") == 0.0 || steady_search { (s.detected, s.prevented) } else { (f64::NAN, f64::NAN) };
        let odds = v.get("detection_per_day") / v.get("attack_per_day");
        Ok(vec![v.get("arrival_per_day"), odds, v.get("interdiction_per_day"), detected, prevented])
    },
    scenario: |v| plots(v, ""),
};

/// The law of proportional hazards, exact for every h: an attack comes at μ W and a detection at δ (f − Y) W, where
/// W sums h over undetected plots. So detections, and free agents summed over attacks, have means as δ to μ.
fn detection_odds(reading: &Reading, v: &Values) -> (f64, f64) {
    let agents = v.get("agents");
    let (mut detected, mut found, mut free) = (0.0, 0.0, 0.0);
    for fact in &reading.facts {
        match fact.kind {
            FactKind::FoundBySearch => {
                detected += 1.0;
                found += if fact.time >= 0.0 { 1.0 } else { 0.0 };
            }
            FactKind::PlotFoiled => detected -= 1.0,
            FactKind::PlotCompleted | FactKind::PlotFailed if fact.time >= 0.0 => free += agents - detected,
            _ => {}
        }
    }
    share(found, free)
}

fn steady(v: &Values) -> Result<Steady, VerificationError> {
    TerrorQueue {
        arrival: v.get("arrival_per_day"),
        attack: v.get("attack_per_day"),
        agents: v.get("agents") as u32,
        detection: v.get("detection_per_day"),
        interdiction: v.get("interdiction_per_day"),
        false_leads: v.find("false_lead_per_day").unwrap_or(0.0),
    }
    .solve()
}

fn plots(v: &Values, more: &str) -> Result<Setting, VerificationError> {
    let (arrival, attack) = (v.get("arrival_per_day"), v.get("attack_per_day"));
    let tempo = match (v.find("boost"), v.find("boost_days")) {
        (Some(boost), Some(days)) => format!("tempo_boost_at_start = {boost:?}\ntempo_boost_days = {days:?}\n"),
        _ => String::new(),
    };
    // Every plot leaves X at least at the rate μ and Y at ρ: the slower one bounds how long the start is felt.
    let spans = spans(arrival, attack.min(v.get("interdiction_per_day")), SHORT)?;
    // A threshold below the belief in a new file: false leads are acted on as plots are.
    let body = format!(
        "\n[pathways]\nsudden_per_million_per_year = {:?}\n\n[work]\ntask_days = {:?}\n{tempo}\n[services]\n\
         surveillance_officers = {}\n\n[detection]\nsearch_per_team_per_day = {:?}\n\n[intervention]\n\
         threshold_log_odds = -10\nexecute_per_day = {:?}\n{more}",
        per_million_per_year(arrival, 1e6),
        1.0 / attack,
        v.get("agents") as u32,
        v.get("detection_per_day"),
        v.get("interdiction_per_day"),
    );
    Ok(setting("terror-queue.toml", spans, body))
}
