//! M1 to M5 and M30: places, onset, reaction, friends, stages, movements and the first day.

use std::collections::BTreeMap;

use forestall_model::{Ending, FactKind as K, Plan};

use super::{AT_ONCE, OTHER, expect, first, kinds, mean, number, same, scaled, story, subjects, times, tiny, told};
use crate::worlds;

const ONSET: &str = "onset.spontaneous_per_million_per_year=36.525";

#[test]
fn m01_countries_receptivity_runs_each_neighbourhoods_clock() {
    let two = "countries.A.neighbourhood_residents=500_000";
    let even = story("", &[ONSET, two]);
    let skewed = story("", &[ONSET, two, "countries.A.receptivity_skew=1"]);
    // Ranks 1 and 2 with skew 1 weigh 1 and 1/2, so 4/3 and 2/3 of their mean: clocks run as much faster.
    let before: BTreeMap<u64, f64> = even.iter().map(|f| (f.subject.bits(), f.time)).collect();
    let mut seen = [0, 0];
    for fact in &skewed {
        let Some(&time) = before.get(&fact.subject.bits()) else { continue };
        let fast = (fact.time - time * 0.75).abs() < 1e-6;
        same("the slow neighbourhood", fact.time, if fast { time * 0.75 } else { time * 1.5 });
        seen[usize::from(fast)] += 1;
    }
    assert!(seen[0] > 20 && seen[1] > 20, "{seen:?}");
    assert!(kinds(&even).iter().all(|k| *k == K::OnsetSpontaneous));
}

#[test]
fn m01_countries_twice_the_residents_bring_twice_the_recruits() {
    let count = |residents: &str| -> Vec<f64> {
        let plan = tiny("", &[ONSET, residents, "countries.A.neighbourhood_residents=250_000"]);
        (0..40).map(|r| number(&told(&plan, r).0, K::OnsetSpontaneous) as f64).collect()
    };
    let years = tiny("", &[]).arm(None).expect("arm").days() / 365.25;
    mean("one million", &count("countries.A.residents=1_000_000"), 36.525 * years);
    mean("two million", &count("countries.A.residents=2_000_000"), 73.05 * years);
}

#[test]
fn m02_onset_twice_the_rate_halves_every_time() {
    let once = story("", &[ONSET]);
    let twice = story("", &["onset.spontaneous_per_million_per_year=73.05"]);
    assert!(once.len() > 300 && once.iter().all(|f| f.kind == K::OnsetSpontaneous && f.cause == 0));
    scaled("onset at twice the rate", &times(&twice, K::OnsetSpontaneous), &times(&once, K::OnsetSpontaneous), 0.5);
}

#[test]
fn m02_onset_online_follows_propaganda_and_takedown_and_leaves_the_other_source_alone() {
    let online = "onset.online_per_million_per_year=36.525";
    let open = story("", &[ONSET, online, "onset.takedown_share=0"]);
    let half = story("", &[ONSET, online, "onset.takedown_share=0.75", "onset.propaganda_level=2"]);
    scaled("half the propaganda", &times(&half, K::OnsetOnline), &times(&open, K::OnsetOnline), 2.0);
    assert_eq!(times(&half, K::OnsetSpontaneous), times(&open, K::OnsetSpontaneous));
}

