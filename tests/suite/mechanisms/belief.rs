//! M8, M21 to M23, M27 and M28: belief as a filter, hours that make evidence, channels, decisions that lapse.

use forestall_model::{Fact, FactKind as K};

use super::{AT_ONCE, LANGUAGE, TWO, binomial, first, number, same, story, subjects, times, tiny};
use crate::worlds;

/// Services that keep files for good and hear nothing from anybody.
const FILES: [&str; 8] = [
    "subjects.files_kept=true",
    "subjects.review_per_year=0",
    "subjects.cases_per_officer=0",
    "subjects.prior_log_odds=-1",
    "services.other_work_share=0",
    "detection.background_per_year=0",
    "detection.visible_open_share=1",
    "detection.elsewhere_share=0",
];
/// Someone of whom services expect a tenth of a sign a day.
const EXPECTED: &str = "detection.plotter_reference_per_year=36.525";

fn world(more: &[&str]) -> Vec<Fact> {
    story("", &[&FILES[..], more].concat())
}

fn seen_by(facts: &[Fact]) -> std::collections::BTreeMap<u64, Vec<f64>> {
    let mut all = std::collections::BTreeMap::<u64, Vec<f64>>::new();
    for fact in facts.iter().filter(|f| f.kind == K::EvidenceSeen) {
        all.entry(fact.subject.bits()).or_default().push(fact.time);
    }
    all
}

/// Forty people, background signs on each file, and officers with ten hours a day.
fn searched(more: &[&str]) -> Vec<Fact> {
    let base = [
        "start.sympathisers=40",
        "detection.background_per_year=20",
        "effort.weight_per_hour=0.2",
        "effort.hours_per_officer_per_day=10",
    ];
    world(&[&base[..], more].concat())
}

#[test]
fn m22_effort_half_the_officers_see_what_they_see_on_twice_the_files() {
    let (few, many) = (
        searched(&["start.open_cases=10", "services.case_officers=2"]),
        searched(&["start.open_cases=20", "services.case_officers=4"]),
    );
    let (few, many) = (seen_by(&few), seen_by(&many));
    assert_eq!((few.len(), many.len()), (10, 20));
    // The same files show the same signs at the very same times: what counts is hours a file and nothing else.
    for (person, signs) in &few {
        assert_eq!(many.get(person), Some(signs));
    }
    let (ten, twenty) = (
        seen_by(&searched(&["start.open_cases=10", "services.case_officers=2"])),
        seen_by(&searched(&["start.open_cases=10", "services.case_officers=4"])),
    );
    assert_ne!(ten, twenty, "twice the hours show more");
}

#[test]
fn m22_effort_what_is_seen_rises_with_hours_and_less_and_less() {
    let signs = |officers: u32| {
        let setting = format!("services.case_officers={officers}");
        times(&searched(&["start.open_cases=10", setting.as_str()]), K::EvidenceSeen)
    };
    // Ten files and n officers with ten hours: n hours a file. A clock of unit rate rings at a time inverse to its rate.
    let visible = |hours: f64| 1.0 - (-0.2 * hours).exp();
    let all = [1, 2, 4, 8].map(signs);
    for (i, hours) in [1.0, 2.0, 4.0, 8.0].into_iter().enumerate() {
        same("first sign", all[i][0] * visible(hours), all[0][0] * visible(1.0));
    }
    let counts = all.map(|signs| signs.len() as f64);
    assert!(counts.windows(2).all(|w| w[0] < w[1]), "{counts:?}");
    let gains = [counts[1] - counts[0], (counts[2] - counts[1]) / 2.0, (counts[3] - counts[2]) / 4.0];
    assert!(gains.windows(2).all(|w| w[0] > w[1]), "an hour more gives less and less: {gains:?}");
}

#[test]
fn m22_effort_without_officers_only_reports_are_left() {
    let reports = ["start.open_cases=20", "leads.sympathiser_per_year=1", "services.case_officers=0"];
    let facts = searched(&reports);
    assert_eq!(number(&facts, K::EvidenceSeen), 0);
    assert!(number(&facts, K::LeadReceived) > 100);
    // What a closed file shows, an open one shows without anybody's hours.
    let closed = searched(&[&reports[..], &["detection.visible_closed_share=0.25"]].concat());
    let all = searched(&[&reports[..], &["effort.weight_per_hour=0"]].concat());
    let share = number(&closed, K::EvidenceSeen) as f64 / number(&all, K::EvidenceSeen) as f64;
    // About 20 × 10 × 20 signs, a quarter of them seen: four standard errors of the ratio of the two counts.
    let error =
        0.25 * (1.0 / number(&closed, K::EvidenceSeen) as f64 + 1.0 / number(&all, K::EvidenceSeen) as f64).sqrt();
    assert!((share - 0.25).abs() < 4.0 * error, "{share}");
}

