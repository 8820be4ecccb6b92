//! M6 to M8: recruiters in person, virtual entrepreneurs, and personas who compete with them.

use forestall_model::FactKind as K;

use super::{HOLDS, LANGUAGE, binomial, expect, first, kinds, number, same, scaled, story, subjects, times};

#[test]
fn m06_in_person_recruiters_come_and_go_in_turn() {
    let world = ["in_person_recruiters.number=1", "in_person_recruiters.recruits_per_year=0"];
    let facts = story("", &[&world[..], &["in_person_recruiters.removal_per_year=10"]].concat());
    assert!(facts.len() > 10);
    for (i, fact) in facts.iter().enumerate() {
        assert_eq!(fact.kind, if i % 2 == 0 { K::InPersonRemoved } else { K::InPersonReplaced });
    }
    let faster = story("", &[&world[..], &["in_person_recruiters.removal_per_year=20"]].concat());
    same("the first removal at twice the rate", faster[0].time, facts[0].time / 2.0);
    // The lag that follows is its own draw: only the removal has moved.
    same("the lag", faster[1].time - faster[0].time, facts[1].time - facts[0].time);
}

#[test]
fn m06_in_person_recruiters_recruit_only_while_they_work() {
    let facts = story(
        "",
        &[
            "in_person_recruiters.number=1",
            "in_person_recruiters.recruits_per_year=100",
            "in_person_recruiters.removal_per_year=5",
        ],
    );
    let mut at_work = true;
    for fact in &facts {
        match fact.kind {
            K::InPersonRemoved => at_work = false,
            K::InPersonReplaced => at_work = true,
            K::OnsetRecruiter => assert!(at_work, "a recruit while nobody recruits"),
            other => panic!("{other:?}"),
        }
    }
    assert!(number(&facts, K::OnsetRecruiter) > 50);
    let none =
        |rate: &str| story("", &["in_person_recruiters.number=1", rate, "in_person_recruiters.removal_per_year=0"]);
    let (once, twice) =
        (none("in_person_recruiters.recruits_per_year=10"), none("in_person_recruiters.recruits_per_year=20"));
    scaled("recruits at twice the rate", &times(&twice, K::OnsetRecruiter), &times(&once, K::OnsetRecruiter), 0.5);
}

const CONTACT: [&str; 9] = [
    HOLDS,
    "start.committed=1",
    "start.fighters_abroad=1",
    "virtual_entrepreneurs.contact_per_year=100",
    "virtual_entrepreneurs.span=1",
    "virtual_entrepreneurs.strikes_per_year=0",
    "virtual_entrepreneurs.grooming_days=10",
    "work.tasks_online_directed=1",
    "work.completion_log_odds=50",
];

fn contact(more: &[&str]) -> Vec<forestall_model::Fact> {
    story(LANGUAGE, &[&CONTACT[..], more].concat())
}

#[test]
fn m07_virtual_entrepreneurs_find_groom_and_instruct() {
    let facts = contact(&["virtual_entrepreneurs.instruct_share=1", "virtual_entrepreneurs.travel_share=0"]);
    expect(
        &facts,
        true,
        &[
            (K::ContactMade, None),
            (K::Groomed, Some(0)),
            (K::PlotStarted, Some(1)),
            (K::TaskDone, Some(2)),
            (K::PlotCompleted, Some(3)),
        ],
    );
    // Groomed at once if grooming takes no time, and twice as long for twice the mean.
    let slow = contact(&["virtual_entrepreneurs.instruct_share=1", "virtual_entrepreneurs.grooming_days=20"]);
    same("the contact", slow[0].time, facts[0].time);
    same("twice the grooming", slow[1].time - slow[0].time, 2.0 * (facts[1].time - facts[0].time));
}

#[test]
fn m07_virtual_entrepreneurs_need_ties_and_free_span() {
    let at = |more: &[&str]| first(&contact(more), K::ContactMade);
    // One fighter per million: the tie is 1 / (1 + half), so 1/2 and 1/4.
    let half = at(&["virtual_entrepreneurs.tie_half_per_million=1"]);
    same("half the tie", at(&["virtual_entrepreneurs.tie_half_per_million=3"]), 2.0 * half);
    same(
        "twice the span",
        at(&["virtual_entrepreneurs.tie_half_per_million=1", "virtual_entrepreneurs.span=2"]),
        half / 2.0,
    );
    assert!(contact(&["start.fighters_abroad=0"]).is_empty(), "no ties, no contact");
}

#[test]
fn m07_virtual_entrepreneurs_results_follow_their_shares() {
    let facts = story(
        LANGUAGE,
        &[
            &CONTACT[..],
            &[
                "start.committed=800",
                "virtual_entrepreneurs.span=1000",
                "virtual_entrepreneurs.grooming_days=1",
                "virtual_entrepreneurs.instruct_share=0.3",
                "virtual_entrepreneurs.travel_share=0",
            ],
        ]
        .concat(),
    );
    let lost = number(&facts, K::ContactLost);
    assert_eq!(number(&facts, K::Groomed), lost + number(&facts, K::PlotStarted));
    binomial("instructed", number(&facts, K::PlotStarted), number(&facts, K::Groomed), 0.3);
}

