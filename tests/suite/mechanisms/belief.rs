//! M21 to M23: belief as a filter, hours that make evidence, teams, decisions that lapse, joined files.

use forestall_model::{Fact, FactKind as K};

use super::{AT_ONCE, first, number, same, story, subjects, times, tiny};
use crate::worlds;

/// Services that keep files for good and hear nothing from anybody.
pub const FILES: [&str; 8] = [
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
pub const EXPECTED: &str = "detection.plotter_reference_per_year=36.525";

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
        let mut now = std::collections::BTreeSet::new();
        for fact in world(&[&base[..], more].concat()) {
            match fact.kind {
                K::WatchStarted => drop(now.insert(fact.subject.bits())),
                K::WatchEnded => drop(now.remove(&fact.subject.bits())),
                _ => {}
            }
        }
        now
    };
    assert_eq!(watched(&[]).len(), 4, "all teams are in use");
    // Kept for one kind, the four teams go to its four people; half kept for each, to two of either.
    let stayed = watched(&["services.teams_for_stayed_share=1"]);
    let travelled = watched(&["services.teams_for_travelled_share=1"]);
    assert_eq!((stayed.len(), travelled.len(), stayed.intersection(&travelled).count()), (4, 4, 0));
    let both = watched(&["services.teams_for_stayed_share=0.5", "services.teams_for_travelled_share=0.5"]);
    assert_eq!((both.intersection(&stayed).count(), both.intersection(&travelled).count()), (2, 2));
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
fn m21_evidence_and_silence_keep_their_weight_when_memory_changes() {
    // A tenth of a log odd a day from −1; forgotten with a half-life of 20 days up to the tenth day, and never after it.
    let entries = "\n[evidence]\nhalf_life_days = 20\n\n[[changes]]\nfrom = 2010-01-11\nset = { \"evidence.half_life_days\" = 1000000 }\n";
    let sets =
        ["start.sympathisers=1", "start.open_cases=1", "subjects.drop_log_odds=-3", "effort.silence_share=1", EXPECTED];
    let facts = story(entries, &[&FILES[..], &sets].concat());
    let decay = std::f64::consts::LN_2 / 20.0;
    let taken = 0.1 / decay * (1.0 - (-10.0 * decay).exp());
    same("dropped", first(&facts, K::CaseDropped), 10.0 + (2.0 - taken) / 0.1);
}

#[test]
fn m21_evidence_that_lasts_survives_an_arrest_by_its_share() {
    // Four log odds of a stay abroad lead to an arrest at once; half of them are left, and fall from two to a half in
    // two halvings.
    let base = [
        "start.fighters_abroad=1",
        "returns.per_year=100",
        "returns.learnt_later_share=1",
        "returnees.watch_share=1",
        "returnees.stay_abroad_evidence=4",
        "evidence.lasting_share=1",
        "evidence.lasting_half_life_days=1000",
        "evidence.kept_after_arrest_share=0.5",
        "subjects.drop_log_odds=-0.5",
        "intervention.threshold_log_odds=2",
        "intervention.officers_per_intervention=0",
        "intervention.execute_per_day=1000000",
        "intervention.charge_without_plot_share=0",
        "leads.returnee_per_year=1000",
        "leads.sign_share_other=0",
        "leads.sign_share_plotter=0",
    ];
    let facts = world(&base);
    let arrested = times(&facts, K::Arrested);
    assert_eq!(arrested.len(), 1, "half of it does not suffice again");
    same("two halvings", first(&facts, K::CaseDropped) - arrested[0], 2000.0);
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
