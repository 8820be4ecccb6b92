//! M12 and M26: checks at borders between countries, what services outside know, and whom they do not let in.

use forestall_model::{Channel, Ending, Fact, FactKind as K};

use super::{
    BACK_BY_B, HOLDS, TRANSIT, TWO, binomial, expect, first, kinds, number, same, story, subjects, tiny, told,
};
use crate::worlds;

/// Someone of A leaves and A learns of it.
const LEFT: [&str; 7] = [
    HOLDS,
    "travel.per_year=10",
    "travel.family_tip_share=0",
    "travel.passport_ban_share=0",
    "travel.exit_check_share=0",
    "travel.departure_known_share=1",
    "notices.issue_share=0",
];
/// B's border, by which people come in, inspects nobody: what happens, happens at the border between B and A.
const UNSEEN: [&str; 1] = ["countries.B.services.border_inspections_per_month=0"];
const ONE_AREA: [&str; 1] = ["borders.area=1"];

fn back(more: &[&str]) -> Vec<Fact> {
    story(TWO, &[&LEFT[..], &BACK_BY_B, &UNSEEN, more].concat())
}

#[test]
fn m12_borders_between_countries_know_and_let_go_or_hold() {
    let missed = [K::Departed, K::Returned, K::ReturneeMissed];
    let within = [&ONE_AREA[..], &["borders.area_check_share=1"]].concat();
    // Neutral: nobody is checked, and an area alone does nothing.
    assert_eq!(kinds(&back(&[])), missed);
    assert_eq!(kinds(&back(&ONE_AREA)), missed);
    // The home service's own record shows him: he is let go, and known to be back.
    let steps =
        [(K::Departed, None), (K::Returned, Some(0)), (K::LetGoAtBorder, Some(1)), (K::ReturneeIdentified, Some(2))];
    expect(&back(&within), true, &steps);
    // Nothing to see, nothing that the check finds, nobody who looks, or not from the same area: missed.
    for nothing in [
        "travel.departure_known_share=0",
        "records.check_finds_share=0",
        "borders.area_check_share=0",
        "borders.area=0",
    ] {
        assert_eq!(kinds(&back(&[&within[..], &[nothing]].concat())), missed, "{nothing}");
    }
    // From outside the area it is the other share that counts.
    let outer = ["countries.A.borders.area=1", "countries.B.borders.area=2", "borders.outer_check_share=1"];
    expect(&back(&outer), true, &steps);
    assert_eq!(kinds(&back(&[&ONE_AREA[..], &["borders.outer_check_share=1"]].concat())), missed);
    // Held although nobody seeks the arrest.
    let held = back(&[&within[..], &["borders.known_held_share=1"]].concat());
    let steps = [
        (K::Departed, None),
        (K::Returned, Some(0)),
        (K::ReturneeIdentified, Some(1)),
        (K::HeldAtBorder, Some(2)),
        (K::Arrested, Some(3)),
        (K::Imprisoned, Some(4)),
    ];
    expect(&held, false, &steps);
    assert_eq!((held[3].value, usize::from(held[3].country)), (0.0, 0), "known, not wanted; at the border of A");
}

#[test]
fn m12_borders_check_a_share_and_more_checks_find_the_same_people_and_more() {
    let known = |share: &str| {
        let many = ["countries.A.start.committed=800", "travel.per_year=100", share];
        let facts = back(&[&ONE_AREA[..], &many].concat());
        assert_eq!(number(&facts, K::Returned), 800);
        subjects(&facts, K::LetGoAtBorder)
    };
    let (few, many) = (known("borders.area_check_share=0.2"), known("borders.area_check_share=0.5"));
    binomial("known", few.len(), 800, 0.2);
    binomial("known", many.len(), 800, 0.5);
    assert!(many.is_superset(&few));
}

