//! M14 to M18: how plots come about, their work and harm, secrecy, survivors and place.

use forestall_model::{Ending, Fact, FactKind as K, Pathway};

use super::{
    AT_ONCE, HOLDS, TWO, binomial, expect, first, kinds, mean, number, same, story, subjects, times, tiny, told,
};

const ONE: [&str; 5] = [
    "start.committed=1",
    "pathways.self_start_per_committed_per_year=10",
    "work.tasks_inspired=1",
    "work.task_days=30",
    "work.completion_log_odds=50",
];

fn one(more: &[&str]) -> Vec<Fact> {
    story("", &[&ONE[..], more].concat())
}

#[test]
fn m14_pathways_a_committed_person_starts_one_plot() {
    let facts = one(&[]);
    expect(&facts, true, &[(K::PlotStarted, None), (K::TaskDone, Some(0)), (K::PlotCompleted, Some(1))]);
    let twice = one(&["pathways.self_start_per_committed_per_year=20"]);
    same("twice the rate", twice[0].time, facts[0].time / 2.0);
    same("the life is its own", twice[2].time - twice[0].time, facts[2].time - facts[0].time);
}

#[test]
fn m14_pathways_ties_make_a_plot_networked() {
    let pathway = |more: &[&str]| {
        let plan = tiny("", &[&ONE[..], &["start.returnees=1"], more].concat());
        told(&plan, 0).1.plots[0].pathway
    };
    assert_eq!(pathway(&["pathways.tie_share=1"]), Pathway::Networked);
    assert_eq!(pathway(&["pathways.tie_share=0"]), Pathway::Inspired);
    assert_eq!(pathway(&["pathways.tie_share=1", "start.returnees=0"]), Pathway::Inspired, "nobody with ties");
}

#[test]
fn m14_pathways_loners_come_as_a_poisson_process() {
    let plan = tiny("", &["pathways.sudden_per_million_per_year=8"]);
    let years = plan.arm(None).expect("arm").days() / 365.25;
    let counts: Vec<f64> = (0..60).map(|r| number(&told(&plan, r).0, K::PlotStarted) as f64).collect();
    mean("loners", &counts, 8.0 * years);
}

#[test]
fn m15_work_does_tasks_one_after_another() {
    let facts = one(&["work.tasks_inspired=3"]);
    expect(
        &facts,
        true,
        &[
            (K::PlotStarted, None),
            (K::TaskDone, Some(0)),
            (K::TaskDone, Some(1)),
            (K::TaskDone, Some(2)),
            (K::PlotCompleted, Some(3)),
        ],
    );
    assert_eq!(facts[..4].iter().map(|f| f.value).collect::<Vec<_>>(), [3.0, 1.0, 2.0, 3.0]);
    let slow = one(&["work.tasks_inspired=3", "work.task_days=60"]);
    for i in 1..4 {
        same("twice the task", slow[i].time - slow[0].time, 2.0 * (facts[i].time - facts[0].time));
    }
    assert_eq!(facts[4].time, facts[3].time, "launched with the last task");
}

#[test]
fn m15_work_a_fresh_plot_hurries_by_its_decaying_integral() {
    let (plain, boosted) = (one(&[]), one(&["work.tempo_boost_at_start=2", "work.tempo_boost_days=30"]));
    let (without, with) = (plain[1].time - plain[0].time, boosted[1].time - boosted[0].time);
    same("work done", with + 2.0 * 30.0 * (1.0 - (-with / 30.0).exp()), without);
}

#[test]
fn m15_work_completes_by_its_odds_and_dissolves_at_its_rate() {
    let facts = one(&["start.committed=800", "work.completion_log_odds=1.0986122886681098"]);
    binomial("completed", number(&facts, K::PlotCompleted), 800, 0.75);
    assert_eq!(number(&facts, K::PlotCompleted) + number(&facts, K::PlotFailed), 800);
    // Dissolution at 1/30 a day against one task at 1/30 a day: the first end is either, half and half.
    let facts = one(&["start.committed=400", "work.dissolve_per_year=12.175"]);
    let ends = number(&facts, K::PlotCompleted) + number(&facts, K::PlotDissolved);
    assert_eq!(ends, number(&facts, K::PlotStarted));
    binomial("dissolved", number(&facts, K::PlotDissolved), ends, 0.5);
}