#[test]
fn m07_virtual_entrepreneurs_are_struck_and_followed_up_while_territory_is_whole() {
    let world = [
        "virtual_entrepreneurs.contact_per_year=0.001",
        "virtual_entrepreneurs.strikes_per_year=10",
        "virtual_entrepreneurs.replacement_share=1",
    ];
    let facts = story(LANGUAGE, &world);
    assert!(facts.len() > 6);
    for (i, fact) in facts.iter().enumerate() {
        assert_eq!(fact.kind, if i % 2 == 0 { K::RecruiterRemoved } else { K::RecruiterReplaced });
    }
    let lost = story(LANGUAGE, &[&world[..], &["territory.level=0"]].concat());
    assert_eq!(kinds(&lost), [K::RecruiterRemoved], "no successor without territory");
    let often = story(LANGUAGE, &[&world[..], &["virtual_entrepreneurs.strikes_per_year=20"]].concat());
    same("twice the strikes", often[0].time, facts[0].time / 2.0);
}

#[test]
fn m07_languages_with_two_entrepreneurs_halve_the_wait() {
    let one = first(&contact(&[]), K::ContactMade);
    let two = first(&contact(&["languages.a.virtual_entrepreneurs=2"]), K::ContactMade);
    same("two entrepreneurs", two, one / 2.0);
    assert!(contact(&["languages.a.virtual_entrepreneurs=0"]).is_empty());
}

const STING: [&str; 6] = [
    "start.committed=1",
    "services.undercover_personas=1",
    "stings.contact_per_persona_per_year=10",
    "stings.case_days=10",
    "intervention.threshold_log_odds=100",
    "intervention.charge_slope=1",
];

#[test]
fn m08_stings_take_a_seeker_and_end_in_court() {
    let facts = story("", &STING);
    expect(
        &facts,
        true,
        &[
            (K::StingCase, None),
            (K::StingEnds, Some(0)),
            (K::Arrested, Some(1)),
            (K::Charged, Some(2)),
            (K::Imprisoned, Some(3)),
            (K::Released, Some(4)),
        ],
    );
    let more = story("", &[&STING[..], &["services.undercover_personas=2", "stings.case_days=20"]].concat());
    same("two personas", more[0].time, facts[0].time / 2.0);
    same("twice the case", more[1].time - more[0].time, 2.0 * (facts[1].time - facts[0].time));
}

#[test]
fn m08_stings_race_with_recruiters_for_the_same_seekers() {
    // Persona: 1 a year. Recruiter: 2 × free span 1 × tie 1/2 = 1 a year. Each wins half.
    let world = [
        HOLDS,
        "start.committed=600",
        "start.fighters_abroad=1",
        "virtual_entrepreneurs.contact_per_year=2",
        "virtual_entrepreneurs.tie_half_per_million=1",
        "virtual_entrepreneurs.span=1",
        "virtual_entrepreneurs.grooming_days=0",
        "virtual_entrepreneurs.strikes_per_year=0",
        "virtual_entrepreneurs.instruct_share=1",
        "services.undercover_personas=1",
        "intervention.threshold_log_odds=100",
        "intervention.charge_slope=1",
    ];
    let race = story(LANGUAGE, &[&world[..], &["stings.contact_per_persona_per_year=1"]].concat());
    let (stings, contacts) = (subjects(&race, K::StingCase), subjects(&race, K::ContactMade));
    assert!(stings.is_disjoint(&contacts), "one seeker, one fate");
    binomial("won by personas", stings.len(), stings.len() + contacts.len(), 0.5);
    // Without personas the recruiters get everybody, and nobody sooner than they did in the race.
    let alone = story(LANGUAGE, &[&world[..], &["stings.contact_per_persona_per_year=0"]].concat());
    assert!(subjects(&alone, K::ContactMade).is_superset(&contacts));
    assert_eq!(number(&alone, K::StingCase), 0);
}

#[test]
fn m08_stings_open_only_with_free_officers() {
    let base = [
        "start.committed=50",
        "services.undercover_personas=10",
        "stings.contact_per_persona_per_year=1",
        "stings.case_days=10000",
        "stings.officers_per_case=4",
        "services.case_officers=20",
        "services.other_work_share=0",
    ];
    let all = story("", &base);
    assert!(number(&all, K::StingCase) > 40);
    assert_eq!(number(&all, K::StingDeclined), 0);
    for (share, most) in [("1", 5), ("0.5", 2), ("0.19", 0)] {
        let setting = format!("stings.officers_share_most={share}");
        let some = story("", &[&base[..], &[setting.as_str()]].concat());
        let (mut running, mut peak) = (0_i32, 0);
        for fact in &some {
            running += i32::from(fact.kind == K::StingCase) - i32::from(fact.kind == K::StingEnds);
            peak = peak.max(running);
        }
        assert_eq!(peak, most, "{share}");
        assert!(number(&some, K::StingDeclined) > 0);
    }
}