/// Somebody of A is sent against B, by A's own border, at which nobody looks.
const SENT: [&str; 17] = [
    HOLDS,
    "countries.A.start.fighters_abroad=1",
    "start.abroad_known_share=1",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=1",
    "territory.companions_mean=0",
    "work.tasks_dispatched=1",
    "work.completion_log_odds=50",
    "place.dispatched_abroad_share=1",
    "countries.A.campaign_weight=0",
    "countries.B.campaign_weight=1",
    "countries.B.entry_weight=0",
    "returns.per_year=1e-9",
    "records.check_finds_share=1",
    "notices.issue_delay_days=0",
    "intervention.threshold_log_odds=4",
];
const READ: [&str; 2] = ["notices.issue_share=1", "notices.read_share=1"];
const CHECKED_IN_B: [&str; 1] = ["countries.B.borders.outer_check_share=1"];

fn sent(more: &[&str]) -> Vec<Fact> {
    story(TWO, &[&SENT[..], more].concat())
}

#[test]
fn m12_borders_stand_before_preparation_or_before_the_target() {
    let known = [&READ[..], &CHECKED_IN_B].concat();
    let sequence = |more: &[&str]| kinds(&sent(&[&known[..], more].concat()));
    // B is told of him by A's notice; he is let go and prepares there.
    let prepared_there = sequence(&[]);
    let start = [K::NoticeIssued, K::Trained, K::DispatchOrdered, K::PlotStarted];
    assert_eq!(prepared_there, [&start[..], &[K::LetGoAtBorder, K::TaskDone, K::PlotCompleted]].concat());
    // Prepared at home: he crosses when all is done.
    let at_home = "place.preparation_abroad_share=1";
    assert_eq!(sequence(&[at_home]), [&start[..], &[K::TaskDone, K::LetGoAtBorder, K::PlotCompleted]].concat());
    // An arrest ends the plot, before it or at its launch.
    let held = [K::HeldAtBorder, K::Arrested, K::PlotFoiled, K::Charged, K::Imprisoned];
    let hold = "borders.known_held_share=1";
    assert!(sequence(&[hold]).starts_with(&[&start[..], &held].concat()));
    assert!(sequence(&[hold, at_home]).starts_with(&[&start[..], &[K::TaskDone], &held].concat()));
    let run = told(&tiny(TWO, &[&SENT[..], &known, &[hold]].concat()), 0).1;
    let plot = &run.plots[0];
    assert_eq!((plot.ending, plot.channel), (Ending::Foiled, Channel::Border));
    assert_eq!(plot.foiled_by.map(usize::from), Some(1));
    // A service that never intervenes holds nobody.
    let never = sequence(&[hold, "intervention.threshold_log_odds=1000000"]);
    assert_eq!(never, [&start[..], &[K::TaskDone, K::PlotCompleted]].concat());
}

#[test]
fn m12_borders_may_be_met_on_the_way_home_from_an_attempt() {
    let escape = [
        "survivors.attacker_escapes_share=1",
        "countries.A.borders.outer_check_share=1",
        "territory.dispatch_per_trained_per_year=1",
    ];
    let last = |more: &[&str]| {
        let facts = sent(&[&escape[..], more].concat());
        let at = facts.iter().position(|f| f.kind == K::PlotCompleted).expect("an attack");
        kinds(&facts[at + 1..])
    };
    assert_eq!(last(&[]), [K::LetGoAtBorder, K::SurvivorHides], "the morning after he is let go");
    let held = last(&["borders.known_held_share=1"]);
    assert!(held.starts_with(&[K::HeldAtBorder, K::Arrested, K::Imprisoned]), "{held:?}");
    assert_eq!(last(&["start.abroad_known_share=0"]), [K::SurvivorHides], "nothing to hold him on");
}