#[test]
fn m15_work_expected_attacks_have_the_mean_of_those_completed_and_less_chance() {
    let sets = [&ONE[..], &["start.committed=800", "work.completion_log_odds=1.0986122886681098"]].concat();
    let plots = told(&tiny("", &sets), 0).1.plots;
    assert!(plots.iter().all(|p| (p.completion_chance - 0.75).abs() < 1e-12), "odds of three to one");
    // In a full world chances differ; what comes less the chance of it has mean 0 and variance p (1 − p) given all before.
    let plan = crate::worlds::plan(crate::worlds::BUSY);
    let (mut gap, mut variance, mut expected, mut completed) = (0.0, 0.0, Vec::new(), Vec::new());
    for replication in 0..60 {
        let rows = crate::worlds::rows(&plan, None, replication);
        expected.push(crate::worlds::outcome(&rows, "attacks_expected"));
        completed.push(crate::worlds::outcome(&rows, "attacks_completed"));
        for plot in told(&plan, replication).1.plots.iter().filter(|p| p.completion_chance > 0.0) {
            gap += f64::from(u8::from(plot.ending == Ending::Completed)) - plot.completion_chance;
            variance += plot.completion_chance * (1.0 - plot.completion_chance);
        }
    }
    assert!(variance > 10.0 && gap.abs() < 4.0 * variance.sqrt(), "{gap} ± {}", variance.sqrt());
    let spread = |x: &[f64]| {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>()
    };
    assert!(spread(&expected) < spread(&completed), "{} {}", spread(&expected), spread(&completed));
}

const HARM: [&str; 4] = ["harm.nobody_share=0", "harm.scale=8", "harm.most=1000000", "harm.killed_share=0.3"];

#[test]
fn m15_harm_follows_a_completed_attack() {
    let facts = one(&[&HARM[..], &["harm.most=5", "harm.scale=1000000", "harm.killed_share=1"]].concat());
    let steps = [
        (K::PlotStarted, None),
        (K::TaskDone, Some(0)),
        (K::PlotCompleted, Some(1)),
        (K::PeopleHarmed, Some(2)),
        (K::PeopleKilled, Some(2)),
    ];
    expect(&facts, true, &steps);
    assert_eq!((facts[3].value, facts[4].value), (5.0, 5.0), "cut at the most, all killed");
    assert_eq!(number(&one(&[&HARM[..], &["harm.nobody_share=1"]].concat()), K::PeopleHarmed), 0);
}

#[test]
fn m15_harm_has_a_lomax_tail() {
    // P(count ≥ 1 + 8k) = (1 + k)^(−tail) for scale 8.
    let facts = one(&[&HARM[..], &["start.committed=1000", "harm.tail=1"]].concat());
    let harmed: Vec<f64> = facts.iter().filter(|f| f.kind == K::PeopleHarmed).map(|f| f.value).collect();
    assert_eq!(harmed.len(), 1000);
    for k in [1.0, 3.0, 9.0] {
        let above = harmed.iter().filter(|h| **h >= 1.0 + 8.0 * k).count();
        binomial("in the tail", above, 1000, 1.0 / (1.0 + k));
    }
}

/// Two trained people are sent as one design of two cells; free teams find one cell.
const CELLS: [&str; 18] = [
    HOLDS,
    "start.fighters_abroad=2",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=1",
    "territory.companions_mean=50",
    "movements.only.command_style=1",
    "secrecy.cells_mean=20",
    "work.tasks_dispatched=1",
    "work.task_days=10000",
    "services.surveillance_officers=1",
    "services.officers_per_team=1",
    "services.other_work_share=0",
    "subjects.files_kept=true",
    "subjects.watch_log_odds=50",
    "detection.search_per_team_per_day=0.1",
    "intervention.threshold_log_odds=0",
    "intervention.officers_per_intervention=0",
];

