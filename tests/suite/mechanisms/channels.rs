//! M22, M27 and M28: the channels of signs, and evidence that one service has from another.

use forestall_model::{Fact, FactKind as K};

use super::belief::{EXPECTED, FILES};
use super::{LANGUAGE, TWO, binomial, number, same, story, times};

/// Plots that are instructed from outside, and watched from the first day.
const INSTRUCTED: [&str; 14] = [
    "start.committed=30",
    "start.open_cases=30",
    "virtual_entrepreneurs.contact_per_year=50",
    "virtual_entrepreneurs.instruct_share=1",
    "virtual_entrepreneurs.travel_share=0",
    "virtual_entrepreneurs.span=1000",
    "virtual_entrepreneurs.strikes_per_year=0",
    "virtual_entrepreneurs.grooming_days=1",
    "start.fighters_abroad=1",
    "movements.only.holds_territory=true",
    "work.tasks_online_directed=1",
    "work.task_days=100",
    "work.signs_per_task_and_person=20",
    "detection.visible_watched_share=1",
];

fn watched(more: &[&str]) -> Vec<Fact> {
    let teams = [
        "services.surveillance_officers=100",
        "services.officers_per_team=1",
        "subjects.watch_log_odds=-20",
        "subjects.move_days=0",
    ];
    story(LANGUAGE, &[&FILES[..], &INSTRUCTED, &teams, more].concat())
}

#[test]
fn m22_sign_channels_encryption_moves_messages_alone() {
    let coded = ["virtual_entrepreneurs.encryption_share=1", "detection.communications_access_share=0"];
    let open = ["virtual_entrepreneurs.encryption_share=0"];
    let seen = |facts: &[Fact]| times(facts, K::SignatureSeen);
    // Without channels a code blinds the team that watches day and night.
    assert!(seen(&watched(&open)).len() > 50);
    assert_eq!(seen(&watched(&coded)).len(), 0);
    let with = |share: &str, code: &[&str]| {
        let setting = format!("sign_channels.messages_online_share={share}");
        seen(&watched(
            &[&["sign_channels.apart=true", setting.as_str(), "sign_channels.conduct_share=1"], code].concat(),
        ))
    };
    // With them it moves messages and nothing else: none of the signs where there are no messages, all where there are
    // only messages, and their share in between.
    assert_eq!(with("0", &coded), with("0", &open));
    assert_eq!((with("1", &coded).len(), with("1", &open).len() > 50), (0, true));
    let (dark, light) = (with("0.4", &coded), with("0.4", &open));
    binomial("signs that are no messages", dark.len(), light.len(), 0.6);
    assert!(dark.iter().all(|t| light.contains(t)), "the same signs, fewer seen");
}

#[test]
fn m22_sign_channels_a_team_sees_conduct() {
    let plain = ["sign_channels.apart=true", "sign_channels.messages_online_share=0", "detection.visible_open_share=0"];
    let seen = |share: &str| {
        let setting = format!("sign_channels.conduct_share={share}");
        times(&watched(&[&plain[..], &[setting.as_str()]].concat()), K::SignatureSeen).len()
    };
    assert_eq!(seen("0"), 0, "what people see is not what a team sees");
    let all = seen("1");
    assert!(all > 50);
    binomial("conduct", seen("0.3"), all, 0.3);
}

/// People of A who are instructed to prepare in B; signs show in both, and each service opens files of its own.
const ABROAD: [&str; 12] = [
    "start.committed=0",
    "countries.A.start.committed=60",
    "start.open_cases=0",
    "start.fighters_abroad=0",
    "countries.A.start.fighters_abroad=1",
    "place.preparation_abroad_share=1",
    "countries.A.campaign_weight=0",
    "countries.B.campaign_weight=1",
    "virtual_entrepreneurs.encryption_share=0",
    "detection.visible_unknown_share=1",
    "detection.visible_closed_share=1",
    "services.case_officers=10",
];
/// A sign weighs ln 10.
const TEN_TO_ONE: [&str; 3] =
    ["detection.background_per_year=3.6525", EXPECTED, "intervention.officers_per_intervention=0"];

fn abroad(more: &[&str]) -> Vec<Fact> {
    let shown = ["detection.elsewhere_share=0.5", "subjects.prior_log_odds=-10"];
    story(&format!("{LANGUAGE}{TWO}"), &[&FILES[..], &INSTRUCTED, &ABROAD, &TEN_TO_ONE, &shown, more].concat())
}