#[test]
fn m12_borders_keep_out_who_is_on_the_list_or_has_no_visa() {
    // B has come to know of the fighter abroad, and lists him.
    let met = ["countries.B.partners.met_share=1", "partners.met_days=0", "notices.issue_share=0"];
    let listed = [&met[..], &CHECKED_IN_B, &["countries.B.partners.list_share=1"]].concat();
    let world = |more: &[&str]| {
        let (facts, run) = told(&tiny(TWO, &[&SENT[..], &listed, more].concat()), 0);
        (kinds(&facts), usize::from(run.plots[0].preparation), usize::from(run.plots[0].target))
    };
    let start = [K::Trained, K::FighterMet, K::Listed, K::DispatchOrdered];
    let end = [K::TaskDone, K::PlotCompleted];
    let (facts, preparation, target) = world(&[]);
    assert_eq!(facts, [&start[..], &[K::EntryRefused, K::PlotStarted], &end].concat(), "he stays, and aims at home");
    assert_eq!((preparation, target), (0, 0));
    let (facts, preparation, target) = world(&["place.preparation_abroad_share=1"]);
    assert_eq!(facts, [&start[..], &[K::PlotStarted, K::TaskDone, K::EntryRefused, K::PlotCompleted]].concat());
    assert_eq!((preparation, target), (0, 0), "refused when all is done");
    // Within one area there is no list; without a check nobody looks.
    let inside = world(&["borders.area=1", "countries.B.borders.area_check_share=1"]);
    assert_eq!((inside.1, inside.2), (1, 1));
    assert_eq!(world(&["countries.B.borders.outer_check_share=0"]).2, 1);
    assert_eq!(world(&["countries.B.partners.list_share=0"]).2, 1, "known is not kept out");
    // A share has no visa; those of the same area need none.
    let visas = |more: &[&str]| {
        let sets = ["countries.A.start.fighters_abroad=400", "borders.visa_free_share=0.3", "notices.issue_share=0"];
        let facts = sent(&[&sets[..], more].concat());
        (number(&facts, K::EntryRefused), number(&facts, K::PlotStarted))
    };
    let (refused, plots) = visas(&[]);
    binomial("without a visa", refused, plots, 0.7);
    assert_eq!(visas(&ONE_AREA).0, 0);
}

#[test]
fn m12_borders_of_an_area_are_as_open_as_it_is() {
    let abroad = |more: &[&str]| {
        let sets = [
            "countries.A.start.fighters_abroad=400",
            "countries.B.border_openness=0",
            "place.preparation_abroad_share=1",
            "notices.issue_share=0",
            "borders.area_openness=0.4",
        ];
        let run = told(&tiny(TWO, &[&SENT[..], &sets, more].concat()), 0).1;
        (run.plots.iter().filter(|p| p.preparation != p.target).count(), run.plots.len())
    };
    assert_eq!(abroad(&[]).0, 0, "the country's own number holds where there is no area");
    assert_eq!(abroad(&["countries.A.borders.area=1", "countries.B.borders.area=2"]).0, 0);
    let (away, plots) = abroad(&ONE_AREA);
    binomial("prepared elsewhere than aimed at", away, plots, 0.4);
}

/// A fighter of A of whom A does not know; the partner T outside has no residents.
const ABROAD: [&str; 7] = [
    HOLDS,
    "start.abroad_known_share=0",
    "countries.A.start.fighters_abroad=1",
    "countries.T.partners.met_share=1",
    "partners.met_days=10",
    "notices.issue_delay_days=0",
    "returns.learnt_later_share=0",
];
/// All who come back by A's own border are inspected there.
const INSPECTED: [&str; 3] =
    ["returns.per_year=0.1", "services.border_inspections_per_month=1e9", "records.check_finds_share=1"];

fn outside(more: &[&str]) -> Vec<Fact> {
    story(TRANSIT, &[&ABROAD[..], more].concat())
}