/// One returnee plots at once and harms one person; grievance is all that follows.
const ATTACK: [&str; 8] = [
    "start.returnees=1",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.1",
    "work.tasks_networked=1",
    "work.completion_log_odds=50",
    "harm.scale=8",
    "harm.most=1",
    "harm.nobody_share=0",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ATTACK.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn m02_onset_hears_the_languages_of_the_country() {
    let two = "[[languages]]\ncode = \"a\"\nname = \"A\"\n\n[[languages]]\ncode = \"b\"\nname = \"B\"\n";
    let world = |sets: &[&str]| {
        let online = ["onset.online_per_million_per_year=36.525"];
        times(
            &story(
                &format!("{two}\n[[countries]]\ncode = \"A\"\nlanguages = {{ a = 0.75, b = 0.25 }}\n"),
                &[&online, sets].concat(),
            ),
            K::OnsetOnline,
        )
    };
    let plain = world(&[]);
    scaled(
        "all languages twice as loud",
        &world(&["languages.a.propaganda_factor=2", "languages.b.propaganda_factor=2"]),
        &plain,
        0.5,
    );
    // 0.75 · 1 + 0.25 · 5 = 2.
    scaled("a quarter hears five times as much", &world(&["languages.b.propaganda_factor=5"]), &plain, 0.5);
    assert!(world(&["languages.a.propaganda_factor=0", "languages.b.propaganda_factor=0"]).is_empty());
}

#[test]
fn m02_grievance_rises_with_the_attack_that_causes_it() {
    let facts = story("", &with(&["grievance.after_attack=1", "harm.killed_share=0"]));
    expect(
        &facts,
        true,
        &[
            (K::PlotStarted, None),
            (K::VeteranPlots, Some(0)),
            (K::TaskDone, Some(0)),
            (K::PlotCompleted, Some(2)),
            (K::PeopleHarmed, Some(3)),
            (K::PeopleKilled, Some(3)),
            (K::GrievanceRises, Some(3)),
        ],
    );
    assert_eq!((facts[4].value, facts[5].value, facts[6].value), (1.0, 0.0, 1.0));
    assert!(facts[3..].iter().all(|f| f.time == facts[3].time));
}

#[test]
fn m02_grievance_speeds_onset_by_its_decaying_integral() {
    let memory = "grievance.memory_days=180";
    let quiet = story("", &with(&[ONSET, memory]));
    let loud = story("", &with(&[ONSET, memory, "grievance.after_attack=2", "grievance.onset_response=1.5"]));
    let attack = first(&loud, K::PlotCompleted);
    // Unit-rate clocks: (t − T) without it equals (t′ − T) + r·a·ln 2·τ·(1 − e^(−(t′ − T)/τ)) with it.
    let rise = 1.5 * 2.0 * std::f64::consts::LN_2 * 180.0;
    let pairs: Vec<(f64, f64)> =
        times(&quiet, K::OnsetSpontaneous).into_iter().zip(times(&loud, K::OnsetSpontaneous)).collect();
    assert!(pairs.iter().any(|p| p.1 < attack) && pairs.len() > 200);
    for (without, with_it) in pairs {
        let after = (with_it - attack).max(0.0);
        let integral = with_it + rise * (1.0 - (-after / 180.0).exp());
        assert!((integral - without).abs() < 1e-6, "{integral} against {without}");
    }
}

#[test]
fn m02_grievance_counts_the_attacks_that_it_brings() {
    // Everybody who radicalises soon attacks alone. One attack brings 0.1 · 0.5 · ln 2 · 10 more.
    let world = |after: &'static str| {
        let sets = [
            "onset.spontaneous_per_million_per_year=36.525",
            "stages.fast_share=1",
            "stages.fast_commit_per_year=100",
            AT_ONCE,
            "work.tasks_inspired=1",
            "work.task_days=1",
            "work.completion_log_odds=50",
            "harm.scale=8",
            "harm.most=1",
            "harm.nobody_share=0",
            "grievance.memory_days=10",
            after,
        ];
        tiny("", &sets)
    };
    let (loud, quiet) = (world("grievance.after_attack=0.5"), world("grievance.after_attack=0"));
    let attacks = |plan: &Plan, replication: u64| {
        let (facts, run) = told(plan, replication);
        let brought: f64 = run.plots.iter().filter(|p| p.ending == Ending::Completed).map(|p| p.by_grievance).sum();
        (number(&facts, K::PlotCompleted) as f64, brought)
    };
    let mut gaps = Vec::new();
    let mut ratio = Vec::new();
    for replication in 0..60 {
        let (with, brought) = attacks(&loud, replication);
        let (without, none) = attacks(&quiet, replication);
        assert_eq!(none, 0.0);
        gaps.push(with - without - brought);
        ratio.push(brought - 0.5 * std::f64::consts::LN_2 * with);
    }
    mean("attacks that are there only through grievance, less their count", &gaps, 0.0);
    mean("attacks brought, less 0.1 a day · 0.5 · ln 2 · 10 days for each attack", &ratio, 0.0);
}

#[test]
fn m03_peers_are_a_pure_birth_process() {
    let world = ["start.sympathisers=1", "peers.introductions_per_year=36.525", "peers.receptivity_weight=0"];
    let mut short: Vec<&str> = world.to_vec();
    short.push("countries.A.residents=1_000_000_000");
    short.push("countries.A.neighbourhood_residents=1_000_000_000");
    // One person who introduces 0.1 a day: the mean after 20 days is e², by Yule.
    let plan = super::until("2010-01-20", "", &short);
    let counts: Vec<f64> = (0..400).map(|r| 1.0 + number(&told(&plan, r).0, K::OnsetPeer) as f64).collect();
    mean("people after 20 days", &counts, 2.0_f64.exp());
}

#[test]
fn m03_peers_one_circle_of_friends_plots_together() {
    let world = ["start.committed=3", "pathways.friend_joins_share=1", AT_ONCE, "work.completion_log_odds=50"];
    let together = story("", &[&world[..], &["peers.circle_size_most=8"]].concat());
    let alone = story("", &world);
    let steps = [K::PlotStarted, K::TaskDone, K::TaskDone, K::PlotCompleted];
    assert_eq!(kinds(&together), steps);
    assert_eq!(together[3].value, 3.0, "all three attack");
    assert_eq!(number(&alone, K::PlotStarted), 3, "without friends each plots alone");
}