#[test]
fn m27_notices_answers_say_what_the_other_service_holds() {
    let base = [
        "notices.query_share=1",
        "notices.answer_days=0",
        "notices.answer_evidence=0",
        "intervention.threshold_log_odds=-1",
        "intervention.execute_per_day=0.000001",
        "work.watched_tempo_factor=1",
    ];
    // Nobody is arrested and nothing is held back, so that signs are the same; only when each is decided upon differs.
    let decided = |share: &str| {
        let setting = format!("notices.answer_held_share={share}");
        let mut all = std::collections::BTreeMap::<u64, f64>::new();
        for fact in abroad(&[&base[..], &[setting.as_str()]].concat()) {
            if fact.kind == K::InterventionDecided {
                all.entry(fact.subject.bits()).or_insert(fact.time);
            }
        }
        all
    };
    let (nothing, held) = (decided("0"), decided("1"));
    assert!(nothing.len() > 10);
    // Four signs are enough: with what the other holds fewer of one's own are needed, never more.
    assert!(nothing.iter().all(|(who, at)| held[who] <= *at));
    assert!(nothing.iter().any(|(who, at)| held[who] < *at));
    // An answer that says the same about anybody does not depend on who is asked about.
    let same_for_all = times(&abroad(&[&base[..], &["notices.answer_evidence=1"]].concat()), K::QueryAnswered);
    assert!(same_for_all.len() > 10);
}

const POOLED: [&str; 4] = [
    "membership.pool_member=true",
    "pooled_database.contribution_share=1",
    "pooled_database.lag_days=0",
    "link_analysis.central_analysts=0",
];

#[test]
fn m28_pool_records_carry_what_their_owners_hold() {
    let never = ["intervention.threshold_log_odds=1000000"];
    let plain = abroad(&[&POOLED[..], &never].concat());
    assert_eq!(number(&plain, K::RecordCarried), 0);
    let facts = abroad(&[&POOLED[..], &never, &["pooled_database.carried_share=1"]].concat());
    let carried: Vec<f64> = facts.iter().filter(|f| f.kind == K::RecordCarried).map(|f| f.value / 10f64.ln()).collect();
    assert!(carried.len() > 10, "{}", carried.len());
    // Nothing fades here: what is carried is a number of signs that the other has seen.
    for signs in &carried {
        assert!((signs - signs.round()).abs() < 1e-9 && *signs > 0.5, "{signs} signs");
    }
    let half = abroad(&[&POOLED[..], &never, &["pooled_database.carried_share=0.5"]].concat());
    let first_half = half.iter().find(|f| f.kind == K::RecordCarried).expect("carried").value;
    same("half of it", first_half, 0.5 * carried[0] * 10f64.ln());
}

#[test]
fn m28_pool_serves_the_most_believed_first_and_drops_what_is_old() {
    // One analyst and more fragments than can be checked.
    let base = [
        "link_analysis.central_analysts=1",
        "link_analysis.pairs_per_analyst_per_day=0.2",
        "link_analysis.false_match_share=0",
        "work.task_days=3000",
        "work.signs_per_task_and_person=100",
        "intervention.threshold_log_odds=1000",
    ];
    let judged = |more: &[&str]| {
        let facts = abroad(&[&POOLED[..], &base, more].concat());
        facts.iter().filter(|f| f.kind == K::LinkMissed).map(|f| (f.plot.bits(), f.value.to_bits())).collect::<Vec<_>>()
    };
    let (oldest, hottest) = (judged(&[]), judged(&["link_analysis.by_belief=true"]));
    assert!(oldest.len() > 20 && hottest.len() > 20, "{} {}", oldest.len(), hottest.len());
    assert_ne!(oldest, hottest, "another order");
    let belief = |all: &[(u64, u64)]| all.iter().map(|j| f64::from_bits(j.1)).sum::<f64>() / all.len() as f64;
    assert!(belief(&hottest) > belief(&oldest), "{} {}", belief(&hottest), belief(&oldest));
    // Five days a fragment: what is older than ten when its turn comes is dropped, the rest is done within five more.
    let oldest = |more: &[&str]| {
        let facts = abroad(&[&POOLED[..], &base, more].concat());
        let signs: std::collections::BTreeMap<u64, f64> =
            facts.iter().filter(|f| f.kind == K::SignatureSeen).map(|f| (f.id, f.time)).collect();
        let age = |f: &Fact| f.time - signs.get(&f.cause).copied().unwrap_or(f.time);
        facts.iter().filter(|f| f.kind == K::LinkMissed).map(age).fold(0.0, f64::max)
    };
    let (kept, dropped) = (oldest(&[]), oldest(&["link_analysis.expiry_days=10"]));
    assert!(kept > 50.0 && dropped > 5.0 && dropped <= 15.0 + 1e-9, "{kept} {dropped}");
}