#[test]
fn m16_secrecy_an_exposed_cell_leads_to_the_next_unless_compartmented() {
    let open =
        story("", &[&CELLS[..], &["secrecy.compartmentation=0", "subjects.locate_per_officer_per_day=0"]].concat());
    let start = [K::Trained, K::Trained, K::DispatchOrdered, K::PlotStarted, K::PlotStarted, K::FoundBySearch];
    assert_eq!(kinds(&open[..6]), start);
    assert_eq!(open[2].value, 2.0);
    let foiled = open.iter().position(|f| f.kind == K::PlotFoiled).expect("a foiled cell");
    assert_eq!(open[foiled + 1].kind, K::CellExposed);
    assert_eq!(open[foiled + 1].cause, open[foiled].id);
    assert_eq!(open[foiled + 1].time, open[foiled].time);
    let closed = story("", &[&CELLS[..], &["secrecy.compartmentation=1"]].concat());
    assert_eq!(number(&closed, K::CellExposed), 0);
    let single = story("", &[&CELLS[..], &["secrecy.cells_mean=0"]].concat());
    assert_eq!(number(&single, K::PlotStarted), 1, "one cell holds both");
}

#[test]
fn m16_secrecy_exposure_is_what_compartmentation_leaves() {
    let plan =
        tiny("", &[&CELLS[..], &["secrecy.compartmentation=0.6", "subjects.locate_per_officer_per_day=0"]].concat());
    let (mut exposed, mut foiled) = (0, 0);
    for r in 0..300 {
        let facts = told(&plan, r).0;
        // A first cell foiled while the other ran: only then could it be exposed.
        let Some(at) = facts.iter().position(|f| f.kind == K::PlotFoiled) else { continue };
        if number(&facts[..at], K::PlotStarted) == 2 && number(&facts[..at], K::PlotCompleted) == 0 {
            foiled += 1;
            exposed += usize::from(facts.get(at + 1).is_some_and(|f| f.kind == K::CellExposed));
        }
    }
    binomial("exposed", exposed, foiled, 0.4);
}

const AGAIN: [&str; 8] = [
    "start.returnees=1",
    "returnees.plot_share=1",
    "returnees.plot_delay_years_mean=0.1",
    "work.tasks_networked=4",
    "work.task_days=20",
    "work.completion_log_odds=50",
    "work.completion_hurry_cost=0",
    "survivors.attacker_escapes_share=1",
];

fn again(more: &[&str]) -> Vec<Fact> {
    story("", &[&AGAIN[..], more].concat())
}

#[test]
fn m17_survivors_hide_are_found_or_plot_again() {
    let first_plot =
        [K::PlotStarted, K::VeteranPlots, K::TaskDone, K::TaskDone, K::TaskDone, K::TaskDone, K::PlotCompleted];
    let hides = again(&[]);
    assert_eq!(kinds(&hides), [&first_plot[..], &[K::SurvivorHides]].concat());
    assert_eq!(hides[7].cause, hides[6].id);
    let found = again(&[
        "survivors.follow_up_share=1",
        "subjects.files_kept=true",
        "subjects.review_per_year=0",
        "subjects.cases_per_officer=0",
    ]);
    assert_eq!(kinds(&found), [&first_plot[..], &[K::SurvivorFound, K::CaseOpened]].concat());
    // Half of the tasks are behind the second plot, and it is a new one of the same person.
    let second = again(&["survivors.again_share=1", "survivors.again_head_start_share=0.5"]);
    let next = [K::SurvivorPlots, K::PlotStarted, K::VeteranPlots, K::TaskDone, K::TaskDone, K::PlotCompleted];
    assert_eq!(kinds(&second[..13])[..10], [&first_plot[..], &next[..3]].concat()[..]);
    assert_eq!(second[8].cause, second[7].id);
    let slow = again(&["survivors.again_share=1", "survivors.again_delay_days=120"]);
    let fast = again(&["survivors.again_share=1", "survivors.again_delay_days=60"]);
    same("twice the delay", slow[7].time - slow[6].time, 2.0 * (fast[7].time - fast[6].time));
}

#[test]
fn m17_survivors_are_a_share_of_attackers() {
    let facts = again(&["start.returnees=800", "survivors.attacker_escapes_share=0.25"]);
    binomial("get away", number(&facts, K::SurvivorHides), number(&facts, K::PlotCompleted), 0.25);
}