#[test]
fn m04_stages_run_from_sympathy_to_commitment_and_out() {
    let world = |rate: &'static str| {
        let text = format!(
            "start.sympathisers=1 stages.fast_commit_per_year={rate} stages.slow_commit_per_year={rate} \
             stages.desist_committed_per_year={rate}"
        );
        let sets: Vec<&str> = text.split(' ').filter(|s| !s.is_empty()).collect();
        story("", &sets)
    };
    let (slow, fast) = (world("10"), world("20"));
    expect(&slow, true, &[(K::Committed, None), (K::Desisted, Some(0))]);
    same("commitment at twice the rate", fast[0].time, slow[0].time / 2.0);
    same("desistance at twice the rate", fast[1].time, slow[1].time / 2.0);
}

#[test]
fn m04_stages_race_between_commitment_and_desistance() {
    let facts = story(
        "",
        &[
            "start.sympathisers=1000",
            "stages.fast_commit_per_year=6",
            "stages.slow_commit_per_year=6",
            "stages.desist_sympathiser_per_year=2",
        ],
    );
    assert_eq!(facts.len(), 1000, "everybody leaves the first stage once");
    super::binomial("commits first", number(&facts, K::Committed), 1000, 0.75);
}

#[test]
fn m05_movements_scale_their_own_onset_only() {
    let plain = story(OTHER, &[ONSET]);
    let scaled_up = story(OTHER, &[ONSET, "movements.other.onset_scale=2"]);
    let of = |facts: &[forestall_model::Fact], m: usize| -> Vec<f64> {
        facts.iter().filter(|f| usize::from(f.movement) == m).map(|f| f.time).collect()
    };
    assert_eq!(of(&plain, 0), of(&scaled_up, 0));
    scaled("the other movement", &of(&scaled_up, 1), &of(&plain, 1), 0.5);
}

#[test]
fn m05_movements_command_adds_tasks() {
    let world = ["start.committed=1", AT_ONCE, "work.tasks_inspired=1", "work.command_extra_tasks=4"];
    let tasks = |style: &str| {
        let facts = story("", &[&world[..], &[style]].concat());
        assert_eq!(number(&facts, K::TaskDone) as f64, facts[0].value);
        facts[0].value
    };
    assert_eq!(tasks("movements.only.command_style=0"), 1.0);
    assert_eq!(tasks("movements.only.command_style=0.5"), 3.0);
    assert_eq!(tasks("movements.only.command_style=1"), 5.0);
}

#[test]
fn m30_start_stocks_stay_where_they_are_put() {
    let plan =
        tiny("", &["start.sympathisers=30", "start.committed=7", "start.fighters_abroad=5", "start.returnees=2"]);
    let (facts, run) = worlds::facts(&plan, None, 0);
    for (kind, expected) in
        [(K::StockSympathisers, 30.0), (K::StockCommitted, 7.0), (K::StockAbroad, 5.0), (K::StockReturnees, 2.0)]
    {
        let stocks: Vec<f64> = facts.iter().filter(|f| f.kind == kind).map(|f| f.value).collect();
        assert!(stocks.len() == 120 && stocks.iter().all(|v| *v == expected), "{kind:?}: {stocks:?}");
    }
    assert!(told(&plan, 0).0.is_empty(), "a stock is no event");
    assert_eq!(run.persons_stored, 44, "everybody is in exactly one stock");
}

#[test]
fn m30_start_people_are_conserved_and_none_is_added_or_lost_on_the_way() {
    let plan = tiny(
        "",
        &[
            "start.sympathisers=200",
            "stages.fast_commit_per_year=0.3",
            "stages.slow_commit_per_year=0.3",
            "stages.desist_sympathiser_per_year=0.2",
            "stages.desist_committed_per_year=0.4",
        ],
    );
    let (facts, run) = worlds::facts(&plan, None, 0);
    let last = |kind: K| facts.iter().rev().find(|f| f.kind == kind).map_or(f64::NAN, |f| f.value);
    let desisted = number(&facts, K::Desisted) as f64;
    assert_eq!(last(K::StockSympathisers) + last(K::StockCommitted) + desisted, 200.0);
    assert_eq!(run.persons_stored, 200);
    assert!(subjects(&facts, K::Desisted).len() as f64 == desisted, "nobody gives up twice");
}

#[test]
fn m30_start_files_are_opened_on_as_many_as_stated() {
    let plan = tiny(
        "",
        &[
            "start.sympathisers=50",
            "start.open_cases=12",
            "start.closed_cases=8",
            "subjects.files_kept=true",
            "subjects.cases_per_officer=0",
            "subjects.review_per_year=0",
        ],
    );
    let (facts, _) = worlds::facts(&plan, None, 0);
    let open: Vec<f64> = facts.iter().filter(|f| f.kind == K::StockOpenCases).map(|f| f.value).collect();
    assert!(open.len() == 120 && open.iter().all(|v| *v == 12.0), "{open:?}");
}