#[test]
fn m26_partners_outside_come_to_know_and_share_as_owners_do() {
    let noticed = ["notices.issue_share=1", "notices.read_share=1"];
    let facts = outside(&[&noticed[..], &INSPECTED].concat());
    let steps = [(K::FighterMet, None), (K::NoticeIssued, None), (K::Returned, None), (K::ReturneeIdentified, Some(2))];
    expect(&facts, true, &steps);
    assert_eq!(usize::from(facts[0].country), 1, "it is T that knows");
    same("thrice the delay", first(&outside(&["partners.met_days=30"]), K::FighterMet), 3.0 * facts[0].time);
    assert_eq!(kinds(&outside(&INSPECTED)).last(), Some(&K::ReturneeMissed), "known there, and not told");
    // Through the pool: T gives, if it is a member, and A must be one too.
    let pool = ["pooled_database.contribution_share=1", "pooled_database.lag_days=0", "notices.issue_share=0"];
    let pooled = |members: &[&str]| kinds(&outside(&[&pool[..], &INSPECTED, members].concat()));
    let all = pooled(&["membership.pool_member=true"]);
    assert_eq!(all, [K::FighterMet, K::RecordPooled, K::Returned, K::ReturneeIdentified]);
    assert_eq!(pooled(&["countries.A.membership.pool_member=true"]).last(), Some(&K::ReturneeMissed));
    assert_eq!(pooled(&["countries.T.membership.pool_member=true"]).last(), Some(&K::ReturneeMissed));
    // Neutral, and nobody is told of one's own people.
    assert!(outside(&["countries.T.partners.met_share=0"]).is_empty());
    assert!(outside(&["countries.T.partners.met_share=0", "countries.A.partners.met_share=1"]).is_empty());
}

#[test]
fn m26_partners_know_a_share_and_list_a_share_and_tell_a_share() {
    let world = |met: &str| {
        let sets = ["countries.A.start.fighters_abroad=1000", met, "partners.list_share=0.4", "notices.issue_share=0"];
        outside(&[&sets[..], &["partners.list_told_share=0.3"]].concat())
    };
    let (few, many) = (world("countries.T.partners.met_share=0.3"), world("countries.T.partners.met_share=0.7"));
    binomial("met", number(&few, K::FighterMet), 1000, 0.3);
    binomial("met", number(&many, K::FighterMet), 1000, 0.7);
    assert!(subjects(&many, K::FighterMet).is_superset(&subjects(&few, K::FighterMet)));
    binomial("listed", number(&many, K::Listed), number(&many, K::FighterMet), 0.4);
    binomial("told", number(&many, K::ListTold), number(&many, K::Listed), 0.3);
    assert!(subjects(&many, K::Listed).is_superset(&subjects(&many, K::ListTold)));
}

/// Known to one service is not known to another: a returnee of the first day who was on a partner's list (F6).
#[test]
fn m26_partners_lists_are_not_known_at_home_unless_told() {
    let known = |more: &[&str]| {
        let sets = [
            "countries.A.start.fighters_abroad=0",
            "countries.A.start.returnees=1",
            "returnees.plot_share=1",
            "work.tasks_networked=1",
            "work.completion_log_odds=50",
            "countries.T.partners.list_share=1",
        ];
        let rows = worlds::rows(&tiny(TRANSIT, &[&ABROAD[..], &sets, more].concat()), None, 0);
        ["attackers_known_any_share", "attackers_known_own_share"].map(|name| worlds::outcome(&rows, name))
    };
    assert_eq!(known(&[]), [1.0, 0.0]);
    assert_eq!(known(&["partners.list_told_share=1"]), [1.0, 1.0]);
    assert_eq!(known(&["countries.T.partners.met_share=0"]), [0.0, 0.0]);
}

/// In the busy world too: other values beside the neutral ones change no byte, and each share does.
#[test]
fn m12_borders_that_check_nobody_leave_no_trace() {
    let busy = |sets: &[&str]| {
        let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
        let plan = worlds::try_plan(worlds::BUSY, &sets).unwrap_or_else(|d| panic!("{d}"));
        worlds::digest(&worlds::facts(&plan, None, 0).0, &[])
    };
    let idle = [
        "borders.area_openness=0.1",
        "borders.known_held_share=1",
        "partners.list_told_share=1",
        "partners.met_days=1",
    ];
    let without = busy(&[]);
    assert_eq!(busy(&[&idle[..], &["notices.red_arrest_share=0.1"]].concat()), without);
    for share in
        ["borders.outer_check_share=1", "borders.visa_free_share=0", "partners.met_share=0.5", "notices.red_share=0.5"]
    {
        assert_ne!(busy(&[share]), without, "{share}");
    }
}