#[test]
fn m18_place_directed_plots_aim_by_the_campaign() {
    let targets = |more: &[&str]| {
        let world = [
            HOLDS,
            "start.fighters_abroad=0",
            "countries.A.start.fighters_abroad=200",
            "abroad.attached_share=1",
            "abroad.training_days=0",
            "territory.dispatch_per_trained_per_year=20",
            "territory.companions_mean=0",
            "work.task_days=1",
        ];
        let plan = tiny(TWO, &[&world[..], more].concat());
        let run = told(&plan, 0).1;
        assert_eq!(run.plots.len(), 200);
        run.plots.iter().filter(|p| usize::from(p.target) == 1).count()
    };
    let away = "place.dispatched_abroad_share=1";
    assert_eq!(targets(&[]), 0, "at home if the choice is not made abroad");
    assert_eq!(targets(&[away, "countries.A.campaign_weight=0", "countries.B.campaign_weight=1"]), 200);
    binomial("aim at B", targets(&[away, "countries.A.campaign_weight=1", "countries.B.campaign_weight=3"]), 200, 0.75);
    binomial(
        "aim abroad",
        targets(&[
            "place.dispatched_abroad_share=0.5",
            "countries.A.campaign_weight=0",
            "countries.B.campaign_weight=1",
        ]),
        200,
        0.5,
    );
    let closed = targets(&[
        away,
        "countries.A.border_openness=0",
        "countries.A.campaign_weight=0",
        "countries.B.campaign_weight=1",
    ]);
    assert_eq!(closed, 0, "a closed home border keeps it at home");
}

#[test]
fn m18_place_plots_are_prepared_where_people_can_house_them() {
    // A and B aim at each other's home; C is where people live.
    let three = format!("{TWO}\n[[countries]]\ncode = \"C\"\nname = \"Country C\"\nresidents = 1_000_000\n");
    let hosts = |more: &[&str]| {
        let world = [
            HOLDS,
            "countries.A.start.fighters_abroad=300",
            "abroad.attached_share=1",
            "abroad.training_days=0",
            "territory.dispatch_per_trained_per_year=20",
            "territory.companions_mean=0",
            "work.task_days=1",
            "countries.A.campaign_weight=1",
            "countries.B.campaign_weight=1",
            "countries.C.campaign_weight=0",
            "countries.B.start.committed=30",
            "countries.C.start.committed=60",
            "countries.C.start.returnees=30",
            "place.preparation_abroad_share=1",
        ];
        let run = told(&tiny(&three, &[&world[..], more].concat()), 0).1;
        assert_eq!(run.plots.len(), 300);
        assert!(run.plots.iter().all(|p| usize::from(p.target) == 0), "all aim at home");
        let at = |c: usize| run.plots.iter().filter(|p| usize::from(p.preparation) == c).count();
        [at(0), at(1), at(2)]
    };
    let by_weight = hosts(&[]);
    assert_eq!(by_weight[2], 0, "by the weight of targets nothing is prepared where nobody aims");
    binomial("by target", by_weight[1], 300, 0.5);
    let by_people = hosts(&["place.preparation_by_people_share=1"]);
    assert_eq!(by_people[0], 0, "outside the target");
    binomial("where 90 of 120 people live", by_people[2], 300, 0.75);
    let closed = hosts(&["place.preparation_by_people_share=1", "countries.C.border_openness=0"]);
    assert_eq!(closed[2], 0, "not behind a closed border");
    let half = hosts(&["place.preparation_by_people_share=0.5"]);
    binomial("half by people", half[2], 300, 0.375);
}

#[test]
fn m14_pathways_every_plot_ends_once_and_its_members_too() {
    let plan = tiny("", &["start.committed=60", AT_ONCE, "work.dissolve_per_year=1", "work.task_days=200"]);
    let (facts, run) = told(&plan, 0);
    let ended = run.plots.iter().filter(|p| p.ending != Ending::InProgress).count();
    let ends = [K::PlotCompleted, K::PlotFailed, K::PlotDissolved].map(|k| number(&facts, k)).iter().sum::<usize>();
    assert_eq!(ended, ends);
    assert_eq!(run.plots.len(), number(&facts, K::PlotStarted));
    assert_eq!(subjects(&facts, K::PlotStarted).len(), run.plots.len(), "no two plots share a name");
    assert!(first(&facts, K::PlotStarted) > 0.0 && !times(&facts, K::PlotDissolved).is_empty());
}