#[test]
fn m22_effort_hot_files_get_more_hours() {
    // Every file is hot from its first sign on, as the level is below what one sign makes of the prior.
    let hot = [
        "start.open_cases=10",
        "services.case_officers=1",
        "effort.hot_log_odds=-0.9",
        "effort.silence_share=0",
        EXPECTED,
    ];
    let alike = searched(&hot);
    let more = searched(&[&hot[..], &["effort.hot_factor=5"]].concat());
    let firsts = |facts: &[Fact]| {
        let mut all: Vec<f64> = seen_by(facts).values().map(|signs| signs[0]).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let (alike, more) = (firsts(&alike), firsts(&more));
    same("nobody is hot yet", alike[0], more[0]);
    // Whoever has shown nothing gets fewer hours while others are hot, and shows later.
    assert!(more[9] > alike[9] && more.iter().zip(&alike).all(|(m, a)| m >= a), "{more:?} {alike:?}");
}

#[test]
fn m22_effort_silence_drops_a_case_when_the_likelihood_ratio_says_so() {
    // A tenth of a log odd a day, from −1 down to −3: twenty days.
    let quiet = ["start.sympathisers=1", "start.open_cases=1", "subjects.drop_log_odds=-3", EXPECTED];
    assert!(world(&quiet).is_empty(), "silence is no evidence unless it is counted");
    let facts = world(&[&quiet[..], &["effort.silence_share=1"]].concat());
    same("dropped", first(&facts, K::CaseDropped), 20.0);
    let half = world(&[&quiet[..], &["effort.silence_share=0.5"]].concat());
    same("half of it counted", first(&half, K::CaseDropped), 40.0);
    // It fades as signs do: 0.1 ⁄ λ · (1 − e^(−λ t)) = 2 with a half-life of 20 days has its answer, and none where
    // silence can never take 2 away.
    let fading = |half_life: &str| story("", &[&FILES[..], &quiet, &["effort.silence_share=1", half_life]].concat());
    let decay = std::f64::consts::LN_2 / 20.0;
    let expected = -(1.0 - 2.0 * decay / 0.1_f64).ln() / decay;
    same("fading", first(&fading("evidence.half_life_days=20"), K::CaseDropped), expected);
    assert!(fading("evidence.half_life_days=13").is_empty(), "0.1 ⁄ λ is below 2");
}

#[test]
fn m22_effort_silence_counts_what_would_have_been_visible() {
    // Hours that show half of all take half as much by silence.
    let base = [
        "start.sympathisers=1",
        "start.open_cases=1",
        "subjects.drop_log_odds=-3",
        "effort.silence_share=1",
        "effort.hours_per_officer_per_day=1",
        "services.case_officers=1",
        EXPECTED,
    ];
    let weight = format!("effort.weight_per_hour={:?}", std::f64::consts::LN_2);
    same("half is visible", first(&world(&[&base[..], &[weight.as_str()]].concat()), K::CaseDropped), 40.0);
    let team = [
        &base[..],
        &[
            weight.as_str(),
            "services.surveillance_officers=1",
            "services.officers_per_team=1",
            "subjects.watch_log_odds=-2",
            "subjects.move_margin=5",
            "detection.visible_watched_share=1",
        ],
    ]
    .concat();
    // Until the first morning half is visible, then all: a twentieth and a tenth of a log odd a day.
    let facts = world(&team);
    let comes = first(&facts, K::WatchStarted);
    same("a team sees all", first(&facts, K::CaseDropped), comes + (2.0 - 0.05 * comes) / 0.1);
}

/// Two who plot from the first days on, each decided upon at the first sign, and one officer, whom the first binds for good.
const DECIDED: [&str; 14] = [
    "start.committed=2",
    "start.open_cases=2",
    "services.case_officers=1",
    "intervention.execute_per_day=0.000001",
    "subjects.locate_per_officer_per_day=0",
    AT_ONCE,
    "work.task_days=1000",
    "work.signs_per_task_and_person=1000",
    "subjects.prior_log_odds=0",
    "intervention.threshold_log_odds=1",
    "intervention.officers_per_intervention=1",
    "effort.silence_share=1",
    "detection.background_per_year=3.6525",
    EXPECTED,
];

#[test]
fn m23_a_decision_lapses_when_belief_has_fallen() {
    // One sign that anybody leaves makes ln 10; from there 0.09 a day down to one half.
    let base = [
        "start.sympathisers=50",
        "start.open_cases=50",
        "subjects.prior_log_odds=0",
        "intervention.threshold_log_odds=1",
        "intervention.execute_per_day=0.000001",
        "effort.silence_share=1",
        "detection.background_per_year=3.6525",
        EXPECTED,
    ];
    let never = world(&base);
    assert!(number(&never, K::InterventionDecided) > 3 && number(&never, K::DecisionLapsed) == 0);
    let facts = world(&[&base[..], &["intervention.lapse_log_odds=0.5"]].concat());
    let lapsed: Vec<&Fact> = facts.iter().filter(|f| f.kind == K::DecisionLapsed).collect();
    assert!(lapsed.len() > 3);
    for lapse in lapsed {
        let of = |f: &&Fact| f.subject == lapse.subject && f.time <= lapse.time;
        let signs = facts.iter().filter(of).filter(|f| f.kind == K::EvidenceSeen).count();
        let belief = signs as f64 * 10f64.ln() - 0.09 * lapse.time;
        assert!((belief - 0.5).abs() < 1e-9, "{belief} after {signs} signs");
        assert!(facts.iter().filter(of).any(|f| f.kind == K::InterventionDecided));
    }
    // Carried out at once, it is carried out before.
    let quick = ["intervention.lapse_log_odds=0.5", "intervention.execute_per_day=1000000"];
    let free = world(&[&base[..], &quick].concat());
    assert!(number(&free, K::DecisionLapsed) == 0 && number(&free, K::Arrested) > 0);
}

#[test]
fn m23_a_decision_that_waits_holds_nothing_back_unless_it_is_said_to() {
    let facts = |more: &[&str]| world(&[&DECIDED[..], &["work.watched_tempo_factor=0.1"], more].concat());
    let (held, free) = (facts(&[]), facts(&["intervention.decision_holds=false"]));
    let second = |facts: &[Fact]| *facts.iter().filter(|f| f.kind == K::InterventionDecided).nth(1).expect("two");
    let decided = second(&held).time;
    let plot = held.iter().rfind(|f| f.kind == K::SignatureSeen && f.time == decided).expect("a sign led to it").plot;
    assert_eq!(second(&free).time, decided);
    let of = |f: &&Fact| f.kind == K::SignatureSeen && f.time > decided && f.plot == plot;
    let after = |facts: &[Fact]| facts.iter().filter(of).map(|f| f.time).collect::<Vec<_>>();
    let (slow, full) = (after(&held), after(&free));
    same("a tenth of the tempo", slow[0] - decided, 10.0 * (full[0] - decided));
}

#[test]
fn m23_a_small_service_intervenes_beside_its_other_work() {
    // Two officers, of whom an investigation binds one: an intervention that takes both never comes.
    let base = [
        "start.sympathisers=1",
        "start.open_cases=1",
        "subjects.prior_log_odds=0",
        "intervention.threshold_log_odds=-1",
        "intervention.officers_per_intervention=10",
        "services.case_officers=2",
        "detection.background_per_year=36.525",
        "start.returnees=1",
        "start.file_odds=0",
        "returnees.plot_share=1",
        "returnees.plot_delay_years_mean=0.001",
        "work.task_days=0.01",
        "work.tasks_networked=1",
        "investigations.officers_each=1",
        "investigations.days_mean=10000",
    ];
    let all = world(&base);
    assert_eq!((number(&all, K::InvestigationOpened), number(&all, K::Arrested)), (1, 0));
    let half = world(&[&base[..], &["intervention.officers_share_most=0.5"]].concat());
    assert!(number(&half, K::Arrested) >= 1);
    let blocked = |more: &[&str]| {
        worlds::outcome(
            &worlds::rows(&tiny("", &[&FILES[..], &base, more].concat()), None, 0),
            "intervention_blocked_share",
        )
    };
    // The investigation begins within days and outlasts the run, or nearly.
    assert!(blocked(&[]) > 0.5, "{}", blocked(&[]));
    // Only while an intervention itself takes the one officer who is left.
    assert!(blocked(&["intervention.officers_share_most=0.5"]) < 0.01);
}

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

#[test]
fn m21_part_of_a_team_watches_for_its_part_of_the_time() {
    let base = [
        "start.sympathisers=1",
        "start.open_cases=1",
        "services.surveillance_officers=15",
        "services.officers_per_team=30",
        "subjects.watch_log_odds=-20",
        "detection.visible_watched_share=1",
        "detection.visible_open_share=0.2",
        "detection.background_per_year=200",
    ];
    let whole = world(&base);
    assert_eq!(number(&whole, K::WatchStarted), 0, "half a team is no team");
    let half = world(&[&base[..], &["services.part_teams=true"]].concat());
    assert_eq!(number(&half, K::WatchStarted), 1);
    // Half of the time watched, half as an open file: .6 of 2,000 signs, four standard errors of a Poisson count.
    let (seen, expected) = (number(&half, K::EvidenceSeen) as f64, 0.6 * 200.0 * 10.0);
    assert!((seen - expected).abs() < 4.0 * expected.sqrt(), "{seen} {expected}");
    let full = world(&[&base[..], &["services.part_teams=true", "services.surveillance_officers=30"]].concat());
    let (seen, expected) = (number(&full, K::EvidenceSeen) as f64, 200.0 * 10.0);
    assert!((seen - expected).abs() < 4.0 * expected.sqrt(), "{seen} {expected}");
}

#[test]
fn m21_teams_are_kept_for_those_who_stayed_or_travelled() {
    let base = [
        "start.sympathisers=4",
        "start.returnees=4",
        "start.open_cases=8",
        "services.surveillance_officers=4",
        "services.officers_per_team=1",
        "subjects.watch_log_odds=-20",
        "returnees.plot_share=0",
        "detection.background_per_year=12",
    ];
    let watched = |more: &[&str]| {
        let facts = world(&[&base[..], more].concat());
        let last = facts.iter().map(|f| f.time).fold(0.0, f64::max);
        let mut now = std::collections::BTreeSet::new();
        for fact in &facts {
            match fact.kind {
                K::WatchStarted => drop(now.insert(fact.subject.bits())),
                K::WatchEnded => drop(now.remove(&fact.subject.bits())),
                _ => {}
            }
        }
        (now.len(), last)
    };
    assert_eq!(watched(&[]).0, 4, "all teams are in use");
    // Half the teams kept for those who travelled and half for those who stayed: two each, and nobody else.
    let both = ["services.teams_for_stayed_share=0.5", "services.teams_for_travelled_share=0.5"];
    let facts = world(&[&base[..], &both].concat());
    let mut now = std::collections::BTreeMap::new();
    for fact in &facts {
        match fact.kind {
            K::WatchStarted => drop(now.insert(fact.subject.bits(), fact.time)),
            K::WatchEnded => drop(now.remove(&fact.subject.bits())),
            _ => {}
        }
    }
    assert_eq!(now.len(), 4);
    // All kept for those who travelled: nobody who stayed is ever watched.
    let all = world(&[&base[..], &["services.teams_for_travelled_share=1"]].concat());
    let none = world(
        &[&base[..], &["services.teams_for_travelled_share=1", "start.returnees=0", "start.open_cases=4"]].concat(),
    );
    assert!(number(&all, K::WatchStarted) > 0);
    assert_eq!(number(&none, K::WatchStarted), 0);
}

#[test]
fn m21_evidence_of_a_stay_abroad_lasts_for_years() {
    // Four log odds of a stay abroad, from −1 to 3, and a case that is dropped at −0.5 for want of any sign.
    let base = [
        "start.committed=0",
        "start.fighters_abroad=1",
        "returns.per_year=100",
        "returns.learnt_later_share=1",
        "returnees.watch_share=1",
        "returnees.stay_abroad_evidence=4",
        "evidence.half_life_days=100",
        "evidence.lasting_half_life_days=1000",
        "subjects.drop_log_odds=-0.5",
        "effort.silence_share=0",
    ];
    let stay = |share: &str| {
        let setting = format!("evidence.lasting_share={share}");
        let facts = world(&[&base[..], &[setting.as_str()]].concat());
        first(&facts, K::CaseDropped) - first(&facts, K::CaseOpened)
    };
    // From four to a half is three halvings.
    same("months", stay("0"), 300.0);
    same("years", stay("1"), 3000.0);
    let both = stay("0.5");
    let left = 2.0 * (0.5_f64).powf(both / 100.0) + 2.0 * (0.5_f64).powf(both / 1000.0);
    same("half of it", left, 0.5);
}

#[test]
fn m21_evidence_survives_arrest_and_release() {
    // One sign is not enough for the threshold, two are: whoever is arrested once needs one more only if what was known
    // is kept.
    let base = [
        "start.sympathisers=1",
        "start.open_cases=1",
        "subjects.prior_log_odds=0",
        "intervention.threshold_log_odds=4",
        "intervention.officers_per_intervention=0",
        "intervention.execute_per_day=1000000",
        "intervention.charge_without_plot_share=0",
        "detection.background_per_year=3.6525",
        "leads.sympathiser_per_year=1000",
        "leads.sign_share_other=0",
        "leads.sign_share_plotter=0",
        EXPECTED,
    ];
    let signs_between = |kept: &str| {
        let setting = format!("evidence.kept_after_arrest_share={kept}");
        let facts = world(&[&base[..], &[setting.as_str()]].concat());
        let arrests = times(&facts, K::Arrested);
        times(&facts, K::EvidenceSeen).into_iter().filter(|t| *t > arrests[0] && *t <= arrests[1]).count()
    };
    assert_eq!(signs_between("0"), 2, "2 · ln 10 is above 4");
    assert_eq!(signs_between("0.5"), 1);
}

#[test]
fn m22_linking_joins_what_a_service_holds_on_a_cell() {
    // Two friends plot; each sign alone leaves the threshold out of reach, and the service has a file on both.
    let base = [
        "start.committed=2",
        "start.open_cases=2",
        "peers.introductions_per_year=1",
        "peers.circle_size_most=2",
        "peers.known_before_share=1",
        "pathways.friend_joins_share=1",
        AT_ONCE,
        "work.task_days=2000",
        "work.signs_per_task_and_person=20",
        "subjects.prior_log_odds=0",
        "intervention.threshold_log_odds=1000",
        "services.analysts=10",
        EXPECTED,
    ];
    let plain = world(&base);
    assert_eq!(number(&plain, K::FilesJoined), 0);
    let linked = |more: &[&str]| {
        world(&[&base[..], &["linking.analysts_share=0.5", "linking.mistakes_per_analyst_per_year=0"], more].concat())
    };
    let facts = linked(&["linking.files_per_analyst_per_day=0.002"]);
    if facts.iter().filter(|f| f.kind == K::PlotStarted).count() == 1 && number(&facts, K::FilesJoined) == 1 {
        let at = first(&facts, K::FilesJoined);
        let signs = facts.iter().filter(|f| f.kind == K::SignatureSeen && f.time < at).count();
        assert!(signs > 0, "joined at {at}");
    } else {
        panic!("{:?}", super::kinds(&facts));
    }
    // Hazards are shared staff × files ⁄ open files: twice as fast, half the time from the next shift on.
    let fast = linked(&["linking.files_per_analyst_per_day=0.004"]);
    let begins = first(&facts, K::PlotStarted).ceil();
    same("half the time", first(&fast, K::FilesJoined) - begins, 0.5 * (first(&facts, K::FilesJoined) - begins));
}

#[test]
fn m22_linking_errs_at_its_rate() {
    let base = ["start.sympathisers=20", "start.open_cases=20", "services.analysts=10", "linking.analysts_share=0.5"];
    let facts = world(&[&base[..], &["linking.mistakes_per_analyst_per_year=4"]].concat());
    // Five analysts for ten years: 200, four standard errors of a Poisson count.
    let found = number(&facts, K::FileMisjoined) as f64;
    assert!((found - 200.0).abs() < 4.0 * 200f64.sqrt(), "{found}");
    assert!(subjects(&facts, K::FileMisjoined).len() > 15, "any file, not one");
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
    ];
    let all = world(&base);
    assert!(number(&all, K::StingCase) > 40);
    assert_eq!(number(&all, K::StingDeclined), 0);
    for (share, most) in [("1", 5), ("0.5", 2), ("0.19", 0)] {
        let setting = format!("stings.officers_share_most={share}");
        let some = world(&[&base[..], &[setting.as_str()]].concat());
        let (mut running, mut peak) = (0_i32, 0);
        for fact in &some {
            running += i32::from(fact.kind == K::StingCase) - i32::from(fact.kind == K::StingEnds);
            peak = peak.max(running);
        }
        assert_eq!(peak, most, "{share}");
        assert!(number(&some, K::StingDeclined) > 0);
    }
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
